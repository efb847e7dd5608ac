"""Load and failures, in small; ``python tests/bench/telegram.py`` measures them at full size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import telegram_load as load


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> load.Corpus:
    return load.Corpus(tmp_path_factory.mktemp("load"), speeches=30)


@pytest.fixture(scope="module")
def place(corpus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[load.Place]:
    """A bot that those share which neither kill it nor measure it."""
    with load.a_bot(tmp_path_factory.mktemp("load") / "bot", corpus.index) as place:
        yield place


def test_a_burst_while_calls_fail_is_answered_once_each(place):
    done = load.burst(place, questions=60, chats=20, groups=3)
    assert (done.unanswered, done.twice) == (0, 0)
    assert done.violations == []
    assert done.problems == []
    assert done.injected


def test_answers_that_get_lost_are_given_again(place):
    done = load.burst(place, questions=20, chats=10, groups=1, lost=0.2)
    assert done.unanswered == 0
    assert done.injected["lost"]
    assert 1 <= done.twice <= done.injected["lost"]
    assert done.problems == []


def test_memory_stays_flat(corpus, tmp_path: Path):
    # freed memory goes back at once: what is kept for the next use came and went by several MB
    malloc = {
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": "65536",
        "MALLOC_TRIM_THRESHOLD_": "0",
    }
    with load.a_bot(tmp_path / "bot", corpus.index, keep=200, **malloc) as place:
        done = load.memory(place, updates=400)
    assert done.grown < 3, done.at
    assert done.problems == []


def test_a_killed_bot_answers_all_and_tells_no_news_twice(corpus, tmp_path: Path):
    done = load.killed(tmp_path, corpus, kills=3, longest=2.0)
    assert done.questions > 20
    assert done.unanswered == 0
    assert done.news_twice == 0
    assert done.problems == []


def test_no_answer_mixes_generations(place, corpus):
    done = load.generations(place, corpus, reindexes=3, between=0.3)
    assert (done.unanswered, done.mixed) == (0, 0)
    assert done.editions > 1
    assert done.problems == []


def test_inline_queries_are_answered(place):
    done = load.inline(place, queries=12)
    assert done.empty < done.queries
    assert done.problems == []
