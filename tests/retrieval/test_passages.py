from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval import passages
from retrieval.passages import cut
from retrieval.reading import read_sources
from retrieval.records import Speech
from retrieval.sentences import sentence_spans
from retrieval.structure import segments


def speech(text, **fields):
    return Speech(id="a", text=text, language="en", **fields)


def assert_exact(speech):
    """Passages are exact, in order, of whole sentences, and hold all of every segment."""
    found = cut(speech)
    voices = segments(speech)
    behind = 0
    for passage in found:
        assert passage.text == speech.text[passage.start : passage.end]
        assert behind <= passage.start < passage.end
        behind = passage.end
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end
        [voice] = [v for v in voices if v.start <= passage.start and passage.end <= v.end]
        assert passage.speaker == voice.speaker
        assert (passage.speech_id, passage.language) == (speech.id, speech.language)
    assert [span for passage in found for span in passage.sentences] == [
        span for voice in voices for span in sentence_spans(speech.text, voice.start, voice.end)
    ]
    for voice in voices:
        inside = [p for p in found if voice.start <= p.start < voice.end]
        held = sum(len("".join(p.text.split())) for p in inside)
        assert held == len("".join(speech.text[voice.start : voice.end].split()))


def sentence(length):
    return "Word " + "x" * (length - 6) + "."


def test_sentences_are_grouped_to_about_the_target():
    text = " ".join([sentence(99)] * 40)
    lengths = [len(passage.text) for passage in cut(speech(text))]
    assert all(abs(length - passages.TARGET_CHARACTERS) <= 100 for length in lengths[:-1])


def test_a_passage_of_some_length_ends_with_its_paragraph():
    first = " ".join([sentence(99)] * 6)
    text = first + "\n\n" + " ".join([sentence(99)] * 6)
    assert [passage.text for passage in cut(speech(text))] == [first, text[len(first) + 2 :]]


def test_short_paragraphs_stand_together():
    text = "\n\n".join([sentence(60)] * 10)
    assert len(cut(speech(text))) == 1


def test_a_small_rest_joins_the_passage_before():
    text = " ".join([sentence(99)] * 7) + " Thank you."
    assert len(cut(speech(text))) == 1
    assert len(cut(speech(sentence(1_200) + " Thank you."))) == 2


def test_no_passage_mixes_two_voices():
    text = "It opened.\n\nPresident Agnes Thornbury said:\n\n- Thanks. It is done."
    assert [(passage.speaker, passage.text) for passage in cut(speech(text))] == [
        (None, "It opened.\n\nPresident Agnes Thornbury said:"),
        ("Agnes Thornbury", "Thanks. It is done."),
    ]


def test_a_text_of_nothing_has_no_passages():
    assert cut(speech("")) == []
    assert cut(speech(" \n\u00a0")) == []


@pytest.mark.parametrize("unit", ["слово ", "Мы идём. ", "x", "İ\u0307", "👩\u200d👧", "а\u00a0"])
def test_one_line_of_100000_characters(unit):
    line = unit * (100_000 // len(unit))
    assert_exact(speech(line))
    assert_exact(speech(f"It opened.\n\nPresident Agnes Thornbury said:\n\n- {line}"))
    assert max(len(passage.text) for passage in cut(speech(line))) <= 2_000


PARTS = st.sampled_from(
    [
        *("Слово слово слово.", "İstanbul və Gəncə!", "Word e\u0301 word?", "😀👩\u200d👧", "…"),
        *("President Agnes Thornbury said:", "Савва Горемыкин сказал:", "- Да.", "a\u00a0b"),
        *("«Раз. «Два.» Три»", "x" * 900),
    ]
)
SPACES = st.sampled_from([" ", "\n", "\r\n", "\n\n", "\u00a0", ""])
TEXTS = st.lists(st.tuples(PARTS, SPACES), max_size=60).map(
    lambda pairs: "".join(part + space for part, space in pairs)
)


@settings(max_examples=150)
@given(TEXTS | st.text(max_size=300), st.sampled_from([None, "Tom Wren"]), st.integers(0, 20))
def test_passages_are_exact_in_any_text(text, speaker, body):
    assert_exact(speech(text, speaker=speaker, body=min(body, len(text))))


@pytest.mark.parametrize(
    ("name", "every"),
    [
        ("astana-2025-10-21.ru.txt", 1),
        ("kremlin.ru.jsonl", 2),
        ("kremlin-more.ru.jsonl", 2),
        ("kremlin.en.jsonl", 8),
        ("ungdc-2000-2024.en.jsonl", 40),
    ],
)
def test_passages_are_exact_in_the_shared_speeches(shared, tmp_path, name, every):
    # The whole of the largest file takes half a minute; a sample of it keeps the suite quick.
    with (shared / "speeches" / name).open("rb") as lines:
        (tmp_path / name).write_bytes(b"".join(islice(lines, 0, None, every)))
    for read in read_sources([tmp_path / name]):
        assert_exact(read)


def test_the_seed_article(shared):
    [article] = read_sources([shared / "speeches" / "astana-2025-10-21.ru.txt"])
    reporter, *president = cut(article)
    assert reporter.speaker is None
    assert reporter.text.endswith("Президент Азербайджана Ильхам Алиев сказал:")
    assert {passage.speaker for passage in president} == {"Ильхам Алиев"}
    assert president[0].text.startswith("Спасибо, уважаемый Касым-Жомарт Кемелевич, дорогие")
    assert president[-1].text.endswith("Спасибо.")
    assert any(
        article.text[start:end].startswith("Открытие Зангезурского коридора")
        and article.text[start:end].endswith("транспортом и логистикой.")
        for passage in president
        for start, end in passage.sentences
    )


def test_links_among_the_words_of_a_page_are_in_no_passage():
    said = ["Мост открыт, и дети рады.", "Завтра начнётся ремонт школы."]
    link = "Смотрите также Посещение выставки мостов 21 февраля 2025 года"
    speech = Speech(id="a", text=f"{said[0]} {link} {said[1]}", language="ru", speaker="Мэр")
    assert [(p.text, p.speaker) for p in cut(speech)] == [(text, "Мэр") for text in said]


@pytest.mark.parametrize(
    "caption", ["Talks on\xa0the new lighthouse.", "Before Talks on\nthe new lighthouse."]
)
def test_captions_that_repeat_the_title_of_a_page_are_nobodys(caption):
    said = ["The lamp is lit.", "The keeper is content."]
    text = f"{said[0]}\n{caption}\n{said[1]}"
    page = speech(text, title="Talks on the new lighthouse •\xa0President of\xa0Russia")
    assert [p.text for p in cut(page)] == said
    refrain = speech(text, title="Talks on the new lighthouse")
    assert [p.text for p in cut(refrain)] == [text]


def test_no_quote_begins_with_the_comma_behind_what_is_left_out():
    card = "Background information Council of Builders (CB)"
    page = speech(
        f"The bridge was opened by the council\n{card}\n, which met in May. All are glad."
    )
    assert [p.text for p in cut(page)] == [
        "The bridge was opened by the council",
        "which met in May. All are glad.",
    ]
