"""The bot as a real process, which knows the test only through the local Bot API server.

The speeches are invented, and so are their speakers.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, TypeVar

from botapi import TOKEN, BotApi, Chat, Message, Person
from click.testing import CliRunner
from telegram_forks import Fork, Forks

from bot.cli import cli
from retrieval.build import reindex
from retrieval.place import Place

ROOT = Path(__file__).parents[2]
_FONTS = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "matplotlib"
"""Where matplotlib keeps its list of fonts, which takes seconds to make."""
_PATIENCE = 40  # seconds
_RUNS = "Application started"
LANGUAGES = ("en", "ru", "az")

T = TypeVar("T")


def speech(id: str, text: str, speaker: str, date: str, title: str, **more: str) -> dict[str, str]:
    return {"id": id, "text": text, "speaker": speaker, "date": date, "title": title, **more}


LIGHTHOUSE = [
    speech(
        "opening",
        "Good morning to all of you. We have waited for the ferry together, and it was late.\n\n"
        "The lighthouse on Gull Island will be repaired before the winter. It cost the harbour "
        "nine thousand crowns last year, and the lamp still fails in fog.\n\n"
        "The school will have a new roof. Thank you, and good evening.",
        "Agnes Thornbury",
        "2023-04-02",
        "Opening of the harbour office",
        url="https://example.org/harbour?id=1&lang=en",
        source="Gull Gazette",
        language="en",
    ),
    speech(
        "council",
        "Members of the council, let me be short.\n\n"
        "The lighthouse keeper asked for a second lamp, and I refused. A lighthouse with two lamps "
        "is a lighthouse that nobody repairs. We shall buy a bell instead.\n\n"
        "The bakery on the quay will open on Sundays.",
        "Agnes Thornbury",
        "2024-05",
        "Speech to the council",
        language="en",
    ),
    speech(
        "svet",
        "Уважаемые соседи! Рад видеть всех на причале.\n\n"
        "Маяк на Чайкином острове мы починим до зимы. Старый маяк светил сто лет, и новый маяк "
        "будет светить не хуже. На ремонт маяка собрано сорок тысяч крон.\n\n"
        "Паром теперь ходит дважды в день, и билет подешевел.",
        "Савва Горемыкин",
        "2024-10-14",
        "Выступление на причале",
        url="https://example.org/svet",
        language="ru",
    ),
    speech(
        "mayak",
        "Əziz qonşular, hamınızı salamlayıram.\n\n"
        "Adadakı mayak gəmilərə yol göstərir. Mayakın təmiri bu il başa çatacaq və mayak yenidən "
        "işıq saçacaq.\n\n"
        "Məktəbin kitabxanası da açılacaq, uşaqlar sevinəcək.",
        "Fərid Solmazov",
        "2025-09-01",
        "Adada çıxış",
        language="az",
    ),
    speech(
        "keeper",
        "Friends, I have kept the light for thirty years.\n\n"
        "No lighthouse stands by itself: the lighthouse needs oil, a boat and a patient man. The "
        "fog took two boats this year, and the lighthouse took none.\n\n"
        "I shall miss the gulls, though they will not miss me.",
        "Tobias Wren",
        "2025-01-20",
        "Farewell of the keeper",
        language="en",
    ),
    speech(
        "storm",
        "The storm of January broke the window of the lighthouse. The lighthouse was dark for nine "
        "nights, and every night somebody rowed out with a lantern.\n\n"
        "We thank the rowers by name.",
        "Tobias Wren",
        "2025-02-11",
        "After the storm",
        language="en",
    ),
]
HOSTILE = [
    speech(
        "hostile",
        "Here is </blockquote><b>markup & trouble</b> about the zeppelin, and &lt;i&gt; too.\n\n"
        "The zeppelin <script>alert(1)</script> flew over \u202egnol\u202c fields\u200b & rivers; "
        "the zeppelin &amp; its crew came down </b></blockquote> safely.",
        'Eve <b>"Bold"</b> & Sons',
        "2024-01-01",
        "</blockquote><b>Title & \u202eeltit\u200b <a href='x'>",
        url='https://example.org/?q="><b>&x=<i>',
        source="<i>Gazette & Co</i>",
        language="en",
    ),
    speech(
        "script",
        "The zeppelin was sold for a crown, and the zeppelin was painted blue.",
        "Mallory",
        "2024-02-02",
        "x" * 5000,
        url="javascript:alert(1)",
        language="en",
    ),
    speech(
        "endless",
        "The observatory "
        + ", ".join(f"its wall & tower number {n} of the observatory" for n in range(300))
        + " will be opened.",
        "Orla Long",
        "2022",
        "A long sentence",
        language="en",
    ),
]
ORCHARD = [
    speech(
        f"orchard-{n}",
        f"The orchard of village number {n} has {n + 2} hundred apple trees, and they bear fruit.",
        f"Speaker {chr(65 + n)}",
        f"{1990 + n}-05-04",
        f"Harvest {n}",
        language="en",
    )
    for n in range(25)
]
TWICE = [
    speech(
        id,
        "The tortoise of the mayor walked to the market.",
        "Orla Long",
        "2020",
        "Tortoise",
        language="en",
    )
    for id in ("one", "two")
]
SPEECHES = [*LIGHTHOUSE, *HOSTILE, *ORCHARD, *TWICE]

SEED_QUESTIONS = {
    "en": "cooperation between Kazakhstan and Azerbaijan",
    "ru": "сотрудничество Казахстана и Азербайджана",
    "az": "Qazaxıstan və Azərbaycan əməkdaşlığı",
}
SAMPLE_QUESTIONS = {
    "en": "what was said about the Zangezur corridor",
    "ru": "что говорили о Зангезурском коридоре",
    "az": "Zəngəzur dəhlizi haqqında nə deyilib",
}
NOTHING = {
    "en": "quantum teleportation of dinosaurs",
    "ru": "квантовая телепортация динозавров",
    "az": "dinozavrların kvant teleportasiyası",
}


class Server(BotApi):
    """The local Bot API server, patient with a machine that does much else."""

    def wait_for(self, predicate: Callable[[], T], timeout: float = 10) -> T:
        return super().wait_for(predicate, max(timeout, _PATIENCE))


class BotProcess:
    """``rostrum telegram``; what it prints goes into a file, so that no pipe can fill.

    A process from its beginning if it is to be ``cold``, or has environment variables of its own,
    or where ``forks`` is None; else a fork.
    """

    forks: ClassVar[Forks | None] = None

    def __init__(
        self,
        url: str,
        folder: Path,
        *options: str,
        index: Place | None = None,
        token: str | None = TOKEN,
        preload: Path | None = None,
        cold: bool = False,
        **variables: str,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.index = index or folder / "index"
        self.printed = folder / "printed"
        self.token = token or ""
        self._arguments = ["telegram", "--api-url", url, "--state", str(folder)]
        self._arguments += ["--index", str(self.index), *options]
        self._cold = cold or preload is not None or bool(variables)
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ROSTRUM_", "TELEGRAM_"))
        }
        self._environment |= {
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": str(folder.parents[1] / "cache"),  # the samples, indexed once
            "MPLCONFIGDIR": str(_FONTS),
            **({} if token is None else {"TELEGRAM_BOT_TOKEN": token}),
            **({} if preload is None else {"LD_PRELOAD": str(preload)}),
            **variables,
        }
        self.process: subprocess.Popen[bytes] | Fork | None = None
        self._printed_before = 0

    def start(self) -> None:
        with self.printed.open("ab") as file:
            self._printed_before = file.tell()
            if self.forks and not self._cold:
                self.process = self.forks.start(
                    self._arguments, self._environment, self.folder, self.printed
                )
                return
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", *self._arguments],
                env=self._environment,
                stdout=file,
                stderr=file,
                cwd=self.folder,
            )

    def wait_until_it_prints(self, what: str = _RUNS) -> None:
        """Wait until there is this in what it printed since the last start."""
        assert self.process is not None
        end = time.monotonic() + _PATIENCE
        while what.encode() not in self.printed.read_bytes()[self._printed_before :]:
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < end, self.output()
            time.sleep(0.02)

    def restart(self, how: int = signal.SIGTERM) -> None:
        self.stop(how)
        self.start()
        self.wait_until_it_prints()

    def stop(self, how: int = signal.SIGTERM, timeout: float = 30) -> int:
        """The exit status; the process is gone in any case."""
        assert self.process is not None
        self.process.send_signal(how)
        try:
            return self.process.wait(timeout)
        finally:
            self.process.kill()
            self.process.wait()

    def kill(self) -> None:
        self.stop(signal.SIGKILL)

    def wait(self, timeout: float = 30) -> int:
        """The exit status of a process that ends by itself."""
        assert self.process is not None
        return self.process.wait(timeout)

    def output(self) -> str:
        return self.printed.read_text("utf-8")

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output().splitlines() if line.startswith("{")]

    def complaints(self) -> list[dict[str, Any]]:
        """What is wrong with the bot itself, as far as it noticed."""
        return [
            line
            for line in self.logged()
            if line["level"] in ("error", "critical")
            and line["logger"] != "telegram.request.BaseRequest"  # an answer that is no JSON
        ]

    def tells_its_token(self) -> bool:
        secret = self.token.strip().partition(":")[2]
        return bool(secret) and secret in self.output()

    def rostrum(self, *command: str) -> tuple[int, str]:
        """The exit status of a command beside the bot, and all that it says."""
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", *command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=self._environment,
        )
        return done.returncode, done.stdout

    def feedback(self, *options: str) -> str:
        """What ``rostrum feedback`` prints."""
        done = CliRunner().invoke(cli, ["feedback", "--state", str(self.folder), *options])
        assert done.exit_code == 0, done.stderr
        return done.stdout


class Collection(NamedTuple):
    """A bot over some speeches, its own server (two cannot share one), and what to ask it."""

    api: BotApi
    questions: dict[str, str]
    bot: BotProcess


@contextmanager
def running(url: str, folder: Path, *options: str, **more: Any) -> Iterator[BotProcess]:
    """A bot for as long as the block lasts; it must stop cleanly, and not tell its token."""
    bot = BotProcess(url, folder, *options, **more)
    bot.start()
    try:
        bot.wait_until_it_prints()
        yield bot
        assert bot.process is not None
        assert bot.process.poll() is None, bot.output()
        assert bot.stop() == 0, bot.output()
    finally:
        if bot.process and bot.process.poll() is None:
            bot.kill()
    assert not bot.tells_its_token()


def make_index(folder: Path, speeches: Sequence[dict[str, str]]) -> Path:
    """An index of these speeches, or its next generation: beside the file that they come from."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "speeches.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in speeches), "utf-8")
    reindex([file], folder / "index")
    return folder / "index"


def said(person: Person, *messages: int, chat: Chat | None = None) -> Callable[[], bool]:
    """Whether each of these messages was replied to."""
    place = chat or person.chat
    return lambda: all(place.replies(message) for message in messages)


def pressed(api: BotApi, person: Person, message: Message, label: str) -> str:
    """What the notice says that answers a pressed button."""
    query = person.presses(message, label)
    api.wait_for(lambda: query.answers)
    return str(query.answers[0].get("text", ""))


def new_message(api: BotApi, chat: Chat, before: int) -> Message:
    """The first message that the bot writes after so many."""
    return api.wait_for(lambda: chat.messages[before:])[0]


def heads(answer: Message) -> list[str]:
    """The first line above each quote: who, and when."""
    return [head.split("\n")[0] for head in answer.marked("bold") if " · " in head]


def quoted(message: Message) -> list[str]:
    """The quotes of a message, in order."""
    quotes = message.marked("blockquote") + message.marked("expandable_blockquote")
    return sorted(quotes, key=message.text.index)
