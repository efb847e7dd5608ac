"""Where a file of milvus-lite is read in another way than a server, both give the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import RECORDS, write_jsonl

from retrieval.build import reindex
from retrieval.engine import Alternative, Filter, Group
from retrieval.index import Index
from retrieval.place import parse_place

pytest.importorskip("milvus_lite", reason="needs the extra rostrum[milvus]")

from retrieval.milvus import connection
from retrieval.milvus.reading import MilvusStore


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("reading")
    place = parse_place(f"milvus:{folder}/index.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        reindex([write_jsonl(folder / "speeches.jsonl", RECORDS)], place)
    with Index.open(place) as opened:
        yield opened
    connection.disconnect()


def test_names_read_at_once_are_those_that_an_expression_finds(
    index: Index, monkeypatch: pytest.MonkeyPatch
):
    store = index.store
    assert isinstance(store, MilvusStore)
    keys = {name.key for first in "bdfgklmnprstvz" for name in store.names([], first)}
    assert keys
    consonants = sorted({row["name"] for row in store._all_names})
    asked = [(consonants[:3], ""), ([], consonants[0][:1]), (consonants[2:4], consonants[1][:2])]
    asked += [([], ""), (["q%"], '"'), (["nosuchname"], "")]
    kept = [store.names(*one) for one in asked]
    monkeypatch.setattr(store, "keeps_names", False)
    assert [store.names(*one) for one in asked] == kept
    assert any(kept)


def test_a_group_scores_its_best_alternative_though_milvus_adds_them(index: Index):
    terms = sorted(
        {
            name.term
            for first in "bdfgklmnprstvz"
            for name in index.store.names([], first)
            if index.words.frequency(name.term)
        }
    )[:6]
    each = {
        term: {
            hit.passage: hit.score
            for hit in index.words.search(
                [Group(term, (Alternative(term, 1.0),), 1.0)], Filter(), 100
            )
        }
        for term in terms
    }
    group = Group("one of them", tuple(Alternative(term, 0.5) for term in terms), 2.0)
    for hit in index.words.search([group], Filter(), 100):
        best = max(scores.get(hit.passage, 0.0) for scores in each.values())
        assert hit.score == pytest.approx(best, rel=1e-5)
