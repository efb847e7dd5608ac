"""Answers, speeches and status for people: colours and width are the terminal's.

Imported late by the commands, because rich takes longer to load than a question to parse.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby
from textwrap import shorten

from rich.console import Console
from rich.text import Text

from bot.edge import counted, say, visible
from bot.wording import INVENTED, in_short, said_again, undated
from retrieval.place import Place
from retrieval.records import Answer, Passage, Quote, ShardState, Speech, Status, Timeline

WIDEST = 100
"""Columns beyond which lines become tiring to read."""

NOT_SPEECH = "not speech: the publisher's own words"
UNKNOWN = "speaker not known"
LEFT_OUT = "× "
_MATCH = "bold underline cyan"
_MOST_SKIPPED = 20
_MOST_DOUBTFUL = 3
_LONGEST_OCCASION = 120
_LONGEST_BAR = 60
_LONGEST_LINE = 160
_BREAK = re.compile(r"\s*\n\s*")


def _console() -> Console:
    columns = shutil.get_terminal_size((WIDEST, 24)).columns
    return Console(width=min(columns, WIDEST), highlight=False, markup=False, emoji=False)


def print_answer(
    answer: Answer, *, context: bool = False, index: Place | None = None, first: int | None = None
) -> None:
    """The quotes of an answer, each with who, when and where.

    ``index`` goes into the hints; with ``first`` the quotes are numbered from there.
    """
    console = _console()
    for place, quote in enumerate(answer.quotes):
        if place:
            console.print()
        number = Text("" if first is None else f"{first + place}  ", "dim")
        _print_wrapped(console, Text.assemble(number, _head(quote)))
        if context and quote.before.strip():
            _print_wrapped(console, Text(_reflow_paragraphs(quote.before.strip()), "dim"), "┊ ")
        _print_wrapped(console, _marked(quote), "│ ")
        if context and quote.after.strip():
            _print_wrapped(console, Text(_reflow_paragraphs(quote.after.strip()), "dim"), "┊ ")
        show = f"rostrum show {shlex.quote(quote.speech_id)}"
        if index is not None:
            show += f" --index {shlex.quote(str(index))}"
        also = f"also published as {', '.join(quote.translations)}" if quote.translations else None
        for line in filter(None, (quote.url or quote.source, show, also, said_again(quote))):
            _print_unbroken(console, Text("  " + _reflow(line), "dim"))


def _head(quote: Quote) -> Text:
    known = [_who(quote)]
    event = quote.title or _shortened(quote.occasion)
    place = quote.place if (quote.place or "") not in (event or "") else None
    known += [Text(_reflow(value)) for value in (quote.country, quote.date, place, event) if value]
    if quote.invented:
        known.append(Text(INVENTED, "yellow"))
    return Text(" · ").join(known)


def _who(quote: Quote) -> Text:
    if quote.speaker:
        return Text(_reflow(quote.speaker), "bold")
    return Text(NOT_SPEECH if quote.narration else UNKNOWN, "italic")


def _shortened(occasion: str | None) -> str | None:
    """An occasion in about a line: to the end of a word."""
    return occasion and shorten(occasion, _LONGEST_OCCASION, placeholder=" …")


def _marked(quote: Quote) -> Text:
    text = Text(_reflow_paragraphs(quote.text))
    for start, end in quote.marks:
        text.stylize(_MATCH, start, end)
    return text


def _reflow(text: str) -> str:
    """A text without lines of its own, as long as before."""
    return visible(text).replace("\n", " ")


def _reflow_paragraphs(text: str) -> str:
    """A text whose only line breaks are those between paragraphs, as long as before."""
    return _BREAK.sub(
        lambda match: " " * (len(match[0]) - 1) + "\n "[match[0].count("\n") == 1], visible(text)
    )


def _print_wrapped(console: Console, text: Text, bar: str = "") -> None:
    for line in text.wrap(console, max(1, console.width - len(bar))):
        line.rstrip()
        console.print(Text.assemble((bar, "dim"), line))


def _print_unbroken(console: Console, text: Text) -> None:
    # The terminal may wrap it, but a copied link or command stays in one piece.
    console.print(text, soft_wrap=True)


def print_timeline(record: Timeline) -> None:
    """A bar for each period, and under it who said most to the point, and what."""
    console = _console()
    most = max((period.passages for period in record.periods), default=0)
    room = min(_LONGEST_BAR, console.width - len("2025-10  ") - len(f"{most:,} "))
    for period in record.periods:
        length = max(1, room * period.passages // most) if period.passages else 0
        bar = Text("█" * length, "cyan")
        console.print(Text.assemble(f"{period.name:<7}  ", bar, f" {period.passages or '·'}"))
        if quote := period.quote:
            said = Text.assemble(_who(quote), ": ", in_short(quote, _LONGEST_LINE))
            for line in said.wrap(console, console.width - 9):
                console.print(Text.assemble(" " * 9, line))
    if record.undated:
        console.print(Text(f"and {undated(record)}", "dim"))


def print_speech(
    speech: Speech, passages: Sequence[Passage], translations: Sequence[str] = ()
) -> None:
    """What is known of a speech, and its text with the speaker named wherever it changes.

    Lines that no passage holds have a mark before them: a reading can be checked at a glance.
    """
    console = _console()
    _print_wrapped(console, Text(_reflow(speech.title or speech.id), "bold"))
    if speech.invented:
        console.print(Text(INVENTED, "yellow"))
    known = {
        "speaker": speech.speaker,
        "date": speech.date,
        "place": speech.place,
        "occasion": _shortened(speech.occasion),
        "source": speech.source,
        "url": speech.url,
        "language": speech.language,
        "id": speech.id,
        "also as": ", ".join(translations),
    }
    _print_known(console, {name: [value] for name, value in known.items() if value})
    spoken_by = any(passage.speaker for passage in passages)
    unnamed = Text(NOT_SPEECH if spoken_by else UNKNOWN, "italic dim")
    last: str | None = ""  # nobody's name
    for text, spoken, speaker in _stretches(speech, passages):
        console.print()
        if spoken and speaker != last:
            last = speaker
            console.print(Text(_reflow(speaker), "bold") if speaker else unnamed)
        for paragraph in visible(text).strip().split("\n"):
            _print_wrapped(
                console,
                Text(paragraph.rstrip(), "" if spoken and (speaker or not spoken_by) else "dim"),
                "" if spoken else LEFT_OUT,
            )


def _stretches(
    speech: Speech, passages: Sequence[Passage]
) -> Iterator[tuple[str, bool, str | None]]:
    """The text in order as (text, whether a passage holds it, whose words it is)."""
    pieces: list[tuple[int, int, tuple[bool, str | None]]] = []
    at = speech.body
    for passage in passages:
        gap = speech.text[at : passage.start]
        if any(map(str.isalnum, gap)):
            gap = gap.rstrip(" -–—")  # the dash before a speaker's first word stays with it
            pieces.append((at, at + len(gap), (False, None)))
            at += len(gap)
        pieces.append((at, passage.end, (True, passage.speaker)))
        at = passage.end
    if any(map(str.isalnum, speech.text[at:])):
        pieces.append((at, len(speech.text), (False, None)))
    for (spoken, speaker), run in groupby(pieces, key=lambda piece: piece[2]):
        first, *rest = run
        yield speech.text[first[0] : (rest[-1] if rest else first)[1]], spoken, speaker


def print_status(status: Status, problems: Sequence[str] | None = None) -> None:
    """What an index holds, its model and its health; ``problems`` None: health was not asked."""
    console = _console()
    console.print(
        Text(
            f"{counted(status.speeches, 'speech')}, {counted(status.passages, 'passage')}, "
            f"{counted(status.speakers, 'speaker')}",
            "bold",
        )
    )
    languages = ", ".join(f"{name} {count:,}" for name, count in status.languages.items())
    known = {
        "languages": [languages],
        "dates": [f"{status.first_date} to {status.last_date}" if status.first_date else ""],
        "model": [
            f"{status.model}, {status.dimensions} dimensions, "
            f"fingerprint {status.model_fingerprint}"
        ],
        "vectors": [
            status.vector_index
            + ("" if status.recall is None else f", recall@10 {status.recall:.3f}")
        ],
        "made": [
            f"{status.created}, generation {status.generation}, "
            f"format {status.format_version}, analyser {status.analyser_version}"
        ],
        "folder": [status.folder],
        "size": [f"{status.bytes / 1e6:,.1f} MB"],
        "sources": list(status.sources),
        "translated": [counted(status.translations, "speech") if status.translations else ""],
        "doubtful": [
            f"{counted(len(ids), 'speech')}: {why}, as in {', '.join(ids[:_MOST_DOUBTFUL])}; "
            "look with rostrum show ID"
            for why, ids in status.doubtful.items()
        ],
        "skipped": [
            f"{skipped.where}: {skipped.why}" for skipped in status.skipped[:_MOST_SKIPPED]
        ],
    }
    if len(status.skipped) > _MOST_SKIPPED:
        known["skipped"].append("and more; --json has them")
    if problems is not None:
        known["health"] = list(problems) or ["no problem found"]
    _print_known(console, known)


def print_shards(shards: Sequence[ShardState]) -> None:
    """How far several processes are that write an index together."""
    if not shards:
        return
    console = _console()
    counts = Counter(shard.state for shard in shards)
    states = ", ".join(f"{count:,} {state}" for state, count in counts.items())
    console.print(Text(f"a reindex in {counted(len(shards), 'shard')}: {states}", "bold"))
    known = {}
    for shard in shards:
        written = (
            f", {counted(shard.speeches, 'speech')}, {counted(shard.passages, 'passage')}; "
            f"since {shard.since} on {shard.host}"
        )
        known[f"{shard.number}/{shard.of}"] = [f"{shard.state}{written if shard.since else ''}"]
    _print_known(console, known)
    if counts["done"] == len(shards):
        console.print(Text("all are there: rostrum reindex --finish", "dim"))


def _print_known(console: Console, known: dict[str, list[str]]) -> None:
    for name, values in known.items():
        for number, value in enumerate(filter(None, values)):
            label = f"{'' if number else name:<10}"
            _print_unbroken(console, Text.assemble((label, "dim"), _reflow(value)))


@contextmanager
def progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """A bar on the terminal for a long work, or a plain line for each stage where there is none."""
    if not sys.stderr.isatty():
        yield _stage_lines()
        return
    from rich.progress import (
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeElapsedColumn,
    )

    class Pace(ProgressColumn):
        """How many of how many, how fast, and how long it still takes."""

        def render(self, task: Task) -> Text:
            done = f"{task.completed:,.0f}"
            if not task.total:
                return Text(done)
            left = task.time_remaining
            pace = f" {task.speed:,.1f}/s" if task.speed else ""
            still = f" {timedelta(seconds=left)} left" if left else ""
            return Text(f"{done}/{task.total:,.0f}{pace}{still}", no_wrap=True)

    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        Pace(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, expand=True) as bars:
        tasks = {}

        def advance(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


def _stage_lines() -> Callable[[str, int, int | None], None]:
    told: set[str] = set()

    def advance(stage: str, done: int, total: int | None) -> None:
        if stage not in told:
            told.add(stage)
            say(stage if total is None else f"{stage} ({total:,})")

    return advance
