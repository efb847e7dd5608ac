"""What a site puts around and between the words of a page: links, requests, credits, dates.

The one list of such lines, for articles, transcripts and speeches that stand alone. What stands in
mid-sentence is found by :mod:`retrieval.noise`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

from retrieval.records import Span

LONGEST = 250
"""Characters of a line that may be furniture; prose is longer."""
LONGEST_LINK = 160
"""Characters of a headline in a list of links, on one line of it."""
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

RELATED = (
    r"(?:(?:чита(?:йте|ть)|смотрите|слушайте)\s+(?:также|ещ[её]|по\s+теме)|см\.\s+также|"
    r"дополнительно|(?:ещ[её]\s+|материалы\s+)?по\s+теме|(?:другие|похожие|последние|главные)\s+"
    r"новости|похожие\s+материалы|следующая\s+новость|популярное|самое\s+читаемое|"
    r"новости\s+партн[её]ров|read\s+(?:also|more|next)|see\s+also|also\s+read|additional|"
    r"related(?:\s+(?:articles?|content|links?|news|stories))?|"
    r"more\s+(?:on\s+this|news|stories)|you\s+may\s+also\s+like|recommended|most\s+read|"
    r"latest\s+news|(?:oxşar|digər|son|əlaqəli)\s+xəbərlər|həmçinin\s+(?:oxuyun|bax(?:ın)?)|"
    r"(?:bunları|bunu)\s+da\s+oxuyun|ən\s+çox\s+oxunan(?:lar)?)(?!\w)"
)
"""What stands over or before links, in lower case."""
NETWORK = (
    r"(?:Facebook|Twitter|X|Telegram|WhatsApp|ВКонтакте|VK|Одноклассники|LinkedIn|Viber|"
    r"[EЕ]-?mail|Messenger|Instagram|YouTube|Livejournal)"
)
"""Where a site offers to share a page."""

_RELATED = re.compile(RELATED, re.IGNORECASE)
_ALSO = re.compile(r"(?:также|ещ[её]|also|oxuyun)$", re.IGNORECASE)
_BEHIND_HEADING = ":…»→>-–—"
_DAY_AND_TIME = rf"{DATE}(?:\s(?:года|г\.))?(?:,?\s+\d{{1,2}}:\d\d)?"
_DATED = re.compile(rf"{_DAY_AND_TIME}\s*\Z", re.IGNORECASE)
_SPEAKER = re.compile(r"(?<!\w)(?:(?i:я|мы|нам|нас|мне|наш\w*|we|our|my)|I)(?!\w)")
_NO_HEADLINE = re.compile(rf"{_SPEAKER.pattern}|[.:;,…][»”\"]?\Z|:\s.*[.!?]\Z")
_NEWS_OF = re.compile(r"(?:News\sof|All\snews|Новости|Все\s(?:новости|материалы))\s.{3,200}\Z")
_LINES_OF_LINK = 3  # a long title is wrapped
_CAPTION = r"(?:фото(?:графи[яи])?|видео|photos?|video|image|picture|foto|şəkil)"
_WHOLE = re.compile(  # a line that is nothing else
    rf"""(?:(?:поделиться|распечатать|печать|версия\ для\ печати|текстовая\ версия|комментарии
      |комментировать|скопировать\ ссылку|реклама|видео|видео\ дня|аудио|фото|смотреть\ видео
      |слушать|читать\ (?:далее|полностью)|подробнее(?:\ на\ сайте)?|пользовательское\ соглашение
      |политика\ конфиденциальности|обработка\ персональных\ данных|курс\ валют|на\ главную|наверх
      |share|share\ this(?:\ \w+)?|print|tweet|e-?mail|copy\ link|comments?|leave\ a\ comment
      |advertisement|article\ continues\ (?:after|below)\ advertisement|listen\ to\ this(?:\ \w+)?
      |watch(?:\ the)?\ video|get\ the\ latest\ headlines|video|audio|photos?|play|pause|mute
      |subscribe|cookies?|(?:cookie|privacy)\ policy|terms\ (?:of|and)\ (?:use|conditions)
      |back\ to\ top|read\ (?:full|the\ full)\ (?:story|article)|paylaş(?:ın)?|çap\ et|şərhlər
      |reklam|foto|abunə\ ol|ətraflı|davamını\ oxu)(?:\s*\(?\d+\)?)?\.?[\s.:!]*
    | (?:поделиться|share|paylaş)\s(?:this\ \w+\s|on\s|via\s|в\s)?\s*(?:[,/|]?\s*{NETWORK})+
      (?:\s(?:{_CAPTION}:|{RELATED}:?)\s.*)?
    | {NETWORK}(?:[\s,/|]+{NETWORK})*
    | (?:usd|eur|rub|azn)\s[\d.,]+
    | \d{{1,3}}\s(?:из|of)\s\d{{1,3}}
    | \d{{1,2}}\s(?:min(?:ute)?s?\s(?:read|ago)|hours?\sago)
    | {_DAY_AND_TIME}
    | (?=.*\d)(?:\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}\s\w+\s\d{{4}}
      |\w+\s\d{{1,2}},\s\d{{4}}|\d{{1,2}}:\d\d(?::\d\d)?|\s|[,|/–—-])+(?:г\.?|мск|gmt|utc)?
    )[\s:!]*""",
    re.VERBOSE | re.IGNORECASE,
)
_BEGINNING = re.compile(
    r"""(?:подписывайтесь|подпишитесь|присоединяйтесь)\s|следите\s+за\s+(?:нашими\s+)?новостями
    | нашли\s+ошибку|заметили\s+ошибку|если\s+вы\s+(?:нашли|заметили)\s+ошибку
    | все\s+права\s+защищены
    | при\s+(?:полном\s+или\s+частичном\s+)?(?:использовании|перепечатке|цитировании)\s
    | реклама[.:]\s|(?:ссылка\s+на\s+материал|дата\s+публикации)\s*:
    | (?:теги|тэги|темы|ключевые\s+слова|просмотр\w+|опубликовано|обновлено|автор|источник
      |рубрик[аи]|категори[яи])\s*:
    | subscribe\s+(?:to|for)\s|follow\s+us\s|sign\s+up\s+(?:to|for)\s|join\s+our\s
    | all\s+rights\s+reserved|our\s+standards\s*:|(?:read|see)\s+our\s+(?:full|latest)\s
    | \((?:additional\s+)?reporting\s+by\s|image\s+(?:source|caption)\s*,
    | (?:мы\s+)?следи(?:м|те)\s+за\s+развитием\s
    | (?:tags?|keywords|categor(?:y|ies)|views|(?:last\s+)?(?:updated|published|posted)|author
      |source|topics?)(?:\s+on)?\s*:
    | abunə\s+olun?|bizi\s+(?:\S+\s+){0,4}izləyin
    | (?:bütün|müəllif)\s+hüquqlar|materiallardan\s+istifadə
    | (?:teqlər|açar\s+sözlər|mövzu|baxış\s+sayı|oxunub|müəllif|mənbə|dərc\s+olunub)\s*:
    | (?:главная|home|ana\ səhifə)\s*[/>»›|→]
    | ©|\(c\)|copyright\s""",
    re.VERBOSE | re.IGNORECASE,
)
_IN_CREDITS = ("фото", "видео", "photo", "video", "image", "picture", "foto", "şəkil", "кадр",
               "иллюстрация", "kadr")  # fmt: skip
_CREDIT = re.compile(
    rf"(?<!\w)(?i:{_CAPTION}|иллюстрация|kadr|(?:автор|источник)\s+фото"
    r"|(?:image|photo|picture)\s+(?:credit|source))\s*(?:[:/©|]|(?i:предоставлен)\w*\s)"
    r"|(?<!\w)(?:Photos?|Image|Video|Picture)\s(?:source,|by|courtesy)\s"
    # «Фото Ивана Снимкова»: names alone to the line's end
    rf"|(?:\A|.*,\s)(?:Фото|Foto|Photo)(?:\s[{CAPITAL}][\w’'-]+){{1,4}}(?:\s*/.*)?\Z"
)


def furniture(text: str, lines: Iterable[Span]) -> list[Span]:
    """The lines that belong to the site: found by their words, and links by their heading.

    ``lines`` are offsets without the white space around them; so are those returned.
    """
    spans = list(lines)
    found: list[Span] = []
    at = links = 0  # lines below ``links`` may be links
    dated = False
    while at < len(spans):
        begin, end = spans[at]
        line = text[begin:end]
        heading = _RELATED.match(line) if _may_be(line) else None
        rest = line[heading.end() :].strip() if heading else ""
        size = 1
        if heading and _heads(heading[0], rest):
            dated = False
            links = at + 1 + (not rest.strip(_BEHIND_HEADING))
        elif links == at + 1 and (linked := _link(text, spans, at, dated)):
            size, with_day = linked
            dated = dated or with_day
            links = at + size + 1
        elif not _may_be(line) or not (
            (kind := _kind(line)) == "furniture" or (kind == "whole" and not _goes_on(text, end))
        ):
            at += 1
            continue
        found += spans[at : at + size]
        at += size
    return found


@lru_cache(maxsize=1 << 12)  # a text is looked at more than once, and sites repeat themselves
def _kind(line: str) -> Literal["furniture", "whole"] | None:
    """Whether a line is furniture; or would be, if it is not the beginning of a sentence."""
    if _BEGINNING.match(line):
        return "furniture"
    captioned = any(word in line.lower() for word in _IN_CREDITS)  # else the search is vain
    if captioned and _CREDIT.search(line):
        return "furniture"
    return "whole" if _WHOLE.fullmatch(line) else None


def _may_be(line: str) -> bool:
    """Whether a line is short and no middle of a sentence."""
    return len(line) <= LONGEST and not line[:1].islower()


def _heads(heading: str, rest: str) -> bool:
    """Whether links follow the words, rather than a sentence: «Смотрите также на цены.»"""
    if rest[:1] in _BEHIND_HEADING:
        return True
    return _ALSO.search(heading) is not None and rest[:1].isupper() and rest[-1] not in ".!?…"


def _link(text: str, spans: list[Span], at: int, dated: bool) -> tuple[int, bool] | None:
    """How many lines a link takes that begins here, and whether it ends in a day.

    In a list whose links have days all have them, but for those to the news of some body.
    """
    begin = spans[at][0]
    for size, (start, end) in enumerate(spans[at : at + _LINES_OF_LINK], 1):
        if _SPEAKER.search(text, begin, end):
            break
        if end - start > LONGEST or _DATED.search(text, start, end):
            return (size, True) if end - start <= LONGEST else None
        if text[end - 1] in ".!?…:;":
            break
    line = text[slice(*spans[at])]
    if _NEWS_OF.match(line):
        return 1, True
    if dated or len(line) > LONGEST_LINK or _NO_HEADLINE.search(line) or line[:1].islower():
        return None
    return None if _goes_on(text, spans[at][1]) else (1, False)


def _goes_on(text: str, end: int) -> bool:
    """Whether the sentence goes on below the line: «9 мая 1945 года⏎стало днём …»."""
    return text[end : end + 1] == "\n" and text[end + 1 : end + 2].islower()
