"""What a person new to the bot may do, and what somebody hostile does with its buttons."""

from __future__ import annotations

import pytest
from botapi import BotApi
from telegram_process import LANGUAGES, BotProcess, pressed

from bot.telegram.texts import TEXTS

pytest_plugins = ["telegram_fixtures"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_greeting_is_returned_and_can_become_a_question(
    api: BotApi, bot: BotProcess, language: str
) -> None:
    person, texts = api.person(language_code=language), TEXTS[language]  # type: ignore[index]
    greeting = person.says({"en": "Hello!", "ru": "Привет!", "az": "Salam!"}[language])
    answer = api.wait_for(lambda: person.chat.replies(greeting))[0]
    assert answer.text == texts.hello
    person.edits(greeting, "lighthouse")
    api.wait_for(lambda: "lighthouse" in answer.text or "Маяк" in answer.text)
    assert len(person.chat.replies(greeting)) == 1


def test_nothing_found_names_its_conditions(api: BotApi, bot: BotProcess) -> None:
    person = api.person(language_code="en")
    person.asks("lighthouse")
    answer = person.asks("and in 1999?")
    assert "lighthouse" in answer.text
    assert "Only: 1999" in answer.text


def test_a_question_that_cannot_be_read_is_not_leant_on(api: BotApi, bot: BotProcess) -> None:
    person = api.person(language_code="en")
    person.asks("lighthouse 2024-99..")
    assert "/timeline" in person.asks("/timeline").text


@pytest.mark.parametrize("forged", ["u:7:", "p:0:", "p:9:"])
def test_a_forged_button_leaves_the_answer_as_it_is(
    api: BotApi, bot: BotProcess, forged: str
) -> None:
    person = api.person(language_code="en")
    answer = person.asks("lighthouse")
    query = person.presses(answer, data=forged)
    api.wait_for(lambda: query.answers)
    assert pressed(api, person, answer, TEXTS["en"].button_good) == TEXTS["en"].notice_thanks
    assert not answer.versions
