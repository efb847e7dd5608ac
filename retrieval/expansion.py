"""From the words of a question to weighted groups of index terms, across languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from embeddings import abbreviations, numerals
from embeddings.analysis import Language, script_language, sound_key, stem, term
from embeddings.spelling import russian_spellings
from retrieval.engine import Alternative, Group, inverse_document_frequency
from retrieval.index import Index
from retrieval.names import NEAR, consonant_prefixes, nearness
from retrieval.question import FRAME_WORDS, Question, Word

_FLATTEN = 0.25
"""Exponent on p / p_best: translations are alternatives, not shares (DESIGN.md)."""

_SYNONYM_WEIGHT = 0.7
"""Weight of the best synonym beside the word itself, or beside its best translation."""

_LEAST_SYNONYM = 0.1
"""Share of the best synonym's strength below which one is noise."""

_NAME_WEIGHT = 0.95
"""Most that a sound-alike weighs: the word itself comes first."""

_MUCH_NEARER = 0.2
"""Sound-alikes that much less near than the nearest one are other names."""

_SURE = 0.9
"""Weight from which a translation stands for the word itself."""

_NUMBER_WEIGHT = 0.8
_LONG_FORM_WEIGHT = 0.3
"""Weight of one word, the rarest, of what an abbreviation stands for."""

_MOST_ALTERNATIVES = 12

_NEVER = 0.4
"""Share of the greatest idf that a word gets which neither tables nor speeches know, unless it
may be a name: that nothing was said of an unknown name is likely, of an unknown form it is not."""

Weights = dict[str, float]


def expand(question: Question, index: Index) -> list[Group]:
    """One group of alternatives for each word of the question, in the order of the words.

    Number words that are one number (twenty five) are one group.
    """
    question = replace(question, words=_numbers_joined(question))
    index.words.expect(lambda: _likely(question, index))
    rewritten = _rewritten(question, index)
    return [
        _group(word, question.language, index, rewritten.get(place, {}))
        for place, word in enumerate(question.words)
    ]


def _likely(question: Question, index: Index) -> Iterator[str]:
    """Most of the terms that will be looked up for a question."""
    for word in question.words:
        spoken = script_language(word.folded, question.language)
        own = stem(word.folded, spoken)
        yield term(word.folded, spoken)
        yield from (name for name, _ in _synonyms(own, spoken, index))
        for target in index.languages:
            if target != spoken and (found := index.lexicon.translate(own, spoken, target)):
                yield from (f"{target}:{translation.stem}" for translation in found)
                yield from (name for name, _ in _synonyms(found[0].stem, target, index))


def excluded_terms(question: Question, index: Index) -> tuple[str, ...]:
    """The terms that an excluded word stands for: its own and its sure translations."""
    excluded = replace(question, words=question.excluded)
    return tuple(
        alternative.term
        for group in expand(excluded, index)
        for alternative in group.alternatives
        if alternative.weight >= _SURE
    )


# --- which language it is in ------------------------------------------------------------------


def as_meant(question: Question, index: Index) -> Question:
    """The question in the language in which most of its words are words.

    A question in Latin letters may be English, Azerbaijani without its letters, or transliterated
    Russian, which is returned in Cyrillic. The language found by its letters and small words stays
    unless another one knows more of its words.
    """
    subject = [
        w for w in question.words if len(w.folded) > 2 and w.folded.isalpha() and w.folded.islower()
    ]
    if question.language == "ru" or not subject:
        return question
    spoken: tuple[Language, ...] = ("en", "az")
    index.words.expect(lambda: (term(w.folded, one) for w in question.words for one in spoken))
    known: dict[Language, int] = {
        language: sum(_knows(word.folded, language, index) for word in subject)
        for language in spoken
    }
    if known[question.language] == len(subject):
        return question
    small = sum(w in FRAME_WORDS[question.language] for w in question.plain.lower().split())
    known[question.language] += small
    russian = {word: _in_russian(word.folded, index) for word in question.words}
    known["ru"] = sum(
        bool(spelling) and not _knows(word.folded, question.language, index)
        for word, spelling in russian.items()
    )
    best = max(known, key=lambda language: (known[language], language == question.language))
    if best == question.language:
        return question
    words = question.words
    plain = question.plain
    if best == "ru":
        if known["ru"] * 2 <= len(question.words):
            return question
        words = tuple(Word(russian[w] or w.typed, russian[w] or w.folded) for w in words)
        spelt = {word.typed: russian[word] or word.typed for word in russian}
        plain = " ".join(spelt.get(typed, typed) for typed in plain.split())
    kept = tuple(word for word in words if word.folded not in FRAME_WORDS[best]) or words
    return replace(question, language=best, words=kept, plain=plain)


def _knows(folded: str, language: Language, index: Index) -> bool:
    """Whether a word is one of a language, by the speeches and the lexicon."""
    return bool(
        folded in FRAME_WORDS[language]
        or index.words.frequency(term(folded, language))
        or index.lexicon.knows(stem(folded, language), language)
    )


def _in_russian(folded: str, index: Index) -> str | None:
    """The likeliest Russian word that a word in other letters spells, if it spells any."""
    return next((s for s in russian_spellings(folded) if _knows(s, "ru", index)), None)


# --- other ways to write the same -------------------------------------------------------------


def _rewritten(question: Question, index: Index) -> dict[int, Weights]:
    """By the place of a word: terms for the number, month or abbreviation that it is."""
    found: defaultdict[int, Weights] = defaultdict(dict)
    words, language = question.words, question.language
    numbers = [numerals.number_of(word.folded, language) for word in words]
    for place, (word, number) in enumerate(zip(words, numbers, strict=True)):
        if number is not None:
            found[place] |= _number(number)
        beside = {*numbers[max(0, place - 1) : place], *numbers[place + 1 : place + 2]} - {None}
        month = numerals.month_of(word.folded, language)
        if month and (beside or not numerals.is_ambiguous_month(word.folded)):
            found[place] |= _month(month)
        for entry in _meanings(word, language, index):
            found[place] |= _long_forms(entry, index) | _short_forms(entry)
    for places, entry in abbreviations.spelt_out([w.folded for w in words], language):
        for place in places:
            found[place] |= _short_forms(entry)
    return found


def _meanings(word: Word, language: Language, index: Index) -> list[abbreviations.Entry]:
    """What a word stands for as an abbreviation; in small letters, only if it is no other word."""
    if not word.typed.isupper() and index.lexicon.knows(stem(word.folded, language), language):
        return []
    return abbreviations.meanings(word.typed, word.folded, language)


def _numbers_joined(question: Question) -> tuple[Word, ...]:
    """The words, with neighbours that say one number as that number: twenty five, on iki."""
    joined: list[Word] = []
    last: int | None = None
    for word in question.words:
        number = None
        if word.folded.isalpha():
            number = numerals.number_of(word.folded, question.language)
        together = numerals.compound(last, number) if last and number else None
        if together:
            before = joined.pop()
            joined.append(Word(f"{before.typed} {word.typed}", str(together)))
        else:
            joined.append(word)
        last = together or number
    return tuple(joined)


def _number(number: int) -> Weights:
    return {str(number): _NUMBER_WEIGHT} | {
        f"{language}:{form}": _NUMBER_WEIGHT
        for language, forms in numerals.in_words(number).items()
        for form in forms
    }


def _month(month: int) -> Weights:
    return {f"month:{month}": 1.0} | {
        f"{language}:{form}": 1.0
        for language, forms in numerals.months_in_words(month).items()
        for form in forms
    }


def _short_forms(entry: abbreviations.Entry) -> Weights:
    return {term(form, language): 1.0 for language, forms in entry.short.items() for form in forms}


def _long_forms(entry: abbreviations.Entry, index: Index) -> Weights:
    """The rarest word of each long form."""
    weights = {}
    for language, forms in entry.long.items():
        for form in forms if language in index.languages else ():
            terms = (f"{language}:{s}" for s in abbreviations.long_stems(form, language))
            if said := [name for name in terms if index.words.frequency(name)]:
                weights[min(said, key=index.words.frequency)] = _LONG_FORM_WEIGHT
    return weights


# --- one word ---------------------------------------------------------------------------------


def _group(word: Word, language: Language, index: Index, rewritten: Mapping[str, float]) -> Group:
    weights = _weights(word, script_language(word.folded, language), index, rewritten)
    frequencies = index.words.frequencies(weights)
    ranked = sorted((n for n in weights if frequencies[n]), key=weights.__getitem__, reverse=True)
    kept = ranked[:_MOST_ALTERNATIVES]
    pooled = sum(weights[name] * frequencies[name] for name in kept)
    idf = inverse_document_frequency(index.words.passages, pooled)
    if not kept and language not in index.languages and word.typed.islower():
        idf *= _NEVER
    return Group(word.typed, tuple(Alternative(name, weights[name]) for name in kept), idf)


def _weights(
    word: Word, spoken: Language, index: Index, rewritten: Mapping[str, float]
) -> Mapping[str, float]:
    """Terms for a word, with weights: as it is, else as spelt otherwise, and as it sounds."""
    if word.folded.startswith("month:") or any(name.startswith("month:") for name in rewritten):
        return rewritten  # what else "may" means is beside the point
    if word.typed.isupper() and _meanings(word, spoken, index):
        return {term(word.folded, spoken): 1.0, **rewritten}
    is_name = word.typed[0].isupper()
    weights = _joined(_alternatives(word.folded, spoken, index, is_name), rewritten)
    is_known_name = is_name and index.lexicon.knows(stem(word.folded, spoken), spoken)
    if not _occurs(weights, index) and spoken != "ru" and not is_known_name:
        # a short Latin question does not always tell its language
        other: Language = "az" if spoken == "en" else "en"
        weights = _alternatives(word.folded, other, index, is_name)
    if not _occurs(weights, index) and (spelling := _in_russian(word.folded, index)):
        weights = _alternatives(spelling, "ru", index)
    occurs = _occurs(weights, index)
    if is_name or not occurs:
        sure = [name for name in occurs if weights[name] >= _SURE]
        names = dict(_names(word.folded, sure, index))
        if max(names.values(), default=0.0) >= _NAME_WEIGHT * _SURE:
            # what else it would mean, it hardly means here (Paşinyan: paşa)
            key, own = sound_key(word.folded), term(word.folded, spoken)
            weights = {n: w if n == own or _hear(key, n) else w / 2 for n, w in weights.items()}
        weights = _joined(weights, names)
    return weights


def _occurs(weights: Mapping[str, float], index: Index) -> list[str]:
    frequencies = index.words.frequencies(weights)
    return [name for name in weights if frequencies[name]]


def _joined(a: Mapping[str, float], b: Mapping[str, float]) -> Mapping[str, float]:
    return {name: max(a.get(name, 0.0), b.get(name, 0.0)) for name in (*a, *b)} if b else a


def _alternatives(folded: str, spoken: Language, index: Index, is_name: bool = False) -> Weights:
    """Terms for a word with weights: itself, its translations, its synonyms.

    Where a name's best translation sounds like it and is in no speech, what else the lexicon has
    only stood beside it in other texts (Erdoğan: визит), and does not count; nor does what only
    begins like a name (Paşinyan: paşa).
    """
    own = term(folded, spoken)
    weights = {own: 1.0}
    if ":" not in own:  # a number
        return weights
    own_stem = stem(folded, spoken)
    for target in index.languages:
        if target != spoken:
            found = index.lexicon.translate(own_stem, spoken, target)
            if (
                is_name
                and found
                and (
                    not index.lexicon.knows(own_stem, spoken)
                    or (
                        _sounds(folded, found[0].stem)
                        and not index.words.frequency(f"{target}:{found[0].stem}")
                    )
                )
            ):
                continue
            for translation in found:
                weight = (translation.score / found[0].score) ** _FLATTEN
                weights[f"{target}:{translation.stem}"] = weight
            if found:
                synonyms = _synonyms(found[0].stem, target, index)
                weights |= {n: _SYNONYM_WEIGHT * w for n, w in synonyms if n not in weights}
    synonyms = _synonyms(own_stem, spoken, index)
    return dict(_joined(weights, dict(synonyms)))


def _sounds(word: str, translation: str) -> bool:
    return nearness(sound_key(word), sound_key(translation)) >= NEAR


def _synonyms(own: str, spoken: Language, index: Index) -> Iterable[tuple[str, float]]:
    """Words of the same language that share translations, with weights."""
    if spoken not in index.languages:
        return
    pivot: Language = "ru" if spoken == "en" else "en"
    shares = index.lexicon.paraphrases(own, spoken, pivot, _LEAST_SYNONYM)
    for name, share in shares.items():
        yield f"{spoken}:{name}", _SYNONYM_WEIGHT * share**_FLATTEN


def _names(folded: str, sure: Sequence[str], index: Index) -> Iterator[tuple[str, float]]:
    """Terms of names that sound like a word.

    Where the speeches have the word itself or a translation that sounds like it, a name must sound
    like that too: Moskva is Москва, and no Москит.
    """
    key = sound_key(folded)
    prefixes = consonant_prefixes(key)
    if len(key) < 3 or not prefixes:
        return
    # two consonants begin too many names
    beginning = prefixes[-1] if len(prefixes[-1]) > 2 else ""
    near = {
        (name.term, name.key): nearness(key, name.key)
        for name in index.store.names(prefixes, beginning)
    }
    least = max(NEAR, max(near.values(), default=0.0) - _MUCH_NEARER)
    alike = [name for name in sure if _hear(key, name)]
    if sure and not alike:  # what is sure may be another word's (Kurmangazy, and qurmaq: to build)
        least = max(least, _SURE)
    for (name, heard), nearest in near.items():
        if nearest >= least and (not alike or any(_hear(heard, s) for s in alike)):
            yield name, _NAME_WEIGHT * nearest


def _hear(heard: str, name: str) -> bool:
    """Whether a sound key may be that of an index term, whose stem may be cut short."""
    stemmed = sound_key(name[3:])
    if name.startswith("az:"):
        heard = heard[: len(stemmed)]
    return nearness(heard, stemmed) >= NEAR
