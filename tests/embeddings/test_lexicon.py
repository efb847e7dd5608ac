"""The lexicon that ships with the package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

import embeddings
from embeddings.analysis import ANALYSER_VERSION, Language, stem
from embeddings.errors import ModelError
from embeddings.lexicon import Lexicon, write

SHIPPED = Path(embeddings.__file__).parent / "lexicon.npz"


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
    assert 1 < len(scores) <= 12
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_unknown_stem_has_no_translation(lexicon: Lexicon) -> None:
    assert lexicon.translate("no such stem", "en", "ru") == []


def test_unknown_azerbaijani_stem_counts_as_those_that_begin_alike(lexicon: Lexicon) -> None:
    unknown = "muhaX"
    assert lexicon.translate(unknown, "az", "en") == lexicon.translate("muha", "az", "en") != []


def test_stems_are_those_of_this_analyser(lexicon: Lexicon) -> None:
    assert lexicon.meta["analyser_version"] == str(ANALYSER_VERSION)
    assert "Wiktionary" in lexicon.meta["licences"]


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.npz is missing or damaged"):
        Lexicon(tmp_path / "none.npz")


@pytest.mark.parametrize("content", [b"", b"not an archive " * 100, b"PK\x03\x04torn"])
def test_file_of_another_kind_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "text.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"text\.npz is missing or damaged"):
        Lexicon(path)


@pytest.mark.parametrize("content", [b"P", bytes(1000), None])
def test_nobody_is_told_to_load_it_unsafely(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "altered.npz"
    path.write_bytes(content or b"Q" + SHIPPED.read_bytes()[1:])
    with pytest.raises(ModelError, match="missing or damaged") as raised:
        Lexicon(path)
    assert "pickle" not in str(raised.value)
    assert "unsafe" not in str(raised.value)


def test_a_closed_lexicon_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "small.npz"
    write({("en", "ru"): {"peac": {"мир": 0.5}}}, {}, path)
    small = Lexicon(path)
    assert small.knows("peac", "en")
    small.close()
    assert not small.knows("peac", "en")
    assert small.translate("peac", "en", "ru") == []


def test_archive_without_the_tables_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, vectors=np.zeros(3))
    with pytest.raises(ModelError, match=r"other\.npz is missing or damaged"):
        Lexicon(path)


def read_whole(path: Path) -> None:
    with closing(Lexicon(path)) as whole:
        for source, target in permutations(("ru", "az", "en"), 2):
            whole.translate("muha", source, target)
            whole.translate("мир", source, target)
            whole.translate("peac", source, target)


@pytest.mark.parametrize("where", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_damage_anywhere_is_named(where: float, tmp_path: Path) -> None:
    path = tmp_path / "torn.npz"
    content = bytearray(SHIPPED.read_bytes())
    start = int(where * len(content))
    content[start : start + 50] = b"\xff" * 50
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"torn\.npz is missing or damaged"):
        read_whole(path)


def test_half_a_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "half.npz"
    path.write_bytes(SHIPPED.read_bytes()[:100_000])
    with pytest.raises(ModelError, match=r"half\.npz is missing or damaged"):
        Lexicon(path)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "small.npz"
    write({("en", "ru"): {"peac": {"мир": 0.5, "поко": 0.25}}}, {"made_by": "a test"}, path)
    small = Lexicon(path)
    assert small.translate("peac", "en", "ru") == [("мир", 0.5), ("поко", 0.25)]
    assert small.translate("мир", "ru", "en") == []
    assert small.translate("sulh", "az", "ru") == []
    assert small.meta["made_by"] == "a test"


def test_paraphrases_are_what_shares_translations(tmp_path: Path) -> None:
    path = tmp_path / "small.npz"
    there = {"peac": {"мир": 0.5, "поко": 0.25}, "war": {"войн": 1.0}}
    back = {"мир": {"peac": 0.5, "world": 0.25}, "поко": {"calm": 1.0, "world": 0.5}}
    write({("en", "ru"): there, ("ru", "en"): back}, {}, path)
    small = Lexicon(path)
    assert small.paraphrases("peac", "en", "ru") == {"world": 1.0, "calm": 1.0}
    assert small.paraphrases("war", "en", "ru") == {}
    assert small.paraphrases("no such stem", "en", "ru") == {}
    assert small.paraphrases("sulh", "az", "ru") == {}
