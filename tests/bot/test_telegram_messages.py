"""Telegram takes every message, whatever is in the speeches, and the words stay as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram_html import Parsed, parse

from bot.telegram.messages import (
    MOST_CAPTION,
    SPEAKERS_A_PAGE,
    FollowSection,
    about,
    answer_page,
    context_pages,
    filled,
    filters_line,
    follow_begun,
    follow_page,
    following_list,
    inline_description,
    inline_text,
    inline_title,
    no_index,
    note,
    nothing,
    parsed_length,
    plain,
    question_problem,
    recent_page,
    reindex_alone,
    reindex_failed,
    reindex_finished,
    reindex_progress,
    speakers_page,
    status_for_admin,
    timeline_caption,
    understood_line,
    utf16_length,
)
from bot.telegram.texts import TEXTS, Texts
from retrieval.errors import Problem, QuestionError
from retrieval.index import Index
from retrieval.milvus.address import MilvusAddress
from retrieval.question import parse_question
from retrieval.records import (
    Answer,
    Note,
    Occasion,
    Options,
    Period,
    Quote,
    Skipped,
    Speech,
    Status,
    Timeline,
)
from retrieval.samples import samples_index
from retrieval.search import ask

RU, AZ, EN = TEXTS["ru"], TEXTS["az"], TEXTS["en"]
TEXT = "1. Мост <b>открыт</b> & стоит *40*.\nСпасибо."
QUOTE = Quote(
    text=TEXT,
    speech_id="bridge",
    start=7,
    end=7 + len(TEXT),
    speaker="Савва Горемыкин",
    date="2024-05-14",
    title="Открытие моста",
    source="Вестник",
    url="https://example.org/most?a=1&b=2",
    language="ru",
    score=0.5,
    marks=((3, 7), (8, 21)),
    before="Друзья! ",
    after=" Завтра начнётся ремонт.",
    place="Лесногорск",
)
LONG = replace(QUOTE, text="слово и дело, " * 2500, marks=((0, 5), (30_000, 30_005)))

STATUS = Status(
    folder="/srv/rostrum",
    generation="000007",
    created="2026-11-23T01:05:00+00:00",
    format_version=1,
    analyser_version=1,
    model="built-in",
    model_fingerprint="0",
    dimensions=256,
    vector_index="flat",
    recall=None,
    speeches=21,
    passages=1003,
    speakers=4,
    languages={"ru": 20, "en": 1},
    first_date="2019",
    last_date="2026-05-18",
    sources=("/srv/speeches",),
    skipped=(Skipped("a<b>.txt, line 3", "no text & no date"),),
    doubtful={"no date is known": ("one", "two")},
    translations=0,
    bytes=1_500_000,
)

# --- anything that a speech, a page or a person may bring ----------------------------------------

HOSTILE = st.sampled_from(
    [
        "<b>",
        "</b>",
        "</blockquote>",
        "<blockquote expandable>",
        "&",
        "&amp;",
        "&#0;",
        "&lt",
        '"',
        "'",
        "\u202e",
        "\u2067",
        "\u200b",
        "\u200d",
        "\ufeff",
        "\x00",
        "\x1b[31m",
        "\r\n",
        "\n\n",
        "\t",
        "\u2028",
        "👩‍👩‍👧",
        "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "𝔘" * 300,
        "مرحبا",
        "e\u0301" * 40,
        "слово " * 200,
        "&<>" * 900,
        "ы" * 5000,
        "a. " * 2000,
        "{speaker}",
        "{0}",
        "%s",
        "/start",
        "@someone",
        "tg://user?id=1",
    ]
)
ANYTHING = st.lists(HOSTILE | st.text(max_size=30), max_size=6).map("".join)
PERHAPS = st.none() | ANYTHING
DATES = st.none() | st.sampled_from(["2025", "2025-10", "2025-10-21", "0001-01-01", "9999-12-31"])
URLS = st.none() | st.sampled_from(
    [
        "https://example.org/a?b=1&c=%22",
        'https://example.org/"><b>',
        "http://[::1",
        "javascript:alert(1)",
        "https://пример.рф/речь",
        "https://example.org/" + "x" * 5000,
        "https://example.org/a b",
        "https://",
        "ftp://example.org/a",
        "HTTPS://EXAMPLE.ORG/\u202e",
    ]
)
LANGUAGE = st.sampled_from([RU, AZ, EN])


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    text = draw(ANYTHING.filter(str.strip))
    place = st.integers(-2, len(text) + 5)
    marks = draw(st.lists(st.tuples(place, place), max_size=60))
    return replace(
        QUOTE,
        text=text,
        marks=tuple(marks),
        speaker=draw(PERHAPS),
        title=draw(PERHAPS),
        occasion=draw(PERHAPS),
        place=draw(PERHAPS),
        source=draw(PERHAPS),
        date=draw(DATES | ANYTHING),
        url=draw(URLS | ANYTHING),
        before=draw(ANYTHING),
        after=draw(ANYTHING),
        narration=draw(st.booleans()),
        invented=draw(st.booleans()),
        repeated=tuple(
            draw(st.lists(st.builds(Occasion, st.just("x"), DATES | ANYTHING), max_size=5))
        ),
    )


ANY_QUOTES = st.lists(quotes(), min_size=1, max_size=5)
FEW = settings(max_examples=40)


def unspaced(text: str) -> str:
    """A text without white space: all but the lines of a page stays as it is."""
    return re.sub(r"\s", "", text)


def said(parsed: Parsed) -> list[str]:
    """The words of the quotes, without what says that they were cut."""
    return parsed.inside("blockquote")


@FEW
@given(
    ANY_QUOTES,
    LANGUAGE,
    st.integers(1, 99),
    st.lists(ANYTHING.map(Note), max_size=4),
    st.booleans(),
)
def test_an_answer_is_a_message(
    found: list[Quote], texts: Texts, first: int, notes: list[Note], samples: bool
) -> None:
    heading = filters_line(texts, speaker=notes[0] if notes else None, since="2024-05")
    page = answer_page(found, texts, first=first, heading=heading, notes=notes, samples=samples)
    parsed = parse(page.html)
    assert 1 <= page.shown <= len(found)
    shown = said(parsed)
    assert len(shown) == page.shown
    for words, quote in zip(shown, found, strict=False):
        if unspaced(words) != unspaced(quote.text):  # cut: only ever a single one
            assert page.shown == 1
            assert words.endswith(" …")
            assert unspaced(quote.text).startswith(unspaced(words[:-2]))


@FEW
@given(quotes(), LANGUAGE)
def test_the_context_is_all_there(quote: Quote, texts: Texts) -> None:
    pages = [parse(page) for page in context_pages(quote, texts)]
    whole = "".join("".join(said(page)) for page in pages)
    text = quote.before + quote.text + quote.after
    assert unspaced(whole) == unspaced(text)
    bold = "".join("".join(page.inside("b")[0 if n else 1 :]) for n, page in enumerate(pages))
    assert unspaced(bold) == unspaced(quote.text)


@FEW
@given(quotes(), LANGUAGE)
def test_an_inline_result_is_complete(quote: Quote, texts: Texts) -> None:
    parsed = parse(inline_text(quote, texts))
    [words] = said(parsed)
    assert unspaced(quote.text).startswith(unspaced(words.removesuffix(" …")))
    assert 0 < utf16_length(inline_title(quote, texts)) <= 150
    assert utf16_length(inline_description(quote)) <= 200
    assert "\n" not in inline_title(quote, texts) + inline_description(quote)


@FEW
@given(
    st.lists(
        st.builds(
            FollowSection, ANYTHING, PERHAPS, st.lists(quotes(), max_size=3), st.integers(0, 9)
        ),
        min_size=1,
        max_size=5,
    ),
    LANGUAGE,
)
def test_what_is_new_is_one_message(sections: list[FollowSection], texts: Texts) -> None:
    page = follow_page(sections, texts)
    assert len(said(parse(page.html))) == page.shown
    assert page.shown or not any(section.quotes for section in sections)


@FEW
@given(
    ANYTHING,
    st.lists(
        st.builds(Period, DATES.map(str), st.integers(0, 9), st.just(1), st.none() | quotes())
    ),
    st.integers(0, 5),
    st.lists(ANYTHING.map(Note), max_size=3),
    LANGUAGE,
)
def test_a_timeline_has_a_caption(
    question: str, periods: list[Period], undated: int, notes: list[Note], texts: Texts
) -> None:
    record = Timeline(question, "ru", "year", tuple(periods), undated, 1.0, tuple(notes))
    limits = filters_line(texts, speaker=question, since=question, until="2025")
    parse(timeline_caption(record, texts, limits=limits), units=MOST_CAPTION)


@FEW
@given(
    ANYTHING,
    st.lists(ANYTHING, max_size=6),
    st.lists(ANYTHING.map(Note), max_size=3),
    st.booleans(),
    LANGUAGE,
)
def test_nothing_is_a_message(
    question: str, topics: list[str], notes: list[Note], filtered: bool, texts: Texts
) -> None:
    answer = Answer(question, "ru", False, (), 1.0, tuple(notes), tuple(topics))
    parse(nothing(answer, texts, filtered=filtered))
    parse(understood_line(question, texts))
    parse(question_problem(QuestionError(question, "no_topic", words=question), texts))
    parse(note(Note(question, "sense", phrase=question), texts))
    parse(reindex_failed(question, texts))
    parse(filled(texts.question_no_topic, words=plain("{words}", words=question)))


@FEW
@given(st.lists(st.tuples(ANYTHING, st.integers(0, 10**9)), max_size=70), LANGUAGE, st.integers())
def test_lists_are_messages(names: list[tuple[str, int]], texts: Texts, number: int) -> None:
    parse(speakers_page(names, texts, page=number)[0])
    parse(following_list([(name, name if many % 2 else None) for name, many in names], texts))
    speeches = [
        Speech(
            str(many), "", "ru", name, str(many), name, name, f"https://example.org/{many}", name
        )
        for name, many in names
    ]
    parse(recent_page(speeches, texts))
    sections = [FollowSection(name, name, (), many) for name, many in names]
    if any(many for _, many in names):
        parse(follow_page(sections, texts).html)


# --- what it looks like --------------------------------------------------------------------------


def test_one_quote() -> None:
    assert answer_page([QUOTE], EN) == (
        "<b>Савва Горемыкин · 14 May 2024\n"
        "Лесногорск · Открытие моста</b>\n"
        "<blockquote>1. <b>Мост &lt;b&gt;открыт&lt;/b&gt;</b> &amp; стоит *40*.\nСпасибо."
        "</blockquote>\n"
        '<a href="https://example.org/most?a=1&amp;b=2">Вестник</a>',
        1,
    )


def test_quotes_are_numbered_from_where_the_page_begins() -> None:
    second = replace(QUOTE, speaker=None, narration=True, date="2024-05", url=None)
    html = answer_page([QUOTE, second], RU, first=4).html
    assert html.startswith("<b>4. Савва Горемыкин · 14 мая 2024\u00a0г.\n")
    assert "<b>5. не речь: слова самого издания · май 2024\n" in html
    assert html.endswith("</blockquote>\nВестник")
    unknown = replace(QUOTE, speaker=None, title=None, place=None, date=None)
    assert answer_page([unknown], AZ).html.startswith("<b>natiq məlum deyil</b>\n<blockquote>")


def test_samples_say_that_they_are_invented() -> None:
    html = answer_page([replace(QUOTE, invented=True)], AZ, samples=True).html
    assert "uydurma nümunə</b>" in html.replace("\nЛесногорск · Открытие моста", "")
    assert html.endswith(f"<i>{AZ.samples_note}</i>")


def test_marks_that_touch_become_one_and_are_not_too_many() -> None:
    words = "слово " * 300
    every = tuple((n, n + 5) for n in range(0, len(words), 6))
    assert answer_page([replace(QUOTE, text=words, marks=every)], RU).html.count("<b>") == 2
    second = every[::2]
    assert answer_page([replace(QUOTE, text=words, marks=second)], RU).html.count("<b>") == 21


def test_long_quotes_can_be_unfolded() -> None:
    assert "<blockquote>" in answer_page([replace(QUOTE, text="д" * 300, marks=())], RU).html
    html = answer_page([replace(QUOTE, text="д" * 301, marks=((0, 200),))], RU).html
    assert "<blockquote expandable>" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The long \nbridge\nover the river.", "The long <b>bridge</b> over the river."),
        ("Self-\nmade and long bridge \n is here.", "Self-made and long <b>bridge</b> is here."),
        ("It is so.\nThe bridge is new.", "It is so.\nThe <b>bridge</b> is new."),
        ("One, two\n\nthe bridge", "One, two\n\nthe <b>bridge</b>"),
        ("A long \n\n\n \nbridge,\n \nno more", "A long <b>bridge</b>, no more"),
        ("We need\n- a bridge\n2) a road", "We need\n- a <b>bridge</b>\n2) a road"),
        ("– Да\n– Мост bridge\r\nесть", "– Да\n– Мост <b>bridge</b> есть"),
    ],
)
def test_the_lines_of_a_page_become_paragraphs(text: str, shown: str) -> None:
    first = text.index("bridge")
    quote = replace(QUOTE, text=text, marks=((first, first + 6),))
    assert f"<blockquote>{shown}</blockquote>" in answer_page([quote], EN).html
    around = replace(QUOTE, text="bridge", before=text[:first], after=text[first + 6 :])
    assert f"<blockquote>{shown}</blockquote>" in context_pages(around, EN)[0]


def test_a_sentence_longer_than_a_message_is_cut_at_a_word() -> None:
    page = answer_page([LONG, QUOTE], EN)
    assert page.shown == 1
    parsed = parse(page.html)
    assert parsed.units > 3900
    assert said(parsed)[0].endswith(("слово …", "и …", "дело, …"))
    assert EN.cut in parsed.text
    assert EN.cut not in inline_text(LONG, EN)
    assert len(context_pages(LONG, EN)) == 9


def test_what_does_not_fit_waits_for_the_next_page() -> None:
    found = [replace(QUOTE, text=f"{n} " + "слово " * 116, marks=()) for n in range(20)]
    first = answer_page(found, RU)
    assert 1 < first.shown < 20
    rest = answer_page(found[first.shown :], RU, first=first.shown + 1)
    assert rest.html.startswith(f"<b>{first.shown + 1}. ")


def test_names_and_titles_are_made_harmless() -> None:
    quote = replace(
        QUOTE, speaker="\u202eЗлой\u200b <b>", title="a\nb\x00 </blockquote> & c", place="\u2066"
    )
    assert answer_page([quote], RU).html.startswith(
        "<b>Злой &lt;b&gt; · 14 мая 2024\u00a0г.\na b␀ &lt;/blockquote&gt; &amp; c</b>\n"
    )
    assert "speaker not known" in answer_page([replace(QUOTE, speaker="\u200b ")], EN).html


def test_half_a_surrogate_pair_can_be_sent() -> None:
    html = answer_page([replace(QUOTE, text="a\ud800b", title="\udc00", marks=())], RU).html
    assert html.encode()
    assert "a\ufffdb" in html


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://www.example.org/a", '<a href="https://www.example.org/a">example.org</a>'),
        (
            "http://example.org/\"'<",
            '<a href="http://example.org/&quot;&#x27;&lt;">example.org</a>',
        ),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("http://[::1", ""),
        ("https://example.org/a b", ""),
        ("https://example.org/" + "x" * 3000, ""),
        (None, ""),
    ],
)
def test_only_web_pages_are_linked(url: str | None, link: str) -> None:
    html = answer_page([replace(QUOTE, source=None, url=url)], EN).html
    assert html.split("</blockquote>")[1].strip() == link


def test_a_link_is_not_called_by_the_file_that_a_table_was_in() -> None:
    html = answer_page(
        [replace(QUOTE, source="all.jsonl", url="https://www.example.org/x")], EN
    ).html
    assert html.endswith('<a href="https://www.example.org/x">example.org</a>')
    assert answer_page([replace(QUOTE, source="all.txt", url=None)], EN).html.endswith("all.txt")


def test_what_is_followed_is_repeated() -> None:
    assert follow_begun("вода & хлеб", None, RU) == (
        "Слежу за темой «вода &amp; хлеб»: новые цитаты пришлю сюда."
    )
    assert "speaker: Wren" in follow_begun("bells", "Wren", EN)


def test_where_it_was_said_again() -> None:
    three = tuple(Occasion(str(n), f"2024-0{n}-01") for n in (3, 1, 2, 5, 4))
    html = answer_page([replace(QUOTE, repeated=three)], EN).html
    assert html.endswith(" · said again: 1 January 2024, 1 February 2024, 1 March 2024 and 2 more")
    html = answer_page([replace(QUOTE, repeated=(Occasion("a", None),))], RU).html
    assert html.endswith(" · повторено: 1 выступление")


def test_the_context_shows_the_quote_in_bold() -> None:
    [page] = context_pages(QUOTE, EN)
    assert "<blockquote>Друзья! <b>1. Мост &lt;b&gt;открыт" in page
    assert "Спасибо.</b> Завтра начнётся ремонт.</blockquote>\n<a href=" in page


def test_an_inline_description_shows_the_matching_words() -> None:
    quote = replace(QUOTE, text="слово " * 100 + "мост " + "слово " * 100, marks=((600, 604),))
    description = inline_description(quote)
    assert description.startswith("… слово")
    assert "мост" in description
    assert inline_title(quote, EN) == "Савва Горемыкин · 14 May 2024"


def test_filters_in_a_line() -> None:
    assert filters_line(EN) == ""
    assert filters_line(RU, speaker="А <Б>", since="2024", until="2024") == (
        "<i>Только: А &lt;Б&gt;, 2024</i>"
    )
    assert filters_line(EN, since="2024", until="2025-10") == "<i>Only: 2024 – October 2025</i>"
    assert filters_line(AZ, since="2024") == "<i>Yalnız: 2024 və sonra</i>"
    assert filters_line(RU, until="2024") == "<i>Только: 2024 и раньше</i>"


def test_nothing_was_said() -> None:
    answer = Answer("мост", "ru", False, (), 1.0, (), ("новая школа", "цены & вода"))
    html = nothing(answer, RU, filtered=False)
    assert html.startswith(RU.nothing)
    assert "Рядом есть такие темы: новая школа, цены &amp; вода." in html
    assert html.endswith(RU.nothing_try)
    assert RU.nothing_filtered in nothing(answer, RU, filtered=True)
    assert EN.nothing_exact in nothing(replace(answer, question='"a b" c'), EN, filtered=False)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return Index.open(samples_index(tmp_path_factory.getbasetemp() / "samples"))


def test_remarks_of_the_search_are_translated(samples: Index) -> None:
    answer = ask(samples, '"γέφυρα" corridor', Options(speaker="Nobody Atall"))
    assert len(answer.notes) in (1, 2)
    for texts in (RU, AZ):
        for remark in answer.notes:
            assert note(remark, texts) != note(remark, EN) != remark
    assert note(Note("", "no_speaker", speaker="X", known="A, B"), RU) == (
        "Оратора с именем «X» я не знаю. Есть, например: A, B."
    )
    assert note(Note("", "no_speakers", speaker="X", known=""), EN) == (
        "I know no speaker called “X”."
    )
    assert note(Note("", "sense", phrase="a b"), EN) == (
        "No speech is in the language of “a b”, so I search for its sense."
    )
    assert note(Note("Something <new>."), RU) == "Something &lt;new&gt;."


@pytest.mark.parametrize(
    ("question", "options", "field"),
    [
        (" ", Options(), "question_empty"),
        ("вода " * 500, Options(), "question_too_long"),
        ("?!", Options(), "question_no_word"),
        ("-вода", Options(), "question_no_word"),
        ("что было сказано", Options(), "question_no_topic"),
        ("вода 2024-13..", Options(), "question_bad_date"),
        ("вода", Options(since="вчера"), "question_bad_date"),
        ("вода 2025..2024", Options(), "question_dates_exclude"),
    ],
)
def test_every_problem_of_a_question_is_told(question: str, options: Options, field: str) -> None:
    with pytest.raises(QuestionError) as raised:
        parse_question(question, options)
    for texts in TEXTS.values():
        told = question_problem(raised.value, texts)
        start = re.split(r"[{“«]", getattr(texts, field))[0]
        assert told.startswith(start)
        assert "{" not in parse(told).text


def test_an_empty_speaker_and_what_is_new_among_problems(samples: Index) -> None:
    with pytest.raises(QuestionError) as raised:
        ask(samples, "corridor", Options(speaker=" "))
    assert question_problem(raised.value, AZ) == AZ.question_no_speaker
    fields = {name for name in dir(EN) if name.startswith("question_")}
    assert fields == {f"question_{problem}" for problem in get_args(Problem)}


def test_the_caption_of_a_timeline() -> None:
    periods = (
        Period("2023", 1, 1, None),
        Period("2024", 0, 0, None),
        Period("2025", 14, 3, QUOTE),
    )
    record = Timeline("мост & река", "ru", "year", periods, 2, 1.0)
    assert timeline_caption(record, RU) == (
        "<b>мост &amp; река</b>\nПо годам: 15 фрагментов\nБольше всего: 2025 (14 фрагментов)\n"
        "Без даты: 2 фрагмента"
    )
    one = replace(record, periods=periods[2:], undated=0)  # of which there is no “most”
    limits = filters_line(EN, speaker="Савва", since="2025", until="2025")
    assert timeline_caption(one, EN, limits=limits) == (
        "<b>мост &amp; река</b>\n<i>Only: Савва, 2025</i>\nYear by year: 14 passages"
    )
    assert timeline_caption(replace(record, periods=(), undated=0), EN).endswith(
        EN.timeline_nothing
    )


def test_speakers_come_in_pages() -> None:
    names = [(f"Speaker {n}", n) for n in range(1, 2 * SPEAKERS_A_PAGE + 1)]
    html, more = speakers_page(names, EN)
    assert more
    assert html.startswith("<b>Who speaks</b>: 60 speakers\n")
    assert "\n30. Speaker 30 – 30" in html
    html, more = speakers_page(names, EN, page=1)
    assert not more
    assert "\n\n31. Speaker 31 – 31\n" in html
    assert speakers_page(names, EN, page=9) == (html, False)
    assert speakers_page([], RU) == (RU.speakers_none, False)


def test_the_latest_speeches() -> None:
    speech = Speech("a", "…", "ru", "Мост", "2024-05", "Савва", url="https://example.org/a?b&c")
    html = recent_page(
        [speech, replace(speech, title=None, url=None, extra={"invented": True})], EN
    )
    assert html == (
        "<b>The latest speeches</b>\n\n"
        '<a href="https://example.org/a?b&amp;c">Мост</a>\nMay 2024 · Савва\n\n'
        "<b>a</b>\nMay 2024 · Савва · invented sample"
    )
    assert recent_page([], AZ) == AZ.recent_none


def test_a_statement_is_its_countrys() -> None:
    statement = replace(QUOTE, speaker=None, country="NOR", title=None, place=None, date="2019")
    heads = ((RU, "Норвегия · 2019"), (AZ, "Norveç · 2019"), (EN, "Norway · 2019"))
    for texts, head in heads:
        expected = f"{texts.speaker_unknown} · {head}"
        assert inline_title(statement, texts) == expected
        assert inline_text(statement, texts).startswith(f"<b>{expected}</b>\n<blockquote>")
        nameless = replace(statement, url=None, source="statements.csv", speech_id="NOR_74")
        assert inline_text(nameless, texts).endswith("</blockquote>\nstatements.csv, NOR_74")
    speech = Speech("NOR_74_2019", "…", "en", date="2019", extra={"Country": "NOR"})
    assert "\n2019 · Norway" in recent_page([speech], EN)
    assert recent_page([replace(speech, extra={"country": 4})], EN).endswith("\n2019")


def test_what_is_new_names_every_question_and_counts_the_rest() -> None:
    long = replace(QUOTE, text="слово " * 116)
    sections = [FollowSection(f"тема {n}", None, [long] * 3, 2) for n in range(8)]
    page = follow_page([*sections, FollowSection("вода", "Савва", [], 1)], RU)
    text = parse(page.html).text
    assert all(f"Новое по теме «тема {n}»" in text for n in range(8))
    assert "Новое по теме «вода», оратор: Савва\n1 цитата" in text
    assert 3 <= page.shown <= 5
    assert "и ещё 4" in text
    assert "5 цитат" in text
    # the first quote of each comes before the second of any
    assert not any(text.count(f"тема {n}") > 1 for n in range(8))


def test_what_nobody_counted_is_no_exact_number() -> None:
    sections = [
        FollowSection("вода", None, [QUOTE], 17, True),
        FollowSection("мост", None, [], 20, True),
    ]
    text = parse(follow_page(sections, RU).html).text
    assert "«вода»\n\nСавва" in text
    assert "\n\nи ещё 17+\n\n" in text
    assert text.endswith("«мост»\n20+ цитат")


def test_one_new_quote_that_is_too_long_is_cut() -> None:
    page = follow_page([FollowSection("вода", None, [LONG])], EN)
    assert page.shown == 1
    assert said(parse(page.html))[0].endswith(" …")


def test_what_is_followed() -> None:
    assert following_list([("вода", None), ("мост", "Савва")], EN) == (
        f"{EN.following}\n\n1. вода\n2. мост – speaker: Савва\n\n{EN.following_stop}"
    )
    assert following_list([], RU) == RU.following_none
    assert "and 80 more" not in following_list([("вода", None)] * 20, EN)


def test_about_the_collection() -> None:
    html = about(STATUS, EN, samples=True)
    assert html.startswith(
        "<b>What is collected here</b>\n21 speeches, 4 speakers\nLanguages: Russian – 20, "
        "English – 1\nEarliest: 2019\nLatest: 18 May 2026\n"
        "Brought up to date: 23 November 2026, 01:05 UTC"
    )
    assert EN.samples_note in html
    assert html.endswith(EN.about_privacy)
    for texts in TEXTS.values():
        parse(about(STATUS, texts))
        # people are told what is collected, not where on the machine it lies
        assert "/srv" not in about(STATUS, texts)
        parse(about(replace(STATUS, languages={}, first_date=None, last_date=None), texts))


def test_the_status_for_administrators() -> None:
    for texts in TEXTS.values():
        missing = no_index(Path("/srv/a & b"), texts)
        parsed = parse(status_for_admin(STATUS, texts, missing=missing))
        assert "– a<b>.txt, line 3: no text & no date" in parsed.text
        assert f"({texts.doubts['no date is known']})" in parsed.text
        assert parsed.text.endswith(texts.admin_samples)
        assert "--index '/srv/a & b'" in parsed.text
        assert texts.admin_then in parsed.text
        assert reindex_alone(MilvusAddress("/srv/a.db"), texts).endswith(
            "<code>rostrum reindex --index milvus:/srv/a.db</code>"
        )
        assert texts.admin_then not in no_index(MilvusAddress("/srv/a.db"), texts)


def test_a_reindex_is_told() -> None:
    assert reindex_progress("reading", 1200, None, EN) == "Updating the index: reading, 1,200"
    assert reindex_progress("encoding passages", 5, 10, RU) == "Обновляю индекс: векторы, 5 из 10"
    assert reindex_progress("<new>", 5, 10, AZ) == "İndeks yenilənir: &lt;new&gt;, 5 / 10"
    counts = dict.fromkeys(("new", "changed", "removed", "kept", "skipped"), 0)
    done = reindex_finished(EN, speeches=1, passages=2, unchanged=1, seconds=95, **counts)
    assert done.startswith("<b>The index is up to date</b>: 1 speech, 2 passages\n")
    assert done.endswith("Took 95 seconds\nNothing has changed.")
    counts |= {"new": 1, "skipped": 3}
    done = reindex_finished(RU, speeches=1, passages=2, unchanged=1, seconds=95, **counts)
    assert done.endswith("Не удалось прочесть: 3. Подробности: /status")


def test_lengths_are_those_of_telegram() -> None:
    assert utf16_length("я😀") == 3
    assert parsed_length('<a href="https://example.org/?a&amp;b">&lt;b&gt;</a>&amp;amp;😀') == 10
