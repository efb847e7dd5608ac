from __future__ import annotations

from collections.abc import Callable

import pytest
from conftest import write_jsonl
from hypothesis import given
from hypothesis import strategies as st

from embeddings import numerals
from embeddings.analysis import term, words
from retrieval.build import reindex
from retrieval.errors import QuestionError
from retrieval.expansion import as_meant, excluded_terms, expand
from retrieval.index import Index
from retrieval.question import FRAME_WORDS, parse_question
from retrieval.records import Options
from retrieval.search import ask

# Invented: what a name, a date, a number and an abbreviation look like in each language.
SPOKEN = [
    {"id": "corridor-ru", "language": "ru", "text": "Открытие Зангезурского коридора близко. "
     "Мирный договор с Арменией готов. Пути назад нет. Газета писала о цене на газ."},
    {"id": "date-ru", "language": "ru", "text": "Мы встретились 8 августа в Вашингтоне. "
     "Там было двенадцать стран. Построено 10 000 домов. Рост составил 4,6 процента."},
    {"id": "date-digits", "language": "ru", "text": "Закон подписан 08.08.2025 в Ханкенди."},
    {"id": "cis-ru", "language": "ru", "text": "В СНГ вошли новые члены. В США были выборы. "
     "Путин и Токаев говорили по телефону. Соединённые Штаты ждут."},
    {"id": "who-en", "language": "en", "text": "The US sent a letter to us. WHO declared it over. "
     "On the eighth of August the United Nations met. May we ask who came?"},
    {"id": "flour-az", "language": "az", "text": "Un istehsalı artıb. BMT-nin üzvləri gəldi. "
     "Zəngəzur dəhlizi açılır. Avqustun 8-də görüş oldu. Xankəndidə on iki ev tikdik."},
]  # fmt: skip


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("spoken")
    reindex([write_jsonl(folder / "speeches.jsonl", SPOKEN)], folder / "index")
    return Index.open(folder / "index")


def weights(index: Index, question: str) -> list[dict[str, float]]:
    groups = expand(parse_question(question, Options()), index)
    return [{a.term: a.weight for a in group.alternatives} for group in groups]


def best(index: Index, question: str) -> str:
    answer = ask(index, question, Options(threshold=0))
    return answer.quotes[0].speech_id


def test_a_word_stands_for_itself_and_its_translations(small: Index):
    (bridge,) = weights(small, "bridge")
    assert bridge["en:bridg"] == 1.0
    assert bridge["ru:мост"] > 0.9


def test_a_name_that_no_table_has_is_met_by_its_sound(small: Index):
    (river,) = weights(small, "Светлая")
    assert "en:svetlaya" in river
    (back,) = weights(small, "Svetlaya")
    assert "ru:светл" in back


def test_only_terms_of_the_index_are_searched(small: Index):
    for group in weights(small, "the Olkhovsky bridge, zebras and 40 millions"):
        assert all(small.words.frequency(term) for term in group)


def test_a_word_nobody_used_keeps_its_group(small: Index):
    known, unknown = expand(parse_question("мост крокодил", Options()), small)
    assert unknown.alternatives == ()
    assert unknown.idf > known.idf


def test_numbers_are_the_same_in_every_language(small: Index):
    assert weights(small, "40 millions")[0] == {"40": 1.0}


def test_a_latin_word_of_uncertain_language_is_tried_in_both(small: Index):
    (word,) = weights(small, "kitabxana")  # detected as English, which has no such word
    assert "az:kitab" in word


def test_an_excluded_word_takes_its_translations_along(small: Index):
    terms = excluded_terms(parse_question("water -bridge", Options()), small)
    assert {"en:bridg", "ru:мост"} <= set(terms)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        # one date, however it is written
        ("8 августа", {"date-ru", "date-digits", "who-en", "flour-az"}),
        ("August 8", {"date-ru", "date-digits", "who-en", "flour-az"}),
        ("8 avqust", {"date-ru", "date-digits", "who-en", "flour-az"}),
        ("avqustun 8-də", {"date-ru", "date-digits", "who-en", "flour-az"}),
        ("8th of August", {"date-ru", "date-digits", "who-en", "flour-az"}),
        ("8-го августа", {"date-ru", "date-digits", "who-en", "flour-az"}),
        ("восьмого августа", {"date-ru", "date-digits", "who-en", "flour-az"}),
        ("08.08.2025", {"date-ru", "date-digits", "who-en", "flour-az"}),
        ("2025-08-08", {"date-ru", "date-digits", "who-en", "flour-az"}),
    ],
)
def test_a_date_is_one_date_however_it_is_written(spoken: Index, question: str, found: set[str]):
    answer = ask(spoken, question, Options(limit=10, per_speech=1, threshold=0))
    assert {quote.speech_id for quote in answer.quotes[: len(found)]} == found


def test_may_is_a_month_beside_a_number_only(spoken: Index):
    assert "en:may" in weights(spoken, "8 May")[1]
    assert "month:5" not in weights(spoken, "may happen")[0]


@pytest.mark.parametrize("question", ["12 countries", "twelve", "on iki ölkə", "двенадцать"])
def test_numbers_in_words(spoken: Index, question: str):
    assert "ru:двенадца" in weights(spoken, question)[0]


def test_number_words_that_are_one_number_are_one_group(spoken: Index):
    (number,) = expand(parse_question("twenty eight", Options()), spoken)
    assert number.word == "twenty eight"


@pytest.mark.parametrize("question", ["10,000 houses", "10 000 домов", "10.000 ev"])
def test_grouped_digits_are_one_number(spoken: Index, question: str):
    assert weights(spoken, question)[0] == {"10000": 1.0}


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("CIS", "ru:снг"),
        ("MDB", "ru:снг"),
        ("Commonwealth of Independent States", "ru:снг"),
        ("Содружество Независимых Государств", "ru:снг"),
        ("ООН", "az:bmt"),
        ("United Nations", "az:bmt"),
        ("ABŞ-ın siyasəti", "ru:сша"),
        ("US policy", "ru:сша"),
        ("США", "en:US"),
        ("ВОЗ", "en:WHO"),
    ],
)
def test_abbreviations(spoken: Index, question: str, term: str):
    assert term in weights(spoken, question)[0]


def test_an_abbreviation_is_met_by_a_word_of_what_it_stands_for(spoken: Index):
    (usa,) = weights(spoken, "ABŞ")
    assert 0 < max(usa.get("ru:штат", 0), usa.get("ru:соединен", 0)) < usa["ru:сша"]


def test_case_tells_an_abbreviation_from_a_word(spoken: Index):
    assert "az:un" not in weights(spoken, "UN members")[0]
    assert "az:bmt" not in weights(spoken, "un istehsalı")[0]
    assert "en:us" not in weights(spoken, "US letter")[0]
    assert best(spoken, "What did the WHO declare?") == "who-en"


@pytest.mark.parametrize(
    "question",
    ["Zangezur", "Зангезур", "Zəngəzurdan", "Zengezur", "zengezurun", "зангезурська", "ზანგეზური"],
)
def test_a_name_is_found_in_every_alphabet_with_any_ending(spoken: Index, question: str):
    (name,) = weights(spoken, question)
    assert "ru:зангезурск" in name
    assert name.keys() & {"az:zenge", "az:zengez", "az:zengezur"}


@pytest.mark.parametrize("question", ["Putin", "Путин", "putin", "პუტინი"])
def test_a_name_is_not_every_word_that_begins_like_it(spoken: Index, question: str):
    (name,) = weights(spoken, question)
    assert max(name, key=name.__getitem__) == "ru:путин"
    assert "ru:пут" not in name or question == "პუტინი"  # -ni could be an ending


@given(st.sampled_from([word for record in SPOKEN for word in record["text"].split()]))
def test_a_word_of_the_collection_outranks_what_sounds_like_it(spoken: Index, word: str):
    try:
        question = parse_question(word, Options())
    except QuestionError:
        return
    groups = weights(spoken, word)
    for group in groups if question.language == "ru" else ():
        assert max(group.values(), default=1.0) == 1.0


@pytest.mark.parametrize(
    ("question", "speech"),
    [
        # transliterated Russian
        ("zangezurskiy koridor", "corridor-ru"),
        ("mirnyy dogovor s Armeniey", "corridor-ru"),
        ("mirnyi dogovor s armeniei", "corridor-ru"),
        ("chto pisala gazeta o tsene na gaz", "corridor-ru"),
        # Azerbaijani without its letters
        ("Zengezur dehlizi", "flour-az"),
        ("un istehsali", "flour-az"),
        # neighbours
        ("Зангезурський коридор", "corridor-ru"),
        ("мирний договір", "corridor-ru"),
        # look-alike letters of the other alphabet
        ("CНГ", "cis-ru"),
        ("Xaнкенди", "date-digits"),
        ("Zәngәzur dәhlizi", "flour-az"),
    ],
)
def test_questions_as_people_type_them(spoken: Index, question: str, speech: str):
    answer = ask(spoken, question, Options(threshold=0))
    assert speech in {quote.speech_id for quote in answer.quotes[:2]}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("zangezurskiy koridor", "ru"),
        ("chto skazal Putin o gaze", "ru"),
        ("sulh muqavilesi", "az"),
        ("ermenistan ile serhed", "az"),
        ("the peace agreement with Armenia", "en"),
        ("Zelenskyy and Rutte", "en"),
        ("What did Putin say about Zangezur?", "en"),
    ],
)
def test_a_question_is_read_in_the_language_of_its_words(
    spoken: Index, question: str, language: str
):
    assert as_meant(parse_question(question, Options()), spoken).language == language


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Zengezur koridoru ve barış anlaşması", True),
        ("საქართველოს პრეზიდენტი", False),
        ("Հայաստանի վարչապետը", False),
        ("Қазақстан мен Әзербайжан", True),
        ("ماذا قال الرئيس", False),
        ("总统说了什么", False),
        ("🙂 мост 🌉", True),
        ("ﷺ \u037a мост", True),
        ("x" * 2000, False),
        ("iy" * 1000, False),
    ],
)
def test_a_question_in_another_language_finds_what_its_letters_allow(
    spoken: Index, question: str, found: bool
):
    assert ask(spoken, question, Options(threshold=0)).found is found


@given(st.text(max_size=60))
def test_any_question_is_answered_or_refused(spoken: Index, text: str):
    try:
        ask(spoken, text, Options(threshold=0))
    except QuestionError:
        return


def test_one_strange_word_does_not_sink_a_question(make_index: Callable[..., Index]):
    with make_index(SPOKEN[:4]) as index:  # nothing in Azerbaijani
        strange, known = expand(parse_question("dəhlizində qwrtpsdə", Options()), index)[::-1]
        assert known.alternatives
        assert strange.alternatives == ()
        assert strange.idf < known.idf * 2
        (name,) = expand(parse_question("Qwrtpsdə", Options()), index)
        assert name.idf > strange.idf


def test_a_capital_letter_takes_no_translation_away(spoken: Index):
    for word in ("bridge", "peace", "corridor", "gas"):
        (small,), (capital,) = weights(spoken, word), weights(spoken, word.capitalize())
        assert set(small) <= set(capital)


def test_what_begins_like_a_name_is_not_the_name(make_index: Callable[..., Index]):
    index = make_index(
        [
            {"id": "a", "text": "Пациенты больницы здоровы. Пациентов стало меньше."},
            {"id": "b", "text": "Никол Пашинян приехал в Баку. С Пашиняном говорили о мире."},
        ]
    )
    (name,) = weights(index, "Paşinyan")
    assert max(name, key=name.__getitem__).startswith("ru:пашин")
    question = parse_question("мир -Paşinyan", Options())
    assert {term[:8] for term in excluded_terms(question, index)} == {"ru:пашин"}


def test_abbreviations_are_no_forms_of_common_words():
    common = {term(w, language) for language, ws in FRAME_WORDS.items() for w in ws}
    for record in "ИИ", "СВО", "РАН", "НАСА", "ДНЯО", "ОПЕК":
        ((_, _, folded),) = words(record)
        assert term(folded, "ru") not in common
        assert term(folded, "ru") != term(folded.lower(), "ru")


def test_a_family_is_not_seven(spoken: Index):
    (family,) = weights(spoken, "семья")
    assert "7" not in family
    assert numerals.number_of("семь", "ru") == 7
