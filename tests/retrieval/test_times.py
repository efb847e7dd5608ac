"""The time that a question names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.times import time_in


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("water in 2019", "2019", "2019"),
        ("water in May of 2018", "2018-05", "2018-05"),
        ("water in Sept. 2018", "2018-09", "2018-09"),
        ("water on 9 May 2021", "2021-05-09", "2021-05-09"),
        ("water on May 9th, 2021", "2021-05-09", "2021-05-09"),
        ("water in 2000", "2000", "2000"),
        ("water in 2019-05", "2019-05", "2019-05"),
        ("water in the summer of 2017", "2017-06", "2017-08"),
        ("water in the 1990s", "1990", "1999"),
        ("water in early 2020", "2020", "2020"),
        ("water at the end of 2020", "2020", "2020"),
        ("water between 2010 and 2014", "2010", "2014"),
        ("water from May 2018 to June 2019", "2018-05", "2019-06"),
        ("water from 2016 to 2014", "2014", "2016"),
        ("water since 2014", "2014", None),
        ("water from 2014 on", "2014", None),
        ("water after 2020", "2021", None),
        ("water after December 2020", "2021-01", None),
        ("water until 2015", None, "2015"),
        ("water before 2010", None, "2009"),
        ("water before 1 March 2020", None, "2020-02-29"),
        ("вода в 2019 году", "2019", "2019"),
        ("вода в 2019-м", "2019", "2019"),
        ("вода в мае 2019-го", "2019-05", "2019-05"),
        ("вода летом 2017", "2017-06", "2017-08"),
        ("вода осенью 2017 года", "2017-09", "2017-11"),
        ("вода в начале 2020 года", "2020", "2020"),
        ("вода в начале 2020-х", "2020", "2023"),
        ("water in the late 1990s", "1996", "1999"),
        ("water between 2010 and 2019", "2010", "2019"),
        ("вода в 2010-е годы", "2010", "2019"),
        ("вода с 2010 по 2014", "2010", "2014"),
        ("вода с мая 2018 по июнь 2019 года", "2018-05", "2019-06"),
        ("вода в 2010–2014 годах", "2010", "2014"),
        ("вода с 2014 года", "2014", None),
        ("вода начиная с мая 2014 г.", "2014-05", None),
        ("вода после 2020-го", "2021", None),
        ("вода до 2010 года", None, "2009"),
        ("2019-cu ildə su", "2019", "2019"),
        ("2019 cu ilde su", "2019", "2019"),
        ("2019-cu ilin mayında su", "2019-05", "2019-05"),
        ("2019-cu ilin may ayında su", "2019-05", "2019-05"),
        ("2021-ci il 9 mayında su", "2021-05-09", "2021-05-09"),
        ("2017-ci ilin yayında su", "2017-06", "2017-08"),
        ("2020-ci ilin sonunda su", "2020", "2020"),
        ("1990-cı illərdə su", "1990", "1999"),
        ("2010–2014-cü illərdə su", "2010", "2014"),
        ("2010-cu ildən 2014-cü ilə qədər su", "2010", "2014"),
        ("2010 və 2014-cü illər arasında su", "2010", "2014"),
        ("2014-cü ildən bəri su", "2014", None),
        ("2014-cü ildən sonra su", "2015", None),
        ("2010-cu ilə qədər su", None, "2009"),
        ("2010-cu ilədək su", None, "2009"),
        ("2010-cu ildən əvvəl su", None, "2009"),
    ],
)
def test_a_time_in_which_something_is_said_to_be(text: str, since: str, until: str) -> None:
    time = time_in(text)
    assert time
    assert (time.since, time.until) == (since, until)
    assert time.how
    start, end = time.span
    assert (text[:start] + text[end:]).strip() in ("water", "вода", "su")


@pytest.mark.parametrize(
    "text",
    [
        "the crisis of 2019",
        "the 2018 World Cup",
        "итоги 2019 года",
        "бюджет на 2019 год",
        "бюджет за 2019 год",
        "the budget for 2019",
        "2019-cu ilin büdcəsi",
        "летние игры 2017 года",
        "the market 2019",
        "марафон 2019",
    ],
)
def test_a_time_that_is_only_named(text: str) -> None:
    time = time_in(text)
    assert time
    assert time.how == ""
    assert len(time.since or "") == 4


@pytest.mark.parametrize(
    "text",
    [
        "water",
        "the wars of 1914 and in 1939",
        "order 12019",
        "3.2019 tonnes",
        "2019,5",
        "in 20190",
        "in 2000 schools",
        "в 2000 школах",
    ],
)
def test_no_time_or_several(text: str) -> None:
    assert time_in(text) is None


@given(st.lists(st.sampled_from("в in 2019 2019-05-09 мая 31 2020-х с по до il ilin - ..".split())))
def test_any_text_may_be_looked_through(parts: list[str]) -> None:
    text = " ".join(parts)
    if time := time_in(text):
        start, end = time.span
        assert 0 <= start < end <= len(text)
