"""Records to the fixed JSON shapes that programs build on. One value, one line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from retrieval.place import Place
from retrieval.records import Answer, Passage, Quote, Report, ShardState, Speech, Status, Timeline

if TYPE_CHECKING:
    from bot.telegram.state import Feedback

_QUOTE = ("text", "speech_id", "start", "end", "speaker", "date", "title", "source", "url")
_EVENT = ("country", "place", "occasion")
_SPEECH = ("text", "title", "date", "source", "url", "language")
_LINE_ENDS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\x85\u2028\u2029"}
_PAUSE = 0.2
"""Seconds between two lines of progress within a stage: more, nobody could follow."""


def line(value: dict[str, Any]) -> str:
    """A value as one line of JSON, letters of every alphabet as they are.

    What some programs take for the end of a line, and JSON for no control character, is escaped.
    """
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)


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


def feedback(one: Feedback) -> dict[str, Any]:
    """What somebody thought; who, is nobody's business."""
    places = [dict(zip(("speech_id", "start", "end"), place, strict=False)) for place in one.quotes]
    return {
        "at": one.at,
        "verdict": one.verdict,
        "question": one.question,
        "quotes": places,
        "text": one.text,
    }


def status(
    record: Status | None,
    problems: Sequence[str] | None = None,
    shards: Sequence[ShardState] = (),
) -> dict[str, Any]:
    """What an index holds; ``problems`` are those that a check found, None when none was asked.

    ``shards`` are those of a reindex that is not finished; if there are only these ``record`` is
    None.
    """
    shape = asdict(record) if record else {}
    if shards:
        shape["shards"] = [asdict(shard) for shard in shards]
    return shape if problems is None else shape | {"problems": list(problems)}


def report(record: Report, folder: Place) -> dict[str, Any]:
    """What a reindex did."""
    return {"folder": str(folder), **asdict(record)}


def progress(write: Callable[[str], None]) -> Callable[[str, int, int | None], None]:
    """Writes a line when a stage begins, when it is done, and now and then between."""
    last: tuple[str, float] = ("", 0.0)

    def advance(stage: str, done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if stage != last[0] or done == total or now - last[1] >= _PAUSE:
            last = stage, now
            write(line({"stage": stage, "done": done, "total": total}))

    return advance
