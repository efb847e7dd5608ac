"""Reindexing: sources in, a new generation of the index out.

What did not change is taken over: files are compared first (:mod:`retrieval.filememory`), then
speeches by their digests, then passages by their texts. What differs goes into a new generation
(:mod:`retrieval.generation`).
"""

from __future__ import annotations

import shutil
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from embeddings.analysis import ANALYSER_VERSION
from embeddings.encoder import BUILT_IN, Encoder, load_encoder
from retrieval.addresses import is_address
from retrieval.engine import (
    Engine,
    Known,
    Manifest,
    Old,
    Shards,
    Share,
    Writer,
    digest,
    reader_version,
)
from retrieval.errors import (
    IndexDamaged,
    IndexFault,
    IndexUnwritable,
    QuestionError,
    SourceError,
)
from retrieval.filememory import FileMemory
from retrieval.files import one_line
from retrieval.index import Index
from retrieval.manifest import WEB
from retrieval.place import Place, engine_at, shards_at
from retrieval.plan import Clock, Plan
from retrieval.preparing import Prepared, analyse, prepare_all
from retrieval.reading import EMPTY, VANISHED
from retrieval.records import Options, Reading, Report, ShardState, Skipped, Speech
from retrieval.search import ask
from retrieval.sources import Progress, read_all
from retrieval.workers import Workers

_MOST_REMEMBERED = 1000
"""Skipped things that the manifest names: every question reads it."""

_PREPARED_CHARACTERS = 100_000
"""Speeches are handed to a worker until they have so much text, together."""
_ALONE_CHARACTERS = 300_000
"""Text up to which starting processes costs more time than they save."""
_MOST_DROPPED = 0.5
"""Share of the speeches that may vanish from the sources without ``prune``."""
_MOST_NAMED = 3
"""Sources, or speeches, in a message."""
_PROBES = 5
"""Sentences at most by which a new generation is tried."""


def reindex(
    sources: Sequence[str | Path],
    folder: Place,
    *,
    model: str | None = None,
    full: bool = False,
    prune: bool = False,
    dry_run: bool = False,
    reading: Reading | None = None,
    progress: Progress | None = None,
    shard: tuple[int, int] | None = None,
) -> Report:
    """Make the index of a folder hold the speeches of the sources, and those only.

    Speeches of a file or folder that can no longer be read, or not as a whole, are kept from the
    generation before. Files, speeches and vectors that have not changed are taken over; when
    nothing changed at all the old generation stays. Whatever goes wrong, the old generation stays
    too.

    Args:
        sources: files, folders and web addresses; empty for those the index was built from.
        folder: the index folder, made if missing; or an address that another engine keeps.
        model: an encoder's name; None for the index's own, or the built-in one.
        full: read and encode everything anew.
        prune: let more than half of the speeches go when the same sources hold them no more, and
            those of files and folders that are not there any more.
        dry_run: write nothing, only say what would be done.
        reading: how to read the sources; None for how the index's own were read last, if
            ``sources`` is empty.
        progress: told how far it is.
        shard: of so many shards, the second number, write the one of the first, counted from 1;
            :func:`finish` makes an index of them. Only for engines that are made for it, and not
            with ``dry_run``.

    Raises:
        SourceError: there is no source, or no speech in any, or too many have vanished.
        IndexLocked: another process is writing this index.
        IndexUnwritable: the folder cannot be written, or is not an index.
        ModelError: the model cannot be loaded, or gives no numbers.
    """
    wish = _Wish(tuple(map(str, sources)), model, full, prune, dry_run, reading)
    if shard and dry_run:
        raise ValueError("a shard is written, or not")
    share = _shards(folder).share(*shard) if shard else None
    engine = share or engine_at(folder)
    with _told(folder):
        engine.check_writable()
    with _told(folder), nullcontext() if dry_run else engine.writing():
        return _reindex(wish, folder, engine, progress or (lambda *_: None), share)


def finish(folder: Place, *, prune: bool = False, progress: Progress | None = None) -> Report:
    """Make one index of the shards that :func:`reindex` has written, and switch to it.

    Raises:
        IndexFault: a shard is missing, or what was written does not pass its check.
        SourceError: more than half of the speeches have vanished from the sources, which goes with
            ``prune`` only.
    """
    engine, clock = _shards(folder), Clock()
    engine.check_writable()
    with _told(folder), engine.writing():
        generation, manifest, report = engine.assemble(prune, clock, progress or (lambda *_: None))
        engine.seal(generation, manifest)
        _check(folder, engine, generation, load_encoder(manifest.model))
        clock.done("checking")
        engine.publish(generation)
        engine.tidy()
    return replace(report, seconds=clock.seconds, stages=clock.stages)


def abandon(folder: Place) -> int:
    """Drop shards that were not made an index of; returns how many of them were complete.

    Raises:
        IndexFault: there are none, or one is being written.
    """
    engine = _shards(folder)
    engine.check_writable()
    with _told(folder), engine.writing():
        return engine.abandon()


def shards(folder: Place) -> tuple[ShardState, ...]:
    """How far the shards of an unfinished reindex are; empty where there is none."""
    engine = shards_at(folder)
    return tuple(engine.progress()) if engine else ()


def _shards(folder: Place) -> Shards:
    engine = shards_at(folder)
    if engine is None:
        raise IndexUnwritable(
            f"The index folder {folder} is written by one process; shards are for an index on "
            "Milvus: --index milvus:…"
        )
    return engine


def rollback(folder: Place) -> Index:
    """Make the generation before the current one the current one, and open it.

    Raises:
        IndexFault: there is none, or it is damaged, or the folder is being or cannot be written.
    """
    engine = engine_at(folder)
    engine.current()
    with _told(folder), engine.writing():
        generation = engine.previous()
        index = Index(folder, engine, generation)
        try:
            problems = index.verify()
            if problems:
                raise IndexDamaged(f"{generation} is damaged ({problems[0]}); nothing changed.")
            engine.publish(generation)
        except BaseException:
            index.close()
            raise
        return index


@contextmanager
def _told(folder: Place) -> Iterator[None]:
    """What the system reports while an index is written."""
    try:
        yield
    except OSError as error:
        why = ": ".join(filter(None, [error.strerror or str(error), str(error.filename or "")]))
        raise IndexUnwritable(
            f"The index in {folder} could not be written ({why}); what it held is untouched: "
            "make room or see to the permissions, and run it again."
        ) from None


class _Wish(NamedTuple):
    """What the caller of :func:`reindex` wants."""

    sources: tuple[str, ...]
    model: str | None
    full: bool
    prune: bool
    dry_run: bool
    reading: Reading | None


def recorded_sources(folder: Place) -> tuple[str, ...]:
    """What the index of a place was built from; empty where there is none."""
    return engine_at(folder).recorded().sources


def _absolute(source: str) -> str:
    return source if is_address(source) else str(Path(source).absolute())


def _reindex(
    wish: _Wish, folder: Place, engine: Engine, progress: Progress, share: Share | None
) -> Report:
    clock = Clock()
    recorded = engine.recorded()
    if "" in wish.sources:  # which would be the working folder
        raise SourceError("A source is empty (a variable that is not set?); name it.")
    sources = tuple(_absolute(source) for source in wish.sources or recorded.sources)
    reading = wish.reading or (Reading() if wish.sources else recorded.reading)
    if not sources:
        raise SourceError(
            f"Name the files or folders to index: rostrum reindex SOURCE; {folder} remembers none."
        )
    if any(map(engine.holds, sources)):
        raise SourceError(f"{folder} is the index itself; name the folder of the speeches.")
    encoder = load_encoder(wish.model or recorded.model or BUILT_IN)
    with ExitStack() as stack:
        old, why = engine.old()
        if old:
            stack.callback(old.close)
        plan: Plan[Old] = Plan.of(old, encoder, sources, reading, wish.full, why)
        if share:
            joined = share.join(plan, wish.full)
            if joined is None:
                return replace(share.report(), seconds=clock.seconds)
            plan = joined
        workers = stack.enter_context(Workers())
        if wish.dry_run:
            aside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rostrum-")))
            web, generation = _copy_of(engine.folder / WEB, aside), None
        else:
            web, generation = engine.folder / WEB, engine.begin()
            stack.callback(engine.give_up, generation)
        update = stack.enter_context(
            closing(_Update(plan, engine, generation, workers, progress, share))
        )
        clock.done("opening")
        update.take(read_all(sources, reading, web, progress, update.memory, engine.own_files))
        # of a share one cannot tell: that is looked at when all are there
        others = sources != recorded.sources or share is not None
        update.vanish(prune=wish.prune, others=others)
        clock.done("reading")
        if share:
            share.hand_in(update.finish(clock), update.report())
        elif generation and update.is_needed():
            manifest = update.finish(clock)
            engine.seal(generation, manifest)
            _check(folder, engine, generation, plan.encoder)
            clock.done("checking")
            engine.publish(generation)
        report = update.report()
    if not wish.dry_run:
        engine.tidy()
    return replace(report, seconds=clock.seconds, stages=clock.stages, dry_run=wish.dry_run)


def _copy_of(cache: Path, folder: Path) -> Path:
    """What was downloaded, for a run that must not write."""
    for path in cache.parent.glob(f"{cache.name}*"):
        shutil.copyfile(path, folder / path.name)
    return folder / cache.name


def _check(folder: Place, engine: Engine, generation: Any, encoder: Encoder) -> None:
    """Open a finished generation as readers do, count what it holds, and ask it something.

    Raises:
        IndexDamaged: it must not become the current one.
    """
    try:
        with Index(folder, engine, generation) as index:
            index.__dict__["encoder"] = encoder  # it was compared when the vectors were made
            problems = index.miscounted()
            for passage in index.store.some_passages(_PROBES).values():
                sentence = passage.first_sentence
                try:
                    if ask(index, sentence, Options(threshold=0)).quotes:
                        break
                except QuestionError:
                    continue  # it names no topic: nobody can ask that
                problems.append(f"nothing was found by “{sentence[:40]}”, which it holds")
    except IndexFault as error:
        problems = [str(error)]
    if problems:
        raise IndexDamaged(
            f"The new index did not pass its own check ({problems[0]}); the old one stays."
        )


class _Update:
    """One run: compares what is read with what is there, and writes what differs."""

    def __init__(
        self,
        plan: Plan[Old],
        engine: Engine,
        generation: Any,
        workers: Workers,
        progress: Progress,
        share: Share | None = None,
    ) -> None:
        """``generation`` is the one to fill; None for a run that writes nothing."""
        self._takes = share.takes if share else lambda _: True
        self._others = 0
        self._plan = plan
        self._engine = engine
        self._generation = generation
        self._workers = workers
        self._progress = progress
        self._writer: Writer | None = None
        self._counts = {"new": 0, "changed": 0, "unchanged": 0, "kept": 0}
        self._removed = self._passages = 0
        self._seen: set[int] = set()
        self._skipped: list[Skipped] = []
        self._touched = False
        old = plan.base if plan.same_reader else None
        same_reading = old is not None and old.manifest.reading == plan.reading
        self.memory = FileMemory(old.store if old and same_reading else None)

    def take(self, items: Iterator[Speech | Skipped]) -> None:
        """Store the speeches that are new or have changed."""
        waiting: deque[list[_Read]] = deque()

        def batches() -> Iterator[list[Speech]]:
            batch: list[_Read] = []
            for item in items:
                if isinstance(item, Skipped):
                    self._skipped.append(item)
                    continue
                if not self._takes(item.id):
                    self._others += 1
                    continue
                if (read := self._compare(item)) is not None:
                    batch.append(read)
                if sum(len(read.speech.text) for read in batch) > _PREPARED_CHARACTERS:
                    waiting.append(batch)
                    yield [read.speech for read in batch]
                    batch = []
            if batch:
                waiting.append(batch)
                yield [read.speech for read in batch]

        for prepared in self._prepared(batches()):
            for read, one in zip(waiting.popleft(), prepared, strict=True):
                self._store(read, one)
                self._progress("reading", self._done, None)

    def _prepared(self, batches: Iterator[list[Speech]]) -> Iterator[list[Prepared]]:
        """Each batch prepared: the first ones here, as starting processes takes its time."""
        characters = 0
        for batch in batches:
            yield prepare_all(batch)
            characters += sum(len(speech.text) for speech in batch)
            if characters > _ALONE_CHARACTERS:
                break
        yield from self._workers.map(prepare_all, batches)

    def _compare(self, speech: Speech) -> _Read | None:
        """A speech with what is known of it; None if it is stored as it is."""
        old = self._plan.old
        known = old.store.known(speech.id) if old else None
        read = _Read(speech, digest(speech), known)
        if known and known.digest == read.digest and self._plan.base and self._plan.same_reader:
            self._leave(read, known)
            return None
        return read

    def _leave(self, read: _Read, known: Known) -> None:
        self._seen.add(known.number)
        self._counts["unchanged"] += 1
        self._passages += known.passages
        if known.origin != read.speech.origin and (writer := self._changing()):
            writer.move(known, read.speech.origin)

    def _store(self, read: _Read, prepared: Prepared) -> None:
        speech, known = prepared.speech, read.known
        if not prepared.passages:
            nothing = Skipped(speech.id, "there is no sentence in it", speech.origin)
            self._skipped.append(nothing)
            self.memory.note(speech.origin, nothing)
            return
        same = known is not None and known.digest == read.digest
        if known and same and self._plan.base and self._is_stored(prepared):
            self._leave(read, known)
            return
        self._counts["unchanged" if same else "changed" if known else "new"] += 1
        self._passages += len(prepared.passages)
        if known:
            self._seen.add(known.number)
        if writer := self._changing():
            if known and self._plan.base:
                writer.remove(known, speech.id)
            writer.add(prepared, read.digest)

    def _is_stored(self, prepared: Prepared) -> bool:
        """Whether a new version of the program made the same of a speech as the old one."""
        assert self._plan.base
        store, speech = self._plan.base.store, prepared.speech
        return (
            store.speech(speech.id) == speech
            and tuple(store.passages_of(speech.id)) == prepared.passages
        )

    def _changing(self) -> Writer | None:
        """What writes a difference down; None in a run that writes nothing."""
        self._touched = True
        return self._write() if self._generation else None

    def _write(self) -> Writer:
        assert self._generation
        if not self._writer:
            self._writer = self._engine.writer(
                self._generation, self._plan, self._workers, self._progress
            )
        return self._writer

    @property
    def _done(self) -> int:
        return sum(self._counts.values())

    def vanish(self, *, prune: bool, others: bool) -> None:
        """Take the speeches out that no source holds any more, but for those that were unreadable.

        What is not there, or empty, counts as unreadable, for a disk may be missing, unless
        ``prune`` says that it is gone. ``others`` says that the sources are not the last ones.

        Raises:
            SourceError: nothing could be read, or more has vanished than goes without ``prune``.
        """
        gone: list[tuple[str, Known]] = []
        unread = _Places([s for s in self._skipped if not (prune and s.why in (VANISHED, EMPTY))])
        kept: list[str] = []
        old = self._plan.old
        for speech_id, known in old.store.all_known() if old else ():
            if known.number in self._seen or not self._takes(speech_id):
                continue
            if known.origin in self.memory.unchanged:
                self._counts["unchanged"] += 1
                self._passages += known.passages
            elif unread.hold(known.origin):
                kept.append(speech_id)
            else:
                gone.append((speech_id, known))
        if not (self._done or self._others or self.memory.unchanged):
            self._refuse_nothing()
        self._counts["kept"] = len(kept)
        if old and len(gone) > _MOST_DROPPED * old.manifest.speeches and not (prune or others):
            named = ", ".join(one_line(speech_id) for speech_id, _ in gone[:_MOST_NAMED])
            more = ", …" if len(gone) > _MOST_NAMED else ""
            raise SourceError(
                f"{len(gone):,} of {old.manifest.speeches:,} speeches are no longer in the "
                f"sources ({named}{more}); if they shall leave the index, run it again with "
                "--prune.",
                self._skipped,
            )
        self._removed = len(gone)
        for speech_id in kept:
            self._keep(speech_id)
        if gone:
            self._touched = True
        if self._plan.base and self._generation:
            for speech_id, known in gone:
                self._write().remove(known, speech_id)

    def _keep(self, speech_id: str) -> None:
        assert self._plan.old
        store = self._plan.old.store
        known = store.known(speech_id)
        assert known
        self._passages += known.passages
        if self._generation and not self._plan.base:
            speech = replace(store.speech(speech_id), origin=known.origin)
            self._write().add(analyse(speech, store.passages_of(speech_id)), known.digest)

    def _refuse_nothing(self) -> None:
        why = f" ({self._skipped[0].where}: {self._skipped[0].why})" if self._skipped else ""
        named = ", ".join(self._plan.sources[:_MOST_NAMED])
        if (more := len(self._plan.sources) - _MOST_NAMED) > 0:
            named += f" and {more:,} more"
        raise SourceError(
            f"No speech could be read from {one_line(named + why, 1_000)}; "
            "give files of speeches, folders of them, or web addresses.",
            self._skipped,
        )

    def is_needed(self) -> bool:
        """Whether there is anything that the old generation does not say already."""
        old, plan = self._plan.old, self._plan
        if not old or not plan.base or not plan.vectors or not plan.same_reader or self._touched:
            return True
        files = {path: record.digest for path, record in self.memory.records.items()}
        return files != old.store.files() or (
            (plan.sources, plan.reading, self._remembered, plan.encoder.name)
            != (
                old.manifest.sources,
                old.manifest.reading,
                old.manifest.skipped,
                old.manifest.model,
            )
        )

    @property
    def _remembered(self) -> tuple[tuple[str, str], ...]:
        return tuple((s.where, s.why) for s in self._skipped[:_MOST_REMEMBERED])

    def finish(self, clock: Clock) -> Manifest:
        """Write all that is still to be written but the manifest."""
        assert self._generation
        plan, writer = self._plan, self._write()
        files = writer.finish(self.memory.records, clock)
        return Manifest(
            format_version=self._engine.format_version,
            analyser_version=ANALYSER_VERSION,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            model=plan.encoder.name,
            model_fingerprint=plan.encoder.fingerprint,
            dimensions=plan.encoder.dimensions,
            speeches=writer.speeches,
            passages=writer.passages,
            rows=writer.rows,
            recall=writer.recall,
            reader=reader_version(),
            sources=plan.sources,
            reading=plan.reading,
            skipped=self._remembered,
            files=files,
        )

    def report(self) -> Report:
        """What was done."""
        return Report(
            speeches=self._done,
            passages=self._passages,
            removed=self._removed,
            skipped=tuple(self._skipped),
            seconds=0.0,
            reasons=self._plan.reasons,
            new=self._counts["new"],
            changed=self._counts["changed"],
            unchanged=self._counts["unchanged"],
            kept=self._counts["kept"],
        )

    def close(self) -> None:
        if self._writer:
            self._writer.close()


class _Read(NamedTuple):
    """A speech as a source has it, and what is known of it."""

    speech: Speech
    digest: bytes
    known: Known | None


class _Places:
    """The files and folders that could not be read, or not as a whole."""

    def __init__(self, skipped: Sequence[Skipped]) -> None:
        self._places = {item.unread for item in skipped if item.unread}
        self.hold = lru_cache(maxsize=_MOST_REMEMBERED)(self._hold)

    def _hold(self, origin: str | None) -> bool:
        """Whether what came from there may still be there."""
        if not origin or not self._places:
            return False
        path = Path(origin)
        around = (origin, *origin.split(), *map(str, path.parents))
        return not self._places.isdisjoint(around)
