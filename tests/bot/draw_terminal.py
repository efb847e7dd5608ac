"""Draw what ``rostrum ask`` prints on the sample speeches: ``draw_terminal.py OUT.png``."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from drawing import MONO, Canvas, Letters, Style, letters
from rich.text import Text

ROOT = Path(__file__).parents[2]
ASKED = ("what was said about the Zangezur corridor", "how far has the Caspian fallen?")
COLUMNS, SIZE, LINE, MARGIN = 88, 25, 35, 38
PAPER, INK, FAINT = "#1f2126", "#e3e4e8", "#8b8f98"
PROMPT = "#7fb5a0"
COLOURS = {3: "#e3bd62", 6: "#5cc8d7"}  # yellow and cyan by their ANSI numbers
PLAIN = Style(INK, SIZE, fonts=MONO)


def asked(question: str) -> str:
    """What the program prints, with its colours."""
    with tempfile.TemporaryDirectory() as nothing:
        environment = {name: value for name, value in os.environ.items() if name != "ROSTRUM_INDEX"}
        environment |= {"XDG_DATA_HOME": nothing, "XDG_CACHE_HOME": nothing, "TERM": "xterm"}
        environment |= {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot.cli", "ask", question]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def styled(line: str) -> Letters:
    """A line with its escape sequences turned into styles."""
    parsed = Text.from_ansi(line)
    looks: Letters = letters(parsed.plain, PLAIN)
    for start, end, name in parsed.spans:
        assert not isinstance(name, str)
        colour = COLOURS[name.color.number or 0] if name.color else FAINT if name.dim else INK
        style = PLAIN._replace(
            colour=colour,
            bold=bool(name.bold),
            italic=bool(name.italic),
            underline=bool(name.underline),
        )
        looks[start:end] = letters(parsed.plain[start:end], style)
    return looks


def main(path: Path) -> None:
    lines: list[Letters] = []
    for question in ASKED:
        command = letters(f'rostrum ask "{question}"', PLAIN._replace(bold=True))
        lines += [[*letters("$ ", PLAIN._replace(colour=PROMPT, bold=True)), *command]]
        lines += [*map(styled, asked(question).splitlines()), []]
    canvas = Canvas(1400, 2 * MARGIN + LINE * (len(lines) - 1), PAPER)
    for number, line in enumerate(lines):
        canvas.words(MARGIN, MARGIN + number * LINE + SIZE, line)
    canvas.save(path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
