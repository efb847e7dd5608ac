"""What the terminal, files and pictures say alike of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten

from bot.edge import counted, visible
from retrieval.records import Quote, Timeline

NOTHING = "Nothing in the collection answers that."
INVENTED = "invented sample"
_CUT = " …"
_BEFORE_MATCH = 40
"""Characters kept before the first matching word, where not all of a quote fits."""


def speaks_of(topics: Sequence[str]) -> str:
    """What the collection does hold, where it does not answer; empty if nothing is near."""
    return f"It does speak of: {', '.join(topics)}." if topics else ""


def without_periods(record: Timeline) -> str:
    """What there is to say of a timeline without a period: all is undated, or nothing was said."""
    return undated(record) or NOTHING


def undated(record: Timeline) -> str:
    """How many passages have no date; empty if none."""
    return f"{counted(record.undated, 'passage')} without a date" if record.undated else ""


def said_again(quote: Quote) -> str:
    """On which other occasions the same was said; empty if on none."""
    dates = [occasion.date or occasion.speech_id for occasion in quote.repeated]
    return f"said again: {', '.join(dates)}" if dates else ""


def credit(quote: Quote) -> str:
    """Who said it and when, as far as it is known; and whether it is made up."""
    sample = INVENTED if quote.invented else None
    return " · ".join(filter(None, (quote.speaker, quote.date, sample)))


def in_short(quote: Quote, longest: int) -> str:
    """A quote in so many characters, in one line: its beginning, or what stands around a match."""
    text = visible(quote.text)
    if quote.marks and len(text) > longest:
        start, end = quote.marks[0]
        if end > longest - len(_CUT):
            begin = text.rfind(" ", 0, max(0, start - _BEFORE_MATCH)) + 1
            text = f"… {text[begin:]}" if begin else text
    return shorten(text, longest, placeholder=_CUT)
