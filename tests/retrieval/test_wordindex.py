from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.analysis import term, words
from retrieval.wordindex import (
    Alternative,
    Filter,
    Group,
    WordIndex,
    WordIndexWriter,
    inverse_document_frequency,
)

TEXTS = {
    0: ("Мост построен. Мосты нужны всем.", "2024", 0),
    1: ("Вода и мост через реку.", "2025-06", 1),
    2: ("Школа открыта.", None, 0),
    3: ("Вода, вода, кругом вода.", "2025-06-30", None),
}


@pytest.fixture
def index(tmp_path: Path) -> WordIndex:
    writer = WordIndexWriter(tmp_path / "words")
    for number, (text, date, speaker) in TEXTS.items():
        found = [word for _, _, word in words(text)]
        terms = " ".join(term(word, "ru") for word in found)
        writer.add(number, terms, " ".join(found), date, speaker)
    writer.finish()
    return WordIndex(tmp_path / "words")


def group(*alternatives: tuple[str, float], idf: float = 1.0) -> Group:
    return Group("word", tuple(Alternative(*pair) for pair in alternatives), idf)


def found(index: WordIndex, filter_: Filter, *groups: Group) -> list[int]:
    return [hit.passage for hit in index.search(groups, filter_, 10)]


WATER = group(("ru:вод", 1.0))


def test_counts(index: WordIndex):
    assert index.passages == 4
    assert index.frequency("ru:мост") == 2
    assert index.frequency("ru:нет") == 0


def test_inflected_forms_are_one_term_and_more_of_it_ranks_higher(index: WordIndex):
    assert found(index, Filter(), group(("ru:мост", 1.0))) == [0, 1]
    assert found(index, Filter(), WATER) == [3, 1]


def test_a_group_scores_its_best_alternative_only(index: WordIndex):
    either = index.search([group(("ru:вод", 1.0), ("ru:мост", 0.5))], Filter(), 10)
    alone = index.search([WATER], Filter(), 10)
    assert {h.passage: h.score for h in either}[1] == pytest.approx(
        {h.passage: h.score for h in alone}[1]
    )


def test_weight_and_pooled_idf_scale_a_term(index: WordIndex):
    full = index.search([WATER], Filter(), 10)
    half = index.search([group(("ru:вод", 0.5), idf=2.0)], Filter(), 10)
    for one, other in zip(full, half, strict=True):
        assert one.score == pytest.approx(other.score, rel=1e-4)


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (Filter(), {0, 1, 2, 3}),
        (Filter(since="2025"), {1, 3}),
        (Filter(until="2024-12"), {0}),
        (Filter(since="2025-06-30"), {1, 3}),  # "2025-06" may be its last day
        (Filter(since="2024-05", until="2024-07"), {0}),
        (Filter(speakers=frozenset({0})), {0, 2}),
        (Filter(speakers=frozenset()), set()),
        (Filter(others_than=frozenset({0})), {1, 3}),
        (Filter(phrases=(("мост", "через"),)), {1}),
        (Filter(phrases=(("вода",),)), {1, 3}),
        (Filter(excluded=("ru:мост",)), {2, 3}),
    ],
)
def test_filters(index: WordIndex, filter_: Filter, expected: set[int]):
    assert set(index.allowed(filter_).tolist()) == expected
    all_groups = [group((f"ru:{stem}", 1.0)) for stem in ("мост", "вод", "школ")]
    assert set(found(index, filter_, *all_groups)) == expected


def test_nothing_to_search_for(index: WordIndex):
    assert index.search([], Filter(), 10) == []
    assert index.search([group()], Filter(), 10) == []


@given(st.integers(1, 10**6), st.floats(0, 2e6))
def test_idf_is_positive_and_falls(documents: int, containing: float):
    idf = inverse_document_frequency(documents, containing)
    assert idf > 0
    assert idf >= inverse_document_frequency(documents, containing + 1)


def test_many_passages_come_in_one_filter(tmp_path: Path, make_index: Callable):
    index = make_index([{"id": str(n), "text": "Одно слово."} for n in range(300)])
    assert len(index.words.allowed(Filter())) == 300
