"""Is an index ever broken? Kills, readers during reindexes, and flipped bits, all for real.

    python tests/bench/durability.py --kills 200 --readers 20 --reindexes 20 --flips 3

A reindex is killed (signal 9) at a random moment of a first build, an update, a change of the
model or a full rebuild; afterwards the index must open, every check must pass, the answers must
be exactly those of before or of after, and the next reindex must finish. Readers in processes of
their own ask without pause while reindexes run; each speech of a generation names the same number,
so an answer of two generations shows. At last a bit is flipped in each file of the index.
All speeches are invented.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np

import retrieval.build
import retrieval.index
from embeddings.static import StaticEncoder, built_in_encoder
from retrieval.build import reindex
from retrieval.errors import IndexMismatch, IndexMissing
from retrieval.index import Index, altered
from retrieval.manifest import current_generation
from retrieval.records import Options
from retrieval.search import ask

OPERATIONS = ("first build", "update", "model change", "full")
_SPEECHES = 60
_TURNED = "turned"
_ASK = [sys.executable, *"-m bot.cli ask --json -n 5 --threshold 0".split()]
_WORDS = (
    "мост река школа дорога завод порт вода поле город театр мельница маяк сад рынок станция "
    "плотина библиотека больница музей площадь"
).split()
_QUESTIONS = [*(f"что сказано про {word}" for word in _WORDS[:6]), "Отчёт номер"]


class Turned(StaticEncoder):
    """Another model: the built-in vectors with their components in another order."""

    name = _TURNED

    def encode_documents(self, texts: Sequence[str]):
        return np.ascontiguousarray(super().encode_documents(texts)[:, ::-1])


def load_encoder(name: str = "built-in"):
    encoder = built_in_encoder()
    if name == _TURNED:
        encoder = copy(encoder)  # the one that was asked for may be others' too
        encoder.__class__ = Turned
        encoder.fingerprint = "turned"
    return encoder


def know_models() -> None:
    """Let the program know the other model, in this process."""
    retrieval.build.load_encoder = retrieval.index.load_encoder = load_encoder


def write_speeches(path: Path, number: int, speeches: int = _SPEECHES) -> None:
    """Invented speeches that all name a number; half of them say more than that."""
    drawn = random.Random(number)
    with path.open("w", encoding="utf-8") as file:
        for speech in range(speeches):
            said = [" ".join(drawn.choices(_WORDS, k=8)).capitalize() + "." for _ in range(6)]
            text = f"Отчёт номер {number} готов. " + "\n\n".join(said if speech % 2 else said[:1])
            record = {"id": f"s{speech}", "text": text, "speaker": "Савва Горемыкин"}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def answers(folder: Path) -> list[Any] | None:
    """What the index answers, to the last figure; None if there is none."""
    try:
        with Index.open(folder) as index:
            found = [ask(index, question, Options(threshold=0)) for question in _QUESTIONS]
    except IndexMissing:
        return None
    return [[(q.text, q.speech_id, q.start, q.score) for q in one.quotes] for one in found]


# --- kills ------------------------------------------------------------------------------------


def perform(operation: str, source: Path, folder: Path) -> None:
    """What the child does, and what is done undisturbed to know the outcome."""
    model = "built-in" if operation == "first build" else None
    if operation == "model change":
        try:
            with Index.open(folder) as index:
                model = "built-in" if index.manifest.model == _TURNED else _TURNED
        except IndexMissing:
            model = _TURNED
    reindex([source], folder, model=model, full=operation == "full")


def child(operation: str, source: str, folder: str) -> None:
    print("go", flush=True)
    perform(operation, Path(source), Path(folder))


def kill_once(operation: str, work: Path, number: int, chance: random.Random) -> str:
    """Kill one operation; says what became of it. An AssertionError says what is broken."""
    source, folder = work / "speeches.jsonl", work / "index"
    if operation == "first build":
        shutil.rmtree(folder, ignore_errors=True)
    write_speeches(source, number)
    before = answers(folder)
    copy = work / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    if folder.exists():
        shutil.copytree(folder, copy)
    started = time.perf_counter()
    perform(operation, source, copy)
    duration = time.perf_counter() - started
    after = answers(copy)
    with Index.open(copy) as index:
        model = index.manifest.model

    process = subprocess.Popen(
        [sys.executable, __file__, "--child", operation, str(source), str(folder)],
        stdout=subprocess.PIPE,
    )
    assert process.stdout
    process.stdout.readline()
    time.sleep(chance.uniform(0, 1.4 * duration))
    process.kill()
    process.wait()
    process.stdout.close()

    found = answers(folder)
    assert found in (before, after), "the answers are of neither generation"
    if found is not None:
        with Index.open(folder) as index:
            assert not index.verify(), index.verify()
    reindex([source], folder, model=model)
    assert answers(folder) == after, "the next reindex came to another end"
    left = [path.name for path in (folder / "generations").iterdir()]
    assert len(left) <= 2, f"left over: {left}"
    return "after" if found == after else "before"


def kills(times: int, work: Path, seed: int = 0) -> dict[str, int]:
    """Kill that often; says how often the old and the new generation were found, or neither."""
    know_models()
    chance = random.Random(seed)
    outcomes = {"before": 0, "after": 0, "failed": 0}
    reindexed = work / "index"
    for number in range(times):
        operation = OPERATIONS[number % len(OPERATIONS)]
        try:
            outcomes[kill_once(operation, work, number, chance)] += 1
        except Exception as error:
            outcomes["failed"] += 1
            print(f"{operation} {number}: {type(error).__name__}: {error}", file=sys.stderr)
            shutil.rmtree(reindexed, ignore_errors=True)
    return outcomes


# --- readers ----------------------------------------------------------------------------------


def reader(folder: str, stop: str) -> None:
    """Ask until told to stop; prints a line to begin with, and then what came of it."""
    asked, wrong = 0, []
    print("asking", flush=True)
    while not Path(stop).exists():
        try:
            with Index.open(Path(folder)) as index:
                for _ in range(3):
                    found = ask(index, "Отчёт номер готов", Options(limit=10, threshold=0))
                    numbers = {q.text.split()[2] for q in found.quotes if "номер" in q.text}
                    asked += 1
                    if len(numbers) != 1:
                        wrong.append(f"mixed: {sorted(numbers)}")
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
    print(json.dumps({"asked": asked, "wrong": wrong[:5], "errors": len(wrong)}))


def read_while_writing(readers: int, reindexes: int, work: Path) -> tuple[int, list[str]]:
    """Questions asked, and what went wrong."""
    source, folder, stop = work / "speeches.jsonl", work / "index", work / "stop"
    write_speeches(source, 0)
    reindex([source], folder)
    processes = [
        subprocess.Popen(
            [sys.executable, __file__, "--reader", str(folder), str(stop)],
            stdout=subprocess.PIPE,
        )
        for _ in range(readers)
    ]
    for process in processes:
        assert process.stdout
        process.stdout.readline()  # starting one may take longer than all the reindexes
    for number in range(1, reindexes + 1):
        write_speeches(source, number)
        reindex([source], folder)
    stop.touch()
    told = [json.loads(process.communicate()[0]) for process in processes]
    return sum(one["asked"] for one in told), [line for one in told for line in one["wrong"]]


# --- flipped bits -----------------------------------------------------------------------------


def flips(times: int, work: Path, seed: int = 0) -> list[str]:
    """Flip a bit in each file of an index, that often; returns what was not as it must be."""
    source, folder = work / "speeches.jsonl", work / "index"
    write_speeches(source, 1)
    reindex([source], folder)
    texts = [json.loads(line)["text"] for line in source.read_text("utf-8").splitlines()]
    chance = random.Random(seed)
    generation = current_generation(folder)
    files = [path for path in generation.rglob("*") if path.is_file() and path.suffix != ".lock"]
    wrong = []
    for path in sorted(files):
        whole = path.read_bytes()
        for _ in range(times if whole else 0):
            place, bit = chance.randrange(len(whole)), chance.randrange(8)
            damaged = bytearray(whole)
            damaged[place] ^= 1 << bit
            path.unlink()  # a link to the generation before, perhaps
            path.write_bytes(damaged)
            what = f"{path.name}, byte {place}, bit {bit}"
            wrong += [f"{what}: {line}" for line in _look(folder, path, generation, texts)]
            path.write_bytes(whole)
    return wrong


def _look(folder: Path, path: Path, generation: Path, texts: Sequence[str]) -> list[str]:
    """What a damaged file leads to that it must not."""
    wrong = []
    name = path.relative_to(generation).as_posix()
    try:
        named = altered(folder)
    except IndexMismatch:
        named = ["manifest.json"]  # which alone knows the version
    except retrieval.build.IndexFault as error:
        named = [str(error)]
    if not any(name in line for line in named):
        wrong.append(f"not named: {named}")
    result = subprocess.run(
        [*_ASK, "--index", str(folder), "что сказано про мост"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if result.returncode not in (0, 1):
        wrong.append(f"ask ended with {result.returncode}: {result.stderr[-200:]}")
    if "Traceback" in result.stderr or (result.returncode and result.stderr.count("\n") > 1):
        wrong.append(f"ask said: {result.stderr[-300:]}")
    if result.returncode == 0:
        for quote in json.loads(result.stdout)["quotes"]:
            if not any(quote["text"] in text for text in texts):
                wrong.append(f"a wrong quote: {quote['text']!r}")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--reindexes", type=int, default=20)
    parser.add_argument("--flips", type=int, default=3, help="in each file of the index")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--reader", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        know_models()
        return child(*given.child)
    if given.reader:
        return reader(*given.reader)

    def within(call: Callable[[Path], Any]) -> Any:
        with tempfile.TemporaryDirectory() as work:
            return call(Path(work))

    print("| what | measured | must be |\n|---|---|---|", flush=True)
    if given.kills:
        outcome = within(lambda work: kills(given.kills, work, given.seed))
        print(
            f"| kill -9 at random moments of a reindex: broken, of {given.kills} "
            f"(old generation found {outcome['before']}, new {outcome['after']}) | "
            f"{outcome['failed']} | 0 |",
            flush=True,
        )
    if given.readers:
        asked, wrong = within(lambda work: read_while_writing(given.readers, given.reindexes, work))
        print(
            f"| {given.readers} readers, {asked:,} questions, during {given.reindexes} reindexes: "
            f"errors and mixed answers | {len(wrong)} | 0 |",
            flush=True,
        )
        print("\n".join(wrong), file=sys.stderr)
    if given.flips:
        wrong = within(lambda work: flips(given.flips, work, given.seed))
        print(f"| a bit flipped in each file, {given.flips} times: wrong | {len(wrong)} | 0 |")
        print("\n".join(wrong), file=sys.stderr)
    return None


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
