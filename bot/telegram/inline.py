"""Quotes to drop into any chat: ``@bot words``."""

from __future__ import annotations

import hashlib
import logging

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ParseMode

from bot.telegram import messages
from bot.telegram.asking import place_of
from bot.telegram.desk import Context
from retrieval.errors import QuestionError, RostrumError
from retrieval.records import Options, Quote
from retrieval.search import ask

_log = logging.getLogger(__name__)

_A_PAGE = 10
_MOST = 50
_KEPT_SECONDS = 60
"""How long Telegram may give the same answer again; a reindex may change it."""
_LONGEST_QUERY = 256


def _name(quote: Quote) -> str:
    """Different for different quotes, the same on every page and day."""
    return hashlib.sha256(repr(tuple(place_of(quote))).encode()).hexdigest()[:32]


async def on_inline(update: Update, context: Context) -> None:
    """Offer quotes for what is typed behind the bot's name."""
    query = update.inline_query
    if query is None:
        return
    desk, texts = context.desk, context.desk.texts(update)
    start = int(query.offset) if query.offset.isdecimal() else 0

    def look() -> tuple[list[Quote], bool]:
        options = Options(limit=min(start + _A_PAGE, _MOST) + 1)
        with desk.library.reading() as index:
            found = ask(index, query.query, options).quotes
            page = list(found[start : start + _A_PAGE])
        return page, len(found) > start + _A_PAGE

    quotes: list[Quote] = []
    more, label = False, texts.inline_type
    if desk.is_allowed(update) and query.query.strip() and start < _MOST:
        try:
            with desk.timed():
                quotes, more = await desk.run(look)
        except QuestionError:
            label = texts.inline_unclear
        except RostrumError as error:
            _log.error("an inline query failed: %s", error)
            label = texts.inline_failed
        else:
            label = texts.inline_nothing
    await query.answer(
        [
            InlineQueryResultArticle(
                id=_name(quote),
                title=messages.inline_title(quote, texts),
                description=messages.inline_description(quote),
                url=messages.web_address(quote.url),
                input_message_content=InputTextMessageContent(
                    messages.inline_text(quote, texts),
                    parse_mode=ParseMode.HTML,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                ),
            )
            for quote in quotes
        ],
        cache_time=_KEPT_SECONDS,
        is_personal=True,  # the dates are written in the language of who asks
        next_offset=str(start + _A_PAGE) if more else "",
        button=None
        if quotes or start
        else InlineQueryResultsButton(label, start_parameter="inline"),
    )
