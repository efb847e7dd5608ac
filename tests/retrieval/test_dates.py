import pytest

from retrieval.dates import first_day, last_day, parse_date


@pytest.mark.parametrize(
    ("date", "first", "last"),
    [
        ("2025", 20250101, 20251231),
        ("2025-10", 20251001, 20251031),
        ("2025-02", 20250201, 20250228),
        ("2024-02", 20240201, 20240229),
        ("2025-10-21", 20251021, 20251021),
        ("2024-02-29", 20240229, 20240229),
        ("0001", 10101, 11231),
    ],
)
def test_a_date_covers_all_its_days(date, first, last):
    assert parse_date(f" {date}\n") == date
    assert (first_day(date), last_day(date)) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "25", "2025-1", "2025-1-1", "2025-13", "2025-00", "2025-02-29", "2025-04-31"),
        *("2025-10-00", "0000", "2025/10/21", "21.10.2025", "2025-10-21T10:00", "2025-", "abcd"),
        *("2025-10-21-01", "٢٠٢٥", "-2025", "20251021", "a\nb"),
    ],
)
def test_what_is_no_date_is_named(text):
    for use in (parse_date, first_day, last_day):
        with pytest.raises(ValueError, match=r"^'.*' is not a date: .*\Z"):
            use(text)


def test_dates_of_different_precision_compare_by_their_days():
    assert first_day("2025") < first_day("2025-10") < first_day("2025-10-21")
    assert last_day("2025-10-21") < last_day("2025-10") < last_day("2025")
