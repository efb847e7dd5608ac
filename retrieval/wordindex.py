"""Word search: BM25 over terms by tantivy, with weighted groups of alternatives and filters."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import FieldType, Occur, Query

from retrieval.dates import first_day, last_day
from retrieval.engine import Alternative, Filter, Group, inverse_document_frequency
from retrieval.errors import IndexDamaged
from retrieval.manifest import mend
from retrieval.records import Hit

_WRITER_HEAP_BYTES = 128 << 20
_FREQUENCIES_REMEMBERED = 100_000
_REWRITTEN = ("meta.json", ".managed.json")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    # signed on purpose: an unsigned field ends tantivy-py's writer thread
    builder.add_integer_field("passage", fast=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("surface", tokenizer_name="whitespace", index_option="position")
    builder.add_integer_field("first_day", fast=True)
    builder.add_integer_field("last_day", fast=True)
    builder.add_integer_field("speaker", indexed=True, fast=True)
    return builder.build()


class WordIndexWriter:
    """Builds a word index in a new folder. All methods raise OSError when the disk is full."""

    def __init__(self, folder: Path, base: Path | None = None) -> None:
        """Begin with nothing, or with what the word index ``base`` holds.

        Tantivy never changes the files of a segment, so those are linked, not copied.
        """
        folder.mkdir()
        with _as_os_error():
            if base is None:
                self._index = tantivy.Index(_schema(), path=str(folder))
            else:
                for file in base.iterdir():
                    if not file.name.endswith(".lock"):
                        _link(file, folder / file.name)
                self._index = tantivy.Index.open(str(folder))
            self._writer = self._index.writer(heap_size=_WRITER_HEAP_BYTES, num_threads=1)

    def add(
        self, number: int, terms: str, surface: str, date: str | None, speaker: int | None
    ) -> None:
        """Add a passage under its number.

        Args:
            number: the passage's number.
            terms: its index terms, with a space between two.
            surface: its folded words, in order.
            date: its speech's date, of any precision.
            speaker: the number of its speaker.
        """
        document = tantivy.Document()
        document.add_integer("passage", number)
        document.add_text("terms", terms)
        document.add_text("surface", surface)
        if date:
            document.add_integer("first_day", first_day(date))
            document.add_integer("last_day", last_day(date))
        if speaker is not None:
            document.add_integer("speaker", speaker)
        with _as_os_error():
            self._writer.add_document(document)

    def remove(self, first: int, count: int) -> None:
        """Take consecutive passages of the index that this one began with out."""
        if count:
            with _as_os_error():
                self._writer.delete_documents_by_query(
                    Query.range_query(
                        self._index.schema,
                        "passage",
                        FieldType.Integer,
                        first,
                        first + count,
                        include_upper=False,
                    )
                )

    def finish(self) -> None:
        """Commit and wait until every file of the index is complete."""
        with _as_os_error():
            self._writer.commit()
            self._writer.wait_merging_threads()


def _link(file: Path, to: Path) -> None:
    """A hard link, or a copy where the file system has none or the file is written in place."""
    if file.name in _REWRITTEN:
        shutil.copyfile(file, to)
        return
    try:
        to.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, to)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """Tantivy reports what the disk did as a ValueError."""
    try:
        yield
    except ValueError as error:
        raise OSError(str(error)) from None


class WordIndex:
    """A word index open for reading."""

    def __init__(self, folder: Path) -> None:
        """Open it.

        Raises:
            IndexDamaged: tantivy cannot read the folder.
        """
        self._folder = folder
        self._frequencies: dict[str, int] = {}
        self._borrowed: tempfile.TemporaryDirectory[str] | None = None
        try:
            usable = folder if os.access(folder, os.W_OK) else self._borrow(folder)
            with self._reading():
                self._index = tantivy.Index.open(str(usable))
                self._searcher = self._index.searcher()
        except OSError:
            # tantivy's own message speaks of its internals, and may be pages long
            raise self._damaged() from None
        self._schema = self._index.schema

    def _borrow(self, folder: Path) -> Path:
        # tantivy writes a lock file even to read; on a read-only disk it gets a folder of links
        self._borrowed = tempfile.TemporaryDirectory(prefix="rostrum-")
        for file in folder.resolve().iterdir():
            if file.suffix != ".lock":
                (Path(self._borrowed.name) / file.name).symlink_to(file)
        return Path(self._borrowed.name)

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged(
            f"The word index {self._folder} cannot be read; {mend(self._folder.parent)}"
        )

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Tantivy checks no sums as it reads: what was altered shows as an error or a panic."""
        try:
            yield
        except BaseException as error:
            # pyo3 offers no class to catch; its panics are no Exceptions
            if (
                isinstance(error, ValueError | TypeError)
                or type(error).__name__ == "PanicException"
            ):
                raise self._damaged() from None
            raise

    @property
    def passages(self) -> int:
        """The number of passages indexed."""
        return int(self._searcher.num_docs)

    def frequency(self, term: str) -> int:
        """In how many passages a term occurs."""
        frequency = self._frequencies.get(term)
        if frequency is None:
            if len(self._frequencies) > _FREQUENCIES_REMEMBERED:
                self._frequencies.clear()
            with self._reading():
                frequency = int(self._searcher.doc_freq("terms", term))
            self._frequencies[term] = frequency
        return frequency

    def frequencies(self, terms: Collection[str]) -> dict[str, int]:
        """In how many passages each of the terms occurs."""
        return {term: self.frequency(term) for term in terms}

    def expect(self, terms: Callable[[], Iterable[str]]) -> None:
        """Told which terms will be asked for, which is of no use here."""

    def search(self, groups: Iterable[Group], filter_: Filter, limit: int) -> list[Hit]:
        """The passages that match best, by BM25 with one idf per group; best first.

        A group scores its best alternative (a disjunction maximum), each boosted by its weight
        and by the group's pooled idf over the term's own: the probabilistic structured query of
        Darwish and Oard (SIGIR 2003), with the maximum in place of the sum.
        """
        clauses = [
            (
                Occur.Should,
                Query.disjunction_max_query([self._boosted(a, g.idf) for a in g.alternatives]),
            )
            for g in groups
            if g.alternatives
        ]
        if not clauses:
            return []
        if not filter_.is_open:
            wanted = Query.boolean_query(clauses)
            clauses = [(Occur.Must, wanted), *self._clauses(filter_)]
        return self._hits(Query.boolean_query(clauses), limit)

    def coverage(
        self, groups: Sequence[Group], shares: Sequence[float], filter_: Filter, least: float
    ) -> list[Hit]:
        """All passages that hold at least ``least`` of a question, with how much they hold, 0 to 1.

        A passage holds of each group its best alternative's weight times the group's share.
        """
        clauses = [
            (
                Occur.Should,
                Query.disjunction_max_query(
                    [
                        Query.const_score_query(
                            Query.term_query(self._schema, "terms", a.term, "basic"),
                            a.weight * share,
                        )
                        for a in group.alternatives
                    ]
                ),
            )
            for group, share in zip(groups, shares, strict=True)
            if group.alternatives
        ]
        if not clauses:
            return []
        query = Query.boolean_query(
            [(Occur.Must, Query.boolean_query(clauses)), *self._clauses(filter_)]
        )
        hits = self._hits(query, max(1, self.passages))
        return [hit for hit in hits if hit.score >= least]

    def allowed(self, filter_: Filter) -> NDArray[np.int64]:
        """The numbers of all passages that satisfy a filter, for searches elsewhere."""
        query = Query.boolean_query([(Occur.Must, Query.all_query()), *self._clauses(filter_)])
        numbers, _ = self._found(query, max(1, self.passages))
        return np.array(numbers, dtype=np.int64)

    def count(self, allowed: NDArray[np.int64]) -> int:
        """How many passages satisfy a filter."""
        return len(allowed)

    def _hits(self, query: Query, limit: int) -> list[Hit]:
        return list(map(Hit, *self._found(query, limit)))

    def _found(self, query: Query, limit: int) -> tuple[list[int], list[float]]:
        """The passages that match best, and their scores."""
        with self._reading():
            hits = self._searcher.search(query, limit, count=False).hits
            numbers = self._searcher.fast_field_values("passage", [address for _, address in hits])
            return numbers, [score for score, _ in hits]  # type: ignore[return-value]

    def _boosted(self, alternative: Alternative, idf: float) -> Query:
        own = inverse_document_frequency(self.passages, self.frequency(alternative.term))
        term = Query.term_query(self._schema, "terms", alternative.term, "freq")
        return Query.boost_query(term, alternative.weight * idf / own)

    def _clauses(self, filter_: Filter) -> list[tuple[Occur, Query]]:
        schema, must = self._schema, []
        if filter_.since:
            day = first_day(filter_.since)
            must.append(Query.range_query(schema, "last_day", FieldType.Integer, lower_bound=day))
        if filter_.until:
            day = last_day(filter_.until)
            must.append(Query.range_query(schema, "first_day", FieldType.Integer, upper_bound=day))
        if filter_.speakers is not None:
            must.append(Query.term_set_query(schema, "speaker", sorted(filter_.speakers)))
        must += [_phrase(schema, phrase) for phrase in filter_.phrases]
        if filter_.passages is not None:
            must.append(
                Query.boolean_query(
                    [
                        (
                            Occur.Should,
                            Query.range_query(schema, "passage", FieldType.Integer, first, last),
                        )
                        for first, last in filter_.passages
                    ]
                )
            )
        clauses = [(Occur.Must, Query.const_score_query(query, 0.0)) for query in must]
        must_not = [Query.term_query(schema, "terms", term, "freq") for term in filter_.excluded]
        must_not += [_phrase(schema, phrase) for phrase in filter_.excluded_phrases]
        if filter_.others_than:
            others = sorted(filter_.others_than)
            must_not.append(Query.term_set_query(schema, "speaker", others))
        return clauses + [(Occur.MustNot, query) for query in must_not]

    def close(self) -> None:
        """Let go of the files."""
        if self._borrowed:
            self._borrowed.cleanup()


def _phrase(schema: tantivy.Schema, phrase: Sequence[str]) -> Query:
    if len(phrase) == 1:  # tantivy wants two words for a phrase
        return Query.term_query(schema, "surface", phrase[0], "freq")
    return Query.phrase_query(schema, "surface", list(phrase))
