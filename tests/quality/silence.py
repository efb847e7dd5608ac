"""Fit the decision that nothing was said, and print how often it errs on what it was fitted on.

    python tests/quality/silence.py DATA [--fit]

The questions, silence.jsonl beside this file, are ours: 373 in each of three languages, written
after reading kremlin-more.ru and kremlin.en, none of which is in an evaluation set. 158 of them
are answered there, 34 of these a single word; 83 are near misses (the right person, another topic;
the right topic, another country) and 132 of general knowledge. Each is asked of its collection, and
of one speech alone: of the one that answers it, or of another. ``--fit`` writes
retrieval/silence.json; without it the weights that are there are judged. Questions of one word have
no part in the fit, which is about how much of a question is matched: they are what the two
constants about them in retrieval/silence.py were chosen on. tests/quality/languages.py has the
rates on other questions.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np
from sklearn.linear_model import LogisticRegression

from retrieval.build import reindex
from retrieval.errors import QuestionError
from retrieval.index import Index
from retrieval.records import Options
from retrieval.search import ask
from retrieval.silence import THRESHOLD, WEIGHTS, Judge, figures, fitted_judge

QUESTIONS = Path(__file__).with_name("silence.jsonl")
ONE_SPEECH = "one speech"
_ONE_SPEECH = 0.3  # its share beside a collection
_ANSWERED = 1.03  # the weight of the answered beside the others: refusing is a little worse
_ROUNDS = 8
_NAMES = ("loose", "exact", "nearness", "words", "passages", "missing")


class Case(NamedTuple):
    """A question asked of a collection: what its candidates looked like, and what is right."""

    collection: str
    kind: str
    figures: np.ndarray
    """Of shape (candidates, 6)."""
    answered: bool


class _Recorder:
    """In place of a judge: notes the figures that it is shown."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, ...]] = []

    def probability(self, *shown) -> float:
        self.seen.append(figures(*shown))
        return 0.0


def shown(index: Index, question: str) -> np.ndarray:
    """What a judge would be shown of a question's candidates; of shape (candidates, 6).

    Nothing answers, so that whatever the question may mean is looked for.
    """
    recorder = _Recorder()
    with patch.object(index, "judge", recorder), patch("retrieval.search._topics", return_value=()):
        try:
            ask(index, question, Options())
        except QuestionError:
            return np.zeros((0, 6))
    return np.array(recorder.seen).reshape(-1, 6)


def cases(data: Path, folder: Path) -> Iterator[Case]:
    """Every question with its whole collection and with one speech."""
    chance = random.Random(0)
    lines = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    for collection in dict.fromkeys(line["collection"] for line in lines):
        source = data / "speeches" / f"{collection}.jsonl"
        asked = [line for line in lines if line["collection"] == collection]
        reindex([source], folder / collection)
        with Index.open(folder / collection) as index:
            for line in asked:
                seen = shown(index, line["question"])
                yield Case(collection, line["kind"], seen, line["doc"] is not None)
        records = {}
        for record in source.read_text("utf-8").split("\n"):
            if record.strip():
                records[str(json.loads(record)["id"])] = record
        unanswered = [line for line in asked if line["doc"] is None]
        for doc in dict.fromkeys(line["doc"] for line in asked if line["doc"]):
            answered = [line for line in asked if line["doc"] == doc]
            alone = folder / "one.jsonl"
            alone.write_text(records[doc], "utf-8")
            reindex([alone], folder / f"{collection}-{doc}")
            with Index.open(folder / f"{collection}-{doc}") as index:
                for line in answered + chance.sample(unanswered, len(answered)):
                    seen = shown(index, line["question"])
                    yield Case(ONE_SPEECH, line["kind"], seen, line["doc"] is not None)


def _is_one_word(case: Case) -> bool:
    return bool(len(case.figures)) and case.figures[0][_NAMES.index("words")] < np.log(2)


def best(case: Case, weights: np.ndarray) -> np.ndarray:
    """The figures of the candidate that most likely answers."""
    if not len(case.figures):
        return np.zeros(6)
    figures: np.ndarray = case.figures[np.argmax(case.figures @ weights)]
    return figures


def fit(all_cases: list[Case]) -> Judge:
    """Logistic weights; a question's own candidate is chosen by those of the round before.

    In every collection the answered questions weigh about as much as the others, and of those the
    near misses as much as what is off topic. The single speeches, of which the same questions are
    asked again, weigh less.
    """
    all_cases = [case for case in all_cases if not _is_one_word(case)]
    answered = np.array([case.answered for case in all_cases])
    stranger = np.array([case.kind == "off_topic" for case in all_cases])
    share = np.zeros(len(all_cases))
    for collection in {case.collection for case in all_cases}:
        here = np.array([case.collection == collection for case in all_cases])
        weight = _ONE_SPEECH if collection == ONE_SPEECH else 1.0
        sides = (answered, _ANSWERED), (stranger, 0.5), (~answered & ~stranger, 0.5)
        for side, of_it in sides:
            share[here & side] = weight * of_it / (here & side).sum()
    weights = np.array([1.0, 1.0, 1.0, 1.0, 1.0, -1.0])
    for _ in range(_ROUNDS):
        rows = np.array([best(case, weights) for case in all_cases])
        model = LogisticRegression(C=100.0, max_iter=5000)
        model.fit(rows, answered, sample_weight=share / share.mean())
        weights = model.coef_[0]
    return Judge(*(round(float(x), 2) for x in (*weights, model.intercept_[0])))


def rates(judge: Judge, all_cases: list[Case]) -> str:
    """A table of the errors by collection and kind of question."""
    *weights, bias = astuple(judge)
    least = np.log(THRESHOLD / (1 - THRESHOLD))
    found = [(best(case, np.array(weights)) @ weights + bias) >= least for case in all_cases]

    def rate(collection: str, kinds: set[str] | None, wrong: bool) -> str:
        hits = [
            answer == wrong
            for case, answer in zip(all_cases, found, strict=True)
            if case.collection == collection
            and (case.answered if kinds is None else case.kind in kinds)
        ]
        return f"{sum(hits) / len(hits):.2f}" if hits else "–"

    lines = [
        "| collection | refused | one word refused | near miss answered | off topic answered |"
    ]
    lines.append("|---|---|---|---|---|")
    for name in dict.fromkeys(case.collection for case in all_cases):
        columns = (
            rate(name, None, False),
            rate(name, {"word"}, False),
            rate(name, {"near_miss"}, True),
            rate(name, {"off_topic"}, True),
        )
        lines.append(f"| {name} | {' | '.join(columns)} |")
    return "\n".join(lines)


def main() -> None:
    data = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        all_cases = list(cases(data, Path(folder)))
    judge = fitted_judge()
    if "--fit" in sys.argv[2:]:
        judge = fit(all_cases)
        weights = dict(zip((*_NAMES, "bias"), astuple(judge), strict=True))
        WEIGHTS.write_text(json.dumps(weights) + "\n", "utf-8")
    print(judge)
    print(rates(judge, all_cases))


if __name__ == "__main__":
    main()
