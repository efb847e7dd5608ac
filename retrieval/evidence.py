"""What the sentences of passages have to do with a question, word by word."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from embeddings.analysis import Language, fold
from embeddings.encoder import Vectors
from embeddings.static import StaticEncoder
from embeddings.vocabulary import Vocabulary, Words
from retrieval.engine import Group, Kept, Opening
from retrieval.records import Passage

_LEAST_NEARNESS = 0.2
"""Cosine of two words below which they have nothing to do with each other."""

_OPENING_WEIGHT = 0.6
"""What a word counts that stands only where the speech opens: its title and first lines say what
the rest is about, and often nobody repeats it."""

Weights = Vectors


@dataclass(frozen=True, slots=True)
class Evidence:
    """The sentences of some passages, one after another, beside the words of a question."""

    exact: Weights
    """Weight of the best alternative of each group that a sentence holds; (sentences, groups)."""
    loose: Weights
    """The same, or the nearness of the nearest word where that is more; (sentences, groups)."""
    vectors: Weights
    """Sums of word vectors; (sentences, dimensions)."""
    around: Weights
    """Weights of what a passage refers to: where its speech opens, and the question it replies
    to; (passages, groups)."""


def gather(
    passages: Sequence[Passage],
    kept: Sequence[Kept | None],
    openings: Mapping[str, Opening],
    asked: Sequence[str],
    groups: Sequence[Group],
    vocabulary: Vocabulary,
) -> Evidence:
    """Compare every word of some passages with every word of a question.

    A word counts fully as one of its group's alternatives, and partly when its vector is near to
    that of the word asked for, so that each asked word finds its best match in a sentence: the
    late interaction of Khattab and Zaharia ("ColBERT", SIGIR 2020), with static word vectors.

    Args:
        passages: where to look.
        kept: the words of each, where the index keeps them.
        openings: title and first lines of each passage's speech, by speech id.
        asked: the question that each passage replies to, empty if none.
        groups: the question's words.
        vocabulary: whose word vectors to use.
    """
    words = vocabulary.words()
    numbers, ends = array("q"), array("q")

    def read(text: str, language: Language) -> None:
        words.number(text, language, numbers)
        ends.append(len(numbers))

    languages = {passage.speech_id: passage.language for passage in passages}
    opened_by = [openings[speech_id] for speech_id in languages]
    known = iter(
        words.kept([k.numbers for k in (*kept, *(opening.kept for opening in opened_by)) if k])
    )
    for passage, of_passage in zip(passages, kept, strict=True):
        if of_passage:
            _, *upto = accumulate(of_passage.counts, initial=len(numbers))
            ends.extend(upto)
            numbers.frombytes(next(known).tobytes())
        else:
            for start, end in passage.sentences:
                read(passage.text[start - passage.start : end - passage.start], passage.language)
    sentences = len(ends)
    for passage in passages:
        read(passage.speaker or "", passage.language)
    for opening, language in zip(opened_by, languages.values(), strict=True):
        if opening.kept:
            numbers.frombytes(next(known).tobytes())
        read(opening.text, language)
    for passage, question in zip(passages, asked, strict=True):
        read(question, passage.language)
    found = np.frombuffer(numbers, np.int64)
    table = words.table(found[: ends[sentences - 1] if sentences else 0])

    exact = _best_in_each(_exact(words, table.terms[found], groups), ends)
    spoken, opened, asked_for = np.split(
        exact[sentences:], [len(passages), len(passages) + len(languages)]
    )
    # who says a sentence is part of it
    exact = np.maximum(
        exact[:sentences],
        np.repeat(spoken, [len(passage.sentences) for passage in passages], axis=0),
    )
    ends = ends[:sentences]
    found = found[: ends[-1] if ends else 0]
    in_order = table.vectors[found]
    near = _nearness(
        in_order, table.norms[found], table.is_number[found], groups, vocabulary.encoder
    )
    vectors = np.zeros((sentences, in_order.shape[1]), np.float32)
    for sentence, (start, end) in enumerate(pairwise([0, *ends])):
        # a sum by np.add.reduceat takes three times as long
        in_order[start:end].sum(axis=0, out=vectors[sentence])
    place = {speech_id: row for row, speech_id in enumerate(languages)}
    opened = opened[[place[passage.speech_id] for passage in passages]]
    return Evidence(
        exact=exact,
        loose=np.maximum(exact, _best_in_each(near, ends)),
        vectors=vectors,
        around=np.maximum(np.float32(_OPENING_WEIGHT) * opened, asked_for),
    )


def _exact(words: Words, terms: NDArray[np.int64], groups: Sequence[Group]) -> Weights:
    """The weight of each term in each group; of shape (terms, groups)."""
    weights = np.zeros((len(words.terms), len(groups)), np.float32)
    for column, group in enumerate(groups):
        for alternative in group.alternatives:
            row = words.terms.get(alternative.term, len(weights))
            if row < len(weights):  # another thread may just have met it
                weights[row, column] = max(alternative.weight, weights[row, column])
    return weights[terms]


def _best_in_each(of_words: Weights, ends: Sequence[int]) -> Weights:
    """The best of each stretch of words, zero where it has none; of shape (stretches, groups)."""
    best = np.zeros((len(ends), of_words.shape[1]), np.float32)
    starts = np.array([0, *ends], np.intp)[:-1]
    filled = np.flatnonzero(starts < ends)
    if len(filled):  # reduceat knows no empty stretch
        best[filled] = np.maximum.reduceat(of_words, starts[filled])
    return best


def _nearness(
    vectors: Weights,
    norms: Weights,
    is_number: NDArray[np.bool_],
    groups: Sequence[Group],
    encoder: StaticEncoder,
) -> Weights:
    """How near each word found is to each word asked for, 0 to 1; numbers are near to nothing."""
    asked = [fold(group.word) for group in groups]
    cosines = (vectors @ _unit(encoder.word_sums(asked)).T) / norms[:, np.newaxis]
    near: Weights = np.clip((cosines - _LEAST_NEARNESS) / (1 - _LEAST_NEARNESS), 0.0, 1.0)
    near[is_number] = 0.0
    near[:, [word[:1].isdigit() for word in asked]] = 0.0
    return near


def _unit(vectors: Weights) -> Weights:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    norms[norms == 0] = 1
    unit: Weights = vectors / norms
    return unit
