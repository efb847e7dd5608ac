from __future__ import annotations

import numpy as np
import pytest

from embeddings.static import built_in_encoder
from embeddings.vocabulary import Vocabulary
from retrieval import evidence
from retrieval.engine import Alternative, Group, Opening
from retrieval.evidence import gather
from retrieval.passages import cut
from retrieval.records import Passage, Speech

ENCODER = built_in_encoder()


def passage_of(text: str, speaker: str | None = None, speech: str = "s") -> Passage:
    (passage,) = cut(Speech(speech, text, "ru", speaker=speaker))
    return passage


def group(word: str, **weights: float) -> Group:
    return Group(word, tuple(Alternative(f"ru:{t}", w) for t, w in weights.items()), 1.0)


def test_a_sentence_has_the_weight_of_its_best_alternative():
    passage = passage_of("Мост построен. Дорогу и переправу чинят. Всё.")
    bridge = group("bridge", мост=1.0, переправ=0.5)
    evidence = gather([passage], [None], {"s": Opening("")}, [""], [bridge], Vocabulary(ENCODER))
    assert evidence.exact[:, 0] == pytest.approx([1.0, 0.5, 0.0])
    assert np.all(evidence.loose >= evidence.exact)


def test_a_word_of_near_meaning_counts_in_part():
    passage = passage_of("Строительство идёт. Спасибо всем. В 2024 году.")
    evidence = gather(
        [passage],
        [None],
        {"s": Opening("")},
        [""],
        [group("построили"), group("2025")],
        Vocabulary(ENCODER),
    )
    near, far, _ = evidence.loose[:, 0]
    assert 0 < near < 1
    assert far < near
    assert not evidence.exact.any()
    assert not evidence.loose[:, 1].any(), "one year is not near another"


def test_rows_belong_to_their_passages_in_order():
    two = [passage_of("Мост. – Да."), passage_of("Мост.", speech="t")]
    evidence = gather(
        two,
        [None] * 2,
        {"s": Opening(""), "t": Opening("О мостах")},
        ["", ""],
        [group("мост", мост=1.0)],
        Vocabulary(ENCODER),
    )
    assert len(evidence.exact) == sum(len(passage.sentences) for passage in two)
    assert evidence.exact[-1, 0] == 1.0
    assert evidence.around[0, 0] == 0.0
    assert 0 < evidence.around[1, 0] < 1


def test_the_speaker_is_part_of_what_is_said():
    passage = passage_of("Мост построен. Школа тоже.", speaker="Савва Горемыкин")
    evidence = gather(
        [passage],
        [None],
        {"s": Opening("")},
        [""],
        [group("Горемыкин", горемыкин=1.0)],
        Vocabulary(ENCODER),
    )
    assert evidence.exact[:, 0].tolist() == [1.0, 1.0]


def test_sentence_vectors_are_those_of_their_text():
    passage = passage_of("Мост через реку Светлую построен. Школа ждёт ремонта.")
    sums = gather([passage], [None], {"s": Opening("")}, [""], [], Vocabulary(ENCODER)).vectors
    start, end = passage.sentences[0]
    whole = ENCODER.encode_query(passage.text[start:end])
    assert sums[0] / np.linalg.norm(sums[0]) == pytest.approx(whole, abs=1e-5)


def test_a_term_that_another_thread_meets_meanwhile_is_in_no_passage():
    class Growing(dict[str, int]):
        def get(self, name, default=None):
            return self.setdefault(name, len(self))

    words = Vocabulary(ENCODER).words()
    words.terms = Growing({"ru:мост": 0})
    found = evidence._exact(words, np.array([0]), [group("bridge", переправ=1.0, мост=0.5)])
    assert found.tolist() == [[0.5]]


def test_nothing_gives_empty_tables():
    evidence = gather([], [], {}, [], [], Vocabulary(ENCODER))
    assert evidence.exact.shape == (0, 0)
    assert evidence.vectors.shape == (0, ENCODER.dimensions)
