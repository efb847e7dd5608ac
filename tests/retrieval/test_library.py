"""The library for programs: one whole generation each, and the newest one by itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import RECORDS, write_jsonl

from retrieval import open_index
from retrieval.build import reindex
from retrieval.errors import IndexMissing, UnknownSpeech
from retrieval.index import Index
from retrieval.library import Library
from retrieval.records import Options
from retrieval.search import ask

LATER = RECORDS[0] | {
    "id": "later-ru",
    "text": "Ольховский мост закрыт на ремонт до весны. Это решение комиссии.",
    "date": "2026-01-10",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    reindex([write_jsonl(tmp_path / "speeches.jsonl", RECORDS)], tmp_path / "index")
    return tmp_path / "index"


def add_one(folder: Path) -> None:
    write_jsonl(folder.parent / "speeches.jsonl", [*RECORDS, LATER])
    reindex([], folder)


def test_the_page_of_examples(folder):
    with open_index(str(folder)) as library:
        answer = library.ask("Olkhovsky bridge")
        assert {"Савва Горемыкин", "Agnes Thornbury"} == {q.speaker for q in answer.quotes}
        assert [speech.id for speech in library] == ["bridge-ru", "water-en", "okul-az"]
        assert len(library) == library.status().speeches == 3
        assert library.passages("okul-az")
        assert library.timeline("Ольховский мост").periods
        with pytest.raises(UnknownSpeech):
            library.speech("none")


def test_it_moves_on_when_a_generation_is_new(folder):
    with open_index(folder) as library:
        with library.reading() as held:
            add_one(folder)
            assert len(library) == 4
            assert held.manifest.speeches == 3
            assert held.speech("bridge-ru").text == RECORDS[0]["text"]  # still open
        only = Options(only=frozenset({"later-ru"}))
        assert {q.speech_id for q in library.ask("Ольховский мост", only).quotes} == {"later-ru"}


def test_a_closed_library_says_so(folder):
    library = open_index(folder)
    library.close()
    add_one(folder)  # which it would move on to
    for use in (lambda: library.ask("Ольховский мост"), library.status, library.__len__):
        with pytest.raises(ValueError, match="is closed"):
            use()
    library.close()


def test_what_cannot_be_opened_leaves_the_one_before(folder, caplog):
    with open_index(folder) as library:
        current = folder / "current"
        before = current.read_text()
        current.write_text("999999\n")
        assert len(library) == 3
        assert "the index stays as it was" in caplog.text
        current.write_text(before)
        assert library.ask("Ольховский мост").found


def test_another_folder_until_there_is_an_index(folder, tmp_path):
    later = tmp_path / "later"
    with pytest.raises(IndexMissing):
        Library(later)
    with Library(later, lambda: folder) as library:
        assert library.is_instead
        assert len(library) == 3
        reindex([write_jsonl(tmp_path / "one.jsonl", [LATER])], later)
        assert len(library) == 1
        assert not library.is_instead


def test_many_threads_while_generations_change(folder):
    """Each answer comes from one generation: the quote's speech is there as it was then."""
    stop = threading.Event()

    def ask_on(library: Library) -> int:
        answered = 0
        while not stop.is_set():
            with library.reading() as index:
                ids = set(index.store.speech_ids())
                quotes = library.ask("Ольховский мост").quotes
                assert index.manifest.speeches == len(ids)
            assert quotes
            answered += 1
        return answered

    with open_index(folder) as library, ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask_on, library) for _ in range(4)]
        for number in range(4):
            write_jsonl(
                folder.parent / "speeches.jsonl", [*RECORDS, LATER | {"id": f"later-{number}"}]
            )
            reindex([], folder)
        stop.set()
        assert all(one.result() for one in asking)
        assert "later-3" in {speech.id for speech in library}


def test_only_some_speeches_with_nothing_in_them(small):
    from retrieval.search import ask

    assert not ask(small, "Ольховский мост", Options(only=frozenset({"okul-az"}))).found
    assert not ask(small, "Ольховский мост", Options(only=frozenset())).found
    some = ask(small, "Ольховский мост", Options(only=frozenset({"bridge-ru", "okul-az"})))
    assert {quote.speech_id for quote in some.quotes} == {"bridge-ru"}


def test_warmed_up_it_knows_words_and_answers_alike(folder):
    with Index.open(folder) as cold, Index.open(folder) as warm:
        warm.warm_up().result()
        known = len(warm.vocabulary.words())
        assert known > len(cold.vocabulary.words()) == 0
        for question in ("мост", "Olkhovsky bridge", "water"):
            assert ask(warm, question).quotes == ask(cold, question).quotes
        assert len(warm.vocabulary.words()) >= known


def test_closed_while_it_warms_up(folder):
    with Index.open(folder) as index:
        warming = index.warm_up()
    assert warming.result() is None
