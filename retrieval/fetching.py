"""Fetching from the web, politely and without getting stuck.

One :class:`Fetcher` serves one run. It obeys robots.txt, waits between requests to a host, tries
again what may pass, follows redirects and stops reading where an answer grows too large or too
slow. It connects only to public addresses: a name is resolved once, what it resolves to is
checked, and the connection goes to exactly that, on every hop, so that neither a redirect nor a
name server that changes its mind leads into the local network. Proxies set in the environment
are not used, since behind one it could not be checked what is connected to.
"""

from __future__ import annotations

import ipaddress
import random
import socket
import ssl
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import httpcore
import httpx

from retrieval.addresses import normal
from retrieval.errors import Unusable

_PRODUCT = "Rostrum"
_MOST_REDIRECTS = 10
_LARGEST_ROBOTS = 500 * 2**10  # bytes; what RFC 9309 asks to read at least
_LONGEST_CRAWL_DELAY = 30.0  # seconds; a host that asks for more gets this
_MOST_FAILURES = 3  # addresses of one host in a row, after which it is left alone for this run
_PIECE = 2**16  # bytes unpacked at a time
_PASSING = {429, 502, 503, 504}  # statuses that may be others in a moment
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Manners:
    """How patient and how polite to be; times in seconds. Tests put their own clock in."""

    delay: float = 1.0
    """Between two requests to the same host; more if its robots.txt asks for it."""
    timeout: float = 20.0
    """For a connection, and for the next bytes of an answer."""
    deadline: float = 120.0
    """For one answer as a whole."""
    tries: int = 4
    longest_wait: float = 120.0
    """Between two tries; a host that asks for more is left alone for this run."""
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    """Seconds since 1970, for the dates that servers write."""
    jitter: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to recognise its answer by, and the address that gave it."""

    address: str
    etag: str | None
    modified: str | None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer, unpacked."""

    data: bytes
    content_type: str
    charset: str | None
    validators: Validators
    """Their address is the one that answered, after all redirects."""


class Unavailable(Unusable):
    """It cannot be had this time; ``status`` is what the server answered, if it did."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


class Gone(Unusable):
    """The server says that it is there no more."""


class _Passing(Exception):
    """May be better in a moment; ``wait`` is how many seconds the server asks for."""

    def __init__(self, why: str, wait: float | None = None, status: int | None = None) -> None:
        super().__init__(why)
        self.wait = wait
        self.status = status


class _TooSlow(Exception):
    """The time for an answer is up."""


# --- connections --------------------------------------------------------------------------------


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, however it is wrapped up."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class _Backend(httpcore.NetworkBackend):
    """Connects to what was checked, and to nothing once the time for an answer is up."""

    def __init__(self, allow_local: bool, clock: Callable[[], float]) -> None:
        self._inner = httpcore.SyncBackend()
        self._allow_local = allow_local
        self._clock = clock
        self.ends = float("inf")

    def left(self, timeout: float | None) -> float:
        """Seconds that the next step may take."""
        left = self.ends - self._clock()
        if left <= 0:
            raise _TooSlow
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            if getattr(error, "errno", None) == socket.EAI_AGAIN:
                raise httpcore.ConnectError("its name cannot be looked up now") from error
            raise Unavailable(f"there is no host {host}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            if not self._allow_local and not is_public(address):
                raise Unavailable(
                    f"{host} is on the local network ({address}), which is read only with "
                    "--allow-local"
                )
        for address in addresses[:-1]:
            try:
                return _Stream(self._connect(address, port, timeout, socket_options), self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # a host may answer on one of its addresses only
        return _Stream(self._connect(addresses[-1], port, timeout, socket_options), self)

    def _connect(
        self,
        address: str,
        port: int,
        timeout: float | None,
        options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.NetworkStream:
        return self._inner.connect_tcp(
            address, port, timeout=self.left(timeout), socket_options=options
        )


class _Stream(httpcore.NetworkStream):
    """A connection of which every step ends in time."""

    def __init__(self, inner: httpcore.NetworkStream, backend: _Backend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = self._backend.left(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._backend)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities that are trusted: a tenth of a second to load, so only once."""
    return httpx.create_ssl_context()


class _Transport(httpx.BaseTransport):
    """httpx over connections of our own making, for which it has no setting."""

    def __init__(self, backend: _Backend) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(), network_backend=backend, max_connections=4
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        stream = answer.stream
        assert isinstance(stream, Iterable)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(stream))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def close(self) -> None:
        if close := getattr(self._stream, "close", None):
            close()


# --- fetching ---------------------------------------------------------------------------------


class Fetcher:
    """Fetches one address after another; to be closed."""

    def __init__(self, manners: Manners, *, allow_local: bool) -> None:
        self._manners = manners
        self._backend = _Backend(allow_local, manners.clock)
        self._client = httpx.Client(
            transport=_Transport(self._backend),
            timeout=manners.timeout,
            headers={
                "User-Agent": _user_agent(),
                "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.1",
                "Accept-Encoding": "gzip, deflate",
            },
        )
        self._robots: dict[str, RobotFileParser | Unavailable] = {}
        self._last: dict[str, float] = {}  # by host, when it was last asked
        self._failures: Counter[str] = Counter()
        self._left_alone: dict[str, str] = {}

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(
        self,
        address: str,
        limit: Callable[[bytes], int],
        known: Validators | None = None,
        *,
        robots: bool = True,
    ) -> Fetched | None:
        """Fetch an address in its normal form; None if it is as it was when ``known``.

        Args:
            address: where to begin; redirects are followed.
            limit: given the first bytes, unpacked, how many there may be in all.
            known: of an answer kept from earlier.
            robots: whether robots.txt is asked first.

        Raises:
            Gone: answered 404 or 410.
            Unavailable: anything else that is no whole answer.
        """
        chain = [address]
        while True:
            here = chain[-1]
            if robots:
                self._check_robots(here)
            sent = known if known is not None and known.address == here else None
            answer = self._patiently(here, limit, sent)
            if not isinstance(answer, str):
                return answer
            try:
                there = normal(answer, here)
            except Unusable as error:
                raise Unavailable(f"redirects to an address that {error}") from error
            chain.append(there)
            if there in chain[:-1]:
                raise Unavailable("redirects in a circle: " + " → ".join(chain))
            if len(chain) > _MOST_REDIRECTS + 1:
                raise Unavailable(f"redirects more than {_MOST_REDIRECTS} times")

    def _patiently(
        self, address: str, limit: Callable[[bytes], int], known: Validators | None
    ) -> Fetched | str | None:
        """Fetch, again and again if need be; the target if it is a redirect."""
        host = urlsplit(address).netloc
        for number in range(1, self._manners.tries + 1):
            if host in self._left_alone:
                raise Unavailable(self._left_alone[host])
            self._wait_for(host)
            try:
                answer = self._once(address, limit, known)
                self._failures[host] = 0
                return answer
            except _Passing as failure:
                wait = failure.wait or 2.0 ** (number - 1) * (0.5 + self._manners.jitter() / 2)
                if wait > self._manners.longest_wait:
                    self._left_alone[host] = (
                        f"{host} asks to come back in {wait:.0f} s and is left alone this time"
                    )
                    raise Unavailable(f"{failure}, {self._left_alone[host]}") from failure
                if number == self._manners.tries:
                    self._failures[host] += 1
                    if self._failures[host] == _MOST_FAILURES:
                        self._left_alone[host] = (
                            f"{host} failed {_MOST_FAILURES} times in a row and is left alone "
                            f"this time (last: {failure})"
                        )
                    tries = f", tried {number} times" if number > 1 else ""
                    raise Unavailable(f"{failure}{tries}", failure.status) from failure
                self._manners.sleep(wait)
            finally:
                self._last[host] = self._manners.clock()
        raise AssertionError("the last try returns or raises")

    def _wait_for(self, host: str) -> None:
        """Wait until the host may be asked again."""
        rules = self._robots.get(host)
        delay = self._manners.delay
        if isinstance(rules, RobotFileParser) and (asked := rules.crawl_delay(_PRODUCT)):
            delay = max(delay, min(float(asked), _LONGEST_CRAWL_DELAY))
        if host in self._last:
            wait = self._last[host] + delay - self._manners.clock()
            if wait > 0:
                self._manners.sleep(wait)

    def _once(
        self, address: str, limit: Callable[[bytes], int], known: Validators | None
    ) -> Fetched | str | None:
        headers = {}
        if known is not None and known.etag:
            headers["If-None-Match"] = known.etag
        if known is not None and known.modified:
            headers["If-Modified-Since"] = known.modified
        self._backend.ends = self._manners.clock() + self._manners.deadline
        try:
            request = self._client.build_request("GET", address, headers=headers)
            with closing(self._client.send(request, stream=True)) as answer:
                return self._take(answer, address, limit, bool(headers))
        except _TooSlow as error:
            raise Unavailable(f"takes longer than {self._manners.deadline:g} s") from error
        except httpcore.TimeoutException as error:
            raise _Passing(f"does not answer for {self._manners.timeout:g} s") from error
        except httpcore.ConnectError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise Unavailable(f"has no valid certificate ({_plain(error)})") from error
            raise _Passing(f"cannot be connected to ({_plain(error)})") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _Passing(f"breaks off ({_plain(error)})") from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
            raise Unavailable("is not a valid address") from error

    def _take(
        self, answer: httpx.Response, address: str, limit: Callable[[bytes], int], asked: bool
    ) -> Fetched | str | None:
        status = answer.status_code
        named = f"answers {status} {httpx.codes.get_reason_phrase(status)}".rstrip()
        if status == 304 and asked:
            return None
        if status in (301, 302, 303, 307, 308) and "location" in answer.headers:
            return answer.headers["location"]
        if status in (404, 410):
            raise Gone(named)
        if status in _PASSING:
            raise _Passing(named, self._retry_after(answer), status)
        if status != 200:
            raise Unavailable(named, status)
        content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Fetched(
            data=_whole(answer, limit),
            content_type=content_type,
            charset=answer.charset_encoding,
            validators=Validators(
                address, answer.headers.get("etag"), answer.headers.get("last-modified")
            ),
        )

    def _retry_after(self, answer: httpx.Response) -> float | None:
        """Seconds that the server asks to wait, written as such or as a date."""
        written = answer.headers.get("retry-after", "").strip()
        if written.isascii() and written.isdigit():
            return float(written[:9])
        try:
            return max(0.0, parsedate_to_datetime(written).timestamp() - self._manners.now())
        except (ValueError, TypeError, OverflowError):
            return None

    def _check_robots(self, address: str) -> None:
        """Raise Unavailable when robots.txt does not let us have this address."""
        parts = urlsplit(address)
        if parts.netloc not in self._robots:
            self._robots[parts.netloc] = self._read_robots(parts.scheme, parts.netloc)
        rules = self._robots[parts.netloc]
        if isinstance(rules, Unavailable):
            raise Unavailable(str(rules))
        if not rules.can_fetch(_PRODUCT, address):
            raise Unavailable(f"robots.txt of {parts.netloc} does not allow it")

    def _read_robots(self, scheme: str, host: str) -> RobotFileParser | Unavailable:
        """The rules of a host: none where it answers 4xx, and no visit where it fails."""
        rules = RobotFileParser()
        lines: list[str] = []
        try:
            answer = self.get(
                f"{scheme}://{host}/robots.txt", lambda _: _LARGEST_ROBOTS, robots=False
            )
            if answer is not None:
                lines = answer.data.decode("utf-8-sig", "replace").splitlines()
        except Gone:
            pass
        except Unavailable as error:
            if error.status is None:  # nor could the page be had
                return error
            if error.status == 429 or error.status >= 500:
                return Unavailable(f"is left alone: robots.txt of {host} {error}")
        rules.parse(lines)
        return rules


def _user_agent() -> str:
    try:
        number = version("rostrum")
    except PackageNotFoundError:  # run from a folder
        number = "0"
    return f"{_PRODUCT}/{number} (+search in public speeches; obeys robots.txt)"


def _plain(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


# --- bytes ------------------------------------------------------------------------------------


def _whole(answer: httpx.Response, limit: Callable[[bytes], int]) -> bytes:
    """All bytes of an answer, unpacked; Unavailable as soon as they are too many."""
    packed = answer.headers.get("content-encoding", "").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise Unavailable(f"comes packed as {packed}, which was not asked for")
    pieces: Iterator[bytes] = answer.iter_raw(_PIECE)
    if packed not in ("", "identity"):
        pieces = _unpacked(pieces)
    data = bytearray()
    first = next(pieces, b"")
    if first.startswith(_GZIP):  # a .gz file
        pieces = _unpacked(_chained(first, pieces))
        first = next(pieces, b"")
    data += first
    most = limit(bytes(data[:4096]))
    for piece in pieces:
        data += piece
        if len(data) > most:
            break
    if len(data) > most:
        raise Unavailable(f"is larger than {most / 2**20:.3g} MB")
    return bytes(data)


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip, zlib or bare deflate by small pieces, so that a bomb can be stopped."""
    unpacker = None
    done = False
    try:
        for piece in pieces:
            while piece and not done:
                if unpacker is None:
                    # 47: gzip or zlib, told apart by the header; -15: bare deflate
                    headed = piece.startswith(_GZIP) or piece[0] & 0x0F == 8
                    unpacker = zlib.decompressobj(47 if headed else -15)
                out = unpacker.decompress(piece, _PIECE)
                while out:
                    yield out
                    out = unpacker.decompress(unpacker.unconsumed_tail, _PIECE)
                piece = b""
                if unpacker.eof:  # another member may follow; what is no gzip is padding
                    piece, unpacker = unpacker.unused_data, None
                    done = not piece.startswith(_GZIP)
    except zlib.error as error:
        raise Unavailable("its packed data is broken") from error
    if unpacker is not None:
        raise Unavailable("its packed data is cut off")
