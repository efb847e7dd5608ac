"""A generation in Milvus, open for reading."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any, cast

import numpy as np

from embeddings.analysis import ANALYSER_VERSION, Language
from embeddings.encoder import Vectors
from retrieval.dates import first_day, last_day
from retrieval.engine import FileRecord, Filter, Group, Known, Manifest, Name, Opening
from retrieval.errors import IndexDamaged, IndexGone, IndexMismatch, UnknownSpeech
from retrieval.milvus.connection import Connection, Row, hold, let_go
from retrieval.milvus.numbers import (
    MOST_OF_A_SPEECH,
    dimension,
    first_number,
    key,
    speech_number,
    speech_of,
    text_key,
    written,
)
from retrieval.milvus.packing import (
    PASSAGE_FIELDS,
    end_of,
    unpack_file,
    unpack_manifest,
    unpack_passage,
    unpack_speech,
)
from retrieval.milvus.schema import EF, EXACT_UP_TO, FORMAT_VERSION, GRAPH, TABLES, Generation
from retrieval.records import Hit, Passage, Speech

_WIDER = 3
"""Passages fetched for each that is wanted: the server adds a group's alternatives, we take the
best of them."""
_MOST_FOUND = 16_384
"""Hits that Milvus gives at most."""
_SLICE = 8_000
"""Passages with a term that are asked for at a time."""
_TERMS_AT_ONCE = 50
_PLACES = 20
"""Places of the store from which passages are drawn."""
_REMEMBERED = 200_000

NO_SUCH_ROW = "pk < 0"
_NO_WORDS = re.compile(r"[^\w .,:'’-]|_")


def describe(connection: Connection, generation: Generation) -> tuple[Manifest, dict[str, Any]]:
    """The manifest of a generation, whatever analyser made it.

    Raises:
        IndexMismatch: another format made it.
        IndexDamaged: it is not there, or no manifest.
    """
    where = connection.address
    mend = f"run: rostrum reindex --full --index {where.quoted}"
    try:
        rows = list(connection.every(generation.collection("manifest"), ["pk", "text"]))
        data = json.loads("".join(row["text"] for row in rows))
        version = data["format_version"]
        if version != FORMAT_VERSION:
            raise IndexMismatch(
                f"The index in {where} has format version {version}, this program reads "
                f"{FORMAT_VERSION}; {mend}"
            )
        return unpack_manifest(data)
    except (IndexGone, ValueError, KeyError, TypeError):
        raise IndexDamaged(f"{generation} in {where} has no whole manifest; {mend}") from None


class MilvusGeneration:
    """A whole generation: it stays as it is, whatever a reindex does meanwhile."""

    def __init__(self, connection: Connection, generation: Generation) -> None:
        """Open it.

        Raises:
            IndexMismatch: another format or analyser made it.
            IndexDamaged: a part is missing.
        """
        self.manifest, self._more = describe(connection, generation)
        where = connection.address
        if self.manifest.analyser_version != ANALYSER_VERSION:
            raise IndexMismatch(
                f"The index in {where} has analyser version {self.manifest.analyser_version}, this "
                f"program reads {ANALYSER_VERSION}; run: rostrum reindex --full --index "
                f"{where.quoted}"
            )
        shards = range(int(self._more["shards"]))
        self.store = MilvusStore(connection, generation)
        self.words = MilvusWords(connection, generation, self.manifest.passages, shards)
        self.vectors = MilvusVectors(connection, generation, self.manifest.passages)
        self._held: Connection | None = hold(where)

    @property
    def bytes(self) -> int:
        """About how much was written: what it takes is the server's affair."""
        return int(self._more["bytes"])

    def altered(self) -> list[str]:
        """Nothing: the hashes are of speeches, which are looked at one by one."""
        return []

    def close(self) -> None:
        """Let go of it; a file is closed with the last who reads or writes it."""
        if self._held:
            held, self._held = self._held, None
            let_go(held)


class MilvusStore:
    """The speeches of a generation: see :class:`retrieval.engine.Speeches`."""

    def __init__(self, connection: Connection, generation: Generation) -> None:
        self._connection = connection
        self._generation = generation
        self._named = {table: generation.collection(table) for table in TABLES}
        self.keeps_names = connection.address.is_file
        """Whether names are read once: a file has no index, each look reads it as a whole."""

    def _numbered(
        self, table: str, numbers: Iterable[int], fields: Sequence[str], column: str = "pk"
    ) -> Iterator[Row]:
        return self._connection.numbered(self._named[table], list(numbers), fields, column)

    def _every(self, table: str, fields: Sequence[str], filter_: str = "pk >= 0") -> Iterator[Row]:
        return self._connection.every(self._named[table], fields, filter_)

    def _of_speeches(self, ids: Collection[str], fields: Sequence[str]) -> list[Row]:
        """The rows of speeches; whoever shares a number with one of these is none of them."""
        rows = self._numbered("speeches", map(speech_number, ids), ["id", *fields])
        wanted = set(ids)
        return [row for row in rows if row["id"] in wanted]

    # --- speeches and passages

    def speech(self, speech_id: str) -> Speech:
        """A speech by its id, its text compared with its hash; raises UnknownSpeech."""
        speech_id = speech_id.encode("utf-8", "replace").decode()  # half a surrogate is no id
        rows = self._of_speeches([speech_id], ["sha256", "parts"])
        if not rows:
            begin = re.sub(r"[^\w.:-]", "", speech_id[:4])
            near = self._connection.some(self._named["speeches"], f'id like "{begin}%"', ["id"], 3)
            near = near or self._connection.some(self._named["speeches"], "pk >= 0", ["id"], 3)
            known = ", ".join(row["id"] for row in near) or "none"
            raise UnknownSpeech(
                f"There is no speech “{speech_id[:80]}” in the index; ids look like: {known[:200]}."
            )
        [row] = rows
        begin_at = first_number(speech_number(speech_id))
        parts = self._numbered("texts", range(begin_at, begin_at + row["parts"]), ["pk", "text"])
        ordered = [part["text"] for part in sorted(parts, key=lambda part: part["pk"])]
        return unpack_speech(ordered, row["sha256"], speech_id, self._not_as_written())

    def _not_as_written(self) -> str:
        return (
            "is not what was written; make the index anew: rostrum reindex --full --index "
            f"{self._connection.address}"
        )

    def speech_ids(self) -> Iterator[str]:
        """All ids, in their own order: that in which they were read is nobody's to know."""
        return iter(sorted(row["id"] for row in self._every("speeches", ["pk", "id"])))

    def passages_of(self, speech_id: str) -> list[Passage]:
        """The passages of a speech, in order."""
        rows = self._of_speeches([speech_id], ["pk", "passages"])
        if not rows:
            return []
        first = first_number(rows[0]["pk"])
        return list(self.passages(range(first, first + rows[0]["passages"])).values())

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Passages by their numbers; those of a speech follow each other."""
        rows = self._numbered("passages", numbers, PASSAGE_FIELDS)
        return {
            row["pk"]: unpack_passage(row, self._text_of(row))
            for row in sorted(rows, key=lambda row: row["pk"])
        }

    def _text_of(self, row: Row) -> str:
        if row["whole"]:
            text: str = row["text"]
            return text
        return self.speech(row["speech_id"]).text[row["start"] : end_of(row)]

    def words_of(self, numbers: Sequence[int]) -> list[None]:
        """Nothing: rows travel, and their text is there already."""
        return [None] * len(numbers)

    def spelt(self, numbers: Sequence[int]) -> tuple[tuple[int, str, str], ...]:
        """Nothing: words have no numbers here."""
        return ()

    def openings(self, speech_ids: Collection[str]) -> dict[str, Opening]:
        """What each speech says of itself at once."""
        rows = self._of_speeches(speech_ids, ["opening"])
        return {row["id"]: Opening(row["opening"]) for row in rows}

    def dates_of(self, numbers: Sequence[int]) -> dict[int, tuple[str, str | None]]:
        """The speech's id and date of each of the passages."""
        rows = self._numbered("passages", numbers, ["pk", "speech_id", "date"])
        return {row["pk"]: (row["speech_id"], row["date"] or None) for row in rows}

    def dated(self) -> list[tuple[str, str]]:
        """Id and date of every speech that has a date."""
        rows = self._every("speeches", ["pk", "id", "date"], 'date != ""')
        return [(row["id"], row["date"]) for row in rows]

    def stretches(self, speech_ids: Collection[str]) -> list[tuple[int, int]]:
        """First and last number that the passages of each of these speeches may have."""
        firsts = sorted(first_number(speech_number(speech_id)) for speech_id in speech_ids)
        return [(first, first + MOST_OF_A_SPEECH - 1) for first in firsts]

    def spoken(self, speech_ids: Collection[str]) -> frozenset[str]:
        """Those of the speeches in which somebody is known to speak."""
        rows = self._of_speeches(speech_ids, ["spoken"])
        return frozenset(row["id"] for row in rows if row["spoken"])

    def families(self, speech_ids: Collection[str]) -> dict[str, int]:
        """The number of the family of each speech that has translations."""
        rows = self._numbered("families", map(speech_number, speech_ids), ["id", "family"])
        wanted = set(speech_ids)
        return {row["id"]: row["family"] for row in rows if row["id"] in wanted}

    def translations(self, speech_id: str) -> tuple[str, ...]:
        """Ids of the same speech in other languages."""
        family = self.families([speech_id]).get(speech_id)
        if family is None:
            return ()
        rows = self._numbered("families", [family], ["pk", "id"], column="family")
        return tuple(row["id"] for row in sorted(rows, key=_number) if row["id"] != speech_id)

    def doubtful(self) -> dict[str, tuple[str, ...]]:
        """Ids of speeches that an editor should look at, by what is wrong with them."""
        conditions = {"no speaker is known": "spoken == 0", "no date is known": 'date == ""'}
        found = {
            why: tuple(sorted(row["id"] for row in self._every("speeches", ["pk", "id"], filter_)))
            for why, filter_ in conditions.items()
        }
        return {why: ids for why, ids in found.items() if ids}

    def some_passages(self, count: int) -> dict[int, Passage]:
        """At most so many passages from all over the store, by their numbers."""
        found: dict[int, Row] = {}
        places = min(count, _PLACES)
        for place in range(places):
            least = place * (1 << 63) // places
            rows = self._connection.some(
                self._named["passages"], f"pk >= {least}", PASSAGE_FIELDS, count // places
            )
            found |= {row["pk"]: row for row in rows}
        return {pk: unpack_passage(row, self._text_of(row)) for pk, row in found.items()}

    # --- what is counted

    def counted(self, kind: str) -> Counter[tuple[str, str]]:
        """How often each name and detail of a kind was counted, over all shards."""
        totals: Counter[tuple[str, str]] = Counter()
        for row in self._every("counts", ["pk", "name", "detail", "times"], f'kind == "{kind}"'):
            totals[row["name"], row["detail"]] += row["times"]
        return +totals

    def speakers(self) -> dict[int, str]:
        """All speakers' names by number, those who speak most first."""
        found = self.counted("speaker").most_common()
        return {int(number): name for (number, name), _ in found}

    def passages_by_speaker(self) -> list[tuple[str, int]]:
        """Each speaker's name and number of passages, the most first."""
        found = ((name, count) for (_, name), count in self.counted("speaker").items())
        return sorted(found, key=lambda one: (-one[1], one[0]))

    def names(self, exact: Sequence[str], prefix: str = "") -> list[Name]:
        """Names whose consonants equal one of ``exact`` or begin with ``prefix``, if given."""
        exact = [name for name in exact if name.isalpha()]
        prefix = prefix if prefix.isalpha() else ""
        totals: Counter[tuple[str, str]] = Counter()
        for row in (self._names_here if self.keeps_names else self._names_there)(exact, prefix):
            sound, _, term = row["detail"].partition(" ")
            totals[sound, term] += row["times"]
        return sorted(Name(sound, term, count) for (sound, term), count in totals.items())

    def _names_there(self, exact: Sequence[str], prefix: str) -> list[Row]:
        wanted = ", ".join(f'"{name}"' for name in exact)
        clauses = [f"name in [{wanted}]"] if wanted else []
        clauses += [f'name like "{prefix}%"'] if prefix else []
        filter_ = f'kind == "name" and ({" or ".join(clauses)})'
        fields = ["name", "detail", "times"]
        return self._connection.rows(self._named["counts"], filter_, fields) if clauses else []

    def _names_here(self, exact: Sequence[str], prefix: str) -> Iterator[Row]:
        for row in self._all_names:
            if row["name"] in exact or (prefix and row["name"].startswith(prefix)):
                yield row

    @cached_property
    def _all_names(self) -> list[Row]:
        fields = ["name", "detail", "times"]
        return self._connection.rows(self._named["counts"], 'kind == "name"', fields)

    def languages(self) -> dict[Language, int]:
        """The number of speeches in each language, the most frequent first."""
        found = ((name, count) for (name, _), count in self.counted("language").items())
        ordered = sorted(found, key=lambda one: (-one[1], one[0]))
        return cast(dict[Language, int], dict(ordered))

    def dates(self) -> list[str]:
        """Every distinct date, as given."""
        return sorted(name for name, _ in self.counted("date") if name)

    def translated(self) -> int:
        """The number of speeches that have translations."""
        return self._connection.count(self._named["families"])

    def counts(self) -> tuple[int, int]:
        """How many speeches and passages there are."""
        count = self._connection.count
        return count(self._named["speeches"]), count(self._named["passages"])

    def problems(self) -> Iterator[str]:
        """Check every speech by its hash and every passage against its speech."""
        for speech_id in self.speech_ids():
            try:
                text = self.speech(speech_id).text
                passages = self.passages_of(speech_id)
            except IndexDamaged as error:
                yield str(error)
                continue
            [row] = self._of_speeches([speech_id], ["passages"])
            if len(passages) != row["passages"]:
                yield f"speech {speech_id}: {len(passages)} passages instead of {row['passages']}"
            for p in passages:
                if text[p.start : p.end] != p.text:
                    yield f"speech {speech_id}: passage at {p.start} is not in the text"


def _number(row: Row) -> int:
    number: int = row["pk"]
    return number


class OldStore(MilvusStore):
    """The speeches of a generation that a reindex starts from: what is known of all is kept here.

    That takes some hundred bytes a speech.
    """

    def __init__(self, connection: Connection, generation: Generation) -> None:
        super().__init__(connection, generation)
        self._known: dict[str, Known] | None = None
        self._by_origin: dict[str, list[str]] | None = None
        self._files: dict[str, FileRecord] | None = None

    def _all(self) -> dict[str, Known]:
        if self._known is None:
            fields = ["pk", "id", "digest", "passages", "origin"]
            self._known = {
                row["id"]: Known(
                    row["pk"],
                    bytes.fromhex(row["digest"]),
                    first_number(row["pk"]),
                    row["passages"],
                    row["origin"] or None,
                )
                for row in self._every("speeches", fields)
            }
        return self._known

    def known(self, speech_id: str) -> Known | None:
        """What a speech looked like when it was stored."""
        return self._all().get(speech_id)

    def all_known(self) -> Iterator[tuple[str, Known]]:
        """The id of every speech, and what it looked like when it was stored."""
        return iter(sorted(self._all().items()))

    def ids_from(self, origin: str) -> list[str]:
        """The ids of the speeches of a file, in order."""
        if self._by_origin is None:
            by_origin: defaultdict[str, list[str]] = defaultdict(list)
            for speech_id, known in self.all_known():
                by_origin[known.origin or ""].append(speech_id)
            self._by_origin = dict(by_origin)
        return self._by_origin.get(origin, [])

    def file_records(self) -> dict[str, FileRecord]:
        """What every file was when it was read, by path."""
        if self._files is None:
            rows = self._every("files", ["pk", "path", "record"])
            self._files = {row["path"]: unpack_file(row["record"]) for row in rows}
        return self._files

    def file(self, path: str) -> FileRecord | None:
        """What a file was when it was read."""
        return self.file_records().get(path)

    def files(self) -> dict[str, bytes]:
        """The digest of every file that was read, by path."""
        return {path: record.digest for path, record in self.file_records().items()}

    def vectors_of(self, texts: Sequence[str]) -> dict[str, Any]:
        """The vectors of passages that have the very texts, by text."""
        fields = ["hash", "text", "vector"]
        rows = self._numbered("passages", {text_key(t) for t in texts}, fields, column="hash")
        wanted = set(texts)
        return {row["text"]: row["vector"] for row in rows if row["text"] in wanted}


class MilvusWords:
    """Word search by sparse vectors: see :class:`retrieval.engine.Words`."""

    def __init__(
        self, connection: Connection, generation: Generation, passages: int, shards: Sequence[int]
    ) -> None:
        self._connection = connection
        self._passages = generation.collection("passages")
        self._counts = generation.collection("counts")
        self._shards = shards
        self._frequencies: dict[str, int] = {}
        self.passages = passages

    def frequency(self, term: str) -> int:
        """In how many passages a term occurs."""
        return self.frequencies([term])[term]

    def frequencies(self, terms: Collection[str]) -> Mapping[str, int]:
        """In how many passages each of the terms occurs; one round trip for all."""
        known = self._frequencies
        missing = [term for term in terms if term not in known]
        if missing:
            if len(known) > _REMEMBERED:
                self._frequencies = known = {}
                missing = list(terms)
            by_number = {
                key(shard, "term", written(dimension(term)), ""): term
                for term in missing
                for shard in self._shards
            }
            found: Counter[str] = Counter()
            rows = self._connection.numbered(self._counts, list(by_number), ["pk", "times"])
            for row in rows:
                found[by_number[row["pk"]]] += row["times"]
            known.update((term, found[term]) for term in missing)
        return {term: known[term] for term in terms}

    def expect(self, terms: Callable[[], Iterable[str]]) -> None:
        """Ask for all the terms at once."""
        self.frequencies(set(terms()))

    def search(self, groups: Iterable[Group], filter_: Filter, limit: int) -> list[Hit]:
        """The passages that match best, by BM25 with one idf per group; best first.

        Milvus adds what a group's alternatives score; of more passages than are wanted the score
        is then made again with the best of them.
        """
        weighted = [
            [(dimension(a.term), a.weight * group.idf) for a in group.alternatives]
            for group in groups
        ]
        query: Counter[int] = Counter()
        for alternatives in weighted:
            for place, weight in alternatives:
                query[place] += weight  # type: ignore[assignment]
        if not query:
            return []
        [found] = self._connection.call(
            "search",
            self._passages,
            data=[dict(query)],
            anns_field="words",
            filter=self.allowed(filter_) or "",
            limit=min(_WIDER * limit, _MOST_FOUND),
            output_fields=["words"],
            search_params={"metric_type": "IP", "params": {"drop_ratio_search": 0.0}},
        )
        hits = []
        for hit in found:
            words = hit["entity"]["words"]
            score = sum(
                max((weight * words.get(place, 0.0) for place, weight in alternatives), default=0.0)
                for alternatives in weighted
            )
            if score > 0:
                hits.append(Hit(int(hit["pk"]), float(score)))
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage))[:limit]

    def coverage(
        self, groups: Sequence[Group], shares: Sequence[float], filter_: Filter, least: float
    ) -> list[Hit]:
        """All passages that hold at least ``least`` of a question, with how much they hold, 0 to 1.

        A passage holds of each group its best alternative's weight times the group's share.
        """
        expression = self.allowed(filter_) or ""
        totals: defaultdict[int, float] = defaultdict(float)
        having = self._having({a.term for g in groups for a in g.alternatives}, expression)
        for group, share in zip(groups, shares, strict=True):
            best: dict[int, float] = {}
            for alternative in group.alternatives:
                for passage in having[alternative.term]:
                    best[passage] = max(best.get(passage, 0.0), alternative.weight)
            for passage, weight in best.items():
                totals[passage] += share * weight
        # what falls short by no more than the rounding of a float of four bytes is not short
        hits = [Hit(passage, total) for passage, total in totals.items() if total + 1e-6 >= least]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage))

    def _having(self, terms: Collection[str], expression: str) -> dict[str, list[int]]:
        """The passages that hold each term: a search for it alone finds them all.

        Numbers are hashes, so that their range cut into equal slices cuts the passages so, too.
        """
        frequencies = self.frequencies(terms)
        found: dict[str, list[int]] = {term: [] for term in terms}
        slices = max(1, -(-max(frequencies.values(), default=0) // _SLICE))
        bounds = [place * (1 << 63) // slices for place in range(slices + 1)]
        for first, end in pairwise(bounds):
            clauses = [f"({expression})"] if expression else []
            if slices > 1:
                clauses.append(f"pk >= {first} and pk <= {end - 1}")
            occurring = [term for term in terms if frequencies[term]]
            for start in range(0, len(occurring), _TERMS_AT_ONCE):
                some = occurring[start : start + _TERMS_AT_ONCE]
                results = self._connection.call(
                    "search",
                    self._passages,
                    data=[{dimension(term): 1.0} for term in some],
                    anns_field="words",
                    filter=" and ".join(clauses),
                    limit=_MOST_FOUND,
                    search_params={"metric_type": "IP", "params": {"drop_ratio_search": 0.0}},
                )
                for term, hits in zip(some, results, strict=True):
                    found[term] += [int(hit["pk"]) for hit in hits if hit["distance"] > 0]
        return found

    def allowed(self, filter_: Filter) -> str | None:
        """A filter as an expression; None for no condition."""
        if filter_.is_open:
            return None
        clauses = []
        if filter_.since:
            clauses.append(f"last_day >= {first_day(filter_.since)}")
        if filter_.until:
            clauses.append(f"first_day <= {last_day(filter_.until)}")
        if filter_.speakers is not None:
            clauses.append(_one_of("speaker", sorted(filter_.speakers)))
        clauses += [_holds("surface", phrase) for phrase in filter_.phrases]
        if filter_.passages is not None:
            clauses.append(_one_of("speech", [speech_of(first) for first, _ in filter_.passages]))
        clauses += [
            f"not ({_holds('terms', [written(dimension(term))])})" for term in filter_.excluded
        ]
        clauses += [f"not ({_holds('surface', phrase)})" for phrase in filter_.excluded_phrases]
        if filter_.others_than:
            clauses.append(f"not ({_one_of('speaker', sorted(filter_.others_than))})")
        return " and ".join(f"({clause})" for clause in clauses)

    def count(self, allowed: str) -> int:
        """How many passages satisfy a filter, as an expression."""
        return self._connection.count(self._passages, allowed)


def _one_of(field: str, numbers: Sequence[int]) -> str:
    return f"{field} in [{', '.join(map(str, numbers))}]" if numbers else NO_SUCH_ROW


def _holds(field: str, words: Sequence[str]) -> str:
    """That a field holds words one after the other.

    Words are letters, digits and a few marks: what has any other sign is no word that somebody
    spoke, and must not end the pattern or mean something in it.
    """
    text = " ".join(words)
    return NO_SUCH_ROW if _NO_WORDS.search(text) else f'{field} like "% {text} %"'


class MilvusVectors:
    """Vector search: see :class:`retrieval.engine.NearestVectors`."""

    def __init__(self, connection: Connection, generation: Generation, passages: int) -> None:
        self._connection = connection
        self._collection = generation.collection("passages")
        self._exact = passages <= EXACT_UP_TO or connection.address.is_file
        self.kind = (
            "Milvus, FLAT" if self._exact else f"Milvus, HNSW, M {GRAPH['M']}, {EF} in sight"
        )

    def nearness(self, query: Vectors, passages: Sequence[int]) -> list[Hit]:
        """The inner products of the given passages with a query, in the order given."""
        rows = self._connection.numbered(self._collection, passages, ["pk", "vector"])
        near = {row["pk"]: float(np.asarray(row["vector"], np.float32) @ query) for row in rows}
        return [Hit(number, near.get(number, 0.0)) for number in passages]

    def search(self, query: Vectors, limit: int, allowed: str | None = None) -> list[Hit]:
        """The nearest passages by inner product, best first; a zero query finds nothing."""
        if not query.any():
            return []
        [found] = self._connection.call(
            "search",
            self._collection,
            data=[query.tolist()],
            anns_field="vector",
            filter=allowed or "",
            limit=min(limit, _MOST_FOUND),
            search_params={
                "metric_type": "IP",
                "params": {} if self._exact else {"ef": max(EF, limit)},
            },
        )
        return [Hit(int(hit["pk"]), float(hit["distance"])) for hit in found if hit["distance"]]
