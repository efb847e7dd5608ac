"""Who speaks where in a text.

Speeches are published in a few ways: alone, inside a news article, as a transcript. Each way has
one reader below that gives the text's segments, or None when the text was not published so; the
first that recognises it is believed. What none recognises has one voice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from retrieval.records import Segment, Speech
from retrieval.sentences import BEGINNERS, sentence_spans

LONGEST_HANDOVER = 200
"""Characters of the sentence by which a reporter hands over to the speaker."""
LONGEST_LEAD_IN = 3000
"""Characters within which a reporter has handed over, counted from the body's beginning."""


def segments(speech: Speech) -> list[Segment]:
    """The stretches of the body with one voice each, in order.

    What stands before ``speech.body`` belongs to none, nor does a dash that opens a speech.
    """
    for reader in _READERS:
        found = reader(speech)
        if found is not None:
            return found
    return [Segment(speech.body, len(speech.text), speech.speaker)]


# --- a news article that carries a speech -----------------------------------------------------

_LINE = re.compile(r"[^\r\n]+")
_SAID = re.compile(
    r"""(?<!\w)(?:
      сказала? | заявила? | отметила? | подчеркнула? | добавила? | сообщила? | ответила?
    | выступила? | произн[её]с | произнесла | обратил(?:ся|ась) | говорит | поблагодарила?
    | said | stated | says | noted | declared | remarked | stressed | replied | spoke | addressed
    | told | delivered | made\ a | (?:has|have)\ said
    | dedi | deyib | deyir | bildirdi | bildirib | söylədi | söyləyib | vurğuladı | vurğulayıb
    | qeyd\ (?:etdi|edib|edərək) | çıxış\ (?:etdi|edib|edərək) | müraciət\ (?:etdi|edib)
    )(?!\w)""",
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

_NAME_WORD = r"[A-ZА-ЯЁƏĞİÖŞÜÇ][\w’'.]*(?:[-‑][A-ZА-ЯЁƏĞİÖŞÜÇa-zа-яё][\w’']*)*"
_PARTICLE = r"(?:de|da|di|van|von|der|den|la|le|al|bin|ibn|el|фон|де|ван|аль|бен|оглы|oğlu|qızı)"
_NAME = re.compile(rf"{_NAME_WORD}(?:[ \u00a0]+(?:{_PARTICLE}[ \u00a0]+)*{_NAME_WORD})*")
_TITLE = re.compile(
    r"(?:вице-|vice[- ]|экс-|ex-)?(?:президент|премьер(?:-министр)?|министр|председатель|глава|"
    r"государства|канцлер|король|королева|генсек|секретарь|спикер|посол|господин|госпожа|"
    r"president|prime|minister|secretary(?:-general)?|chairman|chairwoman|chairperson|chancellor|"
    r"speaker|king|queen|ambassador|commissioner|governor|mayor|director|senator|professor|"
    r"foreign|head|chief|leader|general|mr|mrs|ms|dr|sir|his|her|excellency|the|acting|"
    r"prezident[iı]?|nazir[iı]?|baş|sədr[iı]?|katib[iı]?|lider[iı]?|dövlət|başçısı|cənab|xanım)"
    r"\.?",
    re.IGNORECASE,
)
_COMPARISON = re.compile(r"(?:as|like|как|necə)\b", re.IGNORECASE)
_PLACE = re.compile(r"[A-ZА-ЯЁ]{2,}|Республики|.*(?:ии|стана|джана|раины|руси|ской|кого)")
_GENITIVE = re.compile(r"[аяиыйь]$")
_PATRONYMIC = re.compile(r"(?:ич|вна|ична)$")


def _news_article(speech: Speech) -> list[Segment] | None:
    """A reporter's lead-in, a line that hands over and ends in a colon, then the speech.

    A further hand-over counts only as a line of its own, and where a dash opens what follows.
    """
    text, cut = speech.text, speech.body
    voices: list[Segment] = []
    speaker: str | None = None
    for line, sentence, end, name in _handovers(text, speech.body):
        opening = _OPENING_DASH.match(text, end)
        if not voices:
            if not _is_lead_in(text[speech.body : end]) or _is_quotation(text[end:]):
                return None
            voices.append(Segment(speech.body, end, None))
            speaker = speech.speaker or name
        elif opening and line == sentence:
            voices += Segment(cut, line, speaker), Segment(line, end, None)
            speaker = name
        else:
            continue
        cut = opening.end() if opening else end
    if not text[cut:].strip() or not voices:
        return None
    return [*voices, Segment(cut, len(text), speaker)]


def _is_lead_in(text: str) -> bool:
    """Whether a reporter may have written this: short, and nobody says I or we outside quotes."""
    return len(text) <= LONGEST_LEAD_IN and not _FIRST_PERSON.search(_QUOTED.sub("", text))


def _is_quotation(text: str) -> bool:
    """Whether this begins with words in quotes and goes on behind them: a speaker quotes one."""
    text = text.strip()
    return text[:1] in tuple('«“„"') and text[-1] not in '»”“"'


def _handovers(text: str, body: int) -> Iterator[tuple[int, int, int, str]]:
    """Lines that hand over: where line and last sentence begin and end, and who speaks then."""
    for line in _LINE.finditer(text, body):
        end = line.start() + len(line[0].rstrip())
        if end == line.start() or text[end - 1] != ":":
            continue
        sentence, _ = sentence_spans(text, max(line.start(), end - 2 * LONGEST_HANDOVER), end)[-1]
        if end - sentence <= LONGEST_HANDOVER and (name := _speaker(text[sentence:end])):
            yield line.start(), sentence, end, name


def _speaker(sentence: str) -> str | None:
    """The name in «Президент Азербайджана Ильхам Алиев сказал:»; None when nobody is named."""
    if _COMPARISON.match(sentence):
        return None
    for verb in _SAID.finditer(sentence):
        if len(sentence) - verb.end() > _LONGEST_BEHIND_VERB:
            continue
        for run in reversed(list(_NAME.finditer(sentence, 0, verb.start()))):
            between = sentence[run.end() : verb.start()].strip()
            if between and not (between[0] == between[-1] == "," and len(between) > 1):
                continue  # a name reaches the verb, or the clause between commas before it
            if name := _person(sentence[: run.start()], run[0], bool(between)):
                return name
    return None


def _person(before: str, run: str, apposition: bool) -> str | None:
    """The person's name in a run of capitalised words: without titles, offices and countries."""
    words = run.split()
    if words[0].lower() in BEGINNERS:  # «Затем Ильхам Алиев …»
        del words[0]
    titles = [place for place, word in enumerate(words) if _TITLE.fullmatch(word)]
    titled = bool(titles) or _TITLE.search(before[-60:]) is not None
    words = words[titles[-1] + 1 :] if titles else words
    republic = False  # «Президент Республики Казахстан …»: the country does not change its form
    while len(words) > 1 and titled and (_PLACE.fullmatch(words[0]) or (republic and words[2:])):
        republic = words.pop(0) == "Республики"
    while len(words) > 2 and _GENITIVE.search(words[0]) and not _PATRONYMIC.search(words[1]):
        del words[0]
    office = before.rstrip().endswith((" of", " of the"))
    if office and apposition and len(words) == 2:
        return None  # «Jane Roe, President of the European Commission, said:»
    if office or len(words) > 4:
        words = words[-2:]
    enough = 1 if titled or "." in run else 2
    return " ".join(words) if len(words) >= enough else None


_READERS: tuple[Callable[[Speech], list[Segment] | None], ...] = (_news_article,)
"""Tried in this order; a further way of publishing is one more function here."""
