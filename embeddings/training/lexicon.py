"""Learn the lexicon, word translations with weights, from parallel text.

    python -m embeddings.training.lexicon DATA_DIR lexicon.npz

Stems are aligned with IBM Model 1 in both directions (Brown, Della Pietra, Della Pietra and
Mercer, "The Mathematics of Statistical Machine Translation", Computational Linguistics 19(2),
1993), with two amendments:

- words near the same place of both sentences are likelier to be aligned (Dyer, Chahuneau and
  Smith, "A Simple, Fast, and Effective Reparameterization of IBM Model 2", NAACL 2013);
- a sparse Dirichlet prior keeps a rare word from explaining all of its sentence (Riley and
  Gildea, "Improving the IBM Alignment Models Using Variational Bayes", ACL 2012).

The score of a pair is the geometric mean of its two probabilities, so that a word counts as a
translation only if each of the two explains the other. Russian and Azerbaijani have little text
in common and meet through English. The same input gives the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from embeddings.analysis import ANALYSER_VERSION, Language, script_language, stem, words
from embeddings.errors import ModelError
from embeddings.lexicon import COARSE_LETTERS, Scores, write
from embeddings.training import corpus
from embeddings.training.corpus import Corpus, Pair

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

ROUNDS = 6
PRIOR = 0.01  # of the Dirichlet distribution
# How fast a link between English and Russian loses weight as its ends part, in sentence lengths.
# Azerbaijani puts the verb last: there it costs 1 to 6 points (NTREX and Tatoeba, az-en).
DIAGONAL = 4.0

KEPT_TRANSLATIONS = 12  # to a stem
# Below this the pairs are mostly chance; the little text in Azerbaijani has more of that. Scores
# through English are products, and smaller.
LEAST_SCORE = 0.02
LEAST_SCORE_AZ = 0.05
LEAST_SCORE_COMPOSED = 0.02
# A dictionary's pair leaves no doubt about what is aligned; a Turkish word may not exist in
# Azerbaijani. Halving or doubling either changes the measured scores by less than .01.
WORD_LIST_WEIGHT = 2.0
TURKISH_WEIGHT = 0.25
# Russian-Azerbaijani text is so short that the way through English is trusted more (NTREX
# az-ru, first hit right: .898 so mixed and cut off, .887 with a share of .3 above .03).
DIRECT_SHARE = 0.2
# Of what all words of the same beginning mean, beside what the stem itself means.
COARSE_WEIGHT = 0.5

_SHORT_INFINITIVE = re.compile(r"\b(?P<root>\w{1,3})m(?P<low>[aəe])[qk]$")
_SHORT_NOUN = 3
_VOWELS = "aeəıioöuü"


def stems(text: str, language: Language) -> list[str]:
    """The stems of a text that translation is about: no numbers, no words of another script."""
    return [
        stem(word, language)
        for _, _, word in words(text)
        if not word[0].isdigit() and script_language(word, language) == language
    ]


def pairs_with_forms(part: Corpus) -> list[Pair]:
    """The pairs of a corpus; short Azerbaijani words of a word list also in their common forms.

    A dictionary has a verb's infinitive (keçmək) and a noun's bare root (yol), and stemming does
    not join the forms that a short root has in text (keçdi, keçib; yolu, yolda).
    """
    if not part.is_word_list or part.target != "az":
        return part.pairs
    forms = []
    for pair in part.pairs:
        if infinitive := _SHORT_INFINITIVE.search(pair.target):
            root = infinitive["root"]
            beginning = pair.target[: infinitive.start()] + root
            endings = _verb_endings(root, infinitive["low"])
        elif len(pair.target) <= _SHORT_NOUN and pair.target.isalpha():
            beginning, endings = pair.target, _noun_endings(pair.target)
        else:
            continue
        forms += [Pair(pair.source, beginning + ending) for ending in endings]
    return part.pairs + forms


def _high(root: str) -> str:
    """The high vowel of endings after a root, folded."""
    last = next((letter for letter in reversed(root) if letter in _VOWELS), "i")
    return "u" if last in "ouöü" else "i"


def _verb_endings(root: str, low: str) -> list[str]:
    high, glide = _high(root), "y" if root[-1] in _VOWELS else ""
    ends = f"{glide}{high}r", f"{glide}{high}b", f"{glide}{low}n", f"{glide}{low}c{low}k"
    return [f"d{high}", *ends]


def _noun_endings(root: str) -> list[str]:
    high, low = _high(root), "a" if set(root) & set("aıou") else "e"
    cases = (
        ["n{high}n", "s{high}", "y{high}", "y{low}"]
        if root[-1] in _VOWELS
        else ["{high}n", "{high}", "{low}"]
    )
    return [
        ending.format(high=high, low=low) for ending in (*cases, "d{low}", "d{low}n", "l{low}r")
    ]


class Bitext(NamedTuple):
    """Sentence pairs as word ids: the words of one side, one sentence after the other."""

    words: tuple[list[int], list[int]]
    """Word ids of the source side and of the target side, from 0 without a gap."""
    lengths: tuple[list[int], list[int]]
    """How many words each sentence has, 1 or more; as many on either side."""
    weights: list[float]
    """How often each pair counts."""


class Table(NamedTuple):
    """What alignment found: the pairs of words that stand in one sentence pair at least."""

    sources: Numbers
    targets: Numbers
    forward: Floats
    """p(target word | source word)."""
    backward: Floats
    """p(source word | target word)."""


def align_words(bitext: Bitext, diagonal: float) -> Table:
    """Translation probabilities in both directions, by expectation maximisation from uniform."""
    words = [np.array(side, np.int32) for side in bitext.words]
    lengths = [np.array(side) for side in bitext.lengths]
    starts = [np.cumsum(length) - length for length in lengths]
    pair_of = [np.repeat(np.arange(len(length)), length) for length in lengths]
    weight = np.array(bitext.weights)
    weights = [weight[pair] for pair in pair_of]

    # A link joins one position of the target side with one of the source side, in one pair.
    fan = lengths[0][pair_of[1]]
    at_target = np.repeat(np.arange(len(words[1]), dtype=np.int32), fan)
    within = np.arange(len(at_target)) - np.repeat(np.cumsum(fan) - fan, fan)
    at_source = (np.repeat(starts[0][pair_of[1]], fan) + within).astype(np.int32)
    at = (at_source, at_target)
    places = [
        (np.arange(len(words[side])) - starts[side][pair_of[side]] + 0.5)
        / lengths[side][pair_of[side]]
        for side in (0, 1)
    ]
    near = np.exp(-diagonal * np.abs(places[0][at_source] - places[1][at_target]))
    width = int(words[1].max()) + 1
    keys, key = np.unique(
        words[0][at_source].astype(np.int64) * width + words[1][at_target], return_inverse=True
    )
    key = key.astype(np.int32)
    word_of = (keys // width, keys % width)
    del within, fan

    # In either direction, a word of the one side (0 source, 1 target) makes one of the other;
    # that one may also come from the empty word.
    probabilities = []
    for given, made in ((0, 1), (1, 0)):
        p = np.ones(len(keys))
        empty = np.ones(int(words[made].max()) + 1)
        for number in range(ROUNDS):
            expected = p[key] * near
            from_empty = empty[words[made]]
            total = np.bincount(at[made], expected, len(words[made])) + from_empty
            expected *= (weights[made] / total)[at[made]]
            count = np.bincount(words[made], weights[made] * from_empty / total)
            empty = count / count.sum()
            counts = np.bincount(key, expected, len(keys)).astype(np.float64, copy=False)
            p = _probabilities(counts, word_of[given], 0.0 if number == ROUNDS - 1 else PRIOR)
        probabilities.append(p)
    return Table(*word_of, *probabilities)


def _probabilities(counts: Floats, given: Numbers, prior: float) -> Floats:
    """Expected counts of word pairs as probabilities given one word of the pair.

    With a prior, as mean-field variational Bayes has it: exp(digamma(count + prior)) in place of
    the count, and likewise the sum. They do not add up to 1.
    """
    total: Floats = np.bincount(given, counts).astype(np.float64)
    if not prior:
        return counts / np.maximum(total, np.finfo(float).tiny)[given]
    total = total + prior * np.bincount(given)
    return np.exp(_digamma(counts + prior) - _digamma(total)[given])


def _digamma(x: Floats) -> Floats:
    """The logarithmic derivative of the gamma function, for x > 0, to about 1e-8.

    Abramowitz and Stegun, "Handbook of Mathematical Functions", 6.3.5 and 6.3.18.
    """
    below = np.zeros_like(x)
    for _ in range(6):
        below += 1 / x
        x = x + 1
    square = 1 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square / 252))
    return np.log(x) - 0.5 / x - series - below


def align(corpora: Sequence[Corpus], az_letters: int | None = None) -> Scores:
    """Scores of stem pairs over corpora of one pair of languages.

    Args:
        corpora: what to learn from.
        az_letters: cut Azerbaijani stems to so many letters.
    """
    languages = corpora[0].source, corpora[0].target
    has_az = "az" in languages
    cuts = [az_letters if language == "az" else None for language in languages]
    ids: tuple[dict[str, int], dict[str, int]] = ({}, {})
    bitext = Bitext(([], []), ([], []), [])
    for part in corpora:
        weight = WORD_LIST_WEIGHT if part.is_word_list else 1.0
        weight *= TURKISH_WEIGHT if part.is_turkish else 1.0
        for pair in pairs_with_forms(part):
            sides = stems(pair.source, part.source), stems(pair.target, part.target)
            if not all(sides):
                continue
            for known, side, cut, found, lengths in zip(
                ids, sides, cuts, bitext.words, bitext.lengths, strict=True
            ):
                found += [known.setdefault(word[:cut], len(known)) for word in side]
                lengths.append(len(side))
            bitext.weights.append(weight)
    table = align_words(bitext, 0.0 if has_az else DIAGONAL)
    score = np.sqrt(table.forward * table.backward)
    least = LEAST_SCORE_AZ if has_az else LEAST_SCORE
    source_stems, target_stems = map(list, ids)
    scores: Scores = defaultdict(dict)
    for row in np.flatnonzero(score >= least).tolist():
        source, target = source_stems[table.sources[row]], target_stems[table.targets[row]]
        scores[source][target] = float(score[row])
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


def back_off(fine: Scores, coarse: Scores) -> Scores:
    """Scores of Azerbaijani stems, helped out by those of all words that begin alike.

    Text in Azerbaijani is so little that most stems were seen once or never. Beside the stems
    the result has their first letters, under which the lexicon looks up a stem it does not know.
    """
    merged = {source: dict(targets) for source, targets in coarse.items()}
    for source, targets in fine.items():
        found = {
            target: score * COARSE_WEIGHT
            for target, score in coarse.get(source[:COARSE_LETTERS], {}).items()
        }
        for target, score in targets.items():
            found[target] = max(score, found.get(target, 0.0))
        merged[source] = found
    return merged


def learn(corpora: list[Corpus]) -> dict[tuple[Language, Language], Scores]:
    """Pruned scores in each direction between the languages of the corpora."""
    by_languages: dict[tuple[Language, Language], list[Corpus]] = defaultdict(list)
    for part in corpora:
        by_languages[part.source, part.target].append(part)
    aligned = {languages: align(parts) for languages, parts in sorted(by_languages.items())}
    coarse = {
        languages: align(parts, COARSE_LETTERS)
        for languages, parts in sorted(by_languages.items())
        if "az" in languages
    }
    if ("en", "ru") in aligned and ("en", "az") in aligned:
        to_english = reverse(aligned["en", "ru"])
        for scores in (aligned, coarse):
            through_english = compose(to_english, scores["en", "az"])
            scores["ru", "az"] = mix(through_english, scores.get(("ru", "az"), {}))
    lexicon = {}
    for (source, target), forward in aligned.items():
        backward = reverse(forward)
        if target == "az":
            backward = back_off(backward, reverse(coarse[source, target]))
        lexicon[source, target] = prune(forward)
        lexicon[target, source] = prune(backward)
    return lexicon


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
    meta = {
        "analyser_version": str(ANALYSER_VERSION),
        "description": "Word translations between ru, az and en, aligned with IBM Model 1",
        "licences": "\n".join(sorted({part.licence for part in corpora})),
    }
    write(lexicon, meta, arguments.output)
    for (source, target), scores in sorted(lexicon.items()):
        rows = sum(map(len, scores.values()))
        print(f"{source} > {target}: {len(scores):,} stems, {rows:,} translations", file=sys.stderr)


if __name__ == "__main__":
    main()
