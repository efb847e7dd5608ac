"""Any sentence-transformers model as an encoder, by its Hugging Face name or from a folder."""

from __future__ import annotations

import hashlib
import logging
import re
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from embeddings.encoder import Vectors
from embeddings.errors import ModelError

_BATCH = 32
_HUB_TIMEOUT = 10.0  # seconds

_HUB_NAME = re.compile(
    r"(?!.*(?:--|\.\.))(?!.*\.git$)(?:\w(?:[\w.-]*\w)?/)?\w(?:[\w.-]{,94}\w)?", re.ASCII
)
"""What huggingface_hub takes for the name of a repository, with or without its owner's."""

_MODEL_FILES = ("modules.json", "config.json")
"""A folder with a model has the first, or the second alone if it is a plain transformer."""

_DOCUMENT_PROMPTS = ("document", "passage", "corpus")
"""The names under which models keep their prompt for documents."""

_E5 = re.compile(r"(?:.*[-_])?e5[-_](?!.*instruct)", re.IGNORECASE)
_E5_PROMPTS = {"query": "query: ", "document": "passage: "}
"""What the E5 models were trained with (Wang et al., "Multilingual E5 Text Embeddings", 2024). The
model cards ask for these, but most of the releases have no file that tells them to a program."""


class TransformerEncoder:
    """Implements :class:`embeddings.encoder.Encoder`, with the model's own prompts.

    Questions and documents go through the model's prompts of those names, where it has them. An
    E5 model that has none, known by the name of its repository or folder, gets those of E5.
    """

    def __init__(self, name: str) -> None:
        """Load a model; the first use of a Hugging Face name downloads it.

        Raises:
            ModelError: sentence-transformers is not installed, or the model cannot be had.
        """
        # Told before the libraries are imported, which takes seconds.
        is_folder = _is_folder(name)
        if not is_folder and not _HUB_NAME.fullmatch(name):
            raise ModelError(
                f"There is no folder {name}, and no Hugging Face model can have that name; "
                "check the path or the name."
            )
        self.name = str(Path(name).resolve()) if is_folder else name
        if is_folder and not any((Path(name) / file).is_file() for file in _MODEL_FILES):
            raise ModelError(
                f"There is no sentence-transformers model in the folder {self.name} "
                f"(no {' or '.join(_MODEL_FILES)})."
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _require_library()
            try:
                self._model, self.fingerprint = _from_folder(name) if is_folder else _by_name(name)
                self._settle_prompts()
                self.dimensions = len(self.encode_query("How many dimensions?"))
            except ModelError:
                raise
            except Exception as error:  # whatever the libraries, the network or a file may raise
                raise ModelError(
                    f"Cannot load the model {name} ({_first_line(error)}); check its name, and "
                    "that the network or the local cache has it."
                ) from None

    def _settle_prompts(self) -> None:
        prompts = self._model.prompts
        if not any(prompts.values()) and _E5.match(Path(self.name).name):
            prompts.update(_E5_PROMPTS)
            self.fingerprint += "+e5"
        # the library looks for "document" first, and finds an empty one that it put there itself
        prompts["document"] = next(filter(None, map(prompts.get, _DOCUMENT_PROMPTS)), "")

    def encode_documents(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts; float32 of shape (len(texts), dimensions), unit rows, blank ones zero.

        The model itself cuts a text longer than it can read, and takes long ones together, so
        that none is padded more than it must be.

        Raises:
            ModelError: what comes out is not numbers.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return self._encode(self._model.encode_document, texts)

    def encode_query(self, text: str) -> Vectors:
        """Vector of a question; float32 of shape (dimensions,), unit length, or zero if blank.

        Raises:
            ModelError: what comes out is not numbers.
        """
        vector: Vectors = self._encode(self._model.encode_query, [text])[0]
        return vector

    def _encode(self, encode: Any, texts: Sequence[str]) -> Vectors:
        vectors = encode(
            list(texts),
            batch_size=_BATCH,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        unit: Vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        unit[[not text.strip() for text in texts]] = 0
        if not np.isfinite(unit).all():
            raise ModelError(
                f"The model {self.name} gives vectors that are not numbers; its weights are "
                "damaged, or too large for this machine's precision."
            )
        return unit


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:  # such as for a name longer than any file's may be
        return False


def _require_library() -> None:
    # Imported here for start-up time: torch and sentence-transformers take seconds, and the
    # built-in model does without them.
    try:
        import sentence_transformers
        import transformers
        from huggingface_hub.utils.tqdm import disable_progress_bars
    except ImportError:
        raise ModelError(
            "--model NAME needs sentence-transformers: in the project's folder, "
            'pip install ".[models]"'
        ) from None
    logging.getLogger(sentence_transformers.__name__).setLevel(logging.ERROR)
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    disable_progress_bars()


def _from_folder(folder: str) -> tuple[Any, str]:
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(folder, local_files_only=True), _fingerprint(Path(folder))


def _by_name(name: str) -> tuple[Any, str]:
    """The model and the commit it is at: from the local cache if it is there, else downloaded."""
    import huggingface_hub
    from sentence_transformers import SentenceTransformer

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        snapshot = huggingface_hub.snapshot_download(repository, local_files_only=True)
        return SentenceTransformer(snapshot, local_files_only=True), Path(snapshot).name
    except Exception:  # not in the cache, or an earlier download broke off
        # Ask for the commit first: it fails at once without a network or without such a model,
        # while loading would try each of its files again and again for over a minute.
        commit = huggingface_hub.HfApi().model_info(repository, timeout=_HUB_TIMEOUT).sha
        return SentenceTransformer(repository, revision=commit), str(commit)


def _fingerprint(folder: Path) -> str:
    """A hash of all that may change the vectors: a second for each gigabyte of weights."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden and path.suffix != ".md":
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
            digest.update(relative.as_posix().encode() + b"\0" + content)
    return digest.hexdigest()[:16]


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
