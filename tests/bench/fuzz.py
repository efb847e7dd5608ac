"""What do readers and questions make of input that nobody would write?

    python tests/bench/fuzz.py --minutes 20
    python tests/bench/fuzz.py --minutes 10 --guided question   # by coverage; needs atheris

Inputs are drawn by Hypothesis: made from the grammar of each kind (speeches, tables, pages,
documents, archives, feeds, questions), and then damaged byte by byte. A find is an exception that
is none of the documented ones, a message of more than one line, a quote or passage that is not
exactly its source's, more than :data:`MOST_SECONDS` of processor time. It is made as small as it
gets and printed; the exit status is 1. All that is said here is invented.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import io
import json
import math
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/retrieval")]

import files_made  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from conftest import RECORDS, write_jsonl  # noqa: E402

from bot import export, jsonout  # noqa: E402
from bot.cli import cli  # noqa: E402
from retrieval import charsets, feeds, names  # noqa: E402
from retrieval.build import reindex  # noqa: E402
from retrieval.dates import first_day, last_day, parse_date  # noqa: E402
from retrieval.errors import QuestionError, SourceError, Unusable  # noqa: E402
from retrieval.files import Found  # noqa: E402
from retrieval.followup import Asked, follow_up  # noqa: E402
from retrieval.index import Index  # noqa: E402
from retrieval.preparing import prepare  # noqa: E402
from retrieval.question import parse_question  # noqa: E402
from retrieval.reading import read_sources, to_speech  # noqa: E402
from retrieval.records import Answer, Options, Skipped, Speech  # noqa: E402
from retrieval.search import ask  # noqa: E402
from retrieval.timeline import timeline  # noqa: E402

MOST_SECONDS = 10
"""Processor time for one input; the largest has some hundred thousand characters."""

# --- what is drawn ----------------------------------------------------------------------------

_PIECES = [
    *"мост река школа Ольховский Казань вода цена Савва Горемыкин В.Путин Президент".split(),
    *"bridge river the of Agnes Thornbury Olkhovsky water Mr. U.S. e.g. price said".split(),
    *"məktəb Fərid Solmazov körpü İlham ŞUŞA haqqında nə deyildi Prezident".split(),
    *"Вопрос: ВЕДУЩИЙ: Thornbury: Jurnalist: сказал он, сообщил said по_словам «Есть»".split(),
    *"— – - « » „ “ ” \" ' ( ) [ ] { } < > ... . ! ? … , ; : / \\ | & # % @ = + * _ ~ ^ `".split(),
    *"2024 2024-06 2024..2025 ..2025-13 0000 21.10.2025 10/21/2025 1990-е № 3,5 ½ ٣ ²".split(),
    *"и-и a.b.c https://example.org/a www.example.org x@example.org 😀 👩\u200d👧".split(),
    *"e\u0301 ﬁ ß İ ı ẞ".split(),
    "\n", "\n\n", "\r\n", "\r", "\t", " ", "  ", "\x0b", "\x0c", "\x1c", "\x85", "\u2028",
    "\xa0", "\xad", "\u200b", "\u200d", "\u202e", "\ufeff", "\ufffd", "\x00", "\x1b[31m", "\x7f",
    ". ", "? ", "! ", ": ", " — ", "\n— ", ".\n", ".» ", '" ', "date 2024-05-14 ", "---\n", "- ",
]  # fmt: skip
_ENDINGS = (
    ".txt .md .html .htm .jsonl .csv .tsv .parquet .docx .pdf .zip .gz .txt.gz .csv.gz .zip.gz"
).split()

pieces = st.sampled_from(_PIECES) | st.text(max_size=6)
spaced = st.lists(pieces, max_size=40).map(" ".join)
# one thing over and over: where work grows faster than its input, this shows it
repeated = st.tuples(st.lists(pieces, min_size=1, max_size=4).map("".join), st.integers(2, 3000))
repeated = repeated.map(lambda drawn: (drawn[0] * drawn[1])[:60_000])
texts = spaced | st.lists(pieces, max_size=60).map("".join) | repeated
texts = texts | st.lists(texts, max_size=5).map("\n".join)
shorts = st.lists(pieces, max_size=6).map(" ".join)
dates = (
    shorts | st.dates(date(1, 1, 1)).map(str) | st.from_regex(r"\d{1,4}[-./]\d\d?([-./]\d{1,4})?")
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | dates,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(shorts, inner, max_size=4),
    max_leaves=12,
)
columns = st.sampled_from(
    "id text title date speaker source url language place occasion full_text Content Дата "
    "Date-of-Speech body".split()
)
speeches = st.dictionaries(columns | shorts, values, max_size=8).flatmap(
    lambda record: texts.map(lambda text: {**record, "text": text})
)
encodings = st.sampled_from("utf-8 utf-8-sig windows-1251 utf-16 koi8-r cp866 latin-1".split())


def encoded(text: st.SearchStrategy[str]) -> st.SearchStrategy[bytes]:
    """Texts as bytes, mostly of UTF-8."""
    return st.tuples(text, st.just("utf-8") | encodings).map(
        lambda drawn: drawn[0].encode(drawn[1], "replace")
    )


@st.composite
def damaged(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """Bytes of which some were changed, left out, said twice or put in."""
    data = draw(whole)
    for _ in range(draw(st.integers(0, 6))):
        start, length = draw(st.integers(0, len(data))), draw(st.integers(0, 40))
        piece = data[start : start + length]
        new = draw(
            st.binary(max_size=8)
            | st.sampled_from([b"", piece * 2, piece * 500, piece[::-1], b"\0" * len(piece)])
            | st.sampled_from([b"\xff", b"\r", b"\n", b'"', b"<", b"&#0;", b"]]>", b"\xff\xfe"])
        )
        data = data[:start] + new + data[start + length :]
    return data


_TAGS = "html head title body p div br table tr td h1 li ul article script style a b span".split()


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Markup, mostly of pages."""
    written = [draw(st.sampled_from(["", "<!doctype html><html><body>", "<html>", "\n"]))]
    for _ in range(draw(st.integers(0, 30))):
        tag = draw(st.sampled_from(_TAGS))
        text = draw(shorts | spaced)
        shape = draw(st.integers(0, 5))
        written.append(
            [
                f"<{tag}>{text}</{tag}>", f"<{tag}>", f"</{tag}>", f"<{tag} class='{text}' {text}>",
                f"<meta property='og:title' content='{text}'>", f"<!--{text}-->{text}&{text};",
            ][shape]
        )  # fmt: skip
    deep = draw(st.integers(0, 1000) | st.just(0))
    return "<div>" * deep + "".join(written)


@st.composite
def listings(draw: st.DrawFn) -> bytes:
    """Feeds and sitemaps."""
    outer, inner = draw(
        st.sampled_from(
            [("rss", "item"), ("feed", "entry"), ("urlset", "url"), ("sitemapindex", "sitemap")]
        )
    )
    entries = []
    for _ in range(draw(st.integers(0, 5))):
        day, link = draw(dates), draw(shorts)
        name = draw(st.sampled_from("lastmod updated pubDate published dc:date".split()))
        entries.append(
            f"<{inner}><link href='{link}'>{link}</link><loc>http://example.org/{link}</loc>"
            f"<{name}>{day}</{name}><guid>{link}</guid></{inner}>"
        )
    text = f"<?xml version='1.0' encoding='{draw(shorts)}'?><{outer}>{''.join(entries)}</{outer}>"
    return text.encode(draw(encodings), "replace")


def _table(rows: list[list[str]], separator: str) -> str:
    head = f"id{separator}text{separator}date\n"
    return head + "\n".join(separator.join(row) for row in rows)


def _parquet(columns: dict[str, list[Any]]) -> bytes:
    written = io.BytesIO()
    length = min(map(len, columns.values()), default=0)
    try:
        pq.write_table(pa.table({n: c[:length] for n, c in columns.items()}), written)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return files_made.parquet(text=["Мост готов."])  # a column of two types is none
    return written.getvalue()


def _zip(members: list[tuple[str, bytes]]) -> bytes:
    with contextlib.suppress(ValueError, UnicodeError):  # a name that no archive holds
        return files_made.zipped(members)
    return files_made.zipped([("a.txt", b"one")])


def _word(paragraphs: list[str]) -> bytes:
    return files_made.word(*("".join(c for c in p if c.isprintable()) for p in paragraphs))


def _pdf(pages_of_lines: list[list[str]], info: bytes) -> bytes:
    known = bytes(range(32, 256)).decode("windows-1251", "ignore")
    kept = [["".join(c for c in line if c in known) for line in page] for page in pages_of_lines]
    return files_made.pdf(*kept, info=info)


def _records(records: list[Any], broken: str) -> str:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records) + broken


few = st.lists(shorts, max_size=4)
cells: st.SearchStrategy[list[Any]] = st.one_of(
    *(
        st.lists(each, max_size=3)
        for each in (
            st.none() | texts,
            st.integers(-(2**63), 2**63 - 1),
            st.datetimes(),
            st.binary(max_size=9),
            st.lists(st.floats(), max_size=3),
        )
    )
)
makings: dict[str, st.SearchStrategy[bytes]] = {
    ".txt": encoded(texts),
    ".md": encoded(st.tuples(st.sampled_from(["", "---\ntitle: "]), texts).map("".join)),
    ".html": encoded(pages()),
    ".jsonl": encoded(st.builds(_records, st.lists(speeches | values, max_size=4), shorts)),
    ".csv": encoded(st.builds(_table, st.lists(few, max_size=6), st.sampled_from(list(",;\t|")))),
    ".parquet": st.dictionaries(columns, cells, min_size=1, max_size=4).map(_parquet),
    ".docx": st.lists(spaced, max_size=6).map(_word),
    ".pdf": st.builds(
        _pdf, st.lists(few, max_size=3), st.sampled_from([b"", b"/Title (a) /Author"])
    ),
}  # fmt: skip
makings[".htm"], makings[".tsv"] = makings[".html"], makings[".csv"]
_inside = st.sampled_from(sorted(makings)).flatmap(
    lambda ending: st.tuples(shorts.map(lambda name: name + ending), makings[ending])
)
makings[".zip"] = st.lists(_inside, max_size=3).map(_zip)
makings[".gz"] = makings[".txt.gz"] = makings[".txt"].map(gzip.compress)
makings[".csv.gz"], makings[".zip.gz"] = (makings[e].map(gzip.compress) for e in (".csv", ".zip"))
kinds = st.sampled_from(_ENDINGS).flatmap(
    lambda ending: st.tuples(st.just(ending), damaged(makings[ending]))
)
questions = shorts | spaced | st.lists(pieces, max_size=30).map("".join) | repeated
options = st.builds(
    Options,
    limit=st.integers(1, 20),
    per_speech=st.integers(1, 5),
    since=st.none() | dates,
    until=st.none() | dates,
    speaker=st.none() | shorts,
    threshold=st.none() | st.floats(0, 1),
    own_language=st.booleans(),
    sort=st.sampled_from(["relevance", "date"]),
)


class Target(NamedTuple):
    """What is drawn, and what must hold for it."""

    drawn: dict[str, st.SearchStrategy[Any]]
    check: Callable[..., None]


def drawing(**drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Target]:
    """Say what a check draws."""
    return lambda check: Target(drawn, check)


# --- what must hold ---------------------------------------------------------------------------


@cache
def scratch() -> Path:
    """A folder of this run."""
    folder = tempfile.TemporaryDirectory(prefix="rostrum-fuzz-")
    scratch.folder = folder  # type: ignore[attr-defined]  # kept until the program ends
    return Path(folder.name)


@cache
def small() -> Index:
    """Three invented speeches."""
    source = write_jsonl(scratch() / "speeches.jsonl", RECORDS)
    reindex([source], scratch() / "small")
    return Index.open(scratch() / "small")


def one_line(message: str) -> None:
    """A message fit for a person."""
    assert message.strip(), "an empty message"
    assert len(message.splitlines()) == 1, f"a message of several lines: {message!r}"
    assert len(message) < 2_000, f"an endless message: {message[:100]!r}"


def sound(speech: Speech) -> None:
    """A speech that can be stored, and whose passages are its own text."""
    assert speech.id
    assert speech.text.strip()
    json.dumps(jsonout.speech(speech, [], ())).encode()
    assert "\0" not in speech.text
    made = prepare(speech)
    assert made.speech.text == speech.text
    behind = 0
    for passage in made.passages:
        assert passage.text == speech.text[passage.start : passage.end], "a passage is not exact"
        assert behind <= passage.start < passage.end, "passages overlap"
        behind = passage.end
        assert passage.sentences[0][0] == passage.start
        assert passage.sentences[-1][1] == passage.end


def exact(answer: Answer, index: Index) -> None:
    """Quotes that are whole, and the speech's own words."""
    for quote in answer.quotes:
        text = index.speech(quote.speech_id).text
        assert text[quote.start : quote.end] == quote.text, "a quote is not exact"
        assert 0 <= quote.score <= 1, f"a score of {quote.score}"
        assert all(0 <= a < b <= len(quote.text) for a, b in quote.marks), "a mark outside"
    for note in answer.notes:
        one_line(note)


@drawing(drawn=kinds)
def a_file(drawn: tuple[str, bytes]) -> None:
    """Files of all kinds, whole and damaged."""
    ending, data = drawn
    path = scratch() / f"a{ending}"
    path.write_bytes(data)
    items = list(read_sources([path]))
    assert items, "neither read nor reported"
    for item in items:
        if isinstance(item, Skipped):
            one_line(item.why)
            assert item.where.startswith(str(path))
        else:
            sound(item)


@drawing(
    text=texts,
    fields=st.dictionaries(columns | shorts, values, max_size=6),
    body=st.integers(0, 50),
)
def a_speech(text: str, fields: dict[str, Any], body: int) -> None:
    """Texts and fields, as readers hand them on."""
    fields.pop("text", None), fields.pop("id", None)
    try:
        speech, remark = to_speech(Found("a", "a", text, fields, min(body, len(text))), "a")
    except Unusable as unusable:
        one_line(str(unusable))
        return
    assert speech.text == text, "the text was changed"
    if remark:
        one_line(remark)
    if speech.date:
        assert first_day(speech.date) <= last_day(speech.date)
    sound(speech)


@drawing(data=damaged(listings() | encoded(texts)), declared=st.none() | shorts)
def a_feed(data: bytes, declared: str | None) -> None:
    """Feeds, sitemaps and what only looks like one; the encodings of pages."""
    feeds.is_listing(data)
    try:
        text = charsets.decode(data, declared)
        text.encode()
        charsets.is_garbled(text)
        for entry in feeds.read_listing(data, declared).entries:
            if entry.modified:
                parse_date(feeds.day_of(entry.modified))
                assert math.isfinite(feeds.latest_moment(entry.modified))
    except Unusable as unusable:
        one_line(str(unusable))


@drawing(text=questions, options=options)
def a_question(text: str, options: Options) -> None:
    """Questions, with all the signs that mean something, answered from a small index."""
    try:
        parse_question(text, options)
        answer = ask(small(), text, options)
        exact(answer, small())
        exact(ask(small(), text, Options(limit=10, threshold=0)), small())
        record = timeline(small(), text, options)
    except QuestionError as error:
        one_line(str(error))
        return
    told = jsonout.line(jsonout.answer(answer, context=True)) + jsonout.line(
        jsonout.timeline(record)
    )
    assert len(told.splitlines()) == 1 or "\n" in told, "a line of JSON is broken in two"
    told.encode()
    export.markdown(answer, date(2025, 1, 1)), export.page(answer, record, date(2025, 1, 1))


@drawing(first=questions, then=questions, options=options, speakers=st.lists(shorts, max_size=3))
def a_follow_up(first: str, then: str, options: Options, speakers: list[str]) -> None:
    """Lines that lean on the last question; names that are compared."""
    asked = follow_up(then, Asked(first, options), Options(), speakers, date(2025, 1, 1))
    for day in (asked.options.since, asked.options.until):
        if day and day not in (options.since, options.until):
            parse_date(day)
    for one in speakers:
        names.same_person(then[:200], one)
    with contextlib.suppress(ValueError):
        day = parse_date(first[:20])
        assert first_day(day) <= last_day(day)


@drawing(
    records=st.lists(speeches, min_size=1, max_size=4),
    asked=st.lists(questions, min_size=1, max_size=3),
)
def an_index(records: list[dict[str, Any]], asked: list[str]) -> None:
    """Whole collections, indexed, changed, verified and asked."""
    source, folder = scratch() / "drawn.jsonl", scratch() / "index"
    for half in (records, records[::2] + records[:1]):
        source.write_text(
            "".join(json.dumps(record, ensure_ascii=True) + "\n" for record in half), "utf-8"
        )
        try:
            foreseen = reindex([source], folder, dry_run=True, prune=True)
            report = reindex([source], folder, prune=True)
        except SourceError as error:
            one_line(str(error))
            return
        counted = ("speeches", "passages", "new", "changed", "removed", "unchanged", "skipped")
        for name in counted:
            assert getattr(foreseen, name) == getattr(report, name), f"another count: {name}"
        with Index.open(folder) as index:
            assert index.verify() == []
            said = [index.speech(one).text[:300] for one in index.store.speech_ids()]
            for question in asked + said:
                with contextlib.suppress(QuestionError):
                    exact(ask(index, question, Options(limit=10, threshold=0)), index)


_FLAGS = (
    "--json --md --html --context --any-language --by=month --verify -n=1 -n=0 --threshold=nan "
    "--since=2024 --until=2024-13 --sort=date --speaker=Savva --limit"
).split()


@drawing(
    command=st.sampled_from("ask ask timeline show status".split()),
    flags=st.lists(st.sampled_from(_FLAGS), max_size=3),
    question=questions,
)
def a_command(command: str, flags: list[str], question: str) -> None:
    """The command line: an exit status, and nothing but lines for people."""
    small()
    said, complained = io.StringIO(), io.StringIO()
    arguments = [command, *flags, "--index", str(scratch() / "small"), "--", question]
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            cli.main(arguments, prog_name="rostrum")
        except SystemExit as ended:
            status = ended.code
    assert status in (0, 1, 2), f"ended with {status}"
    assert "unexpected error" not in complained.getvalue(), complained.getvalue()
    if status:
        one_line(complained.getvalue().rstrip("\n"))


TARGETS = {
    "file": a_file, "speech": a_speech, "feed": a_feed, "question": a_question,
    "followup": a_follow_up, "index": an_index, "command": a_command,
}  # fmt: skip

# --- the run ----------------------------------------------------------------------------------


class _TooLong(BaseException):
    """Not an Exception: readers turn those of libraries into messages."""


class Watched:
    """A target with its time limited, its inputs counted, and each find told once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.target = TARGETS[name]
        self.inputs = 0
        self.slowest = 0.0
        self.finds: dict[str, str] = {}
        self.found: tuple[str, str] | None = None

    def once(self, **drawn: Any) -> None:
        """One input."""
        self.inputs += 1
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS)
        try:
            self.target.check(**drawn)
        except (Exception, _TooLong) as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            key = _place(error)
            if key not in self.finds:
                self.found = (
                    key,
                    f"{''.join(traceback.format_exception(error)[-3:])}{drawn!r:.2000}",
                )
                raise AssertionError(key) from None
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            self.slowest = max(self.slowest, time.process_time() - began)

    def test(self) -> Any:
        """What Hypothesis runs."""

        @given(**self.target.drawn)
        def test(**drawn: Any) -> None:
            self.once(**drawn)

        return test

    def run(self, examples: int, seed: int) -> None:
        """Draw so many inputs; a new find is made small and printed."""
        self.found = None
        limits = settings(
            max_examples=examples, deadline=None, database=None, report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
            print_blob=False,
        )  # fmt: skip
        try:
            hypothesis.seed(seed)(limits(self.test()))()
        except Exception as error:  # the find itself, or that it does not come again
            key, shown = self.found or (type(error).__name__, str(error))
            self.finds[key] = shown
            print(f"\n--- found in {self.name}: {key}\n{shown}\n", flush=True)


def _place(error: BaseException) -> str:
    """What went wrong and where: by this, two finds are one."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "/fuzz.py" not in f.filename and "/hypothesis/" not in f.filename]
    where = (ours or frames)[-1]
    kind = f"over {MOST_SECONDS} s" if isinstance(error, _TooLong) else type(error).__name__
    what = "" if ours else f": {error!s:.60}"
    return f"{kind} at {Path(where.filename).name}:{where.lineno}{what}"


def _interrupt(*_: object) -> None:
    raise _TooLong


def rounds(watched: list[Watched], minutes: float, seed: int) -> Iterator[int]:
    """Every target in turn, for about the same time each, until the minutes are over."""
    until = time.monotonic() + 60 * minutes
    examples = Counter({one.name: 20 for one in watched})
    number = 0
    while time.monotonic() < until:
        for one in watched:
            if number and time.monotonic() > until:
                return
            began = time.monotonic()
            one.run(examples[one.name], seed * 1_000_003 + number)
            took = max(0.01, time.monotonic() - began)
            share = min(30.0, 60 * minutes / len(watched) / 2)
            examples[one.name] = max(5, min(20_000, int(examples[one.name] * share / took)))
        number += 1
        yield number


def guided(one: Watched, minutes: float) -> None:
    """The same target, its inputs chosen by the code that they reach."""
    import atheris

    sys.setrecursionlimit(10_000)
    atheris.instrument_all()
    draw = one.test().hypothesis.fuzz_one_input

    def run(data: bytes) -> None:
        with contextlib.suppress(AssertionError):
            draw(data)
        if one.found and one.found[0] not in one.finds:
            key, shown = one.found
            one.finds[key] = shown
            print(f"\n--- found in {one.name}: {key}\n{shown}\n", flush=True)

    atheris.Setup([sys.argv[0], f"-max_total_time={int(60 * minutes)}", "-max_len=4096"], run)
    atheris.Fuzz()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=TARGETS, action="append")
    parser.add_argument("--guided", choices=TARGETS, help="one target, by coverage, with atheris")
    given = parser.parse_args()
    signal.signal(signal.SIGPROF, _interrupt)
    if given.guided:
        return guided(Watched(given.guided), given.minutes)
    watched = [Watched(name) for name in given.only or TARGETS]
    began, busy = time.monotonic(), time.process_time()
    with contextlib.suppress(KeyboardInterrupt):  # what was tried until then counts
        for _ in rounds(watched, given.minutes, given.seed):
            pass
    minutes, busy = (time.monotonic() - began) / 60, (time.process_time() - busy) / 60
    print("| input | tried | slowest, s of processor time | found |\n|---|---|---|---|")
    for one in watched:
        kind = (one.target.check.__doc__ or one.name).rstrip(".")
        print(f"| {kind} | {one.inputs:,} | {one.slowest:.1f} | {len(one.finds)} |")
    inputs, finds = sum(one.inputs for one in watched), sum(len(one.finds) for one in watched)
    slowest = max(one.slowest for one in watched)
    time_taken = f"{minutes:.0f} minutes, {busy:.0f} of the processor"
    print(f"| all, in {time_taken} | {inputs:,} | {slowest:.1f} | {finds} |")
    sys.exit(any(one.finds for one in watched))


if __name__ == "__main__":
    main()
