"""Who said it: the person whom a reporter's clause names as the speaker.

Names are known by form and place (capitalised words beside a verb of saying) and by what the
document said before: a surname or an office that was joined to a full name means that person, and
a pronoun means the last one who spoke. Whoever cannot be told stays nameless.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from retrieval.names import same_person
from retrieval.sentences import BEGINNERS

QUOTED = "Ω"
"""Stands for every character of quoted words in the clauses that are read here."""

_RUSSIAN_VERBS = (
    "сказа заяви отмети подчеркну добави сообщи ответи рассказа поясни объясни уточни напомни "
    "призна призва указа выступи продолжи резюмирова заключи спроси воскликну пошути предложи "
    "предупреди прокомментирова констатирова поблагодари поздрави произн[её] произнес обрати "
    "высказа завери подытожи акцентирова выступи поинтересова подели"
).split()
SAID = re.compile(
    rf"""(?<!\w)(?:
      (?:{"|".join(_RUSSIAN_VERBS)})(?P<past>с|ла?|ли)(?:с[яь])?
    | (?:говор|отмеча|подч[её]ркива|добавля|объясня|поясня|рассказыва|утвержда|продолжа|заявля
      | признава|счита|полага|напомина|указыва|уточня|вспомина)(?:ет|ит)
    | said | stated | says | noted | notes | declared | remarked | stressed | replied | spoke
    | addressed | told | tells | delivered | made\ a | added | adds | explained | recalled
    | continued | concluded | asked | answered | admitted | insisted | warned | announced
    | emphasi[sz]ed | underlined | underscored | thanked | joked | argued | went\ on | pointed\ out
    | (?:de|söylə|vurğula|bildir|açıqla|xatırlat|danış)(?:y?[iıuü]b|[dt][iıuü]|[yi]{1, 2}r|mişdir)
    | (?:qeyd|əlavə|çıxış|müraciət|təşəkkür)\ (?:etdi|edib|edərək|edir)
    | cavab\ ver(?:di|ib) | diqqətə\ çatdır(?:dı|ıb) | vurğul(?:adı|ayıb|ayır)
    )(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_ANY_VERB = re.compile(  # «…», – улыбнулся он; "…," she laughed
    r"\W*(?:(?!цитир|привод|переда|сообща|пиш|назыв|говорится)"
    r"(?:[а-яё]+(?:(?P<past>ла?)(?:с[яь])?|[еёи]т(?:ся)?)|уверена?|убежд[её]на?)(?=\s)"
    r"|(?:he|she)\s+(?P<verb>\w+))",
    re.IGNORECASE,
)
_FARTHEST_VERB = 100  # characters behind the words said
_MOST_VERBS = 5  # of a clause that are looked at
_LONGEST_OFFICE = 100
_REPLIED = re.compile(r"repli|answer|ответ|cavab", re.IGNORECASE)
_PAST = re.compile(r"\s+\w+?(ла|л)(?:с[яь])?(?!\w)")
_FARTHEST_SUBJECT = 250  # characters from the verb
_THAT = re.compile(r",?\s+(?:that|что|ki)(?!\w)", re.IGNORECASE)

_CAPITAL = "A-ZА-ЯЁƏĞİÖŞÜÇÀ-ÖØ-Þ"
_NAME_WORD = rf"[{_CAPITAL}][\w’'.]*(?:[-‑][\w’']+)*"
_PARTICLE = (
    r"(?:de|da|di|van|von|der|den|la|le|al|bin|ibn|el|фон|дер|де|ди|да|ла|ван|аль|эль|бен|ибн|бин|"
    r"оглы|oğlu|qızı)"
)
NAME = re.compile(rf"{_NAME_WORD}(?:[ \u00a0]+(?:{_PARTICLE}[ \u00a0]+)*{_NAME_WORD})*")
_INITIALS = re.compile(rf"(?:[{_CAPITAL}]\.)+[-‑]?[{_CAPITAL}][\w-]+")
_OFFICE = (
    r"(?:вице-|экс-|гос|ген|пресс-|vice[- ]|ex-)?(?:президент|премьер(?:-министр)?|министр|"
    r"председатель|глава|канцлер|король|королева|секретарь|генсек|спикер|посол|постпред|лидер|мэр|"
    r"губернатор|директор|депутат|представитель|руководитель|ректор|начальник|заместитель|"
    r"president|minister|secretary(?:-general)?|chair(?:wo)?man|chairperson|chancellor|speaker|"
    r"king|queen|ambassador|commissioner|governor|mayor|director|senator|head|chief|leader|"
    r"spokes(?:wo)?man|spokesperson|deputy|rector|manager|"
    r"prezidenti?|naziri?|sədri?|katibi?|lideri?|başçısı|rəhbəri?|direktoru?|rektoru?|deputatı?|"
    r"müavini?|sözçüsü|səfiri?)"
)
_ADDRESS = r"(?:господин|госпожа|professor|general|mrs?\.?|ms\.?|dr\.?|sir|cənab|xanım)"
_TITLE = re.compile(
    rf"{_OFFICE}|{_ADDRESS}|государства|prime|foreign|his|her|excellency|the|acting|baş|dövlət|"
    rf"(?-i:(?![IVX]+$)[{_CAPITAL}]{{2,5}}|[{_CAPITAL}][a-zа-яё]+\.)",  # «МИД», «Rep.»
    re.IGNORECASE,
)
_TITLE_BEFORE = re.compile(rf"(?<!\w)(?:{_OFFICE}|{_ADDRESS})\s*$", re.IGNORECASE)
_OFFICE_WORD = re.compile(rf"(?<!\w){_OFFICE}(?!\w)", re.IGNORECASE)
_COMPARISON = re.compile(r"(?:as|like|как|necə)(?!\w)", re.IGNORECASE)
# «… в своём выступлении сказал», «…, открывая мост, сказал», «…, который сказал», «çıxışında dedi»
_BETWEEN = (
    r"\s*(?:,.{1,120},|,?\s*(?:который|которая|who)(?!\w)|,)?\s*(?:"
    r"(?:в|во|на|по|при|после|in|at|on|during|after|from)\s[^,;:]{1,60}|"
    r"(?:также|затем|далее|also|then|later|has|had|isə|belə|də|da|həmçinin)(?:\s+(?:also|belə))?|"
    r"(?:[a-zəğıöşüç]+\s+){0,4}[a-zəğıöşüç]+(?:da|də|dan|dən|raq|rək|kən)|"
    rf"(?:bunu|jurnalistlərə|ona|[{QUOTED}]+\s*-?\w*))?\s*"
)
_UP_TO_VERB = re.compile(_BETWEEN)
_OFFICE_SPEAKS = re.compile(rf"(?<!\w){_OFFICE}(?!\w)[^,;:]{{0,80}}?{_BETWEEN}$", re.IGNORECASE)
_BESIDE = re.compile(
    r"(?<!\w)(?i:(?P<place>of|in|at|from|for|в|во|на|из)|with|by|to|on|с|со|к|у|от|для|о|об|по|при)"
    r"(?:\s+the)?\s*$"
)
_PRONOUN = r"(?:(?P<he>он|he)|(?P<she>она|she)|(?P<o>o|və\ o))"
_PRONOUN_AFTER = re.compile(rf"\s+{_PRONOUN}(?!\w)", re.IGNORECASE)
_PRONOUN_BEFORE = re.compile(
    rf"(?<![\w-]){_PRONOUN}(?P<rest>(?:[^\w,;:]+\w+){{0,5}}[^\w,;:]*)$", re.I
)
# Between the verb and a subject behind it: «сказал журналистам Савва Горемыкин».
_DOWN_TO_NAME = re.compile(r"(?:[^\S\n]+[\w-]*){0,9}")

# Words of countries and bodies: no names, though they are capitalised like names.
_BODY = re.compile(
    r"United|European|White|Birləşmiş|Белый|(?:New|North|South)(?=\s\S+$)|\w{2,}(?:ая|ое|ые)(?=\s)|"
    r"(?:\S+\s)*(?:Republic|Islands?|Nations|States|Kingdom|Federation|Union|Bank|Commission|"
    r"Council|Assembly|Committee|Organi[sz]ation|Ministry|Parliament|Government|Office|House|"
    r"Embassy|Agency|Department|Service|Times|Post|News|Street|Company|Group|Party|University|"
    r"Nazirliyi|Məclis|Agentliyi|Xidməti)$"
)
_DIRECTION = re.compile(r"United|New|(?:North|South|East|West)(?:ern)?")
_STATE = re.compile(r"(?:Республик|Королевств|Княжеств|Государств|Султанат)[аи]")
_ADJECTIVE = re.compile(r"\w+(?:ой|ого|его|ых|их)")  # «Новой Зеландии»
_GENITIVE = re.compile(rf"[{_CAPITAL}]{{2,}}|.+(?:ы|ии|ки|ши|ги|жи|чи|ей|стана|джана)")
_VOWEL = re.compile(r".*[аеёиоуыэюя](?<!ко|зе)(?<!вили)")
_HER_SURNAME = re.compile(r".+(?:[оеё]ва|ина|ына|ая)")
_HIS_OR_HERS = re.compile(r".+(?:[оеё]ва|[иы]на)")
_PATRONYMIC = re.compile(r".+(?:ич|вна|ична)")
_OCCUPATION = re.compile(
    r".{2,}(?:er|or|eer|ist|ian|yst|ant|ent|man|woman|person|keeper|ее?р|ёр|ор|ист|лог|тель|ник|ик"
    r"|арь|ант|ент|граф|вед|ач|щик|ница|çı|çi|çu|çü|or)"
)
_HIS_NAME_IN_A = re.compile(  # a closed class: men's first names with a woman's ending
    r"Савва|Никита|Илья|Фома|Лука|Кузьма|Данила|Гаврила|Мустафа|Муса|Иса|Мирза|Ага|Зия|Яхья|"
    r"Закария|Ильяса?|Саша|Лёша|Миша|Вова"
)
_OBLIQUE = re.compile(  # «сказал Савве Горемыкину журналист»
    r".+(?:(?:[оеё]в|ин|ын)(?:у|ым|е|ой|ых|ыми)|[сц]к(?:ого|ому|им|ом|ой|ую))"
    r"|.+(?:ов|yev|ev|in|zadə|ova|yeva)(?:[uü]n|[ıi]n|[aə]|da|də|dan|dən|la|lə|nın|nin)"
)
_GENERAL = frozenset(  # «министр республики» is the minister
    "страны республики государства ведомства министерства города региона области района".split()
)
_HEADS_OF_STATE = re.compile(
    r"глава государства|dövlət başçısı|head of state|президент|prezident[a-zəıi]*|president", re.I
)
_SMALL = re.compile(r"(?<!\w)[a-zа-яёəğıöşüç]{3,}(?!\w)")
_WORD = re.compile(r"[^\W\d_]+(?:[-‑][^\W\d_]+)*")


@dataclass
class Person:
    """Someone whom the document names: the full name, the words of the office, he or she."""

    name: str
    office: set[str] = field(default_factory=set)
    phrase: tuple[str, ...] = ()
    her: bool | None = None


@dataclass
class People:
    """The persons that a document has named so far, and who of them spoke last."""

    text: str
    known: list[Person] = field(default_factory=list)
    last: Person | None = None
    guest: str | None = None
    """Who was interviewed."""

    asked: bool = False
    """Whether the last words said were a question: «он» who answers is not who asked."""
    unclear: Person | None = None
    _small_words: set[str] = field(default_factory=set)
    _first_names: dict[str, bool] = field(default_factory=dict)

    def speaker(
        self, clause: str, *, behind: bool = False, within: int | None = None
    ) -> str | None:
        """Who speaks in a reporter's clause; None when nobody does, "" when it cannot be told.

        ``behind`` is true for a clause that follows the words said: its first verb counts, and
        the subject may follow it. Otherwise the last one counts. ``within`` are the characters
        before the clause's end in which the verb must stand, reporting nothing itself.
        """
        verbs = [verb for verb in SAID.finditer(clause) if verb["past"] != "ли"]
        if within is not None:
            latest = len(clause) - within
            verbs = [v for v in verbs if v.end() >= latest and not _THAT.match(clause, v.end())]
        if behind:
            verbs = [verb for verb in verbs if verb.start() < _FARTHEST_VERB]
            if not verbs and (any_verb := _ANY_VERB.match(clause)):
                verbs = [any_verb]
        else:
            verbs.reverse()
        verbs = verbs[:_MOST_VERBS]
        for verb in verbs:
            begin = verb.start("verb") if "verb" in verb.re.groupindex and verb["verb"] else None
            begin = verb.start() if begin is None else begin
            her = {"ла": True, "л": False, "с": False}.get((verb["past"] or "").lower())
            replied = self.asked and _REPLIED.match(clause, begin) is not None
            self.unclear = self.last if replied else None
            if person := self._subject(clause[:begin], clause[verb.end() :], her, behind):
                self.last = person
                return person.name
        unnamed = self._office_speaks(clause, verbs)
        if unnamed or (behind and verbs):
            self.last = None  # somebody spoke: «он» is not who spoke before
        return "" if unnamed else None

    def label(self, clause: str) -> str | None:
        """The full name that a clause without a verb ends in: «Эксперт фонда Ольга Мельник»."""
        runs = list(NAME.finditer(clause))
        if not runs or runs[-1].end() != len(clause) or len(clause) > _LONGEST_OFFICE:
            return None
        person = self._person(clause[: runs[-1].start()], runs[-1][0], False, None)
        if person is None or " " not in person.name:
            return None
        self.last = person
        return person.name

    def _office_speaks(self, clause: str, verbs: list[re.Match[str]]) -> bool:
        for verb in verbs:
            office = _OFFICE_SPEAKS.search(clause[: verb.start()])
            if office and not _BESIDE.search(clause[: office.start()]):
                return True
        return False

    # --- the subject of a verb ----------------------------------------------------------------

    def _subject(self, before: str, after: str, her: bool | None, behind: bool) -> Person | None:
        before, after = before[-_FARTHEST_SUBJECT:], after[:_FARTHEST_SUBJECT]
        if behind and not _WORD.search(before):
            return self._right(after, her)
        return self._left(before, her) or self._right(after, her)

    def _left(self, before: str, her: bool | None) -> Person | None:
        for run in reversed(list(NAME.finditer(before))):
            between = before[run.end() :]
            if between.strip() == "," and before[: run.start()].rstrip()[-1:] != ",":
                continue  # «The Prime Minister, Jane Roe, said» but «…, visiting New York, said»
            if _UP_TO_VERB.fullmatch(between) and (
                person := self._person(before[: run.start()], run[0], between[:1] == ",", her)
            ):
                return person
        if (pronoun := _PRONOUN_BEFORE.search(before)) and not NAME.search(pronoun["rest"]):
            return self._pronoun(pronoun, her)
        phrase = re.split(r"[,;:–—()]", before)[-1] if not before.rstrip().endswith(",") else before
        return self._office(phrase, her, final=True)

    def _right(self, after: str, her: bool | None) -> Person | None:
        if pronoun := _PRONOUN_AFTER.match(after):
            return self._pronoun(pronoun, her)
        for run in NAME.finditer(after):
            before = after[: run.start()]
            if not _DOWN_TO_NAME.fullmatch(before):
                break
            if person := self._person(before, run[0], False, her):
                return person
        return self._office(re.split(r"[,;:–—().]", after)[0], her, final=False)

    def _pronoun(self, pronoun: re.Match[str], her: bool | None) -> Person | None:
        if pronoun["he"]:
            her = False
        elif pronoun["she"]:
            her = True
        person = self.last
        if (
            person is None
            or person is self.unclear
            or (her is not None and person.her not in (None, her))
        ):
            return None
        if her is not None:
            person.her = her
        return person

    # --- names --------------------------------------------------------------------------------

    def _person(self, before: str, run: str, apposition: bool, her: bool | None) -> Person | None:
        """The person in a run of capitalised words: without titles, offices and countries."""
        words = run.rstrip(".").split()
        while words[1:] and _TITLE.fullmatch(words[-1]):
            words.pop()  # «Nina Flint KC»
        titles = [place for place, word in enumerate(words) if _TITLE.fullmatch(word)]
        if titles and words[titles[-1]].lower() == "the":
            return None  # «The Lake Monitor said»
        if titles:  # «Затем Президент Ильхам Алиев …»
            before += " ".join(words[: titles[-1] + 1])
            words = words[titles[-1] + 1 :]
        elif words[0].lower() in BEGINNERS or (words[2:] and self._is_common(words[:2])):
            before += words.pop(0)  # «Затем Ильхам Алиев …», «В Баку …», «Инженер Пётр Лугов …»
        if beside := _BESIDE.search(before):  # «of the Republic of Azerbaijan Ilham Aliyev»
            body = _BODY.fullmatch(" ".join(words))
            if not beside["place"] or apposition or len(words) < 3 or body:
                return None
            if _DIRECTION.fullmatch(" ".join(words[:-2])):
                return None  # «of the United Arab Emirates»
            words = words[-2:]
        direct = _TITLE_BEFORE.search(before) is not None
        named = self._without_place(words, direct)
        name = " ".join(named if len(named) <= 4 else named[-2:])
        if (
            not name
            or name[-2:] in ("’s", "'s")
            or _BODY.match(name)
            or _OBLIQUE.fullmatch(named[-1])
        ):
            return None
        hers = her is not False and _HER_SURNAME.fullmatch(named[-1]) is not None
        if her is False and _HER_SURNAME.fullmatch(named[-1]) and re.search("[а-я]$", name):
            return None  # «… Саввы Горемыкина сказал»
        if len(named) == 1:
            return self._surname(named[0], direct, her)
        if direct and named == words and re.search("[аяы]$|ии$", name) and not hers:
            return None  # «Спикер Милли Меджлиса …»
        return self._met(name, before, her)

    def _is_common(self, words: list[str]) -> bool:
        """Whether the first word is a common noun: by its ending, or written small elsewhere."""
        word = words[0]
        if _PATRONYMIC.fullmatch(words[1]) or not word[1:].islower():
            return False
        if not self._small_words:
            self._small_words = {found[0] for found in _SMALL.finditer(self.text)} or {""}
        return _OCCUPATION.fullmatch(word) is not None or word.lower() in self._small_words

    def _without_place(self, words: list[str], direct: bool) -> list[str]:
        """The words without the country or body at their head: «Новой Зеландии Том Ренн»."""
        given = words
        while words:
            if _STATE.fullmatch(words[0]):  # the country does not change its form
                words = words[1 if len(words) == 3 else 2 :]
            elif _ADJECTIVE.fullmatch(words[0]):
                words = words[2:]
            elif _GENITIVE.fullmatch(words[0]) or (
                sum(word[0].isupper() for word in words) > 2
                and words[0][-1] in "ая"
                and not _PATRONYMIC.fullmatch(words[1])
            ):
                words = words[1:]
            elif (
                direct
                and len(words) == len(given) == 2
                and words[0][-1] in "ая"
                and not _HIS_NAME_IN_A.fullmatch(words[0])
                and not _HER_SURNAME.fullmatch(words[1])
            ):
                return words[1:]  # a country or a first name: «Президент Ирана Раиси»
            else:
                break
        return words

    def _surname(self, word: str, direct: bool, her: bool | None) -> Person | None:
        """Whoever is meant by one word: a person named before, else one by form or title."""
        same = {p.name: p for p in self.known if p.name.split()[-1] == word}
        same = same or {p.name: p for p in self.known if p.name.split()[0] == word}
        if not same and _INITIALS.fullmatch(word):
            same = {p.name: p for p in self.known if same_person(word, p.name)}
        if same:
            if self.last and self.last.name in same:
                return self.last
            return next(iter(same.values())) if len(same) == 1 else Person(word, her=her)
        hers = her is not False and _HER_SURNAME.fullmatch(word)
        if word.isupper() and not _INITIALS.fullmatch(word):
            return None
        if _INITIALS.fullmatch(word) or (direct and (hers or not _VOWEL.fullmatch(word))):
            return self._met(word, "", her)
        if any(word[:-1] == p.name.split()[-1] for p in self.known):
            return None  # «цитирует Лосева»
        known = (hers or word[-1] not in "ая") and self._has_first_name(word)
        return self._met(word, "", her) if known else None

    def _has_first_name(self, surname: str) -> bool:
        """Whether the surname stands behind a first name anywhere, in any case."""
        if surname in self._first_names:
            return self._first_names[surname]
        stem = re.sub("(?:[оиы]й|[аяь])$", "", surname)
        endings = r"(?:[а-яё]{0,3}|[nyı]{0,2}[ıiuüaə]?n?|dan|dən)"
        named = rf"([{_CAPITAL}][\w-]+)[^\S\n]{re.escape(stem)}{endings}(?!\w)"
        self._first_names[surname] = any(
            found[1].lower() not in BEGINNERS and not _TITLE.fullmatch(found[1])
            for found in re.finditer(named, self.text)
        )
        return self._first_names[surname]

    def full(self, name: str) -> str:
        """The name in full where one person of that surname was named, sooner or later."""
        found = {p.name for p in self.known if " " in p.name and p.name.split()[-1] == name}
        return found.pop() if len(found) == 1 else name

    def _met(self, name: str, before: str, her: bool | None) -> Person:
        """The person of this name, with the office that stands before it."""
        person = next((p for p in self.known if p.name == name), None)
        if person is None:
            parts = name.split()
            if len(parts) == 2 and (full := [p for p in self.known if _shorter(parts, p.name)]):
                person = full[0]
            else:
                person = Person(name)
                self.known.append(person)
        if her is not None:
            person.her = her
        phrase = re.split(r"[,;:.–—()]", before.replace(QUOTED, ""))[-1].lower()
        offices = list(_OFFICE_WORD.finditer(phrase))
        if offices and "а" <= phrase[offices[-1].start()] <= "я":
            phrase = phrase[offices[-1].start() :]  # «… и министр культуры»
        words = tuple(_WORD.findall(phrase))[-7:]
        if offices and not person.office:
            person.phrase, person.office = words, set(words)
        elif words and not person.office:
            person.phrase, person.office = words[-2:], set(words[-2:])
        return person

    def introduce(self, sentence: str) -> Person | None:
        """Note the persons whom a reporter's sentence names; give the one it is about, if sure."""
        subject: Person | None = None
        for run in NAME.finditer(sentence):
            words, before = run[0].rstrip(".").split(), sentence[: run.start()]
            opens = "," not in before and len(before) < _LONGEST_OFFICE
            if len(words) == 1 and not before.strip() and not _TITLE.fullmatch(words[0]):
                known = [p for p in self.known if p.name.split()[-1] == words[0]]
                subject = known[0] if len(known) == 1 else None
            if len(words) == 1 or not (
                not _WORD.search(before)
                or _TITLE_BEFORE.search(before)
                or any(_TITLE.fullmatch(word) for word in words)
                or (opens and _OFFICE_WORD.search(before))
            ):
                continue
            verb = _PAST.match(sentence, run.end())
            her = verb[1] == "ла" if verb else None
            if _HIS_OR_HERS.fullmatch(words[-1]) and not her and _WORD.search(before):
                continue  # «… министра Саввы Горемыкина»
            person = self._person(before, run[0], False, her)
            begins = subject is None and opens and not _BESIDE.search(before)
            if person and " " in person.name and begins:
                subject = person
        if subject is None and self.last and re.match(rf"\W*{_PRONOUN}\s", sentence, re.IGNORECASE):
            subject = self.last
        if subject or self._names_another(sentence):
            self.last = subject
        return subject

    def _names_another(self, sentence: str) -> bool:
        """Whether a sentence may speak of a person who was not named before."""
        for run in NAME.finditer(sentence):
            before, words = sentence[: run.start()], run[0].rstrip(".").split()
            place = _BESIDE.search(before) or run[0].isupper() or _TITLE.fullmatch(words[-1])
            first = not _WORD.search(before) and len(words) == 1
            known = any(word in p.name for p in self.known for word in words)
            if not (place or first or known or _WORD.match(sentence, run.end())):
                return True
        return False

    # --- offices ------------------------------------------------------------------------------

    def _office(self, phrase: str, her: bool | None, *, final: bool) -> Person | None:
        """Whoever was named before with the office that ends or opens a phrase."""
        words = [word.lower() for word in _WORD.findall(phrase)]
        words = words[words[:1] == ["the"] :]
        others = [run for run in NAME.findall(phrase.strip()[1:]) if not _TITLE.fullmatch(run)]
        if not words or (final and others):
            return None
        if self.last and self._holds(self.last, words, her):
            holders = [self.last]
        else:
            holders = [p for p in self.known if self._holds(p, words, her)]
        if len(holders) != 1:
            return None
        if her is not None:
            holders[0].her = her
        return holders[0]

    def _holds(self, person: Person, words: list[str], her: bool | None) -> bool:
        if not person.office or (her is not None and person.her not in (None, her)):
            return False
        head = _HEADS_OF_STATE.match(" ".join(words))
        if head and any(_HEADS_OF_STATE.fullmatch(word) for word in person.office):
            rest = " ".join(words)[head.end() :].split()
            return not rest or rest[0] in _GENERAL or rest[0] in person.office
        for place, word in enumerate(words[:4]):
            if word in ("the", "və", "bunu") or len(word) < 3:
                continue
            mine = next((w for w in person.phrase if _same_word(word, w)), None)
            if mine is None:
                continue
            at = person.phrase.index(mine)
            following = words[place + 1 : place + 2]
            modifier = person.phrase[at + 1 : at + 2]
            cyrillic = "а" <= word[0] <= "я"
            if cyrillic and following and modifier and following[0] not in (*_GENERAL, modifier[0]):
                return not re.search("[аыияей]$", following[0])
            return True
        return False


def _shorter(parts: list[str], full: str) -> bool:
    """«Савва Горемыкин» for «Савва Ильич Горемыкин»."""
    words = full.split()
    return len(words) == 3 and [words[0], words[-1]] == parts


def _same_word(word: str, office: str) -> bool:
    return word == office or (
        len(word) > 3 and office.startswith(word) and len(office) - len(word) <= 2
    )
