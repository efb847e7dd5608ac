"""Many writers of one generation: each writes a share of the speeches, and one finishes it.

What all must agree on, and how far each is, stands in a collection of the generation. Each run of
a shard writes into partitions of its own: the next run of the same shard drops them, whatever was
written, and a process that was thought dead can write no more. What is counted over all is summed
when it is finished, so that nothing of the shards is left but their numbers in the rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from embeddings.analysis import ANALYSER_VERSION
from retrieval.engine import File, FileRecord, reader_version
from retrieval.errors import IndexDamaged, IndexMismatch, IndexMissing
from retrieval.milvus.connection import Connection, Row
from retrieval.milvus.lease import holders
from retrieval.milvus.numbers import key
from retrieval.milvus.packing import NO_ROOM, pack_file, parts_of, unpack_file
from retrieval.milvus.schema import (
    FORMAT_VERSION,
    MOST_BYTES,
    PASSING,
    TABLES,
    Generation,
    collections,
    drop_table,
    make,
    make_readable,
)
from retrieval.milvus.writing import Count, MilvusOld, MilvusWriter, Shard
from retrieval.plan import Clock, Plan
from retrieval.records import Reading, Report, ShardState, Skipped
from retrieval.sources import Progress

_WRITTEN_BY_SHARDS = ("texts", "passages", "speeches", "files", "tallies")
_PART_BITS = 20
_TELL_SECONDS = 5.0
_MOST_LISTED = 20
_COUNTED = ("new", "changed", "removed", "unchanged", "kept")


# --- what is agreed on, and how far each shard is ---------------------------------------------


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the first shard found, and all others must find too."""

    of: int
    sources: tuple[str, ...]
    reading: Reading
    model: str
    fingerprint: str
    dimensions: int
    analyser: int
    program: str
    against: int | None
    """The generation before, by which the speeches are compared."""
    based: bool
    """Whether unchanged speeches are copied from there."""
    format: int = FORMAT_VERSION

    @classmethod
    def of_plan(cls, plan: Plan[MilvusOld], shards: int) -> Agreed:
        """What a plan says."""
        return cls(
            of=shards,
            sources=plan.sources,
            reading=plan.reading,
            model=plan.encoder.name,
            fingerprint=plan.encoder.fingerprint,
            dimensions=plan.encoder.dimensions,
            analyser=ANALYSER_VERSION,
            program=reader_version(),
            against=plan.old.generation.number if plan.old else None,
            based=plan.base is not None,
        )

    @classmethod
    def parse(cls, text: str) -> Agreed:
        """What was written."""
        data = json.loads(text)
        return cls(
            **{
                **data,
                "sources": tuple(data["sources"]),
                "reading": Reading(**data["reading"]),
            }
        )

    def difference(self, other: Agreed) -> str | None:
        """What another one has otherwise, in words; None if it is the same."""
        said = {
            "number of shards": (self.of, other.of),
            "index format": (self.format, other.format),
            "sources": (", ".join(self.sources), ", ".join(other.sources)),
            "way of reading (columns, --since, --allow-local)": (self.reading, other.reading),
            "model": (
                f"{self.model} ({self.fingerprint})",
                f"{other.model} ({other.fingerprint})",
            ),
            "analyser's version": (self.analyser, other.analyser),
            "release of the program": (self.program, other.program),
            "generation before": (self.against, other.against),
        }
        for what, (one, another) in said.items():
            if one != another:
                were, are = ("were", "are") if what == "sources" else ("was", "is")
                return f"the {what} {were} {_shown(one)} and {are} {_shown(another)}"
        return None


def _shown(value: object) -> str:
    if isinstance(value, Reading):
        value = {name: one for name, one in asdict(value).items() if one} or "as usual"
    return str(value)[:200]


class State(NamedTuple):
    """How far a shard is: what its last run wrote down."""

    partition: str
    done: bool
    speeches: int
    passages: int
    bytes: int
    since: str
    host: str
    process: int
    counted: Mapping[str, int] = {}
    """As a report has them."""
    skipped: Sequence[Sequence[str]] = ()
    files: str = ""
    """A hash of the files that it read."""


class Book:
    """What is written down of an unfinished generation."""

    def __init__(self, connection: Connection, generation: Generation, agreed: Agreed) -> None:
        self._connection = connection
        self._collection = generation.collection("shards")
        self.generation = generation
        self.agreed = agreed

    @classmethod
    def find(cls, connection: Connection, current: Generation | None) -> Book | None:
        """That of the generation that several processes are making, if there is one."""
        for generation, tables in sorted(collections(connection).items(), reverse=True):
            if "shards" in tables and (current is None or generation > current):
                rows = connection.rows(
                    generation.collection("shards"), "pk == 0", ["text"], strong=True
                )
                if rows:  # else it was killed as it began
                    return cls(connection, generation, Agreed.parse(rows[0]["text"]))
        return None

    @classmethod
    def begin(cls, connection: Connection, generation: Generation, agreed: Agreed) -> Book:
        """Make the empty collections of a generation that several processes will fill."""
        for table, fields in {**TABLES, **PASSING}.items():
            if table not in ("manifest", "shards"):
                make(connection, generation.collection(table), fields, agreed.dimensions)
        # last, and the row after it: without them it is a left-over
        name = generation.collection("shards")
        make(connection, name, PASSING["shards"], 0)
        make_readable(connection, name, "shards")
        text = json.dumps(asdict(agreed), ensure_ascii=False)
        connection.write(name, [{"pk": 0, "text": text, "nothing": NO_ROOM}])
        return cls(connection, generation, agreed)

    def states(self) -> dict[int, State]:
        """How far each shard is that was begun, by its number from 1 on."""
        rows = {
            row["pk"]: row["text"]
            for row in self._connection.every(self._collection, ["pk", "text"])
        }
        found: dict[int, State] = {}
        for number in range(1, self.agreed.of + 1):
            first = number << _PART_BITS
            if first in rows:
                parts, _, text = rows[first].partition("\n")
                more = (rows[first + place] for place in range(1, int(parts)))
                found[number] = State(**json.loads("".join([text, *more])))
        return found

    def note(self, number: int, state: State) -> None:
        """Write down how far a shard is."""
        first = number << _PART_BITS
        parts = parts_of(json.dumps(state._asdict(), ensure_ascii=False))
        parts[0] = f"{len(parts)}\n{parts[0]}"
        rows = [
            {"pk": first + place, "text": part, "nothing": NO_ROOM}
            for place, part in enumerate(parts)
        ]
        for row in reversed(rows):  # the first says how many there are
            self._connection.call("upsert", self._collection, [row])

    def progress(self) -> list[ShardState]:
        """How far all shards are, for people."""
        states, working = self.states(), holders(self._connection)
        shown = []
        for number in range(1, self.agreed.of + 1):
            state = states.get(number)
            if state is None:
                shown.append(ShardState(number, self.agreed.of, "missing"))
                continue
            how = "done" if state.done else "writing" if number in working else "stopped"
            shown.append(
                ShardState(
                    number,
                    self.agreed.of,
                    how,  # type: ignore[arg-type]
                    state.speeches,
                    state.passages,
                    state.since,
                    state.host,
                )
            )
        return shown

    def open_partitions(self, number: int, partition: str) -> None:
        """Drop what earlier runs of a shard have written, and make room for another."""
        for table in _WRITTEN_BY_SHARDS:
            name = self.generation.collection(table)
            old = [
                one
                for one in self._connection.call("list_partitions", name)
                if one.startswith(f"shard_{number}_")
            ]
            if old:
                # one that was loaded, by a --finish that did not come to its end, cannot be dropped
                self._connection.call("release_collection", name)
            for one in old:
                self._connection.call("drop_partition", name, one)
            self._connection.call("create_partition", name, partition)


def now() -> str:
    """The time as it is written down."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def begun(partition: str) -> State:
    """The state of a shard at which this process begins to work."""
    return State(partition, False, 0, 0, 0, now(), socket.gethostname(), os.getpid())


# --- one shard --------------------------------------------------------------------------------


class ShardWriter(MilvusWriter):
    """Writes a share of the speeches: those whose number the shard holds."""

    def __init__(
        self,
        connection: Connection,
        book: Book,
        plan: Plan[MilvusOld],
        progress: Progress,
        shard: Shard,
        state: State,
    ) -> None:
        super().__init__(connection, book.generation, plan, progress, shard)
        self._named["tallies"] = book.generation.collection("tallies")
        self._book = book
        self._state = state
        self._told = time.monotonic()
        self._files = ""

    def _write(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        name = self._named[table]
        self.bytes += self._connection.write(name, rows, self._state.partition)
        if time.monotonic() - self._told > _TELL_SECONDS:
            self._book.note(self.shard.number + 1, self._far())
            self._told = time.monotonic()

    def _far(self) -> State:
        return self._state._replace(
            speeches=self.speeches, passages=self.passages, bytes=self.bytes
        )

    def finish(self, files: Mapping[str, FileRecord], clock: Clock) -> Mapping[str, File]:
        """Write what is still to be written, durably."""
        self._write_rows(clock)
        content = hashlib.sha256()
        own: dict[str, FileRecord] = {}
        tallies = {counted: times for counted, times in self._counts.items() if times}
        for path, record in sorted(files.items()):
            content.update(f"{path}\0{record.digest.hex()}\n".encode("utf-8", "surrogatepass"))
            if self.shard.holds(key(path)):
                own[path] = record
                continue
            for note in record.notes:  # some of which only this shard may know
                text = json.dumps([note.where, note.why, note.unread], ensure_ascii=False)
                if max(len(path.encode()), len(text.encode())) <= MOST_BYTES:
                    tallies["note", path, text] = 1
        self._files = content.hexdigest()
        self._write_files(own)
        if self._plan.base:
            tallies |= {("fresh", str(number), ""): 1 for number in self._fresh}
            tallies |= {("removed", str(number), ""): 1 for number in self._removed}
        self._write_counted("tallies", tallies)
        for table in _WRITTEN_BY_SHARDS:
            self._connection.wait("flush", self._named[table])
        clock.done("flushing")
        return {}

    def done(self, skipped: Sequence[Sequence[str]], report: Report) -> State:
        """The state of the finished shard."""
        return self._far()._replace(
            done=True,
            counted={name: getattr(report, name) for name in _COUNTED},
            skipped=skipped,
            files=self._files,
        )


# --- all of them ------------------------------------------------------------------------------


class Merger(MilvusWriter):
    """Makes one generation of what the shards have written."""

    def __init__(
        self,
        connection: Connection,
        book: Book,
        plan: Plan[MilvusOld],
        progress: Progress,
        states: Mapping[int, State],
    ) -> None:
        # of the speeches before nothing is copied any more: only what was counted is taken over
        super().__init__(connection, book.generation, replace(plan, base=None), progress)
        self._plan = plan
        self._states = states
        self.speeches = sum(state.speeches for state in states.values())
        self.passages = sum(state.passages for state in states.values())
        self.bytes = sum(state.bytes for state in states.values())
        self._notes: dict[str, list[Skipped]] = {}

    def finish(self, files: Mapping[str, FileRecord], clock: Clock) -> Mapping[str, File]:
        """Sum what was counted, and write what needs all speeches to be there."""
        for table in ("manifest", "counts", "families"):  # of a --finish that was killed
            drop_table(self._connection, self._generation, table)
            if table != "manifest":
                make(self._connection, self._named[table], TABLES[table], 0)
        if not self.same_files:
            drop_table(self._connection, self._generation, "files")
            make(self._connection, self._named["files"], TABLES["files"], 0)
        self._read_tallies()
        clock.done("summing")
        self._write_whole(clock)
        self._check_shards()
        return {}

    @property
    def same_files(self) -> bool:
        """Whether all shards have read the same files, which did not change meanwhile."""
        return len({state.files for state in self._states.values()}) == 1

    def _read_tallies(self) -> None:
        tallies = self._generation.collection("tallies")
        make_readable(self._connection, tallies, "tallies")
        fields = ["pk", "kind", "name", "detail", "times"]
        for row in self._connection.every(tallies, fields):
            counted: Count = row["kind"], row["name"], row["detail"]
            if counted[0] == "note":
                where, why, unread = json.loads(counted[2])
                self._notes.setdefault(counted[1], []).append(Skipped(where, why, unread))
            elif counted[0] == "fresh":
                self._fresh.add(int(counted[1]))
            elif counted[0] == "removed":
                self._removed.add(int(counted[1]))
            else:
                self._counts[counted] += row["times"]

    def _write_families(self) -> None:
        self._ids = {
            row["pk"]: row["id"]
            for row in self._connection.every(self._named["speeches"], ["pk", "id"])
        }
        self._add_notes()
        super()._write_families()

    def _add_notes(self) -> None:
        """Add to files what other shards noted of them."""
        fields = ["pk", *TABLES["files"]]
        for path, notes in self._notes.items() if self.same_files else ():
            for row in self._connection.numbered(self._named["files"], [key(path)], fields):
                record = unpack_file(row["record"])
                more = [note for note in dict.fromkeys(notes) if note not in record.notes]
                packed = pack_file(record._replace(notes=(*record.notes, *more)))
                if more and len(packed.encode()) <= MOST_BYTES:
                    changed: Row = row | {"record": packed, "nothing": NO_ROOM}
                    self._connection.call("upsert", self._named["files"], [changed])

    def _check_shards(self) -> None:
        for number, state in self._states.items():
            for table, expected in (("speeches", state.speeches), ("passages", state.passages)):
                found = self._connection.count(self._named[table], f"shard == {number - 1}")
                if found != expected:
                    raise IndexDamaged(
                        f"Shard {number} holds {found:,} {table} instead of {expected:,}; write it "
                        f"again: rostrum reindex --full --shard {number}/{len(self._states)} "
                        f"--index {self._connection.address.quoted}"
                    )


def not_finished(connection: Connection, book: Book) -> IndexMissing:
    """What somebody is told who would ask shards that are not yet an index."""
    numbers: dict[str, list[int]] = {"done": [], "writing": [], "stopped": [], "missing": []}
    shards = book.progress()
    for shard in shards:
        numbers[shard.state].append(shard.number)
    far = "; ".join(f"{state}: {_in_short(found)}" for state, found in numbers.items() if found)
    write = "" if len(numbers["done"]) == len(shards) else "write what is missing, and then "
    where = connection.address
    return IndexMissing(
        f"The index in {where} is not finished (of its {len(shards)} shards, {far}); {write}make "
        f"it answer: rostrum reindex --finish --index {where.quoted}"
    )


def _in_short(numbers: Sequence[int]) -> str:
    more = len(numbers) - _MOST_LISTED
    return ", ".join(map(str, numbers[:_MOST_LISTED])) + (f" and {more} more" if more > 0 else "")


def mismatch(connection: Connection, book: Book, shard: Shard, why: str) -> IndexMismatch:
    """What somebody is told who would write a shard of something else."""
    return IndexMismatch(
        f"Shard {shard.number + 1}/{shard.of} does not fit the unfinished reindex in "
        f"{connection.address}: {why}; run all shards alike, or drop it: rostrum reindex "
        f"--abandon --index {connection.address.quoted}"
    )
