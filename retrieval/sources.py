"""All that an index is made from: files, folders and web addresses, in one stream of speeches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from retrieval.addresses import addresses, holds_addresses, is_address
from retrieval.errors import Unusable
from retrieval.filememory import FileMemory
from retrieval.files import Found
from retrieval.reading import LIST, read_sources, to_speech
from retrieval.records import Reading, Skipped, Speech

Progress = Callable[[str, int, int | None], None]
"""Called with a stage's name, how much is done, and of how much if that is known."""

_LONGEST_LIST = 10 * 2**20


def read_all(
    sources: Sequence[str],
    reading: Reading,
    cache: Path,
    progress: Progress,
    memory: FileMemory | None = None,
    besides: Path | None = None,
) -> Iterator[Speech | Skipped]:
    """Read the sources, the files before the web pages; each speech's id is its own.

    A .urls file named among the sources, or a .txt file that holds nothing but addresses, stands
    for these.

    Args:
        sources: paths and addresses.
        reading: how to read them.
        cache: the file that remembers what was fetched.
        progress: told of the pages that were fetched.
        memory: what is known of the files; the speeches of unchanged ones are not read again.
        besides: a folder to be passed over: the index.

    Raises:
        SourceError: the cache is damaged, or a list of addresses cannot be read.
    """
    web = [source for source in sources if is_address(source)]
    paths = [Path(source) for source in sources if not is_address(source)]
    lists = [path for path in paths if _is_list(path)]
    for path in lists:
        web += addresses(path)
    taken: set[str] = set()
    files = [path for path in paths if path not in lists]
    for item in read_sources(files, reading.columns, memory, besides):
        if isinstance(item, Speech):
            taken.add(item.id)
        elif Path(item.where) in lists:
            continue  # met again in a folder
        yield item
    if web:
        for item in _read_web(web, reading, cache, progress):
            if isinstance(item, Speech) and (
                item.id in taken or (memory and memory.holds(item.id))
            ):
                yield Skipped(item.url or item.id, f"id '{item.id}' is already taken by a file")
            else:
                yield item


def _is_list(path: Path) -> bool:
    ending = path.suffix.lower()
    if ending not in (".txt", LIST) or not path.is_file():
        return False
    if ending == LIST:
        return True
    try:
        with path.open(encoding="utf-8-sig") as file:
            return holds_addresses(file.read(_LONGEST_LIST))
    except (OSError, UnicodeDecodeError):
        return False  # the reader of files says what is wrong with it


def _read_web(
    web: Sequence[str], reading: Reading, cache: Path, progress: Progress
) -> Iterator[Speech | Skipped]:
    from retrieval.web import read_web  # imported here for start-up time

    for item in read_web(
        web, cache, since=reading.since, allow_local=reading.allow_local, progress=progress
    ):
        if isinstance(item, Skipped):
            yield item
            continue
        fields = dict(item.record)
        text = fields.pop("text")
        try:
            speech, remark = to_speech(Found(item.url, item.id, text, fields), item.url)
        except Unusable as unusable:
            yield Skipped(item.url, str(unusable), unread=item.url)
            continue
        yield replace(speech, url=speech.url or item.url, origin=f"{item.source} {item.url}")
        if remark:
            yield Skipped(item.url, remark)
