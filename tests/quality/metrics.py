"""What the figures mean: scores of one question's quotes, in the order they were given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from difflib import SequenceMatcher


def ndcg(right: Sequence[bool]) -> float:
    """nDCG where one thing is relevant: 1 / log2(1 + its rank), 0 if it was not found."""
    return 1 / math.log2(2 + right.index(True)) if True in right else 0.0


def reciprocal_rank(right: Sequence[bool]) -> float:
    """1 / the rank of the first right one, 0 if there is none."""
    return 1 / (1 + right.index(True)) if True in right else 0.0


def first(right: Sequence[bool]) -> float:
    """1 if the first is right, else 0: the mean of it is R@1."""
    return float(any(right[:1]))


def one_of_three(right: Sequence[bool]) -> float:
    """1 if one of the first three is right, else 0."""
    return float(any(right[:3]))


def holds(text: str, sentence: str) -> bool:
    """Whether half of a sentence or more is in a text, in one piece."""
    matcher = SequenceMatcher(None, text, sentence, autojunk=False)
    return 2 * matcher.find_longest_match().size >= len(sentence)
