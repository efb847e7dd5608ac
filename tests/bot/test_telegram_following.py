"""Following: what new speeches say, told once, in one message."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from botapi import BotApi, Chat, Message
from telegram_process import (
    LANGUAGES,
    LIGHTHOUSE,
    BotProcess,
    Server,
    make_index,
    pressed,
    running,
    said,
    speech,
)

from bot.telegram.state import MOST_FOLLOWS
from bot.telegram.texts import TEXTS

pytest_plugins = ["telegram_fixtures"]

NEWS = [
    speech(
        "beaver",
        "The beaver built a dam below the mill. The beaver is not to be disturbed.",
        "Agnes Thornbury",
        "2026-01-05",
        "On the beaver",
        language="en",
    ),
    speech(
        "beaver-2",
        "I shall speak for the beaver, who dammed the brook and saved the meadow.",
        "Tobias Wren",
        "2026-02-06",
        "In defence of the beaver",
        language="en",
    ),
    speech(
        "violin",
        "The violin of my aunt will be sold, and the violin maker wept.",
        "Tobias Wren",
        "2026-02-07",
        "The violin",
        language="en",
    ),
]


@dataclass
class Place:
    """A bot of its own, and the speeches that it reads."""

    api: BotApi
    folder: Path
    bot: BotProcess

    speeches: list[dict[str, str]]

    def reindex(self, *news: dict[str, str]) -> None:
        self.speeches += news
        make_index(self.folder / "speeches", self.speeches)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Each test has new speeches on a subject of its own."""
    folder = tmp_path_factory.mktemp("following")
    index = make_index(folder / "speeches", LIGHTHOUSE)
    with Server() as api:
        with running(api.url, folder / "bot", index=index) as bot:
            yield Place(api, folder, bot, [*LIGHTHOUSE])
        assert not bot.complaints()


def about(animal: str) -> dict[str, str]:
    text = f"The {animal} was seen below the mill."
    return speech(animal, text, "Orla Long", "2026", animal, language="en")


def told(chat: Chat) -> list[Message]:
    """The messages about news."""
    return [message for message in chat.messages if message.text.startswith("🔔")]


def test_each_follower_is_told_once_in_one_message(place: Place) -> None:
    api = place.api
    people = [api.person("Ann", language) for language in LANGUAGES]
    blocked, stopped, bored = api.person("Bob"), api.person("Carl"), api.person("Dora")
    group = api.group("Readers", people[0])
    left = api.group("Left", people[0])
    for person in people:
        texts = TEXTS[person.language_code]
        assert person.asks("/follow beaver dam").text == texts.follow_begun.format(
            question="beaver dam"
        )
        assert person.asks("/follow beaver dam").text == texts.notice_already
    answer = people[0].asks("violin")  # nothing yet
    assert pressed(api, people[0], answer, TEXTS["en"].button_follow)
    waiting = [
        blocked.says("/follow beaver"),
        stopped.says("/follow beaver"),
        bored.says("/follow submarines of Neptune"),
        people[0].says("/follow Wren: beaver", chat=group),
        people[0].says("/follow beaver", chat=left),
    ]
    for person, message in zip((blocked, stopped, bored), waiting, strict=False):
        api.wait_for(said(person, message))
    api.wait_for(said(people[0], waiting[3], chat=group))
    api.wait_for(said(people[0], waiting[4], chat=left))
    listed = stopped.asks("/following")
    assert pressed(api, stopped, listed, "1") == TEXTS["en"].notice_stopped
    api.wait_for(lambda: listed.text.startswith("You do not follow"))
    blocked.blocks()
    left.remove_bot(people[0])
    place.bot.restart(signal.SIGKILL)  # what it keeps outlives it

    place.reindex(*NEWS)
    for person in people:
        api.wait_for(lambda person=person: told(person.chat))
    api.wait_for(lambda: told(group))
    message = told(people[0].chat)[0]
    assert "beaver dam" in message.text
    assert "violin" in message.text
    assert "Agnes Thornbury · 5 January 2026" in message.text
    assert "The violin of my aunt" in message.text
    assert "lighthouse" not in message.text
    assert [button["text"] for button in message.buttons] == [
        "🔕 Stop: beaver dam",
        "🔕 Stop: violin",
    ]
    for person in people[1:]:
        texts, message = TEXTS[person.language_code], told(person.chat)[0]
        assert texts.button_stop in message.buttons[0]["text"]
        assert "beaver" in message.text
        assert "violin" not in message.text
    assert "Thornbury" not in told(group)[0].text
    assert "Tobias Wren" in told(group)[0].text

    stop = told(people[1].chat)[0]
    assert pressed(api, people[1], stop, stop.buttons[0]["text"]) == TEXTS["ru"].notice_stopped
    api.wait_for(lambda: not stop.buttons)
    assert people[1].asks("/following").text.startswith(TEXTS["ru"].following_none.split("\n")[0])

    place.bot.restart()  # nobody is told again
    more = speech("beaver-3", "A third beaver dam was found.", "Orla Long", "2026-03", "Dam three")
    place.reindex(more)
    api.wait_for(lambda: len(told(people[0].chat)) == 2)
    assert "A third beaver dam was found." in told(people[0].chat)[1].text
    assert "violin" not in told(people[0].chat)[1].text
    api.wait_for(lambda: len(told(people[2].chat)) == 2)
    assert len(told(people[1].chat)) == 1
    for person in (blocked, stopped, bored):
        assert not told(person.chat)
    assert not told(left)


def test_who_blocks_meanwhile_is_left_in_peace(place: Place) -> None:
    api = place.api
    ann, bob = api.person("Ann"), api.person("Bob")
    for person in (ann, bob):
        person.asks("/follow otter")
    with api.acting():
        ann.chat.bot_status = "kicked"  # the bot did not hear of it
    place.reindex(about("otter"))
    api.wait_for(lambda: told(bob.chat))
    refused = [call for call in api.calls_of("sendMessage") if call.status == 403]
    assert [call.parameters["chat_id"] for call in refused].count(str(ann.id)) == 1
    ann.unblocks()
    assert ann.asks("/following").text.startswith(TEXTS["en"].following_none.split("\n")[0])


def test_a_group_that_became_a_supergroup_is_told_there(place: Place) -> None:
    ann = place.api.person()
    group = place.api.group("Readers", ann)
    ann.asks("/follow heron", chat=group)
    new = group.migrate()
    ann.asks("/about", chat=new)
    place.reindex(about("heron"))
    place.api.wait_for(lambda: told(new))
    assert not told(group)


def test_a_forged_follow_keeps_nothing_from_others(place: Place) -> None:
    api = place.api
    ann, eve = api.person("Ann"), api.person("Eve")
    refused = eve.asks("🙂 👍")  # an answer without buttons, whose number is known
    ann.asks("/follow badger")
    for number in range(1, 5):
        query = eve.presses(refused, data=f"f:{number}:")
        api.wait_for(lambda query=query: query.answers)
    place.reindex(about("badger"))
    api.wait_for(lambda: told(ann.chat))
    assert not told(eve.chat)


@pytest.mark.parametrize("language", LANGUAGES)
def test_following_lists_and_removes(api: BotApi, bot: BotProcess, language: str) -> None:
    # two people: one who is written to more than three times in a row waits a second each time
    texts, ann, bob = TEXTS[language], api.person("Ann", language), api.person("Bob", language)
    assert bob.asks("/follow").text.startswith(texts.follow_usage.split("\n")[0])
    assert bob.asks("/follow 🙂").text == texts.question_no_word
    assert "/follow" in bob.asks("/follow Wren:").text  # of what?
    unknown = bob.asks("/follow Nobody Knows: fog").text
    assert unknown.startswith(texts.follow_begun.format(question="Nobody Knows: fog"))
    assert unknown.endswith(texts.note_no_speakers.format(speaker="Nobody Knows"))
    ann.asks("/follow Wren: <b>fog & ice</b>")
    ann.asks("/follow second lamp")
    listed = ann.asks("/following")
    assert "<b>fog & ice</b>" in listed.text
    assert "Wren" in listed.text
    assert [button["text"] for button in listed.buttons] == ["1", "2"]
    assert pressed(api, ann, listed, "1") == texts.notice_stopped
    api.wait_for(lambda: "fog" not in listed.text)
    assert "1. second lamp" in listed.text
    assert [button["text"] for button in listed.buttons] == ["1"]
    # somebody else's number
    query = api.person("Eve", language).presses(listed, data="u:1:")
    api.wait_for(lambda: query.answers)
    stale = ann.presses(listed, data="u:987654321:")
    api.wait_for(lambda: stale.answers)
    assert stale.answers[0]["text"] == texts.notice_not_followed


def test_nobody_follows_too_much(api: BotApi, bot: BotProcess) -> None:
    first, second = api.person("First"), api.person("Second")
    answers = [person.asks("lighthouse") for person in (first, second)]
    for number in range(MOST_FOLLOWS):
        fill(bot, first.id, f"topic number {number}")
    texts = TEXTS["en"]
    notice = pressed(api, first, answers[0], texts.button_follow)
    assert notice == texts.notice_too_many.format(n=MOST_FOLLOWS)
    assert len(first.asks("/following").buttons) == MOST_FOLLOWS
    assert pressed(api, second, answers[1], texts.button_follow) == texts.notice_following


def fill(bot: BotProcess, chat: int, question: str) -> None:
    """What /follow would keep; asking twenty times would take as many seconds."""
    from bot.telegram.state import State
    from retrieval.records import Options

    (file,) = bot.folder.glob("telegram-*.sqlite")
    with State(file) as state:
        assert state.follow(chat, question, Options(), "en") == "new"


def test_the_first_index_is_news_to_nobody(own_api: BotApi, tmp_path: Path) -> None:
    ann = own_api.person()
    index = tmp_path / "speeches" / "index"
    with running(own_api.url, tmp_path / "bot", index=index) as bot:
        ann.asks("/follow lighthouse")
        make_index(tmp_path / "speeches", LIGHTHOUSE)
        bot.wait_until_it_prints('"new speeches"')
        assert not told(ann.chat)
        lamp = speech("lamp", "The lighthouse got a new lamp.", "Orla Long", "2026", "The lamp")
        make_index(tmp_path / "speeches", [*LIGHTHOUSE, lamp])
        own_api.wait_for(lambda: told(ann.chat))
        assert "a new lamp" in told(ann.chat)[0].text
        assert "Thornbury" not in told(ann.chat)[0].text
    assert not bot.complaints()


def test_news_that_may_have_arrived_are_not_sent_again(place: Place) -> None:
    api = place.api
    ann, bob = api.person("Ann"), api.person("Bob")
    for person in (ann, bob):
        person.asks("/follow falcon")
    api.faults.next("sendMessage", "lost", "drop")
    place.reindex(about("falcon"))
    api.wait_for(lambda: api.faults.injected["drop"])
    place.bot.restart()
    place.reindex(speech("hero", "The falcon saved the meadow.", "Orla Long", "2026", "Hero"))
    api.wait_for(lambda: all("saved the meadow" in texts_of(one.chat) for one in (ann, bob)))
    # one arrived, of the other nobody can know
    assert sum(texts_of(one.chat).count("seen below the mill") for one in (ann, bob)) == 1


def texts_of(chat: Chat) -> str:
    return "\n".join(message.text for message in told(chat))
