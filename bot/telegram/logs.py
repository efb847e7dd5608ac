"""What the bot prints: one JSON object a line, and its token never."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO, cast
from urllib.parse import quote


class Redacting:
    """A text stream that writes to another one, secrets left out: URLs and errors carry them."""

    def __init__(self, stream: TextIO, token: str) -> None:
        self._stream = stream
        # the whole, as in a URL, and the part after the colon, which is the secret
        parts = [token, quote(token, safe=""), token.partition(":")[2]]
        self._secrets = [part for part in parts if part]

    def write(self, text: str) -> int:
        """Write a text without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, "<token>")
        return self._stream.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


@contextmanager
def secret(token: str) -> Iterator[None]:
    """Whatever is printed meanwhile, by whomever, lacks the token."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", Redacting(stream, token)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class JsonLines(logging.Formatter):
    """A log record as a line of JSON; ``extra={"fields": {…}}`` adds fields to it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to(stream: TextIO) -> None:
    """Send all logs of this process to a stream, warnings and uncaught exceptions among them."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in ("httpx", "httpcore", "tornado.access"):
        logging.getLogger(name).setLevel(logging.WARNING)  # a line for every request is too many
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it warns of a job that takes long
    for name in ("request.BaseRequest", "ext.AIORateLimiter"):
        # it raises what it logs, too, and whoever catches that knows whether it is an error
        logging.getLogger(f"telegram.{name}").setLevel(logging.CRITICAL)

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        logging.getLogger("bot").critical("uncaught", exc_info=(kind, error, trace))

    sys.excepthook = uncaught
    threading.excepthook = lambda args: uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )
