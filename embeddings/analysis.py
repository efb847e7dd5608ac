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

ANALYSER_VERSION = 1

# A word: letters and digits, held together by combining marks (a stress mark in за́мок), soft
# hyphens, apostrophes (Xocalı'da) and, between digits, the signs of a number (4,6; 1.000).
_WORD = re.compile(
    r"[^\W_]+(?:(?:[\u0300-\u036f\u00ad\u200d]|['’ʼ‘`](?=[^\W_])|(?<=\d)[.,](?=\d))[^\W_]*)*"
)
_INVISIBLE = re.compile("[\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff]")
_APOSTROPHE = re.compile("['’ʼ‘`].*$")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_AZERBAIJANI_LETTER = re.compile("[əƏğĞışŞİ]")

# Azerbaijani letters as people type them without the letters' own keys; q and x as Turkish and
# Russian spellings of the same roots have them (DESIGN.md: measured on NTREX).
_AZ_FOLD = str.maketrans("əığüöşçqx", "eiguosckh")
_AZ_STEM_LETTERS = 5


@lru_cache(maxsize=1 << 17)
def fold(word: str) -> str:
    """Lower-case form of a word by which spellings meet: NFKC, ё as е, no stress marks.

    Both Turkic I's become ``i``; accents over Latin letters are kept apart from the letter only
    where an alphabet of ours has them as letters of their own (ç, ğ, ö, ş, ü).
    """
    folded = unicodedata.normalize("NFKC", word).lower()
    return _INVISIBLE.sub("", folded).replace("ё", "е").replace("ı", "i")


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, folded word) for each word of a text; offsets in code points."""
    for match in _WORD.finditer(text):
        folded = fold(match.group())
        if folded:
            yield match.start(), match.end(), folded


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

    return Stemmer.Stemmer({"ru": "russian", "en": "english"}[language])


@lru_cache(maxsize=1 << 17)
def stem(word: str, language: Language) -> str:
    """The stem of a folded word: Snowball for ru and en, the folded first letters for az.

    Azerbaijani has no published stemmer; it inflects by endings only, so that the first five
    letters, diacritics folded, stand for the word (DESIGN: measured on NTREX).
    """
    word = _APOSTROPHE.sub("", word) or word
    if word[0].isdigit():
        return word
    if language == "az":
        return word.translate(_AZ_FOLD)[:_AZ_STEM_LETTERS]
    return str(_snowball(language).stemWord(word))


@lru_cache(maxsize=1 << 17)
def term(word: str, language: Language) -> str:
    """The index term of a folded word in a text of a language: ``ru:коридор``, ``42``.

    The tag keeps the cut Azerbaijani stems apart from English ones of the same letters; numbers
    are the same in every language.
    """
    spoken = script_language(word, language)
    stemmed = stem(word, spoken)
    return stemmed if stemmed[0].isdigit() else f"{spoken}:{stemmed}"


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
    cyrillic = len(_CYRILLIC.findall(sample))
    letters = sum(map(str.isalpha, sample))
    if cyrillic * 3 > letters:  # a Russian question may name WhatsApp and Telegram
        return "ru"
    english = azerbaijani = 0.0
    for _, _, word in words(sample):
        english += word in _COMMON["en"]
        azerbaijani += word in _COMMON["az"]
        azerbaijani += 0.5 * bool(_AZ_ENDING.search(word) and len(word) > 5)
    # a name like Şuşa in an English text does not make it Azerbaijani
    azerbaijani += len(_AZERBAIJANI_LETTER.findall(sample))
    return "az" if azerbaijani and azerbaijani >= english else "en"


# --- names across scripts ---------------------------------------------------------------------

_CYRILLIC_LETTERS = (
    "а б в г д е з и й к л м н о п р с т у ф х ц ч ш щ ъ ы ь э ю я ж і ї є ґ ғ ҝ ө ү һ ҹ"
)
_AS_LATIN = (
    "a b v g d e z i y k l m n o p r s t u f h ts ch sh sh - i - e u a j i i e g g k o u h j"
)
_CYRILLIC_TO_LATIN = str.maketrans(
    dict(zip(_CYRILLIC_LETTERS.split(), _AS_LATIN.split(), strict=True))
)
_LATIN_FOLD = str.maketrans("əığüöşçqx", "eiguoscqh")
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


@lru_cache(maxsize=1 << 16)
def sound_key(word: str) -> str:
    """A rough Latin spelling under which a name's forms in the three languages come close.

    Зангезур, Zangezur and Zəngəzur all give ``zangazur``; Алиев and Əliyev give ``alav`` and
    ``aliav``. Use with a measure of nearness; equality is not promised.
    """
    key = fold(word).translate(_CYRILLIC_TO_LATIN).translate(_LATIN_FOLD)
    key = "".join(c for c in unicodedata.normalize("NFKD", key) if c.isalnum())
    for pattern, sound in _DIGRAPHS:
        key = pattern.sub(sound, key)
    return key.replace("e", "a")  # ə is written e in one script and а in another


_CONSONANT_CLASSES = str.maketrans("ghc", "kkj")


def consonants(key: str) -> str:
    """The consonants of a sound key, the confusable ones as one: where to look for candidates.

    Карабах, Karabakh and Qarabağ all give ``krbk``.
    """
    return _VOWELS.sub("", key).translate(_CONSONANT_CLASSES)
