"""A news article that carries a speech: which words are the speaker's, which the reporter's."""

from __future__ import annotations

import re
from itertools import takewhile

from retrieval.records import Segment, Speech
from retrieval.sentences import BEGINNERS, sentence_spans

LONGEST_HANDOVER = 200
"""Characters of the sentence by which a reporter hands over to the speaker."""
LONGEST_LEAD_IN = 3000
"""Characters within which a reporter has handed over, counted from the body's beginning."""


_LINE = re.compile(r"[^\r\n]+")
_SAID = re.compile(
    r"""(?<!\w)(?:
      сказала? | заявила? | отметила? | подчеркнула? | добавила? | сообщила? | ответила?
    | выступила? | произн[её]с | произнесла | обратил(?:ся|ась) | говорит | поблагодарила?
    | said | stated | says | noted | declared | remarked | stressed | replied | spoke | addressed
    | told | delivered | made\ a | (?:has|have)\ said
    | dedi | deyib | deyir | bildirdi | bildirib | söylədi | söyləyib | vurğuladı | vurğulayıb
    | qeyd\ (?:etdi|edib|edərək) | çıxış\ (?:etdi|edib|edərək) | müraciət\ (?:etdi|edib)
    )(?!\w|\s+(?:that|что)\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_BEHIND_VERB = 70  # characters: «сказал, открывая заседание:»
# Words of a speaker, not of a reporter. A lead-in that has them is the speech itself.
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:(?i:я|мы|мне|нам|нас|наш\w*|мой|моя|мои|моего|моей|уважаемы\w+|дорогие"
    r"|we|our|my|me|ladies|mən|biz|bizim|mənim|bizə|mənə|hörmətli)|I|us|əziz)(?!\w)"
)
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"\n]*\"")
_OPENING_DASH = re.compile(r"\s*[-–—−]+\s*")

_CAPITAL = "A-ZА-ЯЁƏĞİÖŞÜÇ"
_NAME_WORD = rf"[{_CAPITAL}][\w’'.]*(?:[-‑][A-ZА-ЯЁƏĞİÖŞÜÇa-zа-яё][\w’']*)*"
_PARTICLE = r"(?:de|da|di|van|von|der|den|la|le|al|bin|ibn|el|фон|де|ван|аль|бен|оглы|oğlu|qızı)"
_NAME = re.compile(rf"{_NAME_WORD}(?:[ \u00a0]+(?:{_PARTICLE}[ \u00a0]+)*{_NAME_WORD})*")
_OFFICE = (
    r"(?:вице-|экс-|гос|ген|vice[- ]|ex-)?(?:президент|премьер(?:-министр)?|министр|председатель|"
    r"глава|канцлер|король|королева|секретарь|генсек|спикер|посол|постпред|лидер|мэр|president|"
    r"minister|secretary(?:-general)?|chair(?:wo)?man|chairperson|chancellor|speaker|king|queen|"
    r"ambassador|commissioner|governor|mayor|director|senator|head|chief|leader|"
    r"prezidenti?|naziri?|sədri?|katibi?|lideri?|başçısı)"
)
_ADDRESS = r"(?:господин|госпожа|professor|general|mrs?\.?|ms\.?|dr\.?|sir|cənab|xanım)"
_TITLE = re.compile(
    rf"{_OFFICE}|{_ADDRESS}|государства|prime|foreign|his|her|excellency|the|acting|baş|dövlət|"
    rf"(?-i:(?![IVX]+$)[{_CAPITAL}]{{2,4}})",  # «МИД», «США»
    re.IGNORECASE,
)
_TITLE_BEFORE = re.compile(rf"(?<!\w)(?:{_OFFICE}|{_ADDRESS})\s*$", re.IGNORECASE)
_COMPARISON = re.compile(r"(?:as|like|как|necə)\b", re.IGNORECASE)
# «… в своём выступлении сказал», «…, открывая мост, сказал», «…, который сказал», «çıxışında dedi»
_BETWEEN = (
    r"\s*(?:,.+,|,?\s*(?:который|которая|who)(?!\w)|,)?\s*(?:"
    r"(?:в|во|на|по|при|после|in|at|on|during|after|from)\s[^,;:]{1,60}|также|затем|далее|also|then|"
    r"(?:[a-zəğıöşüç]+\s+){0,4}[a-zəğıöşüç]+(?:da|də|dan|dən|raq|rək|kən))?\s*"
)
_UP_TO_VERB = re.compile(_BETWEEN)
_OFFICE_SPEAKS = re.compile(rf"(?<!\w){_OFFICE}(?!\w)[^,;:]{{0,80}}?{_BETWEEN}$", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?<!\w)(?i:(?P<place>of|in|at|from|в|во|на|из)|with|by|to|for|on|с|со|к|у|от|для|о|об|по|при)"
    r"(?:\s+the)?\s*$"
)

# Words of countries and bodies: no names, though they are capitalised like names.
_BODY = re.compile(
    r"United|European|White|Birləşmiş|Белый|(?:New|North|South)(?=\s\S+$)|\w{2,}(?:ая|ое|ые)(?=\s)|"
    r"(?:\S+\s)*(?:Emirates|Guinea|Republic|Islands?|Nations|States|Kingdom|Federation|Union|Bank|"
    r"Commission|Council|Assembly|Committee|Organi[sz]ation|Ministry|Parliament|Government|Office|"
    r"House|Embassy|Agency|Department|Service|Zealand|Korea|Africa|Arabia|Lanka|Rica)$|"
    r"(?:Штатов|Эмиратов|Нидерландов|Островов|Филиппин|Мальдив|Афин|Бангладеш)$"
)
_STATE = re.compile(r"(?:Республик|Королевств|Княжеств|Государств|Султанат)[аи]")
_ADJECTIVE = re.compile(r"\w+(?:ой|ого|его|ых|их)")  # «Новой Зеландии»
_PLACE = re.compile(  # in the genitive
    rf"[{_CAPITAL}]{{2,}}|.+(?:ы|ии|ки|ши|руси|стана|джана|раиля|итая|гипта)|Ирана|Ирака"
)
_VOWEL = re.compile(r".*[аеёиоуыэюя](?<!ко|зе)(?<!вили)")
_HER_SURNAME = re.compile(r".+(?:[оеё]ва|ина|ына|ая)")
_PATRONYMIC = re.compile(r".+(?:ич|вна|ична)")
_INITIALS = re.compile(rf"(?:[{_CAPITAL}]\.)+[-‑]?[{_CAPITAL}]\w+")

LONGEST_CLOSING = 300
"""Characters of the paragraph in which the reporter takes the word back."""
_SOURCE = (
    r"(?:(?:агентство|пресс-служба|корреспондент|сайт|портал|телеканал|газета)(?!\w)|"
    rf"[«“\"]?(?!(?:ООН|ЮН\w+|ВОЗ|МВФ|НАТО|ОБСЕ|МАГАТЭ|Всемирн\w+)(?!\w))[{_CAPITAL}])"
)
_AGENCY = (
    r"(?:(?!UN|NATO|OSCE|ASEAN|OPEC|IAEA|OECD)[A-ZƏĞİÖŞÜÇ]{4,}|[A-Z]\w*\.[A-Za-z]{2,3}|"
    r"Trend|Report|Reuters|Interfax|(?:the\s)?(?:[A-Z]\w+\s){0,2}(?:news\sagency|press\sservice))"
)
_REPORTS = r"(?i:сообща[ею]т|сообщил[аи]?|переда[её]т|передают|передал[аи]?|информирует|пиш[еу]т)"
_CLOSING = re.compile(
    rf"""(?:[-–—]\s*)?(?:
      Об\ этом\s+(?:\w+\s+)?{_REPORTS}\s+(?:наш\s+)?{_SOURCE}.*
    | (?:.*[,–—-]\s*)?(?:(?:об\ этом|как)\s+)?{_REPORTS}\s+{_SOURCE}.{{0,60}}
    | (?:.*[,–—-]\s*)?{_AGENCY}\s+(?:reports|reported|informs)(?!\w).*
    | (?:.*[,–—-]\s*)?(?:as\s+)?(?:reports|reported\sby|according\sto)\s+{_AGENCY}.{{0,30}}
    | According\sto\s+{_AGENCY}.*
    | (?:.*[\s,"”»])?[{_CAPITAL}][\w.’'-]*\s+(?:xəbər|məlumat)\s+ver(?:ir|ib)(?:\s+ki,.*)?
    )[.!\s]*""",
    re.VERBOSE,
)


def article(speech: Speech) -> list[Segment] | None:
    """A reporter's lead-in, a line that hands over and ends in a colon, then the speech.

    A further hand-over counts as a line of its own, where what follows opens as the first speech
    did or with a dash. A closing gives the word back to the reporter until the next hand-over.
    """
    text, cut = speech.text, speech.body
    voices: list[Segment] = []
    speaker: str | None = None
    plain = reporting = False
    for line in _LINE.finditer(text, speech.body):
        begin, end = line.start(), line.start() + len(line[0].rstrip())
        if voices and not text[cut:begin].strip():
            continue
        if voices and not reporting and _is_closing(line[0]):
            voices.append(Segment(cut, begin, speaker))
            cut, reporting = begin, True
            continue
        if (handover := _handover(text, begin, end)) is None:
            continue
        sentence, name = handover
        opening = _OPENING_DASH.match(text, end)
        if not voices:
            if not _is_lead_in(text[cut:end]) or _is_quotation(text[end:]):
                return None
            voices.append(Segment(cut, end, None))
            plain = not opening and sentence == begin
            name = speech.speaker or name
        elif reporting:
            voices.append(Segment(cut, end, None))
        elif sentence == begin and (opening or plain) and _is_lead_in(line[0]):
            voices += Segment(cut, begin, speaker), Segment(begin, end, None)
        else:
            continue
        speaker, reporting = name or None, False
        cut = opening.end() if opening else end
    if not text[cut:].strip() or not voices:
        return None
    return [*voices, Segment(cut, len(text), None if reporting else speaker)]


def _is_lead_in(text: str) -> bool:
    """Whether a reporter may have written this: short, and nobody says I or we outside quotes."""
    return len(text) <= LONGEST_LEAD_IN and not _FIRST_PERSON.search(_QUOTED.sub("", text))


def _is_closing(line: str) -> bool:
    """Whether a reporter ends his article: «Об этом сообщает …», «… xəbər verir»."""
    line = line.strip()
    short = len(line) <= LONGEST_CLOSING and _CLOSING.fullmatch(line) is not None
    return short and (line.startswith("Об этом") or _is_lead_in(line))


def _is_quotation(text: str) -> bool:
    """Whether this begins with words in quotes and goes on behind them: a speaker quotes one."""
    lines = [line for line in text.splitlines() if line.strip()]
    text = "\n".join(takewhile(lambda line: not _is_closing(line), lines)).strip()
    return text[:1] in tuple('«“„"') and text.rstrip(".,")[-1:] not in '»”“"'


def _handover(text: str, begin: int, end: int) -> tuple[int, str] | None:
    """Where the line's last sentence begins, if it hands over, and the name of who speaks then."""
    if end == begin or text[end - 1] != ":":
        return None
    sentence, _ = sentence_spans(text, max(begin, end - 2 * LONGEST_HANDOVER), end)[-1]
    if end - sentence > LONGEST_HANDOVER or (name := _speaker(text[sentence:end])) is None:
        return None
    return sentence, name


def _speaker(sentence: str) -> str | None:
    """The name in «Президент Азербайджана Ильхам Алиев сказал:»; None when nobody speaks.

    It is empty when an office speaks and nobody is named: «Премьер-министр сказал:».
    """
    if _COMPARISON.match(sentence):
        return None
    latest = len(sentence) - _LONGEST_BEHIND_VERB
    verbs = [verb for verb in _SAID.finditer(sentence) if verb.end() >= latest]
    for verb in verbs:
        for run in reversed(list(_NAME.finditer(sentence, 0, verb.start()))):
            before, between = sentence[: run.start()], sentence[run.end() : verb.start()]
            if between.strip() == "," and before.rstrip()[-1:] != ",":
                continue  # «The Prime Minister, Jane Roe, said» but «…, visiting New York, said»
            her = verb[0].lower().endswith(("ла", "лась"))
            if _UP_TO_VERB.fullmatch(between) and (
                name := _person(before, run[0], between[:1] == ",", her)
            ):
                return name
    for verb in verbs:
        office = _OFFICE_SPEAKS.search(sentence[: verb.start()])
        if office and not _BESIDE.search(sentence[: office.start()]):
            return ""
    return None


def _person(before: str, run: str, apposition: bool, her: bool) -> str | None:
    """The person's name in a run of capitalised words: without titles, offices and countries."""
    words = run.split()
    titles = [place for place, word in enumerate(words) if _TITLE.fullmatch(word)]
    if titles:  # «Затем Президент Ильхам Алиев …»
        before += " ".join(words[: titles[-1] + 1])
        words = words[titles[-1] + 1 :]
    elif words[0].lower() in BEGINNERS:  # «Затем Ильхам Алиев …», «В Баку …»
        before += words.pop(0)
    if beside := _BESIDE.search(before):  # «President of the Republic of Azerbaijan Ilham Aliyev»
        if not beside["place"] or apposition or len(words) < 3 or _BODY.fullmatch(" ".join(words)):
            return None
        words = words[-2:]
    direct, named = _TITLE_BEFORE.search(before) is not None, _without_place(words)
    name = " ".join(named if len(named) <= 4 else named[-2:])
    if not name or _BODY.match(name) or not (named[1:] or direct or _INITIALS.match(name)):
        return None
    hers = her and _HER_SURNAME.fullmatch(name) is not None
    if direct and named == words and re.search("[аяы]$|ии$", name) and not hers:
        return None  # «Спикер Милли Меджлиса …»
    return name if len(named) > 1 or hers or not _VOWEL.fullmatch(name) else None


def _without_place(words: list[str]) -> list[str]:
    """The words without the country or body at their head: «Новой Зеландии Том Ренн»."""
    while words:
        if _STATE.fullmatch(words[0]):  # the country does not change its form
            words = words[1 if len(words) == 3 else 2 :]
        elif _ADJECTIVE.fullmatch(words[0]):
            words = words[2:]
        elif _PLACE.fullmatch(words[0]) or (
            words[2:] and words[0][-1] in "ая" and not _PATRONYMIC.fullmatch(words[1])
        ):
            words = words[1:]
        else:
            break
    return words
