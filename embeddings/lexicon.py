"""Word translations with weights, learned from parallel text (training/lexicon.py).

One SQLite file: nothing to load, pages come in as words are looked up.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NamedTuple

from embeddings.analysis import Language
from embeddings.errors import ModelError


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
        try:
            # immutable: the file ships with the package, so no lock files beside it
            self._db = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._db.execute("SELECT 1 FROM translations LIMIT 1")
        except sqlite3.Error as error:
            raise ModelError(
                f"The lexicon {path} is missing or damaged ({error}); reinstall the package."
            ) from None

    def translate(self, stem: str, source: Language, target: Language) -> list[Translation]:
        """Translations of a stem, best first; empty if the lexicon does not have it."""
        rows = self._db.execute(
            "SELECT target_stem, score FROM translations"
            " WHERE source = ? AND target = ? AND stem = ? ORDER BY score DESC",
            (source, target, stem),
        )
        return [Translation(*row) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def built_in_lexicon() -> Lexicon:
    """The lexicon that ships with the package."""
    return Lexicon(Path(__file__).parent / "lexicon.sqlite")
