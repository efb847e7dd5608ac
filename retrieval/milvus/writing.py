"""How a generation in Milvus is filled.

Rows say nothing of the other rows, and so those of unchanged speeches are copied from the
generation before as they are. What is counted over all (terms, names, speakers, dates) is kept as
counts, from which what goes is subtracted. Once all speeches are there, translations are looked
for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from embeddings.analysis import consonants, sound_key, term
from embeddings.encoder import Vectors
from retrieval.engine import File, FileRecord, Known, Manifest
from retrieval.errors import IndexUnwritable
from retrieval.milvus.connection import Connection, Row, close_unused
from retrieval.milvus.numbers import dimension, first_number, key, speech_number, written
from retrieval.milvus.packing import (
    NO_ROOM,
    pack_file,
    row_of_passage,
    rows_of_speech,
    speaker_number,
)
from retrieval.milvus.reading import MilvusStore, OldStore, describe
from retrieval.milvus.schema import (
    MOST_BYTES,
    TABLES,
    Generation,
    make_readable,
)
from retrieval.plan import Clock, Plan
from retrieval.preparing import Prepared, analyse_names, encode
from retrieval.siblings import Sketch, days_around, families
from retrieval.sources import Progress

_BATCH = 256
"""Passages encoded at a time."""
_COPIED = 50
"""Speeches copied at a time."""

Count = tuple[str, str, str]
"""What is counted: its kind, its name, a detail."""


class MilvusOld:
    """The generation to start from."""

    def __init__(self, connection: Connection, generation: Generation) -> None:
        self._address = connection.address
        self.generation = generation
        self.manifest: Manifest
        self.manifest, self.more = describe(connection, generation)
        self.store = OldStore(connection, generation)

    def close(self) -> None:
        """Let go of it; a file is closed if nobody else reads or writes it."""
        close_unused(self._address)


class Shard(NamedTuple):
    """Which part of the speeches one process writes."""

    number: int = 0
    of: int = 1

    def holds(self, speech: int) -> bool:
        """Whether a speech, by its number, belongs to it."""
        return speech % self.of == self.number


ALL = Shard()


class MilvusWriter:
    """Fills the collections of a generation: see :class:`retrieval.engine.Writer`."""

    def __init__(
        self,
        connection: Connection,
        generation: Generation,
        plan: Plan[MilvusOld],
        progress: Progress,
        shard: Shard = ALL,
    ) -> None:
        self._connection = connection
        self._named = {table: generation.collection(table) for table in TABLES}
        self._generation = generation
        self._plan = plan
        self._progress = progress
        self.shard = shard
        self.recall: float | None = None
        self.bytes = 0
        found = plan.base.store.all_known() if plan.base else ()
        known = [(one, speech) for one, speech in found if shard.holds(speech.number)]
        self.speeches = len(known)
        self.passages = sum(speech.passages for _, speech in known)
        self._waiting: list[tuple[Prepared, bytes]] = []
        self._counts: Counter[Count] = Counter()
        self._ids = {speech.number: one for one, speech in known}
        """The ids of the speeches that are there, by their numbers."""
        self._known = [speech.number for _, speech in known]
        self._removed: set[int] = set()
        self._moved: dict[int, str | None] = {}
        self._fresh: set[int] = set()
        self._encoded = 0

    @property
    def rows(self) -> int:
        """Rows of the vector index: nothing is given up here."""
        return self.passages

    # --- what changes

    def add(self, prepared: Prepared, digest_as_read: bytes) -> None:
        """Add a speech that is not there.

        Raises:
            IndexUnwritable: another speech has its number, or it is too long.
        """
        speech, passages = prepared.speech, prepared.passages
        number = speech_number(speech.id)
        if (other := self._ids.setdefault(number, speech.id)) != speech.id:
            raise IndexUnwritable(
                f"The ids “{speech.id[:80]}” and “{other[:80]}” have the same hash; give one of "
                "the two speeches another id."
            )
        self._fresh.add(number)
        self.speeches += 1
        self.passages += len(passages)
        self._counts.update(_counted(prepared))
        self._waiting.append((prepared, digest_as_read))
        if sum(len(one.passages) for one, _ in self._waiting) >= _BATCH:
            self._write_waiting()

    def remove(self, known: Known, speech_id: str) -> None:
        """Take a speech out that the generation before had."""
        base = self._plan.base
        assert base
        speech, passages = base.store.speech(speech_id), base.store.passages_of(speech_id)
        self._counts[_one("speech")] -= 1
        self._counts[_one("language", speech.language)] -= 1
        self._counts[_one("date", speech.date or "")] -= 1
        for row in self._rows_of(base, "passages", [known.number], ["pk", "words"]):
            self._counts[_one("passage")] -= 1
            for place in row["words"]:
                self._counts[_one("term", written(place))] -= 1
        for passage in passages:
            if passage.speaker is not None:
                self._counts[_speaker(passage.speaker)] -= 1
        for name, count in analyse_names(passages).items():
            self._counts[_name(name, speech.language)] -= count
        self._removed.add(known.number)
        del self._ids[known.number]
        self.speeches -= 1
        self.passages -= known.passages

    def move(self, known: Known, origin: str | None) -> None:
        """Note that a speech comes from another file now."""
        self._moved[known.number] = origin

    # --- rows

    def _write(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.bytes += self._connection.write(self._named[table], rows)

    def _write_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        vectors = iter(self._vectors([p.text for one, _ in waiting for p in one.passages]))
        speeches: list[Row] = []
        texts: list[Row] = []
        passages: list[Row] = []
        for prepared, digest in waiting:
            origin, shard = prepared.speech.origin, self.shard.number
            row, parts = rows_of_speech(prepared, digest, origin, shard)
            speeches.append(row)
            texts += parts
            passages += [
                row_of_passage(number, passage, words, prepared.speech.date, next(vectors), shard)
                for number, (passage, words) in enumerate(
                    zip(prepared.passages, prepared.words, strict=True), first_number(row["pk"])
                )
            ]
        self._write("texts", texts)
        self._write("passages", passages)
        # last, so that a speech that is there is there as a whole
        self._write("speeches", speeches)

    def _vectors(self, texts: Sequence[str]) -> list[Any]:
        """The vectors of texts, those of the generation before where it has them."""
        known = self._plan.vectors.store.vectors_of(texts) if self._plan.vectors else {}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            self._encoded += len(missing)
            self._progress("encoding passages", self._encoded, None)
            encoded = self._plan.encoder.encode_documents(missing)
            known = known | dict(zip(missing, encoded, strict=True))
        return [known[text] for text in texts]

    # --- the end

    def finish(self, files: Mapping[str, FileRecord], clock: Clock) -> Mapping[str, File]:
        """Write what is still to be written, and make it readable."""
        self._write_rows(clock)
        self._write_files(files)
        self._write_whole(clock)
        return {}

    def _write_rows(self, clock: Clock) -> None:
        """Write the speeches that are still to be written."""
        self._write_waiting()
        clock.done("encoding")
        if self._plan.base:
            self._copy(self._plan.base)
        clock.done("copying")

    def _write_whole(self, clock: Clock) -> None:
        """Write what needs all speeches to be there, and make everything readable."""
        self._write_counts()
        for table in ("speeches", "texts", "passages", "counts", "files"):
            make_readable(self._connection, self._named[table], table, self.passages)
        clock.done("indexing")
        self._write_families()
        make_readable(self._connection, self._named["families"], "families")
        clock.done("translations")

    def _rows_of(
        self, old: MilvusOld, table: str, speeches: Sequence[int], fields: Sequence[str]
    ) -> Iterator[Row]:
        listed = ", ".join(map(str, speeches))
        collection = old.generation.collection(table)
        return self._connection.every(collection, fields, f"speech in [{listed}]", page=200)

    def _copy(self, base: MilvusOld) -> None:
        """Copy the rows of all speeches that stay."""
        numbers = [number for number in self._known if number not in self._removed]
        for start in range(0, len(numbers), _COPIED):
            some = numbers[start : start + _COPIED]
            self._progress("writing", start, len(numbers))
            self._write("texts", self._copied(base, "texts", some))
            passages = self._copied(base, "passages", some)
            if self._plan.vectors is None:
                for row, vector in zip(passages, self._anew(base, passages), strict=True):
                    row["vector"] = vector
            self._write("passages", passages)
            fields = list(TABLES["speeches"])
            collection = base.generation.collection("speeches")
            speeches = list(self._connection.numbered(collection, some, fields))
            for row in speeches:
                row |= {"nothing": NO_ROOM, "shard": self.shard.number}
                if row["pk"] in self._moved:
                    row["origin"] = self._moved[row["pk"]] or ""
            self._write("speeches", speeches)

    def _copied(self, base: MilvusOld, table: str, speeches: Sequence[int]) -> list[Row]:
        fields = list(TABLES[table])
        room = {} if "vector" in fields else {"nothing": NO_ROOM}
        own = room | {"shard": self.shard.number}
        return [row | own for row in self._rows_of(base, table, speeches, fields)]

    def _anew(self, base: MilvusOld, rows: Sequence[Row]) -> Vectors:
        """The vectors of rows that were encoded by another model."""
        passages = base.store.passages([row["pk"] for row in rows])
        return self._plan.encoder.encode_documents([passages[row["pk"]].text for row in rows])

    def _write_counts(self) -> None:
        counts = self._counts
        if base := self._plan.base:
            fields = ["pk", "kind", "name", "detail", "times"]
            for row in self._connection.every(base.generation.collection("counts"), fields):
                counts[row["kind"], row["name"], row["detail"]] += row["times"]
        self._write_counted("counts", +counts)

    def _write_counted(self, table: str, counts: Mapping[Count, int]) -> None:
        shard = self.shard.number
        rows: list[Row] = []
        for (kind, name, detail), count in counts.items():
            rows.append(
                {
                    "pk": key(shard, kind, name, detail),
                    "shard": shard,
                    "kind": kind,
                    "name": name,
                    "detail": detail,
                    "times": count,
                    "nothing": NO_ROOM,
                }
            )
            if len(rows) == 10_000:
                self._write(table, rows)
                rows = []
        self._write(table, rows)

    def _write_files(self, files: Mapping[str, FileRecord]) -> None:
        """Remember files; one of which too much was skipped to be written is read again."""
        packed = {path: pack_file(record) for path, record in files.items()}
        rows = [
            {
                "pk": key(path),
                "shard": self.shard.number,
                "path": path,
                "record": record,
                "nothing": NO_ROOM,
            }
            for path, record in packed.items()
            if max(len(path.encode()), len(record.encode())) <= MOST_BYTES
        ]
        self._write("files", rows)

    def _write_families(self) -> None:
        """Note which speeches are translations of each other."""
        base = self._plan.base
        known: dict[int, int] = {}  # speech → family
        fresh = None
        if base:
            collection = base.generation.collection("families")
            rows = self._connection.every(collection, ["pk", "family"])
            before = {row["pk"]: row["family"] for row in rows}
            gone = {family for number, family in before.items() if number in self._removed}
            known = {number: family for number, family in before.items() if family not in gone}
            bereft = {n for n, family in before.items() if family in gone} - self._removed
            fresh = bereft | self._fresh
        for family in self._found_families(fresh):
            members = set(family)
            joined = {known[number] for number in family if number in known}
            members |= {number for number, other in known.items() if other in joined}
            known |= dict.fromkeys(members, min(members))
        found = [
            {"pk": number, "family": family, "id": self._ids[number], "nothing": NO_ROOM}
            for number, family in known.items()
        ]
        self._write("families", found)

    def _found_families(self, fresh: Collection[int] | None) -> Iterable[tuple[int, ...]]:
        store = MilvusStore(self._connection, self._generation)
        if fresh == set() or len(store.languages()) < 2:
            return []
        fields = ["pk", "language", "date", "voices", "characters"]
        sketches = [
            Sketch(
                row["pk"],
                row["language"],
                row["date"],
                frozenset(_voices(row["voices"])),
                row["characters"],
            )
            for row in self._connection.every(self._named["speeches"], fields)
        ]
        if fresh is not None:
            days = days_around({sketch.date for sketch in sketches if sketch.number in fresh})
            sketches = [sketch for sketch in sketches if sketch.date in days]

        @lru_cache(maxsize=256)
        def vectors(number: int) -> Vectors:
            texts = [passage.text for passage in store.passages_of(self._ids[number])]
            return np.asarray(encode(texts))

        return families(sketches, vectors, fresh)

    def close(self) -> None:
        """Give up: what was written goes with its generation."""
        self._waiting.clear()


def _voices(text: str) -> list[str]:
    names: list[str] = json.loads(text)
    return names


# --- what is counted --------------------------------------------------------------------------


def _one(kind: str, name: str = "", detail: str = "") -> Count:
    return kind, name, detail


def _speaker(name: str) -> Count:
    return _one("speaker", str(speaker_number(name)), name)


def _name(word: str, language: Any) -> Count:
    sound = sound_key(word)
    return _one("name", consonants(sound), f"{sound} {term(word, language)}")


def _counted(prepared: Prepared) -> Iterator[Count]:
    """All that a speech adds to the counts."""
    speech = prepared.speech
    yield _one("speech")
    yield _one("language", speech.language)
    yield _one("date", speech.date or "")
    for passage, words in zip(prepared.passages, prepared.words, strict=True):
        yield _one("passage")
        if passage.speaker is not None:
            yield _speaker(passage.speaker)
        for place in {dimension(one) for one in words.terms.split()}:
            yield _one("term", written(place))
    for word, count in prepared.names.items():
        for _ in range(count):
            yield _name(word, speech.language)
