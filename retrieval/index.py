"""One generation of an index, open for reading."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from embeddings.analysis import Language
from embeddings.encoder import Encoder, load_encoder
from embeddings.lexicon import Lexicon, built_in_lexicon
from retrieval.dates import first_day, last_day
from retrieval.errors import IndexDamaged, IndexMismatch, RostrumError
from retrieval.manifest import (
    Hold,
    Manifest,
    altered_files,
    current_generation,
    mend,
    read_manifest,
)
from retrieval.records import Passage, Skipped, Speech, Status
from retrieval.silence import Judge, fitted_judge
from retrieval.store import Store
from retrieval.vectorindex import VectorIndex
from retrieval.wordindex import WordIndex

if TYPE_CHECKING:
    from embeddings.static import StaticEncoder
    from embeddings.vocabulary import Vocabulary

STORE, WORDS, VECTORS = "speeches.sqlite", "words", "vectors.faiss"


def altered(folder: Path) -> list[str]:
    """A line for each file of the current generation that is not what was written.

    Nothing is opened, so that a damaged file is named whatever reading it would do.

    Raises:
        IndexFault: there is no generation that could be checked.
    """
    generation = current_generation(folder)
    return _altered(generation, read_manifest(folder, generation))


def _altered(generation: Path, manifest: Manifest) -> list[str]:
    return [f"{name} is not what was written" for name in altered_files(generation, manifest)]


class Index:
    """A whole generation: it stays as it is, whatever a reindex does meanwhile.

    The model is loaded when first used, so that showing a speech needs none.
    """

    def __init__(self, folder: Path) -> None:
        """Open the current generation of a folder.

        Raises:
            IndexMissing: there is no index.
            IndexMismatch: it was made by another format or analyser.
            IndexDamaged: a file is missing or truncated.
        """
        self.folder = folder
        while True:
            self.generation = current_generation(folder)
            try:
                self._open(self.generation)
                return
            except IndexDamaged:
                # it may have been deleted meanwhile, when others took its place one after another
                if current_generation(folder) == self.generation:
                    raise

    @classmethod
    def of(cls, generation: Path) -> Self:
        """Open a generation that need not be the current one; raises as the constructor does."""
        index = cls.__new__(cls)
        index.folder, index.generation = generation.parents[1], generation
        index._open(generation)
        return index

    def _open(self, generation: Path) -> None:
        self.manifest: Manifest = read_manifest(self.folder, generation)
        try:
            self._hold = Hold(generation)
        except OSError as error:
            raise IndexDamaged(
                f"{generation} cannot be read ({error.strerror}); {mend(generation)}"
            ) from None
        try:
            self.store = Store(generation / STORE)
            self.words = WordIndex(generation / WORDS)
            self.vectors = VectorIndex(generation / VECTORS)
            if len(self.vectors) != self.manifest.rows:
                raise IndexDamaged(
                    f"The vector index has {len(self.vectors)} rows instead of "
                    f"{self.manifest.rows}; {mend(generation)}"
                )
        except BaseException:
            self._hold.release()
            raise

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the current generation of a folder; raises as the constructor does."""
        return cls(folder)

    @cached_property
    def encoder(self) -> Encoder:
        """The model that made the vectors.

        Raises:
            ModelError: it cannot be loaded.
            IndexMismatch: it is no longer the model that made them.
        """
        encoder = load_encoder(self.manifest.model)
        if encoder.fingerprint != self.manifest.model_fingerprint:
            raise IndexMismatch(
                f"The model “{self.manifest.model}” is not the one that made the index in "
                f"{self.folder}; run: rostrum reindex --index {self.folder}"
            )
        return encoder

    @cached_property
    def word_encoder(self) -> StaticEncoder:
        """The word vectors that choose sentences: the built-in ones, whatever model finds passages.

        Raises:
            ModelError: they cannot be loaded.
        """
        # imported here for start-up time: what only looks at an index needs no tokenizer
        from embeddings.static import StaticEncoder, built_in_encoder

        encoder = self.encoder
        return encoder if isinstance(encoder, StaticEncoder) else built_in_encoder()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of the passages that were looked at lately; raises as ``word_encoder`` does."""
        from embeddings.vocabulary import Vocabulary

        return Vocabulary(self.word_encoder)

    @cached_property
    def aside(self) -> ThreadPoolExecutor:
        """Threads for what leaves the interpreter free; starting one costs more than asking it."""
        return ThreadPoolExecutor(os.cpu_count())

    @cached_property
    def lexicon(self) -> Lexicon:
        """The translations that the word search uses."""
        return built_in_lexicon()

    @cached_property
    def judge(self) -> Judge:
        """What says whether anything was said."""
        return fitted_judge()

    @cached_property
    def speakers(self) -> dict[int, str]:
        """All speakers' names by number."""
        return self.store.speakers()

    @cached_property
    def languages(self) -> tuple[Language, ...]:
        """The languages of the speeches, the most frequent first."""
        return tuple(self.store.languages())

    def speech(self, speech_id: str) -> Speech:
        """A speech by its id; raises UnknownSpeech."""
        return self.store.speech(speech_id)

    def passages(self, speech_id: str) -> list[Passage]:
        """The passages of a speech, in order."""
        return self.store.passages_of(speech_id)

    def translations(self, speech_id: str) -> tuple[str, ...]:
        """Ids of the same speech in other languages."""
        return self.store.translations(speech_id)

    def status(self) -> Status:
        """What the index holds, which model made it, and where it came from."""
        m = self.manifest
        dates = self.store.dates()
        return Status(
            folder=str(self.folder),
            generation=self.generation.name,
            created=m.created,
            format_version=m.format_version,
            analyser_version=m.analyser_version,
            model=m.model,
            model_fingerprint=m.model_fingerprint,
            dimensions=m.dimensions,
            vector_index=self.vectors.kind,
            recall=m.recall,
            speeches=m.speeches,
            passages=m.passages,
            speakers=len(self.speakers),
            languages=self.store.languages(),
            first_date=min(dates, key=first_day, default=None),
            last_date=max(dates, key=last_day, default=None),
            sources=m.sources,
            skipped=tuple(Skipped(*entry) for entry in m.skipped),
            doubtful=self.store.doubtful(),
            translations=self.store.translated(),
            bytes=sum(file.bytes for file in m.files.values()),
        )

    def verify(self) -> list[str]:
        """Check every file's hash, every passage, the counts and the model; the problems found."""
        problems = _altered(self.generation, self.manifest)
        if not problems:  # an altered file may be unreadable in ways that stop any further look
            problems += self.store.problems()
            problems += self.miscounted()
            try:
                self.encoder  # noqa: B018 - loading it is the check
            except RostrumError as error:
                problems.append(str(error))
        return problems

    def miscounted(self) -> list[str]:
        """The parts that do not hold as many speeches or passages as they should."""
        m = self.manifest
        speeches, passages = self.store.counts()
        found = {
            "speeches in the store": (speeches, m.speeches),
            "passages in the store": (passages, m.passages),
            "passages in the word index": (self.words.passages, m.passages),
        }
        return [
            f"{held:,} instead of {expected:,} {what}"
            for what, (held, expected) in found.items()
            if held != expected
        ]

    def close(self) -> None:
        """Let go of the files."""
        self._hold.release()
        self.store.close()
        self.words.close()
        if "aside" in self.__dict__:
            self.aside.shutdown()
        if "lexicon" in self.__dict__:
            self.lexicon.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
