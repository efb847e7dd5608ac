"""How often something was spoken of, year by year or month by month."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from retrieval.engine import Filter, Group
from retrieval.expansion import as_meant, expand
from retrieval.index import Index
from retrieval.question import parse_question
from retrieval.quotes import Excerpt, rarities
from retrieval.records import Hit, Language, Options, Period, Timeline, Unit
from retrieval.saying import readings
from retrieval.search import cap, choose_excerpts, make_filter, meant_phrases, subject
from retrieval.silence import THRESHOLD, names_and_numbers

_LOOKED_AT = 4
"""Passages of each period among which its strongest quote is looked for."""

_MOST_ASKED = 10_000
"""Speeches or passages that the store is asked for at a time."""

_MONTHS_AT_MOST = 24
"""Months that are shown one by one when no unit is asked for."""


def timeline(
    index: Index, question: str, options: Options | None = None, unit: Unit | None = None
) -> Timeline:
    """When a question's subject was spoken of, and the strongest quote of each period.

    A passage speaks of it when its words and its vector are judged as those of a quote are, with
    the names and numbers that it lacks. Three things that :func:`retrieval.search.ask` takes from
    the text of its few passages are left out, since here they may be thousands: words of near
    meaning do not count in part, nor does what a passage refers to (where its speech opens, the
    question it replies to), and it is judged as a whole, not by its best sentences.

    Of a speech in several languages one counts: the question's, if it speaks of it, else the one
    that does so best. Periods without any are there too, from the first that has one to the last.

    Args:
        index: where to look.
        question: as for :func:`retrieval.search.ask`.
        options: the filters and the threshold; the caps are not used.
        unit: "year" or "month"; None for whichever suits the dates.

    Raises:
        QuestionError, IndexDamaged: as :func:`retrieval.search.ask` does.
    """
    started = time.perf_counter()
    options = options or Options()
    threshold = THRESHOLD if options.threshold is None else options.threshold
    total, judge = index.manifest.passages, index.judge
    for reading in readings(
        question, options, lambda: index.speakers.values(), lambda: index.store.dates()
    ):
        parsed, remarks = meant_phrases(parse_question(reading.question, reading.options), index)
        parsed = as_meant(parsed, index)
        groups = expand(parsed, index)
        filter_, notes = make_filter(parsed, reading.options, index, reading.others_than)
        least = judge.least_coverage(threshold, len(groups), total)
        shares = rarities(groups)
        covered = index.words.coverage(groups, shares.tolist(), filter_, least)
        missing = _missing(index, groups, shares, names_and_numbers(parsed.plain, groups), filter_)
        hits = [
            Hit(hit.passage, value)
            for hit, near in zip(
                covered, _nearness(index, subject(parsed, groups), covered), strict=True
            )
            if (
                value := judge.probability(
                    hit.score, hit.score, max(0.0, near), len(groups), total, missing(hit.passage)
                )
            )
            >= threshold
        ]
        if hits:
            break
    hits.sort(key=lambda hit: -hit.score)
    dates = index.store.dates_of([hit.passage for hit in hits])
    language = parsed.language if options.own_language else None
    hits = _once(index, hits, {number: speech for number, (speech, _) in dates.items()}, language)
    dates = {hit.passage: dates[hit.passage] for hit in hits}
    unit = unit or _unit([date for _, date in dates.values() if date])
    places = {"year": 4, "month": 7}[unit]
    by_period: defaultdict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_period[(dates[hit.passage][1] or "")[:places]].append(hit)
    undated = len(by_period.pop("", []))

    best = [hit for found in by_period.values() for hit in found[:_LOOKED_AT]]
    excerpts = choose_excerpts(index, best, parsed, groups, filter_, total)
    days = {speech: date or "" for speech, date in dates.values()}
    excerpts_of: defaultdict[str, list[Excerpt]] = defaultdict(list)
    for excerpt in excerpts:
        excerpts_of[days[excerpt.passage.speech_id][:places]].append(excerpt)
    first = replace(options, limit=1)
    quotes = {
        name: quote
        for name, some in excerpts_of.items()
        for quote in cap(index, some, groups, first)
    }
    periods = tuple(
        Period(
            name,
            len(found := by_period.get(name, [])),
            len({dates[hit.passage][0] for hit in found}),
            quotes.get(name),
        )
        for name in _between([*by_period], unit)
    )
    took_ms = (time.perf_counter() - started) * 1000
    return Timeline(question, parsed.language, unit, periods, undated, took_ms, remarks + notes)


def _missing(
    index: Index,
    groups: Sequence[Group],
    shares: NDArray[np.float64],
    named: NDArray[np.bool_],
    filter_: Filter,
) -> Callable[[int], float]:
    """What share of a question are names and numbers that a passage, by its number, lacks."""
    if not named.any():
        return lambda _: 0.0
    whole = float(shares[named].sum())
    some = [group for group, name in zip(groups, named, strict=True) if name]
    covered = index.words.coverage(some, shares[named].tolist(), filter_, 0.0)
    held = {hit.passage: hit.score for hit in covered}
    return lambda passage: max(0.0, whole - held.get(passage, 0.0))


def _nearness(index: Index, question: str, hits: Sequence[Hit]) -> Iterable[float]:
    """The cosine of a question with passages: of the built-in vectors, which a judge knows."""
    encoder = index.word_encoder
    query = encoder.encode_query(question)
    numbers = [hit.passage for hit in hits]
    if index.encoder is encoder:
        return (hit.score for hit in index.vectors.nearness(query, numbers))
    near: list[float] = []
    for start in range(0, len(numbers), _MOST_ASKED):
        some = numbers[start : start + _MOST_ASKED]
        stored = index.store.passages(some)
        vectors = encoder.encode_documents([stored[number].text for number in some])
        near += (vectors @ query).tolist()
    return near


def _once(
    index: Index, hits: Sequence[Hit], speeches: Mapping[int, str], language: Language | None
) -> list[Hit]:
    """The hits, best first, without those of translations of a speech that counts already."""
    ids = sorted({speeches[hit.passage] for hit in hits})
    families: dict[str, int] = {}
    for start in range(0, len(ids), _MOST_ASKED):
        families |= index.store.families(ids[start : start + _MOST_ASKED])
    best: dict[str, int] = {}  # the best passage of each speech that has translations
    for hit in hits:
        if (speech := speeches[hit.passage]) in families:
            best.setdefault(speech, hit.passage)
    numbers = list(best.values())
    languages: dict[str, Language] = {}
    for start in range(0, len(numbers), _MOST_ASKED):
        found = index.store.passages(numbers[start : start + _MOST_ASKED])
        languages |= {passage.speech_id: passage.language for passage in found.values()}
    counted: dict[int, str] = {}
    for speech in sorted(best, key=lambda speech: languages[speech] != language):
        counted.setdefault(families[speech], speech)
    taken = set(counted.values())
    return [
        hit for hit in hits if (speech := speeches[hit.passage]) not in families or speech in taken
    ]


def _unit(dates: Sequence[str]) -> Unit:
    """Months where every date has one and they are not too many, else years."""
    months = {date[:7] for date in dates}
    if not months or min(map(len, months)) < len("2025-10"):
        return "year"
    return "month" if len(_between([*months], "month")) <= _MONTHS_AT_MOST else "year"


def _between(names: Sequence[str], unit: Unit) -> list[str]:
    """The names of all periods from the first to the last, and those given; in order.

    A date that has only a year stands before that year's months.
    """
    if unit == "year":
        numbers = [int(name) for name in names]
        every = [f"{number:04}" for number in _range(numbers)]
    else:
        numbers = [int(name[:4]) * 12 + int(name[5:]) - 1 for name in names if name[4:]]
        every = [f"{number // 12:04}-{number % 12 + 1:02}" for number in _range(numbers)]
    return sorted({*every, *names})


def _range(numbers: Sequence[int]) -> range:
    return range(min(numbers), max(numbers) + 1) if numbers else range(0)
