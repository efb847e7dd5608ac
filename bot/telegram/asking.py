"""A question in a chat, its answer, and the buttons below it."""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.telegram import messages
from bot.telegram.desk import Context, Desk, is_private
from bot.telegram.errors import StateError
from bot.telegram.state import MOST_FOLLOWS, Place, Shown
from bot.telegram.texts import Texts, courtesy_in, wants_more
from retrieval.errors import QuestionError, UnknownSpeech
from retrieval.followup import Asked, follow_up
from retrieval.index import Index
from retrieval.names import same_person
from retrieval.people import ROLE
from retrieval.question import parse_question
from retrieval.records import Options, Quote, Timeline
from retrieval.search import ask
from retrieval.timeline import timeline

_log = logging.getLogger(__name__)

_LONG = 3_000
"""Characters of a quote that one message may not hold, beside others."""

A_PAGE = 3
"""Quotes in one message, if they fit."""

_drawing = Lock()  # matplotlib's settings belong to the whole process


class Ready(NamedTuple):
    """An answer that can be sent."""

    html: str
    keyboard: InlineKeyboardMarkup | None
    shown: Shown
    found: bool


# --- what was asked ---------------------------------------------------------------------------


def question_in(message: Message, bot_id: int, bot_name: str, *, private: bool) -> str | None:
    """The question that a message asks the bot; None if it is not meant for it."""
    text = message.text or message.caption or ""
    mentions = (
        message.parse_entities([MessageEntity.MENTION])
        if message.text
        else (message.parse_caption_entities([MessageEntity.MENTION]))
    )
    replied = message.reply_to_message
    for mention in mentions.values():
        if mention.lower() == f"@{bot_name.lower()}":
            rest = text.replace(mention, " ", 1).strip()
            # who only names the bot below somebody's words asks about those
            return rest or (replied and (replied.text or replied.caption)) or ""
    if private:
        return text
    return text if replied and replied.from_user and replied.from_user.id == bot_id else None


async def on_text(update: Update, context: Context) -> None:
    """A message, or one that was edited, which may be a question."""
    message = update.effective_message
    if message is None:
        return
    bot = context.bot
    if message.via_bot and message.via_bot.id == bot.id:
        return  # one of its own quotes, chosen inline
    question = question_in(message, bot.id, bot.username, private=is_private(update))
    if question is not None:
        await answer(update, context, message, question)


async def on_ask(update: Update, context: Context) -> None:
    """The command /ask, sent or edited."""
    message = update.effective_message
    if message is None:
        return
    question, replied = after_command(message), message.reply_to_message
    if (
        not question
        and replied
        and not (replied.from_user and replied.from_user.id == context.bot.id)
    ):
        question = replied.text or replied.caption or ""  # about those words
    await answer(update, context, message, question)


def after_command(message: Message) -> str:
    """What follows a command."""
    _, _, rest = (message.text or "").partition(" ")
    first, newline, more = (message.text or "").partition("\n")
    return (more if newline and " " not in first else rest).strip()


async def answer(update: Update, context: Context, message: Message, question: str) -> None:
    """Answer a question with a reply to it, or its edited form by editing that reply."""
    desk, chat = context.desk, message.chat_id
    texts = desk.texts(update)
    before = desk.state.answer_to(chat, message.message_id)
    edited = update.edited_message is not None
    if before and before.message and (not edited or before.form > update.update_id):
        return  # a later form of the question came first
    if await is_flooding(update, context):
        return
    if not question.strip():
        await say(context, message, texts.ask_usage)
        return
    if courtesy := courtesy_in(question):
        number = _reserved(desk, chat, message.message_id, "")
        edits = before.message if before else None
        shown = Shown(
            number, chat, message.message_id, edits, "", Options(), (), form=update.update_id
        )
        await send(context, Ready(getattr(texts, courtesy), None, shown, False), update)
        return
    desk.type(context, chat)
    with desk.timed():
        last = _leant_on(desk, message, before)
        earlier: tuple[Place, ...] = ()
        if last and last.quotes and wants_more(question):
            asked = Asked(last.question, last.options)
            earlier = (*last.earlier, *last.quotes)
        else:
            asked = await desk.run(_meant, desk, last, question)
        number = _reserved(desk, chat, message.message_id, asked.question)
        shown = Shown(
            number,
            chat,
            message.message_id,
            before.message if before else None,
            asked.question,
            asked.options,
            (),
            earlier,
            form=update.update_id,
        )
        heading = asked.question != question
        ready = await desk.run(prepare, desk, shown, texts, heading)
    await send(context, ready, update)


async def is_flooding(update: Update, context: Context) -> bool:
    """Count what a person asks for; who asks too much is told once in the chat.

    A pressed button gets its notice each time: without one it would seem to be working.
    """
    desk, user, message = context.desk, update.effective_user, update.effective_message
    person = user or update.effective_chat
    verdict = desk.flood.check(person.id if person else 0)
    if verdict == "fine":
        return False
    if update.callback_query:
        await reply(update.callback_query, desk.texts(update).flood)
    elif verdict == "tell" and message:
        await say(context, message, desk.texts(update).flood)
    return True


def _reserved(desk: Desk, chat: int, asked: int | None, question: str) -> int:
    """The number of an answer; 0 where it cannot be remembered: then it has no buttons."""
    try:
        return desk.state.reserve(chat, asked, question)
    except StateError as error:
        _log.error("an answer is not remembered: %s", error)
        return 0


def _leant_on(desk: Desk, message: Message, before: Shown | None) -> Shown | None:
    """The answer that a message may lean on: the one it replies to, else the last one."""
    state, chat, replied, last = desk.state, message.chat_id, message.reply_to_message, None
    if replied:
        last = state.answer_in(chat, replied.message_id) or state.answer_to(
            chat, replied.message_id
        )
    # below a picture or the text around a quote it is the answer before that is meant
    by_bot = replied and replied.from_user and replied.from_user.id == message.get_bot().id
    if last is None and (by_bot or (chat > 0 and not replied)):
        last = state.last_answer(chat, before.number if before else None)
    return last if last and last.question else None


def _meant(desk: Desk, last: Shown | None, text: str) -> Asked:
    """The question as it is meant: it may lean on the one before it."""
    with desk.library.reading() as index:
        speakers = tuple(index.speakers.values())
    return follow_up(
        text,
        Asked(last.question, last.options) if last else None,
        Options(),
        speakers,
        datetime.now().astimezone().date(),
    )


# --- the answer -------------------------------------------------------------------------------


def prepare(desk: Desk, shown: Shown, texts: Texts, heading: bool = False) -> Ready:
    """Look for the answer, in a thread.

    Args:
        desk: the collection.
        shown: what is asked, and the quotes that earlier pages showed.
        texts: the language to write in.
        heading: whether the question as it was understood stands above the answer.
    """
    options, earlier = shown.options, shown.earlier
    try:
        with desk.library.reading() as index:
            limit = len(earlier) + A_PAGE + 1
            found = ask(index, shown.question, replace(options, limit=limit))
            new = _without(earlier, found.quotes)
            further: list[Quote] = []
            if found.quotes and len(new) <= A_PAGE:  # more of the same speeches, on later pages
                every = ask(
                    index, shown.question, replace(options, limit=limit, per_speech=limit)
                ).quotes
                further = _without([*earlier, *map(place_of, new)], every)
            if not new:
                new, further = further, []
            nearest = new[:A_PAGE]
            is_sample = index.folder != desk.library.folder
    except QuestionError as error:
        # without its question: nothing that comes later can lean on it
        problem = messages.question_problem(error, texts)
        return Ready(problem, None, replace(shown, question=""), False)
    if not new:
        filtered = options != Options()
        limited = filtered or _limits_itself(shown.question)
        html = texts.notice_no_more if earlier else messages.nothing(found, texts, filtered=limited)
        if heading:  # above all, which conditions they were
            html = f"{_heading(shown, texts)}\n\n{html}"
        # what nobody said yet somebody may say tomorrow
        row = [_button(texts.button_follow, "f", shown)]
        if filtered:
            row.insert(0, _all_again(shown, texts))
        return Ready(html, _if_remembered(shown, [row]), shown, False)
    page = messages.answer_page(
        nearest,
        texts,
        first=len(earlier) + 1,
        heading=_heading(shown, texts) if heading else "",
        notes=found.notes,
        samples=is_sample,
    )
    quotes = nearest[: page.shown]
    shown = replace(shown, quotes=tuple(map(place_of, quotes)))
    buttons = keyboard(shown, quotes, texts, more=len(new) + len(further) > page.shown)
    return Ready(page.html, buttons, shown, True)


def _limits_itself(question: str) -> bool:
    """Whether a question leaves something out: by dates, or words that must not be there."""
    parsed = parse_question(question, Options())
    return bool(parsed.since or parsed.until or parsed.excluded or parsed.excluded_phrases)


def _without(places: Sequence[Place], quotes: Sequence[Quote]) -> list[Quote]:
    """The quotes that are not shown yet, told by their ends: beside others one may begin later."""
    ends = {(place.speech_id, place.end) for place in places}
    return [quote for quote in quotes if (quote.speech_id, quote.end) not in ends]


def _heading(shown: Shown, texts: Texts) -> str:
    """The question as it was understood, and what it is limited to."""
    lines = messages.understood_line(shown.question, texts), _limits(shown.options, texts)
    return "\n".join(filter(None, lines))


def _limits(options: Options, texts: Texts) -> str:
    return messages.filters_line(
        texts, speaker=options.speaker, since=options.since, until=options.until
    )


def place_of(quote: Quote) -> Place:
    """Where a quote stands, with a hash of its words."""
    return Place(quote.speech_id, quote.start, quote.end, _digest(quote.text))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def quote_at(index: Index, place: Place) -> Quote | None:
    """The quote that stood somewhere, with the text around it; None if it does no longer.

    That is the passage; for a quote that is all of it (an answer of a few words in a
    conversation) the passages before and after it too.
    """
    try:
        speech = index.speech(place.speech_id)
    except UnknownSpeech:
        return None
    text = speech.text[place.start : place.end]
    if _digest(text) != place.digest:
        return None
    # a quote may begin with the last words of the passage before
    passages = index.passages(speech.id)
    inside = [n for n, p in enumerate(passages) if p.start < place.end and place.start < p.end]
    around = [passages[n] for n in inside]
    speaker = around[-1].speaker if around else None
    if around and not (
        speech.text[around[0].start : place.start].strip()
        or speech.text[place.end : around[-1].end].strip()
    ):
        around = passages[max(0, inside[0] - 1) : inside[-1] + 2]
    return Quote(
        text=text,
        speech_id=speech.id,
        start=place.start,
        end=place.end,
        speaker=speaker,
        date=speech.date,
        title=speech.title,
        source=speech.source,
        url=speech.url,
        language=speech.language,
        score=0.0,
        place=speech.place,
        occasion=speech.occasion,
        country=speech.country,
        narration=speaker is None and bool(index.store.spoken([speech.id])),
        invented=speech.invented,
        before=speech.text[around[0].start : place.start] if around else "",
        after=speech.text[place.end : around[-1].end] if around else "",
    )


# --- buttons ----------------------------------------------------------------------------------


def keyboard(
    shown: Shown, quotes: Sequence[Quote], texts: Texts, *, more: bool
) -> InlineKeyboardMarkup | None:
    """The buttons below an answer."""
    numbered = len(quotes) > 1 or shown.earlier
    first = len(shown.earlier) + 1
    rows = [
        [
            _button(
                texts.button_context_of.format(n=first + n) if numbered else texts.button_context,
                "c",
                shown,
                n,
            )
            for n in range(len(quotes))
        ],
        [_button(texts.button_over_time, "t", shown)],
        [],  # two in a row: a phone cuts the labels of more
        [],
        [
            _button(texts.button_follow, "f", shown),
            _button(texts.button_good, "g", shown),
            _button(texts.button_bad, "b", shown),
        ],
    ]
    if more:
        rows[1].insert(0, _button(texts.button_more, "m", shown))
    if shown.options != Options():
        rows[3].append(_all_again(shown, texts))
    if shown.options.speaker is None:
        speakers = (_unless_role(quote.speaker) for quote in quotes)
        for n, name in _different(speakers, same=_one_person, more=more):
            label = messages.plain(texts.button_only_speaker_named, most=24, speaker=_short(name))
            rows[2].append(_button(label, "s", shown, n))
    if shown.options.since is None and shown.options.until is None:
        for n, year in _different((quote.date and quote.date[:4] for quote in quotes), more=more):
            rows[3].append(_button(texts.button_only_year.format(year=year), "y", shown, n))
    return _if_remembered(shown, [row for row in rows if row])


def _if_remembered(
    shown: Shown, rows: list[list[InlineKeyboardButton]]
) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup(rows) if shown.number else None


def data(action: str, number: int, argument: object = "") -> str:
    """What a button carries."""
    return f"{action}:{number}:{argument}"


_DATA = re.compile(r"([a-z]):(\d{1,18}):([0-9a-z-]{0,12})")
_MOST_NAMED = 2
_LONGEST_NAME = 18
_SHORTEST_NAME = 2


def _different(
    values: Iterable[str | None],
    *,
    same: Callable[[str, str], bool] = str.__eq__,
    more: bool,
) -> list[tuple[int, str]]:
    """The first of each of the values that differ, with its place.

    None where all are the same, unless there is ``more``, which may be of others.
    """
    first: list[tuple[int, str]] = []
    for number, value in enumerate(values):
        if value and not any(same(value, other) for _, other in first):
            first.append((number, value))
    return first[:_MOST_NAMED] if len(first) > 1 or more else []


def _unless_role(name: str | None) -> str | None:
    """A person's name; None for a label such as “Question” or «Реплика», which many have."""
    return None if name is None or ROLE.fullmatch(name) else name


def _one_person(name: str, other: str) -> bool:
    """Whether two names, one of them perhaps short, are one person's."""
    return same_person(name, other) or same_person(other, name)


def _short(name: str) -> str:
    """A speaker's name for a button: the last word of it, without initials.

    Where that would name nobody (“Jr.”, «И» of «Ван И»), or the first is as short as a surname of
    the Far East («Си Цзиньпин»), all of it.
    """
    words = name.split()
    first, surname = words[0], words[-1].rpartition(".")[2] or words[-1]
    if len(surname.rstrip(".")) <= _SHORTEST_NAME or (len(first) == 2 and first.isalpha()):
        surname = name
    return surname[:_LONGEST_NAME]


def _button(label: str, action: str, shown: Shown, argument: object = "") -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data(action, shown.number, argument))


def _all_again(shown: Shown, texts: Texts) -> InlineKeyboardButton:
    return _button(texts.button_no_filters, "a", shown)


async def on_button(update: Update, context: Context) -> None:
    """A button below an answer."""
    query = update.callback_query
    if query is None:
        return
    desk, texts = context.desk, context.desk.texts(update)
    parsed = _DATA.fullmatch(query.data or "")
    message = query.message
    if parsed is None or message is None:
        await reply(query, texts.notice_unknown)
        return
    action, number, argument = parsed[1], int(parsed[2]), parsed[3]
    shown = desk.state.shown(number)
    if shown is None or not isinstance(message, Message):
        await reply(query, texts.notice_stale)
        return
    if shown.chat != message.chat.id:
        await reply(query, texts.notice_foreign)
        return
    match action:
        case "m":
            await _more(update, context, query, message, shown)
        case "c" if (asked := re.fullmatch(r"(\d{1,2})(?:-(\d{1,3}))?", argument)) and int(
            asked[1]
        ) < len(shown.quotes):
            await _context(context, query, message, shown, int(asked[1]), int(asked[2] or 0), texts)
        case "t":
            await reply(query)
            await send_timeline(
                context, message, message.message_id, shown.question, shown.options, texts
            )
        case "s" | "y" if argument.isdigit() and int(argument) < len(shown.quotes):
            await _narrow(update, context, query, shown, action, int(argument))
        case "a":
            await reply(query)
            await _again(update, context, replace(shown, options=Options()), texts)
        case "f":
            outcome = desk.state.follow(shown.chat, shown.question, shown.options, texts.language)
            await reply(query, follow_notice(outcome, texts))
        case "g" | "b":
            kept = desk.state.judge(query.from_user.id, shown, "good" if action == "g" else "bad")
            thanks = texts.notice_thanks if action == "g" else texts.notice_sorry
            await reply(query, thanks if kept else texts.notice_withdrawn)
        case _:
            await reply(query, texts.notice_unknown)


def follow_notice(outcome: str, texts: Texts) -> str:
    """What came of following."""
    return {
        "new": texts.notice_following,
        "known": texts.notice_already,
        "full": texts.notice_too_many.format(n=MOST_FOLLOWS),
    }[outcome]


async def _more(
    update: Update, context: Context, query: CallbackQuery, message: Message, shown: Shown
) -> None:
    desk, texts = context.desk, context.desk.texts(update)
    number = _reserved(desk, shown.chat, None, shown.question)
    following = replace(
        shown,
        number=number,
        asked=None,
        message=None,
        quotes=(),
        earlier=(*shown.earlier, *shown.quotes),
    )
    with desk.timed():
        ready = await desk.run(prepare, desk, following, texts)
    if not ready.found:
        await reply(query, texts.notice_no_more)
    else:
        await reply(query)
        question = message.reply_to_message or message
        await send(context, ready, update, question.message_id)
    await without(message, data("m", shown.number))


async def without(message: Message, pressed: str) -> None:
    """Take a button away that has done its work."""
    if message.reply_markup is None:
        return
    rows = [
        [button for button in row if button.callback_data != pressed]
        for row in message.reply_markup.inline_keyboard
    ]
    await unless_same(message.edit_reply_markup(InlineKeyboardMarkup([row for row in rows if row])))


async def _context(
    context: Context,
    query: CallbackQuery,
    message: Message,
    shown: Shown,
    number: int,
    page: int,
    texts: Texts,
) -> None:
    """The text around a quote; what takes several messages comes one by one."""
    place = shown.quotes[number]

    def look() -> list[str] | None:
        with context.desk.library.reading() as index:
            quote = quote_at(index, place)
        if quote is None:
            return None
        is_all = not (quote.before.strip() or quote.after.strip()) and len(quote.text) < _LONG
        return [] if is_all else messages.context_pages(quote, texts)

    pages = await context.desk.run(look)
    if not pages:
        await reply(query, texts.notice_changed if pages is None else texts.notice_no_context)
        return
    await reply(query)
    if page < len(pages):
        onward = _button(texts.button_next, "c", shown, f"{number}-{page + 1}")
        keyboard = InlineKeyboardMarkup([[onward]]) if page + 1 < len(pages) else None
        await say(context, message, pages[page], keyboard)


async def _narrow(
    update: Update, context: Context, query: CallbackQuery, shown: Shown, action: str, number: int
) -> None:
    texts = context.desk.texts(update)

    def look() -> Quote | None:
        with context.desk.library.reading() as index:
            return quote_at(index, shown.quotes[number])

    quote = await context.desk.run(look)
    options = shown.options
    if quote and action == "s" and quote.speaker:
        options = replace(options, speaker=quote.speaker)
    elif quote and action == "y" and quote.date:
        options = replace(options, since=quote.date[:4], until=quote.date[:4])
    else:
        await reply(query, texts.notice_changed)
        return
    await reply(query)
    await _again(update, context, replace(shown, options=options), texts)


async def _again(update: Update, context: Context, shown: Shown, texts: Texts) -> None:
    """Answer anew, with other filters, where the answer stands."""
    shown = replace(shown, quotes=(), earlier=())
    with context.desk.timed():
        ready = await context.desk.run(prepare, context.desk, shown, texts, True)
    await send(context, ready, update)


# --- sending ----------------------------------------------------------------------------------

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


async def send(context: Context, ready: Ready, update: Update, reply_to: int | None = None) -> None:
    """Send an answer, or edit the message that it replaces, and remember it."""
    shown = ready.shown
    if shown.message is not None:
        try:
            await unless_same(
                context.bot.edit_message_text(
                    ready.html,
                    shown.chat,
                    shown.message,
                    parse_mode=ParseMode.HTML,
                    reply_markup=ready.keyboard,
                    link_preview_options=_NO_PREVIEW,
                )
            )
        except BadRequest as error:
            _log.info("an answer cannot be edited, sent anew: %s", error)
            shown = replace(shown, message=None)
    if shown.message is None:
        asked = reply_to or shown.asked
        sent = await context.bot.send_message(
            shown.chat,
            ready.html,
            parse_mode=ParseMode.HTML,
            reply_markup=ready.keyboard,
            link_preview_options=_NO_PREVIEW,
            reply_parameters=(
                ReplyParameters(asked, allow_sending_without_reply=True) if asked else None
            ),
        )
        if sent.chat_id != shown.chat:  # the group became a supergroup, which counts anew
            shown = replace(shown, chat=sent.chat_id, asked=None)
        shown = replace(shown, message=sent.message_id)
    try:
        context.desk.state.show(shown, update.update_id)
    except StateError as error:
        _log.error("an answer is not remembered: %s", error)
    _log.info("answered", extra={"fields": {"answer": shown.number, "quotes": len(shown.quotes)}})


async def say(
    context: Context, message: Message, html: str, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    """Reply to a message."""
    await context.bot.send_message(
        message.chat_id,
        html,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard,
        link_preview_options=_NO_PREVIEW,
        reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
    )


async def reply(query: CallbackQuery, text: str | None = None) -> None:
    """Tell who pressed a button; one who pressed it long ago hears nothing."""
    try:
        await query.answer(text)
    except BadRequest as error:
        _log.info("a button was pressed too long ago: %s", error)


async def unless_same(request: object) -> None:
    """Edit a message; that there is nothing to change is no error."""
    try:
        await request  # type: ignore[misc]
    except BadRequest as error:
        if "not modified" not in str(error):
            raise


async def send_timeline(
    context: Context,
    message: Message,
    reply_to: int,
    question: str,
    options: Options,
    texts: Texts,
) -> None:
    """Send the picture of when something was spoken of."""

    def caption(record: Timeline) -> str:
        return messages.timeline_caption(record, texts, limits=_limits(options, texts))

    def draw() -> tuple[bytes | None, str]:
        from bot.picture import draw_timeline

        with context.desk.library.reading() as index:
            record = timeline(index, question, options)
            if not record.periods:
                nothing = texts.timeline_nothing
                return None, caption(record) if record.undated else nothing

            def credited(quote: Quote) -> str:
                return messages.inline_title(quote, texts)

            with _drawing, tempfile.TemporaryDirectory(prefix="rostrum-") as folder:
                path = Path(folder) / "timeline.png"
                draw_timeline(record, path, credited)
                return path.read_bytes(), caption(record)

    try:
        picture, html = await context.desk.run(draw)
    except QuestionError as error:
        picture, html = None, messages.question_problem(error, texts)
    if picture is None:
        await say(context, message, html)
        return
    await context.bot.send_photo(
        message.chat_id,
        picture,
        caption=html,
        parse_mode=ParseMode.HTML,
        filename="timeline.png",
        reply_parameters=ReplyParameters(reply_to, allow_sending_without_reply=True),
    )
