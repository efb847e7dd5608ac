"""Inline mode: quotes for any chat."""

from __future__ import annotations

import pytest
from botapi import BotApi, InlineQuery
from telegram_process import LANGUAGES, BotProcess, pressed

from bot.telegram.texts import TEXTS

pytest_plugins = ["telegram_fixtures"]


def answered(api: BotApi, query: InlineQuery) -> InlineQuery:
    api.wait_for(lambda: query.answers)
    return query


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_result_is_complete(api: BotApi, bot: BotProcess, language: str) -> None:
    texts, ann = TEXTS[language], api.person("Ann", language)
    query = answered(api, ann.types_inline("lighthouse"))
    assert query.answers[0]["cache_time"] > 0
    first = next(one for one in query.results if "Agnes Thornbury" in one["title"])
    assert first["title"] == f"Agnes Thornbury · {texts.date('2024-05')}"
    assert "lighthouse" in first["description"]
    bob = api.person("Bob")
    for result in query.results:
        message = ann.chooses(query, result["id"], chat=bob.chat)
        assert message.marked("bold")[0].startswith(result["title"])
        assert message.marked("blockquote") or message.marked("expandable_blockquote")
    named = next(one for one in query.results if "Горемыкин" in one["title"])
    message = ann.chooses(query, named["id"])
    assert [one["url"] for one in message.entities_of("text_link")] == ["https://example.org/svet"]
    ann.asks("/about")  # what it hears of its own quotes is no question
    assert len(ann.messages) == 1


def test_results_come_in_pages(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    seen: list[str] = []
    offset = ""
    for _ in range(10):
        query = answered(api, ann.types_inline("apple orchard", offset))
        seen += [one["id"] for one in query.results]
        offset = query.answers[0].get("next_offset", "")
        if not offset:
            break
    assert not offset
    assert len(seen) == len({*seen}) > 10
    past_the_end = answered(api, ann.types_inline("apple orchard", "50"))
    assert past_the_end.results == []
    forged = answered(api, ann.types_inline("apple orchard", "-7; DROP"))
    assert forged.results


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["", "   ", "🙂", '"', "lighthouse -", "the"])
def test_half_a_query_gets_a_hint(api: BotApi, bot: BotProcess, language: str, typed: str) -> None:
    query = answered(api, api.person("Ann", language).types_inline(typed))
    if query.results:
        return  # enough to find something
    assert query.answers[0]["button"]["text"] in (
        TEXTS[language].inline_type,
        TEXTS[language].inline_unclear,
        TEXTS[language].inline_nothing,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_found_says_so(api: BotApi, bot: BotProcess, language: str) -> None:
    query = answered(api, api.person("Ann", language).types_inline("submarines of Neptune"))
    assert query.results == []
    assert query.answers[0]["button"]["text"] == TEXTS[language].inline_nothing
    empty = answered(api, api.person("Ann", language).types_inline(""))
    assert empty.answers[0]["button"]["text"] == TEXTS[language].inline_type


def test_the_chosen_language_holds_in_inline_mode_too(api: BotApi, bot: BotProcess) -> None:
    ann = api.person("Ann", "en")
    pressed(api, ann, ann.asks("/language"), "Русский")
    query = answered(api, ann.types_inline("lighthouse"))
    assert any(TEXTS["ru"].date("2025-02-11") in one["title"] for one in query.results)


def test_hostile_speeches_can_be_sent(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    for typed in ("zeppelin", "zeppelin <b>&</blockquote>", "observatory", "\u202ezeppelin\u200b"):
        query = answered(api, ann.types_inline(typed))
        assert query.results, typed
        assert all(one.get("url", "https").startswith("https") for one in query.results)
        for result in query.results:
            assert ann.chooses(query, result["id"]).text


def test_the_same_words_in_two_speeches(api: BotApi, bot: BotProcess) -> None:
    query = answered(api, api.person().types_inline("tortoise of the mayor"))
    assert query.results
