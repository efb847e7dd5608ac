"""What a collection does speak of, near to a question that it does not answer: its own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from embeddings.analysis import term, words
from embeddings.encoder import Vectors
from retrieval.question import FRAME_WORDS
from retrieval.records import Language, Passage

if TYPE_CHECKING:
    from embeddings.static import StaticEncoder

_LONGEST = 3  # words
_LEAST_NEARNESS = 0.35
"""Cosine with the question below which a phrase is no hint."""
_SHORTEST_WORD = 3  # letters, at either end of a phrase

_FRAME = frozenset().union(*FRAME_WORDS.values())


def nearest_topics(
    passages: Sequence[Passage], question: Vectors, encoder: StaticEncoder, limit: int = 3
) -> tuple[str, ...]:
    """Phrases of two or three words from the passages that lie nearest to a question.

    Args:
        passages: where to take them from: those that came nearest to an answer.
        question: the question's vector, of unit length or zero.
        encoder: whose vector that is.
        limit: how many at most.
    """
    phrases = dict.fromkeys(
        (phrase, passage.language) for passage in passages for phrase in _phrases(passage)
    )
    if not phrases or not question.any():
        return ()
    vectors = encoder.encode_documents([phrase for phrase, _ in phrases])
    order = np.argsort(-(vectors @ question), kind="stable")
    every = list(phrases)
    chosen: list[tuple[str, frozenset[str]]] = []
    for number in order:
        if len(chosen) == limit or vectors[number] @ question < _LEAST_NEARNESS:
            break
        phrase, language = every[number]
        stems = _stems(phrase, language)
        if not any(stems & others for _, others in chosen):
            chosen.append((phrase, stems))
    return tuple(phrase for phrase, _ in chosen)


def _phrases(passage: Passage) -> Iterator[str]:
    """Runs of two or three words with nothing but spaces between, that neither begin nor end with
    a word that says nothing."""
    for start, end in passage.sentences:
        text = passage.text[start - passage.start : end - passage.start]
        found = list(words(text))
        for first, (begin, _, word) in enumerate(found):
            if not _tells(word):
                continue
            for last in range(first + 1, min(first + _LONGEST, len(found))):
                if text[found[last - 1][1] : found[last][0]] not in (" ", "\u00a0"):
                    break
                if _tells(found[last][2]):
                    yield text[begin : found[last][1]].replace("\u00a0", " ")


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and word.isalpha() and word not in _FRAME


def _stems(phrase: str, language: Language) -> frozenset[str]:
    return frozenset(term(word, language) for _, _, word in words(phrase) if _tells(word))
