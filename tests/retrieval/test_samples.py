from __future__ import annotations

from pathlib import Path

import pytest

from retrieval import samples
from retrieval.index import Index
from retrieval.samples import samples_index
from retrieval.search import ask


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples_index(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize(
    ("question", "speech", "words"),
    [
        ("Насколько упал уровень Каспия?", "coastal-cities-water.ru", "почти на два метра"),
        ("Zəngəzur dəhlizi nə vaxt açılacaq?", "south-caucasus-dialogue.az", "2027-ci ilin"),
        ("Suvarma kanallarında nə qədər su itir?", "kura-araz-water-forum.az", "40 faizi"),
        ("How long do drivers wait to clear customs?", "port-kolkha-council.en", "thirty-one"),
    ],
)  # fmt: skip
def test_first_questions_have_answers_labelled_as_invented(folder, question, speech, words):
    with Index.open(folder) as index:
        quote = ask(index, question).quotes[0]
    assert quote.speech_id == speech
    assert words in quote.text
    assert quote.invented


def test_a_topic_gets_what_each_speaker_says_of_it(folder):
    with Index.open(folder) as index:
        quotes = ask(index, "what was said about the Zangezur corridor").quotes
    assert {quote.speech_id for quote in quotes} == {
        "port-kolkha-council.en",
        "dialogue-envoy-statement.en",
        "south-caucasus-dialogue.az",
    }
    assert any("44 kilometres" in quote.text for quote in quotes)


def test_the_index_is_built_once_and_anew_when_a_sample_changes(folder, tmp_path, monkeypatch):
    made = (folder / "current").stat().st_mtime_ns
    assert samples_index(folder.parent) == folder
    assert (folder / "current").stat().st_mtime_ns == made

    changed = tmp_path / "samples"
    changed.mkdir()
    (changed / "one.md").write_text("Мост открыт. Спасибо.", encoding="utf-8")
    monkeypatch.setattr(samples, "SAMPLES", changed)
    other = samples_index(folder.parent)
    assert other != folder
    with Index.open(other) as index:
        assert index.manifest.speeches == 1


def test_a_damaged_cache_is_made_anew(tmp_path: Path):
    folder = samples_index(tmp_path)
    (folder / "current").write_text("nonsense")
    assert samples_index(tmp_path) == folder
    Index.open(folder).close()
