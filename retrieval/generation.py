"""How a generation of an index is filled: speeches first, then the vectors that are missing.

A generation begins as a copy of the one before, from which speeches are taken and to which they
are added; it is made from nothing when there is none that could be copied, or when much of the
copy has become waste.
"""

from __future__ import annotations

import shutil
from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from embeddings.encoder import Vectors
from retrieval.embedded import STORE, VECTORS, WORDS
from retrieval.engine import File, FileRecord, Known, Manifest
from retrieval.errors import IndexDamaged
from retrieval.manifest import Hold, describe_files, flipped_files, mend
from retrieval.plan import Clock, Plan
from retrieval.preparing import Prepared, analyse, analyse_names, encode
from retrieval.siblings import days_around, families
from retrieval.sources import Progress
from retrieval.store import Store, StoreWriter, add_families
from retrieval.vectorindex import APPROXIMATE_FROM, VectorIndex, VectorIndexWriter
from retrieval.wordindex import WordIndex, WordIndexWriter
from retrieval.workers import Workers

_BATCH = 256
"""Passages encoded at a time: bounds the memory, and is what the progress grows by."""
_MOST_WASTE = 0.25
"""Share of the rows that may have been given up before an index is made from nothing again."""
_QUERIES = 200
"""Questions by which an approximate search is measured."""


class Old:
    """The generation to start from, as far as it is of use."""

    def __init__(self, generation: Path, manifest: Manifest) -> None:
        self.generation = generation
        self.manifest = manifest
        self._hold = Hold(generation)
        try:
            # what readers could not open must not pass for an index that needs no change
            WordIndex(generation / WORDS).close()
            self.store = Store(generation / STORE)
            self.vectors = VectorIndex(generation / VECTORS)
        except BaseException:
            self._hold.release()
            raise

    def close(self) -> None:
        """Let go of the files."""
        self._hold.release()
        self.store.close()


class GenerationWriter:
    """Fills the three parts of a generation, speech by speech; the vectors come last.

    By then it is known how many there are to make, which may take hours with a large model.
    """

    def __init__(
        self,
        folder: Path,
        plan: Plan[Old],
        workers: Workers,
        progress: Progress,
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._workers = workers
        self._progress = progress
        self.recall: float | None = None
        # copied, a flipped bit would get a hash of its own; looked for while speeches are added
        self._aside = ThreadPoolExecutor(1)
        taken = plan.base or plan.vectors
        self._flipped = (
            self._aside.submit(next, flipped_files(taken.generation, taken.manifest), None)
            if taken
            else None
        )
        self._begin(plan.base)

    def _begin(self, base: Old | None) -> None:
        self._base = base
        copied = base.generation if base else None
        self._store = StoreWriter(self._folder / STORE, copied / STORE if copied else None)
        self._words = WordIndexWriter(self._folder / WORDS, copied / WORDS if copied else None)
        self._added_from = self._store.rows
        self._taken = array("q")
        """For each row that was added the one that its vector is taken from, -1 for none."""
        self._given_up = array("q")

    @property
    def speeches(self) -> int:
        """Speeches that are there."""
        return self._store.speeches

    @property
    def passages(self) -> int:
        """Passages that are there."""
        return self._store.passages

    @property
    def rows(self) -> int:
        """Rows of the vector index: passages, and what was given up."""
        return self._store.rows

    def add(self, prepared: Prepared, digest_as_read: bytes) -> None:
        """Add a speech that is not there."""
        speech, passages = prepared.speech, prepared.passages
        first = self._store.add(prepared, digest_as_read)
        for number, (passage, words) in enumerate(
            zip(passages, prepared.words, strict=True), first
        ):
            speaker = self._store.speaker(passage.speaker)
            self._words.add(number, words.terms, words.surface, speech.date, speaker)
        texts = [passage.text for passage in passages]
        where = self._plan.vectors
        self._taken.extend(where.store.rows_of(texts) if where else [-1] * len(texts))

    def remove(self, known: Known, speech_id: str) -> None:
        """Take a speech out that the generation before had."""
        assert self._base
        passages = self._base.store.passages_of(speech_id)
        self._store.remove(known)
        self._words.remove(known.first_passage, known.passages)
        self._store.add_names(analyse_names(passages), passages[0].language, times=-1)
        self._given_up.extend(range(known.first_passage, known.first_passage + known.passages))

    def move(self, known: Known, origin: str | None) -> None:
        """Note that a speech comes from another file now."""
        self._store.move(known, origin)

    def finish(self, files: Mapping[str, FileRecord], clock: Clock) -> dict[str, File]:
        """Make the vectors that are missing, and write and describe all there is.

        Raises:
            IndexDamaged: what was taken over is not what was once written.
        """
        self._refuse_flipped()
        self._store.set_files(files)
        fresh = self._finish_words()
        if self.rows - self.passages > _MOST_WASTE * self.rows:
            self._compact(files)
            fresh = None
        clock.done("words")
        with closing(Store(self._folder / STORE)) as store:
            self._make_vectors(store)
            clock.done("encoding")
            found = self._families(store, fresh)
        if found:
            add_families(self._folder / STORE, found)
        clock.done("translations")
        base = self._plan.base
        described = describe_files(
            self._folder,
            base.generation if base else None,
            base.manifest.files if base else None,
        )
        clock.done("syncing")
        return described

    def _refuse_flipped(self) -> None:
        taken = self._plan.base or self._plan.vectors
        name = self._flipped.result() if self._flipped else None
        if taken and name is not None:
            path = taken.generation / name
            raise IndexDamaged(f"{path} is not what was written; {mend(taken.generation)}")

    def _finish_words(self) -> set[int] | None:
        fresh = self._store.fresh if self._base else None
        self._store.finish()
        self._words.finish()
        return fresh

    def _compact(self, files: Mapping[str, FileRecord]) -> None:
        """Make everything from nothing of what is there now, without reading the sources."""
        wasteful = self._folder / f"wasteful-{STORE}"
        (self._folder / STORE).rename(wasteful)
        shutil.rmtree(self._folder / WORDS)
        self._begin(None)
        with closing(Store(wasteful)) as store:
            for speech_id, known in store.all_known():
                speech = replace(store.speech(speech_id), origin=known.origin)
                self.add(analyse(speech, store.passages_of(speech_id)), known.digest)
            self._store.set_files(files)
            self._finish_words()
        wasteful.unlink()

    def _make_vectors(self, store: Store) -> None:
        plan = self._plan
        copied = self._base and plan.vectors
        writer = VectorIndexWriter(
            plan.encoder.dimensions, copied.generation / VECTORS if copied else None
        )
        writer.clear(self._given_up)
        missing = self._taken.count(-1)
        if not copied:
            missing += self.passages - len(self._taken)
        parts: deque[_Part] = deque()

        def texts() -> Iterator[list[str]]:
            for part in self._parts(store, len(writer)):
                parts.append(part)
                if part.texts:
                    yield part.texts

        def take_over() -> None:
            """Add the rows before the next that are to be encoded."""
            while parts and not parts[0].texts:
                writer.add(self._joined(parts.popleft(), None))

        done = 0
        for vectors in self._plan.encoded(texts(), self._workers, missing):
            take_over()
            part = parts.popleft()
            self._progress("encoding passages", done, missing)
            done += len(part.texts)
            writer.add(self._joined(part, vectors))
        take_over()
        if missing:
            self._progress("encoding passages", done, missing)
        self._progress("writing", self.speeches, None)
        queries = None
        if len(writer) >= APPROXIMATE_FROM:
            sentences = [
                passage.first_sentence for passage in store.some_passages(_QUERIES).values()
            ]
            queries = np.stack(list(map(plan.encoder.encode_query, sentences)))
        self.recall = writer.save(self._folder / VECTORS, queries)
        if self.recall is None and copied:
            self.recall = copied.manifest.recall

    def _parts(self, store: Store, start: int) -> Iterator[_Part]:
        """The rows from one on, in parts of which so many are to be encoded at a time."""
        while start < self.rows:
            end = min(start + _BATCH, self.rows)
            texts = store.texts(start, end)
            to_encode: list[int] = []
            to_copy: list[tuple[int, int]] = []
            for number in texts:
                place = number - self._added_from
                taken = self._taken[place] if place >= 0 else -1
                if taken < 0:
                    to_encode.append(number)
                else:
                    to_copy.append((number, taken))
            yield _Part(start, end, to_encode, [texts[n] for n in to_encode], to_copy)
            start = end

    def _joined(self, part: _Part, vectors: Vectors | None) -> Vectors:
        rows = np.zeros((part.end - part.start, self._plan.encoder.dimensions), dtype=np.float32)
        if vectors is not None:
            rows[np.array(part.to_encode) - part.start] = vectors
        if part.to_copy:
            assert self._plan.vectors
            to, taken = zip(*part.to_copy, strict=True)
            rows[np.array(to) - part.start] = self._plan.vectors.vectors.rows_at(taken)
        return rows

    def _families(self, store: Store, fresh: set[int] | None) -> list[tuple[int, ...]]:
        """Which speeches are translations of each other, whatever model the index has."""
        if len(store.languages()) < 2 or fresh == set():
            return []
        days = days_around(store.dates_of_speeches(fresh)) if fresh is not None else None

        @lru_cache(maxsize=_BATCH)
        def vectors(number: int) -> Vectors:
            return encode(store.texts_of(number))

        return families(store.sketches(days), vectors, fresh)

    def close(self) -> None:
        """Give up; what was written is good for nothing."""
        self._aside.shutdown()
        self._store.close()


class _Part(NamedTuple):
    """Consecutive rows: which are to be encoded, which are taken over; the rest was given up."""

    start: int
    end: int
    to_encode: list[int]
    texts: list[str]
    to_copy: list[tuple[int, int]]
