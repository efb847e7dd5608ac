"""Questions over real transcripts: is the answer among the first quotes, and is silence kept?

    python tests/quality/transcripts.py ../shared/data

Indexes speeches/kremlin.ru.jsonl, asks eval/kremlin.ru.questions.jsonl (-n 3 --per-speech 3,
default threshold) and eval/off_topic.ru.txt, and prints by language how often half of a gold
sentence or more stands in the first quote and in one of three, and how often the decision that
nothing was said is wrong.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path
from statistics import mean

from xquad import rostrum, write_jsonl


def answers(index: Path, questions: list[dict], work: Path, *options: str) -> list[dict]:
    asked = write_jsonl(work / "questions.jsonl", questions)
    arguments = ["ask", "--questions", asked, "--json", "--index", index, *options]
    return [json.loads(line) for line in rostrum(*arguments).splitlines()]


def holds(quote: dict, gold: dict) -> bool:
    """Whether half of a gold sentence or more is in a quote, in one piece."""
    if quote["speech_id"] != gold["doc"]:
        return False
    matcher = SequenceMatcher(None, quote["text"], gold["sentence"], autojunk=False)
    longest = matcher.find_longest_match().size
    return longest * 2 >= len(gold["sentence"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    lines = (data / "eval" / "kremlin.ru.questions.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    off_topic = (data / "eval" / "off_topic.ru.txt").read_text("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        work, index = Path(folder), Path(folder) / "index"
        rostrum("reindex", data / "speeches" / "kremlin.ru.jsonl", "--index", index)
        questions = [{"qid": r["qid"], "question": r["question"]} for r in records]
        options = ["-n", "3", "--per-speech", "3"]
        given = answers(index, questions, work, *options)
        strangers = answers(index, [{"question": q} for q in off_topic], work)

    rates: defaultdict[str, defaultdict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for record, answer in zip(records, given, strict=True):
        of = rates[record["lang"]]
        if record["kind"] == "no_answer":
            of["answered"].append(answer["found"])
            continue
        right = [any(holds(q, g) for g in record["gold"]) for q in answer["quotes"]]
        of["first"].append(any(right[:1]))
        of["three"].append(any(right))
        of["refused"].append(not answer["found"])
    print(
        "| questions | answer in quote 1 | in quotes 1–3 | wrongly refused | wrongly answered |\n"
        "|---|---|---|---|---|"
    )
    for language, of in rates.items():
        figures = (f"{mean(of[name]):.2f}" for name in ("first", "three", "refused", "answered"))
        print(f"| {language} | {' | '.join(figures)} |")
    wrongly = mean(answer["found"] for answer in strangers)
    print(f"| ru, off topic | – | – | – | {wrongly:.2f} |")


if __name__ == "__main__":
    main()
