"""One writer at a time: a row that says who writes, and that it still does."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from retrieval.errors import IndexLocked, RostrumError
from retrieval.milvus.connection import Connection
from retrieval.milvus.packing import NO_ROOM
from retrieval.milvus.schema import LEASE, make_lease

STALE_SECONDS = 60.0
"""A writer that has not said for so long that it is at work is not: it was killed, or cut off."""
_BEAT_SECONDS = 10.0


@contextmanager
def writing(connection: Connection) -> Iterator[None]:
    """The right to write an index, for one process at a time.

    Raises:
        IndexLocked: another process has it.
    """
    make_lease(connection)
    held = _read(connection)
    if held and not _is_over(held):
        raise _taken(held)
    own = {
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "token": uuid.uuid4().hex,
    }
    _write(connection, own)
    # of two that came at once the last one to write has it, and both see which that was
    winner = _read(connection)
    if winner and winner["token"] != own["token"]:
        raise _taken(winner)
    done = threading.Event()
    beating = threading.Thread(target=_beat, args=(connection, own, done), daemon=True)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()
        connection.call("delete", LEASE, filter="pk == 0")


def _beat(connection: Connection, own: dict[str, Any], done: threading.Event) -> None:
    while not done.wait(_BEAT_SECONDS):
        try:
            _write(connection, own)
        except RostrumError:
            continue  # the work itself meets the same trouble and says so


def _write(connection: Connection, own: dict[str, Any]) -> None:
    text = json.dumps(own | {"beat": time.time()})
    connection.call("upsert", LEASE, [{"pk": 0, "text": text, "nothing": NO_ROOM}])


def _read(connection: Connection) -> dict[str, Any] | None:
    rows = connection.rows(LEASE, "pk == 0", ["text"], strong=True)
    try:
        found: dict[str, Any] | None = json.loads(rows[0]["text"]) if rows else None
    except ValueError:
        return None
    return found


def _is_over(held: dict[str, Any]) -> bool:
    """Whether the writer is gone."""
    if time.time() - held.get("beat", 0.0) > STALE_SECONDS:
        return True
    if held.get("host") != socket.gethostname():
        return False
    try:
        os.kill(int(held["process"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, KeyError, ValueError):
        return False
    return False


def _taken(held: dict[str, Any]) -> IndexLocked:
    return IndexLocked(
        f"Another reindex is writing this index (process {held.get('process')} on "
        f"{held.get('host')}, since {held.get('since')}); wait until it is done."
    )
