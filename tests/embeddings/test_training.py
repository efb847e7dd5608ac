"""The training scripts, end to end on a corpus made up here."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from embeddings.analysis import fold, stem
from embeddings.errors import ModelError
from embeddings.lexicon import Lexicon
from embeddings.training import lexicon as lexicon_training
from embeddings.training.corpus import Corpus, Pair

SUBJECTS = {"president": "президент", "minister": "министр", "teacher": "учитель"}
VERBS = {"sees": "видит", "builds": "строит", "opens": "открывает", "buys": "покупает"}
OBJECTS = {"school": "школу", "bridge": "мост", "factory": "завод", "corridor": "коридор"}
AZERBAIJANI = {"school": "məktəb", "bridge": "körpü", "factory": "zavod", "corridor": "dəhliz"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "parallel"
    folder.mkdir()
    sentences = [
        f"The {s} {v} the {o}.\t{SUBJECTS[s]} {VERBS[v]} {OBJECTS[o]}."
        for s, v, o in itertools.product(SUBJECTS, VERBS, OBJECTS)
    ]
    (folder / "made-up.en-ru.tsv").write_text("\n".join(sentences) + "\n", "utf-8")
    words = [f"{english}\t{word}" for english, word in AZERBAIJANI.items()]
    (folder / "made-up.en-az.tsv").write_text("\n".join(words) + "\n", "utf-8")
    return folder


def best(path: Path, stem: str, source: str, target: str) -> str:
    lexicon = Lexicon(path)
    translations = lexicon.translate(stem, source, target)
    lexicon.close()
    return translations[0].stem


def test_lexicon_learns_in_every_direction(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "lexicon.npz"
    lexicon_training.main([str(data), str(path)])
    assert best(path, "corridor", "en", "ru") == "коридор"
    assert best(path, "мост", "ru", "en") == "bridg"
    assert best(path, "dehli", "az", "en") == "corridor"
    assert best(path, "dehli", "az", "ru") == "коридор"
    assert best(path, "завод", "ru", "az") == "zavod"


def test_lexicon_is_the_same_every_time(data: Path, tmp_path: Path) -> None:
    paths = [tmp_path / "first.npz", tmp_path / "second.npz"]
    for path in paths:
        lexicon_training.main([str(data), str(path)])
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_aligned_files_glossary_and_held_out_lines(data: Path, tmp_path: Path) -> None:
    columns = {"en": "peace\nwar\n", "az": "sülh\nmüharibə\n", "ru": "мир\nвойна\n"}
    for language, text in columns.items():
        (tmp_path / f"lines.{language}.txt").write_text(text, "utf-8")
    (tmp_path / "glossary.tsv").write_text("water\tвода\tsu\n", "utf-8")
    (tmp_path / "held.txt").write_text("körpü\n", "utf-8")
    aligned = [str(tmp_path / f"lines.{language}.txt") for language in ("en", "az", "ru")]
    path = tmp_path / "lexicon.npz"
    options = ["--aligned", *aligned, "--lines", "1"]
    options += ["--glossary", str(tmp_path / "glossary.tsv")]
    options += ["--held-out", str(tmp_path / "held.txt")]
    lexicon_training.main([str(data), str(path), *options])
    assert best(path, "sulh", "az", "ru") == "мир"
    assert best(path, "su", "az", "en") == "water"
    lexicon = Lexicon(path)
    assert lexicon.translate("muhar", "az", "en") == []  # the second line, beyond --lines
    assert lexicon.translate("korpu", "az", "en") == []  # held out
    lexicon.close()


def test_short_verbs_of_a_word_list_come_in_their_forms() -> None:
    part = Corpus("glossary", "en", "az", [Pair("promise", "söz vermək"), Pair("read", "oxumaq")])
    pairs = lexicon_training.pairs_with_forms(part)
    forms = {stem(fold(pair.target.split()[-1]), "az") for pair in pairs}
    for word in "verdi verir verib verən verəcək oxudu oxuyur oxuyub oxuyan oxuyacaq".split():
        assert stem(fold(word), "az") in forms
    sentences = Corpus("tatoeba", "en", "az", [Pair("He may go.", "O gedə bilər")])
    assert lexicon_training.pairs_with_forms(sentences) == sentences.pairs


def test_folder_without_pairs_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        lexicon_training.main([str(tmp_path), str(tmp_path / "lexicon.npz")])
    assert raised.value.code == 1
    assert "No file NAME.en-ru.tsv" in capsys.readouterr().err


@pytest.mark.pytorch
def test_vectors_bring_translations_together(data: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the extra rostrum[models] is not installed")
    from embeddings.static import FILES, StaticEncoder
    from embeddings.training import static as static_training

    folder = tmp_path / "model"
    static_training.main(
        [str(data), str(folder), "--pieces", "120", "--dimensions", "16", "--epochs", "60"]
    )
    encoder = StaticEncoder(folder)
    english = encoder.encode_documents(list(OBJECTS))
    russian = encoder.encode_documents(list(OBJECTS.values()))
    np.testing.assert_array_equal(np.argmax(english @ russian.T, axis=1), range(len(OBJECTS)))
    library = pytest.importorskip("sentence_transformers")
    library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    damaged = bytearray((folder / FILES.table).read_bytes())
    damaged[-1] ^= 1
    (folder / FILES.table).write_bytes(damaged)
    with pytest.raises(ModelError, match="differs from its checksum"):
        StaticEncoder(folder)


@pytest.mark.pytorch
def test_pairs_without_pieces_make_no_batch() -> None:
    pytest.importorskip("torch", reason="the extra rostrum[models] is not installed")
    from embeddings.training.static import Bags, Source, train_tokenizer

    tokenizer = train_tokenizer(["peace and war", "мир и война"] * 20, 60)
    source = Source(Bags(tokenizer, ["peace", "…"]), Bags(tokenizer, ["", "мир"]))
    assert source.batches(4, np.random.default_rng(1)) == []
