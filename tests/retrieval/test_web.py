"""The web as a source, against a real server on this machine. All texts and names are invented."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import textwrap
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from files_made import pdf, word
from web_server import Reply, Server, page, serving

from retrieval import fetching, web
from retrieval.addresses import addresses, holds_addresses, is_address, page_id
from retrieval.errors import SourceError
from retrieval.feeds import Entry, latest_moment, read_listing
from retrieval.fetching import Manners, is_public
from retrieval.records import Skipped
from retrieval.web import WebPage, read_web

BRIDGE = [
    "Уважаемые друзья! Сегодня мы открываем Ольховский мост через реку Светлую.",
    "Он построен за два года и стоил сорок миллионов. Спасибо инженерам за их труд.",
]
BRIDGE_EN = "Today we open the bridge across the river."
WATER = [
    "Good morning. The river Svetlaya gives water to ninety thousand people in this valley.",
    "Its level fell by two metres, and we shall cut the price of water next year.",
]
SCHOOL = [
    "Hörmətli müəllimlər! Bu il üç yeni məktəb tikdik və kitabxana da açılacaq.",
    "Təqaüd alan tələbələrin sayı iki yüzə çatıb, gələn il daha çox olacaq.",
]
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Time:
    """A clock that only moves when somebody sleeps, or by a step at every look."""

    def __init__(self, step: float = 0.0) -> None:
        self.moment = 0.0
        self.step = step
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += seconds

    def look(self) -> float:
        self.moment += self.step
        return self.moment


def manners(time: Time | None = None, **changes: Any) -> Manners:
    time = time or Time()
    quick = Manners(
        delay=0,
        tries=3,
        sleep=time.sleep,
        clock=time.look,
        now=lambda: 1_760_000_000.0,  # 9 October 2025
        jitter=lambda: 1.0,
    )
    return replace(quick, **changes)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


class Reader:
    """Reads sources with one cache, and sorts what comes."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache

    def __call__(self, *sources: str, **options: Any) -> tuple[list[WebPage], list[Skipped]]:
        options = {"allow_local": True, "manners": manners(), **options}
        items = list(read_web(sources, self.cache, **options))
        pages = [item for item in items if isinstance(item, WebPage)]
        return pages, [item for item in items if isinstance(item, Skipped)]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "web.sqlite")


def only_why(skipped: list[Skipped]) -> str:
    assert len(skipped) == 1
    return skipped[0].why


def titles(pages: list[WebPage]) -> list[str]:
    return [one.record["title"] for one in pages]


# --- addresses ---


def test_an_id_is_the_address_without_what_does_not_matter() -> None:
    assert page_id("https://www.example.org/a/b/") == "www.example.org/a/b"
    assert page_id("http://example.org/?utm_source=x&id=7&fbclid=z&yclid") == "example.org?id=7"
    assert page_id("http://example.org/?utmost=1") == "example.org?utmost=1"


def test_addresses_are_told_from_files() -> None:
    assert is_address("https://example.org/a")
    assert is_address("HTTP://example.org")
    assert not is_address("ftp://example.org")
    assert not is_address("speeches/a.txt")
    assert not is_address("https:/example.org")


def test_a_file_of_addresses(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("# speeches\n\nhttps://example.org/a\n  http://example.org/b \n", "utf-8-sig")
    assert addresses(file) == ["https://example.org/a", "http://example.org/b"]
    assert holds_addresses(file.read_text("utf-8-sig"))
    assert not holds_addresses("# nothing\n")
    assert not holds_addresses("https://example.org/a\nand more about it\n")
    file.write_text("https://example.org/a\nexample.org/b\n")
    with pytest.raises(SourceError, match=r"line 2 is not an http\(s\) address"):
        addresses(file)


def test_one_address_written_in_several_ways_is_fetched_once(server: Server, read: Reader) -> None:
    server.replies["/%D0%BC"] = Reply(page("Мост", BRIDGE), headers=HTML)
    pages, skipped = read(f"{server.url}/м", f"{server.url}/%D0%BC#end")
    assert len(pages) == 1
    assert skipped == []
    assert server.asked == ["/robots.txt", "/%D0%BC"]


@pytest.mark.parametrize("source", ["http://", "https://[::1", "http://example.org:99999/"])
def test_what_is_no_address_is_said(source: str, read: Reader) -> None:
    _, skipped = read(source)
    assert "is not a valid address" in only_why(skipped)


def test_a_password_is_refused_and_never_shown(read: Reader) -> None:
    _, skipped = read("https://anna:geheim@example.org/a")
    assert skipped == [
        Skipped(
            "https://example.org/a",
            "holds a user name or password, and those are not sent: leave them out",
        )
    ]
    assert "geheim" not in repr(skipped)


# --- a page ---


def test_a_page_with_all_that_it_says(server: Server, read: Reader) -> None:
    head = "<meta property='article:published_time' content='2025-10-01T09:00:00+03:00'>"
    server.replies["/bridge?utm_source=x"] = Reply(page("Мост", BRIDGE, head=head), headers=HTML)
    source = f"{server.url}/bridge?utm_source=x"
    (found,), skipped = read(source)
    assert found.record["text"] == "\n".join(BRIDGE)
    assert "reader" not in found.record["text"]
    assert found.record["date"] == "2025-10-01"
    assert found.record["language"] == "ru"
    assert found.id == server.url.removeprefix("http://") + "/bridge"
    assert found.source == source
    assert skipped == []


def test_three_languages(server: Server, read: Reader) -> None:
    server.replies["/ru"] = Reply(page("Мост", BRIDGE))
    server.replies["/en"] = Reply(page("Water", WATER, language="en"))
    server.replies["/az"] = Reply(page("Məktəb", SCHOOL, language="az"))
    pages, _ = read(*(f"{server.url}/{one}" for one in ("ru", "en", "az")))
    assert [one.record["language"] for one in pages] == ["ru", "en", "az"]


def test_a_page_without_an_article_is_named_each_time_but_fetched_once(
    server: Server, read: Reader
) -> None:
    server.replies["/"] = Reply(page("", []), headers={"ETag": '"1"'})
    for _ in range(2):
        pages, skipped = read(f"{server.url}/")
        assert pages == []
        assert skipped == [Skipped(f"{server.url}/", "has no article on it")]
        assert skipped[0].unread == f"{server.url}/"
    assert server.answered == {404: 2, 200: 1, 304: 1}


def test_the_user_agent_is_honest(server: Server, read: Reader) -> None:
    server.replies["/a"] = Reply(page("Мост", BRIDGE))
    read(f"{server.url}/a")
    assert all(sent["User-Agent"].startswith("Rostrum/") for sent in server.headers)
    assert not any("http" in sent["User-Agent"] for sent in server.headers)


# --- encodings and packing ---


@pytest.mark.parametrize("declared", ["", "; charset=utf-8", "; charset=windows-1251"])
@pytest.mark.parametrize("real", ["utf-8", "windows-1251", "koi8-r", "utf-16"])
def test_the_real_encoding_counts(server: Server, read: Reader, real: str, declared: str) -> None:
    body = page("Мост", BRIDGE).decode().encode(real, "ignore")
    server.replies["/a"] = Reply(body, headers={"Content-Type": f"text/html{declared}"})
    (found,), _ = read(f"{server.url}/a")
    assert found.record["text"] == "\n".join(BRIDGE)


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("packed", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", bare_deflate)],
)
def test_packed_answers(server: Server, read: Reader, packed: str, pack: Any) -> None:
    body = pack(page("Мост", BRIDGE))
    server.replies["/a"] = Reply(body, headers={"Content-Encoding": packed})
    pages, _ = read(f"{server.url}/a")
    assert titles(pages) == ["Мост"]


def test_a_gzip_bomb_stops_early(server: Server, read: Reader) -> None:
    bomb = gzip.compress(bytes(40 * 2**20))
    server.replies["/a"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    server.replies["/b.gz"] = Reply(gzip.compress(bomb))
    _, skipped = read(f"{server.url}/a", f"{server.url}/b.gz")
    assert skipped[0].why == "is larger than 10 MB"
    assert "gzip data" in skipped[1].why  # packed twice: only the outer layer is taken off


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (gzip.compress(page("Мост", BRIDGE))[:-20], "its packed data is cut off"),
        (b"\x1f\x8b\x08\x00" + bytes(50) + b"nonsense" * 9, "its packed data is broken"),
        (b"no gzip at all", "its packed data is broken"),
    ],
)
def test_broken_gzip(server: Server, read: Reader, body: bytes, why: str) -> None:
    server.replies["/a"] = Reply(body, headers={"Content-Encoding": "gzip"})
    _, skipped = read(f"{server.url}/a")
    assert only_why(skipped) == why


def test_an_endless_page_is_stopped(server: Server, read: Reader) -> None:
    hung_up = threading.Event()

    def endless(request: Any) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n<html><body>")
        try:
            while not server.closing.is_set():
                request.wfile.write(b"<p>more and more</p>" * 1000)
        except OSError:
            hung_up.set()

    server.replies["/a"] = endless
    _, skipped = read(f"{server.url}/a")
    assert only_why(skipped) == "is larger than 10 MB"
    assert hung_up.wait(30)


# --- slow and broken servers ---


def test_a_server_that_never_answers(server: Server, read: Reader) -> None:
    server.replies["/a"] = lambda _: server.closing.wait()
    _, skipped = read(f"{server.url}/a", manners=manners(timeout=0.2))
    assert only_why(skipped) == "does not answer for 0.2 s, tried 3 times"
    assert skipped[0].unread == f"{server.url}/a"


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n<html>"])
def test_a_slow_drip_ends(server: Server, read: Reader, start: bytes) -> None:
    def drip(request: Any) -> None:
        request.wfile.write(start)
        while not server.closing.wait(0.01):
            request.wfile.write(b"x")

    server.replies["/a"] = drip
    slow = manners(Time(step=1.0), deadline=40.0)  # each look at the clock is a second later
    _, skipped = read(f"{server.url}/a", manners=slow)
    assert only_why(skipped) == "takes longer than 40 s"


def test_an_answer_cut_short_is_fetched_again(server: Server, read: Reader) -> None:
    whole = Reply(page("Мост", BRIDGE))

    def cut(request: Any) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + whole.body)
        server.replies["/a"] = dropped

    def dropped(request: Any) -> None:
        request.connection.close()
        server.replies["/a"] = whole

    server.replies["/a"] = cut
    pages, skipped = read(f"{server.url}/a")
    assert titles(pages) == ["Мост"]
    assert skipped == []
    assert server.asked.count("/a") == 3


def test_429_waits_as_long_as_asked(server: Server, read: Reader) -> None:
    good = Reply(page("Мост", BRIDGE))
    server.replies["/a"] = [
        Reply(status=429, headers={"Retry-After": "7"}),
        Reply(status=429, headers={"Retry-After": "Thu, 09 Oct 2025 08:53:41 GMT"}),
        good,
    ]
    time = Time()
    pages, _ = read(f"{server.url}/a", manners=manners(time))
    assert titles(pages) == ["Мост"]
    assert time.slept == [7, 21]  # the date is 21 s after what our clock says


def test_a_host_that_asks_for_an_hour_is_left_alone(server: Server, read: Reader) -> None:
    server.replies["/a"] = Reply(status=503, headers={"Retry-After": "3600"})
    server.replies["/b"] = Reply(page("Мост", BRIDGE))
    pages, skipped = read(f"{server.url}/a", f"{server.url}/b")
    assert pages == []
    assert "asks to come back in 3600 s" in skipped[0].why
    assert "asks to come back in 3600 s" in skipped[1].why
    assert server.asked == ["/robots.txt", "/a"]


def test_503_is_tried_again_at_growing_intervals(server: Server, read: Reader) -> None:
    server.replies["/a"] = Reply(status=503)
    time = Time()
    _, skipped = read(f"{server.url}/a", manners=manners(time))
    assert only_why(skipped) == "answers 503 Service Unavailable, tried 3 times"
    assert time.slept == [1, 2]


def test_a_host_that_keeps_failing_is_left_alone(server: Server, read: Reader) -> None:
    for name in "abcde":
        server.replies[f"/{name}"] = Reply(status=502)
    _, skipped = read(*(f"{server.url}/{name}" for name in "abcde"))
    assert len(skipped) == 5
    assert "failed 3 times in a row and is left alone" in skipped[3].why
    assert "/d" not in server.asked


@pytest.mark.parametrize("status", [401, 403, 500])
def test_other_refusals_are_not_tried_again(server: Server, read: Reader, status: int) -> None:
    server.replies["/a"] = Reply(status=status)
    _, skipped = read(f"{server.url}/a")
    assert f"answers {status}" in only_why(skipped)
    assert server.asked.count("/a") == 1


def test_nobody_listens(read: Reader) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        _, skipped = read(f"http://127.0.0.1:{unused.getsockname()[1]}/a")
    assert "cannot be connected to" in only_why(skipped)


# --- redirects ---


def test_redirects_are_followed_and_the_last_address_counts(server: Server, read: Reader) -> None:
    server.replies["/old"] = Reply(status=301, headers={"Location": "/older/"})
    server.replies["/older/"] = Reply(status=302, headers={"Location": "../new#top"})
    server.replies["/new"] = Reply(page("Мост", BRIDGE), headers={"ETag": '"1"'})
    for status in (200, 304):
        (found,), _ = read(f"{server.url}/old")
        assert found.url == f"{server.url}/new"
        assert found.id == page_id(f"{server.url}/new")
        assert server.answered[status] == 1


def test_a_circle_of_redirects_is_named(server: Server, read: Reader) -> None:
    server.replies["/a"] = Reply(status=302, headers={"Location": "/b"})
    server.replies["/b"] = Reply(status=302, headers={"Location": "/a"})
    _, skipped = read(f"{server.url}/a")
    a, b = f"{server.url}/a", f"{server.url}/b"
    assert only_why(skipped) == f"redirects in a circle: {a} → {b} → {a}"


def test_redirects_without_end(server: Server, read: Reader) -> None:
    for number in range(20):
        headers = {"Location": f"/{number + 1}"}
        server.replies[f"/{number}"] = Reply(status=302, headers=headers)
    _, skipped = read(f"{server.url}/0")
    assert only_why(skipped) == "redirects more than 10 times"


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/a", "http://x:y@example.org/"]
)
def test_redirects_to_elsewhere_than_the_web(server: Server, read: Reader, target: str) -> None:
    server.replies["/a"] = Reply(status=302, headers={"Location": target})
    _, skipped = read(f"{server.url}/a")
    assert only_why(skipped).startswith("redirects to an address that ")
    assert "x:y" not in only_why(skipped)


def test_another_host_has_its_own_robots_txt(server: Server, read: Reader) -> None:
    with serving() as other:
        other.replies["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /secret")
        headers = {"Location": other.url + "/secret"}
        server.replies["/a"] = Reply(status=301, headers=headers)
        _, skipped = read(f"{server.url}/a")
        assert "does not allow it" in only_why(skipped)
        assert other.asked == ["/robots.txt"]


# --- the local network ---


def test_the_local_network_is_refused(server: Server, read: Reader) -> None:
    port = server.url.rpartition(":")[2]
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"):
        _, skipped = read(f"http://{host}:{port}/a", allow_local=False)
        assert "on the local network" in only_why(skipped)
    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 "
    "240.0.0.1 255.255.255.255 ::1 :: fe80::1%eth0 fc00::1 ff02::1 ::ffff:10.0.0.1 "
    "2002:7f00:1:: 64:ff9b::a00:1 2001:db8::1".split(),
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", "8.8.8.8 2606:4700::1111 64:ff9b::808:808".split())
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


def test_a_redirect_into_the_local_network_is_refused(
    server: Server, read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """127.0.0.1 plays a public address here."""
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    target = server.url.replace("127.0.0.1", "127.0.0.2") + "/latest/meta-data"
    server.replies["/a"] = Reply(status=302, headers={"Location": target})
    _, skipped = read(f"{server.url}/a", allow_local=False)
    assert "127.0.0.2 is on the local network" in only_why(skipped)


def test_a_name_that_changes_its_mind_gets_no_second_look(
    server: Server, read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was checked is what is connected to: the name is looked up once a connection."""
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.1")
    looked_up = []
    real = socket.getaddrinfo

    def rebinding(host: str, port: int, *args: Any, **options: Any) -> Any:
        if host not in ("rebind.test", b"rebind.test"):
            return real(host, port, *args, **options)
        looked_up.append(host)
        return real("127.0.0.1" if len(looked_up) == 1 else "127.0.0.2", port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    server.replies["/robots.txt"] = Reply(status=404, headers={"Connection": "close"})
    server.replies["/a"] = Reply(page("Мост", BRIDGE))
    _, skipped = read(server.url.replace("127.0.0.1", "rebind.test") + "/a", allow_local=False)
    assert "(127.0.0.2)" in only_why(skipped)
    assert server.asked == ["/robots.txt"]


# --- robots.txt and politeness ---


def test_robots_txt_is_obeyed(server: Server, read: Reader) -> None:
    rules = "User-agent: Other\nDisallow: /\n\nUser-agent: rostrum\nDisallow: /private\n"
    server.replies["/robots.txt"] = Reply(rules.encode())
    server.replies["/private/a"] = server.replies["/b"] = Reply(page("Мост", BRIDGE))
    pages, skipped = read(f"{server.url}/private/a", f"{server.url}/b")
    assert len(pages) == 1
    assert "does not allow it" in only_why(skipped)
    assert server.asked == ["/robots.txt", "/b"]  # asked once for all


def test_a_host_whose_robots_txt_fails_is_left_alone(server: Server, read: Reader) -> None:
    server.replies["/robots.txt"] = Reply(status=500)
    server.replies["/a"] = Reply(page("Мост", BRIDGE))
    pages, skipped = read(f"{server.url}/a")
    assert pages == []
    assert "is left alone: robots.txt of" in only_why(skipped)


def test_robots_txt_that_is_forbidden_allows_all(server: Server, read: Reader) -> None:
    server.replies["/robots.txt"] = Reply(status=403)
    server.replies["/a"] = Reply(page("Мост", BRIDGE))
    assert len(read(f"{server.url}/a")[0]) == 1


@pytest.mark.parametrize(("asked", "waited"), [(b"", 1), (b"5", 5), (b"86400", 30)])
def test_requests_to_a_host_keep_their_distance(
    server: Server, read: Reader, asked: bytes, waited: int
) -> None:
    server.replies["/robots.txt"] = Reply(b"User-agent: *\nCrawl-delay: " + asked)
    server.replies["/a"] = server.replies["/b"] = Reply(page("Мост", BRIDGE))
    time = Time()
    read(f"{server.url}/a", f"{server.url}/b", manners=manners(time, delay=1))
    assert time.slept == [waited, waited]


# --- feeds and sitemaps ---

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Speeches</title>
<link href="/" rel="alternate"/><updated>2025-10-05T10:00:00Z</updated>
<entry><title>Water</title><link rel="self" href="/no"/><link href="/water"/>
<updated>2025-10-05T10:00:00Z</updated><published>2020-01-01T00:00:00Z</published></entry>
<entry><title>Bridge</title><link rel="alternate" href="/bridge"/>
<updated>2025-09-01T10:00:00Z</updated></entry></feed>"""
RSS = """<?xml version="1.0" encoding="windows-1251"?>
<!-- made by hand --><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Речи&nbsp;& прочее</title><link>/</link><atom:link rel="self" href="/rss"/>
<item><title>Water</title><link>/water?a=1&b=2</link>
<pubDate>Sun, 05 Oct 2025 10:00:00 GMT</pubDate></item>
<item><title>Мост</title><guid>/bridge</guid><pubDate>Mon, 01 Sep 2025 10:00:00 GMT</pubDate></item>
<item><title>No link</title><guid isPermaLink="false">tag:1</guid></item></channel></rss>"""
SITEMAP = """<?xml version="1.0"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="urn:image">
<url><loc>/water</loc><lastmod>2025-10-05</lastmod><image:image><image:loc>/x.png</image:loc>
</image:image></url>
<url><loc> /bridge
</loc><lastmod>2025-09</lastmod></url></urlset>"""


def listing(server: Server, text: str, path: str = "/list", **headers: str) -> str:
    server.replies[path] = Reply(text.encode("utf-8"), headers=headers)
    for name in ("/water", "/water?a=1&b=2"):
        server.replies[name] = Reply(
            page("Water", WATER, language="en"), headers={"ETag": '"w1"', **HTML}
        )
    server.replies["/bridge"] = Reply(page("Мост", BRIDGE), headers={"ETag": '"b1"', **HTML})
    return server.url + path


@pytest.mark.parametrize("text", [ATOM, RSS, SITEMAP])
def test_listings_of_every_kind(server: Server, read: Reader, text: str) -> None:
    pages, skipped = read(listing(server, text))
    assert titles(pages) == ["Water", "Мост"]
    assert {one.source for one in pages} == {f"{server.url}/list"}
    assert skipped == []


@pytest.mark.parametrize("text", [ATOM, RSS, SITEMAP])
def test_entries_before_since_are_left_out(server: Server, read: Reader, text: str) -> None:
    pages, _ = read(listing(server, text), since="2025-10")
    assert titles(pages) == ["Water"]
    assert "/bridge" not in server.asked
    pages, _ = read(f"{server.url}/list", since="2025-09")
    assert titles(pages) == ["Water", "Мост"]
    pages, _ = read(f"{server.url}/list", since="2025-10")
    assert titles(pages) == ["Water", "Мост"]  # what was brought stays


def test_a_page_of_unknown_date_is_judged_by_its_own(server: Server, read: Reader) -> None:
    source = listing(server, "<urlset><url><loc>/old</loc></url></urlset>")
    head = "<meta name='date' content='2019-05-01'>"
    server.replies["/old"] = Reply(page("Мост", BRIDGE, head=head))
    assert read(source, since="2025")[0] == []
    assert titles(read(source)[0]) == ["Мост"]


def test_an_index_of_packed_sitemaps(server: Server, read: Reader) -> None:
    listing(server, SITEMAP)
    packed = server.replies["/list"]
    assert isinstance(packed, Reply)
    server.replies["/part.xml.gz"] = Reply(gzip.compress(packed.body))
    index = (
        "<sitemapindex><sitemap><loc>/part.xml.gz</loc></sitemap>"
        "<sitemap><loc>/missing.xml</loc></sitemap><sitemap><loc>/index</loc></sitemap>"
        "<sitemap><loc>/html.xml</loc></sitemap></sitemapindex>"
    )
    server.replies["/index"] = Reply(index.encode())
    server.replies["/html.xml"] = Reply(page("Мост", BRIDGE), headers=HTML)
    pages, skipped = read(f"{server.url}/index")
    assert titles(pages) == ["Water", "Мост"]
    assert [item.where for item in skipped] == [
        f"{server.url}/missing.xml",
        f"{server.url}/html.xml",
    ]
    assert "is no feed or sitemap" in skipped[1].why


def test_a_feed_that_is_html(server: Server, read: Reader) -> None:
    server.replies["/feed.xml"] = Reply(page("Мост", BRIDGE), headers=HTML)
    rss = {"Content-Type": "application/rss+xml"}
    server.replies["/feed"] = Reply(page("Мост", BRIDGE), headers=rss)
    pages, skipped = read(f"{server.url}/feed.xml", f"{server.url}/feed")
    assert pages == []
    assert "is named like a feed or sitemap but is HTML" in skipped[0].why
    assert skipped[1].why == "is sent as a feed (application/rss+xml) but is none"


def test_a_feed_that_becomes_html_keeps_its_pages(server: Server, read: Reader) -> None:
    source = listing(server, ATOM)
    read(source)
    server.replies["/list"] = Reply(page("Sorry", WATER), headers=HTML)
    pages, skipped = read(source)
    assert titles(pages) == ["Water", "Мост"]
    assert "is no feed or sitemap now" in only_why(skipped)
    assert skipped[0].unread == source


def test_a_damaged_feed_gives_what_comes_before_the_damage(server: Server, read: Reader) -> None:
    pages, skipped = read(listing(server, ATOM[: ATOM.index("<entry><title>Bridge") + 9]))
    assert titles(pages) == ["Water"]
    assert "is damaged at line 6" in only_why(skipped)


def test_a_feed_with_entities_of_its_own_is_refused(server: Server, read: Reader) -> None:
    _, skipped = read(listing(server, '<!DOCTYPE rss [<!ENTITY a "aaa">]>\n<rss>&a;</rss>'))
    assert skipped  # whether it is taken for a feed or for a page, nothing is expanded


def test_entries_that_are_no_addresses_are_named(server: Server, read: Reader) -> None:
    text = SITEMAP.replace("/water", "mailto:a@example.org")
    pages, skipped = read(listing(server, text))
    assert titles(pages) == ["Мост"]
    assert skipped[0].where == "mailto:a@example.org"


def test_an_empty_feed_is_said(server: Server, read: Reader) -> None:
    _, skipped = read(listing(server, "<rss><channel></channel></rss>"))
    assert only_why(skipped) == "is a feed that names no pages"


# --- the second run ---


@pytest.mark.parametrize(
    ("written", "latest"),
    [
        ("2025-10-08T12:00:00+04:00", "2025-10-08T08:00:00+00:00"),
        ("Wed, 08 Oct 2025 12:00:00 +0400", "2025-10-08T08:00:00+00:00"),
        ("2025-10-08T12:00:00", "2025-10-08T12:00:00+00:00"),
        ("2025-10-08", "2025-10-09T12:00:00+00:00"),
        ("2025-02", "2025-03-01T12:00:00+00:00"),
        ("2025", "2026-01-01T12:00:00+00:00"),
    ],
)
def test_a_date_is_over_when_it_is_over_everywhere(written: str, latest: str) -> None:
    text = f"<urlset><url><loc>/a</loc><lastmod>{written}</lastmod></url></urlset>"
    (entry,) = read_listing(text.encode()).entries
    assert entry.modified
    assert latest_moment(entry.modified) == datetime.fromisoformat(latest).timestamp()


@pytest.mark.parametrize("written", ["", "yesterday", "2025-13-01", "2025-02-31T00:00:00Z", "0000"])
def test_what_is_no_date_is_unknown(written: str) -> None:
    text = f"<urlset><url><loc>/a</loc><lastmod>{written}</lastmod></url></urlset>"
    assert read_listing(text.encode()).entries == (Entry("/a", None),)


@pytest.mark.parametrize("written", ["0099-01-01", "0001", "9999-12-31", "9999"])
def test_the_first_and_the_last_years_are_dates_too(written: str) -> None:
    assert latest_moment(written) < latest_moment("2025") or written.startswith("9")


def test_a_second_run_transfers_only_what_changed(server: Server, read: Reader) -> None:
    """The pages are undated in the sitemap, so that each is asked for again."""
    text = "<urlset><url><loc>/water</loc></url><url><loc>/bridge</loc></url></urlset>"
    source = listing(server, text, **{"Last-Modified": "Wed, 01 Oct 2025 00:00:00 GMT"})
    first, _ = read(source)
    server.forget()
    assert read(source)[0] == first
    assert server.sent == 0
    assert server.answered == {404: 1, 304: 3}
    new = page("Мост, новый", [*BRIDGE, "И ещё одно предложение о мосте через реку."])
    server.replies["/bridge"] = Reply(new, headers={"ETag": '"b2"'})
    server.forget()
    assert titles(read(source)[0]) == ["Water", "Мост, новый"]
    assert server.sent == len(new)


def test_entries_older_than_the_last_fetch_are_not_asked_for(server: Server, read: Reader) -> None:
    source = listing(server, SITEMAP)
    first, _ = read(source)
    server.forget()
    assert read(source)[0] == first
    assert server.asked == ["/robots.txt", "/list"]
    server.replies["/list"] = Reply(SITEMAP.replace("2025-09", "2025-10-20").encode())
    server.forget()
    read(source)
    assert server.asked == ["/robots.txt", "/list", "/bridge"]


def test_pages_that_leave_the_feed_stay(server: Server, read: Reader) -> None:
    source = listing(server, ATOM)
    read(source)
    start = ATOM.index("<entry><title>Bridge")
    server.replies["/list"] = Reply((ATOM[:start] + "</feed>").encode())
    server.forget()
    assert titles(read(source)[0]) == ["Water", "Мост"]
    assert "/bridge" not in server.asked
    server.replies["/list"] = Reply(status=410)
    pages, skipped = read(source)
    assert sorted(titles(pages)) == ["Water", "Мост"]
    assert only_why(skipped) == "answers 410 Gone; the pages it brought before are kept"


def test_a_page_that_is_gone_leaves_and_is_said_once(server: Server, read: Reader) -> None:
    text = "<urlset><url><loc>/water</loc></url><url><loc>/bridge</loc></url></urlset>"
    source = listing(server, text)
    read(source)
    server.replies["/bridge"] = Reply(status=404)
    pages, skipped = read(source)
    assert titles(pages) == ["Water"]
    assert skipped == [Skipped(f"{server.url}/bridge", "answers 404 Not Found")]
    assert skipped[0].unread is None
    assert read(source)[1] == []
    listing(server, text)
    assert titles(read(source)[0]) == ["Water", "Мост"]  # and it may come back


@pytest.mark.parametrize("path", ["/bridge", "/robots.txt"])
def test_a_page_that_fails_now_comes_from_the_cache(
    server: Server, read: Reader, path: str
) -> None:
    listing(server, ATOM)
    first, _ = read(f"{server.url}/bridge")
    server.replies[path] = Reply(status=503)
    pages, skipped = read(f"{server.url}/bridge")
    assert pages == first
    assert only_why(skipped).endswith("; the page as it was read before is kept")
    assert skipped[0].unread is None


def test_a_page_that_turns_into_a_login_wall_is_kept(server: Server, read: Reader) -> None:
    listing(server, ATOM)
    first, _ = read(f"{server.url}/bridge")
    server.replies["/bridge"] = Reply(page("Вход", ["Пожалуйста, войдите, чтобы читать дальше."]))
    pages, skipped = read(f"{server.url}/bridge")
    assert pages == first
    assert "asks to log in" in only_why(skipped)


def test_another_extractor_reads_all_anew(
    server: Server, read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = listing(server, SITEMAP)
    read(source)
    monkeypatch.setattr(web, "EXTRACTOR", web.EXTRACTOR + 1)
    server.forget()
    read(source)
    assert server.answered[304] == 0
    assert server.asked[2:] == ["/water", "/bridge"]


def test_two_addresses_of_one_page_give_it_once(server: Server, read: Reader) -> None:
    head = "<link rel='canonical' href='/bridge'>"
    server.replies["/bridge"] = Reply(page("Мост", BRIDGE, head=head))
    server.replies["/print/bridge"] = Reply(page("Мост", BRIDGE, head=head))
    pages, skipped = read(f"{server.url}/print/bridge", f"{server.url}/bridge")
    assert [one.url for one in pages] == [f"{server.url}/bridge"]
    assert skipped == []


def test_one_canonical_address_for_all_pages_is_not_believed(server: Server, read: Reader) -> None:
    head = "<link rel='canonical' href='/news'>"
    server.replies["/a"] = Reply(page("Мост", BRIDGE, head=head))
    server.replies["/b"] = Reply(page("Water", WATER, head=head))
    pages, _ = read(f"{server.url}/a", f"{server.url}/b")
    assert len({one.id for one in pages}) == 2


def test_progress_counts_pages(server: Server, read: Reader) -> None:
    told: list[tuple[str, int, int | None]] = []
    read(listing(server, ATOM), f"{server.url}/x", progress=lambda *step: told.append(step))
    assert told[0] == ("fetching", 0, 2)
    assert told[-1] == ("fetching", 3, 3)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


# --- the cache ---


def test_a_run_that_is_stopped_goes_on_where_it_was(server: Server, read: Reader) -> None:
    source = listing(server, ATOM, ETag='"1"')
    items = read_web([source], read.cache, allow_local=True, manners=manners())
    assert isinstance(next(items), WebPage)
    items.close()  # type: ignore[attr-defined]
    server.forget()
    assert titles(read(source)[0]) == ["Water", "Мост"]
    assert server.asked == ["/robots.txt", "/list", "/bridge"]


def test_an_interrupt_closes_all_and_loses_nothing(server: Server, read: Reader) -> None:
    source = listing(server, ATOM)
    server.replies["/bridge"] = Reply(status=503)

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(source, manners=manners(sleep=interrupted))
    listing(server, ATOM)
    server.forget()
    assert titles(read(source)[0]) == ["Water", "Мост"]
    assert "/water" not in server.asked


def test_a_killed_process_loses_nothing(server: Server, read: Reader) -> None:
    source = listing(server, ATOM)
    reached = threading.Event()

    def hang(_: Any) -> None:
        reached.set()
        server.closing.wait()

    server.replies["/bridge"] = hang
    script = f"""
        from pathlib import Path
        from retrieval.web import read_web
        from retrieval.fetching import Manners
        for item in read_web(
            [{source!r}], Path({str(read.cache)!r}), allow_local=True, manners=Manners(delay=0)
        ):
            pass
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], env=environment)
    try:
        assert reached.wait(60)
    finally:
        process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        process.wait()
    listing(server, ATOM)
    server.forget()
    assert titles(read(source)[0]) == ["Water", "Мост"]
    assert server.asked == ["/robots.txt", "/list", "/bridge"]


def test_two_runs_at_once(server: Server, read: Reader) -> None:
    entries = []
    for number in range(30):
        text = [f"Речь номер {number}. {BRIDGE[0]}", BRIDGE[1]]
        server.replies[f"/{number}"] = Reply(page(f"Мост {number}", text))
        entries.append(f"<url><loc>/{number}</loc></url>")
    server.replies["/list"] = Reply(f"<urlset>{''.join(entries)}</urlset>".encode())
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(len(read(f"{server.url}/list")[0])))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [30, 30]
    with sqlite3.connect(read.cache) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_cache_that_is_no_database_is_one_clear_error(server: Server, read: Reader) -> None:
    read.cache.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(SourceError, match=r"web\.sqlite is damaged .*: delete it"):
        read(f"{server.url}/a")


def test_altered_text_in_the_cache_is_never_given(server: Server, read: Reader) -> None:
    listing(server, ATOM)
    read(f"{server.url}/bridge")
    with sqlite3.connect(read.cache) as base:
        (packed,) = base.execute("SELECT record FROM pages").fetchone()
        altered = zlib.compress(json.dumps({"text": "Other words"}).encode())[:-4] + packed[-4:]
        base.execute("UPDATE pages SET record = ?", (altered,))
    with pytest.raises(SourceError, match="is damaged"):
        read(f"{server.url}/bridge")


def test_a_cache_of_another_version_is_refused(server: Server, read: Reader) -> None:
    with sqlite3.connect(read.cache) as base:
        base.execute("PRAGMA user_version = 99")
    with pytest.raises(SourceError, match="another version of Rostrum: delete it"):
        read(f"{server.url}/a")


def test_a_feed_dates_the_pages_that_state_no_date(server: Server, read: Reader) -> None:
    item = "<item><link>/{}</link><pubDate>Sun, 05 Oct 2025 10:00:00 GMT</pubDate></item>"
    feed = f"<rss><channel>{item.format('a')}{item.format('b')}</channel></rss>"
    source = listing(server, feed)
    server.replies["/a"] = Reply(page("Мост", BRIDGE))
    head = "<meta name='date' content='2025-10-04'>"
    server.replies["/b"] = Reply(page("Вода", WATER, head=head))
    for _ in range(2):  # the second time from the cache
        pages, _ = read(source)
        assert [one.record.get("date") for one in pages] == ["2025-10-05", "2025-10-04"]


def test_documents_are_read_by_their_bytes(server: Server, read: Reader) -> None:
    server.replies["/a"] = Reply(pdf([BRIDGE_EN]))
    server.replies["/b.html"] = Reply(word(*BRIDGE))
    pages, skipped = read(f"{server.url}/a", f"{server.url}/b.html")
    assert skipped == []
    assert [BRIDGE_EN[:20] in pages[0].record["text"], BRIDGE[0] in pages[1].record["text"]] == [
        True,
        True,
    ]
