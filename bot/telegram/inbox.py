"""The way of an update: kept before Telegram hears that it arrived, then worked on in turn."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from telegram import Bot, Update
from telegram.ext import Application, BaseUpdateProcessor

from bot.telegram.errors import StateError
from bot.telegram.state import SUSPECT_AFTER, State

_log = logging.getLogger(__name__)

_MOST_WAITING = 4_096
"""Updates that wait for their turn in memory; those behind them wait at Telegram."""
AT_ONCE = 32
"""Updates worked on at once, of people and of groups each: enough to keep Telegram's 30 messages
a second busy. Groups wait for seconds to be written to, and must not keep people waiting."""


class Inbox(asyncio.Queue[object]):
    """The updater's queue; what enters it survives the process until it is dealt with.

    The updater confirms updates to Telegram, which then forgets them, after they entered. An
    update that was here before, and comes again because the confirmation was lost, enters no more.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        self.left_over: dict[int, int] = {}
        """Updates of an earlier process that this one has not begun, and how often they were."""
        self._state = state
        self._room = asyncio.Semaphore(_MOST_WAITING)
        self._kept: set[int] = set()
        self._loading: asyncio.Task[None] | None = None

    def keep(self, updates: Iterable[Update]) -> None:
        """Keep updates that came together, and will be put, at once: one by one takes longer."""
        bodies = [(one.update_id, one.to_json()) for one in updates if not one.inline_query]
        try:
            self._kept = self._state.receive_all(bodies) if bodies else set()
        except StateError as error:  # each is tried again when it is put
            _log.error("updates are not kept: %s", error)

    async def put(self, item: object) -> None:
        """Keep an update and queue it."""
        if isinstance(item, Update):
            if not item.inline_query and not self._is_new(item):  # those are void in seconds
                return
            await self._room.acquire()
        await super().put(item)

    def _is_new(self, update: Update) -> bool:
        if update.update_id in self._kept:
            self._kept.discard(update.update_id)
            return True
        try:
            return self._state.receive(update.update_id, update.to_json())
        except StateError as error:  # it is answered all the same, from memory
            _log.error("an update is not kept: %s", error)
            return True

    def task_done(self) -> None:
        """An item is dealt with, and makes room for another."""
        super().task_done()
        self._room.release()

    def load(self, bot: Bot) -> None:
        """Queue what an earlier process left unfinished, as there is room for it."""
        self._loading = asyncio.create_task(self._load(bot))

    async def _load(self, bot: Bot) -> None:
        pending = self._state.pending()
        self.left_over.update(self._state.tries())
        for _, body in pending:
            await self._room.acquire()
            await super().put(Update.de_json(json.loads(body), bot))


class InOrder(BaseUpdateProcessor):
    """Works on a few updates at once, on those of one chat one after another.

    Who waits for a turn in a busy chat keeps nobody else from working.
    """

    def __init__(self, state: State, closing: asyncio.Event, left_over: dict[int, int]) -> None:
        """Of those ``left_over``, what may have ended the process is worked on alone."""
        super().__init__(_MOST_WAITING)
        self._state = state
        self._closing = closing
        self._left_over = left_over
        self._people, self._groups = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(AT_ONCE)
        self._alone = asyncio.Lock()
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
        chat = update.effective_chat.id if update.effective_chat else 0
        tries = self._left_over.pop(update.update_id, None)
        suspect = tries is not None and tries >= SUSPECT_AFTER
        async with (
            self._turn(chat),
            self._alone if suspect else nullcontext(),
            self._people if chat >= 0 else self._groups,
        ):
            if self._closing.is_set():
                asyncio.ensure_future(coroutine).cancel()
                return
            if tries is not None:
                try:
                    self._state.begin_again(update.update_id)
                except StateError as error:
                    _log.error("that an update is begun again is not kept: %s", error)
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
