"""From a question to exact quotes: every step a plain function, in the order they happen."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from embeddings.analysis import Language, folded_words, script_language, term
from embeddings.encoder import Vectors
from retrieval.dates import first_day, last_day
from retrieval.engine import Filter, Group, inverse_document_frequency
from retrieval.errors import QuestionError
from retrieval.evidence import gather
from retrieval.expansion import as_meant, excluded_terms, expand
from retrieval.index import Index
from retrieval.names import NEAR, same_person
from retrieval.question import Question, parse_question
from retrieval.quotes import (
    Excerpt,
    best_excerpts,
    checked_quote,
    holds,
    marks,
    mended,
    near_identical,
)
from retrieval.records import Answer, Hit, Note, Occasion, Options, Passage, Quote
from retrieval.saying import Reading, readings, stranger
from retrieval.silence import THRESHOLD, names_and_numbers

_SURE = 0.9
"""Nearness from which two names are one however spelled: Makarov is less near to «Макрон»."""

_TOPICS_FROM = 10
"""Passages whose words are offered as topics where nothing answers."""

_NEVER = 10**8  # later than any day as the number YYYYMMDD

DEPTH = 100
"""Passages that each search hands to the fusion."""

CANDIDATES = 20
"""Passages whose sentences are looked at, or three for each quote asked for, if that is more."""

_WEAKEST = 0.6
"""Share of the best quote's score that another must have to be shown beside it."""

_VECTOR_WEIGHT = 0.5
_EXCERPT_WEIGHT = 0.75

_OWN_LANGUAGE = 0.1
"""Head start of words that the person who asks can read without a translator."""

_REPLY = 0.8
"""What a reply inherits of the score of the question it follows: it seldom repeats its words."""

_LONGEST_QUESTION, _END_OF_QUESTION = 1000, 200  # characters; thanks often follow the question mark

_STATEMENT = 12
"""Words in small letters from which a quote is taken to state something."""
_LITTLE = 0.3
"""What one without any falls behind, if its speech says more beside it: a salutation, a caption, a
list of those present."""

_SAME = 0.1
"""What a quote falls behind that says just what another one does, by the cosine of the two."""

_NARRATION = 0.25
"""What a publisher's own words fall behind: people ask for those of the speakers."""


def ask(index: Index, question: str, options: Options | None = None) -> Answer:
    """Answer a question with exact quotes.

    Raises:
        QuestionError: the question or its filters cannot be understood.
        IndexDamaged: a quote is not in the stored text, or a file cannot be read.
    """
    started = time.perf_counter()
    options = options or Options()
    tried: list[Options] = []
    for reading in readings(
        question, options, lambda: index.speakers.values(), lambda: index.store.dates()
    ):
        tried.append(reading.options)
        parsed, remarks = meant_phrases(parse_question(reading.question, reading.options), index)
        parsed = as_meant(parsed, index)
        filter_, notes = make_filter(parsed, reading.options, index, reading.others_than)
        vector = index.encoder.encode_query(parsed.plain)
        depth = max(DEPTH, 4 * options.limit)
        candidates: list[Excerpt] = []
        asked_of = persons_called(reading.options.speaker, index.speakers)
        for one in of_each(filter_, asked_of):
            groups, hits, searched = search(index, parsed, vector, one, depth)
            if one.others_than:
                groups = as_spoken_of(groups, one, index, searched)
            hits = hits[: max(CANDIDATES, 3 * options.limit)]
            candidates += choose_excerpts(index, hits, parsed, groups, one, searched)
        candidates.sort(key=lambda excerpt: -excerpt.relevance)
        excerpts = decide(candidates, options)
        # part of a question must be answered, even where the nearest is shown anyway
        if excerpts and (reading == Reading(question, options) or _answers(excerpts)):
            break
    excerpts = in_one_language(index, excerpts, parsed.language if options.own_language else None)
    if len(asked_of) > 1:
        excerpts = each_heard(excerpts, [{index.speakers[n] for n in p} for p in asked_of.values()])
    quotes = tuple(cap(index, excerpts, groups, options))
    heard = [excerpt.passage.speaker for excerpt in excerpts if reading.options.speaker]
    others = beyond(tried, options, quotes, heard) if quotes else ()
    if quotes and not tried[0].speaker and (name := unheard(question, quotes, index)):
        others = (_not_by(name), *others)
    if options.sort == "date":
        quotes = tuple(sorted(quotes, key=_day))
    topics = () if quotes else _topics(index, candidates, parsed, groups, options)
    notes = (*remarks, *notes, *others)
    took_ms = (time.perf_counter() - started) * 1000
    return Answer(question, parsed.language, bool(quotes), quotes, took_ms, notes, topics)


def _answers(excerpts: Iterable[Excerpt]) -> bool:
    return max(excerpt.score for excerpt in excerpts) >= THRESHOLD


def beyond(
    tried: Sequence[Options],
    options: Options,
    quotes: Sequence[Quote],
    heard: Iterable[str | None] = (),
) -> tuple[Note, ...]:
    """A remark where others answer than whose words were asked for, or another time.

    Args:
        tried: what the readings of the question looked for, narrowest first, up to the one that
            answers.
        options: as given with the question.
        quotes: the answer.
        heard: who else would be quoted, if more quotes were shown.
    """
    speakers = {*heard, *(quote.speaker for quote in quotes)} - {None}
    named = tried[0].speaker or ""
    silent = ", ".join(
        name
        for name in named.split(", ")
        if not any(speaker and same_person(name, speaker) for speaker in speakers)
    )
    if silent and named != options.speaker:
        return (_not_by(silent),)
    since, until = next(
        ((one.since, one.until) for one in tried if one.since or one.until), (None, None)
    )
    if (since, until) != (options.since, options.until):
        first, last = first_day(since) if since else 0, last_day(until) if until else _NEVER
        # what is dated 2019 may be of any day of it; and that year may be spoken of later
        if not any(
            (since or until or "")[:4] in quote.text
            or (quote.date and first <= last_day(quote.date) and first_day(quote.date) <= last)
            for quote in quotes
        ):
            when = since if since == until else f"{since or '…'}–{until or '…'}"
            text = f"Nothing from {when} answers; this is from other times."
            return (Note(text, "not_then", date=when or ""),)
    return ()


def unheard(question: str, quotes: Sequence[Quote], index: Index) -> str:
    """Whose words were asked for, if nobody is called so, and others than unknown ones answer."""
    if any(quote.speaker is None and not quote.narration for quote in quotes):
        return ""
    name = stranger(question)
    return "" if name and speakers_called(name, index.speakers) else name


def _not_by(name: str) -> Note:
    text = f"Nothing that “{name}” said answers; this is what else was said."
    return Note(text, "not_by", speaker=name)


def _day(quote: Quote) -> int:
    """When a quote was said; what has no date comes last."""
    return first_day(quote.date) if quote.date else _NEVER


def _topics(
    index: Index,
    excerpts: Sequence[Excerpt],
    question: Question,
    groups: Sequence[Group],
    options: Options,
) -> tuple[str, ...]:
    # imported here for start-up time: most questions are answered
    from retrieval.topics import nearest_topics

    likeliest = sorted(excerpts, key=lambda excerpt: -excerpt.score)[:_TOPICS_FROM]
    passages = list(dict.fromkeys(excerpt.passage for excerpt in likeliest))
    vector = index.word_encoder.encode_query(question.plain)
    least = THRESHOLD if options.threshold is None else options.threshold
    return nearest_topics(passages, vector, groups, index, question.language, least)


def meant_phrases(question: Question, index: Index) -> tuple[Question, tuple[Note, ...]]:
    """The question without the exact phrases that no speech could hold, and a remark on each.

    Where nothing is in a phrase's language, its very words cannot stand anywhere, and the phrase
    is searched by its sense like the rest of the question.
    """
    possible = tuple(
        phrase
        for phrase in question.phrases
        if any(script_language(word, question.language) in index.languages for word in phrase)
    )
    remarks = tuple(
        Note(
            f"No speech is in the language of “{' '.join(phrase)}”: searched by its sense.",
            "sense",
            phrase=" ".join(phrase),
        )
        for phrase in question.phrases
        if phrase not in possible
    )
    return replace(question, phrases=possible), remarks


def make_filter(
    question: Question, options: Options, index: Index, others_than: str | None = None
) -> tuple[Filter, tuple[Note, ...]]:
    """What may be searched, and remarks on filters that nothing satisfies.

    ``others_than`` names the speaker whose words may not.
    """
    speakers, notes = None, []
    if options.speaker is not None:
        if not options.speaker.strip():
            raise QuestionError("--speaker: name a person.", "no_speaker")
        called = persons_called(options.speaker, index.speakers)
        speakers = frozenset[int]().union(*called.values())
        for name in (name for name, found in called.items() if not found):
            known = ", ".join(list(index.speakers.values())[:5])
            note = f"No speaker is called “{name[:80]}”; speakers: {known or 'none is known'}."
            notes.append(
                Note(
                    " ".join(note.split()),
                    "no_speaker" if known else "no_speakers",
                    speaker=name[:80],
                    known=known,
                )
            )
    return (
        Filter(
            question.since,
            question.until,
            speakers,
            question.phrases,
            excluded_terms(question, index),
            # the very word too, in whatever language it stands
            (*question.excluded_phrases, *((word.folded,) for word in question.excluded)),
            None if options.only is None else tuple(index.store.stretches(options.only)),
            speakers_called(others_than, index.speakers) if others_than else frozenset(),
        ),
        tuple(notes),
    )


def speakers_called(name: str, speakers: Mapping[int, str]) -> frozenset[int]:
    """The speakers that a name means: those called so, or else those called nearly so."""
    return _speakers_called(name, tuple(speakers.items()))


@lru_cache(maxsize=8)  # a question has several readings
def _speakers_called(name: str, speakers: tuple[tuple[int, str], ...]) -> frozenset[int]:
    for least in _SURE, NEAR:
        found = frozenset(n for n, known in speakers if same_person(name, known, least))
        if found:
            return found
    return frozenset()


def persons_called(names: str | None, speakers: Mapping[int, str]) -> Mapping[str, frozenset[int]]:
    """The speakers that each of several names means, which stand between commas; none for None.

    «Путин, Владимир» is one name, if somebody is called so.
    """
    if names is None:
        return {}
    whole = speakers_called(names, speakers)
    each = [name.strip() for name in names.split(",") if name.strip()]
    if whole or len(each) < 2:
        return {names: whole}
    return {name: speakers_called(name, speakers) for name in each}


def of_each(filter_: Filter, persons: Mapping[str, frozenset[int]]) -> Sequence[Filter]:
    """A filter for each of several persons: one who says much hides nobody."""
    if len(persons) < 2:
        return [filter_]
    return [replace(filter_, speakers=speakers) for speakers in persons.values()]


def as_spoken_of(
    groups: Sequence[Group], filter_: Filter, index: Index, searched: int
) -> list[Group]:
    """The groups, each as rare as it is in what a filter allows.

    Who speaks is among the terms of a passage: who often does is a common word but for others.
    """
    frequent = [len(index.words.coverage([group], [1.0], filter_, _SURE)) for group in groups]
    return [
        replace(group, idf=inverse_document_frequency(searched, n))
        for group, n in zip(groups, frequent, strict=True)
    ]


def each_heard(
    excerpts: Sequence[Excerpt], persons: Iterable[Collection[str]]
) -> Sequence[Excerpt]:
    """The excerpts, best first, the best one of each person before the others."""
    waiting, heard = [*persons], []
    for excerpt in excerpts:
        for person in waiting:
            if excerpt.passage.speaker in person:
                waiting.remove(person)
                excerpt = replace(excerpt, relevance=excerpts[0].relevance)
                break
        heard.append(excerpt)
    return heard


def search(
    index: Index, question: Question, vector: Vectors, filter_: Filter, depth: int = DEPTH
) -> tuple[list[Group], list[Hit], int]:
    """Word search and vector search over the passages that the filter allows, fused.

    Returns the groups that the question's words became, the passages found, best first, and how
    many they are the best of.
    """
    allowed = None if filter_.is_open else index.words.allowed(filter_)
    # FAISS leaves the interpreter free meanwhile
    nearest = index.aside.submit(index.vectors.search, vector, depth, allowed)
    groups = expand(question, index)
    by_words = index.words.search(groups, filter_, depth)
    by_vectors = nearest.result()
    # the nearness of what only the words found is known too: the vectors are at hand
    missing = {hit.passage for hit in by_words} - {hit.passage for hit in by_vectors}
    nearness = index.vectors.nearness(vector, sorted(missing))
    searched = index.manifest.passages if allowed is None else index.words.count(allowed)
    return groups, fuse(by_words, [*by_vectors, *nearness]), searched


def fuse(by_words: Sequence[Hit], by_vectors: Sequence[Hit]) -> list[Hit]:
    """One ranking of two: a convex combination of the word score and the cosine.

    Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval" (ACM TOIS 2023),
    found it better than reciprocal ranks. Word scores have no upper bound and are divided by the
    best of them; cosines are used as they are, so that vectors which know nothing of a question
    do not outvote the words.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    best = max((hit.score for hit in by_words), default=0.0)
    for hit in by_words:
        scores[hit.passage] += (1 - _VECTOR_WEIGHT) * hit.score / best
    for hit in by_vectors:
        scores[hit.passage] += _VECTOR_WEIGHT * hit.score
    return [Hit(passage, -worse) for worse, passage in sorted((-s, n) for n, s in scores.items())]


def choose_excerpts(
    index: Index,
    hits: Sequence[Hit],
    question: Question,
    groups: Sequence[Group],
    filter_: Filter,
    searched: int,
) -> list[Excerpt]:
    """The best excerpt of each passage that was hit, and of the replies to them, best first.

    ``searched`` is how many passages the hits are the best of.

    A reply was not searched for, nor what a quote may be mended with: both must satisfy the filter
    all the same.
    """
    around = {hit.passage + step for hit in hits for step in (-1, 0, 1)}
    stored = index.store.passages(sorted(around))
    asked = _asked(stored)
    permitted = _permission(index, filter_)
    found = {hit.passage: hit.score for hit in hits}
    for hit in hits:
        reply = hit.passage + 1
        if reply in asked and reply not in found and permitted(stored[reply]):
            found[reply] = _REPLY * hit.score
    passages = [stored[number] for number in found]
    scores = {(stored[n].speech_id, stored[n].start): score for n, score in found.items()}
    narrated = narrations(index, passages)
    evidence = gather(
        passages,
        index.store.words_of(list(found)),
        index.store.openings({passage.speech_id for passage in passages}),
        [asked.get(number, "") for number in found],
        groups,
        index.vocabulary,
    )
    query = index.word_encoder.encode_query(subject(question, groups))
    excerpts = best_excerpts(
        passages,
        evidence,
        groups,
        question.phrases,
        query,
        index.judge,
        searched,
        {
            place: before
            for place, number in enumerate(found)
            if (before := stored.get(number - 1))
            and (before.speech_id, before.speaker)
            == (stored[number].speech_id, stored[number].speaker)
            and permitted(before)
        },
        names_and_numbers(question.plain, groups),
    )

    places = {(one.speech_id, one.start): place for place, one in enumerate(passages)}
    numbers = list(found)

    def little(excerpt: Excerpt) -> float:
        """How much less it states than what stands around its passage."""
        lack, passage = _lack(excerpt.text), excerpt.passage
        place = places[passage.speech_id, passage.start]
        number = numbers[place]
        # a reply may be brief: the question, if it has the words, says the rest
        if not lack or (number in asked and 1 in evidence.around[place]):
            return 0.0
        around = [stored[n] for n in (number - 1, number + 1) if n in stored]
        said = (_lack(one.text) for one in around if one.speech_id == passage.speech_id)
        return max(0.0, lack - min(said, default=1.0))

    def rank(excerpt: Excerpt) -> float:
        passage = excerpt.passage
        return (
            (1 - _EXCERPT_WEIGHT) * scores[passage.speech_id, passage.start]
            + _EXCERPT_WEIGHT * excerpt.relevance
            + _OWN_LANGUAGE * (passage.language == question.language)
            - _NARRATION * (passage.speaker is None and passage.speech_id in narrated)
            - _LITTLE * little(excerpt)
        )

    ranked = (replace(excerpt, relevance=rank(excerpt)) for excerpt in excerpts)
    return sorted(ranked, key=lambda excerpt: -excerpt.relevance)


def _lack(text: str) -> float:
    """How far a quote lacks words in small letters, 0 to 1; all capitals tell nothing."""
    return 0.0 if text.isupper() else max(0.0, 1 - sum(map(str.islower, text.split())) / _STATEMENT)


def subject(question: Question, groups: Sequence[Group]) -> str:
    """The words of a question that sentences are compared with by their vectors.

    All of it, or its only word: those that frame it («что говорилось о …») would be most of it.
    """
    return groups[0].word if len(groups) == 1 else question.plain


def _asked(passages: Mapping[int, Passage]) -> dict[int, str]:
    """The question that was put to the speaker of a passage, for those that begin a reply."""
    return {
        number + 1: passage.text[-_LONGEST_QUESTION:]
        for number, passage in passages.items()
        if (reply := passages.get(number + 1))
        and reply.speech_id == passage.speech_id
        and reply.speaker != passage.speaker
        and "?" in passage.text[-_END_OF_QUESTION:]
    }


def _permission(index: Index, filter_: Filter) -> Callable[[Passage], bool]:
    """Whether a passage may be quoted from that another one of its speech leads to.

    Dates they share, and what must be said is looked for in each quote: left to see to are who
    speaks and what must not be said.
    """
    if filter_.speakers is None and not (
        filter_.others_than or filter_.excluded or filter_.excluded_phrases
    ):
        return lambda _: True
    names = {name for n, name in index.speakers.items() if n in (filter_.speakers or ())}
    others = {index.speakers[n] for n in filter_.others_than}

    def permitted(passage: Passage) -> bool:
        if filter_.speakers is not None and passage.speaker not in names:
            return False
        if passage.speaker in others:
            return False
        # as the word index has it: who speaks is among the terms
        said = folded_words(f"{passage.text}\n{passage.speaker or ''}")
        terms = {term(word, passage.language) for word in said}
        return terms.isdisjoint(filter_.excluded) and not any(
            holds(passage.text, phrase) for phrase in filter_.excluded_phrases
        )

    return permitted


def narrations(index: Index, passages: Iterable[Passage]) -> frozenset[str]:
    """Those of the passages' speeches in which others speak, where nobody speaks in a passage."""
    return index.store.spoken({p.speech_id for p in passages if p.speaker is None})


def decide(excerpts: Sequence[Excerpt], options: Options) -> Sequence[Excerpt]:
    """The excerpts that are good enough to be shown; none when nothing was said."""
    threshold = THRESHOLD if options.threshold is None else options.threshold
    best = max((excerpt.score for excerpt in excerpts), default=0.0)
    if best < threshold:
        return []
    if options.threshold == 0:
        return excerpts
    return [excerpt for excerpt in excerpts if excerpt.score >= _WEAKEST * best]


def in_one_language(
    index: Index, excerpts: Sequence[Excerpt], language: Language | None = None
) -> Sequence[Excerpt]:
    """The excerpts without those of a translation of what is quoted already.

    Of speeches that are translations of each other the one in ``language`` is quoted, if it
    answers at all, else the one that answers best.
    """
    families = index.store.families({excerpt.passage.speech_id for excerpt in excerpts})
    quoted: dict[int, str] = {}
    for excerpt in sorted(excerpts, key=lambda e: e.passage.language != language):
        speech_id = excerpt.passage.speech_id
        if speech_id in families:
            quoted.setdefault(families[speech_id], speech_id)
    return [
        excerpt
        for excerpt in excerpts
        if (speech_id := excerpt.passage.speech_id) not in families
        or quoted[families[speech_id]] == speech_id
    ]


def cap(
    index: Index, excerpts: Sequence[Excerpt], groups: Sequence[Group], options: Options
) -> Iterator[Quote]:
    """The quotes to show: near-identical ones once, so many per speech, so many in all."""
    shown: list[Excerpt] = []
    repeated: defaultdict[int, list[str]] = defaultdict(list)
    per_speech: Counter[str] = Counter()
    for excerpt in varied(excerpts, shown):
        speech_id = excerpt.passage.speech_id
        same = (
            n for n, one in enumerate(shown) if near_identical(excerpt.statement, one.statement)
        )
        if (number := next(same, None)) is not None:
            repeated[number].append(speech_id)
        elif len(shown) < options.limit and per_speech[speech_id] < options.per_speech:
            per_speech[speech_id] += 1
            shown.append(excerpt)
    narrated = narrations(index, [excerpt.passage for excerpt in shown])
    for number, excerpt in enumerate(shown):
        speech_id = excerpt.passage.speech_id
        speech = index.speech(speech_id)
        before = (
            one.end
            for one in shown
            if one.passage.speech_id == speech_id and one.end <= excerpt.start
        )
        excerpt = mended(excerpt, speech, max(before, default=0))
        quote = checked_quote(excerpt, speech, marks(excerpt, groups))
        elsewhere = [other for other in dict.fromkeys(repeated[number]) if other != speech_id]
        yield replace(
            quote,
            narration=quote.speaker is None and speech_id in narrated,
            translations=index.store.translations(speech_id),
            repeated=tuple(Occasion(other, index.speech(other).date) for other in elsewhere),
        )


def varied(excerpts: Sequence[Excerpt], shown: Sequence[Excerpt]) -> Iterator[Excerpt]:
    """The excerpts, each time the best and least like those that are shown by then.

    Carbonell and Goldstein, "The Use of MMR, Diversity-Based Reranking" (SIGIR 1998).
    """
    relevance = np.array([excerpt.relevance for excerpt in excerpts])
    vectors = np.array([excerpt.vector for excerpt in excerpts])
    likeness = np.zeros(len(excerpts))
    left = np.arange(len(excerpts))
    counted = 0
    while len(left):
        if counted < len(shown):
            for one in shown[counted:]:
                likeness = np.maximum(likeness, vectors @ one.vector)
            counted = len(shown)
            left = left[np.argsort((_SAME * likeness - relevance)[left], kind="stable")]
        yield excerpts[left[0]]
        left = left[1:]
