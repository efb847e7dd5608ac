"""The bot as a real process, which knows the test only through the local Bot API server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TOKEN = "123456789:AAF-invented_token_of_nobody_0123456"
ROOT = Path(__file__).parents[2]


class BotProcess:
    """``rostrum telegram``; what it prints goes into a file, so that no pipe can fill."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *options: str,
        index: Path | None = None,
        token: str = TOKEN,
        **variables: str,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.index = index or folder / "index"
        self.printed = folder / "printed"
        self._command = [sys.executable, "-m", "bot.cli", "telegram", "--api-url", url]
        self._command += ["--state", str(folder), "--index", str(self.index), *options]
        self._environment = os.environ | {
            "TELEGRAM_BOT_TOKEN": token,
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": str(folder.parent / "cache"),
            **variables,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.printed.open("ab") as file:
            self.process = subprocess.Popen(
                self._command, env=self._environment, stdout=file, stderr=file, cwd=self.folder
            )

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


@contextmanager
def running(url: str, folder: Path, *options: str, **more: Any) -> Iterator[BotProcess]:
    """A bot for as long as the block lasts; it must stop cleanly, and not tell its token."""
    bot = BotProcess(url, folder, *options, **more)
    bot.start()
    try:
        yield bot
        assert bot.process is not None
        assert bot.process.poll() is None, bot.output()
        assert bot.stop() == 0, bot.output()
    finally:
        if bot.process and bot.process.poll() is None:
            bot.kill()
    assert TOKEN.partition(":")[2] not in bot.output()
