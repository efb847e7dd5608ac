"""What a collection does speak of, near to a question that it does not answer: its own words."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from embeddings.analysis import fold, term, words
from embeddings.encoder import Vectors
from retrieval.engine import Group
from retrieval.question import FRAME_WORDS
from retrieval.records import Language, Passage
from retrieval.sentences import BEGINNERS
from retrieval.silence import THRESHOLD

if TYPE_CHECKING:
    from retrieval.index import Index

_LONGEST = 3  # words
_LEAST_NEARNESS, _LEAST_NEARNESS_ALONE = 0.37, 0.5
"""Cosine with the question below which a phrase, or a single word, that shares no word with it is
no hint: words of some common pieces are near by chance (лосось, Лос-Анджелес)."""
_LEAST_NEARNESS_OF_SHARING = 0.25
"""The same of a phrase that has one of the question's words, its translation or synonym."""
_LEAST_WEIGHT = 0.7
"""Weight from which an alternative of a word is a word of the question."""
_SHARING = 0.3
"""What such a phrase is ahead, if the word is the question's rarest."""
_ALIKE = 3  # letters
_BEGINNING = 8
"""Characters of a term, its language among them, by which two topics are one: бананы, бананов."""
_LEAST_NEARNESS_OF_END = 0.2
"""The same of a phrase's last word alone: one that it only happens to stand before is no part."""
_SHORTEST_WORD = 3  # letters
_ALONE = 0.1
"""What a single word falls behind two or three, which say more."""
_OBLIQUE = 0.1
"""What a phrase falls behind that begins in a form which needs a sentence: «Японией», «Kənddə»."""
_DILUTED = 0.2
"""Most that a quote of several sentences is less near than the one that holds the phrase."""
_COMMON, _COMMON_SHARE = 20, 0.08
"""A word in more passages than both of these (a number, a share) is on every subject."""

_ALSO_SMALL: dict[Language, str] = {
    "en": """must may might shall even still very just only well new good great including part
        number course under over against like through among between within across around near
        particular million billion thousand""",
    "ru": """должен должна должно должны можно нужно нужен нужна нужны некий некоторый всякий любой
        каждый самый данный свой наш ваш весь вся всё всех всем всеми всего всю такой другой иной
        много более менее очень оттуда отсюда откуда туда сюда ниже выше включая исключая ход рамка
        часть число тысяча миллион миллиард процент""",
    "az": """lazım bütün hər heç çox daha ən belə öz bizim sizin digər həmin idi isə min milyon
        milyard faiz gələn yoxdur artıq""",
}
_SMALL = BEGINNERS.union(*FRAME_WORDS.values())
_SMALL_STEMS = frozenset(
    term(word, language)
    for language, also in _ALSO_SMALL.items()
    for word in (*FRAME_WORDS[language], *also.split())
)
_JOINING = frozenset(
    "в во на с со к по о об от из для до за при без of in on for with to from ilə".split()
)
_AND = frozenset("и and və".split())
_BETWEEN = (" ", "\u00a0", "-")

# How Russian verbs, and adverbs and adjectives, end; a noun that ends so is lost in that form.
_VERB = re.compile(
    r"(?:(?<![ое]с)ть|ться|чь|тся|[её]мся|имся|[аеияу]л[аио]?(?:с[ья])?|[бгх]л[ои]|[аеуюия]т|[аяу]ем|"
    r"ешь|ишь|[аяу]ю|вши(?:сь)?|ив|ав|[аеёя]но|ованы?)$"
)
_ADJECTIVE = re.compile(
    r"(?:[ыи]й|ая|яя|[ое]е|ые|[кгхшщ]ие|[ыи]х|[ыи]ми|[ое]го|[ое]му|[ую]ю|[нк]ой|нно|ски)$"
)
# The same of English and Azerbaijani, where only the last word of a phrase is looked at.
_NO_NOUN: dict[Language, re.Pattern[str]] = {
    "ru": _ADJECTIVE,
    "en": re.compile(r"[^e]ed$"),
    "az": re.compile(
        r"(?:[ıiuü]b|[ıiuü]r|[dt][ıiuü]rs?[aə]?|[ae]caq|əcək|m[aə][qk]|mal[ıi]|məli|dək|"
        r"\w{3}[dt][aə]n?|n[ıiuü]n|[ıiuü][qk])$"
    ),
}
_ENDS_OBLIQUE: dict[Language, re.Pattern[str]] = {
    "ru": re.compile(
        r"(?:[аяыи]ми|[ое]го|[ое]му|[аоеёя]м|[ыи]м|[аяыи]х|[ую]ю|[оеё]в|[ую]|[нк]ой|[её]й|ии|"
        r"(?<![еилоцщыь])е)$"
    ),
    "az": re.compile(r"(?:\w{3}[dt][aə]n?|n[ıiuü]n|lar[ıa]|lər[iə])$"),
}


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


class _Share(NamedTuple):
    """What a word is of the question."""

    weight: float
    """0 to 1: how surely it is one of its words, and how rare that is."""
    group: int
    """Which one; -1 for none."""


_NOTHING = _Share(0.0, -1)


def nearest_topics(
    passages: Sequence[Passage],
    question: Vectors,
    groups: Sequence[Group],
    index: Index,
    language: Language,
    least: float = THRESHOLD,
    limit: int = 3,
) -> tuple[str, ...]:
    """Phrases of the passages that lie nearest to a question, and that are answered if asked.

    At most three words, of which none is on every subject and the last one may be a noun; first
    those in the language of the question, then those that have a word of it.

    Args:
        passages: where to take them from: those that came nearest to an answer.
        question: the question's vector (of the index's word encoder), of unit length or zero.
        groups: the question's words.
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
    vectors, norms, terms, _ = known.table(every_word)
    distinct = np.unique(every_word)
    wanted = {
        known.terms[name]: share for name, share in _shares(groups).items() if name in known.terms
    }
    shared = {
        number: wanted[row]
        for number, row in zip(distinct.tolist(), terms[distinct].tolist(), strict=True)
        if row in wanted
    }
    # most words are far from the question, and no phrase may end in one
    last = vectors[distinct] @ question >= _LEAST_NEARNESS_OF_END * norms[distinct]
    ends = {*distinct[last].tolist(), *shared}
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
    sharing = [max(shared.get(number, _NOTHING) for number in phrase.numbers) for phrase in every]
    alike = {fold(group.word)[:_ALIKE] for group in groups}
    hints = [
        i
        for i, phrase in enumerate(every)
        if (
            nearness[i] >= _LEAST_NEARNESS_OF_SHARING
            if sharing[i].weight
            else nearness[i]
            >= (_LEAST_NEARNESS if len(phrase.words) > 1 else _LEAST_NEARNESS_ALONE)
            and alike.isdisjoint(word[:_ALIKE] for word in phrase.words)
        )
    ]
    order = sorted(
        hints,
        key=lambda i: (
            every[i].sentence.language != language,
            _ALONE * (len(every[i].words) == 1)
            + _OBLIQUE * _is_oblique(every[i])
            - _SHARING * sharing[i].weight
            - nearness[i],
        ),
    )
    common = max(_COMMON, _COMMON_SHARE * index.manifest.passages)
    chosen: dict[str, frozenset[str]] = {}
    told: dict[int, Language] = {}
    for i in order:
        phrase = every[i]
        spoken, group = phrase.sentence.language, sharing[i].group
        stems = frozenset(term(word, spoken) for word in phrase.words)
        begins = frozenset(stem[:_BEGINNING] for stem in stems)
        if len(begins) < len(phrase.words) or any(begins & others for others in chosen.values()):
            continue
        if told.get(group, spoken) != spoken:  # it would be a translation
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
            chosen[phrase.text] = begins
            if sharing[i].weight:
                told.setdefault(group, spoken)
            if len(chosen) == limit:
                break
    return tuple(chosen)


def _shares(groups: Sequence[Group]) -> dict[str, _Share]:
    """What each index term that stands for a word of the question is of it."""
    most = max((group.idf for group in groups), default=0.0) or 1.0
    shares: dict[str, _Share] = {}
    for number, group in enumerate(groups):
        for alternative in group.alternatives:
            if alternative.weight >= _LEAST_WEIGHT:
                share = _Share(alternative.weight * group.idf / most, number)
                shares[alternative.term] = max(shares.get(alternative.term, _NOTHING), share)
    return shares


def _is_oblique(phrase: _Phrase) -> bool:
    ending = _ENDS_OBLIQUE.get(phrase.sentence.language)
    return bool(ending and ending.search(phrase.words[0]))


def _phrases(sentence: _Sentence) -> Iterator[_Phrase]:
    """Runs of words with nothing but spaces between, of which each tells something; two of them
    may be joined by a preposition, two names by a conjunction. None has part of a word that a
    hyphen joins, or of a name of several words; a Russian one has no verb."""
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
                if whole and not _NO_NOUN[language].search(word):
                    said = text[begin : found[last][1]].replace("\u00a0", " ")
                    yield _Phrase(
                        said,
                        [found[at][2] for at in telling],
                        [numbers[at] for at in telling],
                        sentence,
                    )
            elif (
                last == first
                or not (word in _JOINING or (word in _AND and _names(text, found, last)))
                or _ADJECTIVE.search(found[last - 1][2])
            ):
                break


def _names(text: str, found: Sequence[tuple[int, int, str]], at: int) -> bool:
    """Whether the words before and after one both begin with a capital."""
    beside = [found[place][0] for place in (at - 1, at + 1) if 0 <= place < len(found)]
    return len(beside) == 2 and all(text[begin].isupper() for begin in beside)


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
