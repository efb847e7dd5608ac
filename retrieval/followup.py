"""A second question that leans on the first: "and in 2024?", «а Токаев?», "bəs 2023-cü ildə?"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from embeddings.analysis import folded_words, words
from retrieval.names import same_person
from retrieval.question import DATE_RANGE, FRAME_WORDS
from retrieval.records import Options
from retrieval.times import time_in


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and how it is to be answered."""

    question: str
    options: Options


_JOINS = re.compile(
    r"\s*(?:and\s+what\s+about|what\s+about|how\s+about|and|but|ну\s+а|а\s+что|а\s+как|а|и|но|"
    r"bəs|bes|və|ve|ya|amma)(?!\w)[,:]?\s*",
    re.IGNORECASE,
)
_RELATIVE = {
    0: r"this\s+year|(?:в\s+)?этом\s+году|bu\s+il",
    -1: r"last\s+year|(?:в\s+)?прошлом\s+году|keçən\s+il|kecen\s+il",
}
_SURE = 0.9
"""Nearness from which a word is a speaker's name: NATO is not Anatoly, nor is Токаев Tokarev."""
_EVERY_FRAME = frozenset().union(*FRAME_WORDS.values())


def follow_up(
    text: str, last: Asked | None, base: Options, speakers: Iterable[str], today: date
) -> Asked:
    """What a line means after the last question: a narrower form of it, or a question of its own.

    A line that joins on ("and …", «а …», "bəs …"), or that only names a time, narrows: a time sets
    the dates, a known speaker the speaker (in small letters only if spelled as the name is), other
    words are added to the question. Every other line is a new question.

    Args:
        text: the line as typed.
        last: what was asked before; None for nothing.
        base: the options of a new question.
        speakers: the names of all speakers.
        today: what "this year" refers to.
    """
    joined = _JOINS.match(text)
    rest = text[joined.end() :] if joined else text
    since, until, rest = _dates(rest, today)
    left = [(rest[a:b], word) for a, b, word in words(rest) if word not in _EVERY_FRAME]
    if last is None or not (joined or ((since or until) and not left)):
        return Asked(text, base)
    if joined and left:
        # imported here for start-up time: few lines join on
        from retrieval.saying import readings

        whole = text[joined.end() :]
        if next(readings(whole, Options(), lambda: speakers)).options.speaker:
            return Asked(whole, base)  # «а Токаев о воде?» has a subject of its own
    options, question = last.options, last.question
    if since or until:  # the new dates are meant
        options = replace(options, since=since, until=until)
        question = DATE_RANGE.sub(" ", question)
        if (then := time_in(question)) and then.how:
            start, end = then.span
            question = f"{question[:start]} {question[end:]}"
        question = " ".join(question.split())
    if not left:
        return Asked(question, options)
    name = " ".join(written for written, _ in left)
    if _is_speaker(name, speakers):
        return _by_another(name, Asked(question, options), speakers)
    return Asked(f"{question.rstrip(' ?!.…')} {name}", options)


def _by_another(name: str, last: Asked, speakers: Iterable[str]) -> Asked:
    """The last question, of another speaker: “water” of «What did Holm say about water?»."""
    from retrieval.saying import readings  # late, as above

    meant, options = next(readings(last.question, Options(), lambda: speakers)), last.options
    if not meant.options.speaker:
        return Asked(last.question, replace(options, speaker=name))
    dated = options if options.since or options.until else meant.options
    subject = [(a, b) for a, b, word in words(meant.question) if word not in _EVERY_FRAME]
    before, behind = meant.question[: subject[0][0]], meant.question[subject[-1][1] :]
    # the sign before a word that is left out, and the marks of a phrase, belong to it
    start = len(before.rstrip('-"“„«'))
    end = len(meant.question) - len(behind.lstrip('"”“»'))
    return Asked(
        meant.question[start:end],
        replace(options, speaker=name, since=dated.since, until=dated.until),
    )


def _is_speaker(name: str, speakers: Iterable[str]) -> bool:
    """Whether words mean a speaker rather than a subject: nobody said that they are a name.

    What is taken for a subject is searched for, and finds who is called so too.
    """
    if len(name) == 1:
        return False
    if name == name.lower():  # «а цены?» sounds like Shen, "and water?" nearly like Walter
        typed = frozenset(folded_words(name))
        return any(typed <= frozenset(folded_words(speaker)) for speaker in speakers)
    return any(same_person(name, speaker, _SURE) for speaker in speakers)


def _dates(text: str, today: date) -> tuple[str | None, str | None, str]:
    """The dates that a line names, as since and until, and the line without them."""
    for years, form in _RELATIVE.items():
        if found := re.search(rf"(?<!\w)(?:{form})(?!\w)", text, re.IGNORECASE):
            year = f"{today.year + years:04}"
            return year, year, text[: found.start()] + " " + text[found.end() :]
    if time := time_in(text):
        start, end = time.span
        return time.since, time.until, text[:start] + " " + text[end:]
    return None, None, text
