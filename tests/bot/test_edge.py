"""No traceback ever reaches a user: errors, interrupts, closed pipes, full disks, odd locales."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import cli
from bot.edge import Edge, complain, visible
from retrieval import errors

pytest_plugins = ["command_line"]
pytestmark = pytest.mark.usefixtures("home")

Process = Callable[..., subprocess.CompletedProcess[str]]


def run(failure: BaseException) -> tuple[int, str]:
    """The exit status and the message of a command that fails so."""
    group = Edge("rostrum")

    @group.command()
    def fail() -> None:
        raise failure

    result = CliRunner().invoke(group, ["fail"])
    assert result.stdout == ""
    return result.exit_code, result.stderr


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_one_line_and_a_status(name: str) -> None:
    status, more = (2, ["empty"]) if name == "QuestionError" else (1, [])
    failure = getattr(errors, name)("It is\ngone; run \x1b[1mthis.", *more)
    assert run(failure) == (status, "rostrum: It is gone; run ␛[1mthis.\n")


def test_what_nobody_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    class Panic(BaseException):
        """As the word index's Rust raises it."""

    for failure in (ZeroDivisionError("x"), Panic("x"), MemoryError(), RecursionError("deep")):
        status, message = run(failure)
        assert status == 1
        assert message.startswith(f"rostrum: unexpected error: {type(failure).__name__}")
        assert "ROSTRUM_DEBUG=1" in message
        assert message.count("\n") == 1
    monkeypatch.setenv("ROSTRUM_DEBUG", "1")
    assert "Traceback" in run(ZeroDivisionError("x"))[1]


def test_an_error_of_the_system_names_the_file() -> None:
    status, message = run(PermissionError(13, "Permission denied", "/root/x"))
    assert status == 1
    assert message.startswith("rostrum: Permission denied /root/x;")


def test_interrupted_quietly() -> None:
    status, message = run(KeyboardInterrupt())
    assert (status, message.strip()) == (130, "")


def test_interrupted_while_waiting_for_questions(index: Path) -> None:
    command = [sys.executable, "-m", "bot.cli", "ask", "--questions", "-", "--json"]
    with subprocess.Popen(
        [*command, "--index", str(index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    ) as waiting:
        assert waiting.stdin
        assert waiting.stdout
        waiting.stdin.write(b'{"qid": "1", "question": "water"}\n')
        waiting.stdin.flush()
        waiting.stdout.readline()  # now it waits for the second
        time.sleep(0.1)
        waiting.send_signal(signal.SIGINT)
        _, complaint = waiting.communicate(timeout=20)
    assert (waiting.returncode, complaint.strip()) == (130, b"")


def test_a_reader_that_leaves_early(index: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", "show", "astana", "--index", str(index)],
            stdout=closed,
            stderr=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("flag", [["--json"], []])
def test_no_space_for_the_output(process: Process, index: Path, flag: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = process("show", "astana", "--index", index, *flag, stdout=full)
    assert done.returncode == 1
    assert done.stderr.startswith("rostrum: No space left on device")
    assert done.stderr.count("\n") == 1


def test_text_survives_a_locale_without_letters(process: Process, index: Path) -> None:
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = process("show", "gence-2023", "--json", "--index", index, env=ascii_only)
    assert done.returncode == 0
    assert "Gəncə məktəbləri" in json.loads(done.stdout)["text"]
    asked = process("ask", "water prices", "--index", index, env=ascii_only)
    assert asked.returncode == 0
    assert "│ Water" in asked.stdout
    unknown = process("show", "ə", "--index", index, env=ascii_only)
    assert unknown.returncode == 1
    assert unknown.stderr.startswith("rostrum: ")


@given(st.text())
def test_visible_is_harmless_and_as_long(text: str) -> None:
    shown = visible(text)
    assert len(shown) == len(text)
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 for c in shown)


def test_what_was_pasted_by_mistake_is_not_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["status", "мост\n" * 10_000], prog_name="rostrum")
    assert ended.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    assert len(line) < 700
    assert line.endswith("(more: rostrum status --help)")


def test_a_complaint_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    complain("first\n  second\r\n")
    assert capsys.readouterr().err == "rostrum: first second\n"


def test_only_our_words_reach_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import os; from bot.edge import only_our_words, say\n"
        "with only_our_words():\n    say('ours'); os.write(2, b'theirs')\nsay('after')"
    )
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, stderr=subprocess.PIPE, check=True).stderr == b"ours\nafter\n"
    monkeypatch.setenv("ROSTRUM_DEBUG", "1")
    assert b"theirs" in subprocess.run(run, stderr=subprocess.PIPE, check=True).stderr
