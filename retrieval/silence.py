"""Whether anything was said at all: how likely a passage is to answer a question.

A logistic model of six figures, fitted by tests/quality/silence.py on questions that we wrote
ourselves, in three languages, over collections of one speech, of 100 and of 979. A short question
must be matched whole, a long one in part; a name or a number that is not there tells more than any
other word; and the more passages there are, the more of a question some passage has by chance.
The vectors that it looks at are always the built-in ones, so that it holds for whatever model
makes those of the index.
"""

from __future__ import annotations

import json
import math
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.engine import Group

WEIGHTS = Path(__file__).with_name("silence.json")
LARGEST = 30_000
"""Passages beyond which chance is taken to grow no more: 5,972 speeches refused too much else."""

_ONE_WORD = 1.5
"""How many words one word counts as: a topic («вода») is spoken of or it is not, and a match by
chance of half a question is no danger."""
_LARGEST_OF_ONE = 10_000
"""The same as :data:`LARGEST` for one word, which chance does not put together."""

_BEGINNING = re.compile(r"(?:^|[.!?…]\s)\W*(\w+)")  # the first word of a sentence

THRESHOLD = 0.5
"""Probability below which nothing counts as said."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The weights of the six figures, and their bias."""

    loose: float
    """Share of the question's words, by rarity, found in the quote or what it refers to, a word of
    near meaning counting in part; as 2x - x², because the last word means less than the first."""
    exact: float
    """The same of the words themselves, their translations and synonyms; as it is."""
    nearness: float
    """Cosine between the question and the quote."""
    words: float
    """Natural logarithm of the number of the question's words."""
    passages: float
    """Decimal logarithm of the number of passages."""
    missing: float
    """Share of the question's words, by rarity, that are names or numbers and not there."""
    bias: float

    def probability(
        self,
        loose: float,
        exact: float,
        nearness: float,
        words: int,
        passages: int,
        missing: float = 0.0,
    ) -> float:
        """How likely it is that what these figures were taken of answers the question."""
        found = figures(loose, exact, nearness, words, passages, missing)
        weights = (self.loose, self.exact, self.nearness, self.words, self.passages, self.missing)
        total = sum(map(operator.mul, weights, found)) + self.bias
        return 1 / (1 + math.exp(-total))

    def least_coverage(self, threshold: float, words: int, passages: int) -> float:
        """The coverage that even the nearest passage must have to reach a threshold."""
        if threshold <= 0:
            return 0.0
        rest = self.probability(0.0, 0.0, 1.0, words, passages)
        lacking = _logit(min(threshold, 1 - 1e-9)) - _logit(rest)
        # where loose × (2x - x²) + exact × x makes up for it
        half = self.loose + self.exact / 2
        return max(0.0, (half - math.sqrt(max(0.0, half**2 - self.loose * lacking))) / self.loose)


def figures(
    loose: float, exact: float, nearness: float, words: int, passages: int, missing: float
) -> tuple[float, ...]:
    """The six figures of :class:`Judge`, as they are weighted."""
    largest = LARGEST if words > 1 else _LARGEST_OF_ONE
    return (
        loose * (2 - loose),
        exact,
        nearness,
        math.log(max(_ONE_WORD, words)),
        math.log10(min(max(1, passages), largest)),
        missing,
    )


def with_the_word(groups: Sequence[Group], searched: int) -> int:
    """How many of the passages ``searched`` have a question's only word, or the rarer one of two.

    A passage that has it, or the two side by side («Silk Road»), is one of these: where two speak
    of bitcoin, neither does so by chance. All, if the question has more words.
    """
    if len(groups) not in (1, 2):
        return searched
    return max(1, round(searched * math.exp(-max(group.idf for group in groups))))


def names_and_numbers(question: str, groups: Sequence[Group]) -> NDArray[np.bool_]:
    """Which of a question's words are names or numbers, as far as capitals tell; of (groups,)."""
    shouted = question.isupper()
    first = {match[1] for match in _BEGINNING.finditer(question)}
    return np.array(
        [
            word[:1].isdigit()
            or (
                not shouted
                and word[:1].isupper()
                and re.split(r"\W", word, maxsplit=1)[0] not in first
            )
            for word in (group.word for group in groups)
        ],
        dtype=np.bool_,
    )


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def fitted_judge() -> Judge:
    """The judge that ships with the package."""
    return Judge(**json.loads(WEIGHTS.read_text("utf-8")))
