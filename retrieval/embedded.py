"""The embedded engine: an index in a folder, read by this very process.

A generation holds a store (SQLite), a word index (tantivy) and vectors (FAISS).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.engine import Manifest, Recorded
from retrieval.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
)
from retrieval.manifest import (
    FORMAT_VERSION,
    LOCK,
    MANIFEST,
    WRITER,
    Hold,
    altered_files,
    check_ours,
    current_generation,
    drop_generation,
    drop_old_generations,
    is_current,
    make_current,
    manifests,
    mend,
    new_generation,
    previous_generation,
    read_manifest,
    write_manifest,
)
from retrieval.records import Reading
from retrieval.store import Store
from retrieval.vectorindex import VectorIndex
from retrieval.wordindex import WordIndex

if TYPE_CHECKING:
    from retrieval.generation import GenerationWriter, Old
    from retrieval.plan import Plan
    from retrieval.sources import Progress
    from retrieval.workers import Workers

STORE, WORDS, VECTORS = "speeches.sqlite", "words", "vectors.faiss"


class EmbeddedGeneration:
    """The files of a generation, open for reading."""

    def __init__(self, generation: Path) -> None:
        """Open them.

        Raises:
            IndexMismatch: they were made by another format or analyser.
            IndexDamaged: a file is missing or truncated.
        """
        self._generation = generation
        self.manifest: Manifest = read_manifest(generation.parents[1], generation)
        try:
            self._hold = Hold(generation)
        except OSError as error:
            raise IndexDamaged(
                f"{generation} cannot be read ({error.strerror}); {mend(generation)}"
            ) from None
        try:
            self.store = Store(generation / STORE)
            self.words = WordIndex(generation / WORDS)
            self.vectors = VectorIndex(generation / VECTORS)
            if len(self.vectors) != self.manifest.rows:
                raise IndexDamaged(
                    f"The vector index has {len(self.vectors)} rows instead of "
                    f"{self.manifest.rows}; {mend(generation)}"
                )
        except BaseException:
            self._hold.release()
            raise

    @property
    def bytes(self) -> int:
        """How much its files take."""
        return sum(file.bytes for file in self.manifest.files.values())

    def altered(self) -> list[str]:
        """A line for each file that is not what was written."""
        return _altered(self._generation, self.manifest)

    def close(self) -> None:
        """Let go of the files."""
        self._hold.release()
        self.store.close()
        self.words.close()


def _altered(generation: Path, manifest: Manifest) -> list[str]:
    return [f"{name} is not what was written" for name in altered_files(generation, manifest)]


class Embedded:
    """A folder that holds an index, or may come to hold one: see :class:`retrieval.engine.Engine`.

    Generations are meant by their folders.
    """

    format_version = FORMAT_VERSION

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Path:
        """The folder of the current generation."""
        return current_generation(self.folder)

    def previous(self) -> Path:
        """The folder of the finished generation before the current one."""
        return previous_generation(self.folder)

    def open(self, generation: Path | None = None) -> tuple[Path, EmbeddedGeneration]:
        """Open a generation, the current one if none is given."""
        if generation is not None:
            return generation, EmbeddedGeneration(generation)
        while True:
            generation = self.current()
            try:
                return generation, EmbeddedGeneration(generation)
            except IndexDamaged:
                # it may have been deleted meanwhile, when others took its place one after another
                if self.current() == generation:
                    raise

    def altered(self) -> list[str]:
        """A line for each file of the current generation that is not what was written."""
        generation = self.current()
        return _altered(generation, read_manifest(self.folder, generation))

    def recorded(self) -> Recorded:
        """Sources and model of an index, be it of another version or damaged otherwise."""
        try:
            found = [self.current() / MANIFEST]
        except (IndexMissing, IndexDamaged):
            found = []
        for manifest in [*found, *manifests(self.folder)]:
            try:
                record = json.loads(manifest.read_text(encoding="utf-8"))
                return Recorded(
                    tuple(map(str, record["sources"])),
                    str(record["model"]),
                    Reading(**record.get("reading", {})),
                )
            except (OSError, ValueError, KeyError, TypeError):
                continue  # damaged: an older one may remember
        return Recorded()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The right to write the folder, for one process at a time; a crash frees it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with _locked(self.folder):
            yield

    def check_writable(self) -> None:
        """Refuse a folder that holds something other than an index."""
        check_ours(self.folder)

    def holds(self, source: str) -> bool:
        """Whether a source is the index itself, by whatever name."""
        try:
            return Path(source).samefile(self.folder)
        except (OSError, ValueError):
            return False  # one of them is not there

    @property
    def own_files(self) -> Path:
        """The index folder."""
        return self.folder

    def old(self) -> tuple[Old | None, str | None]:
        """The current generation, of whatever analyser; if it is of no use, why."""
        from retrieval.generation import Old

        try:
            generation = self.current()
            manifest = read_manifest(self.folder, generation, analyser=None)
            return Old(generation, manifest), None
        except IndexMissing:
            return None, None
        except IndexMismatch:
            return None, "the index is of another format: everything is made anew"
        except (IndexDamaged, OSError):
            return None, "the index is damaged: everything is made anew"

    def begin(self) -> Path:
        """The empty folder of a new generation."""
        return new_generation(self.folder)

    def writer(
        self, generation: Path, plan: Plan[Old], workers: Workers, progress: Progress
    ) -> GenerationWriter:
        """Begin to fill a new generation."""
        from retrieval.generation import GenerationWriter

        return GenerationWriter(generation, plan, workers, progress)

    def seal(self, generation: Path, manifest: Manifest) -> None:
        """Write the manifest."""
        write_manifest(generation, manifest)

    def publish(self, generation: Path) -> None:
        """Switch to a generation in one atomic step."""
        make_current(self.folder, generation)

    def give_up(self, generation: Path) -> None:
        """Drop a new generation unless it has become the current one."""
        if not is_current(self.folder, generation):  # an interrupt may come after the switch
            drop_generation(generation)

    def tidy(self) -> None:
        """Delete all but the current generation, the one before it, and what somebody reads."""
        drop_old_generations(self.folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The right to write an index; the system frees it on a crash."""
    # imported here for start-up time: who only reads locks nothing
    import socket

    from filelock import FileLock, Timeout

    lock, writer = FileLock(folder / LOCK, timeout=0), folder / WRITER
    try:
        lock.acquire()
    except Timeout:
        raise IndexLocked(
            f"Another reindex is writing this index{_who(writer)}; wait until it is done."
        ) from None
    try:
        record = {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        writer.write_text(json.dumps(record))
        yield
    finally:
        writer.unlink(missing_ok=True)
        lock.release()


def _who(writer: Path) -> str:
    try:
        record = json.loads(writer.read_text())
        return f" (process {record['process']} on {record['host']}, since {record['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""  # it has the lock but has not written its name yet
