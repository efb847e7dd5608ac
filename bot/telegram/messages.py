"""Answers as Telegram messages: from records to HTML that Telegram takes.

Every function here is pure, and what it returns can be sent as it is with parse mode HTML:
at most 4,096 UTF-16 code units once parsed, at most 100 entities, tags nested as they should be.
Names and titles are shown on one line and without invisible characters; the words of a quote stay
as they are, only the lines of a page that it was copied from become paragraphs again.
"""

from __future__ import annotations

import html
import re
import shlex
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from bot.edge import visible
from bot.telegram.texts import Texts
from retrieval.errors import QuestionError
from retrieval.place import Place, is_for_one_process
from retrieval.records import Answer, Note, Quote, Span, Speech, Status, Timeline

MOST_UNITS = 4096
"""UTF-16 code units that a message may have when parsed."""

MOST_CAPTION = 1024
"""UTF-16 code units that the caption of a picture may have when parsed."""

MOST_ENTITIES = 100
MOST_RAW = 12_000
"""Characters of HTML; Telegram does not say where it stops reading, this is safely below."""

SPEAKERS_A_PAGE = 30

_EXPANDABLE_FROM = 300
_MOST_MARKS = 20
_MOST_NOTES, _MOST_TOPICS, _MOST_REPEATED, _MOST_SPEECHES = 2, 5, 3, 10
_MOST_SKIPPED = 5
# lengths in UTF-16 code units: together they leave a quote at least a third of a message
_SPEAKER, _EVENT, _PLACE, _SOURCE, _TOPIC = 100, 160, 60, 80, 60
_TITLE = 150
_NOTE, _QUESTION, _DATE, _DESCRIPTION, _HEADING = 200, 200, 40, 200, 500
_LONGEST_LINK = 2048
_LEAD = 60
"""What an inline result's description shows before the first matching word."""

_TAG = re.compile(r"<[^<>]*>")
_OPENING_TAG = re.compile(r"<[a-z][^<>]*>")
_SURROGATE = re.compile("[\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SENTENCE_END = re.compile(r"(?:[.!?…]+[»”\"')]*\s+|\n+)")
_SPACE = re.compile(r"\s+")
_WRAP = re.compile(
    r"(?<=[^\s.!?…:;»”\"')])[^\S\n]*\n[^\S\n]*(?=[^\s#*•–—-])(?!\d+[.)])"
    r"|(?<=[\w,’-])(?!\n\n\S)(?=[^\S\n]*+\n)\s++(?=[a-zß-öø-ÿа-яёəğış]{2})"
)
"""A line break within a sentence; not one before an item of a list or a heading.

A page that ended there has left several, with spaces, and what goes on has a small letter.
"""

_HYPHENATED = re.compile(r"\w-$")
_FILE_NAME = re.compile(r"\.(?:txt|md|jsonl|csv|tsv|parquet|html?|docx|pdf|zip|gz)$", re.IGNORECASE)
_BREAKS = re.compile("[^\\S\u00a0]+")  # a number and its unit stay together
_EXACT = re.compile(r'"[^"]+"|“[^”]+”|„[^“”]+[“”]')


class Page(NamedTuple):
    """A message, and how many of the quotes it shows."""

    html: str
    shown: int


class FollowSection(NamedTuple):
    """What is new for one followed question: its best quotes, and how many more there are."""

    question: str
    speaker: str | None
    quotes: Sequence[Quote]
    more: int = 0
    uncounted: bool = False
    """Whether there are still more, which nobody counted."""


# --- measuring and escaping ----------------------------------------------------------------------


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def parsed_length(source: str) -> int:
    """What Telegram counts of a message in HTML: the text without tags, in UTF-16 code units."""
    return utf16_length(html.unescape(_TAG.sub("", source)))


def filled(template: str, **values: object) -> str:
    """A phrase of :class:`Texts` that is HTML, with its placeholders filled by data."""
    return template.format(**{name: _escape(_line(str(v))) for name, v in values.items()})


def plain(template: str, *, most: int = 200, **values: object) -> str:
    """A phrase that is plain text (button, notice) with its placeholders filled, not too long."""
    return _short(
        template.format(**{name: _line(str(value)) for name, value in values.items()}), most
    )


def _escape(text: str) -> str:
    return html.escape(_SURROGATE.sub("\ufffd", text), quote=False)


def _line(text: str) -> str:
    """Data for the line it is put on: no breaks, nothing invisible, nothing that turns text."""
    text = visible(_SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text)))
    return _BREAKS.sub(" ", text).strip()


def _short(text: str, units: int) -> str:
    """A text of at most so many UTF-16 code units, to the end of a word where it can be."""
    if utf16_length(text) <= units:
        return text
    return text[: _cut(text, units - 2, MOST_RAW)].rstrip(" ,;:–-") + " …"


def _cut(text: str, units: int, raw: int) -> int:
    """How many characters of a text to take: to the end of a sentence or, failing that, a word.

    Args:
        text: what does not fit.
        units: the UTF-16 code units that there is room for.
        raw: the same in characters of escaped HTML.
    """
    end = 0
    for end, char in enumerate(text):  # noqa: B007 - the place at which it stopped is the result
        units -= 1 + (char > "\uffff")
        raw -= {"&": 5, "<": 4, ">": 4}.get(char, 1)
        if units < 0 or raw < 0:
            break
    else:
        return len(text)
    for boundary, least in ((_SENTENCE_END, end * 2 // 3), (_SPACE, end // 2)):
        if matches := [*boundary.finditer(text, least, end + 1)]:
            match = matches[-1]
            return match.start() + len(match[0].rstrip())  # a sentence keeps its full stop
    return max(end, 1)


def _fits(source: str, units: int = MOST_UNITS) -> bool:
    return (
        len(source) <= MOST_RAW
        and len(_OPENING_TAG.findall(source)) <= MOST_ENTITIES
        and parsed_length(source) <= units
    )


def _joined(parts: Sequence[str], between: str = "\n\n") -> str:
    return between.join(part for part in parts if part)


# --- a quote -------------------------------------------------------------------------------------


def _who(quote: Quote, texts: Texts) -> str:
    """The speaker in plain text, or why there is none."""
    if speaker := _line(quote.speaker or ""):
        return _short(speaker, _SPEAKER)
    return texts.narration if quote.narration else texts.speaker_unknown


def _country(country: str | None, texts: Texts) -> str:
    return _short(_line(texts.country(country.strip())), _PLACE) if country else ""


def _date(date: str | None, texts: Texts) -> str:
    return _short(_line(texts.date(date)), _DATE) if date else ""


def _event(quote: Quote) -> str:
    event = _short(_line(quote.title or "") or _line(quote.occasion or ""), _EVENT)
    place = _short(_line(quote.place or ""), _PLACE)
    return " · ".join(part for part in (place if place not in event else "", event) if part)


def _head(quote: Quote, texts: Texts, number: int | None = None) -> str:
    """Who and when, and below it where and on what occasion: all in bold."""
    known = (_who(quote, texts), _country(quote.country, texts), _date(quote.date, texts))
    first = [*known, texts.invented if quote.invented else ""]
    mark = "" if number is None else f"{number}. "
    lines = (mark + " · ".join(filter(None, first)), _event(quote))
    return f"<b>{_escape(_joined(lines, chr(10)))}</b>"


def _source(quote: Quote, texts: Texts) -> str:
    """The source by its name, a link if it has an address that a browser opens as a page.

    Of a speech that has neither address nor title the id tells which of the source it is.
    """
    name = _short(_line(quote.source or ""), _SOURCE)
    link, host = _link(quote.url)
    if link:
        if _FILE_NAME.search(name):  # from a table, say: the page has a better name
            name = ""
        return (
            f'<a href="{link}">{_escape(name or _short(_line(host), _SOURCE) or texts.source)}</a>'
        )
    known = _short(_line(quote.speech_id), _SOURCE)
    if not _event(quote) and known not in name:
        name = f"{name}, {known}" if name else known
    return _escape(name)


def web_address(url: str | None) -> str | None:
    """The address, if it is one that a browser opens as a page."""
    return html.unescape(_link(url)[0]) or None


def _link(url: str | None) -> tuple[str, str]:
    """An address escaped for an attribute, and its host; nothing where it is no web page."""
    url = (url or "").strip()
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return "", ""
    link = html.escape(url)
    usable = parts.scheme in ("http", "https") and host and not re.search(r"\s", url)
    clean = _line(url) == url and not _SURROGATE.search(url)
    return (link, host) if usable and clean and len(link) <= _LONGEST_LINK else ("", "")


def _said_again(quote: Quote, texts: Texts) -> str:
    if not quote.repeated:
        return ""
    days = sorted(one.date for one in quote.repeated if one.date)
    dates = dict.fromkeys(_date(day, texts) for day in days)
    if not dates:
        return filled(
            texts.said_again, dates=texts.count(texts.count_speeches, len(quote.repeated))
        )
    named = ", ".join([*dates][:_MOST_REPEATED])
    left = len(dates) - _MOST_REPEATED
    if left > 0:
        named += f" {texts.and_more.format(n=texts.number(left))}"
    return filled(texts.said_again, dates=named)


def _marked(text: str, marks: Sequence[Span], *, begin: int = 0, end: int | None = None) -> str:
    """Text from ``begin`` to ``end`` with the marks, which are offsets into all of it, in bold."""
    end = len(text) if end is None else end
    pieces = []
    at = begin
    for first, last in _merged(text, marks):
        first, last = max(first, at), min(last, end)
        if first < last:
            pieces += [_escape(text[at:first]), f"<b>{_escape(text[first:last])}</b>"]
            at = last
    return "".join([*pieces, _escape(text[at:end])])


def _unwrapped(text: str, marks: Sequence[Span]) -> tuple[str, list[Span]]:
    """A text without line breaks within its sentences, and where its marks are then.

    Speeches copied from a page have a break after every so many letters; a phone, whose lines are
    shorter, would show every second line with a word or two.
    """
    pieces: list[str] = []
    ends: list[int] = []  # of the breaks
    shorter: list[int] = []  # how much shorter the text is from there on
    at = less = 0
    for match in _WRAP.finditer(text):
        is_hyphenated = _HYPHENATED.search(text, max(0, match.start() - 2), match.start())
        between = "" if is_hyphenated else " "
        pieces += [text[at : match.start()], between]
        at = match.end()
        less += len(match[0]) - len(between)
        ends.append(at)
        shorter.append(less)
    if not ends:
        return text, [*marks]

    def moved(offset: int) -> int:
        passed = bisect_right(ends, offset)
        before = offset - (shorter[passed - 1] if passed else 0)
        if passed == len(ends):
            return before
        # what lies within a break ends with it
        return min(before, ends[passed] - shorter[passed])

    return "".join([*pieces, text[at:]]), [(moved(first), moved(last)) for first, last in marks]


def _merged(text: str, marks: Sequence[Span]) -> list[Span]:
    """The marks in order, those that only space divides made one, and not too many."""
    merged: list[Span] = []
    for first, last in sorted(marks):
        first, last = max(first, 0), min(last, len(text))
        if not text[first:last].strip():
            continue
        if merged and (first <= merged[-1][1] or not text[merged[-1][1] : first].strip()):
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged[:_MOST_MARKS]


def _blockquote(content: str) -> str:
    kind = " expandable" if parsed_length(content) > _EXPANDABLE_FROM else ""
    return f"<blockquote{kind}>{content}</blockquote>"


def _block(
    quote: Quote,
    texts: Texts,
    *,
    number: int | None = None,
    room: tuple[int, int] | None = None,
    cut: bool = True,
) -> str:
    """A quote with all that is known of it.

    ``room`` are the UTF-16 code units and the characters of HTML that it must not exceed; None for
    the whole quote. ``cut`` says whether a word is said of what was left out.
    """
    head = _head(quote, texts, number)
    foot = " · ".join(filter(None, (_source(quote, texts), _said_again(quote, texts))))
    text, marks = _unwrapped(quote.text, quote.marks)
    whole = _joined((head, _blockquote(_marked(text, marks)), foot), "\n")
    if room is None or (parsed_length(whole) <= room[0] and len(whole) <= room[1]):
        return whole
    hint = f"<i>{texts.cut}</i>" if cut else ""
    rest = _joined((head, _blockquote("…"), foot, hint), "\n")
    tags = len(" expandable") + _MOST_MARKS * len("<b></b>")
    end = _cut(text, room[0] - parsed_length(rest) - 2, room[1] - len(rest) - tags - 2)
    said = _marked(text, marks, end=len(text[:end].rstrip())) + " …"
    return _joined((head, _blockquote(said), foot, hint), "\n")


def _room(others: str) -> tuple[int, int]:
    """What is left for a quote beside the other parts of a message."""
    return MOST_UNITS - parsed_length(others) - 4, MOST_RAW - len(others) - 4


# --- answers -------------------------------------------------------------------------------------


def answer_page(
    quotes: Sequence[Quote],
    texts: Texts,
    *,
    first: int = 1,
    heading: str = "",
    notes: Sequence[Note] = (),
    samples: bool = False,
) -> Page:
    """As many of an answer's quotes as one message holds, at least one.

    Only a quote that is too long for a message of its own is cut.

    Args:
        quotes: the quotes to show, best first; not empty.
        texts: the reader's language.
        first: the number of the first of them; a single quote has none.
        heading: a line or two of HTML above them, such as :func:`filters_line` gives; one of more
            than 500 code units is left out.
        notes: the remarks of the answer, as ``Answer.notes`` has them.
        samples: whether these are the sample speeches, which the message then says.
    """
    if len(heading) > 4 * _HEADING or parsed_length(heading) > _HEADING:
        heading = ""
    above = [heading, *_notes(notes, texts)]
    below = [f"<i>{texts.samples_note}</i>"] if samples else []
    numbered = len(quotes) > 1 or first > 1
    blocks: list[str] = []
    for number, quote in enumerate(quotes, first):
        mark = number if numbered else None
        block = _block(quote, texts, number=mark)
        if not _fits(_joined([*above, *blocks, block, *below])):
            if not blocks:
                room = _room(_joined([*above, *below]))
                blocks.append(_block(quote, texts, number=mark, room=room))
            break
        blocks.append(block)
    return Page(_joined([*above, *blocks, *below]), len(blocks))


def context_pages(quote: Quote, texts: Texts) -> list[str]:
    """The whole passage around a quote, the quote in bold, in as many messages as it takes."""
    text, marks = _unwrapped(
        quote.before + quote.text + quote.after,
        [(len(quote.before), len(quote.before) + len(quote.text))],
    )
    head, foot = _head(quote, texts), _source(quote, texts)
    units, raw = _room(_joined((head, _blockquote("…" * 301), foot)))
    pages: list[str] = []
    at = 0
    while not pages or text[at:].strip():
        at += len(text[at:]) - len(text[at:].lstrip())
        end = at + _cut(text[at:], units + 300, raw)
        stop = len(text[:end].rstrip())
        content = _marked(text, marks, begin=at, end=max(at, stop))
        last = not text[end:].strip()
        pages.append(
            _joined(
                ("" if pages else head, f"<blockquote>{content}</blockquote>", foot * last), "\n"
            )
        )
        at = end
    return pages


def nothing(answer: Answer, texts: Texts, *, filtered: bool) -> str:
    """That nothing was said, and what to try; ``filtered``: a speaker or dates were set."""
    hints = [texts.nothing_filtered if filtered else texts.nothing]
    if _EXACT.search(answer.question):
        hints.append(texts.nothing_exact)
    topics = [_short(_line(topic), _TOPIC) for topic in answer.topics[:_MOST_TOPICS]]
    if topics := [topic for topic in topics if topic]:
        hints.append(filled(texts.nothing_topics, topics=", ".join(topics)))
    if not filtered:
        hints.append(texts.nothing_try)
    return _joined([*_notes(answer.notes, texts), hints[0], _joined(hints[1:], "\n")])


def filters_line(
    texts: Texts, *, speaker: str | None = None, since: str | None = None, until: str | None = None
) -> str:
    """The filters that an answer was narrowed by, in a line of HTML; empty without any."""
    parts = []
    if speaker:
        parts.append(_escape(_short(_line(speaker), _SPEAKER)))
    first, last = _date(since, texts), _date(until, texts)
    if first and last:
        same = first == last
        between = filled(texts.filter_between, since=first, until=last)
        parts.append(_escape(first) if same else between)
    elif first:
        parts.append(filled(texts.filter_since, date=first))
    elif last:
        parts.append(filled(texts.filter_until, date=last))
    return f"<i>{texts.filters.format(filters=', '.join(parts))}</i>" if parts else ""


def understood_line(question: str, texts: Texts) -> str:
    """How a follow-up was understood, in a line of HTML."""
    return f"<i>{filled(texts.understood, question=_short(_line(question), _QUESTION))}</i>"


# --- remarks and errors of the search, in the reader's language ----------------------------------


def _notes(notes: Sequence[Note], texts: Texts) -> list[str]:
    return [f"<i>{note(one, texts)}</i>" for one in notes[:_MOST_NOTES]]


def note(remark: Note, texts: Texts) -> str:
    """A remark of ``Answer.notes`` or ``Timeline.notes`` as HTML; an unknown one stays English."""
    template = getattr(texts, f"note_{remark.kind}", None)
    if template is None:
        return _escape(_short(_line(remark), _NOTE))
    return filled(template, **{name: _value(name, v, texts) for name, v in remark.values.items()})


def question_problem(error: QuestionError, texts: Texts) -> str:
    """What is wrong with a question, as HTML in the reader's language."""
    template = getattr(texts, f"question_{error.problem}")
    return filled(template, **{name: _value(name, v, texts) for name, v in error.values.items()})


def _value(name: str, given: str | int, texts: Texts) -> str:
    if isinstance(given, int):
        return texts.number(given)
    if name in ("since", "until", "date"):
        return texts.date(given)
    return _short(_line(given), _NOTE // 2)


# --- inline results ------------------------------------------------------------------------------


def inline_text(quote: Quote, texts: Texts) -> str:
    """A quote that stands for itself in any conversation: speaker, date, words, link."""
    return _block(quote, texts, room=(MOST_UNITS, MOST_RAW), cut=False)


def inline_title(quote: Quote, texts: Texts) -> str:
    """The first line of an inline result, plain: who and when."""
    sample = texts.invented if quote.invented else ""
    known = (_who(quote, texts), _country(quote.country, texts), _date(quote.date, texts))
    title = " · ".join(filter(None, known))
    return f"{_short(title, _TITLE - len(sample) - 3)} · {sample}" if sample else title


def inline_description(quote: Quote) -> str:
    """The lines below it, plain: the words around the first that matches."""
    first = min((start for start, _ in quote.marks), default=0)
    begin = 0
    if first > _LEAD and len(quote.text) > _DESCRIPTION:
        space = _SPACE.search(quote.text, max(0, first - _LEAD), first)
        begin = space.end() if space else first
    words = _short(_line(quote.text[begin:]), _DESCRIPTION - 2)
    return f"… {words}" if begin else words


# --- timelines -----------------------------------------------------------------------------------


def timeline_caption(record: Timeline, texts: Texts, *, limits: str = "") -> str:
    """What stands below the picture of a timeline: how much, and when most of it.

    ``limits`` is the :func:`filters_line` of the question.
    """
    total = sum(period.passages for period in record.periods)
    if not total:
        return _joined((_question(record.question), limits, _without_dates(record, texts)))
    by = texts.timeline_months if record.unit == "month" else texts.timeline_years
    peak = max(record.periods, key=lambda period: period.passages)
    highest = filled(
        texts.timeline_peak,
        period=_date(peak.name, texts),
        passages=texts.count(texts.count_passages, peak.passages),
    )
    lines = [
        _question(record.question),
        limits,
        filled(by, passages=texts.count(texts.count_passages, total)),
        highest if peak.passages < total else "",
    ]
    if record.undated:
        lines.append(_without_dates(record, texts))
    return _joined([*lines, *_notes(record.notes[:1], texts)], "\n")


def _question(question: str) -> str:
    return f"<b>{_escape(_short(_line(question), _QUESTION) or '…')}</b>"


def _without_dates(record: Timeline, texts: Texts) -> str:
    if not record.undated:
        return texts.timeline_nothing
    return filled(
        texts.timeline_undated, passages=texts.count(texts.count_passages, record.undated)
    )


# --- lists ---------------------------------------------------------------------------------------


def speakers_page(
    names: Sequence[tuple[str, int]], texts: Texts, *, page: int = 0
) -> tuple[str, bool]:
    """A page of the speakers with their numbers of passages, and whether more pages follow.

    ``page`` counts from 0; one beyond the last shows the last.
    """
    if not names:
        return texts.speakers_none, False
    page = max(0, min(page, (len(names) - 1) // SPEAKERS_A_PAGE))
    start = page * SPEAKERS_A_PAGE
    lines = [
        f"{number}. {_escape(_short(_line(name), _PLACE) or '…')} – {texts.number(passages)}"
        for number, (name, passages) in enumerate(names[start : start + SPEAKERS_A_PAGE], start + 1)
    ]
    heading = filled(texts.speakers, speakers=texts.count(texts.count_speakers, len(names)))
    return _joined((heading, _joined(lines, "\n"))), start + SPEAKERS_A_PAGE < len(names)


def recent_page(speeches: Sequence[Speech], texts: Texts) -> str:
    """The latest speeches, in the order given: what, when, who, each a link to its page."""
    if not speeches:
        return texts.recent_none
    blocks: list[str] = []
    for speech in speeches[:_MOST_SPEECHES]:
        event = _line(speech.title or "") or _line(speech.occasion or "")
        title = _escape(_short(event or _line(speech.id), _EVENT) or texts.untitled)
        link, _ = _link(speech.url)
        known = (
            _date(speech.date, texts),
            _short(_line(speech.speaker or ""), _SPEAKER),
            _country(speech.country, texts),
            _short(_line(speech.place or ""), _PLACE),
            texts.invented if speech.invented else "",
        )
        block = f'<a href="{link}">{title}</a>' if link else f"<b>{title}</b>"
        block = _joined((block, _escape(" · ".join(filter(None, known)))), "\n")
        if not _fits(_joined([texts.recent, *blocks, block])):
            break
        blocks.append(block)
    return _joined([texts.recent, *blocks])


# --- following -----------------------------------------------------------------------------------


def follow_page(sections: Sequence[FollowSection], texts: Texts) -> Page:
    """What is new for a follower, all in one message: every question, and the best quotes.

    Each question's first quote comes before any second one; what does not fit is counted.
    """
    heads = [_follow_head(section, texts, _QUESTION) for section in sections]
    if parsed_length(_joined(heads)) > MOST_UNITS // 2:  # very many questions: in a few words
        heads = [_follow_head(section, texts, 40) for section in sections]
    named = _most_that_fit(
        [
            f"{head}\n{_more(section, 0, texts)}"
            for head, section in zip(heads, sections, strict=True)
        ],
        MOST_UNITS - 40,
    )
    blocks: list[list[str]] = [[] for _ in range(named)]

    def page() -> str:
        parts = []
        for head, section, shown in zip(heads, sections, blocks, strict=False):
            more = _more(section, len(shown), texts)
            parts.append(_joined((head, _joined([*shown, more])), "\n\n" if shown else "\n"))
        left = len(sections) - named
        parts.append(filled(texts.and_more, n=texts.number(left)) if left else "")
        return _joined(parts)

    rounds = max((len(section.quotes) for section in sections), default=0)
    for turn in range(rounds):
        for section, shown in zip(sections, blocks, strict=False):
            if turn >= len(section.quotes) or len(shown) < turn:
                continue
            shown.append(_block(section.quotes[turn], texts))
            if not _fits(page()):
                shown.pop()
    if sections and not any(blocks) and (best := next((s for s in sections if s.quotes), None)):
        place = sections.index(best)
        if place < named:  # one whose every quote is too long: the first is cut
            blocks[place].append(_block(best.quotes[0], texts, room=_room(page()), cut=False))
            if not _fits(page()):
                blocks[place].clear()
    return Page(page(), sum(map(len, blocks)))


def follow_begun(question: str, speaker: str | None, texts: Texts) -> str:
    """That a question is followed now, as it was understood."""
    question, name = _short(_line(question), _QUESTION), _short(_line(speaker or ""), _SPEAKER)
    template = texts.follow_begun_speaker if name else texts.follow_begun
    return filled(template, question=question, speaker=name)


def _follow_head(section: FollowSection, texts: Texts, units: int) -> str:
    question = _short(_line(section.question), units)
    if speaker := _short(_line(section.speaker or ""), units // 2):
        return f"<b>{filled(texts.follow_new_speaker, question=question, speaker=speaker)}</b>"
    return f"<b>{filled(texts.follow_new, question=question)}</b>"


def _more(section: FollowSection, shown: int, texts: Texts) -> str:
    left = len(section.quotes) - shown + max(0, section.more)
    if left <= 0:
        return ""
    plus = "+" * section.uncounted
    if not shown:
        return _escape(texts.count(texts.count_quotes, left, plus))
    return filled(texts.and_more, n=texts.number(left) + plus)


def _most_that_fit(lines: Sequence[str], units: int) -> int:
    """How many of the lines one message holds."""
    for number in range(len(lines), 0, -1):
        if _fits(_joined(lines[:number]), units):
            return number
    return 0


def following_list(follows: Sequence[tuple[str, str | None]], texts: Texts) -> str:
    """What a person follows, numbered from 1, as pairs of a question and a speaker or None."""
    if not follows:
        return texts.following_none
    lines = []
    for number, (question, speaker) in enumerate(follows, 1):
        question, name = _short(_line(question), _QUESTION), _short(_line(speaker or ""), _SPEAKER)
        template = texts.following_one_speaker if name else texts.following_one
        lines.append(f"{number}. {filled(template, question=question, speaker=name)}")
    shown = lines[: _most_that_fit(lines, MOST_UNITS - 300)]
    if len(shown) < len(lines):
        shown.append(filled(texts.and_more, n=texts.number(len(lines) - len(shown))))
    return _joined((texts.following, _joined(shown, "\n"), texts.following_stop))


# --- the collection ------------------------------------------------------------------------------


def about(status: Status, texts: Texts, *, samples: bool = False) -> str:
    """What is indexed, up to when, and what the bot keeps about people."""
    counts = filled(
        texts.about,
        speeches=texts.count(texts.count_speeches, status.speeches),
        speakers=texts.count(texts.count_speakers, status.speakers),
    )
    lines = [counts]
    if status.languages:
        lines.append(filled(texts.about_languages, languages=", ".join(_languages(status, texts))))
    if status.first_date and status.last_date:
        first, last = (_date(date, texts) for date in (status.first_date, status.last_date))
        lines.append(filled(texts.about_dates, first=first, last=last))
    lines.append(filled(texts.about_indexed, moment=texts.moment(status.created)))
    note = f"<i>{texts.samples_note}</i>" if samples else ""
    return _joined((_joined(lines, "\n"), note, texts.about_privacy))


def _languages(status: Status, texts: Texts) -> Iterator[str]:
    for language, speeches in status.languages.items():
        yield f"{texts.language_names.get(language, language)} – {texts.number(speeches)}"


def no_index(place: Place, texts: Texts) -> str:
    """To administrators: that there is no index yet in a place, and how to make one."""
    # a file that only one process may open cannot be written by another while the bot reads it
    then = "" if is_for_one_process(place) else texts.admin_then
    how = filled(texts.admin_no_index, index=_quoted(place))
    return _joined((how, then, texts.admin_samples), "\n")


def reindex_alone(place: Place, texts: Texts) -> str:
    """To administrators: that the bot itself is in the way of a reindex, and what to do."""
    return filled(texts.reindex_alone, index=_quoted(place))


def _quoted(place: Place) -> str:
    return _short(shlex.quote(str(place)), 1000)


def status_for_admin(status: Status, texts: Texts, *, missing: str = "") -> str:
    """The state of the index, and what should be looked at; ``missing`` is :func:`no_index`."""
    lines = [
        filled(
            texts.status,
            speeches=texts.count(texts.count_speeches, status.speeches),
            passages=texts.count(texts.count_passages, status.passages),
            speakers=texts.count(texts.count_speakers, status.speakers),
            model=_short(_line(status.model), _NOTE),
            vectors=_short(_line(status.vector_index), _NOTE),
            generation=_short(_line(status.generation), _NOTE),
            size=texts.number(-(-status.bytes // 1_000_000)),
        ),
        filled(texts.about_indexed, moment=texts.moment(status.created)),
    ]
    if status.skipped:
        lines.append(filled(texts.status_skipped, n=texts.number(len(status.skipped))))
        lines += [
            f"– {_escape(_short(_line(f'{one.where}: {one.why}'), _NOTE))}"
            for one in status.skipped[:_MOST_SKIPPED]
        ]
    for why, ids in [*status.doubtful.items()][:_MOST_SKIPPED]:
        speeches = texts.count(texts.count_speeches, len(ids))
        lines.append(
            filled(texts.status_doubtful, speeches=speeches, why=texts.doubts.get(why, why))
        )
    return _joined((_joined(lines, "\n"), missing))


def status_of_bot(
    counts: Mapping[str, int], milliseconds: tuple[float, float] | None, up: float, texts: Texts
) -> str:
    """What the bot did: its ``State.counts``, p50 and p95 of its own time, seconds it is up."""
    lines = [
        filled(texts.status_bot, **{name: texts.number(number) for name, number in counts.items()}),
        filled(texts.status_up, duration=texts.duration(up)),
    ]
    if milliseconds:
        p50, p95 = (texts.number(round(value)) for value in milliseconds)
        lines.insert(1, filled(texts.status_times, p50=p50, p95=p95))
    return _joined(lines, "\n")


# --- a reindex -----------------------------------------------------------------------------------


def reindex_progress(stage: str, done: int, total: int | None, texts: Texts) -> str:
    """How far a reindex is."""
    template = texts.reindex_progress_open if total is None else texts.reindex_progress
    return filled(
        template,
        stage=texts.reindex_stages.get(stage, _short(_line(stage), _TOPIC)),
        done=texts.number(done),
        total="" if total is None else texts.number(total),
    )


def reindex_finished(
    texts: Texts,
    *,
    speeches: int,
    passages: int,
    new: int,
    changed: int,
    removed: int,
    unchanged: int,
    kept: int,
    skipped: int,
    seconds: float,
) -> str:
    """What a reindex did; ``skipped`` is how many things could not be read."""
    counts = {"new": new, "changed": changed, "removed": removed}
    counts |= {"unchanged": unchanged, "kept": kept}
    summary = filled(
        texts.reindex_finished,
        speeches=texts.count(texts.count_speeches, speeches),
        passages=texts.count(texts.count_passages, passages),
        duration=texts.duration(seconds),
        **{name: texts.number(number) for name, number in counts.items()},
    )
    return _joined(
        (
            summary,
            "" if new or changed or removed else texts.reindex_nothing_new,
            filled(texts.reindex_skipped, n=texts.number(skipped)) if skipped else "",
        ),
        "\n",
    )


def reindex_failed(line: str, texts: Texts) -> str:
    """That a reindex failed, with the line that says why."""
    return filled(texts.reindex_failed, line=_short(_line(line), 1000) or "…")
