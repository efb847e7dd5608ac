"""Words that were met, by number, with all by which a question is compared with them.

The same few ten thousand words make up most of what is read: each is folded, stemmed and given
its vector once.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.analysis import Language, is_separable, term, words, words_of_part
from embeddings.encoder import Vectors
from embeddings.static import StaticEncoder

_MOST_REMEMBERED = 50_000
"""Words, at a kilobyte each; then it begins anew."""
_ROOM = 1 << 16
"""Words that there is room for at first: memory is only taken for those that come."""


class Table(NamedTuple):
    """What is known of words, a row each. Not to be written to."""

    vectors: Vectors
    """Sums of piece vectors; float32 of shape (words, dimensions)."""
    norms: Vectors
    """Their lengths, 1 for zeros, 0 where there is no vector yet; float32 of shape (words,)."""
    terms: NDArray[np.int64]
    """Numbers of the words' index terms in :attr:`Words.terms`; of shape (words,)."""
    is_number: NDArray[np.bool_]
    """Whether a word begins with a digit; of shape (words,)."""

    @classmethod
    def empty(cls, words: int, dimensions: int) -> Table:
        """Room for so many words."""
        return cls(
            np.empty((words, dimensions), np.float32),
            np.empty(words, np.float32),
            np.empty(words, np.int64),
            np.empty(words, np.bool_),
        )


LookUp = Callable[[Sequence[int]], Iterable[tuple[int, str, str]]]
"""Gives the words that somebody keeps by numbers: number, folded word and index term of each."""


class Words:
    """Words by number."""

    def __init__(self, encoder: StaticEncoder, look_up: LookUp | None = None) -> None:
        self.terms: dict[str, int] = {}
        """The number of each index term."""
        self._encoder = encoder
        self._look_up = look_up or (lambda _: ())
        self._lock = threading.Lock()
        self._numbers: dict[tuple[str, Language], int] = {}
        self._kept = np.empty(0, np.int64)  # our number, by that of look_up; -1 where not met
        self._parts: dict[Language, _Parts] = {}
        self._table = Table.empty(_ROOM, encoder.dimensions)
        self._met: list[tuple[str, str]] = []  # folded word and term
        self._in_table = 0

    def __len__(self) -> int:
        return len(self._met)

    def number(self, text: str, language: Language, into: array[int]) -> None:
        """Append the numbers of a text's words, in order."""
        if is_separable(text):  # then what stands between white space is one look-up each
            parts = self._parts.get(language)
            if parts is None:
                parts = self._parts.setdefault(language, _Parts(self, language))
            into.extend(chain.from_iterable(map(parts.__getitem__, text.split())))
        else:
            into.extend(self.numbers((word for _, _, word in words(text)), language))

    def numbers(self, folded: Iterable[str], language: Language) -> tuple[int, ...]:
        """The numbers of folded words."""
        found = []
        with self._lock:
            for word in folded:
                number = self._numbers.setdefault((word, language), len(self._met))
                if number == len(self._met):
                    self._met.append((word, term(word, language)))
                found.append(number)
        return tuple(found)

    def kept(self, texts: Sequence[NDArray[np.uint32]]) -> list[NDArray[np.int64]]:
        """The numbers of each text's words, of which ``look_up`` has others.

        Raises:
            KeyError: it does not have them all.
        """
        if not texts:
            return []
        numbers = np.concatenate(texts)
        with self._lock:
            least_room = int(numbers.max(initial=0)) + 1
            if least_room > len(self._kept):
                room = np.full(2 * least_room, -1, np.int64)
                room[: len(self._kept)] = self._kept
                self._kept = room
            found = self._kept[numbers]
            new = found < 0
            if new.any():
                for number, word, name in self._look_up(np.unique(numbers[new]).tolist()):
                    self._kept[number] = len(self._met)
                    self._met.append((word, name))
                found = self._kept[numbers]
                if found.min() < 0:
                    raise KeyError("a word that is kept by number cannot be looked up")
        ends = accumulate(map(len, texts), initial=0)
        return [found[start:end] for start, end in pairwise(ends)]

    def table(self, compared: NDArray[np.int64]) -> Table:
        """What is known of all words that have a number by now; vectors only of those compared."""
        with self._lock:
            start, end = self._in_table, len(self._met)
            if end > len(self._table.norms):
                self._grow(2 * end)
            table = self._table
            if start < end:
                fresh = self._met[start:end]
                table.terms[start:end] = [
                    self.terms.setdefault(name, len(self.terms)) for _, name in fresh
                ]
                table.is_number[start:end] = [word[0].isdigit() for word, _ in fresh]
                table.norms[start:end] = 0
                self._in_table = end
            wanted = np.zeros(end, np.bool_)
            wanted[compared] = True
            rows = np.flatnonzero(wanted & (table.norms[:end] == 0))
            if len(rows):
                vectors = self._encoder.word_sums([self._met[row][0] for row in rows.tolist()])
                norms = np.linalg.norm(vectors, axis=1)
                table.vectors[rows] = vectors
                table.norms[rows] = np.where(norms == 0, 1, norms)
            return table

    def _grow(self, room: int) -> None:
        # others may be reading the smaller one
        known, larger = self._in_table, Table.empty(room, self._encoder.dimensions)
        larger.vectors[:known] = self._table.vectors[:known]
        larger.norms[:known] = self._table.norms[:known]
        larger.terms[:known] = self._table.terms[:known]
        larger.is_number[:known] = self._table.is_number[:known]
        self._table = larger


class _Parts(dict[str, tuple[int, ...]]):
    """The words of what stands between white space, by number."""

    def __init__(self, words: Words, language: Language) -> None:
        super().__init__()
        self._words = words
        self._language = language

    def __missing__(self, part: str) -> tuple[int, ...]:
        numbers = self[part] = self._words.numbers(words_of_part(part), self._language)
        return numbers


class Vocabulary:
    """The words met lately. Safe from several threads."""

    def __init__(self, encoder: StaticEncoder, look_up: LookUp | None = None) -> None:
        self.encoder = encoder
        self._look_up = look_up
        self._words = Words(encoder, look_up)

    def words(self) -> Words:
        """The words for one question: whoever has them may go on when others begin anew."""
        if len(self._words) > _MOST_REMEMBERED:
            self._words = Words(self.encoder, self._look_up)
        return self._words

    def meet(self, text: str, language: Language, kept: NDArray[np.uint32] | None) -> None:
        """Get to know the words of a text, as if a question had been compared with them.

        ``kept`` are the numbers by which ``look_up`` has them, if it does.
        """
        words, numbers = self.words(), array("q")
        if kept is None:
            words.number(text, language, numbers)
        else:
            numbers.frombytes(words.kept([kept])[0].tobytes())
        words.table(np.frombuffer(numbers, np.int64))
