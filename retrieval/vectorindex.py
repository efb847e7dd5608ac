"""Vector search by FAISS: inner products of unit vectors, one row per passage."""

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

_MOST = 127
"""The greatest whole number that a byte holds with its sign."""


def _scale(dimensions: int) -> float:
    """What a unit vector's components are multiplied by to be stored as whole numbers.

    A byte reaches eight times as far as the components' root mean square; what hardly any vector
    has beyond that is cut off, so that the rest is told apart more finely.
    """
    return _MOST * max(1.0, math.sqrt(dimensions) / 8)


class VectorIndexWriter:
    """Gathers vectors, row by row in the order of the passages' numbers, and saves them."""

    def __init__(self, dimensions: int) -> None:
        # A byte for each number: half the bytes of half precision to map and to scan, by integer
        # products, which take less than half the time.
        self._index = faiss.IndexScalarQuantizer(
            dimensions, faiss.ScalarQuantizer.QT_8bit_direct_signed, faiss.METRIC_INNER_PRODUCT
        )

    def add(self, vectors: Vectors) -> None:
        """Append rows, unit or zero; float32 of shape (n, dimensions).

        Rows as :meth:`VectorIndex.rows` gives them are stored as they were.
        """
        if len(vectors):
            scaled = np.rint(vectors * np.float32(_scale(self._index.d)))
            self._index.add(np.clip(scaled, -_MOST, _MOST))

    def save(self, path: Path) -> None:
        """Write the index to a file.

        Raises:
            OSError: the disk is full.
        """
        try:
            faiss.write_index(self._index, str(path))
        except RuntimeError as error:
            raise OSError(str(error).rpartition("Error: ")[2]) from None


class VectorIndex:
    """A vector index open for reading, memory-mapped."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            IndexDamaged: FAISS cannot read the file.
        """
        try:
            self._index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError:
            raise IndexDamaged(
                f"The vector index {path} cannot be read; {mend(path.parent)}"
            ) from None
        self._scale = _scale(self._index.d)

    @property
    def kind(self) -> str:
        """FAISS's name for the kind of index."""
        return type(self._index).__name__

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self, start: int, count: int) -> Vectors:
        """Stored vectors of consecutive passages; float32 of shape (count, dimensions)."""
        rows: Vectors = self._index.reconstruct_n(start, count)
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

        A zero query, which is near to nothing, finds nothing.
        """
        if not query.any() or not len(self) or (allowed is not None and not len(allowed)):
            return []
        parameters = None
        if allowed is not None:
            bitmap = np.zeros(len(self), dtype=bool)
            bitmap[allowed] = True
            packed = np.packbits(bitmap, bitorder="little")
            # FAISS' Python layer takes keywords and arrays here that its type stubs do not know
            selector = faiss.IDSelectorBitmap(packed)  # type: ignore[call-arg, arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        # A second thread has nothing to do for one query, and burns a core waiting for it.
        faiss.omp_set_num_threads(1)
        # FAISS makes bytes of the query too, so its largest component shall be the largest byte
        scale = _MOST / float(np.abs(query).max())
        scores, rows = self._index.search(
            np.rint(query.reshape(1, -1) * np.float32(scale)),
            min(limit, len(self)),
            params=parameters,
        )
        return [
            Hit(row, score / (scale * self._scale))
            for score, row in zip(scores[0].tolist(), rows[0].tolist(), strict=True)
            if row >= 0
        ]
