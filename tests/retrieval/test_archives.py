import gzip
import io
import os
import struct
import tracemalloc
import zipfile

import pytest
from files_made import gzipped, parquet, pdf, word, zipped

from retrieval import archives, files
from retrieval.reading import KINDS, read_sources
from retrieval.records import Skipped, Speech


@pytest.fixture
def read(tmp_path):
    """Writes a file and gives the speeches in it and, as (part of the file, why), the rest."""

    def run(name, data):
        path = tmp_path / "two" / "below" / name  # ../../a.txt is seen where it would lie
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        before = sorted(tmp_path.rglob("*"))
        items = list(read_sources([path]))
        assert sorted(tmp_path.rglob("*")) == before, "something was unpacked to its name"
        speeches = [item for item in items if isinstance(item, Speech)]
        assert all(speech.origin == str(path) for speech in speeches)
        skipped = [item for item in items if isinstance(item, Skipped)]
        return speeches, [(item.where.removeprefix(str(path)), item.why) for item in skipped]

    return run


# --- what is in them --------------------------------------------------------------------------


def test_all_kinds_are_read_in_a_zip(read):
    data = zipped(
        {
            "a.txt": "Good morning.",
            "in/side/b.jsonl": '{"text": "Two."}',
            "c.csv": "text\nThree.\n",
            "d.parquet": parquet(text=["Four."]),
            "e.docx": word("Five."),
            "f.pdf": pdf(["Six."]),
            "g.md.gz": gzipped(b"# Seven\nSeven."),
            "h.zip": zipped({"i.txt": "Eight."}),
            "picture.png": b"\x89PNG",
            ".hidden.txt": "x",
            ".git/x.txt": "x",
            "~$e.docx": b"x",
            "__MACOSX/a.txt": b"\0",
            "folder/": "",
        }
    )
    speeches, skipped = read("all.zip", data)
    assert not skipped
    assert [(speech.id, speech.text, speech.source) for speech in speeches] == [
        ("a", "Good morning.", "all.zip/a.txt"),
        ("b-1", "Two.", "all.zip/in/side/b.jsonl"),
        ("c-1", "Three.", "all.zip/c.csv"),
        ("d-1", "Four.", "all.zip/d.parquet"),
        ("e", "Five.", "all.zip/e.docx"),
        ("f", "Six.", "all.zip/f.pdf"),
        ("g", "# Seven\nSeven.", "all.zip/g.md.gz"),
        ("i", "Eight.", "all.zip/h.zip/i.txt"),
    ]


@pytest.mark.parametrize(
    ("name", "data", "speech_id"),
    [
        ("a.txt.gz", b"Good morning.", "a"),
        ("a.jsonl.gz", b'{"text": "Good morning."}', "a-1"),
        ("a.CSV.GZ", b"text\nGood morning.\n", "a-1"),
        ("a.parquet.gz", parquet(text=["Good morning."]), "a-1"),
        ("a.zip.gz", zipped({"b.txt": "Good morning."}), "b"),
        ("a.docx.gz", word("Good morning."), "a"),
    ],
)
def test_a_gz_is_what_its_name_says(read, name, data, speech_id):
    [speech], skipped = read(name, gzipped(data))
    assert (speech.id, speech.text) == (speech_id, "Good morning.")
    assert not skipped


def test_several_pieces_in_a_gz_are_one_file(read):
    [speech], _ = read("a.txt.gz", gzipped(b"Good ") + gzipped(b"morning."))
    assert speech.text == "Good morning."


def test_what_cannot_be_read_inside_is_named_and_the_rest_is_read(read):
    data = zipped({"in/a.txt": b"\xff", "b.jsonl": '{"text": ""}\n{"text": "B."}', "c.pdf": "x"})
    [speech], skipped = read("a.zip", data)
    assert speech.id == "b-2"
    assert [where for where, _ in skipped] == ["/in/a.txt", "/b.jsonl line 1", "/c.pdf"]


def test_an_id_is_taken_by_the_first_and_the_others_get_their_place_before_it(read):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([("a.txt", "One."), ("a.txt", "Two."), ("b/a.txt", "Three.")])
    speeches, skipped = read("a.zip", data)
    assert [(speech.id, speech.text) for speech in speeches] == [
        ("a", "One."),
        ("a/a", "Two."),
        ("a/b/a", "Three."),
    ]
    assert skipped == []


def test_an_archive_gives_way_to_a_file_of_the_same_name(tmp_path):
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.zip").write_bytes(zipped({"a.txt": "Two."}))
    assert [speech.id for speech in read_sources([tmp_path])] == ["a", "b/a"]


@pytest.mark.parametrize(
    "name", ["../../a.txt", "/etc/a.txt", "C:\\a\\a.txt", "..\\a.txt", "./a.txt", "//a.txt"]
)
def test_a_path_does_not_lead_out_of_the_archive(read, name):
    [speech], skipped = read("x.zip", zipped({name: "Good morning."}))
    assert (speech.id, skipped) == ("a", [])
    assert ".." not in speech.source


@pytest.mark.parametrize("encoding", ["cp866", "utf-8", "cp437"])
def test_names_without_a_known_encoding_are_read(read, encoding):
    name = {"cp437": "café"}.get(encoding, "Речь о мостах")
    raw = f"{name}.txt".encode(encoding)
    data = zipped({"x" * len(raw): "Good morning."}).replace(b"x" * len(raw), raw)
    [speech], _ = read("a.zip", data)
    assert speech.id == name


# --- too much ---------------------------------------------------------------------------------


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(archives, "MOST_UNPACKED", 2**20)
    monkeypatch.setattr(archives, "MOST_TIMES", 1)


OUT_OF_PROPORTION = "is out of proportion: the archive unpacks to far more than its size"


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_bomb_is_left_where_it_goes_off(read, small_limit, level):
    data = zipped({"a.txt": b" " * 2**22, "b.txt": "Never read."})
    for _ in range(level - 1):
        data = zipped([(f"{n}.zip", data) for n in range(4)])
    assert len(data) < 2**17
    tracemalloc.start()
    speeches, skipped = read("a.zip", data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < files.LARGEST_TEXT + 2**24
    assert (speeches, skipped) == ([], [("/0.zip" * (level - 1) + "/a.txt", OUT_OF_PROPORTION)])


def test_a_bomb_that_lies_about_its_size_is_left_too(read, small_limit):
    data = zipped({"a.txt": b" " * 2**22})
    real = struct.pack("<L", 2**22)
    assert data.count(real) == 2
    speeches, [(_, why)] = read("a.zip", data.replace(real, struct.pack("<L", 10)))
    assert not speeches
    assert why.startswith("is damaged (")


def test_many_members_are_one_bomb(read, small_limit):
    lines = b'{"text": "%s"}\n' % (b"Good morning. " * 900) * 20
    assert 4 * len(lines) < 2**20 < 5 * len(lines)
    members = {f"{n}.jsonl": lines for n in range(20)}
    _, skipped = read("a.zip", zipped(members))
    bombs = [where for where, why in skipped if why == OUT_OF_PROPORTION]
    assert bombs == ["/4.jsonl"]


@pytest.mark.parametrize("name", ["a.txt.gz", "a.jsonl.gz", "a.csv.gz", "a.pdf.gz", "a.zip.gz"])
def test_a_gz_can_be_a_bomb(read, small_limit, name):
    speeches, skipped = read(name, gzipped(b" " * 2**22))
    assert (speeches, skipped) == ([], [("", OUT_OF_PROPORTION)])


def test_a_large_archive_may_hold_more(read, monkeypatch):
    monkeypatch.setattr(archives, "MOST_UNPACKED", 0)
    text = os.urandom(2**18).hex()
    [speech], _ = read("a.zip", zipped({"a.txt": text}))
    assert speech.text == text


def test_one_text_too_long_does_not_spoil_the_archive(read, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_TEXT", 2**20)
    [speech], skipped = read("a.zip", zipped({"a.txt": b"x" * 2**22, "b.txt": "Good morning."}))
    assert speech.id == "b"
    assert skipped == [("/a.txt", "is longer than 1 MB")]


def test_a_deep_archive_is_left_at_its_third_level(read):
    data = zipped({"deepest.txt": "Never read."})
    for level in range(50, 0, -1):
        data = zipped({"in.zip": data, f"{level}.txt": "Good morning."})
    speeches, skipped = read("a.zip", data)
    why = "is nested too deeply: more than 3 archives inside one another"
    assert {speech.id for speech in speeches} == {"1", "2", "3"}
    assert skipped == [("/in.zip/in.zip/in.zip", why)]


def test_a_chain_of_gz_is_deep_too(read):
    data = b"Good morning."
    for _ in range(5):
        data = gzipped(data)
    _, skipped = read("a.txt.gz.gz.gz.gz.gz", data)
    assert skipped == [("", "is nested too deeply: more than 3 archives inside one another")]


def test_too_many_files_are_not_read(read, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 5)
    inner = zipped({f"{n}.txt": "Good morning." for n in range(4)})
    speeches, skipped = read("a.zip", zipped({"a.zip": inner, "b.txt": "B.", "c.txt": "C."}))
    assert len(speeches) == 4
    assert skipped == [("", "holds too many files: unpack it first")]


def test_a_list_of_files_too_long_is_not_even_loaded(read, monkeypatch):
    monkeypatch.setattr(archives, "_LARGEST_DIRECTORY", 2**16)
    data = zipped({f"{n}{'x' * 200}.txt": "" for n in range(400)})
    assert read("a.zip", data) == ([], [("", "holds too many files: unpack it first")])


# --- damage -----------------------------------------------------------------------------------


def test_an_encrypted_member_is_reported(read):
    data = bytearray(zipped({"a.txt": "Good morning.", "b.png": "x"}))
    for header, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = -1
        while (at := data.find(header, at + 1)) >= 0:
            data[at + offset] |= 1
    why = "is encrypted: unpack it with its password first"
    assert read("a.zip", bytes(data)) == ([], [("/a.txt", why)])


def test_an_unusual_method_is_reported(read):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", "Good morning.")
    why = "is packed by an unusual method: pack it anew (deflate)"
    assert read("a.zip", written.getvalue()) == ([], [("/a.txt", why)])


def test_a_damaged_member_is_reported_and_the_rest_is_read(read):
    data = zipped({"a.txt": "Good morning. " * 50, "b.txt": "Good morning."})
    at = data.index(b"a.txt") + 10
    [speech], [(where, why)] = read("a.zip", data[:at] + b"\xff\xff\xff" + data[at + 3 :])
    assert (speech.id, where) == ("b", "/a.txt")
    assert why.startswith("is damaged (")


def test_records_before_the_damage_are_read(read):
    data = gzip.compress(b'{"text": "Good morning."}\n' * 1_000, mtime=0)
    speeches, skipped = read("a.jsonl.gz", data[: len(data) // 2])
    assert 0 < len(speeches) < 1_000
    assert skipped[-1][0] == ""
    assert skipped[-1][1].startswith("is damaged (")


def test_an_archive_cut_off_is_reported_wherever_it_ends(read):
    data = zipped({"a.txt": "Good morning.", "b.csv": "text\nOne\n"})
    for length in range(1, len(data)):
        speeches, [(where, why)] = read("a.zip", data[:length])
        assert (speeches, where) == ([], "")
        assert why.startswith("is damaged or no zip archive (")
    data = gzipped(b"Good morning.")
    for length in range(1, len(data)):
        speeches, [(_, why)] = read("a.txt.gz", data[:length])
        assert not speeches
        assert why.startswith("is damaged (")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.zip", b"", "is empty"),
        ("a.zip", zipped({}), f"holds no {KINDS} file"),
        ("a.zip", zipped({"a.png": "x"}), f"holds no {KINDS} file"),
        ("a.gz", gzipped(b"x"), f"is of no known kind: name {KINDS}"),
        ("a.tar.gz", gzipped(b"x"), f"is of no known kind: name {KINDS}"),
        ("a.txt.gz", b"", "is empty"),
    ],
)
def test_an_archive_with_nothing_to_read_is_reported(read, name, data, why):
    assert read(name, data) == ([], [("", why)])
