"""Which sentences of a passage answer, and the proof that a quote is what was said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.analysis import term, words
from embeddings.encoder import Encoder, Vectors
from retrieval.errors import IndexDamaged
from retrieval.records import Passage, Quote, Span, Speech
from retrieval.wordindex import Group

MAX_SENTENCES = 4
MAX_CHARACTERS = 700

_VECTOR_SHARE = 0.4
_COST_OF_SENTENCE = 0.02
_NEGATIONS = frozenset("не нет ни без not no never nor without cannot deyil yox heç".split())

_OPENING = 0.05
"""Gain of an excerpt whose first sentence names the subject: what follows refers back to it."""

_LEAST_RARITY = 0.3
"""A word counts at least this share of the rarest one: in few passages rarity says little."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A run of whole sentences of a passage, and how well it answers (0 to 1)."""

    passage: Passage
    start: int
    end: int
    coverage: float
    """Share of the question's words, weighted by rarity, that the excerpt speaks of."""
    nearness: float
    """Cosine between the question and the excerpt."""

    @property
    def text(self) -> str:
        """The excerpt's words."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]

    @property
    def word_set(self) -> frozenset[str]:
        """The excerpt's words, folded, each once."""
        return frozenset(word for _, _, word in words(self.text))

    @property
    def score(self) -> float:
        """Both as one figure; half of it for a sentence that only announces what follows."""
        score = (1 - _VECTOR_SHARE) * self.coverage + _VECTOR_SHARE * max(0.0, self.nearness)
        return score / 2 if self.text.endswith(":") else score


def best_excerpt(
    passage: Passage,
    groups: Sequence[Group],
    phrases: Sequence[tuple[str, ...]],
    query: Vectors,
    sentence_vectors: Vectors,
) -> Excerpt | None:
    """The one to four consecutive sentences that answer best, at most 700 characters.

    One longer sentence may stand alone. Every exact phrase of the question must be inside;
    None if no excerpt has them all. Each sentence beyond the first costs a little, so that a
    quote grows only for what it gains.

    Args:
        passage: where to look.
        groups: the question's words.
        phrases: the question's exact phrases, as folded words.
        query: the question's vector, of shape (d,).
        sentence_vectors: one row per sentence of the passage, of shape (n, d).
    """
    matched = _matched(passage, groups)
    rarity = np.array([group.idf for group in groups])
    rarity = np.maximum(rarity, _LEAST_RARITY * rarity.max(initial=0.0))
    total = float(rarity.sum()) or 1.0
    best, best_score = None, float("-inf")
    for first, last in _windows(passage):
        start, end = passage.sentences[first][0], passage.sentences[last][1]
        text = passage.text[start - passage.start : end - passage.start]
        if phrases and not all(_holds(text, phrase) for phrase in phrases):
            continue
        coverage = float(matched[first : last + 1].max(axis=0) @ rarity) / total
        opening = float(matched[first] @ rarity) / total
        vector = sentence_vectors[first : last + 1].sum(axis=0)
        length = float(np.linalg.norm(vector))
        nearness = float(vector @ query) / length if length else 0.0
        excerpt = Excerpt(passage, start, end, coverage, nearness)
        score = excerpt.score - _COST_OF_SENTENCE * (last - first) + _OPENING * opening
        if score > best_score:
            best, best_score = excerpt, score
    return best


def _windows(passage: Passage) -> Iterator[tuple[int, int]]:
    """First and last sentence of every run that may be a quote: it stays in one paragraph."""
    sentences = passage.sentences
    for first, (start, _) in enumerate(sentences):
        for last in range(first, min(first + MAX_SENTENCES, len(sentences))):
            if last > first:
                gap = passage.text[
                    sentences[last - 1][1] - passage.start : sentences[last][0] - passage.start
                ]
                if sentences[last][1] - start > MAX_CHARACTERS or gap.count("\n") > 1:
                    break
            yield first, last


def _matched(passage: Passage, groups: Sequence[Group]) -> NDArray[np.float64]:
    """For each sentence and group the weight of the best alternative that occurs, else 0."""
    weights: dict[str, list[tuple[int, float]]] = {}
    for column, group in enumerate(groups):
        for alternative in group.alternatives:
            weights.setdefault(alternative.term, []).append((column, alternative.weight))
    matched = np.zeros((len(passage.sentences), len(groups)))
    for _, _, word in words(passage.speaker or ""):  # who says a sentence is part of it
        for column, weight in weights.get(term(word, passage.language), ()):
            matched[:, column] = np.maximum(matched[:, column], weight)
    row = 0
    for start, _, word in words(passage.text):
        while passage.start + start >= passage.sentences[row][1]:
            row += 1
        for column, weight in weights.get(term(word, passage.language), ()):
            matched[row, column] = max(matched[row, column], weight)
    return matched


def _holds(text: str, phrase: tuple[str, ...]) -> bool:
    folded = [word for _, _, word in words(text)]
    size = len(phrase)
    return any(tuple(folded[i : i + size]) == phrase for i in range(len(folded) - size + 1))


def encode_sentences(passages: Sequence[Passage], encoder: Encoder) -> list[Vectors]:
    """The vectors of the passages' sentences, encoded in one batch; (n_i, d) for each passage."""
    texts = [
        p.text[start - p.start : end - p.start] for p in passages for start, end in p.sentences
    ]
    vectors = encoder.encode_documents(texts)
    borders = np.cumsum([len(p.sentences) for p in passages])[:-1]
    return list(np.split(vectors, borders))


def marks(excerpt: Excerpt, groups: Sequence[Group]) -> tuple[Span, ...]:
    """Where the words that matched stand in the excerpt's text."""
    wanted = {a.term for group in groups for a in group.alternatives}
    return tuple(
        (start, end)
        for start, end, word in words(excerpt.text)
        if term(word, excerpt.passage.language) in wanted
    )


def checked_quote(excerpt: Excerpt, speech: Speech, marks: tuple[Span, ...]) -> Quote:
    """The quote of an excerpt, after comparing it byte for byte with the stored speech.

    Raises:
        IndexDamaged: the words are not in the speech where they should be.
    """
    passage = excerpt.passage
    said = speech.text[excerpt.start : excerpt.end]
    if not said or said.encode() != excerpt.text.encode():
        raise IndexDamaged(
            f"A passage of speech “{speech.id}” is not in its text, and is not shown; make the "
            "index anew: rostrum reindex --full"
        )
    return Quote(
        text=said,
        speech_id=speech.id,
        start=excerpt.start,
        end=excerpt.end,
        speaker=passage.speaker,
        date=speech.date,
        title=speech.title,
        source=speech.source,
        url=speech.url,
        language=speech.language,
        score=excerpt.score,
        marks=marks,
        before=speech.text[passage.start : excerpt.start],
        after=speech.text[excerpt.end : passage.end],
        invented=speech.extra.get("invented") in (True, "true"),
    )


def near_identical(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether two texts, given as sets of words, are the same statement but for a few words.

    A number or a negation that only one of them has makes them two statements.
    """
    differing = ours ^ theirs
    return (
        len(ours & theirs) >= 0.8 * max(len(ours), len(theirs), 1)
        and not differing & _NEGATIONS
        and not any(word[0].isdigit() for word in differing)
    )
