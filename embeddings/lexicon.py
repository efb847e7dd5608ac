"""Word translations with weights, learned from parallel text (training/lexicon.py).

One NumPy archive (.npz), a few megabytes. Each table is read, and its checksum tested, when a
question first needs it: most need two of the six directions.
"""

from __future__ import annotations

import json
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.analysis import Language
from embeddings.errors import ModelError

Scores = dict[str, dict[str, float]]
"""Source stem, target stem: score in (0, 1]."""

COARSE_LETTERS = 4
"""First letters of an Azerbaijani stem, under which words that begin alike are filed together."""

_STEMS = "stems.{}"
_COUNTS = "counts.{}.{}"
_TARGETS = "targets.{}.{}"
_SCORES = "scores.{}.{}"
_META = "meta"
_HEADER = threading.Lock()
"""NumPy parses an array's header as Python, which in Python 3.11 fails now and then where several
threads do so at once (CPython issue 106905)."""


class Translation(NamedTuple):
    """A stem of the target language and the alignment score behind it, in (0, 1]."""

    stem: str
    score: float


class _Direction(NamedTuple):
    """Translations of stem i: rows starts[i] to starts[i + 1] of the two other arrays."""

    starts: memoryview
    targets: NDArray[np.unsignedinteger]
    scores: NDArray[np.float16]


class _Stems:
    """The stems of a language, sorted; found by bisection, for a dict takes too long to fill."""

    def __init__(self, lines: NDArray[np.uint8]) -> None:
        self._bytes = lines.tobytes()
        ends = np.flatnonzero(lines == ord("\n"))
        self._starts: memoryview = np.concatenate([[0], ends + 1]).data
        self._ends: memoryview = np.concatenate([ends, [len(lines)]]).data

    def __getitem__(self, number: int) -> str:
        return self._line(number).decode()

    def find(self, stem: str) -> int | None:
        """The number of a stem; None if it is not there."""
        line = stem.encode()
        number = bisect_left(range(len(self._ends)), line, key=self._line)
        return number if number < len(self._ends) and self._line(number) == line else None

    def _line(self, number: int) -> bytes:
        return self._bytes[self._starts[number] : self._ends[number]]


def _starts(counts: NDArray[np.uint8]) -> memoryview:
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts.data


class Lexicon:
    """Translations between stems of Russian, Azerbaijani and English, in every direction.

    Whatever reads a table raises ModelError if it is damaged.
    """

    def __init__(self, path: Path) -> None:
        """Open a lexicon file.

        Raises:
            ModelError: the file is missing, damaged or no lexicon.
        """
        self._path = path
        self._stems: dict[str, _Stems | None] = {}
        self._directions: dict[tuple[str, str], _Direction | None] = {}
        try:
            self._arrays = np.load(path)
            self.meta: dict[str, str] = json.loads(self._arrays[_META].tobytes())
            self._stems = dict.fromkeys(self.meta["languages"].split())
            for name in self.meta["directions"].split():
                source, target = name.split(".")
                self._directions[source, target] = None
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from None
        except Exception:  # whatever zipfile, numpy and json raise for what they cannot read
            raise _no_lexicon(path) from None

    def _array(self, name: str) -> NDArray[Any]:
        try:
            with _HEADER:
                array: NDArray[Any] = self._arrays[name]
        except Exception:
            raise _no_lexicon(self._path) from None
        return array

    def _stems_of(self, language: str) -> _Stems:
        stems = self._stems[language]
        if stems is None:
            stems = self._stems[language] = _Stems(self._array(_STEMS.format(language)))
        return stems

    def _direction(self, source: str, target: str) -> _Direction:
        direction = self._directions[source, target]
        if direction is None:
            direction = self._directions[source, target] = _Direction(
                _starts(self._array(_COUNTS.format(source, target))),
                self._array(_TARGETS.format(source, target)),
                self._array(_SCORES.format(source, target)),
            )
        return direction

    def close(self) -> None:
        """Let go of the tables and the file."""
        self._directions.clear()
        self._stems.clear()
        self._arrays.close()

    def knows(self, stem: str, language: Language) -> bool:
        """Whether a stem itself, and not only one that begins like it, is in the lexicon."""
        return language in self._stems and self._stems_of(language).find(stem) is not None

    def translate(self, stem: str, source: Language, target: Language) -> list[Translation]:
        """Translations of a stem, best first; empty if the lexicon does not have it.

        Stems are what ``analysis.stem`` gives, without the language tag of an index term. An
        Azerbaijani one that is not known counts as the stems that begin alike.
        """
        return [
            Translation(self._stems_of(target)[number], score)
            for number, score in self._row(self._number(stem, source), source, target)
        ]

    def paraphrases(
        self, stem: str, language: Language, pivot: Language, least: float = 0.0
    ) -> dict[str, float]:
        """Stems of the same language that share translations with a stem, and how strongly.

        To a pivot language and back (Bannard and Callison-Burch, "Paraphrasing with Bilingual
        Parallel Corpora", ACL 2005): the scores of the two steps multiplied, summed over the
        pivots; of these, those of at
        least ``least``, as shares of the stem's own sum, or of the greatest where it has none; 1 at
        most. The stem itself is not among them.
        """
        number = self._number(stem, language)
        strengths: defaultdict[int, float] = defaultdict(float)
        for there, score in self._row(number, language, pivot):
            for back, score_back in self._row(there, pivot, language):
                strengths[back] += score * score_back
        if not strengths:
            return {}
        stems = self._stems_of(language)
        own = stems.find(stem)
        best = strengths.pop(own, 0.0) if own is not None else 0.0
        best = best or max(strengths.values(), default=0.0)
        return {
            stems[number]: min(1.0, strength / best)
            for number, strength in strengths.items()
            if strength >= least * best
        }

    def _number(self, stem: str, language: Language) -> int | None:
        if language not in self._stems:
            return None
        stems = self._stems_of(language)
        number = stems.find(stem)
        if number is None and language == "az":
            number = stems.find(stem[:COARSE_LETTERS])
        return number

    def _row(
        self, number: int | None, source: Language, target: Language
    ) -> Iterator[tuple[int, float]]:
        """The numbers and scores of a stem's translations, best first."""
        if number is None or (source, target) not in self._directions:
            return iter(())
        starts, targets, scores = self._direction(source, target)
        rows = slice(starts[number], starts[number + 1])
        return zip(targets[rows].tolist(), scores[rows].tolist(), strict=True)


def write(
    lexicon: Mapping[tuple[Language, Language], Scores], meta: Mapping[str, str], path: Path
) -> None:
    """Write a lexicon; the same content gives the same bytes.

    Args:
        lexicon: scores in each direction.
        meta: what else to keep beside them, under :attr:`Lexicon.meta`.
        path: what to write or replace, ending in ``.npz``.
    """
    stems: dict[str, list[str]] = {}
    for language in sorted({language for direction in lexicon for language in direction}):
        found = {
            stem for (source, _), scores in lexicon.items() if source == language for stem in scores
        }
        found |= {
            stem
            for (_, target), scores in lexicon.items()
            if target == language
            for targets in scores.values()
            for stem in targets
        }
        stems[language] = sorted(found)
    arrays = {
        _STEMS.format(language): np.frombuffer("\n".join(found).encode(), np.uint8)
        for language, found in stems.items()
    }
    for (source, target), scores in sorted(lexicon.items()):
        numbers = {stem: number for number, stem in enumerate(stems[target])}
        ranked = [
            sorted(scores.get(stem, {}).items(), key=lambda item: (-item[1], item[0]))
            for stem in stems[source]
        ]
        arrays[_COUNTS.format(source, target)] = np.array(list(map(len, ranked)), np.uint8)
        arrays[_TARGETS.format(source, target)] = np.array(
            [numbers[stem] for row in ranked for stem, _ in row],
            np.min_scalar_type(len(numbers)),
        )
        arrays[_SCORES.format(source, target)] = np.array(
            [score for row in ranked for _, score in row], np.float16
        )
    meta = {
        **meta,
        "languages": " ".join(stems),
        "directions": " ".join(f"{source}.{target}" for source, target in sorted(lexicon)),
    }
    arrays[_META] = np.frombuffer(json.dumps(meta, sort_keys=True).encode(), np.uint8)
    np.savez(path, allow_pickle=False, **arrays)


def built_in_lexicon() -> Lexicon:
    """The lexicon that ships with the package."""
    return Lexicon(Path(__file__).parent / "lexicon.npz")


def _unusable(path: Path, why: str) -> ModelError:
    reason = " ".join(why.split())
    return ModelError(
        f"The lexicon {path} is missing or damaged ({reason}); reinstall the package."
    )


def _no_lexicon(path: Path) -> ModelError:
    # Not in the words of numpy: some of its advise to load the file all the same, unsafely.
    return _unusable(path, "its content is not that of a lexicon")
