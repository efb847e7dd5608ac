"""The ``rostrum`` command line. Each command reads its options, asks the core, and prints."""

from __future__ import annotations

import gc
import json
import math
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, NoReturn

import click

from bot import jsonout
from bot.edge import Edge, complain, counted, only_our_words, say
from bot.settings import INDEX_HELP, PlaceType, default_index, open_index
from bot.telegram.command import feedback, telegram
from bot.wording import NOTHING, speaks_of, without_periods
from retrieval.errors import QuestionError, RostrumError, SourceError
from retrieval.place import Place
from retrieval.records import Answer, Options, Reading, Report, Skipped, Unit

# The core is imported inside the commands, and rich with bot.render, for start-up time: help and
# shell completion need no numpy, --json no rich.
if TYPE_CHECKING:
    from retrieval.index import Index

MOST_SKIPPED_SHOWN = 20


def _date(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    from retrieval.dates import parse_date

    try:
        return None if value is None else parse_date(value)
    except ValueError as error:
        raise click.BadParameter(str(error), context, option) from None


MOST_SHARDS = 1000  # Milvus takes 1,024 partitions in a collection


def _shard(
    context: click.Context, option: click.Parameter, value: str | None
) -> tuple[int, int] | None:
    if value is None:
        return None
    number, slash, of = value.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal()):
        raise click.BadParameter(f"'{value}' must look like 3/8.", context, option)
    if not 1 <= int(number) <= int(of) <= MOST_SHARDS:
        raise click.BadParameter(
            f"'{value}': the shards of 8 are 1/8 to 8/8, and {MOST_SHARDS:,} the most.",
            context,
            option,
        )
    return int(number), int(of)


index_option = click.option(
    "--index",
    "folder",
    type=PlaceType(),
    envvar="ROSTRUM_INDEX",
    metavar="DIR",
    help=INDEX_HELP,
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON for programs.")


def _filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that looks for something."""
    for option in reversed(
        (
            click.option(
                "--since",
                metavar="DATE",
                callback=_date,
                help="Only from this date on: 2025, 2025-10 or 2025-10-21.",
            ),
            click.option(
                "--until",
                metavar="DATE",
                callback=_date,
                help="Only up to this date, itself included.",
            ),
            click.option(
                "--speaker",
                metavar="NAME",
                help="Only words of this speaker, in any alphabet; of several with commas between.",
            ),
            click.option(
                "--threshold",
                type=click.FloatRange(0, 1),
                metavar="X",
                help="Score below which nothing counts as said, 0 to 1; 0 always gives the "
                "nearest quotes.",
            ),
        )
    ):
        command = option(command)
    return command


@click.group(
    cls=Edge,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  rostrum ask "what was said about the Zangezur corridor"
  rostrum reindex ~/speeches
  rostrum status

\b
Completion of commands and options with the Tab key:
  bash  eval "$(_ROSTRUM_COMPLETE=bash_source rostrum)"    in ~/.bashrc
  zsh   eval "$(_ROSTRUM_COMPLETE=zsh_source rostrum)"     in ~/.zshrc
  fish  _ROSTRUM_COMPLETE=fish_source rostrum | source     in ~/.config/fish/config.fish
""",
)
@click.version_option(package_name="rostrum")
@click.pass_context
def cli(context: click.Context) -> int:
    """Answer questions about speeches with the speakers' own words.

    Every answer is a list of exact quotes, each with who said it, when and where. Questions may
    be in Russian, Azerbaijani or English, whatever the language of the speeches.
    """
    if context.invoked_subcommand is None:
        say(context.get_help())
        return 2
    return 0


@cli.command(
    epilog="""\b
Examples:
  rostrum ask "what was said about the Zangezur corridor"
  rostrum ask -n 10 --since 2024 --until 2025-06 --speaker Алиев "вода и засуха"
  rostrum ask "кабель -Каспий 2023..2025"
  rostrum ask '"peace agreement"' --context
  rostrum ask --json "Zəngəzur dəhlizi haqqında nə deyildi?"
  rostrum ask --html "water prices" > water.html
  rostrum ask --questions questions.jsonl --json > answers.jsonl
  rostrum ask -- "-Каспий кабель"
"""
)
@click.argument("question", nargs=-1)
@click.option(
    "-n",
    "limit",
    type=click.IntRange(1, 100),
    default=3,
    show_default=True,
    help="Give at most this many quotes.",
)
@click.option(
    "--per-speech",
    type=click.IntRange(1, 100),
    default=2,
    show_default=True,
    help="Give at most this many quotes from one speech.",
)
@_filters
@click.option(
    "--own-language/--any-language",
    default=True,
    help="Of a speech in several languages quote the question's, or whichever answers best."
    "  [default: own]",
)
@click.option(
    "--sort",
    type=click.Choice(["relevance", "date"]),
    default="relevance",
    show_default=True,
    help="The order of the quotes.",
)
@click.option("--context", "with_context", is_flag=True, help="Show the text around each quote.")
@click.option(
    "--questions",
    type=click.File("rb"),
    metavar="FILE",
    help='Answer a file of {"qid", "question"} lines, with --json; - is standard input.',
)
@click.option("--md", "shape", flag_value="md", help="Markdown with footnotes, to take along.")
@click.option("--html", "shape", flag_value="html", help="One page of HTML with a timeline.")
@json_option
@index_option
@click.pass_context
def ask(
    context: click.Context,
    /,
    question: tuple[str, ...],
    limit: int,
    per_speech: int,
    since: str | None,
    until: str | None,
    speaker: str | None,
    threshold: float | None,
    own_language: bool,
    sort: Literal["relevance", "date"],
    with_context: bool,
    questions: IO[bytes] | None,
    shape: str | None,
    as_json: bool,
    folder: Place | None,
) -> int:
    """Answer a question with exact quotes; without one, at a terminal, one question after another.

    \b
    In the QUESTION itself
      "exact phrase"   must stand in a quote, word for word
      -word            must not stand near it
      2024..2025       limits the dates; so do 2024.. and ..2025-06
    """
    options = Options(limit, per_speech, since, until, speaker, threshold, own_language, sort)
    _check(options)
    if shape and as_json:
        raise click.UsageError(f"Give --json or --{shape}, not both.")
    if shape and with_context:
        raise click.UsageError(f"--context goes with the terminal and --json, not with --{shape}.")
    if questions and question:
        raise click.UsageError("Give a QUESTION or --questions, not both.")
    if questions and not as_json:
        raise click.UsageError("The answers to --questions are JSON lines: add --json.")
    if not questions and not question and not as_json and not shape and _at_terminal():
        return _converse(context, folder, options)
    if not questions and not question:
        raise click.UsageError('What is the question? For instance: rostrum ask "water prices".')
    if questions:
        with only_our_words(), _opened(folder) as index:
            return _ask_all(index, questions, options, with_context)
    with only_our_words(), _no_collection(), _opened(folder) as index:
        from retrieval.search import ask as ask_index

        answer = ask_index(index, _sound(" ".join(question)), options)
        exported = _exported(index, answer, options, shape) if shape else None
    for note in answer.notes:
        say(note)
    if exported is not None:
        print(exported, end="")
    elif as_json:
        print(jsonout.line(jsonout.answer(answer, context=with_context)))
    elif not answer.quotes:
        print(NOTHING)
        if answer.topics:
            print(speaks_of(answer.topics))
        print("Other words may help; --threshold 0 gives the nearest sentences there are.")
    else:
        from bot.render import print_answer

        print_answer(answer, context=with_context, index=_named(context, folder))
    return 0


@contextmanager
def _opened(folder: Place | None) -> Iterator[Index]:
    """The index; if a search in it fails as none should, the files that are damaged are named."""
    with open_index(folder, say) as index:
        try:
            yield index
        except (RostrumError, OSError, KeyboardInterrupt, SystemExit, click.ClickException):
            raise
        except BaseException:  # not Exception: a panic of the word index is none
            if isinstance(index.folder, Path):
                _check_files(index.folder)
            raise


@contextmanager
def _no_collection() -> Iterator[None]:
    """Look for no garbage: what one answer makes mostly stays, and to look takes 30 ms of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()  # else it would all be looked through now, and again at the end
        gc.enable()


def _named(context: click.Context, folder: Place | None) -> Place | None:
    """The index folder, if this very command line named it: then hints must name it too."""
    source = context.get_parameter_source("folder")
    return folder if source is click.core.ParameterSource.COMMANDLINE else None


def _at_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _converse(context: click.Context, folder: Place | None, options: Options) -> int:
    from platformdirs import user_state_path

    from bot.prompt import converse

    history = user_state_path("rostrum", appauthor=False) / "history"
    with _opened(folder) as index:
        index.warm_up()
        converse(index, options, folder=_named(context, folder), history=history)
    return 0


def _exported(index: Index, answer: Answer, options: Options, shape: str) -> str:
    from bot import export

    today = datetime.now().astimezone().date()
    if shape == "md":
        return export.markdown(answer, today)
    from retrieval.timeline import timeline

    return export.page(answer, timeline(index, answer.question, options), today)


def _check(options: Options) -> None:
    # Said once and before the index is opened, not again for each question of a file.
    from retrieval.dates import first_day, last_day

    if options.threshold is not None and math.isnan(options.threshold):
        raise click.BadParameter("it must be a number from 0 to 1.", param_hint="'--threshold'")
    if options.speaker is not None and not options.speaker.strip():
        raise click.BadParameter("the name is empty.", param_hint="'--speaker'")
    since, until = options.since, options.until
    if since and until and first_day(since) > last_day(until):
        raise click.UsageError(f"--since {since} is after --until {until}.")


def _sound(question: str) -> str:
    """The question without halves of surrogate pairs, which no index and no output can hold."""
    return question.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _ask_all(index: Index, lines: Iterable[bytes], options: Options, context: bool) -> int:
    """Answer a file of questions, one line each, in order; 1 when a line could not be read.

    A question that cannot be understood has an answer too: nothing found, and why.
    """
    from embeddings.analysis import detect_language
    from retrieval.search import ask as ask_index

    failed = 0
    told: set[str] = set()
    index.warm_up()
    gc.freeze()  # what is there by now stays, and need not be looked through again and again
    for number, qid, question in _questions(lines):
        if question is None:
            failed += 1
            continue
        try:
            answer = ask_index(index, question, options)
        except QuestionError as error:
            complain(f"questions, line {number}: {error}")
            # an answer all the same, so that answers and questions stay in step
            answer = Answer(question, detect_language(question), False, (), 0.0)
            shape = jsonout.answer(answer, qid) | {"error": str(error)}
        else:
            shape = jsonout.answer(answer, qid, context=context)
        for note in answer.notes:
            if note not in told:  # the same filter would say the same of every question
                told.add(note)
                say(f"questions, line {number}: {note}")
        print(jsonout.line(shape), flush=True)
    if failed:
        complain(f"{counted(failed, 'line')} could not be read as a question; the rest is done.")
    return 1 if failed else 0


def _questions(lines: Iterable[bytes]) -> Iterator[tuple[int, str | int | None, str | None]]:
    """(line number, qid, question) of each line; a broken line is told, its question None."""
    for number, raw in enumerate(lines, 1):
        if not raw.strip():
            continue
        qid = question = None
        try:
            record = json.loads(raw.decode("utf-8-sig"))
        except UnicodeDecodeError:
            complain(f"questions, line {number}: it is not UTF-8; skipped.")
        except (ValueError, RecursionError):
            complain(f"questions, line {number}: it is not JSON; skipped.")
        else:
            if (
                isinstance(record, dict)
                and isinstance(record.get("question"), str)
                and isinstance(record.get("qid"), str | int | None)
            ):
                qid, question = record.get("qid"), _sound(record["question"])
            else:
                complain(
                    f"questions, line {number}: it must look like "
                    '{"qid": "1", "question": "…"}; skipped.'
                )
        yield number, qid, question


@cli.command(
    epilog="""\b
Examples:
  rostrum timeline "water prices"
  rostrum timeline --by month --since 2025 --speaker Алиев "Зангезурский коридор"
  rostrum timeline --png corridor.png "Zəngəzur dəhlizi"
"""
)
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--by",
    "unit",
    type=click.Choice(["year", "month"]),
    help="Count by year or by month.  [default: whichever suits the dates]",
)
@_filters
@click.option(
    "--png",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Draw it into a picture as well.",
)
@json_option
@index_option
def timeline(
    question: tuple[str, ...],
    unit: Unit | None,
    since: str | None,
    until: str | None,
    speaker: str | None,
    threshold: float | None,
    png: Path | None,
    as_json: bool,
    folder: Place | None,
) -> None:
    """Show when something was spoken of, and the strongest quote of each year or month.

    The QUESTION may hold the same signs as that of ask.
    """
    options = Options(since=since, until=until, speaker=speaker, threshold=threshold)
    _check(options)
    with only_our_words(), _opened(folder) as index:
        from retrieval.timeline import timeline as make_timeline

        record = make_timeline(index, _sound(" ".join(question)), options, unit)
    for note in record.notes:
        say(note)
    if png:
        from bot.picture import draw_timeline

        draw_timeline(record, png)
        say(f"drawn: {png}")
    if as_json:
        print(jsonout.line(jsonout.timeline(record)))
    elif not record.periods:
        print(without_periods(record))
    else:
        from bot.render import print_timeline

        print_timeline(record)


@cli.command(
    epilog="""\b
Examples:
  rostrum reindex ~/speeches                     a folder of files
  rostrum reindex 2025-10-21.txt archive.jsonl   single files
  rostrum reindex https://example.org/sitemap.xml --since 2025
  rostrum reindex speeches.csv --column text=Transcript --column speaker=Who
  rostrum reindex                                again, from the same sources
  rostrum reindex --dry-run                      what would change
  rostrum reindex --watch 60                     every minute
  rostrum reindex --full --model intfloat/multilingual-e5-base ~/speeches
  rostrum reindex --shard 3/8 /mnt/speeches --index milvus:http://milvus:19530
  rostrum reindex --finish --index milvus:http://milvus:19530
"""
)
@click.argument("sources", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--model",
    metavar="NAME",
    help="A sentence-transformers name or folder, or built-in.  [default: the index's own]",
)
@click.option("--full", is_flag=True, help="Read and encode everything anew.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option(
    "--prune",
    is_flag=True,
    help="Let more than half of the speeches go if the sources hold them no more, and those of "
    "sources that are gone.",
)
@click.option(
    "--watch",
    "pause",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help="Keep doing it, so long after the last time, until interrupted; web sources no more "
    "often than every 15 minutes.",
)
@click.option(
    "--column",
    "columns",
    metavar="FIELD=NAME",
    multiple=True,
    help="Which column of a table is the text, title, date, speaker, url …; may be repeated.",
)
@click.option(
    "--since",
    metavar="DATE",
    callback=_date,
    help="Of feeds and sitemaps only the pages from this date on.",
)
@click.option("--allow-local", is_flag=True, help="Read addresses of the local network too.")
@click.option(
    "--shard",
    metavar="N/OF",
    callback=_shard,
    help="Write one share of the speeches, for instance 3/8, while other machines write the "
    "others; Milvus only. Run it again if it was interrupted, with --full to write it anew.",
)
@click.option(
    "--finish",
    "ending",
    flag_value="finish",
    help="Switch to what the shards have written, once all are there; --prune belongs here then.",
)
@click.option(
    "--abandon",
    "ending",
    flag_value="abandon",
    help="Drop shards that are not finished; the index stays as it is.",
)
@click.option(
    "--progress",
    "progress_as",
    type=click.Choice(["auto", "json"]),
    default="auto",
    help='A bar, or for programs a line of {"stage", "done", "total"} each on standard error.',
)
@json_option
@index_option
def reindex(
    sources: tuple[str, ...],
    model: str | None,
    full: bool,
    dry_run: bool,
    prune: bool,
    pause: float | None,
    columns: tuple[str, ...],
    since: str | None,
    allow_local: bool,
    shard: tuple[int, int] | None,
    ending: str | None,
    progress_as: str,
    as_json: bool,
    folder: Place | None,
) -> int:
    """Index speeches, or bring the index up to date.

    A SOURCE is a file, a folder, or the address of a web page, feed or sitemap. The index holds
    what the given SOURCEs hold; without SOURCE, those it was built from, read as they were then.
    Only what is new or changed is worked on, and questions are answered meanwhile. Pages that
    were downloaded are remembered in the index folder, for Milvus in your data folder.
    """
    from retrieval.build import finish
    from retrieval.build import reindex as reindex_sources

    folder = folder or default_index()
    reading = Reading(_columns(columns), since, allow_local)
    if not sources and reading != Reading():
        raise click.UsageError("Name the SOURCEs again to have them read in another way.")
    if pause and dry_run:
        raise click.UsageError("Give --watch or --dry-run, not both.")
    if shard or ending:
        _check_sharing(shard, ending, folder)
        given = {
            "--watch": pause,
            "--dry-run": dry_run,
            "--prune": prune and ending != "finish",
            "SOURCE": ending and sources,
            "--model": ending and model,
            "--full": ending and full,
        }
        for name in (name for name, value in given.items() if value):
            raise click.UsageError(
                f"Give --{ending or 'shard'} or {name}, not both"
                + (": --prune goes with --finish." if name == "--prune" and shard else ".")
            )
    if ending == "abandon":
        return _abandon(folder)

    def run(full: bool) -> int:
        try:
            with _progress(progress_as) as advance:
                if ending:
                    report = finish(folder, prune=prune, progress=advance)
                else:
                    report = reindex_sources(
                        sources,
                        folder,
                        model=model,
                        full=full,
                        prune=prune,
                        dry_run=dry_run,
                        reading=reading if sources else None,
                        progress=advance,
                        shard=shard,
                    )
        except SourceError as error:
            _print_skipped(error.skipped)
            raise
        if as_json:
            print(jsonout.line(jsonout.report(report, folder)), flush=True)
        else:
            _print_report(report, folder, "the shard" if shard else "the index")
        return 1 if report.skipped else 0

    return _watch(run, full, pause, folder) if pause else run(full)


def _check_sharing(shard: tuple[int, int] | None, ending: str | None, folder: Place) -> None:
    if shard and ending:
        raise click.UsageError(f"Give --shard or --{ending}, not both.")
    if isinstance(folder, Path):
        raise click.UsageError(
            f"--{ending or 'shard'} is for an index on Milvus (--index milvus:…); one process "
            f"writes the index folder {folder}."
        )


def _abandon(folder: Place) -> int:
    from retrieval.build import abandon

    done = abandon(folder)
    print(f"dropped: {counted(done, 'finished shard')} and whatever was begun; {folder}")
    return 0


_WEB_PAUSE = 900.0
"""Seconds at least between two looks at a web source."""


def _watch(run: Callable[[bool], int], full: bool, pause: float, folder: Place) -> NoReturn:
    """Run again and again, whatever goes wrong once."""
    from retrieval.addresses import is_address
    from retrieval.build import recorded_sources

    # as an interrupt does: what was begun is cleared away
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    while True:
        try:
            run(full)
            full = False
        except RostrumError as error:
            complain(str(error))
        web = any(map(is_address, recorded_sources(folder)))
        time.sleep(max(pause, _WEB_PAUSE) if web else pause)


def _progress(shape: str) -> AbstractContextManager[Callable[[str, int, int | None], None]]:
    if shape == "json":
        return nullcontext(jsonout.progress(say))
    from bot.render import progress

    return progress()


def _columns(given: Iterable[str]) -> dict[str, str]:
    from retrieval.reading import COLUMN_FIELDS

    columns = {}
    for item in given:
        field, separator, column = item.partition("=")
        if not (field.strip() and separator and column.strip()):
            raise click.BadParameter(
                f"'{item}' must look like text=Transcript.", param_hint="'--column'"
            )
        if field.strip().lower() not in COLUMN_FIELDS:
            raise click.BadParameter(
                f"'{field.strip()}' is no field; the fields are {', '.join(COLUMN_FIELDS)}.",
                param_hint="'--column'",
            )
        columns[field.strip().lower()] = column.strip()
    return columns


def _print_skipped(skipped: Sequence[Skipped]) -> None:
    for item in skipped[:MOST_SKIPPED_SHOWN]:
        # a line each, whatever the name of a file holds
        say(f"skipped {item.where}: {item.why}".replace("\n", "\u240a"))
    if len(skipped) > MOST_SKIPPED_SHOWN:
        say(f"and {len(skipped) - MOST_SKIPPED_SHOWN:,} more")


def _print_report(report: Report, folder: Place, what: str) -> None:
    _print_skipped(report.skipped)
    if len(report.skipped) > MOST_SKIPPED_SHOWN and not report.dry_run:
        say("all of them: rostrum status --json")
    for reason in report.reasons:
        say(reason)
    print(
        f"{counted(report.speeches, 'speech')}, {counted(report.passages, 'passage')}: "
        f"{report.new:,} new, {report.changed:,} changed, {report.removed:,} removed, "
        f"{report.unchanged:,} unchanged, {report.kept:,} kept, {len(report.skipped):,} skipped; "
        f"{_took(report)}; {folder}{' (nothing was written)' if report.dry_run else ''}",
        flush=True,
    )
    if report.removed and report.dry_run:
        say(f"{counted(report.removed, 'speech')} would leave {what}.")
    elif report.removed:
        say(
            f"{counted(report.removed, 'speech')} left {what}: in none of its sources any more. "
            "The index holds what the SOURCEs of the last reindex hold; name all of them."
        )
    if report.kept:
        say(
            f"{counted(report.kept, 'speech')} kept from before, because what they came from "
            "could not be read or not as a whole; of files and folders that are gone for good, "
            "--prune lets go."
        )
    if report.skipped:
        rest = "the rest would be indexed" if report.dry_run else "the rest is indexed"
        complain(f"{len(report.skipped):,} not read, or not as given; {rest}.")


def _took(report: Report) -> str:
    """The seconds of a reindex, and of those stages that took most of them."""
    long = {name: s for name, s in report.stages.items() if s >= max(0.1, report.seconds / 20)}
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in long.items())
    return f"{report.seconds:.1f} s" + (f" ({stages})" if len(long) > 1 else "")


@cli.command(
    epilog="""\b
Examples:
  rostrum rollback
  rostrum rollback --index /srv/rostrum
"""
)
@json_option
@index_option
def rollback(as_json: bool, folder: Place | None) -> None:
    """Return to the index as it was before the last reindex, and say what it holds.

    The next reindex brings it up to date again: mend the sources first.
    """
    from retrieval.build import rollback as roll_back

    with roll_back(folder or default_index()) as index:
        record = index.status()
    if as_json:
        print(jsonout.line(jsonout.status(record)))
    else:
        print(
            f"back to generation {record.generation}, made {record.created}: "
            f"{counted(record.speeches, 'speech')}, {counted(record.passages, 'passage')}; "
            f"{record.folder}"
        )


@cli.command(
    epilog="""\b
Examples:
  rostrum show astana-2025-10-21.ru
  rostrum show astana-2025-10-21.ru --json | jq -r .text
"""
)
@click.argument("speech_id")
@json_option
@index_option
def show(speech_id: str, as_json: bool, folder: Place | None) -> None:
    """Show a speech: its stored text, who speaks where in it, and what is known of it."""
    with _opened(folder) as index:
        speech, passages = index.speech(speech_id), index.passages(speech_id)
        translations = index.translations(speech_id)
    if as_json:
        print(jsonout.line(jsonout.speech(speech, passages, translations)))
    else:
        from bot.render import print_speech

        print_speech(speech, passages, translations)


@cli.command(
    epilog="""\b
Examples:
  rostrum status
  rostrum status --verify --index /srv/rostrum
"""
)
@click.option("--verify", is_flag=True, help="Check every file and quote of the index; slower.")
@json_option
@index_option
def status(verify: bool, as_json: bool, folder: Place | None) -> int:
    """Show what the index holds, its model and its health."""
    from retrieval.build import shards
    from retrieval.errors import IndexMissing

    unfinished = shards(folder or default_index())
    if verify:
        _check_files(folder or default_index())
    record = problems = None
    try:
        with _opened(folder) as index:
            record = index.status()
            problems = index.verify() if verify else None
    except IndexMissing:
        if not unfinished:
            raise
    if as_json:
        print(jsonout.line(jsonout.status(record, problems, unfinished)))
    else:
        from bot.render import print_shards, print_status

        if record:
            print_status(record, problems)
        print_shards(unfinished)
    if record and problems:
        again = f"rostrum reindex --full --index {shlex.quote(record.folder)}"
        complain(f"The index is damaged; make it anew: {again}")
    return 1 if problems else 0


def _check_files(folder: Place) -> None:
    """Name the altered files before any is opened."""
    from retrieval.errors import IndexDamaged, IndexMissing
    from retrieval.index import altered

    try:
        problems = altered(folder)
    except IndexMissing:
        return  # to be told, or to be replaced by the samples, when it is opened
    if problems:
        again = f"rostrum reindex --full --index {shlex.quote(str(folder))}"
        raise IndexDamaged(f"The index is damaged: {'; '.join(problems)}. Run: {again}") from None


cli.add_command(telegram)
cli.add_command(feedback)


def main() -> None:
    """Run the command line and exit: 0 done, 1 it could not, 2 wrong usage."""
    # numpy's own threads, too many for a question's small products, burn a core as they wait
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    cli.main(prog_name="rostrum")


if __name__ == "__main__":
    main()
