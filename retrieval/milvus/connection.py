"""Connections to Milvus: one for each address and process; calls that are retried.

Whatever goes wrong becomes one line. pymilvus writes every error to its log as well, with a
traceback, which is silenced: nobody shall read it twice.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from retrieval.errors import (
    IndexDamaged,
    IndexGone,
    IndexLocked,
    IndexUnavailable,
    IndexUnwritable,
)
from retrieval.milvus.address import DATABASE, TOKEN, MilvusAddress

Row = dict[str, Any]

LEAST_VERSION = (2, 4)
"""The first release of Milvus with sparse vectors and patterns that begin with anything."""

_TIMEOUT = 60.0
"""Seconds that one call may take."""
_PATIENCE = 10.0
"""Seconds in which a server must answer at all."""
READING, WRITING = 60.0, 300.0
"""Seconds for which it is tried again and again: servers are restarted."""
_LONGEST = 6 * 3600.0
"""Seconds that writing down, indexing and loading a collection may take."""
_PAUSES = (0.2, 1.0, 3.0, *[10.0] * 30)
"""Seconds between the attempts at a call that failed for a reason that passes."""
_CHANNEL = {
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.min_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 2000,
}
"""Who comes back is found again within seconds; else it may take two minutes."""
_PRESSED_PAUSES = (1.0, 3.0, 10.0, 30.0, 30.0, 60.0, 60.0)
"""The same where the server says that it gets more than it can take."""
_PAGE = 500
"""Rows read at a time, where there may be many."""
_PACKET_BYTES, _PACKET_ROWS = 4 << 20, 1000
"""What is written at a time."""


_open: dict[MilvusAddress, Connection] = {}
_opening = threading.Lock()


def connect(address: MilvusAddress) -> Connection:
    """The connection of this process to an address.

    Raises:
        IndexUnavailable: no library, no server, no such database, a token that is refused.
        IndexLocked: another process has the file open.
    """
    with _opening:
        return _connected(address)


def _connected(address: MilvusAddress) -> Connection:
    if address not in _open:
        _open[address] = Connection(address)
    return _open[address]


def hold(address: MilvusAddress) -> Connection:
    """The connection of this process, kept open until it is let go of as often as it was held.

    Raises as :func:`connect` does.
    """
    with _opening:
        connection = _connected(address)
        connection.users += 1
        return connection


def let_go(connection: Connection) -> None:
    """What :func:`hold` held is no longer needed."""
    with _opening:
        connection.users -= 1
        if _open.get(connection.address) is connection:
            _close_unused(connection)


@contextmanager
def holding(address: MilvusAddress) -> Iterator[Connection]:
    """Hold a connection for as long as the block lasts; raises as :func:`connect` does."""
    connection = hold(address)
    try:
        yield connection
    finally:
        let_go(connection)


def close_unused(address: MilvusAddress) -> None:
    """Close a file that nobody here holds, so that other processes may open it."""
    with _opening:
        if connection := _open.get(address):
            _close_unused(connection)


def _close_unused(connection: Connection) -> None:
    # a connection to a server hinders nobody, and stays
    if connection.address.is_file and connection.users <= 0:
        del _open[connection.address]
        connection.close()


def disconnect(address: MilvusAddress | None = None) -> None:
    """Close the connection to an address, or all: files may be opened by other processes then."""
    with _opening:
        for one in [address] if address else list(_open):
            if connection := _open.pop(one, None):
                connection.close()


class Connection:
    """Calls to one server or file."""

    patience = READING
    users = 0
    """Those who need it to stay open: see :func:`hold`."""
    _turn: AbstractContextManager[Any] = nullcontext()
    _lost = False  # whether the last call found nobody: the next ones do not wait as long again

    def __init__(self, address: MilvusAddress) -> None:
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # its own log says nothing to users
        try:
            from pymilvus import MilvusClient
            from pymilvus.exceptions import MilvusException

            if address.is_file:
                import milvus_lite  # noqa: F401 - pymilvus needs it for files
        except ImportError:
            raise IndexUnavailable(
                'An index on Milvus needs libraries of its own: pip install "rostrum[milvus]"'
            ) from None
        for name in ("pymilvus", "milvus_lite"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.address = address
        self._fault = MilvusException
        if address.is_file:
            # of threads that first ask for a collection at once, milvus-lite opens it for each
            self._turn = threading.Lock()
            _check_file(address)
            Path(address.uri).parent.mkdir(parents=True, exist_ok=True)
        self._client: Any = self._attempt(
            lambda: MilvusClient(
                uri=address.uri,
                token=address.token,
                db_name=address.database,
                dedicated=address.is_file,  # else pymilvus would keep a channel that is closed
                timeout=_PATIENCE,
                grpc_options=_CHANNEL,
            ),
            _PAUSES[:1],
        )
        self._check_version()

    def _check_version(self) -> None:
        version = str(self.call("get_server_version", timeout=_PATIENCE))
        found = re.match(r"v?(\d+)\.(\d+)", version)  # milvus-lite gives its own name first
        if found and (int(found[1]), int(found[2])) < LEAST_VERSION:
            needed = ".".join(map(str, LEAST_VERSION))
            raise IndexUnavailable(
                f"{self.address} is Milvus {version}; {needed} or a later one is needed."
            )

    def call(self, method: str, *values: Any, **named: Any) -> Any:
        """Call a method of pymilvus' client, again and again where that may help."""

        def once() -> Any:
            limits = {"timeout": _PATIENCE if self._lost else _TIMEOUT} | named
            try:
                return getattr(self._client, method)(*values, **limits)
            except self._fault as error:
                if not re.search(r"released|not loaded", str(error)):
                    raise
            # a file that was opened, or a server that was tidied: its collections are asleep
            self._client.load_collection(values[0], timeout=_TIMEOUT)
            return getattr(self._client, method)(*values, **limits)

        return self._attempt(once, _PAUSES)

    def wait(self, method: str, collection: str) -> None:
        """Have something done that may take hours, as long as the server says that it is at it."""
        until = time.monotonic() + _LONGEST
        while True:
            try:
                self.call(method, collection)
                return
            except IndexUnavailable as error:
                if "wait for" not in str(error) or time.monotonic() > until:
                    raise

    def _attempt(self, call: Any, pauses: Sequence[float]) -> Any:
        attempts = 0
        until = time.monotonic() + (min(_PATIENCE, self.patience) if self._lost else self.patience)
        while True:
            try:
                with self._turn:
                    found = call()
                self._lost = False
                return found
            except Exception as error:
                waits = self._waits(error, pauses)
                if attempts >= len(waits) or time.monotonic() > until:
                    told = self._told(error)
                    self._lost = isinstance(told, IndexUnavailable) and bool(waits)
                    raise told from None
                time.sleep(waits[attempts])
                attempts += 1

    def _waits(self, error: Exception, pauses: Sequence[float]) -> Sequence[float]:
        """How long to wait before each further attempt; nothing where it would not help."""
        said = _words_of(error)
        if re.search(r"rate ?limit|quota|resource_?exhausted|too many requests", said):
            return _PRESSED_PAUSES
        if _is_fatal(said):
            return ()
        if re.search(
            r"unavailable|connect|deadline|timed? ?out|not ready|reset|no available|node offline|"
            r"channel not|not fully loaded|retry",
            said,
        ):
            return pauses
        return ()

    def _told(self, error: Exception) -> Exception:
        """What a user is told of an error of pymilvus; any other is let through."""
        if "open local milvus failed" in str(error).lower():
            error = self._why_closed() or error
        said = _words_of(error)
        where = str(self.address)
        reason = self._reason(error)
        if "datadirlocked" in said or "holds the lock" in said:
            return IndexLocked(
                f"{where} is open in another process (a bot that answers from it, say), and "
                "milvus-lite allows one at a time: end that one and try again; a Milvus server "
                "serves many at once."
            )
        if re.search(r"no space left|disk ?(is )?full|disk quota", said):
            return IndexUnwritable(
                f"The disk of {where} is full ({reason}); what it held is untouched: make room, "
                "and run it again."
            )
        if self.address.is_file and isinstance(error, OSError):
            return IndexUnavailable(
                f"{where} cannot be opened or written ({reason}); see to its disk and permissions."
            )
        if self.address.is_file and re.search(_DAMAGE, said):
            return IndexDamaged(
                f"{where} is damaged ({reason}); remove it, and make it anew: rostrum reindex "
                f"SOURCE --index {self.address.quoted}"
            )
        if not self.address.is_file and re.search(
            r"unauthenticated|auth(entication)? check|invalid token|permission", said
        ):
            return IndexUnavailable(f"{where} refuses us ({reason}); set {TOKEN} to a token of it.")
        if re.search(r"database.*(not found|not exist)|db not found", said):
            return IndexUnavailable(
                f"{where} has no database “{self.address.database}”; make it, or set {DATABASE}."
            )
        if getattr(error, "code", None) == 100 or re.search(
            r"(collection|alias).*(not found|not exist)|can't find (collection|alias)", said
        ):
            return IndexGone(f"A part of the index in {where} is gone ({reason}); try again.")
        if self.address.is_file and type(error).__module__.startswith("milvus_lite"):
            return IndexUnavailable(f"{where} cannot be opened ({reason}).")
        if not isinstance(error, self._fault) and not type(error).__module__.startswith("grpc"):
            return error
        if re.search(r"connect|unavailable|deadline|timed? ?out", said):
            return IndexUnavailable(
                f"{where} does not answer ({reason}); is it running, and the address right?"
            )
        return IndexUnavailable(f"{where} could not do it: {reason}.")

    def _why_closed(self) -> Exception | None:
        """What milvus-lite says of a file that pymilvus could not open, and only logs."""
        from milvus_lite.db import MilvusLite

        try:
            MilvusLite(self.address.uri).close()
        except Exception as error:
            return error
        return None

    def _reason(self, error: Exception) -> str:
        found = str(getattr(error, "message", "") or error)
        found = " ".join(found.split())[:200].rstrip(". ")
        return found.replace(self.address.token, "***") if self.address.token else found

    # --- rows ---------------------------------------------------------------------------------

    def rows(
        self, collection: str, filter_: str, fields: Sequence[str], *, strong: bool = False
    ) -> list[Row]:
        """The rows that satisfy an expression, which must be no more than some thousands."""
        found: list[Row] = list(
            self.call(
                "query",
                collection,
                filter=filter_,
                output_fields=list(fields),
                **(_STRONG if strong else {}),
            )
        )
        return found

    def some(self, collection: str, filter_: str, fields: Sequence[str], limit: int) -> list[Row]:
        """A few of the rows that satisfy an expression."""
        found = self.call(
            "query", collection, filter=filter_, output_fields=list(fields), limit=limit
        )
        return list(found)

    def numbered(
        self,
        collection: str,
        numbers: Sequence[int],
        fields: Sequence[str],
        column: str = "pk",
    ) -> Iterator[Row]:
        """The rows of these numbers."""
        for start in range(0, len(numbers), _PAGE):
            listed = ", ".join(map(str, numbers[start : start + _PAGE]))
            yield from self.rows(collection, f"{column} in [{listed}]", fields)

    def every(
        self,
        collection: str,
        fields: Sequence[str],
        filter_: str = "pk >= 0",
        *,
        page: int = _PAGE,
    ) -> Iterator[Row]:
        """All rows that satisfy an expression, however many, in the order of their numbers."""
        pages = self.call(
            "query_iterator",
            collection,
            batch_size=page,
            filter=filter_,
            output_fields=list(fields),
            **_STRONG,
        )
        try:
            while found := self._attempt(pages.next, _PAUSES):
                yield from sorted(found, key=lambda row: row["pk"])
        finally:
            pages.close()

    def count(self, collection: str, filter_: str = "pk >= 0") -> int:
        """How many rows satisfy an expression."""
        [found] = self.rows(collection, filter_, ["count(*)"], strong=True)
        return int(found["count(*)"])

    def write(self, collection: str, rows: Sequence[Mapping[str, Any]], partition: str = "") -> int:
        """Add rows, in packets of bounded size; returns about how many bytes that were."""
        packet: list[Mapping[str, Any]] = []
        packed = total = 0
        for row in rows:
            size = _size(row)
            if packet and (packed + size > _PACKET_BYTES or len(packet) >= _PACKET_ROWS):
                self._send(collection, packet, partition)
                packet, packed = [], 0
            packet.append(row)
            packed += size
            total += size
        if packet:
            self._send(collection, packet, partition)
        return total

    def _send(self, collection: str, rows: list[Mapping[str, Any]], partition: str) -> None:
        # whether a call that failed has written is not known: the second attempt replaces
        methods = iter(("insert",))
        self._attempt(
            lambda: getattr(self._client, next(methods, "upsert"))(
                collection, rows, timeout=_TIMEOUT, partition_name=partition
            ),
            _PAUSES,
        )

    def close(self) -> None:
        """Close it; a file may be opened by others then."""
        with self._turn:
            self._client.close()
            if self.address.is_file:
                from milvus_lite.server_manager import server_manager_instance

                server_manager_instance.release_server(self.address.uri)


def _check_file(address: MilvusAddress) -> None:
    """Leave alone what milvus-lite did not make: it would write into any folder.

    Raises:
        IndexUnwritable: something else has that name.
    """
    path = Path(address.uri)
    if path.is_dir():
        others = sorted(one.name for one in path.iterdir())
        if others and not (path / "collections").is_dir():
            raise IndexUnwritable(
                f"{path} holds other things ({others[0]}); name a new file for the index."
            )
    elif path.exists() or path.is_symlink():
        raise IndexUnwritable(
            f"{path} was not made by this milvus-lite, which keeps a folder; name a new file for "
            "the index."
        )


_DAMAGE = r"parquet|thrift|snappy|deseriali[sz]|corrupt|unpickl|jsondecode|truncated|magic"
"""What milvus-lite, and the libraries it reads with, say of files that are not what they wrote."""

_STRONG = {"consistency_level": "Strong"}
"""See whatever was written before, by whomever."""


def _words_of(error: BaseException) -> str:
    """What an error and those that led to it say, in small letters."""
    said: list[str] = []
    one: BaseException | None = error
    while one is not None and len(said) < 5:
        said.append(f"{type(one).__name__} {one}")
        one = one.__cause__ or one.__context__
    return " ".join(said).lower()


def _is_fatal(said: str) -> bool:
    return bool(
        re.search(
            r"datadirlocked|holds the lock|no space left|unauthenticated|auth check|permission|"
            r"database.*not found|(collection|alias).*not (found|exist)|does not exist",
            said,
        )
    )


def _size(row: Mapping[str, Any]) -> int:
    """About how many bytes a row takes on its way."""
    total = 0
    for value in row.values():
        if isinstance(value, str):
            total += len(value) if value.isascii() else len(value.encode())
        elif isinstance(value, dict):
            total += 8 * len(value)
        elif hasattr(value, "nbytes"):
            total += value.nbytes
        elif isinstance(value, list):
            total += 4 * len(value)
        else:
            total += 8
    return total
