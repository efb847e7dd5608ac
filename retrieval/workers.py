"""Work on all cores, in processes that end with the one that started them, however it ends.

Each process reads a pickled call from its standard input and writes the result to its standard
output; when the input ends, so does it. That survives what :mod:`multiprocessing` does not: a
caller's script without ``if __name__ == "__main__"``, and a caller that was killed, whose pool
would wait for ever.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO, NamedTuple, Self, TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

_MOST = 16
"""Processes at most: what they make is stored by one."""

_SERVE = "import sys; sys.path[:] = {path!r}; from retrieval.workers import serve; serve()"


class _Failed(NamedTuple):
    error: Exception


class Workers:
    """Calls functions of modules on many values, in order; the processes start at the first use.

    With a single core, or where no process can be started, the work is done here.
    """

    def __init__(self, count: int | None = None) -> None:
        """``count`` processes; None for one a core."""
        self._count = min(cores() if count is None else count, _MOST)
        self._threads: ThreadPoolExecutor | None = None
        self._mine = threading.local()
        self._started: list[subprocess.Popen[bytes]] = []
        self._closing = False

    def map(self, call: Callable[[Given], Made], values: Iterable[Given]) -> Iterator[Made]:
        """The results of a module's function in the order of the values, a few of them ahead."""
        if self._count < 2:
            yield from map(call, values)
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._count)
        waiting: deque[Future[Made]] = deque()
        try:
            for value in values:
                waiting.append(self._threads.submit(self._call, call, value))
                if len(waiting) > 2 * self._count:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def _call(self, call: Callable[[Given], Made], value: Given) -> Made:
        try:
            process = self._process()
            assert process.stdin
            assert process.stdout
            pickle.dump((call, value), process.stdin, pickle.HIGHEST_PROTOCOL)
            process.stdin.flush()
            result = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            if self._closing:
                raise
            return call(value)  # it was killed, for its memory perhaps, or never came to life
        if isinstance(result, _Failed):
            raise result.error
        made: Made = result
        return made

    def _process(self) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] | None = getattr(self._mine, "process", None)
        if process is None:
            process = self._mine.process = subprocess.Popen(
                [sys.executable, "-c", _SERVE.format(path=sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            self._started.append(process)
        return process

    def close(self) -> None:
        """End the processes; what they are at is thrown away."""
        self._closing = True
        for process in self._started:
            process.kill()  # first, so that no thread waits for a result
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        for process in self._started:
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    _close(pipe)
            process.wait()
        self._started.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _close(pipe: Any) -> None:
    try:
        pipe.close()
    except OSError:
        return  # what was still to be written had nobody to read it


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def serve() -> None:
    """What a worker process does until its input ends."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started it
    requests: BinaryIO = sys.stdin.buffer
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no result
    while True:
        try:
            call, value = pickle.load(requests)
        except EOFError:
            return
        try:
            result = call(value)
        except Exception as error:
            result = _Failed(error)
        try:
            pickle.dump(result, results, pickle.HIGHEST_PROTOCOL)
            results.flush()
        except BrokenPipeError:
            os._exit(0)  # nobody is there any more
