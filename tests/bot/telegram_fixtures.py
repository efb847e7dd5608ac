"""Fixtures of the tests with a running bot, named as a plugin by the modules that use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botapi import BotApi
from telegram_forks import Forks
from telegram_process import (
    SAMPLE_QUESTIONS,
    SEED_QUESTIONS,
    SPEECHES,
    BotProcess,
    Collection,
    Server,
    make_index,
    running,
)

from retrieval.build import reindex


@pytest.fixture(scope="session", autouse=True)
def _forks() -> Iterator[None]:
    BotProcess.forks = Forks()
    yield
    BotProcess.forks.close()
    BotProcess.forks = None


@pytest.fixture(scope="session")
def api() -> Iterator[BotApi]:
    with Server() as api:
        yield api


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("telegram")


@pytest.fixture(scope="session")
def lighthouse(folder: Path) -> Path:
    """An index of all the invented speeches."""
    return make_index(folder / "lighthouse", SPEECHES)


@pytest.fixture(scope="session")
def bot(api: BotApi, folder: Path, lighthouse: Path) -> Iterator[BotProcess]:
    """A bot that most tests share; each has people of its own."""
    with running(api.url, folder / "bot", index=lighthouse, cold=True) as bot:
        yield bot
    assert not bot.complaints()


@pytest.fixture
def own_api() -> Iterator[BotApi]:
    """A server for one test, for bots that it starts itself."""
    with Server() as api:
        yield api


@pytest.fixture(scope="session")
def on_samples(folder: Path) -> Iterator[Collection]:
    """A bot without an index."""
    with Server() as api:
        with running(api.url, folder / "samples") as bot:
            yield Collection(api, SAMPLE_QUESTIONS, bot)
        assert not bot.complaints()


@pytest.fixture(scope="session")
def on_seed(shared: Path, folder: Path) -> Iterator[Collection]:
    """A bot that has one real speech."""
    reindex([shared / "speeches" / "astana-2025-10-21.ru.txt"], folder / "seed-index")
    with Server() as api:
        with running(api.url, folder / "seed", index=folder / "seed-index") as bot:
            yield Collection(api, SEED_QUESTIONS, bot)
        assert not bot.complaints()
