"""Asking: the fixed JSON, batches, filters, and questions that are no questions."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

pytest_plugins = ["command_line"]
pytestmark = pytest.mark.usefixtures("home")

Run = Callable[..., Result]

ANSWER = ["qid", "question", "language", "found", "quotes", "took_ms", "topics"]
QUOTE = [  # in this order
    *"text speech_id start end speaker date title source url language score".split(),
    *"country place occasion translations repeated".split(),
]


def answer(run: Run, *args: object) -> dict:
    result = run("ask", *args, "--json")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.count("\n") == 1
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("question", "language", "words"),
    [
        ("what was said about the Zangezur corridor", "en", "Зангезурский коридор"),
        ("что было сказано о Зангезурском коридоре", "ru", "Зангезурский коридор"),
        ("Zəngəzur dəhlizi haqqında nə deyildi?", "az", "Зангезурский коридор"),
        ("кабель -reservoir", "ru", "Кабель по дну Каспия"),
    ],
)
def test_json_answer(rostrum: Run, index: Path, question: str, language: str, words: str) -> None:
    got = answer(rostrum, question, "--index", index)
    assert list(got) == ANSWER
    assert (got["qid"], got["question"], got["language"]) == (None, question, language)
    assert got["found"] is True
    first = got["quotes"][0]
    assert list(first) == QUOTE
    assert words in first["text"]
    assert (first["speaker"], first["date"]) == ("Ильхам Алиев", "2025-10-21")
    assert (first["speech_id"], first["language"]) == ("astana", "ru")
    assert first["score"] == round(first["score"], 4)
    shown = json.loads(rostrum("show", "astana", "--json", "--index", index).stdout)
    assert shown["text"][first["start"] : first["end"]] == first["text"]


def test_context_is_added_on_request_only(rostrum: Run, index: Path) -> None:
    args = "кабель", "по", "дну", "Каспия", "--index", index
    assert "context" not in answer(rostrum, *args)["quotes"][0]
    quote = answer(rostrum, *args, "--context")["quotes"][0]
    assert list(quote) == [*QUOTE, "context"]
    text = json.loads(rostrum("show", "astana", "--json", "--index", index).stdout)["text"]
    around = quote["context"]
    assert text[: quote["start"]].rstrip().endswith(around["before"].strip())
    assert text[quote["end"] :].lstrip().startswith(around["after"].strip())


def test_for_people(rostrum: Run, index: Path) -> None:
    result = rostrum("ask", "water prices", "--index", index)
    assert result.exit_code == 0
    assert "Mira Tolan · 2024-05 · Remarks on water" in result.stdout
    assert "│ Water prices will not rise this year." in result.stdout
    assert "  https://example.org/water?id=1&lang=en\n" in result.stdout
    assert f"  rostrum show water --index {index}\n" in result.stdout
    assert "\x1b" not in result.stdout


def test_nothing_found_is_an_answer(rostrum: Run, index: Path) -> None:
    result = rostrum("ask", "quantum chromodynamics lectures", "--index", index)
    assert result.exit_code == 0
    assert "Nothing in the collection answers that." in result.stdout
    got = answer(rostrum, "quantum chromodynamics lectures", "--index", index)
    assert (got["found"], got["quotes"]) == (False, [])


def test_a_title_cannot_command_the_terminal(rostrum: Run, index: Path) -> None:
    result = rostrum("ask", "Gəncə məktəbləri", "--index", index)
    assert "Evil ␛[31mtitle" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    "question",
    ["", " ", "я" * 10_000, "?!.,", "что это", "what is the", "🎉", '"', "-", "\x00", "\ud800"],
)
@pytest.mark.parametrize("json_flag", [(), ("--json",)])
def test_no_question(rostrum: Run, index: Path, question: str, json_flag: tuple[str]) -> None:
    result = rostrum("ask", "--index", index, *json_flag, "--", question)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("rostrum: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "What is the question?"),
        (["-слово"], "put -- before the question"),
        (["x", "--questions", "/dev/null", "--json"], "not both"),
        (["--questions", "/dev/null"], "add --json"),
        (["--questions", "/nowhere/at/all", "--json"], "No such file"),
        (["x", "-n", "0"], "'-n'"),
        (["x", "-n", "101"], "'-n'"),
        (["x", "--per-speech", "none"], "'--per-speech'"),
        (["x", "--threshold", "1.5"], "'--threshold'"),
        (["x", "--threshold", "nan"], "'--threshold'"),
        (["x", "--speaker", " "], "'--speaker'"),
        (["x", "--since", "2025-13"], "'--since'"),
        (["x", "--until", "2025-02-30"], "'--until'"),
        (["x", "--until", "yesterday"], "'--until'"),
        (["x", "--since", "2025-10-22", "--until", "2025-10-21"], "is after"),
        (["x", "--since", "2026", "--until", "2025-10"], "is after"),
    ],
)
def test_wrong_usage(rostrum: Run, index: Path, args: list[str], message: str) -> None:
    result = rostrum("ask", "--index", index, *args)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_both_ends_of_a_range_belong_to_it(rostrum: Run, index: Path) -> None:
    day = "--since", "2025-10-21", "--until", "2025-10"
    assert answer(rostrum, "Зангезурский коридор", *day, "--index", index)["found"]
    assert not answer(rostrum, "Зангезурский коридор", "--until", "2024", "--index", index)["found"]


def test_an_unknown_speaker_is_told_beside_the_answer(rostrum: Run, index: Path) -> None:
    result = rostrum("ask", "вода", "--speaker", "Nobody Anywhere", "--json", "--index", index)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["found"] is False
    assert "Nobody Anywhere" in result.stderr
    args = "ask", "--questions", "-", "--speaker", "Nobody Anywhere", "--json", "--index", index
    batch = rostrum(*args, stdin='{"qid": "1", "question": "water"}\n' * 3)
    assert batch.stdout.count("\n") == 3
    assert batch.stderr.count("\n") == 1  # once for all


def test_questions_are_answered_in_order(rostrum: Run, index: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text(
        "\ufeff"
        '{"qid": "q1", "question": "Зангезурский коридор"}\r\n'
        "\n"
        '{"qid": 2, "question": "water prices"}\n'
        '{"question": "Gəncə məktəbləri"}',
        encoding="utf-8",
    )
    result = rostrum("ask", "--questions", batch, "--json", "--index", index)
    assert (result.exit_code, result.stderr) == (0, "")
    got = [json.loads(line) for line in result.stdout.splitlines()]
    assert [a["qid"] for a in got] == ["q1", 2, None]
    assert [a["quotes"][0]["speech_id"] for a in got] == ["astana", "water", "gence-2023"]


@pytest.mark.parametrize(
    "broken",
    [
        b'{"qid": "b", "question": ',
        b'["question"]',
        b'{"qid": "b"}',
        b'{"qid": "b", "question": 5}',
        b'{"qid": {"b": 1}, "question": "water"}',
        b'{"qid": "b", "question": "\xff"}',
        b"[" * 100_000,
        b"1" * 10_000,
    ],
)
def test_a_broken_line_is_told_and_passed_over(rostrum: Run, index: Path, broken: bytes) -> None:
    good = b'{"qid": "%d", "question": "water prices"}\n'
    lines = good % 1 + broken + b"\n" + good % 3
    result = rostrum("ask", "--questions", "-", "--json", "--index", index, stdin=lines)
    assert result.exit_code == 1
    assert [json.loads(line)["qid"] for line in result.stdout.splitlines()] == ["1", "3"]
    assert "line 2: " in result.stderr
    assert result.stderr.count("\n") == 2


def test_a_question_without_sense_keeps_its_place(rostrum: Run, index: Path) -> None:
    lines = [
        {"qid": "1", "question": "?"},
        {"qid": "2", "question": "water \ud800prices"},
        {"qid": "3", "question": "And I did."},
    ]
    stdin = "".join(json.dumps(line) + "\n" for line in lines)
    result = rostrum("ask", "--questions", "-", "--json", "--index", index, stdin=stdin)
    assert result.exit_code == 0
    first, second, third = map(json.loads, result.stdout.splitlines())
    for got, qid in ((first, "1"), (third, "3")):
        assert list(got) == [*ANSWER, "error"]
        assert (got["qid"], got["found"], got["quotes"]) == (qid, False, [])
        assert f"rostrum: questions, line {qid}: {got['error']}" in result.stderr
    assert "names no topic" in third["error"]
    assert (list(second), second["qid"], second["found"]) == (ANSWER, "2", True)
    assert result.stderr.count("\n") == 2


def test_with_no_index_the_samples_answer(rostrum: Run, home: Path) -> None:
    result = rostrum("ask", "what was said about the Zangezur corridor")
    assert result.exit_code == 0
    assert "invented sample" in result.stdout
    assert "invented" in result.stderr
    assert "rostrum reindex FOLDER" in result.stderr
    assert not (home / "data").exists()
    again = rostrum("ask", "--json", "peace agreement")
    quote = json.loads(again.stdout)["quotes"][0]
    text = json.loads(rostrum("show", quote["speech_id"], "--json").stdout)["text"]
    assert text[quote["start"] : quote["end"]] == quote["text"]
    assert rostrum("status").exit_code == 0


def test_an_index_that_is_named_must_be_there(
    rostrum: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for args in (["ask", "water"], ["show", "water"], ["status"]):
        result = rostrum(*args, "--index", tmp_path / "none")
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.count("\n") == 1
    monkeypatch.setenv("ROSTRUM_INDEX", str(tmp_path / "none"))
    assert rostrum("ask", "water").exit_code == 1


def test_a_program_may_wait_for_each_answer(index: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "ask", "--questions", "-", "--json"]
    with subprocess.Popen(
        [*command, "--index", str(index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=Path(__file__).parents[2],
    ) as running:
        assert running.stdin
        assert running.stdout
        for qid in ("one", "two"):
            running.stdin.write(json.dumps({"qid": qid, "question": "water prices"}) + "\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["qid"] == qid
        running.stdin.close()
        assert running.wait() == 0


def test_a_search_that_fails_over_damage_names_the_file(
    rostrum: Run, sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "index"
    assert rostrum("reindex", sources, "--index", folder).exit_code == 0

    def broken(*_: object) -> None:
        raise KeyError(0)

    monkeypatch.setattr("retrieval.search.ask", broken)
    assert "unexpected error" in rostrum("ask", "water", "--index", folder).stderr
    [vectors] = folder.rglob("vectors.faiss")
    vectors.write_bytes(vectors.read_bytes()[:-1] + b"\x55")
    result = rostrum("ask", "water", "--index", folder)
    assert result.exit_code == 1
    assert result.stderr.startswith("rostrum: The index is damaged: vectors.faiss is not what")
