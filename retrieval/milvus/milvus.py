"""The engine that keeps an index in Milvus."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from retrieval.engine import Manifest, Recorded
from retrieval.errors import (
    IndexDamaged,
    IndexGone,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
)
from retrieval.milvus.address import MilvusAddress
from retrieval.milvus.connection import Connection, close_unused, connect, holding
from retrieval.milvus.lease import Lease
from retrieval.milvus.packing import NO_ROOM, pack_manifest, parts_of
from retrieval.milvus.reading import MilvusGeneration, describe
from retrieval.milvus.schema import (
    ALIAS,
    FORMAT_VERSION,
    PASSING,
    TABLES,
    Generation,
    collections,
    drop,
    drop_table,
    generation_of,
    make,
    make_generation,
    make_readable,
)
from retrieval.milvus.shards import Book, not_finished
from retrieval.milvus.writing import MilvusOld, MilvusWriter
from retrieval.plan import Plan
from retrieval.records import Reading
from retrieval.sources import Progress
from retrieval.workers import Workers

LOOK_SECONDS = 1.0
"""How long what the alias names is taken for granted by those who stay."""


class Milvus:
    """A Milvus database, or file, that holds an index: see :class:`retrieval.engine.Engine`."""

    format_version = FORMAT_VERSION

    def __init__(self, address: MilvusAddress) -> None:
        self.address = address
        self._seen: tuple[float, Generation] | None = None
        self._writer: MilvusWriter | None = None
        self._lease: Lease | None = None

    @property
    def _connection(self) -> Connection:
        return connect(self.address)

    # --- reading

    def current(self) -> Generation:
        """What the alias names; asked for at most once a second."""
        if self._seen and time.monotonic() - self._seen[0] < LOOK_SECONDS:
            return self._seen[1]
        found = self._to_read()
        self._seen = time.monotonic(), found
        return found

    def _to_read(self) -> Generation:
        """What the alias names; if it names nothing, whether there are shards is said."""
        try:
            return self._current()
        except IndexMissing:
            book = self.unfinished()
            missing = not_finished(self._connection, book) if book else None
            close_unused(self.address)
            if missing is None:
                raise
        raise missing

    def _current(self) -> Generation:
        self._check_there()
        try:
            described = self._connection.call("describe_alias", ALIAS)
        except IndexGone:
            raise self._missing() from None
        found = generation_of(described["collection_name"])
        if not found or found[1] != "manifest":
            raise IndexDamaged(
                f"The alias “{ALIAS}” in {self.address} names “{described['collection_name']}”, "
                "which Rostrum did not make; use another database."
            )
        return found[0]

    def _check_there(self) -> None:
        if self.address.is_file and not Path(self.address.uri).exists():
            raise self._missing()

    def _missing(self) -> IndexMissing:
        return IndexMissing(
            f"There is no index in {self.address}; make one: rostrum reindex SOURCE "
            f"--index {self.address.quoted}"
        )

    def previous(self) -> Generation:
        """The finished generation before the current one."""
        current = self._current()
        older = [one for one in self._finished() if one < current]
        if not older:
            raise IndexMissing(f"{self.address} holds no generation before the current one.")
        return max(older)

    def _finished(self) -> list[Generation]:
        found = collections(self._connection)
        return [one for one, tables in found.items() if tables >= set(TABLES)]

    def open(self, generation: Generation | None = None) -> tuple[Generation, MilvusGeneration]:
        """Open a generation, the current one if none is given; a file is held till it is closed."""
        self._check_there()
        with holding(self.address) as connection:
            if generation is not None:
                return generation, MilvusGeneration(connection, generation)
            while True:
                generation = self._to_read()
                try:
                    return generation, MilvusGeneration(connection, generation)
                except IndexDamaged:
                    # it may have been dropped meanwhile
                    if self._current() == generation:
                        raise

    def altered(self) -> list[str]:
        """A line for each collection of the current generation that is missing."""
        current = self._current()
        there = collections(self._connection).get(current, set())
        return [f"{current.collection(one)} is gone" for one in TABLES if one not in there]

    def recorded(self) -> Recorded:
        """What it was built from, be it of another version."""
        try:
            self._check_there()
            with holding(self.address) as connection:
                collection = self._current().collection("manifest")
                rows = list(connection.every(collection, ["pk", "text"]))
            record = json.loads("".join(row["text"] for row in rows))
            return Recorded(
                tuple(map(str, record["sources"])),
                str(record["model"]),
                Reading(**record.get("reading", {})),
            )
        except (IndexMissing, IndexDamaged, ValueError, KeyError, TypeError):
            return Recorded()

    # --- writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The right to write it, for one process at a time."""
        self._folder().mkdir(parents=True, exist_ok=True)
        with holding(self.address) as connection:
            self._lease = Lease(connection)
            try:
                yield
            finally:
                self._lease.release()
                self._lease = None

    def check_writable(self) -> None:
        """Refuse a database in which somebody else's things bear our names."""
        if self.address.is_file and not Path(self.address.uri).exists():
            return
        collections(self._connection)
        try:
            self._current()
        except IndexMissing:
            return
        except IndexDamaged as error:
            raise IndexUnwritable(str(error)) from None

    def holds(self, source: str) -> bool:
        """Whether a source is the file itself, by whatever name."""
        try:
            return self.address.is_file and Path(source).samefile(self.address.uri)
        except (OSError, ValueError):
            return False  # one of them is not there

    @property
    def own_files(self) -> Path:
        """What milvus-lite keeps, which is a folder; of a server, what lies here beside it."""
        return Path(self.address.uri) if self.address.is_file else self._folder()

    @property
    def folder(self) -> Path:
        """A folder of this machine for what was downloaded, in the user's data folder."""
        return self._folder()

    def _folder(self) -> Path:
        from platformdirs import user_data_path

        name = hashlib.sha256(f"{self.address} {self.address.database}".encode()).hexdigest()[:16]
        return user_data_path("rostrum", appauthor=False) / f"milvus-{name}"

    def old(self) -> tuple[MilvusOld | None, str | None]:
        """The current generation, of whatever analyser; if it is of no use, why."""
        try:
            return MilvusOld(self._connection, self._current()), None
        except IndexMissing:
            return None, None
        except IndexMismatch:
            return None, "the index is of another format: everything is made anew"
        except IndexDamaged:
            return None, "the index is damaged: everything is made anew"

    def unfinished(self) -> Book | None:
        """What is known of the generation that several processes are writing, if there is one."""
        if self.address.is_file and not Path(self.address.uri).exists():
            return None
        try:
            current = self._current()
        except IndexMissing:
            current = None
        return Book.find(self._connection, current)

    def begin(self) -> Generation:
        """The number of a new generation; left-overs of runs that were killed go now.

        Raises:
            IndexLocked: several processes are writing one, which is not finished.
        """
        if book := self.unfinished():
            shards = book.progress()
            missing = [str(one.number) for one in shards if one.state != "done"]
            state = f"missing {', '.join(missing[:20])}" if missing else "all are there"
            raise IndexLocked(
                f"A reindex in {len(shards)} shards is unfinished ({state}): finish it with "
                f"rostrum reindex --finish --index {self.address.quoted}, or drop it with "
                "--abandon."
            )
        return self._next()

    def _next(self) -> Generation:
        self.tidy()
        numbers = [generation.number for generation in collections(self._connection)]
        return Generation(max(numbers, default=0) + 1)

    def writer(
        self, generation: Generation, plan: Plan[MilvusOld], workers: Workers, progress: Progress
    ) -> MilvusWriter:
        """Begin to fill a new generation."""
        make_generation(self._connection, generation, plan.encoder.dimensions)
        self._writer = MilvusWriter(self._connection, generation, plan, progress)
        return self._writer

    def seal(self, generation: Generation, manifest: Manifest) -> None:
        """Write the manifest: the last collection of a generation."""
        assert self._writer
        more = {"shards": self._writer.shard.of, "bytes": self._writer.bytes}
        name = generation.collection("manifest")
        make(self._connection, name, TABLES["manifest"], 0)
        rows: list[dict[str, Any]] = [
            {"pk": place, "text": part, "nothing": NO_ROOM}
            for place, part in enumerate(parts_of(pack_manifest(manifest, more)))
        ]
        self._connection.write(name, rows)
        make_readable(self._connection, name, "manifest")
        describe(self._connection, generation)

    def publish(self, generation: Generation) -> None:
        """Let the alias name it: one step for every reader."""
        assert self._lease
        self._lease.check()
        name = generation.collection("manifest")
        try:
            self._current()
        except IndexMissing:
            self._connection.call("create_alias", name, ALIAS)
        else:
            self._connection.call("alter_alias", name, ALIAS)
        self._seen = None

    def give_up(self, generation: Generation) -> None:
        """Drop a new generation unless it has become the current one."""
        try:
            if self._current() == generation:
                return
        except (IndexMissing, IndexDamaged):
            pass  # then it is none
        drop(self._connection, generation)

    def tidy(self) -> None:
        """Drop all but the current generation and the one before it."""
        found = collections(self._connection)
        try:
            current = self._current()
        except IndexDamaged:
            return  # nothing is known to be superfluous
        except IndexMissing:
            kept: set[Generation] = set()
        else:
            older = [one for one in self._finished() if one < current]
            kept = {current, *sorted(older)[-1:]}
        if book := self.unfinished():
            kept.add(book.generation)
        for generation, tables in found.items():
            if generation not in kept:
                drop(self._connection, generation)
            elif not book or generation != book.generation:
                for table in PASSING.keys() & tables:  # of a --finish that was killed at its end
                    drop_table(self._connection, generation, table)
