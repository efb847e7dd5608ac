"""Documents: .docx and the text layer of .pdf, put together as they are read by a person."""

from __future__ import annotations

import logging
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any, BinaryIO

from retrieval import files
from retrieval.errors import Unusable
from retrieval.files import Found, Items, OpenFile
from retrieval.records import Skipped

MOST_PAGES = 5_000
MOST_OPERATORS = 1_000_000
"""Drawing steps of one .pdf page; a page of text has some thousands, a map has millions."""
MOST_SECONDS = 120.0
"""That one .pdf may take."""

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# What is deleted or moved away in tracked changes, and what stands there a second time.
_NOT_READ = (f"{_WORD}del", f"{_WORD}moveFrom", f"{_COMPATIBILITY}Fallback")
_SIGNS = {
    f"{_WORD}tab": "\t", f"{_WORD}br": "\n", f"{_WORD}cr": "\n", f"{_WORD}noBreakHyphen": "\u2011",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0"  # an old .doc, and the wrapping of an encrypted .docx

_NO_TITLE = re.compile(
    r"(?i:microsoft \w+ - .*|untitled.*|без имени.*|без названия.*|новый документ.*|document\d*|"
    r"документ( microsoft word|\d*)|word document|python-docx.*|.*\.(docx?|rtf|odt|pdf|indd|qxd))"
)
_NAMED_DATE = re.compile(r"(?<![0-9])([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")
_PDF_DATE = re.compile(r"D:([0-9]{4})([0-9]{2})([0-9]{2})")
_EARLIEST = "1990"  # what is older is a clock that was never set
_TEMPLATE_MADE = datetime(2013, 12, 23, 23, 15)  # so says every file that python-docx makes

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u200b\ufeff]")
_LIGATURES = {
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
}  # fmt: skip
_UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff]|\\(cid:[0-9]+\\)")
_MOST_UNMAPPED = 0.2  # of the characters: letters of fonts that do not say what they are

_MOST_NAMED = 10  # pages in a message
_EDGE = 2  # lines at the top and bottom of a page that may be running headers and footers
_REPEATED = 0.4  # of the pages
_PAGE_NUMBER = re.compile(
    r"(?i:[-–—\s]*(?:(?:page|стр(?:\.|аница)?|с\.|səh(?:\.|ifə)?)\s*)?[0-9]{1,4}"
    r"(?:\s*(?:/|of|из)\s*[0-9]{1,4})?[-–—\s]*)"
)
_ENDED = re.compile(r"[.!?…:;][»”“\"'’)\]]*$")
_ITEM = re.compile(r"(?:[-–—*·]|[0-9]{1,3}[.)]|\([0-9a-zа-я]\))\s")
_NARROWEST = 30  # characters
_BULLETS = "•▪●‣◦"
_FULL = 0.85  # of the width: a line that is not the last of its paragraph
_SHORT = 0.6
_MOST_GAPS = 0.4  # of the lines
_HYPHENATED = re.compile(r"([^\W\d_]+)[-‐\xad]$")
_LONGEST_WORD = 60  # characters, of what is divided
_OPEN_END = re.compile(r"\w[-‐]$")  # «2024-», and «2025» follows
_WORD_BEGINS = re.compile(r"[^\W\d_]+")
_KEPT_PARTS = frozenset("то либо нибудь таки ка де".split())  # «кто-то»


# --- .docx ------------------------------------------------------------------------------------


def read_docx(file: OpenFile) -> Items:
    """The paragraphs of a .docx file, those in tables and boxes too, one a line.

    Tracked changes are taken as accepted; headers, footers, notes and comments are left out.
    """
    try:  # imported here for start-up time, and because it is optional
        import docx
    except ImportError:
        raise Unusable(files.NEEDS_FILES) from None
    with closing(files.seekable(file, files.LARGEST_DOCUMENT)) as stream:
        try:
            _require_small(stream)
            document = docx.Document(stream)
            text = "\n".join(filter(None, _paragraphs(document.element.body)))
            properties = document.core_properties
            made = properties.created
            template = made is None or made.replace(tzinfo=None) == _TEMPLATE_MADE
            day = "" if template else made.date().isoformat()
            fields = _fields(file, properties.title, properties.author, day)
        except Unusable:
            raise
        except Exception as error:  # the library's own, and those of XML and zip beneath it
            raise Unusable(f"is damaged or no .docx file ({files.one_line(error)})") from error
    if not text.strip():
        raise Unusable("holds no text")
    yield Found(file.where, file.stem, text, fields)


def _require_small(stream: BinaryIO) -> None:
    """Raise Unusable when what is packed in a document is too much to be read at once."""
    if stream.read(4) == _OLE:
        raise Unusable("is encrypted or an old .doc: save it as .docx without a password")
    left = files.LARGEST_DOCUMENT
    with zipfile.ZipFile(stream) as package:
        for entry in package.infolist():
            with package.open(entry) as part:
                while chunk := part.read(2**16):
                    left -= len(chunk)
                    if left < 0:
                        most = files.megabytes(files.LARGEST_DOCUMENT)
                        raise Unusable(f"unpacks to more than {most}")
    stream.seek(0)


def _paragraphs(body: Any) -> Iterator[str]:
    for paragraph in body.iter(f"{_WORD}p"):
        if not any(ancestor.tag in _NOT_READ for ancestor in paragraph.iterancestors()):
            yield "".join(_pieces(paragraph)).strip()


def _pieces(element: Any) -> Iterator[str]:
    """The text of a paragraph, without that of paragraphs inside it, such as in a text box.

    The library's own text of a paragraph lacks what is in tracked changes and smart tags.
    """
    for child in element:
        if child.tag == f"{_WORD}t":
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag == f"{_WORD}r" and child.find(f"{_WORD}rPr/{_WORD}vanish") is not None:
            continue  # hidden text
        elif child.tag not in (*_NOT_READ, f"{_WORD}p"):
            yield from _pieces(child)


# --- .pdf -------------------------------------------------------------------------------------


def read_pdf(file: OpenFile) -> Items:
    """The text layer of a .pdf file: one paragraph a line, without what repeats on every page."""
    try:  # imported here for start-up time, and because it is optional
        import pypdf
    except ImportError:
        raise Unusable(files.NEEDS_FILES) from None
    logging.getLogger(pypdf.__name__).setLevel(logging.CRITICAL)  # it warns of every small fault
    with closing(files.seekable(file, files.LARGEST_DOCUMENT)) as stream:
        try:
            reader = pypdf.PdfReader(stream)
            if reader.is_encrypted and not reader.decrypt(""):
                raise Unusable("is encrypted: save it without a password")
            if len(reader.pages) > MOST_PAGES:
                raise Unusable(f"has more than {MOST_PAGES:,} pages: split it")
            pages = list(_page_texts(reader.pages))
            pictures = [
                number
                for number, (page, text) in enumerate(zip(reader.pages, pages, strict=True), 1)
                if not text.strip() and _has_picture(page)
            ]
            about: Mapping[str, Any] = reader.metadata or {}
            made = _PDF_DATE.match(str(about.get("/CreationDate", "")))
            day = "-".join(made.groups()) if made else ""
            fields = _fields(file, about.get("/Title"), about.get("/Author"), day)
        except Unusable:
            raise
        except pypdf.errors.DependencyError:
            raise Unusable(files.NEEDS_FILES) from None
        except Exception as error:  # anything, of such files as there are
            raise Unusable(f"is damaged or no .pdf file ({files.one_line(error)})") from error
    text = reflow([_clean(page).splitlines() for page in pages])
    if not text:
        raise Unusable("holds pictures only, no text: run it through OCR first")
    if sum(map(len, _UNMAPPED.findall(text))) > _MOST_UNMAPPED * len(text):
        raise Unusable("its fonts do not say which letters they show: run it through OCR first")
    yield Found(file.where, file.stem, text, fields)
    if pictures:
        named = ", ".join(map(str, pictures[:_MOST_NAMED]))
        yield Skipped(
            file.where, f"pictures without text, read without them: pages {named} (OCR them first)"
        )


def _page_texts(pages: Any) -> Iterator[str]:
    began = time.monotonic()
    length = 0
    for number, page in enumerate(pages, 1):
        steps = 0

        def step(*_: object, number: int = number) -> None:
            nonlocal steps
            steps += 1
            if steps > MOST_OPERATORS:
                raise Unusable(f"page {number} is no text: it has too many drawings on it")
            if time.monotonic() - began > MOST_SECONDS:
                raise Unusable(f"takes too long to read: it was left at page {number}")

        text = page.extract_text(visitor_operand_before=step)
        length += len(text)
        if length > files.LARGEST_TEXT:
            raise Unusable(f"is longer than {files.megabytes(files.LARGEST_TEXT)}")
        yield text


def _has_picture(page: Any) -> bool:
    inside = page
    for name in ("/Resources", "/XObject"):
        if name not in inside:
            return False
        inside = inside[name]
    return any(inside[name].get("/Subtype") == "/Image" for name in inside)


def _clean(text: str) -> str:
    """Text without control characters, ligatures and halves of surrogate pairs."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for ligature, letters in _LIGATURES.items():
        text = text.replace(ligature, letters)
    return _CONTROL.sub(lambda match: match[0] if match[0] == "\xad" else "", text)


def reflow(pages: Sequence[Sequence[str]]) -> str:
    """Paragraphs, one a line, of pages of printed lines.

    Page numbers and lines that repeat at the edge of most pages are left out; a paragraph goes on
    over lines and pages until a line ends it: one that stops short of the width behind a full
    stop, or short without one where a capital follows. A word divided at a line's end is put
    together, unless the document has it with its hyphen elsewhere.
    """
    lines = [line for page in _without_edges(pages) for line in page]
    filled = sorted(len(line) for line in lines if line)
    if not filled:
        return ""
    width = max(_NARROWEST, filled[int(len(filled) * 0.9)])  # a few are longer, as in tables
    known = Counter(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(lines).lower()))
    paragraphs: list[list[str]] = []
    # Where every other line is empty, that is how the lines were set and means nothing.
    gaps_count = lines.count("") < _MOST_GAPS * len(lines)
    gap = True
    for line in lines:
        if not line:
            gap = gap or gaps_count
            continue
        before = paragraphs[-1][-1] if paragraphs else ""
        if not before or _ends(before, line, width, gap):
            paragraphs.append([])
        paragraphs[-1].append(line)
        gap = False
    return "\n".join(_joined(paragraph, known) for paragraph in paragraphs)


def _without_edges(pages: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The lines of each page without running headers, footers and page numbers.

    A line at the edge is one of them when it is on many pages, numbers apart, or when its first
    or last number counts the pages.
    """
    tidy = [_stripped([" ".join(line.split()) for line in page]) for page in pages]
    shapes: Counter[str] = Counter()
    counts: Counter[int] = Counter()
    for number, page in enumerate(tidy):
        edges = set(page[:_EDGE] + page[-_EDGE:])
        shapes.update({_shape(line) for line in edges})
        counts.update({count - number for line in edges for count in _counts(line)})
    often = max(3, _REPEATED * len(pages))
    for number, page in enumerate(tidy):
        for end in (0, -1):
            for _ in range(_EDGE):
                page = _stripped(page)
                if page and (
                    _PAGE_NUMBER.fullmatch(page[end])
                    or shapes[_shape(page[end])] >= often
                    or any(counts[count - number] >= often for count in _counts(page[end]))
                ):
                    del page[end]
        yield _stripped(page)


def _shape(line: str) -> str:
    """A line without its numbers: a running header that counts is the same on every page."""
    return re.sub(r"[0-9]+", "#", line)


def _counts(line: str) -> list[int]:
    """The numbers with which a line begins and ends."""
    return [int(number) for number in re.findall(r"^[0-9]{1,4}(?= )|(?<= )[0-9]{1,4}$", line)]


def _stripped(page: list[str]) -> list[str]:
    """A page without empty lines at its top and bottom."""
    filled = [number for number, line in enumerate(page) if line]
    return page[filled[0] : filled[-1] + 1] if filled else []


def _ends(line: str, following: str, width: int, gap: bool) -> bool:
    """Whether a paragraph ends with a line; ``gap`` says that an empty one follows."""
    if _HYPHENATED.search(line, len(line) - _LONGEST_WORD):
        return False
    if following[0] in _BULLETS:
        return True
    if _ENDED.search(line):
        return gap or len(line) < _FULL * width or bool(_ITEM.match(following))
    begins = _WORD_BEGINS.search(following)
    small = begins is not None and begins[0][0].islower()
    return not small and (gap or len(line) < _SHORT * width)


def _joined(lines: Sequence[str], known: Counter[str]) -> str:
    """The lines of a paragraph as one, its divided words put together."""
    text = lines[0]
    pieces = []
    for line in lines[1:]:
        divided, rest = (
            _HYPHENATED.search(text, len(text) - _LONGEST_WORD),
            _WORD_BEGINS.match(line),
        )
        if divided and rest:
            whole = (divided[1] + rest[0]).lower()
            hyphened = f"{divided[1]}-{rest[0]}".lower()
            keep = rest[0] in _KEPT_PARTS or rest[0][0].isupper() or known[hyphened] > known[whole]
            pieces += [text[: divided.end(1)], "-" if keep else ""]
        else:
            pieces += [text, "" if _OPEN_END.search(text) else " "]
        text = line
    return "".join([*pieces, text]).replace("\xad", "")


# --- both -------------------------------------------------------------------------------------


def _fields(file: OpenFile, title: object, author: object, day: str) -> dict[str, str]:
    """What a document says of itself, as far as it makes sense.

    The ``day`` on which the file was made is not that of the speech, which only its name may give.
    """
    fields = {}
    title, author = (" ".join(_clean(str(value or "")).split()) for value in (title, author))
    if title and not _NO_TITLE.fullmatch(title):
        fields["title"] = title
    if author and author != "python-docx":
        fields["author"] = author
    if named := _NAMED_DATE.search(file.stem):
        fields["date"] = named[1]
    if day > _EARLIEST:
        fields["made"] = day
    return fields
