"""A real index over three small sources, and the program run as people run it.

Fixtures, named as a plugin by the modules that use them: a second conftest.py would hide the one
above from those who import it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli

ROOT = Path(__file__).parents[2]

ARTICLE = """ date 2025-10-21 21 октября в Астане прошло заседание совета.

Об этом сообщает агентство.

Президент Азербайджана Ильхам Алиев сказал:

-Спасибо, дорогие друзья. Зангезурский коридор будет открыт в следующем году. \
Кабель по дну Каспия соединит наши энергосистемы.

Мы вместе построим центр детского творчества в городе Физули.
"""
ENGLISH = """---
title: Remarks on water
speaker: Mira Tolan
date: 2024-05
url: https://example.org/water?id=1&lang=en
source: Example Gazette
language: en
---
Water prices will not rise this year. The reservoir on the northern river is almost full.

We will plant two million trees along the canal before the autumn.
"""
RECORD = {
    "id": "gence-2023",
    "text": "Gəncə məktəbləri üçün yeni kitablar gəldi. Su anbarının təmiri başa çatdı 🎉.",
    "title": "Evil \x1b[31mtitle\x1b[0m",
    "speaker": "Anar Quliyev",
    "date": "2023",
    "language": "az",
}


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("speeches")
    (folder / "astana.txt").write_text(ARTICLE, encoding="utf-8")
    (folder / "water.md").write_text(ENGLISH, encoding="utf-8")
    (folder / "more.jsonl").write_text(json.dumps(RECORD) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's real data and settings take part in a test."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("ROSTRUM_INDEX", "ROSTRUM_DEBUG", "COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def rostrum(home: Path) -> Callable[..., Result]:
    """Run the command line in this process: ``rostrum("ask", "water")``."""

    def run(*args: object, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, [str(arg) for arg in args], input=stdin)

    return run


@pytest.fixture(scope="session")
def index(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index") / "speeches"
    result = CliRunner().invoke(cli, ["reindex", str(sources), "--index", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def process(home: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line as a process of its own, as the shell does."""

    def run(
        *args: object,
        stdin: str | None = None,
        python: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        stdout: int | IO[bytes] = subprocess.PIPE,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *python, "-m", "bot.cli", *map(str, args)],
            input=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, **(env or {})},
            cwd=ROOT,
            timeout=60,
            check=False,
        )

    return run
