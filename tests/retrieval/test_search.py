from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace

import pytest
from conftest import RECORDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.errors import IndexDamaged, QuestionError
from retrieval.index import Index
from retrieval.quotes import MAX_CHARACTERS, MAX_SENTENCES
from retrieval.records import Answer, Hit, Options
from retrieval.search import ask, decide, fuse


def said(answer: Answer) -> str:
    return " ".join(quote.text for quote in answer.quotes)


@pytest.mark.parametrize(
    ("question", "speech", "words"),
    [
        ("Ольховский мост", "bridge-ru", "Ольховский мост"),
        ("engineers from Kazan", "bridge-ru", "поблагодарить инженеров"),
        ("цена воды", "water-en", "price of water"),
        ("su qiyməti", "water-en", "price of water"),
        ("how many new schools were built", "okul-az", "üç yeni məktəb"),
        ("Solmazov students", "okul-az", "Solmazov adına təqaüd"),
    ],
)
def test_questions_are_answered_across_languages(small: Index, question, speech, words):
    answer = ask(small, question)
    assert answer.found
    assert answer.quotes[0].speech_id == speech
    assert words in answer.quotes[0].text


def test_a_quote_carries_who_when_and_where(small: Index):
    quote = ask(small, "price of water").quotes[0]
    assert (quote.speaker, quote.date, quote.title) == (
        "Agnes Thornbury",
        "2025",
        "Remarks on water",
    )
    assert (quote.url, quote.source) == ("https://example.org/water", "speeches.jsonl")
    marked = {quote.text[start:end] for start, end in quote.marks}
    assert {"price", "water"} <= marked


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(min_size=1, max_size=80) | st.sampled_from(["мост", "school", "su"]))
def test_every_quote_is_an_exact_span_of_whole_sentences(small: Index, question: str):
    try:
        answer = ask(small, question, Options(limit=10, per_speech=10, threshold=0))
    except QuestionError:
        return
    for quote in answer.quotes:
        speech = small.speech(quote.speech_id)
        assert speech.text[quote.start : quote.end] == quote.text
        passage = next(
            p for p in small.passages(speech.id) if p.start <= quote.start and quote.end <= p.end
        )
        starts = [start for start, _ in passage.sentences]
        ends = [end for _, end in passage.sentences]
        sentences = ends.index(quote.end) - starts.index(quote.start) + 1
        assert sentences <= MAX_SENTENCES
        assert len(quote.text) <= MAX_CHARACTERS or sentences == 1
        assert quote.before + quote.text + quote.after == passage.text


@pytest.mark.parametrize(
    ("options", "speeches"),
    [
        (Options(since="2025"), {"water-en", "okul-az"}),
        (Options(until="2024"), {"bridge-ru"}),
        (Options(since="2024-05-14", until="2024-05-14"), {"bridge-ru"}),
        (Options(since="2025-10"), {"water-en"}),  # "2025" may be October
        (Options(speaker="Торнбери"), {"water-en"}),
        (Options(speaker="Solmazov"), {"okul-az"}),
        (Options(since="2026"), set()),
    ],
)
def test_filters_limit_what_is_searched(small: Index, options: Options, speeches: set[str]):
    wide = Options(
        limit=10,
        since=options.since,
        until=options.until,
        speaker=options.speaker,
        threshold=0,
    )
    answer = ask(small, "мост, вода, школа и друзья", wide)
    assert {quote.speech_id for quote in answer.quotes} == speeches
    assert answer.found == bool(speeches)


def test_the_speaker_may_be_named_in_the_question(small: Index):
    answer = ask(small, "What did Fərid Solmazov say about schools?")
    assert answer.quotes[0].speaker == "Fərid Solmazov"
    assert ask(small, "Горемыкин").quotes[0].speaker == "Савва Горемыкин"


def test_without_a_threshold_the_nearest_are_shown(small: Index):
    answer = ask(small, "quantum telescope", Options(limit=9, per_speech=9, threshold=0))
    assert {quote.speech_id for quote in answer.quotes} == {"bridge-ru", "water-en", "okul-az"}


def test_an_unknown_speaker_is_named(small: Index):
    answer = ask(small, "мост", Options(speaker="Nobody Known"))
    assert not answer.found
    assert "Nobody Known" in answer.notes[0]
    assert "Савва Горемыкин" in answer.notes[0]


def test_signs_in_the_question(small: Index):
    exact = ask(small, '"ремонт школы"')
    (quote,) = exact.quotes
    assert "Завтра начнётся ремонт школы." in quote.text
    assert not ask(small, '"школы ремонт"').found
    everywhere = Options(limit=10, threshold=0)
    assert "bridge-ru" in {q.speech_id for q in ask(small, "мост река", everywhere).quotes}
    without = ask(small, "мост река -школа", everywhere)
    assert "bridge-ru" not in {q.speech_id for q in without.quotes}
    phrase = ask(small, 'мост река -"ремонт школы"', everywhere)
    assert "bridge-ru" not in {q.speech_id for q in phrase.quotes}
    dated = ask(small, "мост 2025..", everywhere)
    assert "bridge-ru" not in {q.speech_id for q in dated.quotes}


def test_an_exact_phrase_in_a_language_that_nobody_speaks_is_searched_by_its_sense(
    make_index: Callable[..., Index], small: Index
):
    index = make_index(RECORDS[:1])
    answer = ask(index, '"olkhovsky bridge" engineers')
    assert "Ольховский мост" in said(answer)
    assert "“olkhovsky bridge”" in answer.notes[0]
    assert not ask(index, '"ольховская плотина" engineers').found
    assert {q.speech_id for q in ask(small, '"olkhovsky bridge"').quotes} == {"water-en"}


def test_nothing_said(small: Index):
    answer = ask(small, "Когда запустят орбитальный телескоп?")
    assert not answer.found
    assert answer.quotes == ()
    assert ask(small, "Когда запустят мост?", Options(threshold=0)).found


def test_caps_and_repetitions(make_index: Callable[..., Index]):
    same = "Мы построим большую плотину на реке Каменке. "
    other = "Плотина на Каменке не нужна никому из нас, это дорогая ошибка! " * 12
    index = make_index(
        [
            {"id": "one", "text": same + "Спасибо."},
            {"id": "two", "text": same + "До свидания."},
            {"id": "three", "text": other},
        ]
    )
    answer = ask(index, "плотина на Каменке", Options(limit=5, per_speech=5))
    texts = [quote.text for quote in answer.quotes]
    assert sum("построим большую плотину" in text for text in texts) == 1
    assert len(ask(index, "плотина", Options(limit=1)).quotes) == 1
    per_speech = ask(index, "плотина", Options(limit=9, per_speech=1)).quotes
    assert len({quote.speech_id for quote in per_speech}) == len(per_speech)


def test_a_quote_that_is_not_in_the_speech_is_never_shown(small: Index, monkeypatch):
    whole = small.store.speech

    def altered(speech_id: str):
        import dataclasses

        speech = whole(speech_id)
        return dataclasses.replace(speech, text=speech.text.replace("мост", "мосТ"))

    monkeypatch.setattr(small.store, "speech", altered)
    with pytest.raises(IndexDamaged):
        ask(small, "Ольховский мост")


def test_fusion_keeps_what_either_search_found():
    fused = fuse([Hit(1, 10.0), Hit(2, 5.0)], [Hit(3, 0.9), Hit(1, 0.45)])
    assert fused[0].passage == 1
    assert {hit.passage for hit in fused} == {1, 2, 3}
    assert fuse([], []) == []
    assert [hit.passage for hit in fuse([], [Hit(1, 0.1), Hit(2, 0.2)])] == [2, 1]


def test_a_publishers_own_words_come_after_those_of_the_speakers(make_index):
    text = (
        "В Лесногорске открыли мост через Светлую.\n\n"
        "Мэр Савва Горемыкин сказал:\n\n- Мы открыли мост через Светлую за два года.\n"
    )
    quotes = ask(make_index([{"id": "a", "text": text}]), "мост через Светлую").quotes
    assert [(quote.speaker, quote.narration) for quote in quotes] == [
        ("Савва Горемыкин", False),
        (None, True),
    ]


def test_a_reply_answers_what_was_asked(make_index):
    turns = [
        "Вопрос: Скажите, пожалуйста, дождь ещё будет идти завтра?",
        "С.Горемыкин: Да, обещают весь день.",
        "Вопрос: Когда наконец построят мост через Светлую?",
        "С.Горемыкин: К первому сентября, раньше не выйдет.",
        "Вопрос: Спасибо, а школа откроется вовремя?",
        "С.Горемыкин: Конечно, её уже покрасили.",
    ]
    index = make_index([{"id": "a", "text": "\n".join(turns)}])
    first, second, *_ = ask(index, "когда построят мост через Светлую").quotes
    assert {first.text, second.text} == {turn.partition(": ")[2] for turn in turns[2:4]}


def test_names_and_salutations_come_after_statements(make_index):
    about = "о том, как мост через Светлую строили два года и почему он обошёлся так дорого"
    turns = [
        "С.Горемыкин: Уважаемые строители моста! Друзья!",
        f"Г.Белова: Сегодня спрошу вас {about}.",
        "С.Горемыкин: Мост через Светлую.",
        "Г.Белова: Благодарю вас за то, что нашли время приехать в посёлок и всё показать нам.",
    ]
    index = make_index([{"id": "a", "text": "\n".join(turns)}])
    first, *others = ask(index, "мост через Светлую", Options(threshold=0, per_speech=9)).quotes
    assert about in first.text
    assert "Мост через Светлую." in {quote.text for quote in others}


def test_a_speech_of_a_few_words_is_as_good_as_any(make_index):
    said = "Мост через Светлую откроют в мае."
    other = "Нам обещали, что мост через Светлую когда-нибудь откроют, но пока его только строят."
    index = make_index([{"id": "short", "text": said}, {"id": "long", "text": other}])
    assert ask(index, "когда откроют мост через Светлую").quotes[0].text == said


def test_what_answers_far_worse_than_the_best_is_left_out():
    excerpts = [SimpleNamespace(score=score) for score in (0.4, 0.9, 0.5, 0.6)]
    assert [one.score for one in decide(excerpts, Options())] == [0.9, 0.6]
    assert decide(excerpts, Options(threshold=0)) == excerpts
    assert not decide(excerpts[:1], Options())


@pytest.mark.parametrize(
    ("question", "speaker"),
    [("мост через Светлую", "Белова"), ("мост через Светлую -раньше", None)],
)
def test_a_reply_satisfies_the_filter_too(make_index, question, speaker):
    turns = [
        "Г.Белова: Скажите, когда наконец построят мост через Светлую?",
        "С.Горемыкин: Мост построят к первому сентября, раньше не выйдет.",
    ]
    index = make_index([{"id": "a", "text": "\n".join(turns)}])
    assert len(ask(index, "мост через Светлую", Options(threshold=0)).quotes) == 2
    quotes = ask(index, question, Options(threshold=0, speaker=speaker)).quotes
    assert [quote.text for quote in quotes] == [turns[0].partition(": ")[2]]


def test_a_quote_is_not_mended_with_what_must_not_be_said(make_index):
    filler = "Маяк у посёлка Гремучий зимой не светил. " * 15
    text = f"{filler}Построен мост через Светлую, и стоил он много денег. Это гордость края. "
    index = make_index([{"id": "a", "speaker": "Савва Горемыкин", "text": text + filler}])
    for quote in ask(index, "гордость края -денег", Options(threshold=0)).quotes:
        assert "денег" not in quote.text


def test_quotes_of_one_speech_never_overlap(make_index):
    said = "Школа {0} нова. Она просторна. Её открыли {0} мая. Она всем нравится. Но школа мала. "
    text = "".join(map(said.format, range(1, 20)))
    options = Options(limit=9, per_speech=9)
    quotes = ask(make_index([{"id": "a", "text": text}]), "школу открыли в мае", options).quotes
    spans = sorted((quote.start, quote.end) for quote in quotes)
    assert len(spans) > 1
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_the_next_quote_says_something_else(make_index):
    records = [
        {"id": "a", "text": "Мост через Светлую построят за два года."},
        {"id": "b", "text": "Мост через Светлую построят, наверное, через два-три года."},
        {"id": "c", "text": "Мост через Светлую дорог, денег на него нет."},
    ]
    quotes = ask(make_index(records), "мост через Светлую", Options(limit=2)).quotes
    assert "c" in {quote.speech_id for quote in quotes}


def test_what_was_said_again_is_named_beside_the_first(make_index):
    said = "Мы построим мост через Светлую к первому сентября."
    index = make_index(
        [
            {"id": "first", "date": "2024-05", "text": said},
            {"id": "again", "date": "2025-01-02", "text": f"Повторю. {said}"},
            {"id": "other", "date": "2023", "text": "Мост через Светлую закрыт на ремонт."},
        ]
    )
    quotes = ask(index, "мост через Светлую", Options(limit=5)).quotes
    (main,) = [quote for quote in quotes if quote.repeated]
    ((speech_id, date),) = main.repeated
    assert {main.speech_id, speech_id} == {"first", "again"}
    assert date == index.speech(speech_id).date
    assert len(quotes) == 2


def test_the_order_may_be_that_of_the_dates(make_index):
    dates = ["2025", None, "2023-04", "2024-12-31"]
    records = [
        {"id": str(number), "date": date, "text": f"Мост построен в {place}."}
        for number, (date, place) in enumerate(
            zip(dates, ("Оше", "Туле", "Баку", "Рейне"), strict=True)
        )
    ]
    quotes = ask(make_index(records), "мост построен", Options(limit=4, sort="date")).quotes
    assert [quote.date for quote in quotes] == ["2023-04", "2024-12-31", "2025", None]
