from dataclasses import replace

import pytest

from retrieval.events import read_event
from retrieval.records import Speech

BODY = "Дорогие друзья! Сегодня мы открываем мост.\n"


def event(text, **fields):
    read = read_event(Speech(id="a", text=text, language="ru", **fields))
    return read.title, read.date, read.place


@pytest.mark.parametrize(
    ("text", "date", "place"),
    [
        ("События Мост открыт 3 марта 2025 года 14:30 Лесногорск Мост открыт " + BODY, 1, None),
        (BODY * 60 + "Темы Мосты Дата публикации: 3 марта 2025 года, 14:30 Ссылка", 1, None),
        ("3 марта 2025\n\n" + BODY, 1, None),
        ("Published on March 3, 2025\n" + BODY, 1, None),
        ("Published: 2025-03-03\n" + BODY, 1, None),
        ("03.03.2025 14:30\n" + BODY, 1, None),
        ("3 mart 2025-ci il, saat 14:30\n" + BODY, 1, None),
        ("ЛЕСНОГОРСК, 3 марта 2025 года. /ВЕСТНИК/. Мост открыт. " + BODY, 1, "Лесногорск"),
        ("PORT KOLKHA, March 3, 2025 (Herald) — A bridge was opened.", 1, "Port Kolkha"),
        ("Yeniçay, 3 mart 2025-ci il, XƏBƏRÇİ. Körpü açılıb.", 1, "Yeniçay"),
        ("Мост построили 3 марта 2025 года, и он стоит.", None, None),
        ("Встреча прошла в Лесногорске, 3 марта 2025 года её вспоминали.", None, None),
        ("Published: 31.02.2025 14:30", None, None),
        (BODY, None, None),
        ("", None, None),
    ],
)
def test_date_and_place_stand_where_publishers_put_them(text, date, place):
    assert event(text)[1:] == (date and "2025-03-03", place)


def test_what_the_source_says_is_not_changed():
    text = "Мост через Светлую открыт\n\nЛЕСНОГОРСК, 3 марта 2025 года — Мост открыт."
    known = {"title": "Открытие", "date": "2025-03", "place": "Чаща"}
    assert event(text, **known) == ("Открытие", "2025-03", "Чаща")
    assert event(text) == ("Мост через Светлую открыт", "2025-03-03", "Лесногорск")


def test_the_place_of_another_day_is_not_taken():
    text = "ЛЕСНОГОРСК, 3 марта 2025 года — Мост открыт."
    assert event(text, date="2024-01-01") == (None, "2024-01-01", None)


@pytest.mark.parametrize(
    "line",
    [
        "Уважаемые коллеги!",
        "**Dear members of the council,**",
        "Мы открываем новый мост",
        "What I want to say",
        "Мост открыт.",
        "Два слова",
    ],
)
def test_an_address_or_a_sentence_is_no_headline(line):
    assert event(f"{line}\n\n{BODY}")[0] is None
    assert event(f"Новый мост через Светлую\n{BODY}")[0] is None


def test_a_speech_that_says_nothing_of_itself_stays_as_it_is():
    speech = Speech(id="a", text=BODY, language="ru", body=3)
    assert read_event(speech) == replace(speech)
