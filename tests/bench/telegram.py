"""The Telegram bot under load and failures, as a process, against the local Bot API server.

    python tests/bench/telegram.py [--quick]

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
            b = load.burst(folder / what, corpus, questions, chats, groups, lost=lost)
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
            m = load.memory(folder / "memory", corpus, 20_000 // share)
            row(
                f"memory over {m.updates:,} updates",
                f"{m.at[0][1]:.0f} MB at first, {m.at[-1][1]:.0f} MB at last",
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
            g = load.generations(folder / "reindex", small, 10 // share or 1)
            row(
                f"{g.reindexes} reindexes under {g.questions:,} questions",
                f"{g.unanswered} unanswered, {g.mixed} answers of two generations",
                f"{g.editions} generations answered",
                complaints(g.problems),
            )
        if wanted("inline"):
            i = load.inline(folder / "inline", corpus, 500 // share)
            row(
                f"{i.queries} inline queries, one after another",
                f"until the answer arrived p50 {i.seen[0]:.0f} ms, p95 {i.seen[1]:.0f} ms",
                f"the bot's own time p50 {i.own[0]:.0f} ms, p95 {i.own[1]:.0f} ms",
                complaints(i.problems),
            )


if __name__ == "__main__":
    main()
