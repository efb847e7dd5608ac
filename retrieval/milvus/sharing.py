"""The engine of those who write an index in Milvus together."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from embeddings.encoder import load_encoder
from retrieval.engine import Manifest, Recorded, reader_version
from retrieval.errors import (
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    SourceError,
)
from retrieval.milvus.address import MilvusAddress
from retrieval.milvus.connection import holding
from retrieval.milvus.lease import THE_INDEX, Lease, holders
from retrieval.milvus.milvus import Milvus
from retrieval.milvus.numbers import speech_number
from retrieval.milvus.schema import PASSING, Generation, drop, drop_table
from retrieval.milvus.shards import (
    Agreed,
    Book,
    Merger,
    ShardWriter,
    State,
    begun,
    mismatch,
    now,
)
from retrieval.milvus.writing import MilvusOld, Shard
from retrieval.plan import Clock, Plan
from retrieval.records import Report, ShardState, Skipped
from retrieval.sources import Progress
from retrieval.workers import Workers

_MOST_DROPPED = 0.5
_MOST_REMEMBERED = 1000
_JOINING = "joining"
_JOIN_SECONDS = 60.0
"""How long to wait for others that come at the same moment, at most."""


class MilvusShare(Milvus):
    """What one of several processes writes with: see :class:`retrieval.engine.Share`."""

    def __init__(self, address: MilvusAddress, number: int, of: int) -> None:
        super().__init__(address)
        self.shard = Shard(number - 1, of)
        self._book: Book | None = None
        self._state: State | None = None
        self._share_writer: ShardWriter | None = None

    def takes(self, speech_id: str) -> bool:
        """Whether a speech is in this shard."""
        return self.shard.holds(speech_number(speech_id))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The right to write this shard; others may write theirs."""
        self._folder().mkdir(parents=True, exist_ok=True)
        with holding(self.address) as connection:
            lease = Lease(connection, THE_INDEX + self.shard.number + 1)
            try:
                yield
            finally:
                lease.release()

    def recorded(self) -> Recorded:
        """What the unfinished generation is built from; the current one, if there is none."""
        if book := self.unfinished():
            agreed = book.agreed
            return Recorded(agreed.sources, agreed.model, agreed.reading)
        return super().recorded()

    def old(self) -> tuple[MilvusOld | None, str | None]:
        """The generation by which the unfinished one compares; the current one, if none is."""
        book = self.unfinished()
        if book is None:
            return super().old()
        if book.agreed.against is None:
            return None, None
        return MilvusOld(self._connection, Generation(book.agreed.against)), None

    def join(self, plan: Plan[MilvusOld], full: bool) -> Plan[MilvusOld] | None:
        """Begin to write this shard of the unfinished generation, which is made if there is none.

        Returns the plan that all have; None if this shard is done already, and not ``full``.

        Raises:
            IndexMismatch: the others write something else.
            IndexLocked: somebody writes the index alone, or finishes it.
        """
        number = self.shard.number + 1
        own = Agreed.of_plan(plan, self.shard.of)
        with self._alone():
            book = self.unfinished()
            if book is None:
                generation = self._next()
                book = Book.begin(self._connection, generation, own)
            if why := book.agreed.difference(own):
                raise mismatch(self._connection, book, self.shard, why)
            self._book = book
            self._state = book.states().get(number)
            if self._state and self._state.done and not full:
                return None
            self._state = begun(f"shard_{number}_{uuid.uuid4().hex[:8]}")
            book.note(number, self._state)
        book.open_partitions(number, self._state.partition)
        base = plan.old if book.agreed.based else None
        return replace(plan, base=base, same_reader=plan.same_reader and not full)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The right to write the index, for a moment."""
        until = time.monotonic() + _JOIN_SECONDS
        while True:
            try:
                lease = Lease(self._connection, note=_JOINING)
                break
            except IndexLocked:
                held = holders(self._connection).get(THE_INDEX)
                if (held and held.get("note") != _JOINING) or time.monotonic() > until:
                    raise
                time.sleep(0.2)
        try:
            yield
        finally:
            lease.release()

    def begin(self) -> Generation:
        """The generation that was joined."""
        assert self._book
        return self._book.generation

    def writer(
        self, generation: Generation, plan: Plan[MilvusOld], workers: Workers, progress: Progress
    ) -> ShardWriter:
        """Begin to write this shard."""
        assert self._book
        assert self._state
        self._share_writer = ShardWriter(
            self._connection, self._book, plan, progress, self.shard, self._state
        )
        return self._share_writer

    def hand_in(self, manifest: Manifest, report: Report) -> None:
        """Note that this shard is complete."""
        assert self._book
        assert self._share_writer
        assert self._state
        number = self.shard.number + 1
        state = self._book.states().get(number)
        if state is None or state.partition != self._state.partition:
            raise IndexLocked(
                f"Shard {number}/{self.shard.of} was begun anew by another process, as this one "
                "was silent for too long; that one goes on."
            )
        self._book.note(number, self._share_writer.done(manifest.skipped, report))

    def report(self) -> Report:
        """What this shard holds, once it is done."""
        assert self._book
        assert self._state
        state, number = self._state, self.shard.number + 1
        return Report(
            speeches=state.speeches,
            passages=state.passages,
            new=0,
            changed=0,
            removed=0,
            unchanged=state.speeches,
            kept=0,
            skipped=(),
            seconds=0.0,
            reasons=(
                f"shard {number}/{self.shard.of} is done already (on {state.host}, begun "
                f"{state.since}); with --full it is written again",
            ),
        )

    def give_up(self, generation: Generation) -> None:
        """Nothing: the others go on, and the next run of this shard drops what this one wrote."""

    def tidy(self) -> None:
        """Nothing: that is for the one who finishes."""


class MilvusShards(Milvus):
    """What begins, watches and finishes shards: see :class:`retrieval.engine.Shards`."""

    def share(self, number: int, of: int) -> MilvusShare:
        """What writes one of so many shards, counted from 1."""
        return MilvusShare(self.address, number, of)

    def progress(self) -> list[ShardState]:
        """How far the shards of an unfinished generation are; empty if there is none."""
        book = self.unfinished()
        return book.progress() if book else []

    def abandon(self) -> int:
        """Drop the unfinished generation; returns how many shards of it were done.

        Raises:
            IndexMissing: there is none.
            IndexLocked: one of them is being written.
        """
        book = self._found()
        working = [row for row in holders(self._connection) if row != THE_INDEX]
        if working:
            raise IndexLocked(
                f"{_listed(working, book.agreed.of)} being written; end that, or wait until it is "
                "done."
            )
        done = sum(state.done for state in book.states().values())
        drop(self._connection, book.generation)
        return done

    def _found(self) -> Book:
        book = self.unfinished()
        if book is None:
            raise IndexMissing(
                f"There is no unfinished reindex in {self.address}; begin one: rostrum reindex "
                f"SOURCE --shard 1/8 --index {self.address.quoted}"
            )
        return book

    def assemble(
        self, prune: bool, clock: Clock, progress: Progress
    ) -> tuple[Generation, Manifest, Report]:
        """Make one generation of all shards: all that is to be done but to seal it.

        Raises:
            IndexMissing: there is no unfinished generation.
            IndexUnwritable: a shard is missing.
            SourceError: more has vanished than goes without ``prune``.
        """
        book = self._found()
        agreed, states = book.agreed, book.states()
        self._check_all_done(book)
        if agreed.program != reader_version():
            raise IndexMismatch(
                "The shards were written by another release of the program; finish with that one."
            )
        old = MilvusOld(self._connection, Generation(agreed.against)) if agreed.against else None
        counted = {
            name: sum(state.counted[name] for state in states.values())
            for name in ("new", "changed", "removed", "unchanged", "kept")
        }
        if (
            old
            and not prune
            and agreed.sources == old.manifest.sources
            and counted["removed"] > _MOST_DROPPED * old.manifest.speeches
        ):
            raise SourceError(
                f"{counted['removed']:,} of {old.manifest.speeches:,} speeches are no longer in "
                "the sources; if they shall leave the index, run it again with --prune."
            )
        encoder = load_encoder(agreed.model)
        base = old if agreed.based else None
        plan = Plan(
            old, encoder, agreed.sources, agreed.reading, base, None, same_reader=True, reasons=()
        )
        self._writer = merger = Merger(self._connection, book, plan, progress, states)
        merger.finish({}, clock)
        skipped = list(
            dict.fromkeys(
                (str(where), str(why)) for state in states.values() for where, why in state.skipped
            )
        )[:_MOST_REMEMBERED]
        manifest = Manifest(
            format_version=agreed.format,
            analyser_version=agreed.analyser,
            created=now(),
            model=agreed.model,
            model_fingerprint=agreed.fingerprint,
            dimensions=agreed.dimensions,
            speeches=merger.speeches,
            passages=merger.passages,
            rows=merger.rows,
            recall=None,
            reader=agreed.program,
            sources=agreed.sources,
            reading=agreed.reading,
            skipped=tuple(skipped),
            files={},
        )
        reasons: tuple[str, ...] = ()
        if not merger.same_files:
            reasons = (
                "files changed while the shards read them: the next reindex reads all of them "
                "again",
            )
        report = Report(
            speeches=merger.speeches,
            passages=merger.passages,
            new=counted["new"],
            changed=counted["changed"],
            removed=counted["removed"],
            unchanged=counted["unchanged"],
            kept=counted["kept"],
            skipped=tuple(Skipped(*one) for one in skipped),
            seconds=0.0,
            reasons=reasons,
        )
        return book.generation, manifest, report

    def _check_all_done(self, book: Book) -> None:
        shards = book.progress()
        missing = [one.number for one in shards if one.state != "done"]
        if not missing:
            return
        writing = [one for one in shards if one.state == "writing"]
        at_work = "".join(
            f"; {one.number} is being written on {one.host} since {one.since}" for one in writing
        )
        raise IndexUnwritable(
            f"{_listed(missing, book.agreed.of)} missing{at_work}; write what is missing: "
            f"rostrum reindex --shard {missing[0]}/{book.agreed.of} --index {self.address.quoted}"
        )

    def publish(self, generation: Generation) -> None:
        """Let the alias name it; the book-keeping of the shards goes."""
        super().publish(generation)
        for table in PASSING:
            drop_table(self._connection, generation, table)


def _listed(numbers: list[int], of: int) -> str:
    """``Shard 3 of 8 is``, ``Shards 3 and 5 of 8 are``: of many only the first."""
    if len(numbers) == 1:
        return f"Shard {numbers[0]} of {of} is"
    shown = [str(number) for number in numbers[:20]]
    more = len(numbers) - len(shown)
    last = f"{more} more" if more else shown.pop()
    return f"Shards {', '.join(shown)} and {last} of {of} are"
