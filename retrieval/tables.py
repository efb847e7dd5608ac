"""Tables of speeches, one record at a time: JSON Lines, CSV and Parquet.

Which column is which field is a matter of its name, see :data:`ALIASES`; the user's own choice
goes before. Columns that are no field are kept among a speech's extra ones.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import Any, BinaryIO

from retrieval import files
from retrieval.errors import Unusable
from retrieval.files import Found, Items, OpenFile
from retrieval.records import Skipped

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "speech_id"),
    "text": (
        "full_text", "text", "content", "transcript", "speech_text", "speech", "body",
        "текст", "mətn",
    ),
    "title": (
        "title", "headline", "topic", "subject", "event", "заголовок", "название", "тема", "başlıq",
    ),
    "date": (
        "date", "datetime", "published", "published_at", "date_published", "publication_date",
        "pub_date", "pubdate", "дата", "tarix", "year",
    ),
    "speaker": (
        "speaker", "speaker_name", "president", "спикер", "оратор", "выступающий", "natiq",
    ),
    "url": ("url", "link", "href", "permalink", "ссылка", "keçid"),
    "language": ("language", "lang", "locale", "язык", "dil"),
    "occasion": ("occasion",),
    "place": ("place", "location", "venue", "место", "yer"),
    "source": ("source", "publisher", "источник", "mənbə"),
}  # fmt: skip
"""Names of columns by field, in the order in which they are tried; the first that is filled in.

Capitals do not count, and a space or a hyphen is an underscore. In JSON Lines, a field's own name
goes before all others. In other tables a name of several words counts by the word that they are
about («Date of Speech», «Текст выступления»), if that makes only one column the field.
"""

_PREPOSITIONS = ("of", "to", "for", "in", "by", "on", "at")  # what the name is about is before
_BATCH = 16  # rows of a Parquet file in memory
_CHUNK = 2**20
_SAMPLE = 2**16  # bytes by which Windows-1251 is told from other code pages
_MOST_WRONG = 20  # in a sample: more are not by accident
_MOST_NAMED = 20  # columns in a message
_DELIMITERS = ",;\t|"
_ESCAPES = ("surrogateescape", "[\udc80-\udcff]")
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)  # written and read by Excel


# --- records ----------------------------------------------------------------------------------


def _found(
    file: OpenFile, where: str, number: int, record: Mapping[str, Any], own_first: bool = False
) -> Found:
    """Tell the text, the id and the other fields of a record apart."""
    extra = files.present(record)
    fields = {}
    for name, column in _assigned(list(extra), file, own_first).items():
        fields[name] = extra.pop(column)
    text = fields.pop("text", None)
    if text is None and own_first and not _assigned(list(record), file).get("text"):
        raise Unusable(_no_text("has no text", list(record)))
    if text is None:
        raise Unusable("has no text")
    if not isinstance(text, str):
        raise Unusable("its text is not a string")
    if len(text) > files.LARGEST_TEXT:
        raise Unusable(f"is longer than {files.megabytes(files.LARGEST_TEXT)}")
    speech_id = files.as_text(fields.pop("id", None)) or f"{file.stem}-{number}"
    return Found(where, speech_id, text, {**extra, **fields})


def _assigned(columns: Sequence[str], file: OpenFile, own_first: bool = False) -> dict[str, str]:
    """Which column gives which field."""
    free = {_folded(column): column for column in reversed(columns)}
    assigned = {}
    for name, column in file.columns.items():
        own = column if column in columns else free.get(_folded(column))
        if own is not None:
            file.met.add(name)
            assigned[name] = own
    taken = set(assigned.values())
    for name, aliases in ALIASES.items():
        if name in assigned:
            continue
        for alias in (name, *aliases) if own_first else aliases:
            if (column := free.get(alias, "")) and column not in taken:
                assigned[name] = column
                break
    taken = set(assigned.values())
    for name in () if own_first else (field for field in ALIASES if field not in assigned):
        about = [column for column in columns if column not in taken and _about(column) == name]
        if len(about) == 1:
            assigned[name] = about[0]
    return assigned


def _about(column: str) -> str | None:
    """The field that the word means which a column's name of several words is about."""
    words = re.findall(r"[^\W_]+", re.sub(r"\(.*?\)", " ", column).casefold())
    if len(words) > 1 and words[-1] == "name":
        words.pop()  # «Speaker name»
    if re.search("[а-яё]", column, re.IGNORECASE):
        word = words[0] if words else ""  # «Дата выступления»
    else:
        prepositions = [place for place, word in enumerate(words) if word in _PREPOSITIONS]
        word = words[prepositions[0] - 1 if prepositions else -1] if words else ""
    return next((field for field, aliases in ALIASES.items() if word in aliases), None)


def _folded(column: str) -> str:
    return re.sub(r"[\s\-]+", "_", column.strip()).casefold()


def _require_text(columns: Sequence[str], file: OpenFile) -> None:
    if "text" not in _assigned(columns, file):
        raise Unusable(_no_text("no column is known to be the text", columns))


def _no_text(why: str, columns: Sequence[str]) -> str:
    named = ", ".join(f"'{files.one_line(column, 40)}'" for column in columns[:_MOST_NAMED])
    more = f" and {len(columns) - _MOST_NAMED} more" if len(columns) > _MOST_NAMED else ""
    return f"{why}; there are {named or 'none'}{more}: name the right one, --column text=NAME"


# --- JSON Lines -------------------------------------------------------------------------------


def read_jsonl(file: OpenFile) -> Items:
    """Yield the records of a .jsonl file, one a line; their text is kept unchanged."""
    number = 0
    empty = True
    while line := file.stream.readline(files.LARGEST_TEXT + 1):
        number += 1
        where = f"{file.where} line {number}"
        line, before = files.split_mark(line) if number == 1 else (line, 0)
        if not line.strip():
            continue
        empty = False
        try:
            if len(line) > files.LARGEST_TEXT:
                while line and not line.endswith(b"\n"):
                    line = file.stream.readline(files.LARGEST_TEXT)
                raise Unusable(f"is longer than {files.megabytes(files.LARGEST_TEXT)}")
            yield _found(file, where, number, _record(line, before), own_first=True)
        except Unusable as unusable:
            yield Skipped(where, str(unusable))
    if empty:
        raise Unusable("is empty")


def _record(line: bytes, before: int) -> dict[str, Any]:
    text = files.decode(line, before)
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


# --- CSV --------------------------------------------------------------------------------------


def read_csv(file: OpenFile) -> Items:
    """Yield the rows of a .csv or .tsv file whose first row names the columns.

    UTF-8, UTF-16 with a byte-order mark and Windows-1251 are read; a comma, a semicolon, a tab or a
    vertical bar separates. A row whose quotation marks or number of fields are wrong is reported by
    its line.
    """
    with closing(files.seekable(file)) as stream:
        encoding = _encoding(stream)
        stream.seek(0)
        # What cannot be decoded leaves its mark, and the row that has one is reported.
        errors, mark = ("replace", "\ufffd") if encoding == "utf-16" else _ESCAPES
        text = io.TextIOWrapper(stream, encoding, errors, newline="")
        # The limit is one of the whole process; as it comes it is 128 KB.
        csv.field_size_limit(max(csv.field_size_limit(), files.LARGEST_TEXT))
        yield from _rows(file, _Lines(text), mark)


def _encoding(stream: BinaryIO) -> str:
    """The encoding of all bytes up to the end of a stream.

    It is UTF-8 too when a few bytes are no text of any kind; when there are many, Unusable says
    where they begin.
    """
    before, chunk = 0, stream.read(_CHUNK)
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in chunk:
        raise Unusable("is binary, not text: it holds NUL bytes")
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk:
        held = len(decoder.getstate()[0])  # the beginning of a letter that goes on in this chunk
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            start = max(0, error.start - held)
            sample = chunk[start : start + _SAMPLE]
            if files.is_cyrillic(sample.decode("windows-1251", "replace"), small=0.5):
                return "windows-1251"
            if sample.decode("utf-8", "replace").count("\ufffd") > _MOST_WRONG:
                at = f"byte {before + start + 1} is 0x{sample[0]:02x}"
                raise Unusable(
                    f"is neither UTF-8 nor Windows-1251 ({at}): save it as UTF-8"
                ) from None
            return "utf-8-sig"
        before += len(chunk)
        chunk = stream.read(_CHUNK)
    return "utf-8-sig"


class _Lines:
    """The lines of a text, counted; Unusable when those of one row are too long together."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._number = 0
        self._length = 0
        self.row = 0
        self.quotes = 0

    def begin_row(self) -> None:
        """Count anew: ``row`` is the number of its first line, ``quotes`` those in its lines."""
        self.row = self._number + 1
        self.quotes = self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(files.LARGEST_TEXT + 1)
        if not line:
            raise StopIteration
        self._number += 1
        self._length += len(line)
        if self._length > files.LARGEST_TEXT:
            most = files.megabytes(files.LARGEST_TEXT)
            raise Unusable(f"line {self.row}: the row is longer than {most}; read no further")
        self.quotes += line.count('"')
        return line


def _rows(file: OpenFile, lines: _Lines, undecoded: str) -> Items:
    columns, delimiter, twice = _header(file, lines)
    _require_text(columns, file)
    if twice:
        named = ", ".join(f"'{files.one_line(name, 40)}'" for name in twice)
        yield Skipped(
            file.where, f"has several columns named {named}, of which the first counts: rename them"
        )
    number = 0
    for row in _cells(lines, delimiter):
        where = f"{file.where} line {lines.row}"
        number += 1
        try:
            if isinstance(row, Unusable):
                raise row
            if len(row) < len(columns) or any(row[len(columns) :]):
                raise Unusable(
                    f"has fields: {len(row)}, and the first row: {len(columns)}; "
                    "put what holds a separator or a line break in quotation marks"
                )
            if re.search(undecoded, "\n".join(row)):
                raise Unusable("holds bytes that are no text: save the file as UTF-8")
            yield _found(file, where, number, dict(zip(columns, row, strict=False)))
        except Unusable as unusable:
            yield Skipped(where, str(unusable))
    if not number:
        raise Unusable("is empty: it has no row but the one that names the columns")


def _cells(lines: _Lines, delimiter: str) -> Iterator[list[str] | Unusable]:
    """Yield the cells of each row that is not blank, or why it has none."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    lost = False  # behind wrong quotation marks, until a row has them in pairs
    while True:
        lines.begin_row()
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                yield Unusable("a quotation mark is opened and never closed: close or double it")
                return
            lost = True
            row = []
        lost = lost and (not row or lines.quotes % 2 == 1)
        if lost:
            yield Unusable("its quotation marks are wrong: double those inside a field")
        elif any(cell.strip() for cell in row):
            yield row


def _header(file: OpenFile, lines: _Lines) -> tuple[list[str], str, list[str]]:
    """The names of the columns, each different; what separates them; names that several have."""
    delimiters = _DELIMITERS
    first = ""
    while not first.strip():
        lines.begin_row()
        if (line := next(lines, None)) is None:
            raise Unusable("is empty")
        if separator := _SEPARATOR_LINE.fullmatch(line):
            delimiters = separator[1]
        else:
            first = line
    while first.count('"') % 2 and (line := next(lines, None)) is not None:
        first += line
    best: tuple[list[str], str] = ([], "")
    for delimiter in delimiters:
        try:
            names = next(csv.reader(first.splitlines(keepends=True), delimiter=delimiter))
        except csv.Error as error:
            raise Unusable(f"the row that names the columns is wrong ({error})") from error
        known = [
            bool(_assigned(columns, file, own_first=True).get("text"))
            for columns in (names, best[0])
        ]
        if (known[0], len(names)) > (known[1], len(best[0])):
            best = (names, delimiter)
    names = [" ".join(name.split()) for name in best[0]]
    twice = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    return _unlike(names), best[1], twice


def _unlike(names: Sequence[str]) -> list[str]:
    """Each name a different one; a column without a name of its own gets a number."""
    unlike: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        unlike[f"column {number}" if not name or name in unlike else name] = None
    return list(unlike)


# --- Parquet ----------------------------------------------------------------------------------


def read_parquet(file: OpenFile) -> Items:
    """Yield the rows of a .parquet file; columns of bytes, such as pictures, are left out."""
    try:  # imported here for start-up time, and because it is optional
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise Unusable(files.NEEDS_FILES) from None

    def holds_bytes(kind: Any) -> bool:
        inner = [kind.field(i).type for i in range(kind.num_fields)]
        return any(map(holds_bytes, inner)) if inner else "binary" in str(kind)

    def values(column: Any) -> list[Any]:
        if pa.types.is_timestamp(column.type):  # of nanoseconds, Python has no type
            column = column.cast(pa.timestamp("s", column.type.tz), safe=False)
        return [_plain(value) for value in column.to_pylist()]

    with closing(files.seekable(file)) as stream:
        try:
            table = pq.ParquetFile(stream)
            kinds = {column.name: column.type for column in table.schema_arrow}
        except Exception as error:  # whatever the library makes of bytes that are no Parquet
            raise Unusable(f"is damaged or no Parquet file ({files.one_line(error)})") from error
        if not table.metadata.num_rows:
            raise Unusable("is empty: it has no rows")
        _require_text(list(kinds), file)
        text = _assigned(list(kinds), file)["text"]
        columns = [name for name in kinds if name == text or not holds_bytes(kinds[name])]
        batches = table.iter_batches(_BATCH, columns=columns, use_threads=False)
        number = 0
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    break
                rows = zip(*map(values, batch.columns), strict=True)
            except Exception as error:
                why = f"is damaged behind row {number} ({files.one_line(error)})"
                raise Unusable(why) from error
            for row in rows:
                number += 1
                where = f"{file.where} row {number}"
                try:
                    record = dict(zip(batch.schema.names, row, strict=True))
                    yield _found(file, where, number, record)
                except Unusable as unusable:
                    yield Skipped(where, str(unusable))
        if not number:  # its metadata claims rows that its columns do not hold
            raise Unusable("is damaged: it holds none of the rows that it says it has")


def _plain(value: Any) -> Any:
    """A value in the types of JSON; what JSON has no type for becomes text."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (str, int, float)):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)  # a datetime is a date
