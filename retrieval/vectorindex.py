"""Vector search by FAISS: inner products of unit vectors, one row per passage.

Up to :data:`CLUSTERED_FROM` rows every query is compared with every row, a byte a number. Beyond,
rows are gathered in clusters and a query looks into the nearest of them only (FAISS's IVF): how
many is measured as the index is made, on queries of its own kind. A row that was given up holds
zeros, which are near to nothing, and is never found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.errors import IndexDamaged
from retrieval.manifest import mend
from retrieval.records import Hit

CLUSTERED_FROM = 200_000
"""Rows from which on an approximate search pays: below, an exact one takes a few milliseconds."""
LEAST_RECALL = 0.99
"""Share of the ten nearest rows that an approximate search must find, on the average."""

_MOST = 127
"""The greatest whole number that a byte holds with its sign."""
_REACH = 6
"""What a byte holds, in root mean squares of a unit vector's components."""
_CLUSTERS_PER_ROOT = 2
"""Clusters for each square root of the number of rows."""
_TRAINED_ON = 50
"""Rows for each cluster from which the clusters are learned; FAISS asks for 39 at least."""
_GROWTH = 1.5
"""How many times the rows that its clusters were learned from an index may come to hold."""
_BLOCK = 1 << 14
_BYTES = faiss.ScalarQuantizer.QT_8bit_direct_signed


def _scale(dimensions: int) -> float:
    """What a unit vector's components are multiplied by to be stored as whole numbers.

    A byte reaches six times as far as the components' root mean square; what hardly any vector
    has beyond that is cut off, so that the rest is told apart more finely: with the built-in
    model's, recall@10 is .98 at eight times, .99 at four to six.
    """
    return _MOST * max(1.0, math.sqrt(dimensions) / _REACH)


def _stored(vectors: Vectors) -> Vectors:
    """Rows as FAISS takes them: whole numbers."""
    scaled = np.rint(vectors * np.float32(_scale(vectors.shape[1])))
    whole: Vectors = np.clip(scaled, -_MOST, _MOST)
    return whole


def _asked(query: Vectors) -> tuple[Vectors, float]:
    """A query as FAISS takes it, and what it was multiplied by.

    FAISS makes bytes of the query too, so its largest component shall be the largest byte.
    """
    scale = _MOST / float(np.abs(query).max())
    return np.rint(query.reshape(1, -1) * np.float32(scale)), scale


class VectorIndexWriter:
    """Gathers vectors, row by row in the order of the passages' numbers, and saves them."""

    def __init__(self, dimensions: int, base: Path | None = None) -> None:
        """Begin with no rows, or with those of the file ``base``.

        Raises:
            IndexDamaged: FAISS cannot read the file.
        """
        self._index: faiss.Index = _empty(dimensions) if base is None else _read(base, 0)
        self._clustered_at = len(self) if isinstance(self._index, faiss.IndexIVF) else 0

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def add(self, vectors: Vectors) -> None:
        """Append rows, unit or zero; float32 of shape (n, dimensions).

        Rows as :meth:`VectorIndex.rows` gives them are stored as they were.
        """
        if len(vectors):
            self._index.add(_stored(vectors))

    def clear(self, rows: Sequence[int]) -> None:
        """Give rows up: they are never found again, and the others keep their numbers."""
        if not rows:
            return
        numbers = np.array(sorted(rows), dtype=np.int64)
        if isinstance(self._index, faiss.IndexIVF):
            zeros = np.zeros((len(numbers), self._index.d), dtype=np.float32)
            # FAISS' Python layer takes no count here, which its type stubs do not know
            self._index.update_vectors(numbers, zeros)  # type: ignore[call-arg]
            return
        assert isinstance(self._index, faiss.IndexScalarQuantizer)
        codes = faiss.vector_to_array(self._index.codes).reshape(-1, self._index.code_size)
        codes[numbers] = _code_of_zeros(self._index)
        faiss.copy_array_to_vector(codes.ravel(), self._index.codes)

    def save(self, path: Path, queries: Vectors | None = None) -> float | None:
        """Write the index to a file; returns its recall@10 against exact search, if measured.

        ``queries`` are what it is measured by, float32 of shape (n, dimensions), where the search
        is an approximate one and was not measured before.

        Raises:
            OSError: the disk is full.
        """
        recall = None
        if len(self) >= CLUSTERED_FROM:
            if len(self) > _GROWTH * max(1, self._clustered_at):
                flat = self._flat()
                clustered = _clustered(flat)
                recall = _tune(clustered, flat, queries)
                self._index = clustered
        elif self._clustered_at:
            self._index = self._flat()  # it has shrunk
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(str(error).rpartition("Error: ")[2]) from None
        return recall

    def _flat(self) -> faiss.IndexScalarQuantizer:
        if isinstance(self._index, faiss.IndexScalarQuantizer):
            return self._index
        flat = _empty(self._index.d)
        for start in range(0, len(self), _BLOCK):
            numbers = np.arange(start, min(start + _BLOCK, len(self)))
            flat.add(self._index.reconstruct_batch(numbers))
        return flat


def _empty(dimensions: int) -> faiss.IndexScalarQuantizer:
    # A byte for each number: half the bytes of half precision to map and to scan, by integer
    # products, which take less than half the time.
    return faiss.IndexScalarQuantizer(dimensions, _BYTES, faiss.METRIC_INNER_PRODUCT)


def _code_of_zeros(index: faiss.IndexScalarQuantizer) -> NDArray[np.uint8]:
    zeros = np.zeros((1, index.d), dtype=np.float32)
    code: NDArray[np.uint8] = index.sa_encode(zeros)[0]
    return code


def _clustered(flat: faiss.IndexScalarQuantizer) -> faiss.IndexIVFScalarQuantizer:
    """The rows of an index in clusters, which are learned from some of them."""
    rows, dimensions = int(flat.ntotal), int(flat.d)
    clusters = int(_CLUSTERS_PER_ROOT * math.sqrt(rows))
    index = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimensions), dimensions, clusters, _BYTES,
        faiss.METRIC_INNER_PRODUCT, False,
    )  # fmt: skip
    some = np.random.default_rng(0).choice(rows, min(rows, _TRAINED_ON * clusters), replace=False)
    index.train(flat.reconstruct_batch(np.sort(some)))
    for start in range(0, rows, _BLOCK):
        index.add(flat.reconstruct_n(start, min(_BLOCK, rows - start)))
    index.make_direct_map(True)  # rows are read by number too
    return index


def _tune(
    index: faiss.IndexIVFScalarQuantizer,
    flat: faiss.IndexScalarQuantizer,
    queries: Vectors | None,
) -> float | None:
    """Look into as many clusters as :data:`LEAST_RECALL` takes; returns the recall reached."""
    index.nprobe = max(1, index.nlist // 16)
    if queries is None:
        return None
    asked = [_asked(query)[0] for query in queries if query.any()]
    if not asked:
        return None
    exact = [set(flat.search(query, 10)[1][0].tolist()) for query in asked]
    recall = 0.0
    for step in range(4, 64):
        index.nprobe = min(index.nlist, int(1.5**step))
        found = [set(index.search(query, 10)[1][0].tolist()) for query in asked]
        recall = sum(len(a & b) for a, b in zip(exact, found, strict=True)) / (10 * len(exact))
        if recall >= LEAST_RECALL or index.nprobe == index.nlist:
            break
    return recall


def _read(path: Path, flags: int) -> faiss.Index:
    try:
        return faiss.read_index(str(path), flags)
    except RuntimeError:
        raise IndexDamaged(f"The vector index {path} cannot be read; {mend(path.parent)}") from None


class VectorIndex:
    """A vector index open for reading, memory-mapped."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            IndexDamaged: FAISS cannot read the file.
        """
        self._index = _read(path, faiss.IO_FLAG_MMAP_IFC)
        self._scale = _scale(self._index.d)

    @property
    def kind(self) -> str:
        """FAISS's name for the kind of index, with its parameters."""
        name = type(self._index).__name__
        if isinstance(self._index, faiss.IndexIVF):
            return f"{name}, {self._index.nprobe} of {self._index.nlist} clusters searched"
        return name

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self, start: int, count: int) -> Vectors:
        """Stored vectors of consecutive passages; float32 of shape (count, dimensions)."""
        return self.rows_at(range(start, start + count))

    def rows_at(self, numbers: Sequence[int]) -> Vectors:
        """Stored vectors of passages by their numbers; float32 of shape (n, dimensions)."""
        rows: Vectors = self._index.reconstruct_batch(np.array(numbers, dtype=np.int64))
        return rows / np.float32(self._scale)

    def nearness(self, query: Vectors, passages: Sequence[int]) -> list[Hit]:
        """The inner products of the given passages with a query, in the order given."""
        if not passages:
            return []
        rows = self._index.reconstruct_batch(np.array(passages, dtype=np.int64))
        return [Hit(p, float(s) / self._scale) for p, s in zip(passages, rows @ query, strict=True)]

    def search(
        self, query: Vectors, limit: int, allowed: NDArray[np.int64] | None = None
    ) -> list[Hit]:
        """The nearest passages by inner product, best first; only ``allowed`` ones if given.

        A zero query, which is near to nothing, finds nothing, and so is a row of zeros not found.
        """
        if not query.any() or not len(self) or (allowed is not None and not len(allowed)):
            return []
        parameters = self._parameters(allowed)
        # A second thread has nothing to do for one query, and burns a core waiting for it.
        faiss.omp_set_num_threads(1)
        asked, scale = _asked(query)
        scores, rows = self._index.search(asked, min(limit, len(self)), params=parameters)
        return [
            Hit(row, score / (scale * self._scale))
            for score, row in zip(scores[0].tolist(), rows[0].tolist(), strict=True)
            if row >= 0 and score
        ]

    def _parameters(self, allowed: NDArray[np.int64] | None) -> faiss.SearchParameters | None:
        if allowed is None:
            return None
        bitmap = np.zeros(len(self), dtype=bool)
        bitmap[allowed] = True
        packed = np.packbits(bitmap, bitorder="little")
        # FAISS' Python layer takes keywords and arrays here that its type stubs do not know
        selector = faiss.IDSelectorBitmap(packed)  # type: ignore[call-arg, arg-type]
        if not isinstance(self._index, faiss.IndexIVF):
            return faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        # the fewer rows may be found, the more clusters may hold them: all of them, at the end
        share = len(allowed) / len(self)
        probes = min(self._index.nlist, int(self._index.nprobe / share) + 1)
        return faiss.SearchParametersIVF(sel=selector, nprobe=probes)  # type: ignore[call-arg]
