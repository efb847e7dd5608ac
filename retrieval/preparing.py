"""A speech made ready for the index: cut into passages, its words analysed.

This is nearly all the work of a reindex, and needs nothing but the speech: it is done on all
cores, by :class:`retrieval.workers.Workers`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from embeddings.analysis import term, words
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
    found = list(words(passage.text))
    names.update(_names(passage.text, found))
    folded = [word for _, _, word in found]
    speaker = [word for _, _, word in words(passage.speaker or "")]
    terms = (term(word, passage.language) for word in (*folded, *speaker))
    return Words(" ".join(terms), " ".join(folded))


def prepare_all(speeches: Sequence[Speech]) -> list[Prepared]:
    """Prepare several speeches: what one call of a worker does."""
    return list(map(prepare, speeches))


def encode(texts: Sequence[str]) -> Vectors:
    """Vectors of texts by the built-in encoder: what one call of a worker does."""
    return _encoder().encode_documents(texts)


@cache
def _encoder() -> StaticEncoder:
    return built_in_encoder()
