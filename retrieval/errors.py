"""All that can go wrong, in one tree.

RostrumError
├── QuestionError        the question or its filters cannot be understood (wrong usage)
├── SourceError          a source of speeches cannot be read at all
├── UnknownSpeech        the index holds no speech of that id
├── PictureError         a picture cannot be drawn or written
├── ModelError           an encoder or the lexicon cannot be loaded
└── IndexFault
    ├── IndexMissing     there is no index in that folder
    ├── IndexMismatch    it was made by another format, analyser or model
    ├── IndexDamaged     a file is missing, truncated or altered
    │   └── IndexGone    the generation was dropped while it was read: open the index again
    ├── IndexLocked      another process is writing it
    ├── IndexUnavailable the server that keeps it cannot be reached, or refuses us
    └── IndexUnwritable  the folder cannot be written: read-only, disk full, not ours

Every message is one line that says what happened and what to do. Only the edge (`bot`) turns
errors into exit statuses: QuestionError is 2, everything else 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from embeddings.errors import ModelError, RostrumError
from retrieval.records import Skipped

__all__ = [
    "IndexDamaged",
    "IndexFault",
    "IndexGone",
    "IndexLocked",
    "IndexMismatch",
    "IndexMissing",
    "IndexUnavailable",
    "IndexUnwritable",
    "ModelError",
    "PictureError",
    "QuestionError",
    "RostrumError",
    "SourceError",
    "UnknownSpeech",
]


Problem = Literal[
    "empty", "too_long", "dates_exclude", "bad_date", "no_word", "no_topic", "no_speaker"
]


class QuestionError(RostrumError):
    """The question or its filters cannot be understood.

    ``problem`` and ``values`` tell programs what the message tells people: they may say it in
    another language.
    """

    def __init__(self, message: str, problem: Problem, **values: str | int) -> None:
        super().__init__(message)
        self.problem: Problem = problem
        self.values = values


class SourceError(RostrumError):
    """A source of speeches cannot be read at all; ``skipped`` says of each part why not."""

    def __init__(self, message: str, skipped: Sequence[Skipped] = ()) -> None:
        super().__init__(message)
        self.skipped = tuple(skipped)


class PictureError(RostrumError):
    """A picture cannot be drawn or written."""


class Unusable(Exception):
    """Something in a source gives no speech; the message is the ``why`` of a Skipped.

    Raised and caught among the readers: not one of the errors that a user meets.
    """


class UnknownSpeech(RostrumError):
    """The index holds no speech of that id."""


class IndexFault(RostrumError):
    """Something about the index folder."""


class IndexMissing(IndexFault):
    """There is no index in that folder."""


class IndexMismatch(IndexFault):
    """The index was made by another format, analyser or model."""


class IndexDamaged(IndexFault):
    """A file of the index is missing, truncated or altered."""


class IndexGone(IndexDamaged):
    """The generation was dropped while it was read; opening the index again gives a newer one."""


class IndexLocked(IndexFault):
    """Another process is writing this index."""


class IndexUnavailable(IndexFault):
    """The server that keeps the index cannot be reached, or refuses us, or lacks a library."""


class IndexUnwritable(IndexFault):
    """The index folder cannot be written: read-only, disk full, or not ours."""
