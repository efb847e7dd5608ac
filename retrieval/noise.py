"""Site noise: what a page holds besides its prose, on lines of its own or in mid-sentence.

Lines are :mod:`retrieval.furniture`'s. In mid-sentence stand links to other pages with their dates
(«Смотрите также … 8 мая 2025 года»), share buttons, credits: markup that a crawler has flattened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.furniture import CAPITAL, DATE, NETWORK, RELATED, furniture
from retrieval.kremlin import BODY_LINK, footer, references
from retrieval.records import Span

_NO_STOP = r"(?:«[^»\n]{0,200}»|\.(?=[^\W\d_])|[^.!?…\n])"
_NEXT = rf"(?=\s*\Z|\s+[{CAPITAL}«“\"<*]|\s+\d)"
_ALL = r"(?:Все\s(?:новости|материалы)|Новости|All\s(?:news|materials)|News)\s(?:о|об|of|about)\s"
# A link is a title and the day of the page; a day in the middle of speech is seldom followed by
# a capital with no full stop between.
_LINK = (
    rf"(?:(?:{_ALL}[^\n]{{3,200}}?|{_NO_STOP}{{3,300}}?)\s{DATE}|"
    rf"[^\n]{{3,200}}?\spdf,\s[\d.,]+\s[кМ]Б)(?:\s{DATE})*{_NEXT}"
)
_RELATED = rf"(?=[{CAPITAL}])(?i:{RELATED})"
_HEADING = rf"{_RELATED}:?\s+(?=[{CAPITAL}«“\"\d])"
# Where links may begin: a capital stands first, for which Python looks in half the time.
_MAY_LINK = re.compile(rf"[{CAPITAL}](?<!\w.)(?<=(?={_HEADING}).)")
_LINKS = re.compile(
    rf"{_HEADING}(?:{_LINK}|{BODY_LINK})"
    rf"(?:\s+(?:{_RELATED}:?\s+)?(?:(?=[{CAPITAL}«“\"\d]){_LINK}|{BODY_LINK}))*"
)
_SPEAKER_OF_LINK = re.compile(r"(?<!\w)(?:я|мы|нам|нас|мне|наш\w*|I|we|our|my)(?!\w)", re.I)
_NAMES = rf"(?:\s[{CAPITAL}][\w’'-]+){{1,3}}"
_INLINE = re.compile(
    rf"""\*(?:[^\S\n]?\*){{2,}} | <\s?(?:…|\.\.\.)\s?>
    | (?<!\w)(?:Поделиться|Share)(?:\s+(?:в\s|on\s)?{NETWORK})+(?!\w)
      (?:\s(?:Фото|Photo):{_NAMES}(?=\s*\n|\s*\Z|\s{_RELATED}))?
      (?:\s{_RELATED}:[^.!?\n]{{3,200}}(?=\n|\Z))?
    | (?<=[.!?…»”)])\s(?:Фото|Photo):\s[^.!?\n]{{2,80}}?/\s?(?:ТАСС|РИА\sНовости|[A-Z]{{2,9}})\b
    | \.{{3}}\sЧитать\sдалее""",
    re.VERBOSE,
)
_SIGNS_OF_INLINE = ("*", "<", "Поделиться", "Share", "Фото:", "Photo:", "Читать")
_LINE = re.compile(r"\S(?:[^\n]*\S)?")


def noise(text: str, begin: int, end: int) -> list[Span]:
    """The site noise of ``text[begin:end]`` in order; none overlap."""
    spans: list[Span] = []
    foot = footer(text, begin, end)
    if foot < end:
        spans.append((foot, end))
    if any(sign in text for sign in _SIGNS_OF_INLINE):  # else the search, which is slow, is vain
        spans += (match.span() for match in _INLINE.finditer(text, begin, foot))
    spans += _links(text, begin, foot)
    spans += references(text, begin, foot)
    spans += furniture(text, (line.span() for line in _LINE.finditer(text, begin, foot)))
    return _merged(spans)


def _links(text: str, begin: int, end: int) -> Iterator[Span]:
    for heading in _MAY_LINK.finditer(text, begin, end):
        if heading.start() < begin:
            continue
        if match := _LINKS.match(text, heading.start(), end):
            begin = match.end()
            if not _SPEAKER_OF_LINK.search(match[0]):
                yield match.span()


def without(spans: list[Span], begin: int, end: int) -> Iterator[Span]:
    """What is left of a range when these spans, in order, are taken out."""
    for left, right in spans:
        if right <= begin:
            continue
        if left >= end:
            break
        if left > begin:
            yield begin, left
        begin = right
    if begin < end:
        yield begin, end


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for left, right in sorted(spans):
        if merged and left <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(right, merged[-1][1])
        else:
            merged.append((left, right))
    return merged
