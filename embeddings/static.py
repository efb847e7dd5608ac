"""The built-in encoder: the mean of trained piece vectors, without a neural network.

The folder is a sentence-transformers StaticEmbedding model (made by training/static.py) read
with numpy alone, because importing torch would cost seconds at every start.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import BUILT_IN, Vectors
from embeddings.errors import ModelError
from embeddings.pieces import Pieces

TABLE = "embedding.weight"
"""The name of the piece vectors inside the safetensors file."""


class _Files(NamedTuple):
    table: str = "model.safetensors"
    tokenizer: str = "tokenizer.json"


FILES = _Files()
CHECKSUMS = "checksums.json"
"""The file of a model folder with the CRC-32 of each of the others, by name, in hexadecimal."""

_MANY = 1024
"""Texts beyond which to convert the whole table once is the cheaper way."""


class StaticEncoder:
    """Implements :class:`embeddings.encoder.Encoder` with a table of piece vectors."""

    name = BUILT_IN

    def __init__(self, folder: Path) -> None:
        """Open a model folder; the table is memory-mapped, not copied.

        Raises:
            ModelError: a file is missing or damaged, or not the one that its checksum was taken of.
        """
        self._table = _read_table(folder / FILES.table)
        unknown = None
        with ThreadPoolExecutor(1) as aside:  # zlib leaves the interpreter free meanwhile
            summing = aside.submit(checksums, folder)
            try:
                self._pieces = _read_pieces(folder / FILES.tokenizer)
            except ValueError as error:
                unknown = error
        sums = summing.result()
        _compare(folder, sums)
        if unknown:  # and is what the checksum was taken of
            raise _damaged(folder / FILES.tokenizer, str(unknown))
        self.fingerprint = "".join(sums.values())
        if len(self._pieces) != len(self._table):
            raise _damaged(folder / FILES.table, "it does not belong to tokenizer.json")
        self.dimensions = self._table.shape[1]

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts; float32 of shape (len(texts), dimensions), rows unit or zero."""
        vectors = self._sums(texts)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        norms[norms == 0] = 1
        vectors /= norms
        return vectors

    def unpack(self) -> None:
        """Keep the table in single precision: four times its file, for encoding a great many."""
        self._table = np.asarray(self._table, np.float32)  # no map any more: those are slower

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question; float32 of shape (dimensions,), of unit length or zero."""
        vector: Vectors = self.encode_documents([text])[0]
        return vector

    def word_sums(self, words: Sequence[str]) -> Vectors:
        """The sum of each word's piece vectors; float32 of shape (len(words), dimensions).

        The sum of its words' sums has the direction of a text's vector.
        """
        pieces = list(map(self._pieces.of, words))
        # the piece of no word has a zero vector
        sums = self._table[[ids[0] if ids else 0 for ids in pieces]].astype(np.float32)
        for place in range(1, max(map(len, pieces), default=0)):  # all second pieces, all third …
            longer = [row for row, ids in enumerate(pieces) if len(ids) > place]
            # converted before it is added: NumPy adds numbers of two kinds at half the speed
            sums[longer] += self._table[[pieces[row][place] for row in longer]].astype(np.float32)
        return sums

    def _sums(self, texts: Sequence[str]) -> Vectors:
        """The sum of each text's piece vectors; its direction is the mean's."""
        table = self._table
        if len(texts) > _MANY and table.dtype != np.float32:
            table = table.astype(np.float32)
        sums = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):  # one by one, as a text's vectors fit into the cache
            ids = np.array(self._pieces.of(text), dtype=np.int64)
            vectors = table[ids].astype(np.float32, copy=False)
            np.add.reduce(vectors, axis=0, out=sums[row])
        return sums


def built_in_encoder() -> StaticEncoder:
    """The encoder that ships with the package; raises as the constructor does."""
    return StaticEncoder(Path(__file__).parent / "model")


def _read_table(path: Path) -> NDArray[np.float16]:
    """Map the table of a safetensors file: 8 bytes of header length, a JSON header, the data."""
    try:
        with path.open("rb") as file:
            header_length = int.from_bytes(file.read(8), "little")
            if header_length > path.stat().st_size:  # else read() would ask for that much memory
                raise _damaged(path, "its header is longer than the file")
            entry = json.loads(file.read(header_length))[TABLE]
        start, end = (8 + header_length + offset for offset in entry["data_offsets"])
        if entry["dtype"] != "F16" or end != path.stat().st_size:
            raise _damaged(path, "not the table it says it is")
        return np.memmap(path, np.float16, "r", offset=start, shape=tuple(entry["shape"]))
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from None
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise _damaged(path, str(error)) from None


def _read_pieces(path: Path) -> Pieces:
    try:
        return Pieces(path.read_bytes())
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from None


def checksums(folder: Path) -> dict[str, str]:
    """The CRC-32 of a model's files: it tells versions apart at a tenth of a hash's time.

    The files are mapped, so that what the table needs anyway is read once and not copied.
    """
    return {name: f"{zlib.crc32(_mapped(folder / name)):08x}" for name in FILES}


def _mapped(path: Path) -> memoryview | bytes:
    return np.memmap(path, mode="r").data if path.stat().st_size else b""


def _compare(folder: Path, found: dict[str, str]) -> None:
    """Tell damage from another version: only damage differs from the checksums in the folder."""
    path = folder / CHECKSUMS
    try:
        written = json.loads(path.read_bytes())
        differing = [name for name in FILES if written[name] != found[name]]
    except FileNotFoundError:  # a folder made without them
        return
    except OSError as error:
        raise _damaged(path, error.strerror or str(error)) from None
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(path, str(error)) from None
    if differing:
        raise _damaged(folder / differing[0], f"it differs from its checksum in {CHECKSUMS}")


def _damaged(path: Path, why: str) -> ModelError:
    reason = " ".join(why.split())
    return ModelError(
        f"The model file {path} is missing or damaged ({reason}); reinstall the package."
    )
