"""What the bot remembers: each promise of it, with the file closed and opened again."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.telegram.errors import StateError
from bot.telegram.state import MOST_FOLLOWS, Place, Shown, State
from retrieval.records import Options

QUOTE = Place("speech", 10, 20, "abc")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "bot.sqlite"


def shown(state: State, chat: int = 1, asked: int | None = 5, **more) -> Shown:
    number = state.reserve(chat, asked, "мост")
    return Shown(number, chat, asked, 6, "мост", Options(speaker="Токаев"), (QUOTE,), **more)


def test_an_update_is_kept_until_it_is_done(path):
    with State(path) as state:
        assert state.receive(7, "seven")
        assert state.receive(8, "eight")
        assert not state.receive(7, "seven")
        state.done(8)
    with State(path) as state:
        assert state.pending() == [(7, "seven")]
        assert not state.receive(8, "eight")  # it came before, and was dealt with
        state.done(7)
        assert state.pending() == []


def test_updates_wait_in_the_order_in_which_they_came(path):
    with State(path) as state:
        for number in (900, 5, 70):  # after a quiet week Telegram begins anew anywhere
            state.receive(number, str(number))
        assert [number for number, _ in state.pending()] == [900, 5, 70]


def test_an_update_that_ends_the_process_each_time_is_given_up(path, monkeypatch):
    monkeypatch.setattr("bot.telegram.state._MOST_TRIES", 3)
    with State(path) as state:
        state.receive(7, "deadly")
        for left in (1, 1, 1, 0, 0):
            assert len(state.pending()) == left
            state.begin_again(7)


def test_what_was_begun_again_comes_after_what_was_not(path):
    with State(path) as state:
        state.receive_all([(7, "seven"), (8, "eight")])
        state.begin_again(7)
        for _ in range(20):  # being there at a start is no try
            assert state.pending() == [(8, "eight"), (7, "seven")]
        assert state.tries() == {7: 1, 8: 0}


def test_old_updates_are_forgotten(path, monkeypatch):
    monkeypatch.setattr("bot.telegram.state._UPDATES_KEPT", 100)
    with State(path) as state:
        for number in range(1, 2001):
            state.receive(number, "")
            state.done(number)
        kept = sqlite3.connect(path).execute("SELECT count(*) FROM updates").fetchone()[0]
        assert kept <= 101


def test_an_answer_keeps_what_its_buttons_need(path):
    with State(path) as state:
        state.receive(7, "seven")
        answer = shown(state)
        state.show(answer, update=7)
        assert state.pending() == []
    with State(path) as state:
        assert state.shown(answer.number) == answer
        assert state.answer_to(1, 5) == state.answer_in(1, 6) == state.last_answer(1) == answer
        assert state.last_answer(1, before=answer.number) is None
        assert state.shown(99) is state.answer_in(2, 6) is None


def test_a_file_of_the_first_version_is_taken_over(path):
    with State(path) as state:
        answer = shown(state)
        state.show(answer)
    with closing(sqlite3.connect(path)) as db:
        db.executescript("ALTER TABLE answers DROP COLUMN form; PRAGMA user_version = 1;")
    for _ in range(2):
        with State(path) as state:
            assert state.shown(answer.number) == replace(answer, form=0)


def test_a_message_has_one_answer(path):
    with State(path) as state:
        first = state.reserve(1, 5, "мост")
        assert state.reserve(1, 5, "мост") == first
        assert state.reserve(2, 5, "мост") != first
        assert state.reserve(1, None, "мост") != state.reserve(1, None, "мост")
        assert state.last_answer(1) is None  # none was sent


def test_a_thumb_may_change_and_be_taken_back(path):
    with State(path) as state:
        answer = shown(state)
        state.show(answer)
        assert state.judge(3, answer, "good")
        assert state.judge(3, answer, "bad")
        assert [one.verdict for one in state.feedback()] == ["bad"]
        assert not state.judge(3, answer, "bad")
        assert state.judge(4, answer, "good")
        state.write_down(3, "спасибо")
        good, written = state.feedback()
        assert (good.verdict, good.question, good.quotes) == ("good", "мост", (QUOTE,))
        assert (written.text, written.verdict, written.question) == ("спасибо", None, None)


def test_following(path):
    with State(path) as state:
        assert state.follow(1, "мост", Options(), "ru") == "new"
        assert state.follow(1, "мост", Options(), "ru") == "known"
        assert state.follow(1, "мост", Options(speaker="Токаев"), "ru") == "new"
        assert state.follow(2, "мост", Options(), "az") == "new"
        mine = state.follows(1)
        assert [follow.options.speaker for follow in mine] == [None, "Токаев"]
        assert len(state.follows()) == 3
        assert state.unfollow(2, mine[0].number) is None  # another chat's
        assert state.unfollow(1, mine[0].number) == mine[0]
        assert state.unfollow(1, mine[0].number) is None
        for number in range(MOST_FOLLOWS):
            state.follow(5, str(number), Options(), "en")
        assert state.follow(5, "one more", Options(), "en") == "full"
        state.leave(5)
        assert state.follows(5) == []


def test_news_are_sent_once(path):
    with State(path) as state:
        assert state.settled() is None
        assert state.unknown(["a", "b"]) == {"a", "b"}
        state.settle("1", ["a", "b"])
        assert state.unknown(["a", "b", "c"]) == {"c"}
        state.settle("2", ["c"], [(1, {"html": "x"}), (2, {"html": "y"}), (3, {"html": "z"})])
    with State(path) as state:
        assert state.settled() == "2"
        first, second, third = state.news()
        assert first.body == {"html": "x"}
        state.begin(first)
        state.begin(second)
        state.not_sent(second)
        assert state.news() == [second, third]
        state.leave(3)
    with State(path) as state:
        state.forget_begun()
        assert state.news() == [second]
        state.begin(second)
        state.sent(second)
        assert state.news() == []


def test_a_group_that_gets_another_id_keeps_everything(path):
    with State(path) as state:
        state.follow(-5, "мост", Options(), "ru")
        state.choose_language(-5, "az")
        state.migrate(-5, -1005)
        assert state.follows(-1005)
        assert state.language(-1005) == "az"
        assert state.language(-5) is None


def test_nobody_else_may_read_it(path):
    with State(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"no database, but long enough to be one" * 9, b"SQLite f"])
def test_another_file_is_named_and_left_alone(tmp_path, content):
    file = tmp_path / "notes"
    file.write_bytes(content)
    with pytest.raises(StateError, match="notes"):
        State(file)
    assert file.read_bytes() == content


def test_a_newer_release_made_it(path):
    State(path).close()
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StateError, match="newer release"):
        State(path)


def test_a_full_disk_is_one_error_and_loses_nothing(path):
    with State(path) as state:
        state.receive(7, "seven")
        (pages,) = state._db.execute("PRAGMA page_count").fetchone()
        state._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StateError, match="free the disk"):
            state.receive(8, "x" * 100_000)
        state._db.execute("PRAGMA max_page_count = 1000000")
        assert state.receive(9, "nine")
        assert [number for number, _ in state.pending()] == [7, 9]


def test_several_threads(path):
    with State(path) as state:

        def work(base: int) -> None:
            for number in range(base, base + 50):
                assert state.receive(number, "")
                state.done(number)

        threads = [threading.Thread(target=work, args=(base,)) for base in range(0, 400, 100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert state.pending() == []


def test_what_was_kept_survives_a_killed_process(path):
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from bot.telegram.state import State\n"
        "state = State(Path(sys.argv[1])); state.receive(7, 'seven')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    with State(path) as state:
        assert state.pending() == [(7, "seven")]
