"""The bot as a process: put together, started, stopped."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import sys
import warnings
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from platformdirs import user_cache_path
from telegram import Update
from telegram.constants import ParseMode
from telegram.error import Conflict, Forbidden, InvalidToken, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ApplicationHandlerStop,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from bot.telegram import asking, commands, following, inline, messages, operating
from bot.telegram.desk import Context, Desk, Settings, is_private
from bot.telegram.errors import BotError
from bot.telegram.inbox import Inbox, InOrder, KeptApplication
from bot.telegram.logs import log_to
from bot.telegram.sending import Postman, is_passing, tell_when_leaving
from bot.telegram.state import State
from retrieval.errors import RostrumError
from retrieval.library import Library
from retrieval.samples import samples_index

_log = logging.getLogger(__name__)

_Handler = Callable[[Update, Context], Coroutine[Any, Any, None]]

_UPDATES = ["message", "edited_message", "callback_query", "inline_query", "my_chat_member"]
_CONNECTIONS = 64
_SECONDS_TO_WAIT = 20.0
_POLL_SECONDS = 25
_MOST_CONFLICTS = 5
"""A bot that is being replaced polls for a moment beside its successor; this often is no moment."""

_TWO_POLL = (
    "Another program asks Telegram for this bot's updates; stop it, or give this one a token of "
    "its own from @BotFather."
)
_REFUSED = "Telegram does not know the token (any more); get one from @BotFather."


class _WatchedBot(ExtBot[Any]):
    """A bot that notices when it can never get updates again."""

    def __init__(self, desk: Desk, inbox: Inbox, **how: Any) -> None:
        super().__init__(desk.settings.token, **how)
        self._desk = desk
        self._inbox = inbox
        self._conflicts = 0

    async def get_updates(self, *args: Any, **kwargs: Any) -> Any:
        """Ask for updates; end the bot when the token is revoked or somebody else keeps asking."""
        try:
            updates = await super().get_updates(*args, **kwargs)
        except InvalidToken:
            self._desk.give_up(_REFUSED)
            return ()
        except Conflict:
            self._conflicts += 1
            if self._conflicts < _MOST_CONFLICTS:
                raise
            self._desk.give_up(_TWO_POLL)
            return ()
        self._conflicts = 0
        self._inbox.keep(updates)
        return updates


def build(desk: Desk) -> Application[Any, Any, Any, Any, Any, Any]:
    """The application with all its handlers."""
    settings = desk.settings
    root = (settings.api_url or "https://api.telegram.org").rstrip("/")
    inbox = Inbox(desk.state)
    bot = _WatchedBot(
        desk,
        inbox,
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=request_over(_CONNECTIONS),
        get_updates_request=request_over(1),
        rate_limiter=Postman(desk.closing),
    )
    application = (
        ApplicationBuilder()
        .application_class(KeptApplication)
        .bot(bot)
        .context_types(ContextTypes(context=Context))
        .concurrent_updates(InOrder(desk.state, desk.closing, inbox.left_over))
        .update_queue(inbox)
        .post_init(_begin)
        .build()
    )
    application.bot_data["desk"] = desk
    desk.stop = application.stop_running
    _add_handlers(application)
    return application


def request_over(connections: int) -> HTTPXRequest:
    """How requests are made, over so many connections at most."""
    return HTTPXRequest(
        connection_pool_size=connections,
        connect_timeout=_SECONDS_TO_WAIT,
        read_timeout=_SECONDS_TO_WAIT,
        write_timeout=_SECONDS_TO_WAIT,
        pool_timeout=_SECONDS_TO_WAIT,
        httpx_kwargs={"event_hooks": {"request": [tell_when_leaving]}},
    )


def _add_handlers(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    new, new_or_edited = filters.UpdateType.MESSAGE, filters.UpdateType.MESSAGES
    application.add_handler(TypeHandler(Update, _gate), group=-1)
    for name, handler in (
        ("start", commands.on_start),
        ("help", commands.on_help),
        ("timeline", commands.on_timeline),
        ("speakers", commands.on_speakers),
        ("recent", commands.on_recent),
        ("follow", following.on_follow),
        ("following", following.on_following),
        ("language", commands.on_language),
        ("about", commands.on_about),
        ("feedback", commands.on_feedback),
        ("reindex", operating.on_reindex),
        ("status", operating.on_status),
    ):
        application.add_handler(CommandHandler(name, _limited(handler), new))
    private = filters.ChatType.PRIVATE & new
    words = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND
    for one in (
        CommandHandler("ask", asking.on_ask, new_or_edited),
        MessageHandler(filters.COMMAND & private, _limited(commands.on_unknown)),
        MessageHandler(filters.StatusUpdate.MIGRATE & new, commands.on_migration),
        MessageHandler(words & new_or_edited, asking.on_text),
        MessageHandler(
            ~filters.StatusUpdate.ALL & ~filters.COMMAND & private, _limited(commands.on_wordless)
        ),
        CallbackQueryHandler(_limited(commands.on_menu_button), r"^[elp]:\d{1,9}:[a-z]{0,2}$"),
        CallbackQueryHandler(_limited(following.on_stop_button), r"^u:\d{1,18}:$"),
        CallbackQueryHandler(_limited(asking.on_button)),
        InlineQueryHandler(inline.on_inline),
        ChatMemberHandler(commands.on_membership, ChatMemberHandler.MY_CHAT_MEMBER),
    ):
        application.add_handler(one)
    application.add_error_handler(_on_error)


def _limited(handler: _Handler) -> _Handler:
    """The handler, for those who do not ask too much; questions are counted where they are."""

    async def handle(update: Update, context: Context) -> None:
        if not await asking.is_flooding(update, context):
            await handler(update, context)

    return handle


async def _gate(update: Update, context: Context) -> None:
    """Let only those through whom the settings allow."""
    if context.desk.is_allowed(update) or update.inline_query:  # that one answers itself
        return
    chat, texts = update.effective_chat, context.desk.texts(update)
    joined = update.my_chat_member and commands.is_joining(update.my_chat_member)
    told = joined or (update.message and is_private(update))
    if chat and told and not await asking.is_flooding(update, context):
        # the id is what the operator needs to let them in
        await context.bot.send_message(
            chat.id,
            f"{texts.chat_not_allowed}\n\nID: <code>{chat.id}</code>",
            parse_mode=ParseMode.HTML,
        )
    raise ApplicationHandlerStop


async def _on_error(update: object, context: Context) -> None:
    """Whatever a handler raised: the person hears of it, and the log has it all."""
    error, desk = context.error, context.desk
    if isinstance(error, InvalidToken):
        desk.give_up(_REFUSED)
        return
    if not isinstance(update, Update):
        if isinstance(error, TelegramError):
            _log.warning("Telegram gives no updates just now: %s", error)
        else:
            _log.error("an error outside of updates", exc_info=error)
        return
    chat = update.effective_chat
    if isinstance(error, TelegramError):
        if desk.closing.is_set() and is_passing(error):
            processor = context.application.update_processor
            if isinstance(processor, InOrder):
                processor.leave(update)
        elif isinstance(error, Forbidden) and chat:
            desk.state.leave(chat.id)
        _log.warning("Telegram refused: %s", error)  # nobody there who could be told
        return
    _log.error("update %d failed", update.update_id, exc_info=error)
    if update.callback_query:
        await asking.reply(update.callback_query)  # it seems to be working until it is answered
    if update.effective_message:
        texts = desk.texts(update)
        html = texts.unavailable if isinstance(error, RostrumError) else texts.failed
        await asking.say(context, update.effective_message, html)


async def _begin(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Before the first update: what was left over, and what is to be done now and then."""
    desk: Desk = application.bot_data["desk"]
    desk.state.forget_begun()
    queue, jobs = application.update_queue, application.job_queue
    if isinstance(queue, Inbox):
        queue.load(application.bot)
    if jobs is not None:
        # at once, however long it takes until the queue starts: first=0 would be too late by then
        at_once = {"next_run_time": datetime.now(UTC), "misfire_grace_time": None}
        jobs.run_once(following.keep_telling, 0, job_kwargs=at_once)
        jobs.run_once(_set_menus, 0, job_kwargs=at_once)
    _log.info("the bot runs", extra={"fields": {"username": application.bot.username}})


async def _set_menus(context: Context) -> None:
    desk = context.desk
    await commands.set_menus(context.bot, desk)
    if desk.library.is_instead:
        for admin in desk.settings.admins:
            html = messages.no_index(desk.settings.folder, desk.texts_of(admin))
            try:
                await context.bot.send_message(admin, html, parse_mode=ParseMode.HTML)
            except TelegramError as error:
                _log.warning("the administrator %d cannot be told: %s", admin, error)


_M_ARENA_MAX = -8  # as malloc.h of glibc has it


def _share_heaps() -> None:
    """Let all threads of this process share two heaps.

    glibc would give them up to eight for each processor, of which each keeps the most that it ever
    needed: a bot that runs for weeks comes near to the sum of them.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # another C library, without heaps of threads
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def run(settings: Settings) -> None:
    """Run the bot until it is told to stop.

    Raises:
        BotError: the token is refused, or another program uses it.
        IndexFault: the index cannot be read.
    """
    log_to(sys.stderr)
    _share_heaps()
    # a wait is taken as the number that it is, and as the timedelta that it will be
    warnings.filterwarnings("ignore", category=PTBDeprecationWarning)
    with State(settings.state) as state:
        library = Library(settings.folder, _samples)
        desk = Desk(settings, library, state)
        try:
            application = build(desk)
            # told to stop before it has reached Telegram, the application leaves tasks behind,
            # which the runner ends
            with asyncio.Runner() as runner:
                asyncio.set_event_loop(runner.get_loop())
                if settings.webhook:
                    _serve(application, settings)
                else:
                    application.run_polling(
                        timeout=_POLL_SECONDS,
                        bootstrap_retries=-1,
                        allowed_updates=_UPDATES,
                        close_loop=False,
                    )
        except InvalidToken:
            raise BotError(_REFUSED) from None
        finally:
            desk.close()
        if desk.fatal:
            raise BotError(desk.fatal)
        _log.info("stopped")


def _samples() -> Path:
    return samples_index(user_cache_path("rostrum", appauthor=False))


def _serve(application: Application[Any, Any, Any, Any, Any, Any], settings: Settings) -> None:
    """Let Telegram bring the updates to an address; they are the same ones."""
    host, port = settings.listen
    application.run_webhook(
        host,
        port,
        url_path=urlsplit(settings.webhook or "").path.lstrip("/"),
        webhook_url=settings.webhook,
        secret_token=_webhook_secret(settings.token),
        bootstrap_retries=-1,
        allowed_updates=_UPDATES,
        close_loop=False,
    )


def _webhook_secret(token: str) -> str:
    """What tells Telegram's requests from others', the same after each start."""
    import hashlib

    return hashlib.sha256(f"webhook {token}".encode()).hexdigest()
