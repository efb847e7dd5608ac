"""Made-up translations: texts whose every word is replaced by one of its translations.

Of Azerbaijani there are only thousands of sentences, and no question in one language about a
speech in another, but the lexicon knows the words. Replacing word by word is the code-switching
of Qin et al., "CoSDA-ML: Multi-Lingual Code-Switching Data Augmentation for Zero-Shot
Cross-Lingual NLP" (IJCAI 2020); that word order and grammar come out wrong does not matter to
vectors that know of neither.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from itertools import accumulate

import numpy as np

from embeddings.analysis import Language, detect_language, script_language, stem, words
from embeddings.lexicon import Lexicon
from embeddings.training.corpus import Corpus, Pair

_MOST_FORMS = 8

LANGUAGES: tuple[Language, ...] = ("en", "ru", "az")
SHARE_OF_QUESTIONS = 0.6
"""Pairs of which the question is put into another language; of the rest the passage is."""

Replacer = Callable[[str, Language, Language], str]
"""A text, its language and the language wanted; the text in that language, word by word."""

Choices = tuple[list[str], list[float]]
"""Words, and the running total of their probabilities."""


def azerbaijani_pairs(
    corpora: Sequence[Corpus], replace: Replacer, count: int, rng: np.random.Generator
) -> list[Pair]:
    """Made-up Azerbaijani sentences, each with the English or the Russian that it stands for.

    As many as asked for, or as there are sentences between English and Russian; of each pair one
    side drawn at random is put into Azerbaijani and one side drawn at random is its translation.
    """
    sentences = [
        pair
        for part in corpora
        if part.target == "ru" and not part.is_word_list
        for pair in part.pairs
    ]
    made = []
    for place in rng.permutation(len(sentences))[:count]:
        pair = sentences[place]
        side, other = rng.integers(0, 2, 2)
        made.append(Pair(replace(pair[side], ("en", "ru")[side], "az"), pair[other]))
    return made


def switched_pairs(
    pairs: Sequence[Pair], replace: Replacer, rng: np.random.Generator
) -> list[Pair]:
    """The pairs of one language, one side of each put into one of the other two languages."""
    switched = []
    for pair in pairs:
        source = detect_language(pair.target)
        target = LANGUAGES[(LANGUAGES.index(source) + rng.integers(1, len(LANGUAGES))) % 3]
        if rng.random() < SHARE_OF_QUESTIONS:
            switched.append(pair._replace(source=replace(pair.source, source, target)))
        else:
            switched.append(pair._replace(target=replace(pair.target, source, target)))
    return switched


def replacer(corpora: Sequence[Corpus], lexicon: Lexicon, rng: np.random.Generator) -> Replacer:
    """A function that puts a text of a language into another language, word by word.

    A translation is drawn by its score, its form by how often the corpora have it; a word that
    the lexicon lacks stays as it is.
    """
    forms = {language: _forms(corpora, language) for language in LANGUAGES}

    @cache
    def choices(stemmed: str, source: Language, target: Language) -> Choices | None:
        found: list[tuple[str, float]] = []
        for translation in lexicon.translate(stemmed, source, target):
            common = forms[target][translation.stem].most_common(_MOST_FORMS)
            common = common or [(translation.stem, 1)]
            total = sum(count for _, count in common)
            found += [(form, translation.score * count / total) for form, count in common]
        if not found:
            return None
        return [form for form, _ in found], list(accumulate(score for _, score in found))

    def replace(text: str, source: Language, target: Language) -> str:
        replaced = []
        for _, _, word in words(text):
            options = choices(stem(word, script_language(word, source)), source, target)
            if options:
                word = options[0][bisect(options[1], rng.random() * options[1][-1])]
            replaced.append(word)
        return " ".join(replaced)

    return replace


def _forms(corpora: Sequence[Corpus], language: Language) -> defaultdict[str, Counter[str]]:
    """How often the corpora have each word of a language, by stem."""
    forms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for part in corpora:
        for side, spoken in enumerate((part.source, part.target)):
            if spoken == language and not part.is_turkish:
                for pair in part.pairs:
                    for _, _, word in words(pair[side]):
                        forms[stem(word, language)][word] += 1
    return forms
