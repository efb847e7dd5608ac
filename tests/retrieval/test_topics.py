import numpy as np
import pytest

from embeddings.analysis import words
from embeddings.static import built_in_encoder
from retrieval.expansion import expand
from retrieval.question import parse_question
from retrieval.records import Options
from retrieval.search import ask
from retrieval.topics import _phrases, _Sentence, nearest_topics

ENCODER = built_in_encoder()
TEXT = (
    "Цены на бензин выросли, а добыча нефти упала. Школа получила новые книги и карты. "
    "Больница ждёт врачей."
)


@pytest.fixture
def topics(make_index):
    def topics(question, *texts, language="ru"):
        records = [{"id": str(n), "text": text} for n, text in enumerate(texts or [TEXT])]
        index = make_index(records)
        passages = [p for record in records for p in index.passages(record["id"])]
        groups = expand(parse_question(question, Options()), index)
        found = nearest_topics(passages, ENCODER.encode_query(question), groups, index, language)
        assert len(found) <= 3
        # each is of the speakers' own words, and is answered if it is asked
        assert all(any(topic in text for text in texts or [TEXT]) for topic in found)
        assert all(ask(index, topic).found for topic in found)
        return found

    return topics


def test_phrases_of_the_text_near_to_the_question(topics):
    first, *_ = topics("стоимость топлива")
    assert "бензин" in first


def test_topics_differ(topics):
    found = topics("добыча и цена нефти и бензина")
    words = [word for phrase in found for word in phrase.split() if len(word) > 2]
    assert len(words) == len(set(words))


def test_words_that_say_nothing_are_no_topic(topics):
    text = "Вот компьютеры, которых у нас нет. Мы хотим купить такие компьютеры. Они очень нужны."
    assert topics("сколько стоит компьютер", text) == ("компьютеры",)


def test_what_is_spoken_of_everywhere_is_no_topic(topics):
    texts = [f"Наша страна строит {what} и дороги." for what in map("мост{}".format, range(30))]
    found = topics("страна и железные дороги", *texts, "Страна строит железную дорогу.")
    assert not any("стран" in topic.lower() for topic in found)


def test_those_in_the_language_of_the_question_come_first(topics):
    both = TEXT, "The price of petrol has risen. The hospital is waiting for doctors."
    assert "petrol" in topics("fuel costs", *both, language="en")[0]
    assert "бензин" in topics("fuel costs", *both, language="ru")[0]


def test_nothing_near_is_no_topic(topics, make_index):
    assert topics("квантовая хромодинамика", "Да. Нет. Спасибо.") == ()
    index = make_index([{"id": "a", "text": TEXT}])
    assert nearest_topics([], ENCODER.encode_query("мост"), [], index, "ru") == ()
    zero = np.zeros(ENCODER.dimensions, np.float32)
    assert nearest_topics(index.passages("a"), zero, [], index, "ru") == ()


def test_they_stand_where_an_answer_is_missing(make_index):
    index = make_index([{"id": "a", "text": TEXT}])
    silent = ask(index, "сколько стоит подписка на газету о топливе")
    assert not silent.found
    assert all(topic in TEXT for topic in silent.topics)
    assert ask(index, "цены на бензин", Options(threshold=0)).topics == ()


def test_a_word_of_the_question_comes_before_what_is_only_near(topics):
    first, *_ = topics("выставка у нефтяников", "Цены на нефть растут. Там выставка картин.")
    assert "выставка" in first


@pytest.mark.parametrize(
    ("question", "text", "language"),
    [
        ("олимпиада в Лос-Анджелесе", "Рыбаки видели лососей в реке Светлой.", "ru"),
        ("xəstəxana tikintisi", "Kənddə yeni tikiş fabriki açılıb.", "az"),
        ("NATO-ya üzvlük", "Kənddə köhnə nasos dayanıb.", "az"),
    ],
)
def test_words_that_only_begin_alike_are_no_topic(topics, question, text, language):
    assert topics(question, text, language=language) == ()


def test_a_topic_is_not_repeated_in_translation(topics):
    found = topics("how many came to the museum", "Это музей.", "That museum.", language="en")
    assert found == ("museum",)


def phrases_of(text, language="ru"):
    numbers = list(range(len(list(words(text)))))
    return {phrase.text for phrase in _phrases(_Sentence(text, numbers, language, 0))}


@pytest.mark.parametrize(
    ("language", "text", "found", "not_found"),
    [
        ("ru", "Дорогие друзья, рабочие места ждут.", {"друзья", "рабочие места"}, {"Дорогие"}),
        ("ru", "Добыча и процентов больше.", {"Добыча"}, {"Добыча и процентов"}),
        ("ru", "Мир между Ольховском и Гремучим.", {"Ольховском и Гремучим"}, set()),
        ("en", "Thousands of guests visited the museum.", {"museum"}, {"guests visited"}),
        ("az", "Kənddə tibb məntəqəsi açılıb.", {"tibb məntəqəsi"}, {"Kənddə", "açılıb"}),
    ],
)
def test_a_phrase_ends_in_a_noun_that_stands_by_itself(language, text, found, not_found):
    phrases = phrases_of(text, language)
    assert found <= phrases
    assert not not_found & phrases


def test_a_phrase_has_no_verb_and_no_part_of_a_name():
    found = phrases_of("В Ольховске действует закон, говорит Савва Петрович Горемыкин.")
    assert {"Ольховске", "закон", "Савва Петрович Горемыкин"} <= found
    assert not any(bad in phrase for phrase in found for bad in ("действует", "говорит"))
    assert not {"Горемыкин", "Савва Петрович"} & found
    assert "приморской дороги" not in phrases_of("Ремонт горно-приморской дороги закончен.")


def test_a_last_word_that_has_nothing_to_do_with_the_question_is_left_off(topics):
    found = topics("стоимость топлива", "Добыча топлива стенка растёт.")
    assert found
    assert not any("стенка" in topic for topic in found)
