"""What a reader takes along: Markdown and a page that other programs read as they should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.edge import visible
from bot.export import citation, markdown, page
from retrieval.records import Answer, Occasion, Period, Quote, Timeline

pytest_plugins = ["command_line"]

TODAY = date(2026, 11, 22)
TEXT = "1. Мост <b>открыт</b> & стоит *40*.\nСпасибо."
QUOTE = Quote(
    text=TEXT,
    speech_id="bridge",
    start=7,
    end=7 + len(TEXT),
    speaker="Савва Горемыкин",
    date="2024-05-14",
    title="Открытие моста",
    source="Вестник",
    url="https://example.org/most?a=1&b=2",
    language="ru",
    score=0.5,
    marks=((3, 7),),
    place="Лесногорск",
)
NO_TIMES = Timeline("мост", "ru", "year", (), 0, 1.0)


def answer(*quotes: Quote, question: str = "мост") -> Answer:
    return Answer(question, "ru", bool(quotes), quotes, 1.0)


class Reader(HTMLParser):
    """The texts of a page's elements, and whatever loads from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "iframe", "object"}
        self.links += [value for name, value in attributes if name in ("href", "src") and value]
        if tag not in {"meta", "br"}:
            self.open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            self.texts[tag][-1] += data


def test_citation() -> None:
    assert citation(QUOTE) == (
        "Савва Горемыкин, “Открытие моста”, Лесногорск, 2024-05-14, "
        f"https://example.org/most?a=1&b=2, bridge:7–{7 + len(TEXT)}."
    )
    bare = replace(QUOTE, speaker=None, title=None, place=None, date=None, url=None, source=None)
    assert citation(bare) == f"bridge:7–{7 + len(TEXT)}."


def test_markdown() -> None:
    lines = markdown(answer(QUOTE), TODAY).splitlines()
    assert lines[0] == "# мост"
    assert lines[2:7] == [
        r"> 1\. **Мост** \<b\>открыт\</b\> & стоит \*40\*.",
        "> Спасибо.",
        ">",
        "> — Савва Горемыкин [^1]",
        "",
    ]
    assert lines[7].startswith("[^1]: Савва Горемыкин, “Открытие моста”")
    assert lines[-1] == "Rostrum, 2026-11-22"


def test_a_page_holds_everything_itself() -> None:
    periods = (Period("2023", 0, 0, None), Period("2024", 3, 1, QUOTE))
    read = Reader(page(answer(QUOTE), replace(NO_TIMES, periods=periods), TODAY))
    assert read.texts["blockquote"] == [TEXT]
    assert read.texts["mark"] == ["Мост"]
    assert read.texts["h1"] == ["мост"]
    assert read.texts["th"] == ["2023", "2024"]
    assert read.links == [QUOTE.url]
    assert not read.open


def test_only_pages_are_linked() -> None:
    read = Reader(page(answer(replace(QUOTE, url="javascript:alert(1)")), NO_TIMES, TODAY))
    assert read.links == []


def test_where_nothing_was_said() -> None:
    assert "Nothing in the collection answers that." in markdown(answer(), TODAY)
    assert "Nothing in the collection answers that." in page(answer(), NO_TIMES, TODAY)
    near = replace(answer(), topics=("a bridge", "the *river*"))
    assert "It does speak of: a bridge, the \\*river\\*." in markdown(near, TODAY)
    assert "It does speak of: a bridge, the *river*." in page(near, NO_TIMES, TODAY)


def test_other_occasions_of_the_same_words() -> None:
    again = answer(replace(QUOTE, repeated=(Occasion("bridge-2", "2025-01-01"),)))
    assert "> said again: 2025-01-01\n" in markdown(again, TODAY)
    assert "said again: 2025-01-01" in page(again, NO_TIMES, TODAY)


@settings(max_examples=50)
@given(text=st.text(min_size=1))
def test_any_text_stays_text(text: str) -> None:
    hostile = replace(
        QUOTE, text=text, speaker=text, title=text, source=text, url=None, marks=((0, 1),)
    )
    read = Reader(page(answer(hostile, question=text), NO_TIMES, TODAY))
    shown = visible(text).replace("\r\n", "\n").replace("\r", "\n")
    assert read.texts["blockquote"][0].replace("\r", "\n") == shown.replace("\r", "\n")
    assert markdown(answer(hostile, question=text), TODAY)


@pytest.mark.parametrize("shape", ["--md", "--html"])
def test_on_the_command_line(rostrum: Callable[..., Result], index: Path, shape: str) -> None:
    result = rostrum("ask", "кабель по дну Каспия", shape, "--index", index)
    assert result.exit_code == 0
    assert "Кабель" in result.stdout
    assert rostrum("ask", "кабель", shape, "--json", "--index", index).exit_code == 2
