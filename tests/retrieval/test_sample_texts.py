"""The sample speeches that ship with the package: complete, clearly invented, rich enough."""

import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "retrieval" / "samples"
PATHS = sorted(FOLDER.glob("*.md"))
FIELDS = {"title", "speaker", "date", "place", "language", "source", "invented"}

# Whole words are not asked for: these are stems, met in any ending.
TOPICS = {
    "Zangezur corridor": r"зангезурск\w+ коридор|zəngəzur dəhliz|zangezur corridor",
    "peace agreement": r"мирн\w+ (договор|соглашени)|sülh saziş|peace agreement",
    "electric cable": r"кабел|kabel|\bcable",
    "trade and customs": r"таможн|gömrük|\bcustoms",
    "Karabakh": r"карабах|qarabağ|karabakh",
    "reconstruction": r"восстан[ао]в|bərpa|reconstruction",
    "return of displaced people": r"верн(ут|увш)|qayıdı|displaced",
    "demining": r"разминировани|сапёр|minatəmizləmə|demining",
    "culture and heritage": r"наследи|mədəni|\bheritage",
    "water": r"орошени|оросительн|уров\w+ (каспия|моря)|suvarma|xəzərin səviyyəsi|irrigation",
    "education": r"стипенди|təqaüd|scholarship",
    "digital and AI": r"искусственн\w+ интеллект|süni intellekt|artificial intelligence",
    "climate": r"климат|iqlim|\bclimate",
}


def parse(path: Path) -> tuple[dict[str, Any], str]:
    """The front matter and the bare text of one sample."""
    opening, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert opening == ""
    return yaml.safe_load(head), body


SAMPLES = {path.stem: parse(path) for path in PATHS}
each_sample = pytest.mark.parametrize(("meta", "body"), SAMPLES.values(), ids=SAMPLES.keys())


def test_folder_holds_the_speeches_and_nothing_else():
    assert sorted(FOLDER.iterdir()) == PATHS


def test_ids_titles_and_speakers_are_unique():
    assert len(SAMPLES) == len(PATHS) == 12
    for field in ("title", "speaker"):
        assert len({meta[field] for meta, _ in SAMPLES.values()}) == 12


def test_languages():
    counts = Counter(meta["language"] for meta, _ in SAMPLES.values())
    assert counts == {"ru": 5, "az": 4, "en": 3}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_name_is_a_slug_and_the_language(path):
    assert re.fullmatch(r"[a-z0-9-]+\.(ru|az|en)", path.stem)
    assert path.stem.endswith("." + SAMPLES[path.stem][0]["language"])


@each_sample
def test_front_matter_is_complete_and_says_invented(meta, body):
    assert set(meta) == FIELDS
    assert meta["invented"] is True
    assert meta["source"] == "Rostrum sample speech (invented)"
    assert all(
        isinstance(meta[field], str) and meta[field].strip()
        for field in FIELDS - {"date", "invented"}
    )
    assert type(meta["date"]) is date
    assert 2024 <= meta["date"].year <= 2026


@each_sample
def test_length(meta, body):
    assert 250 <= len(body.split()) <= 450
    assert max(len(paragraph) for paragraph in body.split("\n\n")) <= 900


@each_sample
def test_body_is_bare_clean_text(meta, body):
    assert body == unicodedata.normalize("NFC", body)
    assert body == body.strip() + "\n"
    assert not re.search(r"^[#>*-]|[ \t]$|\n{3}|  |\r|\ufeff", body, re.MULTILINE)
    assert all("\n" not in paragraph for paragraph in body.strip().split("\n\n"))


@each_sample
def test_letters_belong_to_the_language(meta, body):
    letters = {
        "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "az": "abcçdeəfgğhxıijkqlmnoöprsştuüvyzİ",
        "en": "abcdefghijklmnopqrstuvwxyzț",  # ț: Constanța
    }[meta["language"]]
    used = {char for char in body if char.isalpha()}
    assert {char for char in used if char not in letters and char.lower() not in letters} == set()
    # a straight apostrophe belongs to English only, and quotation marks to their own language
    assert not set(body) & set({"ru": "'\"“”‘’—", "az": "'\"«»‘’—", "en": "«»—"}[meta["language"]])


@pytest.mark.parametrize(("topic", "stems"), TOPICS.items(), ids=TOPICS.keys())
def test_topic_is_met_in_two_speeches_and_two_languages(topic, stems):
    found = [
        meta["language"] for meta, body in SAMPLES.values() if re.search(stems, body, re.IGNORECASE)
    ]
    assert len(found) >= 2
    assert len(set(found)) >= 2


@pytest.mark.parametrize("language", ["ru", "az", "en"])
def test_zangezur_corridor_is_met_in_every_language(language):
    stems = TOPICS["Zangezur corridor"]
    assert any(
        re.search(stems, body, re.IGNORECASE)
        for meta, body in SAMPLES.values()
        if meta["language"] == language
    )
