"""Following a question: what new speeches say about it, told once."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.telegram import messages
from bot.telegram.asking import (
    after_command,
    data,
    follow_notice,
    reply,
    say,
    unless_same,
    without,
)
from bot.telegram.desk import Context, Desk
from bot.telegram.messages import FollowSection
from bot.telegram.sending import Once, is_passing, may_have_arrived
from bot.telegram.state import Follow, News
from bot.telegram.texts import TEXTS, Texts
from retrieval.errors import QuestionError
from retrieval.index import Index
from retrieval.names import same_person
from retrieval.question import parse_question
from retrieval.records import Options
from retrieval.search import ask

_log = logging.getLogger(__name__)

_QUOTES = 3
"""Quotes that a follower gets for one question; how many more there are is said."""
_COUNTED = 20
_WATCH_SECONDS = 2.0
_LONGEST_LABEL = 36
_A_ROW = 5
_MOST_WORDS_OF_A_NAME = 4


async def on_follow(update: Update, context: Context) -> None:
    """/follow: a question, with a speaker before a colon; without one, the last question."""
    message = update.effective_message
    if message is None:
        return
    desk, texts = context.desk, context.desk.texts(update)
    question, options, unknown = after_command(message), Options(), ""
    last = desk.state.last_answer(message.chat_id)
    if question:
        with desk.library.reading() as index:
            question, options, unknown = _with_speaker(question, index)
    elif last:
        question, options = last.question, last.options
    try:
        parse_question(question, options)
    except QuestionError as error:
        usage = f"{texts.follow_usage}\n\n{texts.follow_usage_speaker}"
        html = messages.question_problem(error, texts) if question else usage
        await say(context, message, html)
        return
    outcome = desk.state.follow(message.chat_id, question, options, texts.language)
    if outcome == "new":  # as it was understood, so that a name taken for a topic is noticed
        html = messages.follow_begun(question, options.speaker, texts)
    else:
        html = follow_notice(outcome, texts)
    if unknown:  # who may speak one day: until then it is a part of the topic
        html += f"\n<i>{messages.filled(texts.note_no_speakers, speaker=unknown)}</i>"
    await say(context, message, html)


def _with_speaker(text: str, index: Index) -> tuple[str, Options, str]:
    """What is to be followed: «Токаев: вода» is about water, by Tokayev; «Токаев:» lacks it.

    Third is a name before a colon that no speaker has.
    """
    before, colon, rest = text.partition(":")
    name = before.strip()
    if colon and any(same_person(name, s) for s in index.speakers.values()):
        return rest.strip(), Options(speaker=name), ""
    may_be_one = colon and 0 < len(name.split()) <= _MOST_WORDS_OF_A_NAME
    return text, Options(), name if may_be_one else ""


async def on_following(update: Update, context: Context) -> None:
    """/following: what the chat follows, each with a button that stops it."""
    message = update.effective_message
    if message is None:
        return
    html, keyboard = _list(context.desk, message.chat_id, context.desk.texts(update))
    await say(context, message, html, keyboard)


def _list(desk: Desk, chat: int, texts: Texts) -> tuple[str, InlineKeyboardMarkup | None]:
    follows = desk.state.follows(chat)
    html = messages.following_list([(f.question, f.options.speaker) for f in follows], texts)
    if not follows:
        return html, None
    numbers = [
        InlineKeyboardButton(str(n), callback_data=data("u", follow.number))
        for n, follow in enumerate(follows, 1)
    ]
    rows = [numbers[n : n + _A_ROW] for n in range(0, len(numbers), _A_ROW)]
    return html, InlineKeyboardMarkup(rows)


def _stops(follows: list[Follow], texts: Texts) -> list[list[InlineKeyboardButton]]:
    return [
        [
            InlineKeyboardButton(
                messages.plain(
                    "{stop}: {question}",
                    most=_LONGEST_LABEL,
                    stop=texts.button_stop,
                    question=follow.question,
                ),
                callback_data=data("u", follow.number),
            )
        ]
        for follow in follows
    ]


async def on_stop_button(update: Update, context: Context) -> None:
    """A button that stops following."""
    query, desk = update.callback_query, context.desk
    if query is None:
        return
    texts = desk.texts(update)
    if query.message is None:
        await reply(query, texts.notice_stale)
        return
    number = int(str(query.data).split(":")[1])
    stopped = desk.state.unfollow(query.message.chat.id, number)
    await reply(query, texts.notice_stopped if stopped else texts.notice_not_followed)
    message = query.message
    if not isinstance(message, Message) or message.reply_markup is None:
        return
    labels = [
        button.text
        for row in message.reply_markup.inline_keyboard
        for button in row
        if button.callback_data == query.data
    ]
    if not labels:  # pressed twice, or forged: the message is left alone
        return
    if all(label.isdecimal() for label in labels):  # the list, whose buttons are its numbers
        html, keyboard = _list(desk, message.chat.id, texts)
        await unless_same(message.edit_text(html, parse_mode=ParseMode.HTML, reply_markup=keyboard))
    else:
        await without(message, str(query.data))


# --- telling ----------------------------------------------------------------------------------


async def keep_telling(context: Context) -> None:
    """Tell followers what is new, until the bot stops.

    One long job, because a repeated one goes by the clock on the wall: set back by a day, it would
    tell nobody anything for a day.
    """
    closing = context.desk.closing
    while not closing.is_set():
        try:
            await tell_followers(context)
        except Exception as error:  # whatever it was, the next look may go well
            _log.error("followers cannot be told", exc_info=error)
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), _WATCH_SECONDS)


async def tell_followers(context: Context) -> None:
    """Look whether there are new speeches, and send what was not sent yet."""
    desk = context.desk
    await desk.run(find_news, desk)
    for news in desk.state.news():
        if desk.closing.is_set():
            return
        await _deliver(context.bot, desk, news)


def find_news(desk: Desk) -> None:
    """Write down what each follower is to be told of a new generation; in a thread.

    The speeches of the first generation that the bot sees are new to nobody.
    """
    with desk.library.reading() as index:
        if index.folder != desk.library.folder:  # the samples
            return
        generation = f"{index.generation.name} {index.manifest.created}"
        settled = desk.state.settled()
        if generation == settled:
            return
        new = desk.state.unknown(index.store.speech_ids())
        sections: defaultdict[int, list[tuple[Follow, FollowSection]]] = defaultdict(list)
        for follow in desk.state.follows() if settled and new else ():
            options = replace(follow.options, only=new, limit=_COUNTED)
            try:
                quotes = ask(index, follow.question, options).quotes
            except QuestionError as error:  # one that another release could read, or forged
                _log.warning("follow %d cannot be answered: %s", follow.number, error)
                continue
            if quotes:
                more = max(0, len(quotes) - _QUOTES)
                best = quotes[:_QUOTES]
                section = FollowSection(
                    follow.question, follow.options.speaker, best, more, len(quotes) == _COUNTED
                )
                sections[follow.chat].append((follow, section))
        news = []
        for chat, told in sections.items():
            texts = TEXTS[desk.state.language(chat) or told[0][0].language]
            html = messages.follow_page([section for _, section in told], texts).html
            stops = [follow for follow, _ in told]
            keyboard = InlineKeyboardMarkup(_stops(stops, texts)).to_dict()
            news.append((chat, {"html": html, "keyboard": keyboard}))
        desk.state.settle(generation, new, news)
    _log.info("new speeches", extra={"fields": {"speeches": len(new), "told": len(news)}})


async def _deliver(bot: ExtBot[Any], desk: Desk, news: News) -> None:
    """Send a message to followers; never a second time where the first may have arrived."""
    state = desk.state
    once = Once(lambda: state.begin(news), lambda: state.not_sent(news))
    try:
        await bot.send_message(
            news.chat,
            news.body["html"],
            parse_mode=ParseMode.HTML,
            reply_markup=InlineKeyboardMarkup.de_json(news.body["keyboard"], bot),
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            rate_limit_args=once,
        )
    except ChatMigrated as error:
        state.not_sent(news)
        state.migrate(news.chat, error.new_chat_id)
    except (Forbidden, BadRequest) as error:
        _log.info("a follower cannot be told any more: %s", error)
        state.leave(news.chat)
    except TelegramError as error:
        if is_passing(error) and not may_have_arrived(error):
            state.not_sent(news)
        else:
            _log.warning("whether a follower was told is not known: %s", error)
            state.sent(news)
    else:
        state.sent(news)
