from datetime import date

import pytest

from retrieval.followup import Asked, follow_up
from retrieval.records import Options

SPEAKERS = ["Савва Горемыкин", "Agnes Thornbury", "Касым-Жомарт Токаев"]
LAST = Asked("water prices", Options(limit=5, since="2020", speaker="Agnes"))
BASE = Options(limit=5)


def meant(text, last=LAST):
    asked = follow_up(text, last, BASE, SPEAKERS, date(2026, 11, 22))
    return asked.question, asked.options.since, asked.options.until, asked.options.speaker


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("and in 2024?", "2024", "2024"),
        ("in 2024?", "2024", "2024"),
        ("2024", "2024", "2024"),
        ("а в 2024 году?", "2024", "2024"),
        ("bəs 2024-cü ildə?", "2024", "2024"),
        ("And in May 2024?", "2024-05", "2024-05"),
        ("а в мае 2024 года", "2024-05", "2024-05"),
        ("2024-cü ilin", "2024", "2024"),
        ("since 2022", "2022", None),
        ("а с 2022 года?", "2022", None),
        ("bəs 2022-ci ildən sonra?", "2023", None),
        ("and before 2022?", None, "2021"),
        ("а до 2022 года?", None, "2021"),
        ("and until 2022?", None, "2022"),
        ("а летом 2022?", "2022-06", "2022-08"),
        ("2021..2023", "2021", "2023"),
        ("from 2021 to 2023", "2021", "2023"),
        ("2021–2023", "2021", "2023"),
        ("and between 2021 and 2023?", "2021", "2023"),
        ("а с 2021 по 2023 год?", "2021", "2023"),
        ("а в 2024-м?", "2024", "2024"),
        ("а 9 мая 2024 года?", "2024-05-09", "2024-05-09"),
        ("and on May 9th, 2024?", "2024-05-09", "2024-05-09"),
        ("and on 31 June 2024?", "2024-06", "2024-06"),
        ("and this year?", "2026", "2026"),
        ("а в прошлом году?", "2025", "2025"),
        ("bəs keçən il?", "2025", "2025"),
    ],
)
def test_a_time_narrows(text, since, until):
    assert meant(text) == ("water prices", since, until, "Agnes")


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("а Токаев?", "Токаев"),
        ("а у Токаева?", "Токаева"),
        ("and Tokayev?", "Tokayev"),
        ("what about Goremykin", "Goremykin"),
        ("bəs Tokayev?", "Tokayev"),
        ("а токаев?", "токаев"),
    ],
)
def test_a_speaker_narrows(text, speaker):
    assert meant(text) == ("water prices", "2020", None, speaker)


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("What did Thornbury say about water?", "and Tokayev?", ("water", None, "Tokayev")),
        ("Что Токаев говорил о воде в 2019 году?", "а Горемыкин?", ("воде", "2019", "Горемыкин")),
        ("Tokayev su haqqında nə deyib?", "bəs Goremykin?", ("su", None, "Goremykin")),
        ('Токаев о "чистой воде" -газ', "а Горемыкин?", ('"чистой воде" -газ', None, "Горемыкин")),
    ],
)
def test_another_speaker_takes_the_place_of_the_first(question, text, expected):
    asked = follow_up(text, Asked(question, BASE), BASE, SPEAKERS, date(2026, 11, 22))
    assert (asked.question, asked.options.since, asked.options.speaker) == expected
    assert asked.options.until == asked.options.since


def test_time_and_speaker_together():
    assert meant("а Токаев в 2024 году?") == ("water prices", "2024", "2024", "Токаев")


def test_other_words_are_added():
    assert meant("and for farmers?") == ("water prices farmers", "2020", None, "Agnes")
    asked = follow_up("а рыба?", Asked("Где вода?", BASE), BASE, SPEAKERS, date(2026, 11, 22))
    assert asked.question == "Где вода рыба"


@pytest.mark.parametrize(
    ("text", "added", "speaker"),
    [
        ("а цены?", "цены", "Shen Brook"),
        ("and water?", "water", "Walter Brook"),
        ("and NATO?", "NATO", "Anatoly Brook"),
        ("а Крым?", "Крым", "Karim Brook"),
        ("а Токаев?", "Токаев", "Nikolai Tokarev"),
    ],
)
def test_what_only_sounds_like_a_speaker_is_added(text, added, speaker):
    asked = follow_up(text, Asked("roads", BASE), BASE, [speaker], date(2026, 11, 22))
    assert asked == Asked(f"roads {added}", BASE)


@pytest.mark.parametrize(
    "text", ["Tokayev", "what did Tokayev say about water", "android phones", "Авария в 2024", "и"]
)
def test_a_question_of_its_own(text):
    if text == "и":  # nothing but the joining word: the same again
        assert meant(text)[0] == "water prices"
    else:
        assert meant(text) == (text, None, None, None)


def test_nothing_was_asked_before():
    assert meant("and in 2024?", None) == ("and in 2024?", None, None, None)


def test_new_dates_take_the_place_of_those_in_the_question():
    last = Asked("маяк 2025..2025", Options())
    asked = follow_up("а в 2024 году?", last, Options(), (), date(2026, 11, 22))
    assert asked == Asked("маяк", Options(since="2024", until="2024"))


def test_new_dates_take_the_place_of_those_in_the_sentence():
    last = Asked("что говорилось о воде в 2019 году", BASE)
    assert meant("а в 2021-м?", last) == ("что говорилось о воде", "2021", "2021", None)


def test_who_speaks_of_something_else_is_a_question_of_its_own():
    for text in "Токаев о школах?", "what did Tokayev say about schools":
        assert meant(f"and {text}") == (text, None, None, None)
    assert meant("and what did Tokayev say?") == ("water prices", "2020", None, "Tokayev")
