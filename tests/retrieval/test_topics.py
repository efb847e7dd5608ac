import numpy as np

from embeddings.static import built_in_encoder
from retrieval.passages import cut
from retrieval.records import Options, Speech
from retrieval.search import ask
from retrieval.topics import nearest_topics

ENCODER = built_in_encoder()
TEXT = (
    "Цены на бензин выросли, а добыча нефти упала. Школа получила новые книги и карты. "
    "Больница ждёт врачей."
)


def topics(question, text=TEXT, limit=3):
    passages = cut(Speech("s", text, "ru"))
    return nearest_topics(passages, ENCODER.encode_query(question), ENCODER, limit)


def test_phrases_of_the_text_near_to_the_question():
    first, *_ = topics("стоимость топлива")
    assert "бензин" in first
    assert all(phrase in TEXT for phrase in topics("стоимость топлива"))


def test_topics_differ_and_are_few():
    found = topics("добыча и цена нефти и бензина")
    assert len(found) <= 3
    words = [word for phrase in found for word in phrase.split() if len(word) > 2]
    assert len(words) == len(set(words))


def test_nothing_near_is_no_topic():
    assert topics("квантовая хромодинамика", "Да. Нет. Спасибо.") == ()
    assert nearest_topics([], ENCODER.encode_query("мост"), ENCODER) == ()
    passages = cut(Speech("s", TEXT, "ru"))
    assert nearest_topics(passages, np.zeros(ENCODER.dimensions, np.float32), ENCODER) == ()


def test_they_stand_where_an_answer_is_missing(make_index):
    index = make_index([{"id": "a", "text": TEXT}])
    silent = ask(index, "сколько стоит подписка на газету о топливе")
    assert not silent.found
    assert all(topic in TEXT for topic in silent.topics)
    assert ask(index, "цены на бензин", Options(threshold=0)).topics == ()
