"""Addresses on the web: told apart from files, put in one form, made into ids; nothing is fetched.

The id of a page is its address without scheme, fragment, the slash at its end and the parameters
that only track readers: ``www.example.org/speeches/12?lang=ru``.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from retrieval.errors import SourceError, Unusable

_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_TRACKING = re.compile(r"utm_|(?:fbclid|gclid|yclid)(?:=|$)", re.IGNORECASE)
_USERINFO = re.compile(r"(?<=//)[^/?#]*@")


def is_address(source: str) -> bool:
    """Whether a source is an address on the web and not a file."""
    return bool(_ADDRESS.fullmatch(source.strip()))


def holds_addresses(text: str) -> bool:
    """Whether a text is a list of addresses: one on every line but blank ones and # comments."""
    lines = _lines(text)
    return bool(lines) and all(is_address(line) for _, line in lines)


def addresses(path: Path) -> list[str]:
    """The addresses in a file, one a line; blank lines and lines that begin with # are passed over.

    Raises:
        SourceError: the file cannot be read, or a line of it is no address.
    """
    try:
        lines = _lines(path.read_text("utf-8-sig"))
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SourceError(f"{path} cannot be read: {why}.") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8: save it as UTF-8.") from error
    for number, line in lines:
        if not is_address(line):
            raise SourceError(
                f"{path} line {number} is not an http(s) address: write one a line, comments "
                "behind a #."
            )
    return [line for _, line in lines]


def _lines(text: str) -> list[tuple[int, str]]:
    numbered = ((number, line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    return [(number, line) for number, line in numbered if line and line[0] != "#"]


def page_id(address: str) -> str:
    """The id of a page at this address."""
    parts = urlsplit(address)
    query = "&".join(part for part in parts.query.split("&") if part and not _TRACKING.match(part))
    return parts.netloc + parts.path.rstrip("/") + (f"?{query}" if query else "")


def shown(address: str) -> str:
    """An address as it may stand in messages: without a user name and password."""
    return _USERINFO.sub("", address.strip())


def normal(address: str, base: str = "") -> str:
    """An address in the one form it is known by: absolute, ASCII path, no fragment.

    Raises:
        Unusable: it is not http(s), names no host, or holds a password. The message does not
            repeat it.
    """
    try:
        parts = urlsplit(urljoin(base, address.strip()))
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Unusable("is not a valid address") from error
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise Unusable(f"is not an http(s) address but {scheme or 'no'}:" if scheme else "is none")
    if parts.username is not None or parts.password is not None:
        raise Unusable("holds a user name or password, and those are not sent: leave them out")
    if not host:
        raise Unusable("is not a valid address: it names no host")
    host = f"[{host}]" if ":" in host else host
    usual = port in (None, 80 if scheme == "http" else 443)
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return urlunsplit((scheme, host if usual else f"{host}:{port}", path, query, ""))
