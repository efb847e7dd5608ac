"""From a page's bytes to its record. All texts, sites and names are invented."""

from __future__ import annotations

import subprocess
import sys

import pytest
from web_server import page

from retrieval import extractor
from retrieval.charsets import decode, is_garbled
from retrieval.errors import Unusable
from retrieval.pages import LARGEST_PAGE, read_page

RU = [
    "Уважаемые друзья! Сегодня мы открываем «Ольховский мост» — через реку Светлую.",
    "Он построен за два года и стоил сорок миллионов. Ёлки мы сажали сами.",
    "Спасибо.",
    "С.Горемыкин: Завтра начнётся ремонт школы, и дети вернутся в классы к сентябрю.",
    "Спасибо.",
]
AZ = [
    "Hörmətli müəllimlər! Bu il üç yeni məktəb tikdik və kitabxana da açılacaq.",
    "İşıq şəhərdə gecə də yanır, körpü isə gələn il hazır olacaq.",
]
EN = [
    "Good morning. “The river” gives water to ninety thousand people in this valley.",
    "Its level fell by two metres, and we shall cut the price of water next year.",
]
URL = "https://news.example.org/2025/bridge"


def read(html: str | bytes, **options: str) -> dict[str, str]:
    return read_page(html.encode() if isinstance(html, str) else html, **options)


def lines(record: dict[str, str]) -> list[str]:
    return record["text"].split("\n")


# --- text ---


@pytest.mark.parametrize(
    "written",
    [
        "<article>" + "".join(f"<p>{line}</p>" for line in RU) + "</article>",
        "<div class='content'>" + "".join(f"<div>{line}</div>" for line in RU) + "</div>",
        "<div class='text'>" + "<br><br>".join(RU) + "</div>",
        "<table><tr><td><a href='/'>Меню</a></td><td>"
        + "".join(f"<p>{line}</p>" for line in RU)
        + "</td></tr></table>",
        "<article><ul>" + "".join(f"<li>{line}</li>" for line in RU) + "</ul></article>",
        "<article><blockquote>"
        + "".join(f"<p><b>{line[:2]}</b>{line[2:]}</p>" for line in RU)
        + "</blockquote></article>",
    ],
    ids=["paragraphs", "blocks", "breaks", "layout table", "list", "quotation"],
)
def test_a_speech_is_kept_whole(written: str) -> None:
    around = "<nav><ul><li><a href='/'>Главная</a></li></ul></nav>"
    found = lines(read(f"<html><body>{around}<h1>Мост</h1>{written}</body></html>"))
    assert found[-len(RU) :] == RU


def test_what_is_no_article_is_left_out() -> None:
    body = "<figure><img src='a.jpg'><figcaption>Фото: пресс-служба</figcaption></figure>"
    html = page("Мост", RU, body=body).decode()
    related = (
        "<div class='related'><h3>Смотрите также</h3>"
        "<ul><li><a href='/1'>Другая новость о мосте</a></li></ul></div>"
    )
    text = read(html.replace("<footer>", related + "<footer>"))["text"]
    for noise in ("Home", "reader", "©", "Фото", "Смотрите", "Другая"):
        assert noise not in text


def test_hyphens_and_joints_inside_words_are_no_letters() -> None:
    html = page("Мост", [RU[0].replace("открываем", "от&shy;кры&#8203;ваем"), *RU[1:]])
    assert RU[0] in read(html)["text"]


def test_nul_bytes_do_not_get_into_the_text() -> None:
    html = page("Мост", RU).replace("Он".encode(), "О\0н".encode())
    assert "Он построен" in read(html)["text"]


# --- what it says of itself ---


@pytest.mark.parametrize(
    ("head", "body", "date"),
    [
        ("<meta property='article:published_time' content='2025-10-21T23:59:00+04:00'>", "", 21),
        ("<meta name='DC.date.issued' content='21.10.2025'>", "", 21),
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle",'
            '"datePublished": "2025-10-21", "dateModified": "2025-11-01"}]}</script>',
            "",
            21,
        ),
        ("", "<time datetime='2025-10-21'>вчера</time>", 21),
        ("", "<span class='news-date'>21 октября 2025, 12:30</span>", 21),
        ("", "<span class='date'>21 oktyabr 2025</span>", 21),
        ("", "<div class='published'>October 21, 2025</div>", 21),
        ("", "<p>Речь 21 октября 2025 года</p>", None),
        ("", "<p class='date'>31.02.2025</p>", None),
        ("", "<div class='footer-date'>© 2019</div>", None),
        ("<meta name='copyright' content='2019'>", "", None),
        ('<script type="application/ld+json">{broken</script>', "", None),
    ],
)
def test_the_date_is_the_one_that_the_page_gives(head: str, body: str, date: int | None) -> None:
    record = read(page("Мост", RU, head=head, body=body), url=URL)
    assert record.get("date") == (f"2025-10-{date}" if date else None)


def test_the_date_of_a_related_article_is_not_taken() -> None:
    html = page("Мост", RU).decode()
    aside = "<aside><a href='/1'>Паром</a><time datetime='2011-01-01'>2011</time></aside>"
    assert "date" not in read(html.replace("<nav>", aside + "<nav>"))


def test_author_site_and_place() -> None:
    head = (
        "<meta name='author' content='Пелагея Строкина'>"
        "<meta property='og:site_name' content='Вести Светлой'>"
        '<script type="application/ld+json">{"@type": "NewsArticle", "contentLocation":'
        '{"@type": "Place", "name": "Ольховка"}}</script>'
    )
    record = read(page("Мост открыт", RU, head=head))
    assert record["author"] == "Пелагея Строкина"
    assert record["source"] == "Вести Светлой"
    assert record["place"] == "Ольховка"
    assert record["title"] == "Мост открыт"


def test_a_speaker_is_no_author() -> None:
    html = page("Мост", [*RU, "<cite>Савва Горемыкин</cite>"])
    assert "author" not in read(html)


@pytest.mark.parametrize(
    ("paragraphs", "declared", "language"),
    [
        (RU, "ru-RU", "ru"),
        (AZ, "az", "az"),
        (EN, "en_GB", "en"),
        (RU, "en", None),  # a template that nobody translated
        (AZ, "en", None),
        (EN, "az", None),
        (EN, "de", None),
        (RU, "", None),
    ],
)
def test_a_language_that_the_letters_belie_is_not_believed(
    paragraphs: list[str], declared: str, language: str | None
) -> None:
    assert read(page("", paragraphs, language=declared)).get("language") == language


@pytest.mark.parametrize(
    ("canonical", "address"),
    [
        ("/speeches/7", "https://news.example.org/speeches/7"),
        ("https://news.example.org/a?id=7", "https://news.example.org/a?id=7"),
        ("https://elsewhere.example/a", URL),
        ("https://news.example.org/", URL),
        ("javascript:alert(1)", URL),
        ("https://anna:geheim@news.example.org/a", URL),
        ("https://[broken", URL),
    ],
)
def test_the_canonical_address_counts_on_the_same_host(canonical: str, address: str) -> None:
    head = f"<link rel='canonical' href='{canonical}'>"
    assert read(page("Мост", RU, head=head), url=URL)["url"] == address


# --- encodings ---

CYRILLIC = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
ONE_BYTE = ["windows-1251", "koi8-r", "iso8859-5", "cp866"]
DECLARED = [None, "utf-8", "windows-1251", "koi8-r", "iso-8859-1", "utf-16", "x-unknown", "rot13"]


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize("real", [*CYRILLIC, *ONE_BYTE])
def test_russian_in_any_encoding_under_any_name(real: str, declared: str | None) -> None:
    html = page("Мост", RU, head="<meta charset='koi8-r'>").decode().replace("©", "")
    html = html.encode(real, "ignore").decode(real.removesuffix("-sig"))
    data = html.encode(real)
    assert decode(data, declared).removeprefix("\ufeff") == html.removeprefix("\ufeff")


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize(("paragraphs", "real"), [(AZ, "windows-1254"), (EN, "windows-1252")])
def test_latin_letters_in_one_byte(paragraphs: list[str], real: str, declared: str | None) -> None:
    # windows-1254 has no ə: such pages write it as a reference
    html = page("", paragraphs).decode().replace("ə", "&#601;")
    assert decode(html.encode(real), declared) == html


def test_a_letter_cut_in_half_does_not_change_the_encoding() -> None:
    data = page("Мост", RU * 20)
    assert RU[1] in decode(data.replace("мост»".encode(), "мост»".encode()[:-1], 1), None)


@pytest.mark.parametrize("wrong", ["cp1251", "latin-1", "koi8-r"])
def test_mojibake_is_refused(wrong: str) -> None:
    garbled = [line.encode().decode(wrong, "ignore") for line in RU]
    with pytest.raises(Unusable, match="is garbled"):
        read(page("", garbled))


@pytest.mark.parametrize(
    "line",
    [
        "ОТКРЫТИЕ МОСТА ЧЕРЕЗ РЕКУ СВЕТЛУЮ",
        "C’est la vie – «С Новым годом» № 7…",
        "Ё-моё! Съезд, объём, подъезд; ОБСЕ, ЕАЭС и др. (IT-парк «Ольховка»)",
        "Café naïve – “déjà vu”",
        *AZ,
        *EN,
        *RU,
    ],
)
def test_proper_letters_are_no_mojibake(line: str) -> None:
    assert not is_garbled(line)


def test_letters_of_another_cyrillic_encoding_are_mojibake_too() -> None:
    garbled = [line.encode("koi8-r", "ignore").decode("cp1251") for line in RU]
    with pytest.raises(Unusable, match="is garbled"):
        read(page("", garbled))


# --- what cannot be read ---

LINKS = "".join(
    f"<li><a href='/{n}'>Мост номер {n} открыт, говорят в городе</a>" for n in range(30)
)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n...", "is a PDF file, not a web page"),
        (b'{"text": "..."}', "is JSON, not a web page"),
        (b"\x89PNG\r\n\x1a\n", "is an image, not a web page"),
        (b"PK\x03\x04...", "is a ZIP archive or an office document, not a web page"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", r"is a feed or sitemap \(<rss>\)"),
        (bytes(range(256)) * 50, "is binary data"),
        (b"Just words.", "is text without HTML tags"),
        (b"<html><body></body></html>", "has no article on it"),
        (page("", ["Спасибо."]), "has no article on it"),
        (f"<html><body><ul>{LINKS}</ul></body></html>".encode(), "only links"),
        (b"<html>" + b" " * LARGEST_PAGE, "is larger than 10 MB"),
    ],
)
def test_what_is_no_article_is_named(data: bytes, why: str) -> None:
    with pytest.raises(Unusable, match=why):
        read(data)


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Вход</h1><form><p>Пожалуйста, войдите, чтобы читать дальше эту статью.</p></form>",
        "<noscript>You need to enable JavaScript to run this app.</noscript><div id='root'></div>",
        "<p>Checking your browser before accessing the site, please wait.</p>",
        "<p>Məqalənin davamını oxumaq üçün hesabınıza daxil olun və ya abunə olun.</p>",
        "<h1>Members</h1><input type='password'>",
        f"<article><p>{EN[0]}</p><p>Subscribe to continue reading this article.</p></article>",
    ],
)
def test_a_wall_is_named(body: str) -> None:
    with pytest.raises(Unusable, match="asks to log in"):
        read(f"<html><body>{body}</body></html>")


def test_a_short_news_item_about_logging_in_is_read() -> None:
    told = "Pensioners will log in to the new portal of the province from May on."
    assert told in read(page("Water", [EN[1], told]))["text"]


def test_a_short_speech_beside_a_login_form_is_read() -> None:
    body = "<form><input name='user'><input type='password'></form>"
    assert EN[1] in read(page("Water", EN * 2, body=body))["text"]


@pytest.mark.parametrize(
    "html",
    [
        "<html><body>" + "<div>" * 90_000 + "<p>" + RU[0],
        "<html><body>" + "<b>" * 100_001,
        "<html><body>" + "<" * 1_000_000,
        "<html><body><!--" + "-" * 1_000_000,
        "<html><body><table>" + "<tr><td><table>" * 5_000,
        "<html><body>\0" + "\0" * 100_000,
    ],
    ids=["deep", "deeper", "brackets", "comment", "tables", "nul"],
)
def test_hostile_markup_is_one_clear_line(html: str) -> None:
    with pytest.raises(Unusable) as caught:
        read(html)
    assert "\n" not in str(caught.value)


def test_markup_that_keeps_the_parser_busy_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many attributes take the parser, whose time grows as their square, many minutes."""
    monkeypatch.setattr(extractor, "LONGEST", 1.0)
    attributes = " ".join(f"a{number}='x'" for number in range(700_000))
    with pytest.raises(Unusable, match="its markup needs over 1 s or crashes"):
        read(f"<html><body><p {attributes}>{RU[0]}</p></body></html>")
    monkeypatch.undo()
    assert read(page("Мост", RU))["text"]  # the next page has a process again


def test_this_process_does_not_load_the_libraries() -> None:
    code = (
        "import sys; from retrieval.pages import read_page; read_page(sys.stdin.buffer.read());"
        "print([name for name in ('trafilatura', 'lxml', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=page("Мост", RU), capture_output=True, check=True
    )
    assert done.stdout.strip() == b"[]"
