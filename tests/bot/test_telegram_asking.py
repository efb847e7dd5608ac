"""Questions, answers and the buttons below them, as people see them in Telegram."""

from __future__ import annotations

import random
from collections.abc import Iterator, MutableSequence
from pathlib import Path
from typing import Any

import pytest
from botapi import BotApi, Message
from telegram_process import (
    LANGUAGES,
    LIGHTHOUSE,
    NOTHING,
    BotProcess,
    Server,
    heads,
    make_index,
    new_message,
    pressed,
    quoted,
    running,
    said,
    speech,
)

from bot.telegram.texts import TEXTS
from retrieval.build import reindex

pytest_plugins = ["telegram_fixtures"]

PNG = b"\x89PNG"
WALRUS = speech("walrus", "A walrus sat on the quay.", "Orla Long", "2025", "Walrus")


@pytest.fixture(scope="module")
def on_transcripts(shared: Path, folder: Path) -> Iterator[BotApi]:
    reindex([shared / "speeches" / "kremlin-more.ru.jsonl"], folder / "transcripts")
    with Server() as server:
        with running(server.url, folder / "many", index=folder / "transcripts") as bot:
            yield server
        assert not bot.complaints()


# --- a whole conversation, on the samples and on a real speech, in three languages ---------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("collection", ["on_samples", "on_seed"])
def test_a_conversation(collection: str, language: str, request: pytest.FixtureRequest) -> None:
    server, questions, _ = request.getfixturevalue(collection)
    texts, person = TEXTS[language], server.person("Ann", language)
    asked = person.says(questions[language])
    answer = server.wait_for(lambda: person.chat.replies(asked))[0]

    assert "typing" in person.chat.actions
    heads, quotes = answer.marked("bold"), quoted(answer)
    assert 1 <= len(quotes) <= 3
    assert all(quote in answer.text for quote in quotes)
    assert any(mark in quote for mark in heads for quote in quotes), "no matching words marked"
    assert (texts.samples_note in answer.text) == (collection == "on_samples")
    assert bool(texts.invented in answer.text) == (collection == "on_samples")
    if collection == "on_seed":
        assert "Ильхам Алиев" in heads[0]
        assert texts.date("2025-10-21") in heads[0]
    labels = [button["text"] for button in answer.buttons]
    assert texts.button_more in labels
    assert texts.button_over_time in labels

    person.presses(answer, texts.button_more)
    more = new_message(server, person.chat, 1)
    assert more.reply_to == asked
    assert not {*quoted(more)} & {*quotes}
    server.wait_for(lambda: texts.button_more not in [one["text"] for one in answer.buttons])

    person.presses(answer, texts.button_context_of.format(n=1))
    around = new_message(server, person.chat, 2)
    assert around.reply_to == answer.message_id
    assert around.marked("bold")[-1].strip() == quotes[0].strip()

    assert pressed(server, person, answer, texts.button_follow) == texts.notice_following
    assert pressed(server, person, answer, texts.button_good) == texts.notice_thanks
    assert pressed(server, person, answer, texts.button_good) == texts.notice_withdrawn
    assert pressed(server, person, answer, texts.button_bad) == texts.notice_sorry

    query = person.types_inline("zangezur")
    server.wait_for(lambda: query.answers)
    chosen = person.chooses(query, query.results[0]["id"])
    assert quoted(chosen)
    assert query.results[0]["title"] in chosen.marked("bold")[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("collection", ["on_samples", "on_seed"])
def test_nothing_was_said(collection: str, language: str, request: pytest.FixtureRequest) -> None:
    server, _, _ = request.getfixturevalue(collection)
    texts, person = TEXTS[language], server.person("Ann", language)
    answer = person.asks(NOTHING[language])
    assert answer.text.startswith(texts.nothing)
    assert texts.nothing_try in answer.text
    assert [button["text"] for button in answer.buttons] == [texts.button_follow]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("collection", ["on_samples", "on_seed"])
def test_over_time_is_a_picture(
    collection: str, language: str, request: pytest.FixtureRequest
) -> None:
    server, questions, _ = request.getfixturevalue(collection)
    texts, person = TEXTS[language], server.person("Ann", language)
    answer = person.asks(questions[language])
    person.presses(answer, texts.button_over_time)
    picture = server.wait_for(lambda: person.messages[1:], timeout=20)[0]
    assert picture.file.startswith(PNG)
    assert picture.reply_to == answer.message_id
    assert questions[language] in picture.text


@pytest.mark.parametrize(
    ("language", "question"),
    [("en", "railways"), ("ru", "железные дороги"), ("az", "dəmir yolları")],
)
def test_only_one_speaker_or_year_of_real_transcripts(
    on_transcripts: BotApi, language: str, question: str
) -> None:
    server = on_transcripts
    texts, person = TEXTS[language], server.person("Ann", language)
    answer = person.asks(question)
    everybody = answer.text
    assert len({head.split(" · ")[0] for head in heads(answer)}) > 1
    only = texts.button_only_speaker_named.format(speaker="")
    label = next(one["text"] for one in answer.buttons if one["text"].startswith(only))
    person.presses(answer, label)
    server.wait_for(lambda: answer.text != everybody)
    assert question in answer.text.split("\n")[0]
    assert all(label.removeprefix(only) in head for head in heads(answer))
    assert heads(answer)
    person.presses(answer, texts.button_no_filters)
    server.wait_for(lambda: texts.filters.split("{")[0] not in answer.text)
    person.presses(answer, texts.button_only_year.format(year=2025))
    server.wait_for(lambda: texts.filters.format(filters="2025") in answer.text)
    assert all("2025" in head for head in heads(answer))
    assert len(person.messages) == 1


# --- what an answer looks like --------------------------------------------------------------------


def test_an_answer_names_links_and_marks(api: BotApi, bot: BotProcess) -> None:
    answer = api.person().asks('"nine thousand crowns"')
    head, *marks = answer.marked("bold")
    assert head == "Agnes Thornbury · 2 April 2023\nOpening of the harbour office"
    assert quoted(answer)[0] in str(LIGHTHOUSE[0]["text"])
    assert "nine thousand crowns" in marks
    (link,) = answer.entities_of("text_link")
    assert link["url"] == "https://example.org/harbour?id=1&lang=en"
    assert answer.marked("text_link") == ["Gull Gazette"]


def test_a_long_quote_can_be_expanded(api: BotApi, bot: BotProcess) -> None:
    answer = api.person().asks("the wall of the observatory")
    assert answer.marked("expandable_blockquote")
    assert not answer.marked("blockquote")
    answer = api.person().asks('"second lamp"')
    assert answer.marked("blockquote")


def test_topics_near_by_are_offered_where_nothing_was_said(api: BotApi, bot: BotProcess) -> None:
    answer = api.person().asks("lighthouse 2022")
    assert answer.text.startswith(TEXTS["en"].nothing)
    assert TEXTS["en"].nothing_topics.split("{")[0] in answer.text


def test_phrases_words_left_out_and_dates(api: BotApi, bot: BotProcess) -> None:
    def answer(question: str) -> str:
        return api.person().asks(question).text

    assert "Thornbury" in answer('"two lamps"')
    assert TEXTS["en"].nothing_exact in answer('"three lamps"')
    assert "Tobias Wren" in answer("lighthouse fog")
    assert "The fog took" not in answer("lighthouse -fog")
    assert "2025" not in answer("lighthouse 2023..2024")
    assert "2023" not in answer("lighthouse 2025..")
    assert "swap" in answer("lighthouse 2025..2023")
    assert answer("lighthouse 1990..1991").startswith(TEXTS["en"].nothing_filtered)


def test_what_follows_leans_on_what_was_asked(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    ann.asks("what was said about the lighthouse")
    answer = ann.asks("and in 2023?")
    assert answer.text.startswith("Question: what was said about the lighthouse\nOnly: 2023")
    assert "Agnes Thornbury" in answer.text
    assert TEXTS["en"].button_no_filters in [button["text"] for button in answer.buttons]
    other = api.person()
    assert not other.asks("and in 2023?").text.startswith("I read")


def test_what_follows_below_a_picture_is_of_the_same_question(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    group = api.group("Readers", ann)
    ann.presses(ann.asks("/ask lighthouse", chat=group), TEXTS["en"].button_over_time)
    picture = api.wait_for(lambda: [one for one in group.messages if one.file], timeout=20)[0]
    followed = ann.says("and in 2023?", chat=group, reply_to=picture)
    api.wait_for(said(ann, followed, chat=group))
    assert group.replies(followed)[0].text.startswith("Question: lighthouse\nOnly: 2023")


# --- buttons --------------------------------------------------------------------------------------


def test_only_one_speaker_or_year_and_all_again(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    answer = ann.asks("lighthouse")
    first = answer.text
    ann.presses(answer, "Only: Wren")
    api.wait_for(lambda: answer.text != first)
    assert "Only: Tobias Wren" in answer.text
    assert "Thornbury" not in answer.text
    ann.presses(answer, "No filters")
    api.wait_for(lambda: "Thornbury" in answer.text)
    ann.presses(answer, "Only 2024")
    api.wait_for(lambda: "Only: 2024" in answer.text)
    assert len(ann.messages) == 1


@pytest.mark.parametrize(
    ("language", "more"), [("en", "More, please!"), ("ru", "А ещё?"), ("az", "Daha çox")]
)
def test_more_may_be_typed(api: BotApi, bot: BotProcess, language: str, more: str) -> None:
    texts, ann = TEXTS[language], api.person("Ann", language)
    assert texts.nothing not in ann.asks(more).text  # of what?
    first = ann.asks("apple trees orchard")
    second = ann.asks(more)
    assert second.text.startswith(texts.understood.format(question="apple trees orchard"))
    assert "4. Speaker" in second.text
    assert not {*quoted(first)} & {*quoted(second)}
    ann = api.person("Ann", language)
    ann.asks("second lamp")
    assert texts.notice_no_more in ann.asks(more).text


def test_every_page_of_more(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    asked = ann.says("observatory")
    api.wait_for(lambda: ann.messages)
    seen = quoted(ann.messages[0])
    for page in range(1, 20):
        buttons = [button["text"] for button in ann.messages[-1].buttons]
        if "More" not in buttons:
            break
        ann.presses(ann.messages[-1], "More")
        message = new_message(api, ann.chat, page)
        assert message.reply_to == asked
        assert message.text.startswith(f"{len(seen) + 1}. ")
        seen += quoted(message)
    assert len(seen) == len({*seen}) > 3


def test_a_quote_with_nothing_around_it_says_so(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    answer = ann.asks('"sold for a crown"')
    assert pressed(api, ann, answer, "Context") == TEXTS["en"].notice_no_context


def test_a_question_that_is_edited_has_its_answer_edited(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    asked = ann.says("lighthouse keeper second lamp")
    answer = api.wait_for(lambda: ann.chat.replies(asked))[0]
    before = answer.text
    ann.edits(asked, "zeppelin painted blue")
    api.wait_for(lambda: answer.text != before)
    assert "Mallory" in answer.text
    ann.edits(asked, "🙂")
    api.wait_for(lambda: answer.text == TEXTS["en"].question_no_word)
    assert not answer.buttons
    ann.edits(asked, "second lamp")
    api.wait_for(lambda: "Thornbury" in answer.text)
    assert answer.buttons
    assert len(ann.messages) == 1


class Backwards(random.Random):
    """What is mixed comes the other way round."""

    def shuffle(self, x: MutableSequence[Any]) -> None:
        x.reverse()


def test_the_newest_edit_has_the_answer_whichever_comes_last(
    api: BotApi, bot: BotProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = api.person()
    asked = ann.says("lighthouse keeper")
    answer = api.wait_for(lambda: ann.chat.replies(asked))[0]
    monkeypatch.setattr(api.faults, "random", Backwards())
    monkeypatch.setattr(api.faults, "shuffle_updates", 1.1)
    with api.acting():  # both come at once
        ann.edits(asked, "zeppelin painted blue")
        ann.edits(asked, "walls of the observatory")
    api.wait_for(lambda: "Orla Long" in answer.text)
    ann.asks("/about")
    assert "Orla Long" in answer.text
    assert len(answer.versions) == 1
    ann.edits(asked, "second lamp")
    api.wait_for(lambda: "Thornbury" in answer.text)


def test_an_answer_that_was_deleted_is_sent_anew(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    asked = ann.says("second lamp")
    api.wait_for(said(ann, asked))
    with api.acting():
        ann.messages[0].deleted = True
    ann.edits(asked, "zeppelin painted blue")
    assert "Mallory" in new_message(api, ann.chat, 0).text


# --- groups ---------------------------------------------------------------------------------------


def test_in_a_group_only_what_is_meant_for_the_bot_is_answered(
    api: BotApi, bot: BotProcess
) -> None:
    ann, bob = api.person("Ann"), api.person("Bob", "ru")
    group = api.group("Readers", ann, bob)
    group.promote_bot(ann)  # it sees everything now
    ann.says("the lighthouse is dark", chat=group)
    ann.says("/start@another_bot", chat=group)
    ann.says("/foo", chat=group)
    ann.sends("sticker", chat=group)
    bob.says("@another_bot lighthouse", chat=group)
    by_name = ann.asks("@Rostrum_Test_Bot what of the lighthouse keeper?", chat=group)
    assert "lighthouse" in by_name.text
    by_command = bob.asks("/ask@rostrum_test_bot маяк", chat=group)
    assert TEXTS["ru"].date("2024-10-14") in by_command.text
    followed = bob.says("а в 2025 году?", chat=group, reply_to=by_command)
    api.wait_for(said(bob, followed, chat=group))
    assert "2024" not in group.messages[-1].text.split("\n\n", 1)[1]
    assert "lighthouse" in ann.asks("/ask lighthouse keeper", chat=group).text
    assert len(group.messages) == 4
    theirs = bob.says("what of the lighthouse keeper?", chat=group)
    pointed = ann.says("@rostrum_test_bot", chat=group, reply_to=theirs)
    api.wait_for(said(ann, pointed, chat=group))
    assert group.replies(pointed)[0].text == by_name.text
    pointed = ann.says("/ask", chat=group, reply_to=theirs)
    api.wait_for(said(ann, pointed, chat=group))
    assert group.replies(pointed)[0].text == by_name.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_group_is_greeted(api: BotApi, bot: BotProcess, language: str) -> None:
    ann = api.person("Ann", language)
    group = api.group("Readers", ann)
    group.bot_status = "left"
    group.add_bot(ann)
    api.wait_for(lambda: group.messages)
    assert "@rostrum_test_bot" in group.messages[0].text
    assert "/ask" in group.messages[0].text
    usage = ann.asks("/ask", chat=group)
    assert usage.marked("code")


def test_its_own_name_is_no_part_of_a_question(api: BotApi, bot: BotProcess) -> None:
    answer = api.person().asks("@rostrum_test_bot second lamp")
    assert answer.text == api.person().asks("second lamp").text


# --- across restarts and reindexes ----------------------------------------------------------------


def test_buttons_outlive_restarts_and_reindexes(own_api: BotApi, tmp_path: Path) -> None:
    api, texts = own_api, TEXTS["en"]
    index = make_index(tmp_path / "speeches", LIGHTHOUSE)
    ann = api.person()
    with running(api.url, tmp_path / "bot", index=index) as bot:
        answer = ann.asks("lighthouse")
        numbers = numbers_of(answer)
        assert {"Agnes Thornbury", "Tobias Wren"} <= {*numbers}

    changed = [one for one in LIGHTHOUSE if one["speaker"] != "Agnes Thornbury"]
    changed = [
        {**one, "text": f"Well, well.\n\n{one['text']}"} if one["id"] == "mayak" else one
        for one in changed
    ]
    with running(api.url, tmp_path / "bot", index=index) as bot:
        ann.presses(answer, f"Context {numbers['Tobias Wren']}")
        assert "Tobias Wren" in new_message(api, ann.chat, 1).text
        bob = api.person("Bob")
        assert bob.asks("walrus").text.startswith(texts.nothing)
        make_index(tmp_path / "speeches", [*changed, WALRUS])  # while it runs
        assert "A walrus sat on the quay." in bob.asks("walrus on the quay").text
        gone = pressed(api, ann, answer, f"Context {numbers['Agnes Thornbury']}")
        assert gone == texts.notice_changed
        assert pressed(api, ann, answer, texts.button_follow) == texts.notice_following
        assert pressed(api, ann, answer, texts.button_bad) == texts.notice_sorry
        ann.presses(answer, texts.button_more)
        more = new_message(api, ann.chat, 2)
        assert "Thornbury" not in more.text
        ann.presses(answer, f"Context {numbers['Tobias Wren']}")
        assert "Tobias Wren" in new_message(api, ann.chat, 3).text
        ann.presses(answer, texts.button_over_time)
        picture = api.wait_for(lambda: ann.messages[4:], timeout=20)[0]
        assert picture.file.startswith(PNG)
        ann.presses(answer, "Only: Wren")
        api.wait_for(lambda: "Only: Tobias Wren" in answer.text)
        assert texts.button_no_filters in [button["text"] for button in answer.buttons]
    assert not bot.complaints()


def numbers_of(answer: Message) -> dict[str, str]:
    """The number that each speaker's first quote has in an answer."""
    heads = [head for head in answer.marked("bold") if ". " in head and " · " in head]
    found: dict[str, str] = {}
    for head in heads:
        number, rest = head.split(". ", 1)
        found.setdefault(rest.split(" · ")[0], number)
    return found
