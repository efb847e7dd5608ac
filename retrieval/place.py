"""Where an index is: a folder of this machine, or an address that another engine understands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.milvus.address import MilvusAddress, is_milvus

if TYPE_CHECKING:
    from retrieval.engine import Engine, Shards

Place = Path | MilvusAddress


def parse_place(text: str) -> Place:
    """The place that a value of ``--index`` names.

    Raises:
        ValueError: it is an address that says no place; the message says why.
    """
    if is_milvus(text):
        return MilvusAddress.parse(text)
    return Path(text)


def engine_at(place: Place) -> Engine:
    """The engine that keeps the index of a place.

    Raises:
        IndexFault: it needs a library that is not installed.
    """
    # imported here for start-up time, and so that one engine works without the other's libraries
    if isinstance(place, MilvusAddress):
        from retrieval.milvus.milvus import Milvus

        return Milvus(place)
    from retrieval.embedded import Embedded

    return Embedded(place)


def shards_at(place: Place) -> Shards | None:
    """What lets several processes write the index of a place; None where only one can.

    Raises:
        IndexFault: it needs a library that is not installed.
    """
    if not isinstance(place, MilvusAddress):
        return None
    from retrieval.milvus.sharing import MilvusShards  # late, as above

    return MilvusShards(place)


def is_for_one_process(place: Place) -> bool:
    """Whether only one process at a time may have the index of a place open."""
    return isinstance(place, MilvusAddress) and place.is_file
