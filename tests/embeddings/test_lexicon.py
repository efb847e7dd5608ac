"""The lexicon that ships with the package."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

import embeddings
from embeddings.analysis import ANALYSER_VERSION, Language, stem
from embeddings.errors import ModelError
from embeddings.lexicon import Lexicon

SHIPPED = Path(embeddings.__file__).parent / "lexicon.sqlite"


@pytest.fixture(scope="module")
def lexicon() -> Iterator[Lexicon]:
    opened = Lexicon(SHIPPED)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("source", "word", "target", "translation"),
    [
        ("en", "war", "ru", "война"),
        ("en", "agreement", "ru", "соглашение"),
        ("en", "corridor", "ru", "коридор"),
        ("en", "president", "ru", "президент"),
        ("en", "water", "ru", "вода"),
        ("ru", "школа", "en", "school"),
        ("ru", "торговля", "en", "trade"),
        ("az", "müharibə", "en", "war"),
        ("az", "ticarət", "ru", "торговля"),
        ("az", "dəhliz", "ru", "коридор"),
        ("en", "transport", "az", "nəqliyyat"),
        ("ru", "энергия", "az", "enerji"),
    ],
)
def test_common_words_translate(
    lexicon: Lexicon, source: Language, word: str, target: Language, translation: str
) -> None:
    best = lexicon.translate(stem(word, source), source, target)[0]
    assert best.stem == stem(translation, target)


def test_translations_come_best_first(lexicon: Lexicon) -> None:
    scores = [translation.score for translation in lexicon.translate("trade", "en", "ru")]
    assert 1 < len(scores) <= 8
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_unknown_stem_has_no_translation(lexicon: Lexicon) -> None:
    assert lexicon.translate("no such stem", "en", "ru") == []


def test_stems_are_those_of_this_analyser() -> None:
    with sqlite3.connect(SHIPPED) as db:
        meta = dict(db.execute("SELECT key, value FROM meta"))
    assert meta["analyser_version"] == str(ANALYSER_VERSION)
    assert "Wiktionary" in meta["licences"]


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.sqlite is missing or damaged"):
        Lexicon(tmp_path / "none.sqlite")


def test_file_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "text.sqlite"
    path.write_text("not a database " * 100)
    with pytest.raises(ModelError, match=r"text\.sqlite is missing or damaged"):
        Lexicon(path)


def test_damage_met_later_is_named(tmp_path: Path) -> None:
    path = tmp_path / "torn.sqlite"
    content = bytearray(SHIPPED.read_bytes())
    content[200_000:] = b"\xff" * (len(content) - 200_000)
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"torn\.sqlite is missing or damaged"):  # noqa: PT012
        torn = Lexicon(path)
        torn.translate("школ", "ru", "en")
