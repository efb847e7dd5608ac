"""The built-in encoder and the model that ships with the package."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import embeddings
from embeddings.encoder import load_encoder
from embeddings.errors import ModelError
from embeddings.static import CHECKSUMS, FILES, StaticEncoder

PACKAGE = Path(embeddings.__file__).parent
SHIPPED = PACKAGE / "model"
TEXTS = [
    "Мирное соглашение было подписано в Вашингтоне.",
    "The peace agreement was signed in Washington.",
    "Sülh sazişi Vaşinqtonda imzalandı.",
    "Урожай зерна в этом году рекордный, — сказал министр.",
    "За́мок; ЁЛКА, ёлка! №5, 4,6 %",
]


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder(SHIPPED)


def test_rows_are_unit_vectors(encoder: StaticEncoder) -> None:
    vectors = encoder.encode_documents(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_text_without_words_is_zero(encoder: StaticEncoder) -> None:
    vectors = encoder.encode_documents(["", " … ", "мир", "漢字"])
    np.testing.assert_array_equal(vectors.any(axis=1), [False, False, True, False])
    assert not encoder.encode_query("").any()
    assert encoder.encode_documents([]).shape == (0, encoder.dimensions)


def test_batch_equals_single(encoder: StaticEncoder) -> None:
    texts = ["", *TEXTS, ""] * 300  # more than one chunk
    together = encoder.encode_documents(texts)
    for index in (0, 1, 5, 1023, 1024, 1025, len(texts) - 2):
        np.testing.assert_allclose(together[index], encoder.encode_query(texts[index]), atol=1e-6)


def test_long_text(encoder: StaticEncoder) -> None:
    long = "Мирное соглашение было подписано. " * 3_000
    assert len(long) > 100_000
    np.testing.assert_allclose(
        encoder.encode_query(long), encoder.encode_query(long[:34]), atol=1e-4
    )


def test_translation_is_nearer_than_another_subject(encoder: StaticEncoder) -> None:
    russian, english, azerbaijani, harvest = encoder.encode_documents(TEXTS[:4])
    assert russian @ english > 0.5 > russian @ harvest
    assert russian @ azerbaijani > russian @ harvest


def test_spelling_variants_are_one(encoder: StaticEncoder) -> None:
    ours, typed = encoder.encode_documents(["Şəhər ёлка за́мок", "SEHER ЕЛКА ЗАМОК"])
    np.testing.assert_allclose(ours, typed, atol=1e-6)


@pytest.mark.pytorch
def test_sentence_transformers_gives_the_same_vectors(encoder: StaticEncoder) -> None:
    library = pytest.importorskip("sentence_transformers")
    model = library.SentenceTransformer(str(SHIPPED), device="cpu", local_files_only=True)
    np.testing.assert_allclose(encoder.encode_documents(TEXTS), model.encode(TEXTS), atol=1e-3)


def test_a_query_needs_neither_torch_nor_tokenizers() -> None:
    script = (
        "import sys; from embeddings.encoder import load_encoder; "
        "assert load_encoder().encode_query('мир').any(); "
        "sys.exit(bool({'torch', 'sentence_transformers', 'tokenizers'} & set(sys.modules)))"
    )
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_fingerprint_follows_the_files(encoder: StaticEncoder, tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED, tmp_path / "model")
    assert StaticEncoder(copy).fingerprint == encoder.fingerprint == load_encoder().fingerprint
    (copy / CHECKSUMS).unlink()
    flip(copy / FILES.table, -1)
    assert StaticEncoder(copy).fingerprint != encoder.fingerprint


def flip(path: Path, where: int, bit: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[where] ^= bit
    path.write_bytes(content)


@pytest.mark.parametrize("name", FILES)
def test_one_bit_of_damage_is_named(name: str, tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED, tmp_path / "model")
    where = -1 if name == FILES.table else (copy / name).read_bytes().index(b'"##able"') + 3
    flip(copy / name, where)  # in the tokenizer this leaves valid JSON: another piece
    with pytest.raises(ModelError, match=f"{name} is missing or damaged .*checksum") as raised:
        StaticEncoder(copy)
    assert "\n" not in str(raised.value)


def test_impossible_header_length_is_damage(tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED, tmp_path / "model")
    flip(copy / FILES.table, 7, 1 << 6)
    with pytest.raises(ModelError, match=f"{FILES.table} is missing or damaged .*header"):
        StaticEncoder(copy)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"model.safetensors": 1}'])
def test_damaged_checksums_are_named(content: str, tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED, tmp_path / "model")
    (copy / CHECKSUMS).write_text(content)
    with pytest.raises(ModelError, match="is missing or damaged") as raised:
        StaticEncoder(copy)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kept", [None, 0, 5, 1000, 300_000])
def test_missing_or_cut_file_is_named(name: str, kept: int | None, tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED, tmp_path / "model")
    if kept is None:
        (copy / name).unlink()
    else:
        (copy / name).write_bytes((copy / name).read_bytes()[:kept])
    with pytest.raises(ModelError, match=f"{name} is missing or damaged") as raised:
        StaticEncoder(copy)
    assert "\n" not in str(raised.value)


def test_table_of_another_tokenizer_is_refused(tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED, tmp_path / "model")
    tiny = json.loads((copy / FILES.tokenizer).read_bytes())
    tiny["model"]["vocab"] = {"[UNK]": 0}
    compact = json.dumps(tiny, ensure_ascii=False, separators=(",", ":"))
    (copy / FILES.tokenizer).write_text(compact, "utf-8")
    (copy / CHECKSUMS).unlink()
    with pytest.raises(ModelError, match="does not belong"):
        StaticEncoder(copy)
