"""One writer at a time: a row that says who writes, and that it still does."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from retrieval.errors import IndexLocked, RostrumError
from retrieval.milvus.connection import Connection
from retrieval.milvus.packing import NO_ROOM
from retrieval.milvus.schema import LEASE, make_lease

STALE_SECONDS = 60.0
"""A writer that has not said for so long that it is at work is not: it was killed, or cut off."""
_BEAT_SECONDS = 10.0
_SETTLED_SECONDS = 1.0
"""More than passes between a look at the row and its being written."""


class Lease:
    """The right to write an index, for one process at a time.

    Milvus has no locks: who comes writes a row, waits until whoever came at the same moment has
    written theirs, and looks whose is there.
    """

    def __init__(self, connection: Connection) -> None:
        """Take it.

        Raises:
            IndexLocked: another process has it.
        """
        self._connection = connection
        make_lease(connection)
        held = _read(connection)
        if held and not _is_over(held):
            raise _taken(held)
        self._own = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "token": uuid.uuid4().hex,
        }
        _write(connection, self._own)
        if not connection.address.is_file:  # only one process has a file
            time.sleep(_SETTLED_SECONDS)
        self.check()
        self._done = threading.Event()
        self._beating = threading.Thread(target=self._beat, daemon=True)
        self._beating.start()

    def check(self) -> None:
        """Make sure that nobody has taken it over from a process that seemed dead.

        Raises:
            IndexLocked: somebody has.
        """
        held = _read(self._connection)
        if held and held.get("token") != self._own["token"]:
            raise _taken(held)

    def _beat(self) -> None:
        while not self._done.wait(_BEAT_SECONDS):
            try:
                self.check()
                _write(self._connection, self._own)
            except IndexLocked:
                return  # the work is stopped before it is published
            except RostrumError:
                continue  # the work itself meets the same trouble and says so

    def release(self) -> None:
        """Give it back."""
        self._done.set()
        self._beating.join()
        held = _read(self._connection)
        if held and held.get("token") == self._own["token"]:
            self._connection.call("delete", LEASE, filter="pk == 0")


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
