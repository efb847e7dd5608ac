from __future__ import annotations

import threading
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import vocabulary as module
from embeddings.analysis import folded_words, term
from embeddings.static import built_in_encoder
from embeddings.vocabulary import Vocabulary, Words

ENCODER = built_in_encoder()
WORDS = Words(ENCODER)
TEXTS = st.text(st.sampled_from("мосты Мост WHO us 10 000 2,5 Xocalı'da \n–.,"), max_size=80)


def numbers_of(words: Words, text: str, language="ru") -> list[int]:
    found = array("q")
    words.number(text, language, found)
    return found.tolist()


@given(TEXTS, st.sampled_from(["ru", "en", "az"]))
def test_the_numbers_are_those_of_the_words_in_order(text, language):
    numbers = numbers_of(WORDS, text, language)
    table = WORDS.table(np.array(numbers, np.int64))
    found = folded_words(text)
    terms = {number: name for name, number in WORDS.terms.items()}
    assert [terms[n] for n in table.terms[numbers]] == [term(word, language) for word in found]
    assert table.is_number[numbers].tolist() == [word[0].isdigit() for word in found]
    assert table.vectors[numbers] == pytest.approx(ENCODER.word_sums(found))


def test_a_word_of_two_languages_has_a_term_of_each():
    words = Words(ENCODER)
    one, other = numbers_of(words, "bridges", "en"), numbers_of(words, "bridges", "az")
    assert one != other
    words.table(np.array(one))
    assert set(words.terms) == {term("bridges", "en"), term("bridges", "az")}


def test_a_table_stays_as_it_is_while_others_add_words(monkeypatch):
    monkeypatch.setattr(module, "_ROOM", 4)
    words = Words(ENCODER)
    numbers = numbers_of(words, "мост через реку")
    table = words.table(np.array(numbers))
    before = table.vectors[numbers].copy()
    words.table(np.array(numbers_of(words, " ".join(f"слово{i}" for i in range(500)))))
    assert np.array_equal(table.vectors[numbers], before)
    assert numbers_of(words, "мост через реку") == numbers


def test_vectors_are_made_when_they_are_compared():
    words = Words(ENCODER)
    numbers = numbers_of(words, "мост через реку")
    assert words.table(np.array(numbers[:1])).norms[numbers].astype(bool).tolist() == [1, 0, 0]
    assert words.table(np.array(numbers)).norms[numbers].all()


def test_words_that_are_kept_elsewhere_are_looked_up_once():
    spelt = {3: ("мост", "ru:мост"), 9: ("42", "42")}
    asked: list[list[int]] = []

    def look_up(numbers):
        asked.append(list(numbers))
        return [(number, *spelt[number]) for number in numbers if number in spelt]

    words = Words(ENCODER, look_up)
    one, none, other = words.kept([np.array(n, np.uint32) for n in ([3, 9, 3], [], [9])])
    assert (one[0], one[1], len(none)) == (one[2], other[0], 0)
    assert asked == [[3, 9]]
    words.kept([np.array([9], np.uint32)])
    assert asked == [[3, 9]]
    table = words.table(one)
    assert [words.terms["ru:мост"], words.terms["42"]] == table.terms[one[:2]].tolist()
    assert table.is_number[one].tolist() == [False, True, False]
    assert table.vectors[one[:1]] == pytest.approx(ENCODER.word_sums(["мост"]))
    with pytest.raises(KeyError):
        words.kept([np.array([4], np.uint32)])


def test_threads_that_meet_the_same_words_agree():
    words = Words(ENCODER)
    text = " ".join(f"слово{i} дело{i % 7}" for i in range(300))
    found: list[list[int]] = []

    def look() -> None:
        numbers = numbers_of(words, text)
        assert words.table(np.array(numbers)).norms[numbers].all()
        found.append(numbers)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 8
    assert words.table(np.array(found[0])).vectors[found[0][:2]] == pytest.approx(
        ENCODER.word_sums(["слово0", "дело0"])
    )


def test_it_begins_anew_when_it_knows_too_many(monkeypatch):
    monkeypatch.setattr(module, "_MOST_REMEMBERED", 3)
    vocabulary = Vocabulary(ENCODER)
    first = vocabulary.words()
    numbers_of(first, "один два три четыре")
    assert vocabulary.words() is not first
    assert vocabulary.words() is vocabulary.words()
