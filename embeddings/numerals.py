"""Numbers and months in words: the table, and how one is written otherwise in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from embeddings.analysis import Language, fold, script_language, stem, term

LANGUAGES: tuple[Language, ...] = ("ru", "az", "en")

# Cardinals, then ordinals; forms whose stems differ stand side by side.
_NUMBERS = """
1   | первый первая первое первого                    | birinci            | first
2   | два две двух второй вторая второго              | iki ikinci         | two second
3   | три трех третий третья третьего третьей         | üç üçüncü          | three third
4   | четыре четырех четвертый четвертая четвертого        | dörd dördüncü      | four fourth
5   | пять пятый                                      | beş beşinci        | five fifth
6   | шесть шестой шестого                            | altı altıncı       | six sixth
7   | семь семи седьмой седьмая седьмого                 | yeddi yeddinci     | seven seventh
8   | восемь восьми восьмой восьмого                  | səkkiz səkkizinci  | eight eighth
9   | девять девятый                                  | doqquz doqquzuncu  | nine ninth
10  | десять десятый                                  | on onuncu          | ten tenth
11  | одиннадцать одиннадцатый                        |                    | eleven eleventh
12  | двенадцать двенадцатый                          |                    | twelve twelfth
13  | тринадцать тринадцатый                          |                    | thirteen thirteenth
14  | четырнадцать четырнадцатый                      |                    | fourteen fourteenth
15  | пятнадцать пятнадцатый                          |                    | fifteen fifteenth
16  | шестнадцать шестнадцатый                        |                    | sixteen sixteenth
17  | семнадцать семнадцатый                          |                    | seventeen seventeenth
18  | восемнадцать восемнадцатый                      |                    | eighteen eighteenth
19  | девятнадцать девятнадцатый                      |                    | nineteen nineteenth
20  | двадцать двадцатый                              | iyirmi iyirminci   | twenty twentieth
30  | тридцать тридцатый                              | otuz otuzuncu      | thirty thirtieth
40  | сорок сорока сороковой                          | qırx qırxıncı      | forty fortieth
50  | пятьдесят пятидесяти пятидесятый                | əlli əllinci       | fifty fiftieth
60  | шестьдесят шестидесяти шестидесятый             | altmış altmışıncı  | sixty sixtieth
70  | семьдесят семидесяти семидесятый                | yetmiş yetmişinci  | seventy seventieth
80  | восемьдесят восьмидесяти восьмидесятый          | səksən səksəninci  | eighty eightieth
90  | девяносто девяноста девяностый                  | doxsan doxsanıncı  | ninety ninetieth
100 | сто ста сотый                                   | yüz yüzüncü        | hundred hundredth
1000 | тысяча тысяч тысячный                          | min mininci        | thousand thousandth
"""
_MONTHS = """
январь       | yanvar    | january
февраль      | fevral    | february
март марта   | mart      | march
апрель       | aprel     | april
май мая      | may       | may
июнь         | iyun      | june
июль         | iyul      | july
август       | avqust    | august
сентябрь     | sentyabr  | september
октябрь      | oktyabr   | october
ноябрь       | noyabr    | november
декабрь      | dekabr    | december
"""
_SHARED = frozenset("ru:сем ru:сто ru:ста ru:трет ru:четверт az:bes az:on az:alti".split())
"""Terms of other words too (семья, стоит, треть, bəs, ön, altında): these numbers are known by
their whole forms only, and are not looked for in words."""
_AZ_MONTH_ENDINGS = frozenset(" in un i u a ə da də dan dən de den inda unda".split(" "))
_AMBIGUOUS = frozenset("may march mart".split())
"""Months that are other words too: they count as months beside a number only."""


@cache
def _forms(language: Language) -> tuple[dict[str, int], dict[int, tuple[str, ...]]]:
    """The number of each term and whole form of a language, and each number's stems in it."""
    values: dict[str, int] = {}
    stems: dict[int, tuple[str, ...]] = {}
    for line in _NUMBERS.strip().splitlines():
        number, *columns = line.split("|")
        value = int(number)
        column = columns[LANGUAGES.index(language)]
        stems[value] = tuple(
            s for s in _stems(column, language) if f"{language}:{s}" not in _SHARED
        )
        values |= dict.fromkeys(map(fold, column.split()), value)
        for found_stem in stems[value]:
            values.setdefault(f"{language}:{found_stem}", value)
    return values, stems


def _stems(column: str, language: Language) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem(fold(word), language) for word in column.split()))


@cache
def _months() -> tuple[dict[str, int], list[dict[Language, tuple[str, ...]]]]:
    stems: list[dict[Language, tuple[str, ...]]] = [
        {
            language: _stems(column, language)
            for language, column in zip(LANGUAGES, line.split("|"), strict=True)
        }
        for line in _MONTHS.strip().splitlines()
    ]
    numbers = {
        f"{language}:{found_stem}": number
        for number, forms in enumerate(stems, 1)
        for language, found in forms.items()
        for found_stem in found
    }
    return numbers, stems


def number_of(folded: str, language: Language) -> int | None:
    """The number that one word says, 1 to 1000; None if it is no number of the table."""
    if folded.isdigit():
        return int(folded) if len(folded) < 5 else None
    spoken = script_language(folded, language)
    values, _ = _forms(spoken)
    return values.get(folded) or values.get(term(folded, spoken))


def in_words(number: int) -> Mapping[Language, tuple[str, ...]]:
    """The stems that say a number in one word, by language; empty if the table lacks it."""
    found = {language: _forms(language)[1].get(number, ()) for language in LANGUAGES}
    return {language: stems for language, stems in found.items() if stems}


def month_of(folded: str, language: Language) -> int | None:
    """The number of the month that a word names, 1 to 12; None if it names none."""
    if folded.startswith("month:"):
        return int(folded.removeprefix("month:"))
    month = _months()[0].get(term(folded, language))
    if month is None and language == "az":  # its endings: martın, iyunun
        month = next((n for name, n in _az_months() if _is_form(folded, name)), None)
    return month


@cache
def _az_months() -> list[tuple[str, int]]:
    lines = _MONTHS.strip().splitlines()
    return [(fold(line.split("|")[1].strip()), n) for n, line in enumerate(lines, 1)]


def _is_form(folded: str, name: str) -> bool:
    return folded.startswith(name) and folded[len(name) :] in _AZ_MONTH_ENDINGS


def is_ambiguous_month(folded: str) -> bool:
    """Whether a month's name is another word too: may, march."""
    return folded in _AMBIGUOUS


def months_in_words(number: int) -> Mapping[Language, tuple[str, ...]]:
    """The stems that name a month, by language."""
    return _months()[1][number - 1]


def compound(first: int, second: int) -> int | None:
    """The number that two number words say together: twenty five, on iki; None if nothing."""
    if (second < 10 and first in range(10, 100, 10)) or (second < 100 and first == 100):
        return first + second
    return None
