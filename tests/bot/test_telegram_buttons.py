"""The buttons below an answer."""

from __future__ import annotations

from collections.abc import Callable

from bot.telegram.asking import keyboard, place_of, quote_at
from bot.telegram.state import Shown
from bot.telegram.texts import TEXTS
from retrieval.index import Index
from retrieval.records import Options, Quote
from retrieval.search import ask


def quote(speaker: str | None, date: str | None) -> Quote:
    return Quote(
        text="Bells.",
        speech_id="s",
        start=0,
        end=6,
        speaker=speaker,
        date=date,
        title=None,
        source=None,
        url=None,
        language="en",
        score=0.5,
    )


def rows(*quotes: Quote, more: bool = False) -> list[list[str]]:
    shown = Shown(1, 1, 1, 1, "bells", Options(), ())
    markup = keyboard(shown, quotes, TEXTS["en"], more=more)
    assert markup is not None
    return [[button.text for button in row] for row in markup.inline_keyboard]


def test_speakers_and_years_have_rows_of_their_own() -> None:
    found = rows(quote("Ann Wren", "2024"), quote("Edd Gull", "2025-01"), quote("Al Fog", "2023"))
    assert ["Only: Wren", "Only: Gull"] in found
    assert ["Only 2024", "Only 2025"] in found


def test_one_person_under_two_names_has_one_button() -> None:
    found = rows(quote("E.Gull", "2024"), quote("Edd Gull", "2024"), quote("Ann Wren", "2024"))
    assert ["Only: Gull", "Only: Wren"] in found


def test_a_label_that_many_have_has_no_button() -> None:
    found = rows(quote("Question", "2024"), quote("Реплика", "2024"), quote("Ann Wren", "2024"))
    assert not any("Only" in label for row in found for label in row)


def test_initials_are_left_out_of_a_button() -> None:
    labels = rows(quote("А.Сорокина", None), quote("Ann Jo Wren", None))[2]
    assert labels == ["Only: Сорокина", "Only: Wren"]


def test_a_button_has_a_name_by_which_people_are_known() -> None:
    assert rows(quote("Wren Jr.", None), quote("Пан И", None))[2] == [
        "Only: Wren Jr.",
        "Only: Пан И",
    ]
    assert rows(quote("Бо Лингвэй", None), quote("А. Сорокина", None))[2] == [
        "Only: Бо Лингвэй",
        "Only: Сорокина",
    ]


def test_one_speaker_can_be_chosen_where_more_may_be_of_others() -> None:
    only = quote("Ann Wren", "2024")
    assert not any("Only" in label for row in rows(only) for label in row)
    assert ["Only: Wren"] in rows(only, more=True)
    assert ["Only 2024"] in rows(only, more=True)


def test_nothing_is_offered_for_what_nobody_said_at_no_time() -> None:
    assert not any("Only" in label for row in rows(quote(None, None), more=True) for label in row)


def test_around_a_few_words_stands_what_was_said_before_and_after(
    make_index: Callable[..., Index],
) -> None:
    turns = (
        "Savva Goremykin: Shall we mend the lighthouse before the winter?\n\n"
        "Agnes Thornbury: Certainly, the bell as well.\n\n"
        "Savva Goremykin: Then the ferry can sail in fog.\n\n"
        "Agnes Thornbury: The school is another matter.\n"
    )
    index = make_index([{"id": "talk", "text": turns, "date": "2024", "language": "en"}])
    (found,) = ask(index, '"the bell as well"', Options()).quotes
    around = quote_at(index, place_of(found))
    assert around is not None
    assert around.speaker == "Agnes Thornbury"
    assert "mend the lighthouse" in around.before
    assert "sail in fog" in around.after
    assert "school" not in around.after
