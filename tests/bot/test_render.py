"""What people see: on a terminal of any width, with colours or without."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from bot.render import print_answer, print_speech
from retrieval.records import Answer, Passage, Quote, Speech

pytest_plugins = ["command_line"]
pytestmark = pytest.mark.usefixtures("home")

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")

TEXT = "Зангезурский коридор будет открыт.\r\nКабель\tсоединит\x1b]0;title\x07 энергосистемы."
QUOTE = Quote(
    text=TEXT,
    speech_id="astana it's",
    start=5,
    end=5 + len(TEXT),
    speaker="Ильхам Алиев",
    date="2025-10-21",
    title="Заседание",
    source="day.az",
    url="https://example.org/" + "long/" * 30,
    language="ru",
    score=0.9,
    marks=((0, 12), (13, 20)),
    before="До этого.",
    after="После этого.",
)


def shown(capsys: pytest.CaptureFixture[str], *quotes: Quote, **options: object) -> str:
    print_answer(Answer("?", "ru", True, quotes, 1.0), **options)  # type: ignore[arg-type]
    return capsys.readouterr().out


def on_a_terminal(
    args: Sequence[object], columns: int = 100, env: dict[str, str] | None = None
) -> tuple[int, str]:
    """Exit status and output of the program on a terminal of its own."""
    controller, terminal = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(columns), **(env or {})}
    running = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", *map(str, args)],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment,
        cwd=Path(__file__).parents[2],
    )
    os.close(terminal)
    output = b""
    try:
        while chunk := os.read(controller, 65536):
            output += chunk
    except OSError:
        pass  # how Linux says that the other end is closed
    os.close(controller)
    return running.wait(timeout=60), output.decode()


def test_words_are_marked_on_a_terminal(index: Path) -> None:
    status, output = on_a_terminal(["ask", "water prices", "--index", index])
    assert status == 0
    assert re.search(r"\x1b\[[0-9;]*4[0-9;]*mWater", output)
    assert "│ Water prices will not rise this year." in ESCAPE.sub("", output)


def test_no_color_means_no_colour(index: Path) -> None:
    _, output = on_a_terminal(["ask", "water", "--index", index], env={"NO_COLOR": "1"})
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|9[0-7]|38;)", output)


def test_json_is_plain_on_a_terminal_too(index: Path) -> None:
    _, output = on_a_terminal(["ask", "water", "--json", "--index", index])
    assert output.startswith('{"qid"')
    assert "\x1b" not in output


@pytest.mark.parametrize("columns", [100, 40])
def test_lines_fit_the_terminal(index: Path, columns: int) -> None:
    _, output = on_a_terminal(
        ["ask", "кабель по дну Каспия", "--context", "-n", 1, "--index", index], columns
    )
    lines = ESCAPE.sub("", output).splitlines()
    quoted = [line for line in lines if line.startswith(("│", "┊"))]
    assert max(map(cell_len, quoted)) <= columns
    assert (len(quoted) > 4) == (columns == 40)


def test_a_bar_on_reindex(sources: Path, tmp_path: Path) -> None:
    status, output = on_a_terminal(["reindex", sources, "--index", tmp_path / "index"])
    assert status == 0
    assert "\x1b[?25h" in output  # the cursor is back
    last = ESCAPE.sub("", output).splitlines()[-1]
    assert "3 speeches" in last.replace("\r", "")


def test_who_when_where(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, QUOTE).splitlines()
    assert lines == [
        "Ильхам Алиев · 2025-10-21 · Заседание",
        "│ Зангезурский коридор будет открыт.  Кабель соединит␛]0;title␇ энергосистемы.",
        f"  {QUOTE.url}",
        "  rostrum show 'astana it'\"'\"'s'",
    ]


def test_place_and_occasion(capsys: pytest.CaptureFixture[str]) -> None:
    placed = replace(QUOTE, title=None, place="Астана", occasion="Слово " * 40)
    head = shown(capsys, placed).splitlines()[0]
    assert head.startswith("Ильхам Алиев · 2025-10-21 · Астана · Слово Слово")
    named = replace(QUOTE, title="Заседание, Астана", place="Астана", translations=("a-en", "a-az"))
    lines = shown(capsys, named).splitlines()
    assert lines[0] == "Ильхам Алиев · 2025-10-21 · Заседание, Астана"
    assert lines[-1] == "  also published as a-en, a-az"


def test_context_stands_apart_from_the_quote(capsys: pytest.CaptureFixture[str]) -> None:
    lines = shown(capsys, QUOTE, context=True, index=Path("a b")).splitlines()
    assert lines[1] == "┊ До этого."
    assert lines[2].startswith("│ Зангезурский")
    assert lines[3] == "┊ После этого."
    assert lines[-1].endswith(" --index 'a b'")


def test_labels(capsys: pytest.CaptureFixture[str]) -> None:
    out = shown(capsys, replace(QUOTE, speaker=None, narration=True), replace(QUOTE, invented=True))
    first, second = out.split("\n\n")
    assert first.startswith("not speech: the publisher's own words · 2025-10-21")
    assert "invented sample" not in first
    assert second.splitlines()[0].endswith(" · invented sample")


@settings(max_examples=60)
@given(text=st.text(min_size=1), columns=st.integers(1, 120))
def test_any_text_can_be_shown(text: str, columns: int) -> None:
    marks = ((0, 1), (len(text) // 2, len(text)))
    quote = Quote(text, text, 0, len(text), text, text, text, text, None, "en", 0.5, marks)
    with pytest.MonkeyPatch.context() as patch, io.StringIO() as out:
        patch.setenv("COLUMNS", str(columns))
        patch.setattr(sys, "stdout", out)
        print_answer(Answer("?", "en", True, (quote,), 1.0), context=True)


def test_a_speech_names_each_voice_once(capsys: pytest.CaptureFixture[str]) -> None:
    text = "Lead-in.\n\nAnn: \n\n-One. Two.\n\nThree.\n\nApplause\n\nFour. Bob: Five."
    voices = [("Lead-in.", None), ("One.", "Ann"), ("Two.", "Ann"), ("Three.", "Ann")]
    voices += [("Four.", "Ann"), ("Five.", "Bob")]
    passages = []
    for part, speaker in voices:
        start = text.index(part)
        passages.append(Passage("s", start, start + len(part), part, speaker, "en", ()))
    print_speech(Speech("s", text, "en"), passages)
    assert capsys.readouterr().out.partition("id        s\n")[2] == (
        "\nnot speech: the publisher's own words\nLead-in.\n\n× Ann:\n\nAnn\n-One. Two.\n\nThree.\n"
        "\n× Applause\n\nFour.\n\n× Bob:\n\nBob\nFive.\n"
    )
