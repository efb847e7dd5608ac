"""What a generation is made of in Milvus: its collections, their fields and indexes.

Generation 7 is the collections ``rostrum_000007_passages``, ``…_speeches`` and so on. The alias
``rostrum`` names the ``…_manifest`` of the current one: moving it is the switch from one
generation to the next. All rows bear the number of the shard that wrote them, 0 where there are
none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from retrieval.errors import IndexUnwritable
from retrieval.milvus.connection import Connection

FORMAT_VERSION = 1
ALIAS = "rostrum"
LEASE = "rostrum_writer"

MOST_BYTES = 60_000
"""Bytes of a text in one field; Milvus takes 65,535."""

K1, B = 1.2, 0.75
"""BM25's parameters, as tantivy has them."""
AVERAGE_TERMS = 65
"""Index terms of an average passage: a constant of the format, so that no row depends on others.
Measured on 2,000 passages of Russian transcripts."""

EXACT_UP_TO = 200_000
"""Passages up to which vectors are compared one by one; beyond, a server searches a graph."""
GRAPH = {"M": 16, "efConstruction": 200}
EF = 128
"""How many neighbours a search in the graph keeps in sight."""

_NAME = re.compile(ALIAS + r"_(\d{6,})_([a-z]+)")

# name → type; TEXT is a VARCHAR of the most that Milvus takes
_INT, _TEXT, _DENSE, _SPARSE = "INT64", "VARCHAR", "FLOAT_VECTOR", "SPARSE_FLOAT_VECTOR"

TABLES: Mapping[str, Mapping[str, str]] = {
    "passages": {
        "pk": _INT,
        "shard": _INT,
        "speech": _INT,
        "speech_id": _TEXT,
        "start": _INT,
        "text": _TEXT,
        "whole": _INT,  # 0: longer than a field may be; it is in the speech's text
        "sentences": _TEXT,
        "speaker": _INT,
        "speaker_name": _TEXT,
        "language": _TEXT,
        "date": _TEXT,
        "first_day": _INT,
        "last_day": _INT,
        "hash": _INT,
        "surface": _TEXT,
        "terms": _TEXT,
        "words": _SPARSE,
        "vector": _DENSE,
    },
    "speeches": {
        "pk": _INT,
        "shard": _INT,
        "id": _TEXT,
        "language": _TEXT,
        "date": _TEXT,
        "opening": _TEXT,
        "origin": _TEXT,
        "digest": _TEXT,
        "passages": _INT,
        "spoken": _INT,
        "voices": _TEXT,
        "characters": _INT,
        "parts": _INT,
        "sha256": _TEXT,
    },
    "texts": {"pk": _INT, "shard": _INT, "speech": _INT, "text": _TEXT},
    # what is counted: terms, names, speakers, languages, dates, speeches; shards add up
    "counts": {
        "pk": _INT,
        "shard": _INT,
        "kind": _TEXT,
        "name": _TEXT,
        "detail": _TEXT,
        "times": _INT,
    },
    "files": {"pk": _INT, "shard": _INT, "path": _TEXT, "record": _TEXT},
    "families": {"pk": _INT, "family": _INT, "id": _TEXT},
    "manifest": {"pk": _INT, "text": _TEXT},
}
PASSING: Mapping[str, Mapping[str, str]] = {
    "shards": {"pk": _INT, "text": _TEXT},
    "tallies": TABLES["counts"],
}
"""What is there while several processes write a generation: who has written what, and what each
has counted. It goes when all are done."""
_LEASE_FIELDS = {"pk": _INT, "text": _TEXT}

_LOOKED_UP = {
    "passages": ("speech", "hash", "speaker", "first_day", "last_day"),
    "speeches": ("language", "spoken", "origin"),
    "texts": ("speech",),
    "counts": ("kind", "name"),
    "families": ("family",),
}
"""Fields by which rows are found, beside their numbers."""


class Generation(NamedTuple):
    """Which generation is meant."""

    number: int

    @property
    def name(self) -> str:
        """Its number, as the names of its collections have it."""
        return f"{self.number:06}"

    def __str__(self) -> str:
        return f"Generation {self.name}"

    def collection(self, table: str) -> str:
        """The name of one of its collections."""
        return f"{ALIAS}_{self.name}_{table}"


def generation_of(collection: str) -> tuple[Generation, str] | None:
    """The generation and table that a collection's name says; None if it says none."""
    found = _NAME.fullmatch(collection)
    if not found or found[2] not in TABLES.keys() | PASSING.keys():
        return None
    return Generation(int(found[1])), found[2]


def make(connection: Connection, collection: str, fields: Mapping[str, str], dense: int) -> None:
    """Make a collection; ``dense`` is how many dimensions its vectors have, if it has any."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    for name, kind in fields.items():
        more: dict[str, Any] = {"is_primary": True} if name == "pk" else {}
        if kind == _TEXT:
            more["max_length"] = 65_535
        elif kind == _DENSE:
            more["dim"] = dense
        schema.add_field(name, getattr(DataType, kind), **more)
    if not {_DENSE, _SPARSE} & set(fields.values()):
        # Milvus wants a vector in every collection
        schema.add_field("nothing", DataType.FLOAT_VECTOR, dim=2)
    connection.call("create_collection", collection, schema=schema, consistency_level="Bounded")


def make_generation(connection: Connection, generation: Generation, dimensions: int) -> None:
    """Make the empty collections of a generation, but for its manifest."""
    for table, fields in TABLES.items():
        if table != "manifest":
            make(connection, generation.collection(table), fields, dimensions)


def make_readable(connection: Connection, collection: str, table: str, passages: int = 0) -> None:
    """Index and load a collection once its rows are there."""
    from pymilvus import MilvusClient

    connection.wait("flush", collection)
    indexes = MilvusClient.prepare_index_params()
    if table == "passages":
        exact = passages <= EXACT_UP_TO or connection.address.is_file
        indexes.add_index(
            "vector",
            index_type="FLAT" if exact else "HNSW",
            metric_type="IP",
            params={} if exact else GRAPH,
        )
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    else:
        indexes.add_index("nothing", index_type="FLAT", metric_type="L2")
    # a file is read as a whole, with or without them
    for field in () if connection.address.is_file else _LOOKED_UP.get(table, ()):
        indexes.add_index(field, index_type="INVERTED")
    there = {
        connection.call("describe_index", collection, name)["field_name"]
        for name in connection.call("list_indexes", collection)
    }
    for index in list(indexes):
        if index.field_name in there:  # of a run that was killed
            indexes.remove(index)
    # loading waits until they are built, and does not sleep between looks
    if indexes:
        connection.call("create_index", collection, indexes, sync=False)
    connection.wait("load_collection", collection)


def fields_of(connection: Connection, collection: str) -> set[str]:
    """The names of a collection's fields."""
    described = connection.call("describe_collection", collection)
    return {field["name"] for field in described["fields"]}


def is_ours(connection: Connection, collection: str, table: str) -> bool:
    """Whether a collection with a name of ours has our fields too."""
    fields = {**TABLES, **PASSING}.get(table, _LEASE_FIELDS)
    return fields_of(connection, collection) >= set(fields)


def collections(connection: Connection) -> dict[Generation, set[str]]:
    """The tables of each generation that are there, finished or not.

    Raises:
        IndexUnwritable: a collection bears a name of ours and was made by somebody else.
    """
    found: dict[Generation, set[str]] = {}
    for name in connection.call("list_collections"):
        if name == ALIAS or (name == LEASE and not is_ours(connection, name, "")):
            raise _strange(connection, name)
        if not (one := generation_of(name)):
            continue
        generation, table = one
        if not is_ours(connection, name, table):
            raise _strange(connection, name)
        found.setdefault(generation, set()).add(table)
    return found


def _strange(connection: Connection, name: str) -> IndexUnwritable:
    return IndexUnwritable(
        f"{connection.address} holds a collection “{name}” that Rostrum did not make; rename it, "
        "or use another database."
    )


def make_lease(connection: Connection) -> None:
    """Make the collection that says who is writing, if it is missing."""
    if not connection.call("has_collection", LEASE):
        make(connection, LEASE, _LEASE_FIELDS, 0)
        make_readable(connection, LEASE, "lease")


def drop(connection: Connection, generation: Generation) -> None:
    """Drop all collections of a generation, those first without which it is none."""
    for table in (*PASSING, *reversed(list(TABLES))):
        drop_table(connection, generation, table)


def drop_table(connection: Connection, generation: Generation, table: str) -> None:
    """Drop a collection of a generation, if it is there."""
    if connection.call("has_collection", generation.collection(table)):
        connection.call("drop_collection", generation.collection(table))
