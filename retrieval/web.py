"""Speeches from the web: pages, and whatever feeds and sitemaps name.

A source is an address. What it is, a page, an RSS or Atom feed, a sitemap or an index of
sitemaps, is told by what is there, packed or not, never by its name. Everything fetched is kept
in a cache, and a later run asks only for what may have changed:

* a page or listing is asked for with the ETag and the date that its server gave, and "not
  modified" gives the record from the cache;
* an entry that its listing dates before the last fetch is not asked for at all;
* pages that a listing named earlier and names no more stay, from the cache, without a request;
* a page that answers 404 or 410 is gone and leaves;
* a page that cannot be had this time comes from the cache, with a remark.

Importing this imports httpx, which takes a fifth of a second: :mod:`retrieval.addresses` does not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from retrieval import documents, files
from retrieval.addresses import normal, page_id, shown
from retrieval.dates import first_day, last_day
from retrieval.errors import Unusable
from retrieval.feeds import Entry, day_of, is_listing, latest_moment, read_listing
from retrieval.fetching import Fetched, Fetcher, Gone, Manners, Validators
from retrieval.files import Found, Items, OpenFile
from retrieval.pages import EXTRACTOR, LARGEST_PAGE, read_page
from retrieval.records import Skipped
from retrieval.webcache import Cache, KnownListing, Page

_LARGEST_LISTING = 50 * 2**20  # bytes; what the sitemap protocol allows
_DEEPEST_INDEX = 3  # indexes within indexes; the protocol allows none
_FEED_TYPES = re.compile(r"(?:application|text)/(?:rss|atom|rdf)\+xml")
_LISTING_NAMES = re.compile(r"\.(?:xml|rss|atom|rdf)(?:\.gz)?$", re.IGNORECASE)

_Answer = Fetched | Unusable | None
"""What a request came to: new bytes, why there are none, or None for "not modified"."""


_MANNERS = Manners()


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page that carries text."""

    id: str
    url: str
    record: dict[str, str]
    """As :func:`retrieval.pages.read_page` gives it."""
    source: str
    """The address that brought it, as the operator gave it."""


def read_web(
    sources: Sequence[str],
    cache: Path,
    *,
    since: str | None = None,
    allow_local: bool = False,
    progress: Callable[[str, int, int | None], None] | None = None,
    manners: Manners = _MANNERS,
) -> Iterator[WebPage | Skipped]:
    """Fetch what is new, and yield every page of the sources once.

    A Skipped with ``unread`` names an address that gave nothing this time and may another time;
    one without is a remark beside a page that was yielded, or says that a page is gone.

    Args:
        sources: addresses of pages, feeds and sitemaps.
        cache: the file that remembers what was fetched; made if missing.
        since: what feeds and sitemaps date before is left out, and pages that they bring and
            that say so themselves; not pages that were brought before.
        allow_local: whether addresses on the local network may be fetched.
        progress: told of the pages done and how many are known of.
        manners: how patient and polite to be.

    Raises:
        SourceError: the cache cannot be used, or is damaged.
        ValueError: ``since`` is no date.
    """
    if since is not None:
        first_day(since)
    with Cache(cache) as remembered, Fetcher(manners, allow_local=allow_local) as fetcher:
        run = _Run(remembered, fetcher, manners.now, since, progress or (lambda *_: None))
        run.expect(len(sources))
        for source in sources:
            yield from run.source(source)


class _Run:
    """One pass over the sources."""

    def __init__(
        self,
        cache: Cache,
        fetcher: Fetcher,
        now: Callable[[], float],
        since: str | None,
        progress: Callable[[str, int, int | None], None],
    ) -> None:
        self._cache = cache
        self._fetcher = fetcher
        self._now = now
        self._since = since
        self._progress = progress
        self._met: set[str] = set()  # addresses
        self._ids: dict[str, bytes] = {}  # of what was yielded, each with a hash of its text
        self._done = 0
        self._known = 0

    def expect(self, pages: int) -> None:
        """So many more pages are known of."""
        self._known += pages
        self._progress("fetching", self._done, self._known)

    def _advance(self) -> None:
        self._done += 1
        self._progress("fetching", self._done, self._known)

    def source(self, source: str) -> Iterator[WebPage | Skipped]:
        """All pages of a source, and what is to be said of it."""
        where = shown(source)
        try:
            address = normal(source)
        except Unusable as error:
            yield Skipped(where, str(error), unread=where)
            return
        if address in self._met:
            return
        self._met.add(address)
        known = self._cache.listing(address)
        started = self._now()
        answer = self._ask(address, known.validators if known else self._validators(address))
        if known is not None or (isinstance(answer, Fetched) and is_listing(answer.data)):
            yield from self._listed_pages(address, where, answer, started)
        elif isinstance(answer, Fetched) and (why := _no_feed(address, answer)):
            yield Skipped(where, why, unread=where)
        else:
            yield from self._take(address, where, answer, started, named=True)
            self._advance()

    def _ask(self, address: str, known: Validators | None) -> _Answer:
        try:
            return self._fetcher.get(address, _most, known)
        except Unusable as why:
            return why

    def _validators(self, address: str) -> Validators | None:
        """Of a page that need not be read again; None where it must be, come what may."""
        page = self._cache.page(address)
        return page.validators if page and page.extractor == EXTRACTOR else None

    # --- feeds and sitemaps ---

    def _listed_pages(
        self, address: str, source: str, answer: _Answer, started: float
    ) -> Iterator[WebPage | Skipped]:
        """The pages that a listing names, then those that it brought earlier."""
        entries: list[Entry] = []
        for item in self._entries(address, source, answer, started, depth=0):
            if isinstance(item, Skipped):
                yield item
            else:
                entries.append(item)
        brought = self._cache.brought(source)
        before = set(brought)
        wanted = [entry for entry in entries if entry.address in before or self._is_new(entry)]
        named = {entry.address for entry in wanted}
        earlier = [page for page in brought if page not in named]
        self.expect(len(wanted) + len(earlier) - 1)
        listing = self._cache.listing(address)
        is_feed = listing is not None and listing.kind == "feed"  # a sitemap's dates are of changes
        for entry in wanted:
            if entry.address not in self._met:
                self._met.add(entry.address)
                yield from self._listed_page(entry, source, entry.address in before, is_feed)
            self._advance()
        for page in earlier:
            if page not in self._met:
                self._met.add(page)
                yield from self._remembered(page, source, self._cache.page(page))
            self._advance()

    def _entries(
        self, address: str, source: str, answer: _Answer, started: float, depth: int
    ) -> Iterator[Entry | Skipped]:
        """What a listing names, with the listings that it names read in their place."""
        where = source if depth == 0 else address
        known = self._cache.listing(address)
        if isinstance(answer, Gone):
            self._cache.forget_listing(address)
            yield Skipped(where, f"{answer}; the pages it brought before are kept")
            return
        if isinstance(answer, Fetched):
            try:
                known, unusable = _read_listing(address, where, answer, started)
                self._cache.keep_listing(address, known)
                yield from unusable
            except Unusable as error:
                answer = error
        elif answer is None:
            self._cache.touch_listing(address, started)
        if isinstance(answer, Unusable):
            kept = "; what it named before is used" if known else ""
            yield Skipped(where, f"{answer}{kept}", unread=source)
        if known is None:
            return
        if known.broken:
            yield Skipped(where, known.broken, unread=source)
        elif not known.entries:
            yield Skipped(where, f"is a {known.kind} that names no pages")
        if known.kind != "index":
            yield from known.entries
        elif depth == _DEEPEST_INDEX:
            yield Skipped(where, "is an index of sitemaps too deep within others", unread=source)
        else:
            for entry in known.entries:
                if entry.address not in self._met and self._is_new(entry):
                    self._met.add(entry.address)
                    yield from self._sitemap(entry, source, depth + 1)

    def _sitemap(self, entry: Entry, source: str, depth: int) -> Iterator[Entry | Skipped]:
        """What a sitemap within an index names."""
        known = self._cache.listing(entry.address)
        started = self._now()
        answer: _Answer = None
        if known is None or not _is_older(entry, known.fetched):
            answer = self._ask(entry.address, known.validators if known else None)
        else:
            started = known.fetched
        yield from self._entries(entry.address, source, answer, started, depth)

    def _is_new(self, entry: Entry) -> bool:
        """Whether an entry is of the dates wanted, as far as its listing says."""
        if self._since is None or entry.modified is None:
            return True
        return last_day(day_of(entry.modified)) >= first_day(self._since)

    # --- pages ---

    def _listed_page(
        self, entry: Entry, source: str, brought: bool, is_feed: bool
    ) -> Iterator[WebPage | Skipped]:
        address = entry.address
        cached = self._cache.page(address)
        known = self._validators(address)
        if cached is not None and known is not None and _is_older(entry, cached.fetched):
            yield from self._remembered(address, source, cached, new=not brought)
            return
        started = self._now()
        answer = self._ask(address, known)
        day = day_of(entry.modified) if is_feed and entry.modified else None
        yield from self._take(address, source, answer, started, new=not brought, day=day)

    def _take(
        self,
        address: str,
        source: str,
        answer: _Answer,
        started: float,
        *,
        named: bool = False,
        new: bool = False,
        day: str | None = None,
    ) -> Iterator[WebPage | Skipped]:
        """Remember what a page's server answered, and yield what there is of the page.

        ``day`` is that which its feed gives, for a page that states none.
        """
        cached = self._cache.page(address)
        if isinstance(answer, Gone):
            if named or cached is None or not cached.gone:  # of a listed one it is said once
                yield Skipped(address, str(answer))
            nothing = Validators(address, None, None)
            self._cache.keep_page(address, Page(nothing, started, EXTRACTOR, source, gone=True))
            return
        if isinstance(answer, Unusable):
            if cached is None or cached.record is None:
                yield Skipped(address, str(answer), unread=address)
            else:
                yield from self._remembered(address, source, cached, str(answer), new=new)
            return
        if answer is not None:
            cached = _read(source, answer, started, cached)
            if day and cached.record is not None and not cached.record.get("date"):
                cached = replace(cached, record={**cached.record, "date": day})
        elif cached is not None:
            cached = replace(cached, fetched=started)
        if cached is not None:
            self._cache.keep_page(address, cached)
        yield from self._remembered(address, source, cached, new=new)

    def _remembered(
        self,
        address: str,
        source: str,
        page: Page | None,
        remark: str | None = None,
        *,
        new: bool = False,
    ) -> Iterator[WebPage | Skipped]:
        """A page as the cache has it, unless it is too old, or another address gave the same."""
        if page is None or page.gone:
            return
        why = remark or page.why
        if page.record is None:
            yield Skipped(address, why or "has no article on it", unread=address)
            return
        record = page.record
        dated = record.get("date")
        if new and self._since and dated and last_day(dated) < first_day(self._since):
            return
        url = record.get("url", page.validators.address)
        text = hashlib.sha256(record["text"].encode()).digest()
        # The first may be taken: some templates give all pages of a site one canonical address.
        names = [page_id(one) for one in (url, page.validators.address, address)]
        name = next((one for one in names if self._ids.get(one, text) == text), None)
        if name is None:
            yield Skipped(address, f"is another page than '{names[-1]}' but would have its id")
        elif name not in self._ids:  # else this page was yielded, met by another address
            self._ids[name] = text
            self._cache.bring(source, address)
            yield WebPage(name, url, record, source)
            if why:
                yield Skipped(address, f"{why}; the page as it was read before is kept")


def _read(source: str, answer: Fetched, started: float, before: Page | None) -> Page:
    """A page as it was answered; what was read of it before stays where nothing is now."""
    page = Page(answer.validators, started, EXTRACTOR, source)
    try:
        if (reader := _document_reader(answer)) is not None:
            return replace(page, record=_document(answer, reader))
        record = read_page(answer.data, url=answer.validators.address, charset=answer.charset)
        return replace(page, record=record)
    except Unusable as error:
        if str(error) == files.NEEDS_FILES:
            page = replace(page, extractor=0)  # to be read once the optional part is there
        return replace(page, record=before.record if before else None, why=str(error))


def _document_reader(answer: Fetched) -> Callable[[OpenFile], Items] | None:
    """What reads a .pdf or .docx; None for a page. Its first bytes count, not its name."""
    if answer.data[:1024].lstrip().startswith(b"%PDF"):
        return documents.read_pdf
    if answer.data.startswith(b"PK\x03\x04") and b"word/" in answer.data:
        return documents.read_docx
    return None


def _document(answer: Fetched, reader: Callable[[OpenFile], Items]) -> dict[str, str]:
    address = answer.validators.address
    name = PurePosixPath(unquote(urlsplit(address).path)).name or "document"
    file = OpenFile(address, address, name, BytesIO(answer.data))
    for item in reader(file):
        if isinstance(item, Found):
            return {"text": item.text, "url": address, **item.fields}
    raise Unusable("holds no text")


def _read_listing(
    address: str, where: str, answer: Fetched, started: float
) -> tuple[KnownListing, list[Skipped]]:
    """A listing with its entries' addresses made whole, and those that are none."""
    if not is_listing(answer.data):
        raise Unusable("is no feed or sitemap now: it answers with HTML or something else")
    listing = read_listing(answer.data, answer.charset)
    found: dict[str, Entry] = {}
    unusable = []
    for entry in listing.entries:
        try:
            whole = normal(entry.address, answer.validators.address)
            found.setdefault(whole, replace(entry, address=whole))
        except Unusable as error:
            unusable.append(Skipped(shown(entry.address[:200]), f"{error} ({where} names it)"))
    known = KnownListing(
        listing.kind, answer.validators, started, tuple(found.values()), listing.broken
    )
    return known, unusable


def _no_feed(address: str, answer: Fetched) -> str | None:
    """Why an answer that is no feed will not do as a page: it is there in place of a feed."""
    if _FEED_TYPES.fullmatch(answer.content_type):
        return f"is sent as a feed ({answer.content_type}) but is none"
    if _LISTING_NAMES.search(address.partition("?")[0]) and "html" in answer.content_type:
        return "is named like a feed or sitemap but is HTML: open it in a browser to see why"
    return None


def _most(beginning: bytes) -> int:
    return _LARGEST_LISTING if is_listing(beginning) else LARGEST_PAGE


def _is_older(entry: Entry, fetched: float) -> bool:
    """Whether an entry has certainly not changed since it was last fetched."""
    return entry.modified is not None and latest_moment(entry.modified) <= fetched
