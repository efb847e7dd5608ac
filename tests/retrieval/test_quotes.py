from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings.static import built_in_encoder
from embeddings.vocabulary import Vocabulary
from retrieval.engine import Alternative, Group, Opening
from retrieval.errors import IndexDamaged
from retrieval.evidence import Evidence, gather
from retrieval.passages import cut
from retrieval.quotes import (
    MAX_CHARACTERS,
    MAX_SENTENCES,
    Excerpt,
    best_excerpts,
    checked_quote,
    marks,
    mended,
    near_identical,
)
from retrieval.records import Passage, Speech

ENCODER = built_in_encoder()
NO_VECTOR = np.zeros(ENCODER.dimensions, np.float32)

# says how much of the question is there word for word
EXACT = SimpleNamespace(probability=lambda loose, exact, *_: exact)


def passage_of(text: str) -> Passage:
    (passage,) = cut(Speech("s", text, "ru"))
    return passage


def group(*stems: str, idf: float = 1.0) -> Group:
    return Group(stems[0], tuple(Alternative(f"ru:{stem}", 1.0) for stem in stems), idf)


def excerpt(
    passage: Passage, *groups: Group, phrases=(), opening: str = "", query=NO_VECTOR
) -> Excerpt | None:
    evidence = gather([passage], [None], {"s": Opening(opening)}, [""], groups, Vocabulary(ENCODER))
    chosen = best_excerpts(
        [passage], evidence, groups, phrases, query, EXACT, 1, {}, np.zeros(len(groups), np.bool_)
    )
    return chosen[0] if chosen else None


TEXT = "Начнём с дорог. Мост построен. Его открыли в мае. Школа ждёт ремонта. Спасибо за внимание."


def test_the_sentence_with_the_words():
    chosen = excerpt(passage_of(TEXT), group("школ"), group("ремонт"))
    assert chosen
    assert "Школа ждёт ремонта." in chosen.text
    assert chosen.score == pytest.approx(1.0)


def test_neighbours_join_for_what_they_add():
    chosen = excerpt(passage_of(TEXT), group("мост"), group("ма"))
    assert chosen
    assert "Мост построен. Его открыли в мае." in chosen.text


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("{0} Школа закрыта. {1}", 2),
        ("{0} Школа закрыта.", 2),
        ("{0}\n\nШкола закрыта.\n\n{1}", 1),  # a paragraph of its own
        ("Школа закрыта.", 1),
    ],
)
def test_a_short_sentence_takes_the_one_beside_it(text, sentences):
    other = "Мост через реку построили давно, и по нему каждое утро едут грузовики с песком из {}."
    passage = passage_of(text.format(other.format("Гремучего"), other.format("Ольховска")))
    query = ENCODER.encode_query("школа закрыта")
    chosen = excerpt(passage, group("школ"), query=query)
    assert chosen
    inside = [s for s in passage.sentences if chosen.start <= s[0] and s[1] <= chosen.end]
    assert len(inside) == sentences
    assert chosen.statement == "Школа закрыта."
    assert chosen.statement in chosen.text


def test_nearness_of_meaning_chooses_where_words_do_not():
    passage = passage_of(" ".join("А" + "а" * 300 + end for end in (". ", ". ", ".")))
    nothing = np.zeros((3, 0), np.float32)
    evidence = Evidence(nothing, nothing, np.eye(3, dtype=np.float32), nothing[:1])
    query = np.array([0, 0, 1], np.float32)
    chosen, *_ = best_excerpts(
        [passage], evidence, [], (), query, EXACT, 1, {}, np.zeros(0, np.bool_)
    )
    assert chosen.end == passage.end
    assert chosen.start > passage.start


def test_what_the_speech_opens_with_counts_for_less_than_the_excerpt_itself():
    without = excerpt(passage_of(TEXT), group("школ"), group("самар"))
    within = excerpt(passage_of(TEXT), group("школ"), group("самар"), opening="Встреча в Самаре")
    assert without
    assert within
    assert without.score == pytest.approx(0.5)
    assert without.score < within.score < 1.0


def test_announcing_and_asking_is_no_answer():
    said, asked = (
        excerpt(passage_of(f"Мост построят{end}"), group("мост")) for end in (" в мае.", " в мае?")
    )
    assert said
    assert asked
    assert asked.relevance < said.relevance


def test_a_passage_may_answer_in_two_places():
    text = "Мост построен. " + "Начнём с дорог. " * 6 + "Мост закрыт."
    passage = passage_of(text)
    wanted = [group("мост")]
    evidence = gather([passage], [None], {"s": Opening("")}, [""], wanted, Vocabulary(ENCODER))
    query = np.zeros(ENCODER.dimensions, np.float32)
    found = best_excerpts(
        [passage], evidence, wanted, (), query, EXACT, 1, {}, np.zeros(1, np.bool_)
    )
    one, other = sorted(found, key=lambda chosen: chosen.start)
    assert one.text.startswith("Мост построен.")
    assert other.text.endswith("Мост закрыт.")
    assert any(one.end < start < end < other.start for start, end in passage.sentences)


@pytest.mark.parametrize(
    ("text", "words", "counted"),
    [
        ("Мы видели каменный мост через реку.", ("камен", "мост"), 37),
        ("Мы видели мост каменный и старый.", ("камен", "мост"), 37),
        ("Мост построили, а забор там каменный.", ("камен", "мост"), 100),  # both by chance
        ("Мы видели каменный мост через реку.", ("камен", "мост", "рек"), 100),
        ("Мы видели каменный забор у реки.", ("камен", "мост"), 100),
    ],
)
def test_two_words_side_by_side_are_there_by_no_chance(text, words, counted):
    judge = SimpleNamespace(probability=lambda *figures: figures[4])  # of how many passages
    passage, groups = passage_of(text), [group(word) for word in words]
    evidence = gather([passage], [None], {"s": Opening("")}, [""], groups, Vocabulary(ENCODER))
    (chosen,) = best_excerpts(
        [passage], evidence, groups, (), NO_VECTOR, judge, 100, {}, np.zeros(len(words), np.bool_)
    )
    assert chosen.score == counted


def test_an_exact_phrase_must_be_inside():
    chosen = excerpt(passage_of(TEXT), group("мост"), phrases=[("открыли", "в", "мае")])
    assert chosen
    assert "открыли в мае" in chosen.text
    assert excerpt(passage_of(TEXT), group("мост"), phrases=[("в", "июне")]) is None


@settings(deadline=None)  # a busy machine is no error
@given(st.lists(st.integers(1, 900), min_size=1, max_size=7))
def test_an_excerpt_is_short_or_one_sentence(lengths: list[int]):
    passage_text = " ".join("А" + "а" * length + "." for length in lengths)
    for passage in cut(Speech("s", passage_text, "ru")):
        chosen = excerpt(passage, group("а"))
        assert chosen
        inside = [s for s in passage.sentences if chosen.start <= s[0] and s[1] <= chosen.end]
        assert 1 <= len(inside) <= MAX_SENTENCES
        assert len(chosen.text) <= MAX_CHARACTERS or len(inside) == 1
        assert (inside[0][0], inside[-1][1]) == (chosen.start, chosen.end)


def cut_in_two(first: str, second: str, gap: str = " ") -> tuple[Excerpt, Speech]:
    """The second passage as a quote, where the first comes before it in the same voice."""
    speech = Speech("s", first + gap + second, "ru")
    before = passage_of(first)
    spans = passage_of(second).sentences
    shift = len(first + gap)
    sentences = tuple((start + shift, end + shift) for start, end in spans)
    passage = Passage("s", shift, len(speech.text), second, None, "ru", sentences)
    return Excerpt(passage, shift, len(speech.text), 1.0, 1.0, second, NO_VECTOR, before), speech


@pytest.mark.parametrize(
    ("first", "second", "gap", "begins"),
    [
        ("Мост стар. Школа нова.", "Её открыли в мае.", " ", "Школа"),
        ("Мост стар. Школа нова.", "Её открыли в мае.", "\n", "Школа"),
        ("Школа нова. Она просторна.", "Её открыли в мае.", " ", "Школа"),
        ("Мост стар. Но школа нова.", "Её открыли в мае.", " ", "Мост"),
        ("Мост стар. Школа нова.", "Её открыли в мае.", "\n\n", "Её"),  # another paragraph
        ("Мост стар. Школа нова.", "Её открыли в мае.", " (Смех.) ", "Её"),  # left out between
        ("Мост стар. Школа нова.", "Библиотеку открыли в мае.", " ", "Библиотеку"),
        ("Мост стар. Школа нова.", "Её открыли. А. Б. В.", " ", "Школа"),
        ("Мост стар. Школа нова.", "Её открыли. Хорошо. Рады. Ждём.", " ", "Её"),  # four already
        ("Школа " + "нова, " * 120 + ".", "Её открыли в мае.", " ", "Её"),  # too long
    ],
)
def test_a_quote_takes_what_its_first_words_refer_to(first, second, gap, begins):
    whole = mended(*cut_in_two(first, second, gap))
    assert whole.text.startswith(begins)
    assert whole.text.endswith(second)
    quote = checked_quote(whole, cut_in_two(first, second, gap)[1], ())
    assert quote.text == whole.text


def test_a_quote_takes_nothing_that_another_quote_holds():
    excerpt, speech = cut_in_two("Школа нова. Она просторна.", "Её открыли в мае.")
    assert mended(excerpt, speech, len("Школа")).text == excerpt.text
    assert mended(excerpt, speech, 0).text == speech.text


def test_a_quote_rather_begins_with_a_sentence_that_stands_alone():
    text = "Школа нова. Её открыли в мае. Она просторна. Там тепло. Там светло."
    wanted = group("ма"), group("тепл"), group("светл", idf=0.1)
    chosen = excerpt(passage_of(text), *wanted)
    assert chosen
    assert chosen.text == "Школа нова. Её открыли в мае. Она просторна. Там тепло."


def test_a_quote_is_cut_so_that_there_is_room_for_what_it_leans_on():
    said = "Её открыли в мае. Всем рады. Всех ждём. Спасибо всем."
    alone, speech = cut_in_two("Школа нова.", said)
    assert alone.preceding
    evidence = gather(
        [alone.passage], [None], {"s": Opening("")}, [""], [group("ма")], Vocabulary(ENCODER)
    )
    query = np.zeros(ENCODER.dimensions, np.float32)
    before, named = {0: alone.preceding}, np.zeros(1, np.bool_)
    (chosen,) = best_excerpts(
        [alone.passage], evidence, [group("ма")], (), query, EXACT, 1, before, named
    )
    assert mended(chosen, speech).text == "Школа нова. Её открыли в мае. Всем рады. Всех ждём."


def test_marks_are_the_matching_words():
    chosen = excerpt(passage_of(TEXT), group("мост"))
    assert chosen
    assert [chosen.text[a:b] for a, b in marks(chosen, [group("мост")])] == ["Мост"]


def test_a_quote_must_be_in_the_speech():
    passage = passage_of(TEXT)
    chosen = Excerpt(passage, *passage.sentences[1], 1.0, 1.0, "Мост построен.", NO_VECTOR)
    quote = checked_quote(chosen, Speech("s", TEXT, "ru"), ())
    assert quote.text == TEXT[quote.start : quote.end] == "Мост построен."
    assert quote.before + quote.text + quote.after == passage.text
    with pytest.raises(IndexDamaged):
        checked_quote(chosen, Speech("s", TEXT.replace("Мост", "Пост"), "ru"), ())


def test_near_identical_statements():
    one = "Мы построим мост через реку в мае."
    assert near_identical(one, "Мы построим этот мост через реку в мае!")
    assert not near_identical(one, "Мы построим школу.")
    assert not near_identical(one, "Мы не построим мост через реку в мае.")
    assert not near_identical(one + " 2024", one + " 2025")
