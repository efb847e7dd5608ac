"""A transcript: turns, each behind a label that says who speaks.

Labels stand on lines of their own («Question:», "**Jane Roe:**") or in the middle of one endless
line («… спасибо. В.Орлов: Прошу. Вопрос: …»). A colon alone makes no label: people say «Скажу
так: …» too. What looks like a name is believed on the evidence of where it stands, whether it
recurs, and whether the document knows the name otherwise.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from retrieval.article import article
from retrieval.furniture import CAPITAL, DATE
from retrieval.noise import noise, without
from retrieval.people import (
    INITIAL,
    NAME_WORD,
    NO_PERSON,
    OFFICE,
    PARTICLES,
    ROLE,
    People,
    title_case,
    without_address,
)
from retrieval.records import Segment, Span, Speech
from retrieval.sentences import BEGINNERS

LONGEST_LABEL = 240
"""Characters of a label, with the card of the person that may stand in it."""
LONGEST_LEAD_IN = 4000
"""Characters before a label that occurs once and is the only one."""

LONG_LEAD_IN = 1500
"""Characters before the first label that may be an article of its own."""

Kind = Literal["initials", "office", "name", "described", "role", "word", "unknown"]


@dataclass(frozen=True, slots=True)
class _Label:
    """What may be a label: where it stands and what it calls the speaker."""

    begin: int
    end: int
    name: str
    kind: Kind
    sure: bool = False
    """It has what only a label has: a person's card, a remark on the translation."""
    at_line: bool = False
    after_stop: bool = True
    """A turn may begin here: at a line's start, or where a sentence has ended."""

    @property
    def key(self) -> str:
        return self.name.casefold()


def transcript(speech: Speech) -> list[Segment] | None:
    """A lead-in by nobody and turns by those whom the labels name; None if there are no turns.

    Labels and site noise belong to no segment; noise within a turn makes two segments of it.
    """
    text = speech.text
    found = list(_candidates(speech))
    stopped = _stopped(speech)
    if not found and not stopped:
        return None
    spans = noise(text, speech.body, len(text))
    found = [_after_noise(text, label, spans) for label in found]
    people = People(speech, [label.name for label in found if label.kind == "name"])
    found = [
        replace(label, name=people.person_in(label.name))
        if label.kind in ("office", "described")
        else label
        for label in found
    ]
    found = [label for label in found if label.kind == "role" or not NO_PERSON.search(label.name)]
    labels = _believed(speech, found, people)
    if len(stopped) > len(labels) and _is_record(stopped):
        labels = stopped
    elif sum(label.at_line for label in labels) > 1:
        labels = _with_rare(text, labels, [*_unknown(speech, spans, labels), *_asked(stopped)])
    quoted = sum(text.startswith(("«", "“", '"'), label.end) for label in labels)
    if quoted * 2 >= len(labels):
        return None  # none at all, or a reporter quotes people, each behind his name
    names = _speakers(labels, speech, people)
    segments = list(_lead_in(speech, labels[0].begin, spans))
    closing = _closing(text, labels[-1].end, spans)
    ends = [label.begin for label in labels[1:]] + [closing]
    for label, end in zip(labels, ends, strict=True):
        segments += _turn(text, label.end, end, names[label.name], spans)
    for span in without(spans, closing, len(text)):
        segments += trimmed(text, *span, None)
    return segments


# --- what may be a label ----------------------------------------------------------------------

_COLON = re.compile(r":(?=[*_]{0,2}(?:\s|\Z))")
_BEHIND = re.compile(r":[*_]*\s*")
_LINES_OF_LABEL = 2
_MARKUP = re.compile(
    r"\s*(?:[-–—•>#]+\s+)?(?:[*_]{1,3})?(?:[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?\s*)?"
)
_REMARK = re.compile(r"\s*(?:\([^()\n]{1,160}\)|\[[^\[\]\n]{1,60}\])\s*\Z")
_TRANSLATED = re.compile(r"перевед|перевод|по[-‑]\w+ски|translat|tərcümə|in [A-Z]\w+", re.I)
_ENDED = re.compile(r"(?:\A|[.!?…:»\"”’)\]>*])\s*\Z")
_STOP = re.compile(r"(?:[.!?…][»\"”’)\]]*|[»\"”)\]>*])\s+")
_INITIALS = re.compile(
    rf"(?:{INITIAL}\s?){{1,3}}(?:(?:фон|де|ван|дер|аль|бен|von|van|de|der|al)[ -])*{NAME_WORD}"
    rf"(?:\s(?:{NAME_WORD}|оглы|oğlu)){{0,3}}"
)
_SURNAME_FIRST = re.compile(rf"({NAME_WORD}(?:-{NAME_WORD})?)\s((?:{INITIAL}\s?){{1,2}})")
_ANSWERS = frozenset("ответ answer a cavab президент president prezident".split())
_PROSE = re.compile(
    r"(?<!\w)(?:is|are|was|were|has|have|had|will|says?|said|told|asked|this|that|these|I|we|you|"
    r"he|she|they|it|not|dear|ladies|gentlemen|friends|colleagues|delegates|excellenc(?:y|ies)|majesty|уважаем\w+|дорог\w+|hörmətli|əziz|сказал\w*|сообщ\w+|"
    r"заявил\w*|отметил\w*|это|я|мы|вы|он|что|как|так|bu|dedi|deyib|bildirib)(?!\w)",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(r"(?<!\w)(?:[a-z]+ed|took|set|made|held|when|than|which|who)(?!\w)")
_NAME_FIRST = re.compile(
    rf"({NAME_WORD}(?:\s{NAME_WORD}){{1,2}}(?=,)|(?i:(?:crown\s)?{OFFICE.pattern})(?:\s{NAME_WORD})+?)"
    rf"(?:,\s(?:[a-zа-яё]|(?i:{OFFICE.pattern}))[^.!?;«»“”]{{3,120}}|\sof\s[^.,!?;]{{3,60}})"
)
# "Minister of Foreign Affairs:" names nobody, "President of Austria Jan van Dael:" does.
_BODY_OF = re.compile(r"(?<!\w)(?:of|for|and|the|of the|in)\s+\S+\s+\S+\Z")


def _candidates(speech: Speech) -> Iterator[_Label]:
    text, floor = speech.text, speech.body
    for colon in _COLON.finditer(text, speech.body):
        at = colon.start()
        label = _label_before(text, floor, at, speech.language)
        if label:
            behind = _BEHIND.match(text, at)
            end = behind.end() if behind else at + 1
            lower = text[end : end + 1].islower()
            if lower and label.kind in ("role", "name", "word") and not label.sure:
                continue
            if lower and _PARTICIPLE.search(text, label.begin, at):
                continue  # "Jane Roe    Roe Jane Governor expressed her gratitude for two things:"
            yield replace(label, end=end)
        floor = at + 1


def _label_before(text: str, floor: int, colon: int, language: str) -> _Label | None:
    """The label that ends at this colon and does not begin before ``floor``."""
    if colon == floor or text[colon - 1].isdigit():
        return None
    line = max(text.rfind("\n", 0, colon) + 1, floor)
    if line == 0 or text[line - 1] == "\n":
        alone = _parse(text, line, colon, language)
        for begin in _line_starts(text, floor, line):
            label = alone if begin == line else _parse(text, begin, colon, language)
            whole = alone is None or alone.kind in ("word", "described")
            if label and label.kind == "described" and not _ENDED.search(text, 0, begin):
                continue  # "… the father of⏎John Roe, gave the following answer:"
            if label and (
                begin == line
                or (label.kind in ("name", "office", "described") and whole)
                or OFFICE.match(text, begin)
            ):
                return replace(label, at_line=True)
    window = max(floor, line, colon - LONGEST_LABEL)
    for stop in _STOP.finditer(text, window, colon):
        label = _parse(text, stop.end(), colon, language)
        if label and label.kind != "described":
            return label
    for start in re.compile(rf"(?<!\w){INITIAL}").finditer(text, window, colon):
        label = _parse(text, start.start(), colon, language)
        if label and label.kind == "initials":
            return replace(label, after_stop=False)
    return None


def _line_starts(text: str, floor: int, line: int) -> list[int]:
    """Where a label may begin that ends on this line, which may be wrapped; the farthest first."""
    starts = [line]
    while len(starts) <= _LINES_OF_LABEL and starts[0] > max(floor, 1):
        above = max(text.rfind("\n", 0, starts[0] - 1) + 1, floor)
        shown = text[above : starts[0]].strip()
        if not shown or shown[-1] in ".,!?…:;»”>*)" or len(shown) > LONGEST_LABEL // 2:
            break
        starts.insert(0, above)
    return [start for start in starts if text[start : start + 1].isupper() or start == line]


def _parse(text: str, begin: int, colon: int, language: str) -> _Label | None:
    """A label that is all that stands between the two offsets, but for markup and remarks."""
    markup = _MARKUP.match(text, begin, colon)
    inner = markup.end() if markup else begin
    shown = text[inner:colon]
    written = re.sub(r"[*_]+\Z", "", shown.rstrip()).strip()
    written, *card = re.split(r"[^\S\n]{4,}", written)
    sure = bool(card)
    while remark := _REMARK.search(written):
        sure = sure or _TRANSLATED.search(remark[0]) is not None
        written = written[: remark.start()]
    if surname := _SURNAME_FIRST.fullmatch(title_case(written, language)):
        return _Label(begin, colon, surname[2].replace(" ", "") + surname[1], "initials", sure)
    if (
        not written
        or "*" in written
        or written[0].islower()
        or not (written[-1].isalpha() or written[-1] in "»”")
    ):
        return None
    words = written.split()
    named = _without_card(words)
    sure = sure or len(named) < len(words)
    name = title_case(" ".join(named), language)
    kind = _kind(name, sure)
    told = _NAME_FIRST.fullmatch(name) if kind is None else None
    if told and not _PROSE.search(name) and not _PARTICIPLE.search(name):
        # "Jane Roe, head of the branch", "Prince Jan of …"
        name, kind = told[1], "office" if OFFICE.match(told[1]) else "described"
    if kind is None:
        return None
    return _Label(begin, colon, name, kind, sure)


def _without_card(words: list[str]) -> list[str]:
    """The words before the card: «О.Белова Белова Ольга Петровна Министр …» is «О.Белова»."""
    last = [word.rsplit(".", 1)[-1] for word in words]
    for size in (3, 2, 1):
        for at in range(size, len(words) - size + 1):
            repeated = last[at - size : at] == words[at : at + size]
            if repeated and len(words) > at + size - (1 if size > 1 else 0):
                return words[:at]
    return words


def _kind(name: str, sure: bool) -> Kind | None:
    if ROLE.fullmatch(name):
        return "role"
    if _INITIALS.fullmatch(name):
        return "initials"
    if _PROSE.search(name) or re.search(
        r"[.!?;«»“”\"](?!\w)", re.sub(r"\b(?:Mr|Mrs|Ms|Dr|Gen|St)\.", "", name, flags=re.I)
    ):
        return None
    plain = [word.strip(",.") for word in name.split()]
    capital = [re.match(NAME_WORD, word) or word in PARTICLES for word in plain]
    if not re.fullmatch(rf"{NAME_WORD}|{INITIAL}", plain[-1]) or plain[0].lower() in BEGINNERS:
        return None
    office = [bool(OFFICE.fullmatch(word)) for word in plain]
    if any(office) and not office[-1] and len(plain) > 1:
        if len(plain) > 2 and not all(capital[-2:]):
            return None
        if len(plain) > 2 and _BODY_OF.search(name):
            return None
        return "office" if len(plain) == 2 or sum(map(bool, capital)) > 1 else None
    if (any(office) and office[-1]) or NO_PERSON.search(" ".join(plain[-2:])):
        return None
    if all(capital):
        if len(plain) == 1:
            return "word" if len(name) > 2 else None
        return "name" if len(plain) <= (6 if sure else 4) and "," not in name else None
    described = all(capital[-2:]) and not _PARTICIPLE.search(name)
    return "described" if described and not _BODY_OF.search(name) else None


_TITLE = r"(?:Mrs?|Ms|Dr|Sen|Rep|Gen|Hon|St)\."
# Verbatim records end a label with a full stop: «ПЕТРОВА Н.П., фракция. …», "Mr. ROE. …".
_STOPPED = re.compile(
    rf"""^[^\S\n]*(?P<label>(?P<letter>[QA])(?=\.\s|\s\s)
      | (?:[{CAPITAL}]{{3,}}|[{CAPITAL}]{{2}}(?=\s[{CAPITAL}]{{2}}))(?:[ -][{CAPITAL}]{{2,}}){{0,6}}
        (?:\s[{CAPITAL}]\.(?:\s?[{CAPITAL}]\.)?)?(?:,\s[^.\n]{{3,80}})?
      | [Tt]he\s[{CAPITAL}]{{4,}}(?:\s[{CAPITAL}]{{2,}}){{0,3}}
      | (?:Mrs?\.|Ms\.|Dr\.|Senator|Chair(?:man|woman)|Representative|Sen\.|Rep\.)
        (?:\s[{CAPITAL}][\w’'-]+){{1,2}}(?:\sof\s[{CAPITAL}]\w+)?
    )(?:(?<=[QA])\s\s+|\.\s+|(?<=\.)\s+)(?=[{CAPITAL}«“"(…—])""",
    re.VERBOSE | re.MULTILINE,
)
_LINE_LABEL = re.compile(rf"^[^\S\n]*(?P<label>[{CAPITAL}][^\n:]{{1,79}}):(?P<gap>\s+)", re.M)
_WORDS_OF_LABEL = 7
_WORDS_OF_NOUNS = 4
_OWN_WORDS = re.compile(
    r"\w+(?:[ую]|[еи]м|ите)(?!\w)|(?:итак|значит|например|another|next|last|other)(?!\w)", re.I
)
"""How a speaker, rather than a label, begins: «Повторю: …»."""


def _stopped(speech: Speech) -> list[_Label]:
    """The beginnings of paragraphs that may be labels without a colon."""
    found = []
    for match in _STOPPED.finditer(speech.text, speech.body):
        written = match["label"].split(",")[0].strip()
        name = title_case(written, speech.language) if len(written) > 1 else written
        if surname := _SURNAME_FIRST.fullmatch(name if name.endswith(".") else f"{name}."):
            name = surname[2].replace(" ", "") + surname[1]
            kind: Kind = "initials"
        else:
            kind = _kind(name, sure=False) or "unknown"
        last = written.split()[-1]
        if OFFICE.fullmatch(last) and not last.isupper():
            continue  # "Mr. President. …" is how a speaker begins
        if re.fullmatch("[IVXLC]+", written):
            continue  # a numbered part
        found.append(_Label(*match.span(), name, kind, at_line=True))
    return found


def _is_record(stopped: list[_Label]) -> bool:
    """Whether paragraphs begin with labels so often that they are no headings."""
    count = Counter(label.key for label in stopped)
    return len(stopped) > 2 and len(count) > 1 and count.most_common(1)[0][1] > 1


def _asked(stopped: list[_Label]) -> list[_Label]:
    """Questions and answers that are marked with a letter: «Q    Thanks. Will it open?»"""
    letters = [label for label in stopped if label.name in ("Q", "A")]
    return letters if any(label.name == "Q" for label in letters) else []


def _unknown(speech: Speech, spans: list[Span], labels: list[_Label]) -> Iterator[_Label]:
    """Lines of a transcript that begin like its turns, with a label that is nobody's name.

    Whoever speaks, it is not the one before: «Звонок в студию, Маяк: …», "THE COURT: …".
    """
    text = speech.text
    turns = [label.begin for label in labels]
    matches = list(_LINE_LABEL.finditer(text, speech.body))
    lines = {match.start("label") for match in matches}
    for match in matches:
        begin, end = match.start("label"), match.end()
        at = bisect_left(turns, begin + 1) - 1
        if at < 0 or begin < labels[at].end or _is_within(spans, begin):
            continue
        before = text[max(0, begin - _STOP_NEAR) : begin]
        if _ENTRY.match(text, end) or not ("\n\n" in before or _ENDED.search(before)):
            continue  # a list, or a sentence that is wrapped
        written = _REMARK.sub("", match["label"]).rstrip("*_ ")
        kind = _unknown_kind(written, text[end : end + 1], "\n" in match["gap"])
        if kind is None:
            continue
        stop = text.find("\n", end)
        further = re.compile(r"\s*(?=\S)").match(text, stop) if stop >= 0 else None
        behind = further.end() if further else len(text)
        if kind == "nouns" and not (
            behind >= len(text) or behind in lines or any(t == behind for t in turns)
        ):
            continue  # more paragraphs follow: a heading in somebody's speech
        yield _Label(begin, end, title_case(written, speech.language), "unknown", at_line=True)


def _unknown_kind(written: str, follows: str, on_its_own: bool) -> Literal["name", "nouns"] | None:
    words = written.split()
    plain = re.sub(rf"{_TITLE}|{INITIAL}", "", written, flags=re.I)
    if (
        not (follows.isupper() or follows in tuple("(…—–-") or follows.isdigit())
        or len(words) > _WORDS_OF_LABEL
        or not written[-1:].isalpha()
        or re.search(r"[.!?;…]", plain)
        or _FIRST_PERSON.search(written)
        or _OWN_WORDS.match(written)
    ):
        return None
    if written.isupper():
        return None if NO_PERSON.search(written) else "name"
    capital = [re.match(NAME_WORD, word) is not None for word in words]
    opens = words[0].lower() in BEGINNERS and not (len(words) > 1 and all(capital))
    if on_its_own or _PROSE.search(written) or opens:
        return None
    if len(words) > 2 and all(capital[-2:]) and OFFICE.fullmatch(words[0]):
        return "name"
    return "nouns" if len(words) <= _WORDS_OF_NOUNS and not NO_PERSON.search(written) else None


def _is_within(spans: list[Span], at: int) -> bool:
    return any(left <= at < right for left, right in spans)


def _with_rare(text: str, labels: list[_Label], rare: list[_Label]) -> list[_Label]:
    """All labels in order; of two at one place the one that was believed before."""
    taken = {label.begin for label in labels}
    found = [*labels]
    for label in rare:
        if not any(begin in taken for begin in range(label.begin, label.end)):
            found.append(label)
    return sorted(found, key=lambda label: label.begin)


# --- which of them are labels -----------------------------------------------------------------

_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"\n]*\"")
_FIRST_PERSON = re.compile(
    r"(?<!\w)(?:(?i:я|мы|мне|нам|нас|наш\w*|мой|моя|мои|we|our|my|me|mən|biz|bizim|mənim)|I)(?!\w)"
)


_STOP_NEAR = 6  # characters
_ENTRY = re.compile(rf"({NAME_WORD}(?:\s{NAME_WORD}){{1,3}})\.?[^\S\n]*(?:\n|\Z)")
_SAYS = re.compile(r"сказа\w+|говор\w+|отме\w+|заяв\w+|пис\w+|счита\w+|подчеркн\w+|словам\w*")


_LONGEST_FORM = 60  # characters of a label that is looked for elsewhere
_WORDS_OF_FORM = 8
_PERSONAL = 500  # characters with one such word: who speaks says I or we more often


def _after_noise(text: str, label: _Label, spans: list[Span]) -> _Label:
    """A label that noise alone parts from the sentence before stands where a turn may begin."""
    at = bisect_left(spans, (label.begin, label.begin))
    if at and not text[spans[at - 1][1] : label.begin].strip():
        return replace(label, after_stop=True)
    return label


def _believed(speech: Speech, found: list[_Label], people: People) -> list[_Label]:
    """The candidates that are labels, in order."""
    found = _first_at_place(speech.text, found)
    count = Counter(label.key for label in found if label.after_stop)
    found = [
        label for label in found if count[label.key] > 1 or not _is_entry(speech.text, label.end)
    ]

    def known(label: _Label) -> bool:
        return people.mentions(label.name) > 0

    strong = {
        label.key
        for label in found
        if label.after_stop
        and (
            label.kind in ("initials", "office")
            or (label.sure and label.kind != "role")
            or (label.kind == "name" and (count[label.key] > 1 or known(label)))
        )
    }
    recurring = {
        label.key
        for label in found
        if count[label.key] > 1
        and (label.kind == "role" or (label.kind == "word" and (label.at_line or known(label))))
    }
    believed = strong | (recurring if len(strong | recurring) > 1 else set())
    if not believed:
        alone = [label for label in found if label.kind == "name" and label.after_stop]
        return alone if len(alone) == 1 and _stands_alone(speech, alone[0], people) else []
    turns = sum(count[key] for key in believed)
    if turns > 1 or strong:
        believed |= {
            label.key
            for label in found
            if label.after_stop
            and label.kind in ("name", "described", "role")
            and (label.at_line or (label.kind == "role" and _is_followed(label, found, believed)))
        }
    first = min(label.begin for label in found if label.after_stop and label.key in believed)
    labels = [
        label
        for label in _with_repetitions(speech.text, speech.body, found, believed)
        if (_may_stand(speech.text, label) or (label.begin < first and label.kind == "role"))
    ]
    if len({label.key for label in labels}) == 1 and labels[0].kind in ("role", "word"):
        return []
    if len(labels) == 1:
        return labels if _stands_alone(speech, labels[0], people) else []
    # Names that occur once each may be headings.
    certain = any(
        count[label.key] > 1 or label.sure or label.kind in ("initials", "office", "role")
        for label in labels
    )
    return labels if certain else []


def _is_entry(text: str, begin: int) -> bool:
    """Whether only a name is left on the line: a list, not a dialogue ("Director: Jane Roe")."""
    entry = _ENTRY.match(text, begin)
    return entry is not None and not any(
        OFFICE.fullmatch(word) or word.lower() in BEGINNERS for word in entry[1].split()
    )


def _first_at_place(text: str, found: list[_Label]) -> list[_Label]:
    """The candidates; the first with initials may follow a place: «Москва, Кремль В.Орлов:»."""
    for at, label in enumerate(found):
        if label.kind in ("initials", "office") or label.sure:
            if not label.after_stop and _may_stand(text, label):
                return [*found[:at], replace(label, after_stop=True), *found[at + 1 :]]
            break
    return found


def _is_followed(label: _Label, found: list[_Label], believed: set[str]) -> bool:
    """Whether another's label comes behind: who asks is answered."""
    return any(other.begin > label.begin and other.key in believed for other in found)


def _may_stand(text: str, label: _Label) -> bool:
    """Whether a turn may begin here although no sentence has ended: «Москва, Кремль В.Орлов:».

    Somebody may be interrupted in mid-sentence too, but «как сказал В.Орлов: …» is no turn.
    """
    if label.after_stop:
        return True
    before = text[max(0, label.begin - 40) : label.begin].split()
    if not before or not before[-1][:1].islower() or before[-1][-1] in "–—-.!?…»”)":
        return True
    return (
        label.kind == "initials"
        and text[label.end : label.end + 1] not in '«“"'
        and _SAYS.fullmatch(before[-1]) is None
    )


def _with_repetitions(
    text: str, body: int, found: list[_Label], believed: set[str]
) -> list[_Label]:
    """Believed labels where they stand, also where none was looked for: «… из Москвы В.Орлов:»."""
    labels = {label.end: label for label in found if label.key in believed}
    forms = {
        " ".join(text[label.begin : label.end].rstrip(" \n\t:*").split()): label
        for label in labels.values()
        if label.kind != "word" and label.end - label.begin < _LONGEST_FORM
    }
    for colon in re.compile(r":\s*").finditer(text, body):
        end = colon.end()
        if end in labels or text[end : end + 1].islower():
            continue
        words = text[max(body, colon.start() - _LONGEST_FORM) : colon.start()].split()
        for size in range(min(len(words), _WORDS_OF_FORM), 0, -1):
            if label := forms.get(" ".join(words[-size:])):
                begin = text.rindex(words[-size], body, colon.start())
                labels[end] = replace(label, begin=begin, end=end, after_stop=False, at_line=False)
                break
    return sorted(labels.values(), key=lambda label: label.begin)


def _stands_alone(speech: Speech, label: _Label, people: People) -> bool:
    """Whether one label makes a transcript: a speech behind a title, a place and a lead-in."""
    lead_in = speech.text[speech.body : label.begin]
    return bool(
        label.kind in ("initials", "office", "name")
        and len(lead_in) <= max(LONGEST_LEAD_IN, len(speech.text) // 4)
        and not _is_personal(lead_in)
        and (
            label.kind != "name"
            or people.mentions(label.name) > 0
            or (label.at_line and _is_personal(speech.text[label.end :]))
        )
        and len(speech.text) - label.end > len(lead_in) // 4
    )


def _is_personal(text: str) -> bool:
    """Whether somebody says I or we in it, and not only in a quotation or a name."""
    return len(_FIRST_PERSON.findall(_QUOTED.sub("", text))) * _PERSONAL > len(text)


def _speakers(labels: list[_Label], speech: Speech, people: People) -> dict[str, str]:
    """Who each label means. "Mr Roe" and "Mrs Roe" are two persons, "Ms Bell" is just "Bell"."""
    names = {label.name: _speaker(label, speech, people) for label in labels}
    plain = {name: without_address(found) for name, found in names.items()}
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for name, found in plain.items():
        if found != names[name]:
            titles[found].add(names[name])
    return {name: found if len(titles[found]) < 2 else names[name] for name, found in plain.items()}


def _speaker(label: _Label, speech: Speech, people: People) -> str:
    if label.kind == "unknown":
        return label.name
    if label.kind == "role":
        plain = label.key.removeprefix("the ")
        return speech.speaker if plain in _ANSWERS and speech.speaker else label.name
    return people.full_name(label.name)


# --- segments ---------------------------------------------------------------------------------

_SENTENCE_END = re.compile(r"[.!?…][»\"”)\]]*(?=\s|\Z)")
_STARS = re.compile(r"\*(?:\s?\*){2,}")
_TIME = re.compile(rf"{DATE},?(?:\s\d{{1,2}}:\d\d)?(?!\w)")
_LOOSE = " \t\n\r\u00a0,.;:)]*_"
_FURTHEST_TITLE = 80  # characters from the beginning: «События», «Главная → Новости»
_LONGEST_INTERLUDE = 1500


def _lead_in(speech: Speech, end: int, spans: list[Span]) -> Iterator[Segment]:
    """The reporter's sentences before the first turn, without headings, dates and captions."""
    text, begin = speech.text, speech.body
    if end - begin > min(LONG_LEAD_IN, len(text) - end):
        told = article(replace(speech, text=text[:end])) or []
        if any(segment.speaker for segment in told):
            for segment in told:
                for span in without(spans, segment.start, segment.end):
                    yield from trimmed(text, *span, segment.speaker)
            return
    personal = _is_personal(text[begin:end])
    boilerplate = list(spans)
    if speech.title and len(speech.title) > 8:
        title = re.escape(speech.title.split(" • ")[0])
        for match in re.compile(title).finditer(text, begin, end):
            near = match.start() - begin <= _FURTHEST_TITLE and match.start() == text.find(
                match[0], begin
            )
            boilerplate.append((begin if near else match.start(), match.end()))
    place = rf"(?:\s+{re.escape(speech.place)})?" if speech.place else ""
    stamp = re.compile(rf"{DATE},?\s\d{{1,2}}:\d\d{place}")
    boilerplate += (match.span() for match in stamp.finditer(text, begin, end))
    for left, right in without(sorted(boilerplate), begin, end):
        stops = list(_SENTENCE_END.finditer(text, left, right))
        behind = text[right:end]
        if not stops and (not behind.strip() or _STARS.match(behind) or right - left < 200):
            continue  # a heading, a place
        if stops and (right == end or _STARS.match(text, right)):
            right = stops[-1].end()
        yield from trimmed(text, left, right, speech.speaker if personal else None)


_REPORTER = re.compile(
    r"""(?:The\s(?:two\s)?(?:parties|sides|participants|leaders|heads|presidents|ministers)
    | (?:During|After|Following|At\sthe\send\sof)\sthe\s(?:meeting|talks|conversation|visit)
    | The\s(?:House|Senate|sitting|session|meeting)\s(?:was\s)?(?:adjourned|rose|ended|closed)
    | Стороны|Участники\s(?:встречи|беседы|заседания)|Собеседники|Главы\sгосударств|Также\s\w*обсу
    | (?:В\sходе|В\sзавершение|В\sконце|По\sитогам|После|По\sокончании)\s
      (?:встречи|беседы|заседания|переговоров|визита)
    | Tərəflər|Görüşdə|Söhbət\szamanı|Sonda)(?!\w)""",
    re.VERBOSE,
)
_TOLD = re.compile(
    r"(?<!\w)(?:\w+ed|met|rose|took|held|spoke|gave|также|\w+(?:ли|ло|лось|лись|ла|лась|лся)|"
    r"\w+(?:ib|ıb|ub|üb)(?:lar|lər)?|\w+d[ıiuü](?:lar|lər)?)(?!\w)"
)
_SECOND_PERSON = re.compile(r"(?<!\w)(?:you|your|вы|вас|вам|ваш\w*|siz\w*)(?!\w)", re.I)


def _closing(text: str, begin: int, spans: list[Span]) -> int:
    """Where the reporter takes the word behind the last turn; the text's end where he does not.

    Only last paragraphs count that tell of those present, and in which nobody says I, we or you.
    """
    closing = len(text)
    paragraphs = [
        (left + match.start(), left + match.end())
        for left, right in without(spans, begin, len(text))
        for match in re.finditer(r"\S(?:[^\n]|(?<![.!?…»”)])\n(?!\n))*", text[left:right])
    ]
    for left, right in reversed(paragraphs[1:]):
        if (
            not _REPORTER.match(text, left)
            or not _TOLD.search(text, left, right)
            or _FIRST_PERSON.search(text, left, right)
            or _SECOND_PERSON.search(text, left, right)
            or text[right - 1] in "?!"
        ):
            break
        closing = left
    return closing


def _turn(text: str, begin: int, end: int, speaker: str, spans: list[Span]) -> Iterator[Segment]:
    starred = False
    at = begin
    for left, right in without(spans, begin, end):
        starred = starred or (left > at and _STARS.search(text, at, left) is not None)
        at = right
        voice: str | None = speaker
        if starred and end < len(text) and right - left <= _LONGEST_INTERLUDE:
            if not _SENTENCE_END.search(text, left, right):
                continue  # the heading of the next part
            if not _is_personal(text[left:right]):
                voice = None
        yield from trimmed(text, left, right, voice)


def trimmed(text: str, begin: int, end: int, speaker: str | None) -> Iterator[Segment]:
    """The range without loose signs and spaces at its edges, if any word is left."""
    while begin < end and text[begin] in _LOOSE:
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if any(letter.isalnum() for letter in text[begin:end]):
        yield Segment(begin, end, speaker)
