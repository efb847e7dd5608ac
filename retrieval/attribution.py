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
    "написа доложи высказа завери подытожи акцентирова выступи поинтересова подели"
).split()
SAID = re.compile(
    rf"""(?<!\w)(?:
      (?:{"|".join(_RUSSIAN_VERBS)})(?P<past>с|ла?|ли)(?:с[яь])?
    | (?:говор|отмеча|подч[её]ркива|добавля|объясня|поясня|рассказыва|утвержда|продолжа|заявля
      | признава|счита|полага|напомина|указыва|уточня|вспомина)(?:ет|ит)
    | said | stated | says | noted | notes | declared | remarked | stressed | replied | spoke
    | addressed | told | tells | delivered | made\ a | added | adds | explained | recalled
    | continued | concluded | asked | answered | admitted | insisted | warned | announced
    | wrote | writes | emphasi[sz]ed | underlined | underscored | thanked | joked | argued
    | went\ on | pointed\ out
    | (?:de|söylə|vurğula|bildir|açıqla|xatırlat|danış)(?:y?[iıuü]b|[dt][iıuü]|[yi]{1, 2}r|mişdir)
    | (?:qeyd|əlavə|çıxış|müraciət|təşəkkür)\ (?:etdi|edib|edərək|edir)
    | опроверг | dey(?:ə|ən) | cavab\ ver(?:di|ib) | diqqətə\ çatdır(?:dı|ıb)
    | vurğul(?:adı|ayıb|ayır)
    )(?!\w)""",
    re.VERBOSE | re.IGNORECASE,
)
_ANY_VERB = re.compile(  # «…», – улыбнулся он; "…," she laughed
    r"\W*(?:(?!цитир|привод|переда|сообща|пиш|назыв|говорится)"
    r"(?:[а-яё]+(?:(?P<past>ла?)(?:с[яь])?|[еёи]т(?:ся)?)|уверена?|убежд[её]на?)(?=\s)"
    r"|(?:he|she|(?-i:(?:[A-Z][\w’'-]+\s){1,3}))\s*(?P<verb>(?!and|who|which|in|is|was)[a-z]+)"
    r"|[a-z]+(?:ed|s)(?=\s(?-i:[A-Z])))",
    re.IGNORECASE,
)
LONGEST = 1000
"""Characters of a sentence that are searched for names; reporters write shorter ones."""
MOST_PERSONS = 300
"""Persons that are remembered at a time; the news name fewer."""

_FARTHEST_VERB = 100  # characters behind the words said
_MOST_VERBS = 5  # of a clause that are looked at
_LONGEST_OFFICE = 100
_REPLIED = re.compile(r"repli|answer|ответ|cavab", re.IGNORECASE)
_PAST = re.compile(r"\s+\w+?(ла|л)(?:с[яь])?(?!\w)")
_VERB_ENDS = re.compile(r"(?:[iıuü]b|d[iıuü]|[yi][iıuü]r|edərək)$", re.IGNORECASE)
_RELATIVE = re.compile(r",\s*(?:whose|чь[яеи]|чей)\s[^,]*$", re.IGNORECASE)
QUOTES = re.compile(  # what follows then are not the subject's own words
    r"(?<!\w)(?:(?<!со )слов(?:а|ами)\s\w|(?:про)?цитир|пословиц|поговорк|quot(?:ing|ed)|proverb)",
    re.IGNORECASE,
)
_ANOTHERS = re.compile(
    rf"{QUOTES.pattern}|(?<!\w)(?:слов(?:а|ами)(?!\w)|цитат|плакат|надпис|табличк|песн|гимн|заголов"
    r"|sign(?!\w)|banner|placard|poster|headlin|title|motto|atalar|sitat)",
    re.IGNORECASE,
)
_FARTHEST_SUBJECT = 250  # characters from the verb
_THAT = re.compile(r",?\s+(?:that|что|ki)(?!\w)", re.IGNORECASE)

_CAPITAL = "A-ZА-ЯЁƏĞİÖŞÜÇÀ-ÖØ-Þ"
_NAME_WORD = (
    rf"(?:(?:аль|ас|аш|эль|ан|al|el|as|an)[-‑]|[dд]['’])?[{_CAPITAL}][\w’'.]*(?:[-‑][\w’']+)*"
)
_PARTICLE = (
    r"(?:de|da|di|van|von|fon|af|der|den|la|le|al|bin|ibn|el|фон|аф|дер|де|ди|да|ла|ван|аль|эль|"
    r"бен|ибн|бин|оглы|oğlu|qızı)"
)
_IS_PARTICLE = re.compile(_PARTICLE, re.IGNORECASE)
_BEFORE_NAME = (  # with these a surname may begin: «von der Leyen»
    r"(?:(?<!\w)(?:de|di|van|von|fon|af|фон|аф|де|ди|ван)[ \u00a0]+"
    r"(?:(?:der|den|la|дер|ла)[ \u00a0]+)?)?"
)
NAME = re.compile(
    rf"{_BEFORE_NAME}{_NAME_WORD}(?:[ \u00a0]+(?:{_PARTICLE}[ \u00a0]+)*{_NAME_WORD})*"
)
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
_DOWN_TO_NAME = re.compile(
    r"(?:[^\S\n]+[\w-]*){0,9}|\s+(?:the|an?|his|her|its|their)\s[\w\s’'-]{1,50},\s"
)

# Words of countries and bodies: no names, though they are capitalised like names.
_BODY = re.compile(
    r"(?:United|European|White|Birləşmiş|Белый)\s|(?:New|North|South)(?=\s\S+$)|\w{2,}(?:ая|ое|ые)(?=\s)|"
    r"(?:\S+\s)*(?:Republic|Islands?|Nations|States|Kingdom|Federation|Union|Bank|Commission|"
    r"Council|Assembly|Committee|Organi[sz]ation|Ministry|Parliament|Government|Office|House|"
    r"Embassy|Agency|Department|Service|Times|Post|News|Street|Company|Group|Party|University|"
    r"Nazirliyi|Məclis|Agentliyi|Xidməti)$"
)
_DIRECTION = re.compile(r"United|New|(?:North|South|East|West)(?:ern)?")
_STATE = re.compile(r"(?:Республик|Королевств|Княжеств|Государств|Султанат)[аи]")
_ADJECTIVE_OF = re.compile(  # «Новой Зеландии», «Объединённых Наций», no surnames in -ой, -ых
    r"\w+(?:ой|ого|его|ых|их)\s\w+(?:[аяыи]|ий|ов)(?!\w)"
)
_GENITIVE = re.compile(rf"[{_CAPITAL}]{{2,}}|.+(?:ы|ии|[^к]ки|льши|[^и]ги|стана|джана)")
_VOWEL = re.compile(r".*[аеёиоуыэюя](?<!ко|зе)(?<!вили)")
_HER_SURNAME = re.compile(r".+(?:[оеё]ва|ина|ына|ая)")
_HIS_OR_HERS = re.compile(r".+(?:[оеё]ва|[иы]на)")
_PATRONYMIC = re.compile(r".+(?:ич|вна|ична)")
_OCCUPATION = re.compile(
    r".{2,}(?:er|or|eer|ist|ian|yst|ant|ent|man|woman|person|keeper|ее?р|ёр|ор|ист|лог|тель|ник|ик"
    r"|арь|ант|ент|граф|вед|ач|щик|ица|истка|онка|çı|çi|çu|çü|or)"
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
    r"глава государства|dövlət(?:imizin)? başçısı|head of state|президент|prezident[a-zəıi]*"
    r"|president",
    re.I,
)
# Who speaks or acts unnamed. Russian and Azerbaijani ones count anywhere in a sentence, as their
# form shows the subject; English ones where a sentence or a clause opens.
_SOMEBODY = re.compile(
    r"источник|собеседни[кц]а?|женщина|мужчина|мать|отец|сын|дочь|жена|муж|супруга?|коллега|друг"
    r"|подруга|сосед(?:ка)?|врач|сторож|хозяин|хозяйка|продавец|инженер|студент(?:ка)?|пенсионер(?:ка)?|судья|мама|папа|брат|сестра|эксперт|адвокат|депутат|парень|девушка"
    r"|(?!(?:по|из|ис|вос|на)\w*ник)[а-яё]{3,}(?:тель|ница|ист|истка|ник|щик|щица|чик|чица)"
    r"|valideyn|fermer|sakin|şair|həkim|vəkil|müəllim|məmur|alim|həmkarı|qadın|kişi|mənbə"
    r"|source|king|queen|teacher|wom[ae]n|m[ae]n|mother|father|son|daughter|wife|husband|resident"
    r"|parent|colleague|rival|witness|aide|critic|official|friend|neighbou?r|brother|sister|boy|girl"
    r"|nurse|judge|guest|(?!water|river|weath|wint|summ|pap|numb|ord|matt|off|pow|lett|tow|oth|numer"
    r"|ev|und|aft|ov|lat|earli|form|long|short|few|feder|gend|answ|fev|off|cent|theat|bett|great)"
    r"[a-z]{2,}(?:er|or|ist|ian|man|woman|person)",
    re.IGNORECASE,
)
_SOMEBODY_ACTS = re.compile(
    rf"(?:^\W*|[,;]\s+)(?:an?|one|the|his|her|their|another)\s+(?:\w+\s+){{0,2}}?"
    rf"(?P<en>(?:{_OFFICE}|{_SOMEBODY.pattern})(?![\w’']))"
    rf"|(?<!\w)(?P<other>"
    rf"(?:(?=[а-яё])(?:{_OFFICE}|{_SOMEBODY.pattern})|valideyn|fermer|sakin|şair|həkim|vəkil"
    r"|müəllim|məmur|alim|həmkarı|mənbə|nazir|prezident|direktor|deputat))(?!\w)",
    re.IGNORECASE,
)
_AT = re.compile(r"\w{3,}[dt][aə]n?")
_HIS = re.compile(r"\w{4,}[ıiuü]")  # «həmkarı», «müavini»
_TWO = re.compile(rf"(?<![\w-])(?=([{_CAPITAL}][\w’'-]+)[^\S\n]([{_CAPITAL}][\w’'-]*\w))")
_DESCRIBED = re.compile(  # «The actor Imelda Crane», «Её коллега из Норланда, Анн-Мари Дюбуа»
    r"\W*(?:(?:The|An?|His|Her|Its|Their|Его|Её|Ее|Их)\s+)?(?:[^\W\d]+\s+){1,4}"
    r"|\W*(?:An?|His|Her|Its|Their|Его|Её|Ее|Их)\s+[^,.]{3,60},\s+"
)
_AND = re.compile(r",?\s+(?:and|и|və)\s+(?:[\w-]+\s+){0,4}", re.IGNORECASE)
_PRONOUN_OPENS = re.compile(rf"\W*{_PRONOUN}(?=[\s,])", re.IGNORECASE)
# The commonest first names whose sex their ending does not show.
_HIS_NAME = re.compile(
    r"(?:John|James|Joe|Joseph|Tom|Thomas|Robert|Bob|William|Bill|David|Michael|Mike|Peter|Paul|Mark"
    r"|George|Henry|Hugh|Jack|Tim|Ted|Ed|Edward|Al|Sam|Ben|Charles|Richard|Joshua|Luca|Mirza|Musa"
    r"|Mustafa|Ilya|Nikita|Sir|Lord)"
)
_HER_NAME = re.compile(
    r"(?:Ann|Anne|Jane|Joan|Mary|Alice|Beatrice|Ruth|Helen|Agnes|Kate|Susan|Elizabeth|Margaret|Grace"
    r"|Rose|Alison|Dame|Lady|Baroness)"
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

    def may_be(self, her: bool | None) -> bool:
        """Whether he or she may be meant."""
        return her is None or self.her in (None, her)


@dataclass
class People:
    """The persons that a document has named so far, and who of them spoke last."""

    text: str
    known: list[Person] = field(default_factory=list)
    last: Person | None = None
    guest: str | None = None
    """Who was interviewed."""

    asked: bool = False
    """Whether words to answer were just said: «он» who answers is not who said them."""
    unclear: Person | None = None
    _small_words: set[str] = field(default_factory=set)
    _pairs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Every two capitalised words that stand together, by the first letters of the second."""
    _fullest: dict[str, str | None] = field(default_factory=dict)

    def speaker(
        self, clause: str, *, behind: bool = False, within: int | None = None
    ) -> str | None:
        """Who speaks in a reporter's clause; None when nobody does, "" when it cannot be told.

        ``behind`` is true for a clause that follows the words said: its first verb counts, and
        the subject may follow it. Otherwise the last one counts. ``within`` are the characters
        before the clause's end in which the verb must stand, reporting nothing itself.
        """
        clause = clause[:LONGEST] if behind else clause[-LONGEST:]
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
        verbs = [
            verb for verb in verbs[:_MOST_VERBS] if not _RELATIVE.search(clause[: verb.start()])
        ]
        for verb in verbs:
            begin = verb.start("verb") if "verb" in verb.re.groupindex and verb["verb"] else None
            begin = verb.start() if begin is None else begin
            her = {"ла": True, "л": False, "с": False}.get((verb["past"] or "").lower())
            replied = self.asked and _REPLIED.match(clause, begin) is not None
            self.unclear = self.last if replied else None
            end = begin if verb.re is _ANY_VERB and verb["verb"] else verb.end()
            person = self._subject(clause[:begin], clause[end:], her, behind)
            if person is None and not behind and _VERB_ENDS.search(verb[0]):
                person = self._opening(clause[:begin])
            if person:
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
        if person is None or person is self.unclear or not person.may_be(her):
            return None
        if her is not None:
            person.her = her
        return person

    def _opening(self, clause: str) -> Person | None:
        """The person with whom a sentence opens, and whose own words it leads to."""
        known, last = self.known, self.last
        self.known = list(known)
        subject = None if _ANOTHERS.search(clause) else self.introduce(clause)
        if subject is None:
            self.known, self.last = known, last
        return subject

    def leads_to(self, clause: str) -> str | None:
        """Whose words follow a clause that ends in a colon and has no verb of saying.

        «Анна Рябова, 43, швея:», "Her rival, Jane Roe, was scathing:", «Рябова переспросила:»
        """
        person = self._opening(clause[-LONGEST:])
        if person:
            self.last = person
        return person.name if person else None

    # --- names --------------------------------------------------------------------------------

    def _person(self, before: str, run: str, apposition: bool, her: bool | None) -> Person | None:
        """The person in a run of capitalised words: without titles, offices and countries."""
        words = run.rstrip(".").split()
        if words[0] in ("A", "An") and words[1:]:
            words.pop(0)
        while words[1:] and _TITLE.fullmatch(words[-1]):
            words.pop()  # «Nina Flint KC»
        if words[2:] and _AT.fullmatch(words[-1]) and re.search("[əğışç]", run):
            words.pop()  # «Fərid Solmazov Bakıda …»
        titles = [place for place, word in enumerate(words) if _TITLE.fullmatch(word)]
        if titles and words[titles[-1]].lower() == "the":
            return None  # «The Lake Monitor said»
        if titles:  # «Затем Президент Ильхам Алиев …»
            before += " ".join(words[: titles[-1] + 1])
            words = words[titles[-1] + 1 :]
        elif words[0].lower() in BEGINNERS or (words[2:] and self._is_common(words)):
            before += words.pop(0)  # «Затем Ильхам Алиев …», «В Баку …», «Инженер Пётр Лугов …»
        if beside := _BESIDE.search(before):  # «of the Republic of Azerbaijan Ilham Aliyev»
            body = _BODY.match(" ".join(words))
            if not beside["place"] or apposition or len(words) < 3 or body:
                return None
            if _DIRECTION.fullmatch(" ".join(words[:-2])):
                return None  # «of the United Arab Emirates»
            full = [at for at, word in enumerate(words) if not _IS_PARTICLE.fullmatch(word)]
            words = words[full[-2] :] if full[1:] else words
        direct = _TITLE_BEFORE.search(before) is not None
        named = self._without_place(words, before)
        own = [word for word in named if not _IS_PARTICLE.fullmatch(word)]
        name = " ".join(named if len(own) <= 4 else named[-2:])
        if (
            not own
            or name[-2:] in ("’s", "'s")
            or (_BODY.match(name) and not (direct and len(own) == 2))
            or (_OBLIQUE.fullmatch(named[-1]) and not self._is_nominative(name))
            or any(own[1:] and own[0][:-1] == p.name.split()[-1] for p in self.known)
        ):
            return None  # «Горемыкину», «жена Горемыкина Нина»
        if len(named) < len(words):  # «президент Заречья Лев Столбов»
            before += " " + " ".join(words[: len(words) - len(named)])
        hers = her is not False and _HER_SURNAME.fullmatch(named[-1]) is not None
        if her is False and _HER_SURNAME.fullmatch(named[-1]) and re.search("[а-я]$", name):
            return None  # «… Саввы Горемыкина сказал»
        if len(own) == 1:
            return self._surname(name, direct, her)
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
        return (
            _OCCUPATION.fullmatch(word) is not None
            or _SOMEBODY.fullmatch(word) is not None
            or word.lower() in self._small_words
            or (
                re.search("[əğı]", " ".join(words)) is not None and _HIS.fullmatch(word) is not None
            )
        )

    def _without_place(self, words: list[str], before: str) -> list[str]:
        """The words without the country or body at their head: «Новой Зеландии Том Ренн»."""
        given, direct = words, _TITLE_BEFORE.search(before) is not None
        office = _OFFICE_WORD.search(before[-_LONGEST_OFFICE:]) is not None
        while len(words) > 1 or (words and direct):
            if _STATE.fullmatch(words[0]):  # the country does not change its form
                words = words[1 if len(words) == 3 else 2 :]
            elif _ADJECTIVE_OF.match(" ".join(words)):
                words = words[2:]
            elif _GENITIVE.fullmatch(words[0]) or (
                office
                and sum(word[0].isupper() and not _IS_PARTICLE.fullmatch(word) for word in words)
                > 2
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

    def _surname(self, name: str, direct: bool, her: bool | None) -> Person | None:
        """Whoever is meant by one word: a person named before, else one by form or title."""
        word = name.split()[-1]
        same = {p.name: p for p in self.known if p.name.split()[-1] == word}
        same = same or {p.name: p for p in self.known if p.name.split()[0] == word}
        if not same and _INITIALS.fullmatch(word):
            same = {p.name: p for p in self.known if same_person(word, p.name)}
        same = {found: person for found, person in same.items() if person.may_be(her)}
        if same:
            if self.last and self.last.name in same:
                return self.last
            return next(iter(same.values())) if len(same) == 1 else Person(word, her=her)
        hers = her is not False and _HER_SURNAME.fullmatch(word)
        if word.isupper() and not _INITIALS.fullmatch(word):
            return None
        if (hers or word[-1] not in "ая") and (full := self._full_name(word)):
            return self._met(full, "", her)
        if _INITIALS.fullmatch(word) or (direct and (hers or not _VOWEL.fullmatch(word))):
            return self._met(name, "", her)
        if any(word[:-1] == p.name.split()[-1] for p in self.known):
            return None  # «цитирует Лосева»
        known = " " in name or ((hers or word[-1] not in "ая") and self._has_first_name(word))
        return self._met(name, "", her) if known else None

    def _is_nominative(self, name: str) -> bool:
        """Whether a name in -ской is a man's: «Иван Донской», not «с Анной Донской»."""
        full = name if " " in name else self._full_name(name) or ""
        first = full.split(" ")[0]
        return (
            name.endswith("кой")
            and first != ""
            and first[-1] not in "аяоеиыую"
            and (
                first[-2:] not in ("ой", "ей") or first[-3:] in ("гей", "рей", "сей", "вей", "фей")
            )
        )

    def _named(self, surname: str) -> list[tuple[str, str]]:
        """The capitalised words that stand together anywhere, with a second like the surname."""
        if not self._pairs:
            self._pairs[""] = []
            for found in _TWO.finditer(self.text):
                if found[1].lower() not in BEGINNERS and not _TITLE.fullmatch(found[1]):
                    self._pairs.setdefault(found[2][:3], []).append((found[1], found[2]))
        return self._pairs.get(surname[:3], [])

    def _full_name(self, surname: str) -> str | None:
        """The only full name of this surname in the whole text."""
        if surname not in self._fullest:
            names = {
                " ".join(pair)
                for pair in self._named(surname)
                if pair[1] == surname and not _OFFICE_WORD.search(pair[0])
            }
            found = names.pop() if len(names) == 1 else None
            if found and (self._is_common([found.split()[0], surname]) or _BODY.match(found)):
                found = None
            if found and (_PATRONYMIC.match(found) or _GENITIVE.fullmatch(found.split()[0])):
                found = None
            self._fullest[surname] = found
        return self._fullest[surname]

    def _has_first_name(self, surname: str) -> bool:
        """Whether the surname stands behind a first name anywhere, in any case."""
        pairs = self._named(surname)[:LONGEST]
        if not pairs:
            return False  # and no pattern to be compiled, as for most words
        stem = re.escape(re.sub("(?:[оиы]й|[аяь])$", "", surname))
        named = re.compile(rf"{stem}(?:[а-яё]{{0,3}}|[nyı]{{0,2}}[ıiuüaə]?n?|dan|dən)")
        return any(named.fullmatch(second) for _, second in pairs)

    def full(self, name: str) -> str:
        """The name in full where one person of that surname was named, sooner or later."""
        if " " in name:
            return name
        found = {p.name for p in self.known if " " in p.name and p.name.split()[-1] == name}
        return found.pop() if len(found) == 1 else name

    def _met(self, name: str, before: str, her: bool | None) -> Person:
        """The person of this name, with the office that stands before it."""
        person = next((p for p in self.known if p.name == name), None)
        if person is None:
            parts = name.split()
            if full := [p for p in self.known if _shorter(parts, p.name)]:
                person = full[0]
            else:
                person = Person(name, her=_gender(name))
                self.known.append(person)
                del self.known[:-MOST_PERSONS]
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
        sentence = sentence[:LONGEST]
        subject: Person | None = None
        several, subject_end = False, 0
        for run in NAME.finditer(sentence):
            words, before = run[0].rstrip(".").split(), sentence[: run.start()]
            opens = "," not in before and len(before) < _LONGEST_OFFICE
            if len(words) == 1 and not _WORD.search(before) and not _TITLE.fullmatch(words[0]):
                subject = self._surname(words[0], False, None) if len(words[0]) > 2 else None
                subject = subject if subject and " " in subject.name else None
            described = _DESCRIBED.fullmatch(before) is not None
            if len(words) == 1 or not (
                not _WORD.search(before)
                or described
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
            if person and subject and _AND.fullmatch(sentence, subject_end, run.start()):
                several = True
            begins = subject is None and (opens or described) and not _BESIDE.search(before)
            if person and " " in person.name and begins:
                subject, subject_end = person, run.end()
        if subject is None and (pronoun := _PRONOUN_OPENS.match(sentence)):
            subject = self._pronoun(pronoun, None)
        if subject is None and (somebody := _somebody(sentence)) is not None:
            subject = self._office(sentence[somebody:], None, final=False)
            self.last = subject
        if several:
            subject = self.last = None
        elif subject or self._names_another(sentence):
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
        opening = NAME.match(phrase.strip())
        if not words or (final and others):
            return None
        if not final and opening and not _TITLE.fullmatch(opening[0].split()[0]):
            return None  # «said Jordan House»
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
        if not person.office or not person.may_be(her):
            return False
        head = _HEADS_OF_STATE.match(" ".join(words))
        if head and any(_HEADS_OF_STATE.fullmatch(word) for word in person.office):
            rest = " ".join(words)[head.end() :].split()
            return (
                not rest or head[0].endswith("ı") or rest[0] in _GENERAL or rest[0] in person.office
            )
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


def _gender(name: str) -> bool | None:
    """Whether a name is a woman's, where its form shows it."""
    first, last = name.split()[0], name.split()[-1]
    if _HIS_NAME.fullmatch(first) or _HIS_NAME_IN_A.fullmatch(first):
        return False
    if _HER_NAME.fullmatch(first) or (first != last and first[-1] in "aая"):
        return True
    if re.fullmatch(r".+(?:[оеё]в|[сц]кий|[yo]ev|ov)", last):
        return False
    return True if re.fullmatch(r".+(?:[оеё]ва|ская|yeva|ova)", last) else None


def _somebody(sentence: str) -> int | None:
    """Where a sentence speaks of somebody without a name who does or says something."""
    for found in _SOMEBODY_ACTS.finditer(sentence):
        at = found.start("en") if found["en"] else found.start("other")
        if not _BESIDE.search(sentence[:at]):
            return at
    return None


def _shorter(parts: list[str], full: str) -> bool:
    """«Савва Горемыкин» for «Савва Ильич Горемыкин», «фон дер Горе» for «Нина фон дер Горе»."""
    words = full.split()
    return len(words) > len(parts) > 1 and (
        [words[0], words[-1]] == parts
        if len(words) == 3
        else any(part.islower() for part in parts) and words[-len(parts) :] == parts
    )


def _same_word(word: str, office: str) -> bool:
    return word == office or (
        len(word) > 3 and office.startswith(word) and len(office) - len(word) <= 2
    )
