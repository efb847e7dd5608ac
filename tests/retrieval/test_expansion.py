from __future__ import annotations

from retrieval.expansion import excluded_terms, expand
from retrieval.index import Index
from retrieval.question import parse_question
from retrieval.records import Options


def weights(index: Index, question: str) -> list[dict[str, float]]:
    groups = expand(parse_question(question, Options()), index)
    return [{a.term: a.weight for a in group.alternatives} for group in groups]


def test_a_word_stands_for_itself_and_its_translations(small: Index):
    (bridge,) = weights(small, "bridge")
    assert bridge["en:bridg"] == 1.0
    assert bridge["ru:мост"] > 0.9


def test_a_name_that_no_table_has_is_met_by_its_sound(small: Index):
    (river,) = weights(small, "Светлая")
    assert "en:svetlaya" in river
    (back,) = weights(small, "Svetlaya")
    assert "ru:светл" in back


def test_only_terms_of_the_index_are_searched(small: Index):
    for group in weights(small, "the Olkhovsky bridge, zebras and 40 millions"):
        assert all(small.words.frequency(term) for term in group)


def test_a_word_nobody_used_keeps_its_group(small: Index):
    known, unknown = expand(parse_question("мост крокодил", Options()), small)
    assert unknown.alternatives == ()
    assert unknown.idf > known.idf


def test_numbers_are_the_same_in_every_language(small: Index):
    assert weights(small, "40 millions")[0] == {"40": 1.0}


def test_a_latin_word_of_uncertain_language_is_tried_in_both(small: Index):
    (word,) = weights(small, "kitabxana")  # detected as English, which has no such word
    assert "az:kitab" in word


def test_an_excluded_word_takes_its_translations_along(small: Index):
    terms = excluded_terms(parse_question("water -bridge", Options()), small)
    assert {"en:bridg", "ru:мост"} <= set(terms)
