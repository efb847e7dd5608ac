"""Learn the lexicon, word translations with weights, from parallel text.

    python -m embeddings.training.lexicon DATA_DIR lexicon.sqlite

Stems are aligned with IBM Model 1 in both directions (Brown, Della Pietra, Della Pietra and
Mercer, "The Mathematics of Statistical Machine Translation", Computational Linguistics 19(2),
1993); the score of a pair is the geometric mean of its two probabilities, so that a word
counts as a translation only if each of the two explains the other. Russian and Azerbaijani have
little text in common and meet through English. The same input gives the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.analysis import ANALYSER_VERSION, Language, script_language, stem, words
from embeddings.errors import ModelError
from embeddings.lexicon import SCORE_UNIT
from embeddings.training import corpus
from embeddings.training.corpus import Corpus

Scores = dict[str, dict[str, float]]
"""Source stem, target stem: score in (0, 1]."""

ITERATIONS = 5
KEPT_TRANSLATIONS = 8  # to a stem
# Below this the pairs are mostly chance: all of them down to .03 add .001 nDCG@10 on XQuAD and a
# tenth of the file. Scores through English are products, and smaller.
LEAST_SCORE = 0.05
LEAST_SCORE_COMPOSED = 0.03
# A dictionary's pair leaves no doubt about what is aligned; a Turkish word may not exist in
# Azerbaijani. Halving or doubling either changes the measured scores by less than .01.
WORD_LIST_WEIGHT = 2.0
TURKISH_WEIGHT = 0.25
# Russian-Azerbaijani text is so short that the way through English is trusted more (NTREX
# az-ru, first hit right: .82 through English alone, .68 direct alone, .84 so mixed).
DIRECT_SHARE = 0.3
_NULL = 0
"""The empty source word, which explains target words that translate nothing."""


def stems(text: str, language: Language) -> list[str]:
    """The stems of a text that translation is about: no numbers, no words of another script."""
    return [
        stem(word, language)
        for _, _, word in words(text)
        if not word[0].isdigit() and script_language(word, language) == language
    ]


def model_1(
    sources: list[list[int]], targets: list[list[int]], weights: NDArray[np.float64]
) -> dict[tuple[int, int], float]:
    """IBM Model 1: p(target word | source word), by expectation maximisation from uniform.

    Args:
        sources: word ids of each pair's source side, 1 or more; 0 is kept for the empty word.
        targets: word ids of each pair's target side, as many lists.
        weights: how often each pair counts, shape (len(sources),).
    """
    source_words = np.fromiter((w for s in sources for w in (_NULL, *s)), np.int64)
    source_lengths = np.array([len(s) + 1 for s in sources])
    source_starts = np.cumsum(source_lengths) - source_lengths
    target_words = np.fromiter((w for t in targets for w in t), np.int64)
    pair_of_target = np.repeat(np.arange(len(targets)), [len(t) for t in targets])

    # A link joins one target position with one source position of the same pair.
    links = source_lengths[pair_of_target]
    position = np.repeat(np.arange(len(target_words), dtype=np.int32), links)
    within = np.arange(len(position)) - np.repeat(np.cumsum(links) - links, links)
    source = source_words[np.repeat(source_starts[pair_of_target], links) + within]
    width = int(target_words.max()) + 1
    keys, key_of_link = np.unique(source * width + target_words[position], return_inverse=True)
    key_of_link = key_of_link.astype(np.int32)
    del within, source
    source_of_key = keys // width
    weight = weights[pair_of_target]

    p = np.ones(len(keys))
    for _ in range(ITERATIONS):
        expected = p[key_of_link]
        share = weight / np.bincount(position, expected)
        expected *= share[position]
        counts = np.bincount(key_of_link, expected)
        p = counts / np.bincount(source_of_key, counts)[source_of_key]
    kept = (source_of_key != _NULL) & (p >= LEAST_SCORE**2)
    return {
        (int(key // width), int(key % width)): float(value)
        for key, value in zip(keys[kept], p[kept], strict=True)
    }


def align(corpora: Iterable[Corpus]) -> Scores:
    """Scores of stem pairs over corpora of one pair of languages."""
    source_ids: dict[str, int] = {"": _NULL}
    target_ids: dict[str, int] = {"": _NULL}
    sources, targets, weights = [], [], []
    for part in corpora:
        weight = WORD_LIST_WEIGHT if part.is_word_list else 1.0
        weight *= TURKISH_WEIGHT if part.is_turkish else 1.0
        for pair in part.pairs:
            source, target = stems(pair.source, part.source), stems(pair.target, part.target)
            if source and target:
                sources.append([source_ids.setdefault(word, len(source_ids)) for word in source])
                targets.append([target_ids.setdefault(word, len(target_ids)) for word in target])
                weights.append(weight)
    forward = model_1(sources, targets, np.array(weights))
    backward = model_1(targets, sources, np.array(weights))
    source_stems, target_stems = list(source_ids), list(target_ids)
    scores: Scores = defaultdict(dict)
    for (source_id, target_id), probability in forward.items():
        score = (probability * backward.get((target_id, source_id), 0.0)) ** 0.5
        if score >= LEAST_SCORE:
            scores[source_stems[source_id]][target_stems[target_id]] = score
    return scores


def reverse(scores: Scores) -> Scores:
    """The same scores looked up from the other side."""
    reversed_scores: Scores = defaultdict(dict)
    for source, targets in scores.items():
        for target, score in targets.items():
            reversed_scores[target][source] = score
    return reversed_scores


def compose(first: Scores, second: Scores) -> Scores:
    """Scores through a language between: the best product over the stems in the middle."""
    composed: Scores = {}
    for source, middles in first.items():
        best: dict[str, float] = defaultdict(float)
        for middle, score in middles.items():
            for target, onward in second.get(middle, {}).items():
                best[target] = max(best[target], score * onward)
        if best:
            composed[source] = dict(best)
    return composed


def mix(composed: Scores, direct: Scores) -> Scores:
    """Weighted mean of scores through English and direct ones, without the lowest."""
    mixed: Scores = {}
    for source in composed.keys() | direct.keys():
        indirect, straight = composed.get(source, {}), direct.get(source, {})
        scores = {
            target: (1 - DIRECT_SHARE) * indirect.get(target, 0.0)
            + DIRECT_SHARE * straight.get(target, 0.0)
            for target in indirect.keys() | straight.keys()
        }
        mixed[source] = {t: score for t, score in scores.items() if score >= LEAST_SCORE_COMPOSED}
    return mixed


def prune(scores: Scores) -> Scores:
    """The best few translations of each stem, ties in order of spelling."""
    return {
        source: dict(
            sorted(targets.items(), key=lambda item: (-item[1], item[0]))[:KEPT_TRANSLATIONS]
        )
        for source, targets in scores.items()
    }


def learn(corpora: list[Corpus]) -> dict[tuple[Language, Language], Scores]:
    """Pruned scores in each direction between the languages of the corpora."""
    by_languages: dict[tuple[Language, Language], list[Corpus]] = defaultdict(list)
    for part in corpora:
        by_languages[part.source, part.target].append(part)
    aligned = {languages: align(parts) for languages, parts in sorted(by_languages.items())}
    if ("en", "ru") in aligned and ("en", "az") in aligned:
        through_english = compose(reverse(aligned["en", "ru"]), aligned["en", "az"])
        aligned["ru", "az"] = mix(through_english, aligned.get(("ru", "az"), {}))
    return {
        direction: prune(scores)
        for (source, target), forward in aligned.items()
        for direction, scores in (
            ((source, target), forward),
            ((target, source), reverse(forward)),
        )
    }


def write(
    lexicon: Mapping[tuple[Language, Language], Scores], licences: Iterable[str], path: Path
) -> None:
    """Write the lexicon as one compact SQLite file, replacing what stands there."""
    path.unlink(missing_ok=True)
    rows = sorted(
        (source, target, source_stem, target_stem, round(score * SCORE_UNIT))
        for (source, target), scores in lexicon.items()
        for source_stem, translations in scores.items()
        for target_stem, score in translations.items()
    )
    meta = {
        "analyser_version": str(ANALYSER_VERSION),
        "description": "Word translations between ru, az and en, aligned with IBM Model 1",
        "licences": "\n".join(sorted(set(licences))),
    }
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = OFF")
    db.execute("CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
    db.execute(
        "CREATE TABLE translations(source TEXT, target TEXT, stem TEXT, target_stem TEXT,"
        " score INTEGER, PRIMARY KEY (source, target, stem, target_stem)) WITHOUT ROWID"
    )
    db.execute("BEGIN")
    db.executemany("INSERT INTO meta VALUES (?, ?)", sorted(meta.items()))
    db.executemany("INSERT INTO translations VALUES (?, ?, ?, ?, ?)", rows)
    db.execute("COMMIT")
    db.execute("VACUUM")
    db.close()


def main(argv: list[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m embeddings.training.lexicon")
    corpus.add_arguments(parser)
    arguments = parser.parse_args(argv)
    try:
        corpora = corpus.read(arguments)
    except ModelError as error:
        parser.exit(1, f"{error}\n")
    lexicon = learn(corpora)
    write(lexicon, (part.licence for part in corpora), arguments.output)
    for (source, target), scores in sorted(lexicon.items()):
        rows = sum(map(len, scores.values()))
        print(f"{source} > {target}: {len(scores):,} stems, {rows:,} translations", file=sys.stderr)


if __name__ == "__main__":
    main()
