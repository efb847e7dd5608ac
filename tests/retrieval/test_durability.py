"""A few rounds of what tests/bench/durability.py does hundreds of times."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import retrieval.build
import retrieval.index

BENCH = Path(__file__).parents[1] / "bench"


@pytest.fixture
def durability(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(BENCH)
    # put back what the bench replaces: the models that the program knows
    for module in (retrieval.build, retrieval.index):
        monkeypatch.setattr(module, "load_encoder", module.load_encoder)
    import durability

    return durability


def test_a_killed_reindex_leaves_a_whole_generation(durability, tmp_path: Path):
    assert durability.kills(4, tmp_path, seed=1)["failed"] == 0


def test_readers_see_one_generation_each(durability, tmp_path: Path):
    asked, wrong = durability.read_while_writing(2, 3, tmp_path)
    assert asked > 0
    assert wrong == []


def test_a_flipped_bit_is_named_and_gives_no_wrong_quote(durability, tmp_path: Path):
    assert durability.flips(1, tmp_path) == []


_PARENT = """
import sys, time
from retrieval.workers import Workers
from retrieval.preparing import encode
with Workers(2) as workers:
    for _ in workers.map(encode, [["one"], ["two"], ["three"]]):
        pass
    print(*[process.pid for process in workers._started], flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="processes are looked up as POSIX does")
def test_the_workers_of_a_killed_process_end():
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE)
    assert parent.stdout
    numbers = list(map(int, parent.stdout.readline().split()))
    assert numbers
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    waited = 0
    while any(map(is_running, numbers)):
        assert waited < 200, "a worker waits for ever"
        time.sleep(0.05)
        waited += 1


def is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False
