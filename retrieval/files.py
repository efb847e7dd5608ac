"""What the readers of the kinds of files share: the open file, what is found in it, text.

A reader takes an :class:`OpenFile` and yields :class:`Found` things, one at a time, or a Skipped
for an item that gives no speech; it raises Unusable where nothing more can be read. It may read
the stream once and forwards only, for it may come out of an archive: :func:`seekable` gives one
in which it is possible to go back.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from retrieval.errors import Unusable
from retrieval.records import Skipped

LARGEST_TEXT = 64 * 2**20
"""Bytes of one text file, page, record or row; what is longer is no speech and is skipped."""
LARGEST_DOCUMENT = 256 * 2**20
"""Bytes of one .docx or .pdf file, and of all that is packed in a .docx."""
NEEDS_FILES = 'needs an optional part: pip install "rostrum[files]"'

# Letters of Russian and its neighbours that the code pages of Windows and DOS have in common.
_CYRILLIC = "А-Яа-яЁёІіЇїЄєҐґЎў"
_FOREIGN = re.compile(rf"[^\x00-\x7f{_CYRILLIC}«»“”„‘’–—…№\xa0°]")
_SMALL = re.compile("[а-яёіїєґў]")
_LETTER = re.compile(f"[{_CYRILLIC}]")
_MIXED = re.compile(rf"[A-Za-z][{_CYRILLIC}]|[{_CYRILLIC}][A-Za-z]")

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_IN_MEMORY = 16 * 2**20  # bytes of an unpacked file; a larger one waits in a temporary file
_CHUNK = 2**20

HIDDEN = (".", "~$")
"""How the names of hidden files begin, and of those that Word keeps beside an open document."""


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked from one archive on disk, all that is nested in it included."""

    bytes: int
    members: int


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file to read, on disk or in an archive.

    ``where`` names it in messages and ``label`` beside a quote; the ending of ``name`` says of
    what kind it is and the rest is the speech's id. ``columns`` are the user's own names of
    fields, ``met`` those of them that some table had. ``allowance`` is None outside archives,
    and ``depth`` says how many archives are around it.
    """

    where: str
    label: str
    name: str
    stream: BinaryIO
    columns: Mapping[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    allowance: Allowance | None = None
    depth: int = 0

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePath(self.name).stem

    @property
    def ending(self) -> str:
        """The ending in lower case, with its dot."""
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True, slots=True)
class Found:
    """One item as a reader found it; its ``fields`` have the names of a Speech's, or any other.

    ``body`` is the offset in ``text`` at which the text proper begins.
    """

    where: str
    id: str
    text: str
    fields: Mapping[str, Any]
    body: int = 0


Items = Iterator[Found | Skipped]


def read_all(file: OpenFile, most: int | None = None) -> bytes:
    """All bytes of a file; Unusable when there are more than ``most`` (:data:`LARGEST_TEXT`)."""
    most = LARGEST_TEXT if most is None else most
    data = file.stream.read(most + 1)
    if len(data) > most:
        raise Unusable(f"is longer than {megabytes(most)}")
    return data


def seekable(file: OpenFile, most: int | None = None) -> BinaryIO:
    """The file's stream if it lies on disk, else its bytes put aside; the caller closes it.

    Raises Unusable when there are none, or more than ``most``.
    """
    stream = file.stream if file.allowance is None else _aside(file.stream, most)
    length = stream.seek(0, 2)
    if not length or (most is not None and length > most):
        stream.close()
        raise Unusable(f"is longer than {megabytes(most)}" if length and most else "is empty")
    stream.seek(0)
    return stream


def _aside(stream: BinaryIO, most: int | None) -> BinaryIO:
    """What is left of a stream, as far as it matters whether it is longer than ``most``."""
    aside = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
    try:
        while (most is None or aside.tell() <= most) and (chunk := stream.read(_CHUNK)):
            aside.write(chunk)
    except BaseException:
        aside.close()
        raise
    return aside


def decode(data: bytes, at: int = 0) -> str:
    """UTF-8 to text; ``at`` is how many bytes of the file or line came before."""
    if data.startswith(_UTF_16):
        raise Unusable("is UTF-16, not UTF-8: save it as UTF-8")
    if b"\0" in data:
        raise Unusable("is binary, not text: it holds NUL bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = f"byte {at + error.start + 1} is 0x{data[error.start]:02x}"
        raise Unusable(f"is not UTF-8 ({wrong}): save it as UTF-8") from error


def split_mark(data: bytes) -> tuple[bytes, int]:
    """The bytes behind a UTF-8 byte-order mark, and how many it has."""
    behind = data.removeprefix(_BYTE_ORDER_MARK)
    return behind, len(data) - len(behind)


def is_cyrillic(text: str, small: float = 0.0) -> bool:
    """Whether bytes of an unknown code page were rightly read as Cyrillic, as far as one can tell.

    Read by a wrong page, text has odd signs, words of two alphabets, or capitals where small
    letters stood: at least the share ``small`` of the letters must be small ones.
    """
    letters = len(_LETTER.findall(text))
    return (
        len(_MIXED.findall(text)) <= letters / 20
        and len(_FOREIGN.findall(text)) <= letters / 50
        and len(_SMALL.findall(text)) >= max(1, letters) * small
        and letters > 0
    )


def as_text(value: object) -> str | None:
    """Text without surrounding spaces, or a number as text; None for anything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # 2020.0: a column of numbers with gaps is one of floats
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None


def present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something: None and the empty string count as absent."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }


def megabytes(size: int) -> str:
    """A limit in words."""
    return f"{size // 2**20} MB"


def one_line(words: object, most: int = 80) -> str:
    """Words from outside, such as an error of a library, fit for the inside of a message."""
    line = " ".join(str(words).split())
    line = "".join(c if c.isprintable() else "\ufffd" for c in line)
    return line if len(line) <= most else line[: most - 1] + "…"
