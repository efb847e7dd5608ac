import numpy as np
import pytest

from embeddings.static import built_in_encoder
from retrieval.quotes import Excerpt
from retrieval.records import Options
from retrieval.search import ask, in_one_language
from retrieval.siblings import likeness

NO_VECTOR = np.zeros(1, np.float32)

# One invented address as a press office would publish it, and another of the same day.
BRIDGE = {
    "ru": [
        "Уважаемые друзья, сегодня мы открываем новый мост через реку.",
        "Строительство моста продолжалось два года и стоило сорок миллионов.",
        "Я благодарю инженеров и рабочих, которые строили его зимой.",
        "Завтра начнётся ремонт школы, и дети вернутся в классы осенью.",
    ],
    "en": [
        "Dear friends, today we are opening a new bridge across the river.",
        "The construction of the bridge took two years and cost forty million.",
        "I thank the engineers and the workers who built it in winter.",
        "Tomorrow the repair of the school begins, and children return to class in autumn.",
    ],
    "az": [
        "Hörmətli dostlar, bu gün çay üzərində yeni körpü açırıq.",
        "Körpünün tikintisi iki il davam etdi və qırx milyona başa gəldi.",
        "Onu qışda tikən mühəndislərə və fəhlələrə təşəkkür edirəm.",
        "Sabah məktəbin təmiri başlayır və uşaqlar payızda siniflərə qayıdacaq.",
    ],
}
HOSPITAL = [
    "The hospital needs more doctors, and nurses deserve better pay.",
    "Medicine must be cheaper for pensioners in every village of the province.",
    "We bought ambulances with the money that the taxes brought.",
]
SPEAKERS = {"ru": "Савва Горемыкин", "en": "Savva Goremykin", "az": "Savva Qoremıkin"}


def record(speech_id, language, sentences, **fields):
    known = {"date": "2024-05-14", "speaker": SPEAKERS[language], "language": language}
    return {"id": speech_id, "text": " ".join(sentences), **known, **fields}


@pytest.fixture
def published(make_index):
    records = [record(f"bridge-{name}", name, text) for name, text in BRIDGE.items()]
    return make_index([*records, record("hospital", "en", HOSPITAL)])


def test_translations_know_each_other(published):
    assert published.translations("bridge-ru") == ("bridge-en", "bridge-az")
    assert published.translations("bridge-az") == ("bridge-ru", "bridge-en")
    assert published.translations("hospital") == ()
    assert published.status().translations == 3


@pytest.mark.parametrize(
    ("question", "speech"),
    [
        ("новый мост через реку", "bridge-ru"),
        ("new bridge across the river", "bridge-en"),
        ("çay üzərində yeni körpü", "bridge-az"),
    ],
)
def test_a_statement_is_shown_once_in_the_language_of_the_question(published, question, speech):
    answer = ask(published, question, Options(limit=10, per_speech=10, threshold=0))
    quoted = [quote for quote in answer.quotes if quote.speech_id != "hospital"]
    assert {quote.speech_id for quote in quoted} == {speech}
    assert len({quote.text for quote in quoted}) == len(quoted)
    assert set(answer.quotes[0].translations) == {f"bridge-{name}" for name in BRIDGE} - {speech}


@pytest.mark.parametrize("order", [("ru", "en", "az"), ("az", "ru", "en")])
def test_the_best_stands_for_its_translations_where_no_language_is_preferred(published, order):
    passages = [published.passages(f"bridge-{name}")[0] for name in order]
    passages += published.passages("hospital")
    excerpts = [Excerpt(p, p.start, p.end, 1.0, 1.0, p.text, NO_VECTOR) for p in passages]
    for language, first in ((None, order[0]), ("en", "en")):
        kept = in_one_language(published, excerpts, language)
        assert [e.passage.speech_id for e in kept] == [f"bridge-{first}", "hospital"]


@pytest.mark.parametrize(
    "changed",
    [
        {"date": "2024-05-17"},
        {"date": "2024-05"},
        {"date": None},
        {"speaker": "Agnes Thornbury"},
        {"text": " ".join(HOSPITAL)},
        {"text": " ".join(BRIDGE["en"] + HOSPITAL * 3)},
        {"language": "ru", "text": " ".join(BRIDGE["ru"])},
    ],
)
def test_what_is_no_translation(make_index, changed):
    index = make_index(
        [record("ru", "ru", BRIDGE["ru"]), record("en", "en", BRIDGE["en"]) | changed]
    )
    assert index.translations("ru") == ()


def test_the_next_day_and_an_unnamed_speaker(make_index):
    later = record("en", "en", BRIDGE["en"]) | {"date": "2024-05-15", "speaker": None}
    assert make_index([record("ru", "ru", BRIDGE["ru"]), later]).translations("ru") == ("en",)


def test_passages_need_not_be_cut_alike():
    encode = built_in_encoder().encode_documents
    first, second = " ".join(BRIDGE["en"][:2]), " ".join(BRIDGE["en"][2:])
    whole, halves = encode([" ".join(BRIDGE["ru"])]), encode([first, second])
    assert likeness(whole, halves) == pytest.approx(likeness(halves, whole))
    assert likeness(whole, halves) > 2 * likeness(whole, encode(HOSPITAL[:2]))
