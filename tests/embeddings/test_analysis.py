"""Words, stems, terms, languages and sound keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.analysis import (
    consonants,
    detect_language,
    fold,
    sound_key,
    stem,
    term,
    words,
)

# Letters of the three languages beside whatever else Unicode has.
TEXTS = st.text(
    st.one_of(st.sampled_from("абвёйъАБВəığüöşçİIabcXYZ0123.,'’-_ \u0301\u00ad\n"), st.characters())
)


@given(TEXTS)
def test_words_stand_where_they_say(text: str) -> None:
    end_before = 0
    for start, end, word in words(text):
        assert end_before <= start < end <= len(text)
        assert fold(text[start:end]) == word
        end_before = end


@given(TEXTS, st.sampled_from(["ru", "az", "en"]))
def test_any_text_has_terms(text: str, language: str) -> None:
    assert len([term(word, language) for _, _, word in words(text)]) == len(list(words(text)))
    assert all(term(word, language) for _, _, word in words(text))


@given(TEXTS)
def test_any_text_has_a_language(text: str) -> None:
    assert detect_language(text) in {"ru", "az", "en"}


@given(TEXTS)
def test_any_text_has_a_sound_key(text: str) -> None:
    assert set(consonants(sound_key(text))) <= set(sound_key(text)) | {"k", "j"}


@pytest.mark.parametrize(
    ("spelling", "folded"),
    [
        ("Ещё", "еще"),
        ("за\u0301мок", "замок"),
        ("Şuşa", "şuşa"),
        ("İRAN", "iran"),
        ("XALQI", "xalqi"),
        ("co\u00adoperation", "cooperation"),
        ("ﬁre", "fire"),
    ],
)
def test_spellings_meet(spelling: str, folded: str) -> None:
    assert fold(spelling) == folded


@pytest.mark.parametrize(
    ("forms", "language"),
    [
        ("коридор коридора коридоров коридорами", "ru"),
        ("agreement agreements", "en"),
        ("müharibə müharibənin müharibədən muharibe", "az"),
        ("xocalı xocalı'da xocalı’nın", "az"),
    ],
)
def test_forms_of_a_word_share_a_stem(forms: str, language: str) -> None:
    assert len({stem(fold(form), language) for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("коридор", "ru", "ru:коридор"),
        ("коридор", "az", "ru:коридор"),
        ("whatsapp", "ru", "en:whatsapp"),
        ("sülh", "az", "az:sulh"),
        ("42", "az", "42"),
        ("4,6", "ru", "4,6"),
    ],
)
def test_terms_carry_their_language(word: str, language: str, expected: str) -> None:
    assert term(word, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Что сказали о Зангезурском коридоре?", "ru"),
        ("Что говорили про WhatsApp и Telegram?", "ru"),
        ("What was said about the corridor?", "en"),
        ("Zəngəzur dəhlizi haqqında nə deyilib?", "az"),
        ("Zengezur dehlizi haqqinda ne deyilib?", "az"),
        ("The people of İstanbul and Şuşa were kind to us.", "en"),
        ("", "en"),
    ],
)
def test_language_of_a_question(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "spellings",
    [("Карабах", "Karabakh", "Qarabağ"), ("Зангезур", "Zangezur", "Zəngəzur")],
)
def test_a_name_has_the_same_consonants_in_every_script(spellings: tuple[str, ...]) -> None:
    assert len({consonants(sound_key(spelling)) for spelling in spellings}) == 1
