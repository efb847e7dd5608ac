from dataclasses import replace

import pytest

from retrieval.events import read_event, whole_date
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
        # a stamp goes before what the text tells of, wherever it stands
        (BODY + "4 мая 1995 года\nбыло праздником. Опубликовано: 3 марта 2025", 1, None),
        ("1 февраля 2020 года, 10:00\n" + BODY + "Дата: 3 марта 2025 года", 1, None),
        ("Новый мост\n3 марта 2025 года\n" + BODY, 1, None),
        # dates of other events: wrapped sentences, links, the past
        ("Мост построили в День строителя,\n3 марта 2025 года.\n" + BODY, None, None),
        ("Мост был открыт днём\n3 марта 2025 года\nи стоит.\n" + BODY, None, None),
        (BODY + BODY + "3 марта 2025 года\n" + BODY, None, None),
        ("Памятная дата 3 марта 2025 года известна всем.", None, None),
        ("Мы встретились 3 марта 2025 года в 14:30 у моста.", None, None),
        (BODY + "Читайте также\nПоездка в Чащу\n3 марта 2025 года, 15:00\n" + BODY, None, None),
        (BODY + "Смотрите также Поездка в Чащу 3 марта 2025 года, 15:00\n", None, None),
        ("ЛЕСНОГОРСК, 3 марта 1925, 04:00. Так начиналась сводка.", None, None),
        ("PORT KOLKHA, July 4, 1889 — that is how the book begins.", None, None),
        (BODY, None, None),
        ("", None, None),
    ],
)
def test_date_and_place_stand_where_publishers_put_them(text, date, place):
    assert event(text)[1:] == (date and "2025-03-03", place)


def test_only_a_stamp_dates_an_old_speech():
    assert event("Опубликовано: 9 мая 1961 года\n" + BODY)[1] == "1961-05-09"
    assert event("9 мая 1961 года\n" + BODY)[1] is None


def test_a_date_below_the_title_is_the_pages():
    text = f"Новости области\n\nМост открыт\n3 марта 2025 года\n{BODY}"
    assert event(text, title="Мост открыт")[1] == "2025-03-03"


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("21 October 2025", "2025-10-21"),
        (" 21 октября 2025 г. ", "2025-10-21"),
        ("October 21st, 2025", "2025-10-21"),
        ("21 oktyabr 2025-ci il", "2025-10-21"),
        ("on 21 October 2025", None),
        ("31.02.2025", None),
        ("", None),
    ],
)
def test_a_text_that_is_one_date(text, date):
    assert whole_date(text) == date


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
