"""A news page that carries speech: which words are whose, and which are the reporter's.

A reporter marks speech in four ways: a sentence that hands over and ends in a colon, quotation
marks, a dash, and a clause beside the words that says who spoke them. All else is narration, and
what the site adds (links, credits, requests) is nobody's. Speech whose speaker cannot be told is
left to the narration, without a name.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from retrieval.attribution import LONGEST, QUOTED, QUOTES, SAID, People
from retrieval.furniture import furniture
from retrieval.names import same_person
from retrieval.quotations import Quotation, quotations
from retrieval.records import Segment, Span, Speech
from retrieval.sentences import whole_sentences

LONGEST_HANDOVER = 200
"""Characters of the sentence by which a reporter hands over to words without quotation marks."""
LONGEST_ASIDE = 80
"""Characters of «, – сказал он на открытии моста»: a longer clause is narration of its own."""
LONGEST_CLOSING = 300
"""Characters of the paragraph in which the reporter takes the word back."""
WORDS_PER_FIRST_PERSON = 400
"""Words in which a reporter says I or we at most once (in 4,793 speeches: 246 at most).

He may say it once more for each quotation with signs that he credits: a speaker who quotes others
says it more often than that.
"""

MOST_QUOTATIONS = 30
"""Quotations of a sentence: one with more is no reporter's."""

_LINE = re.compile(r"\S[^\r\n]*")
_WORD = re.compile(r"\w")
_LETTER = re.compile(r"[^\W\d_]")
_STOP = re.compile(r"[.!?…]")
_AND = re.compile(r"(?:и|а|но|или|который|and|but|or|which|who|və|amma)(?!\w)", re.IGNORECASE)
_UP_TO_WORDS = re.compile(r"[\s,]*(?:ki|что|that)?[\s,]*", re.IGNORECASE)
_SIGNATURE = re.compile(r"\s*[-–—]\s*[A-ZА-ЯЁƏĞİÖŞÜÇ][^\n.!?]{2,60}$", re.MULTILINE)
_BEHIND_SPEECH = re.compile(r"[ \t\u00a0]*[,.;:!?…–—-]+[ \t\u00a0]*")
_DASH = re.compile(r"\s*[-–—−]+\s*")
_LONGEST_BEHIND_VERB = 70  # characters: «сказал, открывая заседание:»
_OUR_REPORTER = re.compile(
    r"(?<!\w)(?:наш\w*\s+(?:корреспондент|сайт|канал|издани|газет|читател|собеседни)\w*"
    r"|our\s+(?:correspondent|reporter|website|readers?)|(?:told|рассказала?)\s+(?:us|нам))",
    re.IGNORECASE,
)
# Words of a speaker, not of a reporter. A lead-in that has them is the speech itself.
_FIRST_PERSON = re.compile(
    r"(?<![\w.])(?:(?i:я|мы|мне|меня|нам|нас|нами|наш\w*|мой|моя|мои|моего|моей|вы|вас|вам|ваш\w*"
    r"|уважаемы\w+|дорогие|we|ours?|my|me|you|your|ladies|excellency|excellencies"
    r"|mən|biz|bizim|mənim|bizə|mənə|bizi|siz|sizin|sizə|sizi|hörmətli)|I|us|əziz)(?!\w)"
)
_SPEAKS = re.compile(  # further signs that a paragraph is a speaker's
    rf"{_FIRST_PERSON.pattern}|(?i:спасибо|благодар\w+|thanks?|təşəkkür|sağ ol\w*)|![»”\"]?$"
)
_REPORTED = re.compile(r"(?:,\s*что|\sthat|\ski)(?!\w)", re.IGNORECASE)
_COMPARISON = re.compile(r"(?:as|like|как|necə)(?!\w)", re.IGNORECASE)
_QUESTION = re.compile(
    r"\?[»”\")]*$|(?<!\w)(?:расскажите|скажите|поделитесь|tell\s+us|danışın|deyin)(?!\w)",
    re.IGNORECASE,
)
_INTERVIEW = re.compile(
    r"(?<!\w)(?:ответила?\s+на|рассказала?|интервью|беседу|побеседова\w+|answered|interview"
    r"|spoke\s+to|talks?\s+to|müsahibə\w*|cavablandır\w+|suallar\w*)(?!\w)",
    re.IGNORECASE,
)
# «Мост готов, – сказал он. – Завтра поедем»: the reporter's clause and the stop behind it.
_ASIDE = re.compile(
    r"(?P<comma>[,.!?…])\s*[-–—]\s+(?P<clause>[a-zа-яёəğıöşüç](?:[^.!?…–—\n]|(?<=\b[A-ZА-ЯЁƏĞİÖŞÜÇ])\.){2,240})"
    r"(?P<stop>[.!?…,:]?)(?P<dash>\s*[-–—]\s+|\s*$|\s+(?=[A-ZА-ЯЁƏĞİÖŞÜÇ]))"
)

_CAPITAL = "A-ZА-ЯЁƏĞİÖŞÜÇ"
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
_MAY_CLOSE = re.compile(  # what each form of it has
    rf"{_REPORTS}|(?i:reports|reported|informs|according|(?:xəbər|məlumat)\s+ver)"
)


def article(speech: Speech) -> list[Segment] | None:
    """The voices of a news page in order, or None for a text that no reporter wrote.

    A text is a reporter's if it credits words to somebody or names its agency, and if nobody
    says I or we outside the words credited. A text whose record names a speaker must credit that
    speaker: else the speaker himself quotes others. A speaker's words keep their paragraphs; the
    signs around them and short clauses like «, – сказал он» are in no segment.
    """
    reading = _Reading(speech)
    if reading.is_speech() or not reading.may_credit():
        return None
    reading.read()
    return reading.segments() if reading.is_article() else None


@dataclass
class _Reading:
    """One way through a text, paragraph by paragraph."""

    speech: Speech
    voices: list[Segment] = field(default_factory=list)
    """The words that somebody speaks; the name is None where it cannot be told who."""
    dropped: list[Span] = field(default_factory=list)
    """What belongs to no segment: furniture, signs, short clauses."""
    agency: bool = False
    credits: int = 0
    """Quotations that a reporter credits; comparisons («как сказал …») do not count."""
    handed_over: bool = False
    """Whether he gives the word to unmarked speech."""

    pending: str | None = None
    """Who speaks next, by a sentence that ended in a colon; empty where it cannot be told."""
    hands_over: bool = False
    """Whether that sentence may give the word to unmarked speech, too."""
    spoke: str | None = None
    """Who took the word in the sentence before."""
    heir: str | None = None
    """Whose words a quotation is beside which nobody is named."""
    plain: str | None = None
    """Who speaks without signs until the reporter takes the word back."""
    unmarked: bool = False
    """Whether the first of such speeches opened without a dash."""
    spoken_to: int = 0
    """The number of the last paragraph of unmarked speech in which somebody says I or we."""
    guest: str | None = None
    """Who answers the questions of an interview."""
    asked: bool = False
    answering: bool = False

    def __post_init__(self) -> None:
        text = self.text
        lines = [_stripped(text, *line.span()) for line in _LINE.finditer(text, self.speech.body)]
        self.dropped += furniture(text, lines)
        left_out = set(self.dropped)
        self.paragraphs = [line for line in lines if line not in left_out]
        self.quotations = quotations(text, self.paragraphs)
        self.starts = [quotation.start for quotation in self.quotations]
        self.told = _masked(text, self.quotations)
        self.people = People(text)

    # --- paragraphs ---------------------------------------------------------------------------

    def read(self) -> None:
        """Go through the paragraphs; those that a quotation joins are read as one."""
        number = 0
        while number < len(self.paragraphs):
            begin, end = self.paragraphs[number]
            number += 1
            for quotation in self._quotations(begin, end):
                while quotation.end > end:
                    end = self.paragraphs[number][1]
                    number += 1
            self._paragraph(begin, end, number)

    def _paragraph(self, begin: int, end: int, following: int) -> None:
        """Read what lies between the offsets; ``following`` is the number of the next paragraph."""
        if self._is_closing(begin, end):
            self.agency = True
            self._narrate(begin, end)
            self._quiet()
            return
        dash = _DASH.match(self.told, begin, end)
        opened = dash is not None and dash.end() < end
        if dash and opened and self._dialogue(begin, dash.end(), end, following):
            return
        if self.plain is not None:
            if self._goes_on(begin, end, following):
                self._say(begin, end, self.plain)
                return
            self._quiet()
        elif self.pending is not None and self.hands_over and not self._opens_quotation(begin, end):
            self.handed_over = True
            self.unmarked = self.unmarked or not opened
            self._speak_plainly(dash.end() if dash and opened else begin, end, following)
            return
        elif self.answering and not opened and self._answers_on(begin, end):
            self._say(begin, end, self.guest)
            return
        self.answering = False
        self._narrate(begin, end)

    def _quiet(self) -> None:
        self.plain = self.pending = self.heir = self.spoke = None
        self.asked = self.answering = False

    def _speak_plainly(self, begin: int, end: int, following: int) -> None:
        self.plain, self.pending = self.pending, None
        self.spoken_to = following - 1
        for number in range(following, len(self.paragraphs)):
            start, stop = self.paragraphs[number]
            mine = _SPEAKS.search(self.told, start, stop) is not None
            hands_over = self.text[stop - 1] == ":" and not mine
            if self._is_closing(start, stop) or (
                hands_over and (self.unmarked or self._marked(number + 1))
            ):
                break
            if mine:
                self.spoken_to = number
        self._say(begin, end, self.plain)

    def _goes_on(self, begin: int, end: int, following: int) -> bool:
        """Whether an unmarked speech goes on, rather than the reporter who names its speaker."""
        if _SPEAKS.search(self.told, begin, end):
            return True
        if following - 1 > self.spoken_to:
            return False
        handover = self._handover(begin, end)
        if handover is not None and (self.unmarked or self._marked(following)):
            return False
        if not self.plain:
            return True
        surname = self.plain.split()[-1]
        named = re.search(
            rf"(?<!\w){re.escape(surname[: max(4, len(surname) - 1)])}\w{{0,4}}(?!\w)",
            self.told[begin:end],
        )
        return named is None and not self._told_of_speaker(begin, end)

    def _told_of_speaker(self, begin: int, end: int) -> bool:
        """Whether a paragraph says what the one who speaks said: «Он отметил, что …»."""
        first = next(whole_sentences(self.told, begin, end), (begin, end))
        sentence = self.told[slice(*first)]
        verb = SAID.search(sentence)
        return (
            verb is not None
            and _REPORTED.match(sentence, verb.end()) is not None
            and self.people.speaker(sentence) == self.plain
        )

    def _marked(self, number: int) -> bool:
        """Whether a paragraph opens with a dash or a quotation mark."""
        if number >= len(self.paragraphs):
            return False
        begin, end = self.paragraphs[number]
        return _DASH.match(self.text, begin, end) is not None or self._opens_quotation(begin, end)

    # --- dashes -------------------------------------------------------------------------------

    def _dialogue(self, whole: int, begin: int, end: int, following: int) -> bool:
        """Read a paragraph that opens with a dash; False where the dash makes no speech of it."""
        if self._with_asides(begin, end, quoted=False):
            self.dropped.append((whole, begin))
            self.plain = self.pending = None
            self.asked = self.answering = False
            return True
        if self.pending is not None and self.hands_over:
            return False
        dash_follows = (
            following < len(self.paragraphs)
            and _DASH.match(self.text, *self.paragraphs[following]) is not None
        )
        question = _QUESTION.search(self.text, begin, end) is not None
        if question and (dash_follows or self.asked or self.answering):
            if self.plain is not None:
                self.guest = self.plain
            elif not self.asked and not self.answering:
                self.guest = self.people.guest
            self.plain, self.asked, self.answering = None, True, False
            self._say(begin, end, None)
            self.dropped.append((whole, begin))
            return True
        if self.spoke and not question and _SPEAKS.search(self.told, begin, end):
            self.pending, self.hands_over = self.spoke, True
            return False
        if self.asked:
            self.asked, self.answering = False, True
            self.credits += self.guest is not None
            self._say(begin, end, self.guest)
            self.dropped.append((whole, begin))
            return True
        return False

    def _answers_on(self, begin: int, end: int) -> bool:
        """Whether a paragraph without a dash goes on with an answer."""
        return (
            _FIRST_PERSON.search(self.told, begin, end) is not None
            and self._handover(begin, end) is None
        )

    def _with_asides(self, begin: int, end: int, *, quoted: bool) -> bool:
        """Credit words with the reporter's clauses inside; False where there are none."""
        name: str | None = None
        voiced: list[Span] = []
        told: list[Span] = []
        at = begin
        for aside in _ASIDE.finditer(self.text, begin, end):
            if aside.start() < at or _FIRST_PERSON.search(aside["clause"]):
                continue
            who = self.people.speaker(aside["clause"], behind=True)
            if who is None and (quoted or not SAID.match(aside["clause"])):
                continue
            name = name or who or ""
            voiced.append((at, aside.end("comma")))
            told.append((aside.end("comma"), aside.end()))
            at = aside.end()
            if not quoted and aside["stop"] in tuple(".!?…") and not aside["dash"].strip():
                break  # «– Мост готов, – сказал он. Гости захлопали.»
        else:
            if name is not None and at < end:
                voiced.append((at, end))
                at = end
        if name is None or (quoted and not name):
            return False
        self.credits += name != ""
        for span in voiced:
            self._say(*span, name or None)
        for start, stop in told:
            self._aside(start, stop)
        if at < end:
            self._narrate(at, end)
        self.heir = name or None
        return True

    def _aside(self, begin: int, end: int) -> None:
        """Leave a reporter's clause out unless it tells more than who spoke."""
        if end - begin <= LONGEST_ASIDE:
            self.dropped.append((begin, end))

    # --- the reporter's sentences, and the quotations in them ---------------------------------

    def _narrate(self, begin: int, end: int) -> None:
        pending, self.pending, self.spoke = self.pending, None, None
        for start, stop in whole_sentences(self.told, begin, end):
            quoted = self._quotations(start, stop)
            if quoted and len(quoted) <= MOST_QUOTATIONS:
                self._quote(start, stop, quoted, pending)
            else:
                self._tell(start, stop)
            pending = None
        if self.text[end - 1] == ":":
            self.hands_over = False
            if (name := self._handover(begin, end)) is not None:
                self.pending, self.hands_over = name, True
            else:
                start, stop = list(whole_sentences(self.told, begin, end))[-1]
                self.pending = self.people.speaker(self.told[start:stop]) or ""

    def _tell(self, begin: int, end: int) -> None:
        """Take note of the persons in a sentence without quotations."""
        sentence = self.told[begin:end]
        last = self.voices[-1] if self.voices else None
        self.people.asked = last is not None and self.text[last.end - 1] == "?"
        self.agency = self.agency or self._is_closing(begin, end)
        subject = self.people.introduce(sentence)
        said = self.people.speaker(sentence)
        self.spoke = said if self.text[end - 1] == "." and not _REPORTED.search(sentence) else None
        self.heir = said or (subject.name if subject else None)
        if _INTERVIEW.search(sentence) and (said or subject):
            self.people.guest = self.heir

    def _handover(self, begin: int, end: int) -> str | None:
        """Who speaks next, by the last sentence of a paragraph; empty where it cannot be told."""
        if self.text[end - 1] != ":":
            return None
        start, stop = list(whole_sentences(self.told, begin, end))[-1]
        sentence = self.told[start:stop]
        if stop - start > LONGEST_HANDOVER or _COMPARISON.match(sentence):
            return None
        if self.plain is not None and start != begin:
            return None
        return self.people.speaker(sentence, within=_LONGEST_BEHIND_VERB)

    def _quote(self, begin: int, end: int, quoted: list[Quotation], pending: str | None) -> None:
        """Credit the quotations of one sentence."""
        before, name = begin, ""
        spoke = False
        for quotation in quoted:
            pre = self.told[max(before, quotation.start - LONGEST) : quotation.start]
            name = self._quoted_by(pre, quotation, end, pending, name)
            if name:
                if spoke:
                    self._aside(before, quotation.start)
                elif not _COMPARISON.match(self.text, begin, end):
                    self.credits += 1
                before, spoke = quotation.end, True
                self._unquote(quotation, name)
            elif not spoke and self._asides_within(quotation):
                before, spoke = quotation.end, True
            elif self.heir and self._stands_alone(quotation, before, end):
                before, spoke = quotation.end, True
                self._unquote(quotation, self.heir)
            pending = None
        if spoke:
            self._aside(before, end)
            self.heir = self.voices[-1].speaker
        else:
            self._tell(begin, end)

    def _unquote(self, quotation: Quotation, name: str) -> None:
        for part in quotation.parts:
            self._say(*part, name)
        self._drop_signs(quotation)

    def _asides_within(self, quotation: Quotation) -> bool:
        """Credit a quotation by the reporter's clauses inside it; False where there are none."""
        name: str | None = None
        for part in quotation.parts:
            if self._with_asides(*part, quoted=True):
                name = self.heir
            elif name:
                self._say(*part, name)
        if name is not None:
            self._drop_signs(quotation)
        return name is not None

    def _drop_signs(self, quotation: Quotation) -> None:
        self.dropped.append((quotation.start, quotation.parts[0][0]))
        self.dropped.append((quotation.parts[-1][1], quotation.end))

    def _quoted_by(
        self, pre: str, quotation: Quotation, end: int, pending: str | None, former: str
    ) -> str:
        """Who says a quotation; empty where it is no speech or cannot be told.

        ``pre`` is what the reporter says before it in the sentence that reaches to ``end``,
        ``former`` who said the quotation before it there.
        """
        words = self.text[quotation.parts[0][0] : quotation.parts[-1][1]].strip()
        post = self.told[quotation.end : min(end, quotation.end + LONGEST)]
        introduced = pre.rstrip()
        letter, long = _WORD.search(words), len(words.split()) > 2
        is_sentence = (
            letter is not None and not letter[0].islower() and (long or words[-1] in ".!?…")
        )
        if former and introduced[-1:] in (",", ":", "-", "–", "—", "."):
            return (introduced[-1] == ":" and self.people.speaker(pre)) or former
        if _LETTER.search(pre) and introduced[-1] == ":":
            if QUOTES.search(pre):
                return ""
            said = self.people.speaker(pre) or self.people.label(introduced[:-1])
            return said or (is_sentence and self.people.leads_to(pre)) or ""
        if letter is None or letter[0].islower():
            return ""
        if _LETTER.search(pre):
            verbs = list(SAID.finditer(pre))
            near = verbs and _UP_TO_WORDS.fullmatch(pre, verbs[-1].end())
            if near and long and not _WORD.search(post):
                return self.people.speaker(pre) or ""
            return ""
        if pending is not None:
            return pending
        if _WORD.search(post):
            stopped, clause = words[-1] in ",.!?…", post.lstrip(" \u00a0,–—-")
            if (stopped or post.lstrip(" \u00a0")[:1] in tuple(",-–—")) and not _AND.match(clause):
                return self.people.speaker(clause, behind=True) or ""
            return ""
        return ""

    def _stands_alone(self, quotation: Quotation, begin: int, end: int) -> bool:
        """Whether a quotation is a sentence, or several, with nothing and nobody beside it."""
        words = self.text[quotation.parts[0][0] : quotation.parts[-1][1]]
        letter = _WORD.search(words)
        return (
            letter is not None
            and not letter[0].islower()
            and (len(words.split()) > 2 or words[-1] in ".!?…")
            and not _WORD.search(self.told, begin, quotation.start)
            and not _WORD.search(self.told, quotation.end, end)
            and not _SIGNATURE.match(self.text, end)
        )

    # --- small helpers ------------------------------------------------------------------------

    def _quotations(self, begin: int, end: int) -> list[Quotation]:
        """The quotations that open between two offsets."""
        first, behind = bisect_left(self.starts, begin), bisect_left(self.starts, end)
        return self.quotations[first:behind]

    def _opens_quotation(self, begin: int, end: int) -> bool:
        """Whether a paragraph opens with a quotation that is a sentence of its own."""
        opening = _DASH.match(self.text, begin, end)
        begin = opening.end() if opening else begin
        quoted = self._quotations(begin, end)
        if not quoted or quoted[0].start != begin:
            return False
        rest = self.told[quoted[0].end : end].lstrip(" \u00a0")
        return not rest or rest[0] in ",.;!?–—-" or self.told[quoted[0].end - 1] in ".,!?…"

    def _is_closing(self, begin: int, end: int) -> bool:
        """Whether a reporter names the agency: «Об этом сообщает …», «… xəbər verir»."""
        if end - begin > LONGEST_CLOSING:
            return False
        line = self.text[begin:end]
        return _CLOSING.fullmatch(line) is not None and (
            line.startswith("Об этом") or not _FIRST_PERSON.search(self.told, begin, end)
        )

    def _say(self, begin: int, end: int, name: str | None) -> None:
        begin, end = _stripped(self.text, begin, end, " \u00a0\t\r\n,–—-")
        if begin >= end:
            return
        self.people.asked = True
        last = self.voices[-1] if self.voices else None
        if last and last.speaker == name and not self.text[last.end : begin].strip():
            self.voices[-1] = Segment(last.start, end, name)
        else:
            self.voices.append(Segment(begin, end, name))

    # --- the result ---------------------------------------------------------------------------

    def is_speech(self) -> bool:
        """Whether a look at the text is enough to see that no reporter wrote it."""
        first = _FIRST_PERSON.search(self.told)
        until = first.start() if first else len(self.told)
        for begin, end in self.paragraphs:
            if _DASH.match(self.text, begin, end) or (begin < until and self.text[end - 1] == ":"):
                return False
        return not self._is_reporters(self.paragraphs, len(self.quotations))

    def may_credit(self) -> bool:
        """Whether there is anything that might be credited, or may name an agency."""
        return (
            bool(self.quotations)
            or _MAY_CLOSE.search(self.text, self.speech.body) is not None
            or any(
                self.text[end - 1] == ":" or _DASH.match(self.text, begin, end)
                for begin, end in self.paragraphs
            )
        )

    def is_article(self) -> bool:
        """Whether a reporter wrote this, rather than a speaker who quotes others."""
        if not self.credits and not self.handed_over and not self.agency:
            return False
        narration = self._narration()
        given = self.speech.speaker
        if given and not self.agency and not self._is_about(given, narration):
            return False
        return self._is_reporters(narration, self.credits)

    def _is_about(self, given: str, narration: list[Span]) -> bool:
        """Whether a text credits its speaker, or maybe does, or names him as only others do."""
        names = {voice.speaker for voice in self.voices if voice.speaker is not None}
        if any(not name or _same(given, name) for name in names):
            return True
        surname = re.compile(rf"(?<!\w){re.escape(given.split()[-1])}(?!\w)")
        return self.credits > 0 and any(
            self.text[end - 1] in ".:" and surname.search(self.told, begin, end)
            for begin, end in narration
        )

    def _is_reporters(self, spans: list[Span], credits: int) -> bool:
        """Whether I and we are rare enough for a reporter who credits so many quotations."""
        # Words like "our correspondent" do not count; to look for them takes long, and a speech
        # mostly has too many others even if they did.
        words = sum(self.told.count(" ", *span) + 1 for span in spans)
        allowed = words / WORDS_PER_FIRST_PERSON + credits
        hits = 0
        for span in spans:
            written = self.told[slice(*span)]
            told = _OUR_REPORTER.sub("", written)
            words -= written.count(" ") - told.count(" ")
            if not _FIRST_PERSON.search(told):
                continue
            for begin, end in whole_sentences(told, 0, len(told)):
                found = _FIRST_PERSON.findall(told, begin, end)
                if found and not (
                    SAID.search(told, begin, end) and _REPORTED.search(told, begin, end)
                ):
                    hits += len(found)
                    if hits > allowed:  # a speech shows itself in its first lines
                        return False
        return hits <= words / WORDS_PER_FIRST_PERSON + credits

    def segments(self) -> list[Segment]:
        """The voices and the narration between them, in order."""
        given = self.speech.speaker
        known = given and any(
            voice.speaker and _same(given, voice.speaker) for voice in self.voices
        )
        found = [Segment(*span, None) for span in self._narration()]
        for number, voice in enumerate(self.voices):
            name = self.people.full(voice.speaker) if voice.speaker else None
            if given and (
                (name and _same(given, name)) or (voice.speaker == "" and not number and not known)
            ):
                name = given
            found.append(Segment(voice.start, voice.end, name))
        return sorted(found, key=lambda segment: segment.start)

    def _narration(self) -> list[Span]:
        """What is left between the voices and what was dropped, where it holds words."""
        text, at = self.text, self.speech.body
        taken = sorted(
            [(v.start, v.end, True) for v in self.voices]
            + [(*span, False) for span in self.dropped]
        )
        found = []
        for begin, end, speaks in [*taken, (len(text), len(text), False)]:
            if at < begin:
                start = _BEHIND_SPEECH.match(text, at, begin) if at > self.speech.body else None
                span = _stripped(text, start.end() if start else at, begin)
                if speaks:
                    span = (span[0], _stripped(text, *span, " \u00a0\t\r\n–—−-")[1])
                if _WORD.search(text, *span):
                    found.append(span)
            at = max(at, end)
        return found

    @property
    def text(self) -> str:
        return self.speech.text


def _same(given: str, name: str) -> bool:
    return same_person(given, name) or same_person(name, given)


def _masked(text: str, quoted: list[Quotation]) -> str:
    """The text with a sign in place of every quoted character, and the stop that ends a quotation.

    A question or exclamation that a reporter's clause follows ends no sentence.
    """
    pieces: list[str] = []
    at = 0
    for quotation in quoted:
        last = text[quotation.parts[-1][1] - 1]
        if last in "!?…":
            behind = text[quotation.end : quotation.end + LONGEST_ASIDE]
            verb = SAID.search(behind)
            last = "," if verb and not _STOP.search(behind, 0, verb.start()) else last
        stop = last if last in ".,!?…" else QUOTED
        pieces += text[at : quotation.start], QUOTED * (quotation.end - quotation.start - 1), stop
        at = quotation.end
    return "".join([*pieces, text[at:]])


def _stripped(text: str, begin: int, end: int, signs: str | None = None) -> Span:
    """The offsets without the white space, or other signs, around what lies between them."""
    piece = text[begin:end]
    begin += len(piece) - len(piece.lstrip(signs))
    return begin, max(begin, begin + len(piece.strip(signs)))
