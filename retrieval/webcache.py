"""What was fetched from the web, in one SQLite file, so that only what changed is fetched again.

Every page is committed as soon as it is there: a run that is killed loses nothing, and two runs
at once wait for each other's pages only.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import SourceError
from retrieval.feeds import Entry
from retrieval.fetching import Validators

_FORMAT = 1
_PATIENCE = 60.0  # seconds to wait for another process's page
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
    address TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    final TEXT NOT NULL, etag TEXT, modified TEXT,
    fetched REAL NOT NULL,
    extractor INTEGER NOT NULL,
    record BLOB,
    why TEXT,
    gone INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listings (
    address TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    final TEXT NOT NULL, etag TEXT, modified TEXT,
    fetched REAL NOT NULL,
    broken TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    listing TEXT NOT NULL, position INTEGER NOT NULL, address TEXT NOT NULL, modified TEXT,
    PRIMARY KEY (listing, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS brought (
    source TEXT NOT NULL, address TEXT NOT NULL, PRIMARY KEY (source, address)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was last fetched.

    ``record`` is what was read from it, ``why`` says why the last answer gave none (a record from
    before may still be there), ``gone`` that the server has it no more. ``fetched`` is when it
    was last asked for, in seconds since 1970.
    """

    validators: Validators
    fetched: float
    extractor: int
    source: str
    record: dict[str, str] | None = None
    why: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class KnownListing:
    """A feed or sitemap as it was last fetched, with what it named then."""

    kind: str
    validators: Validators
    fetched: float
    entries: tuple[Entry, ...]
    broken: str | None = None


class Cache:
    """The file, made if missing; to be closed. All its errors are SourceErrors that name it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._named_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            # every statement is a transaction of its own unless one is opened
            self._base = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        try:
            with self._named_errors():
                found = self._base.execute("PRAGMA user_version").fetchone()[0]
                if found not in (0, _FORMAT):
                    raise SourceError(
                        f"{path} was made by another version of Rostrum: delete it, and the "
                        "pages are fetched again."
                    )
                # at once for writing: two that read first would not wait for each other
                self._base.executescript(
                    f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {_FORMAT};COMMIT;"
                )
        except BaseException:
            self._base.close()
            raise

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was stored is committed already."""
        self._base.close()

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise SourceError(
                f"{self._path} cannot be used ({error}): see that no other reindex is stuck, that "
                "the disk has room and that the folder can be written."
            ) from error
        except (sqlite3.DatabaseError, zlib.error, ValueError) as error:
            raise SourceError(
                f"{self._path} is damaged ({error}): delete it, and the pages are fetched again."
            ) from error
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise SourceError(f"{self._path} cannot be written: {why}.") from error

    def page(self, address: str) -> Page | None:
        """What is known of a page."""
        with self._named_errors():
            row = self._base.execute(
                "SELECT final, etag, modified, fetched, extractor, source, record, why, gone "
                "FROM pages WHERE address = ?",
                (address,),
            ).fetchone()
            if row is None:
                return None
            # SQLite has no checksums; the one in zlib's format keeps altered text from being quoted
            record = json.loads(zlib.decompress(row[6])) if row[6] is not None else None
        return Page(
            Validators(*row[:3]), row[3], row[4], row[5], record, why=row[7], gone=bool(row[8])
        )

    def keep_page(self, address: str, page: Page) -> None:
        """Remember a page in place of what was known of it."""
        record = None
        if page.record is not None:
            record = zlib.compress(json.dumps(page.record, ensure_ascii=False).encode())
        known = page.validators
        with self._named_errors():
            self._base.execute(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(address, page.source, known.address, known.etag, known.modified),
                    *(page.fetched, page.extractor, record, page.why, page.gone),
                ),
            )

    def listing(self, address: str) -> KnownListing | None:
        """What is known of a feed or sitemap."""
        with self._named_errors():
            row = self._base.execute(
                "SELECT kind, final, etag, modified, fetched, broken FROM listings "
                "WHERE address = ?",
                (address,),
            ).fetchone()
            if row is None:
                return None
            found = self._base.execute(
                "SELECT address, modified FROM entries WHERE listing = ? ORDER BY position",
                (address,),
            ).fetchall()
        entries = tuple(Entry(*entry) for entry in found)
        return KnownListing(row[0], Validators(*row[1:4]), row[4], entries, row[5])

    def keep_listing(self, address: str, listing: KnownListing) -> None:
        """Remember a feed or sitemap, with all that it names, in place of what was known of it."""
        known = listing.validators
        with self._transaction():
            self._base.execute(
                "INSERT OR REPLACE INTO listings VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(address, listing.kind, known.address, known.etag, known.modified),
                    *(listing.fetched, listing.broken),
                ),
            )
            self._base.execute("DELETE FROM entries WHERE listing = ?", (address,))
            self._base.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?)",
                (
                    (address, position, entry.address, entry.modified)
                    for position, entry in enumerate(listing.entries)
                ),
            )

    def touch_listing(self, address: str, fetched: float) -> None:
        """A feed or sitemap was asked for again and is as it was."""
        with self._named_errors():
            self._base.execute(
                "UPDATE listings SET fetched = ? WHERE address = ?", (fetched, address)
            )

    def forget_listing(self, address: str) -> None:
        """A feed or sitemap that is no more; the pages it brought stay."""
        with self._transaction():
            self._base.execute("DELETE FROM listings WHERE address = ?", (address,))
            self._base.execute("DELETE FROM entries WHERE listing = ?", (address,))

    def brought(self, source: str) -> list[str]:
        """The pages that a source has brought so far, by address."""
        with self._named_errors():
            rows: Iterable[tuple[str]] = self._base.execute(
                "SELECT address FROM brought WHERE source = ? ORDER BY address", (source,)
            ).fetchall()
        return [address for (address,) in rows]

    def bring(self, source: str, address: str) -> None:
        """Remember that a source brought a page."""
        with self._named_errors():
            self._base.execute("INSERT OR IGNORE INTO brought VALUES (?, ?)", (source, address))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._named_errors():
            self._base.execute("BEGIN IMMEDIATE")
            with self._base:  # commits, or rolls back
                yield
