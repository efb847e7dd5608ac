"""Speeches, passages, the index, search and quotes. Knows no terminal and no Telegram."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retrieval.library import open_index

__all__ = ["open_index"]


def __getattr__(name: str) -> object:
    # Late, for start-up time: importing one module of the package must not import all.
    if name == "open_index":
        from retrieval.library import open_index

        return open_index
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
