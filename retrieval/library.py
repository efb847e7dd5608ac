"""The collection for programs that stay: questions from several threads, reindexing underneath.

from retrieval import open_index

with open_index("~/speeches-index") as library:
    answer = library.ask("what was said about the Zangezur corridor")
    for quote in answer.quotes:
        print(quote.speaker, quote.date, quote.text)
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from retrieval.errors import IndexGone, IndexMissing, RostrumError
from retrieval.index import Index
from retrieval.place import Place, engine_at, parse_place
from retrieval.records import Answer, Options, Passage, Speech, Status, Timeline, Unit

_log = logging.getLogger(__name__)

Found = TypeVar("Found")


@dataclass(slots=True)
class _Lease:
    """A generation and how many read it just now; who takes the last one away closes it."""

    index: Index
    readers: int = 0
    current: bool = True


class Library:
    """An index that moves on by itself when a reindex has made a new generation.

    Every call sees one whole generation. Safe from any number of threads.
    """

    def __init__(self, folder: Place, instead: Callable[[], Path] | None = None) -> None:
        """Open the current generation.

        Args:
            folder: the index folder, or an address that another engine keeps.
            instead: gives the folder that is read for as long as ``folder`` holds no index.

        Raises:
            IndexFault: there is no index and nothing ``instead``, or it cannot be read.
        """
        self.folder = folder
        self._engine = engine_at(folder)
        self._instead = instead
        self._fallback: Path | None = None
        self._lock = threading.Lock()
        self._seen = self._place()
        self._lease = _Lease(self._open(self._seen[0]))

    def _place(self) -> tuple[Place, str]:
        """The place and the name of the generation that is to be read."""
        try:
            return self.folder, self._engine.current().name
        except IndexMissing:
            if self._instead is None:
                raise
            if self._fallback is None:
                self._fallback = self._instead()
            return self._fallback, engine_at(self._fallback).current().name

    def _open(self, place: Place) -> Index:
        index = Index(place, self._engine if place == self.folder else None)
        index.warm_up()
        return index

    @property
    def is_instead(self) -> bool:
        """Whether what is read is not the index asked for, which is not there."""
        return self._lease.index.folder != self.folder

    @contextmanager
    def reading(self) -> Iterator[Index]:
        """The newest generation, held open for as long as the block lasts.

        A new generation that cannot be opened is logged, once, and the one before stays.

        Raises:
            ValueError: the library is closed.
        """
        with self._lock:
            if not self._lease.current:
                raise ValueError("the library is closed: open it again")
            self._move_on()
            lease = self._lease
            lease.readers += 1
        try:
            yield lease.index
        finally:
            with self._lock:
                lease.readers -= 1
                self._let_go(lease)

    def _move_on(self) -> None:
        try:
            place = self._place()
            if place == self._seen:
                return
            self._seen = place
            opened = _Lease(self._open(place[0]))
        except RostrumError as error:
            _log.warning("the index stays as it was: %s", error)
            return
        before, self._lease = self._lease, opened
        before.current = False
        self._let_go(before)
        _log.info("now reading generation %s", opened.index.generation.name)

    @staticmethod
    def _let_go(lease: _Lease) -> None:
        if not lease.current and not lease.readers:
            lease.index.close()

    def _of(self, look: Callable[[Index], Found]) -> Found:
        """What a generation says; a newer one, if it was dropped meanwhile, as others may do."""
        try:
            with self.reading() as index:
                return look(index)
        except IndexGone:
            with self._lock:
                self._seen = self.folder, ""  # so that it is opened again
            with self.reading() as index:
                return look(index)

    def ask(self, question: str, options: Options | None = None) -> Answer:
        """Answer a question; see :func:`retrieval.search.ask`."""
        from retrieval.search import ask

        return self._of(lambda index: ask(index, question, options))

    def timeline(
        self, question: str, options: Options | None = None, unit: Unit | None = None
    ) -> Timeline:
        """When it was spoken of; see :func:`retrieval.timeline.timeline`."""
        from retrieval.timeline import timeline

        return self._of(lambda index: timeline(index, question, options, unit))

    def speech(self, speech_id: str) -> Speech:
        """A speech by its id; raises UnknownSpeech."""
        return self._of(lambda index: index.speech(speech_id))

    def passages(self, speech_id: str) -> list[Passage]:
        """The passages of a speech, in order."""
        return self._of(lambda index: index.passages(speech_id))

    def __iter__(self) -> Iterator[Speech]:
        """All speeches of one generation, in the order they were read."""
        with self.reading() as index:
            for speech_id in index.store.speech_ids():
                yield index.speech(speech_id)

    def __len__(self) -> int:
        """How many speeches there are."""
        with self.reading() as index:
            return index.manifest.speeches

    def status(self) -> Status:
        """What the index holds, which model made it, and where it came from."""
        return self._of(lambda index: index.status())

    def close(self) -> None:
        """Let go of the files, once whoever still reads is done."""
        with self._lock:
            if self._lease.current:
                self._lease.current = False
                self._let_go(self._lease)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_index(folder: str | Place) -> Library:
    """Open an index folder, ``~`` being the home folder, or an address like ``milvus:./file.db``.

    Raises:
        ValueError: it is an address that says no place.
        IndexFault: there is no index, or it cannot be read.
    """
    place = parse_place(folder) if isinstance(folder, str) else folder
    return Library(place.expanduser() if isinstance(place, Path) else place)
