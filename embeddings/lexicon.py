"""Word translations with weights, learned from parallel text (training/lexicon.py).

One NumPy archive (.npz), a few megabytes, whose checksums are tested as it is read.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

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
        ends = np.flatnonzero(np.append(lines, ord("\n")) == ord("\n"))
        self._ends: memoryview = ends.data
        self._starts: memoryview = np.append(0, ends + 1).data

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
    return np.append(0, np.cumsum(counts, dtype=np.int64)).data


class Lexicon:
    """Translations between stems of Russian, Azerbaijani and English, in every direction."""

    def __init__(self, path: Path) -> None:
        """Read a lexicon file.

        Raises:
            ModelError: the file is missing, damaged or no lexicon.
        """
        self._stems: dict[str, _Stems] = {}
        self._directions: dict[tuple[str, str], _Direction] = {}
        try:
            with np.load(path) as arrays:
                self.meta: dict[str, str] = json.loads(arrays[_META].tobytes())
                for language in self.meta["languages"].split():
                    self._stems[language] = _Stems(arrays[_STEMS.format(language)])
                for name in self.meta["directions"].split():
                    source, target = name.split(".")
                    self._directions[source, target] = _Direction(
                        _starts(arrays[_COUNTS.format(source, target)]),
                        arrays[_TARGETS.format(source, target)],
                        arrays[_SCORES.format(source, target)],
                    )
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from None
        except Exception:  # whatever zipfile, numpy and json raise for what they cannot read
            # Not in their words: some of numpy's advise to load the file all the same, unsafely.
            raise _unusable(path, "its content is not that of a lexicon") from None

    def close(self) -> None:
        """Let go of the tables."""
        self._directions.clear()
        self._stems.clear()

    def knows(self, stem: str, language: Language) -> bool:
        """Whether a stem itself, and not only one that begins like it, is in the lexicon."""
        return language in self._stems and self._stems[language].find(stem) is not None

    def translate(self, stem: str, source: Language, target: Language) -> list[Translation]:
        """Translations of a stem, best first; empty if the lexicon does not have it.

        Stems are what ``analysis.stem`` gives, without the language tag of an index term. An
        Azerbaijani one that is not known counts as the stems that begin alike.
        """
        direction = self._directions.get((source, target))
        if direction is None:
            return []
        number = self._stems[source].find(stem)
        if number is None and source == "az":
            number = self._stems[source].find(stem[:COARSE_LETTERS])
        if number is None:
            return []
        rows = slice(direction.starts[number], direction.starts[number + 1])
        found = zip(direction.targets[rows].tolist(), direction.scores[rows].tolist(), strict=True)
        stems = self._stems[target]
        return [Translation(stems[translation], score) for translation, score in found]


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
