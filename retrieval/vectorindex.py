"""Vector search by FAISS: inner products of unit vectors, one row per passage."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from retrieval.errors import IndexDamaged
from retrieval.manifest import mend
from retrieval.records import Hit


class VectorIndexWriter:
    """Gathers vectors, row by row in the order of the passages' numbers, and saves them."""

    def __init__(self, dimensions: int) -> None:
        # Half-precision scalars: half the bytes of a flat index to map at a cold start, and the
        # same order of results to the third decimal.
        self._index = faiss.IndexScalarQuantizer(
            dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )

    def add(self, vectors: Vectors) -> None:
        """Append rows; float32 of shape (n, dimensions)."""
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

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

    @property
    def kind(self) -> str:
        """FAISS's name for the kind of index."""
        return type(self._index).__name__

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def rows(self, start: int, count: int) -> Vectors:
        """Stored vectors of consecutive passages; float32 of shape (count, dimensions)."""
        rows: Vectors = self._index.reconstruct_n(start, count)
        return rows

    def nearness(self, query: Vectors, passages: Sequence[int]) -> list[Hit]:
        """The inner products of the given passages with a query, in the order given."""
        if not passages:
            return []
        rows = self._index.reconstruct_batch(np.array(passages, dtype=np.int64))
        return [Hit(p, float(s)) for p, s in zip(passages, rows @ query, strict=True)]

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
        scores, rows = self._index.search(
            query.reshape(1, -1).astype(np.float32), min(limit, len(self)), params=parameters
        )
        return [
            Hit(int(row), float(score))
            for score, row in zip(scores[0], rows[0], strict=True)
            if row >= 0
        ]
