"""The seed article, end to end: the questions that people ask of it first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.build import reindex
from retrieval.index import Index
from retrieval.records import Options
from retrieval.search import ask

REPORTER = ("21 октября в Астане", "Об этом сообщает", "Президент Азербайджана Ильхам Алиев сказал")


@pytest.fixture(scope="module")
def seed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("seed") / "index"
    reindex([shared / "speeches" / "astana-2025-10-21.ru.txt"], folder)
    with Index.open(folder) as index:
        yield index


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("what was said about the Zangezur corridor", "Открытие Зангезурского коридора"),
        ("что было сказано о Зангезурском коридоре", "Открытие Зангезурского коридора"),
        ("Zəngəzur dəhlizi haqqında nə deyildi?", "Открытие Зангезурского коридора"),
        ("кабель по дну Каспия", "строительству электрического кабеля по дну Каспия"),
        ("Who was thanked for the Kurmangazy centre?", "благодарны за такой дар Казахстана"),
        ("what role did Trump play", "роль Президента США Дональда Трампа"),
    ],
)
def test_the_first_quote_answers(seed: Index, question: str, words: str):
    quote = ask(seed, question).quotes[0]
    assert words in quote.text
    assert (quote.speaker, quote.date) == ("Ильхам Алиев", "2025-10-21")


@pytest.mark.parametrize(
    "question", ["заседание в Астане", "АЗЕРТАДЖ", "Казахстан", "Алиев сказал"]
)
def test_the_reporters_words_are_nobodys_speech(seed: Index, question: str):
    quotes = ask(seed, question, Options(limit=20, per_speech=20, threshold=0)).quotes
    assert quotes
    for quote in quotes:
        reported = any(words in quote.text for words in REPORTER)
        assert quote.speaker == (None if reported else "Ильхам Алиев")


def test_what_was_not_said(seed: Index):
    assert not ask(seed, "Who won the football world cup?").found
