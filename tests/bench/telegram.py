"""The Telegram bot under load and failures, as a process, against the local Bot API server.

    python tests/bench/telegram.py [--quick] [--only NAME] [--data SOURCE]

Prints a table: a burst of questions while calls fail, memory over many updates, kill -9 again and
again, reindexing while people ask, inline queries. Speeches and people are invented. The server
runs in the process of this script, beside the bot, and takes its share of the processors.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
# not the folder of this file, where "telegram" would be this file
sys.path[0:1] = [str(TESTS.parent), str(TESTS), str(TESTS / "bot")]

import telegram_load as load  # noqa: E402

from retrieval.build import reindex  # noqa: E402

WORDS = """water gas peace trade border climate energy railway school army language grain
    вода газ мир торговля граница климат энергия дороги школа армия язык зерно
    su qaz sülh ticarət sərhəd iqlim enerji yollar məktəb ordu dil taxıl""".split()
"""What is typed where the speeches are not ours: any two of these."""


def row(what: str, *figures: str) -> None:
    print(f"| {what} | {'; '.join(figures)} |", flush=True)


def complaints(problems: list[str]) -> str:
    """How many errors were logged; they are shown on standard error."""
    for problem in problems[:3]:
        print(problem, file=sys.stderr)
    return f"{len(problems)} errors in the log"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--only", metavar="NAME", help="burst, lost, memory, kill, reindex, inline")
    parser.add_argument(
        "--data",
        metavar="SOURCE",
        nargs="+",
        help="inline queries over these speeches too, as rostrum reindex takes them",
    )
    arguments = parser.parse_args()
    share = 10 if arguments.quick else 1

    with tempfile.TemporaryDirectory(prefix="rostrum-bench-") as name:
        folder = Path(name)
        corpus = load.Corpus(folder / "large", speeches=200)
        small = load.Corpus(folder / "small", speeches=30)

        def wanted(measure: str) -> bool:
            return arguments.only in (None, measure)

        print("| what | came of it |\n|---|---|", flush=True)
        for what, lost, size in (("burst", 0.0, 2000), ("lost", 0.02, 1000)):
            if not wanted(what):
                continue
            questions, chats, groups = size // share, 300 // share, 30 // share
            with load.a_bot(folder / what, corpus.index) as place:
                b = load.burst(place, questions, chats, groups, lost=lost)
            failed = ", ".join(f"{n} × {kind}" for kind, n in sorted(b.injected.items()))
            row(
                f"{b.questions:,} questions at once from {b.chats} chats, {groups} of them groups; "
                f"calls that failed: {failed}",
                f"{b.unanswered} unanswered, {b.twice} answered twice",
                f"{len(b.violations)} times over Telegram's limits",
                f"{b.seconds:.0f} s, {b.questions / b.seconds:.0f} a second",
                f"the bot's own time p50 {b.own[0]:.0f} ms, p95 {b.own[1]:.0f} ms",
                complaints(b.problems),
            )
        if wanted("memory"):
            with load.a_bot(folder / "memory", corpus.index, keep=200) as place:
                m = load.memory(place, 20_000 // share)
            quarters = [m.updates * n // 4 for n in (1, 2, 3, 4)]
            row(
                f"memory over {m.updates:,} updates",
                f"{m.at[0][1]:.0f} MB at first, "
                + ", ".join(f"{m.after(n):.0f} MB after {n:,}" for n in quarters),
                f"{m.grown:+.1f} MB from the second quarter to the last",
                f"{m.updates / m.seconds:.0f} updates a second",
                complaints(m.problems),
            )
        if wanted("kill"):
            k = load.killed(folder / "kill", small, 50 // share)
            row(
                f"kill -9 {k.kills} times under {k.questions:,} questions",
                f"{k.unanswered} unanswered, {k.twice} answered twice",
                f"of {k.news:,} pieces of news {k.news_twice} told twice, {k.news_missed} never, "
                f"{k.news_behind} behind “and 3 more”",
                complaints(k.problems),
            )
        if wanted("reindex"):
            with load.a_bot(folder / "reindex", small.index) as place:
                g = load.generations(place, small, 10 // share or 1)
            row(
                f"{g.reindexes} reindexes under {g.questions:,} questions",
                f"{g.unanswered} unanswered, {g.mixed} answers of two generations",
                f"{g.editions} generations answered",
                complaints(g.problems),
            )
        if wanted("inline"):
            with load.a_bot(folder / "inline", corpus.index) as place:
                inline_row(load.inline(place, 500 // share), f"{corpus.speeches} short speeches")
            if arguments.data:
                report = reindex(arguments.data, folder / "data")
                what = f"{report.speeches:,} speeches, {report.passages:,} passages"
                with load.a_bot(folder / "inline-data", folder / "data") as place:
                    inline_row(load.inline(place, 500 // share, WORDS), what)


def inline_row(i: load.Inline, over: str) -> None:
    row(
        f"{i.queries} inline queries, one after another, over {over}",
        f"{i.empty} found nothing",
        f"until the answer arrived p50 {i.seen[0]:.0f} ms, p95 {i.seen[1]:.0f} ms",
        f"the bot's own time p50 {i.own[0]:.0f} ms, p95 {i.own[1]:.0f} ms",
        complaints(i.problems),
    )


if __name__ == "__main__":
    main()
