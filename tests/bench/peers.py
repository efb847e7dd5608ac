"""What other engines take for the same passages. Run by table.py in an environment of their own.

    peers.py build-txtai PASSAGES.txt FOLDER MODEL     seconds
    peers.py ask-txtai FOLDER QUESTION                 the best passages
    peers.py warm-txtai FOLDER QUESTIONS.txt           median ms a question
    peers.py warm-bm25s PASSAGES.txt QUESTIONS.txt     median ms of the search alone

A line of a file is a passage or a question. txtai searches words and vectors (hybrid), keeps the
texts, and its words and vectors count half each, as its documentation has it.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path


def lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines()


def build_txtai(passages: str, folder: str, model: str) -> None:
    started = time.perf_counter()
    from txtai import Embeddings

    embeddings = Embeddings(path=model, hybrid=True, content=True)
    embeddings.index(lines(passages))
    embeddings.save(folder)
    print(time.perf_counter() - started)


def _txtai(folder: str):
    from txtai import Embeddings

    embeddings = Embeddings()
    embeddings.load(folder)
    return embeddings


def ask_txtai(folder: str, question: str) -> None:
    print(_txtai(folder).search(question, 3))


def warm_txtai(folder: str, questions: str) -> None:
    embeddings = _txtai(folder)
    print(_median_ms(lines(questions), lambda question: embeddings.search(question, 3)))


def warm_bm25s(passages: str, questions: str) -> None:
    import bm25s

    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(lines(passages), show_progress=False), show_progress=False)
    tokens = [bm25s.tokenize(q, show_progress=False, return_ids=False) for q in lines(questions)]
    print(_median_ms(tokens, lambda one: retriever.retrieve(one, k=10, show_progress=False)))


def _median_ms(questions, call) -> float:
    for question in questions[:3]:
        call(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        call(question)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    commands = {
        "build-txtai": build_txtai,
        "ask-txtai": ask_txtai,
        "warm-txtai": warm_txtai,
        "warm-bm25s": warm_bm25s,
    }
    commands[sys.argv[1]](*sys.argv[2:])
