"""RSS and Atom feeds, sitemaps and indexes of sitemaps: which pages they name, and since when.

Recognised by their first element. Read as a stream of events, so that a document nested without
end needs no memory; entities of the document's own, by which a few lines can stand for
gigabytes, are refused.
"""

from __future__ import annotations

import calendar
import html
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal
from xml.etree.ElementTree import ParseError, XMLParser

from retrieval.charsets import decode
from retrieval.dates import last_day, parse_date
from retrieval.errors import Unusable

Kind = Literal["feed", "sitemap", "index"]

_FIRST = re.compile(
    rb"\s*(?:<\?.{0,500}?\?>\s*|<!--.{0,2000}?-->\s*|<!DOCTYPE[^>[]{0,300}>\s*){0,9}<([\w:]+)",
    re.DOTALL | re.IGNORECASE,
)
_KINDS: dict[str, Kind] = {
    "rss": "feed", "feed": "feed", "RDF": "feed", "urlset": "sitemap", "sitemapindex": "index",
}  # fmt: skip
_ENTRIES = ("item", "entry", "url", "sitemap")
_DATES = ("lastmod", "updated", "pubDate", "date", "published")
_MOST_MARKS = 3_000_000  # the largest sitemap, 50,000 pages, has a tenth of that
_LONGEST_FIELD = 10_000  # characters of an address or a date
_BARE = re.compile(r"&(?!#\d+;|#x[0-9a-fA-F]+;|(?:amp|lt|gt|quot|apos);)(\w{1,32};)?")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page, or a sitemap in an index, as a listing names it."""

    address: str
    """As written: it may be relative, and need not be one that can be fetched."""
    modified: str | None
    """When it was last changed or published: a date of any precision, or a date and time, as in
    ISO 8601."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a feed or sitemap names; ``broken`` says where it could not be read further."""

    kind: Kind
    entries: tuple[Entry, ...]
    broken: str | None = None


def is_listing(data: bytes) -> bool:
    """Whether what begins so is a feed, a sitemap or an index of sitemaps."""
    match = _FIRST.match(data[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff"))
    return match is not None and match[1].decode().rpartition(":")[2] in _KINDS


def read_listing(data: bytes, charset: str | None = None) -> Listing:
    """The entries in their order; of a damaged one those before the damage.

    Raises:
        Unusable: it declares entities of its own, or not even its beginning can be read.
    """
    text = _NO_XML.sub("", decode(data, charset))
    if text.count("<") + text.count("&") > _MOST_MARKS:
        raise Unusable(f"is no feed or sitemap to read: over {_MOST_MARKS:,} tags and references")
    if "<!ENTITY" in text:
        raise Unusable("is not read: it declares entities of its own")
    reader = _Reader()
    parser = XMLParser(target=reader)
    broken = None
    try:
        # text, so that what it declares as its encoding counts no more
        parser.feed(_BARE.sub(_mend, text.lstrip()))
        parser.close()
    except ParseError as error:
        broken = f"is damaged at line {error.position[0]}: what follows there is not read"
    if reader.kind is None:
        raise Unusable("is no feed or sitemap that can be read")
    return Listing(reader.kind, tuple(reader.entries), broken)


def day_of(modified: str) -> str:
    """The day of an entry's date, or the month or year if it goes no further."""
    return modified[:10]


def latest_moment(modified: str) -> float:
    """The last second, since 1970, that an entry's date can mean.

    A day, month or year is over when it is over everywhere on earth.
    """
    if len(modified) <= 10:
        year, day = divmod(last_day(modified), 10_000)
        return float(calendar.timegm((year, *divmod(day, 100), 36, 0, 0)))
    return _moment(modified).timestamp()


def _moment(written: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _modified(written: str) -> str | None:
    """A date as feeds (RFC 822) and sitemaps (W3C) write it, in ISO 8601; None if it is none."""
    written = written.strip()
    try:
        if re.fullmatch(r"\d{4}(-\d{2}){0,2}", written):
            return parse_date(written)
        if re.match(r"\d{4}-\d{2}-\d{2}", written):
            return _moment(written).isoformat()
        moment = parsedate_to_datetime(written)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    except (ValueError, TypeError, OverflowError):
        return None


def _mend(match: re.Match[str]) -> str:
    """HTML's names for characters, and ampersands that nobody escaped."""
    if match[1] and (character := html.unescape(match[0])) != match[0]:
        return character
    return f"&amp;{match[1] or ''}"


class _Reader:
    """Takes an XML parser's events; only what stands directly in an entry counts."""

    def __init__(self) -> None:
        self.kind: Kind | None = None
        self.entries: list[Entry] = []
        self._depth = 0
        self._entry: int | None = None  # the depth of the entry that is open
        self._field: str | None = None
        self._attributes: dict[str, str] = {}
        self._text: list[str] = []
        self._found: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        name = _local(tag)
        if self._depth == 1:
            self.kind = _KINDS.get(name)
        elif self._entry is None:
            if name in _ENTRIES and self._depth <= 3:
                self._entry = self._depth
                self._found = {}
        elif self._depth == self._entry + 1:
            self._field = name
            self._text = []
            self._attributes = attributes

    def data(self, data: str) -> None:
        if self._field and len(self._text) < _LONGEST_FIELD:
            self._text.append(data[:_LONGEST_FIELD])

    def end(self, tag: str) -> None:
        if self._entry is not None and self._depth == self._entry + 1 and self._field:
            self._take(self._field, "".join(self._text)[:_LONGEST_FIELD].strip())
            self._field = None
        elif self._depth == self._entry:
            self._finish()
            self._entry = None
        self._depth -= 1

    def close(self) -> None:
        """Nothing is left to do."""

    def _take(self, name: str, text: str) -> None:
        attributes = self._attributes
        if name == "link" and attributes.get("href"):  # Atom, or Atom within RSS
            if attributes.get("rel", "alternate") == "alternate":
                self._found.setdefault("link", attributes["href"].strip())
        elif name == "guid" and attributes.get("isPermaLink", "true") != "true":
            return  # a name, not an address
        elif name in ("link", "loc", "guid", *_DATES) and text:
            self._found.setdefault(name, text)

    def _finish(self) -> None:
        found = self._found
        address = found.get("loc") or found.get("link") or found.get("guid")
        dates = (_modified(found[name]) for name in _DATES if name in found)
        if address:
            self.entries.append(Entry(address, next(filter(None, dates), None)))


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
