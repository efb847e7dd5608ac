from __future__ import annotations

from pathlib import Path

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
