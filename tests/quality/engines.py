"""The same search on both engines: the quality table with the embedded index and with Milvus.

    python tests/quality/engines.py ../shared/data --write retrieval/milvus/README.md

Makes the rows of languages.py twice, through the same public commands: over index folders, and over
files of milvus-lite. Prints both beside their difference, and for how many of the questions over
the transcripts the very same quote comes first. --write puts the table between the marks in that
page; `--only XQuAD silence` makes the rows with one of these words, `--every 5` asks every fifth
question of XQuAD, NTREX and Tatoeba: milvus-lite takes a tenth of a second and more for each. The
exit status is 1 when two figures differ by more than .01, or fewer than 95 % of the first quotes
are the same.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from languages import TRANSCRIPTS, Evaluation, Indexes, Set, silence, table, write

MOST_APART = 0.01
LEAST_SAME = 0.95


class OnMilvus(Indexes):
    """An index of each collection in a file of milvus-lite."""

    def place(self, name: str) -> str:
        """Where the index of a collection is."""
        return f"milvus:{self.folder / name}.db"


class Measured(NamedTuple):
    """The figures of one engine by their names, and the first quotes from the transcripts."""

    figures: dict[str, float]
    firsts: list[tuple | None]


def measure(
    evaluation: Evaluation, sets: Sequence[Set], wanted: Callable[[str], bool], indexes: Indexes
) -> Measured:
    """All that one engine answers, one command at a time: a file of milvus-lite has one reader."""
    asked = {s.collection for s in sets}
    asked |= {TRANSCRIPTS} if wanted("silence") or wanted("first quote") else set()
    for name, source in evaluation.collections().items():
        if name in asked:
            indexes.make(name, source)
    rows = [row for one in sets for row in indexes.rows(one)]
    figures = {row.name: float(row.measured) for row in rows}
    if wanted("silence"):
        for language, refused, answered in silence(evaluation, indexes):
            figures |= _silence(language, "wrongly refused", refused)
            figures |= _silence(language, "wrongly answered", answered)
    firsts = _firsts(evaluation, indexes) if wanted("first quote") else []
    figures["quotes that are not exact spans"] = float(indexes.exact_spans().measured)
    return Measured(figures, firsts)


def _silence(language: str, what: str, rate: str) -> dict[str, float]:
    return {} if rate == "–" else {f"silence {language}, {what}": float(rate)}


def _firsts(evaluation: Evaluation, indexes: Indexes) -> list[tuple | None]:
    questions = [record["question"] for record in evaluation.transcript_questions()]
    answers = indexes.ask(TRANSCRIPTS, questions, "--threshold", "0")
    quotes = (next(iter(answer["quotes"]), None) for answer in answers)
    return [quote and (quote["speech_id"], quote["start"], quote["end"]) for quote in quotes]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of shared data")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="rows with a WORD")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="each Nth question")
    parser.add_argument("--write", type=Path, metavar="README", help="put the table there")
    arguments = parser.parse_args()

    def wanted(name: str) -> bool:
        return not arguments.only or any(word in name for word in arguments.only)

    evaluation = Evaluation(arguments.data)
    sets = [s for s in evaluation.sets() if any(wanted(figure.name) for figure in s.figures)]
    sets = [
        s if s.collection == TRANSCRIPTS else s._replace(questions=s.questions[:: arguments.every])
        for s in sets
    ]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        os.environ["XDG_DATA_HOME"] = folder  # what is kept beside an index in Milvus goes too
        engines = [engine(Path(folder), None) for engine in (Indexes, OnMilvus)]
        ours, theirs = pool.map(partial(measure, evaluation, sets, wanted), engines)

    lines, missed = [], []
    for name, value in ours.figures.items():
        other = theirs.figures[name]
        apart = round(other - value, 3)
        lines.append((name, f"{value:g}", f"{other:g}", f"{apart:+g}"))
        missed += [name] if abs(apart) > MOST_APART else []
    if ours.firsts:
        pairs = list(zip(ours.firsts, theirs.firsts, strict=True))
        same = sum(one == other for one, other in pairs) / len(pairs)
        name = f"transcripts, first quote the same, of {len(pairs)} questions"
        lines.append((name, "", f"{same:.1%}", f"≥ {LEAST_SAME:.0%}"))
        missed += [name] if same < LEAST_SAME else []
    text = table(("set", "embedded", "milvus-lite", "difference"), lines)
    print(text, end="")
    if arguments.write:
        write(arguments.write, "engines", text)
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
