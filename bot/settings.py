"""Which index a command reads or writes, and the sample speeches for those who have none yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from retrieval.errors import IndexMissing, IndexUnwritable
from retrieval.place import Place, parse_place

if TYPE_CHECKING:
    from retrieval.index import Index

SAMPLES_NOTE = (
    "There is no index yet, so these are the sample speeches: invented words of invented people.\n"
    "To ask your own speeches, index them first: rostrum reindex FOLDER\n"
)


class PlaceType(click.Path):
    """The value of ``--index``: a folder, or an address of Milvus."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it; what is no folder and no address is wrong usage."""
        try:
            place = parse_place(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return super().convert(value, param, ctx) if isinstance(place, Path) else place


INDEX_HELP = (
    "The index folder, or milvus:http://HOST:PORT or milvus:FILE.db.  "
    "[default: $ROSTRUM_INDEX, then your data folder]"
)


def default_index() -> Path:
    """The index folder of a user who names none: ``index`` in the user's data folder."""
    # Imported late for start-up time: who names a folder does not need it.
    from platformdirs import user_data_path

    return user_data_path("rostrum", appauthor=False) / "index"


def open_index(named: Place | None, say: Callable[[str], None]) -> Index:
    """The index to read: the named one, else the user's, else the samples, told through ``say``.

    Raises:
        IndexFault: the index is damaged, of another version, or (only when named) not there.
    """
    # Imported late for start-up time: help and completion do without numpy and faiss.
    from retrieval.index import Index

    if named is not None:
        return Index.open(named)
    try:
        return Index.open(default_index())
    except IndexMissing:
        from platformdirs import user_cache_path

        from retrieval.samples import samples_index

        say(SAMPLES_NOTE)
        try:
            return Index.open(samples_index(user_cache_path("rostrum", appauthor=False)))
        except IndexUnwritable:
            import tempfile

            with tempfile.TemporaryDirectory(prefix="rostrum-") as folder:
                # an open index stays readable when its folder goes
                return Index.open(samples_index(Path(folder)))
