"""The sample speeches that ship with the package: invented, by invented speakers."""

from __future__ import annotations

import hashlib
from pathlib import Path

from embeddings.analysis import ANALYSER_VERSION
from embeddings.encoder import load_encoder
from retrieval.build import reindex
from retrieval.errors import IndexFault
from retrieval.index import Index
from retrieval.manifest import FORMAT_VERSION

SAMPLES = Path(__file__).parent / "samples"


def samples_index(cache: Path) -> Path:
    """The folder of an index over the samples, below a cache folder; built when missing.

    The folder's name says all that the index depends on, so that another release of the
    package makes its own.
    """
    key = hashlib.sha256(
        f"{FORMAT_VERSION} {ANALYSER_VERSION} {load_encoder().fingerprint}".encode()
    )
    for path in sorted(SAMPLES.iterdir()):
        key.update(path.read_bytes())
    folder = cache / f"samples-{key.hexdigest()[:16]}"
    try:
        Index.open(folder).close()
    except IndexFault:
        reindex([SAMPLES], folder, full=True)
    return folder
