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

from retrieval.errors import IndexLocked, IndexUnavailable, RostrumError
from retrieval.milvus.connection import READING, WRITING, Connection
from retrieval.milvus.packing import NO_ROOM
from retrieval.milvus.schema import LEASE, make_lease

STALE_SECONDS = 60.0
"""A writer that has not said for so long that it is at work is not: it was killed, or cut off."""
_BEAT_SECONDS = 10.0
_SETTLED_SECONDS = 1.0
"""More than passes between a look at the row and its being written."""

THE_INDEX = 0
"""The row of the right to write an index; those after it are of its shards."""

_mine: set[str] = set()
"""The tokens of the leases that this process has."""


class Lease:
    """The right to write an index, or a shard of it, for one process at a time.

    Milvus has no locks: who comes writes a row, waits until whoever came at the same moment has
    written theirs, and looks whose is there.
    """

    def __init__(self, connection: Connection, row: int = THE_INDEX, note: str = "") -> None:
        """Take it; ``note`` is for those that find it taken.

        Raises:
            IndexLocked: another process has it.
        """
        self._connection = connection
        self._row = row
        make_lease(connection)
        held = _read(connection, row)
        if held and not _is_over(held):
            raise self._taken(held)
        self._own: dict[str, Any] = {
            "note": note,
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "token": uuid.uuid4().hex,
        }
        _mine.add(self._own["token"])
        try:
            self._write()
            if not connection.address.is_file:  # only one process has a file
                time.sleep(_SETTLED_SECONDS)
            self.check()
        except BaseException:
            _mine.discard(self._own["token"])
            raise
        connection.patience = WRITING
        self._done = threading.Event()
        self._beating = threading.Thread(target=self._beat, daemon=True)
        self._beating.start()

    def check(self) -> None:
        """Make sure that nobody has taken it over from a process that seemed dead.

        Raises:
            IndexLocked: somebody has.
        """
        held = _read(self._connection, self._row)
        if held and held.get("token") != self._own["token"]:
            raise self._taken(held)

    def _beat(self) -> None:
        while not self._done.wait(_BEAT_SECONDS):
            try:
                self.check()
                self._write()
            except IndexLocked:
                return  # the work is stopped before it is published
            except RostrumError:
                continue  # the work itself meets the same trouble and says so

    def release(self) -> None:
        """Give it back."""
        self._done.set()
        _mine.discard(self._own["token"])
        self._connection.patience = READING
        self._beating.join(_BEAT_SECONDS)  # no longer: it may be waiting for a server that is gone
        try:
            held = _read(self._connection, self._row)
            if held and held.get("token") == self._own["token"]:
                self._connection.call("delete", LEASE, filter=f"pk == {self._row}")
        except IndexUnavailable:
            return  # the work has met the same, and a lease that nobody renews is soon over

    def _write(self) -> None:
        text = json.dumps(self._own | {"beat": time.time()})
        row = {"pk": self._row, "text": text, "nothing": NO_ROOM}
        self._connection.call("upsert", LEASE, [row])

    def _taken(self, held: dict[str, Any]) -> IndexLocked:
        what = f"shard {self._row} of this index" if self._row else "this index"
        return IndexLocked(
            f"Another reindex is writing {what} (process {held.get('process')} on "
            f"{held.get('host')}, since {held.get('since')}); wait until it is done."
        )


def holders(connection: Connection) -> dict[int, dict[str, Any]]:
    """Who holds which lease and is at work, by its row."""
    if not connection.call("has_collection", LEASE):
        return {}
    rows = connection.rows(LEASE, "pk >= 0", ["pk", "text"], strong=True)
    found = {row["pk"]: _parsed(row["text"]) for row in rows}
    return {row: held for row, held in found.items() if held and not _is_over(held)}


def _read(connection: Connection, row: int) -> dict[str, Any] | None:
    rows = connection.rows(LEASE, f"pk == {row}", ["text"], strong=True)
    return _parsed(rows[0]["text"]) if rows else None


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] | None = json.loads(text)
    except ValueError:
        return None
    return found


def _is_over(held: dict[str, Any]) -> bool:
    """Whether the writer is gone."""
    if time.time() - held.get("beat", 0.0) > STALE_SECONDS:
        return True
    if held.get("host") != socket.gethostname():
        return False
    if held.get("process") == os.getpid() and held.get("token"):
        return held["token"] not in _mine  # it could not be given back: nobody was there
    try:
        os.kill(int(held["process"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, KeyError, ValueError):
        return False
    return False
