"""Draw a conversation with the running bot, as a phone shows it: ``draw_conversation.py OUT.png``.

The person is invented, and so are the sample speeches. What the bot says, its buttons, its picture
and its inline results are what the local Bot API server received; only the phones are ours.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from datetime import UTC, datetime
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from drawing import Canvas, Letters, Shape, Style, letters, shortened, width, wrap
from PIL import Image
from telegram_process import ROOT, running

sys.path.append(str(ROOT / "tests"))
from botapi import BotApi, InlineQuery, Message

PAPER, FRAME, WALL, WHITE, MINE = "#ffffff", "#c3ccd5", "#d8e4ec", "#ffffff", "#e3f8d2"
INK, FAINT, ACCENT, GREEN = "#17191c", "#7d8a97", "#2879bd", "#4a9f41"
TINT, KEY = "#ebf3fa", "#eef4f8"
PHONE, GAP, EDGE, ROUND = 674, 44, 4, 40
HEADER, SIDE, PAD, WIDEST, PHOTO = 104, 16, 17, 642, 404
LINE, BREAK, KEY_HEIGHT, RADIUS = 31, 13, 58, 22
OFFER, FIELD = 108, 90
FOLDED, OFFERS = 3, 3  # lines of a long quote until it is opened; inline results
TEXT, SMALL, NAME = Style(INK, 22), Style(INK, 20), Style(ACCENT, 21, bold=True)
STAMP, LABEL = Style(FAINT, 17), Style(ACCENT, 20, bold=True)
HAND = (7, 10, 13.5, 1.5, 16, 3.5, 15, 9, 21, 9, 23, 11, 22, 16, 20, 21, 7, 21)
DOWN = tuple(24 - n if place % 2 else n for place, n in enumerate(HAND))
ICONS: dict[str, list[Shape]] = {
    "📊": [
        ("box", "#58b368", (2, 11, 7, 22)),
        ("box", "#e0635c", (9.5, 3, 14.5, 22)),
        ("box", "#4a90d9", (17, 7, 22, 22)),
    ],
    "🔔": [
        ("ellipse", "#d9952a", (9, 17, 15, 23)),
        ("ellipse", "#f2b73f", (5, 2, 19, 16)),
        ("box", "#f2b73f", (5, 9, 19, 18)),
        ("box", "#f2b73f", (2.5, 16, 21.5, 19)),
    ],
    "👍": [("box", "#4a90d9", (1, 10, 5.5, 22)), ("polygon", "#f2b73f", HAND)],
    "👎": [("box", "#4a90d9", (1, 2, 5.5, 14)), ("polygon", "#f2b73f", DOWN)],
}
BACK: list[Shape] = [("line", ACCENT, (15, 4, 8, 12, 15, 20))]
MENU: list[Shape] = [("ellipse", FAINT, (10, y, 14, y + 4)) for y in (3, 10, 17)]
SEND: list[Shape] = [("polygon", ACCENT, (2, 3, 23, 12, 2, 21, 6, 12))]
UNFOLD: list[Shape] = [("line", ACCENT, (5, 9, 12, 16, 19, 9))]
TICKS: list[Shape] = [
    ("line", GREEN, (1, 13, 6, 18, 15, 7)),
    ("line", GREEN, (10, 17, 11.5, 18, 21, 7)),
]


def converse(api: BotApi) -> tuple[list[list[Message]], InlineQuery]:
    """What each phone shows, and what is being typed on the last."""
    start = datetime(2026, 6, 1, 10, 24, tzinfo=UTC).timestamp()

    def at(minute: int) -> None:
        api.clock = lambda: start + 60 * minute

    at(0)
    ann = api.person("Ann", language_code="en")
    answer = ann.asks("what was said about artificial intelligence?")
    seen = len(ann.chat.log)
    at(1)
    (label,) = (one["text"] for one in answer.buttons if one["text"].startswith("📊"))
    ann.presses(answer, label)
    api.wait_for(lambda: ann.messages[-1].file)
    at(2)
    ann.asks("who won the football match?")
    typed = ann.types_inline("mines")
    api.wait_for(lambda: typed.answers)
    said = list(ann.chat.log.values())
    return [said[:seen], said[seen:]], typed


# --- what is in a message ------------------------------------------------------------------------


class Paragraph(NamedTuple):
    """Lines that stand together; those of a quote have a bar beside them."""

    lines: list[Letters]
    quote: bool = False
    folded: bool = False

    @property
    def height(self) -> float:
        words = sum(LINE if line else BREAK for line in self.lines)
        return words + (20 if self.quote else 0)

    @property
    def widest(self) -> float:
        return max(map(width, self.lines)) + (30 if self.quote else 0)


def paragraphs(message: Message, room: float) -> list[Paragraph]:
    """The text as its entities say, in lines that are no wider than the room."""
    units = message.text.encode("utf-16-le")
    looks, bounds = letters(message.text, TEXT), [(0, 0, "")]
    for entity in message.entities:
        ends = (entity["offset"], entity["offset"] + entity["length"])
        first, last = (len(units[: 2 * end].decode("utf-16-le")) for end in ends)
        kind = entity["type"]
        if kind.endswith("blockquote"):
            bounds.append((first, last, kind))
            continue
        change: dict[str, Any] = {kind: True} if kind in ("bold", "italic") else {"colour": ACCENT}
        looks[first:last] = [(char, style._replace(**change)) for char, style in looks[first:last]]
    found = []
    for (_, before, _), (first, last, kind) in pairwise([*bounds, (len(looks) + 1, 0, "")]):
        between = looks[before + (before > 0) : first - 1]  # without the line breaks at quotes
        found.append(Paragraph(wrap(between, room)))
        if not last:
            break
        lines = wrap(looks[first:last], room - 30)
        if folded := kind == "expandable_blockquote" and len(lines) > FOLDED:
            rest = [letter for line in lines[FOLDED - 1 :] for letter in [*line, (" ", TEXT)]]
            lines[FOLDED - 1 :] = [shortened(rest, room - 70)]
        found.append(Paragraph(lines, quote=True, folded=folded))
    return [one for one in found if any(one.lines)]


def key_label(text: str) -> tuple[str, str]:
    """The picture that a button shows, and its words."""
    picture = next((char for char in text if char in ICONS), "")
    words = text.replace(picture, "").strip()
    assert not re.search("[\u2600-\u27bf\U0001f000-\U0001faff]", words), f"no picture for {text!r}"
    return picture, words


# --- drawing -------------------------------------------------------------------------------------


class Phone:
    """A column of messages, drawn from the top."""

    def __init__(self) -> None:
        self.canvas = Canvas(PHONE, 3000, WALL)
        self.y = 20.0

    def day(self, message: Message) -> None:
        """The date that is shown above the first message of a day."""
        date = datetime.fromtimestamp(message.date, UTC)
        words = letters(f"{date:%B} {date.day}", STAMP._replace(bold=True))
        left = (PHONE - width(words)) / 2
        self.canvas.panel((left - 18, self.y, left + width(words) + 18, self.y + 36), KEY, 18)
        self.canvas.words(left, self.y + 24, words)
        self.y += 52

    def message(self, message: Message) -> None:
        """A bubble with all that belongs to it."""
        canvas, mine = self.canvas, not message.by_bot
        photo = Image.open(io.BytesIO(message.file)) if message.file else None
        body = paragraphs(message, (PHOTO if photo else WIDEST) - 2 * PAD)
        clock = datetime.fromtimestamp(message.date, UTC)
        stamp = letters(f"{clock:%H:%M}", STAMP)
        beside = width(stamp) + (32 if mine else 0)
        last = width(body[-1].lines[-1])
        inner = max(*(part.widest for part in body), 150, min(last + 18 + beside, WIDEST - 2 * PAD))
        replied = message.chat.log[message.reply_to] if message.reply_to else None
        if replied:
            inner = max(inner, 260)
        if message.buttons:
            inner = WIDEST - 2 * PAD
        wide = PHOTO if photo else ceil(inner) + 2 * PAD
        below = 0 if last + 18 + beside <= wide - 2 * PAD else 24
        shown = round(wide * photo.height / photo.width) if photo else 0
        heading = 76 if replied else 0
        tall = 24 + heading + shown + (12 if photo else 0) + sum(p.height for p in body) + below
        left = float(PHONE - SIDE - wide if mine else SIDE)
        y, colour = self.y, MINE if mine else WHITE
        canvas.panel((left, y + 2, left + wide, y + tall + 2), FRAME, RADIUS)  # a thin shadow
        canvas.panel((left, y, left + wide, y + tall), colour, RADIUS, "1101" if mine else "1110")
        y += 12
        if replied:
            who = letters(replied.sender["first_name"] if replied.sender else "", NAME)
            said = shortened(letters(replied.text.replace("\n", " "), SMALL), wide - 70)
            canvas.panel((left + PAD, y + 2, left + wide - PAD, y + 64), TINT, 8)
            canvas.panel((left + PAD, y + 2, left + PAD + 5, y + 64), ACCENT, 5, "1001")
            canvas.words(left + PAD + 18, y + 27, who)
            canvas.words(left + PAD + 18, y + 53, said)
            y += heading
        if photo:
            canvas.photo(left, y, photo.resize((wide, shown), Image.Resampling.LANCZOS))
            y += shown + 12
        for part in body:
            inset = 0
            if part.quote:
                inset = 18
                box = (left + PAD, y + 4, left + wide - PAD, y + part.height - 4)
                canvas.panel(box, TINT, 8)
                canvas.panel((box[0], box[1], box[0] + 5, box[3]), ACCENT, 5, "1001")
                y += 10
            for line in part.lines:
                canvas.words(left + PAD + inset, y + 23, line)
                y += LINE if line else BREAK
            if part.folded:
                canvas.icon(left + wide - PAD - 38, y - 26, 24, UNFOLD)
            y += 10 if part.quote else 0
        y = self.y + tall - 14
        canvas.words(left + wide - PAD - beside, y, stamp)
        if mine:
            canvas.icon(left + wide - PAD - 25, y - 18, 25, TICKS)
        self.y += tall + 8
        for row in (message.reply_markup or {}).get("inline_keyboard", []):
            self.keys(left, wide, [one["text"] for one in row])
        self.y += 14

    def keys(self, left: float, wide: float, row: list[str]) -> None:
        """A row of buttons, equally wide."""
        each = (wide - 6 * (len(row) - 1)) / len(row)
        for place, text in enumerate(row):
            x = left + place * (each + 6)
            self.canvas.panel((x, self.y, x + each, self.y + KEY_HEIGHT), KEY, 14)
            picture, words = key_label(text)
            label = shortened(letters(words, LABEL), each - 20)
            space = 28 + (10 if words else 0) if picture else 0
            x += (each - width(label) - space) / 2
            if picture:
                self.canvas.icon(x, self.y + 16, 26, ICONS[picture])
            self.canvas.words(x + space, self.y + 36, label)
        self.y += KEY_HEIGHT + 6

    def offered(self, results: list[dict[str, Any]]) -> None:
        """Inline results, above the field in which one types."""
        top = self.y
        self.canvas.panel((0, top, PHONE, top + len(results) * OFFER), WHITE, 0)
        for place, result in enumerate(results):
            y, room = top + place * OFFER, PHONE - 2 * SIDE - 8
            title = letters(result["title"], TEXT._replace(bold=True))
            self.canvas.words(SIDE + 4, y + 36, shortened(title, room))
            words = letters(result["description"], SMALL._replace(colour=FAINT))
            first = wrap(words, room)[0]
            self.canvas.words(SIDE + 4, y + 64, first)
            self.canvas.words(SIDE + 4, y + 90, shortened(words[len(first) + 1 :], room))
            self.canvas.panel((SIDE, y + OFFER - 2, PHONE, y + OFFER), WALL, 0)
        self.y += len(results) * OFFER

    def field(self, typed: str) -> None:
        """Where one types."""
        self.canvas.panel((0, self.y, PHONE, self.y + FIELD), WHITE, 0)
        self.canvas.panel((22, self.y + 15, PHONE - 92, self.y + FIELD - 21), WALL, 27)
        words = letters(typed, TEXT) if typed else letters("Message", TEXT._replace(colour=FAINT))
        self.canvas.words(46, self.y + 49, words)
        self.canvas.icon(PHONE - 70, self.y + 22, 42, SEND)
        self.y += FIELD


def header(me: dict[str, Any]) -> Canvas:
    """Whom one talks to."""
    canvas = Canvas(PHONE, HEADER, WHITE)
    canvas.icon(18, 36, 34, BACK)
    canvas.panel((64, 21, 126, 83), ACCENT, 31)
    initial = letters(me["first_name"][0], Style(WHITE, 31, bold=True))
    canvas.words(95 - width(initial) / 2, 63, initial)
    canvas.words(144, 49, letters(me["first_name"], Style(INK, 25, bold=True)))
    canvas.words(144, 78, letters("bot", Style(FAINT, 19)))
    canvas.icon(PHONE - 50, 38, 28, MENU)
    canvas.panel((0, HEADER - 2, PHONE, HEADER), FRAME, 0)
    return canvas


def draw(shown: list[list[Message]], typed: InlineQuery, me: dict[str, Any]) -> Canvas:
    """The phones side by side, as tall as the longest of them."""
    phones = []
    for messages in shown:
        phone = Phone()
        if messages is shown[0]:
            phone.day(messages[0])
        for message in messages:
            phone.message(message)
        if messages is shown[-1]:
            phone.offered(typed.results[:OFFERS])
            phone.field(f"@{me['username']} {typed.query}")
        else:
            phone.field("")
        phones.append(phone)
    tall = HEADER + ceil(max(phone.y for phone in phones))
    across = 2 * EDGE + len(phones) * PHONE + (len(phones) - 1) * GAP
    canvas = Canvas(across, tall + 2 * EDGE, PAPER)
    for place, phone in enumerate(phones):
        left = EDGE + place * (PHONE + GAP)
        screen = Canvas(PHONE, tall, WALL)
        screen.photo(0, tall - ceil(phone.y), phone.canvas.image)
        screen.photo(0, 0, header(me).image)
        box = (left - 2, EDGE - 2, left + PHONE + 2, EDGE + tall + 2)
        canvas.panel(box, FRAME, ROUND + 2)
        canvas.photo(left, EDGE, screen.image, ROUND)
    return canvas


def main(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder, BotApi() as api:
        api.me["username"] = "rostrum_example_bot"
        with running(api.url, Path(folder) / "bot", token=api.token):
            draw(*converse(api), api.me).save(path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
