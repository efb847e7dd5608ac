"""Showing a stored speech, and the state of the index."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

pytest_plugins = ["command_line"]

Run = Callable[..., Result]


def test_show_json(rostrum: Run, index: Path, sources: Path) -> None:
    article = (sources / "astana.txt").read_text(encoding="utf-8")
    result = rostrum("show", "astana", "--json", "--index", index)
    assert result.exit_code == 0
    assert result.stdout.count("\n") == 1
    shown = json.loads(result.stdout)
    assert list(shown) == [
        *("speech_id", "text", "title", "date", "source", "url", "language", "passages"),
        *("country", "place", "occasion", "translations"),
    ]
    assert shown["text"] == article
    assert (shown["speech_id"], shown["date"]) == ("astana", "2025-10-21")
    starts = [passage["start"] for passage in shown["passages"]]
    assert starts == sorted(starts)
    speakers = {}
    for passage in shown["passages"]:
        assert list(passage) == ["start", "end", "speaker"]
        speakers[article[passage["start"] : passage["end"]]] = passage["speaker"]
    for text, speaker in speakers.items():
        assert speaker == (None if "сообщает" in text or "заседание" in text else "Ильхам Алиев")


def test_show_for_people(rostrum: Run, index: Path) -> None:
    text = rostrum("show", "astana", "--index", index).stdout
    lead_in, label, speech = text.partition("\nИльхам Алиев\n")
    assert "not speech" in lead_in
    assert "Об этом сообщает агентство." in lead_in
    assert label
    assert "Зангезурский коридор будет открыт" in speech
    assert "2025-10-21" in lead_in


def test_text_is_kept_for_programs_and_disarmed_for_people(
    rostrum: Run, index: Path, sources: Path
) -> None:
    record = json.loads((sources / "more.jsonl").read_text(encoding="utf-8"))
    shown = json.loads(rostrum("show", "gence-2023", "--json", "--index", index).stdout)
    assert (shown["text"], shown["title"]) == (record["text"], record["title"])
    for_people = rostrum("show", "gence-2023", "--index", index).stdout
    assert "\x1b" not in for_people
    assert "🎉" in for_people


def test_an_unknown_speech(rostrum: Run, index: Path) -> None:
    result = rostrum("show", "\x1b[2Jnone", "--index", index)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("rostrum: ")
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr


def test_status(rostrum: Run, index: Path) -> None:
    result = rostrum("status", "--verify", "--index", index)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("3 speeches, ")
    assert "no problem found" in result.stdout
    assert "health" not in rostrum("status", "--index", index).stdout
    as_json = json.loads(rostrum("status", "--verify", "--json", "--index", index).stdout)
    assert (as_json["speeches"], as_json["problems"]) == (3, [])
    assert as_json["languages"] == {"ru": 1, "az": 1, "en": 1}


def test_status_of_a_damaged_index(rostrum: Run, sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    assert rostrum("reindex", sources, "--index", folder).exit_code == 0
    victim = max(folder.rglob("*.sqlite"), key=lambda path: path.stat().st_size)
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:-4096] + b"x" * 4096)
    result = rostrum("status", "--verify", "--index", folder)
    assert result.exit_code == 1
    assert "rostrum reindex --full" in result.stderr
    assert "Traceback" not in result.stderr
