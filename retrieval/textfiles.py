"""Text files: .txt and .md, with a date line or front matter, and .html pages."""

from __future__ import annotations

import re
from typing import Any

import yaml

from retrieval import files
from retrieval.errors import Unusable
from retrieval.files import Found, Items, OpenFile

OWN_FIELDS = ("title", "date", "speaker", "source", "url", "place", "language")
"""The fields by which front matter is known to be some."""

# The first line as a crawler saves it: ` date 2025-10-21 `, and the article goes on behind it.
_DATE_LINE = re.compile(r"\s*date[ \t]+([0-9]{4}(?:-[0-9]{2}){0,2})(?!\S)\s*")
_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n\s*|\Z)", re.DOTALL | re.MULTILINE
)
_HEADING = re.compile(r"^#[ \t]+(\S.*?)[ \t]*#*[ \t]*\r?$", re.MULTILINE)


def read_text(file: OpenFile) -> Items:
    """The speech of a .txt or .md file; its text is kept unchanged."""
    data, before = files.split_mark(files.read_all(file))
    text = files.decode(data, before)
    fields, body = _front_matter(text)
    if dated := _DATE_LINE.match(text, body):
        fields.setdefault("date", dated[1])
        body = dated.end()
    if not text[body:].strip():
        raise Unusable("is empty" if not text.strip() else "has no text behind its first lines")
    if file.ending == ".md" and (heading := _HEADING.search(text, body)):
        fields.setdefault("title", heading[1])
    yield Found(file.where, file.stem, text, fields, body)


def read_html(file: OpenFile) -> Items:
    """The main text of an .html page and what the page says of it."""
    # Imported here for start-up time: a page is read by libraries that a question does without.
    from retrieval.pages import read_page

    data = files.read_all(file)
    if not data.strip():
        raise Unusable("is empty")
    fields = read_page(data)
    yield Found(file.where, file.stem, fields.pop("text"), fields)


def _front_matter(text: str) -> tuple[dict[str, Any], int]:
    """The fields between two ``---`` lines at the beginning, and the offset behind them."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0
    try:
        # An alias can make a few lines stand for gigabytes, and no title needs one.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(match[1])):
            raise Unusable("its front matter has an alias (*name): write the value out")
        # The base loader leaves every scalar as the text it is: a date stays as it was written.
        fields = yaml.load(match[1], yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 2})" if mark else ""
        raise Unusable(f"its front matter is not YAML{line}: mend it or remove it") from error
    if not isinstance(fields, dict) or not set(fields) & set(OWN_FIELDS):
        return {}, 0  # prose between two rules
    return {str(key): value for key, value in fields.items()}, match.end()
