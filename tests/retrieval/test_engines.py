"""What every engine keeps to: the same tests for a folder and for a file of milvus-lite."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import RECORDS, write_jsonl

from retrieval.build import recorded_sources, reindex, rollback
from retrieval.engine import Filter, Group
from retrieval.errors import (
    IndexDamaged,
    IndexLocked,
    IndexMismatch,
    IndexMissing,
    SourceError,
    UnknownSpeech,
)
from retrieval.expansion import expand
from retrieval.index import Index, altered
from retrieval.library import Library
from retrieval.place import Place, engine_at, parse_place
from retrieval.question import parse_question
from retrieval.records import Answer, Options
from retrieval.samples import SAMPLES
from retrieval.search import ask, make_filter
from retrieval.timeline import timeline

pytest.importorskip("milvus_lite", reason="needs the extra rostrum[milvus]")

from retrieval.milvus import connection, milvus

ENGINES = ("embedded", "milvus")
Make = Callable[[str], Place]

# Invented, by invented speakers: what is hard to keep and to find.
ODD = [
    {
        "id": 'o\'dd "id" \\ % _ 😀',
        "speaker": 'Ада "Лис" О\'Нил',
        "date": "2023-02",
        "language": "ru",
        "text": "Праздник 😀 начался в полдень. Музыка играла до ночи. На сцене пели дети.",
    },
    {
        "id": "long",
        "speaker": "Савва Горемыкин",
        "date": "2022-03-04",
        "language": "ru",
        "text": "\n\n".join(
            f"Отчёт номер {number} о мельнице готов. Мельница работает, мука есть, и "
            f"мельник доволен тем, что сделано за {number} дней."
            for number in range(1050)
        ),
    },
    {
        "id": "endless",
        "date": "2021",
        "language": "en",
        "text": "The lighthouse keeper counted "
        + "one lamp after another lamp " * 2600
        + "slowly.",
    },
    {"id": "undated", "language": "en", "text": "Nobody knows when the lighthouse was built."},
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
]
SPEECHES = [*RECORDS, *ODD]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(milvus, "LOOK_SECONDS", 0.0)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.getbasetemp() / "data"))


def place(engine: str, folder: Path) -> Place:
    return folder / "index" if engine == "embedded" else parse_place(f"milvus:{folder}/index.db")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Place]]:
    """The same speeches, kept by each engine; closed and opened again before they are read."""
    folder = tmp_path_factory.mktemp("engines")
    found = {engine: place(engine, folder) for engine in ENGINES}
    source = write_jsonl(folder / "speeches.jsonl", SPEECHES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        for one in found.values():
            reindex([SAMPLES, source], one)
    connection.disconnect()
    yield found
    connection.disconnect()


@pytest.fixture(scope="module")
def both(places: dict[str, Place]) -> Iterator[tuple[Index, Index]]:
    with Index.open(places["embedded"]) as embedded, Index.open(places["milvus"]) as kept:
        yield embedded, kept


@pytest.fixture(params=ENGINES)
def index(request: pytest.FixtureRequest, places: dict[str, Place]) -> Iterator[Index]:
    with Index.open(places[request.param]) as opened:
        yield opened


@pytest.fixture(params=ENGINES)
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place of its own that holds an index of three speeches."""
    found = place(request.param, tmp_path)
    reindex([write_jsonl(tmp_path / "speeches.jsonl", RECORDS)], found)
    yield found
    connection.disconnect()


def told(answer: Answer) -> list[tuple]:
    return [(q.speech_id, q.start, q.end, q.text, q.marks, q.translations) for q in answer.quotes]


# --- the same answers -------------------------------------------------------------------------

QUESTIONS = [
    ("Ольховский мост", Options()),
    ("Olkhovsky bridge", Options(own_language=False)),
    ("yeni məktəb tikdik", Options()),
    ("price of water", Options()),
    ('"цену" вода', Options(threshold=0)),
    ('"new library"', Options()),
    ("мост -школа", Options(threshold=0)),
    ('вода -"thirty thousand"', Options(threshold=0, limit=1)),
    ("мельница номер 700", Options(limit=1)),
    ("lighthouse", Options(limit=10)),
    ("lighthouse 2020..2022", Options(threshold=0)),
    ("музыка и дети", Options(threshold=0, sort="date")),
    ("вода", Options(speaker="Thornbury", threshold=0)),
    ("мост", Options(speaker="O'Nil", threshold=0)),
    ("школа", Options(only=frozenset({"bridge-ru", "twin-ru", "none"}), threshold=0)),
    ("школа", Options(only=frozenset(), threshold=0)),
    ("библиотека", Options(since="2020-05", until="2020-05-06")),
    ("that nobody ever spoke of quasars", Options()),
    ("что говорили о Горемыкине", Options()),
    ("вода", Options(speaker="Thornbury, Горемыкин", threshold=0)),
    ("вода с 2024 года", Options(limit=1)),
]


@pytest.mark.parametrize(("question", "options"), QUESTIONS, ids=[q for q, _ in QUESTIONS])
def test_the_answers_are_the_same(both: tuple[Index, Index], question: str, options: Options):
    embedded, kept = (ask(index, question, options) for index in both)
    assert told(kept) == told(embedded)
    assert [q.score for q in kept.quotes] == pytest.approx(
        [q.score for q in embedded.quotes], abs=0.01
    )
    assert (kept.language, len(kept.notes)) == (embedded.language, len(embedded.notes))


@pytest.mark.parametrize("question", ["Ольховский мост", "мельница", "lighthouse"])
def test_the_timelines_are_the_same(both: tuple[Index, Index], question: str):
    embedded, kept = (timeline(index, question) for index in both)
    assert [(p.name, p.passages, p.speeches) for p in kept.periods] == [
        (p.name, p.passages, p.speeches) for p in embedded.periods
    ]
    assert kept.undated == embedded.undated


def test_what_is_known_is_the_same(both: tuple[Index, Index]):
    embedded, kept = both
    assert sorted(kept.store.speech_ids()) == sorted(embedded.store.speech_ids())
    for speech_id in embedded.store.speech_ids():
        assert kept.speech(speech_id) == embedded.speech(speech_id)
        assert kept.passages(speech_id) == embedded.passages(speech_id)
        assert kept.translations(speech_id) == embedded.translations(speech_id)
    ours, theirs = kept.status(), embedded.status()
    differing = ("folder", "created", "format_version", "vector_index", "bytes", "doubtful")
    same = {name: getattr(theirs, name) for name in differing}
    assert replace(ours, **same) == theirs
    assert {why: set(ids) for why, ids in ours.doubtful.items()} == {
        why: set(ids) for why, ids in theirs.doubtful.items()
    }
    assert kept.store.passages_by_speaker() == embedded.store.passages_by_speaker()
    assert sorted(kept.store.dated()) == sorted(embedded.store.dated())
    ids = ["twin-ru", "okul-az", "endless"]
    assert kept.store.spoken(ids) == embedded.store.spoken(ids)
    [ours], [theirs] = (one.store.openings(["twin-ru"]).values() for one in both)
    assert f"{ours.text}\n{embedded.passages('twin-ru')[0].text}" == theirs.text
    assert ours.kept
    assert not theirs.kept
    assert set(kept.store.families(ids)) == {"twin-ru"}
    for consonants in (["mst"], ["kznl"], []):
        for prefix in ("", "g", "slm"):
            assert kept.store.names(consonants, prefix) == sorted(
                embedded.store.names(consonants, prefix)
            )


def test_words_and_vectors_are_the_same(both: tuple[Index, Index]):
    for question in ("мост через реку", "the price of water", "Solmazov təqaüd"):
        parsed = parse_question(question, Options())
        found = [expand(parsed, index) for index in both]
        assert found[0] == found[1]
        terms = [a.term for group in found[0] for a in group.alternatives] + ["ru:нетакогослова"]
        embedded, kept = (index.words.frequencies(terms) for index in both)
        assert kept == embedded
        query = both[0].encoder.encode_query(question)
        near = [
            {index.store.passages([h.passage])[h.passage].text[:80]: h.score for h in hits}
            for index in both
            for hits in [index.vectors.search(query, 3)]
        ]
        assert near[1] == pytest.approx(near[0], abs=0.01)
        assert both[1].vectors.search(np.zeros_like(query), 3) == []


# --- each engine by itself --------------------------------------------------------------------


def test_every_quote_is_in_its_text(index: Index):
    for question, options in QUESTIONS:
        for quote in ask(index, question, options).quotes:
            assert index.speech(quote.speech_id).text[quote.start : quote.end] == quote.text


def test_texts_are_kept_byte_for_byte(index: Index):
    kept = {index.speech(speech_id).text.encode() for speech_id in index.store.speech_ids()}
    assert kept >= {record["text"].encode() for record in SPEECHES}
    assert len(index.speech("long").text.encode()) > 200_000


def test_it_is_whole(index: Index):
    assert altered(index.folder) == []
    assert index.verify() == []


def test_an_unknown_speech_is_named(index: Index):
    for strange in ("none", 'x" or pk >= 0 or id == "', "\\", "%", "", "\ud800", "a\x00b"):
        with pytest.raises(UnknownSpeech, match="ids look like"):
            index.speech(strange)


HOSTILE = ['x" or pk >= 0 or "', "a%", "_", "\\", "' --", '\\"', "50%_", "🎉", "\x00"]


def test_what_a_filter_allows_is_counted(index: Index):
    spoken = dict(index.store.passages_by_speaker())
    assert spoken
    for number, name in index.speakers.items():
        allowed = index.words.allowed(Filter(speakers=frozenset({number})))
        assert index.words.count(allowed) == spoken[name]
        others = index.words.allowed(Filter(others_than=frozenset({number})))
        assert index.words.count(others) == index.manifest.passages - spoken[name]


@pytest.mark.parametrize("strange", HOSTILE)
def test_hostile_filters_find_nothing(index: Index, strange: str):
    everything = len(index.store.dated())
    for filter_ in (
        Filter(phrases=((strange, "zzz"),)),
        Filter(phrases=((strange, strange, strange),)),
    ):
        query = index.encoder.encode_query("мост")
        allowed = index.words.allowed(filter_)
        assert index.vectors.search(query, 10, allowed) == []
        assert index.words.count(allowed) == 0
    assert index.store.names([strange], strange) == []
    assert index.words.frequency(strange) == 0
    assert index.store.families([strange]) == {}
    assert index.translations(strange) == ()
    assert index.passages(strange) == []
    note = make_filter(
        parse_question("мост", Options()), Options(speaker=f"Zzyzxq {strange}"), index
    )[1]
    assert len(note) == 1
    asked = ask(index, f'мост "{strange}" -{strange} -"{strange}"', Options(threshold=0))
    assert len(index.store.dated()) == everything
    assert all(quote.text for quote in asked.quotes)


def test_no_groups_and_unknown_words_find_nothing(index: Index):
    assert index.words.search([], Filter(), 5) == []
    assert index.words.search([Group("x", (), 1.0)], Filter(), 5) == []


# --- reindexing -------------------------------------------------------------------------------

BRIDGE, WATER, SCHOOL = RECORDS
CHANGED = WATER | {"text": WATER["text"] + " The mill opens on Monday."}
NEW = {"id": "mill", "date": "2026", "language": "en", "text": "The windmill was sold for a penny."}


def again(here: Place, records: list[dict], **options: object):
    folder = Path(str(here).removeprefix("milvus:")).parent
    write_jsonl(folder / "speeches.jsonl", records)
    return reindex([], here, **options)


def content(here: Place) -> dict[str, tuple]:
    """All that an index says of its speeches, with the vectors."""
    with Index.open(here) as index:
        found = {}
        for speech_id in index.store.speech_ids():
            [(first, last)] = index.store.stretches([speech_id])
            numbers = range(first, first + len(index.passages(speech_id)))
            assert last >= numbers[-1]
            query = np.eye(index.manifest.dimensions, dtype=np.float32)[7]
            near = [round(hit.score, 2) for hit in index.vectors.nearness(query, numbers)]
            found[speech_id] = (index.speech(speech_id), tuple(index.passages(speech_id)), near)
        found[""] = (
            sorted(index.speakers.values()),
            index.status().languages,
            index.store.names(["mst", "klxvsk"], "sl"),
            sorted(index.store.dates()),
        )
        assert index.verify() == []
        return found


def test_only_what_changed_is_worked_on(here: Place, monkeypatch: pytest.MonkeyPatch):
    again(here, [BRIDGE, CHANGED, NEW])
    grown = content(here)
    with Index.open(here) as index:
        assert ask(index, "windmill").quotes[0].speech_id == "mill"
        assert "okul-az" not in index.store.speech_ids()
        encoder = type(index.encoder)
    whole, asked = encoder.encode_documents, []
    monkeypatch.setattr("retrieval.build._PROBES", 0)  # questions are encoded too
    monkeypatch.setattr(
        encoder, "encode_documents", lambda self, texts: asked.extend(texts) or whole(self, texts)
    )
    report = again(here, [BRIDGE | {"title": "Мост"}, CHANGED, NEW])
    assert (report.changed, report.unchanged, report.new, report.removed) == (1, 2, 0, 0)
    assert asked == [], "its passages have the texts that they had"
    report = again(here, [BRIDGE, CHANGED, NEW], full=True)
    assert content(here) == grown, "made from nothing it is the same"
    assert recorded_sources(here)


def test_nothing_changed_nothing_written(here: Place):
    before = engine_at(here).current()
    report = again(here, RECORDS)
    assert (report.unchanged, report.new) == (3, 0)
    assert engine_at(here).current() == before


def test_a_dry_run_writes_nothing(here: Place):
    before = content(here)
    report = again(here, [BRIDGE, CHANGED, NEW], dry_run=True)
    assert (report.new, report.changed, report.removed) == (1, 1, 1)
    assert content(here) == before


def test_an_index_among_its_sources_is_passed_over(here: Place):
    place = Path(str(here).removeprefix("milvus:"))
    assert reindex([place.parent], here).unchanged == 3
    report = reindex([place.parent], here, full=True)
    assert (report.speeches, report.new, report.skipped) == (3, 0, ())
    (place.parent / "another name").symlink_to(place)
    with pytest.raises(SourceError, match="is the index itself"):
        reindex([place.parent / "another name"], here)


def test_much_goes_only_when_told_to(here: Place):
    with pytest.raises(SourceError, match="--prune"):
        again(here, [BRIDGE])
    again(here, [BRIDGE], prune=True)
    assert set(content(here)) == {"", "bridge-ru"}


def test_a_moved_file_is_no_change(here: Place, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    moved = (tmp_path / "speeches.jsonl").rename(tmp_path / "elsewhere" / "speeches.jsonl")
    report = reindex([moved], here)
    assert (report.unchanged, report.removed) == (3, 0)
    assert reindex([], here).unchanged == 3


def test_rollback_and_left_overs(here: Place):
    first = content(here)
    with pytest.raises(IndexMissing, match="before the current"):
        rollback(here)
    again(here, [*RECORDS, NEW])
    second = content(here)
    with rollback(here) as index:
        assert index.manifest.speeches == 3
    assert content(here) == first
    again(here, [*RECORDS, NEW])
    assert content(here) == second
    again(here, RECORDS)
    assert content(here) == first
    connection.disconnect()
    assert content(here) == first


def test_another_model_is_named_and_all_is_encoded_anew(here: Place, monkeypatch):
    with Index.open(here) as index:
        fingerprint = index.encoder.fingerprint
        encoder = index.encoder
    monkeypatch.setattr(encoder, "fingerprint", "another")
    monkeypatch.setattr("retrieval.build.load_encoder", lambda _=None: encoder)
    monkeypatch.setattr("retrieval.index.load_encoder", lambda _=None: encoder)
    with Index.open(here) as index, pytest.raises(IndexMismatch, match="is not the one that made"):
        ask(index, "мост")
    report = reindex([], here)
    assert any(fingerprint in reason for reason in report.reasons)
    assert reindex([], here).unchanged == 3


def test_a_killed_check_leaves_the_old_one(here: Place, monkeypatch: pytest.MonkeyPatch):
    before = content(here)
    monkeypatch.setattr("retrieval.index.Index.miscounted", lambda _: ["one is missing"])
    with pytest.raises(IndexDamaged, match="one is missing"):
        again(here, [*RECORDS, NEW])
    monkeypatch.undo()
    assert content(here) == before


def test_one_writer_at_a_time(here: Place):
    with engine_at(here).writing(), pytest.raises(IndexLocked, match="Another reindex is writing"):
        reindex([], here, full=True)
    assert reindex([], here, full=True).speeches == 3


def test_those_who_stay_move_on(here: Place):
    with Library(here) as library:
        assert len(library) == 3
        with library.reading() as held:
            again(here, [*RECORDS, NEW])
            assert len(library) == 4
            assert held.manifest.speeches == 3
            assert ask(held, "мост", Options(threshold=0)).found
        assert library.ask("windmill").quotes[0].speech_id == "mill"
        found: list[bool] = []
        threads = [
            threading.Thread(target=lambda: found.append(library.ask("мост").found))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == [True] * 4


@pytest.mark.parametrize("engine", ENGINES)
def test_no_index_is_said(engine: str, tmp_path: Path):
    nowhere = place(engine, tmp_path)
    with pytest.raises(IndexMissing, match="There is no index in"):
        Index.open(nowhere)
    assert recorded_sources(nowhere) == ()
    with pytest.raises(SourceError, match="Name the files"):
        reindex([], nowhere)
