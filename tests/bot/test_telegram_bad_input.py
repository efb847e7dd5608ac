"""What nobody should send, and what nobody should have to fear."""

from __future__ import annotations

import resource
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from botapi import BotApi
from telegram_process import (
    LANGUAGES,
    LIGHTHOUSE,
    BotProcess,
    make_index,
    new_message,
    pressed,
    running,
    said,
    speech,
)

from bot.telegram.texts import TEXTS

pytest_plugins = ["telegram_fixtures"]

KINDS = "sticker voice video audio video_note document contact location dice poll empty unknown"
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
static long offset(void) {
    long seconds = 0;
    FILE *file = fopen(getenv("CLOCK_OFFSET"), "r");
    if (file) { if (fscanf(file, "%ld", &seconds) != 1) seconds = 0; fclose(file); }
    return seconds;
}
int clock_gettime(clockid_t id, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, now);
    if (id == CLOCK_REALTIME) now->tv_sec += offset();
    return result;
}
time_t time(time_t *place) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}
int gettimeofday(struct timeval *restrict when, void *restrict zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    when->tv_sec = now.tv_sec;
    when->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""


# --- what people send -----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_holds_no_words(api: BotApi, bot: BotProcess, language: str) -> None:
    texts = TEXTS[language]
    for kind in KINDS.split():
        person = api.person(kind, language)  # each has a person: one would be told to slow down
        sent = person.sends(kind)
        api.wait_for(said(person, sent))
        assert person.messages[0].text == texts.only_text, kind


def test_captions_and_forwarded_words_are_questions(api: BotApi, bot: BotProcess) -> None:
    for kind in ("photo", "forward"):
        person = api.person(kind)
        sent = person.sends(kind)
        api.wait_for(said(person, sent))
        assert person.messages[0].text != TEXTS["en"].only_text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "question",
    [
        "🙂",
        "👨‍👩‍👧‍👦🇦🇿",
        "\u200b\u200d\ufeff",
        "\u202e\u202d",
        "?!.",
        '""',
        "-",
        "..",
        "<b>",
        "&",
        "\u0301",
    ],
)
def test_questions_without_words(
    api: BotApi, bot: BotProcess, question: str, language: str
) -> None:
    answer = api.person("Ann", language).asks(question)
    assert answer.text
    assert answer.text not in (TEXTS[language].failed, TEXTS[language].unavailable)


@pytest.mark.parametrize(
    "question",
    [
        "zeppelin <b>&</blockquote> &lt; &#0; <script>",
        "</blockquote></b> zeppelin & <a href='x'>",
        "\u202ezeppelin\u202c \u200bpaint\u200bed\u200d",
        "zeppelin {question} {0} %s \\n \x01\x1b[31m",
        "zeppelin' OR 1=1; DROP TABLE answers; --",
        "zeppelin AND (painted OR) NOT [",
    ],
)
def test_hostile_questions_are_answered(api: BotApi, bot: BotProcess, question: str) -> None:
    ann = api.person("Ann <b>&")
    answer = ann.asks(question)
    assert "zeppelin" in answer.text
    following = ann.asks(f"/follow {question}")
    assert following.text.endswith(TEXTS["en"].follow_begun.rpartition("}”")[2])
    assert "zeppelin" in ann.asks("/following").text
    if "<b>" in question:
        picture = ann.says(f"/timeline {question}")
        api.wait_for(said(ann, picture))


@pytest.mark.parametrize("language", LANGUAGES)
def test_very_long_questions(api: BotApi, bot: BotProcess, language: str) -> None:
    texts = TEXTS[language]
    for question in ("zeppelin " * 455, "z" * 4096, "ə" * 4096, "🙂" * 2048, "zeppelin\n" * 455):
        answer = api.person("Ann", language).asks(question[:4096])
        assert answer.text != texts.failed
        assert len(answer.text) < 4096
    ann = api.person("Ann", language)
    assert ann.asks("/follow " + "zeppelin " * 450).text != texts.failed
    assert ann.asks("/feedback " + "long " * 800).text == texts.feedback_thanks
    assert ann.asks("/nonsense " + "long " * 800).text == texts.unknown_command


def test_hostile_speeches_are_shown_as_they_are(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    answer = ann.asks("zeppelin markup & trouble")
    assert "</blockquote><b>markup & trouble</b>" in answer.text
    assert "&lt;i&gt;" in answer.text
    assert 'Eve <b>"Bold"</b> & Sons' in answer.text
    assert "</blockquote><b>Title & eltit <a href='x'>" in answer.text
    assert all(link["url"].startswith("http") for link in answer.entities_of("text_link"))
    label = next((b["text"] for b in answer.buttons if b["text"].startswith("Context")), "")
    ann.presses(answer, label)
    assert "<script>alert(1)</script>" in new_message(api, ann.chat, 1).text
    assert "Title" in ann.asks("/recent").text


# --- buttons that nobody made ---------------------------------------------------------------------


FORGED = (
    [f"{action}:1:{argument}" for action in "mctsyafgb" for argument in ("0", "99", "x", "")]
    + [f"{action}:999999999999999999:0" for action in "mctsyafgbu"]
    + [f"{action}:{n}:ru" for action in "elp" for n in (0, 99, 999999999)]
    + ["x" * 64, "ə" * 32, "::", "m:1:-1", "m:-1:0", "m:1:0:0", "\x00", "u:0:", "l:0:xx", " ", "🙂"]
)


def test_forged_and_foreign_buttons(api: BotApi, bot: BotProcess) -> None:
    owner = api.person("Owner")
    answer = owner.asks("lighthouse")
    before = answer.text, answer.buttons
    for start in range(0, len(FORGED), 10):
        eve = api.person("Eve")  # nobody may press very often
        own = eve.asks("/start")
        queries = [eve.presses(own, data=data) for data in FORGED[start : start + 10]]
        api.wait_for(lambda queries=queries: all(query.answers for query in queries))
        assert not [m for m in eve.messages if m.text in (TEXTS["en"].failed,)]
    assert (answer.text, answer.buttons) == before
    eve = api.person("Eve")
    foreign = eve.presses(eve.asks("/start"), data=answer.buttons[0]["callback_data"])
    api.wait_for(lambda: foreign.answers)
    assert foreign.answers[0]["text"] == TEXTS["en"].notice_foreign
    unknown = eve.presses(eve.messages[0], data="z" * 64)
    api.wait_for(lambda: unknown.answers)
    assert unknown.answers[0]["text"] == TEXTS["en"].notice_unknown
    stale = eve.presses(eve.messages[0], data="m:987654321:")
    api.wait_for(lambda: stale.answers)
    assert stale.answers[0]["text"] == TEXTS["en"].notice_stale


def test_a_button_of_a_message_that_is_gone(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    answer = ann.asks("lighthouse")
    with api.acting():
        answer.deleted = True
    ann.presses(answer, "More")
    assert quotes_follow(new_message(api, ann.chat, 0).text)
    ann.presses(answer, "Only: Wren")
    assert "Only: Tobias Wren" in new_message(api, ann.chat, 1).text


def test_a_button_that_was_pressed_long_ago(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    answer = ann.asks("lighthouse")
    with api.acting():
        ann.presses(answer, "More").expired = True
    assert quotes_follow(new_message(api, ann.chat, 1).text)


def quotes_follow(text: str) -> bool:
    return text.startswith("4. ")


# --- where the bot is not welcome -----------------------------------------------------------------


def test_channels_are_left_alone(api: BotApi, bot: BotProcess) -> None:
    channel = api.channel("News", "news_channel")
    channel.edit_post(channel.post("lighthouse @rostrum_test_bot"), "/ask lighthouse")
    api.person().asks("/about")
    assert not channel.messages


def test_a_group_that_does_not_want_the_bot(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    for undo in ("kicked", "left", "restricted"):
        group = api.group("Readers", ann)
        with api.acting():
            ann.says("/ask lighthouse", chat=group)
            group.bot_status = undo  # between the question and the answer
        number = len(api.calls_of("sendMessage"))
        api.wait_for(lambda number=number: len(api.calls_of("sendMessage")) > number)
        group.remove_bot(ann)
    assert api.person().asks("/about").text


def test_a_group_that_becomes_a_supergroup_meanwhile(api: BotApi, bot: BotProcess) -> None:
    ann = api.person()
    group = api.group("Readers", ann)
    with api.acting():
        ann.says("/ask lighthouse", chat=group)
        new = group.migrate()
    api.wait_for(lambda: new.messages)
    assert not group.messages
    assert pressed(api, ann, new.messages[0], "👍") == TEXTS["en"].notice_thanks


def test_who_asks_too_much_is_told_once(api: BotApi, bot: BotProcess) -> None:
    ann, bob = api.person("Ann"), api.person("Bob")
    answer = ann.asks("lighthouse")
    for _ in range(19):
        query = ann.presses(answer, "👍")
    api.wait_for(lambda: query.answers)
    assert ann.asks("/about").text == TEXTS["en"].flood
    ann.says("one more")
    ann.says("/help")
    ann.sends("sticker")
    assert pressed(api, ann, answer, "👍") == TEXTS["en"].flood
    assert bob.asks("second lamp").text  # nobody else is kept waiting
    assert len(ann.messages) == 2


# --- the machine ----------------------------------------------------------------------------------


def test_no_index(own_api: BotApi, tmp_path: Path) -> None:
    boss, silent = own_api.person("Boss"), own_api.person("Silent")
    boss.met = boss.started = True
    options = ["--admin", str(boss.id), "--admin", str(silent.id)]
    with running(own_api.url, tmp_path / "bot", *options) as bot:
        told = new_message(own_api, boss.chat, 0)
        assert "rostrum reindex" in told.text
        for language in LANGUAGES:
            ann, note = own_api.person("Ann", language), TEXTS[language].samples_note
            assert note in ann.asks("/start").text
            assert note in ann.asks("zangezur").text
        command = f"rostrum reindex FOLDER --index {bot.index}"
        assert told.marked("code") == [command]
        for question in ("/reindex", "/status"):  # of which there is nothing to read again
            assert command in boss.asks(question).marked("code")
    assert not bot.complaints()


def test_a_full_disk(own_api: BotApi, tmp_path: Path, lighthouse: Path) -> None:
    ann, bob = own_api.person("Ann"), own_api.person("Bob")
    with running(own_api.url, tmp_path / "bot", index=lighthouse) as bot:
        answer = ann.asks("lighthouse")
        assert bot.process is not None
        whole = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (1, whole[1]))
        full = bob.asks("second lamp")
        assert "Thornbury" in full.text
        assert not full.buttons  # they would remember nothing
        query = ann.presses(answer, "👍")
        own_api.wait_for(lambda: query.answers and len(ann.messages) > 1)
        assert ann.asks("/follow lighthouse").text in (
            TEXTS["en"].failed,
            TEXTS["en"].unavailable,
        )
        assert ann.asks("/about").text
        resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, whole)
        assert bob.asks("two lamps").buttons  # and all is well again
        assert "“lighthouse”" in bob.asks("/follow lighthouse").text


def test_a_disk_that_is_full_from_the_start(own_api: BotApi, tmp_path: Path) -> None:
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / f"telegram-{own_api.token.split(':')[0]}.sqlite").mkdir()
    bot = BotProcess(own_api.url, tmp_path / "bot")
    bot.start()
    assert bot.wait(60) == 1
    assert "--state" in bot.output()
    assert len(bot.output().splitlines()) == 1


def test_a_clock_that_jumps(own_api: BotApi, tmp_path: Path, lighthouse: Path) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler, with which the clock of a process could be turned")
    (tmp_path / "shim.c").write_text(SHIM)
    library, offset = tmp_path / "shim.so", tmp_path / "offset"
    command = [compiler, "-shared", "-fPIC", "-o", str(library), str(tmp_path / "shim.c"), "-ldl"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode:
        pytest.skip(f"the clock of a process cannot be turned here: {done.stderr[-200:]}")
    offset.write_text("0")
    ann, index = own_api.person(), make_index(tmp_path / "speeches", LIGHTHOUSE)
    how = {"index": index, "preload": library, "CLOCK_OFFSET": str(offset)}
    with running(own_api.url, tmp_path / "bot", **how) as bot:
        ann.asks("/follow walrus")
        before = when(bot)
        for days in (400, -800):
            offset.write_text(str(days * 86400))
            bob = own_api.person()
            answer = bob.asks("second lamp")
            assert "Thornbury" in answer.text
            assert pressed(own_api, bob, answer, "👍") == TEXTS["en"].notice_thanks
            assert abs(when(bot) - before) > timedelta(days=300)
        walrus = speech("walrus", "A walrus sat on the quay.", "Orla Long", "2025", "Walrus")
        make_index(tmp_path / "speeches", [*LIGHTHOUSE, walrus])
        assert "A walrus sat on the quay." in new_message(own_api, ann.chat, 1).text
    assert not bot.complaints()


def when(bot: BotProcess) -> datetime:
    """The time of the last line it printed."""
    return datetime.fromisoformat(bot.logged()[-1]["time"])
