"""From the bytes of an HTML page to a record: its main text, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from retrieval.charsets import decode, is_garbled
from retrieval.errors import Unusable
from retrieval.extractor import extractor

LARGEST_PAGE = 10 * 2**20
"""Bytes of one page; the main text of the longest transcripts has a tenth of that."""

EXTRACTOR = 2
"""Raised whenever the same bytes would give another record: what is cached is then made anew."""

_MOST_TAGS = 100_000
_SHORTEST = 40  # letters of a text that says anything
_FORM = 100  # characters of text that stand beside a form to log in, and are no article
_WALL = 600  # characters: a text that asks to log in and is longer has an article above it
_NOTHING = 60  # characters: beside so little text the rest of the page is looked at

_MAGIC: Mapping[bytes, str] = {
    b"%PDF": "a PDF file", b"\x89PNG": "an image", b"\xff\xd8\xff": "an image",
    b"GIF8": "an image", b"RIFF": "an image or a recording", b"ID3": "a recording",
    b"PK\x03\x04": "a ZIP archive or an office document", b"\x1f\x8b": "gzip data",
    b"\xd0\xcf\x11\xe0": "an old office document", b"OggS": "a recording",
}  # fmt: skip
_FEED = re.compile(r"<(?:\?xml[^>]*>\s*<)?(rss|feed|rdf:RDF|urlset|sitemapindex)\b")
_TAG = re.compile(
    r"<(?:!doctype\s+html|(?:html|head|body|title|div|p|article|h1|table|br)\b)", re.I
)
_INVISIBLE = dict.fromkeys(map(ord, "\xad\u200b\u2060\ufeff"))  # hyphens and joints inside words
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ASKS = re.compile(
    r"(?:enable|turn on|requires?) javascript|javascript (?:is )?(?:disabled|required|to run)"
    r"|включите (?:поддержку )?javascript|javascript-?i? (?:aktiv|yandır)"
    r"|(?:log|sign) ?in to|please (?:log|sign) ?in|subscribe (?:to|now)|subscribers only"
    r"|войдите|авторизуйтесь|зарегистрируйтесь|(?:только|оформите) (?:для )?подпис"
    r"|доступ\w* (?:только )?(?:по подписке|подписчикам)"
    r"|daxil olun|qeydiyyatdan keçin|abunə ol|abunəçilər"
    r"|accept (?:all )?cookies|we use cookies|использу\w+ (?:файлы )?cookie|kukilərdən"
    r"|checking your browser|just a moment|verify (?:that )?you are (?:a )?human|captcha"
    r"|проверка браузера|не робот",
    re.IGNORECASE,
)

_READ_ON = re.compile(
    r"(?:continue|keep|finish) reading|to (?:read|continue|view|see|access)(?!\w)"
    r"|full (?:article|text)"
    r"|читать (?:дальше|далее|полностью|статью)|(?:продолж\w*|дальнейш\w*) чтени|дочитать"
    r"|oxumaq üçün|oxumağa davam|ardını",
    re.IGNORECASE,
)


def read_page(data: bytes, *, url: str | None = None, charset: str | None = None) -> dict[str, str]:
    """A page's main text and what it says of itself; what it does not say is absent.

    Args:
        data: the page as it was served.
        url: the address it came from, if any.
        charset: the encoding that the server declared; it is believed only if the bytes agree.

    Returns:
        "text", paragraphs separated by newlines, and any of "title", "date" (YYYY-MM-DD),
        "author" (who wrote the page), "language" (ru, az or en), "url" (the page's canonical
        address if that is on the same host, else the one given), "source" (the site's name)
        and "place".

    Raises:
        Unusable: it is no HTML, it holds no article, or it cannot be read in bounded time.
        SourceError: the program that reads pages does not start.
    """
    if len(data) > LARGEST_PAGE:
        raise Unusable(f"is larger than {LARGEST_PAGE // 2**20} MB")
    html = _markup(data, charset)
    if html.count("<") > _MOST_TAGS:
        raise Unusable(f"is no page to read: it has more than {_MOST_TAGS:,} tags")
    found = extractor.ask({"html": html, "url": url})
    text = _CONTROL.sub("", found.get("text", "").translate(_INVISIBLE))
    _check_article(text, found)
    if found.get("title") and (after := text.removeprefix(found["title"] + "\n")):
        text = after  # the heading is the page's, not the speaker's
    record = {"text": text}
    for name in ("title", "date", "author", "source", "place"):
        if value := " ".join(_CONTROL.sub(" ", found.get(name) or "").split()):
            record[name] = value
    if language := _language(found.get("language"), text):
        record["language"] = language
    if address := _address(found.get("canonical"), url):
        record["url"] = address
    return record


def _markup(data: bytes, charset: str | None) -> str:
    """The page as text; Unusable when it is something else than HTML."""
    start = data[:1024].lstrip()
    if not start:
        raise Unusable("is empty")
    for magic, name in _MAGIC.items():
        if start.startswith(magic):
            raise Unusable(f"is {name}, not a web page")
    html = decode(data, charset)
    start_text = html[:100_000].lstrip()
    if start_text[:1] in ("{", "["):
        raise Unusable("is JSON, not a web page")
    if feed := _FEED.match(start_text):
        raise Unusable(f"is a feed or sitemap (<{feed[1]}>), not a web page")
    if not _TAG.search(html):
        binary = len(_CONTROL.findall(start_text)) * 20 > len(start_text)
        what = "is binary data" if binary else "is text without HTML tags"
        raise Unusable(f"{what}, not a web page")
    return html


def _check_article(text: str, found: Mapping[str, Any]) -> None:
    """Raise Unusable, saying why, when this text is no article."""
    if len(text) > _NOTHING:
        asks = len(text) < _WALL and _mostly_asks(text)
    else:
        asks = bool(_ASKS.search(found.get("visible", "")))
    if asks or (found.get("password") and len(text) < _FORM):
        raise Unusable(
            "has no article for us: it asks to log in, to subscribe, to accept cookies "
            "or to switch on JavaScript; save the page as a file from a browser"
        )
    if sum(map(str.isalpha, text)) < _SHORTEST:
        raise Unusable("has no article on it")
    if found.get("links", 0) > 0.5:
        raise Unusable("has no article on it, only links: give the addresses of pages or a feed")
    if is_garbled(text) or text.count("\ufffd") * 50 > len(text):
        raise Unusable("is garbled: its letters were decoded wrongly before it was published")


def _mostly_asks(text: str) -> bool:
    """Whether a text asks its reader for something and says little else, or ends with "read on".

    A news item may well mention that one logs in.
    """
    sentences = re.split(r"(?<=[.!?…])\s+|\n+", text.strip())
    asking = [sentence for sentence in sentences if _ASKS.search(sentence)]
    cut_off = sentences[-1] in asking and _READ_ON.search(sentences[-1])
    return bool(cut_off) or 2 * sum(map(len, asking)) >= len(text)


def _language(declared: str | None, text: str) -> str | None:
    """The declared language if it is one of ours and the letters do not belie it."""
    letters = sum(map(str.isalpha, text))
    cyrillic = len(re.findall("[а-яё]", text, re.IGNORECASE))
    schwas = len(re.findall("[əƏ]", text))
    fits = {
        "ru": 2 * cyrillic > letters,
        "az": 2 * cyrillic < letters and 100 * schwas > letters,
        "en": 2 * cyrillic < letters and 100 * schwas < letters,
    }
    return declared if fits.get(declared or "") else None


def _address(canonical: str | None, url: str | None) -> str | None:
    if not canonical or not url:
        return url or None
    try:
        address = urljoin(url, canonical)
        there, here = urlsplit(address), urlsplit(url)
        # a front page as everybody's canonical address is a common mistake of site templates
        same = there.hostname == here.hostname and there.scheme in ("http", "https")
        mistaken = there.path in ("", "/") and not there.query and here.path not in ("", "/")
        return address if same and not mistaken and "@" not in there.netloc else url
    except ValueError:
        return url
