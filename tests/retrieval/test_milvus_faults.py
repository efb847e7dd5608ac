"""What goes wrong between Rostrum and Milvus, for real: nothing is lost, and one line says it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent import futures
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner
from conftest import RECORDS, write_jsonl

from retrieval.build import reindex
from retrieval.errors import IndexUnavailable
from retrieval.index import Index
from retrieval.library import Library
from retrieval.milvus.address import DATABASE, TOKEN, MilvusAddress
from retrieval.place import Place, parse_place
from retrieval.records import Options
from retrieval.search import ask

pytest.importorskip("milvus_lite", reason="needs the extra rostrum[milvus]")

import grpc
from milvus_lite.adapter.grpc.server import start_server_in_thread
from milvus_proxy import Proxy
from pymilvus.grpc_gen import common_pb2, milvus_pb2, milvus_pb2_grpc

from retrieval.milvus import connection, lease, milvus, schema

pytest_plugins = ["milvus_fixtures"]
QUESTION = "what was said about the price of water"
MANY = [
    {**RECORDS[number % 3], "id": f"copy-{number}", "date": f"20{number + 10}"}
    for number in range(40)
]
"""Invented, like those that they repeat."""


class Served(NamedTuple):
    """A server, the proxy before it, and the addresses of both."""

    proxy: Proxy
    place: MilvusAddress
    direct: MilvusAddress


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """Where nobody answers, for a second and not for a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "_PATIENCE", 1.0)
        patch.setattr(connection, "_TIMEOUT", 1.0)
        patch.setattr(lease, "WRITING", 1.0)
        for one in [connection.Connection, *connection._open.values()]:
            patch.setattr(one, "patience", 1.0)
        yield


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(milvus, "LOOK_SECONDS", 0.0)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv(TOKEN, raising=False)
    monkeypatch.delenv(DATABASE, raising=False)
    yield
    connection.disconnect()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server, kept, port = start_server_in_thread(str(tmp_path / "served.db"))
    proxy = Proxy(port)
    yield Served(proxy, at(proxy.port), at(port))
    connection.disconnect()
    proxy.down()
    server.stop(grace=0)
    kept.close()


def at(port: int) -> MilvusAddress:
    place = parse_place(f"milvus:http://127.0.0.1:{port}")
    assert isinstance(place, MilvusAddress)
    return place


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "speeches.jsonl", RECORDS)


def quotes(place: Place) -> list:
    with Index.open(place) as index:
        assert index.verify() == []
        return ask(index, QUESTION, Options(threshold=0)).quotes


def rostrum(*given: object) -> str:
    """The one line that a command ends with that could not do its work."""
    from bot.cli import cli

    found = CliRunner().invoke(cli, list(map(str, given)))
    assert found.exit_code == 1, found.output
    [line] = [line for line in found.stderr.splitlines() if line.startswith("rostrum:")]
    assert found.stderr.splitlines()[-1] == line
    assert "Traceback" not in found.output
    return line


# --- the way to the server --------------------------------------------------------------------


def test_a_server_that_goes_away_and_comes_back(served: Served, source: Path):
    reindex([source], served.place)
    with Library(served.place) as library:
        before = library.ask(QUESTION).quotes
        assert before
        served.proxy.down()
        with in_a_hurry():
            with pytest.raises(IndexUnavailable, match="does not answer"):
                library.ask(QUESTION)
            line = rostrum("ask", QUESTION, "--index", served.place)
            assert f"milvus:http://127.0.0.1:{served.proxy.port} does not answer" in line
            assert "is it running" in line
            assert "does not answer" in rostrum("reindex", source, "--index", served.place)
        served.proxy.up()
        assert library.ask(QUESTION).quotes == before


def test_a_server_that_says_nothing(served: Served, source: Path):
    reindex([source], served.place)
    with Library(served.place) as library:
        before = library.ask(QUESTION).quotes
        served.proxy.stalled.set()
        with in_a_hurry(), pytest.raises(IndexUnavailable, match="does not answer"):
            library.ask(QUESTION)
        served.proxy.stalled.clear()
        served.proxy.cut()
        assert library.ask(QUESTION).quotes == before


def test_connections_cut_in_the_middle_of_answers(served: Served, source: Path):
    reindex([source], served.place)
    expected = quotes(served.place)
    begun = served.proxy.passed
    assert quotes(served.place) == expected
    whole = served.proxy.passed - begun
    cuts = [served.proxy.passed + whole * part // 6 for part in range(1, 6)]
    served.proxy.cuts = list(cuts)
    assert quotes(served.place) == expected
    assert not served.proxy.cuts


def test_connections_cut_in_the_middle_of_a_reindex(served: Served, source: Path):
    reindex([source], served.place)
    begun = served.proxy.passed
    write_jsonl(source, [*RECORDS, *MANY])
    served.proxy.cuts = [begun + 30_000 * part for part in range(1, 8)]
    assert reindex([], served.place).speeches == 43
    assert len(served.proxy.cuts) < 4
    served.proxy.cuts = []
    with Index.open(served.direct) as index:
        assert index.verify() == []
        assert index.manifest.speeches == 43


def test_a_server_lost_in_the_middle_of_a_reindex(
    served: Served, source: Path, monkeypatch: pytest.MonkeyPatch
):
    reindex([source], served.place)
    before = quotes(served.direct)
    write_jsonl(source, [*RECORDS, *MANY])
    real = connection.Connection.write

    lost: list[str] = []

    with monkeypatch.context() as patch, ExitStack() as stack:

        def lose(self, collection, rows, partition=""):
            if collection.endswith("_passages") and not lost:
                lost.append(collection)
                served.proxy.down()
                stack.enter_context(in_a_hurry())
            return real(self, collection, rows, partition)

        patch.setattr(connection.Connection, "write", lose)
        assert "does not answer" in rostrum("reindex", "--index", served.place)
    assert lost
    assert quotes(served.direct) == before
    served.proxy.up()
    # whoever was cut off has a lease for a minute, which the same machine sees through
    assert reindex([], served.place).new == 40
    assert len(schema.collections(connection.connect(served.direct))) == 2
    assert quotes(served.direct)


# --- what a server says -----------------------------------------------------------------------


class Odd(milvus_pb2_grpc.MilvusServiceServicer):
    """A server of which there is only the beginning."""

    version = "v2.6.0"
    wanted = ""

    def Connect(self, request, context):
        sent = dict(context.invocation_metadata()).get("authorization", "")
        if self.wanted and sent != self.wanted:
            context.abort(
                grpc.StatusCode.UNAUTHENTICATED, f"auth check failure, please check token {sent}"
            )
        return milvus_pb2.ConnectResponse(
            status=common_pb2.Status(),
            identifier=1,
            server_info=common_pb2.ServerInfo(build_tags=self.version),
        )

    def GetVersion(self, request, context):
        return milvus_pb2.GetVersionResponse(status=common_pb2.Status(), version=self.version)


@pytest.fixture
def odd() -> Iterator[tuple[Odd, MilvusAddress]]:
    server = grpc.server(futures.ThreadPoolExecutor(2))
    servicer = Odd()
    milvus_pb2_grpc.add_MilvusServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield servicer, at(port)
    connection.disconnect()
    server.stop(grace=0)


def test_a_token_that_is_refused(odd, monkeypatch: pytest.MonkeyPatch):
    servicer, place = odd
    servicer.wanted = "another"
    monkeypatch.setenv(TOKEN, "news:s3cret-token")
    line = rostrum("ask", QUESTION, "--index", place)
    assert "refuses us" in line
    assert TOKEN in line
    assert "s3cret" not in line
    assert "bmV3czpzM2NyZXQtdG9rZW4=" not in line  # nor as it was sent


def test_a_server_of_another_version(odd):
    servicer, place = odd
    servicer.version = "v2.2.16"
    assert "is Milvus v2.2.16; 2.4 or a later one is needed" in rostrum(
        "ask", QUESTION, "--index", place
    )


# --- files ------------------------------------------------------------------------------------


def test_killed_writers_and_a_full_disk_leave_the_old_or_the_new(
    children, source: Path, tmp_path: Path
):
    place = parse_place(f"milvus:{tmp_path}/index.db")
    step = {"place": str(place), "sources": [str(source)]}
    assert children(**step) == (0, "")
    old = quotes(place)
    connection.disconnect()
    write_jsonl(source, [*RECORDS, *MANY])
    code, said = children(**step, limit=40_000)
    assert code == 1
    assert said.startswith(("IndexUnwritable: ", "IndexUnavailable: "))
    assert "\n" not in said
    assert "too large" in said or "full" in said
    assert quotes(place) == old
    connection.disconnect()
    for moment in (("Connection.write", 3), ("Milvus.seal", 1), ("Milvus.publish", 1)):
        assert children(**step, die=moment) == (-signal.SIGKILL, "")
    assert quotes(place) == old
    connection.disconnect()
    assert children(**step, die=("Milvus.tidy", 2)) == (-signal.SIGKILL, "")
    new = quotes(place)
    assert new != old
    assert reindex([], place).unchanged == 43
    assert quotes(place) == new
    assert len(schema.collections(connection.connect(place))) == 2  # it and the one before
