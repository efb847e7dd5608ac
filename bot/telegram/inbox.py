"""The way of an update: kept before Telegram hears that it arrived, then worked on in turn."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, Update
from telegram.ext import Application, BaseUpdateProcessor

from bot.telegram.errors import StateError
from bot.telegram.state import State

_log = logging.getLogger(__name__)

_MOST_QUEUED = 1_000
_MOST_WAITING = 4_096
"""Updates that wait for their turn in memory; those behind them wait at Telegram."""
AT_ONCE = 32
"""Updates worked on at once: enough to keep Telegram's 30 messages a second busy."""


class Inbox(asyncio.Queue[object]):
    """The updater's queue; what enters it survives the process until it is dealt with.

    The updater confirms updates to Telegram, which then forgets them, after they entered. An
    update that was here before, and comes again because the confirmation was lost, enters no more.
    """

    def __init__(self, state: State) -> None:
        super().__init__(_MOST_QUEUED)
        self._state = state
        self._loading: asyncio.Task[None] | None = None

    async def put(self, item: object) -> None:
        """Keep an update and queue it."""
        if isinstance(item, Update) and not item.inline_query:  # those are void in seconds
            try:
                if not self._state.receive(item.update_id, item.to_json()):
                    return
            except StateError as error:  # it is answered all the same, from memory
                _log.error("an update is not kept: %s", error)
        await super().put(item)

    def load(self, bot: Bot) -> None:
        """Queue what an earlier process left unfinished, as there is room for it."""
        self._loading = asyncio.create_task(self._load(bot))

    async def _load(self, bot: Bot) -> None:
        for _, body in self._state.pending():
            await super().put(Update.de_json(json.loads(body), bot))


class InOrder(BaseUpdateProcessor):
    """Works on a few updates at once, on those of one chat one after another.

    Who waits for a turn in a busy chat keeps nobody else from working.
    """

    def __init__(self, state: State, closing: asyncio.Event) -> None:
        super().__init__(_MOST_WAITING)
        self._state = state
        self._closing = closing
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._chats: dict[int, tuple[asyncio.Lock, list[None]]] = {}
        self._unfinished: set[int] = set()

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""

    def leave(self, update: Update) -> None:
        """This update could not be finished now, and is worked on again after the next start."""
        self._unfinished.add(update.update_id)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Work on an update when its turn comes; none is begun once the bot is closing."""
        if not isinstance(update, Update) or update.inline_query:
            await coroutine
            return
        chat = update.effective_chat
        async with self._turn(chat.id if chat else 0), self._slots:
            if self._closing.is_set():
                asyncio.ensure_future(coroutine).cancel()
                return
            await coroutine
            if update.update_id in self._unfinished:
                self._unfinished.discard(update.update_id)
                return
            try:
                self._state.done(update.update_id)
            except StateError as error:
                _log.error("an update may be answered again: %s", error)

    @asynccontextmanager
    async def _turn(self, chat: int) -> AsyncIterator[None]:
        lock, waiting = self._chats.setdefault(chat, (asyncio.Lock(), []))
        waiting.append(None)
        try:
            async with lock:
                yield
        finally:
            waiting.pop()
            if not waiting:
                del self._chats[chat]


class KeptApplication(Application[Any, Any, Any, Any, Any, Any]):
    """An application that, told to stop, finishes what was begun and begins nothing new."""

    async def stop(self) -> None:
        """Stop; what is queued was kept and waits for the next start."""
        self.bot_data["desk"].closing.set()
        await super().stop()
