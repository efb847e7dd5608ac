"""From files to speeches: text, pages, tables, documents, archives of them, and folders.

What is particular to a kind of file is in a module of its own (:data:`_READERS`); here folders
are walked and a :class:`Speech` is made of what a reader found. The text of a .txt, .md or .jsonl
source is kept unchanged: newlines stay as they are, and only a byte-order mark at the beginning of
a file is left out. Of the other kinds the text is what the reader extracted. Whatever cannot be
read becomes one :class:`Skipped` and the rest goes on. One record at a time is held in memory.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from embeddings.analysis import detect_language
from retrieval import archives, documents, files, tables, textfiles
from retrieval.addresses import holds_addresses
from retrieval.dates import parse_date
from retrieval.errors import Unusable
from retrieval.events import whole_date
from retrieval.filememory import FileMemory, may_mend
from retrieval.files import Found, Items, OpenFile
from retrieval.records import Language, Skipped, Speech

_READERS: Mapping[str, Callable[[OpenFile], Items]] = {
    ".txt": textfiles.read_text,
    ".md": textfiles.read_text,
    ".html": textfiles.read_html,
    ".htm": textfiles.read_html,
    ".jsonl": tables.read_jsonl,
    ".csv": tables.read_csv,
    ".tsv": tables.read_csv,
    ".parquet": tables.read_parquet,
    ".docx": documents.read_docx,
    ".pdf": documents.read_pdf,
}
_ARCHIVES: Mapping[str, Callable[[OpenFile, Callable[[str], bool]], archives.Members]] = {
    ".zip": archives.open_zip,
    ".gz": archives.open_gzip,
}
KINDS = ".txt, .md, .html, .jsonl, .csv, .parquet, .docx, .pdf, .zip or .gz"
"""The kinds of files, for messages."""
LIST = ".urls"
"""The ending of a list of addresses, which is no kind of speeches."""
VANISHED = "there is no such file or folder"
"""Why something was skipped that is not there."""
EMPTY = f"holds no {KINDS} file"
"""Why a folder or an archive was skipped that has nothing in it."""
MOST_REMARKS = 1_000
"""On one file; what is beyond is counted."""
COLUMN_FIELDS = tuple(tables.ALIASES)
"""The fields that a column may be said to be."""

_IS_LIST = "is a list of addresses: name the file itself as a SOURCE to have them read"
_LANGUAGE_SAMPLE = 1_500  # characters: enough to be sure, a fraction of a long speech
_FIELDS = ("title", "date", "speaker", "source", "url", "place", "occasion")
_LANGUAGE_NAMES: Mapping[str, Language] = {
    "ru": "ru", "rus": "ru", "russian": "ru", "русский": "ru",
    "az": "az", "aze": "az", "azerbaijani": "az", "azərbaycan": "az",
    "en": "en", "eng": "en", "english": "en",
}  # fmt: skip
_TIME_OF_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}([./])[0-9]{1,2}\2[0-9]{4})[T ]+[0-9]{1,2}:.*",
    re.DOTALL,
)
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")  # 10/21/2025, or 21/10/2025
_SURROGATE = re.compile("[\ud800-\udfff]")
_DEEPEST = 100  # levels of lists in lists in a field


def read_sources(
    sources: Sequence[Path],
    columns: Mapping[str, str] | None = None,
    memory: FileMemory | None = None,
    besides: Path | None = None,
) -> Iterator[Speech | Skipped]:
    """Read files and folders in the order given; a file that is met again is not read twice.

    Folders are read with all that is in them, sorted by name; hidden files and files of other
    kinds are passed over there, and so they are in archives. ``columns`` says which column of a
    table is which of :data:`COLUMN_FIELDS` where that is not to be known from its name; a table
    without that column is read as if nothing had been said. What comes out of a .zip has the
    archive's name and the folder in it before its id if the id is taken by what was read before. A
    speech whose date is unusable is read without it and followed by a Skipped that says so. Of a
    file that ``memory`` knows to be unchanged only what was skipped is told again. The folder
    ``besides`` is passed over.
    """
    taken: dict[str, str] = {}
    columns = columns or {}
    met: set[str] = set()
    for path, skipped in _files(sources, besides):
        if _SURROGATE.search(str(path)):
            name = os.fsencode(path).decode("utf-8", "backslashreplace")
            yield Skipped(name, "its name is not UTF-8: rename it", name)
            continue
        if skipped:
            yield replace(skipped, unread=str(path))
            continue
        if memory and (known := memory.recall(path, taken)):
            taken.update(dict.fromkeys(known.ids, str(path)))
            met.update(known.columns)
            yield from known.notes
            continue
        remarks = _Remarks(path)
        alone, speeches = True, 0
        met_here: set[str] = set()
        for item in _read_path(path, columns, met_here):
            if isinstance(item, Skipped):
                yield from remarks.add(replace(item, unread=str(path)))
                continue
            where, speech, remark = item
            speeches += 1
            alone = alone and speech.id not in taken
            if speech.id in taken and path.suffix.lower() == ".zip":
                folder = PurePath(where[len(str(path)) + 1 :]).parent
                speech = replace(speech, id=str(PurePath(path.stem, folder, speech.id)))
            if speech.id in taken:
                shown = files.one_line(speech.id)
                why = f"id '{shown}' is already taken by {taken[speech.id]}; rename one"
                yield from remarks.add(Skipped(where, why))
                continue
            taken[speech.id] = where
            yield replace(speech, origin=str(path))
            if remark:
                yield from remarks.add(Skipped(where, remark))
        yield from remarks.rest()
        met |= met_here
        if memory and (
            changed := memory.finish(path, speeches, remarks.told, met_here, alone=alone)
        ):
            yield changed
    for name, column in columns.items():
        if name not in met:
            yield Skipped(f"--column {name}={column}", f"no table has a column '{column}'")


class _Remarks:
    """What is said of one file: the first remarks, and how many more there were.

    A file of millions of lines may have as many that are wrong.
    """

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._more = 0
        self._unread: str | None = None
        self.told: list[Skipped] = []

    def add(self, remark: Skipped) -> Iterator[Skipped]:
        """The remark, if it is one of those that are told."""
        if len(self.told) < MOST_REMARKS or may_mend(remark.why):
            self.told.append(remark)
            yield remark
        else:
            self._more += 1
            self._unread = self._unread or remark.unread

    def rest(self) -> Iterator[Skipped]:
        """What stands for those that were not told."""
        if self._more:
            why = f"{self._more:,} more such remarks: mend those that are told first"
            self.told.append(Skipped(self._path, why, self._unread))
            yield self.told[-1]


# --- which files ------------------------------------------------------------------------------


def _files(
    sources: Sequence[Path], besides: Path | None = None
) -> Iterator[tuple[Path, Skipped | None]]:
    """Yield every file to read, or a Skipped beside the path that is none."""
    met: set[tuple[int, int]] = set()  # device and inode: a link's circle ends where it began
    if besides is not None and besides.is_dir():
        status = besides.stat()
        met.add((status.st_dev, status.st_ino))
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
                    inside = [path for path in inside if not path.name.startswith(files.HIDDEN)]
                    waiting += [(path, False) for path in inside]
                    continue
            except FileNotFoundError:
                if named or _is_known(path.name):  # else a link to nowhere
                    yield path, Skipped(str(path), VANISHED)
                continue
            except (OSError, ValueError) as error:
                yield path, Skipped(str(path), f"cannot be read: {_reason(error)}")
                continue
            if not stat.S_ISREG(status.st_mode):
                if named:
                    yield path, Skipped(str(path), "is not a file")
            elif path.suffix.lower() == LIST:
                found = True
                yield path, Skipped(str(path), _IS_LIST)
            elif _is_known(path.name):
                found = True
                yield path, None
            elif named:
                yield path, Skipped(str(path), f"is of no known kind: name {KINDS}")
        if folder and not found:
            yield source, Skipped(str(source), EMPTY)


def _is_known(name: str) -> bool:
    """Whether a file of that name is read; a .gz says by the ending before it what it holds."""
    path = PurePath(name)
    ending = path.suffix.lower()
    return _is_known(path.stem) if ending == ".gz" else ending in _READERS or ending in _ARCHIVES


def _read_path(
    path: Path, columns: Mapping[str, str], met: set[str]
) -> Iterator[tuple[str, Speech, str | None] | Skipped]:
    """Yield where it stands, the speech and a remark, or a Skipped, for all that a file holds."""
    try:
        with path.open("rb") as stream:
            file = OpenFile(str(path), path.name, path.name, stream, columns, met)
            yield from _read(file)
    except OSError as error:
        yield Skipped(str(path), f"cannot be read: {_reason(error)}")


def _read(file: OpenFile) -> Iterator[tuple[str, Speech, str | None] | Skipped]:
    try:
        if opened := _ARCHIVES.get(file.ending):
            yield from _read_archive(opened(file, _is_known))
            return
        for item in _READERS[file.ending](file):
            if isinstance(item, Skipped):
                yield item
                continue
            try:
                if file.ending == ".txt" and _is_list(item.text):
                    raise Unusable(_IS_LIST)
                yield item.where, *to_speech(item, file.label)
            except Unusable as unusable:
                yield Skipped(item.where, str(unusable))
    except Unusable as unusable:
        yield Skipped(file.where, str(unusable))


def _is_list(text: str) -> bool:
    # the beginning tells most speeches apart without looking at all their lines
    return text.lstrip()[:4].lower().startswith(("http", "#")) and holds_addresses(text)


def _read_archive(
    members: archives.Members,
) -> Iterator[tuple[str, Speech, str | None] | Skipped]:
    found = False
    for member in members:
        found = True
        if isinstance(member, Skipped):
            yield member
        else:
            yield from _read(member)
    if not found:
        raise Unusable(EMPTY)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


# --- speeches ---------------------------------------------------------------------------------


def to_speech(found: Found, label: str) -> tuple[Speech, str | None]:
    """A speech of what a reader found, and a remark when its date had to be left out.

    ``label`` is the source where the fields name none. A known field that is neither text nor a
    number is kept among the extra ones. Raises Unusable for what cannot be stored.
    """
    fields = {"source": label, **files.present(found.fields)}
    _check([found.id, found.text, fields])
    if not found.text.strip():
        raise Unusable("has no text")
    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in fields.items():
        written = files.as_text(value)
        if name in _FIELDS and written:
            known[name] = written
        elif name not in (*_FIELDS, "language") or written is None:
            extra[name] = value
    remark = None
    if "date" in known:
        given = _TIME_OF_DAY.sub(r"\1", known.pop("date"))
        try:
            known["date"] = _date(given)
        except ValueError:
            why = "may be two days" if _SLASHED.fullmatch(given.strip()) else "is not a date"
            remark = f"date '{files.one_line(given)}' {why}; read without it"
    named = (files.as_text(fields.get("language")) or "").lower()
    spoken = _LANGUAGE_NAMES.get(named) or _LANGUAGE_NAMES.get(re.split("[-_]", named)[0])
    sample = found.text[found.body : found.body + _LANGUAGE_SAMPLE]
    return (
        Speech(
            id=found.id, text=found.text, language=spoken or detect_language(sample),
            body=found.body, extra=extra, **known,
        ),
        remark,
    )  # fmt: skip


def _date(given: str) -> str:
    """A date as tables have it, in the form of ours; ValueError where it may mean two days."""
    if day := whole_date(given):
        return day
    if slashed := _SLASHED.fullmatch(given.strip()):
        first, second, year = map(int, slashed.groups())
        month, day_of_month = sorted((first, second))
        if day_of_month > 12 or month == day_of_month:  # else it depends on the country
            return parse_date(f"{year}-{month:02}-{day_of_month:02}")
    return parse_date(given)


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
