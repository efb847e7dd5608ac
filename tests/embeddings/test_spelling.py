from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.spelling import MOST_SPELLINGS, russian_spellings


@pytest.mark.parametrize(
    ("typed", "russian"),
    [
        ("koridor", "коридор"),
        ("zangezurskiy", "зангезурский"),
        ("zangezurskij", "зангезурский"),
        ("mirnyy", "мирный"),
        ("mirny", "мирный"),
        ("armeniey", "арменией"),
        ("chto", "что"),
        ("yadernoe", "ядерное"),
        ("pensiya", "пенсия"),
        ("pensia", "пенсия"),
        ("xoroshiy", "хороший"),
        ("tsena", "цена"),
        ("schit", "щит"),
        ("shchit", "щит"),
        ("bolshoy", "большой"),
        ("dengi", "деньги"),
        ("договір", "договор"),
        ("зангезурський", "зангезурский"),
        ("мирний", "мирный"),
        ("україна", "украина"),
    ],
)
def test_a_word_in_other_letters_is_found_among_its_spellings(typed: str, russian: str):
    assert russian in russian_spellings(typed)


@given(st.text(st.one_of(st.sampled_from("abcehijkostyzаеиіїєь'"), st.characters())))
def test_any_word_has_a_bounded_number_of_spellings(word: str):
    spellings = russian_spellings(word)
    assert word not in spellings
    assert len(spellings) <= MOST_SPELLINGS + 2 * len(word)


def test_a_long_ambiguous_word_has_no_more_spellings_than_another():
    word = "jcxehyjcxehyjcxehyjcxehy"
    assert 0 < len(russian_spellings(word)) <= MOST_SPELLINGS + 2 * len(word)


def test_a_short_word_in_russian_letters_is_no_other():
    assert russian_spellings("йога") == []
    assert "лес" in russian_spellings("ліс")
