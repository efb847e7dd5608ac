"""Every command, in every language, and what is kept for the operator."""

from __future__ import annotations

import json

import pytest
from botapi import BotApi, Person
from telegram_process import LANGUAGES, SPEECHES, BotProcess, new_message, pressed

from bot.telegram.commands import people
from bot.telegram.texts import TEXTS, texts_for

pytest_plugins = ["telegram_fixtures"]

PNG = b"\x89PNG"


@pytest.mark.parametrize("language", LANGUAGES)
def test_start_help_and_unknown(api: BotApi, bot: BotProcess, language: str) -> None:
    texts, ann = TEXTS[language], api.person("Ann", language)
    start = ann.asks("/start")
    assert start.text == texts.start
    assert [button["text"] for button in start.buttons] == [*texts.examples]
    assert len([end for end in start.text if end in ".!?"]) >= 2
    helped = ann.asks("/help")
    assert "@rostrum_test_bot" in helped.text
    assert helped.marked("bold")
    assert "{" not in helped.text
    assert ann.asks("/nonsense").text == texts.unknown_command


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_is_answered(api: BotApi, bot: BotProcess, language: str) -> None:
    ann = api.person("Ann", language)
    start = ann.asks("/start inline")  # as the button of inline mode sends it
    ann.presses(start, TEXTS[language].examples[0])
    answer = new_message(api, ann.chat, 1)
    assert TEXTS[language].examples[0] in answer.text or answer.text.startswith(
        TEXTS[language].nothing
    )
    assert answer.buttons


@pytest.mark.parametrize("language", LANGUAGES)
def test_about_speakers_and_recent(api: BotApi, bot: BotProcess, language: str) -> None:
    texts, ann = TEXTS[language], api.person("Ann", language)
    about = ann.asks("/about").text
    assert texts.count(texts.count_speeches, len(SPEECHES)) in about
    assert texts.date("2025-09-01") in about
    assert texts.about_privacy.split("\n")[1] in about
    speakers = ann.asks("/speakers")
    assert "Agnes Thornbury – 2" in speakers.text
    everybody = speakers.text.split("\n")[0].partition(": ")[2]
    assert everybody in about
    first = speakers.text
    ann.presses(speakers, texts.button_next)
    api.wait_for(lambda: speakers.text != first)
    assert "31. " in speakers.text
    ann.presses(speakers, texts.button_previous)
    api.wait_for(lambda: speakers.text == first)
    recent = ann.asks("/recent")
    order = ["Adada çıxış", "After the storm", "Farewell of the keeper", "Выступление на причале"]
    places = [recent.text.index(title) for title in order]
    assert places == sorted(places)
    assert texts.date("2025-02-11") in recent.text
    assert "https://example.org/svet" in [e["url"] for e in recent.entities_of("text_link")]


def test_a_person_under_several_names_is_one_speaker() -> None:
    names = [("С.Горемыкин", 9), ("Савва Горемыкин", 2), ("Savva Goremykin", 3), ("Горемыкин", 4)]
    others = [("А.Рябов", 5), ("Антон Рябов", 1), ("Алексей Рябов", 2), ("", 1)]
    unlike = [("Антон Лавров", 2), ("Антон Неверов", 3)]
    nobody = [("Question", 7), ("Реплика", 6), ("Jurnalist", 5)]
    assert people((*names, *others, *unlike, *nobody)) == [
        ("Савва Горемыкин", 14),
        ("А.Рябов", 5),  # either of them
        ("Горемыкин", 4),
        ("Антон Неверов", 3),
        ("Алексей Рябов", 2),
        ("Антон Лавров", 2),
        ("", 1),
        ("Антон Рябов", 1),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_timeline(api: BotApi, bot: BotProcess, language: str) -> None:
    texts, ann = TEXTS[language], api.person("Ann", language)
    assert ann.asks("/timeline").text == usage(texts.timeline_usage)
    asked = ann.says("/timeline lighthouse")
    picture = api.wait_for(lambda: ann.chat.replies(asked), timeout=20)[0]
    assert picture.file.startswith(PNG)
    assert picture.marked("bold") == ["lighthouse"]
    if language == "en":
        # without words of its own it shows the last question
        ann.asks("second lamp 2024..")
        asked = ann.says("/timeline")
        picture = api.wait_for(lambda: ann.chat.replies(asked), timeout=20)[0]
        assert picture.file.startswith(PNG)
        assert picture.marked("bold") == ["second lamp 2024.."]
        assert ann.asks("/timeline submarines of Neptune").text == texts.timeline_nothing


def usage(html: str) -> str:
    return html.replace("<code>", "").replace("</code>", "")


def test_the_language_is_that_of_telegram_or_the_nearest(api: BotApi, bot: BotProcess) -> None:
    for code in (None, "de", "en-GB", "tr", "uk", "az"):
        expected = texts_for(code)
        assert api.person("Ann", code).asks("/start").text == expected.start


def test_language_is_chosen_and_stays(api: BotApi, bot: BotProcess) -> None:
    ann = api.person("Ann", "de")
    choice = ann.asks("/language")
    assert [button["text"] for button in choice.buttons] == ["Русский", "Azərbaycanca", "English"]
    notice = pressed(api, ann, choice, "Azərbaycanca")
    assert notice == TEXTS["az"].notice_language
    assert ann.asks("/start").text == TEXTS["az"].start
    answer = ann.asks("lighthouse keeper")
    assert TEXTS["az"].button_follow in [button["text"] for button in answer.buttons]
    assert "The lighthouse keeper asked for a second lamp" in answer.text  # not translated
    api.wait_for(lambda: menus(api, ann))
    assert menus(api, ann)[-1] == TEXTS["az"].commands()


def menus(api: BotApi, person: Person | None) -> list[list[tuple[str, str]]]:
    """The command menus that the bot set for a person, or by language for all."""
    return [
        [(one["command"], one["description"]) for one in read(call.parameters["commands"])]
        for call in api.calls_of("setMyCommands")
        if call.status == 200
        and read(call.parameters.get("scope", "{}")).get("chat_id") == (person and person.id)
    ]


def read(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def test_a_menu_for_every_language(api: BotApi, bot: BotProcess) -> None:
    api.wait_for(lambda: len(menus(api, None)) >= 4)
    calls = api.calls_of("setMyCommands")
    by_language = {
        call.parameters.get("language_code", ""): menu
        for call, menu in zip(calls, menus(api, None), strict=False)
    }
    for language in LANGUAGES:
        assert by_language[language] == TEXTS[language].commands()
    assert by_language[""] == TEXTS["en"].commands()
    names = [name for name, _ in by_language[""]]
    wanted = "start help ask timeline speakers recent follow following language about feedback"
    assert set(names) == set(wanted.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_feedback_reaches_the_operator(api: BotApi, bot: BotProcess, language: str) -> None:
    texts, ann = TEXTS[language], api.person("Ann", language)
    assert ann.asks("/feedback").text == usage(texts.feedback_usage)
    said = f"More of {language},\nplease <b>&"
    assert ann.asks(f"/feedback {said}").text == texts.feedback_thanks
    question = f"lighthouse keeper {language}"
    answer = ann.asks(question)
    assert pressed(api, ann, answer, texts.button_bad) == texts.notice_sorry
    every = [json.loads(line) for line in bot.feedback("--json").splitlines()]
    assert [one["text"] for one in every].count(said) == 1
    (judged,) = [one for one in every if one["question"] == question]
    assert judged["verdict"] == "bad"
    assert judged["quotes"]
    assert str(ann.id) not in bot.feedback("--json")
    ann.says(f"/feedback \x1b[2J\u202e{language} commands the terminal")
    api.wait_for(lambda: f"\ufffd{language} commands" in bot.feedback())
    assert not {*"\x1b\u202e"} & {*bot.feedback()}
    listed = bot.feedback()
    assert f"-  {question}" in listed
    assert f"More of {language}, please <b>&" in listed


def test_commands_in_a_group(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    group = api.group("Readers", ann)
    assert "Agnes Thornbury" in ann.asks("/speakers@rostrum_test_bot", chat=group).text
    choice = ann.asks("/language", chat=group)
    assert pressed(api, ann, choice, "Русский") == TEXTS["ru"].notice_language
    assert ann.asks("/feedback", chat=group).text == usage(TEXTS["ru"].feedback_usage)
    assert ann.asks("/start").text == TEXTS["en"].start  # of the group only
