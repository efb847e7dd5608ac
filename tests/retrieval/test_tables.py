import codecs
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from files_made import parquet

from retrieval import files
from retrieval.reading import read_sources
from retrieval.records import Skipped, Speech


@pytest.fixture
def read(tmp_path):
    """Writes a file and gives the speeches in it and, as (part of the file, why), the rest."""

    def run(name, data, **columns):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        items = list(read_sources([path], columns))
        speeches = [item for item in items if isinstance(item, Speech)]
        skipped = [item for item in items if isinstance(item, Skipped)]
        return speeches, [(item.where.removeprefix(str(path)), item.why) for item in skipped]

    return run


# --- columns ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_columns_are_known_by_their_names(read, name):
    row = {
        "Topic": "On bridges", "Link": "https://example.org/b", "Date": "2024-03-05",
        "Full Text": "Good morning.", "lang": "en-GB", "President": "Agnes Thornbury",
        "author": "A clerk", "Venue": "Port Wren", "publisher": "Wren Gazette", "session": "55",
    }  # fmt: skip
    if name == "a.csv":
        data = f"{','.join(row)}\n{','.join(row.values())}\n"
    else:
        data = parquet(**{column: [value] for column, value in row.items()})
    assert read(name, data) == (
        [
            Speech(
                id="a-1", text="Good morning.", language="en", title="On bridges",
                date="2024-03-05", speaker="Agnes Thornbury", source="Wren Gazette",
                url="https://example.org/b", place="Port Wren",
                extra={"author": "A clerk", "session": "55"},
            )
        ],
        [],
    )  # fmt: skip


def test_columns_may_have_russian_names(read):
    [speech], _ = read("a.csv", "Дата;Спикер;Текст\n05.03.2024;Ф. Солмазов;Добрый день\n")
    assert (speech.text, speech.date, speech.speaker) == (
        "Добрый день",
        "2024-03-05",
        "Ф. Солмазов",
    )


def test_of_several_columns_the_first_that_is_filled_in_counts(read):
    data = "text,full_text,content\nshort,the whole,c\nonly,,c\n,,c\n"
    speeches, _ = read("a.csv", data)
    assert [speech.text for speech in speeches] == ["the whole", "only", "c"]
    assert speeches[0].extra == {"text": "short", "content": "c"}


def test_the_user_says_which_column_is_which(read):
    data = "id,text,words,who\n7,a number,Good morning.,Agnes Thornbury\n"
    [speech], skipped = read("a.csv", data, text="Words", speaker="who")
    assert (speech.id, speech.text, speech.speaker) == ("7", "Good morning.", "Agnes Thornbury")
    assert speech.extra == {"text": "a number"}
    assert not skipped


def test_the_user_says_it_for_json_lines_too(read):
    [speech], _ = read("a.jsonl", '{"words": "Good morning.", "text": "x"}', text="words")
    assert speech.text == "Good morning."


def test_a_table_without_the_users_column_is_read_as_usual(read, tmp_path):
    (tmp_path / "b.csv").write_text("text\nOne\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text("words\nTwo\n", encoding="utf-8")
    items = read_sources([tmp_path], {"text": "words"})
    assert [item.text for item in items] == ["One", "Two"]


def test_a_column_that_no_table_has_is_reported(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text\nOne\n", encoding="utf-8")
    _, report = read_sources([path], {"speaker": "whom"})
    assert report == Skipped("--column speaker=whom", "no table has a column 'whom'")
    assert report.unread is None


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_table_without_a_known_column_says_which_it_has(read, name):
    data = "words,session\nx,1\n" if name == "a.csv" else parquet(words=["x"], session=[1])
    why = (
        "no column is known to be the text; there are 'words', 'session': "
        "name the right one, --column text=NAME"
    )
    assert read(name, data) == ([], [("", why)])


def test_no_more_than_twenty_columns_are_named(read):
    _, [(_, why)] = read("a.csv", ",".join("x" * 90 + str(n) for n in range(30)) + "\n")
    assert "and 10 more:" in why
    assert len(why) < 1_200


# --- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_separator_is_found(read, delimiter):
    rows = [["id", "text", "title, long; or not"], ["a", '"One, two;\tthree"', "T"]]
    rows[0][2] = f'"{rows[0][2]}"'
    data = "\n".join(delimiter.join(row) for row in rows)
    [speech], skipped = read("a.csv", data)
    assert (speech.id, speech.text) == ("a", "One, two;\tthree")
    assert speech.extra == {"title, long; or not": "T"}
    assert not skipped


def test_a_separator_on_a_line_of_its_own_is_believed(read):
    [speech], _ = read("a.csv", "sep=|\r\ntext|title\r\nOne|T\r\n")
    assert (speech.text, speech.title) == ("One", "T")


def test_one_column_needs_no_separator(read):
    speeches, _ = read("a.tsv", "text\nOne\n\nTwo\n")
    assert [(speech.id, speech.text) for speech in speeches] == [("a-1", "One"), ("a-2", "Two")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_the_encoding_is_found(read, encoding):
    data = 'text;date\r\n"Добрый день!\r\nМы — «начинаем»."; 2024\r\n'.encode(encoding)
    [speech], skipped = read("a.csv", data)
    assert speech.text == "Добрый день!\r\nМы — «начинаем»."
    assert speech.date == "2024"
    assert not skipped


def test_big_endian_is_read_too(read):
    [speech], _ = read("a.csv", codecs.BOM_UTF16_BE + "text\nДобрый день\n".encode("utf-16-be"))
    assert speech.text == "Добрый день"


@pytest.mark.parametrize("encoding", ["koi8-r", "cp866", "latin-1"])
def test_other_encodings_are_not_guessed(read, encoding):
    text = "café déjà " * 20 if encoding == "latin-1" else "Добрый день, друзья! " * 20
    speeches, [(where, why)] = read("a.csv", f"text\n{text}\n".encode(encoding))
    assert not speeches
    assert not where
    assert why.startswith("is neither UTF-8 nor Windows-1251 (byte ")


def test_a_few_wrong_bytes_cost_their_row_only(read):
    data = "text\nOne\nДобрый день\nThree\n".encode().replace("ы".encode(), b"\xff")
    speeches, skipped = read("a.csv", data)
    assert [speech.id for speech in speeches] == ["a-1", "a-3"]
    assert skipped == [(" line 3", "holds bytes that are no text: save the file as UTF-8")]


def test_a_letter_on_the_border_of_two_chunks_is_no_wrong_byte(read):
    data = "text\n" + "x" * (2**20 - 6) + "й" + "\n"
    [speech], _ = read("a.csv", data)
    assert speech.text.endswith("xй")


def test_a_ragged_row_is_named_by_its_line(read):
    data = 'id,text\na,"One\ntwo"\nb\nc,d,e\nf,g,,\n'
    speeches, skipped = read("a.csv", data)
    assert [speech.text for speech in speeches] == ["One\ntwo", "g"]
    remedy = "put what holds a separator or a line break in quotation marks"
    assert skipped == [
        (" line 4", f"has fields: 1, and the first row: 2; {remedy}"),
        (" line 5", f"has fields: 3, and the first row: 2; {remedy}"),
    ]


def test_wrong_quotation_marks_spoil_their_own_row(read):
    data = 'text,b\n"He said "hi" to\nme",x\nnext,good\n'
    [speech], skipped = read("a.csv", data)
    assert speech.text == "next"
    why = "its quotation marks are wrong: double those inside a field"
    assert skipped == [(" line 2", why), (" line 3", why)]


def test_a_quotation_mark_never_closed_is_reported(read):
    [speech], skipped = read("a.csv", 'text\nOne\n"Two\nThree\n')
    assert speech.text == "One"
    why = "a quotation mark is opened and never closed: close or double it"
    assert skipped == [(" line 3", why)]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"text,title\n", "is empty: it has no row but the one that names the columns"),
        (b"\x89PNG\0\0", "is binary, not text: it holds NUL bytes"),
        ("text\nOne\n".encode("utf-16-le"), "is binary, not text: it holds NUL bytes"),
        (b'"text\nOne\n', 'no column is known to be the text; there are \'text One\': name the '
         "right one, --column text=NAME"),
    ],
)  # fmt: skip
def test_a_bad_csv_file_is_reported(read, data, why):
    assert read("a.csv", data) == ([], [("", why)])


def test_a_nul_behind_the_beginning_is_reported_by_its_line(read):
    data = b"text\n" + b"word " * 300_000 + b"\no\0ne\n"
    speeches, skipped = read("a.csv", data)
    assert len(speeches) == 1
    assert skipped == [(" line 3", "holds NUL characters: it is no text")]


def test_a_row_may_be_long_but_not_endless(read, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_TEXT", 2**20)
    data = "text\n" + "x" * 500_000 + '\n"' + "x\n" * 600_000
    [speech], skipped = read("a.csv", data)
    assert len(speech.text) == 500_000
    assert skipped == [("", "line 3: the row is longer than 1 MB; read no further")]


def test_columns_of_one_name_and_of_none_are_kept(read):
    [speech], skipped = read("a.csv", ",text,text\n0,One,Two\n")
    why = "has several columns named 'text', of which the first counts: rename them"
    assert skipped == [("", why)]
    assert speech.text == "One"
    assert speech.extra == {"column 1": "0", "column 3": "Two"}


@pytest.mark.parametrize(
    "header",
    [
        "Date of Speech|Текст выступления|Speaker Name|Speaker country",
        "Дата выступления|Speech Text|Speaker Name|Speech type",
    ],
)
def test_a_name_of_several_words_counts_by_the_one_it_is_about(read, header):
    [speech], _ = read("a.csv", f"{header}\n2025-10-21|Good morning.|Ada Quill|x\n")
    assert (speech.date, speech.text, speech.speaker) == (
        "2025-10-21",
        "Good morning.",
        "Ada Quill",
    )


def test_two_columns_about_the_same_are_not_told_apart(read):
    speeches, [(_, why)] = read("a.csv", "Text of A,Text of B\nOne,Two\n")
    assert not speeches
    assert "'Text of A', 'Text of B'" in why


# --- Parquet ----------------------------------------------------------------------------------


def test_the_values_of_a_parquet_file_become_plain(read):
    data = parquet(
        text=["Good morning."],
        date=[datetime(2024, 3, 5, 23, 30)],
        day=[date(2024, 3, 6)],
        price=[Decimal("1.50")],
        weights=[[1.0, float("nan")]],
        about=[{"a": 1}],
        picture=[b"\xff\xd8"],
        sound=pa.array([{"bytes": b"\xff", "path": "x"}]),
        good=[True],
        nothing=pa.nulls(1),
    )
    [speech], skipped = read("a.parquet", data)
    assert speech.date == "2024-03-05"
    assert speech.extra == {
        "day": "2024-03-06", "price": "1.50", "weights": [1.0, None], "about": {"a": 1},
        "good": True,
    }  # fmt: skip
    assert not skipped


def test_dates_of_nanoseconds_and_zones_keep_their_day(read):
    zone = pa.timestamp("ns", "Asia/Baku")
    data = parquet(text=["One"], date=pa.array([1_709_672_400_000_000_001], zone))
    [speech], _ = read("a.parquet", data)
    assert speech.date == "2024-03-06"  # 21:00 of the day before in Greenwich


def test_text_may_be_stored_as_bytes(read):
    speeches, skipped = read("a.parquet", parquet(text=["Добрый день".encode(), b"\xff"]))
    assert [speech.text for speech in speeches] == ["Добрый день"]
    why = "is not valid Unicode: it holds half a surrogate pair"
    assert skipped == [(" row 2", why)]


def test_rows_without_text_are_named(read):
    data = parquet(id=["a", None, "c"], text=["One", None, " "], title=["T", "", None])
    speeches, skipped = read("a.parquet", data)
    assert [speech.id for speech in speeches] == ["a"]
    assert skipped == [(" row 2", "has no text"), (" row 3", "has no text")]


def test_text_must_be_text(read):
    _, skipped = read("a.parquet", parquet(text=[5]))
    assert skipped == [(" row 1", "its text is not a string")]


def test_rows_are_numbered_through_all_batches(read):
    speeches, _ = read("a.parquet", parquet(text=[f"Number {n}" for n in range(1, 101)]))
    assert [speech.id for speech in speeches] == [f"a-{n}" for n in range(1, 101)]
    assert all(speech.text.endswith(speech.id[1:].strip("-")) for speech in speeches)


@pytest.mark.parametrize("data", [b"PAR1", b"Good morning.", b"PAR1xxxxPAR1", b"PAR1" * 100])
def test_a_parquet_file_that_is_none_is_reported(read, data):
    speeches, [(where, why)] = read("a.parquet", data)
    assert (speeches, where) == ([], "")
    assert why.startswith("is damaged or no Parquet file (")
    assert "\n" not in why


def test_an_empty_parquet_file_is_reported(read):
    assert read("a.parquet", b"") == ([], [("", "is empty")])
    data = parquet(text=pa.array([], pa.string()))
    assert read("b.parquet", data) == ([], [("", "is empty: it has no rows")])


def test_a_truncated_parquet_file_is_reported_wherever_it_ends(read):
    data = parquet(text=["One", "Two"] * 50)
    for length in range(1, len(data), 29):
        speeches, [(_, why)] = read("a.parquet", data[:length])
        assert not speeches
        assert why.startswith("is damaged or no Parquet file (")


def test_a_parquet_file_damaged_in_its_middle_is_reported(read):
    data = bytearray(parquet(text=[f"Number {n}" for n in range(5_000)]))
    data[8:40] = b"\xff" * 32
    speeches, skipped = read("a.parquet", bytes(data))
    assert not speeches
    assert skipped[0][1].startswith("is damaged ")
