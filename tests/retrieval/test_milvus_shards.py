"""Many writers: whatever happens to them, they make the index that one process makes."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import RECORDS, write_jsonl

from retrieval.build import abandon, finish, reindex, rollback, shards
from retrieval.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    IndexUnwritable,
    SourceError,
)
from retrieval.index import Index
from retrieval.library import Library
from retrieval.place import Place, parse_place
from retrieval.records import Options
from retrieval.samples import SAMPLES
from retrieval.search import ask

pytest.importorskip("milvus_lite", reason="needs the extra rostrum[milvus]")

from retrieval.milvus import connection, lease, milvus, schema
from retrieval.milvus import shards as sharded

pytest_plugins = ["milvus_fixtures"]

# Invented, by invented speakers.
MORE = [
    {
        "id": "twin-ru",
        "speaker": "Савва Горемыкин",
        "date": "2020-05-06",
        "language": "ru",
        "text": "Сегодня мы открываем новую библиотеку. В ней сорок тысяч книг. Дети придут.",
    },
    {
        "id": "twin-en",
        "speaker": "Savva Goremykin",
        "date": "2020-05-06",
        "language": "en",
        "text": "Today we are opening a new library. It has forty thousand books. The children "
        "will come.",
    },
    *(
        {
            "id": f"mill-{number}",
            "speaker": "Савва Горемыкин",
            "date": f"2022-03-{number + 1:02}",
            "language": "ru",
            "text": f"Отчёт номер {number} о мельнице готов. Мельница работает, мука есть.\n\n"
            * (1 + number),
        }
        for number in range(8)
    ),
]
QUESTIONS = (
    "what was said about the price of water",
    "мост через реку",
    "новая библиотека",
    "yeni məktəb",
    "отчёт о мельнице 2022",
)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(milvus, "LOOK_SECONDS", 0.0)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    yield
    connection.disconnect()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_jsonl(tmp_path / "speeches.jsonl", [*RECORDS, *MORE])


def at(folder: Path, name: str) -> Place:
    return parse_place(f"milvus:{folder}/{name}.db")


def rows(place: Place) -> dict[str, list[dict]]:
    """All rows of the current generation, but for who wrote them and when."""
    engine = milvus.Milvus(place)
    generation, found = engine.current(), {}
    assert schema.collections(engine._connection)[generation] == set(schema.TABLES)
    for table, fields in schema.TABLES.items():
        kept = [field for field in fields if field != "shard"]
        found[table] = list(engine._connection.every(generation.collection(table), kept))
        if table == "files":  # whose stamp is missing if it is read soon after it was written
            for row in found[table]:
                record = json.loads(row["record"])
                row["record"] = [*record[:1], *record[2:]]
        if table == "manifest":
            [row] = found[table]
            manifest = json.loads(row["text"])
            assert manifest.pop("created")
            assert manifest.pop("milvus")
            found[table] = [manifest]
    return {table: sorted(map(repr, one)) for table, one in found.items()}


def answers(place: Place) -> list:
    with Index.open(place) as index:
        assert index.verify() == []
        return [ask(index, one, Options(threshold=0)).quotes for one in QUESTIONS]


def assert_same(one: Place, other: Place) -> None:
    expected, found = rows(one), rows(other)
    for table in schema.TABLES:
        assert found[table] == expected[table], table
    assert answers(one) == answers(other)


KILLED = -signal.SIGKILL


def test_killed_and_restarted_shards_make_what_one_process_makes(
    children, source: Path, tmp_path: Path
):
    place = at(tmp_path, "shards")
    step = {"place": str(place), "sources": [str(source)]}
    assert children(**step, shard=(1, 2), die=("Book.open_partitions", 1)) == (KILLED, "")
    assert children(**step, shard=(1, 2)) == (0, "")
    for moment in (
        ("Connection.write", 2),  # the agreement stands; the first rows would be written
        ("Connection.write", 4),  # between two tables of one speech
        ("MilvusShare.hand_in", 1),  # all is there, and nobody knows
    ):
        assert children(**step, shard=(2, 2), die=moment) == (KILLED, "")
    code, said = children(place=str(place), finish=True)
    assert code == 1
    assert said.startswith("IndexUnwritable: Shard 2 of 2 is missing; write")
    assert children(**step, shard=(2, 2)) == (0, "")
    for moment in (
        ("Merger._write_families", 1),
        ("MilvusShards.publish", 1),  # sealed
        ("sharing.drop_table", 1),  # the alias has moved
    ):
        assert children(place=str(place), finish=True, die=moment) == (KILLED, "")
    # it was finished; what was left over goes with the next run
    alone = at(tmp_path, "alone")
    reindex([source], alone)
    assert shards(place) == ()
    milvus.Milvus(place).tidy()
    assert_same(alone, place)


def test_three_shards_and_an_incremental_generation(source: Path, tmp_path: Path):
    alone, place = at(tmp_path, "alone"), at(tmp_path, "shards")
    reindex([source], alone)
    for number in (3, 1, 2):
        reindex([source], place, shard=(number, 3))
    made = finish(place)
    assert made.speeches == made.new == len(RECORDS) + len(MORE)
    assert_same(alone, place)
    # one is changed, one gone, one new; the two that were translations of each other are not
    changed = [{**RECORDS[0], "text": RECORDS[0]["text"] + " Мост красивый."}, *RECORDS[1:]]
    fresh = {**MORE[0], "id": "new-ru", "date": "2021-01-01"}
    write_jsonl(source, [*changed, *MORE[1:-1], fresh])
    expected = reindex([source], alone)
    reports = [reindex([], place, shard=(number, 2)) for number in (1, 2)]
    found = finish(place)
    for counted in ("speeches", "passages", "new", "changed", "removed", "unchanged", "kept"):
        assert getattr(found, counted) == getattr(expected, counted), counted
        assert sum(getattr(one, counted) for one in reports) == getattr(found, counted)
    assert found.skipped == expected.skipped
    assert_same(alone, place)
    # and nothing has changed since then
    assert reindex([], place).unchanged == found.speeches
    with rollback(place) as index:
        assert index.manifest.speeches == made.speeches


def test_what_is_missing_is_named_and_nothing_else_may_write(source: Path, tmp_path: Path):
    place = at(tmp_path, "shards")
    with pytest.raises(IndexMissing, match="no unfinished reindex"):
        finish(place)
    reindex([source], place, shard=(2, 4))
    with pytest.raises(IndexUnwritable, match=r"Shards 1, 3 and 4 of 4 are missing.* --shard 1/4"):
        finish(place)
    with pytest.raises(IndexLocked, match=r"4 shards .*missing 1, 3, 4\).*--finish.*--abandon"):
        reindex([source], place)
    with pytest.raises(IndexMismatch, match="number of shards was 4 and is 5"):
        reindex([source], place, shard=(1, 5))
    with pytest.raises(IndexMismatch, match=r"sources were .*speeches.jsonl and are"):
        reindex([source, SAMPLES], place, shard=(1, 4))
    states = [shard.state for shard in shards(place)]
    assert states == ["missing", "done", "missing", "missing"]
    again = reindex([source], place, shard=(2, 4))
    assert "done already" in again.reasons[0]
    assert reindex([source], place, shard=(2, 4), full=True).new == again.speeches
    assert abandon(place) == 1
    assert shards(place) == ()
    reindex([source], place)
    with Index.open(place) as index:
        assert index.manifest.speeches == len(RECORDS) + len(MORE)


def test_more_than_half_vanished_needs_prune_at_the_end(source: Path, tmp_path: Path):
    place = at(tmp_path, "shards")
    reindex([source], place)
    write_jsonl(source, RECORDS)
    for number in (1, 2):
        reindex([], place, shard=(number, 2))
    with pytest.raises(SourceError, match=r"10 of 13 speeches are no longer.*--prune"):
        finish(place)
    assert finish(place, prune=True).removed == 10
    with Index.open(place) as index:
        assert sorted(index.store.speech_ids()) == sorted(one["id"] for one in RECORDS)


def test_files_that_change_between_two_shards_are_read_again(source: Path, tmp_path: Path):
    place = at(tmp_path, "shards")
    reindex([source], place, shard=(1, 2))
    added = [{**RECORDS[0], "id": f"late-{number}"} for number in range(8)]
    write_jsonl(source, [*RECORDS, *MORE, *added])
    reindex([source], place, shard=(2, 2))
    assert "files changed" in finish(place).reasons[0]
    report = reindex([], place)
    assert 0 < report.new < 8
    assert report.new + report.unchanged == len(RECORDS) + len(MORE) + 8


def test_only_one_process_writes_a_shard_and_a_lost_one_ends(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    place = at(tmp_path, "shards")
    real = sharded.ShardWriter.finish
    tried = []

    def meanwhile(writer, files, clock):
        if not tried:
            tried.append(1)
            with pytest.raises(IndexLocked, match="writing shard 1 of this index"):
                reindex([source], place, shard=(1, 2))
            with pytest.raises(IndexLocked, match="Shard 1 of 2 is being written"):
                abandon(place)
            [one, other] = shards(place)
            assert (one.state, other.state) == ("writing", "missing")
            reindex([source], place, shard=(2, 2))  # which others may write
            with monkeypatch.context() as patch:
                patch.setattr(lease, "STALE_SECONDS", -1.0)  # as if it had been cut off for long
                reindex([source], place, shard=(1, 2))
        return real(writer, files, clock)

    monkeypatch.setattr(sharded.ShardWriter, "finish", meanwhile)
    with pytest.raises(Exception, match=r"shard|Shard"):
        reindex([source], place, shard=(1, 2))
    finish(place)
    alone = at(tmp_path, "alone")
    reindex([source], alone)
    assert_same(alone, place)


def test_a_shard_that_lost_rows_is_named(source: Path, tmp_path: Path):
    place = at(tmp_path, "shards")
    for number in (1, 2):
        reindex([source], place, shard=(number, 2))
    [generation] = schema.collections(connection.connect(place))
    name = generation.collection("speeches")
    schema.make_readable(connection.connect(place), name, "speeches")
    [row, *_] = connection.connect(place).rows(name, "shard == 1", ["pk"])
    connection.connect(place).call("delete", name, filter=f"pk == {row['pk']}")
    with pytest.raises(IndexDamaged, match=r"Shard 2 holds .* speeches instead of .* --shard 2/2"):
        finish(place)
    reindex([source], place, shard=(2, 2), full=True)
    assert finish(place).speeches == len(RECORDS) + len(MORE)


def test_shards_without_an_index_say_how_they_become_one(source: Path, tmp_path: Path):
    place = at(tmp_path, "shards")
    reindex([source], place, shard=(2, 3))
    far = r"is not finished \(of its 3 shards, done: 2; missing: 1, 3\)"
    with pytest.raises(IndexMissing, match=rf"{far}; write what is missing, and then make it ans"):
        Index.open(place)
    for number in (1, 3):
        reindex([source], place, shard=(number, 3))
    with pytest.raises(IndexMissing, match=r"done: 1, 2, 3\); make it answer: .* --finish --index"):
        Library(place)
    finish(place)
    with Library(place) as library:
        assert len(library) == len(RECORDS) + len(MORE)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--shard", "9/8"], "the shards of 8 are 1/8 to 8/8"),
        (["--shard", "0/3"], "1/8 to 8/8"),
        (["--shard", "1/1001"], "1,000 the most"),
        (["--shard", "x/y"], "'x/y' must look like 3/8"),
        (["--shard", "3"], "'3' must look like 3/8"),
        (["--shard", "1/2", "--finish"], "Give --shard or --finish, not both"),
        (["--shard", "1/2", "--watch", "9"], "Give --shard or --watch"),
        (["--shard", "1/2", "--dry-run"], "Give --shard or --dry-run"),
        (["--shard", "1/2", "--prune"], "--prune goes with --finish"),
        (["--finish", "speeches"], "Give --finish or SOURCE"),
        (["--finish", "--model", "x"], "Give --finish or --model"),
        (["--abandon", "--full"], "Give --abandon or --full"),
    ],
)
def test_wrong_usage_is_one_line(given: list[str], said: str, tmp_path: Path):
    from bot.cli import cli

    found = CliRunner().invoke(cli, ["reindex", *given, "--index", f"milvus:{tmp_path}/x.db"])
    assert found.exit_code == 2
    assert said in found.output
    assert found.output.count("\n") == 1
    assert not list(tmp_path.glob("x.db*"))


@pytest.mark.parametrize("given", [["--shard", "1/2", "."], ["--finish"], ["--abandon"]])
def test_a_folder_is_written_by_one_process(given: list[str], tmp_path: Path):
    from bot.cli import cli

    found = CliRunner().invoke(cli, ["reindex", *given, "--index", f"{tmp_path}/index"])
    assert found.exit_code == 2
    assert "is for an index on Milvus" in found.output
    assert found.output.count("\n") == 1


def test_status_tells_how_far_the_shards_are(source: Path, tmp_path: Path):
    from bot.cli import cli

    place = at(tmp_path, "shards")
    run, index = CliRunner(), ["--index", str(place)]
    written = run.invoke(cli, ["reindex", str(source), "--shard", "1/3", *index])
    assert "speeches" in written.stdout
    told = run.invoke(cli, ["status", *index])
    assert told.exit_code == 0
    assert "a reindex in 3 shards: 1 done, 2 missing" in told.stdout
    assert "1/3       done," in told.stdout
    found = json.loads(run.invoke(cli, ["status", "--json", *index]).stdout)
    assert [shard["state"] for shard in found["shards"]] == ["done", "missing", "missing"]
    assert run.invoke(cli, ["reindex", "--abandon", *index]).stdout.startswith(
        "dropped: 1 finished shard"
    )
    none = run.invoke(cli, ["status", *index])
    assert none.exit_code == 1
    assert "no index" in none.output
