"""A speech made ready for the index: cut into passages, its words analysed.

This is nearly all the work of a reindex, and needs nothing but the speech: it is done on all
cores, by :class:`retrieval.workers.Workers`.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from embeddings.analysis import Language, is_separable, term, words
from embeddings.encoder import Vectors
from embeddings.static import StaticEncoder, built_in_encoder
from retrieval.events import read_event, with_occasion
from retrieval.passages import cut
from retrieval.records import Passage, Speech

_SHORTEST_NAME = 2
"""Letters that a word must exceed to be taken for a name."""


class Words(NamedTuple):
    """The words of a passage as the word index takes them, with a space between two."""

    terms: str
    """Index terms: those of the speaker's name too, so that a question may name the speaker."""
    surface: str
    """The folded words in their order."""
    counts: tuple[int, ...]
    """How many of them are in each sentence."""


class Prepared(NamedTuple):
    """A speech, its passages, the words of each, and how often each name-like word occurs."""

    speech: Speech
    passages: tuple[Passage, ...]
    words: tuple[Words, ...]
    names: Counter[str]
    """Folded words that are written with a capital: names, mostly."""


def prepare(speech: Speech) -> Prepared:
    """Cut a speech as it was read, and analyse its words."""
    speech = read_event(speech)
    passages = cut(speech)
    return analyse(with_occasion(speech, passages), passages)


def analyse(speech: Speech, passages: Sequence[Passage]) -> Prepared:
    """Analyse the words of passages that are known already."""
    names: Counter[str] = Counter()
    found = [_words(passage, names) for passage in passages]
    return Prepared(speech, tuple(passages), tuple(found), names)


def analyse_names(passages: Sequence[Passage]) -> Counter[str]:
    """The names of passages, as :class:`Prepared` has them."""
    names: Counter[str] = Counter()
    for passage in passages:
        names.update(_names(passage.text, words(passage.text)))
    return names


def _names(text: str, found: Iterable[tuple[int, int, str]]) -> Iterator[str]:
    return (
        folded
        for start, end, folded in found
        if end - start > _SHORTEST_NAME and text[start].isupper()
    )


def _words(passage: Passage, names: Counter[str]) -> Words:
    words_of = _words_of_part(passage.language)
    said: list[_WordsOfPart] = []
    counts = []
    for start, end in passage.sentences:
        text = passage.text[start - passage.start : end - passage.start]
        of_sentence = list(map(words_of, text.split() if is_separable(text) else [text]))
        counts.append(sum(map(_SIZE, of_sentence)))
        said += of_sentence
    terms, surface, found, _ = zip(*said, strict=True)
    names.update(chain.from_iterable(found))
    spoken_by = words_of(passage.speaker or "")
    return Words(
        " ".join(filter(None, (*terms, spoken_by.terms))),
        " ".join(filter(None, surface)),
        tuple(counts),
    )


class _WordsOfPart(NamedTuple):
    terms: str
    surface: str
    names: tuple[str, ...]
    size: int


_SIZE = operator.itemgetter(3)


@cache
def _words_of_part(language: Language) -> Callable[[str], _WordsOfPart]:
    """What gives the words of what stands between white space, in a text of a language.

    The same few make up most of what is read: to look one up must cost next to nothing.
    """

    @lru_cache(maxsize=1 << 16)
    def words_of(part: str) -> _WordsOfPart:
        found = list(words(part))
        folded = [word for _, _, word in found]
        terms = " ".join(term(word, language) for word in folded)
        return _WordsOfPart(terms, " ".join(folded), tuple(_names(part, found)), len(folded))

    return words_of


def prepare_all(speeches: Sequence[Speech]) -> list[Prepared]:
    """Prepare several speeches: what one call of a worker does."""
    return list(map(prepare, speeches))


def encode(texts: Sequence[str]) -> Vectors:
    """Vectors of texts by the built-in encoder: what one call of a worker does."""
    return _encoder().encode_documents(texts)


@cache
def _encoder() -> StaticEncoder:
    encoder = built_in_encoder()
    encoder.unpack()
    return encoder
