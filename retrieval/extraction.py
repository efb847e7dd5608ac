"""From a page's markup to its main text and what it says of itself.

Imported by nobody: :mod:`retrieval.extractor` runs it as a program and says why.
"""

from __future__ import annotations

import json
import re
import signal
import sys
from datetime import date
from typing import Any

import lxml.html
from lxml.etree import iterwalk
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from retrieval.extractor import read_message, write_message

_LARGE = 15_000  # elements from which trafilatura's second opinions take seconds
_BLOCKS = frozenset(
    "body cell code div head item lb list main p quote row table".split()
)  # of trafilatura's own vocabulary
_DEEPEST = 200  # levels of JSON in a page's structured data that are looked at

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "янв jan yan", "фев feb fev", "мар mar", "апр apr", "мая май may", "июн jun iyn iyun",
            "июл jul iyl iyul", "авг aug avq", "сен sep sen", "окт oct okt", "ноя nov noy",
            "дек dec dek",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DATES = (
    re.compile(r"(?<!\d)(?P<year>\d{4})[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<![\d.])(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})\s+(?P<name>[^\W\d]{3,9})\.?,?\s+(?P<year>\d{4})(?!\d)"),
    re.compile(r"\b(?P<name>[^\W\d]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})(?!\d)"),
)
_DATE_NAMES = frozenset(
    "article:published_time og:article:published_time og:published_time datepublished "
    "date dc.date dc.date.issued dc.date.created dcterms.date dcterms.issued dcterms.created "
    "pubdate publishdate publish_date publish-date published_date article.published "
    "article_date_original citation_publication_date parsely-pub-date sailthru.date".split()
)
_DATED = re.compile(r"(?:^|[\s_-])(?:date|datetime|time|published?|pubdate|tarix|data)(?:$|[\s_-])")
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|sidebar|footer|copyright|recommend\w*|widget|popular)"
)
_COPYRIGHT = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)


def extract(html: str, url: str | None = None) -> dict[str, Any]:
    """What the page holds.

    Returns:
        "text", "title", "date", "author", "source", "place", "language" and "canonical" as far
        as there are any; "links", the share of the text that stands in links; "visible", the
        beginning of all text of the page; "password", whether it asks for one.
    """
    tree = _parse(html)
    if tree is None:
        return {}
    told = _told(tree)
    found: dict[str, Any] = {
        "date": _date(tree, told),
        "place": _place(told),
        "language": _language(tree),
        "canonical": _attribute(tree, "//link[@rel='canonical']/@href"),
        "password": bool(tree.xpath("//input[@type='password']")),
    }
    _unroll_layout_tables(tree)
    links = {" ".join(link.text_content().split()) for link in tree.iter("a")} - {""}
    found["visible"] = _visible(tree)[:2_000]
    document = bare_extraction(
        tree,
        url=url,
        fast=sum(1 for _ in tree.iter()) > _LARGE,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False},
    )
    if isinstance(document, Document) and document.body is not None:
        lines = _lines(document.body)
        linked = sum(len(line) for line in lines if line in links)
        found["links"] = linked / (sum(map(len, lines)) or 1)
        found["text"] = "\n".join(lines)
        found["title"], found["source"] = document.title, document.sitename
        found["author"] = document.author if document.author != document.sitename else None
    return {name: value for name, value in found.items() if value}


# --- text -------------------------------------------------------------------------------------


def _parse(html: str) -> HtmlElement | None:
    # Encoded by us and said to be so: what the page declares of its encoding counts no more.
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        tree = lxml.html.document_fromstring(html.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, ValueError):  # nothing in it
        return None
    return tree if isinstance(tree, HtmlElement) else None


def _unroll_layout_tables(tree: HtmlElement) -> None:
    """Tables that place a page's columns become plain blocks, the fullest cell the article."""
    cells = tree.xpath("//td[count(p) + count(div) + count(br) > 2][not(.//table)]")
    if not cells:
        return
    fullest = max(cells, key=lambda cell: len(cell.text_content()))
    for element in (fullest, *fullest.iterancestors("table", "tbody", "thead", "tr", "td")):
        element.tag = "div"
    if not tree.xpath("//article"):
        fullest.tag = "article"


def _lines(body: Any) -> list[str]:
    """Each block of trafilatura's tree as a line, with no marks of ours for items and cells."""
    pieces: list[str] = []
    for event, element in iterwalk(body, events=("start", "end")):
        if element.tag in _BLOCKS:
            pieces.append("\n")
        pieces.append((element.text if event == "start" else element.tail) or "")
    lines = (" ".join(line.split()) for line in "".join(pieces).split("\n"))
    return [line for line in lines if line]


def _visible(tree: HtmlElement) -> str:
    texts = tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]")
    return " ".join(" ".join(texts[:2_000]).split())


# --- what the page says of itself -------------------------------------------------------------


def _told(tree: HtmlElement) -> list[dict[str, Any]]:
    """All objects of the page's JSON-LD, outer ones first."""
    objects: list[dict[str, Any]] = []
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            level: list[Any] = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue  # many sites write it wrong, and nobody reads a page for it
        for _ in range(_DEEPEST):
            objects += [value for value in level if isinstance(value, dict)]
            level = [
                inner
                for value in level
                if isinstance(value, (dict, list))
                for inner in (value.values() if isinstance(value, dict) else value)
            ]
    return objects


def _date(tree: HtmlElement, told: list[dict[str, Any]]) -> str | None:
    """The day that the page gives as its own: in its data, or visibly beside its heading."""
    for name in ("datePublished", "dateCreated"):
        for value in (thing.get(name) for thing in told):
            if isinstance(value, str) and (day := _day(value)):
                return day
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in _DATE_NAMES and (day := _day(meta.get("content") or "")):
            return day
    marked = tree.xpath("//*[@itemprop='datePublished'] | //article//time | //main//time | //time")
    shown = tree.xpath("//*[@class or @id][not(self::body)]")
    for element in (*marked, *(one for one in shown if _DATED.search(_label(one)))):
        if any(_is_aside(one) for one in (element, *element.iterancestors())):
            continue
        written = element.get("datetime") or element.get("content") or _brief(element)
        if not _COPYRIGHT.search(written) and (day := _day(written)):
            return day
    return None


def _day(text: str) -> str | None:
    """The first date in a short text, as YYYY-MM-DD in its own time zone."""
    for pattern in _DATES:
        for match in pattern.finditer(text[:200]):
            parts = match.groupdict()
            month = int(parts.get("month") or 0)
            if name := parts.get("name"):
                name = name.lower()
                month = _MONTHS.get(name[:3]) or _MONTHS.get(name[:4]) or 0
            try:
                day = date(int(parts["year"]), month, int(parts["day"]))
            except ValueError:
                continue
            if day.year >= 1900:
                return day.isoformat()
    return None


def _label(element: HtmlElement) -> str:
    return f"{element.get('class', '')} {element.get('id', '')}".lower()


def _is_aside(element: HtmlElement) -> bool:
    return element.tag in ("aside", "footer", "nav") or bool(_ASIDE.search(_label(element)))


def _brief(element: HtmlElement) -> str:
    """An element's text if it is a line such as dates stand in; an article is none."""
    text = " ".join(element.text_content().split())
    return text if len(text) < 100 else ""


def _place(told: list[dict[str, Any]]) -> str | None:
    for name in ("contentLocation", "locationCreated", "dateline"):
        for value in (thing.get(name) for thing in told):
            while isinstance(value, list) and value:
                value = value[0]
            value = value.get("name") if isinstance(value, dict) else value
            if isinstance(value, str) and value.strip():
                return " ".join(value.split())
    return None


def _language(tree: HtmlElement) -> str | None:
    for path in ("//html/@lang", "//meta[@http-equiv='content-language']/@content"):
        if written := _attribute(tree, path):
            return re.split(r"[-_,]", written.lower())[0]
    return None


def _attribute(tree: HtmlElement, path: str) -> str | None:
    return next((str(value).strip() for value in tree.xpath(path)), None)


# --- the process ------------------------------------------------------------------------------


def main() -> None:
    """Answer pages on standard input until it ends; first of all say that all is loaded."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever a library prints is no answer
    write_message(answers, "ready")
    while (request := read_message(sys.stdin.buffer)) is not None:
        write_message(answers, extract(request["html"], request["url"]))


if __name__ == "__main__":
    main()
