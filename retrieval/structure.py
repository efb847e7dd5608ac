"""Who speaks where in a text.

Speeches are published in a few ways: alone, inside a news article, as a transcript. Each way has
one reader that gives the text's segments, or None when the text was not published so; the first
that recognises it is believed. What none recognises has one voice.
"""

from __future__ import annotations

from collections.abc import Callable

from retrieval.article import article
from retrieval.kremlin import captions
from retrieval.noise import noise, without
from retrieval.records import Segment, Speech
from retrieval.transcript import transcript, trimmed

_READERS: tuple[Callable[[Speech], list[Segment] | None], ...] = (
    transcript,
    article,
)
"""Tried in this order; a further way of publishing is one more function here."""


def segments(speech: Speech) -> list[Segment]:
    """The stretches of the body with one voice each, in order.

    What stands before ``speech.body`` belongs to none, nor does what no reader would call speech
    or narration: labels, site noise, a dash that opens a speech.
    """
    left_out = list(captions(speech.text, speech.title))
    return [
        Segment(*span, voice.speaker)
        for voice in _voices(speech)
        for span in without(left_out, voice.start, voice.end)
        if speech.text[slice(*span)].strip()
    ]


def _voices(speech: Speech) -> list[Segment]:
    for reader in _READERS:
        if found := reader(speech):  # who finds no voice at all has not understood the text
            return found
    begin, end = speech.body, len(speech.text)
    left_out = noise(speech.text, begin, end)
    return [
        segment
        for span in without(left_out, begin, end)
        for segment in (
            [Segment(*span, speech.speaker)]
            if span[0] == begin and speech.text[slice(*span)].strip()
            else trimmed(speech.text, *span, speech.speaker)  # noise may end before a comma
        )
    ]
