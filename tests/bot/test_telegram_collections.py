"""Every feature of the bot, in every language, on the samples and on a real speech.

What an answer must look like in detail the other modules say, on speeches made for it.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from botapi import BotApi, Message, Person
from telegram_process import (
    LANGUAGES,
    LIGHTHOUSE,
    NOTHING,
    SEED_QUESTIONS,
    Collection,
    heads,
    new_message,
    pressed,
    quoted,
    running,
    said,
)

from bot.telegram.texts import TEXTS, Texts
from retrieval.build import reindex
from retrieval.samples import SAMPLES

pytest_plugins = ["telegram_fixtures"]

PNG = b"\x89PNG"
IN_2025 = {"en": "and in 2025?", "ru": "а в 2025 году?", "az": "bəs 2025-ci ildə?"}
SPEECHES = {"on_samples": len([*SAMPLES.iterdir()]), "on_seed": 1}
SPEAKERS = {"on_samples": "Рустам Велиханов", "on_seed": "Ильхам Алиев"}
LATEST = {"on_samples": "2026-05-18", "on_seed": "2025-10-21"}

Scene = tuple[BotApi, Texts, Person, str]


@pytest.fixture(params=["on_samples", "on_seed"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def collection(name: str, request: pytest.FixtureRequest) -> Collection:
    found: Collection = request.getfixturevalue(name)
    return found


@pytest.fixture
def scene(collection: Collection, language: str) -> Scene:
    """The server, and somebody new with the bot's words and a question in their language."""
    api, questions, _ = collection
    return api, TEXTS[language], api.person("Ann", language), questions[language]


def labels(message: Message) -> list[str]:
    return [button["text"] for button in message.buttons]


def only(texts: Texts, limit: str) -> str:
    """The line above an answer that is limited so."""
    return texts.filters.format(filters=limit)


def test_only_this_speaker_or_year_and_all_again(scene: Scene) -> None:
    api, texts, person, question = scene
    answer = person.asks(question)
    of_one = texts.button_only_speaker_named.format(speaker="")
    label = next(one for one in labels(answer) if one.startswith(of_one))
    person.presses(answer, label)
    api.wait_for(lambda: only(texts, "") in answer.text)
    assert all(label.removeprefix(of_one) in head for head in heads(answer))
    assert heads(answer)
    person.presses(answer, texts.button_no_filters)
    api.wait_for(lambda: only(texts, "") not in answer.text)
    assert quoted(answer)
    of_year = re.compile(texts.button_only_year.format(year=r"(\d{4})"))
    year = next(match[1] for match in map(of_year.fullmatch, labels(answer)) if match)
    person.presses(answer, texts.button_only_year.format(year=year))
    api.wait_for(lambda: only(texts, year) in answer.text)
    assert all(year in head for head in heads(answer))
    assert heads(answer)
    assert len(person.messages) == 1


def test_an_edited_question_has_its_answer_edited(scene: Scene, language: str) -> None:
    api, texts, person, question = scene
    asked = person.says(NOTHING[language])
    answer = api.wait_for(lambda: person.chat.replies(asked))[0]
    assert answer.text.startswith(texts.nothing)
    person.edits(asked, question)
    api.wait_for(lambda: quoted(answer))
    assert texts.button_over_time in labels(answer)
    assert len(person.messages) == 1


def test_phrases_words_left_out_and_years(scene: Scene, language: str) -> None:
    api, _, person, question = scene
    answer = person.asks(question)
    first = quoted(answer)[0]
    phrase = re.search(r"\w{4,} \w{4,}", first)
    assert phrase is not None
    assert any(phrase[0] in quote for quote in quoted(person.asks(f'"{phrase[0]}"')))
    word = next(mark for mark in answer.marked("bold") if mark in first).split()[-1]
    person = api.person("Bob", language)  # Ann would wait a second for each answer from here on
    without = quoted(person.asks(f"{question} -{word}"))
    assert not any(word.lower() in quote.lower() for quote in without)
    assert all("2025" in head for head in heads(person.asks(f"{question} 2025..2025")))
    assert not quoted(person.asks(f"{question} 1990..1995"))


def test_in_a_group(scene: Scene, language: str) -> None:
    api, texts, person, question = scene
    group = api.group("Readers", person)
    person.says(question, chat=group)  # not meant for the bot
    named = person.asks(f"@rostrum_test_bot {question}", chat=group)
    assert quoted(named)
    replied = person.says(IN_2025[language], chat=group, reply_to=named)
    api.wait_for(said(person, replied, chat=group))
    assert only(texts, "2025") in group.replies(replied)[0].text
    by_command = person.asks(f"/ask {question}", chat=group)
    assert by_command.text == named.text
    assert len(group.messages) == 3


def test_commands(scene: Scene, name: str, language: str) -> None:
    api, texts, person, question = scene
    start = person.asks("/start")
    assert start.text.startswith(texts.start)
    assert labels(start) == [*texts.examples]
    person.presses(start, texts.examples[0])
    example = new_message(api, person.chat, 1)
    assert texts.examples[0] in example.text
    # three people: one who is written to more than three times in a row waits a second each time
    person = api.person("Bob", language)
    assert "@rostrum_test_bot" in person.asks("/help").text
    assert quoted(person.asks(f"/ask {question}"))
    asked = person.says(f"/timeline {question}")
    picture = api.wait_for(lambda: person.chat.replies(asked), timeout=20)[0]
    assert picture.file.startswith(PNG)
    assert question in picture.text
    person = api.person("Eve", language)
    assert SPEAKERS[name] in person.asks("/speakers").text
    assert texts.date(LATEST[name]) in person.asks("/recent").text
    about = person.asks("/about").text
    assert texts.count(texts.count_speeches, SPEECHES[name]) in about
    assert texts.date(LATEST[name]) in about


def test_another_language(scene: Scene, language: str) -> None:
    api, own, person, question = scene
    texts = TEXTS[next(one for one in LANGUAGES if one != language)]
    choice = person.asks("/language")
    assert choice.text == own.language_choose
    assert pressed(api, person, choice, texts.name) == texts.notice_language
    before = person.asks(question)
    assert texts.button_over_time in labels(before)
    same = api.person("Bob", language).asks(question)
    assert quoted(before) == quoted(same)  # in the language of the speech


def test_feedback(scene: Scene, collection: Collection, language: str) -> None:
    api, texts, person, question = scene
    assert person.asks(f"/feedback words in {language}").text == texts.feedback_thanks
    answer = person.asks(f"{question}?")
    assert pressed(api, person, answer, texts.button_good) == texts.notice_thanks
    every = [json.loads(line) for line in collection.bot.feedback("--json").splitlines()]
    assert f"words in {language}" in [one["text"] for one in every]
    judged = [one for one in every if one["question"] == f"{question}?"]
    assert [one["verdict"] for one in judged] == ["good"]


def test_inline(scene: Scene, language: str) -> None:
    api, texts, person, question = scene
    query = person.types_inline(question)
    api.wait_for(lambda: query.answers)
    assert query.answers[0]["cache_time"] > 0
    for result in query.results:
        message = person.chooses(query, result["id"])
        assert quoted(message)
        assert message.marked("bold")[0].startswith(result["title"])
    nothing = person.types_inline(NOTHING[language])
    api.wait_for(lambda: nothing.answers)
    assert nothing.answers[0]["button"]["text"] == texts.inline_nothing


def test_what_is_followed(scene: Scene) -> None:
    api, texts, person, question = scene
    begun = person.asks(f"/follow {question}").text
    assert begun == texts.follow_begun.format(question=question)
    assert person.asks(f"/follow {question}").text == texts.notice_already
    listed = person.asks("/following")
    assert f"1. {question}" in listed.text
    assert pressed(api, person, listed, "1") == texts.notice_stopped
    api.wait_for(lambda: question not in listed.text)


def test_one_speaker_over_time_and_from_now_on(scene: Scene, name: str) -> None:
    api, texts, person, question = scene
    answer = person.asks(question)
    speaker = heads(answer)[0].removeprefix("1. ").split(" · ")[0]
    of_one = texts.button_only_speaker_named.format(speaker="")
    label = next(one for one in labels(answer) if one.startswith(of_one))
    assert label.removeprefix(of_one) in speaker
    person.presses(answer, label)
    api.wait_for(lambda: only(texts, speaker) in answer.text)
    assert pressed(api, person, answer, texts.button_follow) == texts.notice_following
    assert pressed(api, person, answer, texts.button_follow) == texts.notice_already
    listed = person.asks("/following").text
    assert texts.following_one_speaker.format(question=question, speaker=speaker) in listed
    person.presses(answer, texts.button_over_time)
    picture = api.wait_for(lambda: [m for m in person.messages if m.file], timeout=20)[0]
    assert picture.file.startswith(PNG)
    assert picture.marked("bold") == [question]
    asked = person.says("/timeline")  # of the last question, within its limits
    again = api.wait_for(lambda: person.chat.replies(asked), timeout=20)[0]
    assert again.text == picture.text


def test_the_text_around_a_quote_has_the_head_of_the_quote(scene: Scene, name: str) -> None:
    api, texts, person, question = scene
    # whose answer on the seed is the reporter's
    for asked in (question, *({"on_seed": ["когда было заседание в Астане"]}.get(name, []))):
        answer, before = person.asks(asked), len(person.messages)
        person.presses(answer, next(one for one in labels(answer) if texts.button_context in one))
        around = new_message(api, person.chat, before)
        head = next(one for one in answer.marked("bold") if " · " in one).removeprefix("1. ")
        assert around.marked("bold")[0] == head
    assert (texts.narration if name == "on_seed" else texts.invented) in head


def test_buttons_outlive_a_restart(collection: Collection) -> None:
    api, questions, bot = collection
    people = [api.person("Ann", language) for language in LANGUAGES]
    answers = [person.asks(questions[str(person.language_code)]) for person in people]
    bot.restart()
    for person, answer in zip(people, answers, strict=True):
        texts = TEXTS[person.language_code]
        person.presses(answer, texts.button_context_of.format(n=1))
        around = new_message(api, person.chat, 1)
        assert quoted(answer)[0] in quoted(around)[0]
        assert pressed(api, person, answer, texts.button_bad) == texts.notice_sorry


def test_a_real_speech_that_comes_is_news(own_api: BotApi, shared: Path, tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    lines = (json.dumps(one) + "\n" for one in LIGHTHOUSE)
    (sources / "speeches.jsonl").write_text("".join(lines), "utf-8")
    index = tmp_path / "index"
    reindex([sources], index)
    people = [own_api.person("Ann", language) for language in LANGUAGES]
    for person in people:
        person.met = person.started = True
    admins = [f"--admin={person.id}" for person in people]
    with running(own_api.url, tmp_path / "bot", *admins, index=index) as bot:
        answers = []
        for person in people:
            texts = TEXTS[person.language_code]
            assert texts.count(texts.count_speeches, 6) in person.asks("/status").text
            answers.append(person.asks("lighthouse"))
            person.asks(f"/follow {SEED_QUESTIONS[str(person.language_code)]}")
        shutil.copy(shared / "speeches" / "astana-2025-10-21.ru.txt", sources)
        boss, texts = people[1], TEXTS[people[1].language_code]
        before = len(boss.messages)
        boss.says("/reindex")
        shown = new_message(own_api, boss.chat, before)
        own_api.wait_for(lambda: texts.count(texts.count_speeches, 7) in shown.text)
        for person, answer in zip(people, answers, strict=True):
            texts = TEXTS[person.language_code]
            news = own_api.wait_for(lambda p=person: [m for m in p.messages if "🔔" in m.text])
            assert "Ильхам Алиев" in news[0].text
            assert quoted(news[0])
            stop = news[0].buttons[0]["text"]
            assert stop.startswith(texts.button_stop)
            assert pressed(own_api, person, news[0], stop) == texts.notice_stopped
            notice = pressed(own_api, person, answer, texts.button_good)  # of the index before
            assert notice == texts.notice_thanks
        for person in people:
            assert len([one for one in person.messages if "🔔" in one.text]) == 1
    assert not bot.complaints()
