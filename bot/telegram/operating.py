"""Commands of administrators: /reindex and /status."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

from telegram import Message, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.telegram import messages
from bot.telegram.asking import say
from bot.telegram.commands import status_of
from bot.telegram.desk import Context, Desk
from bot.telegram.texts import Texts
from retrieval.place import is_for_one_process

_log = logging.getLogger(__name__)

_SECONDS_BETWEEN_EDITS = 3.0
_LONGEST_LINE = 1 << 20
_COUNTED = "speeches passages new changed removed unchanged kept seconds".split()


async def on_status(update: Update, context: Context) -> None:
    """/status: the index and the bot, for administrators."""
    message = update.effective_message
    if message is None or not await _is_admin(update, context, message):
        return
    desk, texts = context.desk, context.desk.texts(update)
    status = await desk.run(status_of, desk)
    missing = messages.no_index(desk.settings.folder, texts) if desk.library.is_instead else ""
    html = messages.status_for_admin(status, texts, missing=missing)
    counts = desk.state.counts()
    counts["pending"] = max(0, counts["pending"] - 1)  # beside this command
    own = messages.status_of_bot(
        counts, desk.milliseconds(), time.monotonic() - desk.started, texts
    )
    await say(context, message, f"{html}\n\n{own}")


async def on_reindex(update: Update, context: Context) -> None:
    """/reindex: read the sources again, in a process of its own, the progress in one message."""
    message = update.effective_message
    if message is None or not await _is_admin(update, context, message):
        return
    desk, texts = context.desk, context.desk.texts(update)
    place = desk.settings.folder
    if desk.library.is_instead:
        await say(context, message, messages.no_index(place, texts))
        return
    if is_for_one_process(place):  # this one, which reads it
        await say(context, message, messages.reindex_alone(place, texts))
        return
    if desk.reindexing.locked():
        await say(context, message, texts.reindex_busy)
        return
    # apart from the handler, so that the chat can go on asking
    context.application.create_task(_reindex(context, message, texts), update=update)


async def _is_admin(update: Update, context: Context, message: Message) -> bool:
    if context.desk.is_admin(update):
        return True
    user, html = update.effective_user, context.desk.texts(update).no_permission
    # the id is what makes somebody an administrator
    await say(context, message, f"{html}\n\nID: <code>{user.id}</code>" if user else html)
    return False


async def _reindex(context: Context, message: Message, texts: Texts) -> None:
    desk, bot = context.desk, context.bot
    async with desk.reindexing:
        shown = await bot.send_message(
            message.chat_id, texts.reindex_started, parse_mode=ParseMode.HTML
        )

        async def tell(html: str) -> None:
            try:
                await bot.edit_message_text(
                    html, message.chat_id, shown.message_id, parse_mode=ParseMode.HTML
                )
            except TelegramError as error:
                _log.info("the progress cannot be shown: %s", error)

        process = await _start(desk)
        stopping = asyncio.create_task(_end_with_bot(desk, process))
        output = asyncio.create_task(process.stdout.read())  # type: ignore[union-attr]
        step, ended = "", asyncio.Event()

        async def show_steps() -> None:
            """Edit the message when there is something new, but not too often."""
            told = ""
            while not ended.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), _SECONDS_BETWEEN_EDITS)
                    return
                if step != told:
                    told = step
                    await tell(step)

        showing, last = asyncio.create_task(show_steps()), ""
        async for line in _lines(process):
            try:
                record = json.loads(line)
                step = messages.reindex_progress(
                    record["stage"], record["done"], record["total"], texts
                )
            except (ValueError, TypeError, KeyError):
                last = line  # a remark or a complaint
        await process.wait()
        stopping.cancel()
        ended.set()
        await showing
        try:
            report = json.loads(await output)
        except ValueError:
            _log.error("reindexing failed: %s", last)
            await tell(messages.reindex_failed(last, texts))
        else:
            skipped = len(report["skipped"])
            counts = {name: report[name] for name in _COUNTED}
            await tell(messages.reindex_finished(texts, skipped=skipped, **counts))


async def _start(desk: Desk) -> Process:
    command = ["reindex", "--index", str(desk.settings.folder), "--progress", "json", "--json"]
    environment = {name: v for name, v in os.environ.items() if name != "TELEGRAM_BOT_TOKEN"}
    if not isinstance(desk.settings.folder, Path):
        environment |= desk.settings.folder.environment
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.cli",
        *command,
        stdout=PIPE,
        stderr=PIPE,
        env=environment,
        limit=_LONGEST_LINE,
    )


async def _end_with_bot(desk: Desk, process: Process) -> None:
    """A reindex that is cut short leaves the index as it was."""
    await desk.closing.wait()
    process.terminate()


async def _lines(process: Process) -> AsyncIterator[str]:
    async for line in process.stderr:  # type: ignore[union-attr]
        yield line.decode(errors="replace").strip()
