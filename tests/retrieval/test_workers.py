from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys

import pytest

from retrieval.files import megabytes
from retrieval.workers import Workers


@pytest.mark.parametrize("count", [1, 2])
def test_results_come_in_order(count: int):
    sizes = [number << 20 for number in range(20)]
    with Workers(count) as workers:
        assert list(workers.map(megabytes, sizes)) == [f"{number} MB" for number in range(20)]
        assert list(workers.map(megabytes, [])) == []


def test_what_a_call_raises_is_raised_here():
    with Workers(2) as workers, pytest.raises(TypeError):
        list(workers.map(megabytes, ["not a number"]))


def test_the_work_of_a_process_that_was_killed_is_done_here():
    with Workers(2) as workers:
        assert list(workers.map(megabytes, [1 << 20, 2 << 20])) == ["1 MB", "2 MB"]
        for process in workers._started:
            os.kill(process.pid, signal.SIGKILL)
        assert list(workers.map(megabytes, [3 << 20, 4 << 20])) == ["3 MB", "4 MB"]


def test_a_worker_ends_with_its_input():
    command = [sys.executable, "-c", "from retrieval.workers import serve; serve()"]
    asked = pickle.dumps((megabytes, 3 << 20))
    done = subprocess.run(command, input=asked, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert pickle.loads(done.stdout) == "3 MB"
