"""What the bot remembers, in SQLite: unanswered updates, answers, languages, follows, feedback.

Every method is one transaction, done when it returns: a killed bot goes on where it was.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

from bot.telegram.errors import StateError
from retrieval.records import Language, Options

_SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE updates (
    received INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL UNIQUE, body TEXT, tries INTEGER NOT NULL DEFAULT 0
);  -- body NULL: dealt with
CREATE TABLE answers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    chat INTEGER NOT NULL,
    asked INTEGER,     -- the message that asked
    message INTEGER,   -- the message that answers, once it is sent
    question TEXT NOT NULL,
    options TEXT NOT NULL,
    quotes TEXT NOT NULL,
    earlier TEXT NOT NULL,  -- quotes that earlier pages showed
    shown_at TEXT NOT NULL,
    form INTEGER NOT NULL DEFAULT 0  -- the update that brought the form that is answered
);
CREATE UNIQUE INDEX asked ON answers (chat, asked) WHERE asked IS NOT NULL;
CREATE INDEX messages ON answers (chat, message);
CREATE TABLE chats (id INTEGER PRIMARY KEY, language TEXT);
CREATE TABLE feedback (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL, person INTEGER NOT NULL, verdict INTEGER, answer INTEGER,
    question TEXT, quotes TEXT, text TEXT
);
CREATE UNIQUE INDEX thumbs ON feedback (person, answer) WHERE answer IS NOT NULL;
CREATE TABLE follows (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    chat INTEGER NOT NULL, question TEXT NOT NULL, options TEXT NOT NULL,
    language TEXT NOT NULL
);
CREATE UNIQUE INDEX followed ON follows (chat, question, options);
CREATE TABLE news (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    chat INTEGER NOT NULL, body TEXT NOT NULL, begun INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE known (speech TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE settled (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
_TO_VERSION_2 = "ALTER TABLE answers ADD COLUMN form INTEGER NOT NULL DEFAULT 0;"

_UPDATES_KEPT = 20_000
"""Updates that are dealt with, by which one that comes again is known; counted, because clocks
jump. Telegram itself keeps an update for a day at most."""
_ANSWERS_KEPT = 100_000
SUSPECT_AFTER = 3
"""Times an update was under way when the process ended, after which it is worked on alone."""
_MOST_TRIES = 10
"""Times after which it is given up: what ends the process is alone by then."""
MOST_FOLLOWS = 20
_ENDLESS = 2**62


class Place(NamedTuple):
    """Where a quote stands, and a hash of its words that tells whether they still stand there."""

    speech_id: str
    start: int
    end: int
    digest: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer that was sent: all that its buttons need."""

    number: int
    chat: int
    asked: int | None
    message: int | None
    question: str
    options: Options
    quotes: tuple[Place, ...]
    earlier: tuple[Place, ...] = ()
    form: int = 0
    """The update that brought the question as it was answered; a later edit has a higher one."""


@dataclass(frozen=True, slots=True)
class Follow:
    """A question whose new answers a chat wants to be told."""

    number: int
    chat: int
    question: str
    options: Options
    language: Language
    """That of the bot's words for whoever follows."""


@dataclass(frozen=True, slots=True)
class News:
    """A message about new quotes that is to be sent once."""

    number: int
    chat: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thought of an answer, or wrote to the operator."""

    at: str
    person: int
    verdict: Literal["good", "bad"] | None
    question: str | None
    quotes: tuple[Place, ...]
    text: str | None


class State:
    """The bot's memory in one file; usable from several threads."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it.

        Raises:
            StateError: it cannot be written, is no such file, or is of a newer release.
        """
        self._path = path
        self._lock = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            path.chmod(0o600)  # who asked what is nobody else's business
            self._db.execute("PRAGMA journal_mode = WAL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                self._db.executescript(
                    f"BEGIN; {_SCHEMA} PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;"
                )
            elif version == 1:
                self._db.executescript(f"BEGIN; {_TO_VERSION_2} PRAGMA user_version = 2; COMMIT;")
        except (sqlite3.Error, OSError) as error:
            raise self._unusable(error) from None
        if version > _SCHEMA_VERSION:
            raise StateError(f"{path} was made by a newer release of Rostrum; install that one.")

    def _unusable(self, error: Exception) -> StateError:
        return StateError(
            f"{self._path} cannot be used ({error}); free the disk, mend its rights, or name "
            "another folder: --state DIR"
        )

    @contextmanager
    def _transaction(self, *, power: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction that survives the process, and with ``power`` also a power failure.

        The latter takes milliseconds, in which nothing else is done.
        """
        with self._lock:
            try:
                self._db.execute(f"PRAGMA synchronous = {'FULL' if power else 'NORMAL'}")
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise self._unusable(error) from None

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._db.execute(sql, values).fetchall()
            except sqlite3.Error as error:
                raise self._unusable(error) from None

    # --- updates ------------------------------------------------------------------------------

    def receive(self, update: int, body: str) -> bool:
        """Keep an update until it is dealt with; False if it was received before."""
        return update in self.receive_all([(update, body)])

    def receive_all(self, updates: Iterable[tuple[int, str]]) -> set[int]:
        """Keep updates until they are dealt with; those that were not received before."""
        sql = "INSERT OR IGNORE INTO updates (id, body) VALUES (?, ?)"
        with self._transaction() as db:
            return {one[0] for one in updates if db.execute(sql, one).rowcount > 0}

    def done(self, update: int) -> None:
        """An update is dealt with; after a power failure it may be worked on again."""
        with self._transaction(power=False) as db:
            self._done(db, update)

    @staticmethod
    def _done(db: sqlite3.Connection, update: int | None) -> None:
        if update is None:
            return
        db.execute("UPDATE updates SET body = NULL WHERE id = ? AND body IS NOT NULL", (update,))
        if update % 1000 == 0:
            db.execute(
                "DELETE FROM updates WHERE body IS NULL AND received <"
                " (SELECT max(received) FROM updates) - ?",
                (_UPDATES_KEPT,),
            )

    def pending(self) -> list[tuple[int, str]]:
        """Updates that an earlier process received and did not finish, in order.

        Those that were begun again come last, and are given up if that was often.
        """
        with self._transaction() as db:
            db.execute("UPDATE updates SET body = NULL WHERE tries >= ?", (_MOST_TRIES,))
            return db.execute(
                "SELECT id, body FROM updates WHERE body IS NOT NULL ORDER BY tries, received"
            ).fetchall()

    def tries(self) -> dict[int, int]:
        """How often each of them was begun again."""
        return dict(self._rows("SELECT id, tries FROM updates WHERE body IS NOT NULL"))

    def begin_again(self, update: int) -> None:
        """An update that an earlier process did not finish is about to be worked on."""
        with self._transaction(power=False) as db:
            db.execute("UPDATE updates SET tries = tries + 1 WHERE id = ?", (update,))

    # --- answers ------------------------------------------------------------------------------

    def reserve(self, chat: int, asked: int | None, question: str) -> int:
        """The number of the answer to a message, the same one each time it is asked for."""
        with self._transaction(power=False) as db:
            if asked is not None:
                rows = db.execute(
                    "SELECT number FROM answers WHERE chat = ? AND asked = ?", (chat, asked)
                ).fetchall()
                if rows:
                    return int(rows[0][0])
            cursor = db.execute(
                "INSERT INTO answers (chat, asked, question, options, quotes, earlier, shown_at)"
                " VALUES (?, ?, ?, '{}', '[]', '[]', ?)",
                (chat, asked, question, _now()),
            )
            number = int(cursor.lastrowid or 0)
            if number % 1000 == 0:
                db.execute("DELETE FROM answers WHERE number <= ?", (number - _ANSWERS_KEPT,))
            return number

    def show(self, shown: Shown, update: int | None = None) -> None:
        """Remember an answer as sent, and the update that asked for it as dealt with."""
        with self._transaction(power=False) as db:
            db.execute(
                "UPDATE answers SET chat = ?, asked = ?, message = ?, question = ?, options = ?,"
                " quotes = ?, earlier = ?, form = ? WHERE number = ?",
                (
                    shown.chat,
                    shown.asked,
                    shown.message,
                    shown.question,
                    _dumped(shown.options),
                    json.dumps(shown.quotes),
                    json.dumps(shown.earlier),
                    shown.form,
                    shown.number,
                ),
            )
            self._done(db, update)

    def shown(self, number: int) -> Shown | None:
        """An answer by its number."""
        return self._one_shown("number = ?", number)

    def answer_to(self, chat: int, asked: int) -> Shown | None:
        """The answer to a message, sent or not."""
        return self._one_shown("chat = ? AND asked = ?", chat, asked)

    def answer_in(self, chat: int, message: int) -> Shown | None:
        """The answer that a message of the bot is."""
        return self._one_shown("chat = ? AND message = ?", chat, message)

    def last_answer(self, chat: int, before: int | None = None) -> Shown | None:
        """The answer that a chat got last, or last before another one; what asked nothing aside."""
        where = (
            "chat = ? AND message IS NOT NULL AND question != '' AND number < ?"
            " ORDER BY number DESC LIMIT 1"
        )
        return self._one_shown(where, chat, before or _ENDLESS)

    def _one_shown(self, where: str, *values: object) -> Shown | None:
        rows = self._rows(
            "SELECT number, chat, asked, message, question, options, quotes, earlier, form"
            f" FROM answers WHERE {where}",
            *values,
        )
        if not rows:
            return None
        row, of, to, message, question, options, quotes, earlier, form = rows[0]
        places = _places(quotes), _places(earlier)
        return Shown(row, of, to, message, question, _options(options), *places, form)

    # --- people -------------------------------------------------------------------------------

    def language(self, chat: int) -> Language | None:
        """The language that a chat chose."""
        rows = self._rows("SELECT language FROM chats WHERE id = ?", chat)
        return rows[0][0] if rows else None

    def choose_language(self, chat: int, language: Language) -> None:
        """A chat chooses its language."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO chats VALUES (?, ?)", (chat, language))

    def leave(self, chat: int) -> None:
        """Forget what a chat follows: the bot may not write there any more."""
        with self._transaction() as db:
            db.execute("DELETE FROM follows WHERE chat = ?", (chat,))
            db.execute("DELETE FROM news WHERE chat = ?", (chat,))

    def migrate(self, old: int, new: int) -> None:
        """A group became a supergroup, with another id."""
        with self._transaction() as db:
            for table in ("follows", "news"):
                db.execute(f"UPDATE OR IGNORE {table} SET chat = ? WHERE chat = ?", (new, old))
            db.execute("UPDATE OR IGNORE chats SET id = ? WHERE id = ?", (new, old))

    # --- feedback -----------------------------------------------------------------------------

    def judge(self, person: int, shown: Shown, verdict: Literal["good", "bad"]) -> bool:
        """Keep a thumb for an answer; the same thumb again takes it back: then False."""
        value = 1 if verdict == "good" else -1
        with self._transaction() as db:
            same = db.execute(
                "DELETE FROM feedback WHERE person = ? AND answer = ? AND verdict = ?",
                (person, shown.number, value),
            )
            if same.rowcount:
                return False
            db.execute(
                "INSERT OR REPLACE INTO feedback (at, person, verdict, answer, question, quotes)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (_now(), person, value, shown.number, shown.question, json.dumps(shown.quotes)),
            )
            return True

    def write_down(self, person: int, text: str, update: int | None = None) -> None:
        """Keep what somebody wrote to the operator."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO feedback (at, person, text) VALUES (?, ?, ?)", (_now(), person, text)
            )
            self._done(db, update)

    def feedback(self) -> Iterator[Feedback]:
        """All feedback, the oldest first."""
        for at, person, verdict, question, quotes, text in self._rows(
            "SELECT at, person, verdict, question, quotes, text FROM feedback ORDER BY number"
        ):
            judged: Literal["good", "bad"] | None = None
            if verdict is not None:
                judged = "good" if verdict > 0 else "bad"
            yield Feedback(at, person, judged, question, _places(quotes or "[]"), text)

    # --- follows ------------------------------------------------------------------------------

    def follow(
        self, chat: int, question: str, options: Options, language: Language
    ) -> Literal["new", "known", "full"]:
        """Follow a question."""
        with self._transaction() as db:
            numbers = db.execute("SELECT number FROM follows WHERE chat = ?", (chat,)).fetchall()
            values = (chat, question, _dumped(options))
            if db.execute(
                "SELECT 1 FROM follows WHERE chat = ? AND question = ? AND options = ?", values
            ).fetchone():
                return "known"
            if len(numbers) >= MOST_FOLLOWS:
                return "full"
            sql = "INSERT INTO follows (chat, question, options, language) VALUES (?, ?, ?, ?)"
            db.execute(sql, (*values, language))
            return "new"

    def unfollow(self, chat: int, number: int) -> Follow | None:
        """Stop following; None if the chat does not follow that."""
        found = [follow for follow in self.follows(chat) if follow.number == number]
        if not found:
            return None
        with self._transaction() as db:
            db.execute("DELETE FROM follows WHERE number = ?", (number,))
        return found[0]

    def follows(self, chat: int | None = None) -> list[Follow]:
        """What one chat follows, or all of them, the oldest first."""
        where, values = ("WHERE chat = ?", (chat,)) if chat is not None else ("", ())
        rows = self._rows(
            f"SELECT number, chat, question, options, language FROM follows {where}"
            " ORDER BY number",
            *values,
        )
        return [Follow(row, of, asked, _options(o), told) for row, of, asked, o, told in rows]

    def settled(self) -> str | None:
        """The generation whose speeches followers know of; None if there never was one."""
        rows = self._rows("SELECT value FROM settled WHERE name = 'generation'")
        return rows[0][0] if rows else None

    def unknown(self, speech_ids: Iterable[str]) -> frozenset[str]:
        """Those speeches that were in no earlier generation."""
        with self._lock:
            known = {row[0] for row in self._rows("SELECT speech FROM known")}
        return frozenset(speech_ids) - known

    def settle(
        self,
        generation: str,
        new: Collection[str],
        news: Sequence[tuple[int, dict[str, Any]]] = (),
    ) -> None:
        """Followers are to be told ``news`` (chat and message) of the new speeches: once."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO settled VALUES ('generation', ?)", (generation,))
            db.executemany("INSERT OR IGNORE INTO known VALUES (?)", ((one,) for one in new))
            db.executemany(
                "INSERT INTO news (chat, body) VALUES (?, ?)",
                ((chat, json.dumps(body)) for chat, body in news),
            )

    def news(self) -> list[News]:
        """The messages to followers that nobody has begun to send."""
        rows = self._rows("SELECT number, chat, body FROM news WHERE NOT begun ORDER BY number")
        return [News(number, chat, json.loads(body)) for number, chat, body in rows]

    def begin(self, news: News) -> None:
        """A message to a follower is about to be sent: whatever happens now, it never is again."""
        with self._transaction() as db:
            db.execute("UPDATE news SET begun = 1 WHERE number = ?", (news.number,))

    def not_sent(self, news: News) -> None:
        """A message that was begun was refused, and is to be sent later."""
        with self._transaction() as db:
            db.execute("UPDATE news SET begun = 0 WHERE number = ?", (news.number,))

    def forget_begun(self) -> None:
        """Messages that an earlier process began to send: whether they arrived, nobody knows."""
        with self._transaction() as db:
            db.execute("DELETE FROM news WHERE begun")

    def sent(self, news: News) -> None:
        """A message to a follower is sent."""
        with self._transaction() as db:
            db.execute("DELETE FROM news WHERE number = ?", (news.number,))

    def counts(self) -> dict[str, int]:
        """How many updates are pending, questions were answered, and follows there are."""
        return {
            name: int(self._rows(f"SELECT count(*) FROM {what}")[0][0])
            for name, what in (
                ("pending", "updates WHERE body IS NOT NULL"),
                ("answers", "answers WHERE message IS NOT NULL"),
                ("follows", "follows"),
                ("good", "feedback WHERE verdict > 0"),
                ("bad", "feedback WHERE verdict < 0"),
            )
        }

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _dumped(options: Options) -> str:
    """What an asker may set of the options; the rest is the bot's own."""
    kept = {name: value for name, value in asdict(options).items() if name in _KEPT and value}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


_KEPT = ("since", "until", "speaker")


def _options(dumped: str) -> Options:
    return replace(Options(), **json.loads(dumped))


def _places(dumped: str) -> tuple[Place, ...]:
    return tuple(Place(*place) for place in json.loads(dumped))
