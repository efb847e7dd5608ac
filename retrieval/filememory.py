"""What an index knows of the files it was made from, so that unchanged ones need not be read.

A file is unchanged if its content has the hash that it had. To find that out without reading it,
its stamp is compared first: size, times of its last changes, inode.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from retrieval.engine import FileRecord, KnownSpeeches
from retrieval.files import NEEDS_FILES
from retrieval.records import Skipped

CHANGED_MEANWHILE = "changed while it was read: the next reindex reads it again"

_FINE_NS, _COARSE_NS = 50_000_000, 2_000_000_000
"""What two changes may lie apart and bear the same time: some file systems count whole seconds."""


class Recalled(NamedTuple):
    """An unchanged file: the ids of its speeches, and what was skipped in it."""

    ids: tuple[str, ...]
    columns: tuple[str, ...]
    notes: tuple[Skipped, ...]


class FileMemory:
    """Compares files with what a store knows of them, and gathers what the next one shall know."""

    def __init__(self, old: KnownSpeeches | None) -> None:
        """``old`` is the store whose files may be left unread; None to have them all read."""
        self._old = old
        self._begun: dict[str, tuple[bytes, tuple[int, ...]]] = {}
        self.records: dict[str, FileRecord] = {}
        self.unchanged: set[str] = set()

    def recall(self, path: Path, taken: Collection[str]) -> Recalled | None:
        """What a file holds, if it is the same as before and none of its ids is ``taken``.

        None says that it is to be read, and :meth:`finish` called then.
        """
        name = str(path)
        known = self._old.file(name) if self._old else None
        try:
            before = _numbers(path)
            if known and self._old and known.stamp == _stamp(before):
                content = known.digest
            else:
                with path.open("rb") as file:
                    content = hashlib.file_digest(file, "sha256").digest()
        except OSError:
            return None  # whoever reads it says what is wrong with it
        if known and self._old and known.digest == content:
            ids = tuple(self._old.ids_from(name))
            # more than were read: the others were kept from before, which is to be said again
            if len(ids) <= known.speeches and not any(one in taken for one in ids):
                self.unchanged.add(name)
                self.records[name] = known._replace(stamp=_settled(before))
                return Recalled(ids, known.columns, known.notes)
        self._begun[name] = content, before
        return None

    def finish(
        self,
        path: Path,
        speeches: int,
        notes: Collection[Skipped],
        columns: Collection[str],
        *,
        alone: bool,
    ) -> Skipped | None:
        """Remember a file and how many speeches it held; a remark if it changed meanwhile.

        ``alone`` is False where other files decided what was read of it.
        """
        name = str(path)
        if name not in self._begun:
            return None
        content, before = self._begun.pop(name)
        try:
            after = _numbers(path)
        except OSError:
            after = ()
        if after != before:
            return Skipped(name, CHANGED_MEANWHILE, unread=name)
        if alone and not any(may_mend(note.why) for note in notes):
            self.records[name] = FileRecord(
                content, _settled(before), speeches, tuple(columns), tuple(notes)
            )
        return None

    def holds(self, speech_id: str) -> bool:
        """Whether an unchanged file has a speech of that id."""
        known = self._old.known(speech_id) if self._old else None
        return known is not None and known.origin in self.unchanged

    def note(self, origin: str | None, skipped: Skipped) -> None:
        """Add what only showed when a speech of a file was looked at."""
        if origin in self.records:
            record = self.records[origin]
            self.records[origin] = record._replace(notes=(*record.notes, skipped))


def may_mend(why: str) -> bool:
    """Whether what was skipped may be readable the next time, though the file is the same."""
    return NEEDS_FILES in why or why.startswith("cannot be read")


def _numbers(path: Path) -> tuple[int, ...]:
    status = os.stat(path)  # noqa: PTH116 - of one hundred thousand files, in less time
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def _stamp(numbers: tuple[int, ...]) -> str:
    return " ".join(map(str, numbers))


def _settled(numbers: tuple[int, ...]) -> str | None:
    """The stamp of a file; None if it changed so lately that a second change may not show in it."""
    _, modified, changed, _ = numbers
    coarse = modified % 1_000_000_000 == 0
    last = max(modified, changed)
    settled = time.time_ns() - last > (_COARSE_NS if coarse else _FINE_NS)
    return _stamp(numbers) if settled else None
