"""The timeline command, as a person and as a program meet it."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.render import print_timeline
from retrieval.records import Period, Quote, Timeline

pytest_plugins = ["command_line"]

# bot.picture and matplotlib are imported by the tests that draw: they take half a second, which
# each process would spend that only collects these.


def size(png: Path) -> tuple[int, int]:
    data = png.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", data[16:24])


def test_bars_and_the_strongest_quotes(rostrum: Callable[..., Result], index: Path) -> None:
    result = rostrum("timeline", "кабель по дну Каспия", "--index", index)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("2025")
    assert "█" in lines[0]
    assert "Кабель" in result.stdout


def test_bars_are_as_long_as_their_numbers_say(capsys: pytest.CaptureFixture[str]) -> None:
    periods = (Period("2024", 6, 1, None), Period("2025", 8, 1, None))
    print_timeline(Timeline("мост", "ru", "year", periods, 0, 1.0))
    shorter, longer = (line.count("█") for line in capsys.readouterr().out.splitlines())
    assert shorter / longer == pytest.approx(6 / 8, abs=0.02)


def test_json(rostrum: Callable[..., Result], index: Path) -> None:
    result = rostrum("timeline", "Caspian cable", "--by", "month", "--json", "--index", index)
    got = json.loads(result.stdout)
    assert list(got) == ["question", "language", "by", "periods", "undated", "took_ms"]
    assert got["by"] == "month"
    (period,) = got["periods"]
    assert list(period) == ["period", "passages", "speeches", "quote"]
    assert period["period"] == "2025-10"
    assert period["quote"]["date"] == "2025-10-21"


def test_nothing_was_said(rostrum: Callable[..., Result], index: Path) -> None:
    result = rostrum("timeline", "пингвины Антарктиды", "--index", index)
    assert (result.exit_code, result.stdout) == (0, "Nothing in the collection answers that.\n")


def test_a_picture(rostrum: Callable[..., Result], index: Path, tmp_path: Path) -> None:
    png = tmp_path / "кабель.png"
    result = rostrum("timeline", "кабель", "--png", png, "--index", index)
    assert result.exit_code == 0
    width, height = size(png)
    assert (width, height < 600) == (960, True)  # one bar needs no whole page


def test_a_picture_of_nothing_says_so(
    rostrum: Callable[..., Result], index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    drawn: list[str] = []
    monkeypatch.setattr(
        Figure, "text", lambda self, x, y, text, **style: drawn.append(text) or Text(x, y, text)
    )
    png = tmp_path / "a.png"
    rostrum("timeline", "пингвины Антарктиды", "--png", png, "--index", index)
    assert "Nothing in the collection answers that." in drawn


def test_whose_words_a_picture_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from bot.picture import draw_timeline

    drawn: list[str] = []
    monkeypatch.setattr(
        Figure, "text", lambda self, x, y, text, **style: drawn.append(text) or Text(x, y, text)
    )
    quote = Quote("Bells.", "a", 0, 6, "Ann Wren", "2025", None, None, None, "en", 0.5)
    quote = replace(quote, invented=True)
    record = Timeline("bells", "en", "year", (Period("2025", 1, 1, quote),), 0, 1.0)
    draw_timeline(record, tmp_path / "a.png")
    assert "Ann Wren · 2025 · invented sample" in drawn
    draw_timeline(record, tmp_path / "a.png", lambda quote: f"{quote.speaker} in words")
    assert "Ann Wren in words" in drawn


def test_what_has_no_date_was_said_all_the_same(
    rostrum: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Мост через Светлую построят за два года.", "utf-8")
    assert rostrum("reindex", tmp_path / "a.txt", "--index", tmp_path / "i").exit_code == 0
    result = rostrum("timeline", "мост через Светлую", "--index", tmp_path / "i")
    assert result.stdout == "1 passage without a date\n"


@pytest.mark.parametrize("place", ["missing/a.png", "folder"])
def test_a_picture_that_cannot_be_written(
    rostrum: Callable[..., Result], index: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "folder").mkdir()
    result = rostrum("timeline", "кабель", "--png", tmp_path / place, "--index", index)
    assert result.exit_code in (1, 2)
    assert "--png" in result.stderr
    assert "Traceback" not in result.stderr


@settings(max_examples=10)
@given(text=st.text(min_size=1), periods=st.integers(0, 60))
def test_any_text_can_be_drawn(
    tmp_path_factory: pytest.TempPathFactory, text: str, periods: int
) -> None:
    from bot.picture import draw_timeline

    quote = Quote(text, "a", 0, len(text), text, "2025", None, None, None, "ru", 0.5)
    drawn = tuple(Period(f"{1950 + n}", n % 7, 1, quote) for n in range(periods))
    png = tmp_path_factory.mktemp("drawn") / "a.png"
    draw_timeline(Timeline(text, "ru", "year", drawn, 0, 1.0), png)
    width, height = size(png)
    assert width == 960
    assert height <= 1200


def test_more_periods_than_have_room() -> None:
    from bot.picture import _rows

    periods = tuple(Period(f"{1900 + n}", 2, 1, None) for n in range(45))
    rows = _rows(periods)
    assert rows[0] == ("≤ 1904", 10, None)
    assert rows[1:] == [(period.name, 2, 2) for period in periods[5:]]
