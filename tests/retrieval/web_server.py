"""A small web server on this machine, for tests: it says what it was asked and what it sent."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What is answered; with an etag or a date in the headers, 304 to whoever has it already."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Server:
    """``replies`` may change at any time: a Reply, a list of them to be given in turn (the last
    one for good), or a function that gets the request and writes the answer itself."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.replies: dict[str, Reply | list[Reply] | Callable[[Any], None]] = {}
        self.asked: list[str] = []
        self.answered: Counter[int] = Counter()
        self.headers: list[Mapping[str, str]] = []
        self.sent = 0  # bytes of bodies
        self.closing = threading.Event()

    def forget(self) -> None:
        """Count from zero."""
        self.asked.clear()
        self.headers.clear()
        self.answered.clear()
        self.sent = 0


def page(
    title: str, paragraphs: list[str], *, head: str = "", body: str = "", language: str = "ru"
) -> bytes:
    """A page as sites write them: navigation, an article, comments and a footer around it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!DOCTYPE html><html lang='{language}'><head><title>{title}</title>{head}</head><body>"
        "<nav><ul><li><a href='/'>Home</a></li><li><a href='/news'>News</a></li></ul></nav>"
        f"<article><h1>{title}</h1>{body}{text}</article>"
        "<div class='comments'><p>A reader says that this was a fine speech indeed.</p></div>"
        "<footer>© 2019 An invented site</footer></body></html>"
    ).encode()


@contextmanager
def serving() -> Iterator[Server]:
    """A server on a port of its own, for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def do_GET(self) -> None:
            server.asked.append(self.path)
            server.headers.append(dict(self.headers))
            reply = server.replies.get(self.path, Reply(status=404))
            if isinstance(reply, list):
                reply = reply.pop(0) if len(reply) > 1 else reply[0]
            if not isinstance(reply, Reply):
                self.close_connection = True
                with suppress(OSError):  # the client hung up, as some tests want it to
                    reply(self)
                return
            etag = reply.headers.get("ETag")
            date = reply.headers.get("Last-Modified")
            known = (etag and self.headers.get("If-None-Match") == etag) or (
                date and self.headers.get("If-Modified-Since") == date
            )
            self.answer(Reply(status=304, headers=reply.headers) if known else reply)

        def answer(self, reply: Reply) -> None:
            server.answered[reply.status] += 1
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            server.sent += len(reply.body)

        def log_message(self, *_: object) -> None:
            pass

    class Threads(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            pass

    with Threads(("127.0.0.1", 0), Handler) as listener:
        server = Server(listener.server_address[1])
        server.replies["/robots.txt"] = Reply(status=404)
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            listener.shutdown()
            thread.join()
