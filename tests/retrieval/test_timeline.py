import pytest

from retrieval.records import Options
from retrieval.timeline import timeline

SAID = "Мост через Светлую построен. Школы получат новые книги."
BY_DATE = {"2019": 1, "2021-03": 2, "2021-07-14": 1, "2022": 1}


@pytest.fixture
def dated(make_index):
    dates = [date for date, count in BY_DATE.items() for _ in range(count)]
    records = [
        {"id": f"{number}", "date": date, "speaker": "Савва Горемыкин", "text": SAID}
        for number, date in enumerate([*dates, None])
    ]
    other = {"id": "other", "date": "2020", "text": "Больница лечит детей."}
    return make_index([*records, other])


def counts(index, question, unit=None, **options):
    found = timeline(index, question, Options(**options), unit)
    return found.unit, {p.name: p.passages for p in found.periods}, found.undated


def test_periods_from_the_first_to_the_last(dated):
    years = {"2019": 1, "2020": 0, "2021": 3, "2022": 1}
    assert counts(dated, "мост через Светлую") == ("year", years, 1)
    assert counts(dated, "bridge", "year") == ("year", years, 1)


def test_a_year_stands_before_its_months(dated):
    unit, months, _ = counts(dated, "мост", "month")
    assert unit == "month"
    assert [*months] == sorted(months)
    assert {name: count for name, count in months.items() if count} == {
        "2019": 1,
        "2021-03": 2,
        "2021-07": 1,
        "2022": 1,
    }
    assert months["2021-05"] == 0


def test_months_by_themselves_where_every_date_has_one(dated):
    unit, months, undated = counts(dated, "мост", since="2021", until="2021")
    assert (unit, undated) == ("month", 0)
    assert months == {"2021-03": 2, "2021-04": 0, "2021-05": 0, "2021-06": 0, "2021-07": 1}


def test_each_period_has_its_strongest_quote(make_index):
    texts = {"2020": "Мост ждёт ремонта.", "2021": "Мост через Светлую построен. Мост красив."}
    index = make_index([{"id": d, "date": d, "text": text} for d, text in texts.items()])
    found = timeline(index, "мост через светлую", Options(threshold=0.2))
    assert [period.quote.speech_id for period in found.periods] == ["2020", "2021"]
    for period in found.periods:
        quote = period.quote
        assert index.speech(quote.speech_id).text[quote.start : quote.end] == quote.text


@pytest.mark.parametrize(
    ("question", "options"),
    [("вулкан", {}), ("мост", {"speaker": "Никто Такой"}), ("мост -Светлую", {})],
)
def test_where_nothing_was_said_there_are_no_periods(dated, question, options):
    found = timeline(dated, question, Options(**options))
    assert (found.periods, found.undated) == ((), 0)


def test_the_threshold_is_that_of_quotes(dated):
    question = "мост вулкан пингвин"
    assert counts(dated, question)[1] == {}
    assert counts(dated, question, threshold=0.05)[1] != {}


def test_a_name_that_is_missing_counts_as_it_does_for_quotes(dated):
    question = "где построен мост через Печору"
    assert counts(dated, question.lower(), threshold=0.95)[1] != {}
    assert counts(dated, question, threshold=0.95)[1] == {}


TRANSLATED = {
    "ru": "Сегодня мы открываем новый мост через реку. Строительство моста продолжалось два года. "
    "Завтра начнётся ремонт школы, и дети вернутся в классы осенью.",
    "en": "Today we are opening a new bridge across the river. The construction of the bridge took "
    "two years. Tomorrow the repair of the school begins, and children return to class in autumn.",
}


@pytest.mark.parametrize(
    ("question", "language"), [("новый мост через реку", "ru"), ("new bridge over the river", "en")]
)
def test_a_speech_and_its_translation_count_once(make_index, question, language):
    records = [
        {"id": name, "language": name, "text": text, "date": "2024-05-14"}
        for name, text in TRANSLATED.items()
    ]
    later = {
        "id": "later",
        "date": "2025-01-02",
        "text": "Через реку построят и третий новый мост.",
    }
    index = make_index([*records, later])
    assert index.translations("ru") == ("en",)
    found = timeline(index, question, unit="year")
    assert [(p.name, p.passages, p.speeches) for p in found.periods] == [
        ("2024", 1, 1),
        ("2025", 1, 1),
    ]
    assert found.periods[0].quote.speech_id == language
