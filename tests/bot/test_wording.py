"""What is said alike everywhere of an answer."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.wording import in_short, said_again, speaks_of
from retrieval.records import Occasion, Quote

LONG = "Дамы и господа, начну издалека. " * 5 + "И вот Ольховский мост открыли. " + "Спасибо. " * 20
AT = LONG.index("мост")
QUOTE = Quote(
    LONG, "a", 0, len(LONG), "Савва Горемыкин", "2025", None, None, None, "ru", 0.5, ((AT, AT + 4),)
)


def test_what_is_short_stays_as_it_is():
    short = replace(QUOTE, text="Мост\nоткрыт.", marks=((0, 4),))
    assert in_short(short, 20) == "Мост открыт."


def test_of_a_long_quote_the_match_is_shown():
    shown = in_short(QUOTE, 100)
    assert shown.startswith("… ")
    assert "мост открыли" in shown
    assert in_short(replace(QUOTE, marks=((0, 4),)), 100).startswith("Дамы и господа")


@given(st.text(max_size=300), st.integers(0, 300), st.integers(0, 20), st.integers(10, 200))
def test_it_is_never_longer_than_asked(text, start, size, longest):
    marks = ((start, start + size),) if start + size <= len(text) else ()
    assert len(in_short(replace(QUOTE, text=text, marks=marks), longest)) <= longest


def test_other_occasions_are_named_by_date_or_id():
    again = replace(QUOTE, repeated=(Occasion("b", "2024-05"), Occasion("c", None)))
    assert said_again(again) == "said again: 2024-05, c"
    assert said_again(QUOTE) == ""


def test_topics_are_a_sentence():
    assert speaks_of(("a bridge", "water")) == "It does speak of: a bridge, water."
    assert speaks_of(()) == ""
