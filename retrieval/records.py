"""The vocabulary of the project: the frozen records that the steps of the way pass on.

All offsets are Unicode code points into the untouched text of a speech, start inclusive, end
exclusive. ``text == speech.text[start:end]`` holds for every passage and every quote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Self

Language = Literal["ru", "az", "en"]
Unit = Literal["year", "month"]
Span = tuple[int, int]

LANGUAGES: tuple[Language, ...] = ("ru", "az", "en")

_COUNTRY = ("country", "страна", "ölkə")


@dataclass(frozen=True, slots=True)
class Speech:
    """One document as it was published: a speech, a transcript, a news page carrying a speech.

    ``date`` is kept as given: ``2025``, ``2025-10`` or ``2025-10-21``. ``speaker`` is who the
    source says speaks; who speaks where in the text is a matter of :class:`Segment`. ``body`` is
    the offset at which the text proper begins, after a date line or front matter. ``occasion`` is
    the event in a sentence, where it has no title.
    """

    id: str
    text: str
    language: Language
    title: str | None = None
    date: str | None = None
    speaker: str | None = None
    source: str | None = None
    url: str | None = None
    place: str | None = None
    occasion: str | None = None
    body: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)
    origin: str | None = field(default=None, compare=False)
    """The file it was read from; or the address that brought it and its own, with a space."""

    @property
    def invented(self) -> bool:
        """Whether it says of itself that it is a sample, made up."""
        return str(self.extra.get("invented")).lower() == "true"

    @property
    def country(self) -> str | None:
        """Whose speech it is, if its source names a country: an ISO 3166 code or a name."""
        named = (value for name, value in self.extra.items() if name.casefold() in _COUNTRY)
        return next((value for value in named if isinstance(value, str) and value.strip()), None)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a speech's text with one voice; ``speaker`` is None where nobody speaks.

    Text between segments (labels, site noise) belongs to no passage.
    """

    start: int
    end: int
    speaker: str | None


@dataclass(frozen=True, slots=True)
class Passage:
    """One or more whole sentences of one segment: the unit that is indexed and searched."""

    speech_id: str
    start: int
    end: int
    text: str
    speaker: str | None
    language: Language
    sentences: tuple[Span, ...]
    """Each sentence's offsets into the speech's text; the first begins at ``start``."""

    @property
    def first_sentence(self) -> str:
        """The words it begins with."""
        return self.text[: self.sentences[0][1] - self.start]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in a source that could not be read: where it is, and why in a few words."""

    where: str
    why: str
    unread: str | None = field(default=None, compare=False)
    """The file or folder that may hold more speeches than could be read; None for a remark."""


class Hit(NamedTuple):
    """A passage that a search found, with the score that ranked it (higher is better)."""

    passage: int
    score: float


class Occasion(NamedTuple):
    """A speech, and its date as given."""

    speech_id: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Quote:
    """One to four whole sentences, word for word, and all that is known of where they stand.

    ``score`` lies between 0 and 1: how much of the question the quote speaks of. The order of an
    answer's quotes also weighs the passage and prefers the asker's language. ``marks`` are
    the matching words, as offsets into ``text``. ``before`` and ``after`` are the rest of the
    passage around the quote.
    """

    text: str
    speech_id: str
    start: int
    end: int
    speaker: str | None
    date: str | None
    title: str | None
    source: str | None
    url: str | None
    language: Language
    score: float
    marks: tuple[Span, ...] = ()
    before: str = ""
    after: str = ""
    narration: bool = False
    """True where others are known to speak and these words are the publisher's own."""
    invented: bool = False
    """True for the sample speeches that ship with the package."""
    place: str | None = None
    occasion: str | None = None
    translations: tuple[str, ...] = ()
    """Ids of the same speech in other languages."""
    repeated: tuple[Occasion, ...] = ()
    """Where else almost the same was said."""
    country: str | None = None
    """The speech's, see :attr:`Speech.country`."""


Remark = Literal["sense", "no_speaker", "no_speakers", "not_by", "not_then", ""]


class Note(str):
    """A remark for the person who asked, in a line of English.

    ``kind`` and ``values`` tell programs the same: they may say it in another language.
    """

    kind: Remark
    values: Mapping[str, str]

    def __new__(
        cls,
        text: str,
        kind: Remark = "",
        **values: str,
    ) -> Self:
        """A remark of no kind, such as a test's, stays in English."""
        note = super().__new__(cls, text)
        note.kind, note.values = kind, values
        return note


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question got: exact quotes, or none when nothing was said.

    ``topics`` are phrases of the collection near to a question that nothing answers.
    """

    question: str
    language: Language
    found: bool
    quotes: tuple[Quote, ...]
    took_ms: float
    notes: tuple[Note, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """How to answer: caps, filters, and when to say that nothing was said.

    Dates are ``2025``, ``2025-10`` or ``2025-10-21``, both ends inclusive. ``speaker`` is a name,
    or several between commas, in any alphabet. ``threshold`` is the
    score below which nothing counts as an answer: None for the calibrated one, 0 to switch the
    decision off. Of a speech in several languages one is quoted: the question's, if
    ``own_language`` is set and it answers, else the one that answers best. The quotes are the most
    relevant ones, shown in the order of ``sort``.
    """

    limit: int = 3
    per_speech: int = 2
    since: str | None = None
    until: str | None = None
    speaker: str | None = None
    threshold: float | None = None
    own_language: bool = True
    sort: Literal["relevance", "date"] = "relevance"
    only: frozenset[str] | None = None
    """Ids of the speeches to look at; None for all."""


@dataclass(frozen=True, slots=True)
class Period:
    """A year or a month, ``2025`` or ``2025-10``, and what of a question was said in it."""

    name: str
    passages: int
    speeches: int
    quote: Quote | None
    """The strongest quote; None where nothing was said."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """When a question's subject was spoken of; ``undated`` passages are in no period."""

    question: str
    language: Language
    unit: Unit
    periods: tuple[Period, ...]
    undated: int
    took_ms: float
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """How sources are read; an index remembers it together with its sources.

    ``columns`` says which column of a table is which field: ``{"text": "Transcript"}``. ``since``
    leaves out older pages of feeds and sitemaps. ``allow_local`` lets addresses of the local
    network be read.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    since: str | None = None
    allow_local: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a reindex did, or would do.

    ``new``, ``changed``, ``unchanged`` and ``kept`` add up to ``speeches``. ``kept`` speeches stay
    from the generation before, because the file or folder that they came from could not be read,
    or not as a whole. ``reasons`` say why more was done than the sources ask for, ``stages`` how
    many seconds each stage took.
    """

    speeches: int
    passages: int
    new: int
    changed: int
    removed: int
    unchanged: int
    kept: int
    skipped: tuple[Skipped, ...]
    seconds: float
    reasons: tuple[str, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ShardState:
    """How far one of several processes is that write an index together."""

    number: int
    """From 1 on."""
    of: int
    state: Literal["missing", "writing", "stopped", "done"]
    speeches: int = 0
    passages: int = 0
    since: str | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds, which model made its vectors, and where it came from."""

    folder: str
    generation: str
    created: str
    format_version: int
    analyser_version: int
    model: str
    model_fingerprint: str
    dimensions: int
    vector_index: str
    recall: float | None
    """Share of the ten nearest vectors that the search finds; None where it finds all."""
    speeches: int
    passages: int
    speakers: int
    languages: Mapping[Language, int]
    first_date: str | None
    last_date: str | None
    sources: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    doubtful: Mapping[str, tuple[str, ...]]
    """Ids of speeches that should be looked at, by what is wrong with them."""
    translations: int
    """Speeches that are there in another language too."""
    bytes: int
