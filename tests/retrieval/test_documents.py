import io
import zipfile
from datetime import datetime

import docx
import pypdf
import pytest
from docx.oxml import parse_xml
from files_made import pdf, word, zipped

from retrieval import documents, files
from retrieval.documents import reflow
from retrieval.reading import read_sources
from retrieval.records import Skipped, Speech

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def read(tmp_path, capfd, caplog):
    """Writes a file and gives the speech in it and why there is none, or not all of it."""

    def run(name, data):
        path = tmp_path / name
        path.write_bytes(data)
        items = list(read_sources([path]))
        assert capfd.readouterr() == ("", "")
        assert not caplog.records
        speeches = [item for item in items if isinstance(item, Speech)]
        skipped = [item for item in items if isinstance(item, Skipped)]
        assert all(item.where == str(path) for item in skipped)
        assert len(speeches) <= 1
        return speeches[0] if speeches else None, [item.why for item in skipped]

    return run


# --- .docx ------------------------------------------------------------------------------------


def test_paragraphs_and_tables_are_read_in_order(read):
    data = word("Добрый день!", "", [["Один", "Два"], ["Три", "Четыре"]], "Спасибо.")
    speech, skipped = read("вечер.docx", data)
    assert speech == Speech(
        id="вечер",
        text="Добрый день!\nОдин\nДва\nТри\nЧетыре\nСпасибо.",
        language="ru",
        source="вечер.docx",
    )
    assert not skipped


def test_a_document_says_its_title_date_and_author(read):
    made = datetime(2024, 3, 5, 10, 30)
    data = word("Good morning.", title="On  bridges", author="A clerk", created=made)
    speech, _ = read("a.docx", data)
    assert (speech.title, speech.date) == ("On bridges", None)  # it may be older than its file
    assert (speech.speaker, speech.extra) == (None, {"author": "A clerk", "made": "2024-03-05"})


def test_a_date_in_the_name_is_that_of_the_speech(read):
    data = word("Good morning.", created=datetime(2024, 3, 5))
    assert read("2019-05-09 Port Wren.docx", data)[0].date == "2019-05-09"


@pytest.mark.parametrize("title", ["Microsoft Word - a.doc", "Документ Microsoft Word", "b.docx"])
def test_a_title_that_is_none_is_left_out(read, title):
    assert read("a.docx", word("Good morning.", title=title))[0].title is None


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<w:r><w:t>Good </w:t></w:r><w:r><w:t>morning.</w:t></w:r>", "Good morning."),
        ("<w:ins><w:r><w:t>Good </w:t></w:r></w:ins><w:r><w:t>day.</w:t></w:r>", "Good day."),
        ("<w:del><w:r><w:delText>Bad </w:delText></w:r></w:del><w:r><w:t>Day.</w:t></w:r>", "Day."),
        ("<w:smartTag><w:r><w:t>Port Wren</w:t></w:r></w:smartTag>", "Port Wren"),
        ("<w:sdt><w:sdtContent><w:r><w:t>Day.</w:t></w:r></w:sdtContent></w:sdt>", "Day."),
        ("<w:r><w:t>One</w:t><w:br/><w:t>two</w:t><w:tab/><w:t>3</w:t></w:r>", "One\ntwo\t3"),
        ("<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:t>Day.</w:t></w:r>", "Day."),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>No.</w:t></w:r><w:r><w:t>Day.</w:t></w:r>", "Day."),
    ],
)  # fmt: skip
def test_all_words_that_are_shown_are_read_and_no_others(read, inside, text):
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {NAMESPACE}>{inside}</w:p>"))
    written = io.BytesIO()
    document.save(written)
    assert read("a.docx", written.getvalue())[0].text == text


def test_a_text_box_is_read_once(read):
    box = "<w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent>"
    document = docx.Document()
    document.element.body.insert(
        0,
        parse_xml(
            f'<w:p {NAMESPACE} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
            f'2006"><w:r><w:t>Beside it.</w:t><mc:AlternateContent><mc:Choice Requires="wps">{box}'
            f"</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
        ),
    )
    written = io.BytesIO()
    document.save(written)
    assert read("a.docx", written.getvalue())[0].text == "Beside it.\nIn a box."


def test_a_document_that_unpacks_to_too_much_is_not_loaded(read, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_DOCUMENT", 2**20)
    data = zipped({"word/document.xml": b" " * 2**22})
    assert read("a.docx", data) == (None, ["unpacks to more than 1 MB"])


def test_a_file_too_large_is_not_read(read, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_DOCUMENT", 2**20)
    for name in ("a.docx", "a.pdf"):
        assert read(name, b"x" * 2**21) == (None, ["is longer than 1 MB"])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (word(), "holds no text"),
        (b"\xd0\xcf\x11\xe0 old", "is encrypted or an old .doc: save it as .docx "),
        (b"Good morning.", "is damaged or no .docx file ("),
        (zipped({"a.txt": "x"}), "is damaged or no .docx file ("),
        (zipped({"[Content_Types].xml": "<x>"}), "is damaged or no .docx file ("),
    ],
)  # fmt: skip
def test_a_bad_docx_is_reported(read, data, why):
    speech, [said] = read("a.docx", data)
    assert speech is None
    assert said.startswith(why)
    assert "\n" not in said


def test_entities_do_not_grow_nor_reach_files(read, tmp_path):
    (tmp_path / "secret").write_text("secret")
    written = io.BytesIO(word("Good morning."))
    with zipfile.ZipFile(written) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts["word/document.xml"] = (
        f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "{"&a;" * 10}">'
        f'<!ENTITY c SYSTEM "file://{tmp_path}/secret">]>'
        f"<w:document {NAMESPACE}><w:body><w:p><w:r><w:t>Day &b; &c;</w:t></w:r></w:p></w:body>"
        "</w:document>"
    ).encode()
    speech, skipped = read("a.docx", zipped(parts))
    assert skipped or (len(speech.text) < 50 and "secret" not in speech.text)


def test_a_docx_cut_off_is_reported_wherever_it_ends(read):
    data = word("Good morning.")
    for length in range(1, len(data), 1_001):
        speech, [why] = read("a.docx", data[:length])
        assert speech is None
        assert why.startswith("is damaged or no .docx file (")


# --- .pdf -------------------------------------------------------------------------------------


def test_a_sentence_runs_over_lines_and_pages(read):
    data = pdf(
        ["Вестник Лесногорска, 1", "Уважаемые друзья! Сегодня мы открываем но-",
         "вый мост через реку, и я рад, что кто-", "то из вас пришёл пораньше.",
         "Мы строили его долго, и я", "1"],
        ["Вестник Лесногорска, 2", "благодарю всех, кто нам помог.", "2"],
        ["Вестник Лесногорска, 3", "Спасибо.", "3"],
    )  # fmt: skip
    speech, skipped = read("a.pdf", data)
    assert speech.text == (
        "Уважаемые друзья! Сегодня мы открываем новый мост через реку, и я рад, что кто-то из вас "
        "пришёл пораньше.\nМы строили его долго, и я благодарю всех, кто нам помог.\nСпасибо."
    )
    assert (speech.id, speech.language, skipped) == ("a", "ru", [])


def test_a_pdf_says_its_title_date_and_author(read):
    info = b"/Title (On bridges) /Author (A clerk) /CreationDate (D:20240305233000+04'00')"
    speech, _ = read("a.pdf", pdf(["Good morning."], info=info))
    assert (speech.title, speech.date) == ("On bridges", None)
    assert speech.extra == {"author": "A clerk", "made": "2024-03-05"}


@pytest.mark.parametrize("made", [b"yesterday", b"D:19700101000000", b"D:2024"])
def test_a_date_that_makes_no_sense_is_left_out(read, made):
    speech, skipped = read("a.pdf", pdf(["Good morning."], info=b"/CreationDate (%s)" % made))
    assert (speech.date, speech.extra, skipped) == (None, {}, [])


def test_a_pdf_without_text_is_reported(read):
    why = "holds pictures only, no text: run it through OCR first"
    assert read("a.pdf", pdf([], [])) == (None, [why])
    assert read("b.pdf", pdf()) == (None, [why])


def test_pages_that_are_pictures_among_others_are_named(read):
    picture = b"/XObject << /P << /Subtype /Image >> >> /Font << >>"
    data = pdf(["Good morning."], [], []).replace(b"/Font << /F1 4 0 R >>", picture)
    data = data.replace(picture, b"/Font << /F1 4 0 R >>", 1).replace(picture, b"", 1)
    speech, skipped = read("a.pdf", data)
    assert speech.text == "Good morning."
    assert skipped == ["pictures without text, read without them: pages 3 (OCR them first)"]


def test_letters_without_names_are_no_text(read):
    data = pdf(["Good morning."]).replace(b"<47> <0047>", b"<47> <e047>")
    for letter in b"od mrnig.":
        data = data.replace(
            b"<%02x> <%04x>" % (letter, letter), b"<%02x> <e0%02x>" % (letter, letter)
        )
    why = "its fonts do not say which letters they show: run it through OCR first"
    assert read("a.pdf", data) == (None, [why])


def encrypted(password, algorithm):
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(["Good morning."])))
    writer.encrypt(password, "the owner's", algorithm=algorithm)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_with_a_password_is_reported(read, algorithm):
    data = encrypted("secret", algorithm)
    assert read("a.pdf", data) == (None, ["is encrypted: save it without a password"])


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_pdf_that_anyone_may_open_is_read(read, algorithm):
    assert read("a.pdf", encrypted("", algorithm))[0].text == "Good morning."


def test_a_pdf_cut_off_is_reported_wherever_it_ends(read):
    data = pdf(["Good morning."], ["Good evening."])
    for length in range(1, len(data) - 6, 97):
        speech, [why] = read("a.pdf", data[:length])
        assert speech is None
        assert why.startswith("is damaged or no .pdf file (")


@pytest.mark.parametrize(
    "data", [b"Good morning.", b"%PDF-1.7\n", b"%PDF-1.4\nstartxref\n9\n%%EOF"]
)
def test_a_pdf_that_is_none_is_reported(read, data):
    speech, [why] = read("a.pdf", data)
    assert speech is None
    assert why.startswith("is damaged or no .pdf file (")


def test_pages_in_a_circle_are_reported(read):
    data = pdf(["Good morning."]).replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]")
    speech, [_] = read("a.pdf", data)
    assert speech is None


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [
        ("MOST_PAGES", 1, "has more than 1 pages: split it"),
        ("MOST_OPERATORS", 20, "page 2 is no text: it has too many drawings on it"),
        ("MOST_SECONDS", -1.0, "takes too long to read: it was left at page 1"),
    ],
)
def test_a_pdf_cannot_take_forever(read, monkeypatch, limit, value, why):
    monkeypatch.setattr(documents, limit, value)
    data = pdf(["Good morning."], ["Good evening."] * 20)
    assert read("a.pdf", data) == (None, [why])


def test_a_pdf_cannot_grow(read, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_TEXT", 2**10)
    data = pdf(*[["x" * 80] * 10] * 2)
    assert read("a.pdf", data) == (None, ["is longer than 0 MB"])


# --- lines to paragraphs ----------------------------------------------------------------------

LINE = "The bridge of Port Wren was built by people who came here to"


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        ([[]], ""),
        ([["One."]], "One."),
        ([[LINE, "work.", LINE, "live."]], f"{LINE} work.\n{LINE} live."),
        ([["A HEADLINE", LINE, "work."]], f"A HEADLINE\n{LINE} work."),
        ([[LINE, "work.", "", "Thank you"], ["all."]], f"{LINE} work.\nThank you all."),
        ([[LINE + ".", "", LINE + "."]], f"{LINE}.\n{LINE}."),
        ([[LINE, "", "work and live."]], f"{LINE} work and live."),
        # set with an empty line behind each: that says nothing
        ([[LINE, "", LINE + ".", "", LINE, "", "work."]], f"{LINE} {LINE}. {LINE} work."),
        ([[LINE + ":", "– one thing;", "– another."]], f"{LINE}:\n– one thing;\n– another."),
        ([[LINE, "• one thing", "• another"]], f"{LINE}\n• one thing\n• another"),
        ([[LINE + " well-", "known people."]], f"{LINE} wellknown people."),
        (
            [[LINE + " well-", "known people, the well-known ones."]],
            f"{LINE} well-known people, the well-known ones.",
        ),
        ([[LINE + " Wren-", "Thornbury."]], f"{LINE} Wren-Thornbury."),
        ([[LINE + " 2024-", "2025."]], f"{LINE} 2024-2025."),
        ([[LINE + " –", "and so on."]], f"{LINE} – and so on."),
        ([[LINE + " bro\xad", "ken and un\xadbroken."]], f"{LINE} broken and unbroken."),
        ([["One.", "1"], ["Two.", "- 2 -"], ["Page 3 of 3", "Three."]], "One.\nTwo.\nThree."),
        ([["стр. 1", "One."], ["2 / 3", "Two."]], "One.\nTwo."),
        (
            [["Bridges 7", "One."], ["8 Water", "Two."], ["Water 9", "We are 10"], ["Roads 10"]],
            "One.\nTwo.\nWe are 10",
        ),
        ([["Wren, 1", "One."], ["Wren, 2", "Two."]], "Wren, 1\nOne.\nWren, 2\nTwo."),
        ([["Wren, 1", "One."], ["Wren, 2", "Two."], ["Wren, 3", "Three."]], "One.\nTwo.\nThree."),
    ],
)
def test_lines_become_paragraphs(pages, text):
    assert reflow(pages) == text


def test_long_documents_take_time_in_proportion():
    lines = [LINE] * 5_000
    assert len(reflow([lines])) == 5_000 * (len(LINE) + 1) - 1
    assert reflow([["x" * 200_000, "y" * 200_000]])
