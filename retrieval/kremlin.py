"""What only the Kremlin's site leaves in the text of a page, as crawlers flatten it.

Cards of persons («… с Антоном Орловым Орлов Антон Ильич Министр связи и …»), short references
behind a name («Краткая справка …»), links to a body's news, tags and a footer («Статус
материала …»). All of it stands in mid-sentence, where no rule for lines finds it. Rules for other
sites belong in :mod:`retrieval.furniture` (lines) and :mod:`retrieval.noise`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.furniture import CAPITAL, RELATED
from retrieval.records import Span

# Links to a body's news carry no day: «Новости Совета по культуре и искусству».
BODY_LINK = (
    rf"(?:Новости|Все\s(?:новости|материалы))\s(?:[{CAPITAL}]\w+-?\w*(?:ого|ой|их|ых|х)\s|"
    r"\w+-\w+ой\s)?[а-яё]*(?:Совета|Комиссии|комиссии|Комитета|Администрации|Правительства|группы)"
    r"(?:\s(?:Безопасности|Федерации|Президента|Российской\sФедерации))?"
    r"(?:\s(?:при\sПрезиденте|[а-яё]+))*(?=\s|\Z)"
)
"""A link to the news of a council, a commission or an office."""

_FOOTER = re.compile(r"Статус\sматериала\s+Опубликован\w*\sв\sраздел")
_TAGS = re.compile(
    rf"(?<!\w)(?:(?i:{RELATED})\s[^.!?…<>\n]{{3,300}}\s)?(?:География|Темы|Лица)\s[^.!?…<>\n]*\Z"
)
_LONGEST_TAGS = 2000  # characters
_REFERENCE = re.compile(
    r"""(?<=\s)Background\sinformation\s[^\n]{1,120}?(?=\s{3}|\n|\Z)
    | (?<!\w)Краткая\sсправка\s(?:[^.,:;()\n]{1,80}\([^()\n]{1,40}\)|
      [^.,:;()\n]{1,80}?(?=\s[,.:;)]))""",
    re.VERBOSE,
)

_SIGNS_OF_REFERENCE = ("Background", "Краткая")


def footer(text: str, begin: int, end: int) -> int:
    """Where the footer begins, with its tags; ``end`` where there is none."""
    found = _FOOTER.search(text, begin, end)
    if found is None:
        return end
    tags = _TAGS.search(text, max(begin, found.start() - _LONGEST_TAGS), found.start())
    return (tags or found).start()


def references(text: str, begin: int, end: int) -> Iterator[Span]:
    """Cards of persons and short references, in mid-sentence."""
    if any(sign in text for sign in _SIGNS_OF_REFERENCE):  # else the search, which is slow, is vain
        for match in _REFERENCE.finditer(text, begin, end):
            yield match.span()
    yield from _cards(text, begin, end)


_SITE = re.compile(r"\s•\s(?:President\sof\sRussia|Президент\sРоссии)\s*\Z")


def captions(text: str, title: str | None) -> Iterator[Span]:
    """Lines that are only the page's title, or that behind a word: captions of its pictures.

    Elsewhere such a line may be spoken, as a refrain is that gave the speech its name.
    """
    if not title or not _SITE.search(title):
        return
    named = r"\s+".join(map(re.escape, _SITE.sub("", title).split()))
    for match in re.finditer(rf"(?im)^[^\S\n]*((?:\w+\s+)?{named}\.?)[^\S\n]*$", text):
        yield match.span(1)


# --- cards ------------------------------------------------------------------------------------

_WORD = rf"[{CAPITAL}][\w’'-]*\w"
_NAMED = re.compile(rf"(?<!\w)({_WORD})\]?\s+(?={_WORD})")
_NEXT_NAME = re.compile(rf"{_WORD}\s+")
_CARD_NAME = re.compile(rf"(?:{_WORD}\s+){{1,4}}?(?=\S)")
_PATRONYMIC = r"\w+(?:ович|евич|ич|вна|чна|оглы|кызы)"
_FULL_NAME = re.compile(rf"(?<!\w)({_WORD})\s+({_WORD})\s+{_PATRONYMIC}\s+")
_OFFICE = re.compile(
    r"(?:(?:первый|главн|генеральн|специальн|полномочн|постоянн|верховн|временно|исполнительн|"
    r"государственн|чрезвычайн)\w*\s+(?:и\s+)?){0,3}"
    r"(?:министр|губернатор|глава|мэр|президент|премьер|председатель|заместитель|руководитель|"
    r"директор|прокурор|помощник|советник|секретарь|статс-секретарь|представитель|уполномоченный|"
    r"исполняющ\w+\s+обязанности|врио|патриарх|король|королева|султан|эмир|канцлер|посол|"
    r"начальник|командующий|главнокомандующий|ректор|депутат|сенатор|спикер|лидер|вице-\w+|"
    r"основатель|член|координатор|муфтий|митрополит|комиссар|наследный\s+принц)"
    r"(?:-\w+)?(?!\w)",
    re.IGNORECASE,
)
_AFTER_CARD = re.compile(r"\s+(?=[,.:;)\]!?])")
# The office goes on in genitives («промышленности и торговли Российской Федерации»), after some
# words with «по» and a dative; it never holds a verb.
_GENITIVE = r"(?!\w+(?:[аеиоуыяю]л[аи]|с[яь])(?!\w))[а-яё-]+(?:ы|и|а|я|у|ой|ей|ого|его|ых|их|ов|ев)"
_NOT_OFFICE = r"(?:после|также|сегодня|вчера|когда|если|была|были|тогда|всегда|вообще|когда-то)"
_DATIVE = r"(?:[а-яё-]+(?:ому|ему|ым|им|ой|ей|ию|у|ю|е|и|ам|ям))"
_GENITIVES = rf"(?:дел|(?!{_NOT_OFFICE}(?!\w)){_GENITIVE})(?!\w)"
_GOES_ON = re.compile(
    rf"""\s+(?:«[^»\n]{{1,80}}»|\([^)\n]{{1,40}}\)(?=\s)|
      [–—-]\s+(?i:{_OFFICE.pattern})|[{CAPITAL}][\w.«»-]*\w|{_GENITIVES}|всея\s+Руси|в\s+(?:области|сфере)(?=\s)|
      и\s+(?!(?i:{_OFFICE.pattern}))(?:[{CAPITAL}]\w*[аиыйхов]|{_GENITIVES})|в\s+[{CAPITAL}]\w+-?\w*\s+федеральном\s+округе)
    |,\s+(?:{_GENITIVES}|(?i:{_OFFICE.pattern}))""",
    re.VERBOSE,
)
_BY = re.compile(rf"\s+(?:по|с|при)\s+(?:{_DATIVE}\s+)?(?:{_DATIVE}|[{CAPITAL}]\w+|\w+ми)(?!\w)")
_TAKES_BY = re.compile(
    r"(?:Министр\sРоссийской\sФедерации|(?i:представитель|уполномоченный|комитета|комиссии|совета|"
    r"агентства|службы|корпорации|помощник|советник|сотрудничеству|связям))"
    r"(?:\s(?:Президента|Правительства))?\Z"
)
_COMPLETE = re.compile(
    r"(?:Федерации|России|области|края|округа|Москвы|Санкт-Петербурга|Севастополя|Думы)\Z"
)
_CYRILLIC = re.compile("[А-Яа-я]")
_LONGEST_CARD = 260
# English cards keep their place: many spaces, the name, and the office glued to it. The first
# space is written apart from the rest, as Python looks for a single character ten times as fast.
_SPACED_CARD = re.compile(r"[^\S\n][^\S\n]{3,}(\S+)\s[^\n]{1,200}?(?=\s{2}|\s[,.:;)(!?]|\n|\Z)")
_LOOK_BACK = 60  # characters


def _cards(text: str, begin: int, end: int) -> Iterator[Span]:
    """Cards of persons behind their names: «А.Орлов Орлов Антон Ильич Министр связи»."""
    for match in _SPACED_CARD.finditer(text, begin, end):
        if match[1] in text[max(begin, match.start() - _LOOK_BACK) : match.start()].split():
            yield match.start(), match.end()
    if text.isascii() or not _CYRILLIC.search(text, begin, end):
        return  # an office is one in Russian
    for match in _NAMED.finditer(text, begin, end):
        card = match.end()
        if _OFFICE.match(text, card, end):
            continue
        second = text[card : card + 40].split(maxsplit=1)[0].strip("[].,:;")
        if _same_stem(match[1], second) or _repeated(text, card, begin):
            name = _CARD_NAME.match(text, card, end)
            while name and not _OFFICE.match(text, name.end()):
                longer = _NEXT_NAME.match(text, name.end(), end)
                if not longer or name.end() - card > _LOOK_BACK:
                    break
                name = longer
            if name and (office := _OFFICE.match(text, name.end(), end)):
                yield card, _office_end(text, office, end)
    for match in _FULL_NAME.finditer(text, begin, end):
        office = _OFFICE.match(text, match.end(), end)
        before = text[max(begin, match.start() - _LOOK_BACK) : match.start()]
        if office and any(_stem(name) in before for name in match.groups()):
            yield match.start(), _office_end(text, office, end)


def _stem(name: str) -> str:
    return name[: max(3, len(name) - 2)]


def _same_stem(name: str, card: str) -> bool:
    return name.startswith(_stem(card)) and abs(len(name) - len(card)) <= 3


def _repeated(text: str, card: int, begin: int) -> bool:
    """Whether the two words before are the two words behind: «Си Цзиньпин Си Цзиньпин …»."""
    before, behind = text[max(begin, card - 60) : card].split()[-2:], text[card : card + 60].split()
    return len(before) == 2 and before == behind[:2]


def _office_end(text: str, office: re.Match[str], end: int) -> int:
    """Where the office ends that begins in a card."""
    begin, at = office.span()
    while at - begin < _LONGEST_CARD:
        if _AFTER_CARD.match(text, at, end):
            return at
        if _TAKES_BY.search(text, begin, at) and (further := _BY.match(text, at, end)):
            at = further.end()
            continue
        further = _GOES_ON.match(text, at, end)
        if not further or (_COMPLETE.search(text, begin, at) and further[0].strip()[:1].islower()):
            return at
        at = further.end()
    return at
