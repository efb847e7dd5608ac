"""The sample speeches that ship with the package: invented, by invented speakers."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from embeddings.analysis import ANALYSER_VERSION
from embeddings.encoder import load_encoder
from retrieval.build import reindex
from retrieval.errors import IndexFault, IndexLocked
from retrieval.index import Index
from retrieval.manifest import FORMAT_VERSION

SAMPLES = Path(__file__).parent / "samples"

_PATIENCE_SECONDS = 30


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
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            Index.open(folder).close()
            return folder
        except IndexFault:
            try:
                reindex([SAMPLES], folder, full=True)
            except IndexLocked:  # another process is at it this very moment
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.1)
