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


def test_those_present_before_the_stars_are_named_in_one_endless_line():
    present = ", ".join(f"Jan Holm {letter} (Republic of Arn)" for letter in "ABCDEFGHIJKLMN")
    text = (
        f"The meeting was attended by {present} * * * President of Arn Anna Korven: We begin. "
        "Jan Holm: Thank you. Anna Korven: Please. Jan Holm: We built the bridge."
    )
    (nobody, *_), *said = turns(text)
    assert nobody is None
    assert said == [
        ("Anna Korven", "We begin."),
        ("Jan Holm", "Thank you."),
        ("Anna Korven", "Please."),
        ("Jan Holm", "We built the bridge."),
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


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("Sakin: Çox sağ olun.", "Sakin"),
        ("Harbour members: Shame!", "Harbour members"),
        ("Звонок в студию, Маяк: А нам не нравится!", "Звонок в студию, Маяк"),
        ("Корреспондент газеты «Маяк» Анна Ло: А когда?", "Корреспондент газеты «Маяк» Анна Ло"),
        ("THE COURT: Sustained.", "The Court"),
        ("Q    Thanks, Ada. Will it open?", "Q"),
    ],
)
def test_a_label_that_occurs_once_is_a_turn_of_its_own(line: str, speaker: str):
    text = f"Ada Renfield: Welcome.\nBoris Oakley: Good.\n{line}\nAda Renfield: In May.\n"
    found = turns(text)
    assert found is not None
    assert [name for name, _ in found] == ["Ada Renfield", "Boris Oakley", speaker, "Ada Renfield"]


@pytest.mark.parametrize(
    "line",
    [
        "Урожай: три миллиона тонн.",
        "Повторю: Мы построим порт.",
        "Совет: «Читайте вслух».",
        "My message is simple: Work.",
        "Minister of Ports: Clara Reed.",
        "Порты: Сто причалов.\nИ дальше будет больше.",
    ],
)
def test_a_colon_in_somebodys_own_sentence_stays(line: str):
    text = f"Ada Renfield: Welcome.\nBoris Oakley: We begin.\n{line}\nAda Renfield: In May.\n"
    found = turns(text)
    assert found is not None
    assert [name for name, _ in found] == ["Ada Renfield", "Boris Oakley", "Ada Renfield"]


def test_a_surname_may_stand_before_its_initials():
    found = turns("ВЕТРОВ С.: Начнём.\nЗАЛ: Да!\nС.ВЕТРОВ: Спасибо.\n")
    assert found == [("С.Ветров", "Начнём."), ("Зал", "Да!"), ("С.Ветров", "Спасибо.")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "ПРЕДСЕДАТЕЛЬСТВУЮЩИЙ. Прошу садиться.\nГОРСКАЯ А.П., фракция «Маяк». Вношу поправку.\n"
            "ИЗ ЗАЛА. Позор!\nПРЕДСЕДАТЕЛЬСТВУЮЩИЙ. Тишина.\n",
            ["Председательствующий", "А.П.Горская", "Из Зала", "Председательствующий"],
        ),
        (
            "Mr. OAKLEY. Mr. President, I rise.\nThe PRESIDING OFFICER. Without objection.\n"
            "Mr. OAKLEY. I yield.\n",
            ["Oakley", "The Presiding Officer", "Oakley"],
        ),
    ],
)
def test_a_verbatim_record_ends_its_labels_with_a_stop(text: str, expected: list[str]):
    found = turns(text)
    assert found is not None
    assert [name for name, _ in found] == expected


def test_paragraphs_that_begin_with_an_address_or_a_number_are_no_turns():
    text = "Mr. President. We thank you.\nII. Ports. We build.\nMr. President. We shall go on.\n"
    assert turns(text) is None


def test_names_before_quotations_are_an_articles():
    text = "Сенатор Савва Ветров: «Порт готов».\nЭксперт Ян Ло: «Он мал».\nЯн Ло назвал цифры.\n"
    assert turns(text) is None


def test_the_reporters_ending_is_no_part_of_the_last_turn():
    talk = "Ada Renfield: Welcome.\nBoris Oakley: Good.\nAda Renfield: In May.\n\n"
    ending = "The parties also discussed the quays."
    found = turns(talk + ending)
    assert found is not None
    assert found[-2:] == [("Ada Renfield", "In May."), (None, ending)]
    ours = "The parties also discussed our quays."
    assert turns(talk + ours)[-1] == ("Ada Renfield", f"In May.\n\n{ours}")  # type: ignore[index]


def test_an_article_before_the_first_label_is_read_as_one():
    article = (
        "Савва Ветров открыл порт.\n\nСавва Ветров сказал:\n\n- Друзья! Мы построили порт. "
        "Я благодарю вас.\n\n"
    )
    found = turns(article * 2 + "С.Ветров: Пора.\nСтаршина: Да.\nС.Ветров: Едем.\n")
    assert found is not None
    assert ("Савва Ветров", "Друзья! Мы построили порт. Я благодарю вас.") in found


def test_a_form_of_address_is_no_part_of_a_name():
    text = "Mr ROE: Yes.\nMrs HOLM: No.\nMr ROE: Why?\nMrs HOLM: So.\n"
    assert [name for name, _ in turns(text) or []] == ["Roe", "Holm", "Roe", "Holm"]
    text = "Mr ROE: Yes.\nMrs ROE: No.\nMr ROE: Why?\nMrs ROE: So.\n"
    assert [name for name, _ in turns(text) or []] == ["Mr Roe", "Mrs Roe"] * 2


def test_a_name_keeps_all_words_that_stand_together():
    text = (
        "President of Arnia Tavi Oren Dalmar: Welcome.\nBoris Oakley: Arnia is near.\n"
        "President of Arnia Tavi Oren Dalmar: Yes.\n"
    )
    found = turns(text)
    assert found is not None
    assert found[0][0] == "Tavi Oren Dalmar"
