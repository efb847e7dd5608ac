"""What every handler needs: the collection, the memory, the settings, and where work is done."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from telegram import Update
from telegram.constants import ChatAction, ChatType
from telegram.error import TelegramError
from telegram.ext import CallbackContext, ExtBot

from bot.telegram.flood import Flood
from bot.telegram.state import State
from bot.telegram.texts import Texts, texts_for
from retrieval.library import Library
from retrieval.place import Place

_log = logging.getLogger(__name__)

_ANSWERING_THREADS = 4
_TIMES_KEPT = 1_000
_TYPING_AGAIN = 4.0  # seconds; Telegram shows it for five

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Settings:
    """How a bot runs. Nobody is kept out where ``chats`` is empty."""

    token: str = field(repr=False)
    folder: Place
    state: Path
    api_url: str | None = None
    admins: frozenset[int] = frozenset()
    chats: frozenset[int] = frozenset()
    webhook: str | None = None
    listen: tuple[str, int] = ("127.0.0.1", 8443)


class Desk:
    """Shared by all handlers; lives as long as the bot."""

    def __init__(self, settings: Settings, library: Library, state: State) -> None:
        self.settings = settings
        self.library = library
        self.state = state
        self.flood = Flood()
        self.closing = asyncio.Event()
        self.started = time.monotonic()
        self.fatal: str | None = None
        """Why the bot had to end."""
        self.stop: Callable[[], None] = self.closing.set
        self.reindexing = asyncio.Lock()
        self._threads = ThreadPoolExecutor(_ANSWERING_THREADS, "answering")
        self._times: deque[float] = deque(maxlen=_TIMES_KEPT)
        self._typing: dict[int, float] = {}

    def give_up(self, why: str) -> None:
        """End the bot: what is wrong mends only by hand."""
        if self.fatal is None:  # asking once more while stopping would break the stop off
            self.fatal = why
            self.stop()

    async def run(self, work: Callable[..., Result], *args: Any) -> Result:
        """Do slow work in a thread, so that it keeps nobody waiting."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the bot's own time of an answer."""
        started = time.perf_counter()
        yield
        self._times.append((time.perf_counter() - started) * 1000)

    def milliseconds(self) -> tuple[float, float] | None:
        """Median and 95th percentile of the bot's own time of the last answers."""
        times = sorted(self._times)
        return (times[len(times) // 2], times[len(times) * 95 // 100]) if times else None

    def is_allowed(self, update: Update) -> bool:
        """Whether the bot may serve where an update comes from."""
        allowed, user, chat = self.settings.chats, update.effective_user, update.effective_chat
        if not allowed or (user and user.id in self.settings.admins):
            return True
        return bool((chat and chat.id in allowed) or (user and user.id in allowed))

    def is_admin(self, update: Update) -> bool:
        """Whether an update comes from an administrator of the bot."""
        user = update.effective_user
        return bool(user and user.id in self.settings.admins)

    def texts(self, update: Update) -> Texts:
        """The texts in the language of who sent an update, or that the chat chose."""
        chat, user = update.effective_chat, update.effective_user
        at = chat or user
        chosen = self.state.language(at.id) if at else None
        return texts_for(chosen or (user.language_code if user else None))

    def texts_of(self, chat: int) -> Texts:
        """The texts in the language that a chat chose."""
        return texts_for(self.state.language(chat))

    def type(self, context: Context, chat: int) -> None:
        """Show that an answer is being worked on; an adornment, which may fail."""
        now = time.monotonic()
        if self._typing.get(chat, 0) + _TYPING_AGAIN > now:
            return
        if len(self._typing) > _TIMES_KEPT:
            self._typing.clear()
        self._typing[chat] = now

        async def show() -> None:
            try:
                await context.bot.send_chat_action(chat, ChatAction.TYPING)
            except TelegramError as error:
                _log.debug("no typing shown: %s", error)

        context.application.create_task(show())

    def close(self) -> None:
        """Wait for work that is being done, and let go of everything."""
        self._threads.shutdown()
        self.library.close()
        self.state.close()


class Context(CallbackContext[ExtBot[Any], dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """The context of a handler."""

    @property
    def desk(self) -> Desk:
        """What every handler needs."""
        return cast("Desk", self.application.bot_data["desk"])


def is_private(update: Update) -> bool:
    """Whether an update comes from a chat with one person."""
    return bool(update.effective_chat and update.effective_chat.type == ChatType.PRIVATE)
