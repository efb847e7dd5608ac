from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest

from retrieval.errors import IndexDamaged
from retrieval.vectorindex import VectorIndex, VectorIndexWriter


@pytest.fixture
def vectors() -> np.ndarray:
    rows = np.random.default_rng(1).normal(size=(50, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def path(tmp_path: Path, vectors: np.ndarray) -> Path:
    writer = VectorIndexWriter(16)
    writer.add(vectors[:20])
    writer.add(vectors[20:])
    writer.add(vectors[:0])
    writer.save(tmp_path / "v.faiss")
    return tmp_path / "v.faiss"


def test_the_nearest_come_first_as_in_exact_search(path: Path, vectors: np.ndarray):
    index = VectorIndex(path)
    for row in (0, 33):
        exact = np.argsort(-(vectors @ vectors[row]), kind="stable")[:5]
        hits = index.search(vectors[row], 5)
        assert [hit.passage for hit in hits] == exact.tolist()
        assert hits[0].score == pytest.approx(1.0, abs=0.01)


def test_only_allowed_rows(path: Path, vectors: np.ndarray):
    index = VectorIndex(path)
    hits = index.search(vectors[0], 50, np.array([7, 31, 49]))
    assert {hit.passage for hit in hits} == {7, 31, 49}
    assert index.search(vectors[0], 50, np.array([], dtype=np.int64)) == []


def test_a_zero_query_is_near_to_nothing(path: Path):
    assert VectorIndex(path).search(np.zeros(16, np.float32), 5) == []


def test_stored_rows(path: Path, vectors: np.ndarray):
    assert np.allclose(VectorIndex(path).rows(18, 4), vectors[18:22], atol=0.5 / 127)


@pytest.mark.parametrize("dimensions", [16, 384])
def test_rows_that_are_kept_stay_as_they_are(tmp_path: Path, dimensions: int):
    rows = np.random.default_rng(2).normal(size=(100, dimensions)).astype(np.float32)
    rows[0, 0] = 10.0  # more than a byte holds
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    for name in ("first", "second"):
        writer = VectorIndexWriter(dimensions)
        writer.add(rows)
        writer.save(tmp_path / name)
        rows = VectorIndex(tmp_path / name).rows(0, 100)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_nearness_is_the_score_of_the_search(path: Path, vectors: np.ndarray):
    index = VectorIndex(path)
    found = {hit.passage: hit.score for hit in index.search(vectors[3], 50)}
    for hit in index.nearness(vectors[3], range(50)):
        assert hit.score == pytest.approx(found[hit.passage], abs=0.01)


@pytest.mark.parametrize("content", [b"", b"not an index"])
def test_an_unreadable_file_is_named(tmp_path: Path, content: bytes):
    (tmp_path / "v.faiss").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"v\.faiss.*rostrum reindex"):
        VectorIndex(tmp_path / "v.faiss")


def test_a_file_of_another_kind_is_none_of_ours(tmp_path: Path, vectors: np.ndarray):
    index = faiss.IndexFlatIP(16)
    index.add(vectors)
    faiss.write_index(index, str(tmp_path / "v.faiss"))
    with pytest.raises(IndexDamaged, match=r"v\.faiss.*rostrum reindex"):
        VectorIndex(tmp_path / "v.faiss")


def some_vectors(count: int, seed: int, dimensions: int = 32) -> np.ndarray:
    """Vectors about forty common centres, as those of texts are."""
    drawn = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(40, dimensions))
    rows = centres[drawn.integers(40, size=count)] + drawn.normal(size=(count, dimensions))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def coarse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("retrieval.vectorindex.APPROXIMATE_FROM", 2000)
    writer = VectorIndexWriter(32)
    writer.add(some_vectors(3000, 1))
    recall = writer.save(tmp_path / "c.faiss", some_vectors(50, 2))
    assert recall is not None
    assert recall >= 0.99
    return tmp_path / "c.faiss"


def test_a_large_index_is_searched_coarsely_and_finds_nearly_all(coarse: Path):
    index = VectorIndex(coarse)
    assert index.kind.startswith("IndexPQFastScan, the best ")
    rows = some_vectors(3000, 1)
    assert np.allclose(index.rows(2000, 3), rows[2000:2003], atol=0.5 / 127)
    assert index.search(rows[2345], 1)[0].passage == 2345
    [hit] = index.search(rows[2345], 5, np.array([17]))  # the only one, wherever it lies
    assert hit.passage == 17


@pytest.mark.parametrize("kind", ["coarse", "path"])
def test_rows_can_be_given_up_and_added(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    old = request.getfixturevalue(kind)
    before = VectorIndex(old)
    gone, stays = before.rows_at([7])[0], before.rows_at([8])[0]
    writer = VectorIndexWriter(before.rows_at([0]).shape[1], old)
    writer.clear([7])
    writer.add(-stays[None])
    assert writer.save(tmp_path / "new.faiss") is None
    after = VectorIndex(tmp_path / "new.faiss")
    assert len(after) == len(before) + 1
    assert 7 not in {hit.passage for hit in after.search(gone, len(after))}
    assert after.search(stays, 1)[0].passage == 8
    assert after.search(-stays, 1)[0].passage == len(before)
    assert before.search(gone, 1)[0].passage == 7  # the old file is as it was


def test_what_has_shrunk_is_searched_exactly_again(
    coarse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("retrieval.vectorindex.APPROXIMATE_FROM", 10_000)
    VectorIndexWriter(32, coarse).save(tmp_path / "flat.faiss")
    flat, before = VectorIndex(tmp_path / "flat.faiss"), VectorIndex(coarse)
    assert flat.kind == "IndexScalarQuantizer"
    assert (flat.rows(0, 3000) == before.rows(0, 3000)).all()
