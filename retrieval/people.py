"""Names of speakers: what a label calls them, and their full name where the document gives one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from retrieval.furniture import CAPITAL
from retrieval.records import Speech
from retrieval.sentences import BEGINNERS

NAME_WORD = rf"(?:(?:al|el|аль|эль)-)?[{CAPITAL}][^\W\d_]*(?:[-‑’'][^\W\d_]+)*"
"""One word of a name: «Сассу-Нгессо», "O’Neill"."""
INITIAL = rf"(?:Дж|Дз|Ch|Sh|Th|Ph|Zh|Yu|Ya|[{CAPITAL}])\."
"""«В.», «Дж.»"""
OFFICE = re.compile(
    r"(?:вице|экс|гос|ген|vice|ex|статс)?[- ]?(?:президент|премьер(?:-министр)?|министр|глава|"
    r"председатель|руководитель|заместитель|канцлер|король|королева|секретарь|генсек|спикер|посол|"
    r"губернатор|мэр|директор|прокурор|помощник|советник|депутат|сенатор|патриарх|митрополит|"
    r"муфтий|султан|эмир|принц|генерал|полковник|капитан|майор|маршал|адмирал|академик|профессор|"
    r"доктор|господин|госпожа|товарищ|ректор|лидер|ведущ(?:ий|ая)|журналист(?:ка)?|корреспондент|"
    r"president|minister|secretary|chair(?:man|woman|person)|chancellor|speaker|king|queen|emir|"
    r"ambassador|commissioner|governor|mayor|director|senator|head|chief|leader|ceo|editor|"
    r"representative|envoy|aide|adviser|advisor|deputy|general|colonel|commander|patriarch|"
    r"professor|doctor|prince|sheikh|rector|host|anchor|moderator|journalist|correspondent|"
    r"ombudsman|prosecutor|auditor|writer|actor|columnist|trainer|officer|member|premier|"
    r"mr|mrs|ms|dr|sir|madam|prezidenti?|naziri?|sədri?|katibi?|lideri?|başçısı|cənab|xanım|"
    r"jurnalist|aparıcı)(?:[-‑]\w+)*",
    re.IGNORECASE,
)
"""One word of an office, a rank or a form of address."""
ROLE = re.compile(
    r"(?:вопрос|реплика|ответ|ведущ(?:ий|ая)|модератор|корреспондент|журналист(?:ка)?|голос|"
    r"(?:(?:голос|реплика|вопрос)\s)?из\sзала|переводчик|гость(?:я)?|слушатель|зритель|участни(?:к|ца)|"
    r"председательствующий|президент|премьер-министр|"
    r"question|remark|comment|response|reply|answer|q|a|moderator|(?:program(?:me)?\s)?host|anchor|"
    r"interviewer|journalist|reporter|correspondent|voice|guest|audience(?:\smember)?|participant|"
    r"operator|press|media|interpreter|unidentified\s\w+|"
    r"(?:the\s)?(?:(?:vice[-\s])?president|prime\sminister|chair(?:man|person|woman)?|speaker|"
    r"secretary[-\s]general|secretary|chancellor|minister|presenter)|"
    r"sual|cavab|jurnalist|müxbir|aparıcı|qonaq|replika|zaldan(?:\s\w+)?|prezident|baş\snazir)"
    r"(?:\s№?\d{1,3}|\s(?:from|из)\s[^:\n]{2,60})?",
    re.IGNORECASE,
)
"""A label that names nobody: “Question”, «Реплика», "Jurnalist"."""
_PATRONYMIC = re.compile(r"[^\W\d_]+(?:ич|вна|чна|оглы|кызы)")
_PATRONYMIC_ANY = re.compile(r"[^\W\d_]+(?:ич|вн|чн)[а-я]{0,2}")
_NAMES = re.compile(rf"(?<!\w){NAME_WORD}(?:\s+(?:(?:van|von|der|de|bin|da)\s+)*{NAME_WORD})+")
_OF = re.compile(r"(?<!\w)(?:of|for|and|to|at|in|from|by|the)\s+\Z")
_REGAL = re.compile(
    r"(?:патриарх|митрополит|архиепископ|епископ|король|королева|папа|муфтий|шейх|принц|"
    r"patriarch|metropolitan|archbishop|bishop|king|queen|pope|prince|princess|sheikh)(?!\w)",
    re.IGNORECASE,
)
_JOINED = re.compile(rf"([a-zа-я])([{CAPITAL}])")
_COLON = re.compile(r"\s*(?:\([^()\n]*\)\s*)?[*_]*:")
_LOWER_WORD = re.compile(r"(?<!\w)[a-zа-яёəğıöşüç][^\W\d_]+")
NO_PERSON = re.compile(
    r"(?<!\w)(?:union|nations|states|federation|republic|committee|council|commission|assembly|"
    r"ministry|government|parliament|bank|office|house|agency|department|service|statement|"
    r"corporation|congress|chamber|district|alliance|region|territory|part|chapter|section|article|note|source|photo|video|contacts?|tel|phone|"
    r"email|address|date|time|place|venue|tags?|topics?|summary|update|agenda|news|press|"
    r"союз|республика|федерация|область|край|совет|комитет|правительство|министерство|банк|"
    r"указ|текст|фото|видео|источник|дата|место|тема|темы|теги|справка|контакты|адрес|примечание|"
    r"первое|второе|третье|четвёртое|пятое|первый|второй|третий|пример|итог|вывод|главное|"
    r"birinci|ikinci|üçüncü|foto|mənbə|mövzu|qeyd|first|second|third|secondly|finally|example)"
    r"(?!\w)",
    re.IGNORECASE,
)
"""Words that stand in no person's name."""
PARTICLES = frozenset(
    "de da di la le van von der den al el bin ibn Al Bin оглы oğlu qızı фон де".split()
)
"""Words in the middle of a name that need no capital."""
_HIS_STEMS = {
    "Павл": "Павел", "Льв": "Лев", "Петр": "Пётр", "Никит": "Никита", "Иль": "Илья",
    "Кузьм": "Кузьма", "Савв": "Савва", "Фом": "Фома", "Лук": "Лука", "Данил": "Данила",
}  # fmt: skip
_VOWELS = "аеёиоуыэюя"


def title_case(words: str, language: str) -> str:
    """Words in ALL CAPITALS as names are written: "PRESIDENT ALIYEV" as "President Aliyev"."""

    def lowered(match: re.Match[str]) -> str:
        rest = match[2].replace("İ", "i")
        return match[1] + (rest.replace("I", "ı") if language == "az" else rest).lower()

    capitals = re.compile(rf"(?<!\w)(?![IVX]+(?!\w))([{CAPITAL}])([{CAPITAL}]+)(?!\w)")
    return capitals.sub(lowered, words)


_ADDRESS = re.compile(
    r"(?:Mrs?|Ms|Miss|Dr|Sir|Madam|господин|госпожа|товарищ|г-н|г-жа|cənab|xanım)\.?\s",
    re.IGNORECASE,
)


def without_address(name: str) -> str:
    """A name without the form of address before it: "Mrs Holm" is "Holm"."""
    return _ADDRESS.sub("", name, count=1) if _ADDRESS.match(name) else name


_OF_BODY = re.compile(
    rf"(?i:{NO_PERSON.pattern})|(?:tion|sion|ment|ness|[ae]nce|ship|ity|s)\Z|\A(?:Board|Front|Press)\Z"
)
"""A word of what somebody is head of: no name, whatever stands behind it."""


class People:
    """The names in a document: in its text, its title and whatever else is known of it."""

    def __init__(self, speech: Speech, labels: Iterable[str]) -> None:
        """``labels`` are names that stand in the document's labels; full ones are believed."""
        known = [speech.speaker or "", speech.title or ""]
        known += [value for value in speech.extra.values() if isinstance(value, str)]
        text = "\n".join([*known, speech.text])
        self._text = text
        lower = set(_LOWER_WORD.findall(text))
        self._cards: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._given: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._mentions: dict[str, int] = {}
        self._whole: set[str] = {speech.speaker or "", *labels}
        for run in _NAMES.finditer(text):
            names = run[0].split()
            label = _COLON.match(text, run.end()) is not None
            if not label and not _OF.search(text, max(0, run.start() - 12), run.start()):
                self._whole.add(" ".join(names))
            for at, name in enumerate(names[1:], 1):
                self._pairs[names[at - 1], name] += not (label and at == len(names) - 1)
                patronymic = _PATRONYMIC_ANY.fullmatch(names[at - 1]) and at > 1
                given = names[at - 2] if patronymic else names[at - 1]
                if _is_given(given) and given.lower() not in lower:
                    self._given[name][given] += 1
            for surname, given, patronymic_ in zip(names, names[1:], names[2:], strict=False):
                if _PATRONYMIC.fullmatch(patronymic_):
                    self._cards[surname][given] += 1

        for first, *_, last in (name.split() for name in labels if " " in name):
            self._given[last][first] += 1

    def full_name(self, name: str) -> str:
        """«Владимир Путин» for «В.Путин»; the name itself where no other is certain."""
        words = name.split()
        if len(words) == 3 and _PATRONYMIC.fullmatch(words[2]):
            return f"{words[1]} {words[0]}"  # «Орлов Антон Ильич»
        if (apart := _JOINED.sub(r"\1 \2", name)) in self._whole:
            return apart  # "JaneRoe"
        label = re.fullmatch(rf"(?P<initials>(?:{INITIAL}\s?)*)(?P<surname>.+)", name)
        if label is None:
            return name
        initial, surname = label["initials"].split(".")[0], label["surname"]
        if not initial:
            if _REGAL.match(surname):
                return name
            while " " in surname and OFFICE.fullmatch(surname.split()[0].rstrip(".")):
                surname = surname.split(maxsplit=1)[1]
            if " " in surname:
                return surname
        given = self._given_name(initial, surname)
        return f"{given} {surname}" if given else name

    def person_in(self, office: str) -> str:
        """The person's name at the end of an office: "President of Austria Jan van Dael"."""
        words = office.split()
        last = max((at for at, word in enumerate(words) if OFFICE.fullmatch(word)), default=-1)
        rest = words[last + 1 :]
        if not rest:
            return office
        if last >= 0 and (len(rest) == 1 or _REGAL.match(words[last])):
            plain = all(re.match(NAME_WORD, word) or word in PARTICLES for word in rest)
            return " ".join(words[last:]) if plain else f"{words[last]} {rest[-1]}"
        for size in range(min(5, len(rest)), 1, -1):
            name = " ".join(rest[-size:])
            if name in self._whole and not NO_PERSON.search(name):
                return name
        size = 2
        while size + 2 <= len(rest) and (rest[-size] in PARTICLES or rest[-size - 1] in PARTICLES):
            size += 1
        if len(rest) in (3, 4) and all(re.match(NAME_WORD, word) for word in rest):
            size = 3
        while size < len(rest) and self._belongs(rest, size):
            size += 1
        return " ".join(rest[-size:])

    def _belongs(self, words: list[str], size: int) -> bool:
        """Whether the word before the last ``size`` is of the same name: it stands nowhere else.

        A country stands elsewhere too, or behind a preposition: "of Arn Jan Karel Dael".
        """
        word, following = words[-size - 1], words[-size]
        if not re.fullmatch(NAME_WORD, word) or OFFICE.fullmatch(word) or _OF_BODY.search(word):
            return False
        if self._pairs[words[-1], following]:
            return False  # a card, «Роу Анна», begins with the first name
        if size + 1 == len(words) or words[-size - 2].islower():
            return False
        alone = re.compile(rf"(?<!\w){re.escape(word)}(?!\s+{re.escape(following)})(?!\w)")
        return alone.search(self._text) is None

    def mentions(self, name: str) -> int:
        """How often a name stands in the document, in any case, but in no label.

        Of a single word, how often it stands behind another capitalised one.
        """
        if name in self._mentions:
            return self._mentions[name]
        *before, last = re.split(r"[\s.]", name)
        first, stem = (before[-1][:3] if len(before[-1:]) else ""), _stem(last)
        self._mentions[name] = sum(
            times
            for (given, surname), times in self._pairs.items()
            if surname.startswith(stem)
            and len(surname) <= len(stem) + 3
            and (given.startswith(first) if first else _is_given(given))
        )
        return self._mentions[name]

    def _given_name(self, initial: str, surname: str) -> str | None:
        last = re.split(r"[\s.]", surname)[-1]
        sure, unsure = Counter(self._cards[last]), Counter[str]()
        stem = _stem(last)
        for written, given_names in self._given.items():
            if written.startswith(stem) and len(written) <= len(stem) + 3:
                for given, times in given_names.items():
                    nominative, certain = _nominative(given, written[len(stem) :], last)
                    if nominative:
                        (sure if certain else unsure)[nominative] += times
        for found in sure, unsure:
            fitting = [given for given, _ in found.most_common() if given.startswith(initial)]
            if fitting and (initial or len(fitting) == 1):
                return fitting[0]
        return None


def _is_given(word: str) -> bool:
    """Whether a capitalised word may be a given name: no office, no word that opens sentences."""
    office = OFFICE.fullmatch(word) or OFFICE.fullmatch(re.sub("(?:а|у|ом|ем)$", "", word))
    return len(word) > 1 and not office and word.lower() not in BEGINNERS and not word.isupper()


def _stem(surname: str) -> str:
    if re.search("[а-яё]ая$", surname):
        return surname[:-2]
    return surname[:-1] if re.search("(?:[вн]а|[йья])$", surname) else surname


def _nominative(given: str, ending: str, surname: str) -> tuple[str | None, bool]:
    """The given name as it is when nobody inflects it, and whether that is certain.

    ``ending`` is what the surname has behind its stem where the two stand together.
    """
    own = surname[len(_stem(surname)) :]
    if not re.search("[а-яё]$", surname):  # Latin: the names do not change their form
        return (given, True) if ending == own else (None, False)
    indeclinable = surname[-1] in "оуиеэюы" or surname.endswith(("ых", "их"))
    female = re.search("(?:[вн]а|ая)$", surname) is not None
    if ending == own:
        if given[-1] not in _VOWELS and not given.endswith("ой"):
            if indeclinable and re.search("..(?:ом|ем)$", given):
                return _his(given), False
            return given, True
        if given[-1] in "ая":
            return given, not indeclinable
        return _hers(given), False
    if indeclinable or len(ending) > 2 or not ending:
        return None, False
    return (_hers(given) if female else _his(given)), False


def _hers(given: str) -> str | None:
    """«Ольгой», «Ольги», «Ольге» and «Ольгу» to «Ольга»; None where it cannot be told."""
    for pattern, nominative in (
        ("(?:ию|ии|ией)$", "ия"),
        ("(?:ью|ьи|ьей|ье)$", "ья"),
        ("(?:ы|ой|у|е)$", "а"),
        ("(?<=[гкхжшч])(?:и|ей)$", "а"),
    ):
        stem = re.sub(pattern, "", given)
        if stem != given:
            return stem + nominative
    return None


def _his(given: str) -> str | None:
    """«Сергея», «Сергею» and «Сергеем» to «Сергей», «Антоном» to «Антон»."""
    match = re.fullmatch("(.+?)(?:(ом|[аую])|(ем|[яюе]))", given)
    if match is None or len(match[1]) < 2:
        return None
    stem = match[1]
    if stem in _HIS_STEMS:
        return _HIS_STEMS[stem]
    if stem[-1] in _VOWELS:
        return None if match[2] and match[2] != "ю" else stem + "й"
    if match[3] in ("я", "ем") or given.endswith("ю"):
        return stem + "ь"
    return stem
