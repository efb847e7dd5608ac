"""From text to the terms that word search works with: words, stems, languages, sound keys.

Three languages are known: Russian, Azerbaijani and English. Everything here is a pure function
of its arguments. An index remembers which analyser made it: a change that alters any term, or
how texts are cut into passages, must raise :data:`ANALYSER_VERSION`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import Stemmer

Language = Literal["ru", "az", "en"]

ANALYSER_VERSION = 2

_APOSTROPHES = "'’ʼ‘`´′ʹ＇"
_HYPHENS = "-‐‑–"

# Endings that a number (8-го, 8th, 1990-cı) or an abbreviation (BMT-nin) takes: no words.
_AZ_ENDINGS = "|".join(
    "a ə e ya yə ye i ı u ü yi yı yu yü ni nı nu nü si sı su sü in ın un ün nin nın nun nün "
    "da də de ta tə te dan dən den tan tən ten nda ndə nde ndan ndən nden ına inə ine una ünə "
    "ında ində inde unda ündə ından indən unda undan ündən dir dır dur dür lar lər ler ları ləri "
    "lara lərə larda lərdə lardan lərdən ların lərin li lı lu lü dakı dəki daki deki la lə le "
    "yla ylə yle".split()
)
_ORDINAL = "[iıuü]?n?c[iıuü]"
_NUMBER_ENDING = (
    f"(?:[{_HYPHENS}](?:[оыи]?го|[оеы]?му|[оыи]?[ймех]|[ыи]?ми|[ая]я|ю|я|ти|мя|st|nd|rd|th|"
    f"{_ORDINAL}|(?:{_ORDINAL})?(?:{_AZ_ENDINGS}))|[{_APOSTROPHES}]s|st|nd|rd|th|s|{_ORDINAL}|гг?)"
)
_NUMBER = (
    rf"(?:[1-9]\d{{0,2}}(?:[ \u00a0\u2009\u202f]\d{{3}})+|\d+)(?:[.,]\d+)*{_NUMBER_ENDING}?(?!\w)"
)
# Letters and digits, held together by combining marks (a stress mark in за́мок), characters of no
# width, apostrophes (Xocalı'da) and, between digits, the signs of a number (4,6; 1.000).
_PLAIN = (
    r"[^\W_]+(?:(?:[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]"
    rf"|[{_APOSTROPHES}](?=[^\W_])|(?<=\d)[.,](?=\d))[^\W_]*)*"
    rf"(?:(?<=[A-ZÇĞƏİÖŞÜ0-9]{{2}})[{_HYPHENS}](?:{_AZ_ENDINGS})(?!\w))?"
)
_DATE = (
    r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?!\w)"
    r"|(?P<d2>\d\d?)(?P<sign>[./])(?P<m2>\d\d?)(?P=sign)(?P<y2>\d{4}|\d\d)(?![\w/]|[.,]\d)"
)
_WORD = re.compile(rf"(?=\d)(?:{_DATE}|{_NUMBER})|{_PLAIN}")

_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_STRESS = re.compile("[\u0300-\u036f]")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f\u0259\u1e00-\u1eff]")
_AZERBAIJANI_LETTER = re.compile("[əƏğĞışŞİ]")

# Accents are dropped but where an alphabet of ours has the accented letter as one of its own.
_ACCENTED = {
    letter: base[0]
    for letter in map(chr, (*range(0xE0, 0x250), *range(0x1E00, 0x1F00), 0x450, 0x45D))
    if len(base := unicodedata.normalize("NFD", letter)) > 1
    and base[0].isalpha()
    and letter not in "çğöşü"
}
_FOLDED = str.maketrans(
    {**_ACCENTED, "ё": "е", "ı": "i", "ǝ": "ə", **dict.fromkeys(_APOSTROPHES, "'")}
)

# Letters of one script typed for those of the other that look the same (Unicode's confusables,
# of our three alphabets).
_AS_CYRILLIC = dict(zip("ABCEHKMOPTXYacekmoptxy", "АВСЕНКМОРТХУасекмортху", strict=True))
_AS_LATIN_LETTER = {cyrillic: latin for latin, cyrillic in _AS_CYRILLIC.items()} | {
    "ә": "ə", "Ә": "Ə", "і": "i", "І": "I", "ј": "j", "Ј": "J", "ѕ": "s", "Ѕ": "S", "һ": "h",
}  # fmt: skip

# Azerbaijani letters as people type them without the letters' own keys; q and x as Turkish and
# Russian spellings of the same roots have them (DESIGN.md: measured on NTREX).
AZ_FOLD = str.maketrans("əığüöşçqx", "eiguosckh")
_AZ_STEM_LETTERS = 5
_AZ_ROOT_LETTERS = 4
# Endings in folded letters, of nouns (number, possession, case, copula) and of verbs, the
# longest first; vowel harmony leaves each in two forms at most.
_AZ_STRIPPED = frozenset(
    "lar ler imiz umuz miz muz si su i u in un a e nin nun ni nu na ne yi yu ya ye da de dan "
    "den la le dir dur mak mek ma me il ul ib ub yib yub di du mis mus ir ur yir yur an en yan "
    "yen acak ecek yacak yecek".split()
)
_AZ_LONGEST_STRIPPED = max(map(len, _AZ_STRIPPED))

_AROUND = '.,:;!?…«»“”„"()[]–—'
_SIMPLE = re.compile("[а-яА-ЯёЁ]+|[a-zA-ZçÇğĞəƏıİöÖşŞüÜ]+")

_CASED = frozenset(
    "us who it use pace start tap mic res aids ask car din ses воз мот про ии ран сво наса нана "
    "дняо опек вада мус ит".split()
)
"""Words that are abbreviations when written in capitals, and then fold to capitals."""
_MONTH = "month:"
"""Begins the folded form of the month in a date written with digits: ``month:8``."""


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """Lower-case form of a word by which spellings meet; folding it again changes nothing.

    NFKC, ё as е, no stress marks or accents (but ç, ğ, ö, ş, ü), every apostrophe as ``'``; both
    Turkic I's become ``i``. A word with a few letters of another script that look like its own is
    mended (Latin P and o in «Poссия»). Numbers lose what groups their digits and the endings
    after them: 10 000 and 10,000 give ``10000``, 4,6 ``4.6``, 8-го and 08 ``8``.
    """
    if _SIMPLE.fullmatch(word):
        return word.replace("İ", "i").lower().replace("ё", "е").replace("ı", "i")
    while (folded := _fold_once(word)) != word:
        word = folded
    return word


def _fold_once(word: str) -> str:
    word = _ZERO_WIDTH.sub("", "".join(unicodedata.normalize("NFKC", word).split()))
    if _CYRILLIC.search(word) and _LATIN.search(word):
        word = _one_script(word)
    word = unicodedata.normalize("NFKC", word.lower())
    word = "".join(_STRESS.sub("", word).translate(_FOLDED).split())
    if word[:1].isdigit():
        return _number(word)
    head, hyphen, _ = re.sub(f"[{_HYPHENS}]", "-", word).partition("-")
    return head if hyphen else word


def _one_script(word: str) -> str:
    """A word of two scripts in one of them, that of most letters first, if looks allow."""
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    tables = [(_LATIN, _AS_CYRILLIC), (_CYRILLIC, _AS_LATIN_LETTER)]
    for others, table in tables if cyrillic >= latin else reversed(tables):
        if all(letter in table for letter in others.findall(word)):
            return "".join(table[letter] if others.match(letter) else letter for letter in word)
    return word


_ENDED = rf"(\d+(?:[.,]\d+)*){_NUMBER_ENDING}"  # takes long to compile, and is seldom wanted
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:(?:,\d{3})+|(?:\.\d{3})+))(?:[.,](\d+))?")


def _number(word: str) -> str:
    if not word[-1].isdigit() and (ended := re.fullmatch(_ENDED, word)):
        word = ended[1]
    if grouped := _GROUPED.fullmatch(word):
        whole = re.sub("[.,]", "", grouped[1])
        return f"{whole}.{grouped[2]}" if grouped[2] else whole
    if len(word) == 2 and word[0] == "0":
        return word[1]
    return word.replace(",", ".")


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, folded word) for each word of a text; offsets in code points.

    A date in digits is three words, day, month and year in the order written, the month marked
    as one (``month:8``). A word that in capitals is an abbreviation (US, WHO) stays in capitals.
    """
    for match in _WORD.finditer(text):
        if match.lastgroup:
            yield from _date(match)
            continue
        written = match[0]
        folded = fold(written)
        head = folded.partition("'")[0] if "'" in folded else folded
        if head in _CASED and _is_abbreviation(written, text):
            folded = head.upper()
        if folded:
            start, end = match.span()
            yield start, end, folded


_GROUPED_DIGITS = re.compile(r"\d\s\d")


def folded_words(text: str) -> list[str]:
    """The folded words of a text, in order, as :func:`words` gives them, in a fraction of the time.

    What stands between white space is cut once and remembered; only numbers like 10 000, and the
    question whether all is in capitals, need more of the text.
    """
    if not is_separable(text):
        return [word for _, _, word in words(text)]
    return [word for part in text.split() for word in _words_of_part(part)]


def is_separable(text: str) -> bool:
    """Whether the words of a text are those of what stands between its white space."""
    return not (_GROUPED_DIGITS.search(text) or text.isupper())


def words_of_part(part: str) -> tuple[str, ...]:
    """The folded words of what stands between white space, as :func:`words` gives them."""
    bare = part.strip(_AROUND)
    if _SIMPLE.fullmatch(bare):  # most are one word
        folded = fold(bare)
        if folded not in _CASED:
            return (folded,)
    return tuple(word for _, _, word in words(part))


_words_of_part = lru_cache(maxsize=1 << 17)(words_of_part)


def _is_abbreviation(word: str, text: str) -> bool:
    """Whether a word is in capitals, and not because everything is."""
    written = _APOSTROPHE.split(word)[0]
    return written.isupper() and not (text.isupper() and len(text.split()) > 3)


def _date(match: re.Match[str]) -> Iterator[tuple[int, int, str]]:
    parts = ("y", "m", "d") if match["m"] else ("d2", "m2", "y2")
    numbers = dict(zip(parts, (int(match[part]) for part in parts), strict=True))
    day, month = ("d", "m") if match["m"] else ("d2", "m2")
    if match["sign"] == "/" and numbers[month] > 12:  # the American order
        day, month = month, day
    sound = 1 <= numbers[month] <= 12 and 1 <= numbers[day] <= 31
    if sound and len(match[parts[2]]) == 2 and "y2" in parts:
        numbers["y2"] += 2000
    for part, number in numbers.items():
        mark = _MONTH if sound and part == month else ""
        yield match.start(part), match.end(part), f"{mark}{number}"


def script_language(word: str, language: Language) -> Language:
    """The language by whose rules a word is stemmed in a text of the given language.

    A Cyrillic word is Russian wherever it stands; a Latin one inside Russian text is English.
    """
    if _CYRILLIC.search(word):
        return "ru"
    return "en" if language == "ru" else language


@cache
def _snowball(language: Language) -> Stemmer.Stemmer:
    import Stemmer

    # without its own memory of words, which takes six times as long as stemming them: see stem()
    return Stemmer.Stemmer({"ru": "russian", "en": "english"}[language], 0)


@lru_cache(maxsize=1 << 17)
def stem(word: str, language: Language) -> str:
    """The stem of a folded word: Snowball for ru and en, see :func:`_az_stem` for az."""
    head, apostrophe, tail = word.partition("'")
    if apostrophe:  # it parts an ending from a name (Xocalı'da), but stands in words (об'єкт) too
        inside = len(head) < 2 or (_CYRILLIC.match(head[-1]) and _CYRILLIC.match(tail))
        word = head + tail if inside else head
        word = word.replace("'", "")
    if not word or word[0].isdigit() or word.isupper() or word.startswith(_MONTH):
        return word
    if language == "az":
        return _az_stem(word.translate(AZ_FOLD))
    return str(_snowball(language).stemWord(word))


def _az_stem(word: str) -> str:
    """The first letters of an Azerbaijani word without its endings; diacritics folded.

    Azerbaijani has no published stemmer. It inflects by endings alone, one after the other, so
    that they are taken off while enough letters are left. What a root's last letter becomes
    before a vowel (uşaq, uşağı; böyük, böyüyü) is undone. Since endings of derivation stay, and
    the rules know no roots, five letters of the rest stand for the word (measured on NTREX).
    """
    stripped = True
    while stripped:
        stripped = False
        for size in range(min(_AZ_LONGEST_STRIPPED, len(word) - _AZ_ROOT_LETTERS), 0, -1):
            if word[-size:] in _AZ_STRIPPED:
                word = word[:-size]
                stripped = True
                break
    if len(word) > 2 and word[-1] in "gy":
        word = word[:-1] + "k"
    return word[:_AZ_STEM_LETTERS]


@lru_cache(maxsize=1 << 17)
def term(word: str, language: Language) -> str:
    """The index term of a folded word in a text of a language: ``ru:коридор``, ``42``.

    The tag keeps the cut Azerbaijani stems apart from English ones of the same letters; numbers
    are the same in every language.
    """
    if word[0].isdigit() or word.startswith(_MONTH):
        return word
    # an abbreviation in capitals is the same in every Latin text
    spoken = script_language(word, "en" if word.isupper() else language)
    return f"{spoken}:{stem(word, spoken)}"


# --- the language of a text -------------------------------------------------------------------

_COMMON: dict[Language, frozenset[str]] = {
    "en": frozenset(
        "the of and to in a is that for was on are with as by at from it this be which an have "
        "has were not or what who when where why how did do does about said say will would can "
        "our we us i you they he she his her their its there many much been".split()
    ),
    "az": frozenset(
        "ve və bir bu ile ilə ucun üçün de də da ki o ne nə kim hansi hansı nece necə harada "
        "haqqinda haqqında barede barədə olan olub oldu deyil var yox biz siz onlar men mən "
        "sonra kimi qeder qədər daha en ən cox çox her hər edib etdi eden edən dedi deyib "
        "deyildi neçə nece niye niyə haqda olaraq ise isə eger əgər amma lakin".replace(
            "ı", "i"
        ).split()
    ),
}
_AZ_ENDING = re.compile(
    r"(?:lar|ler|lər|dan|den|dən|nin|nun|nün|lari|leri|ləri|lik|luq|lıq|maq|mek|mək|miz|siz|"
    r"nda|nde|ndə|inin|unun|sini|sinin|ndan|nden|acaq|ecek|əcək|mis|miş|mış|dir|dır|dur|dür)$"
)


def detect_language(text: str) -> Language:
    """The language of a text or question: ``ru``, ``az`` or ``en``.

    Cyrillic letters mean Russian. Else letters that only Azerbaijani has, its frequent words and
    its endings are weighed against frequent English words, so that Azerbaijani typed without its
    diacritics is still known. Anything else counts as English.
    """
    sample = text[:20_000]
    folded = folded_words(sample)
    letters = "".join(folded)
    cyrillic = len(_CYRILLIC.findall(letters))
    if cyrillic * 3 > sum(map(str.isalpha, letters)):  # a Russian question may name WhatsApp
        return "ru"
    english = azerbaijani = 0.0
    for word in folded:
        one, other = _leaning(word)
        english += one
        azerbaijani += other
    # a name like Şuşa in an English text does not make it Azerbaijani
    azerbaijani += len(_AZERBAIJANI_LETTER.findall(sample))
    return "az" if azerbaijani and azerbaijani >= english else "en"


@lru_cache(maxsize=1 << 16)
def _leaning(word: str) -> tuple[float, float]:
    """How much a word speaks for English, and for Azerbaijani."""
    ending = 0.5 * bool(_AZ_ENDING.search(word) and len(word) > 5)
    return float(word in _COMMON["en"]), (word in _COMMON["az"]) + ending


# --- names across scripts ---------------------------------------------------------------------

_CYRILLIC_LETTERS = (
    "а б в г д е з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я ж і ї є ґ ғ ҝ ө ү һ ҹ ә қ ң ұ ў"
)
_AS_LATIN = (
    "a b v g d e z i y k l m n o p r s t u f h ts ch sh sh - i - e u a j i i e g g k o u h j "
    "e k n u u"
)
_CYRILLIC_TO_LATIN = str.maketrans(
    dict(zip(_CYRILLIC_LETTERS.split(), _AS_LATIN.split(), strict=True))
)
_LATIN_FOLD = str.maketrans("əığüöşçqx", "eiguoscqh")
# Georgian by its national romanisation, Armenian by how it sounds; names only go through these.
_OTHER_LETTERS = dict(
    zip(
        "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
        "a b g d e v z t i k l m n o p zh r s t u p k gh k sh ch ts dz ts ch kh j h "
        "a b g d e z e i t zh i "
        "l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f".split(),
        strict=True,
    )
)
_OTHER_TO_LATIN = str.maketrans(_OTHER_LETTERS)
_DIGRAPHS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[iy]+([aeu])", r"\1"),  # ya, yu, ye, iye: the glide is spelt in one script only
        ("dzh|dj", "j"),
        ("kh", "h"),
        ("zh", "j"),
        ("gh", "g"),
        ("ph", "f"),
        ("ck", "k"),
        ("th", "t"),
        ("sch|sh", "s"),
        ("tch|ch", "c"),
        ("ts", "s"),
        ("y", "i"),
        ("w", "v"),
        ("q", "k"),
        ("x", "h"),
        (r"(.)\1+", r"\1"),
    )
]
_VOWELS = re.compile("[aeiou]")
_LONGEST_NAME = 64
"""Letters of a word that its sound key reads: what is longer is no name."""


@lru_cache(maxsize=1 << 16)
def sound_key(word: str) -> str:
    """A rough Latin spelling under which a name's forms in the three languages come close.

    Зангезур, Zangezur and Zəngəzur all give ``zangazur``; Алиев and Əliyev give ``alav`` and
    ``aliav``. Use with a measure of nearness; equality is not promised.
    """
    key = fold(word[:_LONGEST_NAME]).translate(_CYRILLIC_TO_LATIN).translate(_LATIN_FOLD)
    if not key.isascii():
        key = key.replace("ու", "u").translate(_OTHER_TO_LATIN)
    key = "".join(c for c in unicodedata.normalize("NFKD", key) if c.isalnum())
    for pattern, sound in _DIGRAPHS:
        key = pattern.sub(sound, key)
    return key.replace("e", "a")  # ə is written e in one script and а in another


_CONSONANT_CLASSES = str.maketrans("ghcz", "kkjs")


def consonants(key: str) -> str:
    """The consonants of a sound key, the confusable ones as one: where to look for candidates.

    Карабах, Karabakh and Qarabağ all give ``krbk``.
    """
    return _VOWELS.sub("", key).translate(_CONSONANT_CLASSES)
