"""Whose words a question asks for, and of which year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.build import reindex
from retrieval.errors import QuestionError
from retrieval.index import Index
from retrieval.names import same_person
from retrieval.records import Options
from retrieval.saying import readings, stranger
from retrieval.search import ask, beyond
from retrieval.timeline import timeline

SPEAKERS = (
    "Анна Корвен",
    "А.Корвен",
    "Пётр Сольде",
    "Мария Порто",
    "Rəna Quliyeva",
    "Jan Holm",
    "Vera Kurtova",
    "Comment",
    "Вопрос",
)
DATES = "2012-03-01", "2018-05", "2022"


def narrowed(question: str, **options) -> tuple[str, str | None, str | None]:
    """The narrowest reading: what is left to look for, of whom, of when."""
    reading = next(readings(question, Options(**options), lambda: SPEAKERS, lambda: DATES))
    assert reading.options.since == reading.options.until or options
    return reading.question, reading.options.speaker, reading.options.since


@pytest.mark.parametrize(
    ("question", "left", "speaker"),
    [
        ("Что Сольде говорил о воде?", "Что говорил о воде?", "Сольде"),
        ("что сольде говорил о воде", "что говорил о воде", "сольде"),
        ("Что сказала о воде министр Корвен", "Что сказала о воде", "Корвен"),
        ("О чём Пётр Сольде говорил с Корвен?", "О чём говорил с Корвен?", "Пётр Сольде"),
        ("позиция министра культуры Сольде по воде", "по воде", "Сольде"),
        ("мнение Сольде о воде", "о воде", "Сольде"),
        ("Сольде о воде", "о воде", "Сольде"),
        ("What did Solde say about Korven?", "What did say about Korven?", "Solde"),
        ("What did President Holm tell Solde about water?", None, "Holm"),
        ("What are Holm's views on water?", "What are on water?", "Holm"),
        ("the views of Jan Holm on water", "the on water", "Jan Holm"),
        ("statements by Holm on water", "on water", "Holm"),
        ("according to Holm, who pays for water", None, "Holm"),
        ("Holm on water", "on water", "Holm"),
        ("Holm's opinion of Solde", "of Solde", "Holm"),
        ("интервью Сольде о воде", "о воде", "Сольде"),
        ("Quliyeva su haqqında nə deyib?", "su haqqında nə deyib?", "Quliyeva"),
        ("Holmun su haqqında fikri", "su haqqında", "Holmun"),
        ("Quliyeva su haqqında", "su haqqında", "Quliyeva"),
        ("Rəna Quliyeva su haqqında nə danışıb", "su haqqında nə danışıb", "Rəna Quliyeva"),
        ("Quliyevanın sözlərinə görə, su bahadır", ", su bahadır", "Quliyevanın"),
        ("Holma görə su bahadır", "su bahadır", "Holma"),
        ("quliyeva su haqqında nə deyib", "su haqqında nə deyib", "quliyeva"),
        ("Что П. Л. Сольде сказал о воде", "Что сказал о воде", "П. Л. Сольде"),
        ("что А.Корвен сказала о воде", "что сказала о воде", "А. Корвен"),
        ("Что Пётр Львович Сольде сказал о воде?", "Что сказал о воде?", "Пётр Сольде"),
        ("По мнению Сольде, кто платит за воду", "По , кто платит за воду", "Сольде"),
        ("на взгляд Сольде, вода дорога", "на , вода дорога", "Сольде"),
        ("точка зрения Сольде на воду", "на воду", "Сольде"),
        ("речь Марии Порто о воде", "о воде", "Марии Порто"),
        ("что сольде думает о воде", "что о воде", "сольде"),
        ("что куртова говорила о воде", "что говорила о воде", "куртова"),
        ("мнение Куртовой о воде", "о воде", "Куртовой"),
        ("Что Сольде обещал строителям?", "Что обещал строителям?", "Сольде"),
        ("What did Prime Minister Holm say about water", None, "Holm"),
        ("How did Holm explain the war?", "How did the war?", "Holm"),
        ("holm's views on water", "on water", "holm"),
        ("Holms views on water", "on water", "Holms"),
        ("Jan Holm quotes on water", "on water", "Jan Holm"),
        ("the point of view of Holm on water", "the of on water", "Holm"),
    ],
)
def test_whose_words_are_asked_for(question: str, left: str | None, speaker: str) -> None:
    found = narrowed(question)
    assert found[1] == speaker
    if left:
        assert found[0] == left


@pytest.mark.parametrize(
    "question",
    [
        "Что говорили о Сольде?",
        "Что говорилось о Порто?",
        "Кто сказал, что Сольде болен?",
        "Где Сольде родился?",
        "Что Корвен сказала, а Сольде ответил о воде?",  # two: neither alone
        "Упомянул ли Сольде Порто?",
        "Что сказал Сольде?",  # nothing else to look for
        'Что говорили о воде "Пётр Сольде сказал"',
        "Сольде вода",
        "What was said about Holm?",
        "Who said that Holm is ill?",
        "Was Holm mentioned?",
        "What did Smith say about Holm?",
        "did the comment say so about water",
        "Quliyeva haqqında nə deyilib",
        "What was Holm told about water?",
        "Who criticised Holm?",
        "remarks after Holm's visit",
        "the reaction to Holm's speech in the valley",
        "реакция на речь Сольде в долине",
        "вопрос о воде",
        "the crisis of 2019",
        "что говорилось о кризисе 2008 года",
        "what was said about the goals until 2030",
        "what was said about the wars of 1914 and in 1939",
        "the 2018 World Cup",
        "итоги 2019 года",
        "план до 2030 года",
        "план развития до 2018 года",
        "what was said about the strategy until 2018",
        "2018-ci ilədək inkişaf proqramı",
        "strategy until 2030",
        "sanctions since 2010",
        "сколько воды было в 2019 году",
        "who won the cup in 2018",
        "2019-cu ildə kim qalib gəldi",
        "water in 2019 ..2020",
    ],
)
def test_a_name_or_a_year_may_be_the_subject(question: str) -> None:
    assert narrowed(question) == (question, None, None)


@pytest.mark.parametrize(
    ("question", "left", "when"),
    [
        ("what was said about water in 2019", "what was said about water", "2019"),
        ("what was said in May 2021 about water", "what was said about water", "2021-05"),
        ("что говорилось о воде в 2019 году", "что говорилось о воде", "2019"),
        ("2019-cu ildə su haqqında nə deyilib", "su haqqında nə deyilib", "2019"),
        ("2019 cu ilde su haqqinda ne deyilib", "su haqqinda ne deyilib", "2019"),
        ("what was said about water on 9 May 2021", "what was said about water", "2021-05-09"),
        ("what was said about water on May 9th, 2021", "what was said about water", "2021-05-09"),
        ("что говорили 9 мая 2021 года о воде", "что говорили о воде", "2021-05-09"),
        ("water in 2019", "water", "2019"),
        ("вода в 2019 году", "вода", "2019"),
        ("2019-cu ildə su", "su", "2019"),
        ("what about water in May of 2018", "what about water", "2018-05"),
    ],
)
def test_when_it_was_said(question: str, left: str, when: str) -> None:
    assert narrowed(question) == (left, None, when)


@pytest.mark.parametrize(
    "when",
    ["between 2014 and 2016", "from 2016 to 2014", "in 2014–2016", "с 2014 по 2016 год"],
)
def test_several_years(when: str) -> None:
    reading = next(readings(f"what was said about water {when}", Options(), lambda: SPEAKERS))
    assert reading.question == "what was said about water"
    assert reading.options == Options(since="2014", until="2016")


@pytest.mark.parametrize(
    ("question", "left", "since", "until"),
    [
        ("water since 2014", "water", "2014", None),
        ("вода с 2014 года", "вода", "2014", None),
        ("2014-cü ildən bəri su", "su", "2014", None),
        ("water after 2020", "water", "2021", None),
        ("что говорилось о воде после 2020-го", "что говорилось о воде", "2021", None),
        ("вода летом 2017", "вода", "2017-06", "2017-08"),
        ("water until 2015", "water", None, "2015"),
        ("вода до 2016 года", "вода", None, "2015"),
        ("2016-cı ilə qədər su", "su", None, "2015"),
    ],
)
def test_since_when(question: str, left: str, since: str | None, until: str | None) -> None:
    reading = next(readings(question, Options(), lambda: SPEAKERS, lambda: DATES))
    assert reading == (left, Options(since=since, until=until), None)


@pytest.mark.parametrize(
    ("question", "left", "speakers"),
    [
        ("Что говорили Корвен и Сольде о воде?", "Что говорили о воде?", "Корвен, Сольде"),
        ("Что сказали Анна Корвен и Пётр Сольде о воде", None, "Анна Корвен, Пётр Сольде"),
        ("Korven and Holm on water", "on water", "Korven, Holm"),
        ("What did Anna Korven and Jan Holm say about water", None, "Anna Korven, Jan Holm"),
        ("the views of Korven and Holm on water", "the on water", "Korven, Holm"),
        ("Korven and Holm's views on water", "on water", "Korven, Holm"),
        ("позиция Корвен и министра Сольде по воде", "по воде", "Корвен, Сольде"),
        ("Корвен и Сольде о воде", "о воде", "Корвен, Сольде"),
        ("Quliyeva və Holm su haqqında nə deyib", "su haqqında nə deyib", "Quliyeva, Holm"),
        ("корвен и сольде о воде", "о воде", "корвен, сольде"),
    ],
)
def test_two_may_be_asked_for(question: str, left: str | None, speakers: str) -> None:
    found = narrowed(question)
    assert found[1] == speakers
    if left:
        assert found[0] == left


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("What did Macron say about water?", "Поль Макрон"),
        ("Что Макрон говорил о воде?", "Paul Macron"),
        ("Tramm su haqqında nə deyib?", "Jan Trumm"),
        ("Что Трамм говорил о воде?", "Jan Trumm"),
        ("What did Xu Jinqing say about water?", "Сюй Цзиньцин"),
        ("Сюй Цзиньцин о воде", "Xu Jinqing"),
        ("Что Джавидов говорил о воде?", "Elşad Cavidov"),
        ("What did Dzhavidov say about water?", "Эльшад Джавидов"),
    ],
)
def test_a_name_is_known_however_another_language_spells_it(question: str, speaker: str) -> None:
    reading = next(readings(question, Options(), lambda: ["Мария Порто", speaker]))
    assert reading.options.speaker
    assert same_person(reading.options.speaker, speaker)


def test_a_time_alone_is_looked_for() -> None:
    for question in "в 2019", "in 2019", "что сказано в 2019":
        assert narrowed(question) == (question, None, None)


def test_who_and_when() -> None:
    for question, left, speaker in [
        ("Сольде в 2019 году о воде", "о воде", "Сольде"),
        ("Holm in 2019 on water", "on water", "Holm"),
        ("что в 2019 году Сольде говорил о воде", "что говорил о воде", "Сольде"),
    ]:
        assert narrowed(question) == (left, speaker, "2019")


def test_what_is_given_stays() -> None:
    assert narrowed("Что Сольде говорил о воде в 2019 году?", speaker="Корвен", since="2020") == (
        "Что говорил о воде в 2019 году?",
        "Корвен",
        "2020",
    )


@given(st.lists(st.sampled_from("Что Сольде говорил о воде в 2019 году? сказал что с".split())))
def test_the_question_itself_is_among_the_readings(words: list[str]) -> None:
    question = " ".join(words)
    meant = list(readings(question, Options(), lambda: SPEAKERS))
    assert (question, Options(), None) in meant
    for reading in meant:
        assert set(reading.question.split()) <= {*words, "?"}


@given(st.text(max_size=60))
def test_any_text_has_a_reading(text: str) -> None:
    assert text in [reading.question for reading in readings(text, Options(), lambda: SPEAKERS)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("saying")
    speeches = {
        "a": ("Пётр Сольде", "2019-03-02", "Мы построим плотину в долине, и воды хватит всем."),
        "b": ("Анна Корвен", "2021-04-05", "Вода подорожала, и плотина этого не исправит."),
        "c": ("Анна Корвен", "2021-04-06", "Школы откроются осенью, учителей мы нашли."),
    }
    for name, (speaker, date, text) in speeches.items():
        head = f"---\nspeaker: {speaker}\ndate: {date}\ninvented: true\n---\n"
        (folder / f"{name}.md").write_text(head + text + "\n", "utf-8")
    reindex([folder], folder / "index")
    with Index.open(folder / "index") as opened:
        yield opened


def test_only_the_speaker_answers(index: Index) -> None:
    for question in "Что Сольде говорил о плотине?", "What did Solde say about the dam?":
        answer = ask(index, question)
        assert {quote.speaker for quote in answer.quotes} == {"Пётр Сольде"}
        assert answer.notes == ()
        assert answer.question == question
    counted = timeline(index, "Что Сольде говорил о плотине?")
    assert [period.name for period in counted.periods] == ["2019-03"]


def test_where_the_speaker_said_nothing_others_answer_and_that_is_said(index: Index) -> None:
    answer = ask(index, "Что Сольде говорил о школах?", Options(limit=1))
    assert [quote.speaker for quote in answer.quotes] == ["Анна Корвен"]
    assert [note.kind for note in answer.notes] == ["not_by"]
    assert "Сольде" in answer.notes[0]


def test_where_nothing_was_said_then_other_times_answer_and_that_is_said(index: Index) -> None:
    answer = ask(index, "что говорилось о плотине в 2019 году")
    assert [quote.date for quote in answer.quotes] == ["2019-03-02"]
    answer = ask(index, "что говорилось о школах в 2019 году")
    assert [quote.date for quote in answer.quotes] == ["2021-04-06"]
    assert [note.kind for note in answer.notes] == ["not_then"]
    answer = ask(index, "что говорилось о школах с 2017 по 2019 год")
    assert ["2017–2019" in note for note in answer.notes] == [True]


def test_no_remark_where_the_speaker_is_quoted_after_others(index: Index) -> None:
    given, asked = Options(), [Options(speaker="Сольде"), Options()]
    quotes = ask(index, "плотина").quotes
    assert {quote.speaker for quote in quotes} == {"Пётр Сольде", "Анна Корвен"}
    assert beyond(asked, given, quotes) == ()
    assert beyond(asked, given, [q for q in quotes if q.speaker != "Пётр Сольде"])


@pytest.mark.parametrize(
    ("question", "whom"),
    [
        ("Что говорили о Сольде?", "Сольде"),
        ("что сказали про Анну Корвен", "Анну Корвен"),
        ("What was said about Holm?", "Holm"),
        ("about President Holm", "Holm"),
        ("Quliyeva haqqında nə deyilib", "Quliyeva"),
        ("Кто что говорил о воде", None),
        ("что говорили о визите Сольде", None),
        ("Сольде", None),
    ],
)
def test_who_is_spoken_of_does_not_say_it(question: str, whom: str | None) -> None:
    reading = next(readings(question, Options(), lambda: SPEAKERS))
    assert (reading.others_than, reading.options.speaker) == (whom, None)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("позиция Токмачёва по воде", "Токмачёва"),
        ("По мнению Зеленковского, вода дорога", "Зеленковского"),
        ("What did Tokmachev say about water?", "Tokmachev"),
        ("Chancellor Brandauer's views on water", "Brandauer"),
        ("Tokmaçovun su haqqında fikri", "Tokmaçovun"),
        ("позиция Долинии по воде", ""),
        ("позиция Речного союза по воде", ""),
        ("Долинская речь о воде", ""),
        ("What did the Valley say about water?", ""),
        ("What was said about Tokmachev?", ""),
        ("вода в Токмачёве", ""),
        ("Что Берлин говорил о воде", ""),
    ],
)
def test_a_person_whose_words_are_asked_for(question: str, name: str) -> None:
    assert stranger(question) == name


def made(folder: Path, speeches: Iterable[tuple[str | None, str]]) -> Index:
    for number, (speaker, text) in enumerate(speeches):
        head = f"---\nspeaker: {speaker}\ninvented: true\n---\n" if speaker else ""
        (folder / f"{number}.md").write_text(head + text + "\n", "utf-8")
    reindex([folder], folder / "index")
    return Index.open(folder / "index")


def test_where_nobody_is_called_so_that_is_said(tmp_path: Path) -> None:
    said = "С позицией Токмачёва по плотине Долиния не согласна: воды в ней нет."
    with made(tmp_path, [("Мария Порто", said)]) as index:
        for question in "позиция Токмачёва по плотине", "What did Tokmachev say about the dam?":
            answer = ask(index, question)
            assert answer.found
            assert [note.kind for note in answer.notes] == ["not_by"]
            assert "Tokmachev" in answer.notes[0] or "Токмачёва" in answer.notes[0]
        assert ask(index, "позиция Долинии по плотине").notes == ()
        assert ask(index, "позиция Порто по плотине").notes == ()


def test_who_may_have_spoken_without_a_name_is_not_denied(tmp_path: Path) -> None:
    with made(tmp_path, [(None, "Позиция Токмачёва по плотине: воды в ней нет.")]) as index:
        answer = ask(index, "позиция Токмачёва по плотине")
        assert answer.found
        assert answer.notes == ()


def test_both_are_heard(index: Index) -> None:
    for question in "Что Корвен и Сольде говорили о плотине?", "Solde and Korven on the dam":
        answer = ask(index, question, Options(limit=2))
        assert {quote.speaker for quote in answer.quotes} == {"Пётр Сольде", "Анна Корвен"}
        assert answer.notes == ()
    only = ask(index, "что Корвен и Сольде говорили о школах")
    assert [quote.speaker for quote in only.quotes] == ["Анна Корвен"]
    assert ["Сольде" in note for note in only.notes] == [True]
    given = ask(index, "плотина", Options(speaker="Сольде, Корвен"))
    assert {quote.speaker for quote in given.quotes} == {"Пётр Сольде", "Анна Корвен"}
    assert ask(index, "плотина", Options(speaker="Сольде, Пётр")).notes == ()


def test_what_others_said_of_a_speaker(tmp_path: Path) -> None:
    speeches = [
        ("Пётр Сольде", "Мы построим плотину, и воды хватит всем. Спасибо за вопросы."),
        ("Анна Корвен", "Сольде обещал плотину, но денег на неё не нашёл."),
        ("Мария Порто", "Школы откроются осенью, учителей мы нашли."),
    ]
    with made(tmp_path, speeches) as index:
        for question in "что говорили о Сольде", "what was said about Solde", "о Петре Сольде":
            answer = ask(index, question)
            assert [quote.speaker for quote in answer.quotes] == ["Анна Корвен"]
        counted = timeline(index, "что говорили о Сольде")
        assert counted.undated == 1


@pytest.mark.parametrize(
    ("since", "until", "date", "then"),
    [
        ("2021-05", "2021-05", "2021", True),  # it may be of that month
        ("2021-05", "2021-05", "2020", False),
        ("2021", None, "2022-05-01", True),
        ("2021", None, "2020", False),
        (None, "2021", "2021-12-31", True),
        (None, "2021", "2022", False),
    ],
)
def test_a_remark_on_other_times_is_true(
    index: Index, since: str | None, until: str | None, date: str, then: bool
) -> None:
    quotes = [replace(quote, date=date) for quote in ask(index, "плотина").quotes]
    notes = beyond([Options(since=since, until=until), Options()], Options(), quotes)
    assert [note.kind for note in notes] == ([] if then else ["not_then"])


def test_a_speaker_given_is_never_left(index: Index) -> None:
    assert not ask(index, "Что Корвен говорила о школах?", Options(speaker="Сольде")).found
    with pytest.raises(QuestionError):
        ask(index, "что сказала", Options(speaker="Сольде"))


def test_what_a_newspaper_says_is_looked_for_as_it_stands() -> None:
    said = "Yesterday Jan Holm said that the water of the Delta was clean in 2019 again"
    assert narrowed(said) == (said, None, None)
    endless = " ".join(["What did Holm say about water"] * 400)
    assert narrowed(endless) == (endless, None, None)


def test_the_nearest_is_looked_for_in_all_where_the_speaker_does_not_answer(index: Index) -> None:
    answer = ask(index, "Что Сольде говорил о школах?", Options(threshold=0, limit=1))
    assert [quote.speaker for quote in answer.quotes] == ["Анна Корвен"]
