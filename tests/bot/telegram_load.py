"""Load and failures: what the running bot bears, measured against the local Bot API server.

Used by the tests, in small, and by ``tests/bench/telegram.py``, at full size. All speeches, people
and places are invented.
"""

from __future__ import annotations

import random
import re
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

from botapi import BotApi, Chat, Message, Person
from telegram_process import BotProcess, running

from retrieval.build import reindex

FAULTS = ("429", "500", "502")
LANGUAGES = ("en", "ru", "az")
TEXTS = {
    "en": "The {thing} at {place} will cost {n} million, as edition {edition} says. "
    "We have waited {n} years for the {thing}, and edition {edition} names the reasons.",
    "ru": "{thing} в городе {place} обойдётся в {n} миллионов: так сказано в издании {edition}. "
    "Мы ждали {n} лет, и {thing}, пишет издание {edition}, будет готов осенью.",
    "az": "{place} şəhərində {thing} {n} milyona başa gələcək, nəşr {edition} belə deyir. "
    "Biz {n} il gözlədik, nəşr {edition} yazır ki, {thing} payızda hazır olacaq.",
}
THINGS = {
    "en": "bridge harbour library tram reservoir theatre lighthouse granary".split(),
    "ru": "мост порт трамвай театр маяк стадион тоннель вокзал".split(),
    "az": "körpü liman kitabxana tramvay teatr mayak tunel vağzal".split(),
}
PLACES = "Olkhov Thornbury Svetlaya Greywater Marhal Undersay Velm Kestrel Norrach Ildwin".split()
SPEAKERS = ("Agnes Thornbury", "Савва Горемыкин", "Fərid Solmazov", "Edda Marchwood")
FOLLOWED = "zeppelin"


class Corpus:
    """Invented speeches that bear the number of their edition in every sentence, and an index."""

    def __init__(self, folder: Path, speeches: int = 200) -> None:
        self.folder, self.index, self.speeches = folder / "speeches", folder / "index", speeches
        self.edition = 0
        self.news = 0
        self.folder.mkdir(parents=True)
        self.next_edition()

    def next_edition(self) -> None:
        """Every speech changes."""
        self.edition += 1
        for number in range(self.speeches):
            chance = random.Random(number)
            language = LANGUAGES[number % 3]
            text = " ".join(
                TEXTS[language].format(
                    thing=chance.choice(THINGS[language]),
                    place=chance.choice(PLACES),
                    n=chance.randrange(2, 900),
                    edition=self.edition,
                )
                for _ in range(6)
            )
            self._write(f"{number:04}", SPEAKERS[number % 4], f"20{15 + number % 10}-05-14", text)
        self._reindex()

    def add_news(self) -> str:
        """One more speech, on what is followed; the mark that its quote bears."""
        self.news += 1
        mark = f"number {self.news}n"
        words = random.Random(self.news).sample([*PLACES, *THINGS["en"]], 8)
        text = f"The zeppelin {mark} flies over {words[0]}. {' and '.join(words[1:])} wait for it."
        self._write(f"news-{self.news:04}", SPEAKERS[0], "2026-01-01", text)
        self._reindex()
        return mark

    def _write(self, name: str, speaker: str, date: str, text: str) -> None:
        head = f"---\ntitle: Invented speech {name}\nspeaker: {speaker}\ndate: {date}\n---\n"
        (self.folder / f"{name}.md").write_text(head + text + "\n", "utf-8")

    def _reindex(self) -> None:
        reindex([self.folder], self.index)


ASKED = ("what about the", "что сказано про", "nə deyilib:")
QUESTIONS = [
    f"{asked} {thing}"
    for language, asked in zip(LANGUAGES, ASKED, strict=True)
    for thing in THINGS[language]
]


@dataclass
class Asked:
    """A question that was asked, and where."""

    chat: Chat
    message_id: int


def crowd(api: BotApi, chats: int, groups: int) -> list[Callable[[str], Asked]]:
    """Ways to ask: one for each private chat, and one for each group with five people."""

    def private(person: Person) -> Callable[[str], Asked]:
        return lambda text: Asked(person.chat, person.says(text))

    def public(group: Chat, people: Sequence[Person]) -> Callable[[str], Asked]:
        return lambda text: Asked(
            group, random.choice(people).says(f"@{api.me['username']} {text}", chat=group)
        )

    ways = [private(api.person(f"P{n}", LANGUAGES[n % 3])) for n in range(chats - groups)]
    for number in range(groups):
        people = [api.person(f"G{number}.{n}", LANGUAGES[n % 3]) for n in range(5)]
        ways.append(public(api.group(f"Group {number}", *people), people))
    return ways


def answers(api: BotApi, asked: Sequence[Asked]) -> list[int]:
    """How many messages reply to each question."""
    with api.lock:
        chats = {id(one.chat): one.chat for one in asked}
        replies = {
            key: Counter(message.reply_to for message in chat.messages)
            for key, chat in chats.items()
        }
    return [replies[id(one.chat)][one.message_id] for one in asked]


def wait_until(true: Callable[[], object], seconds: float, every: float = 0.1) -> bool:
    """Whether it became true in time; what is looked at is large, so it is looked at seldom."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def own_time(admin: Person) -> tuple[float, float]:
    """Median and 95th percentile of the bot's own milliseconds, as /status tells."""
    text = admin.asks("/status", timeout=60).text
    found = re.search(r"mostly ([\d,]+) ms, nearly always within ([\d,]+) ms", text)
    assert found, text
    p50, p95 = (float(one.replace(",", "")) for one in found.groups())
    return p50, p95


def problems(bot: BotProcess) -> list[str]:
    """What the bot logged as an error; a request that failed and is made again is a warning."""
    return [
        f"{line['logger']}: {line['message']} {line.get('error', '')}"
        for line in bot.logged()
        if line["level"] in ("error", "critical")
    ]


class Place(NamedTuple):
    """A server, a bot that answers, and its administrator."""

    api: BotApi
    bot: BotProcess
    admin: Person


@contextmanager
def a_bot(folder: Path, index: Path, keep: int | None = None, **variables: str) -> Iterator[Place]:
    """A bot that runs for as long as the block lasts."""
    with BotApi(keep=keep) as api:
        admin = api.person("Admin")
        options = ("--admin", str(admin.id))
        with running(api.url, folder, *options, index=index, token=api.token, **variables) as bot:
            admin.asks("/help", timeout=60)
            yield Place(api, bot, admin)


# --- the measurements -------------------------------------------------------------------------


@dataclass
class Burst:
    """What came of many questions at once."""

    questions: int
    chats: int
    seconds: float
    unanswered: int
    twice: int
    violations: list[tuple[str, int]]
    injected: dict[str, int]
    own: tuple[float, float]
    problems: list[str]


def burst(place: Place, questions: int, chats: int, groups: int, *, lost: float = 0.0) -> Burst:
    """All questions at once while calls fail; where answers get ``lost`` some may come twice."""
    api, bot, admin = place
    before, failed = len(api.limits.violations), Counter(api.faults.injected)
    ways = crowd(api, chats, groups)
    api.faults.chance(0.05, *FAULTS)
    api.faults.chance(0.02, "drop")
    if lost:
        api.faults.chance(lost, "lost", methods=["sendMessage"])
    started = time.monotonic()
    asked = [ways[n % chats](QUESTIONS[n % len(QUESTIONS)]) for n in range(questions)]
    wait_until(lambda: all(answers(api, asked)), 60 + questions / 5)
    seconds = time.monotonic() - started
    api.faults.clear()
    own = own_time(admin)
    time.sleep(0.5)  # what would come twice comes now
    counted = answers(api, asked)
    return Burst(
        questions,
        chats,
        seconds,
        sum(n == 0 for n in counted),
        sum(n > 1 for n in counted),
        api.limits.violations[before:],
        dict(Counter(api.faults.injected) - failed),
        own,
        problems(bot),
    )


@dataclass
class Memory:
    """Resident memory in MB as updates went by."""

    updates: int
    seconds: float
    at: list[tuple[int, float]]
    problems: list[str]

    def after(self, updates: int) -> float:
        """MB after so many updates."""
        return next(mb for number, mb in self.at if number >= updates)

    @property
    def grown(self) -> float:
        """MB between the median of the second quarter and that of the last."""
        values = [mb for _, mb in self.at]
        quarter = max(1, len(values) // 4)
        early = values[quarter : 2 * quarter] or values
        return statistics.median(values[-quarter:]) - statistics.median(early)


def resident(process: int) -> float:
    """MB of a process's own memory; mapped files of the index are the system's."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(re.findall(r"RssAnon:\s+(\d+)", status)[0]) / 1024


def memory(place: Place, updates: int) -> Memory:
    """Many updates of all kinds, each batch once the one before is dealt with."""
    chance = random.Random(7)
    api, bot, admin = place
    people = [api.person(f"P{n}", LANGUAGES[n % 3]) for n in range(300)]
    flooder = api.person("Flooder")
    answered = admin.asks(QUESTIONS[0], timeout=60)
    started = time.monotonic()
    at: list[tuple[int, float]] = []
    for first in range(0, updates, 50):
        asked, queries = [], []
        for number in range(first, first + 50):
            kind, question = chance.random(), QUESTIONS[number % len(QUESTIONS)]
            person = people[number % len(people)]
            if kind < 0.15:
                asked.append(Asked(person.chat, person.says(question)))
            elif kind < 0.4:
                queries.append(person.types_inline(f"{question} {number}"))
            elif kind < 0.85:
                queries.append(admin.presses(answered, "👍"))
            else:
                flooder.says(question)
        wait_until(lambda q=queries: all(one.answers for one in q), 60, 0.01)
        wait_until(lambda a=asked: all(answers(api, a)), 60, 0.01)
        assert bot.process
        at.append((first + 50, resident(bot.process.pid)))
    return Memory(updates, time.monotonic() - started, at, problems(bot))


@dataclass
class Killed:
    """What came of killing the bot again and again."""

    kills: int
    questions: int
    unanswered: int
    twice: int
    news: int
    """New quotes, counted for each follower."""
    news_behind: int
    """Those that a message did not show, but counted: “and 3 more”."""
    news_missed: int
    news_twice: int
    problems: list[str]


def killed(
    folder: Path, corpus: Corpus, kills: int, *, longest: float = 4.0, seed: int = 1
) -> Killed:
    """kill -9 at random moments while people ask and new speeches come, then a start."""
    chance = random.Random(seed)
    marks: list[str] = []
    asked: list[Asked] = []
    with BotApi() as api:
        ways = crowd(api, 130, 10)
        followers = [api.person(f"F{n}") for n in range(20)]
        bot = BotProcess(api.url, folder, index=corpus.index, token=api.token)
        bot.start()
        try:
            for follower in followers:
                follower.says(f"/follow {FOLLOWED}")
            assert wait_until(lambda: all(one.messages for one in followers), 60)
            for _ in range(kills):
                if chance.random() < 0.6:
                    marks.append(corpus.add_news())
                if chance.random() < 0.9:  # some are killed before they have said a word
                    before = len(api.calls)
                    wait_until(lambda n=before: len(api.calls) > n, 60, 0.02)
                moment = time.monotonic() + chance.uniform(0.1, longest)
                while time.monotonic() < moment:
                    asked.append(chance.choice(ways)(chance.choice(QUESTIONS)))
                    time.sleep(chance.uniform(0.05, 0.2))
                bot.kill()
                bot.start()
            bot.kill()
            marks.append(corpus.add_news())
            bot.start()
            wait_until(lambda: all(answers(api, asked)), 120 + len(asked) / 4)
            wait_until(lambda: all(marks[-1] in one.messages[-1].text for one in followers), 60)
        finally:
            status = bot.stop(signal.SIGTERM)
        assert status == 0, bot.output()[-2000:]
        counted = answers(api, asked)
        told = [
            sum(bool(re.search(rf"\b{mark}\b", message.text)) for message in follower.messages)
            for follower in followers
            for mark in marks
        ]
        behind = sum(
            int(number)
            for follower in followers
            for message in follower.messages
            for number in re.findall(r"^and (\d+) more$", message.text, re.MULTILINE)
        )
        return Killed(
            kills,
            len(asked),
            sum(n == 0 for n in counted),
            sum(n > 1 for n in counted),
            len(told),
            behind,
            sum(n == 0 for n in told) - behind,
            sum(n > 1 for n in told),
            problems(bot),
        )


@dataclass
class Generations:
    """What came of reindexing while people ask."""

    reindexes: int
    questions: int
    unanswered: int
    mixed: int
    editions: int
    """How many different generations answered."""
    problems: list[str]


_EDITION = re.compile(r"(?:edition|издани[ие]|nəşr) (\d+)")


def editions(message: Message) -> set[str]:
    """The editions that a message quotes."""
    return set(_EDITION.findall(message.text))


def generations(place: Place, corpus: Corpus, reindexes: int, between: float = 1.0) -> Generations:
    """Each reindex changes every speech, while people ask."""
    chance = random.Random(3)
    asked: list[Asked] = []
    api, bot, _ = place
    ways = crowd(api, 60, 5)
    done = threading.Event()

    def keep_asking() -> None:
        while not done.is_set():
            asked.append(chance.choice(ways)(chance.choice(QUESTIONS)))
            time.sleep(0.05)

    asking = threading.Thread(target=keep_asking)
    asking.start()
    try:
        for _ in range(reindexes):
            corpus.next_edition()
            time.sleep(between)
    finally:
        done.set()
        asking.join()
    wait_until(lambda: all(answers(api, asked)), 60)
    counted = answers(api, asked)
    chats = {one.chat.id: one.chat for one in asked}
    quoted = [editions(message) for chat in chats.values() for message in chat.messages]
    return Generations(
        reindexes,
        len(asked),
        sum(n == 0 for n in counted),
        sum(len(one) > 1 for one in quoted),
        len(set().union(*quoted)),
        problems(bot),
    )


@dataclass
class Inline:
    """Inline queries, one after another."""

    queries: int
    seen: tuple[float, float]
    """Median and 95th percentile of the milliseconds until the answer arrived."""
    own: tuple[float, float]
    empty: int
    problems: list[str]


def inline(place: Place, queries: int, words: Sequence[str] = ()) -> Inline:
    """Somebody types; each query is another one, so that nothing is remembered.

    Any two of the ``words`` make a query; without them it is about the invented speeches.
    """
    api, bot, admin = place
    typed = [f"{one} {other}" for one, other in permutations(words, 2)] or [
        f"{QUESTIONS[number % len(QUESTIONS)]} {PLACES[number % 10]} {number}"
        for number in range(queries)
    ]
    random.Random(5).shuffle(typed)
    times, empty = [], 0
    for query in typed[:queries]:
        started = time.perf_counter()
        asked = admin.types_inline(query)
        api.wait_for(lambda asked=asked: asked.answers)
        times.append((time.perf_counter() - started) * 1000)
        empty += not asked.results
    times.sort()
    return Inline(
        len(times),
        (times[len(times) // 2], times[len(times) * 95 // 100]),
        own_time(admin),
        empty,
        problems(bot),
    )
