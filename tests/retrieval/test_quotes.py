from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import IndexDamaged
from retrieval.passages import cut
from retrieval.quotes import (
    MAX_CHARACTERS,
    MAX_SENTENCES,
    Excerpt,
    best_excerpt,
    checked_quote,
    marks,
    near_identical,
)
from retrieval.records import Passage, Speech
from retrieval.wordindex import Alternative, Group


def passage_of(text: str) -> Passage:
    (passage,) = cut(Speech("s", text, "ru"))
    return passage


def group(*stems: str, idf: float = 1.0) -> Group:
    return Group(stems[0], tuple(Alternative(f"ru:{stem}", 1.0) for stem in stems), idf)


def excerpt(passage: Passage, *groups: Group, phrases=()) -> Excerpt | None:
    nothing = np.zeros((len(passage.sentences), 4), np.float32)
    return best_excerpt(passage, groups, phrases, np.zeros(4, np.float32), nothing)


TEXT = "Начнём с дорог. Мост построен. Его открыли в мае. Школа ждёт ремонта. Спасибо за внимание."


def test_the_sentence_with_the_words():
    chosen = excerpt(passage_of(TEXT), group("школ"), group("ремонт"))
    assert chosen
    assert chosen.text == "Школа ждёт ремонта."
    assert chosen.coverage == pytest.approx(1.0)


def test_neighbours_join_for_what_they_add():
    chosen = excerpt(passage_of(TEXT), group("мост"), group("ма"))
    assert chosen
    assert chosen.text == "Мост построен. Его открыли в мае."


def test_nearness_of_meaning_chooses_where_words_do_not():
    passage = passage_of(TEXT)
    vectors = np.zeros((5, 4), np.float32)
    vectors[3, 0] = 1.0
    chosen = best_excerpt(passage, [], (), np.array([1, 0, 0, 0], np.float32), vectors)
    assert chosen
    assert chosen.text.startswith("Школа")
    assert chosen.nearness == pytest.approx(1.0)


def test_an_exact_phrase_must_be_inside():
    chosen = excerpt(passage_of(TEXT), group("мост"), phrases=[("открыли", "в", "мае")])
    assert chosen
    assert "открыли в мае" in chosen.text
    assert excerpt(passage_of(TEXT), group("мост"), phrases=[("в", "июне")]) is None


@given(st.lists(st.integers(1, 900), min_size=1, max_size=7))
def test_an_excerpt_is_short_or_one_sentence(lengths: list[int]):
    passage_text = " ".join("А" + "а" * length + "." for length in lengths)
    for passage in cut(Speech("s", passage_text, "ru")):
        chosen = excerpt(passage, group("а"))
        assert chosen
        inside = [s for s in passage.sentences if chosen.start <= s[0] and s[1] <= chosen.end]
        assert 1 <= len(inside) <= MAX_SENTENCES
        assert len(chosen.text) <= MAX_CHARACTERS or len(inside) == 1
        assert (inside[0][0], inside[-1][1]) == (chosen.start, chosen.end)


def test_marks_are_the_matching_words():
    chosen = excerpt(passage_of(TEXT), group("мост"))
    assert chosen
    assert [chosen.text[a:b] for a, b in marks(chosen, [group("мост")])] == ["Мост"]


def test_a_quote_must_be_in_the_speech():
    passage = passage_of(TEXT)
    chosen = Excerpt(passage, *passage.sentences[1], 1.0, 0.0)
    quote = checked_quote(chosen, Speech("s", TEXT, "ru"), ())
    assert quote.text == TEXT[quote.start : quote.end] == "Мост построен."
    assert quote.before + quote.text + quote.after == passage.text
    with pytest.raises(IndexDamaged):
        checked_quote(chosen, Speech("s", TEXT.replace("Мост", "Пост"), "ru"), ())


def test_near_identical_statements():
    one = frozenset("мы построим мост через реку в мае".split())
    assert near_identical(one, one | {"этом"})
    assert not near_identical(one, frozenset("мы построим школу".split()))
    assert not near_identical(one, one | {"не"})
    assert not near_identical(one | {"2024"}, one | {"2025"})
