"""Site noise: what a page holds besides its prose, whether on lines of its own or in mid-sentence.

Links to other pages with their dates («Смотрите также … 8 мая 2025 года»), cards that explain a
name («… с Антоном Орловым Орлов Антон Ильич Министр связи и …»), share buttons, captions,
time stamps, a footer of tags. Most of it was markup that a crawler has flattened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from retrieval.records import Span

CAPITAL = "A-ZÀ-ÖØ-ÞА-ЯЁƏĞİŞŠŽČŁІҚӘҒҮҰӨҺ"
"""Capital letters, for use inside [] in a regular expression."""

_MONTH = (
    r"(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|"
    r"yanvar|fevral|mart|aprel|may|iyun|iyul|avqust|sentyabr|oktyabr|noyabr|dekabr|January|"
    r"February|March|April|May|June|July|August|September|October|November|December)"
)
_DAY = r"\d{1,2}(?:\s?[–−-]\s?\d{1,2})?"
DATE = (
    rf"(?:{_DAY}(?:\s{_MONTH})?(?:\s?[–−-]\s?{_DAY})?\s{_MONTH},?\s\d{{4}}(?:\s(?:года|г\.))?|"
    rf"{_MONTH}\s{_DAY}(?:\s?[–−-]\s?{_MONTH}\s\d{{1,2}})?,\s\d{{4}}|\d{{1,2}}\.\d{{1,2}}\.\d{{4}})"
)
"""A day as sites print it, in any of the three languages."""

_NO_STOP = r"(?:«[^»\n]{0,200}»|\.(?=[^\W\d_])|[^.!?…\n])"
_NEXT = rf"(?=\s*\Z|\s+[{CAPITAL}«“\"<*]|\s+\d)"
_ALL = r"(?:Все\s(?:новости|материалы)|Новости|All\s(?:news|materials)|News)\s(?:о|об|of|about)\s"
# A link is a title and the day of the page; a day in the middle of speech is seldom followed by
# a capital with no full stop between.
_LINK = (
    rf"(?:(?:{_ALL}[^\n]{{3,200}}?|{_NO_STOP}{{3,300}}?)\s{DATE}|"
    rf"[^\n]{{3,200}}?\spdf,\s[\d.,]+\s[кМ]Б)(?:\s{DATE})*{_NEXT}"
)
# Links to a body's news carry no day: «Новости Совета по культуре и искусству».
_BODY_LINK = (
    rf"(?:Новости|Все\s(?:новости|материалы))\s(?:[{CAPITAL}]\w+-?\w*(?:ого|ой|их|ых|х)\s|"
    r"\w+-\w+ой\s)?[а-яё]*(?:Совета|Комиссии|комиссии|Комитета|Администрации|Правительства|группы)"
    r"(?:\s(?:Безопасности|Федерации|Президента|Российской\sФедерации))?"
    r"(?:\s(?:при\sПрезиденте|[а-яё]+))*(?=\s|\Z)"
)
_RELATED = (
    r"(?:Смотрите\sтакже|См\.\sтакже|Дополнительно|Чита(?:йте|ть)\sтакже|(?:Материалы\sп|П)о\sтеме|"
    r"See\salso|Additional|Read\s(?:also|more)|Related(?:\s(?:articles|news|links|content))?|"
    r"Həmçinin\s(?:oxuyun|baxın)|Oxşar\sxəbərlər)"
)
_LINKS = re.compile(
    rf"(?<!\w){_RELATED}:?\s+(?=[{CAPITAL}«“\"\d])(?:{_LINK}|{_BODY_LINK})"
    rf"(?:\s+(?:{_RELATED}:?\s+)?(?:(?=[{CAPITAL}«“\"\d]){_LINK}|{_BODY_LINK}))*"
)
_RELATED_LINE = re.compile(rf"[^\S\n]*{_RELATED}:?[^\S\n]*(?:\n|\Z)")
_LINK_LINE = re.compile(
    rf"[^\S\n]*(?:{_RELATED}:?|News\sof\s.{{3,120}}|All\snews\s.{{3,200}}|.{{3,300}}\s{DATE})\s*"
)
_LINES_OF_LINK = 3
_SPEAKER_OF_LINK = re.compile(r"(?<!\w)(?:я|мы|нам|нас|мне|наш\w*|I|we|our|my)(?!\w)", re.I)

_NETWORKS = (
    r"(?:Facebook|Twitter|X|Telegram|WhatsApp|ВКонтакте|VK|Одноклассники|LinkedIn|Viber|Email|"
    r"Е-mail|E-mail|Messenger|Instagram|YouTube|Livejournal)"
)
_LINE = re.compile(
    rf"""(?:
      (?:Поделиться|Распечатать|Печать|Версия\ для\ печати|Скопировать\ ссылку|Реклама|Видео|Аудио
      |Фото|Текстовая\ версия|Комментарии|Print|Tweet|E-?mail|Copy\ link|Advertisement|Share|Video
      |Audio|Photos?|Play|Pause|Mute|Subscribe|Comments|Paylaş|Çap\ et|Reklam|Foto|Abunə\ ol)
      (?:\s*\(?\d+\)?)?
    | (?:Поделиться|Share|Paylaş)\s(?:this\ \w+|on|via|в|:)?\s*(?:[,/|]?\s*{_NETWORKS})*
    | {_NETWORKS}(?:[\s,/|]+{_NETWORKS})*
    | (?:Подпи(?:сывайтесь|шитесь)|Следите\ за|Subscribe\ to|Sign\ up\ for|Follow\ us|Listen\ to
      \ this|Слушать|Watch\ the\ video|Abunə\ olun|Bizi\ izləyin)(?:\s[^\n]{{0,100}})?
    | (?:Фото(?:графи[яи])?|Автор\ фото|Источник\ фото|Видео|Photos?|Photo\ (?:by|credit)|Picture
      |Image(?:\ credit)?|Video|Foto|Теги|Tags?|Темы|Рубрик[аи]|Категори[яи]|Category|Categories
      |Keywords|Topics?|Açar\ sözlər|Mövzu|Дата\ публикации|Опубликовано|Published|Posted|Updated
      |Last\ updated|Dərc\ olunub|Ссылка\ на\ материал)\s*[:/]\s*[^\n]{{0,200}}
    | ©[^\n]{{0,200}}
    | {_RELATED}:\s[^\n]{{3,250}}
    | (?:Главная|Home|Ana\ səhifə)(?:\s*[/>»›|→]\s*[^/>»›|→\n]{{1,80}})+
    | {DATE}(?:,?\s+\d{{1,2}}:\d\d)?
    | \d{{1,2}}:\d\d(?::\d\d)?(?:\s*/\s*\d{{1,2}}:\d\d(?::\d\d)?)?
    )[\s.]*""",
    re.VERBOSE,
)
_LONGEST_LINE = 300
# The words that such lines begin with, so that few lines are looked at closely.
_LINE_OPENS = frozenset(
    "читайте читать материалы смотрите см по read related see həmçinin oxşar "
    "поделиться распечатать печать версия скопировать реклама видео аудио фото фотография "
    "фотографии автор источник текстовая комментарии подписывайтесь подпишитесь следите слушать "
    "теги темы рубрика рубрики категория категории дата опубликовано ссылка главная print tweet "
    "email e-mail copy advertisement share video audio photo photos picture image play pause mute "
    "subscribe comments sign follow listen watch tag tags category categories keywords topic "
    "topics published posted updated last home facebook twitter x telegram whatsapp вконтакте vk "
    "одноклассники linkedin viber messenger instagram youtube livejournal paylaş çap reklam foto "
    "abunə bizi açar mövzu dərc ana january february march april may june july august september "
    "october november december".split()
)
_OPENS = re.compile(r"\s*(?:([^\W\d_][\w-]*)|\d|©)")

_INLINE = re.compile(
    rf"""\*(?:[^\S\n]?\*){{2,}} | <\s?(?:…|\.\.\.)\s?>
    | (?<!\w)(?:Поделиться|Share)(?:\s+(?:в|on)?\s*{_NETWORKS})+(?!\w)
    | (?<=[.!?…»”)])\s(?:Фото|Photo):\s[^.!?\n]{{2,80}}?/\s?(?:ТАСС|РИА\sНовости|[A-Z]{{2,9}})\b
    | (?<=\s)Background\sinformation\s[^\n]{{1,120}}?(?=\s{{3}}|\n|\Z)
    | (?<!\w)Краткая\sсправка\s(?:[^.,:;()\n]{{1,80}}\([^()\n]{{1,40}}\)|
      [^.,:;()\n]{{1,80}}?(?=\s[,.:;)]))
    | \.{{3}}\sЧитать\sдалее""",
    re.VERBOSE,
)
_FOOTER = re.compile(r"Статус\sматериала\s+Опубликован\w*\sв\sраздел")
_TAGS = re.compile(
    rf"(?<!\w)(?:{_RELATED}\s[^.!?…<>\n]{{3,300}}\s)?(?:География|Темы|Лица)\s[^.!?…<>\n]*\Z"
)
_LONGEST_TAGS = 2000  # characters


def noise(text: str, begin: int, end: int) -> list[Span]:
    """The site noise of ``text[begin:end]`` in order; none overlap."""
    spans: list[Span] = []
    if footer := _FOOTER.search(text, begin, end):
        tags = _TAGS.search(text, max(begin, footer.start() - _LONGEST_TAGS), footer.start())
        spans.append(((tags or footer).start(), end))
        end = spans[0][0]
    spans += (match.span() for match in _INLINE.finditer(text, begin, end))
    for match in _LINKS.finditer(text, begin, end):
        if not _SPEAKER_OF_LINK.search(match[0]):
            spans.append(match.span())
    spans += _cards(text, begin, end)
    spans += _lines(text, begin, end)
    return _merged(spans)


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


def _lines(text: str, begin: int, end: int) -> Iterator[Span]:
    """Lines that are noise as a whole, and lists of links under «See also»."""
    at = begin
    while at < end:
        stop = text.find("\n", at, end) + 1 or end
        if related := _RELATED_LINE.match(text, at, end):
            stop = related.end()
            while (further := _after_link(text, stop, end)) > stop:
                stop = further
            yield at, stop
        elif (
            stop - at <= _LONGEST_LINE
            and (opens := _OPENS.match(text, at, stop))
            and (not opens[1] or opens[1].lower() in _LINE_OPENS)
            and _LINE.fullmatch(text[at:stop].strip())
        ):
            yield at, stop
        at = stop


def _after_link(text: str, begin: int, end: int) -> int:
    """Where the link ends that begins on this line; the line's beginning when there is none."""
    stop = begin
    for _ in range(_LINES_OF_LINK):  # a long title is wrapped
        line, stop = stop, text.find("\n", stop, end) + 1 or end
        if _LINK_LINE.fullmatch(text[begin:stop].replace("\n", " ")):
            return begin if _SPEAKER_OF_LINK.search(text, begin, stop) else stop
        if text[line:stop].rstrip()[-1:] in (*".!?…:;", ""):
            break
    return begin


# --- cards ------------------------------------------------------------------------------------

_WORD = rf"[{CAPITAL}][\w’'-]*\w"
_NAMED = re.compile(rf"(?<!\w)({_WORD})\]?\s+(?={_WORD})")
_NEXT_NAME = re.compile(rf"{_WORD}\s+")
_CARD_NAME = re.compile(rf"(?:{_WORD}\s+){{1,4}}?(?=\S)")
_PATRONYMIC = r"\w+(?:ович|евич|ич|вна|чна|оглы|кызы)"
_FULL_NAME = re.compile(rf"({_WORD})\s+({_WORD})\s+{_PATRONYMIC}\s+")
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
_LONGEST_CARD = 260
# English cards keep their place: many spaces, the name, and the office glued to it.
_SPACED_CARD = re.compile(r"[^\S\n]{4,}(\S+)\s[^\n]{1,200}?(?=\s{2}|\s[,.:;)(!?]|\n|\Z)")
_LOOK_BACK = 60  # characters


def _cards(text: str, begin: int, end: int) -> Iterator[Span]:
    """Cards of persons behind their names: «А.Орлов Орлов Антон Ильич Министр связи»."""
    for match in _SPACED_CARD.finditer(text, begin, end):
        if match[1] in text[max(begin, match.start() - _LOOK_BACK) : match.start()].split():
            yield match.start(), match.end()
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
