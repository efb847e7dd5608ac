"""Russian words as people spell them without Russian letters, or in Ukrainian and Kazakh ones.

Transliteration into Latin letters has many schemes and loses letters, so that one spelling gives
several Russian ones; whoever asks knows which of them are words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

MOST_SPELLINGS = 24
_LONGEST = 32
"""Letters beyond which nothing is a word worth respelling."""

# What Latin letters may stand for: the scholarly, the passport's and the chat's spellings.
_LATIN = {
    "shch": "щ", "sch": "щ", "tsya": "тся|ться", "zh": "ж", "kh": "х", "ts": "ц|тс", "ch": "ч",
    "sh": "ш", "yu": "ю", "ju": "ю", "iu": "ю|иу", "ya": "я", "ja": "я", "ia": "ия|я", "yo": "е",
    "jo": "е", "ye": "е|ье", "je": "е", "iya": "ия", "iyu": "ию", "iye": "ие",
    "iy": "ий", "ij": "ий", "yy": "ый", "yj": "ый",
    "ii": "ий|ии", "ay": "ай", "ey": "ей", "oy": "ой", "uy": "уй", "aj": "ай", "ej": "ей",
    "oj": "ой", "uj": "уй", "ai": "ай|аи", "ei": "ей|еи", "oi": "ой|ои", "y$": "ый|ы|ий", "y": "ы",
    "j": "ж|й", "x": "х|кс", "h": "х", "c": "ц|к", "q": "к", "w": "в", "e": "е|э", "'": "ь",
    **dict(zip("abvgdziklmnoprstuf", "абвгдзиклмнопрстуф", strict=True)),
}  # fmt: skip
_UKRAINIAN = {
    "ськ": "ск", "цьк": "цк", "зьк": "зк", "ння": "ние|ния", "ття": "тие|тия", "ів$": "ов|ев",
    "і": "и|о|е|ы", "ї": "и|ий", "є": "е", "ґ": "г", "и": "и|ы", "е": "е|э", "йо": "е", "ьо": "е",
    "ў": "в", "қ": "к", "ғ": "г", "ә": "а", "ө": "о", "ұ": "у", "ү": "у", "ң": "н", "һ": "х",
}  # fmt: skip
_LEAST = 5
"""Letters of a word in Russian letters from which it may be Ukrainian: йога is not его."""
_RUSSIAN = re.compile("[а-яё]+")
_SOFTENED = re.compile("(?<=[лнстрдмвбзп])(?=[бвгджзкмнпрстфхцчшщлея])")


def _pattern(table: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(table, key=len, reverse=True)) + "|.")


_LATIN_PATTERN, _UKRAINIAN_PATTERN = _pattern(_LATIN), _pattern(_UKRAINIAN)


def russian_spellings(word: str) -> list[str]:
    """What Russian words a folded word may be, the likeliest first; without the word itself.

    Latin letters are read as transliteration, other Cyrillic ones by their Russian neighbours
    (договір: договир, договор). A transliteration has often lost a soft sign, which is tried
    everywhere it may stand, last.
    """
    if len(word) > _LONGEST or not word.replace("'", "").isalpha():
        return []
    if len(word) < _LEAST and _RUSSIAN.fullmatch(word):
        return []
    latin = word.isascii()
    table, pattern = (_LATIN, _LATIN_PATTERN) if latin else (_UKRAINIAN, _UKRAINIAN_PATTERN)
    pieces = []
    for match in pattern.finditer(word):
        final = f"{match[0]}$" if match.end() == len(word) else ""
        pieces.append(table.get(final, table.get(match[0], match[0])).split("|"))
    plain = list(islice(_in_order(pieces), MOST_SPELLINGS))
    if latin:
        plain += [softened for spelling in plain[:2] for softened in _softened(spelling)]
    return [spelling for spelling in dict.fromkeys(plain) if spelling != word]


def _in_order(pieces: list[list[str]]) -> Iterator[str]:
    """Combinations, those with the fewest unlikely choices first."""
    kept = pieces
    while _count(kept) > 4 * MOST_SPELLINGS:  # the last choices of a long word stay the likeliest
        last = max(i for i, piece in enumerate(kept) if len(piece) > 1)
        kept = [*kept[:last], kept[last][:1], *kept[last + 1 :]]
    choices = product(*(range(len(piece)) for piece in kept))
    for choice in sorted(choices, key=lambda c: sum(map(bool, c))):
        yield "".join(piece[i] for piece, i in zip(kept, choice, strict=True))


def _count(pieces: list[list[str]]) -> int:
    count = 1
    for piece in pieces:
        count *= len(piece)
    return count


def _softened(spelling: str) -> Iterator[str]:
    for match in _SOFTENED.finditer(spelling):
        yield f"{spelling[: match.start()]}ь{spelling[match.start() :]}"
