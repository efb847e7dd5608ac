"""The scores in embeddings/model/README.md: vectors alone and the lexicon alone.

    python tests/embeddings/scores.py ../shared/data/eval [MODEL_FOLDER]

XQuAD: a question finds its Russian paragraph among 240, nDCG@10. NTREX, lines 1001-1997: a
sentence finds its translation among 997, share of first hits. The lexicon is measured with a
plain BM25 in which a question's stem counts as the best of its translations (Darwish and Oard,
"Probabilistic Structured Query Methods", SIGIR 2003), without the rest of Rostrum's search.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

import embeddings
from embeddings.analysis import Language, script_language, stem, words
from embeddings.lexicon import Lexicon
from embeddings.static import StaticEncoder

PACKAGE = Path(embeddings.__file__).parent
NTREX_TRAINED = 1000  # lines, of 1,997

Similarity = Callable[[Sequence[str], Sequence[str], Language, Language], np.ndarray]
"""Questions, texts and their two languages; scores of shape (questions, texts)."""


def stems(text: str, language: Language) -> list[str]:
    return [stem(word, script_language(word, language)) for _, _, word in words(text)]


def by_vectors(encoder: StaticEncoder) -> Similarity:
    """A text scores the best of its windows of two sentences."""

    def similarity(questions, texts, _source, _target):
        windows, owners = [], []
        for number, text in enumerate(texts):
            sentences = re.split(r"(?<=[.!?])\s+", text)
            for first in range(max(1, len(sentences) - 1)):
                windows.append(" ".join(sentences[first : first + 2]))
                owners.append(number)
        cosines = encoder.encode_documents(questions) @ encoder.encode_documents(windows).T
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        return np.maximum.reduceat(cosines, starts, axis=1)

    return similarity


def by_lexicon(lexicon: Lexicon, k1: float = 1.2, b: float = 0.75) -> Similarity:
    """BM25 over the translations of a question's stems, weighted (score / best) ** 0.25."""

    def similarity(questions, texts, source, target):
        bags = [stems(text, target) for text in texts]
        mean = np.mean([len(bag) for bag in bags])
        postings = defaultdict(dict)
        for number, bag in enumerate(bags):
            for found, count in Counter(bag).items():
                length = 1 - b + b * len(bag) / mean
                postings[found][number] = count * (k1 + 1) / (count + k1 * length)
        scores = np.zeros((len(questions), len(texts)))
        for row, question in zip(scores, questions, strict=True):
            for asked in dict.fromkeys(stems(question, source)):
                translations = lexicon.translate(asked, source, target) or [(asked, 1.0)]
                group = defaultdict(float)
                for translation, score in translations:
                    weight = (score / translations[0][1]) ** 0.25
                    for number, value in postings[translation].items():
                        group[number] = max(group[number], weight * value)
                idf = math.log(1 + (len(texts) - len(group) + 0.5) / (len(group) + 0.5))
                for number, value in group.items():
                    row[number] += idf * value
        return scores

    return similarity


def xquad(similarity: Similarity, folder: Path, source: Language) -> float:
    def paragraphs(language: str) -> list[dict]:
        data = json.loads((folder / f"xquad.{language}.json").read_text("utf-8"))["data"]
        return [paragraph for article in data for paragraph in article["paragraphs"]]

    asked = [(q["question"], i) for i, p in enumerate(paragraphs(source)) for q in p["qas"]]
    questions, relevant = zip(*asked, strict=True)
    texts = [paragraph["context"] for paragraph in paragraphs("ru")]
    scores = similarity(questions, texts, source, "ru")
    right = scores[np.arange(len(questions)), relevant]
    ranks = 1 + (scores > right[:, None]).sum(axis=1)
    return float(np.where(ranks <= 10, 1 / np.log2(1 + ranks), 0).mean())


def ntrex(similarity: Similarity, folder: Path, source: Language, target: Language) -> float:
    sides = [(folder / f"ntrex.{name}.txt").read_text("utf-8") for name in (source, target)]
    questions, texts = (side.rstrip("\n").split("\n")[NTREX_TRAINED:] for side in sides)
    first = similarity(questions, texts, source, target).argmax(axis=1)
    return float((first == np.arange(len(texts))).mean())


def main() -> None:
    folder = Path(sys.argv[1])
    model = Path(sys.argv[2]) if len(sys.argv) > 2 else PACKAGE / "model"
    vectors = by_vectors(StaticEncoder(model))
    translated = by_lexicon(Lexicon(PACKAGE / "lexicon.npz"))
    print(f"vectors  XQuAD ru>ru   {xquad(vectors, folder, 'ru'):.3f}")
    for name, similarity in (("vectors", vectors), ("lexicon", translated)):
        print(f"{name}  XQuAD en>ru   {xquad(similarity, folder, 'en'):.3f}")
        for source, target in (("en", "ru"), ("az", "ru"), ("az", "en")):
            score = ntrex(similarity, folder, source, target)
            print(f"{name}  NTREX {source}>{target}   {score:.3f}", flush=True)


if __name__ == "__main__":
    main()
