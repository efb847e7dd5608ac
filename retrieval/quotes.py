"""Which sentences of a passage answer, and the proof that a quote is what was said."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.analysis import fold, folded_words, term, words
from embeddings.encoder import Vectors
from retrieval.engine import Group
from retrieval.errors import IndexDamaged
from retrieval.evidence import Evidence, Weights
from retrieval.names import same_word
from retrieval.openers import lean
from retrieval.question import FRAME_WORDS
from retrieval.records import Passage, Quote, Span, Speech
from retrieval.silence import Judge, with_the_word

_Floats = NDArray[np.floating[Any]]
_Sentence = tuple[Passage, Span]

MAX_SENTENCES = 4
MAX_CHARACTERS = 700

_NEGATIONS = frozenset("не нет ни без not no never nor without cannot deyil yox heç".split())

_VECTOR_SHARE = 0.3

_LEAST_RARITY = 0.3
"""A word counts at least this share of the rarest one: in few passages rarity says little."""

_TOGETHER = 0.4
"""Weight of what one sentence has of the question: words that stand close belong together."""

_CONTEXT = 0.02
"""Gain of each sentence beyond the first: a reader should see what a statement refers to."""

_LEANING = 0.07
"""Cost of each degree (:class:`retrieval.openers.Lean`) to which a quote leans on a sentence before
it that it could begin with."""

_LENGTH = 0.05
"""Cost, in the order of passages, of each doubling: much text has many words by chance."""

_SHORT = 100
"""Characters below which a quote takes a sentence beside it, if its paragraph has one."""

_HEADING = 60
"""Characters below which words that end without a sign head what follows."""

_NEARLY = 0.8
"""Share of their words that two statements have in common which are one."""

_SAME_NAME = 0.9
"""Nearness from which two spellings are of one name."""
_SURELY = 0.7
"""Weight from which an alternative of each of two words, side by side, names what they name."""

_PER_PASSAGE = 2
"""Excerpts of one passage, with a sentence or more between them: it may answer in two places."""
_AGAIN = 10
"""A passage's second excerpt must be as good as that of so many passages: few are looked for."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A run of whole sentences of a passage, and how well it answers (0 to 1)."""

    passage: Passage
    start: int
    end: int
    score: float
    """How likely it answers: :meth:`retrieval.silence.Judge.probability`."""
    relevance: float
    """How well the passage answers; only the order of these figures means something."""
    statement: str
    """The sentence of the excerpt that answers best: two excerpts that share it say the same."""
    vector: Vectors = field(compare=False)
    """Of what it says, of unit length or zero."""
    preceding: Passage | None = None
    """The passage before, if the same person speaks there."""

    @property
    def text(self) -> str:
        """The excerpt's words."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]


def rarities(groups: Sequence[Group]) -> NDArray[np.float64]:
    """The share of the question that each of its words is worth; of shape (groups,), sums to 1."""
    rarity = np.array([group.idf for group in groups])
    rarity = np.maximum(rarity, _LEAST_RARITY * rarity.max(initial=0.0))
    shares: NDArray[np.float64] = rarity / (rarity.sum() or 1.0)
    return shares


def _share_of_answer(passage: Passage, sentence: Span) -> float:
    """How far a sentence states something rather than announces, asks or heads it."""
    text = _text(passage, sentence)
    last = text.rstrip("\"'»”)")[-1:]
    words_only = len(text) < _HEADING and text.replace(" ", "").isalpha()  # no row of a table
    if words_only and sentence != passage.sentences[-1]:
        return 0.6
    return {":": 0.5, "?": 0.6}.get(last, 1.0)


def best_excerpts(
    passages: Sequence[Passage],
    evidence: Evidence,
    groups: Sequence[Group],
    phrases: Sequence[tuple[str, ...]],
    query: Vectors,
    judge: Judge,
    searched: int,
    preceding: Mapping[int, Passage],
    named: NDArray[np.bool_],
) -> list[Excerpt]:
    """The excerpts of each passage that answer best: one to four consecutive sentences.

    At most 700 characters, unless one longer sentence stands alone. Every exact phrase of the
    question must be inside; a passage where no excerpt has them all is left out.

    Args:
        passages: where to look.
        evidence: what their sentences have to do with the question.
        groups: the question's words.
        phrases: the question's exact phrases, as folded words.
        query: the question's vector, of shape (dimensions,), of unit length or zero.
        judge: who says how likely an excerpt answers.
        searched: how many passages the best ones are the best of.
        preceding: by the place of a passage, the one before it in the same voice.
        named: which of the question's words are names or numbers, of shape (groups,).
    """
    sentences = [(passage, span) for passage in passages for span in passage.sentences]
    first_, last_ = _windows(sentences, phrases)
    if not len(first_):
        return []
    before = np.cumsum([0, *(len(passage.sentences) for passage in passages)])
    owner = np.searchsorted(before, first_, side="right") - 1
    spans = np.array([span for _, span in sentences])
    starts, ends = spans[first_, 0], spans[last_, 1]

    rarity = rarities(groups)

    def best_within(of_sentences: _Floats) -> _Floats:
        best: _Floats = of_sentences[first_]
        for ahead in range(1, MAX_SENTENCES):
            longer = np.flatnonzero(first_ + ahead <= last_)
            best[longer] = np.maximum(best[longer], of_sentences[first_[longer] + ahead])
        return best

    def found(weights: Weights) -> _Floats:
        within: _Floats = np.maximum(best_within(weights), evidence.around[owner])
        return within

    alone = evidence.loose @ rarity
    nearness = np.maximum(0.0, _cosines(evidence.vectors, first_, last_, query))
    share = np.array([_share_of_answer(*sentence) for sentence in sentences])[last_]
    exactly = found(evidence.exact)
    holding = with_the_word(groups, searched)
    loose, exact = found(evidence.loose) @ rarity, exactly @ rarity
    missing = (1 - exactly[:, named]) @ rarity[named]
    fit = share * (
        (1 - _VECTOR_SHARE) * loose + _VECTOR_SHARE * nearness
    ) + _TOGETHER * best_within(alone)
    relevance = fit - _LENGTH * np.log2(ends - starts + 100)
    chosen = fit + _CONTEXT * (last_ - first_)

    def best_begun(number: int, some: NDArray[np.intp]) -> int:
        windows = np.stack([first_[some], last_[some]], axis=1) - before[number]
        leans = _leans(passages[number], windows.tolist(), preceding.get(number))
        return int(some[np.argmax(chosen[some] - _LEANING * leans)])

    edges = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(owner)]
    windows_of = {int(owner[begin]): np.arange(begin, end) for begin, end in pairwise(edges)}
    leading = sorted((relevance[mine].max() for mine in windows_of.values()), reverse=True)
    least = leading[_AGAIN - 1] if len(leading) >= _AGAIN else -np.inf
    excerpts = []
    for number, mine in windows_of.items():
        passage = passages[number]
        for _ in range(_PER_PASSAGE):
            top = float(relevance[mine].max())
            i = int(mine[np.argmax(chosen[mine])])
            if lean(_text(passage, (starts[i], ends[i])), passage.language):
                i = best_begun(number, mine)
            best = int(first_[i] + np.argmax(alone[first_[i] : last_[i] + 1]))
            shown = i  # what is judged stays the answer, not what stands beside it
            if ends[i] - starts[i] < _SHORT:
                around = mine[(first_[mine] <= first_[i]) & (last_[mine] >= last_[i])]
                around = around[ends[around] - starts[around] >= _SHORT]
                if len(around):
                    count = last_[around] - first_[around]
                    shown = best_begun(number, around[count == count.min()])
            vector = evidence.vectors[first_[shown] : last_[shown] + 1].sum(axis=0)
            excerpts.append(
                Excerpt(
                    passage,
                    int(starts[shown]),
                    int(ends[shown]),
                    judge.probability(
                        float(loose[i]),
                        float(exact[i]),
                        float(nearness[i]),
                        len(groups),
                        holding
                        if _is_named(groups, passage, (starts[i], ends[i]), float(exact[i]))
                        else searched,
                        float(missing[i]),
                    ),
                    top,
                    _text(*sentences[best]),
                    vector / (np.linalg.norm(vector) or 1.0),
                    preceding.get(number),
                )
            )
            if top < least:
                break
            mine = mine[(last_[mine] + 1 < first_[shown]) | (first_[mine] > last_[shown] + 1)]
            if not len(mine) or relevance[mine].max() < least:
                break
    return excerpts


def _is_named(groups: Sequence[Group], passage: Passage, span: Sequence[int], exact: float) -> bool:
    """Whether a topic of one word or two is named: the word itself, in any form; or the two words,
    or what surely stands for them, side by side.

    A name is the same word in another alphabet: what has Merkel has Меркель.
    """
    if len(groups) == 1:
        (group,) = groups
        own = term(fold(group.word), passage.language)
        return any(
            math.isclose(alternative.weight, exact, rel_tol=1e-6)
            and (
                (exact == 1 and alternative.term == own)
                or (
                    group.word[0].isupper()
                    and same_word(group.word, alternative.term.partition(":")[2], _SAME_NAME)
                )
            )
            for alternative in group.alternatives
        )
    if len(groups) != 2 or exact < _SURELY:
        return False
    one, other = ({a.term for a in g.alternatives if a.weight >= _SURELY} for g in groups)
    said = [term(word, passage.language) for word in folded_words(_text(passage, span))]
    return any(
        a != b and ((a in one and b in other) or (a in other and b in one))
        for a, b in pairwise(said)
    )


def _text(passage: Passage, span: Sequence[int]) -> str:
    return passage.text[span[0] - passage.start : span[1] - passage.start]


def _windows(
    sentences: Sequence[_Sentence], phrases: Sequence[tuple[str, ...]]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last sentence of every run that may be a quote; both of shape (runs,).

    It stays in one paragraph, is not too long, and holds every phrase.
    """
    starts, ends = np.array([span for _, span in sentences], np.intp).reshape(-1, 2).T
    follows = np.array(
        [False, *(_in_one_paragraph(one, other) for one, other in pairwise(sentences))], np.bool_
    )
    allowed = np.zeros((len(sentences), MAX_SENTENCES), np.bool_)
    allowed[:, 0] = True
    for ahead in range(1, MAX_SENTENCES):
        allowed[:-ahead, ahead] = (
            allowed[:-ahead, ahead - 1]
            & follows[ahead:]
            & (ends[ahead:] - starts[:-ahead] <= MAX_CHARACTERS)
        )
    first, more = np.nonzero(allowed)
    last = first + more
    if phrases:
        texts = [
            _text(sentences[one][0], (starts[one], ends[other]))
            for one, other in zip(first.tolist(), last.tolist(), strict=True)
        ]
        whole = [all(holds(text, phrase) for phrase in phrases) for text in texts]
        first, last = first[whole], last[whole]
    return first, last


def _in_one_paragraph(one: _Sentence, other: _Sentence) -> bool:
    (passage, (_, end)), (its, (start, _)) = one, other
    return its is passage and _text(passage, (end, start)).count("\n") <= 1


def _cosines(
    vectors: Vectors, first: NDArray[np.intp], last: NDArray[np.intp], query: Vectors
) -> _Floats:
    """Cosine between a query and the sum of each run of sentences; of shape (runs,).

    From the products of sentences at most three apart, which are far fewer than the runs' sums.
    """
    products = np.concatenate([[0.0], np.cumsum(vectors @ query, dtype=np.float64)])
    squares = np.zeros(len(first))
    for apart in range(min(MAX_SENTENCES, len(vectors))):
        between = np.einsum("ij,ij->i", vectors[: len(vectors) - apart], vectors[apart:])
        upto = np.concatenate([[0.0], np.cumsum(between, dtype=np.float64)])
        longer = np.flatnonzero(last - first >= apart)
        both = 1 if apart == 0 else 2
        squares[longer] += both * (upto[last[longer] + 1 - apart] - upto[first[longer]])
    lengths = np.sqrt(np.maximum(squares, 0.0)) * np.linalg.norm(query)
    cosines: _Floats = (products[last + 1] - products[first]) / np.where(lengths > 0, lengths, 1.0)
    return cosines


def mended(excerpt: Excerpt, speech: Speech, quoted: int = 0) -> Excerpt:
    """The excerpt with the sentences before it that its first one leans on.

    They stand in the same paragraph and voice, and the caps on sentences and characters hold.
    What begins before ``quoted`` stands in another quote, and is not taken.
    """
    passage = excerpt.passage
    count = sum(excerpt.start <= start < excerpt.end for start, _ in passage.sentences)
    earlier = [span for span in passage.sentences if span[1] <= excerpt.start]
    if excerpt.preceding:
        earlier = [*excerpt.preceding.sentences, *earlier]
    begin = at = excerpt.start
    least = lean(excerpt.text, passage.language)
    for start, end in reversed(earlier):
        gap = speech.text[end:at]
        count += 1
        if (
            not least
            or count > MAX_SENTENCES
            or excerpt.end - start > MAX_CHARACTERS
            or gap.strip()
            or gap.count("\n") > 1
            or start < quoted
        ):
            break
        at = start
        leaning = lean(speech.text[start:end], passage.language)
        if leaning < least:
            begin, least = start, leaning
    if begin < passage.start and (before := excerpt.preceding):
        passage = replace(
            passage,
            start=before.start,
            text=before.text + speech.text[before.end : passage.start] + passage.text,
            sentences=before.sentences + passage.sentences,
        )
    return replace(excerpt, passage=passage, start=begin)


def _leans(
    passage: Passage, windows: Sequence[Sequence[int]], preceding: Passage | None
) -> NDArray[np.float64]:
    """How far each window leans on a sentence that it could begin with instead; of (windows,).

    It does not where nothing comes before, or where :func:`mended` has room to add what does.
    """
    sentences = passage.sentences
    levels = [
        lean(passage.text[start - passage.start : end - passage.start], passage.language)
        for start, end in sentences
    ]
    room = MAX_CHARACTERS - (passage.start - preceding.sentences[-1][0]) if preceding else 0
    leans = []
    for first, last in windows:
        fits = last + 1 < MAX_SENTENCES and sentences[last][1] - passage.start <= room
        leans.append(0 if first == 0 and (fits or not preceding) else levels[first])
    return np.array(leans, dtype=np.float64)


def holds(text: str, phrase: tuple[str, ...]) -> bool:
    """Whether folded words stand in a text one after the other."""
    folded = folded_words(text)
    size = len(phrase)
    return any(tuple(folded[i : i + size]) == phrase for i in range(len(folded) - size + 1))


def marks(excerpt: Excerpt, groups: Sequence[Group]) -> tuple[Span, ...]:
    """Where the words that matched stand in the excerpt's text, but for those that say little."""
    wanted = {a.term for group in groups for a in group.alternatives}
    small = FRAME_WORDS[excerpt.passage.language]
    return tuple(
        (start, end)
        for start, end, word in words(excerpt.text)
        if word not in small and term(word, excerpt.passage.language) in wanted
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
        place=speech.place,
        occasion=speech.occasion,
        marks=marks,
        before=speech.text[passage.start : excerpt.start],
        after=speech.text[excerpt.end : passage.end],
        invented=speech.invented,
        country=speech.country,
    )


@lru_cache(maxsize=1024)
def _word_set(text: str) -> frozenset[str]:
    return frozenset(folded_words(text))


def near_identical(one: str, other: str) -> bool:
    """Whether two texts are the same statement but for a few words.

    A number or a negation that only one of them has makes them two statements.
    """
    ours, theirs = _word_set(one), _word_set(other)
    least = _NEARLY * max(len(ours), len(theirs), 1)
    if min(len(ours), len(theirs)) < least or len(ours & theirs) < least:
        return False
    differing = ours ^ theirs
    return not differing & _NEGATIONS and not any(word[0].isdigit() for word in differing)
