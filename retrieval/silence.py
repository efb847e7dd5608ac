"""Whether anything was said at all: how likely a passage is to answer a question.

A logistic model of five figures, fitted by tests/quality/silence.py on questions that we wrote
ourselves, in three languages, over collections of one speech, of 100 and of 979. A short question
must be matched whole, a long one in part; and the more passages there are, the more of a question
some passage has by chance. The vectors that it looks at are always the built-in ones, so that it
holds for whatever model makes those of the index.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

WEIGHTS = Path(__file__).with_name("silence.json")
LARGEST = 30_000
"""Passages beyond which chance is taken to grow no more: 5,972 speeches refused too much else."""

THRESHOLD = 0.5
"""Probability below which nothing counts as said."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The weights of the five figures, and their bias."""

    loose: float
    """Share of the question's words, by rarity, found in the quote or what it refers to, a word of
    near meaning counting in part."""
    exact: float
    """The same of the words themselves, their translations and synonyms."""
    nearness: float
    """Cosine between the question and the quote."""
    words: float
    """Natural logarithm of the number of the question's words."""
    passages: float
    """Decimal logarithm of the number of passages."""
    bias: float

    def probability(
        self, loose: float, exact: float, nearness: float, words: int, passages: int
    ) -> float:
        """How likely it is that what these figures were taken of answers the question."""
        total = (
            self.loose * loose
            + self.exact * exact
            + self.nearness * nearness
            + self.words * math.log(max(1, words))
            + self.passages * math.log10(min(max(1, passages), LARGEST))
            + self.bias
        )
        return 1 / (1 + math.exp(-total))

    def least_coverage(self, threshold: float, words: int, passages: int) -> float:
        """The coverage that even the nearest passage must have to reach a threshold."""
        if threshold <= 0:
            return 0.0
        rest = self.probability(0.0, 0.0, 1.0, words, passages)
        missing = _logit(min(threshold, 1 - 1e-9)) - _logit(rest)
        return max(0.0, missing / (self.loose + self.exact))


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def fitted_judge() -> Judge:
    """The judge that ships with the package."""
    return Judge(**json.loads(WEIGHTS.read_text("utf-8")))
