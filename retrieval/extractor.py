"""The process that takes pages apart, as seen from outside.

Markup can be built so that the parser or trafilatura is busy for hours or runs out of stack, and
nothing in Python stops a library's C code. So :mod:`retrieval.extraction` runs as a program of
its own, is sent one page at a time, and is killed when one takes too long. Its libraries' import
time is paid once for many pages, and never by a process that reads none.

A message is four bytes of length, big-endian, and JSON.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO, Any

from retrieval.errors import SourceError, Unusable

LONGEST = 60.0
"""Seconds that a page may take; a large one takes three."""


def read_message(stream: IO[bytes]) -> Any:
    """The next message, or None where the stream ends."""
    size = stream.read(4)
    length = int.from_bytes(size)
    body = stream.read(length) if len(size) == 4 else b""
    return json.loads(body) if body and len(body) == length else None


def write_message(stream: IO[bytes], message: Any) -> None:
    """Send a message."""
    body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
    stream.write(len(body).to_bytes(4) + body)
    stream.flush()


class _Extractor:
    """The process that runs :mod:`retrieval.extraction`: started when needed, and kept."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._one_at_a_time = threading.Lock()
        atexit.register(self.stop)

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Have one page read; Unusable when that takes too long or kills the process."""
        with self._one_at_a_time:
            process = self._started()
            assert process.stdin
            assert process.stdout
            # killed from aside, so that a wait for the answer ends where the time does
            timer = threading.Timer(LONGEST, process.kill)
            timer.start()
            answer = None
            try:
                with suppress(BrokenPipeError):
                    write_message(process.stdin, request)
                    answer = read_message(process.stdout)
            finally:
                timer.cancel()
                if answer is None:  # dead, or interrupted with an answer on its way
                    self.stop()
            if answer is None:
                raise Unusable(f"cannot be read: its markup needs over {LONGEST:.0f} s or crashes")
            return dict(answer)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "retrieval.extraction"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            assert self._process.stdout is not None
            if read_message(self._process.stdout) != "ready":
                self.stop()
                raise SourceError(
                    "Web pages cannot be read: trafilatura does not load; install Rostrum again."
                )
        return self._process

    def stop(self) -> None:
        """End the process, if one runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


extractor = _Extractor()
"""One for the whole process: pages are read one at a time."""
