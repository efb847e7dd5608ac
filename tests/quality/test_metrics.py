from __future__ import annotations

import pytest
from metrics import first, holds, ndcg, one_of_three, reciprocal_rank


@pytest.mark.parametrize(
    ("right", "gain", "reciprocal", "in_first", "in_three"),
    [
        ([], 0, 0, 0, 0),
        ([False] * 10, 0, 0, 0, 0),
        ([True, False], 1, 1, 1, 1),
        ([False, True, True], 0.6309, 0.5, 0, 1),
        ([False, False, True], 0.5, 1 / 3, 0, 1),
        ([False] * 6 + [True], 1 / 3, 1 / 7, 0, 0),
    ],
)
def test_a_question_scores_by_where_the_right_quote_stands(
    right: list[bool], gain: float, reciprocal: float, in_first: int, in_three: int
):
    assert ndcg(right) == pytest.approx(gain, abs=1e-4)
    assert reciprocal_rank(right) == pytest.approx(reciprocal)
    assert (first(right), one_of_three(right)) == (in_first, in_three)


def test_half_of_a_sentence_in_one_piece_is_enough():
    sentence = "Мост построен за два года."
    assert holds("Спасибо. Мост построен за два года. До свидания.", sentence)
    assert holds("Мост построен", sentence)  # 13 of its 26 characters
    assert not holds("Мост построе", sentence)
    assert not holds("Мост был построен: ушло два года.", sentence)
