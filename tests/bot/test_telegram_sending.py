"""What is tried again, and what is not."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from botapi import BotApi
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ExtBot

from bot.telegram import sending
from bot.telegram.app import request_over
from bot.telegram.errors import StateError
from bot.telegram.sending import Once, Postman, is_passing, may_have_arrived


def because(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


NO_CONNECTION = because(NetworkError("httpx.ConnectError"), httpx.ConnectError("refused"))
DROPPED = because(NetworkError("httpx.ReadError"), httpx.ReadError("reset"))
NO_ANSWER = because(TimedOut(), httpx.ReadTimeout("late"))
GARBAGE = TelegramError("Invalid server response")
SERVER_ERROR = NetworkError("Bad Gateway (502)")


@pytest.mark.parametrize(
    ("error", "passing", "arrived"),
    [
        (NO_CONNECTION, True, False),
        (DROPPED, True, True),
        (NO_ANSWER, True, True),
        (GARBAGE, True, True),
        (SERVER_ERROR, True, False),
        (RetryAfter(3), True, False),
        (BadRequest("message is too long"), False, False),
        (Forbidden("bot was blocked by the user"), False, False),
        (InvalidToken("Unauthorized"), False, False),
    ],
)
def test_kinds_of_errors(error, passing, arrived):
    assert (is_passing(error), may_have_arrived(error)) == (passing, arrived)


def send(errors, endpoint="sendMessage", chat=1, args=None, closing=False):
    """How often it was tried, and what came of it."""
    tried = []

    async def request(*_args, **_kwargs):
        tried.append(time.monotonic())
        if errors:
            raise errors.pop(0)
        return "sent"

    async def run():
        event = asyncio.Event()
        if closing:
            event.set()
        postman = Postman(event)
        return await postman.process_request(request, (), {}, endpoint, {"chat_id": chat}, args)

    try:
        outcome = asyncio.run(run())
    except TelegramError as error:
        outcome = error
    return outcome, len(tried)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(sending, "_FIRST_PAUSE", 0.01)


@pytest.mark.parametrize("error", [NO_CONNECTION, DROPPED, NO_ANSWER, GARBAGE, SERVER_ERROR])
def test_an_answer_is_sent_until_it_arrives(error):
    outcome, tried = send([error] * 3)
    assert (outcome, tried) == ("sent", 4)


def test_what_is_refused_is_not_sent_again():
    refusal = Forbidden("bot was blocked by the user")
    assert send([refusal]) == (refusal, 1)


@pytest.mark.parametrize(
    ("error", "tries"),
    [(DROPPED, 1), (NO_ANSWER, 1), (GARBAGE, 1), (NO_CONNECTION, 2), (SERVER_ERROR, 2)],
)
def test_what_may_be_sent_once_only(error, tries):
    taken_back = []
    once = Once(lambda: None, lambda: taken_back.append(error))
    outcome, tried = send([error], args=once)
    assert tried == tries
    assert len(taken_back) == tries - 1
    assert outcome == ("sent" if tries == 2 else error)


def test_what_is_sent_once_is_begun_as_it_leaves():
    """After all waiting: for the chat's turn, and for a connection."""

    async def run() -> None:
        bot = ExtBot(
            api.token,
            base_url=f"{api.url}/bot",
            request=request_over(1),
            rate_limiter=Postman(asyncio.Event()),
        )
        arrived: list[int] = []

        def begin() -> None:
            arrived.append(len(api.calls_of("sendMessage")))

        def cannot() -> None:
            begin()
            raise StateError("The disk is full.")

        async def news(begin) -> None:
            await bot.send_message(ann.id, "news", rate_limit_args=Once(begin, lambda: None))

        async with bot:
            before = [asyncio.create_task(bot.send_message(ann.id, f"{n}")) for n in range(4)]
            await asyncio.sleep(0)
            await news(begin)
            await asyncio.gather(*before)
            assert arrived == [4]
            telling = asyncio.create_task(news(cannot))
            while len(arrived) < 3:
                await asyncio.sleep(0.01)
            telling.cancel()
            assert arrived == [4, 5, 5]  # tried, and never sent

    with BotApi() as api:
        ann = api.person()
        ann.says("/start")
        asyncio.run(run())
    assert [message.text for message in ann.messages].count("news") == 1


def test_who_waits_for_a_button_is_not_kept_waiting():
    assert send([SERVER_ERROR] * 9, endpoint="answerCallbackQuery") == (SERVER_ERROR, 3)


def test_typing_is_shown_or_not():
    assert send([SERVER_ERROR], endpoint="sendChatAction") == (SERVER_ERROR, 1)


def test_a_closing_bot_tries_nothing_again():
    assert send([SERVER_ERROR], closing=True) == (SERVER_ERROR, 1)


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_a_chat_that_must_wait_holds_up_no_other():
    async def run() -> list[int]:
        postman, sent, refused = Postman(asyncio.Event()), [], []

        async def send(chat: int) -> None:
            async def request(*_args, **_kwargs):
                if chat == 1 and not refused:
                    refused.append(chat)
                    raise RetryAfter(1)
                sent.append(chat)

            await postman.process_request(request, (), {}, "sendMessage", {"chat_id": chat}, None)

        first = asyncio.create_task(send(1))
        while not refused:
            await asyncio.sleep(0)
        await send(2)
        await first
        return sent

    assert asyncio.run(run()) == [2, 1]


@pytest.mark.parametrize(("chat", "limit", "seconds"), [(7, 4, 1.0), (-7, 5, 1.0)])
def test_the_limits_of_a_chat_are_kept(chat, limit, seconds):
    async def run() -> int:
        postman, sent = Postman(asyncio.Event()), []

        async def request(*_args, **_kwargs):
            sent.append(None)

        async def one():
            await postman.process_request(request, (), {}, "sendMessage", {"chat_id": chat}, None)

        tasks = [asyncio.create_task(one()) for _ in range(20)]
        await asyncio.sleep(seconds)
        count = len(sent)
        for task in tasks:
            task.cancel()
        return count

    assert 1 <= asyncio.run(run()) <= limit
