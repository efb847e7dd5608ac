"""All that an index is made from: files, folders and web addresses, in one stream of speeches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from retrieval.reading import read_sources
from retrieval.records import Reading, Skipped, Speech

Progress = Callable[[str, int, int | None], None]
"""Called with a stage's name, how much is done, and of how much if that is known."""


def is_address(source: str) -> bool:
    """Whether a source is a web address and not a path."""
    return source.lower().startswith(("http://", "https://"))


def read_all(
    sources: Sequence[str], reading: Reading, cache: Path, progress: Progress
) -> Iterator[Speech | Skipped]:
    """Read the sources, the files before the web pages."""
    yield from read_sources([Path(source) for source in sources if not is_address(source)])
