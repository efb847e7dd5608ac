"""Word translations with weights, learned from parallel text (training/lexicon.py).

One SQLite file: nothing to load, pages come in as words are looked up.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple

from embeddings.analysis import Language
from embeddings.errors import ModelError

SCORE_UNIT = 1000
"""Scores are stored as whole thousandths, which SQLite keeps in two bytes instead of eight."""


class Translation(NamedTuple):
    """A stem of the target language and the alignment score behind it, in (0, 1]."""

    stem: str
    score: float


class Lexicon:
    """Translations between stems of Russian, Azerbaijani and English, in every direction."""

    def __init__(self, path: Path) -> None:
        """Open a lexicon file read-only.

        Raises:
            ModelError: the file is missing or no lexicon.
        """
        self._path = path
        try:
            # immutable: the file ships with the package, so no lock files beside it
            self._db = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._db.execute("SELECT 1 FROM translations LIMIT 1")
        except sqlite3.Error as error:
            raise _unusable(path, error) from None

    def translate(self, stem: str, source: Language, target: Language) -> list[Translation]:
        """Translations of a stem, best first; empty if the lexicon does not have it.

        Stems are what ``analysis.stem`` gives, without the language tag of an index term.

        Raises:
            ModelError: the file is damaged.
        """
        try:
            rows = self._db.execute(
                "SELECT target_stem, score FROM translations"
                " WHERE source = ? AND target = ? AND stem = ? ORDER BY score DESC, target_stem",
                (source, target, stem),
            ).fetchall()
        except sqlite3.Error as error:
            raise _unusable(self._path, error) from None
        return [Translation(target_stem, score / SCORE_UNIT) for target_stem, score in rows]

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def built_in_lexicon() -> Lexicon:
    """The lexicon that ships with the package."""
    return Lexicon(Path(__file__).parent / "lexicon.sqlite")


def _unusable(path: Path, error: sqlite3.Error) -> ModelError:
    return ModelError(f"The lexicon {path} is missing or damaged ({error}); reinstall the package.")
