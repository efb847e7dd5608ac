"""From files to speeches: .txt and .md, folders of them, and JSON Lines.

A speech's text is the source's text, unchanged: newlines stay as they are, and only a byte-order
mark at the beginning of a file is left out. Whatever cannot be read becomes one :class:`Skipped`
and the rest goes on. One record at a time is held in memory.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import yaml

from embeddings.analysis import detect_language
from retrieval.dates import parse_date
from retrieval.errors import Unusable
from retrieval.records import Language, Skipped, Speech

LARGEST_TEXT = 64 * 2**20
"""Bytes of one text file or one JSONL line; what is longer is no speech and is skipped."""

_RECORDS = ".jsonl"
_ENDINGS = (".txt", ".md", _RECORDS)
_LANGUAGE_SAMPLE = 1_500  # characters: enough to be sure, a fraction of a long speech
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_FIELDS = ("title", "date", "speaker", "source", "url", "place")
_LANGUAGE_NAMES: Mapping[str, Language] = {
    "ru": "ru", "rus": "ru", "russian": "ru", "русский": "ru",
    "az": "az", "aze": "az", "azerbaijani": "az", "azərbaycan": "az",
    "en": "en", "eng": "en", "english": "en",
}  # fmt: skip

# The first line as a crawler saves it: ` date 2025-10-21 `, and the article goes on behind it.
_DATE_LINE = re.compile(r"\s*date[ \t]+([0-9]{4}(?:-[0-9]{2}){0,2})(?!\S)\s*")
_FRONT_MATTER = re.compile(
    r"---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n\s*|\Z)", re.DOTALL | re.MULTILINE
)
_HEADING = re.compile(r"^#[ \t]+(\S.*?)[ \t]*#*[ \t]*\r?$", re.MULTILINE)
_TIME_OF_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:.*", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEEPEST = 100  # levels of lists in lists in a field


def read_sources(sources: Sequence[Path]) -> Iterator[Speech | Skipped]:
    """Read files and folders in the order given; a file that is met again is not read twice.

    Folders are read with all that is in them, sorted by name; hidden files and files of other
    kinds are passed over there. A speech whose date is unusable is read without it and followed
    by a Skipped that says so.
    """
    taken: dict[str, str] = {}
    for path, skipped in _files(sources):
        if _SURROGATE.search(str(path)):
            name = os.fsencode(path).decode("utf-8", "backslashreplace")
            yield Skipped(name, "its name is not UTF-8: rename it", name)
            continue
        if skipped:
            yield replace(skipped, unread=str(path))
            continue
        for item in _read_file(path):
            if isinstance(item, Skipped):
                yield replace(item, unread=str(path))
                continue
            where, speech, remark = item
            if speech.id in taken:
                why = f"id '{speech.id}' is already taken by {taken[speech.id]}; rename one"
                yield Skipped(where, why)
                continue
            taken[speech.id] = where
            yield replace(speech, origin=str(path))
            if remark:
                yield Skipped(where, remark)


# --- which files ------------------------------------------------------------------------------


def _files(sources: Sequence[Path]) -> Iterator[tuple[Path, Skipped | None]]:
    """Yield every file to read, or a Skipped beside the path that is none."""
    met: set[tuple[int, int]] = set()  # device and inode: a link's circle ends where it began
    for source in sources:
        waiting = [(source, True)]
        folder = found = False
        while waiting:
            path, named = waiting.pop()
            try:
                status = path.stat()
                place = (status.st_dev, status.st_ino)
                if place in met:
                    found = True
                    continue
                met.add(place)
                if stat.S_ISDIR(status.st_mode):
                    folder = folder or named
                    inside = sorted(path.iterdir(), reverse=True)
                    waiting += [(entry, False) for entry in inside if entry.name[0] != "."]
                    continue
            except FileNotFoundError:
                if named or path.suffix.lower() in _ENDINGS:  # else a link to nowhere
                    yield path, Skipped(str(path), "there is no such file or folder")
                continue
            except (OSError, ValueError) as error:
                yield path, Skipped(str(path), f"cannot be read: {_reason(error)}")
                continue
            if not stat.S_ISREG(status.st_mode):
                if named:
                    yield path, Skipped(str(path), "is not a file")
            elif path.suffix.lower() in _ENDINGS:
                found = True
                yield path, None
            elif named:
                yield path, Skipped(str(path), "is of no known kind: name .txt, .md or .jsonl")
        if folder and not found:
            yield source, Skipped(str(source), "holds no .txt, .md or .jsonl file")


def _read_file(path: Path) -> Iterator[tuple[str, Speech, str | None] | Skipped]:
    """Yield where it stands, the speech and a remark, or a Skipped, for all that a file holds."""
    try:
        with path.open("rb") as file:
            if path.suffix.lower() == _RECORDS:
                yield from _records(path, file)
                return
            data = file.read(LARGEST_TEXT + 1)
        yield str(path), *_text_speech(path, data)
    except OSError as error:
        yield Skipped(str(path), f"cannot be read: {_reason(error)}")
    except Unusable as unusable:
        yield Skipped(str(path), str(unusable))


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _decode(data: bytes, at: int = 0) -> str:
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


# --- .txt and .md -----------------------------------------------------------------------------


def _text_speech(path: Path, data: bytes) -> tuple[Speech, str | None]:
    if len(data) > LARGEST_TEXT:
        raise Unusable(f"is longer than {LARGEST_TEXT // 2**20} MB")
    if data.startswith(_BYTE_ORDER_MARK):
        text = _decode(data.removeprefix(_BYTE_ORDER_MARK), len(_BYTE_ORDER_MARK))
    else:
        text = _decode(data)
    fields, body = _front_matter(text)
    if dated := _DATE_LINE.match(text, body):
        fields.setdefault("date", dated[1])
        body = dated.end()
    if not text[body:].strip():
        raise Unusable("is empty" if not text.strip() else "has no text behind its first lines")
    if path.suffix.lower() == ".md" and (heading := _HEADING.search(text, body)):
        fields.setdefault("title", heading[1])
    return _speech(path.stem, text, body, {"source": path.name, **_present(fields)})


def _front_matter(text: str) -> tuple[dict[str, Any], int]:
    """The fields between two ``---`` lines at the beginning, and the offset behind them."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, 0
    try:
        # An alias can make a few lines stand for gigabytes, and no title needs one.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(match[1])):
            raise Unusable("its front matter has an alias (*name): write the value out")
        # The base loader leaves every scalar as the text it is: a date stays as it was written.
        fields = yaml.load(match[1], yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 2})" if mark else ""
        raise Unusable(f"its front matter is not YAML{line}: mend it or remove it") from error
    if not isinstance(fields, dict) or not set(fields) & {*_FIELDS, "language"}:
        return {}, 0  # prose between two rules
    return {str(key): value for key, value in fields.items()}, match.end()


# --- JSON Lines -------------------------------------------------------------------------------


def _records(path: Path, file: BinaryIO) -> Iterator[tuple[str, Speech, str | None] | Skipped]:
    number = 0
    empty = True
    while line := file.readline(LARGEST_TEXT + 1):
        number += 1
        where = f"{path} line {number}"
        before = len(_BYTE_ORDER_MARK) if number == 1 and line.startswith(_BYTE_ORDER_MARK) else 0
        line = line[before:]
        if not line.strip():
            continue
        empty = False
        try:
            if len(line) > LARGEST_TEXT:
                while line and not line.endswith(b"\n"):
                    line = file.readline(LARGEST_TEXT)
                raise Unusable(f"is longer than {LARGEST_TEXT // 2**20} MB")
            record = _record(line, before)
            yield where, *_record_speech(path, number, record)
        except Unusable as unusable:
            yield Skipped(where, str(unusable))
    if empty:
        yield Skipped(str(path), "is empty")


def _record(line: bytes, before: int) -> dict[str, Any]:
    text = _decode(line, before)
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        if not text.endswith("\n"):
            raise Unusable("is cut off: the last line is no whole JSON record") from error
        column = f" (column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise Unusable(f"is not JSON{column}") from error
    if not isinstance(record, dict):
        raise Unusable("is not a JSON object")
    return record


def _record_speech(path: Path, number: int, record: dict[str, Any]) -> tuple[Speech, str | None]:
    text = record.pop("text", None)
    if text is not None and not isinstance(text, str):
        raise Unusable("its text is not a string")
    if not text or not text.strip():
        raise Unusable("has no text")
    speech_id = _as_text(record.pop("id", None)) or f"{path.stem}-{number}"
    return _speech(speech_id, text, 0, {"source": path.name, **_present(record)})


# --- fields, common to both -------------------------------------------------------------------


def _speech(
    speech_id: str, text: str, body: int, fields: Mapping[str, Any]
) -> tuple[Speech, str | None]:
    """A speech of text and fields, and a remark when its date had to be left out.

    A known field that is neither text nor a number is kept among the extra ones.
    """
    _check([speech_id, text, fields])
    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in fields.items():
        written = _as_text(value)
        if name in _FIELDS and written:
            known[name] = written
        elif name not in (*_FIELDS, "language") or written is None:
            extra[name] = value
    remark = None
    if "date" in known:
        given = _TIME_OF_DAY.sub(r"\1", known.pop("date"))
        try:
            known["date"] = parse_date(given)
        except ValueError:
            remark = f"date '{given}' is not a date; read without it"
    spoken = _LANGUAGE_NAMES.get((_as_text(fields.get("language")) or "").lower())
    spoken = spoken or detect_language(text[body : body + _LANGUAGE_SAMPLE])
    speech = Speech(id=speech_id, text=text, language=spoken, body=body, extra=extra, **known)
    return speech, remark


def _check(values: list[Any]) -> None:
    """Raise Unusable when a value among these, lists and mappings, cannot be stored."""
    for _ in range(_DEEPEST):
        inner: list[Any] = []
        for value in values:
            if isinstance(value, dict):
                inner += [*value, *value.values()]
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, str) and "\0" in value:
                raise Unusable("holds NUL characters: it is no text")
            elif isinstance(value, str) and _SURROGATE.search(value):
                raise Unusable("is not valid Unicode: it holds half a surrogate pair")
        if not inner:
            return
        values = inner
    raise Unusable("is not a record: its lists are nested too deeply")


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something: None and the empty string count as absent."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }


def _as_text(value: object) -> str | None:
    """Text without surrounding spaces, or a number as text; None for anything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return None
