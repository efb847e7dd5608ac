import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from files_made import gzipped, parquet, pdf, word, zipped
from hypothesis import given
from hypothesis import strategies as st

from retrieval import files, reading
from retrieval.reading import KINDS, read_sources
from retrieval.records import Skipped, Speech


def speeches(*sources):
    return [item for item in read_sources(sources) if isinstance(item, Speech)]


def skipped(*sources):
    return [item for item in read_sources(sources) if isinstance(item, Skipped)]


def records(path, *lines):
    lines = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# --- text files -------------------------------------------------------------------------------


def test_a_text_file_is_kept_unchanged(tmp_path):
    text = "Добрый вечер!\r\n\r\nМы начинаем.  \r\nСпасибо"
    path = tmp_path / "вечер.2024.txt"
    path.write_bytes(text.encode())
    [speech] = speeches(path)
    assert speech == Speech(id="вечер.2024", text=text, language="ru", source="вечер.2024.txt")


def test_a_byte_order_mark_is_left_out(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffGood evening.".encode())
    [speech] = speeches(path)
    assert (speech.text, speech.body) == ("Good evening.", 0)


def test_the_date_line_gives_the_date_and_the_article_goes_on_behind_it(tmp_path):
    path = tmp_path / "a.txt"
    text = " date 2023-05-09 9 мая в Лесногорске открыли театр.\nБыло солнечно."
    path.write_text(text, encoding="utf-8")
    [speech] = speeches(path)
    assert (speech.text, speech.date) == (text, "2023-05-09")
    assert speech.text[speech.body :].startswith("9 мая в Лесногорске")


def test_only_a_first_line_is_a_date_line(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Hello.\n date 2023-05-09 more", encoding="utf-8")
    [speech] = speeches(path)
    assert (speech.date, speech.body) == (None, 0)


def test_front_matter_gives_the_fields(tmp_path):
    front = (
        "---\r\ntitle: On bridges\r\nspeaker: Agnes Thornbury\r\ndate: 2024-03-05\r\n"
        "url: https://example.org/b\r\nlanguage: English\r\nplace: Port Wren\r\n"
        "no: 7\r\nempty:\r\n---\r\n\r\n"
    )
    path = tmp_path / "bridges.md"
    path.write_bytes((front + "# Heading\r\nGood morning.").encode())
    [speech] = speeches(path)
    assert speech == Speech(
        id="bridges",
        text=front + "# Heading\r\nGood morning.",
        language="en",
        title="On bridges",
        date="2024-03-05",
        speaker="Agnes Thornbury",
        source="bridges.md",
        url="https://example.org/b",
        place="Port Wren",
        body=len(front),
        extra={"no": "7"},
    )


@pytest.mark.parametrize("date", ["2024", "2024-03", "2024-03-05", "2024-03-05 10:30:00"])
def test_front_matter_dates_stay_text(tmp_path, date):
    path = tmp_path / "a.txt"
    path.write_text(f"---\ndate: {date}\n---\nGood morning.", encoding="utf-8")
    assert speeches(path)[0].date == date[:10]


def test_the_source_named_in_front_matter_wins(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("---\nsource: Wren Gazette\n---\nGood morning.", encoding="utf-8")
    assert speeches(path)[0].source == "Wren Gazette"


def test_a_rule_at_the_beginning_is_no_front_matter(tmp_path):
    for number, text in enumerate(["---\nGood morning.\n", "---\nGood morning.\n---\nAll of you."]):
        path = tmp_path / f"{number}.md"
        path.write_text(text, encoding="utf-8")
        assert speeches(path)[0].body == 0


def test_broken_front_matter_is_reported_with_its_line(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: x\nspeaker: [never\n---\nGood morning.", encoding="utf-8")
    [report] = skipped(path)
    assert report.where == str(path)
    assert "front matter is not YAML (line " in report.why


def test_front_matter_cannot_grow(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("---\na: &a [x, x]\nb: [*a, *a]\n---\nGood morning.", encoding="utf-8")
    assert skipped(path)[0].why == "its front matter has an alias (*name): write the value out"


def test_front_matter_of_half_characters_is_reported(tmp_path):
    path = tmp_path / "a.md"
    path.write_text('---\ntitle: "\\uD800"\n---\nGood morning.', encoding="utf-8")
    assert skipped(path)[0].why == "is not valid Unicode: it holds half a surrogate pair"


def test_the_first_heading_of_markdown_is_its_title(tmp_path):
    path = tmp_path / "a.md"
    path.write_text("Intro\n\n## Part\n# On water #\n\nGood morning.", encoding="utf-8")
    assert speeches(path)[0].title == "On water"


def test_a_page_is_read_for_its_text(tmp_path):
    path = tmp_path / "bridge.htm"
    paragraph = "<p>Good morning to all of you who came to Port Wren to see the new bridge.</p>"
    path.write_text(
        "<html><head><title>The bridge of Port Wren</title></head><body><article>"
        f"<h1>The bridge of Port Wren</h1>{paragraph * 4}</article></body></html>",
        encoding="utf-8",
    )
    [speech] = speeches(path)
    assert (speech.id, speech.title) == ("bridge", "The bridge of Port Wren")
    assert "who came to Port Wren to see the new bridge." in speech.text
    assert "<p>" not in speech.text


@pytest.mark.parametrize("data", [b"", b" \n"])
def test_an_empty_page_is_reported(tmp_path, data):
    path = tmp_path / "a.html"
    path.write_bytes(data)
    assert skipped(path) == [Skipped(str(path), "is empty")]


# --- JSON Lines -------------------------------------------------------------------------------


def test_a_record_keeps_all_its_fields(tmp_path):
    path = records(
        tmp_path / "a.jsonl",
        {"id": 7, "text": " Salam. ", "title": "T", "date": 2020, "speaker": "Fərid Solmazov",
         "source": "S", "url": "u", "language": "aze", "place": "P", "session": 55, "tags": ["x"]},
    )  # fmt: skip
    assert speeches(path) == [
        Speech(
            id="7", text=" Salam. ", language="az", title="T", date="2020",
            speaker="Fərid Solmazov", source="S", url="u", place="P",
            extra={"session": 55, "tags": ["x"]},
        )
    ]  # fmt: skip


def test_empty_fields_count_as_absent(tmp_path):
    path = records(
        tmp_path / "a.jsonl",
        {"id": "", "text": "Good morning.", "title": " ", "date": "", "speaker": None, "x": ""},
    )
    expected = Speech(id="a-1", text="Good morning.", language="en", source="a.jsonl")
    assert speeches(path) == [expected]


def test_a_field_of_the_wrong_kind_is_kept_aside(tmp_path):
    path = records(tmp_path / "a.jsonl", {"text": "Good morning.", "speaker": ["A", "B"]})
    [speech] = speeches(path)
    assert (speech.speaker, speech.extra) == (None, {"speaker": ["A", "B"]})


def test_an_unknown_language_is_detected(tmp_path):
    path = records(tmp_path / "a.jsonl", {"text": "Доброе утро, друзья.", "language": "tlh"})
    assert speeches(path)[0].language == "ru"


def test_the_language_may_have_a_country(tmp_path):
    path = records(tmp_path / "a.jsonl", {"text": "Salam.", "language": "az-Latn-AZ"})
    assert speeches(path)[0].language == "az"


@pytest.mark.parametrize(
    ("given", "date"),
    [
        ("21.10.2025", "2025-10-21"),
        ("1.2.2025 09:30", "2025-02-01"),
        ("2025-10-21T09:30:00+04:00", "2025-10-21"),
        (2025.0, "2025"),
    ],
)
def test_dates_as_tables_have_them_are_read(tmp_path, given, date):
    path = records(tmp_path / "a.jsonl", {"text": "Salam.", "date": given})
    assert speeches(path)[0].date == date


def test_a_field_may_have_another_name(tmp_path):
    path = records(
        tmp_path / "a.jsonl",
        {"content": "Good morning.", "Headline": "T", "link": "u", "President": "A", "lang": "en"},
        {"text": "One.", "full_text": "Two.", "title": "T", "topic": "x", "author": "B"},
    )
    assert speeches(path) == [
        Speech(
            id="a-1", text="Good morning.", language="en", title="T", url="u", speaker="A",
            source="a.jsonl",
        ),
        Speech(
            id="a-2", text="One.", language="en", title="T", source="a.jsonl",
            extra={"full_text": "Two.", "topic": "x", "author": "B"},
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("10/21/2025", "2025-10-21"),
        ("21/10/2025 14:30", "2025-10-21"),
        ("21 October 2025", "2025-10-21"),
        ("21 октября 2025", "2025-10-21"),
        ("7/7/2025", "2025-07-07"),
        ("03/04/2025", None),
        ("13/13/2025", None),
    ],
)
def test_a_date_is_read_where_it_can_mean_one_day_only(tmp_path, written, date):
    path = records(tmp_path / "a.jsonl", {"text": "One.", "date": written})
    read, *remarks = read_sources([path])
    assert (read.date, len(remarks)) == (date, date is None)


def test_a_list_of_addresses_in_a_folder_is_no_speech(tmp_path):
    for name in ("a.txt", "b.urls"):
        (tmp_path / name).write_text("# pages\nhttps://example.org/a\nhttps://example.org/b\n")
    (tmp_path / "c.txt").write_text("https://example.org/a is where this speech was published.\n")
    read = list(read_sources([tmp_path]))
    assert [item.id for item in read if isinstance(item, Speech)] == ["c"]
    assert [(Path(item.where).name, "name the file" in item.why) for item in read[:2]] == [
        ("a.txt", True),
        ("b.urls", True),
    ]


def test_lines_are_numbered_in_ids_and_blank_ones_passed_over(tmp_path):
    path = records(tmp_path / "a.jsonl", {"text": "One."}, "", {"text": "Two."})
    assert [speech.id for speech in speeches(path)] == ["a-1", "a-3"]


def test_a_byte_order_mark_before_the_first_record_is_left_out(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"text": "One."}\r\n{"text": "Two."}')
    assert len(speeches(path)) == 2


def test_a_line_of_ten_megabytes_is_read(tmp_path):
    path = records(tmp_path / "a.jsonl", {"text": "word " * 2_000_000}, {"text": "Two."})
    assert [len(speech.text) for speech in speeches(path)] == [10_000_000, 4]


def test_records_are_read_one_at_a_time(tmp_path):
    path = records(tmp_path / "a.jsonl", *({"text": f"Number {i}."} for i in range(5)))
    reader = read_sources([path])
    assert next(reader).text == "Number 0."
    path.unlink()  # the file is still open: the rest has not been read yet
    assert len(list(reader)) == 4


# --- folders ----------------------------------------------------------------------------------


def test_a_folder_is_read_in_order_with_all_that_is_in_it(tmp_path):
    (tmp_path / "b" / "deep").mkdir(parents=True)
    for name in (
        "c.txt",
        "a.md",
        "b/deep/d.TXT",
        ".hidden.txt",
        "notes.odt",
        "log.gz",
        "b/.git.md",
    ):
        (tmp_path / name).write_text("Good morning.", encoding="utf-8")
    (tmp_path / "b" / "round").symlink_to(tmp_path)
    (tmp_path / "gone.odt").symlink_to(tmp_path / "nowhere")
    assert [item.id for item in read_sources([tmp_path])] == ["a", "d", "c"]


def test_a_file_named_twice_is_read_once(tmp_path):
    (tmp_path / "a.txt").write_text("Good morning.", encoding="utf-8")
    assert len(list(read_sources([tmp_path, tmp_path / "a.txt", tmp_path]))) == 1


def test_a_folder_without_speeches_is_reported(tmp_path):
    assert skipped(tmp_path) == [Skipped(str(tmp_path), f"holds no {KINDS} file")]


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \r\n\t\xc2\xa0", "is empty"),
        ("a.txt", b" date 2024-01-01 \n", "has no text behind its first lines"),
        ("a.md", b"---\ntitle: x\n---\n", "has no text behind its first lines"),
        ("a.txt", b"\x7fELF\x00\x01\x02", "is binary, not text: it holds NUL bytes"),
        (
            "a.txt",
            "Доброе утро".encode("cp1251"),
            "is not UTF-8 (byte 1 is 0xc4): save it as UTF-8",
        ),
        ("a.txt", b"\xef\xbb\xbfab\xff", "is not UTF-8 (byte 6 is 0xff): save it as UTF-8"),
        ("a.txt", "Good morning".encode("utf-16"), "is UTF-16, not UTF-8: save it as UTF-8"),
        ("a.txt", "Доброе".encode()[:-1], "is not UTF-8 (byte 11 is 0xd0): save it as UTF-8"),
        ("a.odt", b"Good morning.", f"is of no known kind: name {KINDS}"),
        ("a.jsonl", b"\n \n", "is empty"),
    ],
)
def test_a_bad_file_is_reported_and_the_rest_is_read(tmp_path, name, data, why):
    bad, good = tmp_path / name, tmp_path / "good.txt"
    bad.write_bytes(data)
    good.write_text("Good morning.", encoding="utf-8")
    report, speech = read_sources([bad, good])
    assert report == Skipped(str(bad), why)
    assert speech.id == "good"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{broken}", "is not JSON (column 2)"),
        (b'["a"]', "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (
            b'{"title": "x"}',
            "has no text; there are 'title': name the right one, --column text=NAME",
        ),
        (b"{}", "has no text; there are none: name the right one, --column text=NAME"),
        (b'{"text": null}', "has no text"),
        (b'{"text": " \\n"}', "has no text"),
        (b'{"text": 5}', "its text is not a string"),
        (b'{"text": ["a"]}', "its text is not a string"),
        (b'{"text": "a\\u0000b"}', "holds NUL characters: it is no text"),
        (b'{"text": "a", "x": ["\\u0000"]}', "holds NUL characters: it is no text"),
        (b'{"text": "a", "x": ' + b"[" * 200 + b"]" * 200 + b"}",
         "is not a record: its lists are nested too deeply"),
        (b'{"text": "a\\ud83d"}', "is not valid Unicode: it holds half a surrogate pair"),
        (b'{"text": "a", "x": {"y": "\\uDC00"}}',
         "is not valid Unicode: it holds half a surrogate pair"),
        (b'{"text": "a\xff"}', "is not UTF-8 (byte 12 is 0xff): save it as UTF-8"),
        (b"\x00\x00\x00", "is binary, not text: it holds NUL bytes"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "is not JSON"),
    ],
)  # fmt: skip
def test_a_bad_line_is_reported_with_its_number_and_the_rest_is_read(tmp_path, line, why):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "One."}\n' + line + b'\n{"text": "Three."}\n')
    assert skipped(path) == [Skipped(f"{path} line 2", why)]
    assert [speech.id for speech in speeches(path)] == ["a-1", "a-3"]


def test_a_pair_of_surrogates_is_one_character(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "\\ud83d\\ude00"}')
    assert speeches(path)[0].text == "😀"


def test_a_last_line_cut_off_is_named_so(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"text": "One."}\n{"text": "Tw')
    assert skipped(path) == [
        Skipped(f"{path} line 2", "is cut off: the last line is no whole JSON record")
    ]


def test_what_is_far_too_long_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_TEXT", 2**20)
    path = records(tmp_path / "a.jsonl", {"text": "x" * 3_500_000}, {"text": "Two."})
    text = tmp_path / "b.txt"
    text.write_text("x" * 2**21, encoding="utf-8")
    first, second, third = read_sources([path, text])
    assert first == Skipped(f"{path} line 1", "is longer than 1 MB")
    assert second.id == "a-2"
    assert third == Skipped(str(text), "is longer than 1 MB")


def test_of_endless_remarks_the_first_are_told_and_the_rest_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_REMARKS", 3)
    lines = ["broken"] * 5 + [{"id": "x", "text": "One.", "date": "soon"}] * 2
    first, last = records(tmp_path / "a.jsonl", *lines), tmp_path / "b.txt"
    last.write_bytes(b"\xff")
    told = skipped(first, last)
    assert [Path(item.where).name for item in told[:3]] == [f"a.jsonl line {n}" for n in (1, 2, 3)]
    why = "4 more such remarks: mend those that are told first"
    assert told[3] == Skipped(str(first), why)
    assert told[3].unread == str(first)
    assert [item.where for item in told[4:]] == [str(last)]


def test_an_id_in_a_message_is_short_and_of_one_line(tmp_path):
    speech_id = "a\nb" * 100
    path = records(tmp_path / "a.jsonl", *[{"id": speech_id, "text": "One."}] * 2)
    [told] = skipped(path)
    assert len(told.why.splitlines()) == 1
    assert len(told.why) < 300


def test_an_id_is_taken_by_the_first(tmp_path):
    first = records(tmp_path / "a.jsonl", {"text": "One."}, {"id": "b", "text": "Two."})
    second = tmp_path / "b.txt"
    second.write_text("Three.", encoding="utf-8")
    assert skipped(first, second) == [
        Skipped(str(second), f"id 'b' is already taken by {first} line 2; rename one")
    ]


def test_the_same_text_under_two_ids_is_two_speeches(tmp_path):
    path = records(tmp_path / "a.jsonl", {"text": "One."}, {"text": "One."})
    assert len(speeches(path)) == 2


def test_an_impossible_date_is_left_out_and_reported(tmp_path):
    path = records(tmp_path / "a.jsonl", {"text": "One.", "date": "2025-13-40"})
    speech, report = read_sources([path])
    assert speech.date is None
    why = "date '2025-13-40' is not a date; read without it"
    assert report == Skipped(f"{path} line 1", why)


def test_a_missing_file_is_reported(tmp_path):
    path = tmp_path / "nowhere.txt"
    assert skipped(path) == [Skipped(str(path), "there is no such file or folder")]


def test_a_path_that_cannot_be_one_is_reported(tmp_path):
    assert len(skipped(tmp_path / "a\0b", tmp_path / ("x" * 5_000))) == 2


def test_a_file_that_vanishes_meanwhile_is_reported_and_the_rest_is_read(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text("Good morning.", encoding="utf-8")
    reader = read_sources([tmp_path])
    assert next(reader).id == "a"
    (tmp_path / "b.txt").unlink()
    report, speech = reader
    assert report == Skipped(str(tmp_path / "b.txt"), "there is no such file or folder")
    assert report.unread == str(tmp_path / "b.txt")
    assert speech.id == "c"


def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    (tmp_path / "deep" / "a.txt").write_text("Good morning.", encoding="utf-8")
    for source in (tmp_path, tmp_path / "deep" / "up" / "deep" / "up"):
        assert [speech.id for speech in speeches(source)] == ["a"]


def test_a_pipe_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    assert skipped(tmp_path / "a.txt") == [Skipped(str(tmp_path / "a.txt"), "is not a file")]


def test_a_link_to_itself_is_reported(tmp_path):
    (tmp_path / "a.txt").symlink_to(tmp_path / "a.txt")
    [report] = skipped(tmp_path / "a.txt")
    assert report.why.startswith("cannot be read: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_reported(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("Good morning.", encoding="utf-8")
    path.chmod(0)
    assert skipped(path) == [Skipped(str(path), "cannot be read: permission denied")]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux's /proc")
def test_a_file_that_breaks_while_it_is_read_is_reported(tmp_path):
    for name in ("a.txt", "b.jsonl"):
        (tmp_path / name).symlink_to("/proc/self/mem")  # its first byte cannot be read
        [report] = skipped(tmp_path / name)
        assert report == Skipped(str(tmp_path / name), "cannot be read: input/output error")


MADE = {
    ".txt": "---\ntitle: x\n---\nДобрый день.".encode(),
    ".md": b"# Title\nGood morning.",
    ".html": b"<html><body><p>Good morning to all of you.</p></body></html>",
    ".jsonl": b'{"text": "Good morning."}\n{"text": "Good evening."}\n',
    ".csv": 'text;date\n"Добрый\nдень";2024\n'.encode("windows-1251"),
    ".tsv": "text\tdate\nДобрый день\t2024\n".encode("utf-16"),
    ".parquet": parquet(text=["Good morning.", "Good evening."], n=[1, 2]),
    ".docx": word("Good morning."),
    ".pdf": pdf(["Good morning."]),
    ".zip": zipped({"a.txt": "Good morning.", "b.csv": "text\nOne\n"}),
    ".txt.gz": gzipped(b"Good morning."),
    ".jsonl.gz": gzipped(b'{"text": "Good morning."}\n'),
}


@pytest.mark.parametrize("ending", MADE)
@given(data=st.data())
def test_whatever_a_file_holds_it_is_read_or_reported(tmp_path_factory, ending, data):
    path = tmp_path_factory.getbasetemp() / f"a{ending}"
    made = MADE[ending]
    broken = st.tuples(
        st.integers(0, len(made)), st.binary(max_size=20), st.integers(0, len(made))
    ).map(lambda cut: made[: cut[0]] + cut[1] + made[cut[2] :])
    path.write_bytes(data.draw(st.binary(max_size=2_000) | broken))
    items = list(read_sources([path]))
    assert items
    for item in items:
        assert isinstance(item, Speech) or (item.where.startswith(str(path)) and item.why)
        assert "\n" not in getattr(item, "why", "")
        assert not isinstance(item, Speech) or (item.text.strip() and item.id)


# --- optional parts ---------------------------------------------------------------------------


def test_what_needs_an_optional_part_names_it_and_the_rest_is_read(tmp_path):
    for ending, data in MADE.items():
        (tmp_path / f"a{ending}").write_bytes(data)
    script = (
        "import sys\n"
        "for name in ('docx', 'pyarrow', 'pypdf'): sys.modules[name] = None\n"
        "from pathlib import Path\n"
        "from retrieval.reading import read_sources\n"
        "for ending in sys.argv[2:]:\n"
        "    for item in read_sources([Path(sys.argv[1]) / f'a{ending}']):\n"
        "        print(ending, getattr(item, 'why', ''))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path, ".txt", ".docx", ".csv", ".pdf", ".parquet"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    why = 'needs an optional part: pip install "rostrum[files]"'
    assert done.stdout.splitlines() == [
        ".txt ", f".docx {why}", ".csv ", f".pdf {why}", f".parquet {why}"
    ]  # fmt: skip
    assert not done.stderr


def test_the_reader_loads_no_library_that_it_does_not_need(tmp_path):
    (tmp_path / "a.csv").write_text("text\nOne\n", encoding="utf-8")
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from retrieval.reading import read_sources\n"
        "assert len(list(read_sources([Path(sys.argv[1])]))) == 1\n"
        "print({'docx', 'pyarrow', 'pypdf', 'lxml', 'trafilatura'} & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
