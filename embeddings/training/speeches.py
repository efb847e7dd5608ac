"""Pairs of a sentence and the text around it, for learning what a question's passage looks like.

The inverse cloze task of Lee, Chang and Toutanova, "Latent Retrieval for Weakly Supervised Open
Domain Question Answering" (ACL 2019): the sentence plays the question, its neighbours without it
the passage that answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from embeddings.errors import ModelError
from embeddings.training.corpus import Pair

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZА-ЯЁ«“–—])")

MOST_NEIGHBOURS = 2
"""Sentences taken before and after, one at least on each side: about a passage's length."""
SHARE_OF_SPANS = 0.5
"""Sentences cut down to a few words in a row: questions are shorter than sentences."""
SPAN_WORDS = (3, 9)
SHARE_KEPT = 0.1
"""Sentences left in their passage, so that the same words count too (as in the paper)."""
_FEWEST_WORDS, _MOST_WORDS = 5, 60


def sentence_pairs(path: Path, count: int, rng: np.random.Generator) -> list[Pair]:
    """As many pairs as asked for from a .jsonl file of speeches, drawn at random.

    Where there are fewer sentences, each comes again with other neighbours and another span.

    Raises:
        ModelError: the file cannot be read, or holds no two sentences in a row.
    """
    speeches = _speeches(path)
    places = [
        (speech, number)
        for speech in speeches
        for number in range(1, len(speech) - 1)
        if _FEWEST_WORDS <= speech[number].count(" ") + 1 <= _MOST_WORDS
    ]
    if not places:
        raise ModelError(f"{path} holds no speeches to learn from.")
    drawn: list[int] = []
    while len(drawn) < count:
        drawn += rng.permutation(len(places))[: count - len(drawn)].tolist()
    return [_pair(*places[place], rng) for place in drawn]


def _pair(speech: list[str], number: int, rng: np.random.Generator) -> Pair:
    before, after = rng.integers(1, MOST_NEIGHBOURS + 1, 2)
    kept = rng.random() < SHARE_KEPT
    passage = speech[max(0, number - before) : number]
    passage += speech[number + (not kept) : number + 1 + after]
    question = speech[number].split()
    if rng.random() < SHARE_OF_SPANS:
        size = min(len(question), int(rng.integers(*SPAN_WORDS, endpoint=True)))
        start = int(rng.integers(0, len(question) - size, endpoint=True))
        question = question[start : start + size]
    return Pair(" ".join(question), " ".join(passage))


def _speeches(path: Path) -> list[list[str]]:
    """The sentences of each speech, roughly: an abbreviation's stop may end one."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # JSON may hold other line ends
        texts: Iterator[str] = (json.loads(line)["text"] for line in lines if line.strip())
        return [_SENTENCE_END.split(" ".join(text.split())) for text in texts]
    except OSError as error:
        raise ModelError(f"Cannot read {path}: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ModelError(f"{path}: every line must be a JSON object with a text.") from None
