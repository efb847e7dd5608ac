"""Bytes of HTML and XML to text: by what the bytes are, not by what is declared of them.

Servers and pages declare encodings wrongly, Cyrillic ones above all. What decodes as UTF-8 with
anything but ASCII in it is UTF-8: text in a one-byte encoding practically never does. Otherwise
the one-byte encodings of our languages are tried, and the letters that come out are weighed by
how common they are. What is declared breaks ties.
"""

from __future__ import annotations

import codecs
import re
from math import log

from retrieval.errors import Unusable

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, which begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})"""
    rb"""|<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_HEAD = 4096  # bytes in which a page declares its encoding, or begins to look like UTF-16
_SAMPLE = 200_000  # bytes or characters that are weighed
_CYRILLIC = ("windows-1251", "koi8-r", "iso8859-5", "cp866")
_LATIN = "windows-1254"  # windows-1252 but for the six letters that az writes

# Russian letters by how often they occur: a letter's rank stands for the logarithm of its
# frequency. Capitals cost little: a heading may have nothing else.
_FREQUENT = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёъ"
_WEIGHTS = {
    **{letter: -log(2 + rank) for rank, letter in enumerate(_FREQUENT)},
    **{letter.upper(): -log(2 + rank) - 0.2 for rank, letter in enumerate(_FREQUENT)},
    **dict.fromkeys("«»—–“”„…№’‘•\xa0©", -3.0),
    **dict.fromkeys("çğıöşüəİÇĞÖŞÜƏéèêáàäñ", -4.0),
}
_UNLIKELY = -10.0
_GARBLED_SAMPLE = 5_000  # characters
_MARGIN = 0.4  # by which another reading must be more plausible than what was published
_TRUST = 0.5  # what a declaration is worth: it decides where there are few letters to weigh

# a capital behind a small letter, two alphabets in one word
_CLASH = re.compile(r"(?<=[а-яё])[А-ЯЁ]|[a-zA-Z](?=[а-яёА-ЯЁ])|(?<=[а-яёА-ЯЁ])[a-zA-Z]")
_TAGS = re.compile(r"<[^<>]*>")


def decode(data: bytes, declared: str | None = None) -> str:
    """The text of a page or feed, without a byte-order mark and without NULs.

    Args:
        data: the whole of it.
        declared: what the HTTP header says its encoding is.

    Raises:
        Unusable: no encoding makes text of it.
    """
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :], name)
    if wide := _utf_16(data[:_HEAD]):
        return _text(data, wide)
    try:
        return _text(data, "utf-8", "strict")
    except UnicodeDecodeError:
        pass
    if _nearly_utf_8(data):
        return _text(data, "utf-8")
    return _text(data, _one_byte_encoding(data, declared))


def is_garbled(text: str) -> bool:
    """Whether letters were decoded wrongly before the text was published («РџСЂРёРІРµС‚»).

    They were if some encoding takes the text back to bytes that read better in another.
    """
    sample = text[:_GARBLED_SAMPLE]
    # Cyrillic as Latin-1 begins every letter so, and what follows is mostly control characters
    # that extraction has removed
    if 4 * (sample.count("Ð") + sample.count("Ñ")) > sum(not one.isascii() for one in sample) > 0:
        return True
    for name in ("windows-1251", "koi8-r", "windows-1252", "latin-1"):
        if _nearly_utf_8(sample.encode(name, "ignore"), 5):
            return True
    if not re.search("[а-яёА-ЯЁ]", sample):
        return False
    read = _plausibility(sample.encode(), "utf-8") + _MARGIN
    return any(
        _plausibility(sample.encode(wrong, "ignore"), right) > read
        for wrong in _CYRILLIC
        for right in _CYRILLIC
        if right != wrong
    )


def _text(data: bytes, name: str, errors: str = "replace") -> str:
    return data.decode(name, errors).replace("\0", "").removeprefix("\ufeff")


def _utf_16(head: bytes) -> str | None:
    """UTF-16 without a mark: in markup every other byte is NUL."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > 5 * even and 5 * odd > len(head) // 2:
        return "utf-16-le"
    return "utf-16-be" if even > 5 * odd and 5 * even > len(head) // 2 else None


def _nearly_utf_8(data: bytes, letters: int = 50) -> bool:
    """UTF-8 but for a letter cut in half here and there: fewer than one in so many."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return letters * broken < sum(not character.isascii() for character in text)


def _one_byte_encoding(data: bytes, declared: str | None) -> str:
    found = _DECLARED.search(data[:_HEAD])
    names = [declared, (found[1] or found[2]).decode("ascii") if found else None]
    said = [*filter(None, map(_known, names))]
    scores = {
        name: _plausibility(data[:_SAMPLE], name) + (_TRUST if name in said else 0)
        for name in (*said, *_CYRILLIC, _LATIN)
    }
    best = max(scores, key=lambda name: scores[name])
    if scores[best] <= _UNLIKELY:
        raise Unusable("is in no encoding that gives readable text")
    return best


def _known(name: str | None) -> str | None:
    """A one-byte encoding by Python's name, or None."""
    if not name:
        return None
    try:
        name = codecs.lookup(name).name
        if len(b"\xe0\xe1".decode(name, "replace")) != 2 or name == "utf-8":
            return None
    except (LookupError, ValueError, UnicodeError):
        return None
    # as browsers take them; Latin-1 is what servers say when nobody told them
    return _LATIN if name in ("ascii", "iso8859-1", "cp1252", "iso8859-9") else name


def _plausibility(data: bytes, name: str) -> float:
    """The mean weight of what is not ASCII; below it the more often two such letters clash."""
    text = _TAGS.sub(" ", data.decode(name, "replace"))
    foreign = [character for character in text if not character.isascii()]
    if not foreign:
        return 0.0
    clashes = len(_CLASH.findall(text))
    total = sum(_WEIGHTS.get(character, _UNLIKELY) for character in foreign)
    return (total + _UNLIKELY * clashes) / len(foreign)
