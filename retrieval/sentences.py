"""Whole sentences of Russian, Azerbaijani and English text, found by rules in linear time.

A sentence ends

- at ``.``, ``!``, ``?`` or ``…`` with its closing quotes and brackets, when white space follows
  and then something that begins a sentence: a capital, a digit, an opening quote, a dash and a
  capital. Abbreviations, initials and list numbers are known; a pair of quotes or brackets that
  closes within :data:`QUOTATION` characters is never cut inside;
- at a blank line and, unless the text is wrapped at a fixed width, at every line break; but not
  where a long line stops without punctuation and the next begins in lower case (a page break).
  In wrapped text only a short line (a headline, a page number) or a list item ends by itself.

A colon ends none. What runs on beyond :data:`LONGEST` characters is cut into pieces of about
equal size at its best inner boundary: a semicolon or line break, else a comma or dash, else a
space, else anywhere.
"""

from __future__ import annotations

import math
import re
import statistics
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from retrieval.records import Span

QUOTATION = 300
"""Characters within which direct speech is kept whole."""
LONGEST = 1500
"""Characters beyond which a sentence is cut."""

_CLOSING = "»”“\"'’)\\]}›"
_OPENING = "«“„\"'‘’(\\[{‹"
_LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"

# Possessive and anchored, so that no run of dots or spaces is scanned twice. One set of signs
# comes first, for Python finds such a beginning four times as fast as one of several forms.
_BOUNDARY = re.compile(
    rf"[.!?…{_LINE_BREAKS}](?:(?<=[.!?…])(?<![.!?…].)(?P<stops>[.!?…]*+)[{_CLOSING}]*+"
    rf"|(?<=[{_LINE_BREAKS}])\s*+)",
    re.DOTALL,
)
_FOLLOWING = re.compile(rf"\s*+[{_OPENING}]*+(?:[-–—−•*]++\s*+[{_OPENING}]*+)?")
_WORD = re.compile(r"\w")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_LIST_NUMBER = re.compile(r"\W*(?:\d{1,3}|[^\W\d_]|[IVX]+)(?:\.\d+)*")
_INITIAL = re.compile(r"(?:^|\.[-–]?)[^\W\d_]$")
_SHORTENED = re.compile(r"[^\W\d_]\.|və")
_NUMBER = re.compile(r"\d|^[ivxlх–-]+$")
_QUOTE = re.compile(r'[«»„“”"()]')
_PAIRS = {"«": "»", "„": "“”", "“": "”", '"': '"', "(": ")"}
_SIGNS = "«“„\"'‘’([{‹-–—−•*"
_INNER = (
    re.compile(rf"(?<![.;!?…])[.;!?…]++[{_CLOSING}]*+(?=\s)|\n"),
    re.compile(r"[,:–—](?=\s)"),
    re.compile(r"(?<!\s)\s"),
)
_SHORTEST_WRAPPED = 30  # characters; shorter lines are verse or lists
_LONGEST_WRAPPED = 200  # characters; longer lines are paragraphs
_SHORT_LINE = 0.6  # of the width: a headline
_LONGEST_PAGE_LINE = 40  # characters: «A/70/PV.23 01/10/2015», «09-52425 18»
_PAGE_LINES = re.compile(r"(?:[\dA-Z/][\dA-Z/.\- ]{0,40}\s*\n\s*){1,3}+(\S)")
_LOWER = re.compile(r"[^\W\d_A-ZА-ЯЁƏĞİÖŞÜÇ]")
_OPENED = re.compile(rf"[{_OPENING}]*+")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n|\r\s*\r(?!\n)|[\f\u2029]")
_LIST_ITEM = re.compile(r"[-–—−•*·▪]\s|\(?(?:\d{1,3}|[^\W\d_])[.)]\s")

# Never the end of a sentence: a name or an explanation follows.
_LEADING = frozenset(
    "ул пл просп акад проф доц ген полк подп кап лейт серж адм тов гр напр св архиеп еп митр зам "
    "дж т.е т.к т.н т.о т.наз в.ч англ нем фр лат тур азерб исп итал яп "
    "mr mrs ms messrs dr prof gen col lt capt cpt sgt maj adm rev hon gov sen sens rep reps det st "
    "ste mt ft vs e.g i.e cf viz approx h.e akad dos məs yəni".split()
)
# The end of a sentence only where no number follows.
_BEFORE_NUMBER = frozenset(
    "см ст стр пп рис гл табл абз разд кв корп оф тел no nos art arts fig figs para paras pp sec "
    "vol jan feb mar apr jun jul aug sept sep oct nov dec səh şək al".split()
)
# Often the end, when a capital follows that does not begin an acronym (долл. США).
_TRAILING = frozenset(
    "т.д т.п др пр руб коп долл млн млрд трлн тыс чел экз кг км см мм га мин сек обл н.э "
    "etc mln mlrd trln min nəf man km kg b.k və.s və.b".split()
)
_COMPANY = frozenset("inc ltd co corp jr sr bros им".split())
_YEAR = frozenset("г гг в вв i".split())
_ENOUGH_BEFORE_YEAR = 60  # characters: «В 2008 г. Россия …» goes on, a longer stretch has ended

# Words that with a capital letter begin a sentence, because they are part of no name.
BEGINNERS = frozenset(
    "я мы вы ты он она оно они это этот эта эти такой такие там тут здесь тогда теперь сегодня "
    "завтра вчера в во на и а но с со к ко у о об от до по при про из за для без под над через "
    "после перед между кроме как что чтобы когда если хотя пока поэтому потому так также тоже "
    "ещё еще уже не ни нет да все всё всего мой моя наш наша наши ваш ваша их его её ее кто где "
    "куда почему какой какая какие который однако затем далее кстати именно только даже вот ведь "
    "the this that these those it we he she they you our my your his her their its there here in "
    "on at by for from with without to of and but or so yet if as when while what where who why "
    "how not now then today tomorrow yesterday however therefore moreover furthermore also "
    "although after before during since because all every each some many most such let an "
    "bu biz mən siz onlar o və amma lakin ancaq həm bəli xeyr burada orada indi bugün sonra "
    "əvvəl bizim mənim sizin onun onların hər bütün belə buna bunun nə necə kim harada əgər "
    "çünki ona görə hesab".split()
)


def sentence_spans(text: str, start: int, end: int) -> list[Span]:
    """The sentences of ``text[start:end]`` in order, as offsets into the text.

    No span begins or ends in white space, none overlap, and together they hold every character
    of the range that is not white space.
    """
    return [
        piece
        for sentence in whole_sentences(text, start, end)
        for piece in _pieces(text, *sentence)
    ]


def whole_sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """The same sentences, however long."""
    habits = _habits(text)
    quotations = _quotations(text, start, end)
    quoted = 0  # the first quotation that does not end before the boundary at hand
    begin = _skip_space(text, start, end)
    word = -1  # where the first letter or digit of the sentence stands
    line = start
    for boundary in _BOUNDARY.finditer(text, start, end):
        at, behind = boundary.span()
        if boundary["stops"] is None:  # a line break
            ends = behind > begin and _line_ends(text, line, at, behind, end, habits)
            line = behind
        else:
            if word < begin:  # looked for once in a sentence, so that runs of dots stay linear
                found = _WORD.search(text, begin, end)
                word = found.start() if found else end
            while quoted < len(quotations) and quotations[quoted][1] < behind:
                quoted += 1
            inside = quoted < len(quotations) and quotations[quoted][0] < at
            ends = word < at and not inside and _stop_ends(text, begin, boundary, end, habits)
        if ends:
            yield begin, _strip_space(text, begin, behind)
            begin = _skip_space(text, behind, end)
    if begin < end:
        yield begin, _strip_space(text, begin, end)


def _stop_ends(text: str, begin: int, boundary: re.Match[str], end: int, habits: _Habits) -> bool:
    """Whether the sentence that begins at ``begin`` ends with this punctuation."""
    at, behind = boundary.span()
    following = _FOLLOWING.match(text, behind, end)
    next_at = following.end() if following else end
    if next_at >= end:
        return False  # nothing but signs is left: they stay with this sentence
    letter = text[next_at]
    next_word = _FIRST_WORD.match(text, next_at, min(next_at + 20, end))
    begins = (
        next_word is not None
        and letter.isupper()
        and next_word[0].lower() in BEGINNERS
        and text[next_word.end() : next_word.end() + 1] != "."
    )
    if not text[behind].isspace():  # a space was forgotten: «… этого года.Мы …»
        return begins and next_at == behind and text[at - 2 : at].islower()
    if letter.islower():
        return not habits.has_capitals and text[behind:next_at].isspace()
    if letter in ",;:.!?…%)]}»”":
        return False
    if text[at] != "." or boundary["stops"]:
        return True
    return _full_stop_ends(text, begin, at, letter, next_word, begins)


def _full_stop_ends(
    text: str, begin: int, at: int, letter: str, next_word: re.Match[str] | None, begins: bool
) -> bool:
    """Whether the one full stop at ``at`` ends the sentence, rather than shorten a word.

    ``letter`` and ``next_word`` follow it; ``begins`` says that the word is one of BEGINNERS.
    """
    before = text[max(begin, at - 16) : at].split()
    if not before or text[at - 1].isspace():
        return True
    if at - begin <= 8 and _LIST_NUMBER.fullmatch(text, begin, at):
        return False
    token = before[-1].lstrip(_SIGNS)
    short = token.lower()
    previous = before[-2].lower() if len(before) > 1 else ""
    if len(token) == 1 and not token.isupper() and _SHORTENED.fullmatch(previous):
        short = f"{previous.rstrip('.')}.{short}"  # «и т. д.», «və s.»
    if short in _LEADING:
        return False
    if short in _BEFORE_NUMBER:
        return not letter.isdigit()
    if short in _YEAR and not token.isupper():
        counted = _NUMBER.search(previous) is not None  # «2008 г.», «XIX в.» but «г. Баку»
        return begins or (counted and at - begin >= _ENOUGH_BEFORE_YEAR)
    if short in _TRAILING:
        acronym = next_word is not None and len(next_word[0]) > 1 and next_word[0].isupper()
        return not acronym and (not letter.isdigit() or short in ("т.д", "т.п", "др", "etc"))
    if short in _COMPANY or _INITIAL.search(token):
        return begins
    return True


def _line_ends(text: str, line: int, at: int, behind: int, end: int, habits: _Habits) -> bool:
    """Whether the line from ``line`` to its break at ``at`` ends a sentence.

    ``behind`` is where the next line with something on it begins.
    """
    stop = _strip_space(text, line, at)
    if behind >= end or stop == line:
        return True
    opening = _OPENED.match(text, behind, end - 1)
    last, letter = text[stop - 1], text[opening.end() if opening else behind]
    length = stop - line
    # A page number or running head; they stand in the middle of sentences.
    no_prose = length <= _LONGEST_PAGE_LINE and not _LOWER.search(text, line, stop)
    if last not in ".!?…:;" and (length >= _SHORTEST_WRAPPED or no_prose):
        page = _PAGE_LINES.match(text, behind, end)
        if letter.islower() or (page and page[1].islower()):
            return False
    if not habits.width or _BLANK_LINE.search(text, at, behind):
        return True
    if letter.islower():
        return False
    short = no_prose or length < habits.short_line
    if _LIST_ITEM.match(text, behind, end):
        return short or last in ".!?…:;"
    return short and last not in ",-–—"


# --- what a text is like ----------------------------------------------------------------------


class _Habits(NamedTuple):
    width: int
    """The width in characters at which lines are wrapped, 0 where they are not."""
    short_line: float
    """Shorter lines end by themselves: a headline. 0 where the wrapping is uneven."""
    has_capitals: bool


@lru_cache(maxsize=4)  # a text is asked about once for each of its segments
def _habits(text: str) -> _Habits:
    """Lines are wrapped when lower case follows a fifth of the breaks between full lines."""
    has_capitals = any(map(str.isupper, text))
    wrapped: list[int] = []
    breaks = 0
    above = ""
    for line in text.split("\n"):
        below = line.strip()
        if above and below:
            breaks += 1
            if below[0].islower():
                wrapped.append(len(above))
        above = below
    full = [length for length in wrapped if length >= _SHORTEST_WRAPPED]
    width = int(statistics.median(full)) if len(full) > 1 else 0
    if len(full) * 5 < breaks or not 0 < width <= _LONGEST_WRAPPED:
        return _Habits(0, 0, has_capitals)
    short_line = _SHORT_LINE * width
    even = sum(length < short_line for length in wrapped) * 20 <= len(wrapped)
    return _Habits(width, short_line if even else 0, has_capitals)


def _quotations(text: str, start: int, end: int) -> list[Span]:
    """Where quotes and brackets that close soon open and close, outermost ones, in order."""
    waiting: list[tuple[str, int]] = []
    found: list[Span] = []
    for match in _QUOTE.finditer(text, start, end):
        sign, at = match[0], match.start()
        if sign == '"':
            opens = at == start or text[at - 1].isspace() or text[at - 1] in "([«"
        elif sign == "“":  # closes what „ opened, else opens
            opens = not (waiting and waiting[-1][0] == "„")
        else:
            opens = sign in "«„("
        if opens:
            waiting.append((sign, at))
            continue
        while waiting and sign not in _PAIRS[waiting[-1][0]] and at - waiting[-1][1] > QUOTATION:
            waiting.pop()
        if waiting and sign in _PAIRS[waiting[-1][0]]:
            opened = waiting.pop()[1]
            if at - opened <= QUOTATION:
                while found and found[-1][0] > opened:
                    found.pop()
                found.append((opened, at))
    return found


# --- sentences without an end -----------------------------------------------------------------


def _pieces(text: str, begin: int, end: int) -> Iterator[Span]:
    """The sentence itself, or pieces of at most LONGEST characters of one that is longer."""
    while (length := end - begin) > LONGEST:
        piece = length / math.ceil(length / LONGEST)
        low, high = begin + int(piece * 0.6), begin + LONGEST
        cut = high
        for inner in _INNER:
            places = [match.end() for match in inner.finditer(text, low, high)]
            if places:
                cut = min(places, key=lambda place: abs(place - begin - piece))
                break
        else:
            while cut > low and _joined(text[cut - 1], text[cut]):
                cut -= 1
        yield begin, _strip_space(text, begin, cut)
        begin = _skip_space(text, cut, end)
    yield begin, end


def _joined(before: str, after: str) -> bool:
    """Whether two characters are parts of one that people see."""
    joiners = "\u200d\ufe0e\ufe0f"
    return before == joiners[0] or after in joiners or unicodedata.combining(after) > 0


_SPACE = re.compile(r"\s*+")


def _skip_space(text: str, at: int, end: int) -> int:
    match = _SPACE.match(text, at, end)
    return match.end() if match else at


def _strip_space(text: str, begin: int, end: int) -> int:
    while end > begin and text[end - 1].isspace():
        end -= 1
    return end
