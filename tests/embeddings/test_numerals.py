from __future__ import annotations

import pytest

from embeddings.abbreviations import meanings, spelt_out
from embeddings.numerals import compound, month_of, months_in_words, number_of


@pytest.mark.parametrize(
    ("word", "language", "number"),
    [
        ("twelve", "en", 12), ("двенадцати", "ru", 12), ("восьмого", "ru", 8),
        ("eighth", "en", 8), ("səkkizinci", "az", 8), ("on", "az", 10), ("8", "en", 8),
        ("bridge", "en", None), ("on", "en", None), ("100000", "en", None),
    ],
)  # fmt: skip
def test_numbers(word: str, language: str, number: int | None):
    assert number_of(word, language) == number


def test_numbers_of_two_words():
    assert compound(10, 2) == 12
    assert compound(100, 25) == 125
    assert compound(2, 10) is None
    assert compound(10, 20) is None


@pytest.mark.parametrize(
    ("word", "language", "month"),
    [
        ("августе", "ru", 8), ("мая", "ru", 5), ("august", "en", 8), ("avqustun", "az", 8),
        ("martin", "az", 3), ("month:12", "en", 12),
        ("augur", "en", None), ("martin", "en", None),
    ],
)  # fmt: skip
def test_months(word: str, language: str, month: int | None):
    assert month_of(word, language) == month
    if month:
        assert set(months_in_words(month)) == {"ru", "az", "en"}


@pytest.mark.parametrize(
    ("typed", "folded", "language", "other"),
    [
        ("СНГ", "снг", "ru", "cis"), ("CIS", "cis", "en", "снг"), ("BMT", "bmt", "az", "оон"),
        ("UN", "un", "az", "bmt"), ("Aİ", "ai", "az", "ес"), ("AI", "ai", "en", "ИИ"),
        ("US", "US", "en", "сша"), ("ABŞ", "abş", "ru", "сша"), ("нато", "нато", "ru", "nato"),
    ],
)  # fmt: skip
def test_an_abbreviation_has_its_forms_in_other_languages(
    typed: str, folded: str, language: str, other: str
):
    (entry,) = meanings(typed, folded, language)
    assert other in {form for forms in entry.short.values() for form in forms}


@pytest.mark.parametrize(
    ("typed", "folded", "language"),
    [("us", "us", "en"), ("un", "un", "az"), ("who", "who", "en"), ("про", "про", "ru")],
)
def test_case_decides(typed: str, folded: str, language: str):
    assert meanings(typed, folded, language) == []


@pytest.mark.parametrize(
    ("question", "language", "short"),
    [
        ("содружества независимых государств", "ru", "снг"),
        ("history of the united nations", "en", "un"),
        ("birləşmiş millətlər təşkilatının", "az", "bmt"),
    ],
)
def test_what_is_spelt_out_is_abbreviated(question: str, language: str, short: str):
    found = spelt_out(question.split(), language)
    assert any(short in entry.short[language] for _, entry in found)
