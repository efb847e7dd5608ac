"""Reindexing from the command line: what it reports, and with which exit status."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

pytest_plugins = ["command_line"]

Run = Callable[..., Result]


@pytest.fixture
def speeches(sources: Path, tmp_path: Path) -> Path:
    """The sources, free to be changed."""
    return Path(shutil.copytree(sources, tmp_path / "speeches"))


def test_new_then_changed_then_removed(rostrum: Run, speeches: Path, home: Path) -> None:
    first = rostrum("reindex", speeches)
    assert first.exit_code == 0
    assert first.stdout.startswith("3 speeches, ")
    assert "3 new, 0 changed, 0 removed, 0 unchanged, 0 kept, 0 skipped" in first.stdout
    assert first.stdout.count("\n") == 1
    assert first.stdout.rstrip().endswith(str(home / "data" / "rostrum" / "index"))

    with (speeches / "astana.txt").open("a", encoding="utf-8") as file:
        file.write("\nДобавлено одно предложение о виноградниках.\n")
    (speeches / "water.md").unlink()
    second = rostrum("reindex")  # the sources it was built from
    assert second.exit_code == 0
    assert "2 speeches" in second.stdout
    assert "0 new, 1 changed, 1 removed, 1 unchanged" in second.stdout
    assert "left the index" in second.stderr
    assert "виноградниках" in rostrum("ask", "виноградники").stdout


def test_without_a_terminal_a_line_for_each_stage(rostrum: Run, speeches: Path) -> None:
    with (speeches / "many.jsonl").open("w", encoding="utf-8") as file:
        for number in range(50):
            file.write(json.dumps({"id": f"n{number}", "text": f"Sentence {number} on trade."}))
            file.write("\n")
    stages = rostrum("reindex", speeches).stderr.splitlines()
    assert 1 <= len(stages) <= 5
    assert len(set(stages)) == len(stages)
    assert "\x1b" not in "".join(stages)


def test_skipped_is_told_and_the_rest_is_indexed(rostrum: Run, speeches: Path) -> None:
    with (speeches / "broken.jsonl").open("w", encoding="utf-8") as file:
        for number in range(25):
            file.write(f'{{"id": "b{number}", "text": \n')
        file.write('{"id": "good", "text": "The harvest of pomegranates was rich."}\n')
    result = rostrum("reindex", speeches)
    assert result.exit_code == 1
    assert "4 speeches" in result.stdout
    assert "25 skipped" in result.stdout
    lines = result.stderr.splitlines()
    assert sum(line.startswith("skipped ") for line in lines) == 20
    assert "broken.jsonl" in result.stderr
    assert "and 5 more" in lines
    assert lines[-1].startswith("rostrum: 25 ")
    assert "the rest is indexed" in lines[-1]
    assert "pomegranates" in rostrum("ask", "pomegranates").stdout
    assert json.loads(rostrum("status", "--json").stdout)["skipped"][0]["where"]


def test_nothing_to_index(rostrum: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for args in ([], [tmp_path / "empty"], [tmp_path / "missing.txt"]):
        result = rostrum("reindex", *args)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.splitlines()[-1].startswith("rostrum: ")


def test_an_unknown_model(rostrum: Run, speeches: Path, tmp_path: Path) -> None:
    result = rostrum("reindex", speeches, "--model", tmp_path / "no-model")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1].startswith("rostrum: ")
