"""What the built-in question path costs: the whole search beside one by the question's own words.

    python tests/quality/speed.py INDEX QUESTIONS.jsonl

The whole search encodes the question and the words of what was found, translates the question,
and looks for near vectors. Words alone does none of that, and its process loads neither FAISS nor
the model nor the lexicon. Both are timed by turns, in one process (warm: the median over the
questions of the best of three) and in new processes (cold: the median of 25), which find
their modules compiled, as installed ones are.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from unittest.mock import patch

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command line does

import numpy as np

MOST_WARM_MS = 15
MOST_COLD_MS = 100
MOST_ANSWER_MS = 30
_ROUNDS = 3
_STARTS = 25
_WHOLE = "from bot.cli import main; main()"
_LEXICAL = "import speed; speed.words_alone(); from bot.cli import main; main()"


class Speed(NamedTuple):
    """Milliseconds of the whole search and of words alone."""

    passages: int
    answer: tuple[float, float]
    """Median and 95th percentile of all warm answers of the whole search."""
    warm: tuple[float, float]
    cold: tuple[float, float]


class _NoEncoder:
    """Nothing has a vector."""

    dimensions = 1

    def encode_query(self, _text):
        return np.zeros(1, np.float32)

    def word_sums(self, words):
        return np.zeros((len(words), 1), np.float32)


class _NoVectors:
    """Nothing is near; only the length is right, because opening an index checks it."""

    def __init__(self, path: Path) -> None:
        manifest = json.loads((path.parent / "manifest.json").read_text("utf-8"))
        self._passages = manifest["passages"]

    def __len__(self) -> int:
        return self._passages

    def search(self, *_):
        return []

    def nearness(self, *_):
        return []


def _own_words(question, index):
    """In place of the expansion: each word stands for itself alone."""
    from embeddings.analysis import script_language, term
    from retrieval.engine import Alternative, Group, inverse_document_frequency

    groups = []
    for word in question.words:
        own = term(word.folded, script_language(word.folded, question.language))
        frequency = index.words.frequency(own)
        alternatives = (Alternative(own, 1.0),) if frequency else ()
        idf = inverse_document_frequency(index.words.passages, frequency)
        groups.append(Group(word.typed, alternatives, idf))
    return groups


def words_alone() -> None:
    """Leave all else out of this process, before Rostrum is imported."""
    vectors = ModuleType("retrieval.vectorindex")
    vectors.VectorIndex = _NoVectors
    sys.modules[vectors.__name__] = vectors
    import retrieval.index
    import retrieval.search

    retrieval.index.Index.encoder = retrieval.index.Index.word_encoder = _NoEncoder()
    retrieval.search.expand = _own_words


@contextmanager
def _words_alone_in(index, vocabulary) -> Iterator[None]:
    import retrieval.search

    with (
        patch.object(retrieval.search, "expand", _own_words),
        patch.object(index, "encoder", _NoEncoder()),
        patch.object(index, "word_encoder", _NoEncoder()),
        patch.object(index, "vocabulary", vocabulary),
        patch.object(index, "vectors", _NoVectors(index.generation / "vectors.faiss")),
    ):
        yield


def warm(
    folder: Path, questions: Sequence[str]
) -> tuple[int, tuple[float, float], tuple[float, float]]:
    """Passages, and milliseconds in this process.

    Those are the median and 95th percentile of all whole searches but the first of each question;
    and the medians, over the questions, of the best of both searches.
    """
    from embeddings.vocabulary import Vocabulary
    from retrieval.errors import QuestionError
    from retrieval.index import Index
    from retrieval.search import ask

    def took(index: Index, question: str) -> float:
        started = time.perf_counter()
        ask(index, question)
        return (time.perf_counter() - started) * 1000

    every, whole, lexical = [], [], []
    with Index.open(folder) as index:
        vocabulary = Vocabulary(_NoEncoder(), index.store.spelt)
        for question in questions:
            try:
                times = []
                for _ in range(_ROUNDS):
                    times.append(took(index, question))
                    with _words_alone_in(index, vocabulary):
                        times.append(took(index, question))
            except QuestionError:
                continue
            every += times[2::2]
            whole.append(min(times[::2]))
            lexical.append(min(times[1::2]))
        answer = statistics.median(every), statistics.quantiles(every, n=20)[-1]
        return (
            index.manifest.passages,
            answer,
            (statistics.median(whole), statistics.median(lexical)),
        )


def cold(folder: Path, questions: Sequence[str]) -> tuple[float, float]:
    """Median milliseconds of both in processes of their own."""
    times: dict[str, list[float]] = {_WHOLE: [], _LEXICAL: []}
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[2])]
    setup = f"import sys; sys.path[:0] = {paths!r}; "
    # else every process would compile the sources first, which says how long they are
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    for number in range(-1, _STARTS):  # the first one compiles
        for code, taken in times.items():
            question = questions[number % len(questions)]
            command = [sys.executable, "-c", setup + code, "ask", "--json", "--index", str(folder)]
            started = time.perf_counter()
            subprocess.run(
                [*command, "--", question], check=True, stdout=subprocess.DEVNULL, env=environment
            )
            taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[_WHOLE][1:]), statistics.median(times[_LEXICAL][1:])


def measure(folder: Path, questions: Sequence[str]) -> Speed:
    """Both, on an index that is large enough to tell."""
    passages, answer, in_one = warm(folder, questions)
    return Speed(passages, answer, in_one, cold(folder, questions))


def main() -> None:
    folder, questions = map(Path, sys.argv[1:])
    asked = [json.loads(line)["question"] for line in questions.read_text("utf-8").splitlines()]
    print(measure(folder, asked))


if __name__ == "__main__":
    main()
