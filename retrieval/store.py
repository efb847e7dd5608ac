"""Speeches, passages and names in one SQLite file per generation."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.analysis import Language, consonants, sound_key, term
from retrieval.engine import SPEECH_FIELDS, FileRecord, Kept, Known, Name, Opening, digest
from retrieval.errors import IndexDamaged, UnknownSpeech
from retrieval.manifest import mend
from retrieval.records import Passage, Skipped, Span, Speech
from retrieval.siblings import Sketch

if TYPE_CHECKING:
    from retrieval.preparing import Prepared

_SCHEMA = """
CREATE TABLE speeches (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    language TEXT NOT NULL,
    title TEXT, date TEXT, speaker TEXT, source TEXT, url TEXT, place TEXT, occasion TEXT,
    body INTEGER NOT NULL,
    extra TEXT NOT NULL,
    origin TEXT,
    digest BLOB NOT NULL,
    first_passage INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    voices TEXT NOT NULL,
    characters INTEGER NOT NULL
);
CREATE TABLE speakers (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE passages (
    number INTEGER PRIMARY KEY,
    speech INTEGER NOT NULL REFERENCES speeches,
    start INTEGER NOT NULL,
    text TEXT NOT NULL,
    speaker INTEGER REFERENCES speakers,
    sentences BLOB NOT NULL,
    words BLOB NOT NULL,
    hash INTEGER NOT NULL
);
CREATE TABLE words (
    number INTEGER PRIMARY KEY, word TEXT NOT NULL, language TEXT NOT NULL, term TEXT NOT NULL
);
CREATE TABLE siblings (speech INTEGER PRIMARY KEY REFERENCES speeches, family INTEGER NOT NULL);
CREATE TABLE files (
    path TEXT PRIMARY KEY, digest BLOB NOT NULL, stamp TEXT, speeches INTEGER NOT NULL,
    columns TEXT NOT NULL, notes TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE names (
    consonants TEXT NOT NULL, key TEXT NOT NULL, term TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (consonants, key, term)
) WITHOUT ROWID;
"""
# made when all is stored, which takes a fraction of the time of keeping them up row by row
_SQL_INDEXES = """
CREATE INDEX IF NOT EXISTS languages ON speeches (language);
CREATE INDEX IF NOT EXISTS origins ON speeches (origin);
CREATE INDEX IF NOT EXISTS days ON speeches (date);
CREATE INDEX IF NOT EXISTS families ON siblings (family);
CREATE INDEX IF NOT EXISTS hashes ON passages (hash);
CREATE INDEX IF NOT EXISTS voices ON passages (speaker);
"""
_SPELLINGS = "CREATE UNIQUE INDEX IF NOT EXISTS spellings ON words (word, language)"
_SPEECH_COLUMNS = ", ".join((*SPEECH_FIELDS, "extra"))

_KNOWN = "number, digest, first_passage, passages, origin"
_SPOKEN = "s.voices != '[]'"
_WITH_FAMILY = "speeches s JOIN siblings f ON f.speech = s.number"

# by the range of their numbers, which needs no index on passages.speech
_OF_SPEECH = "s.id = ? AND p.number >= s.first_passage AND p.number < s.first_passage + s.passages"


_MOST_WORDS = 1 << 20
"""Words whose numbers a writer has in memory."""
_MOST_ASKED = 10_000
"""Values in one SQL statement; SQLite takes 32,766."""


def _hash(text: str) -> int:
    """A hash that finds a passage of the same text again; a signed number of 64 bits for SQLite."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True)


@contextmanager
def _as_os_error() -> Iterator[None]:
    """What SQLite reports when it cannot write."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OSError(str(error)) from None


class StoreWriter:
    """Fills a new store; passages are numbered in the order they come.

    All methods raise OSError when the disk is full.
    """

    def __init__(self, path: Path, base: Path | None = None) -> None:
        """Begin with nothing, or with what the store ``base`` holds."""
        if base is not None:
            shutil.copyfile(base, path)
        with _as_os_error():
            self._db = sqlite3.connect(path)
            # nobody reads the file before it is complete, and a broken build is thrown away
            self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
            if base is None:
                self._db.executescript(_SCHEMA)
        self._speakers: dict[str, int] = {
            name: number for number, name in self._rows("SELECT * FROM speakers")
        }
        self._next_speaker = max(self._speakers.values(), default=-1) + 1
        self._names: Counter[tuple[str, Language]] = Counter()
        self._words = _Words(self._db)
        self._removed = False
        self._bereft: set[int] = set()
        self._next_speech: int
        self.speeches: int
        self.rows: int
        self.passages: int
        [(self._next_speech, self.speeches)] = self._rows(
            "SELECT ifnull(max(number), -1) + 1, count(*) FROM speeches"
        )
        [(self.rows, self.passages)] = self._rows(
            "SELECT ifnull(max(number), -1) + 1, count(*) FROM passages"
        )
        self._added_from = self._next_speech

    def _rows(self, sql: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        return self._db.execute(sql, values).fetchall()

    def speaker(self, name: str | None) -> int | None:
        """The number of a speaker, given out at first sight."""
        if name is None:
            return None
        if name not in self._speakers:
            self._speakers[name] = self._next_speaker
            self._next_speaker += 1
            with _as_os_error():
                self._db.execute("INSERT INTO speakers VALUES (?, ?)", (self._speakers[name], name))
        return self._speakers[name]

    def add(self, prepared: Prepared, digest_as_read: bytes | None = None) -> int:
        """Store a speech; returns the number of its first passage.

        ``digest_as_read`` is that of the speech as its source has it; None for this very one.
        """
        speech, passages = prepared.speech, prepared.passages
        first = self.rows
        values = [getattr(speech, name) for name in SPEECH_FIELDS]
        extra = json.dumps(dict(speech.extra), ensure_ascii=False, default=str)
        voices = list(dict.fromkeys(p.speaker for p in passages if p.speaker))
        with _as_os_error():
            self._db.execute(
                f"INSERT INTO speeches (number, {_SPEECH_COLUMNS}, origin, digest, first_passage,"
                f" passages, voices, characters) VALUES ({', '.join('?' * 19)})",
                (
                    self._next_speech,
                    *values,
                    extra,
                    speech.origin,
                    digest_as_read or digest(speech),
                    first,
                    len(passages),
                    json.dumps(voices, ensure_ascii=False),
                    sum(passage.end - passage.start for passage in passages),
                ),
            )
            self._db.executemany(
                "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        first + i,
                        self._next_speech,
                        p.start,
                        p.text,
                        self.speaker(p.speaker),
                        _packed(p.sentences, said.counts),
                        self._words.packed(said.surface, p.language),
                        _hash(p.text),
                    )
                    for i, (p, said) in enumerate(zip(passages, prepared.words, strict=True))
                ],
            )
        self.add_names(prepared.names, speech.language)
        self._next_speech += 1
        self.speeches += 1
        self.rows += len(passages)
        self.passages += len(passages)
        return first

    def remove(self, known: Known) -> None:
        """Take a speech of the store that this one began with, and its passages, out."""
        first, end = known.first_passage, known.first_passage + known.passages
        with _as_os_error():
            for (family,) in self._rows(
                "DELETE FROM siblings WHERE speech = ? RETURNING family", known.number
            ):
                rest = self._rows("DELETE FROM siblings WHERE family = ? RETURNING speech", family)
                self._bereft.update(number for (number,) in rest)
            self._bereft.discard(known.number)
            self._db.execute("DELETE FROM passages WHERE number >= ? AND number < ?", (first, end))
            self._db.execute("DELETE FROM speeches WHERE number = ?", (known.number,))
        self._removed = True
        self.speeches -= 1
        self.passages -= known.passages

    def move(self, known: Known, origin: str | None) -> None:
        """Note that a speech comes from another file now."""
        with _as_os_error():
            self._db.execute(
                "UPDATE speeches SET origin = ? WHERE number = ?", (origin, known.number)
            )

    def add_names(self, names: Mapping[str, int], language: Language, times: int = 1) -> None:
        """Count words that are names, mostly; ``times`` -1 takes them back."""
        for word, count in names.items():
            self._names[word, language] += times * count

    def set_files(self, files: Mapping[str, FileRecord]) -> None:
        """Note which files the speeches were read from."""
        with _as_os_error():
            self._db.execute("DELETE FROM files")
            self._db.executemany(
                "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (path, *record[:3], json.dumps(record.columns), _packed_notes(record.notes))
                    for path, record in files.items()
                ),
            )

    def finish(self) -> None:
        """Write the words and names and close the file."""
        rows: Counter[tuple[str, str]] = Counter()
        for (word, language), count in self._names.items():
            rows[sound_key(word), term(word, language)] += count
        with _as_os_error():
            self._words.write()
            self._db.executemany(
                "INSERT INTO names VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET count = count + excluded.count",
                sorted((consonants(key), key, name, n) for (key, name), n in rows.items() if key),
            )
            self._db.executescript(_SQL_INDEXES)
            if self._removed:
                self._db.execute("DELETE FROM names WHERE count <= 0")
                self._db.execute(
                    "DELETE FROM speakers WHERE NOT EXISTS"
                    " (SELECT 1 FROM passages p WHERE p.speaker = speakers.number)"
                )
            self._db.commit()
        self._db.close()

    @property
    def fresh(self) -> set[int]:
        """The speeches whose translations are still to be looked for, by number."""
        return self._bereft | set(range(self._added_from, self._next_speech))

    def close(self) -> None:
        """Close without finishing; the file is good for nothing."""
        self._db.close()


class _WordNumbers(dict[str, int]):
    """The numbers of the folded words of a language, given out at first sight."""

    def __init__(self, words: _Words, language: Language) -> None:
        super().__init__()
        self._words = words
        self._language = language

    def __missing__(self, word: str) -> int:
        number = self[word] = self._words.number(word, self._language)
        return number


class _Words:
    """The words of passages, each under a number."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._next: int
        [(self._next,)] = db.execute("SELECT ifnull(max(number), -1) + 1 FROM words")
        self._stored = self._next
        self._numbers: dict[Language, _WordNumbers] = {}
        self._new: list[tuple[int, str, Language, str]] = []

    def packed(self, folded: str, language: Language) -> bytes:
        """The numbers of a passage's words, given with white space between two."""
        if sum(map(len, self._numbers.values())) > _MOST_WORDS:
            self._numbers.clear()
            self.write()
        numbers = self._numbers.get(language)
        if numbers is None:
            numbers = self._numbers.setdefault(language, _WordNumbers(self, language))
        return array("I", map(numbers.__getitem__, folded.split())).tobytes()

    def number(self, word: str, language: Language) -> int:
        """The number of a word that is not at hand."""
        if self._stored:
            row = self._db.execute(
                "SELECT number FROM words WHERE word = ? AND language = ?", (word, language)
            ).fetchone()
            if row is not None:
                return int(row[0])
        self._new.append((self._next, word, language, term(word, language)))
        self._next += 1
        return self._next - 1

    def write(self) -> None:
        """Store those that are new."""
        self._db.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", self._new)
        self._db.execute(_SPELLINGS)
        self._new.clear()
        self._stored = self._next


def add_families(path: Path, families: Iterable[Collection[int]]) -> None:
    """Note in a finished store which speeches, by number, are translations of each other.

    A family that shares a speech with one that is known already becomes one with it.

    Raises:
        OSError: the disk is full.
    """
    with _as_os_error(), closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA journal_mode = MEMORY")
        for family in families:
            members = set(family)
            for number in family:
                known = db.execute(
                    "SELECT speech FROM siblings WHERE family ="
                    " (SELECT family FROM siblings WHERE speech = ?)",
                    (number,),
                )
                members.update(row[0] for row in known)
            db.executemany(
                "INSERT OR REPLACE INTO siblings VALUES (?, ?)",
                ((number, min(members)) for number in members),
            )


class Store:
    """A store open for reading."""

    def __init__(self, path: Path) -> None:
        """Open it; the file is never written again, which SQLite is told for speed.

        Raises:
            IndexDamaged: the file is missing or is no store.
        """
        self._path = path
        try:
            self._db = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._db.execute("SELECT 1 FROM speeches LIMIT 1")
        except sqlite3.Error as error:
            raise self._damaged(error) from None

    def _damaged(self, error: object) -> IndexDamaged:
        return IndexDamaged(
            f"The store {self._path} cannot be read ({error}); {mend(self._path.parent)}"
        )

    def _rows(self, sql: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from None

    def speech(self, speech_id: str) -> Speech:
        """A speech by its id.

        Raises:
            UnknownSpeech: there is none.
        """
        speech_id = speech_id.encode("utf-8", "replace").decode()  # half a surrogate is no id
        rows = self._rows(f"SELECT {_SPEECH_COLUMNS} FROM speeches WHERE id = ?", speech_id)
        if not rows:
            near = self._rows(
                "SELECT id FROM speeches ORDER BY id LIKE ? || '%' DESC, number LIMIT 3",
                speech_id[:4],
            )
            known = ", ".join(row[0] for row in near) or "none"
            raise UnknownSpeech(
                f"There is no speech “{speech_id[:80]}” in the index; ids look like: {known[:200]}."
            )
        *values, extra = rows[0]
        return Speech(**dict(zip(SPEECH_FIELDS, values, strict=True)), extra=json.loads(extra))

    def speech_ids(self) -> Iterator[str]:
        """All ids, in the order they were read."""
        return (row[0] for row in self._rows("SELECT id FROM speeches ORDER BY number"))

    def passages_of(self, speech_id: str) -> list[Passage]:
        """The passages of a speech, in order."""
        return list(self._passages(f"{_OF_SPEECH} ORDER BY p.number", speech_id).values())

    def passages(self, numbers: Sequence[int]) -> dict[int, Passage]:
        """Passages by their numbers."""
        marks = ", ".join("?" * len(numbers))
        return self._passages(f"p.number IN ({marks})", *numbers)

    def _passages(self, where: str, *values: object) -> dict[int, Passage]:
        rows = self._rows(
            "SELECT p.number, s.id, p.start, p.text, w.name, s.language, p.sentences"
            " FROM passages p JOIN speeches s ON s.number = p.speech"
            f" LEFT JOIN speakers w ON w.number = p.speaker WHERE {where}",
            *values,
        )
        passages = {}
        for number, speech_id, start, text, speaker, language, blob in rows:
            end = start + len(text)
            sentences = _unpacked(blob)
            if not sentences or (sentences[0][0], sentences[-1][1]) != (start, end):
                raise self._damaged("the sentences of a passage do not fit it")
            passages[number] = Passage(speech_id, start, end, text, speaker, language, sentences)
        return passages

    def words_of(self, numbers: Sequence[int]) -> list[Kept]:
        """The words of passages, by their numbers."""
        marks = ", ".join("?" * len(numbers))
        rows = self._rows(
            f"SELECT number, words, sentences FROM passages WHERE number IN ({marks})", *numbers
        )
        found = {number: self._kept(*blobs) for number, *blobs in rows}
        return [found[number] for number in numbers]

    def _kept(self, words: bytes, sentences: bytes) -> Kept:
        numbers = np.frombuffer(words[: len(words) // 4 * 4], np.uint32)
        counts = array("I", sentences[: len(sentences) // 12 * 12])[2::3]
        if len(numbers) != sum(counts) or any(numbers[numbers >= self._words]):
            raise self._damaged("the words of a passage do not fit it")
        return Kept(numbers, counts)

    def spelt(self, numbers: Sequence[int]) -> list[tuple[int, str, str]]:
        """Number, folded word and index term of each of the words that are kept so."""
        found: list[tuple[int, str, str]] = []
        for start in range(0, len(numbers), _MOST_ASKED):
            some = numbers[start : start + _MOST_ASKED]
            marks = ", ".join("?" * len(some))
            found += self._rows(
                f"SELECT number, word, term FROM words WHERE number IN ({marks})", *some
            )
        if len(found) != len(numbers):
            raise self._damaged("the words of a passage are not there")
        return found

    @cached_property
    def _words(self) -> int:
        [(count,)] = self._rows("SELECT ifnull(max(number), -1) + 1 FROM words")
        return int(count)

    def openings(self, speech_ids: Collection[str]) -> dict[str, Opening]:
        """What each speech says of itself at once."""
        marks = ", ".join("?" * len(speech_ids))
        rows = self._rows(
            "SELECT s.id, ifnull(s.title, '') || char(10) || ifnull(s.place, ''),"
            " p.words, p.sentences FROM speeches s"
            f" JOIN passages p ON p.number = s.first_passage WHERE s.id IN ({marks})",
            *speech_ids,
        )
        return {speech_id: Opening(text, self._kept(*blobs)) for speech_id, text, *blobs in rows}

    def dates_of(self, numbers: Sequence[int]) -> dict[int, tuple[str, str | None]]:
        """The speech's id and date of each of the passages."""
        found: dict[int, tuple[str, str | None]] = {}
        for start in range(0, len(numbers), _MOST_ASKED):
            some = numbers[start : start + _MOST_ASKED]
            marks = ", ".join("?" * len(some))
            rows = self._rows(
                "SELECT p.number, s.id, s.date FROM passages p JOIN speeches s"
                f" ON s.number = p.speech WHERE p.number IN ({marks})",
                *some,
            )
            found |= {number: (speech_id, date) for number, speech_id, date in rows}
        return found

    def dated(self) -> list[tuple[str, str]]:
        """Id and date of every speech that has a date."""
        return self._rows("SELECT id, date FROM speeches WHERE date IS NOT NULL")

    def passages_by_speaker(self) -> list[tuple[str, int]]:
        """Each speaker's name and number of passages, the most first."""
        return self._rows(
            "SELECT w.name, count(*) FROM passages p JOIN speakers w ON w.number = p.speaker"
            " GROUP BY w.number ORDER BY count(*) DESC, w.name"
        )

    def stretches(self, speech_ids: Collection[str]) -> list[tuple[int, int]]:
        """First and last number of passages that stand together, of all these speeches."""
        ids = sorted(speech_ids)
        spans: list[tuple[int, int]] = []
        for start in range(0, len(ids), _MOST_ASKED):
            some = ids[start : start + _MOST_ASKED]
            marks = ", ".join("?" * len(some))
            spans += self._rows(
                "SELECT min(p.number), max(p.number) FROM passages p JOIN speeches s"
                f" ON s.number = p.speech WHERE s.id IN ({marks}) GROUP BY s.number",
                *some,
            )
        joined: list[tuple[int, int]] = []
        for first, last in sorted(spans):
            if joined and joined[-1][1] + 1 == first:
                joined[-1] = (joined[-1][0], last)
            else:
                joined.append((first, last))
        return joined

    def speakers(self) -> dict[int, str]:
        """All speakers' names by number."""
        return dict(self._rows("SELECT number, name FROM speakers"))

    def names(self, exact: Sequence[str], prefix: str = "") -> list[Name]:
        """Names whose consonants equal one of ``exact`` or begin with ``prefix``, if given."""
        marks = ", ".join("?" * len(exact))
        sql = f"SELECT key, term, count FROM names WHERE consonants IN ({marks})"
        if not prefix:
            return [Name(*row) for row in self._rows(sql, *exact)]
        sql += " UNION SELECT key, term, count FROM names WHERE consonants >= ? AND consonants < ?"
        return [Name(*row) for row in self._rows(sql, *exact, prefix, prefix + "\U0010ffff")]

    def families(self, speech_ids: Collection[str]) -> dict[str, int]:
        """The number of the family of each speech that has translations."""
        marks = ", ".join("?" * len(speech_ids))
        sql = f"SELECT s.id, f.family FROM {_WITH_FAMILY} WHERE s.id IN ({marks})"
        return dict(self._rows(sql, *speech_ids))

    def translations(self, speech_id: str) -> tuple[str, ...]:
        """Ids of the same speech in other languages."""
        rows = self._rows(
            f"SELECT other.id FROM {_WITH_FAMILY} JOIN siblings o ON o.family = f.family"
            " JOIN speeches other ON other.number = o.speech"
            " WHERE s.id = ? AND o.speech != s.number ORDER BY o.speech",
            speech_id,
        )
        return tuple(row[0] for row in rows)

    def translated(self) -> int:
        """The number of speeches that have translations."""
        return int(self._rows("SELECT count(*) FROM siblings")[0][0])

    def doubtful(self) -> dict[str, tuple[str, ...]]:
        """Ids of speeches that an editor should look at, by what is wrong with them."""
        conditions = {
            "no speaker is known": f"NOT {_SPOKEN}",
            "no date is known": "ifnull(s.date, '') = ''",
        }
        found = {
            why: tuple(row[0] for row in self._rows(f"SELECT s.id FROM speeches s WHERE {sql}"))
            for why, sql in conditions.items()
        }
        return {why: ids for why, ids in found.items() if ids}

    def spoken(self, speech_ids: Collection[str]) -> frozenset[str]:
        """Those of the speeches in which somebody is known to speak."""
        marks = ", ".join("?" * len(speech_ids))
        sql = f"SELECT s.id FROM speeches s WHERE s.id IN ({marks}) AND {_SPOKEN}"
        return frozenset(row[0] for row in self._rows(sql, *speech_ids))

    def known(self, speech_id: str) -> Known | None:
        """What a speech looked like when it was stored."""
        rows = self._rows(f"SELECT {_KNOWN} FROM speeches WHERE id = ?", speech_id)
        return Known(*rows[0]) if rows else None

    def all_known(self) -> Iterator[tuple[str, Known]]:
        """The id of every speech, and what it looked like when it was stored."""
        try:
            for row in self._db.execute(f"SELECT id, {_KNOWN} FROM speeches ORDER BY number"):
                yield row[0], Known(*row[1:])
        except sqlite3.Error as error:
            raise self._damaged(error) from None

    def ids_from(self, origin: str) -> list[str]:
        """The ids of the speeches of a file, in order."""
        rows = self._rows("SELECT id FROM speeches WHERE origin = ? ORDER BY number", origin)
        return [row[0] for row in rows]

    def file(self, path: str) -> FileRecord | None:
        """What a file was when it was read."""
        rows = self._rows(
            "SELECT digest, stamp, speeches, columns, notes FROM files WHERE path = ?", path
        )
        if not rows:
            return None
        [(content, stamp, speeches, columns, notes)] = rows
        found = tuple(Skipped(*note) for note in json.loads(notes))
        return FileRecord(content, stamp, speeches, tuple(json.loads(columns)), found)

    def files(self) -> dict[str, bytes]:
        """The digest of every file that was read, by path."""
        return dict(self._rows("SELECT path, digest FROM files"))

    def rows_of(self, texts: Sequence[str]) -> list[int]:
        """For each text the number of a passage that has it, -1 for none."""
        hashes = list(map(_hash, texts))
        found: dict[str, int] = {}
        for start in range(0, len(hashes), _MOST_ASKED):
            some = hashes[start : start + _MOST_ASKED]
            marks = ", ".join("?" * len(some))
            rows = self._rows(f"SELECT text, number FROM passages WHERE hash IN ({marks})", *some)
            found |= dict(rows)
        return [found.get(text, -1) for text in texts]

    def texts(self, start: int, end: int) -> dict[int, str]:
        """The texts of the passages from one number to before another."""
        return dict(
            self._rows(
                "SELECT number, text FROM passages WHERE number >= ? AND number < ?", start, end
            )
        )

    def sketches(self, dates: Collection[str] | None = None) -> list[Sketch]:
        """What tells translations of a speech apart, of the speeches of the given dates or all."""
        sql = "SELECT number, language, ifnull(date, ''), voices, characters FROM speeches"
        rows = self._rows(sql) if dates is None else []
        for day in dates or ():
            rows += self._rows(f"{sql} WHERE date = ?", day)
        return [
            Sketch(number, language, date, frozenset(json.loads(voices)), characters)
            for number, language, date, voices, characters in rows
        ]

    def dates_of_speeches(self, numbers: Collection[int]) -> set[str]:
        """The dates of speeches, by number."""
        found: set[str] = set()
        for number in numbers:
            rows = self._rows("SELECT date FROM speeches WHERE number = ?", number)
            found.update(row[0] for row in rows if row[0])
        return found

    def texts_of(self, number: int) -> list[str]:
        """The texts of a speech's passages, by the speech's number."""
        rows = self._rows(
            "SELECT p.text FROM passages p, speeches s WHERE s.number = ?"
            " AND p.number >= s.first_passage AND p.number < s.first_passage + s.passages"
            " ORDER BY p.number",
            number,
        )
        return [row[0] for row in rows]

    def some_passages(self, count: int) -> dict[int, Passage]:
        """At most so many passages from all over the store, always the same ones."""
        [(most,)] = self._rows("SELECT ifnull(max(number), 0) FROM passages")
        numbers = sorted({most * i // count for i in range(count)})
        return self.passages(numbers)

    def counts(self) -> tuple[int, int]:
        """How many speeches and passages there are."""
        [(speeches,)] = self._rows("SELECT count(*) FROM speeches")
        [(passages,)] = self._rows("SELECT count(*) FROM passages")
        return speeches, passages

    def languages(self) -> dict[Language, int]:
        """The number of speeches in each language."""
        return dict(
            self._rows("SELECT language, count(*) FROM speeches GROUP BY 1 ORDER BY 2 DESC")
        )

    def dates(self) -> list[str]:
        """Every distinct date, as given."""
        return [row[0] for row in self._rows("SELECT DISTINCT date FROM speeches WHERE date != ''")]

    def problems(self) -> Iterator[str]:
        """Check every passage against its speech; yields one line for each that does not fit."""
        if (state := self._rows("PRAGMA integrity_check")[0][0]) != "ok":
            yield f"{self._path.name}: {state}"
        for speech_id in self.speech_ids():
            text = self.speech(speech_id).text
            for p in self.passages_of(speech_id):
                if text[p.start : p.end] != p.text:
                    yield f"speech {speech_id}: passage at {p.start} is not in the text"

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _packed_notes(notes: Iterable[Skipped]) -> str:
    return json.dumps([(n.where, n.why, n.unread) for n in notes], ensure_ascii=False)


def _packed(sentences: Sequence[Span], words: Sequence[int]) -> bytes:
    """Where each sentence starts and ends, and how many words it has."""
    return array(
        "I", [n for span, count in zip(sentences, words, strict=True) for n in (*span, count)]
    ).tobytes()


def _unpacked(blob: bytes) -> tuple[Span, ...]:
    figures = array("I", blob[: len(blob) // 12 * 12])
    return tuple(zip(figures[::3], figures[1::3], strict=True))
