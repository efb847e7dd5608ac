"""What a site puts around and between the words of a page: links, requests, credits, dates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from retrieval.records import Span

LONGEST = 250
"""Characters of a line that may be furniture; prose is longer."""
LONGEST_LINK = 160
"""Characters of a headline in a list of links."""

_LINKS = re.compile(  # a heading: what stands on the line behind it or on the lines below is links
    r"""(?:читайте|смотрите|слушайте)\s+(?:также|ещ[её])|(?:ещ[её]\s+|материалы\s+)?по\s+теме
    | (?:другие|похожие|последние|главные)\s+новости|похожие\s+материалы|популярное|самое\s+читаемое
    | новости\s+партн[её]ров|read\s+(?:also|more|next)|see\s+also|also\s+read
    | related(?:\s+(?:articles?|stories|news|links))?|more\s+(?:on\s+this|news|stories)
    | you\s+may\s+also\s+like|most\s+read|latest\s+news
    | (?:oxşar|digər|son|əlaqəli)\s+xəbərlər|həmçinin\s+(?:oxuyun|bax(?:ın)?)
    | (?:bunları|bunu)\s+da\s+oxuyun
    | ən\s+çox\s+oxunan(?:lar)?""",
    re.VERBOSE | re.IGNORECASE,
)
_ALSO = re.compile(r"(?:также|ещ[её]|also|oxuyun)$", re.IGNORECASE)
_BEHIND_HEADING = ":…»→>-–—"
_WHOLE = re.compile(  # a line that is nothing else
    r"""(?:поделиться|комментарии|комментировать|реклама|распечатать|версия\s+для\s+печати|share
    | share\s+this(?:\s+\w+)?|comments?|leave\s+a\s+comment|advertisement|print|paylaş(?:ın)?
    | şərhlər
    | reklam|çap\s+et)(?:\s*[:(]?\s*\d*\)?)?[\s.:!]*""",
    re.VERBOSE | re.IGNORECASE,
)
_BEGINNING = re.compile(
    r"""(?:подписывайтесь|подпишитесь|присоединяйтесь)\s|следите\s+за\s+(?:нашими\s+)?новостями
    | нашли\s+ошибку|заметили\s+ошибку|если\s+вы\s+(?:нашли|заметили)\s+ошибку
    | все\s+права\s+защищены
    | при\s+(?:полном\s+или\s+частичном\s+)?(?:использовании|перепечатке|цитировании)\s
    | (?:теги|тэги|ключевые\s+слова|просмотр\w+|опубликовано|обновлено|автор|источник|рубрика)\s*:
    | subscribe\s+(?:to|for)\s|follow\s+us\s|sign\s+up\s+(?:to|for)\s|join\s+our\s
    | all\s+rights\s+reserved
    | (?:tags?|keywords|views|published|updated|posted|author|source|topics?)(?:\s+on)?\s*:
    | abunə\s+ol|bizi\s+(?:\S+\s+){0,4}izləyin
    | (?:bütün|müəllif)\s+hüquqlar|materiallardan\s+istifadə
    | (?:teqlər|açar\s+sözlər|baxış\s+sayı|oxunub|müəllif|mənbə|dərc\s+olunub)\s*:
    | ©|\(c\)|copyright\s""",
    re.VERBOSE | re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?<!\w)(?:фото|фотография|видео|иллюстрация|photos?|video|image|foto|şəkil|kadr)"
    r"\s*(?:[:/©|]|(?:by|courtesy)\s)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d|\d{1,2}\s\w+\s\d{4}|\w+\s\d{1,2},\s\d{4}"
    r"|\d{1,2}:\d\d|\s|[,|/–—-])+(?:г\.?|мск|gmt|utc)?",
    re.IGNORECASE,
)


def furniture(text: str, lines: Iterable[Span]) -> list[Span]:
    """The lines that belong to the site: found by their words, and links by their heading."""
    found: list[Span] = []
    links = False
    for begin, end in lines:
        line = text[begin:end]
        heading = _LINKS.match(line) if len(line) <= LONGEST else None
        rest = line[heading.end() :].strip() if heading else ""
        if heading and (rest[:1] in _BEHIND_HEADING or _ALSO.search(heading[0])):
            links = not rest.strip(_BEHIND_HEADING)
        elif links and len(line) <= LONGEST_LINK and line.rstrip('»”"')[-1:] not in ".:":
            pass
        elif len(line) <= LONGEST and (
            _BEGINNING.match(line)
            or _WHOLE.fullmatch(line)
            or _CREDIT.search(line)
            or _DATE.fullmatch(line)
        ):
            links = False
        else:
            links = False
            continue
        found.append((begin, end))
    return found
