"""The bot's commands, apart from /ask and those for administrators."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import Any

from telegram import (
    BotCommandScopeChat,
    Chat,
    ChatMember,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.telegram import messages
from bot.telegram.asking import (
    after_command,
    data,
    prepare,
    reply,
    say,
    send,
    send_timeline,
    unless_same,
)
from bot.telegram.desk import Context, Desk
from bot.telegram.state import Shown
from bot.telegram.texts import TEXTS, Texts, texts_for
from embeddings.analysis import consonants, sound_key, words
from retrieval.dates import last_day
from retrieval.index import Index
from retrieval.names import NEAR, nearness, same_person
from retrieval.people import ROLE
from retrieval.records import LANGUAGES, Options, Speech, Status

_log = logging.getLogger(__name__)

_Keys = dict[str, list[str]]
"""The sound keys of a name's words, by the two consonants that each begins with."""

_RECENT = 10
_LONGEST_FEEDBACK = 2_000


async def set_menus(bot: ExtBot[Any], desk: Desk) -> None:
    """Tell Telegram the commands in every language, and administrators' in their chats."""
    for code, texts in (*TEXTS.items(), (None, TEXTS["en"])):
        await bot.set_my_commands(texts.commands(), language_code=code)
        await bot.set_my_description(texts.profile, code)
        await bot.set_my_short_description(texts.profile_short, code)
    for admin in desk.settings.admins:
        await _set_menu(bot, desk, admin)


async def _set_menu(bot: ExtBot[Any], desk: Desk, chat: int) -> None:
    """Tell Telegram the commands of one chat, in the language that it chose."""
    chosen, is_admin = desk.state.language(chat), chat in desk.settings.admins
    # Telegram prefers a menu of the person's language to one of the chat; an administrator's menu
    # is there before they have written a word from which their language could be known
    languages = (*TEXTS, None) if is_admin else (None,)
    try:
        for code in languages:
            menu = texts_for(chosen or code).commands(admin=is_admin)
            await bot.set_my_commands(menu, scope=BotCommandScopeChat(chat), language_code=code)
    except TelegramError as error:  # who never wrote to the bot has no chat with it
        _log.warning("no menu for the chat %d: %s", chat, error)


async def on_start(update: Update, context: Context) -> None:
    """/start: what the bot is, and three questions to try."""
    if update.effective_message:
        await greet(context, update.effective_message, context.desk.texts(update))


async def greet(context: Context, message: Message, texts: Texts) -> None:
    """Say what the bot is."""
    buttons = [
        [InlineKeyboardButton(example, callback_data=data("e", n))]
        for n, example in enumerate(texts.examples)
    ]
    html = texts.start
    if context.desk.library.is_instead:
        html += f"\n\n{texts.samples_note}"
    await say(context, message, html, InlineKeyboardMarkup(buttons))


async def on_help(update: Update, context: Context) -> None:
    """/help."""
    if update.effective_message:
        html = context.desk.texts(update).help.format(bot=context.bot.username)
        await say(context, update.effective_message, html)


async def on_timeline(update: Update, context: Context) -> None:
    """/timeline: the picture of when something was spoken of."""
    message = update.effective_message
    if message is None:
        return
    desk, texts = context.desk, context.desk.texts(update)
    question, options = after_command(message), Options()
    last = desk.state.last_answer(message.chat_id)
    if not question and last:
        question, options = last.question, last.options
    if not question:
        await say(context, message, texts.timeline_usage)
        return
    desk.type(context, message.chat_id)
    await send_timeline(context, message, message.message_id, question, options, texts)


async def on_speakers(update: Update, context: Context) -> None:
    """/speakers: who speaks, and how much."""
    if update.effective_message:
        html, keyboard = await context.desk.run(_speakers, context.desk, context.desk.texts(update))
        await say(context, update.effective_message, html, keyboard)


def _speakers(desk: Desk, texts: Texts, page: int = 0) -> tuple[str, InlineKeyboardMarkup | None]:
    with desk.library.reading() as index:
        names = people(tuple(index.store.passages_by_speaker()))
    html, more = messages.speakers_page(names, texts, page=page)
    buttons = []
    if page:
        buttons.append(
            InlineKeyboardButton(texts.button_previous, callback_data=data("p", page - 1))
        )
    if more:
        buttons.append(InlineKeyboardButton(texts.button_next, callback_data=data("p", page + 1)))
    return html, InlineKeyboardMarkup([buttons]) if buttons else None


@lru_cache(maxsize=1)  # the same for every page
def people(speakers: tuple[tuple[str, int], ...]) -> list[tuple[str, int]]:
    """The speakers and their numbers of passages, a person under several names only once.

    By the fullest of them: «В.Путин» is counted with “Vladimir Putin”. A name of one word, or one
    that may mean two of the others, stays by itself. “Question” and «Реплика» are nobody.
    """
    counted: dict[str, int] = {}
    full: dict[str, _Keys] = {}
    alike: defaultdict[str, list[str]] = defaultdict(list)  # names with a word that begins so
    named = [one for one in speakers if not ROLE.fullmatch(one[0])]
    for name, passages in sorted(named, key=lambda one: len(one[0]), reverse=True):
        keys = _keys(name)
        near = alike[max(keys, key=len)] if sum(map(len, keys.values())) > 1 else []
        same = [one for one in near if _may_be(keys, full[one]) and same_person(name, one)]
        if len(same) == 1:
            counted[same[0]] += passages
            continue
        counted[name] = counted.get(name, 0) + passages
        if all(len(word) > 1 for _, _, word in words(name)):  # Г. and К. sound nearly the same
            full[name] = keys
            for beginning in keys:
                alike[beginning].append(name)
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def _keys(name: str) -> _Keys:
    keys: _Keys = defaultdict(list)
    for _, _, word in words(name):
        key = sound_key(word)
        keys[consonants(key)[:2]].append(key)
    return keys


def _may_be(name: _Keys, other: _Keys) -> bool:
    """A quick look before that of ``same_person``, which takes a thousand names seconds.

    Every word of the name must be near one that begins with the same two consonants: of two that
    share a first name no more than that is compared again and again.
    """
    whole = [(begin, key) for begin, keys in name.items() for key in keys if len(begin) > 1]
    return all(begin in other for begin, _ in whole) and all(
        any(_nearness(key, one) >= NEAR for one in other[begin]) for begin, key in whole
    )


_nearness = lru_cache(maxsize=1 << 14)(nearness)


async def on_recent(update: Update, context: Context) -> None:
    """/recent: the latest speeches."""
    message = update.effective_message
    if message is None:
        return
    desk, texts = context.desk, context.desk.texts(update)

    def look() -> str:
        with desk.library.reading() as index:
            return messages.recent_page(latest(index), texts)

    await say(context, message, await desk.run(look))


def latest(index: Index) -> list[Speech]:
    """The speeches with the latest dates, the latest first."""
    dated = [(date, speech_id) for speech_id, date in index.store.dated()]
    dated.sort(key=lambda entry: last_day(entry[0]), reverse=True)
    return [index.speech(speech_id) for _, speech_id in dated[:_RECENT]]


async def on_about(update: Update, context: Context) -> None:
    """/about: what is indexed, up to when."""
    message = update.effective_message
    if message is None:
        return
    texts = context.desk.texts(update)
    status = await context.desk.run(status_of, context.desk)
    html = messages.about(status, texts, samples=context.desk.library.is_instead)
    await say(context, message, html)


def status_of(desk: Desk) -> Status:
    """The state of the index, with as many speakers as /speakers lists."""
    with desk.library.reading() as index:
        names = people(tuple(index.store.passages_by_speaker()))
    return replace(desk.library.status(), speakers=len(names))


async def on_language(update: Update, context: Context) -> None:
    """/language: choose the language of the bot's own words."""
    if update.effective_message:
        buttons = [
            [InlineKeyboardButton(TEXTS[code].name, callback_data=data("l", 0, code))]
            for code in LANGUAGES
        ]
        texts = context.desk.texts(update)
        await say(
            context, update.effective_message, texts.language_choose, InlineKeyboardMarkup(buttons)
        )


async def on_feedback(update: Update, context: Context) -> None:
    """/feedback: a word to the operator."""
    message, user = update.effective_message, update.effective_user
    if message is None:
        return
    texts, text = context.desk.texts(update), after_command(message)
    if not text:
        await say(context, message, texts.feedback_usage)
        return
    person = user.id if user else message.chat_id
    context.desk.state.write_down(person, text[:_LONGEST_FEEDBACK])
    await say(context, message, texts.feedback_thanks)


async def on_unknown(update: Update, context: Context) -> None:
    """A command there is none of."""
    if update.effective_message:
        texts = context.desk.texts(update)
        await say(context, update.effective_message, texts.unknown_command)


async def on_wordless(update: Update, context: Context) -> None:
    """A sticker, a photo, a voice message …"""
    if update.effective_message:
        await say(context, update.effective_message, context.desk.texts(update).only_text)


async def on_menu_button(update: Update, context: Context) -> None:
    """A button that belongs to no answer: an example, a language, a page of speakers."""
    query, desk = update.callback_query, context.desk
    if query is None:
        return
    message, texts = query.message, desk.texts(update)
    action, number, argument = str(query.data).split(":")
    if not isinstance(message, Message):
        await reply(query, texts.notice_stale)
    elif action == "e" and int(number) < len(texts.examples):
        await reply(query)
        await _example(context, update, message, texts.examples[int(number)], texts)
    elif chosen := [code for code in LANGUAGES if (action, code) == ("l", argument)]:
        desk.state.choose_language(message.chat.id, chosen[0])
        await reply(query, TEXTS[chosen[0]].notice_language)
        await say(context, message, TEXTS[chosen[0]].notice_language)
        await _set_menu(context.bot, desk, message.chat.id)
    elif action == "p" and not _has_button(message, str(query.data)):
        await reply(query)  # pressed twice, or forged: the message is left alone
    elif action == "p":
        html, keyboard = await desk.run(_speakers, desk, texts, int(number))
        await reply(query)
        await unless_same(message.edit_text(html, parse_mode="HTML", reply_markup=keyboard))
    else:
        await reply(query, texts.notice_unknown)


def _has_button(message: Message, pressed: str) -> bool:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return any(button.callback_data == pressed for row in rows for button in row)


async def _example(
    context: Context, update: Update, message: Message, question: str, texts: Texts
) -> None:
    desk = context.desk
    desk.type(context, message.chat_id)
    number = desk.state.reserve(message.chat_id, None, question)
    shown = Shown(number, message.chat_id, None, None, question, Options(), ())
    await send(context, await desk.run(prepare, desk, shown, texts, True), update)


_GONE = (ChatMember.LEFT, ChatMember.BANNED)


def is_joining(change: ChatMemberUpdated) -> bool:
    """Whether the bot came into a group."""
    return (
        change.chat.type in (Chat.GROUP, Chat.SUPERGROUP)
        and change.old_chat_member.status in _GONE
        and change.new_chat_member.status not in _GONE
    )


async def on_membership(update: Update, context: Context) -> None:
    """The bot was added to a group, or removed, or blocked."""
    change = update.my_chat_member
    if change is None:
        return
    if change.new_chat_member.status in _GONE:
        context.desk.state.leave(change.chat.id)
    elif is_joining(change):
        texts = context.desk.texts(update)
        await context.bot.send_message(
            change.chat.id, texts.group_hello.format(bot=context.bot.username), parse_mode="HTML"
        )


async def on_migration(update: Update, context: Context) -> None:
    """A group became a supergroup."""
    message = update.effective_message
    if message and message.migrate_to_chat_id:
        context.desk.state.migrate(message.chat_id, message.migrate_to_chat_id)
