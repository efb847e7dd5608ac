"""Bots as forks of one process, which has imported what a bot imports: that takes a second.

As a script: reads lines of JSON and answers each with one. ``{"arguments", "environment",
"folder", "printed"}`` starts ``rostrum`` with these arguments and gives its number; a number is
answered with that process' exit status, null while it runs. Ends, and its bots with it, when the
input does. A fork runs to its end as any process does, and gets every signal as any does; what it
cannot have is another dynamic library, or another setting that is looked at before Python runs.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

IMPORTED = (
    "bot.cli",
    "bot.telegram.app",
    "embeddings.static",
    "retrieval.generation",
    "retrieval.search",
)


class Fork:
    """A bot; as much of :class:`subprocess.Popen` as the tests need."""

    def __init__(self, forks: Forks, pid: int) -> None:
        self.pid = pid
        self._forks = forks
        self._status: int | None = None

    def poll(self) -> int | None:
        if self._status is None:
            self._status = self._forks.ask(self.pid)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if end and time.monotonic() > end:
                raise subprocess.TimeoutExpired("rostrum", timeout or 0)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)  # it is nobody else's number before it was waited for

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Forks:
    """Starts bots; the process that they are forks of starts with the first."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._turn = threading.Lock()

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, printed: Path
    ) -> Fork:
        """``rostrum`` with these arguments; what it prints is added to a file."""
        step = {"arguments": arguments, "environment": environment}
        return Fork(self, self.ask(step | {"folder": str(folder), "printed": str(printed)}))

    def ask(self, what: object) -> Any:
        with self._turn:
            if self._process is None:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", __file__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
                )
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        if self._process is None:
            return
        self._process.communicate()
        self._process = None


def serve() -> dict[str, Any] | None:
    """Answer until the input ends; in a fork, what it shall be."""
    running: set[int] = set()
    for line in sys.stdin:
        step = json.loads(line)
        if isinstance(step, dict):
            answer = os.fork()
            if not answer:
                return step
            running.add(answer)
        else:
            ended, status = os.waitpid(step, os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
            running -= {ended}
        print(json.dumps(answer), flush=True)
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    return None


def become(step: dict[str, Any]) -> None:
    """Be the bot."""
    printed = os.open(step["printed"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for here, there in ((nothing, 0), (printed, 1), (printed, 2)):
        os.dup2(here, there)
    os.close(printed)
    os.close(nothing)
    os.chdir(step["folder"])
    os.environ.clear()
    os.environ.update(step["environment"])
    sys.argv = ["rostrum", *step["arguments"]]
    importlib.import_module("bot.cli").main()


if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the program has it
    for module in IMPORTED:
        importlib.import_module(module)
    gc.freeze()
    if given := serve():
        become(given)
