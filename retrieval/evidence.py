"""What the sentences of passages have to do with a question, word by word."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from embeddings.analysis import Language, fold, folded_words, term
from embeddings.encoder import Vectors
from retrieval.records import Passage
from retrieval.wordindex import Group

if TYPE_CHECKING:
    from embeddings.static import StaticEncoder

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
    openings: Mapping[str, str],
    asked: Sequence[str],
    groups: Sequence[Group],
    encoder: StaticEncoder,
) -> Evidence:
    """Compare every word of some passages with every word of a question.

    A word counts fully as one of its group's alternatives, and partly when its vector is near to
    that of the word asked for, so that each asked word finds its best match in a sentence: the
    late interaction of Khattab and Zaharia ("ColBERT", SIGIR 2020), with static word vectors.

    Args:
        passages: where to look.
        openings: title and first lines of each passage's speech, by speech id.
        asked: the question that each passage replies to, empty if none.
        groups: the question's words.
        encoder: whose word vectors to use.
    """
    alternatives: dict[str, list[tuple[int, float]]] = {}
    for column, group in enumerate(groups):
        for alternative in group.alternatives:
            alternatives.setdefault(alternative.term, []).append((column, alternative.weight))

    def weights(found: Collection[tuple[str, Language]]) -> Weights:
        table = np.zeros((len(found), len(groups)), np.float32)
        for row, (word, language) in enumerate(found):
            for column, weight in alternatives.get(term(word, language), ()):
                table[row, column] = max(weight, table[row, column])
        return table

    @cache
    def anywhere(text: str, language: Language) -> Weights:
        best = np.zeros(len(groups), np.float32)
        for word in set(folded_words(text)):
            for column, weight in alternatives.get(term(word, language), ()):
                best[column] = max(weight, best[column])
        return best

    vocabulary: dict[tuple[str, Language], int] = {}
    sentence_of_word, word_ids = [], []
    sentences = 0
    for passage in passages:
        for start, end in passage.sentences:
            for word in folded_words(passage.text[start - passage.start : end - passage.start]):
                sentence_of_word.append(sentences)
                word_ids.append(vocabulary.setdefault((word, passage.language), len(vocabulary)))
            sentences += 1

    sums = encoder.word_sums([word for word, _ in vocabulary])
    exact = weights(vocabulary)
    near = _nearness(encoder, sums, [word for word, _ in vocabulary], groups)
    starts = np.flatnonzero(np.diff(sentence_of_word, prepend=-1))
    filled = np.array(sentence_of_word, dtype=np.int64)[starts]

    def best_in_sentence(of_words: Weights) -> Weights:
        table = np.zeros((sentences, len(groups)), np.float32)
        if len(filled):  # reduceat knows no empty stretch, and a sentence may have no word
            table[filled] = np.maximum.reduceat(of_words[word_ids], starts)
        return table

    vectors = np.zeros((sentences, sums.shape[1]), np.float32)
    in_order = sums[word_ids]
    ends = [*starts[1:].tolist(), len(word_ids)]
    for sentence, start, end in zip(filled, starts.tolist(), ends, strict=False):
        # a sum by np.add.reduceat takes three times as long
        in_order[start:end].sum(axis=0, out=vectors[sentence])

    # who says a sentence is part of it
    spoken = np.repeat(
        np.array([anywhere(p.speaker or "", p.language) for p in passages]).reshape(
            len(passages), len(groups)
        ),
        [len(p.sentences) for p in passages],
        axis=0,
    )
    exact_in = np.maximum(best_in_sentence(exact), spoken)
    languages = {passage.speech_id: passage.language for passage in passages}
    opening = {
        speech_id: _OPENING_WEIGHT * anywhere(openings[speech_id], language)
        for speech_id, language in languages.items()
    }
    return Evidence(
        exact=exact_in,
        loose=np.maximum(exact_in, best_in_sentence(near)),
        vectors=vectors,
        around=np.array(
            [
                np.maximum(opening[passage.speech_id], anywhere(question, passage.language))
                for passage, question in zip(passages, asked, strict=True)
            ]
        ).reshape(len(passages), len(groups)),
    )


def _nearness(
    encoder: StaticEncoder, sums: Weights, found: Sequence[str], groups: Sequence[Group]
) -> Weights:
    """How near each word found is to each word asked for, 0 to 1; numbers are near to nothing."""
    asked = [fold(group.word) for group in groups]
    cosines = _unit(sums) @ _unit(encoder.word_sums(asked)).T
    near: Weights = np.clip((cosines - _LEAST_NEARNESS) / (1 - _LEAST_NEARNESS), 0.0, 1.0)
    near[[word[0].isdigit() for word in found]] = 0.0
    near[:, [word[:1].isdigit() for word in asked]] = 0.0
    return near


def _unit(vectors: Weights) -> Weights:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    norms[norms == 0] = 1
    unit: Weights = vectors / norms
    return unit
