"""Files of all kinds, made for the tests; all that is said in them is invented."""

import gzip
import io
import zipfile

import docx
import pyarrow as pa
import pyarrow.parquet as pq

_ALPHABET = "windows-1251"


def pdf(*pages, info=b"", font=True):
    """A PDF of pages of lines, set in a font that says which letters its codes are."""
    letters = bytes(range(32, 256)).decode(_ALPHABET, "ignore")
    names = "\n".join(f"<{c.encode(_ALPHABET).hex()}> <{ord(c):04x}>" for c in letters)
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(letters)} beginbfchar\n{names}\nendbfchar\nendcmap end end"
    ).encode()
    to_unicode = b"/ToUnicode 3 0 R" if font else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>"
        % (b" ".join(b"%d 0 R" % (6 + 2 * i) for i in range(len(pages))), len(pages)),
        _stream(cmap),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica %s >>" % to_unicode,
        b"<< %s >>" % info,
    ]
    for number, lines in enumerate(pages):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 4 0 R >> >> >>" % (7 + 2 * number)
        )
        objects.append(_stream(b"\n".join(map(_shown, range(800, 0, -14), lines))))
    written = io.BytesIO(b"%PDF-1.4\n")
    written.seek(0, 2)
    places = []
    for number, each in enumerate(objects, 1):
        places.append(written.tell())
        written.write(b"%d 0 obj\n%s\nendobj\n" % (number, each))
    table = written.tell()
    written.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    written.writelines(b"%010d 00000 n \n" % place for place in places)
    written.write(b"trailer << /Size %d /Root 1 0 R /Info 5 0 R >>\n" % (len(objects) + 1))
    written.write(b"startxref\n%d\n%%%%EOF\n" % table)
    return written.getvalue()


def _stream(data):
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data)


def _shown(height, line):
    return b"BT /F1 11 Tf 60 %d Td <%s> Tj ET" % (height, line.encode(_ALPHABET).hex().encode())


def word(*paragraphs, **properties):
    """A .docx of paragraphs; a list of rows among them becomes a table."""
    document = docx.Document()
    for paragraph in paragraphs:
        if isinstance(paragraph, str):
            document.add_paragraph(paragraph)
            continue
        table = document.add_table(0, len(paragraph[0]))
        for row in paragraph:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def parquet(**columns):
    """A .parquet file of columns."""
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


def zipped(members, **how):
    """A .zip of names and bytes, or of (name, bytes) pairs."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, data in members.items() if isinstance(members, dict) else members:
            archive.writestr(name, data)
    return written.getvalue()


def gzipped(data):
    """A .gz file."""
    return gzip.compress(data, mtime=0)
