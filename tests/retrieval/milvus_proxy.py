"""Stands between pymilvus and a server, and fails on purpose."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress


class Proxy:
    """Passes on what comes to a port of this machine, until it is told to fail.

    ``cuts`` are numbers of bytes, counted over all connections and both ways: whenever the next
    one is reached, all connections are cut, in the middle of whatever they carry.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.cuts: list[int] = []
        self.passed = 0
        self.stalled = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._listening: socket.socket | None = None
        self.port = 0
        self.up()

    def up(self) -> None:
        """Take connections, on the same port as before."""
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen()
        self.port = listening.getsockname()[1]
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def down(self) -> None:
        """Cut all connections, and take no more."""
        if self._listening:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        self.cut()

    def cut(self) -> None:
        """Cut all connections as a lost network does; new ones are taken."""
        with self._lock:
            cut, self._sockets = self._sockets, set()
        for one in cut:
            with suppress(OSError):
                # an answer that is under way is thrown away: the other side sees a reset
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                come, _ = listening.accept()
                gone = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            with self._lock:
                self._sockets |= {come, gone}
            for one, other in ((come, gone), (gone, come)):
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(4096):
                if self.stalled.is_set():
                    continue  # it disappears, and nobody says so
                with self._lock:
                    self.passed += len(data)
                    broken = bool(self.cuts) and self.passed >= self.cuts[0]
                    if broken:
                        self.cuts.pop(0)
                if broken:
                    other.sendall(data[: len(data) // 2])
                    self.cut()
                    return
                other.sendall(data)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)
