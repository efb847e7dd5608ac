"""A conversation at the terminal: what each line does, and that the terminal drives it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.prompt import Conversation, converse
from retrieval.index import Index
from retrieval.records import Options


@pytest.fixture
def heard(small: Index, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    conversation = Conversation(small, Options(limit=1))

    def hear(line: str) -> list[str]:
        assert conversation.hear(line)
        told = capsys.readouterr()
        return (told.err + told.out).splitlines()

    return hear


def test_a_question_and_a_narrower_one(heard):
    assert heard("bridge")[0].startswith("1  Agnes Thornbury")
    told, *narrowed = heard("and Goremykin?")
    assert told == "(bridge · speaker Goremykin)"
    assert narrowed[0].startswith("1  Савва Горемыкин")
    told, answer = heard("in 2019?")
    assert told == "(bridge · speaker Goremykin · since 2019 · until 2019)"
    assert answer.startswith("Nothing in the collection answers that.")


def test_the_next_quotes_are_others(heard):
    one = heard("bridge")
    two = heard("n")
    assert two[0].startswith("2  ")
    assert one[1] != two[1]
    lines = [heard("n")[0] for _ in range(5)]
    assert lines[-1] == "There are no more."


def test_context(heard):
    heard("ремонт школы")
    shown = heard("c 1")
    assert any(line.startswith("┊ ") for line in shown)
    assert heard("с 1") == shown  # the Cyrillic letter
    assert heard("c 7") == ["rostrum: There is no quote 7: there are 1."]
    heard("о вулкане")
    assert heard("c 1") == ["rostrum: There is no quote 1: nothing was found."]


def test_the_page_is_opened(heard, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(click, "launch", lambda url: opened.append(url) or 0)
    heard("price of water")
    heard("o 1")
    assert opened == ["https://example.org/water"]
    heard("Ольховский мост")
    assert heard("o")[0] == "rostrum: Quote 1 has no address; see: rostrum show bridge-ru"


def test_over_time(heard):
    heard("bridge")
    assert heard("t")[0].startswith("2024")
    heard("пингвины")
    assert heard("t")[0].startswith("Nothing")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("n", "rostrum: Ask something first."),
        ("t", "rostrum: Ask something first."),
        ("c 1", "rostrum: There is no quote 1: ask something first."),
        ("c x", "rostrum: After c comes the number of a quote, as in: c 2"),
        ("o x", "rostrum: After o comes the number of a quote, as in: o 2"),
        ("о вулкане", "Nothing in the collection"),
        ("?", "Type a question. Then:"),
        ("what about it", "rostrum: “what about it” names no topic"),
    ],
)
def test_lines_before_any_question(heard, line, told):
    assert heard(line)[0].startswith(told)


def test_an_empty_line_is_nothing_and_q_is_the_end(small):
    conversation = Conversation(small, Options())
    assert conversation.hear("  ")
    assert not conversation.hear("Q")


def test_the_conversation_is_remembered(small, tmp_path, capsys):
    history = tmp_path / "state" / "history"
    with create_pipe_input() as keys:
        keys.send_text("bridge\nn\nq\n")
        converse(small, Options(), history=history, input=keys, output=DummyOutput())
    assert "+bridge" in history.read_text("utf-8")
    assert "Agnes Thornbury" in capsys.readouterr().out


def test_a_home_that_cannot_be_written(small, tmp_path, capsys):
    (tmp_path / "file").touch()
    with create_pipe_input() as keys:
        keys.send_text("bridge\nq\n")
        converse(
            small, Options(), history=tmp_path / "file" / "h", input=keys, output=DummyOutput()
        )
    assert "Agnes Thornbury" in capsys.readouterr().out


@pytest.fixture
def terminal(small: Index, tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    controller, end = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "ask", "--index", str(small.folder)],
        stdin=end,
        stdout=end,
        stderr=end,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "TERM": "xterm"},
        cwd=Path(__file__).parents[2],
    )
    os.close(end)
    yield controller, running
    running.kill()
    running.wait()
    os.close(controller)


def test_ask_without_a_question_at_a_terminal(terminal):
    controller, running = terminal

    def until(words: str) -> None:
        seen = b""
        while words.encode() not in seen:
            seen += os.read(controller, 65536)

    until("q to quit")
    os.write(controller, b"bridge\r")
    until("rostrum show")
    os.write(controller, b"q\r")
    while running.poll() is None:  # the terminal must be read, or it cannot end
        try:
            os.read(controller, 65536)
        except OSError:
            time.sleep(0.01)
    assert running.wait() == 0
