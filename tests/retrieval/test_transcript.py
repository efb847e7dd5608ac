"""Transcripts, all invented, with invented speakers."""

from __future__ import annotations

import pytest

from retrieval.passages import cut
from retrieval.records import Speech
from retrieval.structure import segments
from retrieval.transcript import transcript


def turns(text: str, **fields: object) -> list[tuple[str | None, str]] | None:
    speech = Speech(id="x", text=text, language="ru", **fields)  # type: ignore[arg-type]
    found = transcript(speech)
    return None if found is None else [(s.speaker, text[s.start : s.end]) for s in found]


ONE_LINE = (
    "События Встреча с Министром портов Алиной Горской 4 апреля 2025 года 14:00 Маяк, Ратуша "
    "Встреча с Министром портов Алиной Горской Савва Ветров провёл рабочую встречу с Алиной "
    "Горской. * * * С.Ветров: Алина Петровна, добрый день! А.Горская Горская Алина Петровна "
    "Министр портов Островной Республики : Здравствуйте! Скажу так: порт открыт. Смотрите также "
    "Открытие порта «Маяк» 3 апреля 2025 года Поездка на Маяк 2 апреля 2025 года Мы работали с "
    "Антоном Ильичом Лозовым Лозовой Антон Ильич губернатор Маячной области и планируем… "
    "С.Ветров : Пристань. А.Горская: Которая нужна всем. Дополнительно Новости Совета по рыбе и "
    "льду Суда ходят круглый год. С.Ветров: Да. <…> География Маяк Темы Порты Лица Горская Алина "
    "Петровна Статус материала Опубликован в разделах: Новости , Стенограммы Дата публикации: 4 "
    "апреля 2025 года, 14:00"
)


def test_an_endless_line_is_cut_at_its_labels_and_its_noise_left_out():
    title = "Встреча с Министром портов Алиной Горской"
    assert turns(ONE_LINE, title=title, place="Маяк, Ратуша") == [
        (None, "Савва Ветров провёл рабочую встречу с Алиной Горской."),
        ("Савва Ветров", "Алина Петровна, добрый день!"),
        ("Алина Горская", "Здравствуйте! Скажу так: порт открыт."),
        ("Алина Горская", "Мы работали с Антоном Ильичом Лозовым"),
        ("Алина Горская", "и планируем…"),
        ("Савва Ветров", "Пристань."),
        ("Алина Горская", "Которая нужна всем."),
        ("Алина Горская", "Суда ходят круглый год."),
        ("Савва Ветров", "Да."),
    ]


def test_passages_have_one_speaker_each_and_hold_whole_turns():
    speech = Speech(id="x", text=ONE_LINE, language="ru", title="Встреча с Министром портов")
    passages = cut(speech)
    assert all(p.text == ONE_LINE[p.start : p.end] for p in passages)
    assert [p.speaker for p in passages if p.text == "Да."] == ["Савва Ветров"]
    assert not any(":" in p.text and "Ветров" in p.text for p in passages)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "PRESIDENT RENFIELD: Thank you all. We have much to do.\n\n"
            "QUESTION: Mr. President, what about the bridge?\n\n"
            "PRESIDENT RENFIELD: It will open in May.\n",
            ["Ada Renfield", "Question", "Ada Renfield"],
        ),
        (
            "**Ada Renfield:** Welcome.\n\n**Moderator:** The first question?\n\n"
            "**Boris Oakley**: When does the port open?\n\n**Ada Renfield:** In May.",
            ["Ada Renfield", "Moderator", "Boris Oakley", "Ada Renfield"],
        ),
        (
            "Ada Renfield:\nWelcome.\nWe start now.\n\nBoris Oakley:\nWhen does it open?\n\n"
            "Ada Renfield:\nIn May.",
            ["Ada Renfield", "Boris Oakley", "Ada Renfield"],
        ),
        (
            "President of the Island\nAda Renfield: Welcome.\nBoris\nOakley: Good morning.\n"
            "Ada Renfield: In May.\nDirector of the Board Jan van Dael (retranslated): No.",
            ["Ada Renfield", "Boris Oakley", "Ada Renfield", "Jan van Dael"],
        ),
        (
            "PREZİDENT SABİR DƏMİRLİ: Xoş gəlmisiniz.\nJURNALİST: Yol nə vaxt açılacaq?\n"
            "PREZİDENT SABİR DƏMİRLİ: Gələn il.\nSual: Bəs liman?\n",
            ["Sabir Dəmirli", "Jurnalist", "Sabir Dəmirli", "Sual"],
        ),
        (
            "Sabir Dəmirli: Xoş gəlmisiniz. Jurnalist: Yol nə vaxt açılacaq? Sabir Dəmirli: Gələn "
            "il. Jurnalist: Sağ olun.",
            ["Sabir Dəmirli", "Jurnalist", "Sabir Dəmirli", "Jurnalist"],
        ),
        (
            "К.Ветров (как переведено): Спасибо. Ведущий: Прошу. К.Ветров: Первое: дорога. "
            "Ведущий: Дальше?",
            ["К.Ветров", "Ведущий", "К.Ветров", "Ведущий"],
        ),
        (
            "Ведущая: Добрый вечер! Гость: Здравствуйте. Ведущая: Как порт? Гость: Строится.",
            ["Ведущая", "Гость", "Ведущая", "Гость"],
        ),
        (
            "[00:12] Ada Renfield: Welcome.\n[00:15] Host: Thank you.\n[00:20] Ada Renfield: So.\n",
            ["Ada Renfield", "Host", "Ada Renfield"],
        ),
        (
            "Патриарх Фока: Мир вам. С.Ветров: Благодарю. Патриарх Фока: Прошу. С.Ветров: Да.",
            ["Патриарх Фока", "С.Ветров", "Патриарх Фока", "С.Ветров"],
        ),
    ],
)
def test_labels_of_many_styles_are_found(text: str, expected: list[str]):
    title = "President Ada Renfield answers questions"
    found = turns(text, title=title)
    assert found is not None
    assert [speaker for speaker, _ in found] == expected


@pytest.mark.parametrize(
    "text",
    [
        "Мы строим порты. Скажу так: мы довольны. Первое: дорога. Вопрос: кто виноват? Никто. "
        "Самое Главное: люди. Мой ответ: нет.",
        "Dear friends, we build ports. My answer: no. Question: Who pays? Answer: We do. Thanks.",
        "The port opened on Monday.\nContacts: Ada Renfield\nSource: Harbour Office\nPhone: 12\n",
        "Ada Renfield: Harbour chief changes her mind",
        "Host: Ada Renfield\nGuest: Boris Oakley\nWelcome to the programme; we speak of ports.\n",
        "Как сказал С.Ветров: «Порт будет». Мы ему верим.",
        "Growing Demand: we need ships.\n\nOpen Harbours: we need quays.\n\nOne People: us.\n",
        "Minister of Ports: Ada Renfield.\nMinister of Roads: Boris Oakley.\n",
        "В 10:30 началась встреча.",
        "",
    ],
)
def test_a_colon_in_a_speech_is_no_label(text: str):
    assert turns(text) is None


def test_a_single_label_needs_an_impersonal_lead_in():
    lead_in = "Савва Ветров поздравил моряков с праздником. Маяк, Ратуша "
    speech = "С.Ветров: Друзья! Мы вместе. Спасибо."
    assert turns(lead_in + speech) == [
        (None, "Савва Ветров поздравил моряков с праздником."),
        ("Савва Ветров", "Друзья! Мы вместе. Спасибо."),
    ]
    assert turns("Мы строим порт. Я рад, и мы вам благодарны за труд. " + speech) is None


def test_somebody_interrupts_in_mid_sentence():
    text = "С.Ветров: Начнём. А.Горская: Мы построили С.Ветров: Школу? А.Горская: И школу."
    assert turns(text) == [
        ("С.Ветров", "Начнём."),
        ("А.Горская", "Мы построили"),
        ("С.Ветров", "Школу?"),
        ("А.Горская", "И школу."),
    ]


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ("Встреча с Вячеславом Ветровым", "Вячеслав Ветров"),
        ("Ответ Виталия Ветрова", "Виталий Ветров"),
        ("Письмо Василию Ветрову", "Василий Ветров"),
        ("Слова Никиты Ветрова", "В.Ветров"),
        ("Вчера Ветров говорил", "В.Ветров"),
        ("Визит Министра Ветрова", "В.Ветров"),
        ("Ветров Виктор Ильич, капитан", "Виктор Ветров"),
        ("", "В.Ветров"),
    ],
)
def test_a_label_gets_the_full_name_where_the_document_gives_it(known: str, name: str):
    found = turns("В.Ветров: Да. Вопрос: Когда? В.Ветров: В мае. Вопрос: Где?", title=known)
    assert found is not None
    assert found[0] == (name, "Да.")


def test_her_name_is_put_into_the_nominative():
    text = "О.Белова: Да. Вопрос: Когда? О.Белова: В мае. Вопрос: Где?"
    found = turns(text, extra={"summary": "Беседа с Ольгой Беловой"})
    assert found is not None
    assert found[0][0] == "Ольга Белова"


def test_who_answers_is_the_documents_speaker():
    found = turns("Q: Will it open?\nA: Yes.\nQ: When?\nA: In May.\n", speaker="Ada Renfield")
    assert found is not None
    assert [speaker for speaker, _ in found] == ["Q", "Ada Renfield", "Q", "Ada Renfield"]


def test_site_noise_on_lines_of_its_own_is_left_out():
    text = (
        "Home / News / Ports\nShare\nPhoto: Harbour Office\nThe talks were held on Monday.\n"
        "Ada Renfield: Welcome, friends.\nSee also\nThe port of Arn has been opened to\nships "
        "March 3, 2021\nNews of the Harbour Council\nWe shall build a quay.\n00:00 / 12:30\n"
        "Boris Oakley: When?\nAda Renfield: In May.\n<…>\nTags: ports, quays\n© Harbour Office\n"
    )
    assert turns(text) == [
        (None, "The talks were held on Monday."),
        ("Ada Renfield", "Welcome, friends."),
        ("Ada Renfield", "We shall build a quay."),
        ("Boris Oakley", "When?"),
        ("Ada Renfield", "In May."),
    ]


def test_a_day_in_a_speech_is_no_link():
    text = (
        "С.Ветров: Дополнительно скажу: 8 мая 2025 года Мы вышли в море. А.Горская: Смотрите "
        "также на цены. Они были ниже 9 мая 2024 года, это правда. С.Ветров: Да. А.Горская: Да."
    )
    found = turns(text)
    assert found is not None
    assert len(found) == 4
    assert sum(len(words) for _, words in found) > len(text) - 50


def test_a_reporter_between_two_parts_is_nobody():
    text = (
        "С.Ветров: Начнём. А.Горская: Хорошо. * * * Затем участники осмотрели порт. * * * "
        "Начало беседы в узком составе С.Ветров: Прошу. А.Горская: Спасибо."
    )
    assert turns(text) == [
        ("С.Ветров", "Начнём."),
        ("А.Горская", "Хорошо."),
        (None, "Затем участники осмотрели порт."),
        ("С.Ветров", "Прошу."),
        ("А.Горская", "Спасибо."),
    ]


def test_offsets_count_from_the_text_and_nothing_before_the_body_is_read():
    text = "---\ntitle: Ada Renfield: a talk\n---\nAda Renfield: Yes.\nBoris Oakley: No.\n"
    text += "Ada Renfield: Why?\n"
    speech = Speech(id="x", text=text, language="en", body=text.index("Ada Renfield: Yes"))
    assert [(s.speaker, text[s.start : s.end]) for s in segments(speech)] == [
        ("Ada Renfield", "Yes."),
        ("Boris Oakley", "No."),
        ("Ada Renfield", "Why?"),
    ]
