"""From the words of a question to weighted groups of index terms, across languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from embeddings.analysis import Language, script_language, sound_key, stem, term
from retrieval.index import Index
from retrieval.names import NEAR, consonant_prefixes, nearness
from retrieval.question import Question, Word
from retrieval.wordindex import Alternative, Group, inverse_document_frequency

_FLATTEN = 0.25
"""Exponent on p / p_best: translations are alternatives, not shares (DESIGN.md)."""

_SYNONYM_WEIGHT = 0.5
"""Weight of the best synonym beside the word itself."""

_LEAST_SYNONYM = 0.2
"""Share of the best synonym's strength below which one is noise."""

_MOST_ALTERNATIVES = 12


def expand(question: Question, index: Index) -> list[Group]:
    """One group of alternatives for each word of the question, in the order of the words."""
    return [_group(word, question.language, index) for word in question.words]


def excluded_terms(question: Question, index: Index) -> tuple[str, ...]:
    """The terms that an excluded word stands for: its own and its sure translations."""
    return tuple(
        alternative.term
        for word in question.excluded
        for alternative in _group(word, question.language, index).alternatives
        if alternative.weight >= 0.9
    )


def _group(word: Word, language: Language, index: Index) -> Group:
    spoken = script_language(word.folded, language)
    weights = _alternatives(word, spoken, index)
    if not weights and spoken != "ru":
        # a short Latin question does not always tell its language
        weights = _alternatives(word, "az" if spoken == "en" else "en", index)
    frequencies = {name: index.words.frequency(name) for name in weights}
    ranked = sorted((n for n in weights if frequencies[n]), key=weights.__getitem__, reverse=True)
    kept = ranked[:_MOST_ALTERNATIVES]
    pooled = sum(weights[name] * frequencies[name] for name in kept)
    return Group(
        word.typed,
        tuple(Alternative(name, weights[name]) for name in kept),
        inverse_document_frequency(index.words.passages, pooled),
    )


def _alternatives(word: Word, spoken: Language, index: Index) -> dict[str, float]:
    """Index terms for a word, with weights: itself, its translations, names that sound alike."""
    own = term(word.folded, spoken)
    weights = {own: 1.0} if index.words.frequency(own) else {}
    if own[0].isdigit():
        return weights
    for target in index.languages:
        if target != spoken:
            found = index.lexicon.translate(stem(word.folded, spoken), spoken, target)
            for translation in found:
                name = f"{target}:{translation.stem}"
                weight = (translation.score / found[0].score) ** _FLATTEN
                weights[name] = max(weight, weights.get(name, 0.0))
    for name, weight in _synonyms(stem(word.folded, spoken), spoken, index):
        weights[name] = max(weight, weights.get(name, 0.0))
    if word.typed[0].isupper() or not weights:
        for name, weight in _names(word.folded, index):
            weights[name] = max(weight, weights.get(name, 0.0))
    return weights


def _synonyms(own: str, spoken: Language, index: Index) -> Iterable[tuple[str, float]]:
    """Words of the same language that share translations, with weights.

    Found by going to another language and back (Bannard and Callison-Burch, "Paraphrasing with
    Bilingual Parallel Corpora", ACL 2005).
    """
    if spoken not in index.languages:
        return
    pivot: Language = "ru" if spoken == "en" else "en"
    strengths: defaultdict[str, float] = defaultdict(float)
    for there in index.lexicon.translate(own, spoken, pivot):
        for back in index.lexicon.translate(there.stem, pivot, spoken):
            strengths[back.stem] += there.score * back.score
    best = strengths.pop(own, 0.0) or max(strengths.values(), default=0.0)
    for name, strength in strengths.items():
        share = min(1.0, strength / best)
        if share >= _LEAST_SYNONYM:
            yield f"{spoken}:{name}", _SYNONYM_WEIGHT * share**_FLATTEN


def _names(word: str, index: Index) -> Iterable[tuple[str, float]]:
    key = sound_key(word)
    prefixes = consonant_prefixes(key)
    if len(key) < 3 or not prefixes:
        return
    for name in index.store.names(prefixes, prefixes[0]):
        near = nearness(key, name.key)
        if near >= NEAR:
            yield name.term, near
