"""Processes that write to milvus-lite and are killed, for the modules that name this a plugin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

CHILDREN = Path(__file__).with_name("milvus_children.py")


@pytest.fixture(scope="session")
def parent() -> Iterator[subprocess.Popen[str]]:
    """What the children are forks of; it keeps nothing between them."""
    with subprocess.Popen(
        [sys.executable, str(CHILDREN)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process


@pytest.fixture
def children(parent: subprocess.Popen[str], tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Has one step done by a process of its own; its exit status, and what it says is wrong."""

    def run(**step: object) -> tuple[int, str]:
        assert parent.stdin
        assert parent.stdout
        own = {"note": str(tmp_path / "note"), "data": str(tmp_path / "data")}
        parent.stdin.write(json.dumps(own | step) + "\n")
        parent.stdin.flush()
        code, said = json.loads(parent.stdout.readline())
        return code, said

    return run
