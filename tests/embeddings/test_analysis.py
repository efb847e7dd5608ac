"""Words, stems, terms, languages and sound keys."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.analysis import (
    consonants,
    detect_language,
    fold,
    folded_words,
    sound_key,
    stem,
    term,
    words,
    words_of_part,
)

# Letters of the three languages beside whatever else Unicode has.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("абвёйъАБВəığüöşçİIabcXYZ0123.,/'’-‑_ \u00a0\u0301\u00ad\u037aﷺ\n"),
        st.characters(),
    )
)
DATE = re.compile(r"\d[-./]\d")


@given(st.one_of(TEXTS, st.text("абёЁВs US-«ВОЗ».,\n"), st.text("abIiUS who-.,")))
def test_the_quick_way_to_words_gives_the_same(text: str) -> None:
    assert folded_words(text) == [word for _, _, word in words(text)]


@given(TEXTS)
def test_words_stand_where_they_say(text: str) -> None:
    end_before = 0
    for start, end, word in words(text):
        assert end_before <= start < end <= len(text)
        if not DATE.search(text):  # a month in digits is marked as one
            assert fold(text[start:end]).lower() == word.lower()
        end_before = end


@given(TEXTS)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS, st.sampled_from(["ru", "az", "en"]))
def test_no_word_and_no_term_has_white_space(text: str, language: str) -> None:
    for _, _, word in words(text):
        assert len(word.split()) == 1
        assert len(term(word, language).split()) == 1


@given(TEXTS, st.sampled_from(["ru", "az", "en"]))
def test_any_text_has_terms(text: str, language: str) -> None:
    assert len([term(word, language) for _, _, word in words(text)]) == len(list(words(text)))
    assert all(term(word, language) for _, _, word in words(text))


@given(TEXTS)
def test_any_text_has_a_language(text: str) -> None:
    assert detect_language(text) in {"ru", "az", "en"}


@given(TEXTS)
def test_any_text_has_a_sound_key(text: str) -> None:
    assert set(consonants(sound_key(text))) <= set(sound_key(text)) | {"k", "j", "s"}


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
        ("café", "cafe"),
        ("о\u0301зеро", "озеро"),
        ("е\u0300", "е"),
        ("Xocalı’da", "xocali'da"),
        ("Xocalıʼda", "xocali'da"),
        ("ﷺ", "صلىاللهعليهوسلم"),
        ("\u037a", ""),
        ("Зан\u200bгезур", "зангезур"),
        # typed with look-alike letters of another script
        ("Poссия", "россия"),
        ("CНГ", "снг"),
        ("CHГ", "снг"),
        ("Аzərbаycаn", "azərbaycan"),
        ("Zәngәzur", "zəngəzur"),
        ("WhatsAppы", "whatsappы"),
        # numbers
        ("10 000", "10000"),
        ("10\u00a0000", "10000"),
        ("10,000", "10000"),
        ("10.000", "10000"),
        ("1,234.56", "1234.56"),
        ("4,6", "4.6"),
        ("0.125", "0.125"),
        ("08", "8"),
        ("8-го", "8"),
        ("8th", "8"),
        ("8-də", "8"),
        ("1990-cı", "1990"),
        ("1990s", "1990"),
        ("BMT-nin", "bmt"),
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
        ("uşaq uşağı uşaqlar uşaqlarımızdan", "az"),
        ("məktəb məktəbə məktəblərin məktəbimizdədir", "az"),
        ("işləmək işlədi işləyir", "az"),
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
        ("4.6", "ru", "4.6"),
        ("month:8", "ru", "month:8"),
        ("US", "az", "en:US"),
        ("об'єкт", "ru", "ru:обєкт"),
        ("o'brien", "en", "en:obrien"),
    ],
)
def test_terms_carry_their_language(word: str, language: str, expected: str) -> None:
    assert term(word, language) == expected


def folded(text: str) -> list[str]:
    return [word for _, _, word in words(text)]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("08.08.2025", ["8", "month:8", "2025"]),
        ("2025-08-08.", ["2025", "month:8", "8"]),
        ("8/8/25", ["8", "month:8", "2025"]),
        ("8/13/2025", ["month:8", "13", "2025"]),
        ("8-го августа", ["8", "августа"]),
        ("avqustun 8-də", ["avqustun", "8"]),
        ("8th of August", ["8", "of", "august"]),
        ("30.13.2025", ["30", "13", "2025"]),
        ("в 2024 году 100 000 000", ["в", "2024", "году", "100000000"]),
        ("from 08:30, 5-year and 20-30", ["from", "8", "30", "5", "year", "and", "20", "30"]),
    ],
)
def test_dates_and_numbers_in_a_text(date: str, expected: list[str]) -> None:
    assert folded(date) == expected


def test_capitals_tell_abbreviations_from_words() -> None:
    assert folded("US and us, WHO asked who") == ["US", "and", "us", "WHO", "asked", "who"]
    assert folded("the US's policy, ПРО про") == ["the", "US", "policy", "ПРО", "про"]
    assert folded("WHO ASKED US ABOUT IT") == ["who", "asked", "us", "about", "it"]


def test_the_sound_key_of_a_very_long_word_is_that_of_its_beginning() -> None:
    assert sound_key("ba" * 100_000) == sound_key("ba" * 32)


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [("პუტინი", "putini"), ("Փաշինյան", "pasinan"), ("Пашинян", "pasinan")],
)
def test_names_in_other_alphabets_sound_the_same(spelling: str, expected: str) -> None:
    assert sound_key(spelling) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Zәngәzur dәhlizi haqqında nә deyilib?", "az"),
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


@given(st.text("аяЁеёшabzİIıəğüUSWHO'’-.,:;!?…«»\"()—0123456789_/\u0301 "))
def test_the_words_between_spaces_are_those_of_the_slow_way(text: str):
    for part in text.split():
        assert words_of_part(part) == tuple(word for _, _, word in words(part))
