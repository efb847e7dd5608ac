"""Numbers for speeches, passages and words that are the same whoever gives them out, and when.

Processes that know nothing of each other then write the very same rows.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

ORDINAL_BITS = 14
"""A speech may have so many passages, or its text so many parts, as these bits count."""
MOST_OF_A_SPEECH = 1 << ORDINAL_BITS

_SPEECH_BITS = 63 - ORDINAL_BITS
_DIMENSIONS = 2**32 - 2
"""Milvus takes dimensions of sparse vectors up to here."""
NO_WORD = _DIMENSIONS
"""The dimension of a passage without any word: a sparse vector must not be empty."""


def _hashed(text: str, bits: int) -> int:
    found = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found) >> (64 - bits)


def speech_number(speech_id: str) -> int:
    """The number of a speech: 49 bits, which two ids may share; whoever writes looks out for it."""
    return _hashed(speech_id, _SPEECH_BITS)


def first_number(speech: int) -> int:
    """The number of a speech's first passage, and of the first part of its text."""
    return speech << ORDINAL_BITS


def speech_of(number: int) -> int:
    """The number of the speech of a passage."""
    return number >> ORDINAL_BITS


def key(*parts: object) -> int:
    """A number for a row that is known by these parts: 63 bits."""
    return _hashed("\x1f".join(map(str, parts)), 63)


def text_key(text: str) -> int:
    """A hash that finds a passage of the same text again."""
    return _hashed(text, 63)


@lru_cache(maxsize=1 << 17)
def dimension(term: str) -> int:
    """The dimension of an index term in sparse vectors.

    Of ten million terms every four hundredth shares its own with another one, nearly always a
    rare one with a rare one: the search then takes one for the other.
    """
    return _hashed(term, 32) % _DIMENSIONS


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@lru_cache(maxsize=1 << 17)
def written(number: int) -> str:
    """A dimension in digits and small letters, as short as they make it."""
    text = ""
    while True:
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
        if not number:
            return text
