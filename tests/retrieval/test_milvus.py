"""Milvus: addresses, how rows are made, what is said when something is wrong."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click
import pytest
from conftest import RECORDS, write_jsonl
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import PlaceType
from retrieval.build import recorded_sources, reindex
from retrieval.errors import (
    IndexDamaged,
    IndexGone,
    IndexLocked,
    IndexMissing,
    IndexUnavailable,
    IndexUnwritable,
)
from retrieval.index import Index
from retrieval.library import Library
from retrieval.milvus import connection, lease, schema
from retrieval.milvus.address import MilvusAddress
from retrieval.milvus.connection import Connection
from retrieval.milvus.numbers import (
    NO_WORD,
    dimension,
    first_number,
    key,
    speech_number,
    speech_of,
    written,
)
from retrieval.milvus.packing import fitting, parts_of, sparse
from retrieval.milvus.schema import AVERAGE_TERMS, K1, MOST_BYTES, Generation, generation_of
from retrieval.place import parse_place

# --- addresses --------------------------------------------------------------------------------


def test_a_folder_is_a_folder():
    assert parse_place("speeches") == Path("speeches")
    assert parse_place("C:\\milvus") == Path("C:\\milvus")


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("milvus:http://host:19530", "http://host:19530"),
        ("milvus:http://host", "http://host:19530"),
        ("milvus:HTTPS://Host.example.org/", "https://host.example.org:443"),
        ("milvus:http://[::1]:19530", "http://[::1]:19530"),
        ("milvus:/srv/speeches.db", "/srv/speeches.db"),
        ("milvus:/srv/speeches.db/", "/srv/speeches.db"),
        ("MILVUS:/srv/the speeches.db", "/srv/the speeches.db"),
    ],
)
def test_addresses(text: str, uri: str):
    address = parse_place(text)
    assert isinstance(address, MilvusAddress)
    assert address.uri == uri
    assert parse_place(str(address)) == address


def test_a_file_is_named_from_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert str(parse_place("milvus:./x.db")) == f"milvus:{tmp_path}/x.db"
    assert parse_place("milvus:./x.db") == parse_place("milvus:x.db")


@pytest.mark.parametrize(
    "text",
    [
        *("milvus:", "milvus:.db", "milvus:speeches", "milvus:ftp://host:1", "milvus:http://"),
        *("milvus:http://host:99999", "milvus:http://host:x", "milvus:http://host/index?a=b"),
        *("milvus:http://host:19530/other", "milvus:grpc://host:19530", "milvus:http://[::1"),
        *("milvus:http://host:0", "milvus:http://two words:19530"),
    ],
)
def test_bad_addresses_are_wrong_usage(text: str):
    with pytest.raises(ValueError, match="for instance milvus:http"):
        parse_place(text)
    with pytest.raises(click.BadParameter):
        PlaceType().convert(text, None, None)


def test_a_home_that_is_not_there_is_wrong_usage():
    with pytest.raises(click.BadParameter, match="no home folder"):
        PlaceType().convert("milvus:~nobody-of-this-name/x.db", None, None)


def test_addresses_are_quoted_in_lines_that_say_what_to_run(tmp_path: Path):
    with pytest.raises(IndexMissing, match=r"--index 'milvus:/.*/речи и ещё\.db'"):
        Index.open(parse_place(f"milvus:{tmp_path}/речи и ещё.db"))


def test_secrets_come_from_the_environment_and_are_not_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROSTRUM_MILVUS_TOKEN", "s3cret")
    monkeypatch.setenv("ROSTRUM_MILVUS_DATABASE", "news")
    address = MilvusAddress.parse("milvus:http://host:19530")
    assert (address.token, address.database) == ("s3cret", "news")
    assert MilvusAddress.parse("milvus:http://root:p%40ss@host").token == "root:p@ss"
    named = MilvusAddress.parse("milvus:http://root:pa55@host:19530")
    assert named.token == "root:pa55"
    for one in (address, named):
        assert not {"s3cret", "pa55"} & set(repr(one).replace("'", " ").split())
        assert "pa55" not in str(one) + repr(one)
        assert str(one) == "milvus:http://host:19530"
    assert named.environment == {
        "ROSTRUM_MILVUS_TOKEN": "root:pa55",
        "ROSTRUM_MILVUS_DATABASE": "news",
    }
    monkeypatch.setenv("ROSTRUM_MILVUS_DATABASE", 'x" or 1')
    with pytest.raises(ValueError, match="no name of a database"):
        MilvusAddress.parse("milvus:http://host:19530")


# --- rows -------------------------------------------------------------------------------------


def test_numbers_are_the_same_in_every_process():
    code = "from retrieval.milvus.numbers import *; print(speech_number('a'), dimension('ru:я'))"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert run.stdout.split() == [str(speech_number("a")), str(dimension("ru:я"))]


@given(st.text())
def test_numbers_fit_into_their_fields(text: str):
    number = speech_number(text)
    assert 0 <= first_number(number) < 2**63
    assert speech_of(first_number(number) + 5) == number
    assert 0 <= key(text, 1) < 2**63
    assert 0 <= dimension(text) < NO_WORD <= 2**32 - 2
    assert int(written(dimension(text)), 36) == dimension(text)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])), st.integers(1, 3))
def test_texts_are_cut_between_characters(text: str, times: int):
    text = text * times * 1000
    parts = parts_of(text)
    assert "".join(parts) == text
    assert all(len(part.encode()) <= MOST_BYTES for part in parts)
    assert text.startswith(fitting(text))
    assert len(fitting(text).encode()) <= MOST_BYTES


def test_weights_are_those_of_bm25():
    terms = "ru:мост ru:река ru:мост"
    found = sparse(terms)
    norm = K1 * (1 - 0.75 + 0.75 * 3 / AVERAGE_TERMS)
    assert found[dimension("ru:мост")] == pytest.approx(2 * (K1 + 1) / (2 + norm))
    assert found[dimension("ru:река")] == pytest.approx((K1 + 1) / (1 + norm))
    assert sparse("") == {NO_WORD: 1.0}


def test_names_of_collections():
    assert Generation(7).collection("texts") == "rostrum_000007_texts"
    assert generation_of("rostrum_000007_texts") == (Generation(7), "texts")
    for strange in (
        "rostrum",
        "rostrum_7_texts",
        "rostrum_000007_other",
        "my_rostrum_000007_texts",
    ):
        assert generation_of(strange) is None


# --- what goes wrong --------------------------------------------------------------------------


class Fault(Exception):
    """What pymilvus raises."""


@pytest.fixture
def server() -> Connection:
    made = Connection.__new__(Connection)
    made.address = MilvusAddress("http://host:19530", "news", "s3cret")
    made._fault = Fault
    return made


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    [
        ("Fail connecting to server on host:19530", IndexUnavailable, "does not answer"),
        ("Deadline Exceeded\nsecond line", IndexUnavailable, "does not answer"),
        ("auth check failure, bad token s3cret", IndexUnavailable, "ROSTRUM_MILVUS_TOKEN"),
        ("database not found[database=news]", IndexUnavailable, "no database “news”"),
        ("write failed: no space left on device", IndexUnwritable, "is full"),
        ("can't find collection[collection=x]", IndexGone, "is gone"),
        ("another process holds the lock on x", IndexLocked, "allows one at a time"),
        ("segment is odd", IndexUnavailable, "could not do it"),
    ],
)
def test_errors_are_one_line_without_secrets(server: Connection, said: str, kind: type, told: str):
    def call():
        raise Fault(said)

    with pytest.raises(kind, match=told) as caught:
        server._attempt(call, ())
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_what_passes_is_tried_again(server: Connection, monkeypatch: pytest.MonkeyPatch):
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    errors = [Fault("channel unavailable"), Fault("rate limit exceeded"), Fault("rate limit")]

    def call():
        if errors:
            raise errors.pop(0)
        return "done"

    assert server._attempt(call, (0.1, 0.2)) == "done"
    assert len(waited) == 3
    assert waited[2] > 1, "where the server is pressed, the pauses are longer"
    errors = [Fault("unavailable")] * 9
    with pytest.raises(IndexUnavailable):
        server._attempt(call, (0.1, 0.2))


def test_a_program_error_is_no_fault_of_the_server(server: Connection):
    with pytest.raises(ZeroDivisionError):
        server._attempt(lambda: 1 / 0, ())


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(IndexUnavailable, match=r'pip install "rostrum\[milvus\]"'):
        Connection(MilvusAddress("http://host:19530"))


def test_a_dead_writer_is_known():
    now = time.time()
    mine = {"beat": now, "host": socket.gethostname(), "process": os.getpid()}
    assert not lease._is_over(mine)
    assert lease._is_over(mine | {"beat": now - 2 * lease.STALE_SECONDS})
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert lease._is_over(mine | {"process": ended.pid})
    assert not lease._is_over(mine | {"process": ended.pid, "host": "elsewhere"})


def test_a_server_that_is_away_is_said():
    pytest.importorskip("pymilvus")
    with pytest.raises(IndexUnavailable, match="does not answer"):
        Index.open(MilvusAddress("http://127.0.0.1:1"))


_OTHER = """
import sys
from retrieval.index import Index
from retrieval.library import Library
from retrieval.place import parse_place
Index.open(parse_place(sys.argv[1]))
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MilvusAddress]:
    pytest.importorskip("milvus_lite")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = parse_place(f"milvus:{tmp_path}/index.db")
    assert isinstance(place, MilvusAddress)
    yield place
    connection.disconnect()


@pytest.mark.parametrize("theirs", ["a file", "a folder", "a link"])
def test_what_is_no_index_is_named_and_left_alone(
    place: MilvusAddress, theirs: str, tmp_path: Path
):
    source = write_jsonl(tmp_path / "speeches.jsonl", RECORDS)
    path = Path(place.uri)
    if theirs == "a file":
        path.write_text("theirs")
    elif theirs == "a link":
        path.symlink_to(tmp_path / "nowhere")
    else:
        path.mkdir()
        (path / "notes.txt").write_text("theirs")
    with pytest.raises(IndexUnwritable, match="name a new file for the index"):
        reindex([source], place)
    if theirs != "a link":
        with pytest.raises(IndexUnwritable, match="name a new file for the index"):
            Index.open(place)
    if theirs == "a folder":
        assert [one.name for one in path.iterdir()] == ["notes.txt"]


def test_a_place_that_cannot_be_written_is_no_matter_of_tokens(place: MilvusAddress):
    made = Connection.__new__(Connection)
    made.address, made._fault = place, Fault
    told = made._told(PermissionError(13, "Permission denied", place.uri))
    assert isinstance(told, IndexUnavailable)
    assert "see to its disk and permissions" in str(told)


@pytest.mark.parametrize("table", ["manifest", "passages", "texts"])
def test_a_damaged_file_is_named(place: MilvusAddress, table: str, tmp_path: Path):
    reindex([write_jsonl(tmp_path / "speeches.jsonl", RECORDS)], place)
    connection.disconnect()
    [data] = Path(place.uri).glob(f"collections/rostrum_000001_{table}/**/data_*.parquet")
    data.write_bytes(b"")
    with pytest.raises(IndexDamaged, match="remove it, and make it anew: rostrum reindex SOURCE"):
        reindex([], place, full=True)


def test_threads_ask_a_file_one_after_the_other(
    place: MilvusAddress, monkeypatch: pytest.MonkeyPatch
):
    opened = connection.connect(place)
    meeting, met = threading.Barrier(2), []

    def asked(*_: object, **__: object) -> list[dict[str, int]]:
        try:
            meeting.wait(0.05)
            met.append(True)
        except threading.BrokenBarrierError:
            meeting.reset()
        return [{"count(*)": 3}]

    monkeypatch.setattr(opened._client, "query", asked)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(opened.count, ["passages"] * 4)) == [3] * 4
    assert met == [], "milvus-lite opens a collection twice for two that come at once"


def test_a_file_is_closed_with_the_last_who_reads_it(place: MilvusAddress, tmp_path: Path):
    source = write_jsonl(tmp_path / "speeches.jsonl", RECORDS)
    reindex([source], place)
    assert other_process(place) == ""
    assert recorded_sources(place) == (str(source),)  # between two looks of --watch
    reindex([source], place, dry_run=True)
    assert other_process(place) == ""
    with Library(place) as library:
        with Index.open(place) as index:
            assert index.speech("water-en").text
            index.close()
        assert len(library) == len(RECORDS)
        reindex([source], place, full=True)
        assert library.speech("water-en").text
        assert "IndexLocked" in other_process(place)
        assert "end that one and try again" in other_process(place)
    assert other_process(place) == ""
    with Library(place) as library:
        assert library.ask("price of water").quotes


def other_process(place: MilvusAddress) -> str:
    """The last line that another process says which opens it; nothing if all is well."""
    done = subprocess.run(
        [sys.executable, "-c", _OTHER, str(place)], capture_output=True, text=True, check=False
    )
    return "".join(done.stderr.splitlines()[-1:])


def test_others_are_kept_out_and_theirs_is_left_alone(tmp_path: Path, monkeypatch):
    pytest.importorskip("milvus_lite")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    place = parse_place(f"milvus:{tmp_path}/index.db")
    assert isinstance(place, MilvusAddress)
    source = write_jsonl(tmp_path / "speeches.jsonl", RECORDS)
    try:
        opened = connection.hold(place)  # kept open, whatever a reindex does
        schema.make(opened, "rostrum_000003_texts", {"pk": "INT64"}, 0)
        with pytest.raises(IndexUnwritable, match="“rostrum_000003_texts” that Rostrum did not"):
            reindex([source], place)
        opened.call("drop_collection", "rostrum_000003_texts")
        schema.make(opened, "theirs", {"pk": "INT64"}, 0)
        opened.call("create_alias", "theirs", "rostrum")
        with pytest.raises(IndexUnwritable, match="names “theirs”"):
            reindex([source], place)
        opened.call("drop_alias", "rostrum")
        assert reindex([source], place).speeches == 3
        assert opened.call("has_collection", "theirs")
        assert "milvus-lite allows one at a time" in other_process(place)
    finally:
        connection.disconnect()
