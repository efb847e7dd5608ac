"""Records to the fixed JSON shapes that programs build on. One value, one line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from retrieval.records import Answer, Passage, Quote, Speech, Status, Timeline

_QUOTE = ("text", "speech_id", "start", "end", "speaker", "date", "title", "source", "url")
_EVENT = ("place", "occasion")
_SPEECH = ("text", "title", "date", "source", "url", "language")


def line(value: dict[str, Any]) -> str:
    """A value as one line of JSON, letters of every alphabet as they are."""
    return json.dumps(value, ensure_ascii=False)


def answer(
    record: Answer, qid: str | int | None = None, *, context: bool = False
) -> dict[str, Any]:
    """An answer; ``qid`` is the question's name in a batch, ``context`` adds the text around."""
    return {
        "qid": qid,
        "question": record.question,
        "language": record.language,
        "found": record.found,
        "quotes": [_quote(quote, context) for quote in record.quotes],
        "took_ms": round(record.took_ms, 1),
        "topics": list(record.topics),
    }


def _quote(quote: Quote, context: bool) -> dict[str, Any]:
    shape = {name: getattr(quote, name) for name in _QUOTE}
    shape |= {"language": quote.language, "score": round(quote.score, 4)}
    shape |= {name: getattr(quote, name) for name in _EVENT}
    shape["translations"] = list(quote.translations)
    shape["repeated"] = [occasion._asdict() for occasion in quote.repeated]
    if context:
        shape["context"] = {"before": quote.before, "after": quote.after}
    return shape


def timeline(record: Timeline) -> dict[str, Any]:
    """A timeline; a period in which nothing was said has the quote null."""
    return {
        "question": record.question,
        "language": record.language,
        "by": record.unit,
        "periods": [
            {
                "period": period.name,
                "passages": period.passages,
                "speeches": period.speeches,
                "quote": _quote(period.quote, False) if period.quote else None,
            }
            for period in record.periods
        ],
        "undated": record.undated,
        "took_ms": round(record.took_ms, 1),
    }


def speech(
    record: Speech, passages: Sequence[Passage], translations: Sequence[str] = ()
) -> dict[str, Any]:
    """A stored speech: its text untouched, what is known of it, who speaks from where to where."""
    return {
        "speech_id": record.id,
        **{name: getattr(record, name) for name in _SPEECH},
        "passages": [{"start": p.start, "end": p.end, "speaker": p.speaker} for p in passages],
        **{name: getattr(record, name) for name in _EVENT},
        "translations": list(translations),
    }


def status(record: Status, problems: Sequence[str] | None = None) -> dict[str, Any]:
    """What an index holds; ``problems`` are those that a check found, None when none was asked."""
    shape = asdict(record)
    return shape if problems is None else shape | {"problems": list(problems)}
