"""What a generation of the index is made of, and how one becomes the current one.

An index folder holds ``current``, a one-line file naming a folder under ``generations/``. A new
generation is written aside, synced, and becomes current when ``current`` is replaced in one
atomic rename; a reader sees the old one or the new one, never a mixture.

Who reads a generation holds a shared lock on its manifest, which the system frees when the
process ends, however it ends; the current generation and the one before it stay, older ones go
when nobody holds them. A file that a new generation takes over unchanged is a hard link.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from embeddings.analysis import ANALYSER_VERSION
from retrieval.engine import File, Manifest
from retrieval.errors import IndexDamaged, IndexMismatch, IndexMissing, IndexUnwritable
from retrieval.records import Reading

if sys.platform != "win32":
    import fcntl

FORMAT_VERSION = 4

MANIFEST, LOCK, WRITER = "manifest.json", "lock", "writer.json"
WEB = "web.sqlite"
"""What was downloaded, kept for the next time beside the generations."""
_CURRENT, _GENERATIONS = "current", "generations"
_OWN = "sha256"
"""The manifest's hash of all else that it holds."""
_NUMBER = re.compile(r"\d{6,}")
_CHUNK = 1 << 20
_OURS = {
    _CURRENT,
    _GENERATIONS,
    LOCK,
    WRITER,
    *(WEB + end for end in ("", "-wal", "-shm", "-journal")),
}


class Hold:
    """Keeps a generation from being deleted while it is read."""

    def __init__(self, generation: Path) -> None:
        """Hold it.

        Raises:
            OSError: it is not there, or is being deleted this moment.
        """
        self._file = (generation / MANIFEST).open("rb")
        try:
            _lock(self._file, exclusive=False)
        except BaseException:
            self._file.close()
            raise

    def release(self) -> None:
        """Let it go; a second time does nothing."""
        self._file.close()


def _lock(file: BinaryIO, *, exclusive: bool) -> None:
    """Lock a file without waiting; BlockingIOError when others hold it.

    Where the system or the file system knows no such locks, a deleted file stays readable to
    those who have it open, or cannot be deleted: either is enough.
    """
    if sys.platform == "win32":
        return
    kind = fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return


def current_generation(folder: Path) -> Path:
    """The folder of the current generation.

    Raises:
        IndexMissing: there is no index.
        IndexDamaged: there is one, but what points to it is missing or names nothing.
    """
    try:
        name = (folder / _CURRENT).read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        # what was to become it tells a first build that was killed from a loss
        if manifests(folder) and not list((folder / _GENERATIONS).glob(f"*.{_CURRENT}")):
            raise IndexDamaged(f"{folder / _CURRENT} is missing; {_mend(folder)}") from None
        raise IndexMissing(
            f"There is no index in {folder}; make one: "
            f"rostrum reindex SOURCE --index {shlex.quote(str(folder))}"
        ) from None
    except (OSError, UnicodeDecodeError):
        raise IndexDamaged(f"{folder / _CURRENT} cannot be read; {_mend(folder)}") from None
    generation = folder / _GENERATIONS / name
    if not _NUMBER.fullmatch(name) or not generation.is_dir():
        raise IndexDamaged(f"{folder / _CURRENT} names no generation of the index; {_mend(folder)}")
    return generation


def manifests(folder: Path) -> list[Path]:
    """The manifests of all finished generations, the newest first."""
    return sorted((folder / _GENERATIONS).glob(f"*/{MANIFEST}"), reverse=True)


def is_current(folder: Path, generation: Path) -> bool:
    """Whether a generation is the current one."""
    try:
        return current_generation(folder).name == generation.name
    except (IndexMissing, IndexDamaged):
        return False


def read_manifest(
    folder: Path, generation: Path, *, analyser: int | None = ANALYSER_VERSION
) -> Manifest:
    """Read a generation's manifest and check that every file is there, whole, and of our format.

    ``analyser`` is the version that it must have; None for any.

    Raises:
        IndexDamaged: a file is missing or has another size.
        IndexMismatch: another format or analyser made it.
    """
    path = generation / MANIFEST
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        data.pop(_OWN, None)
        found = {
            "format": (data["format_version"], FORMAT_VERSION),
            "analyser": (data["analyser_version"], analyser or data["analyser_version"]),
        }
        for what, (theirs, ours) in found.items():
            if theirs != ours:
                raise IndexMismatch(
                    f"The index in {folder} has {what} version {theirs}, this program reads "
                    f"{ours}; {_mend(folder)}"
                )
        files = {name: File(**entry) for name, entry in data["files"].items()}
        manifest = Manifest(
            **{
                **data,
                "sources": tuple(data["sources"]),
                "reading": Reading(**data["reading"]),
                "skipped": tuple(map(tuple, data["skipped"])),
                "files": files,
            }
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise IndexDamaged(
            f"{path} is missing or damaged; give the sources anew: "
            f"rostrum reindex SOURCE --full --index {shlex.quote(str(folder))}"
        ) from None
    for name, file in files.items():
        try:
            size = (generation / name).stat().st_size
        except OSError:
            raise IndexDamaged(f"{generation / name} is missing; {_mend(folder)}") from None
        if size != file.bytes:
            raise IndexDamaged(
                f"{generation / name} has {size:,} bytes instead of {file.bytes:,}; {_mend(folder)}"
            )
    return manifest


def mend(generation: Path) -> str:
    """What to do when a file of a generation is damaged, for the end of a message."""
    return _mend(generation.parent.parent)


def _mend(folder: Path) -> str:
    return f"run: rostrum reindex --full --index {shlex.quote(str(folder))}"


def altered_files(generation: Path, manifest: Manifest) -> list[str]:
    """Names of the files whose content is not what was written, by their SHA-256.

    The manifest itself comes first: what it says of the others counts no more.
    """
    altered = [name for name, file in manifest.files.items() if _file(generation / name) != file]
    return altered if _is_as_written(generation / MANIFEST) else [MANIFEST, *altered]


def flipped_files(generation: Path, manifest: Manifest) -> Iterator[str]:
    """Names of the files whose content is not what was written, by their CRC-32."""
    for name, file in manifest.files.items():
        with (generation / name).open("rb") as opened:
            crc = 0
            while chunk := opened.read(_CHUNK):
                crc = zlib.crc32(chunk, crc)
        if crc != file.crc32:
            yield name


def _is_as_written(manifest: Path) -> bool:
    """Whether a manifest has its own hash."""
    try:
        data = json.loads(manifest.read_text(encoding="utf-8"))
        return bool(data.pop(_OWN, None) == _own(data))
    except (OSError, ValueError):
        return False


def _own(data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def describe_files(
    generation: Path, base: Path | None = None, known: Mapping[str, File] | None = None
) -> dict[str, File]:
    """Sync every file of a finished generation to disk, and describe it.

    Files that are links to those of the generation ``base`` are ``known``: they were synced and
    described there.
    """
    files = {}
    for path in sorted(generation.rglob("*")):
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(".lock"):
            name = path.relative_to(generation).as_posix()
            if base and known and name in known and _is_same(path, base / name):
                files[name] = known[name]
                continue
            with path.open("rb") as file:
                os.fsync(file.fileno())
            files[name] = _file(path)
    return files


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _file(path: Path) -> File:
    size, content, crc = 0, hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            content.update(chunk)
            crc = zlib.crc32(chunk, crc)
    return File(size, content.hexdigest(), crc)


def write_manifest(generation: Path, manifest: Manifest) -> None:
    """Write and sync the manifest: the last file of a generation.

    What is to become ``current`` is written first, so that a run that is killed now has left no
    finished generation that nothing points to.
    """
    _write_synced(_aside(generation), generation.name + "\n")
    _sync_directory(generation.parent)
    data = asdict(manifest)
    _write_synced(generation / MANIFEST, json.dumps(data | {_OWN: _own(data)}, indent=1))
    for directory in (*generation.iterdir(), generation, generation.parent):
        _sync_directory(directory)


def make_current(folder: Path, generation: Path) -> None:
    """Switch to a generation in one atomic step, durable across a power cut."""
    aside = _aside(generation)
    if not aside.exists():
        _write_synced(aside, generation.name + "\n")
    aside.replace(folder / _CURRENT)
    _sync_directory(folder)


def _aside(generation: Path) -> Path:
    return generation.with_name(f"{generation.name}.{_CURRENT}")


def drop_generation(generation: Path) -> None:
    """Delete a generation that did not become the current one."""
    shutil.rmtree(generation, ignore_errors=True)
    with suppress(OSError):
        _aside(generation).unlink(missing_ok=True)


def new_generation(folder: Path) -> Path:
    """Make the empty folder of a new generation; call with the lock held.

    Left-overs of runs that were killed go now: whatever is neither the current generation nor
    the one before it.
    """
    generations = folder / _GENERATIONS
    generations.mkdir(exist_ok=True)
    drop_old_generations(folder)
    numbers = [int(p.name) for p in generations.iterdir() if p.name.isdigit()]
    generation = generations / f"{max(numbers, default=0) + 1:06}"
    generation.mkdir()
    return generation


def drop_old_generations(folder: Path) -> None:
    """Delete all but the current generation, the one before it, and what somebody reads.

    Call with the lock held: a generation that is being written looks like a left-over.
    """
    try:
        current = current_generation(folder).name
    except (IndexMissing, IndexDamaged):
        return  # nothing is known to be superfluous
    kept = {current, *(path.name for path in _older(folder, current)[:1])}
    # only what we made: whatever else somebody put there is left alone
    for path in (folder / _GENERATIONS).iterdir():
        if path.name in kept or not _NUMBER.fullmatch(path.stem):
            continue
        if path.is_dir():
            _delete(path)
        elif path.suffix == f".{_CURRENT}":
            path.unlink(missing_ok=True)


def previous_generation(folder: Path) -> Path:
    """The folder of the finished generation before the current one.

    Raises:
        IndexMissing: there is no index, or nothing before it.
        IndexDamaged: what points to the current one is damaged.
    """
    older = _older(folder, current_generation(folder).name)
    if not older:
        raise IndexMissing(
            f"{folder} holds no generation before the current one; mend the sources and run: "
            f"rostrum reindex --index {shlex.quote(str(folder))}"
        )
    return older[0]


def _older(folder: Path, current: str) -> list[Path]:
    """The finished generations before the current one, the newest first."""
    finished = [path.parent for path in manifests(folder) if _NUMBER.fullmatch(path.parent.name)]
    older = [path for path in finished if int(path.name) < int(current)]
    return sorted(older, key=lambda path: -int(path.name))


def _delete(generation: Path) -> None:
    """Delete a generation that nobody holds, the manifest first: what is left is no generation."""
    try:
        with (generation / MANIFEST).open("rb") as file:
            _lock(file, exclusive=True)
            (generation / MANIFEST).unlink()
    except BlockingIOError:
        return  # somebody reads it: a later run deletes it
    except OSError:
        pass  # it never was finished, or a run was killed just below, or a later run tries
    shutil.rmtree(generation, ignore_errors=True)  # what cannot be deleted now, a later run tries


def check_ours(folder: Path) -> None:
    """Refuse a folder that holds something other than an index.

    Raises:
        IndexUnwritable: it is a file, or a folder with other things in it.
    """
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        raise IndexUnwritable(f"{folder}: the name is not UTF-8; name another folder.") from None
    if folder.exists() and not folder.is_dir():
        raise IndexUnwritable(f"{folder} is a file; name a folder for the index.")
    entries = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
    strange = [n for n in entries if n not in _OURS and n[0] != "." and n != "lost+found"]
    if strange:
        raise IndexUnwritable(
            f"{folder} holds other things ({strange[0]}); name a new or empty folder for the index."
        )


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    if path.is_dir() and os.name == "posix":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
