import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.engine import Group
from retrieval.records import Options
from retrieval.search import ask
from retrieval.silence import LARGEST, THRESHOLD, Judge, fitted_judge, names_and_numbers

JUDGE = fitted_judge()
share = st.floats(0, 1)


def test_the_logistic_of_a_weighted_sum():
    judge = Judge(loose=1, exact=2, nearness=3, words=4, passages=5, missing=-7, bias=-6)
    total = 0.75 + 2 * 0.25 + 3 * 0.1 + 4 * math.log(2) + 5 * 2 - 7 * 0.2 - 6
    found = judge.probability(0.5, 0.25, 0.1, 2, 100, 0.2)
    assert found == pytest.approx(1 / (1 + math.exp(-total)))


@given(share, share, share, st.integers(1, 40), st.integers(1, 10**7))
def test_more_of_the_question_is_never_less_likely(loose, exact, nearness, words, passages):
    found = JUDGE.probability(loose, exact, nearness, words, passages)
    assert 0 <= found <= 1
    assert JUDGE.probability(1.0, exact, nearness, words, passages) >= found
    assert JUDGE.probability(loose, 1.0, nearness, words, passages) >= found
    assert JUDGE.probability(loose, exact, 1.0, words, passages) >= found
    assert JUDGE.probability(loose, exact, nearness, words + 1, passages) >= found
    assert JUDGE.probability(loose, exact, nearness, words, passages + 1) <= found
    assert JUDGE.probability(loose, exact, nearness, words, passages, 0.5) <= found


def test_beyond_the_largest_collection_nothing_changes():
    figures = 0.5, 0.4, 0.3, 4
    assert JUDGE.probability(*figures, LARGEST) == JUDGE.probability(*figures, 100 * LARGEST)


@given(share, share, st.integers(1, 40), st.integers(1, 10**6), st.floats(0, 0.99))
def test_what_has_less_than_the_least_coverage_cannot_reach_the_threshold(
    coverage, nearness, words, passages, threshold
):
    least = JUDGE.least_coverage(threshold, words, passages)
    if coverage < least - 1e-9:
        assert JUDGE.probability(coverage, coverage, nearness, words, passages) < threshold


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Когда Горемыкин открыл мост?", {"Горемыкин"}),
        ("Горемыкин и мост", set()),  # a sentence begins with a capital anyway
        ("Где мост? Сколько стоил в 2024 году?", {"2024"}),
        ("КТО ОТКРЫЛ МОСТ", set()),
        ("when did Agnes Thornbury speak", {"Agnes", "Thornbury"}),
    ],
)
def test_names_and_numbers_of_a_question(question, named):
    groups = [Group(word, (), 1.0) for word in question.rstrip("?").replace("?", "").split()]
    found = names_and_numbers(question, groups)
    assert {g.word for g, name in zip(groups, found, strict=True) if name} == named


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Ольховский мост через Светлую", True),
        ("price of water", True),
        ("məktəb və kitabxana", True),
        ("цена на нефть марки Брент", False),
        ("how to cook an omelette", False),
        ("Avropa çempionatının nəticələri", False),
    ],
)
def test_silence_on_three_speeches(small, question, found):
    answer = ask(small, question)
    assert answer.found is found
    assert all(THRESHOLD / 2 <= quote.score <= 1 for quote in answer.quotes)
    assert ask(small, question, Options(threshold=0)).found
