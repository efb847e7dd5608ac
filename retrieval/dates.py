"""Dates of any precision, kept as given: ``2025``, ``2025-10`` or ``2025-10-21``.

A date covers all its days, so that two of different precision compare by first and last day:
2020 covers 20200101 to 20201231.
"""

from __future__ import annotations

import calendar
import re
from datetime import date as Date
from datetime import timedelta
from functools import lru_cache

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MOST_SHOWN = 40  # characters, in a message


def parse_date(text: str) -> str:
    """The date as given, without surrounding spaces; ValueError when it is none."""
    _parts(text)
    return text.strip()


@lru_cache(maxsize=1 << 12)  # asked for every passage, of which a speech has many
def first_day(date: str) -> int:
    """The first day that a date covers, as the number YYYYMMDD; ValueError when it is none."""
    year, month, day = _parts(date)
    return year * 10_000 + (month or 1) * 100 + (day or 1)


@lru_cache(maxsize=1 << 12)
def last_day(date: str) -> int:
    """The last day that a date covers, as the number YYYYMMDD; ValueError when it is none."""
    year, month, day = _parts(date)
    month = month or 12
    return year * 10_000 + month * 100 + (day or calendar.monthrange(year, month)[1])


def beside(date: str, steps: int) -> str:
    """The date so many years, months or days later, in the date's own precision."""
    year, month, day = _parts(date)
    if day:
        return (Date.fromisoformat(date) + timedelta(steps)).isoformat()
    if month:
        year, month = divmod(year * 12 + month - 1 + steps, 12)
        return f"{year:04}-{month + 1:02}"
    return f"{year + steps:04}"


def _parts(text: str) -> tuple[int, int | None, int | None]:
    """Year, month and day; None where the date does not go so far."""
    text = text.strip()
    match = _DATE.fullmatch(text)
    if match is None:
        shown = " ".join(text[:_MOST_SHOWN].split())
        raise ValueError(f"'{shown}' is not a date: write 2025, 2025-10 or 2025-10-21")
    year, month, day = (int(part) if part else None for part in match.groups())
    if not year:
        raise ValueError(f"'{text}' is not a date: there is no year 0000")
    if month is not None and not 1 <= month <= 12:
        raise ValueError(f"'{text}' is not a date: there is no month {month:02}")
    if month and day is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        raise ValueError(f"'{text}' is not a date: {year}-{month:02} has no day {day:02}")
    return year, month, day
