"""What the bot says, in three languages: the same things, within Telegram's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from string import Formatter

import pytest
from telegram_html import parse

from bot.telegram.texts import TEXTS, Texts, courtesy_in, texts_for
from retrieval.index import Index
from retrieval.records import LANGUAGES, Language
from retrieval.samples import samples_index
from retrieval.search import ask

_PLAIN = {"button_": 24, "inline_": 64, "notice_": 200, "command_": 256, "profile": 512}
_VALUE = "Ильхам Алиев & <Co>"


def phrases(texts: Texts) -> Iterator[tuple[str, str]]:
    """Every phrase with the name of its field, those of mappings and tuples one by one."""
    for field in fields(texts):
        value = getattr(texts, field.name)
        if isinstance(value, str):
            yield field.name, value
        elif isinstance(value, Mapping):
            yield from ((f"{field.name}[{key}]", phrase) for key, phrase in value.items())
        else:
            yield from ((f"{field.name}[{n}]", phrase) for n, phrase in enumerate(value))


def placeholders(phrase: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(phrase) if name is not None}


every_language = pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)


def test_there_are_three_languages() -> None:
    assert tuple(TEXTS) == LANGUAGES
    assert all(texts.language == language for language, texts in TEXTS.items())


@every_language
def test_no_phrase_is_empty_or_has_space_around_it(texts: Texts) -> None:
    for name, phrase in phrases(texts):
        assert phrase.strip() == phrase != "", name
        assert "  " not in phrase, name


@every_language
def test_every_language_has_the_placeholders_of_english(texts: Texts) -> None:
    for field in fields(texts):
        here, there = getattr(texts, field.name), getattr(TEXTS["en"], field.name)
        if field.name.startswith("count_"):
            assert "other" in here
            assert all(placeholders(form) == {"n"} for form in here.values())
        elif isinstance(here, str):
            assert placeholders(here) == placeholders(there), field.name
        elif isinstance(here, Mapping):
            assert here.keys() == there.keys(), field.name
        else:
            assert len(here) == len(there), field.name


@every_language
def test_plural_forms_are_those_the_language_has(texts: Texts) -> None:
    forms = {texts.locale.plural_form(number) for number in range(200)}
    for field in fields(texts):
        if field.name.startswith("count_"):
            noun = getattr(texts, field.name)
            assert forms <= noun.keys() or len(set(noun.values())) == 1, field.name


@every_language
def test_plain_phrases_are_short_and_without_markup(texts: Texts) -> None:
    for name, phrase in phrases(texts):
        limit = next((most for prefix, most in _PLAIN.items() if name.startswith(prefix)), None)
        if limit is not None:
            assert len(phrase.encode("utf-16-le")) // 2 <= limit, name
            assert not re.search(r"[<>]|&\w+;", phrase), name
    assert len(texts.profile_short) <= 120
    assert all(len(example) <= 40 for example in texts.examples)


@every_language
def test_all_other_phrases_are_telegram_html(texts: Texts) -> None:
    for name, phrase in phrases(texts):
        if not name.startswith(tuple(_PLAIN)):
            values = dict.fromkeys(placeholders(phrase), "1")
            assert parse(phrase.format(**values), units=2048), name


@every_language
def test_the_command_menu(texts: Texts) -> None:
    for_all, for_admins = texts.commands(), texts.commands(admin=True)
    assert set(for_admins) - set(for_all) == {
        ("reindex", texts.command_reindex),
        ("status", texts.command_status),
    }
    assert [name for name, _ in for_all][:3] == ["start", "help", "ask"]
    assert all(re.fullmatch("[a-z]{1,32}", name) for name, _ in for_admins)
    # what the help names is in the menu
    assert set(re.findall(r"(?<![\w<])/(\w+)", texts.help)) <= {name for name, _ in for_admins}


@every_language
def test_the_greeting_has_two_sentences(texts: Texts) -> None:
    assert len(re.findall(r"[.!?](?:\s|$)", texts.start)) == 2


@every_language
def test_no_exclamation_storm(texts: Texts) -> None:
    assert sum("!" in phrase for _, phrase in phrases(texts)) <= 3
    assert not any("!!" in phrase for _, phrase in phrases(texts))


def test_no_language_has_letters_of_another_alphabet() -> None:
    for texts in (TEXTS["az"], TEXTS["en"]):
        assert not [name for name, phrase in phrases(texts) if re.search("[а-яё]", phrase, re.I)]
    # Latin words of the Russian texts are what people type, tags and placeholders
    for name, phrase in phrases(TEXTS["ru"]):
        visible = re.sub(r"<[^>]*>|\{\w+\}|/\w+|rostrum reindex|--index|milvus-lite", "", phrase)
        assert name in ("locale_name", "language") or not re.search("[a-zəığ]", visible, re.I), name


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("ru", "ru"),
        ("az", "az"),
        ("en-US", "en"),
        ("az-Latn-AZ", "az"),
        ("RU_ru", "ru"),
        ("uk", "ru"),
        ("kk", "ru"),
        ("tr", "az"),
        ("lt", "en"),
        ("zh-hans", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_nearest_language(code: str | None, language: Language) -> None:
    assert texts_for(code) is TEXTS[language]


def test_plurals() -> None:
    russian, azerbaijani, english = TEXTS["ru"], TEXTS["az"], TEXTS["en"]
    counted = [russian.count(russian.count_speeches, n) for n in (1, 2, 5, 11, 21, 0)]
    assert counted == [
        "1 выступление",
        "2 выступления",
        "5 выступлений",
        "11 выступлений",
        "21 выступление",
        "0 выступлений",
    ]
    assert azerbaijani.count(azerbaijani.count_quotes, 1) == "1 sitat"
    assert azerbaijani.count(azerbaijani.count_quotes, 7) == "7 sitat"
    assert english.count(english.count_passages, 1000) == "1,000 passages"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2025-10-21", ("21 октября 2025\u00a0г.", "21 oktyabr 2025", "21 October 2025")),
        ("2025-10", ("октябрь 2025", "oktyabr 2025", "October 2025")),
        ("2025", ("2025", "2025", "2025")),
        ("2025-13", ("2025-13", "2025-13", "2025-13")),
        ("2025-02-30", ("2025-02-30", "2025-02-30", "2025-02-30")),
        ("in May", ("in May", "in May", "in May")),
    ],
)
def test_dates_are_as_precise_as_given(given: str, expected: tuple[str, str, str]) -> None:
    assert tuple(TEXTS[language].date(given) for language in LANGUAGES) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("AZE", ("Азербайджан", "Azərbaycan", "Azerbaijan")),
        ("kz", ("Казахстан", "Qazaxıstan", "Kazakhstan")),
        ("EU", ("Европейский союз", "Avropa Birliyi", "European Union")),
        ("YUG", ("YUG", "YUG", "YUG")),  # which became several
        ("DDR", ("DDR", "DDR", "DDR")),  # and a part of another
        ("XYZ", ("XYZ", "XYZ", "XYZ")),
        ("Norland", ("Norland", "Norland", "Norland")),
    ],
)
def test_countries(given: str, expected: tuple[str, str, str]) -> None:
    assert tuple(TEXTS[language].country(given) for language in LANGUAGES) == expected


def test_moments_and_durations() -> None:
    moments = [texts.moment("2026-11-23T01:05:00+00:00") for texts in TEXTS.values()]
    assert moments == [
        "23 ноября 2026\u00a0г., 01:05 UTC",
        "23 noyabr 2026, 01:05 UTC",
        "23 November 2026, 01:05 UTC",
    ]
    assert TEXTS["en"].moment("yesterday") == "yesterday"
    assert [texts.duration(3.2) for texts in TEXTS.values()] == [
        "3 секунды",
        "3 saniyə",
        "3 seconds",
    ]
    assert TEXTS["en"].duration(0) == "1 second"
    assert TEXTS["ru"].duration(600) == "10 минут"


@every_language
def test_the_samples_answer_the_example_questions(
    texts: Texts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with Index.open(samples_index(tmp_path_factory.getbasetemp() / "samples")) as index:
        for example in texts.examples:
            assert ask(index, example).found, example


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello!", "hello"),
        ("Добрый день", "hello"),
        ("Salam 👋", "hello"),
        ("Спасибо!!!", "welcome"),
        ("Çox sağ olun.", "welcome"),
        ("thank  you", "welcome"),
        ("Как дела?", "hello"),
        ("What can you do?", "hello"),
        ("Necəsiniz?", "hello"),
        ("«спасибо»", None),
        ('"hello"', None),
        ("who said hello", None),
        ("спасибо за что", None),
        ("👍", None),
        ("", None),
    ],
)
def test_courtesies_are_told_from_questions(text: str, name: str | None) -> None:
    assert courtesy_in(text) == name
    assert name is None or all(getattr(texts, name) for texts in TEXTS.values())
