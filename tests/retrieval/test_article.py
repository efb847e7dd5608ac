import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.article import article
from retrieval.reading import read_sources
from retrieval.records import Speech
from retrieval.structure import segments

LEAD_IN = (
    "14 мая в Лесногорске открыли мост через Светлую.\n\n"
    "Об этом сообщает Вестник.Ру со ссылкой на ЛЕСТА.\n\n"
)
SPEECH = "Спасибо, уважаемые друзья.\n\nМы строили его два года.\n"


def voices(text, **fields):
    speech = Speech(id="a", text=text, language="ru", **fields)
    return [
        (segment.speaker, text[segment.start : segment.end].strip()) for segment in segments(speech)
    ]


@pytest.mark.parametrize("dash", ["-", "- ", "— ", "–", ""])
def test_a_reporter_hands_over(dash):
    handover = "Глава города Савва Горемыкин сказал:"
    text = LEAD_IN + handover + "\r\n\r\n" + dash + SPEECH
    assert voices(text) == [
        (None, LEAD_IN + handover),
        ("Савва Горемыкин", SPEECH.strip()),
    ]


def test_the_hand_over_may_end_a_paragraph():
    text = "Мост открыт. Президент Лесной Республики Савва Горемыкин сказал:\nСпасибо. Мы рады."
    assert voices(text)[1] == ("Савва Горемыкин", "Спасибо. Мы рады.")


@pytest.mark.parametrize(
    ("handover", "name"),
    [
        ("Президент Азербайджана Савва Горемыкин сказал:", "Савва Горемыкин"),
        ("Президент Республики Казахстан Ким-Савва Горемыкин заявил:", "Ким-Савва Горемыкин"),
        ("Президент Российской Федерации Савва Ильич Горемыкин, открывая мост, сказал:",
         "Савва Ильич Горемыкин"),
        ("Премьер-министр Великобритании Том Ренн подчеркнул:", "Том Ренн"),
        ("Обращаясь к гостям, глава МИД Турции Азиз Кемаль Эрен сказал следующее:",
         "Азиз Кемаль Эрен"),
        ("Затем Анна Горемыкина выступила с речью:", "Анна Горемыкина"),
        ("С.Горемыкин сказал:", "С.Горемыкин"),
        ("Prezident Fərid Solmazov bildirib:", "Fərid Solmazov"),
        ("Azərbaycan Respublikasının Prezidenti Fərid Solmazov çıxış edərək dedi:",
         "Fərid Solmazov"),
        ("President Agnes Thornbury said:", "Agnes Thornbury"),
        ("President of the Republic of Azerbaijan Agnes Thornbury said:", "Agnes Thornbury"),
        ("Agnes van der Wren, President of the River Commission, said:", "Agnes van der Wren"),
        ("US Foreign Secretary Tom Wren said, in particular:", "Tom Wren"),
        ("Mr Wren said:", "Wren"),
        ("President Thornbury said:", "Thornbury"),
        ("Президент Горемыкин сказал:", "Горемыкин"),
        ("Министр Горемыкина сказала:", "Горемыкина"),
        ("Президент Соединённых Озёр Америки Том Ренн сказал:", "Том Ренн"),
        ("Госсекретарь США Том Ренн сказал:", "Том Ренн"),
        ("Глава МИД РФ Савва Горемыкин заявил:", "Савва Горемыкин"),
        ("Король Карл III сказал:", "Карл III"),
        ("Савва Горемыкин на заседании в Астане сказал:", "Савва Горемыкин"),
        ("Президент Савва Горемыкин в своём выступлении сказал:", "Савва Горемыкин"),
        ("Президент Лесной Республики Савва Горемыкин, который сказал:", "Савва Горемыкин"),
        ("Prezident Fərid Solmazov çıxışında dedi:", "Fərid Solmazov"),
        ("Prezident Fərid Solmazov tədbirdəki çıxışında bildirib:", "Fərid Solmazov"),
        ("President Agnes Thornbury said in her speech:", "Agnes Thornbury"),
        ("President Agnes Thornbury in her speech said:", "Agnes Thornbury"),
        ("The Prime Minister of New Zealand, Agnes Thornbury, said:", "Agnes Thornbury"),
    ],
)  # fmt: skip
def test_the_name_stands_without_titles_and_countries(handover, name):
    text = f"The bridge was opened on Monday.\n\n{handover}\n\n- Thank you. It is done."
    assert voices(text)[-1] == (name, "Thank you. It is done.")


@pytest.mark.parametrize(
    "handover",
    [
        "Президент Азербайджана сказал:",
        "Президент США сказал:",
        "Президент Лесной Федерации сказал:",
        "Президент Республики Казахстан сказал:",
        "Президент Боснии и Герцеговины сказал:",
        "Президент Перу сказал:",
        "Глава МИД Армении заявил:",
        "Глава ЮНЕСКО сказала:",
        "Спикер Милли Меджлиса сказала:",
        "Генеральный секретарь Организации Объединенных Наций сказал:",
        "Министр на встрече с Фаридом Солмазовым сказал:",
        "Министр, посетив Нижний Лесогорск, сказал:",
        "Премьер-министр сказал:",
        "Глава государства в своём выступлении отметил:",
        "Dövlət başçısı deyib:",
        "Baş nazir çıxışında dedi:",
        "Azərbaycan Prezidenti dedi:",
        "The President of Azerbaijan said:",
        "The Prime Minister of New Zealand said:",
        "The President of the United Arab Emirates said:",
        "The head of state said:",
        "US President said:",
    ],
)
def test_an_office_hands_over_without_a_name(handover):
    text = f"The bridge was opened on Monday.\n\n{handover}\n\nThank you. It is done."
    lead_in = text[: text.index("\n\nThank")]
    assert voices(text) == [(None, lead_in), (None, "Thank you. It is done.")]
    assert voices(text, speaker="Tom Wren")[1:] == [("Tom Wren", "Thank you. It is done.")]


@pytest.mark.parametrize(
    "line",
    [
        "МИД Армении заявил:",
        "Вестник.Ру сообщил:",
        "New Zealand said:",
        "The Kremlin said:",
        "The mother of the president said:",
        "The President noted that the city is one of the great ports:",
        "Он сказал:",
        "Мать сказала:",
        "Как сказал Савва Горемыкин:",
        "As President Agnes Thornbury said:",
        "President Agnes Thornbury named three things:",
        "President Agnes Thornbury said: it is done.",
        "President Agnes Thornbury said",
        "President Agnes Thornbury, " + "who came from far away, " * 10 + "said:",
    ],
)
def test_other_lines_hand_over_nothing(line):
    text = f"The bridge was opened.\n\n{line}\n\nIt is done."
    assert voices(text) == [(None, text)]
    assert voices(text, speaker="Tom Wren") == [("Tom Wren", text)]


def test_a_speaker_who_names_another_goes_on_speaking():
    text = (
        "Ladies and gentlemen, we meet at a hard time.\n\n"
        "President Agnes Thornbury said:\n\nWater is life.\n\nI agree with her."
    )
    assert voices(text, speaker="Tom Wren") == [("Tom Wren", text)]


def test_a_speaker_who_begins_with_another_ones_words_goes_on_speaking():
    text = "Long ago Agnes Thornbury said:\n“Water is life.”\nThis is true."
    assert voices(text, speaker="Tom Wren") == [("Tom Wren", text)]


def test_the_speaker_given_wins_as_the_name():
    text = f"{LEAD_IN}Савва Горемыкин сказал:\n\n-{SPEECH}"
    assert [name for name, _ in voices(text, speaker="С. И. Горемыкин")] == [
        None, "С. И. Горемыкин",
    ]  # fmt: skip


def test_a_second_speaker_has_a_voice_of_his_own():
    text = (
        f"{LEAD_IN}Президент Савва Горемыкин сказал:\n\n-{SPEECH}\n"
        "Затем Президент Фарид Солмазов сказал:\n\n-Благодарю.\n\nИван Гость сказал:\n\n"
        "Это было.\n\nТак мы и живём."
    )
    assert voices(text)[1:] == [
        ("Савва Горемыкин", SPEECH.strip()),
        (None, "Затем Президент Фарид Солмазов сказал:"),
        ("Фарид Солмазов", "Благодарю.\n\nИван Гость сказал:\n\nЭто было.\n\nТак мы и живём."),
    ]


def test_a_second_speaker_needs_no_dash_where_the_first_had_none():
    handover = "Затем выступил Президент Азербайджана Фарид Солмазов, который сказал:"
    text = f"{LEAD_IN}Президент Савва Горемыкин сказал:\n\n{SPEECH}\n{handover}\n\nБлагодарю."
    assert voices(text)[1:] == [
        ("Савва Горемыкин", SPEECH.strip()),
        (None, handover),
        ("Фарид Солмазов", "Благодарю."),
    ]
    office = text.replace(handover, "Затем премьер-министр сказал:")
    assert voices(office, speaker="С. И. Горемыкин")[3] == (None, "Благодарю.")


CLOSINGS = [
    "Об этом сообщает АЗЕРТАДЖ.",
    "Стороны подписали документы, сообщает АЗЕРТАДЖ.",
    "Гости разошлись, — передаёт Day.Az",
    "— передаёт Day.Az",
    "Передаёт ЛЕСТА.",
    "После заседания стороны подписали документы, сообщает Вестник.Ру со ссылкой на ЛЕСТА.",
    "AZERTAC reports",
    "The sides signed the papers, AZERTAC reports.",
    "According to Day.Az, the sides signed the papers.",
    "AZƏRTAC xəbər verir.",
    "Sənədlər imzalanıb. Bu barədə AZƏRTAC məlumat verir.",
]


@pytest.mark.parametrize("closing", CLOSINGS)
def test_a_closing_gives_the_word_back_to_the_reporter(closing):
    article = f"{LEAD_IN}Президент Савва Горемыкин сказал:\n\n"
    tail = f"{closing}\n\nМост назвали Светлым."
    for speech, spoken in (
        (SPEECH, SPEECH.strip()),
        ("«Спасибо. Он готов».\n", "Спасибо. Он готов"),
    ):
        assert voices(f"{article}{speech}\n{tail}")[1:] == [
            ("Савва Горемыкин", spoken), (None, tail),
        ]  # fmt: skip
    again = f"{article}{SPEECH}\n{tail} Фарид Солмазов ответил:\n\nБлагодарю."
    assert voices(again)[2:] == [
        (None, f"{tail} Фарид Солмазов ответил:"), ("Фарид Солмазов", "Благодарю."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "paragraph",
    [
        "Об этом сообщает нам сама история.",
        "Голод растёт, сообщает ООН.",
        "Мы это знаем, сообщает Вестник.Ру.",
        "Вестник.Ру сообщает неправду, и все это видят.",
        "UNICEF reports that hunger grows.",
        "Слово за слово, " * 20 + "сообщает АЗЕРТАДЖ.",
    ],
)
def test_a_speaker_may_speak_of_reports(paragraph):
    speech = f"{SPEECH}\n{paragraph}\n\nСпасибо."
    text = f"{LEAD_IN}Президент Савва Горемыкин сказал:\n\n{speech}"
    assert voices(text)[1:] == [("Савва Горемыкин", speech)]
    text = f"{paragraph}\n\nСпасибо."
    assert voices(text, speaker="Tom Wren") == [("Tom Wren", text)]


def test_a_hand_over_to_nothing_is_none():
    text = "Мост открыт.\n\nСавва Горемыкин сказал:\n\n- \n"
    assert voices(text) == [(None, text.strip())]


def test_what_stands_before_the_body_belongs_to_nobody():
    text = " date 2024-05-14 Мост открыт."
    [segment] = segments(Speech(id="a", text=text, language="ru", body=17))
    assert (segment.start, segment.end) == (17, len(text))


def test_the_seed_article_keeps_reporter_and_president_apart(shared):
    [speech] = read_sources([shared / "speeches" / "astana-2025-10-21.ru.txt"])
    reporter, president = segments(speech)
    assert (speech.date, speech.language) == ("2025-10-21", "ru")
    assert (reporter.speaker, president.speaker) == (None, "Ильхам Алиев")
    lead_in = speech.text[reporter.start : reporter.end]
    assert lead_in.startswith("21 октября в Астане")
    assert lead_in.endswith("Ильхам Алиев сказал:")
    assert speech.text[president.start :].startswith("Спасибо, уважаемый")


@pytest.mark.parametrize("name", ["kremlin.ru", "kremlin-more.ru"])
def test_transcripts_are_no_news_articles(shared, name):
    for speech in read_sources([shared / "speeches" / f"{name}.jsonl"]):
        assert article(speech) is None


OPENING = {
    "ru": "Министр транспорта Лесной Республики Савва Горемыкин открыл мост.",
    "en": "Transport Minister Tom Wren opened the bridge on Monday.",
    "az": "Körpünün açılışında nəqliyyat naziri Fərid Solmazov iştirak edib.",
}
NAMES = {"ru": "Савва Горемыкин", "en": "Tom Wren", "az": "Fərid Solmazov"}


def credited(text, **fields):
    return [(name, words) for name, words in voices(text, **fields) if name]


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("«Мы построили мост», – сказал он.", ["Мы построили мост"]),
        ("«Мы построили мост», — сказал министр.", ["Мы построили мост"]),
        ("«Мы построили мост!» – воскликнул Горемыкин.", ["Мы построили мост!"]),
        ("«Мы построили мост», – улыбнулся Горемыкин.", ["Мы построили мост"]),
        ("«Мы построили мост, – сказал он. – Он крепкий».", ["Мы построили мост", "Он крепкий"]),
        ("Министр заявил: «Мы построили мост».", ["Мы построили мост"]),
        ("Он подчеркнул:\n\n«Мы построили «Светлый» мост».", ["Мы построили «Светлый» мост"]),
        ("– Мы построили мост, – сказал он. Гости хлопали.", ["Мы построили мост"]),
        ("«Мы строили.\n\n«Мы построили», – сказал он.", ["Мы строили.", "Мы построили"]),
        ("“We built it,” he said. “It stands.”", ["We built it", "It stands."]),
        ('"We built it," the minister said.', ["We built it"]),
        ("“Is it ready?” Wren asked.", ["Is it ready?"]),
        ("“We built it,” Wren said, “and it stands.”", ["We built it", "and it stands."]),
        ("Wren said: “We built it.”", ["We built it."]),
        ("“Biz körpü tikdik”, – deyə o bildirib.", ["Biz körpü tikdik"]),
        ("“Biz körpü tikdik”, - nazir vurğulayıb.", ["Biz körpü tikdik"]),
        ("Nazir deyib: “Biz körpü tikdik”.", ["Biz körpü tikdik"]),
        ("- Biz körpü tikdik, - deyə Solmazov bildirdi.", ["Biz körpü tikdik"]),
    ],
)  # fmt: skip
def test_signs_of_speech(sentence, words):
    language = "en" if "W" in sentence or "the " in sentence else "az" if "ü" in sentence else "ru"
    found = credited(f"{OPENING[language]}\n\n{sentence}")
    assert found == [(NAMES[language], piece) for piece in words]


@pytest.mark.parametrize(
    "sentence",
    [
        "По словам министра, мост крепкий.",
        "Он отметил, что «Газпром» здесь ни при чём.",
        "Министр назвал мост «чудом».",
        "«Лесбанк» дал денег.",
        "«Мост крепкий», – говорится в заявлении компании.",
        "«Мост крепкий», – цитирует Горемыкина агентство.",
        "«Мост крепкий», – сказали гости.",
        "«Мост крепкий», – сказал строитель. «Очень крепкий», – добавил он.",
        "«Мост крепкий», – сказала она.",
        "На мосту написано: «Строили для людей».",
        "Его жена, Дарья, согласилась. «Мост крепкий», – прозвучал ответ.",
    ],
)
def test_other_quotations_are_the_reporters(sentence):
    assert credited(f"{OPENING['ru']}\n\n{sentence}") == []


def test_whoever_answers_did_not_ask():
    text = "Lawyer Nina Flint asked him: “Did you read it?” “I may have,” he replied."
    assert credited(text) == [("Nina Flint", "Did you read it?")]


def test_one_office_of_two_ministers():
    text = (
        "Министр обороны Марк Лугов и министр культуры Нина Полевая посетили Лесногорск.\n"
        "«Библиотека спасена», – сказала министр культуры.\n«Казарма готова», – сказал министр."
    )
    assert credited(text) == [
        ("Нина Полевая", "Библиотека спасена"), ("Марк Лугов", "Казарма готова"),
    ]  # fmt: skip


def test_a_surname_gets_the_full_name_that_comes_later():
    text = "«Вода уходит», – сказал Сухов.\nГлава службы Виктор Сухов ждёт солнца."
    assert credited(text) == [("Виктор Сухов", "Вода уходит")]


@pytest.mark.parametrize(
    "speech",
    [
        "Дорогие друзья! Как сказал Пушкин: «Прекрасен наш союз!» Мы это знаем.",
        "Дорогие друзья!\n\n«Хлеб – всему голова», – сказал Иван Гость.\n\nЯ с ним согласен.",
        "Mr. President, I am glad. Nelson Green said, “It seems impossible.” Let us do it.",
        "Hörmətli dostlar! Şair Əli Vaqif deyib: “Gücün var, yol ara”. Biz yolu tapmışıq.",
    ],
)
def test_a_speaker_who_quotes_is_no_reporter(speech):
    assert article(Speech(id="a", text=speech, language="ru")) is None


PIECES = st.sampled_from(
    '« » “ ” " „ – - : . , ! ? … \n \n\n сказал said deyib Савва Горемыкин Tom Wren он he o Мы we '
    "мост bridge Фото: Читайте_также AZERTAC reports Он_отметил, что ki".replace(
        "_", "\u00a0"
    ).split(" ")
)


@given(st.lists(PIECES, max_size=60).map(" ".join), st.integers(0, 5))
def test_segments_are_in_order_whatever_the_text(text, body):
    body = min(body, len(text))
    found = article(Speech(id="a", text=text, language="ru", body=body)) or []
    ends = [body, *(segment.end for segment in found)]
    for end, segment in zip(ends, found, strict=False):
        assert end <= segment.start < segment.end <= len(text)
        assert text[segment.start : segment.end].strip()


@pytest.mark.parametrize(
    "line",
    [
        "Our readers may write to us.",
        "My colleague has written more here.",
        "Наши фотографы остались на мосту.",
        "Bizim müxbir körpüdə qalıb.",
    ],
)
@pytest.mark.parametrize("speaker", [None, "Tom Wren"])
def test_a_site_may_say_we(line, speaker):
    text = f"{OPENING['en']}\n“It stands,” Wren said.\n“It sways,” said Nina Flint.\n{line}"
    assert credited(text, speaker=speaker) == [
        ("Tom Wren", "It stands"), ("Nina Flint", "It sways"),
    ]  # fmt: skip


def test_what_another_says_of_the_speaker_is_not_his():
    text = f"{OPENING['en']}\nHead teacher Nina Flint said: “Our children can cross.”\nWren left."
    assert credited(text, speaker="Tom Wren") == [("Nina Flint", "Our children can cross.")]


def test_a_speaker_who_often_says_i_quotes_others():
    text = (
        "Dear friends, I thank you. Nina Flint said: “Never wait.” I did not. My mother agreed, "
        "and so do I. Governor Agnes Thornbury said: “We will help.” I believe her."
    )
    assert voices(text, speaker="Tom Wren") == [("Tom Wren", text)]


@pytest.mark.parametrize(
    ("language", "between", "words"),
    [
        ("en", "A builder, who gave no name, disagreed.", "“It sways,” he said."),
        ("en", "A spokesman for the river came late.", "“It sways,” he said."),
        ("en", "The king agreed.", "“It sways,” he said."),
        ("en", "Nina Flint and Agnes Thornbury watched.", "“It sways,” she said."),
        ("en", "", "“It sways,” said Jordan House."),
        ("en", "", "“It sways,” she said."),
        ("ru", "Собеседник в мэрии сомневается.", "«Мост качается», – говорит он."),
        ("ru", "В конце дня инженер доложил о трещинах.", "– Их три, – отметил он."),
        ("ru", "", "«Мост качается», – сказала она."),
        ("ru", "Жена Горемыкина Нина добавила:", "«Мост качается»."),
        ("az", "Adı çəkilməyən sakin narazıdır.", "“Körpü yırğalanır”, – o deyib."),
    ],
)
def test_a_new_subject_takes_the_pronoun(language, between, words):
    assert credited(f"{OPENING[language]} {between}\n{words}") == []


@pytest.mark.parametrize(
    ("between", "name"),
    [
        ("“No,” said Nina Flint.\nFlint nodded.", "Nina Flint"),
        ("The actor Nina Flint, who had walked over it, laughed.", "Nina Flint"),
        ("Nina Flint, whose brother John Flint said that it sways, left.", "Nina Flint"),
    ],
)
def test_a_named_subject_takes_the_pronoun(between, name):
    assert credited(f"{OPENING['en']} {between}\n“It holds,” she said.")[-1] == (name, "It holds")


@pytest.mark.parametrize(
    ("clause", "name"),
    [
        ("сказал Сергей Горемыкин", "Сергей Горемыкин"),
        ("ответил министр Андрей Горемыкин", "Андрей Горемыкин"),
        ("заявила Никки Ренн", "Никки Ренн"),
        ("сказал Лев Толстых", "Лев Толстых"),
        ("отметил Иван Заозерской", "Иван Заозерской"),
        ("сказал посол Нордии Гуго фон Ветте", "Гуго фон Ветте"),
        ("сказал король Тарик аль-Рован", "Тарик аль-Рован"),
        ("сказала Джованна Ди Лаго", "Джованна Ди Лаго"),
        ("сказал глава МИД Нордии Карл-Густав аф Берген", "Карл-Густав аф Берген"),
    ],
)
def test_names_are_whole(clause, name):
    text = f"Мост открыт.\n«Мы его построили», – {clause}.\n«Он крепкий», – {clause}."
    assert credited(text) == [(name, "Мы его построили"), (name, "Он крепкий")]


@pytest.mark.parametrize(
    ("opening", "surname", "name"),
    [
        ("Director Ursula van der Wren came.", "Van der Wren", "Ursula van der Wren"),
        ("Singer Zoë d'Arc-Flint came.", "d'Arc-Flint", "Zoë d'Arc-Flint"),
        ("Mayor Inés de la Vela came.", "de la Vela", "Inés de la Vela"),
    ],
)
def test_a_surname_means_the_full_name(opening, surname, name):
    text = f"{opening}\n“I wait,” {surname} said.\n‘I wait still,’ she added."
    assert credited(text) == [(name, "I wait"), (name, "I wait still")]


@pytest.mark.parametrize(
    ("sentence", "name", "words"),
    [
        ("‘We built it,’ said Nina Flint.", "Nina Flint", "We built it"),
        ("Nina Flint said: ‘The boys’ bridge stands. Isn’t it fine?’", "Nina Flint",
         "The boys’ bridge stands. Isn’t it fine?"),
        ("“We built it,” corrected Nina Flint.", "Nina Flint", "We built it"),
        ("“We built it,” Nina Flint shouted.", "Nina Flint", "We built it"),
        ("Nina Flint, 43, welder: “We built it.”", "Nina Flint", "We built it."),
        ("Her rival, Nina Flint, was cool: “It sways a little.”", "Nina Flint",
         "It sways a little."),
        ("«Мы построили мост», – доложил инженер Пётр Лугов.", "Пётр Лугов", "Мы построили мост"),
        ("Пётр Лугов написал в книге: «Мост готов».", "Пётр Лугов", "Мост готов"),
        ("Пётр Лугов крикнул с моста: «Он готов!»", "Пётр Лугов", "Он готов!"),
        ("Quoting a poet, Nina Flint said: “The bridge is high.”", None, ""),
        ("Пётр Лугов напомнил слова поэта: «Мост над рекой высок».", None, ""),
        ("Fərid Solmazov qonağı salamlayıb, dedi: “Xoş gəlmisiniz”.", "Fərid Solmazov",
         "Xoş gəlmisiniz"),
        ("“Yol uzundur”, – deyən Fərid Solmazov işə başlayıb.", "Fərid Solmazov", "Yol uzundur"),
        ("Həmkarı Fərid Solmazov deyib: “Yol uzundur”.", "Fərid Solmazov", "Yol uzundur"),
    ],
)  # fmt: skip
def test_further_signs_of_speech(sentence, name, words):
    assert credited(sentence) == ([(name, words)] if name else [])


def test_the_head_of_state_is_who_was_called_president():
    text = (
        "Prezident Fərid Solmazov gəldi.\nDövlətimizin başçısı qonağı salamlayaraq dedi:\n- Salam."
    )
    assert credited(text) == [("Fərid Solmazov", "Salam.")]


@pytest.mark.parametrize(
    "unit",
    [
        "«",
        '"',
        "“",
        "‘a ",
        "«” ",
        "«Нет», ",
        "Tom Wren ",
        "Tom, ",
        "- ",
        "\n- ",
        "İ\u0307",
        "Tim said. ",
    ],
)
def test_long_lines_are_read_in_linear_time(unit):
    article(Speech(id="a", text=unit * (60_000 // len(unit)), language="ru"))


CREDITS_NOTHING = "Мост построен инженером Саввой Горемыкиным. Река замёрзла в ноябре. "


@pytest.mark.parametrize(
    "closing",
    [
        "Об этом сообщает ЛЕСТА.",
        "Гости разошлись, передаёт корреспондент Вестника.",
        "LESTA reports.",
        "According to LESTA.",
        "Vestnik xəbər verir.",
    ],
)
def test_the_agency_alone_makes_it_an_article(closing):
    """However little is looked at where nothing else could be credited."""
    text = CREDITS_NOTHING + "\n\n" + closing
    assert voices(text, speaker="Савва Горемыкин")[0][0] is None
    assert voices(CREDITS_NOTHING, speaker="Савва Горемыкин")[0][0] == "Савва Горемыкин"
