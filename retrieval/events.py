"""When, where and on what occasion: read from the text itself, where nothing else says it.

What a record or page states is never changed. A text's own word counts only where publishers put
it: in a stamp («Дата публикации: …»), with the time of day, on a line of its own, in a dateline.
Dates in running text are mostly those of other events.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from retrieval.records import Passage, Speech

_HEAD, _FOOT = 1_500, 1_000  # characters in which a publisher dates his page
_FIRST_LINES = 4
_LONGEST_HEADLINE = 200
_LONGEST_OCCASION = 400

_MONTHS = (
    "янв|yanvar|jan fev|фев|feb мар(?:т|та)?|mar апр|apr ма[йяе]|may июн|iyun|jun июл|iyul|jul "
    "авг|avq|aug сен|sen|sep окт|okt|oct ноя|noy|nov дек|dek|dec"
).split()
MONTH = rf"(?P<month>(?:{'|'.join(_MONTHS)})[^\W\d]*\.?)"
"""Regular expression of a month's name, with any ending, in the group ``month``."""
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|-?cı|-?ci|-?cu|-?cü)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)(?:-c[iıuü]\s+il\w*|\s*(?:года|г\.|г\b|il\w*))?"
_DATES = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_DAY}\s+{MONTH},?\s+{_YEAR}",
        rf"(?<!\w){MONTH}\s+{_DAY},?\s+{_YEAR}",
        r"(?<![\d.])(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>(?:19|20)\d\d)(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?!\d)",
    )
)
_STAMP = re.compile(
    r"(?:дата\s+публикации|опубликован[оа]?|published(?:\s+on)?|posted(?:\s+on)?|"
    r"dərc\s+(?:olunub|edilib)|yayımlanıb|tarix|дата|date)\s*:?\s*$",
    re.IGNORECASE,
)
_TIME = re.compile(r",?\s*(?:в\s+|at\s+|saat\s+)?[0-2]?\d:[0-5]\d(?!\d)")
_CAPITALS = "A-ZА-ЯЁƏĞİÖŞÜÇ"
# «БАКУ, 14 мая 2025 г. —», "VIENNA, March 10, 2026 (Agency) —", «Bakı, 14 may 2025, ...»
_PLACE = re.compile(rf"(?P<place>[{_CAPITALS}][\w’'-]+(?:[ -][{_CAPITALS}][\w’'-]+){{0,2}}),\s*$")
_DATELINE_END = re.compile(r"\.?,?\s*(?:[(/][^)/\n]{2,40}[)/]\s*)?(?:[-–—:.]|[A-ZА-ЯƏ]{4,})")
_NO_HEADLINE = re.compile(  # it ends like a sentence or an address, or somebody speaks in it
    r"[.!?…:;,]$|(?<!\w)(?:I|(?i:my|we|our|me|us|я|мы|мне|мой|мои|наш\w*|mən|biz|bizim|mənim))(?!\w)"
)


def read_event(speech: Speech) -> Speech:
    """The speech with the title, date and place that its own text gives, where it has none."""
    day, place = _dated(speech)
    if speech.date and day != speech.date:
        place = None  # of another event
    return replace(
        speech,
        title=speech.title or headline(speech),
        date=speech.date or day,
        place=speech.place or place,
    )


def with_occasion(speech: Speech, passages: Sequence[Passage]) -> Speech:
    """The speech with the sentence by which a reporter says what it was, if it has no title."""
    if speech.title or speech.occasion or not any(passage.speaker for passage in passages):
        return speech
    first = passages[0]
    start, end = first.sentences[0]
    if first.speaker or end - start > _LONGEST_OCCASION:
        return speech
    return replace(speech, occasion=speech.text[start:end])


def headline(speech: Speech) -> str | None:
    """The first line, if it stands apart and is no sentence."""
    first, separator, rest = speech.text[speech.body :].lstrip().partition("\n")
    first = first.strip("#*_ \t\r")
    apart = bool(separator) and rest[:1] in ("\n", "\r") and bool(rest.strip())
    if not apart or len(first) > _LONGEST_HEADLINE or len(first.split()) < 3:
        return None
    return None if _NO_HEADLINE.search(first) else first


def _dated(speech: Speech) -> tuple[str | None, str | None]:
    """The day on which the text says it was published or spoken, and the dateline's place."""
    text = speech.text
    head = min(speech.body + _HEAD, len(text))
    for match, day in _days(text, speech.body, head):
        before, after = text[speech.body : match.start()], text[match.end() :]
        line = before.rpartition("\n")[2]
        alone = not line.strip() and not after.partition("\n")[0].strip()
        place = _PLACE.fullmatch(line.lstrip())
        if place and _DATELINE_END.match(after):
            return day, _titled(place["place"])
        first = len(before.split("\n")) <= 2 * _FIRST_LINES
        if _STAMP.search(before[-60:]) or _TIME.match(after) or (alone and first):
            return day, None
    for match, day in _days(text, max(head, len(text) - _FOOT), len(text)):
        if _STAMP.search(text[match.start() - 40 : match.start()]):
            return day, None
    return None, None


def _days(text: str, start: int, end: int) -> list[tuple[re.Match[str], str]]:
    """The whole dates in a stretch of text, in order, with each as 2025-10-21."""
    found = []
    for form in _DATES:
        for match in form.finditer(text, start, end):
            month = match["month"]
            number = int(month) if month.isdigit() else month_number(month)
            try:
                day = date(int(match["year"]), number, int(match["day"]))
            except ValueError:
                continue  # «45 мая 2025», 31.02.2025: no day of any calendar
            found.append((match, day.isoformat()))
    return sorted(found, key=lambda item: item[0].start())


def month_number(month: str) -> int:
    """1 to 12 for a month's name in any of the three languages, as :data:`MONTH` matches it."""
    names = (re.match(name, month, re.IGNORECASE) for name in _MONTHS)
    return next(number for number, name in enumerate(names, 1) if name)


def _titled(place: str) -> str:
    """A place as it is written, but «БАКУ» as «Баку»."""
    return place.title() if place.isupper() and len(place) > 3 else place
