"""Passages: whole sentences of one voice, grouped to about a paragraph's length."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.records import Passage, Segment, Span, Speech
from retrieval.sentences import sentence_spans
from retrieval.structure import segments

TARGET_CHARACTERS = 650
"""The length that passages are brought near to; one longer sentence stands alone."""
PARAGRAPH_CHARACTERS = 500
"""From this length on a passage ends where a paragraph or line of the text ends."""
REMAINDER_CHARACTERS = 200
"""A last passage shorter than this joins the one before it, ..."""
LARGEST_JOINED = 1000
"""... as long as both together are no longer than this."""


def cut(speech: Speech) -> list[Passage]:
    """The passages of a speech in order; each holds whole sentences of one segment.

    Every character of every segment that is not white space is in exactly one passage.
    """
    return [
        Passage(
            speech_id=speech.id,
            start=group[0][0],
            end=group[-1][1],
            text=speech.text[group[0][0] : group[-1][1]],
            speaker=segment.speaker,
            language=speech.language,
            sentences=tuple(group),
        )
        for segment in segments(speech)
        for group in _groups(speech.text, segment)
    ]


def _groups(text: str, segment: Segment) -> list[list[Span]]:
    """The segment's sentences, grouped."""
    groups = list(_filled(text, sentence_spans(text, segment.start, segment.end)))
    if len(groups) > 1:
        last_start, end = groups[-1][0][0], groups[-1][-1][1]
        if end - last_start < REMAINDER_CHARACTERS and end - groups[-2][0][0] <= LARGEST_JOINED:
            groups[-2:] = [groups[-2] + groups[-1]]
    return groups


def _filled(text: str, sentences: list[Span]) -> Iterator[list[Span]]:
    """Group sentences so that each group comes as near to the target as it can."""
    group: list[Span] = []
    for start, end in sentences:
        if group:
            length = group[-1][1] - group[0][0]
            longer = end - group[0][0]
            paragraph = length >= PARAGRAPH_CHARACTERS and "\n" in text[group[-1][1] : start]
            if paragraph or longer - TARGET_CHARACTERS > TARGET_CHARACTERS - length:
                yield group
                group = []
        group.append((start, end))
    if group:
        yield group
