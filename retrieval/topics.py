"""What a collection does speak of, near to a question that it does not answer: its own words."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embeddings.analysis import term, words
from embeddings.encoder import Vectors
from retrieval.question import FRAME_WORDS
from retrieval.records import Language, Passage
from retrieval.sentences import BEGINNERS
from retrieval.silence import THRESHOLD

if TYPE_CHECKING:
    from retrieval.index import Index

_LONGEST = 3  # words
_LEAST_NEARNESS = 0.35
"""Cosine with the question below which a phrase is no hint."""
_LEAST_NEARNESS_OF_END = 0.2
"""The same of a phrase's last word alone: one that it only happens to stand before is no part."""
_SHORTEST_WORD = 3  # letters
_ALONE = 0.1
"""What a single word falls behind two or three, which say more."""
_DILUTED = 0.2
"""Most that a quote of several sentences is less near than the one that holds the phrase."""
_COMMON, _COMMON_SHARE = 20, 0.08
"""A word in more passages than both of these (a number, a share) is on every subject."""

_ALSO_SMALL: dict[Language, str] = {
    "en": """must may might shall even still very just only well new good great including part
        number course""",
    "ru": """должен должна должно должны можно нужно нужен нужна нужны некий некоторый всякий любой
        каждый самый данный свой наш ваш весь вся всё всех всем всеми всего всю такой другой иной
        много более менее очень оттуда отсюда откуда туда сюда ниже выше включая исключая ход рамка
        часть число""",
    "az": "lazım bütün hər heç çox daha ən belə öz bizim sizin digər",
}
_SMALL = BEGINNERS.union(*FRAME_WORDS.values())
_SMALL_STEMS = frozenset(
    term(word, language)
    for language, also in _ALSO_SMALL.items()
    for word in (*FRAME_WORDS[language], *also.split())
)
_JOINING = frozenset(
    "и в во на с со к по о об от из для до за при без and of in on for with to from və ilə".split()
)
_BETWEEN = (" ", "\u00a0", "-")

# How Russian verbs, and adverbs and adjectives, end; a noun that ends so is lost in that form.
_VERB = re.compile(
    r"(?:(?<![ое]с)ть|ться|чь|тся|[её]мся|имся|[аеияу]л[аио]?(?:с[ья])?|[бгх]л[ои]|[аеуюия]т|[аяу]ем|"
    r"ешь|ишь|[аяу]ю|вши(?:сь)?|ив|ав|[аеёя]но|ованы?)$"
)
_ADJECTIVE = re.compile(r"(?:[ыи]й|ая|яя|[ое]е|ые|ых|[ыи]ми|[ое]го|[ое]му|[ую]ю|[нк]ой|нно|ски)$")


class _Sentence(NamedTuple):
    text: str
    numbers: list[int]
    """Of its words."""
    language: Language
    passage: int


class _Phrase(NamedTuple):
    """Neighbouring words of a sentence."""

    text: str
    words: list[str]
    """Those that tell something, folded."""
    numbers: list[int]
    """Of these."""
    sentence: _Sentence


def nearest_topics(
    passages: Sequence[Passage],
    question: Vectors,
    index: Index,
    language: Language,
    least: float = THRESHOLD,
    limit: int = 3,
) -> tuple[str, ...]:
    """Phrases of the passages that lie nearest to a question, and that are answered if asked.

    At most three words, of which none is on every subject and the last one may be a noun; first
    those in the language of the question.

    Args:
        passages: where to take them from: those that came nearest to an answer.
        question: the question's vector (of the index's word encoder), of unit length or zero.
        index: the collection that they are from.
        language: the question's.
        least: the probability from which a phrase counts as answered.
        limit: how many at most.
    """
    known, numbers = index.vocabulary.words(), array("q")
    sentences: list[_Sentence] = []
    said: list[tuple[int, int]] = []
    for place, passage in enumerate(passages):
        begin = len(numbers)
        for start, end in passage.sentences:
            text, first = passage.text[start - passage.start : end - passage.start], len(numbers)
            known.number(text, passage.language, numbers)
            sentences.append(_Sentence(text, numbers[first:].tolist(), passage.language, place))
        said.append((begin, len(numbers)))
    if not numbers or not question.any():
        return ()
    every_word = np.frombuffer(numbers, np.int64)
    vectors, norms, _, _ = known.table(every_word)
    distinct = np.unique(every_word)
    # most words are far from the question, and no phrase may end in one
    last = vectors[distinct] @ question >= _LEAST_NEARNESS_OF_END * norms[distinct]
    ends = set(distinct[last].tolist())
    phrases: dict[str, _Phrase] = {}
    for sentence in sentences:
        if not ends.isdisjoint(sentence.numbers):
            for phrase in _phrases(sentence):
                if phrase.numbers[-1] in ends:
                    phrases.setdefault(phrase.text, phrase)
    every = list(phrases.values())
    if not every:
        return ()
    directions = np.array([_unit(vectors[phrase.numbers].sum(axis=0)) for phrase in every])
    nearness = directions @ question
    order = sorted(
        np.flatnonzero(nearness >= _LEAST_NEARNESS).tolist(),
        key=lambda i: (
            every[i].sentence.language != language,
            _ALONE * (len(every[i].words) == 1) - nearness[i],
        ),
    )
    common = max(_COMMON, _COMMON_SHARE * index.manifest.passages)
    chosen: list[tuple[str, frozenset[str]]] = []
    for i in order:
        phrase = every[i]
        stems = frozenset(term(word, phrase.sentence.language) for word in phrase.words)
        if any(stems & others for _, others in chosen):
            continue
        if any(index.words.frequency(stem) > common for stem in stems):
            continue
        around = phrase.sentence.numbers, every_word[slice(*said[phrase.sentence.passage])]
        of_sentence, of_passage = (
            float(directions[i] @ _unit(vectors[some].sum(axis=0))) for some in around
        )
        near = max(0.0, of_sentence - _DILUTED, of_passage)
        count = len(phrase.words)
        if index.judge.probability(1.0, 1.0, near, count, index.manifest.passages) >= least:
            chosen.append((phrase.text, stems))
            if len(chosen) == limit:
                break
    return tuple(text for text, _ in chosen)


def _phrases(sentence: _Sentence) -> Iterator[_Phrase]:
    """Runs of words with nothing but spaces between, of which each tells something; two of them
    may be joined by a conjunction or preposition. None has part of a word that a hyphen joins, or
    of a name of several words; a Russian one has no verb."""
    text, numbers, language, _ = sentence
    found = list(words(text))
    joined = [
        text[end:start] == "-"
        or (
            text[end:start] in _BETWEEN
            and text[begin].isupper()
            and text[start].isupper()
            and _tells(word, language)
        )
        for (begin, end, word), (start, _, _) in pairwise(found)
    ]
    for first, (begin, _, _) in enumerate(found):
        if first and joined[first - 1]:
            continue
        telling: list[int] = []
        for last in range(first, min(first + _LONGEST, len(found))):
            if last > first and text[found[last - 1][1] : found[last][0]] not in _BETWEEN:
                break
            word = found[last][2]
            verb = language == "ru" and bool(_VERB.search(word))
            if _tells(word, language) and not verb:
                telling.append(last)
                whole = last == len(joined) or not joined[last]
                if whole and not (language == "ru" and _ADJECTIVE.search(word)):
                    said = text[begin : found[last][1]].replace("\u00a0", " ")
                    yield _Phrase(
                        said,
                        [found[at][2] for at in telling],
                        [numbers[at] for at in telling],
                        sentence,
                    )
            elif last == first or word not in _JOINING or _ADJECTIVE.search(found[last - 1][2]):
                break


def _tells(word: str, language: Language) -> bool:
    return (
        len(word) >= _SHORTEST_WORD
        and word.isalpha()
        and word not in _SMALL
        and term(word, language) not in _SMALL_STEMS
    )


def _unit(vector: Vectors) -> Vectors:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
