"""What an engine is to the rest of the program, and what both sides say to each other.

An engine keeps speeches, searches their passages and writes new generations: the embedded one
(:mod:`retrieval.embedded`) does so in a folder, others elsewhere. Reading, preparing, expansion,
fusion, the choice of sentences and the check of every quote are the same for all and know only
what stands here. No engine knows of another.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from retrieval.records import (
    Hit,
    Language,
    Passage,
    Reading,
    Report,
    ShardState,
    Skipped,
    Speech,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from embeddings.encoder import Vectors
    from retrieval.plan import Clock, Plan
    from retrieval.preparing import Prepared
    from retrieval.sources import Progress
    from retrieval.workers import Workers

# --- what is asked ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alternative:
    """One index term that may stand for a word of the question, weighted 0 to 1."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Group:
    """The alternatives of one question word; a passage scores the best of them it holds."""

    word: str
    alternatives: tuple[Alternative, ...]
    idf: float
    """Inverse document frequency from the pooled document counts of the alternatives."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a passage must satisfy to be searched at all; None is no condition."""

    since: str | None = None
    until: str | None = None
    speakers: frozenset[int] | None = None
    phrases: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[str, ...] = ()
    """Terms that must not occur."""
    excluded_phrases: tuple[tuple[str, ...], ...] = ()
    passages: tuple[tuple[int, int], ...] | None = None
    """First and last number of stretches of passages."""
    others_than: frozenset[int] = frozenset()
    """Speakers whose words are not searched."""

    @property
    def is_open(self) -> bool:
        """Whether every passage satisfies it."""
        return self == Filter()


def inverse_document_frequency(documents: int, containing: float) -> float:
    """BM25's idf as tantivy computes it: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    containing = min(containing, documents)
    return math.log(1 + (documents - containing + 0.5) / (containing + 0.5))


# --- what is kept -----------------------------------------------------------------------------


class Name(NamedTuple):
    """A capitalised word of the speeches: its sound key, its index term, how often it occurs."""

    key: str
    term: str
    occurrences: int


class Known(NamedTuple):
    """A speech as a store has it: its number, its digest, where its passages are."""

    number: int
    digest: bytes
    first_passage: int
    passages: int
    origin: str | None


class FileRecord(NamedTuple):
    """A file as it was when it was read.

    ``digest`` is a hash of its content; ``stamp`` tells without reading it that it is the same, if
    it is not None. ``speeches`` is how many were read from it, ``columns`` are the user's own names
    of columns that it had, ``notes`` what was skipped in it.
    """

    digest: bytes
    stamp: str | None
    speeches: int
    columns: tuple[str, ...]
    notes: tuple[Skipped, ...]


SPEECH_FIELDS = (
    "id", "text", "language", "title", "date", "speaker", "source", "url", "place", "occasion",
    "body",
)  # fmt: skip
"""The fields of a speech that an engine keeps, beside ``extra`` and ``origin``."""


def digest(speech: Speech) -> bytes:
    """A hash of all that is known of a speech; equal digests mean nothing changed."""
    fields = [getattr(speech, name) for name in SPEECH_FIELDS]
    packed = json.dumps([*fields, speech.extra], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(packed.encode()).digest()


@dataclass(frozen=True, slots=True)
class File:
    """A file of a generation as it was when written."""

    bytes: int
    sha256: str
    crc32: int
    """To see at a fraction of the hash's time that no bit has flipped."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that must agree before a generation is searched."""

    format_version: int
    analyser_version: int
    created: str
    model: str
    model_fingerprint: str
    dimensions: int
    speeches: int
    passages: int
    rows: int
    """Rows of the vector index: one a passage, and those that were given up."""
    recall: float | None
    """Share of the ten nearest rows that the vector search finds; None where it is exact."""
    reader: str
    """The code that read the sources, as :func:`reader_version` names it."""
    sources: tuple[str, ...]
    reading: Reading
    skipped: tuple[tuple[str, str], ...]
    files: Mapping[str, File]
    """What the generation is made of, where that is files."""


@cache
def reader_version() -> str:
    """A hash of the program's code: what another release has read is to be read again."""
    code = hashlib.sha256()
    for package in ("embeddings", "retrieval"):
        for path in sorted((Path(__file__).parents[1] / package).glob("*.py")):
            code.update(path.read_bytes())
    return code.hexdigest()[:16]


class Recorded(NamedTuple):
    """What an index was built from, and how; the defaults where there is none."""

    sources: tuple[str, ...] = ()
    model: str | None = None
    reading: Reading = Reading()


# --- reading ----------------------------------------------------------------------------------


class Kept(NamedTuple):
    """The words of a passage, as the index keeps them."""

    numbers: NDArray[np.uint32]
    """Of its folded words, in order: those of :meth:`Speeches.spelt`; of shape (words,)."""
    counts: Sequence[int]
    """How many of them are in each sentence."""


class Opening(NamedTuple):
    """What a speech says of itself at once."""

    text: str
    """Its title, its place and, unless its words are kept, its first passage."""
    kept: Kept | None = None
    """The words of its first passage."""


class Words(Protocol):
    """The word search of a generation."""

    @property
    def passages(self) -> int:
        """The number of passages indexed."""

    def frequency(self, term: str) -> int:
        """In how many passages a term occurs."""

    def frequencies(self, terms: Collection[str]) -> Mapping[str, int]:
        """In how many passages each of the terms occurs."""

    def expect(self, terms: Callable[[], Iterable[str]]) -> None:
        """Told which terms will be asked for; of use where each answer has a way to go."""

    def search(self, groups: Iterable[Group], filter_: Filter, limit: int) -> list[Hit]:
        """The passages that match best, by BM25 with one idf per group; best first.

        A group scores its best alternative: its weight times the group's idf times the term's
        saturated frequency in the passage.
        """

    def coverage(
        self, groups: Sequence[Group], shares: Sequence[float], filter_: Filter, least: float
    ) -> list[Hit]:
        """All passages that hold at least ``least`` of a question, with how much they hold, 0 to 1.

        A passage holds of each group its best alternative's weight times the group's share.
        """

    def allowed(self, filter_: Filter) -> Any:
        """What a filter is to the vector search of the same generation."""

    def count(self, allowed: Any) -> int:
        """How many passages satisfy a filter, of which :meth:`allowed` made this."""


class NearestVectors(Protocol):
    """The vector search of a generation: inner products of unit vectors."""

    @property
    def kind(self) -> str:
        """The kind of index, with its parameters."""

    def nearness(self, query: Vectors, passages: Sequence[int]) -> list[Hit]:
        """The inner products of the given passages with a query, in the order given."""

    def search(self, query: Vectors, limit: int, allowed: Any = None) -> list[Hit]:
        """The nearest passages by inner product, best first; a zero query finds nothing.

        ``allowed`` is what :meth:`Words.allowed` made of a filter; None for no condition.
        """


class Speeches(Protocol):
    """The stored speeches of a generation, and all that is known of them."""

    def speech(self, speech_id: str) -> Speech:
        """A speech by its id; raises UnknownSpeech."""

    def speech_ids(self) -> Iterator[str]:
        """All ids, always in the same order."""

    def passages_of(self, speech_id: str) -> list[Passage]:
        """The passages of a speech, in order."""

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Passages by their numbers; those of a speech follow each other."""

    def words_of(self, numbers: Sequence[int]) -> Sequence[Kept | None]:
        """The words of passages, by their numbers; None where only texts are kept."""

    def spelt(self, numbers: Sequence[int]) -> Iterable[tuple[int, str, str]]:
        """Number, folded word and index term of each of the words that are kept so."""

    def openings(self, speech_ids: Collection[str]) -> dict[str, Opening]:
        """What each speech says of itself at once."""

    def dates_of(self, numbers: Sequence[int]) -> dict[int, tuple[str, str | None]]:
        """The speech's id and date of each of the passages."""

    def dated(self) -> list[tuple[str, str]]:
        """Id and date of every speech that has a date."""

    def passages_by_speaker(self) -> list[tuple[str, int]]:
        """Each speaker's name and number of passages, the most first."""

    def stretches(self, speech_ids: Collection[str]) -> list[tuple[int, int]]:
        """First and last number of passages that stand together, of all these speeches."""

    def speakers(self) -> dict[int, str]:
        """All speakers' names by number."""

    def names(self, exact: Sequence[str], prefix: str = "") -> list[Name]:
        """Names whose consonants equal one of ``exact`` or begin with ``prefix``, if given."""

    def families(self, speech_ids: Collection[str]) -> dict[str, int]:
        """The number of the family of each speech that has translations."""

    def translations(self, speech_id: str) -> tuple[str, ...]:
        """Ids of the same speech in other languages."""

    def translated(self) -> int:
        """The number of speeches that have translations."""

    def doubtful(self) -> dict[str, tuple[str, ...]]:
        """Ids of speeches that an editor should look at, by what is wrong with them."""

    def spoken(self, speech_ids: Collection[str]) -> frozenset[str]:
        """Those of the speeches in which somebody is known to speak."""

    def some_passages(self, count: int) -> dict[int, Passage]:
        """At most so many passages from all over the store, by their numbers."""

    def counts(self) -> tuple[int, int]:
        """How many speeches and passages there are."""

    def languages(self) -> dict[Language, int]:
        """The number of speeches in each language."""

    def dates(self) -> list[str]:
        """Every distinct date, as given."""

    def problems(self) -> Iterator[str]:
        """Check every passage against its speech; yields one line for each that does not fit."""


class Generation(Protocol):
    """A generation open for reading: it stays as it is, whatever a reindex does meanwhile."""

    @property
    def manifest(self) -> Manifest:
        """What it is."""

    @property
    def store(self) -> Speeches:
        """Its speeches."""

    @property
    def words(self) -> Words:
        """Its word search."""

    @property
    def vectors(self) -> NearestVectors:
        """Its vector search."""

    @property
    def bytes(self) -> int:
        """How much it takes, as far as that is known."""

    def altered(self) -> list[str]:
        """A line for each part that is not what was written."""

    def close(self) -> None:
        """Let go of it."""


class Named(Protocol):
    """Which generation is meant: something with a name."""

    @property
    def name(self) -> str:
        """A number, as text."""


# --- writing ----------------------------------------------------------------------------------


class KnownSpeeches(Protocol):
    """What a reindex asks of the generation before."""

    def known(self, speech_id: str) -> Known | None:
        """What a speech looked like when it was stored."""

    def all_known(self) -> Iterator[tuple[str, Known]]:
        """The id of every speech, and what it looked like when it was stored."""

    def ids_from(self, origin: str) -> list[str]:
        """The ids of the speeches of a file, in order."""

    def file(self, path: str) -> FileRecord | None:
        """What a file was when it was read."""

    def files(self) -> dict[str, bytes]:
        """The digest of every file that was read, by path."""

    def speech(self, speech_id: str) -> Speech:
        """A speech by its id; raises UnknownSpeech."""

    def passages_of(self, speech_id: str) -> list[Passage]:
        """The passages of a speech, in order."""


class Old(Protocol):
    """The generation that a reindex starts from."""

    @property
    def manifest(self) -> Manifest:
        """What it is."""

    @property
    def store(self) -> KnownSpeeches:
        """Its speeches."""

    def close(self) -> None:
        """Let go of it."""


class Writer(Protocol):
    """Fills a new generation, which begins with what the plan's base holds."""

    @property
    def speeches(self) -> int:
        """Speeches that are there."""

    @property
    def passages(self) -> int:
        """Passages that are there."""

    @property
    def rows(self) -> int:
        """Rows of the vector index: passages, and what was given up."""

    @property
    def recall(self) -> float | None:
        """As :attr:`Manifest.recall`."""

    def add(self, prepared: Prepared, digest_as_read: bytes) -> None:
        """Add a speech that is not there."""

    def remove(self, known: Known, speech_id: str) -> None:
        """Take a speech out that the generation before had."""

    def move(self, known: Known, origin: str | None) -> None:
        """Note that a speech comes from another file now."""

    def finish(self, files: Mapping[str, FileRecord], clock: Clock) -> Mapping[str, File]:
        """Write all there is, durably; returns the files that it is made of, if it is."""

    def close(self) -> None:
        """Give up; what was written is good for nothing."""


class Engine(Protocol):
    """A place that holds an index, or may come to hold one.

    What reads raises IndexMissing where there is no index, IndexMismatch where another format made
    it, IndexDamaged where it cannot be read. What writes raises IndexUnwritable, or OSError where
    the system says what is wrong.
    """

    @property
    def format_version(self) -> int:
        """The version of what it writes."""

    def current(self) -> Named:
        """The current generation."""

    def previous(self) -> Named:
        """The finished generation before the current one."""

    def open(self, generation: Any = None) -> tuple[Named, Generation]:
        """Open a generation, the current one if none is given."""

    def altered(self) -> list[str]:
        """A line for each part of the current generation that is not what was written.

        Nothing else is opened: what is damaged is named whatever reading it would do.
        """

    def recorded(self) -> Recorded:
        """What it was built from, be it of another version or damaged."""

    def writing(self) -> AbstractContextManager[None]:
        """The right to write it, for one process at a time; raises IndexLocked."""

    def check_writable(self) -> None:
        """Refuse a place that holds something other than an index."""

    def holds(self, source: str) -> bool:
        """Whether a source is the index itself."""

    @property
    def folder(self) -> Path:
        """A folder of this machine for what is kept beside the index: downloads."""

    @property
    def own_files(self) -> Path:
        """The folder that is no source of speeches, though it may lie in one: the index."""

    def old(self) -> tuple[Old | None, str | None]:
        """The generation to start from, of whatever analyser; if it is of no use, why."""

    def begin(self) -> Any:
        """Name a new generation, and drop what killed runs have left behind."""

    def writer(
        self, generation: Any, plan: Plan[Any], workers: Workers, progress: Progress
    ) -> Writer:
        """Begin to fill a new generation."""

    def seal(self, generation: Any, manifest: Manifest) -> None:
        """Note that a generation is complete."""

    def publish(self, generation: Any) -> None:
        """Make a sealed generation the current one, in one step."""

    def give_up(self, generation: Any) -> None:
        """Drop a new generation unless it has become the current one."""

    def tidy(self) -> None:
        """Drop all but the current generation, the one before it, and what somebody reads."""


class Share(Engine, Protocol):
    """What one of several processes writes with: a shard of the speeches."""

    def takes(self, speech_id: str) -> bool:
        """Whether a speech is in this shard."""

    def join(self, plan: Plan[Any], full: bool) -> Plan[Any] | None:
        """Begin; returns the plan that all have, None if this shard is done, and not ``full``.

        Raises IndexMismatch where the others write something else, IndexLocked where somebody
        writes the index alone.
        """

    def hand_in(self, manifest: Manifest, report: Report) -> None:
        """Note that this shard is complete."""

    def report(self) -> Report:
        """What this shard holds, once it is done."""


class Shards(Engine, Protocol):
    """An engine whose generations several processes may write together."""

    def share(self, number: int, of: int) -> Share:
        """What writes one of so many shards, counted from 1."""

    def progress(self) -> list[ShardState]:
        """How far the shards of an unfinished generation are; empty if there is none."""

    def assemble(
        self, prune: bool, clock: Clock, progress: Progress
    ) -> tuple[Any, Manifest, Report]:
        """Make one generation of all shards: all that is to be done but to seal it.

        Raises IndexMissing where no shards are, IndexUnwritable where one is missing, SourceError
        where more has vanished than goes without ``prune``.
        """

    def abandon(self) -> int:
        """Drop all shards that are not a whole yet; returns how many of them were done."""
