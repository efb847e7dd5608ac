"""Words that were met, by number, with all by which a question is compared with them.

The same few ten thousand words make up most of what is read: each is folded, stemmed and given
its vector once.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable
from itertools import chain, islice
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


class Words:
    """Words by number."""

    def __init__(self, encoder: StaticEncoder) -> None:
        self.terms: dict[str, int] = {}
        """The number of each index term."""
        self._encoder = encoder
        self._lock = threading.Lock()
        self._numbers: dict[tuple[str, Language], int] = {}
        self._parts: dict[Language, _Parts] = {}
        self._table = Table.empty(_ROOM, encoder.dimensions)
        self._words: list[str] = []

    def __len__(self) -> int:
        return len(self._numbers)

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
        with self._lock:
            known = self._numbers
            return tuple([known.setdefault((word, language), len(known)) for word in folded])

    def table(self, compared: NDArray[np.int64]) -> Table:
        """What is known of all words that have a number by now; vectors only of those compared."""
        with self._lock:
            start, end = len(self._words), len(self._numbers)
            if end > len(self._table.norms):
                self._grow(2 * end)
            table = self._table
            if start < end:
                fresh = list(islice(self._numbers, start, None))
                self._words += [word for word, _ in fresh]
                table.terms[start:end] = [
                    self.terms.setdefault(term(*word), len(self.terms)) for word in fresh
                ]
                table.is_number[start:end] = [word[0].isdigit() for word, _ in fresh]
                table.norms[start:end] = 0
            wanted = np.zeros(end, np.bool_)
            wanted[compared] = True
            rows = np.flatnonzero(wanted & (table.norms[:end] == 0))
            if len(rows):
                vectors = self._encoder.word_sums([self._words[row] for row in rows.tolist()])
                norms = np.linalg.norm(vectors, axis=1)
                table.vectors[rows] = vectors
                table.norms[rows] = np.where(norms == 0, 1, norms)
            return table

    def _grow(self, room: int) -> None:
        # others may be reading the smaller one
        known, larger = len(self._words), Table.empty(room, self._encoder.dimensions)
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

    def __init__(self, encoder: StaticEncoder) -> None:
        self.encoder = encoder
        self._words = Words(encoder)

    def words(self) -> Words:
        """The words for one question: whoever has them may go on when others begin anew."""
        if len(self._words) > _MOST_REMEMBERED:
            self._words = Words(self.encoder)
        return self._words

    def meet(self, text: str, language: Language) -> None:
        """Get to know the words of a text, as if a question had been compared with them."""
        words, numbers = self.words(), array("q")
        words.number(text, language, numbers)
        words.table(np.frombuffer(numbers, np.int64))
