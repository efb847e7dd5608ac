"""What operators do: settings, administrators, webhooks, reindexes, stops and crashes."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from botapi import BotApi, Person
from telegram_process import (
    LANGUAGES,
    LIGHTHOUSE,
    BotProcess,
    make_index,
    new_message,
    running,
    said,
    speech,
)

from bot.telegram.texts import TEXTS
from retrieval.build import reindex
from retrieval.place import parse_place
from retrieval.records import Reading

pytest_plugins = ["telegram_fixtures"]

WALRUS = speech("walrus", "A walrus sat on the quay.", "Orla Long", "2025", "Walrus", language="en")


# --- administrators -------------------------------------------------------------------------------


def test_administrators_reindex_and_see_the_status(own_api: BotApi, tmp_path: Path) -> None:
    index = make_index(tmp_path / "speeches", LIGHTHOUSE)
    boss, other = own_api.person("Boss", "ru"), own_api.person("Other", "az")
    boss.met = boss.started = True
    texts = TEXTS["ru"]
    with running(own_api.url, tmp_path / "bot", "--admin", str(boss.id), index=index) as bot:
        status = boss.asks("/status").text
        assert status.startswith("Индекс: 6 выступлений")
        assert "ждут ответа – 0" in status
        for line in (texts.status_bot.split(":")[0], texts.status_up.split(":")[0]):
            assert line.removeprefix("<b>").removesuffix("</b>") in status
        for command in ("/status", "/reindex"):
            assert other.asks(command).text == f"{TEXTS['az'].no_permission}\n\nID: {other.id}"
        own_api.wait_for(
            lambda: [
                call
                for call in own_api.calls_of("setMyCommands")
                if str(boss.id) in str(call.parameters.get("scope"))
                and "reindex" in str(call.parameters["commands"])
            ]
        )

        file = tmp_path / "speeches" / "speeches.jsonl"
        with file.open("a") as lines:
            lines.write(json.dumps(WALRUS) + "\n" + '{"id": "broken"}\n')
        before = len(boss.messages)
        boss.says("/reindex")
        shown = new_message(own_api, boss.chat, before)
        assert shown.text == texts.reindex_started
        busy = boss.asks("/reindex")
        if shown.text == texts.reindex_started:  # else it was quick
            assert busy.text == texts.reindex_busy
        own_api.wait_for(lambda: texts.count(texts.count_speeches, 7) in shown.text)
        assert texts.reindex_skipped.format(n=1).split(".")[0] in shown.text
        assert "A walrus sat on the quay." in other.asks("walrus on the quay").text
        assert "speeches.jsonl" in boss.asks("/status").text  # what could not be read

        file.unlink()
        before = len(boss.messages)
        boss.says("/reindex")
        failed = new_message(own_api, boss.chat, before)
        own_api.wait_for(lambda: failed.text.startswith(texts.reindex_failed.split("\n")[0]))
    assert [one for one in bot.complaints() if "reindexing failed" not in one["message"]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reindex_is_told_in_every_language(
    own_api: BotApi, tmp_path: Path, language: str
) -> None:
    index = make_index(tmp_path / "speeches", LIGHTHOUSE)
    file = tmp_path / "speeches" / "speeches.jsonl"
    boss, texts = own_api.person("Boss", language), TEXTS[language]
    boss.met = boss.started = True

    def reindexed(result: str) -> str:
        before = len(boss.messages)
        boss.says("/reindex")
        shown = new_message(own_api, boss.chat, before)
        begin = words(result.split("{")[0])
        own_api.wait_for(lambda: shown.text.startswith(begin))
        assert shown.versions[0]["text"] == texts.reindex_started
        return shown.text

    with running(own_api.url, tmp_path / "bot", "--admin", str(boss.id), index=index) as bot:
        with file.open("a") as lines:
            lines.write(json.dumps(WALRUS) + "\n")
        done = reindexed(texts.reindex_finished)
        assert texts.count(texts.count_speeches, 7) in done
        assert texts.reindex_nothing_new not in done
        assert reindexed(texts.reindex_finished).endswith(texts.reindex_nothing_new)
        file.unlink()
        assert str(file) in reindexed(texts.reindex_failed)
        assert texts.count(texts.count_speeches, 7) in boss.asks("/status").text
    assert [one for one in bot.complaints() if "reindexing failed" not in one["message"]] == []


def words(html: str) -> str:
    return re.sub("<[^>]*>", "", html)


def test_a_file_that_the_bot_has_open_is_reindexed_without_it(
    own_api: BotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("milvus_lite", reason="needs the extra rostrum[milvus]")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = parse_place(f"milvus:{tmp_path}/index.db")
    source = tmp_path / "speeches.jsonl"
    source.write_text("".join(json.dumps(one) + "\n" for one in LIGHTHOUSE))
    reindex([source], place)
    bosses = [own_api.person("Boss", language) for language in LANGUAGES]
    admins = [f"--admin={boss.id}" for boss in bosses]
    with running(own_api.url, tmp_path / "bot", *admins, index=place) as bot:
        for boss in bosses:
            told = boss.asks("/reindex")
            assert words(TEXTS[boss.language_code].reindex_alone).split("\n")[0] in told.text
            assert told.marked("code") == [f"rostrum reindex --index {place}"]
            assert "Thornbury" in boss.asks("second lamp").text
        status, said = bot.rostrum("reindex", "--index", str(place))
        assert status == 1
        assert said.startswith(f"rostrum: {place} is open in another process (a bot ")
        assert len(said.splitlines()) == 1
    assert bot.rostrum("reindex", "--index", str(place))[0] == 0
    assert not bot.complaints()


class Site:
    """A feed of invented speeches, whose pages come as they are let out."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.pages = 1
        self.let_out = threading.Semaphore(1)

    def feed(self) -> str:
        items = "".join(f"<item><link>{self.url}/{n}</link></item>" for n in range(self.pages))
        return f'<rss version="2.0"><channel><title>Speeches</title>{items}</channel></rss>'


@contextmanager
def slow_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            if name == "feed":
                self.answer("application/rss+xml", site.feed())
            elif name.isdigit():
                site.let_out.acquire()
                words = f"Otter number {name} was seen on the quay, and the harbour master wept. "
                self.answer("text/html", f"<html><body><article><p>{words * 9}</p></article>")
            else:
                self.send_error(404)

        def answer(self, kind: str, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(server.server_address[1])
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            yield site
        finally:
            site.let_out.release(100)
            server.shutdown()


def test_the_progress_of_a_reindex_is_one_message(own_api: BotApi, tmp_path: Path) -> None:
    boss, texts = own_api.person("Boss", "az"), TEXTS["az"]
    boss.met = boss.started = True
    with slow_site() as site:
        reindex([f"{site.url}/feed"], tmp_path / "index", reading=Reading(allow_local=True))
        site.pages = 6
        admin = ("--admin", str(boss.id))
        with running(own_api.url, tmp_path / "bot", *admin, index=tmp_path / "index") as bot:
            boss.says("/reindex")
            shown = new_message(own_api, boss.chat, 0)
            seen = [shown.text]
            assert seen == [texts.reindex_started]
            for _ in range(3):
                own_api.wait_for(lambda: shown.text != seen[-1])
                seen.append(shown.text)
                assert texts.reindex_stages["fetching"] in shown.text
                site.let_out.release()
            assert boss.asks("/reindex").text == texts.reindex_busy
            site.let_out.release(100)
            own_api.wait_for(lambda: texts.count(texts.count_speeches, 6) in shown.text)
            assert texts.reindex_finished.split(":")[0].removeprefix("<b>")[:9] in shown.text
            assert len({*seen}) == 4
            assert len(boss.messages) == 2
            assert "Otter number 5" in boss.asks("otter number 5").text
        assert not bot.complaints()


def test_only_those_are_served_whom_the_settings_name(
    own_api: BotApi, tmp_path: Path, lighthouse: Path
) -> None:
    friend, boss = own_api.person("Friend"), own_api.person("Boss")
    strangers = [own_api.person("Stranger", language) for language in LANGUAGES]
    group, foreign = own_api.group("Ours", *strangers), own_api.group("Theirs", *strangers)
    options = ["--chat", str(friend.id), "--chat", str(group.id), "--admin", str(boss.id)]
    with running(own_api.url, tmp_path / "bot", *options, index=lighthouse) as bot:
        assert "Thornbury" in friend.asks("second lamp").text
        assert "Thornbury" in strangers[0].asks("/ask second lamp", chat=group).text
        assert boss.asks("/start").text == TEXTS["en"].start
        for stranger in strangers:
            stranger.says("second lamp")
            refusal = new_message(own_api, stranger.chat, 0)
            assert refusal.text.startswith(TEXTS[stranger.language_code].chat_not_allowed)
            assert str(stranger.id) in refusal.text
            query = stranger.types_inline("lighthouse")
            own_api.wait_for(lambda query=query: query.answers)
            assert query.results == []
        strangers[0].says("/ask lighthouse", chat=foreign)
        foreign.remove_bot(strangers[0])
        foreign.add_bot(strangers[0])
        own_api.wait_for(lambda: foreign.messages)
        (refusal,) = foreign.messages
        assert str(foreign.id) in refusal.text
    assert not bot.complaints()


# --- settings -------------------------------------------------------------------------------------


def test_updates_may_come_by_webhook(own_api: BotApi, tmp_path: Path, lighthouse: Path) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hook"
    options = ["--webhook", url, "--listen", f"127.0.0.1:{port}"]
    ann = own_api.person()
    with running(own_api.url, tmp_path / "bot", *options, index=lighthouse) as bot:
        assert "Thornbury" in ann.asks("second lamp").text
        assert not own_api.calls_of("getUpdates")
        # nobody else can bring updates
        update = {"update_id": 1, "message": ann.chat.log[1].json()}
        assert httpx.post(url, json=update).status_code == 403
        headers = {"X-Telegram-Bot-Api-Secret-Token": "guessed"}
        assert httpx.post(url, json=update, headers=headers).status_code == 403
        bot.stop(signal.SIGKILL)
        asked = ann.says("zeppelin painted blue")
        bot.start()
        own_api.wait_for(said(ann, asked))
        assert len(ann.messages) == 2
        bot.wait_until_it_prints()
    with running(own_api.url, tmp_path / "bot", index=lighthouse):  # and back again
        assert "Thornbury" in ann.asks("two lamps").text


def test_every_line_is_a_record_and_none_holds_a_question(api: BotApi, bot: BotProcess) -> None:
    ann = api.person("Annabella")
    ann.asks("the unmistakable hippogriff")
    lines = bot.output().splitlines()
    assert lines
    for line in lines:
        assert {"time", "level", "logger", "message"} <= {*json.loads(line)}
    assert "hippogriff" not in bot.output()
    assert not bot.tells_its_token()


# --- what goes wrong ------------------------------------------------------------------------------


def start_fails(bot: BotProcess) -> str:
    """The one line that a bot prints which cannot start."""
    bot.start()
    assert bot.wait(60) == 1, bot.output()
    assert not bot.tells_its_token()
    return last_line(bot)


def last_line(bot: BotProcess) -> str:
    told = [line for line in bot.output().splitlines() if not line.startswith("{")]
    assert len(told) == 1, bot.output()
    return told[0]


def test_no_token_or_a_malformed_one(own_api: BotApi, tmp_path: Path) -> None:
    tokens = [None, " ", "nonsense", "123:abc", "12345:ключ" * 5]
    bots = [
        BotProcess(own_api.url, tmp_path / f"bot{n}", token=token, cold=True)
        for n, token in enumerate(tokens)
    ]
    for bot in bots:
        bot.start()
    for bot in bots:
        assert bot.wait(60) == 1
        assert "BotFather" in last_line(bot)
        assert not bot.tells_its_token()
    assert not own_api.calls


def test_a_token_file_that_cannot_be_read(own_api: BotApi, tmp_path: Path) -> None:
    options = ["--token-file", str(tmp_path / "missing")]
    bot = BotProcess(own_api.url, tmp_path / "bot", *options, token=None, cold=True)
    assert "missing" in start_fails(bot)


def test_a_revoked_token(own_api: BotApi, tmp_path: Path, lighthouse: Path) -> None:
    own_api.revoked = True
    bot = BotProcess(own_api.url, tmp_path / "bot", index=lighthouse)
    assert "token" in start_fails(bot)
    assert len(own_api.calls) < 5

    own_api.revoked = False
    bot = BotProcess(own_api.url, tmp_path / "again", index=lighthouse)
    bot.start()
    ann: Person = own_api.person()
    ann.asks("second lamp")
    with own_api.acting():
        own_api.revoked = True
        calls = len(own_api.calls)
    ann.says("two lamps")  # wakes the poll
    assert bot.wait(60) == 1
    assert "token" in last_line(bot)
    assert len(own_api.calls) - calls < 10
    assert not bot.tells_its_token()


def test_two_bots_with_one_token(own_api: BotApi, tmp_path: Path, lighthouse: Path) -> None:
    bot = BotProcess(own_api.url, tmp_path / "bot", index=lighthouse)
    bot.start()
    ann = own_api.person()
    ann.asks("second lamp")
    own_api.faults.next("getUpdates", "409")  # one that is being replaced
    assert "Mallory" in ann.asks("zeppelin painted blue").text
    own_api.faults.next("getUpdates", *["409"] * 20)
    ann.says("two lamps")
    assert bot.wait(60) == 1
    assert "Another program" in last_line(bot)


def test_telegram_is_away_for_a_while(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    api.faults.next("getUpdates", "502", "500", "garbage", "drop", None)
    api.faults.next("sendMessage", "500", "429", "502", "drop", None)
    asked = ann.says("second lamp")
    try:
        api.wait_for(said(ann, asked))
    finally:
        api.faults.clear()  # a fault that is left would meet the bot's last call
    assert len(ann.messages) == 1


def test_updates_twice_and_in_any_order(api: BotApi, bot: BotProcess) -> None:
    people = [api.person(f"Reader {n}") for n in range(8)]
    api.faults.duplicate_updates = 0.9
    api.faults.shuffle_updates = 0.9
    try:
        for turn in ("second lamp", "/about"):
            asked = {person: person.says(turn) for person in people}
            for person, message in asked.items():
                api.wait_for(said(person, message))
    finally:
        api.faults.clear()
    assert [len(person.messages) for person in people] == [2] * len(people)


# --- stops and crashes ----------------------------------------------------------------------------


def test_sigterm_finishes_what_was_begun(own_api: BotApi, tmp_path: Path, lighthouse: Path) -> None:
    (tmp_path / "token").write_text(f"{own_api.token}\n")
    options = ["--token-file", str(tmp_path / "token")]  # it may be in a file
    people = [own_api.person(f"Reader {n}") for n in range(6)]
    bot = BotProcess(own_api.url, tmp_path / "bot", *options, index=lighthouse, token=None)
    bot.token = own_api.token
    bot.start()
    bot.wait_until_it_prints()
    asked = {person: person.says("second lamp") for person in people}
    own_api.wait_for(lambda: own_api.calls_of("sendChatAction"))
    assert bot.stop() == 0
    assert not bot.complaints()
    bot.start()
    bot.wait_until_it_prints()
    for person, message in asked.items():
        own_api.wait_for(said(person, message))
    assert bot.stop() == 0
    assert not bot.tells_its_token()
    assert [len(person.messages) for person in people] == [1] * len(people)


def test_sigterm_before_telegram_is_reached(tmp_path: Path, lighthouse: Path) -> None:
    with socket.socket() as unheard:  # bound, and nobody listens
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        bot = BotProcess(url, tmp_path / "bot", index=lighthouse)
        bot.start()
        bot.wait_until_it_prints("All connection attempts failed")
        assert bot.stop() == 0
    assert {line["level"] for line in bot.logged()} <= {"info", "warning"}
    assert len(bot.logged()) == len(bot.output().splitlines())
    assert not bot.tells_its_token()


def test_a_killed_bot_answers_when_it_is_back(
    own_api: BotApi, tmp_path: Path, lighthouse: Path
) -> None:
    people = [own_api.person(f"Reader {n}") for n in range(6)]
    with running(own_api.url, tmp_path / "bot", index=lighthouse) as bot:
        people[0].asks("/about")
        own_api.faults.next("sendMessage", *["500"] * 4)
        asked = {person: person.says("second lamp") for person in people}
        own_api.wait_for(lambda: own_api.faults.injected["500"])
        bot.stop(signal.SIGKILL)
        own_api.faults.clear()
        late = people[0].says("two lamps")
        bot.start()
        for person, message in asked.items():
            own_api.wait_for(said(person, message))
        own_api.wait_for(said(people[0], late))
        bot.wait_until_it_prints()
    assert not bot.complaints()
    assert [len(person.messages) for person in people[1:]] == [1] * 5
