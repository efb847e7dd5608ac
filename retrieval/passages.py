"""Passages: whole sentences of one voice, grouped to about a paragraph's length."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.records import Passage, Segment, Span, Speech
from retrieval.sentences import sentence_spans
from retrieval.structure import segments

TARGET_CHARACTERS = 650
"""The length that passages are brought near to; one longer sentence stands alone."""
LARGEST_PARAGRAPH = 1000
"""A paragraph up to this length is not cut: what refers to each other stays together."""
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
    """Group paragraphs, and the parts of overlong ones, as near to the target as they come."""
    group: list[Span] = []
    for paragraph in _paragraphs(text, sentences):
        small = paragraph[-1][1] - paragraph[0][0] <= LARGEST_PARAGRAPH
        for part in [paragraph] if small else [[sentence] for sentence in paragraph]:
            if group:
                length = group[-1][1] - group[0][0]
                longer = part[-1][1] - group[0][0]
                if longer - TARGET_CHARACTERS > TARGET_CHARACTERS - length:
                    yield group
                    group = []
            group = group + part
    if group:
        yield group


def _paragraphs(text: str, sentences: list[Span]) -> Iterator[list[Span]]:
    """Runs of sentences with no line break between them."""
    paragraph: list[Span] = []
    for sentence in sentences:
        if paragraph and "\n" in text[paragraph[-1][1] : sentence[0]]:
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph
