"""What several tests need: the shared speeches, and a small real index."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from embeddings.lexicon import Lexicon, built_in_lexicon
from embeddings.static import built_in_encoder
from retrieval.build import reindex
from retrieval.index import Index

# Time passes or fails no test: the machine may be busy.
settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("patient")

# Tests start the program hundreds of times: where Python is told to keep no bytecode, each of these
# processes would compile it anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

# Invented, with invented speakers: one topic in three languages, three years, three voices.
RECORDS = [
    {
        "id": "bridge-ru",
        "title": "Открытие моста",
        "date": "2024-05-14",
        "speaker": "Савва Горемыкин",
        "language": "ru",
        "text": "Уважаемые друзья! Сегодня мы открываем Ольховский мост через реку Светлую. "
        "Он построен за два года и стоил 40 миллионов. Хочу поблагодарить инженеров из Казани. "
        "Завтра начнётся ремонт школы. Дети вернутся в классы к первому сентября.",
    },
    {
        "id": "water-en",
        "title": "Remarks on water",
        "date": "2025",
        "speaker": "Agnes Thornbury",
        "language": "en",
        "url": "https://example.org/water",
        "text": "Good morning. The river Svetlaya gives water to ninety thousand people. "
        "Its level fell by two metres, and we shall cut the price of water next year. "
        "The Olkhovsky bridge does not change that. Thank you.",
    },
    {
        "id": "okul-az",
        "title": "Məktəb haqqında çıxış",
        "date": "2025-09",
        "speaker": "Fərid Solmazov",
        "language": "az",
        "text": "Hörmətli müəllimlər! Bu il üç yeni məktəb tikdik. Kitabxana da açılacaq. "
        "Solmazov adına təqaüd alan tələbələrin sayı iki yüzə çatıb.",
    },
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what loads PyTorch: with -n, one process gets all of that, and imports it once."""
    items.sort(key=lambda item: item.get_closest_marker("pytorch") is None)


def pytest_collection_finish() -> None:
    gc.freeze()  # what was collected stays to the end: no need to look through it again and again


@pytest.fixture(scope="session", autouse=True)
def _read_once() -> Iterator[None]:
    """The model and the lexicon are read once here, and not for each of hundreds of indexes.

    Whoever tests the reading itself calls StaticEncoder and Lexicon; other processes read as ever.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("embeddings.static.built_in_encoder", cache(built_in_encoder))
        patch.setattr("retrieval.index.built_in_lexicon", cache(_lexicon))
        yield


def _lexicon() -> Lexicon:
    lexicon = built_in_lexicon()
    lexicon.close = lambda: None  # an index that is closed leaves it to the others
    return lexicon


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared data, beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the shared speeches (../shared/data) are not on this machine")
    return SHARED


def write_jsonl(path: Path, records: list[dict]) -> Path:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def make_index(tmp_path: Path) -> Iterator[Callable[..., Index]]:
    """Makes an index of records in a folder of its own, and opens it."""
    opened: list[Index] = []

    def make(records: list[dict], **options: object) -> Index:
        folder = tmp_path / f"index-{len(opened)}"
        source = write_jsonl(tmp_path / f"source-{len(opened)}.jsonl", records)
        reindex([source], folder, **options)
        opened.append(Index.open(folder))
        return opened[-1]

    yield make
    for index in opened:
        index.close()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index of the three invented speeches."""
    folder = tmp_path_factory.mktemp("small")
    reindex([write_jsonl(folder / "speeches.jsonl", RECORDS)], folder / "index")
    with Index.open(folder / "index") as index:
        yield index
