"""An answer to take along: as Markdown with footnotes, or as one page of HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from bot.edge import visible
from bot.wording import NOTHING, said_again, speaks_of
from retrieval.records import Answer, Period, Quote, Timeline

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~])")
_ORDERED = re.compile(r"^(\s*\d+)([.)])", re.MULTILINE)
_BULLET = re.compile(r"^(\s*)([-+=])", re.MULTILINE)


def citation(quote: Quote) -> str:
    """A quote's source as a footnote gives it: who, what, where, when, address, which characters.

    The characters are the quote's offsets into the text that ``rostrum show`` gives.
    """
    parts = [
        quote.speaker,
        quote.country,
        f"“{quote.title}”" if quote.title else quote.occasion,
        quote.place,
        quote.date,
        quote.url or quote.source,
        f"{quote.speech_id}:{quote.start}–{quote.end}",
    ]
    return ", ".join(" ".join(visible(part).split()) for part in parts if part) + "."


def markdown(answer: Answer, today: date) -> str:
    """An answer as Markdown: each quote a block quote with the matching words in bold."""
    lines = [f"# {_escaped(answer.question)}", ""]
    if not answer.quotes:
        lines += [" ".join(filter(None, (NOTHING, _escaped(speaks_of(answer.topics))))), ""]
    for number, quote in enumerate(answer.quotes, 1):
        marked = "".join(
            f"**{_escaped(text)}**" if is_match else _escaped(text)
            for text, is_match in stretches(quote)
        )
        marked = _BULLET.sub(r"\1\\\2", _ORDERED.sub(r"\1\\\2", marked))
        said = [line.strip() for line in marked.split("\n")]
        lines += [f"> {line}".rstrip() for line in said]
        lines += [">", f"> — {_escaped(_who(quote))} [^{number}]"]
        if again := said_again(quote):
            lines += [">", f"> {_escaped(again)}"]
        lines.append("")
    for number, quote in enumerate(answer.quotes, 1):
        lines.append(f"[^{number}]: {_escaped(citation(quote))}")
    lines += ["", f"Rostrum, {today.isoformat()}"]
    return "\n".join(lines) + "\n"


def page(answer: Answer, timeline: Timeline, today: date) -> str:
    """An answer as one page of HTML that needs nothing else: quotes, marked words, timeline."""
    environment = Environment(
        loader=PackageLoader("bot", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    most = max((period.passages for period in timeline.periods), default=1)

    def share(period: Period) -> int:
        return round(100 * period.passages / most)

    return environment.get_template("answer.html").render(
        answer=answer,
        timeline=timeline,
        today=today.isoformat(),
        share=share,
        citation=citation,
        link=_link,
        who=_who,
        marked=_marked,
        nothing=NOTHING,
        said_again=said_again,
        speaks_of=speaks_of,
    )


def stretches(quote: Quote) -> Iterator[tuple[str, bool]]:
    """The text of a quote in pieces, each with whether it is a matching word."""
    edges = [0]
    for start, end in quote.marks:
        edges += (start, end)
    edges.append(len(quote.text))
    for number, (start, end) in enumerate(pairwise(edges)):
        if start < end:
            yield visible(quote.text[start:end]), bool(number % 2)


def _marked(quote: Quote) -> Markup:
    return Markup("").join(
        Markup("<mark>{}</mark>").format(text) if is_match else Markup.escape(text)
        for text, is_match in stretches(quote)
    )


def _who(quote: Quote) -> str:
    if quote.speaker:
        return quote.speaker
    return "not speech: the publisher's own words" if quote.narration else "speaker not known"


def _link(quote: Quote) -> str | None:
    """The address of a quote's page; only one that a browser opens as a page."""
    return quote.url if quote.url and urlsplit(quote.url).scheme in ("http", "https") else None


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", visible(text))
