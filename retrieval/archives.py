"""Archives: the files in a .zip, the one file in a .gz. Nothing is unpacked to its own name.

How much may be unpacked is decided by the bytes that really come out, whatever the archive says
of itself, and it is counted for an archive on disk with all that is nested in it.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import BinaryIO, cast

from retrieval import files
from retrieval.errors import Unusable
from retrieval.files import Allowance, OpenFile
from retrieval.records import Skipped

MOST_UNPACKED = 512 * 2**20
"""Bytes that any archive may hold; a large one may hold :data:`MOST_TIMES` its own size."""
MOST_TIMES = 100
MOST_MEMBERS = 100_000
"""Files in an archive, those of the archives in it included."""
DEEPEST = 3
"""Archives inside one another, the outermost included."""

_TOO_MANY = "holds too many files: unpack it first"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LARGEST_DIRECTORY = 32 * 2**20  # bytes of a .zip's list of its files
_ENCRYPTED = 0x1  # bits of a member's flags
_UTF_8 = 0x800
_DAMAGED = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError)

Members = Iterator[OpenFile | Skipped]


def open_zip(file: OpenFile, wanted: Callable[[str], bool]) -> Members:
    """Yield the files in a .zip archive whose names are ``wanted``.

    Each is to be read before the next is asked for.
    """
    allowance = _allowance(file)
    with closing(files.seekable(file)) as stream:
        try:
            archive = zipfile.ZipFile(_Cautious(stream))
        except Unusable:
            raise
        except Exception as error:  # besides BadZipFile: struct.error, NotImplementedError, …
            raise Unusable(f"is damaged or no zip archive ({files.one_line(error)})") from error
        with archive:
            for entry in archive.infolist():
                parts = _parts(entry)
                allowance.members -= 1
                if allowance.members < 0:
                    raise Unusable(_TOO_MANY)
                hidden = any(part.startswith((*files.HIDDEN, "__MACOSX")) for part in parts)
                if entry.is_dir() or hidden or not parts or not wanted(parts[-1]):
                    continue
                inside = "/".join(parts)
                where = f"{file.where}/{inside}"
                if entry.flag_bits & _ENCRYPTED:
                    yield Skipped(where, "is encrypted: unpack it with its password first")
                    continue
                if entry.compress_type not in _METHODS:
                    yield Skipped(where, "is packed by an unusual method: pack it anew (deflate)")
                    continue
                try:
                    member = cast(zipfile.ZipExtFile, archive.open(entry))
                except Exception as error:
                    yield Skipped(where, f"is damaged ({files.one_line(error)})")
                    continue
                with member, _unpacked(member, allowance) as unpacked:
                    yield replace(
                        file, where=where, label=f"{file.label}/{inside}", name=parts[-1],
                        stream=unpacked, allowance=allowance, depth=file.depth + 1,
                    )  # fmt: skip
                if allowance.bytes < 0:
                    return  # whoever read the member has said so


def open_gzip(file: OpenFile, wanted: Callable[[str], bool]) -> Members:
    """Yield the file in a .gz file if its name, the archive's without that ending, is wanted."""
    if not wanted(file.stem):
        return
    allowance = _allowance(file)
    with (
        gzip.GzipFile(fileobj=file.stream) as member,
        _unpacked(member, allowance) as unpacked,
    ):
        yield replace(
            file, name=file.stem, stream=unpacked, allowance=allowance, depth=file.depth + 1
        )


def _allowance(file: OpenFile) -> Allowance:
    if file.depth >= DEEPEST:
        raise Unusable(f"is nested too deeply: more than {DEEPEST} archives inside one another")
    if file.allowance is not None:
        return file.allowance
    size = os.fstat(file.stream.fileno()).st_size
    return Allowance(max(MOST_UNPACKED, MOST_TIMES * size), MOST_MEMBERS)


def _parts(entry: zipfile.ZipInfo) -> list[str]:
    """A member's path without what would lead out of the archive."""
    name = entry.filename
    if not entry.flag_bits & _UTF_8 and not name.isascii():
        raw = name.encode("cp437")  # what the library takes it for
        try:
            name = raw.decode("utf-8")
        except UnicodeDecodeError:  # or as Windows writes it where Russian is spoken
            russian = raw.decode("cp866")
            name = russian if files.is_cyrillic(russian) else name
    return [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]


class _Cautious:
    """A file from which no huge piece is read at once: the list of a .zip's files is one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, lambda: True

    def read(self, size: int = -1) -> bytes:
        if size > _LARGEST_DIRECTORY:
            raise Unusable(_TOO_MANY)
        return self._stream.read(size)


class _Unpacking(io.RawIOBase):
    """The bytes of a member as they come out, while they are allowed."""

    def __init__(self, member: gzip.GzipFile | zipfile.ZipExtFile, allowance: Allowance) -> None:
        self._member = member
        self._allowance = allowance

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._member.read1(len(buffer))  # what came before damage counts
        except _DAMAGED as error:
            raise Unusable(f"is damaged ({files.one_line(error)})") from error
        self._allowance.bytes -= len(data)
        if self._allowance.bytes < 0:
            raise Unusable("is out of proportion: the archive unpacks to far more than its size")
        buffer[: len(data)] = data
        return len(data)


def _unpacked(
    member: gzip.GzipFile | zipfile.ZipExtFile, allowance: Allowance
) -> io.BufferedReader:
    return io.BufferedReader(_Unpacking(member, allowance), 2**16)
