from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import QuestionError
from retrieval.question import MAX_CHARACTERS, parse_question
from retrieval.records import Options


def folded(text: str) -> list[str]:
    return [word.folded for word in parse_question(text, Options()).words]


def test_words_that_frame_a_question_are_dropped_in_each_language():
    assert folded("what was said about the Zangezur corridor") == ["zangezur", "corridor"]
    assert folded("что было сказано о Зангезурском коридоре") == ["зангезурском", "коридоре"]
    assert folded("Zəngəzur dəhlizi haqqında nə deyildi?") == ["zəngəzur", "dəhlizi"]


def test_signs_of_a_question():
    question = parse_question('"живое слово" кабель -Каспий 2024..2025-06', Options())
    assert question.phrases == (("живое", "слово"),)
    assert [word.folded for word in question.excluded] == ["каспий"]
    assert (question.since, question.until) == ("2024", "2025-06")
    assert [word.folded for word in question.words] == ["живое", "слово", "кабель"]
    assert "2024" not in question.plain
    assert "Каспий" not in question.plain


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("мост 2024..", "2024", None),
        ("мост ..2024", None, "2024"),
        ("2024-05-14..2024-05-14 мост", "2024-05-14", "2024-05-14"),
        ("мост 2024", None, None),
    ],
)
def test_date_ranges(text: str, since: str | None, until: str | None):
    question = parse_question(text, Options())
    assert (question.since, question.until) == (since, until)


def test_dates_of_question_and_options_narrow_each_other():
    question = parse_question("мост 2023..2025", Options(since="2024-02", until="2026"))
    assert (question.since, question.until) == ("2024-02", "2025")


@pytest.mark.parametrize("text", ["вода 2025..2026?", "вода (2025..2026)", "2025..2026, вода"])
def test_a_range_may_touch_punctuation(text: str):
    question = parse_question(text, Options())
    assert (question.since, question.until) == ("2025", "2026")
    assert [word.folded for word in question.words] == ["вода"]


@pytest.mark.parametrize("text", ["зачем мосту ремонт?", "Why does the bridge need repair?"])
def test_asking_why_is_no_topic(text: str):
    words = {word.folded for word in parse_question(text, Options()).words}
    assert words <= {"мосту", "ремонт", "bridge", "need", "repair"}


def test_an_excluded_phrase():
    question = parse_question('школы -"новых школ"', Options())
    assert question.phrases == ()
    assert question.excluded_phrases == (("новых", "школ"),)
    assert [word.folded for word in question.words] == ["школы"]


def test_a_hyphen_inside_a_word_excludes_nothing():
    question = parse_question("торгово-экономические связи – итоги", Options())
    assert question.excluded == ()
    assert len(question.words) == 4


@pytest.mark.parametrize(
    "text",
    ["", "   ", "?!…", "🙂", '"', "-", '""', "-Каспий", "что было сказано", "what did he say", "..",
     "a" * (MAX_CHARACTERS + 1), "мост 2025..2024", "мост 2025-13..", "мост 2025-02-30.."],
)  # fmt: skip
def test_questions_that_cannot_be_searched_say_why(text: str):
    with pytest.raises(QuestionError) as caught:
        parse_question(text, Options())
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "options", [Options(since="2025", until="2024"), Options(since="yesterday")]
)
def test_wrong_dates_in_options(options: Options):
    with pytest.raises(QuestionError):
        parse_question("мост", options)


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_refused(text: str):
    try:
        question = parse_question(text, Options())
    except QuestionError:
        return
    assert question.words


def test_half_a_surrogate_pair_is_replaced():
    question = parse_question("война \ud800 мир\udc00", Options())
    assert question.text == "война \ufffd мир\ufffd"
    assert [word.folded for word in question.words] == ["война", "мир"]
    assert parse_question("мир \ud83d\ude00", Options()).text == "мир \U0001f600"
