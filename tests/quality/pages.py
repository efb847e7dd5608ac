"""Who is credited with each sentence of the news pages in tests/retrieval/pages.

    python tests/quality/pages.py

Prints, for each page and in all: sentences, how many are credited right, to the wrong voice, or
to nobody though somebody speaks them (or the reporter's, in no passage), and how many characters
of the site's furniture stand in passages. The pages and all in them are invented.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from embeddings.analysis import detect_language
from retrieval.pages import read_page
from retrieval.records import Span, Speech
from retrieval.structure import segments

FOLDER = Path(__file__).parents[1] / "retrieval" / "pages"
PAGES = sorted(FOLDER.glob("*.html"))


def page_text(page: Path) -> str:
    """The main text of a page, as it would be indexed."""
    return read_page(page.read_bytes())["text"]


@dataclass
class Score:
    """What became of one page's sentences."""

    right: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    furniture: int = 0
    """Characters of what is no sentence of the article, in passages all the same."""

    @property
    def sentences(self) -> int:
        """How many sentences there are."""
        return len(self.right) + len(self.wrong) + len(self.missing)


def score(page: Path) -> Score:
    """Compare the voices of a page with the gold file beside it."""
    gold = yaml.safe_load(page.with_suffix(".yaml").read_text(encoding="utf-8"))
    text = page_text(page)
    voices: list[str | None] = [None] * len(text)  # of every character; None: in no segment
    for segment in segments(Speech(id=page.stem, text=text, language=detect_language(text))):
        named = [segment.speaker or ""] * (segment.end - segment.start)
        voices[segment.start : segment.end] = named
    result = Score()
    at = 0
    for sentence in gold["sentences"]:
        by, words = sentence["by"] or "", sentence["text"]
        found = _find(text, words, at)
        if found is None:
            result.missing.append(f"not in the text: {words}")
            continue
        at = found[1]
        said_by = set(voices[slice(*found)])
        line = f"{by or 'the reporter'}, not {said_by}: {words}"
        if said_by == {by}:
            result.right.append(line)
        elif said_by - {by, "", None}:
            result.wrong.append(line)
        else:
            result.missing.append(line)
    for clause in gold["clauses"]:
        found = _find(text, clause, 0)
        if found and set(voices[slice(*found)]) - {"", None}:
            result.wrong.append(f"the reporter's clause: {clause}")
    for words in gold["nowhere"]:
        at = 0
        while found := _find(text, words, at):
            at = found[1]
            result.furniture += sum(voice is not None for voice in voices[slice(*found)])
    return result


def _find(text: str, words: str, at: int) -> Span | None:
    """Where the words stand, whatever the white space between them."""
    pattern = r"\s+".join(map(re.escape, words.split()))
    found = re.compile(pattern).search(text, at)
    return found.span() if found else None


def main() -> None:
    """Print the table."""
    print(f"{'page':36} sentences  right  wrong  missing  furniture")
    total = Score()
    for page in PAGES:
        one = score(page)
        _print(page.stem, one)
        for line in one.wrong + one.missing:
            print(f"    {line}")
        total.right += one.right
        total.wrong += one.wrong
        total.missing += one.missing
        total.furniture += one.furniture
    _print("all", total)


def _print(name: str, one: Score) -> None:
    counts = len(one.right), len(one.wrong), len(one.missing)
    print(
        f"{name:36} {one.sentences:9} {counts[0]:6} {counts[1]:6} {counts[2]:8} {one.furniture:10}"
    )


if __name__ == "__main__":
    main()
