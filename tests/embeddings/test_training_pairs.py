"""The pairs that the vectors are learned from beside translations: speeches, replaced words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import ModelError
from embeddings.lexicon import built_in_lexicon
from embeddings.training.corpus import Corpus, Pair
from embeddings.training.speeches import MOST_NEIGHBOURS, sentence_pairs
from embeddings.training.substitution import azerbaijani_pairs, replacer, switched_pairs

SENTENCES = [f"A{n} b{n} c{n} d{n} e{n} f{n}." for n in range(10)]
CORPORA = [
    Corpus("made-up", "en", "ru", [Pair("The war and the water.", "Война и водой.")]),
    Corpus("glossary", "en", "az", [Pair("water", "su")]),
]


@pytest.fixture
def speeches(tmp_path: Path) -> Path:
    path = tmp_path / "speeches.jsonl"
    # a line separator inside a text is not the end of a record
    record = json.dumps({"text": " \u2028".join(SENTENCES)}, ensure_ascii=False)
    path.write_text(record + "\n", "utf-8")
    return path


def test_a_sentence_meets_its_neighbours(speeches: Path) -> None:
    pairs = sentence_pairs(speeches, 200, np.random.default_rng(1))
    assert len(pairs) == 200  # more than there are sentences: they come again
    without = 0
    for question, passage in pairs:
        place = next(n for n, sentence in enumerate(SENTENCES) if question in sentence)
        around = SENTENCES[max(0, place - MOST_NEIGHBOURS) : place + MOST_NEIGHBOURS + 1]
        assert SENTENCES[place - 1] in passage
        assert SENTENCES[place + 1] in passage
        assert all(part.strip() in " ".join(around) for part in passage.split(". "))
        without += SENTENCES[place] not in passage
    assert 150 < without < 200


def test_pairs_follow_the_seed(speeches: Path) -> None:
    one, same, other = (sentence_pairs(speeches, 9, np.random.default_rng(n)) for n in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("content", [None, "", "no JSON\n", '{"title": "no text"}\n', "[1]\n"])
def test_speeches_that_cannot_be_read_are_named(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(ModelError, match=r"bad\.jsonl"):
        sentence_pairs(path, 1, np.random.default_rng(1))


def test_words_are_replaced_by_translations_in_their_common_form() -> None:
    replace = replacer(CORPORA, built_in_lexicon(), np.random.default_rng(1))
    assert "водой" in {replace("water", "en", "ru") for _ in range(20)}
    assert replace("qwrtz 42", "en", "az") == "qwrtz 42"
    assert replace("", "ru", "en") == ""


def test_made_up_azerbaijani_stands_beside_its_original() -> None:
    replace = replacer(CORPORA, built_in_lexicon(), np.random.default_rng(1))
    (pair,) = azerbaijani_pairs(CORPORA, replace, 5, np.random.default_rng(1))
    assert pair.target in CORPORA[0].pairs[0]
    assert pair.source not in CORPORA[0].pairs[0]


def test_one_side_is_put_into_another_language() -> None:
    rng = np.random.default_rng(1)
    pair = Pair("the water and the war", "The minister spoke of the water and of the war.")
    for switched in switched_pairs([pair] * 20, replacer(CORPORA, built_in_lexicon(), rng), rng):
        assert (switched.source == pair.source) != (switched.target == pair.target)
