"""Speeches, passages and files as rows, and back."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from retrieval.dates import first_day, last_day
from retrieval.engine import SPEECH_FIELDS, FileRecord, Manifest
from retrieval.errors import IndexDamaged, IndexUnwritable
from retrieval.milvus.numbers import (
    MOST_OF_A_SPEECH,
    NO_WORD,
    dimension,
    first_number,
    key,
    speech_number,
    text_key,
    written,
)
from retrieval.milvus.schema import AVERAGE_TERMS, K1, MOST_BYTES, B
from retrieval.preparing import Prepared, Words
from retrieval.records import Passage, Reading, Skipped, Span, Speech

NEVER_BEFORE, NEVER_AFTER = 10**8, 0
"""Days of what has no date: no range of days holds it."""
NOBODY = -1

NO_ROOM = [0.0, 0.0]
"""The vector of collections that need none."""


def parts_of(text: str) -> list[str]:
    """A text in parts that fit into a field."""
    parts = []
    data = text.encode()
    start = 0
    while start < len(data):
        end = min(start + MOST_BYTES, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # not inside a character
            end -= 1
        parts.append(data[start:end].decode())
        start = end
    return parts or [""]


def fitting(text: str, separator: str = "") -> str:
    """The beginning of a text that fits into a field, cut at a separator."""
    data = text.encode()
    if len(data) <= MOST_BYTES:
        return text
    cut = data[:MOST_BYTES].decode(errors="ignore")
    return cut.rpartition(separator)[0] if separator else cut


def speaker_number(name: str | None) -> int:
    """The number of a speaker."""
    return NOBODY if name is None else key("speaker", name)


# --- words ------------------------------------------------------------------------------------


def sparse(terms: str) -> dict[int, float]:
    """The sparse vector of a passage: the saturated BM25 weight of each of its terms.

    The inverse document frequency is the question's part, so that no row depends on others.
    """
    found = Counter(map(dimension, terms.split()))
    length = sum(found.values()) / AVERAGE_TERMS
    norm = K1 * (1 - B + B * length)
    return {place: n * (K1 + 1) / (n + norm) for place, n in found.items()} or {NO_WORD: 1.0}


# --- speeches ---------------------------------------------------------------------------------


def pack_speech(speech: Speech) -> str:
    """All that is known of a speech, as one text."""
    fields = {name: getattr(speech, name) for name in SPEECH_FIELDS}
    return json.dumps(fields | {"extra": dict(speech.extra)}, ensure_ascii=False, default=str)


def unpack_speech(parts: Sequence[str], sha256: str, speech_id: str, where: str) -> Speech:
    """A speech, after comparing its text with the hash of what was written.

    Raises:
        IndexDamaged: it is not what was written.
    """
    packed = "".join(parts)
    if hashed(packed) == sha256:
        fields = json.loads(packed)
        if fields.get("id") == speech_id:
            return Speech(**fields)
    raise IndexDamaged(f"The text of speech “{speech_id[:80]}” {where}.")


def hashed(text: str) -> str:
    """A hash of a text, as rows have it."""
    return hashlib.sha256(text.encode()).hexdigest()


def rows_of_speech(
    prepared: Prepared, digest: bytes, origin: str | None, shard: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The row of a speech, and those of its text."""
    speech, passages = prepared.speech, prepared.passages
    number = speech_number(speech.id)
    packed = pack_speech(speech)
    parts = parts_of(packed)
    if len(speech.id.encode()) > MOST_BYTES:
        raise IndexUnwritable(f"The id “{speech.id[:40]}…” is too long for Milvus; shorten it.")
    if max(len(parts), len(passages)) > MOST_OF_A_SPEECH:
        raise IndexUnwritable(
            f"Speech “{speech.id[:80]}” is too long for Milvus ({len(passages):,} passages); "
            "give it in parts."
        )
    voices = list(dict.fromkeys(p.speaker for p in passages if p.speaker))
    while len((packed_voices := json.dumps(voices, ensure_ascii=False)).encode()) > MOST_BYTES:
        voices = voices[: len(voices) // 2]
    opening = f"{speech.title or ''}\n{speech.place or ''}\n{passages[0].text}"
    row = {
        "pk": number,
        "shard": shard,
        "id": speech.id,
        "language": speech.language,
        "date": fitting(speech.date or ""),
        "opening": fitting(opening),
        "origin": fitting(origin or ""),
        "digest": digest.hex(),
        "passages": len(passages),
        "spoken": int(bool(voices)),
        "voices": packed_voices,
        "characters": sum(p.end - p.start for p in passages),
        "parts": len(parts),
        "sha256": hashed(packed),
        "nothing": NO_ROOM,
    }
    texts = [
        {
            "pk": first_number(number) + place,
            "shard": shard,
            "speech": number,
            "text": part,
            "nothing": NO_ROOM,
        }
        for place, part in enumerate(parts)
    ]
    return row, texts


# --- passages ---------------------------------------------------------------------------------


def row_of_passage(
    number: int, passage: Passage, words: Words, date: str | None, vector: Any, shard: int
) -> dict[str, Any]:
    """The row of a passage."""
    whole = len(passage.text.encode()) <= MOST_BYTES
    found = sparse(words.terms)
    return {
        "pk": number,
        "shard": shard,
        "speech": speech_number(passage.speech_id),
        "speech_id": passage.speech_id,
        "start": passage.start,
        "text": passage.text if whole else "",
        "whole": int(whole),
        "sentences": _packed(passage.sentences),
        "speaker": speaker_number(passage.speaker),
        "speaker_name": fitting(passage.speaker or ""),
        "language": passage.language,
        "date": fitting(date or ""),
        "first_day": first_day(date) if date else NEVER_BEFORE,
        "last_day": last_day(date) if date else NEVER_AFTER,
        "hash": text_key(passage.text),
        "surface": fitting(f" {words.surface} ", " "),
        "terms": fitting(f" {' '.join(map(written, sorted(found)))} ", " "),
        "words": found,
        "vector": vector,
    }


PASSAGE_FIELDS = (
    "pk", "speech_id", "start", "text", "whole", "sentences", "speaker", "speaker_name", "language",
)  # fmt: skip
"""The fields that :func:`unpack_passage` reads."""


def unpack_passage(row: Mapping[str, Any], text: str) -> Passage:
    """A passage, whose text may have been found elsewhere.

    Raises:
        IndexDamaged: its sentences are not those of its text.
    """
    sentences, start = _unpacked(row["sentences"]), row["start"]
    end = start + len(text)
    if not sentences or (sentences[0][0], sentences[-1][1]) != (start, end):
        raise IndexDamaged(
            f"A passage of speech “{row['speech_id'][:80]}” does not fit its sentences; make the "
            "index anew: rostrum reindex --full"
        )
    speaker = None if row["speaker"] == NOBODY else row["speaker_name"]
    return Passage(row["speech_id"], start, end, text, speaker, row["language"], sentences)


def end_of(row: Mapping[str, Any]) -> int:
    """Where a passage ends."""
    return _unpacked(row["sentences"])[-1][1]


def _packed(sentences: Sequence[Span]) -> str:
    return " ".join(f"{start} {end}" for start, end in sentences)


def _unpacked(text: str) -> tuple[Span, ...]:
    offsets = array("q", map(int, text.split()))
    return tuple(zip(offsets[::2], offsets[1::2], strict=True))


# --- files and manifests ----------------------------------------------------------------------


def pack_file(record: FileRecord) -> str:
    """What is known of a file, as one text."""
    notes = [(n.where, n.why, n.unread) for n in record.notes]
    content = [record.digest.hex(), record.stamp, record.speeches, record.columns, notes]
    return json.dumps(content, ensure_ascii=False)


def unpack_file(text: str) -> FileRecord:
    """What is known of a file."""
    content, stamp, speeches, columns, notes = json.loads(text)
    return FileRecord(
        bytes.fromhex(content), stamp, speeches, tuple(columns), tuple(Skipped(*n) for n in notes)
    )


def pack_manifest(manifest: Manifest, more: Mapping[str, Any]) -> str:
    """A manifest, and what only this engine knows, as one text."""
    return json.dumps(asdict(manifest) | {"milvus": dict(more)}, ensure_ascii=False)


def unpack_manifest(data: Mapping[str, Any]) -> tuple[Manifest, dict[str, Any]]:
    """A manifest, and what only this engine knows."""
    fields = dict(data)
    more = dict(fields.pop("milvus"))
    return (
        Manifest(
            **{
                **fields,
                "sources": tuple(fields["sources"]),
                "reading": Reading(**fields["reading"]),
                "skipped": tuple(map(tuple, fields["skipped"])),
                "files": {},
            }
        ),
        more,
    )
