"""Text to vectors: the one small protocol behind which every model stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

BUILT_IN = "built-in"
"""The name of the model that ships with the package."""


class Encoder(Protocol):
    """Turns texts into unit vectors whose inner product says how near their meanings are."""

    name: str
    """What to pass as ``--model`` to get this encoder again."""
    fingerprint: str
    """Changes whenever the vectors would."""
    dimensions: int

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts to be found; float32 of shape (len(texts), dimensions), unit rows.

        A text without a known word gets the zero vector.
        """
        ...

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question; float32 of shape (dimensions,), of unit length or zero."""
        ...


def load_encoder(name: str = BUILT_IN) -> Encoder:
    """The encoder of a name: the built-in one, or any sentence-transformers name or folder.

    Raises:
        ModelError: the model is missing, damaged, or cannot be loaded or downloaded.
    """
    # Imported here for start-up time: torch alone takes seconds, the built-in path needs none.
    if name == BUILT_IN:
        from embeddings.static import built_in_encoder

        return built_in_encoder()
    from embeddings.transformer import TransformerEncoder

    return TransformerEncoder(name)
