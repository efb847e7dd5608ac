"""Reindexing: sources in, a new generation of the index out."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from embeddings.analysis import ANALYSER_VERSION, words
from embeddings.encoder import BUILT_IN, Encoder, Vectors, load_encoder
from retrieval.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    SourceError,
)
from retrieval.index import STORE, VECTORS, WORDS, Index
from retrieval.manifest import (
    FORMAT_VERSION,
    LOCK,
    WRITER,
    Manifest,
    check_ours,
    describe_files,
    drop_old_generations,
    make_current,
    new_generation,
    write_manifest,
)
from retrieval.passages import cut
from retrieval.reading import read_sources
from retrieval.records import Passage, Report, Skipped
from retrieval.store import Known, StoreWriter, digest
from retrieval.vectorindex import VectorIndexWriter
from retrieval.wordindex import WordIndexWriter

Progress = Callable[[str, int, int | None], None]
"""Called with a stage's name, how much is done, and of how much if that is known."""

_BATCH = 1024
"""Passages encoded at a time: bounds the memory, fills a transformer's batches."""


def reindex(
    sources: Sequence[Path],
    folder: Path,
    *,
    model: str | None = None,
    full: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Make the index of a folder hold the speeches of the sources, and those only.

    The vectors of unchanged speeches are kept; when nothing changed at all the old generation
    stays. Whatever goes wrong, the old generation stays too.

    Args:
        sources: files and folders; empty for those the index was built from.
        folder: the index folder; made if missing.
        model: an encoder's name; None for the index's own, or the built-in one.
        full: make everything anew.
        progress: told how far it is.

    Raises:
        SourceError: there is no source, or no speech in any.
        IndexLocked: another process is writing this index.
        IndexUnwritable: the folder cannot be written, or is not an index.
        ModelError: the model cannot be loaded.
    """
    check_ours(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _Lock(folder):
            return _reindex(sources, folder, model, full, progress or (lambda *_: None))
    except OSError as error:
        raise IndexUnwritable(
            f"The index in {folder} could not be written ({error}); the old one is untouched."
        ) from None


class _Lock:
    """The right to write an index, for one process at a time; the system frees it on a crash."""

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / LOCK, timeout=0)
        self._writer = folder / WRITER

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            raise IndexLocked(
                f"Another reindex is writing this index{self._who()}; wait until it is done."
            ) from None
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self._writer.write_text(json.dumps({"process": os.getpid(), "since": now}))

    def _who(self) -> str:
        try:
            writer = json.loads(self._writer.read_text())
            return f" (process {writer['process']}, since {writer['since']})"
        except (OSError, ValueError, KeyError):
            return ""  # it has the lock but has not written its name yet

    def __exit__(self, *_: object) -> None:
        self._writer.unlink(missing_ok=True)
        self._lock.release()


def _reindex(
    sources: Sequence[Path], folder: Path, model: str | None, full: bool, progress: Progress
) -> Report:
    started = time.perf_counter()
    old = _old_index(folder, full)
    try:
        recorded = old.manifest.sources if old else _recorded_sources(folder)
        sources = [Path(source).absolute() for source in sources or recorded]
        if not sources:
            raise SourceError(
                "Name the files or folders to index: rostrum reindex SOURCE; "
                f"{folder} remembers none."
            )
        encoder = load_encoder(model or (old.manifest.model if old else BUILT_IN))
        reusable = old if old and old.manifest.model_fingerprint == encoder.fingerprint else None
        generation = new_generation(folder)
        try:
            report, manifest = _write(
                sources, generation, encoder, old, reusable, progress, started
            )
        except BaseException:
            shutil.rmtree(generation, ignore_errors=True)
            raise
        if _same(report, reusable, manifest):
            shutil.rmtree(generation)
            return report
        write_manifest(generation, manifest)
        make_current(folder, generation)
        drop_old_generations(folder)
        return report
    finally:
        if old:
            old.close()


def _old_index(folder: Path, full: bool) -> Index | None:
    if full:
        return None
    try:
        return Index.open(folder)
    except (IndexMissing, IndexMismatch, IndexDamaged):
        return None  # nothing of it can be reused: everything is made anew


def _recorded_sources(folder: Path) -> tuple[str, ...]:
    """The sources named in the manifest of an index whose other files may be of no use."""
    try:
        generation = (folder / "current").read_text(encoding="utf-8").strip()
        path = folder / "generations" / generation / "manifest.json"
        return tuple(json.loads(path.read_text(encoding="utf-8"))["sources"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _same(report: Report, old: Index | None, manifest: Manifest) -> bool:
    return (
        old is not None
        and not (report.new or report.changed or report.removed)
        and manifest.sources == old.manifest.sources
        and manifest.skipped == old.manifest.skipped
    )


def _write(
    sources: Sequence[Path],
    generation: Path,
    encoder: Encoder,
    old: Index | None,
    reusable: Index | None,
    progress: Progress,
    started: float,
) -> tuple[Report, Manifest]:
    known: dict[str, Known] = old.store.known() if old else {}
    counts = {"new": 0, "changed": 0, "unchanged": 0}
    skipped: list[Skipped] = []
    store = StoreWriter(generation / STORE)
    word_index = WordIndexWriter(generation / WORDS)
    vectors = _VectorBatches(encoder)
    try:
        for item in read_sources(sources):
            if isinstance(item, Skipped):
                skipped.append(item)
                continue
            passages = cut(item)
            if not passages:
                skipped.append(Skipped(item.id, "there is no sentence in it"))
                continue
            before = known.pop(item.id, None)
            unchanged = before is not None and before.digest == digest(item)
            counts["unchanged" if unchanged else "changed" if before else "new"] += 1
            first = store.add(item, passages)
            for number, passage in enumerate(passages, first):
                found = [(passage.text[a:b], folded) for a, b, folded in words(passage.text)]
                store.add_names(found, item.language)
                speaker = store.speaker(passage.speaker)
                word_index.add(number, [w for _, w in found], item.language, item.date, speaker)
            if reusable and unchanged and before and before.passages == len(passages):
                vectors.add_ready(reusable.vectors.rows(before.first_passage, before.passages))
            else:
                vectors.add(passages)
            progress("reading and encoding", store.speeches, None)
        if not store.speeches:
            why = f" ({skipped[0].where}: {skipped[0].why})" if skipped else ""
            raise SourceError(
                f"No speech could be read from {', '.join(map(str, sources))}{why}; "
                "give .txt, .md or .jsonl files, or folders of them."
            )
        progress("writing", store.speeches, store.speeches)
        store.finish()
        word_index.finish()
        vectors.save(generation / VECTORS)
    finally:
        store.close()
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        analyser_version=ANALYSER_VERSION,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        model=encoder.name,
        model_fingerprint=encoder.fingerprint,
        dimensions=encoder.dimensions,
        speeches=store.speeches,
        passages=store.passages,
        sources=tuple(map(str, sources)),
        skipped=tuple((s.where, s.why) for s in skipped),
        files=describe_files(generation),
    )
    report = Report(
        speeches=store.speeches,
        passages=store.passages,
        removed=len(known),
        skipped=tuple(skipped),
        seconds=time.perf_counter() - started,
        **counts,
    )
    return report, manifest


class _VectorBatches:
    """Keeps vectors in the order of their passages while encoding in full batches."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._writer = VectorIndexWriter(encoder.dimensions)
        self._texts: list[str] = []

    def add(self, passages: Sequence[Passage]) -> None:
        self._texts += [passage.text for passage in passages]
        while len(self._texts) >= _BATCH:
            self._encode(_BATCH)

    def add_ready(self, vectors: Vectors) -> None:
        self._encode(len(self._texts))
        self._writer.add(vectors)

    def _encode(self, count: int) -> None:
        if count:
            self._writer.add(np.asarray(self._encoder.encode_documents(self._texts[:count])))
            del self._texts[:count]

    def save(self, path: Path) -> None:
        self._encode(len(self._texts))
        self._writer.save(path)
