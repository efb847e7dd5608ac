"""One generation of an index, open for reading."""

from __future__ import annotations

import os
import shlex
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from embeddings.analysis import Language
from embeddings.encoder import Encoder, load_encoder
from embeddings.lexicon import Lexicon, built_in_lexicon
from retrieval.dates import first_day, last_day
from retrieval.engine import Engine
from retrieval.errors import IndexMismatch, RostrumError
from retrieval.place import Place, engine_at
from retrieval.records import Passage, Skipped, Speech, Status
from retrieval.silence import Judge, fitted_judge

if TYPE_CHECKING:
    from embeddings.static import StaticEncoder
    from embeddings.vocabulary import Vocabulary

_WARMED_UP_BY = 500
"""Passages: most of the words of any other are in them."""


def altered(folder: Place) -> list[str]:
    """A line for each part of the current generation that is not what was written.

    Nothing is opened, so that a damaged part is named whatever reading it would do.

    Raises:
        IndexFault: there is no generation that could be checked.
    """
    return engine_at(folder).altered()


class Index:
    """A whole generation: it stays as it is, whatever a reindex does meanwhile.

    The model is loaded when first used, so that showing a speech needs none.
    """

    def __init__(self, folder: Place, engine: Engine | None = None, generation: Any = None) -> None:
        """Open a generation of the index in a place, the current one if none is given.

        Raises:
            IndexMissing: there is no index.
            IndexMismatch: it was made by another format or analyser.
            IndexDamaged: a part is missing or cannot be read.
        """
        self.folder = folder
        self._closed = False
        self.generation, self._parts = (engine or engine_at(folder)).open(generation)
        self.manifest = self._parts.manifest
        self.store = self._parts.store
        self.words = self._parts.words
        self.vectors = self._parts.vectors

    @classmethod
    def open(cls, folder: Place) -> Self:
        """Open the current generation of a place; raises as the constructor does."""
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
                f"{self.folder}; run: rostrum reindex --index {shlex.quote(str(self.folder))}"
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

        return Vocabulary(self.word_encoder, self.store.spelt)

    @cached_property
    def aside(self) -> ThreadPoolExecutor:
        """Threads for what leaves the interpreter free; starting one costs more than asking it."""
        return ThreadPoolExecutor(1 + (os.cpu_count() or 1))  # one may be warming up

    def warm_up(self) -> Future[None]:
        """Get to know, aside, the words that most passages are made of.

        For those who stay: it takes longer than one answer, and makes those after it quicker by a
        sixth. What fails here fails again, and is told, when something is asked.
        """
        return self.aside.submit(self._meet_words)

    def _meet_words(self) -> None:
        for number, passage in self.store.some_passages(_WARMED_UP_BY).items():
            if self._closed:
                break
            [kept] = self.store.words_of([number])
            self.vocabulary.meet(passage.text, passage.language, kept and kept.numbers)

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
            bytes=self._parts.bytes,
        )

    def verify(self) -> list[str]:
        """Check every part's hash, every passage, the counts and the model; the problems found."""
        problems = self._parts.altered()
        if not problems:  # an altered part may be unreadable in ways that stop any further look
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
        """Let go of what it reads."""
        self._closed = True
        if "aside" in self.__dict__:
            self.aside.shutdown()
        self._parts.close()
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
