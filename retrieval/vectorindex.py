"""Vector search by FAISS: inner products of unit vectors, one row per passage.

Up to :data:`APPROXIMATE_FROM` rows every query is compared with every row, a byte a number. Beyond,
it is compared with four bits for two numbers of each (FAISS's product quantisation, scanned in
registers: André, Kermarrec and Le Scouarnec, "Cache locality is not enough", VLDB 2015), and with
the bytes of the best only: of how many is measured as the index is made, on queries of its own
kind. Clusters (IVF) save less: half of them have to be looked into to find as much. A row that was
given up holds zeros, which are near to nothing, and is never found.
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

APPROXIMATE_FROM = 50_000
"""Rows from which on an approximate search pays: below, an exact one takes two milliseconds."""
LEAST_RECALL = 0.99
"""Share of the ten nearest rows that an approximate search must find, on the average."""

_MOST = 127
"""The greatest whole number that a byte holds with its sign."""
_REACH = 6
"""What a byte holds, in root mean squares of a unit vector's components."""
_TRAINED_ON = 50_000
"""Rows that the product quantisation is learned from."""
_GROWTH = 1.5
"""How many times the rows that it was learned for an index may come to hold."""
_USUAL_LIMIT = 100
"""Rows that a search is mostly asked for; FAISS counts candidates in multiples of that."""
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
        self._learned_for = len(self) if isinstance(self._index, faiss.IndexRefine) else 0

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
        exact = _exact(self._index)
        codes = faiss.vector_to_array(exact.codes).reshape(-1, exact.code_size)
        codes[np.array(rows, dtype=np.int64)] = _code_of_zeros(exact)
        faiss.copy_array_to_vector(codes.ravel(), exact.codes)

    def save(self, path: Path, queries: Vectors | None = None) -> float | None:
        """Write the index to a file; returns its recall@10 against exact search, if measured.

        ``queries`` are what it is measured by, float32 of shape (n, dimensions), where the search
        is an approximate one and was not measured before.

        Raises:
            OSError: the disk is full.
        """
        recall = None
        if len(self) < APPROXIMATE_FROM:
            index: faiss.Index = _exact(self._index)
        elif len(self) > _GROWTH * max(1, self._learned_for):
            exact = _exact(self._index)
            index = _approximate(exact)
            recall = _tune(index, exact, queries)
        else:
            index = self._index
        try:
            faiss.write_index(index, str(path))
        except RuntimeError as error:
            raise OSError(str(error).rpartition("Error: ")[2]) from None
        return recall


def _exact(index: faiss.Index) -> faiss.IndexScalarQuantizer:
    """The rows themselves, for as long as ``index`` is there; TypeError where it has none."""
    found = index
    if isinstance(index, faiss.IndexRefine):
        found = faiss.downcast_index(index.refine_index)
    if not isinstance(found, faiss.IndexScalarQuantizer):
        raise TypeError(f"{type(found).__name__} is no index of ours")
    return found


def _empty(dimensions: int) -> faiss.IndexScalarQuantizer:
    # A byte for each number: half the bytes of half precision to map and to scan, by integer
    # products, which take less than half the time.
    return faiss.IndexScalarQuantizer(dimensions, _BYTES, faiss.METRIC_INNER_PRODUCT)


def _code_of_zeros(index: faiss.IndexScalarQuantizer) -> NDArray[np.uint8]:
    zeros = np.zeros((1, index.d), dtype=np.float32)
    code: NDArray[np.uint8] = index.sa_encode(zeros)[0]
    return code


def _approximate(exact: faiss.IndexScalarQuantizer) -> faiss.IndexRefine:
    """The same rows with a coarse copy, by which the candidates are found."""
    rows, dimensions = int(exact.ntotal), int(exact.d)
    parts = dimensions if dimensions % 2 else dimensions // 2
    coarse = faiss.IndexPQFastScan(dimensions, parts, 4, faiss.METRIC_INNER_PRODUCT)
    some = np.random.default_rng(0).choice(rows, min(rows, _TRAINED_ON), replace=False)
    # two numbers, sixteen centres at a time: several threads burn their cores waiting for another
    faiss.omp_set_num_threads(1)
    coarse.train(exact.reconstruct_batch(np.sort(some)))
    for start in range(0, rows, _BLOCK):
        coarse.add(exact.reconstruct_n(start, min(_BLOCK, rows - start)))
    return faiss.IndexRefine(coarse, exact)


def _tune(
    index: faiss.IndexRefine, exact: faiss.IndexScalarQuantizer, queries: Vectors | None
) -> float | None:
    """Compare as many candidates as :data:`LEAST_RECALL` takes; returns the recall reached."""
    index.k_factor = 10
    asked = [_asked(query)[0] for query in queries if query.any()] if queries is not None else []
    if not asked:
        return None
    # by score, not by number: of passages that say the same any ten will do
    tenth = [exact.search(query, 10)[0][0, -1] for query in asked]
    recall = 0.0
    for step in range(4, 12):
        index.k_factor = 1.5**step
        found = [index.search(query, _USUAL_LIMIT)[0][0, :10] for query in asked]
        recall = float(
            np.mean([scores >= least for scores, least in zip(found, tenth, strict=True)])
        )
        if recall >= LEAST_RECALL:
            break
    return recall


def _read(path: Path, flags: int) -> faiss.Index:
    try:
        index = faiss.read_index(str(path), flags)
        _exact(index)
        return index
    except (RuntimeError, TypeError):
        raise IndexDamaged(f"The vector index {path} cannot be read; {mend(path.parent)}") from None


class VectorIndex:
    """A vector index open for reading, memory-mapped."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            IndexDamaged: FAISS cannot read the file.
        """
        self._index = _read(path, faiss.IO_FLAG_MMAP_IFC)
        self._exact = _exact(self._index)
        self._scale = _scale(self._index.d)

    @property
    def kind(self) -> str:
        """FAISS's name for the kind of index, with its parameters."""
        if isinstance(self._index, faiss.IndexRefine):
            coarse = type(faiss.downcast_index(self._index.base_index)).__name__
            return f"{coarse}, the best {round(self._index.k_factor * _USUAL_LIMIT):,} compared"
        return type(self._index).__name__

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self, start: int, count: int) -> Vectors:
        """Stored vectors of consecutive passages; float32 of shape (count, dimensions)."""
        return self.rows_at(range(start, start + count))

    def rows_at(self, numbers: Sequence[int]) -> Vectors:
        """Stored vectors of passages by their numbers; float32 of shape (n, dimensions)."""
        rows: Vectors = self._exact.reconstruct_batch(np.array(numbers, dtype=np.int64))
        return rows / np.float32(self._scale)

    def nearness(self, query: Vectors, passages: Sequence[int]) -> list[Hit]:
        """The inner products of the given passages with a query, in the order given."""
        if not passages:
            return []
        rows = self._exact.reconstruct_batch(np.array(passages, dtype=np.int64))
        return [Hit(p, float(s) / self._scale) for p, s in zip(passages, rows @ query, strict=True)]

    def search(
        self, query: Vectors, limit: int, allowed: NDArray[np.int64] | None = None
    ) -> list[Hit]:
        """The nearest passages by inner product, best first; only ``allowed`` ones if given.

        A zero query, which is near to nothing, finds nothing, and so is a row of zeros not found.
        """
        if not query.any() or not len(self) or (allowed is not None and not len(allowed)):
            return []
        # A second thread has nothing to do for one query, and burns a core waiting for it.
        faiss.omp_set_num_threads(1)
        asked, scale = _asked(query)
        limit = min(limit, len(self))
        # FAISS' Python layer takes keywords and arrays here that its type stubs do not know
        if allowed is not None:
            bitmap = np.zeros(len(self), dtype=bool)
            bitmap[allowed] = True
            selector = faiss.IDSelectorBitmap(np.packbits(bitmap, bitorder="little"))  # type: ignore[call-arg, arg-type]
            only = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
            scores, rows = self._exact.search(asked, limit, params=only)
        elif isinstance(self._index, faiss.IndexRefine):
            factor = max(1.0, self._index.k_factor * _USUAL_LIMIT / limit)
            deep = faiss.IndexRefineSearchParameters(k_factor=factor)  # type: ignore[call-arg]
            scores, rows = self._index.search(asked, limit, params=deep)
        else:
            scores, rows = self._index.search(asked, limit)
        return [
            Hit(row, score / (scale * self._scale))
            for score, row in zip(scores[0].tolist(), rows[0].tolist(), strict=True)
            if row >= 0 and score
        ]
