"""Translations of one speech: the same speaker, the same day, the same words in another language.

Press offices publish a speech in several languages. An answer that quotes it in each of them says
one thing three times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.analysis import Language
from embeddings.encoder import Vectors
from retrieval.names import same_person

LEAST_LIKENESS = 0.55
"""Chosen on NTREX lines 1-1000, cut into texts of 16 sentences in the three languages: 99 of 100
translations are at .59 or above, 999 of 1,000 pairs of different texts at .45 or below."""

_DAYS_APART = 1  # a translation may be published on the next morning
_FARTHEST = 0.2  # of a speech's length: how far from its own place a passage's translation stands
_LENGTHS = 2.5  # times as long as its translation, at most


class Sketch(NamedTuple):
    """What tells quickly that two speeches are not the same."""

    number: int
    """The speech's number in its store."""
    language: Language
    date: str
    speakers: frozenset[str]
    characters: int


def families(
    speeches: Collection[Sketch],
    vectors: Callable[[int], Vectors],
    fresh: Collection[int] | None = None,
) -> list[tuple[int, ...]]:
    """Groups of speeches that are translations of each other, as sorted numbers.

    Args:
        speeches: all that may be siblings; those without a whole date are passed over.
        fresh: the numbers of those one of which a pair must have to be compared; None for all.
        vectors: the unit vectors of a speech's passages, of shape (passages, dimensions), by its
            number, all made by one encoder that brings the languages together.
    """
    root: dict[int, int] = {}

    def find(number: int) -> int:
        while (parent := root.setdefault(number, number)) != number:
            number = parent
        return number

    for one, other in _possible(speeches):
        if fresh is not None and one.number not in fresh and other.number not in fresh:
            continue
        if find(one.number) == find(other.number):
            continue
        if likeness(vectors(one.number), vectors(other.number)) >= LEAST_LIKENESS:
            root[find(one.number)] = find(other.number)
    groups: defaultdict[int, list[int]] = defaultdict(list)
    for number in root:
        groups[find(number)].append(number)
    return sorted(tuple(sorted(group)) for group in groups.values() if len(group) > 1)


def _possible(speeches: Collection[Sketch]) -> Iterator[tuple[Sketch, Sketch]]:
    by_day: defaultdict[date, list[Sketch]] = defaultdict(list)
    for sketch in speeches:
        if len(sketch.date) == len("2025-10-21"):
            by_day[date.fromisoformat(sketch.date)].append(sketch)
    for day, here in by_day.items():
        next_day = by_day.get(day + timedelta(days=_DAYS_APART), [])
        pairs = [*combinations(here, 2), *((a, b) for a in here for b in next_day)]
        for one, other in pairs:
            if one.language != other.language and _may_be_siblings(one, other):
                yield one, other


def days_around(dates: Collection[str]) -> set[str]:
    """The whole dates among these, and those on which translations may have been published."""
    around: set[str] = set()
    for written in dates:
        if len(written) == len("2025-10-21"):
            day = date.fromisoformat(written)
            for step in range(-_DAYS_APART, _DAYS_APART + 1):
                around.add((day + timedelta(days=step)).isoformat())
    return around


def _may_be_siblings(one: Sketch, other: Sketch) -> bool:
    shorter, longer = sorted((one.characters, other.characters))
    if longer > _LENGTHS * shorter:
        return False
    return not (one.speakers and other.speakers) or any(
        same_person(a, b) or same_person(b, a) for a in one.speakers for b in other.speakers
    )


def likeness(one: Vectors, other: Vectors) -> float:
    """How far the passages of two speeches say the same in the same order, -1 to 1.

    The mean, over the passages of both, of the cosine to the nearest passage that stands at about
    the same place in the other speech.
    """
    shorter = min(len(one), len(other))
    apart = np.abs(_places(len(one))[:, None] - _places(len(other))[None, :])
    cosines = np.where(apart <= max(_FARTHEST, 0.5 / shorter), one @ other.T, 0.0)
    return float(cosines.max(axis=1).mean() + cosines.max(axis=0).mean()) / 2


def _places(passages: int) -> NDArray[np.float64]:
    """Where the middle of each passage stands, as a share of the speech."""
    return (np.arange(passages) + 0.5) / passages
