"""The same speeches in the embedded index and in milvus-lite: time, disk, memory, bytes by field.

    python tests/bench/milvus.py DATA/speeches

milvus-lite is Milvus' interface over files, in Python, in the very process that asks: it shows
what Rostrum asks and stores, not how fast a cluster answers, which searches in C++ on many cores.
Both columns are measured one after the other in this run; memory is the proportional share of all
processes. ``raw`` is what a field takes uncompressed in Arrow's form, ``kept`` what it takes in
milvus-lite's Parquet files, both a passage.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from multiply import paragraphs, read, text_of
from table import ROOT, ROSTRUM, run

QUESTIONS = 60
LEAST_BYTES = 30
"""A passage: what takes less has no row of its own."""
_WORD = re.compile(r"[^\W\d_]{5,}")


class Measured(NamedTuple):
    """What an engine took: seconds, MB, milliseconds."""

    passages: int
    build: float
    again: float
    disk: float
    builder: float
    first: float
    middle: float
    slow: float
    reader: float


def questions(sources: Path, count: int) -> list[str]:
    """Questions of three words each that stand near each other in a paragraph."""
    drawn = random.Random(0)
    blocks = [block for record in read(sources) for block in paragraphs(text_of(record))]
    asked: list[str] = []
    while len(asked) < count:
        words = _WORD.findall(drawn.choice(blocks))
        if len(words) >= 20:
            at = drawn.randrange(len(words) - 6)
            asked.append(" ".join(drawn.sample(words[at : at + 6], 3)))
    return asked


def measure(sources: Path, place: str, folder: Path, asked: list[str]) -> Measured:
    """Build an index in a place, which is kept in a folder, and ask it."""
    built = run([*ROSTRUM, "reindex", sources, "--index", place])
    again = run([*ROSTRUM, "reindex", "--index", place])
    status = json.loads(run([*ROSTRUM, "status", "--json", "--index", place]).output)
    lines = "".join(json.dumps({"question": question}) + "\n" for question in asked)
    answers = run([*ROSTRUM, "ask", "--questions", "-", "--json", "--index", place], lines)
    first, *warm = (json.loads(line)["took_ms"] for line in answers.output.splitlines())
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return Measured(
        status["passages"],
        built.seconds,
        again.seconds,
        disk / 2**20,
        built.memory,
        first,
        statistics.median(warm),
        statistics.quantiles(warm, n=20)[-1],
        answers.memory,
    )


def fields(folder: Path, passages: int) -> Iterator[tuple[str, float, float]]:
    """What is stored, and the raw and kept bytes of it a passage, from milvus-lite's files."""
    from pyarrow import parquet

    raw: Counter[tuple[str, str]] = Counter()
    kept: Counter[tuple[str, str]] = Counter()
    for path in sorted(folder.glob("collections/rostrum_*/**/data/*.parquet")):
        collection = path.relative_to(folder).parts[1]
        name = collection.rpartition("_")[2]
        if collection == "rostrum_writer":
            continue
        file = parquet.ParquetFile(path)
        for group in range(file.metadata.num_row_groups):
            columns = file.metadata.row_group(group)
            for number in range(columns.num_columns):
                column = columns.column(number)
                kept[name, column.path_in_schema.partition(".")[0]] += column.total_compressed_size
        for batch in file.iter_batches(10_000):
            for column_name, values in zip(batch.schema.names, batch.columns, strict=True):
                raw[name, column_name] += values.nbytes
    rest: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for (name, field), size in raw.items():
        sizes = size / passages, kept[name, field] / passages
        if name == "passages" and max(sizes) >= LEAST_BYTES:
            yield f"{name}.{field}", *sizes
        elif field != "_seq":  # milvus-lite's own
            rest[name] = [sum(pair) for pair in zip(rest[name], sizes, strict=True)]
    for name, (one, other) in rest.items():
        yield "other fields of passages" if name == "passages" else name, one, other


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", type=Path, help="a folder of .jsonl and .txt files")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--work", type=Path, help="where the indexes are made, and stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        work = (given.work or Path(aside)).absolute()
        work.mkdir(parents=True, exist_ok=True)
        os.environ["XDG_DATA_HOME"] = str(work / "data")
        os.environ.setdefault("PYTHONPATH", str(ROOT))
        for old in (work / "embedded", work / "lite.db"):
            shutil.rmtree(old, ignore_errors=True)
        sources = given.sources.absolute()
        asked = questions(sources, given.questions)
        ours = measure(sources, str(work / "embedded"), work / "embedded", asked)
        theirs = measure(sources, f"milvus:{work / 'lite.db'}", work / "lite.db", asked)
        if ours.passages != theirs.passages:
            raise SystemExit(f"{ours.passages:,} passages and {theirs.passages:,}")
        print(f"| {ours.passages:,} passages | embedded | milvus-lite |\n|---|---|---|")
        for what, unit, digits, one, other in (
            ("reindex from nothing", "s", 0, ours.build, theirs.build),
            ("peak memory of that, workers included", "MB", 0, ours.builder, theirs.builder),
            ("reindex with nothing changed", "s", 1, ours.again, theirs.again),
            ("on disk", "MB", 0, ours.disk, theirs.disk),
            ("first answer of a process", "ms", 0, ours.first, theirs.first),
            (f"warm answer, p50 of {len(asked) - 1}", "ms", 0, ours.middle, theirs.middle),
            ("warm answer, p95", "ms", 0, ours.slow, theirs.slow),
            ("peak memory of a process that answers", "MB", 0, ours.reader, theirs.reader),
        ):
            print(f"| {what} | {one:,.{digits}f} {unit} | {other:,.{digits}f} {unit} |")
        print("\n| what | raw, bytes a passage | kept, bytes a passage |\n|---|---|---|")
        total = [0.0, 0.0]
        for name, raw, kept in fields(work / "lite.db", ours.passages):
            total = [total[0] + raw, total[1] + kept]
            print(f"| {name} | {raw:,.1f} | {kept:,.1f} |")
        print(f"| all | {total[0]:,.0f} | {total[1]:,.0f} |")


if __name__ == "__main__":
    sys.exit(main())
