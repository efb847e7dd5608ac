"""The table of abbreviations, looked through by the first letters of words."""

from __future__ import annotations

import pytest

from embeddings import abbreviations
from embeddings.abbreviations import LANGUAGES, Entry, meanings, spelt_out
from embeddings.analysis import words

ENTRIES = [abbreviations._entry(line) for _, line in abbreviations._lines()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_long_form_is_found_in_its_own_words(language):
    def found(form: str) -> list[Entry]:
        return [entry for _, entry in spelt_out([w for _, _, w in words(form)], language)]

    lost = [form for e in ENTRIES for form in e.long[language] if e not in found(form)]
    assert ENTRIES
    assert not lost


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_short_form_is_known_in_its_language(language):
    lost = [
        form
        for e in ENTRIES
        for form in e.short[language]
        if e not in meanings(form, form, language)
    ]
    assert not lost
