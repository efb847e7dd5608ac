"""Requests to Telegram: within its limits, and again when it or the network fails."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import httpx
from aiolimiter import AsyncLimiter
from telegram.error import BadRequest, ChatMigrated, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter

_log = logging.getLogger(__name__)

_OVERALL_A_SECOND = 28  # Telegram's limit is 30; a leaky bucket without bursts stays below it
_GROUP_BURST, _GROUP_SECONDS = 5, 20  # never over 20 in any minute
_PERSON_BURST, _PERSON_SECONDS = 3, 3.0
_MANY_PEOPLE = 1_000

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0  # seconds
_TRIES_WHILE_WAITED_FOR = 3
_WAITED_FOR: Final = frozenset({"answerCallbackQuery", "answerInlineQuery"})
"""Answers that are void in seconds."""


@dataclass(frozen=True, slots=True)
class Once:
    """As ``rate_limit_args``: a request that is not made again where it may have arrived."""

    begin: Callable[[], None]
    """Called as its first bytes leave; what it raises keeps them from leaving."""
    take_back: Callable[[], None]
    """Called where it surely did not arrive, and is made again later."""


_leaving: ContextVar[Callable[[], None] | None] = ContextVar("leaving", default=None)


async def tell_when_leaving(request: httpx.Request) -> None:
    """An event hook of httpx, for the requests that are made :class:`Once`.

    A request may wait long for its turn, for a connection and for TLS. Only httpcore, in its trace
    (https://www.encode.io/httpcore/extensions/#trace), tells when all that is over.
    """
    if (begin := _leaving.get()) is None:
        return

    async def trace(event: str, info: object) -> None:
        if event.endswith(".send_request_headers.started"):
            begin()

    request.extensions = {**request.extensions, "trace": trace}


def is_passing(error: TelegramError) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, NetworkError):
        return not isinstance(error, BadRequest)
    return isinstance(error, RetryAfter) or type(error) is TelegramError


def may_have_arrived(error: TelegramError) -> bool:
    """Whether a request that failed may have been carried out.

    Not if no connection was made, and not if the server said that it could not.
    """
    cause = error.__cause__
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return False
    return isinstance(cause, httpx.HTTPError) or type(error) is TelegramError


def _seconds(retry_after: int | timedelta) -> float:
    """What Telegram asks for, and a little more."""
    asked = retry_after.total_seconds() if isinstance(retry_after, timedelta) else retry_after
    return asked + 0.1


class Postman(AIORateLimiter):
    """Keeps Telegram's limits, overall, by group and by person, and tries again.

    For as long as the bot runs: a question is not lost because Telegram is away for an hour. An
    answer whose fate is unknown is sent again, since none is worse than two.
    """

    def __init__(self, closing: asyncio.Event) -> None:
        """Once ``closing`` is set, nothing is tried again."""
        super().__init__(
            overall_max_rate=1,
            overall_time_period=1 / _OVERALL_A_SECOND,
            group_max_rate=_GROUP_BURST,
            group_time_period=_GROUP_SECONDS,
            max_retries=0,  # it would hold up every chat for one that must wait
        )
        self._people: dict[int, AsyncLimiter] = {}
        self._closing = closing

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: object,
    ) -> Any:
        """Send a request when the limits allow it, until it succeeds or is refused."""
        once = rate_limit_args if isinstance(rate_limit_args, Once) else None
        _leaving.set(once.begin if once else None)
        if endpoint == "sendChatAction":  # worth nothing later, and no message
            return await callback(*args, **kwargs)
        pause, tries = _FIRST_PAUSE, 0
        while True:
            try:
                async with AsyncExitStack() as turn:
                    if limiter := self._of_person(data.get("chat_id")):
                        await turn.enter_async_context(limiter)
                    return await super().process_request(
                        callback, args, kwargs, endpoint, data, rate_limit_args=None
                    )
            except ChatMigrated as error:
                if once:
                    raise
                data["chat_id"] = error.new_chat_id  # what the callback sends
            except TelegramError as error:
                tries += 1
                if (
                    not is_passing(error)
                    or (once and may_have_arrived(error))
                    or (endpoint in _WAITED_FOR and tries >= _TRIES_WHILE_WAITED_FOR)
                ):
                    raise
                if once:
                    once.take_back()
                wait = pause * random.uniform(0.75, 1.25)
                if isinstance(error, RetryAfter):
                    wait = _seconds(error.retry_after)
                else:
                    pause = min(2 * pause, _LONGEST_PAUSE)
                _log.warning("%s failed (%s), again in %.1f s", endpoint, error, wait)
                if await self._is_closing_within(wait):
                    raise

    async def _is_closing_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _of_person(self, chat: object) -> AsyncLimiter | None:
        if not isinstance(chat, int) or chat < 0:
            return None
        if len(self._people) > _MANY_PEOPLE:
            self._people = {
                one: limiter
                for one, limiter in self._people.items()
                if not limiter.has_capacity(limiter.max_rate)
            }
        return self._people.setdefault(chat, AsyncLimiter(_PERSON_BURST, _PERSON_SECONDS))
