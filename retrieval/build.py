"""Reindexing: sources in, a new generation of the index out."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from embeddings.analysis import ANALYSER_VERSION, words
from embeddings.encoder import BUILT_IN, Encoder, Vectors, load_encoder
from retrieval.addresses import is_address
from retrieval.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    SourceError,
)
from retrieval.events import read_event, with_occasion
from retrieval.index import STORE, VECTORS, WORDS, Index
from retrieval.manifest import (
    FORMAT_VERSION,
    LOCK,
    WEB,
    WRITER,
    Manifest,
    check_ours,
    describe_files,
    drop_old_generations,
    is_current,
    make_current,
    manifests,
    new_generation,
    write_manifest,
)
from retrieval.passages import cut
from retrieval.records import Passage, Reading, Report, Skipped, Speech
from retrieval.siblings import Sketch, families
from retrieval.sources import Progress, read_all
from retrieval.store import Known, Store, StoreWriter, add_families, digest
from retrieval.vectorindex import VectorIndexWriter
from retrieval.wordindex import WordIndexWriter

_MOST_REMEMBERED = 1000
"""Skipped things that the manifest names: every question reads it."""

_BATCH = 256
"""Passages encoded at a time: bounds the memory, and is what the progress grows by."""


def reindex(
    sources: Sequence[str | Path],
    folder: Path,
    *,
    model: str | None = None,
    full: bool = False,
    reading: Reading | None = None,
    progress: Progress | None = None,
) -> Report:
    """Make the index of a folder hold the speeches of the sources, and those only.

    Speeches of a file or folder that can no longer be read, or not as a whole, are kept from the
    generation before. The vectors of unchanged speeches are kept; when nothing changed at all the
    old generation stays. Whatever goes wrong, the old generation stays too.

    Args:
        sources: files, folders and web addresses; empty for those the index was built from.
        folder: the index folder; made if missing.
        model: an encoder's name; None for the index's own, or the built-in one.
        full: encode everything anew.
        reading: how to read the sources; None for how the index's own were read last, if
            ``sources`` is empty.
        progress: told how far it is.

    Raises:
        SourceError: there is no source, or no speech in any.
        IndexLocked: another process is writing this index.
        IndexUnwritable: the folder cannot be written, or is not an index.
        ModelError: the model cannot be loaded, or gives no numbers.
    """
    try:
        check_ours(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            return _reindex(sources, folder, model, full, reading, progress or (lambda *_: None))
    except OSError as error:
        raise IndexUnwritable(
            f"The index in {folder} could not be written ({error}); what it held is untouched."
        ) from None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The right to write an index, for one process at a time; the system frees it on a crash."""
    lock, writer = FileLock(folder / LOCK, timeout=0), folder / WRITER
    try:
        lock.acquire()
    except Timeout:
        raise IndexLocked(
            f"Another reindex is writing this index{_who(writer)}; wait until it is done."
        ) from None
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        writer.write_text(json.dumps({"process": os.getpid(), "since": now}))
        yield
    finally:
        writer.unlink(missing_ok=True)
        lock.release()


def _who(writer: Path) -> str:
    try:
        record = json.loads(writer.read_text())
        return f" (process {record['process']}, since {record['since']})"
    except (OSError, ValueError, KeyError):
        return ""  # it has the lock but has not written its name yet


def _reindex(
    given: Sequence[str | Path],
    folder: Path,
    model: str | None,
    full: bool,
    reading: Reading | None,
    progress: Progress,
) -> Report:
    started = time.perf_counter()
    recorded = _recorded(folder)
    sources = [_absolute(str(source)) for source in given or recorded.sources]
    reading = reading or (Reading() if given else recorded.reading)
    if not sources:
        raise SourceError(
            f"Name the files or folders to index: rostrum reindex SOURCE; {folder} remembers none."
        )
    encoder = load_encoder(model or recorded.model)
    old = _old_index(folder)
    try:
        generation = new_generation(folder)
        try:
            report, manifest = _write(sources, reading, generation, encoder, old, full, progress)
            if old and not full and _same(report, manifest, old.manifest):
                shutil.rmtree(generation)
            else:
                write_manifest(generation, manifest)
                make_current(folder, generation)
        except BaseException:
            if not is_current(folder, generation):  # an interrupt may come after the switch
                shutil.rmtree(generation, ignore_errors=True)
            raise
    finally:
        if old:
            old.close()
    drop_old_generations(folder)
    return replace(report, seconds=time.perf_counter() - started)


def _old_index(folder: Path) -> Index | None:
    try:
        return Index.open(folder)
    except (IndexMissing, IndexMismatch, IndexDamaged):
        return None  # nothing of it can be reused: everything is made anew


class _Recorded(NamedTuple):
    sources: tuple[str, ...] = ()
    model: str = BUILT_IN
    reading: Reading = Reading()


def _recorded(folder: Path) -> _Recorded:
    """Sources and model of an index, be it of another version or damaged in its other files."""
    for manifest in manifests(folder):
        try:
            record = json.loads(manifest.read_text(encoding="utf-8"))
            return _Recorded(
                tuple(map(str, record["sources"])),
                str(record["model"]),
                Reading(**record.get("reading", {})),
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue  # damaged: an older one may remember
    return _Recorded()


def _absolute(source: str) -> str:
    return source if is_address(source) else str(Path(source).absolute())


def _same(report: Report, new: Manifest, old: Manifest) -> bool:
    return not (report.new or report.changed or report.removed) and (
        (new.sources, new.reading, new.skipped, new.model, new.model_fingerprint)
        == (old.sources, old.reading, old.skipped, old.model, old.model_fingerprint)
    )


def _write(
    sources: Sequence[str],
    reading: Reading,
    generation: Path,
    encoder: Encoder,
    old: Index | None,
    full: bool,
    progress: Progress,
) -> tuple[Report, Manifest]:
    """Write all files of a generation but its manifest, keeping what can be kept of the old."""
    same_model = old is not None and old.manifest.model_fingerprint == encoder.fingerprint
    writer = _GenerationWriter(generation, encoder, old if same_model and not full else None)
    known: dict[str, Known] = old.store.known() if old else {}
    counts = {"new": 0, "changed": 0, "unchanged": 0, "kept": 0}
    skipped: list[Skipped] = []
    try:
        for item in read_all(sources, reading, generation.parents[1] / WEB, progress):
            if isinstance(item, Skipped):
                skipped.append(item)
                continue
            item = read_event(item)
            passages = cut(item)
            item = with_occasion(item, passages)
            if not passages:
                skipped.append(Skipped(item.id, "there is no sentence in it", item.origin))
                continue
            before = known.pop(item.id, None)
            unchanged = before is not None and before.digest == digest(item)
            counts["unchanged" if unchanged else "changed" if before else "new"] += 1
            writer.add(item, passages, before if unchanged else None)
            progress("reading", writer.speeches, None)
        if not writer.speeches:
            why = f" ({skipped[0].where}: {skipped[0].why})" if skipped else ""
            raise SourceError(
                f"No speech could be read from {', '.join(map(str, sources))}{why}; "
                "give files of speeches, folders of them, or web addresses.",
                skipped,
            )
        for speech_id, before in _unread(known, skipped):
            assert old  # it is where the known speeches come from
            del known[speech_id]
            counts["kept"] += 1
            speech = replace(old.speech(speech_id), origin=before.origin)
            writer.add(speech, old.passages(speech_id), before)
        writer.finish(progress)
    finally:
        writer.close()
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        analyser_version=ANALYSER_VERSION,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=encoder.name,
        model_fingerprint=encoder.fingerprint,
        dimensions=encoder.dimensions,
        speeches=writer.speeches,
        passages=writer.passages,
        sources=tuple(sources),
        reading=reading,
        skipped=tuple((s.where, s.why) for s in skipped[:_MOST_REMEMBERED]),
        files=describe_files(generation),
    )
    report = Report(
        speeches=writer.speeches,
        passages=writer.passages,
        removed=len(known),
        skipped=tuple(skipped),
        seconds=0.0,
        **counts,
    )
    return report, manifest


def _unread(known: Mapping[str, Known], skipped: Sequence[Skipped]) -> list[tuple[str, Known]]:
    """The speeches of files and folders that could not be read, or not as a whole."""
    places = [item.unread for item in skipped if item.unread]
    return [
        (speech_id, speech)
        for speech_id, speech in known.items()
        if speech.origin
        and any(
            place in speech.origin.split()
            if is_address(place)
            else Path(speech.origin).is_relative_to(place)
            for place in places
        )
    ]


class _GenerationWriter:
    """Fills the three parts of a generation, speech by speech; the vectors come last.

    By then it is known how many there are to make, which may take hours with a large model.
    """

    def __init__(self, folder: Path, encoder: Encoder, reusable: Index | None) -> None:
        self._folder = folder
        self._encoder = encoder
        self._reusable = reusable
        self._store = StoreWriter(folder / STORE)
        self._words = WordIndexWriter(folder / WORDS)
        self._runs: list[_Run] = []
        self._sketches: list[Sketch] = []

    @property
    def speeches(self) -> int:
        return self._store.speeches

    @property
    def passages(self) -> int:
        return self._store.passages

    def add(self, speech: Speech, passages: Sequence[Passage], before: Known | None) -> None:
        """Add a speech; ``before`` is where its vectors are, if it has not changed."""
        self._sketches.append(
            Sketch(
                self._store.speeches,
                speech.language,
                speech.date or "",
                frozenset(passage.speaker for passage in passages if passage.speaker),
                sum(passage.end - passage.start for passage in passages),
            )
        )
        first = self._store.add(speech, passages)
        for number, passage in enumerate(passages, first):
            found = [(passage.text[a:b], folded) for a, b, folded in words(passage.text)]
            self._store.add_names(found, speech.language)
            self._words.add(
                number,
                [folded for _, folded in found],
                [folded for _, _, folded in words(passage.speaker or "")],
                speech.language,
                speech.date,
                self._store.speaker(passage.speaker),
            )
        fits = self._reusable and before and before.passages == len(passages)
        kept = before.first_passage if before and fits else None
        self._runs.append(_Run(first, len(passages), kept))

    def finish(self, progress: Progress) -> None:
        """Make the vectors that are missing, and write all there is."""
        self._store.finish()
        self._words.finish()
        vectors = VectorIndexWriter(self._encoder.dimensions)
        with closing(Store(self._folder / STORE)) as store:
            done, missing = 0, sum(run.size for run in self._runs if run.kept is None)
            for run in _joined(self._runs):
                if run.kept is not None:
                    assert self._reusable  # it is where they are kept
                    vectors.add(self._reusable.vectors.rows(run.kept, run.size))
                    continue
                for start in range(run.first, run.first + run.size, _BATCH):
                    progress("encoding passages", done, missing)
                    numbers = range(start, min(start + _BATCH, run.first + run.size))
                    stored = store.passages(numbers)
                    texts = [stored[number].text for number in numbers]
                    vectors.add(self._encoder.encode_documents(texts))
                    done += len(texts)
        if missing:
            progress("encoding passages", done, missing)
        progress("writing", self.speeches, None)
        vectors.save(self._folder / VECTORS)
        self._note_families()

    def _note_families(self) -> None:
        """Which speeches are translations of each other, whatever model the index has."""
        # imported here for start-up time: an index of one language needs no second encoder
        from embeddings.static import built_in_encoder

        encoder = cache(built_in_encoder)
        with closing(Store(self._folder / STORE)) as store:

            @lru_cache(maxsize=_BATCH)
            def vectors(number: int) -> Vectors:
                run = self._runs[number]
                passages = store.passages(range(run.first, run.first + run.size))
                return encoder().encode_documents([p.text for p in passages.values()])

            found = families(self._sketches, vectors)
        if found:
            add_families(self._folder / STORE, found)

    def close(self) -> None:
        self._store.close()


class _Run(NamedTuple):
    """Consecutive passages, and the number that the first had where their vectors are kept."""

    first: int
    size: int
    kept: int | None


def _joined(runs: Sequence[_Run]) -> Iterator[_Run]:
    """The same runs, those that need new vectors joined to their neighbours of the kind."""
    for new, group in groupby(runs, key=lambda run: run.kept is None):
        members = list(group)
        if new:
            yield _Run(members[0].first, sum(run.size for run in members), None)
        else:
            yield from members
