"""When, where and on what occasion: read from the text itself, where nothing else says it.

What a record or page states is never changed. A text's own word counts only where publishers put
it: in a stamp («Дата публикации: …»), with the time of day, in a dateline, alone on one of the
first lines. Dates in running text and of links are those of other events.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from retrieval.noise import noise
from retrieval.records import Passage, Speech

_HEAD, _FOOT = 1_500, 1_000  # characters in which a publisher dates his page
_FIRST_LINES = 2
_AROUND_YEAR = 60, 12  # characters before and behind a year's first figure that may be its date's
_EARLIEST = "1990"  # what is older is told of, and dates no page but by a stamp
_LONGEST_HEADLINE = 200
_LONGEST_OCCASION = 400

_MONTHS = (
    "янв|yanvar|jan fev|фев|feb мар(?:т|та)?|mar апр|apr ма[йяе]|may июн|iyun|jun июл|iyul|jul "
    "авг|avq|aug сен|sen|sep окт|okt|oct ноя|noy|nov дек|dek|dec"
).split()
MONTH = rf"(?P<month>(?:{'|'.join(_MONTHS)})[^\W\d]*\.?)"
"""Regular expression of a month's name, with any ending, in the group ``month``."""
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|-?cı|-?ci|-?cu|-?cü)?"
_FOUR_FIGURES = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
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
    r"(?:дата\s+публикации\s*:?|(?:(?P<line>^[^\S\n]*)|(?<!\w))(?:опубликован[оа]?|"
    r"published(?:\s+on)?|posted(?:\s+on)?|dərc\s+(?:olunub|edilib)|yayımlanıb|tarix|дата|date)"
    r"\s*(?(line):?|:))\s*\Z",
    re.IGNORECASE | re.MULTILINE,
)
_TIME = re.compile(r",?\s*(?P<word>в\s+|at\s+|saat\s+)?[0-2]?\d:[0-5]\d(?!\d)")
_CAPITALS = "A-ZА-ЯЁƏĞİÖŞÜÇ"
# «БАКУ, 14 мая 2025 г. —», "VIENNA, March 10, 2026 (Agency) —", «Bakı, 14 may 2025, ...»
_PLACE = re.compile(rf"(?P<place>[{_CAPITALS}][\w’'-]+(?:[ -][{_CAPITALS}][\w’'-]+){{0,2}}),\s*$")
_DATELINE_END = re.compile(r"\.?,?\s*(?:[(/][^)/\n]{2,40}[)/]\s*)?(?:[-–—:.]|[A-ZА-ЯƏ]{4,})")
_NO_HEADLINE = re.compile(  # it ends like a sentence or an address, or somebody speaks in it
    r"[.!?…:;,]$|(?<!\w)(?:I|(?i:my|we|our|me|us|я|мы|мне|мой|мои|наш\w*|mən|biz|bizim|mənim))(?!\w)"
)


def read_event(speech: Speech) -> Speech:
    """The speech with the title, date and place that its own text gives, where it has none."""
    speech = replace(speech, title=speech.title or headline(speech))
    day, place = _dated(speech)
    if speech.date and day != speech.date:
        place = None  # of another event
    return replace(
        speech,
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
    """The day on which the text says it was published or spoken, and the dateline's place.

    A stamp says it best, then the time of day, then a dateline; a date alone says it only at the
    very beginning.
    """
    text = speech.text
    head = min(speech.body + _HEAD, len(text))
    found = _days(text, speech.body, head)
    stamped = found + _days(text, max(head, len(text) - _FOOT), len(text))
    day = next((day for match, day in stamped if _is_stamped(speech, match)), None)
    found = [(match, day) for match, day in found if day >= _EARLIEST]

    def first(fits: Callable[[Speech, re.Match[str]], bool]) -> tuple[re.Match[str], str] | None:
        found_first = (item for item in found if fits(speech, item[0]))
        return next((item for item in found_first if not _is_link(speech, item[0])), None)

    day = day or ((timed := first(_is_timed)) and timed[1])
    if lined := first(lambda *item: _dateline_place(*item) is not None):
        place = _dateline_place(speech, lined[0])
        return day or lined[1], place if day in (None, lined[1]) else None
    return day or ((alone := first(_is_alone)) and alone[1]), None


def _is_stamped(speech: Speech, match: re.Match[str]) -> bool:
    before = max(speech.body, match.start() - _AROUND_YEAR[0])
    return bool(_STAMP.search(speech.text[before : match.start()]))


def _is_timed(speech: Speech, match: re.Match[str]) -> bool:
    """Whether the time of day follows, and not in a sentence («3 марта в 14:30 мы …»)."""
    time = _TIME.match(speech.text, match.end())
    return bool(time and (not time["word"] or not _line_before(speech, match).strip()))


def _dateline_place(speech: Speech, match: re.Match[str]) -> str | None:
    """The place before a date that begins a report."""
    place = _PLACE.fullmatch(_line_before(speech, match).lstrip())
    ended = place and _DATELINE_END.match(speech.text, match.end())
    return _titled(place["place"]) if place and ended else None


def _is_alone(speech: Speech, match: re.Match[str]) -> bool:
    """Whether a date is one of the first lines, or stands below the headline."""
    text = speech.text
    behind, _, following = text[match.end() :].partition("\n")
    if _line_before(speech, match).strip() or behind.strip(" \t\r*_"):
        return False
    lines = text[speech.body : match.start()].split("\n")
    before = [line.strip("#*_ \t\r") for line in lines if line.strip()]
    if not before or before[-1] == speech.title:
        return True
    # what a sentence was wrapped to is not alone
    wrapped = _NO_HEADLINE.search(before[-1]) or following.lstrip()[:1].islower()
    return len(before) < _FIRST_LINES and not wrapped


def _is_link(speech: Speech, match: re.Match[str]) -> bool:
    """Whether a date is that of another page, which site noise names.

    A line that dates the page itself is noise too: what dates another has its title before it.
    """
    text, begin = speech.text, match.start() - len(_line_before(speech, match))
    for left, right in noise(text, speech.body, match.end()):
        if left <= match.start() < right:
            titles = [line for line in text[left:begin].split("\n") if line.strip()]
            return begin <= left < match.start() or any(
                noise(line, 0, len(line)) != [(0, len(line))] for line in titles
            )
    return False


def _line_before(speech: Speech, match: re.Match[str]) -> str:
    begin = speech.text.rfind("\n", speech.body, match.start()) + 1
    return speech.text[max(speech.body, begin) : match.start()]


def _days(text: str, start: int, end: int) -> list[tuple[re.Match[str], str]]:
    """The whole dates in a stretch of text, in order, with each as 2025-10-21."""
    found: dict[int, tuple[re.Match[str], str]] = {}
    for year in _FOUR_FIGURES.finditer(text, start, end):  # the forms are slow, years are few
        left = max(start, year.start() - _AROUND_YEAR[0])
        for form in _DATES:
            for match in form.finditer(text, left, min(end, year.end() + _AROUND_YEAR[1])):
                month = match["month"]
                number = int(month) if month.isdigit() else month_number(month)
                try:
                    day = date(int(match["year"]), number, int(match["day"]))
                except ValueError:
                    continue  # «45 мая 2025», 31.02.2025: no day of any calendar
                found.setdefault(match.start("year"), (match, day.isoformat()))
    return [found[place] for place in sorted(found)]


def whole_date(text: str) -> str | None:
    """The day that a text consists of, as 2025-10-21; None if it is no day in words or figures."""
    text = text.strip()
    for match, day in _days(text, 0, len(text)):
        if match.span() == (0, len(text)):
            return day
    return None


def month_number(month: str) -> int:
    """1 to 12 for a month's name in any of the three languages, as :data:`MONTH` matches it."""
    names = (re.match(name, month, re.IGNORECASE) for name in _MONTHS)
    return next(number for number, name in enumerate(names, 1) if name)


def _titled(place: str) -> str:
    """A place as it is written, but «БАКУ» as «Баку»."""
    return place.title() if place.isupper() and len(place) > 3 else place
