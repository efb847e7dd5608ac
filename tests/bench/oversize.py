"""Collections of an awkward shape, indexed for real: how long, how much memory, what is said.

    python tests/bench/oversize.py --files 100000 --megabytes 2048

One hundred thousand tiny files, indexed, indexed again with nothing changed, and with one more; a
.jsonl of two gigabytes; the same as one endless line, which is no speech and must be passed over;
one speech of 50 MB. Every row is a process of its own; the exit status is 1 if one does not end as
it must. The speeches are invented. Takes a quarter of an hour for each million passages, and three
times the size of the largest file on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_MEGABYTE = 2**20
_LONG_SPEECH = 50 * 10**6  # bytes
_LONGEST_LINE = 64 * _MEGABYTE  # what is longer is no speech and is passed over
_NOUNS = (
    "мост река школа дорога завод порт вода поле город театр мельница маяк сад рынок станция "
    "плотина библиотека больница музей площадь зерно ветер гора долина озеро лодка поезд вокзал"
).split()
_VERBS = "строит открывает показывает обещает помнит ждёт видит знает находит бережёт".split()
_ADJECTIVES = "новый старый большой тихий дальний светлый каменный зимний летний общий".split()


class Row(NamedTuple):
    """What one run took: seconds, megabytes at most, how it ended, its summary or complaint."""

    seconds: float
    megabytes: float
    status: int
    said: str


def sentence(drawn: random.Random) -> str:
    """One that nobody said."""
    first, second = drawn.sample(_NOUNS, 2)
    number = drawn.randrange(10_000)
    return f"{drawn.choice(_ADJECTIVES).title()} {first} {drawn.choice(_VERBS)} {second} {number}."


def paragraphs(drawn: random.Random) -> Iterator[str]:
    """Without end, each of the ten sentences drawn from many."""
    pool = [" ".join(sentence(drawn) for _ in range(10)) for _ in range(20_000)]
    while True:
        yield drawn.choice(pool) + " " + sentence(drawn)


def write_tiny(folder: Path, files: int) -> None:
    drawn = random.Random(1)
    for number in range(files):
        path = folder / f"{number // 1000:03}" / f"речь-{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{sentence(drawn)} {sentence(drawn)}", encoding="utf-8")


def write_records(path: Path, size: int) -> None:
    drawn = random.Random(2)
    endless = paragraphs(drawn)
    written = number = 0
    with path.open("wb") as file:
        while written < size:
            text = "\n\n".join(next(endless) for _ in range(6))
            record = {"id": f"s{number}", "speaker": "Савва Горемыкин", "text": text}
            record["date"] = f"{1990 + number % 35}-05-{1 + number % 28:02}"
            written += file.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")
            number += 1


def write_line(path: Path, size: int) -> None:
    """One record on one line, and a short one behind it."""
    endless = paragraphs(random.Random(3))
    written = 0
    with path.open("wb") as file:
        file.write(b'{"id": "long", "text": "')
        while written < size:
            written += file.write(next(endless).encode() + b" ")
        file.write(b'"}\n' + '{"id": "short", "text": "Мост готов."}\n'.encode())


def run(*arguments: str | Path) -> Row:
    """One command, and what it took, its workers included."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout
    said = [line for line in process.stdout if line.strip()]
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    summary = next((line for line in said if "passages: " in line or "passage: " in line), said[-1])
    return Row(
        time.perf_counter() - began, _kilobytes(usage) / 1024, process.returncode, summary.strip()
    )


def _kilobytes(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)


def rows(work: Path, files: int, size: int) -> Iterator[tuple[str, Row, int]]:
    """What was run, what it took, and the exit status that it must have."""
    tiny, index = work / "tiny", work / "tiny-index"
    write_tiny(tiny, files)
    yield f"{files:,} tiny files", run("reindex", tiny, "--index", index), 0
    yield "again, nothing changed", run("reindex", "--index", index), 0
    (tiny / "one-more.txt").write_text("Маяк на Горелом мысе погашен.", encoding="utf-8")
    yield "again, one more file", run("reindex", "--index", index), 0
    for name, write, what, status in (
        ("records.jsonl", write_records, f".jsonl of {size // _MEGABYTE:,} MB", 0),
        (
            "line.jsonl",
            write_line,
            f"one line of {size // _MEGABYTE:,} MB",
            int(size > _LONGEST_LINE),
        ),
    ):
        path = work / name
        write(path, size)
        yield what, run("reindex", path, "--index", work / f"{name}-index"), status
        path.unlink()
    path = work / "long.jsonl"
    long = min(size, _LONG_SPEECH)
    write_line(path, long)
    index = work / "long-index"
    yield f"one speech of {long / 10**6:.0f} MB", run("reindex", path, "--index", index), 0
    yield "a question to it", run("ask", "--index", index, "-n", "1", "каменный мост"), 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--megabytes", type=int, default=2048)
    parser.add_argument("--work", type=Path, help="where the disk is large enough")
    given = parser.parse_args()
    wrong = 0
    print("| what | seconds | peak memory of a process, MB | exit status | said |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=given.work) as work:
        for what, row, status in rows(Path(work), given.files, given.megabytes * _MEGABYTE):
            said = row.said.replace(work, "").replace("|", "/")
            numbers = f"{row.seconds:,.1f} | {row.megabytes:,.0f} | {row.status}"
            print(f"| {what} | {numbers} | {said} |", flush=True)
            wrong += row.status != status
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
