"""Our pieces beside those of the tokenizers library."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import embeddings
from embeddings.pieces import Pieces

TOKENIZER = (Path(embeddings.__file__).parent / "model" / "tokenizer.json").read_bytes()
OURS = Pieces(TOKENIZER)

# All that our three languages are written with, and their neighbours. Marks of other scripts that
# are younger than the library's tables of Unicode are none to it.
_NEAR_SCRIPTS = [*range(0x20, 0x7FD), *range(0x10A0, 0x1100), *range(0x1E00, 0x2C00), 0xFB01]
LETTERS = [chr(code) for code in _NEAR_SCRIPTS if unicodedata.category(chr(code)) != "Cn"]
COMMON = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяabcdefghijklmnopqrstuvwxyzəğıöşüçİI'’-–. 0123456789"


@pytest.fixture(scope="module")
def library():
    return pytest.importorskip("tokenizers").Tokenizer.from_buffer(TOKENIZER)


def theirs(library, text: str) -> list[int]:
    return library.encode(text, add_special_tokens=False).ids


def test_every_character_parts_or_joins_words_as_in_the_library(library):
    texts = [f"Мир{letter}Peace" for letter in LETTERS]
    found = library.encode_batch(texts, add_special_tokens=False)
    assert [OURS.of(text) for text in texts] == [encoding.ids for encoding in found]


@given(st.text(COMMON) | st.text(LETTERS) | st.text(COMMON.upper()))
def test_any_text_has_the_pieces_of_the_library(library, text: str):
    assert OURS.of(text) == theirs(library, text)


@pytest.mark.parametrize("text", ["", "…", "ΟΔΟΣ ΣΑΣ", "漢字", "ﬁnance", "мир" * 33, "мир" * 34])
def test_odd_texts_have_the_pieces_of_the_library(library, text: str):
    assert OURS.of(text) == theirs(library, text)


@pytest.mark.parametrize(
    ("place", "other"),
    [
        (("normalizer",), {"type": "NFC"}),
        (("pre_tokenizer",), None),
        (("model", "type"), "Unigram"),
        (("model", "unk_token"), "мир"),
        (("model", "vocab"), {"мир": 0}),
        (("model", "vocab"), {"[UNK]": 0, "мир": 2}),
        (("model", "vocab"), {"[UNK]": 0, "мир": 1, "война": 2}),
    ],
)
def test_another_kind_of_tokenizer_is_refused(place: tuple[str, ...], other: object):
    content = json.loads(TOKENIZER)
    inside = content
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = other
    with pytest.raises(ValueError, match=r"known here"):
        Pieces(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"7", b"\xff"])
def test_what_is_no_tokenizer_is_refused(content: bytes):
    with pytest.raises(ValueError):  # noqa: PT011 - by json, in several words of its own
        Pieces(content)
