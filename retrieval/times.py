"""The time that a question names: "in 2019", «с мая 2014 по 2016 год», "2010-cu ilə qədər"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal, NamedTuple

from embeddings.analysis import fold
from embeddings.numerals import month_of
from retrieval.dates import beside, first_day, last_day, parse_date
from retrieval.records import Span

# A year and what belongs to it: 2019-м году, 2020-х, 1990s, 2014-cü ildən, 2019-05-09; and 2000
# schools are no year.
_YEAR = re.compile(
    r"(?<!\w)(?<!\d[.,/])(?P<year>(?:19|20)\d\d)(?!\d|[.,/]\d)(?:"
    r"(?P<iso>-\d\d(?:-\d\d)?)(?![\w-])|"
    r"(?P<decade>s|-[хxе](?:\s*(?:год\w*|гг?\.?))?|[-\s]?c[iıuü]\s+ill[əe]r(?:d[əe]|in)?)(?!\w)|"
    r"(?:-(?:й|м|му|го|ом|ого)(?!\w))?\s*(?:год(?:у|а|е|ом|ов|ах|ы)?|гг?\.?)(?!\w)|"
    r"-(?:й|м|му|го|ом|ого)(?!\w)|"
    r"(?:[-\s]?c[iıuü])?\s*il(?P<case>(?:l[əe]r)?(?:in|d[əe]n?|[əe]|ind[əe])?)(?:(?!\w)|(?=d[əe]k(?!\w)))|"
    r"[-\s]?c[iıuü](?!\w)|(?!\w)(?!(?<=2000)\s+[^\W\d]))",
    re.IGNORECASE,
)
_NTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th|-го|-е)?"
_LEFT = re.compile(
    rf"(?<!\w)(?:{_NTH}\s+(?:of\s+)?)?(?P<month>[^\W\d]+)\.?"
    r"(?:\s+(?:of|(?P<day_behind>\d{1,2})(?:st|nd|rd|th)?))?,?\s+$",
    re.IGNORECASE,
)
_RIGHT = re.compile(rf"\s+(?:{_NTH}\s+)?(?P<month>[^\W\d]+)(?:\s+ay(?:[ıi]nda)?)?(?!\w)")
_SHORT = re.compile(
    "(янв|jan)|(фев|feb)|(mar)|(апр|apr)|(may)|(jun)|(jul)|(авг|aug)|(сент?|sept?)|"
    "(окт|oct)|(ноя|nov)|(дек|dec)"
)
_SEASONS = {
    (3, 5): re.compile("spring|весн(?:ой|ы)|yaz(?:inda)?"),
    (6, 8): re.compile("summer|лет(?:ом|а)|yay(?:inda)?"),
    (9, 11): re.compile("autumn|fall|осен(?:ью|и)|payiz(?:inda)?"),
}  # winter belongs to two years
_THEN = re.compile(
    r"^(?:летом|весной|осенью)|(?:il(?:l[əe]r)?(?:in)?d[əe]|[iıuü]nda)$", re.IGNORECASE
)
"""A time that says by its case that something was in it."""
_PART = (
    r"(?:(?:very\s+)?(?:beginning|start|middle|end)|(?:first|second)\s+half)\s+of|"
    r"(?:early|mid|late)|(?:самом\s+)?(?:начале|середине|конце)|(?:перв|втор)ой\s+половине"
)
_PART_OF_DECADE = re.compile(
    r"(?P<early>early|beginning|start|начале|первой)|(?P<mid>mid|middle|середине)|"
    r"(?P<late>late|end|конце|второй)",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?<!\w)(?:(?P<since>since|starting\s+(?:from|in)|(?:начиная\s+)?со?)|(?P<after>after|после)|"
    r"(?P<before>before|prior\s+to|до)|(?P<until>until|till|up\s+to|по)|"
    r"(?P<within>in|during|within|throughout|во?|в\s+течение|"
    rf"(?:in|at|во?)\s+(?:the\s+)?(?:{_PART}))|"
    r"(?P<range>between|from|между|за)|(?P<other>on|of|for|на))(?:\s+the)?[\s-]+$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"\s*(?:(?P<since>b[əe]ri|etibar[əe]n|başlayaraq|onwards?|on(?=\W*$))|(?P<after>sonra)|"
    r"(?P<before>[əe]vv[əe]l|q[əe]d[əe]r|d[əe]k|kimi)|(?P<range>aras[ıi]nda)|"
    r"(?P<within>(?:[əe]vv[əe]l|son|orta)(?:lar)?[ıiu]nda))(?!\w)",
    re.IGNORECASE,
)
_JOINS = re.compile(
    r"(?<=d[əe]n)\s+|\s*(?:[-–—]|\.\.|(?:and|to|until|till|through|по|до|и|və|ve)(?:\s+the)?(?=\s))\s*",
    re.IGNORECASE,
)
_NEAR = 40
"""Characters before a year in which what belongs to it is looked for."""


class Time(NamedTuple):
    """What a text says of when: dates as :class:`retrieval.records.Options` has them, and where."""

    since: str | None
    until: str | None
    span: Span
    how: Literal["in", "since", "until", ""]
    """Whether something is said to be in it, since it or until it; "" for a time that is only
    named: "the crisis of 2019"."""


class _Moment(NamedTuple):
    first: str
    last: str
    start: int
    end: int


def time_in(text: str) -> Time | None:
    """The one time that a text names, a moment or from one to another; None for none or more."""
    moments = [_moment(text, year) for year in _YEAR.finditer(text)]
    if not moments or not all(_JOINS.fullmatch(text, a.end, b.start) for a, b in pairwise(moments)):
        return None
    earliest, latest = moments[0], moments[-1]
    before = _BEFORE.search(text, max(0, earliest.start - _NEAR), earliest.start)
    behind = _BEHIND.match(text, latest.end)
    how = (behind and behind.lastgroup) or (before and before.lastgroup) or ""
    if how in ("", "other", "range") and _is_adverbial(text[latest.start : latest.end], latest):
        how = "within"
    span = before.start() if before else earliest.start, behind.end() if behind else latest.end
    first = min((moment.first for moment in moments), key=first_day)
    last = max((moment.last for moment in moments), key=last_day)
    if before and last == f"{first[:3]}9" and (part := _PART_OF_DECADE.search(before[0])):
        begin, end = {"early": (0, 3), "mid": (3, 6), "late": (6, 9)}[str(part.lastgroup)]
        first, last = f"{first[:3]}{begin}", f"{first[:3]}{end}"
    if len(moments) > 1:
        return Time(first, last, span, "in" if how not in ("", "other") else "")
    match how:
        case "since":
            return Time(first, None, span, "since")
        case "after":
            return Time(beside(last, 1), None, span, "since")
        case "before":
            return Time(None, beside(first, -1), span, "until")
        case "until":
            return Time(None, last, span, "until")
    return Time(first, last, span, "in" if how == "within" else "")


def _is_adverbial(written: str, moment: _Moment) -> bool:
    is_day = len(moment.first) == len("2019-05-09")
    return is_day or _THEN.search(written) is not None


def _moment(text: str, match: re.Match[str]) -> _Moment:
    """A year with the month, day or season beside it, as the dates that it covers."""
    year, (start, end) = match["year"], match.span()
    if match["iso"]:
        return _valid(year + match["iso"], year, start, end)
    if match["decade"] and year.endswith("0"):
        return _Moment(year, f"{year[:3]}9", start, end)
    left = _LEFT.search(text, max(0, start - _NEAR), start)
    right = _RIGHT.match(text, end) if match["case"] in ("", "in") else None
    for beside_it in left, right:
        if beside_it is None:
            continue
        name = fold(beside_it["month"])
        start, end = min(start, beside_it.start()), max(end, beside_it.end())
        for (first, last), season in _SEASONS.items():
            if season.fullmatch(name):
                return _Moment(f"{year}-{first:02}", f"{year}-{last:02}", start, end)
        if month := _month(name):
            day = beside_it["day"] or (left and beside_it is left and left["day_behind"])
            exact = f"{year}-{month:02}-{int(day):02}" if day else ""
            return _valid(exact, f"{year}-{month:02}", start, end)
        start, end = match.span()
    return _Moment(year, year, start, end)


def _valid(date: str, otherwise: str, start: int, end: int) -> _Moment:
    try:
        date = parse_date(date)
    except ValueError:
        date = otherwise
    return _Moment(date, date, start, end)


def _month(folded: str) -> int | None:
    if short := _SHORT.fullmatch(folded):
        return short.lastindex
    return month_of(folded, "en") or month_of(folded, "az")
