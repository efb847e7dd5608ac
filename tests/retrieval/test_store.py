from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import IndexDamaged, UnknownSpeech
from retrieval.passages import cut
from retrieval.records import Speech
from retrieval.store import Store, StoreWriter, digest

SPEECH = Speech(
    id="s 1/«а»",
    text="Слово за вами. 🙂 И́стина дороже!\r\nİkinci sətir.",
    language="ru",
    title="Речь",
    date="2025-10",
    speaker="Савва Горемыкин",
    extra={"country": "XX", "tags": ["a", 1, None]},
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    writer = StoreWriter(tmp_path / "s.sqlite")
    assert writer.add(SPEECH, cut(SPEECH)) == 0
    other = dataclasses.replace(SPEECH, id="other", speaker=None)
    assert writer.add(other, cut(other)) == len(cut(SPEECH))
    writer.add_names({"зангезурского": 1}, "ru")
    writer.finish()
    return Store(tmp_path / "s.sqlite")


def test_a_speech_comes_back_as_it_went_in(store: Store):
    assert store.speech(SPEECH.id) == SPEECH
    assert store.passages_of(SPEECH.id) == cut(SPEECH)
    assert list(store.speech_ids()) == [SPEECH.id, "other"]
    assert list(store.problems()) == []


def test_passages_by_number(store: Store):
    assert store.passages([1])[1].speech_id == "other"
    assert store.passages([]) == {}
    assert store.speakers() == {0: "Савва Горемыкин"}


def test_an_unknown_id_shows_what_ids_look_like(store: Store):
    with pytest.raises(UnknownSpeech, match="other"):
        store.speech("othe")


def test_names_are_found_by_consonants(store: Store):
    assert [name.key for name in store.names(["snksrskk"], "zzz")] == ["zangazurskogo"]
    assert [name.term for name in store.names([], "snksr")] == ["ru:зангезурск"]


@pytest.mark.parametrize("field", ["text", "title", "date", "speaker", "url", "language"])
def test_any_change_changes_the_digest(field: str):
    assert digest(dataclasses.replace(SPEECH, **{field: "az"})) != digest(SPEECH)
    assert digest(dataclasses.replace(SPEECH, extra={})) != digest(SPEECH)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_text_is_kept_to_the_letter(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.mktemp("store") / "s.sqlite"
    writer = StoreWriter(path)
    speech = Speech("s", text, "en")
    writer.add(speech, cut(speech))
    writer.finish()
    store = Store(path)
    assert store.speech("s").text == text
    assert list(store.problems()) == []
    store.close()


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0 and nothing more"])
def test_a_file_that_is_no_store(tmp_path: Path, content: bytes | None):
    path = tmp_path / "s.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamaged, match="rostrum reindex --full"):
        Store(path)
