"""Reindexing a folder of speeches, and cold and warm questions on it.

    python tests/bench/whole_way.py ../shared/data/speeches

Prints how long the reindex took, its peak memory, how long a question takes in a new process
and in one that stays, each beside something measured in the same run: reading the same files
with the json module alone, and starting Python with `import numpy, tokenizers, faiss`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUESTIONS = [
    "what was said about the Zangezur corridor",
    "кабель по дну Каспия",
    "Zəngəzur dəhlizi haqqında nə deyildi?",
]
REFERENCE = [sys.executable, "-c", "import numpy, tokenizers, faiss"]
ROSTRUM = [sys.executable, "-m", "bot.cli"]


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds and peak MB of a command."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return time.perf_counter() - started, usage.ru_maxrss / 1024


def reading(folder: Path) -> float:
    """Seconds to read the same files and parse their lines, nothing more."""
    started = time.perf_counter()
    for path in folder.rglob("*"):
        if path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                for line in lines:
                    json.loads(line)
        elif path.is_file():
            path.read_text(encoding="utf-8")
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as index:
        read = reading(arguments.folder)
        seconds, peak = timed([*ROSTRUM, "reindex", str(arguments.folder), "--index", index])
        status = subprocess.run(
            [*ROSTRUM, "status", "--json", "--index", index],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        held = json.loads(status.stdout)

        cold, reference = [], []
        for number in range(arguments.rounds):
            question = QUESTIONS[number % len(QUESTIONS)]
            reference.append(timed(REFERENCE)[0])
            cold.append(timed([*ROSTRUM, "ask", question, "--json", "--index", index])[0])

        batch = "".join(json.dumps({"question": q}) + "\n" for q in QUESTIONS * arguments.rounds)
        answers = subprocess.run(
            [*ROSTRUM, "ask", "--questions", "-", "--json", "--index", index],
            input=batch, check=True, capture_output=True, text=True,
        )  # fmt: skip
        warm = [json.loads(line)["took_ms"] for line in answers.stdout.splitlines()][3:]

    ask, base = statistics.median(cold), statistics.median(reference)
    print("| what | measured | beside |\n|---|---|---|")
    print(
        f"| reindex of {held['speeches']:,} speeches, {held['passages']:,} passages | "
        f"{seconds:.0f} s | {seconds / read:.0f} × reading the files ({read:.1f} s) |"
    )
    print(f"| its peak memory | {peak:,.0f} MB | |")
    print(f"| the index on disk | {held['bytes'] / 2**20:,.0f} MB | |")
    print(
        f"| `rostrum ask`, cold, median of {len(cold)} | {ask * 1000:.0f} ms | {ask / base:.2f} × "
        f'`python -c "import numpy, tokenizers, faiss"` ({base * 1000:.0f} ms) |'
    )
    print(f"| a question in a running process, median | {statistics.median(warm):.0f} ms | |")


if __name__ == "__main__":
    main()
