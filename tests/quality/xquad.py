"""XQuAD through the public commands: does a question find its paragraph?

    python tests/quality/xquad.py ../shared/data/eval [--pairs ru-ru en-ru …]

Each of the 240 paragraphs is indexed as a speech (`rostrum reindex`), all 1,190 questions are
asked (`rostrum ask --questions --threshold 0 -n 10 --per-speech 1 --json`), and nDCG@10 is
printed: as one paragraph is relevant, the gain of a question is 1 / log2(1 + its rank).
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

EXPECTED = {"ru-ru": 0.95}
"""The least nDCG@10 that the project promises, by question and paragraph language."""


def paragraphs(path: Path) -> list[dict]:
    """All paragraphs of a SQuAD file, in order: "context" and "qas"."""
    data = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [paragraph for article in data for paragraph in article["paragraphs"]]


def write_jsonl(path: Path, records: list[dict]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    return path


def rostrum(*arguments: str | Path) -> str:
    """Run the command line; returns its standard output."""
    command = [sys.executable, "-m", "bot.cli", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def ndcg(eval_folder: Path, pair: str, work: Path) -> float:
    """nDCG@10 of the questions in one language over the paragraphs in another, e.g. en-ru."""
    asked, indexed = pair.split("-")
    speeches = [
        {"id": str(number), "text": paragraph["context"], "language": indexed}
        for number, paragraph in enumerate(paragraphs(eval_folder / f"xquad.{indexed}.json"))
    ]
    questions = [
        {"qid": str(number), "question": qa["question"]}
        for number, paragraph in enumerate(paragraphs(eval_folder / f"xquad.{asked}.json"))
        for qa in paragraph["qas"]
    ]
    index = work / f"index-{indexed}"
    rostrum("reindex", write_jsonl(work / f"{indexed}.jsonl", speeches), "--index", index)
    asking = write_jsonl(work / f"{asked}.questions.jsonl", questions)
    options = ["--threshold", "0", "-n", "10", "--per-speech", "1", "--json"]
    answers = rostrum("ask", "--questions", asking, *options, "--index", index).splitlines()
    gains = []
    for question, line in zip(questions, answers, strict=True):
        ids = [quote["speech_id"] for quote in json.loads(line)["quotes"]]
        gains.append(1 / math.log2(2 + ids.index(question["qid"])) if question["qid"] in ids else 0)
    return sum(gains) / len(gains)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("eval_folder", type=Path)
    parser.add_argument("--pairs", nargs="+", default=["ru-ru", "en-ru", "en-en", "ru-en"])
    arguments = parser.parse_args()
    missed = False
    print("| questions → paragraphs | nDCG@10 | expected |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as work:
        for pair in arguments.pairs:
            value = ndcg(arguments.eval_folder, pair, Path(work))
            least = EXPECTED.get(pair)
            missed |= least is not None and value < least
            expected = f"≥ {least:.2f}" if least else "–"
            print(f"| {pair.replace('-', ' → ')} | {value:.3f} | {expected} |", flush=True)
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
