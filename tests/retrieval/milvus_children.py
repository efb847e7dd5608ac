"""Runs steps of a reindex in processes of their own, one after the other, and kills some of them.

Reads lines of JSON, a step each, and answers each with a line: the exit status, and what went
wrong. The processes are forks of this one, which has imported all they need: that takes longer
than the steps. It has no connection, which none would survive.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from pathlib import Path

import milvus_lite  # noqa: F401
import pymilvus  # noqa: F401

import retrieval.search  # noqa: F401
from retrieval.build import finish, reindex
from retrieval.milvus import milvus, shards, sharing
from retrieval.milvus.connection import Connection, disconnect
from retrieval.place import parse_place


def die_at(moment: str, count: int) -> None:
    """Let the ``count``th call of a function be this process's last; it is not made."""
    owner, _, name = moment.rpartition(".")
    place = {
        "Connection": Connection,
        "Milvus": milvus.Milvus,
        "Book": shards.Book,
        "ShardWriter": shards.ShardWriter,
        "Merger": shards.Merger,
        "MilvusShare": sharing.MilvusShare,
        "MilvusShards": sharing.MilvusShards,
        "sharing": sharing,
    }[owner]
    real = getattr(place, name)
    left = count

    def counted(*values, **named):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*values, **named)

    setattr(place, name, counted)


def run(step: dict) -> None:
    os.environ["XDG_DATA_HOME"] = step["data"]
    if step.get("die"):
        die_at(*step["die"])
    if "limit" in step:  # no file may become longer: for who writes, the disk is full
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (step["limit"], resource.RLIM_INFINITY))
    place = parse_place(step["place"])
    if "shard" in step:
        reindex(step["sources"], place, shard=tuple(step["shard"]))
    elif step.get("finish"):
        finish(place)
    else:
        reindex(step["sources"], place)
    disconnect()


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        step = json.loads(line)
        note = Path(step["note"])
        note.unlink(missing_ok=True)
        child = os.fork()
        if not child:
            status = 1
            try:
                run(step)
                status = 0
            except BaseException as error:
                note.write_text(f"{type(error).__name__}: {error}")
            finally:
                os._exit(status)
        _, status = os.waitpid(child, 0)
        said = note.read_text() if note.exists() else ""
        print(json.dumps([os.waitstatus_to_exitcode(status), said]), flush=True)


if __name__ == "__main__":
    main()
