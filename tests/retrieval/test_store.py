from __future__ import annotations

import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.analysis import Language, folded_words, term
from retrieval.errors import IndexDamaged, UnknownSpeech
from retrieval.passages import cut
from retrieval.preparing import analyse
from retrieval.records import Passage, Speech
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
    assert writer.add(analyse(SPEECH, cut(SPEECH))) == 0
    other = dataclasses.replace(SPEECH, id="other", speaker=None)
    assert writer.add(analyse(other, cut(other))) == len(cut(SPEECH))
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
    writer.add(analyse(speech, cut(speech)))
    writer.finish()
    store = Store(path)
    assert store.speech("s").text == text
    assert list(store.problems()) == []
    store.close()


@given(
    st.lists(
        st.text(st.sampled_from("мосты Мост WHO us 10 000 2,5 Xocalı'da \n–.,🙂")), max_size=3
    ),
    st.sampled_from(["ru", "en", "az"]),
    st.sampled_from([2, 1 << 20]),
)
def test_the_words_that_are_kept_are_those_of_the_text(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], language: Language, most: int
):
    folder = tmp_path_factory.mktemp("store")
    base: Path | None = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("retrieval.store._MOST_WORDS", most)
        for number, text in enumerate(texts):  # each in a store that begins with the one before
            path = folder / f"{number}.sqlite"
            writer = StoreWriter(path, base)
            speech = Speech(str(number), f"{text} Мост", language, speaker="Савва Горемыкин")
            writer.add(analyse(speech, cut(speech)))
            writer.finish()
            base = path
    if base is None:
        return
    store = Store(base)
    passages = store.passages(range(store.counts()[1]))
    for passage, kept in zip(passages.values(), store.words_of(list(passages)), strict=True):
        words = {number: pair for number, *pair in store.spelt(np.unique(kept.numbers).tolist())}
        assert [words[number] for number in kept.numbers.tolist()] == [
            [word, term(word, language)]
            for text in _sentences(passage)
            for word in folded_words(text)
        ]
        assert list(kept.counts) == [len(folded_words(text)) for text in _sentences(passage)]
    store.close()


def _sentences(passage: Passage) -> list[str]:
    return [passage.text[a - passage.start : b - passage.start] for a, b in passage.sentences]


def test_words_that_do_not_fit_are_named(store: Store, tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as db, db:
        wrong = "CAST(x'ffffffff' || substr(words, 5) AS BLOB)"
        db.execute(f"UPDATE passages SET words = {wrong} WHERE number = 0")
        db.execute("UPDATE passages SET words = substr(words, 5) WHERE number = 1")
        db.execute("DELETE FROM words WHERE number = 2")
    for number in (0, 1):
        with pytest.raises(IndexDamaged, match="do not fit"):
            store.words_of([number])
    with pytest.raises(IndexDamaged, match="not there"):
        store.spelt([1, 2])


@pytest.mark.parametrize("content", [None, b"", b"SQLite format 3\0 and nothing more"])
def test_a_file_that_is_no_store(tmp_path: Path, content: bytes | None):
    path = tmp_path / "s.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(IndexDamaged, match="rostrum reindex --full"):
        Store(path)
