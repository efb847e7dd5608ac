"""Telegram's part of the conversation: people, chats, messages, and the updates they cause.

Tests act through `Person` and `Chat`; the methods of the Bot API act through `World`.
"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .checks import Refusal, bad
from .markup import Entity, detect

Json = dict[str, Any]
T = TypeVar("T")
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
    "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
    "can_edit_stories can_delete_stories can_post_messages can_edit_messages can_pin_messages"
).split()
RESTRICTED = (
    "can_change_info can_invite_users can_pin_messages can_send_messages can_send_polls "
    "can_send_other_messages can_add_web_page_previews can_manage_topics can_send_audios "
    "can_send_documents can_send_photos can_send_videos can_send_video_notes can_send_voice_notes "
    "can_edit_tag can_react_to_messages"
).split()
FILE = {"file_id": "AgACfile", "file_unique_id": "AQADfile"}
SENT: dict[str, Json] = {  # what a person can send that is no text
    "sticker": {
        "sticker": {**FILE, "type": "regular", "width": 512, "height": 512, "emoji": "👍"}
        | {"is_animated": False, "is_video": False}
    },
    "photo": {"photo": [{**FILE, "width": 90, "height": 60}], "caption": "What is this?"},
    "voice": {"voice": {**FILE, "duration": 3}},
    "video": {"video": {**FILE, "width": 90, "height": 60, "duration": 3}},
    "audio": {"audio": {**FILE, "duration": 3}},
    "video_note": {"video_note": {**FILE, "length": 90, "duration": 3}},
    "document": {"document": {**FILE, "file_name": "notes.pdf"}},
    "contact": {"contact": {"phone_number": "+994000000000", "first_name": "Nobody"}},
    "location": {"location": {"latitude": 40.4, "longitude": 49.9}},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "Which?",
            "options": [{"text": "A", "voter_count": 0, "persistent_id": "0"}],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
    "forward": {
        "text": "Forwarded words",
        "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Someone"},
    },
    "empty": {"text": ""},
    "unknown": {},  # a kind of message newer than the bot
}


@dataclass(eq=False)
class Message:
    """A message as it is now; `versions` are its contents before each edit."""

    chat: Chat
    message_id: int
    sender: Json | None
    content: Json
    date: int
    by_bot: bool = False
    reply_to: int | None = None
    reply_markup: Json | None = None
    source: str = ""
    file: bytes = b""
    inline_message_id: str | None = None
    edited: int = 0
    deleted: bool = False
    versions: list[Json] = field(default_factory=list)
    extra: Json = field(default_factory=dict)
    reaction: list[Json] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is read: the text, or the caption."""
        return str(self.content.get("text", self.content.get("caption", "")))

    @property
    def entities(self) -> list[Entity]:
        """The entities of that."""
        return list(self.content.get("entities") or self.content.get("caption_entities") or [])

    @property
    def buttons(self) -> list[Json]:
        """The inline buttons, row after row."""
        rows = (self.reply_markup or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]

    def marked(self, kind: str) -> list[str]:
        """The pieces of text under the entities of this type."""
        units = self.text.encode("utf-16-le")
        spans = [(one["offset"] * 2, one["length"] * 2) for one in self.entities_of(kind)]
        return [units[start : start + length].decode("utf-16-le") for start, length in spans]

    def entities_of(self, kind: str) -> list[Entity]:
        """The entities of this type."""
        return [entity for entity in self.entities if entity["type"] == kind]

    def json(self, *, nested: bool = False) -> Json:
        """As the Bot API shows it."""
        shown: Json = {"message_id": self.message_id, "date": self.date, "chat": self.chat.json()}
        if self.sender:
            shown["from"] = self.sender
        elif self.chat.type == "channel":
            shown["sender_chat"] = self.chat.json()
        shown |= self.content | self.extra
        for name in ("entities", "caption_entities", "caption"):
            if not shown.get(name, True):
                del shown[name]
        if self.edited:
            shown["edit_date"] = self.edited
        if self.reply_markup and "inline_keyboard" in self.reply_markup:
            shown["reply_markup"] = self.reply_markup
        replied = self.chat.log.get(self.reply_to) if self.reply_to and not nested else None
        if replied and not replied.deleted:
            shown["reply_to_message"] = replied.json(nested=True)
        return shown


@dataclass(eq=False)
class CallbackQuery:
    """A pressed button; `answers` are the parameters of each answerCallbackQuery."""

    id: str
    data: str
    message: Message
    answers: list[Json] = field(default_factory=list)
    expired: bool = False


@dataclass(eq=False)
class InlineQuery:
    """A query typed after the bot's name; `answers` as sent, with their `results`."""

    id: str
    query: str
    offset: str
    answers: list[Json] = field(default_factory=list)
    expired: bool = False

    @property
    def results(self) -> list[Json]:
        """The results of the last answer."""
        return list(self.answers[-1]["results"]) if self.answers else []


@dataclass(eq=False)
class Chat:
    """A private chat, group, supergroup or channel, and what was written there."""

    world: World
    id: int
    type: str
    title: str
    username: str | None = None
    bot_status: str = "member"
    person: Person | None = None
    members: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    log: dict[int, Message] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)

    def json(self) -> Json:
        """As the Bot API shows it."""
        shown: Json = {"id": self.id, "type": self.type}
        shown |= {"first_name" if self.person else "title": self.title}
        return shown | ({"username": self.username} if self.username else {})

    @property
    def messages(self) -> list[Message]:
        """What the bot wrote and did not delete."""
        with self.world.lock:
            return [one for one in self.log.values() if one.by_bot and not one.deleted]

    def replies(self, message_id: int) -> list[Message]:
        """What the bot wrote in reply to this."""
        return [message for message in self.messages if message.reply_to == message_id]

    def add_bot(self, by: Person, status: str = "member") -> None:
        """The bot becomes a member again."""
        self._bot_becomes(by, status)
        self._service(by, new_chat_members=[self.world.me])

    def remove_bot(self, by: Person, status: str = "kicked") -> None:
        """The bot is thrown out; "left" where it went by itself."""
        self._service(by, left_chat_member=self.world.me)
        self._bot_becomes(by, status)

    def promote_bot(self, by: Person, status: str = "administrator") -> None:
        """The bot becomes an administrator; "member" takes that back."""
        self._bot_becomes(by, status)

    def restrict_bot(self, by: Person) -> None:
        """The bot may read but not write."""
        self._bot_becomes(by, "restricted")

    def migrate(self) -> Chat:
        """The group becomes a supergroup with another id."""
        with self.world.acting():
            new = self.world.group(self.title, supergroup=True)
            new.bot_status, new.members = self.bot_status, dict(self.members)
            self._service(None, migrate_to_chat_id=new.id)
            new._service(None, migrate_from_chat_id=self.id)
            self.migrated_to = new.id
            return new

    def post(self, text: str) -> int:
        """A channel's post."""
        with self.world.acting():
            content = {"text": text, "entities": detect(text)}
            message = self.world.add(self, None, content)
            self.world.emit("channel_post", message.json())
            return message.message_id

    def edit_post(self, message_id: int, text: str) -> None:
        """The post changes."""
        with self.world.acting():
            message = self.log[message_id]
            self.world.change(message, {"text": text, "entities": detect(text)})
            self.world.emit("edited_channel_post", message.json())

    def _service(self, by: Person | None, **content: Any) -> None:
        with self.world.acting():
            message = self.world.add(self, by.json() if by else None, content)
            self.world.emit("message", message.json())

    def _bot_becomes(self, by: Person, status: str) -> None:
        with self.world.acting():
            member = self.world.bot_member
            body = {"chat": self.json(), "from": by.json(), "date": self.world.now()}
            body["old_chat_member"] = member(self.bot_status)
            self.bot_status = status
            self.world.emit("my_chat_member", body | {"new_chat_member": member(status)})


@dataclass(eq=False)
class Person:
    """Someone who talks to the bot. Invented."""

    world: World
    id: int
    first_name: str
    language_code: str | None
    username: str | None = None
    chat: Chat = field(init=False)
    met: bool = False  # the bot has seen something of theirs
    started: bool = False  # they have written to it in private

    def json(self) -> Json:
        """As the Bot API shows a user."""
        shown: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        optional = {"username": self.username, "language_code": self.language_code}
        return shown | {key: value for key, value in optional.items() if value}

    @property
    def messages(self) -> list[Message]:
        """What the bot wrote to them in private."""
        return self.chat.messages

    def says(
        self, text: str, *, chat: Chat | None = None, reply_to: Message | int | None = None
    ) -> int:
        """Writes a text, in private if no chat is named; its message_id."""
        return self._writes({"text": text, "entities": detect(text)}, chat, reply_to)

    def sends(
        self, kind: str, *, chat: Chat | None = None, reply_to: Message | int | None = None
    ) -> int:
        """Sends what is no text: a key of `SENT` (sticker, voice, poll, forward, empty …)."""
        return self._writes(dict(SENT[kind]), chat, reply_to)

    def asks(self, text: str, *, chat: Chat | None = None, timeout: float = 10) -> Message:
        """Writes a text and waits for the first message in reply to it."""
        place = chat or self.chat
        message_id = self.says(text, chat=chat)
        return self.world.wait_for(lambda: place.replies(message_id), timeout)[0]

    def edits(self, message_id: int, text: str, *, chat: Chat | None = None) -> None:
        """Changes what they wrote."""
        with self.world.acting():
            message = (chat or self.chat).log[message_id]
            assert message.sender == self.json(), "people edit their own messages only"
            self.world.change(message, {"text": text, "entities": detect(text)})
            if self.world.seen_by_bot(message):
                self.world.emit("edited_message", message.json())

    def presses(
        self, message: Message | int, label: str | None = None, *, data: str | None = None
    ) -> CallbackQuery:
        """Presses a button, by its label or data; `data` alone may be forged."""
        with self.world.acting():
            found = self.chat.log[message] if isinstance(message, int) else message
            if data is None:
                named = [
                    one for one in found.buttons if label in (one["text"], one.get("callback_data"))
                ]
                assert named, f"no button {label!r} among {[b['text'] for b in found.buttons]}"
                assert "callback_data" in named[0], f"{label!r} sends nothing to the bot"
                data = str(named[0]["callback_data"])
            self.met = True
            query = CallbackQuery(self.world.unique(), data, found)
            self.world.remember(self.world.callbacks, query.id, query)
            body: Json = {"id": query.id, "from": self.json(), "data": data}
            body["chat_instance"] = str(found.chat.id * 7)
            if found.inline_message_id:
                body["inline_message_id"] = found.inline_message_id
            elif found.deleted:
                gone = {"chat": found.chat.json(), "message_id": found.message_id, "date": 0}
                body["message"] = gone
            else:
                body["message"] = found.json()
            self.world.emit("callback_query", body)
            return query

    def types_inline(self, query: str, offset: str = "") -> InlineQuery:
        """Types the bot's name and this, in any chat. Nothing is cached on Telegram's side."""
        with self.world.acting():
            self.met = True
            typed = InlineQuery(self.world.unique(), query, offset)
            self.world.remember(self.world.inline_queries, typed.id, typed)
            body = {"id": typed.id, "from": self.json(), "query": query, "offset": offset}
            self.world.emit("inline_query", body | {"chat_type": "private"})
            return typed

    def chooses(self, query: InlineQuery, result_id: str, *, chat: Chat | None = None) -> Message:
        """Sends an inline result; the message may be in a chat the bot is no member of."""
        with self.world.acting():
            result = next(one for one in query.results if one["id"] == result_id)
            text, entities = result["parsed"]
            content = {"text": text, "entities": entities}
            message = self.world.add(chat or self.chat, self.json(), content)
            message.extra["via_bot"] = self.world.me
            body: Json = {"result_id": result_id, "from": self.json(), "query": query.query}
            if result.get("reply_markup"):
                message.reply_markup = result["reply_markup"]
                message.inline_message_id = body["inline_message_id"] = self.world.unique()
                name = message.inline_message_id
                self.world.remember(self.world.inline_messages, name, message)
            self.world.emit("chosen_inline_result", body)
            elsewhere = message.chat.person not in (None, self)
            if not elsewhere and self.world.seen_by_bot(message):
                self.world.emit("message", message.json())
            return message

    def blocks(self) -> None:
        """Blocks the bot."""
        self.chat._bot_becomes(self, "kicked")

    def unblocks(self) -> None:
        """Takes that back."""
        self.chat._bot_becomes(self, "member")

    def _writes(self, content: Json, chat: Chat | None, reply_to: Message | int | None) -> int:
        with self.world.acting():
            place = chat or self.chat
            assert place.bot_status != "kicked" or place.person is None, "they blocked the bot"
            message = self.world.add(place, self.json(), content)
            answered = reply_to.message_id if isinstance(reply_to, Message) else reply_to
            message.reply_to = answered
            self.met = True
            self.started |= place is self.chat
            if self.world.seen_by_bot(message):
                self.world.emit("message", message.json())
            return message.message_id


class World:
    """Everything that exists, one bot in it. All of it is guarded by `lock`."""

    def __init__(self, token: str, *, keep: int | None = None, privacy: bool = True) -> None:
        self.token = token
        self.keep, self.privacy = keep, privacy
        self.lock = threading.Condition(threading.RLock())
        self.clock: Callable[[], float] = time.time  # for dates of messages
        self.me: Json = {
            "id": int(token.split(":")[0]),
            "is_bot": True,
            "first_name": "Rostrum",
            "username": "rostrum_test_bot",
        }
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.pending: deque[Json] = deque()
        self.confirmed: deque[Json] = deque(maxlen=keep or 1000)
        self.allowed: list[str] | None = None
        self.callbacks: dict[str, CallbackQuery] = {}
        self.inline_queries: dict[str, InlineQuery] = {}
        self.inline_messages: dict[str, Message] = {}
        self.files: dict[str, bytes] = {}
        self._counter = itertools.count(1)
        self._update_ids = itertools.count(700_000_001)
        self._message_ids: dict[int, Iterator[int]] = {}

    # what tests set up

    def person(
        self, first_name: str = "Ann", language_code: str | None = "en", username: str | None = None
    ) -> Person:
        """Someone new, with an id over 32 bits, as Telegram's are now."""
        with self.lock:
            person = Person(self, 5_000_000_000 + next(self._counter), first_name, language_code)
            person.username = username
            person.chat = Chat(self, person.id, "private", first_name, username, person=person)
            self.people[person.id] = person
            self.chats[person.id] = person.chat
            return person

    def group(self, title: str = "Group", *people: Person, supergroup: bool = False) -> Chat:
        """A group with the bot as a member; the first of the people owns it."""
        kind = "supergroup" if supergroup else "group"
        members = {person.id: "member" for person in people}
        members.update({person.id: "creator" for person in people[:1]})
        return self._chat(kind, title, members)

    def channel(self, title: str = "Channel", username: str | None = None) -> Chat:
        """A channel with the bot as an administrator."""
        chat = self._chat("channel", title, {})
        chat.bot_status, chat.username = "administrator", username
        return chat

    def _chat(self, kind: str, title: str, members: dict[int, str]) -> Chat:
        with self.lock:
            number = next(self._counter)
            identifier = -4_000_000_000 - number if kind == "group" else -1002_000_000_000 - number
            chat = self.chats[identifier] = Chat(self, identifier, kind, title, members=members)
            return chat

    def wait_for(self, predicate: Callable[[], T], timeout: float = 10) -> T:
        """What the predicate returns as soon as it is true; it is asked again after each change.

        Raises:
            TimeoutError: it did not become true.
        """
        with self.lock:
            end = time.monotonic() + timeout
            while not (result := predicate()):
                if (left := end - time.monotonic()) <= 0:
                    raise TimeoutError(f"not within {timeout} s; {self.last_seen()}")
                self.lock.wait(left)
            return result

    def last_seen(self) -> str:
        """For the message of a failed wait."""
        return f"{len(self.pending)} updates not confirmed"

    # what happens

    @contextmanager
    def acting(self) -> Iterator[None]:
        """A change of the world; whoever waits looks again."""
        with self.lock:
            yield
            self.changed()

    def changed(self) -> None:
        """Wakes those who wait."""
        self.lock.notify_all()

    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock())

    def unique(self) -> str:
        """An identifier that was not used before."""
        return str(4_000_000_000_000_000_000 + next(self._counter))

    def remember(self, where: dict[Any, Any], key: Any, value: Any) -> None:
        """Adds it, and forgets the oldest where only the last are kept."""
        where[key] = value
        while self.keep and len(where) > self.keep:
            del where[next(iter(where))]

    def add(self, chat: Chat, sender: Json | None, content: Json, **more: Any) -> Message:
        """A new message. Private chats and groups share one count, others have their own."""
        shared = chat.type in ("private", "group")
        numbers = self._message_ids.setdefault(0 if shared else chat.id, itertools.count(1))
        message = Message(chat, next(numbers), sender, content, self.now(), **more)
        self.remember(chat.log, message.message_id, message)
        return message

    def change(self, message: Message, content: Json) -> None:
        """An edit."""
        message.versions.append({**message.content, "reply_markup": message.reply_markup})
        message.content = content
        message.edited = max(self.now(), 1)

    def emit(self, kind: str, body: Json) -> None:
        """An update for the bot, if it wants this kind."""
        if kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT:
            self.pending.append({"update_id": next(self._update_ids), kind: body})

    def seen_by_bot(self, message: Message) -> bool:
        """In a group in privacy mode only commands, mentions and replies to it are shown to it."""
        chat = message.chat
        if chat.type == "private" or not self.privacy or chat.bot_status == "administrator":
            return chat.bot_status not in ("left", "kicked")
        replied = chat.log.get(message.reply_to) if message.reply_to else None
        named = f"@{self.me['username']}".lower() in message.text.lower()
        command = any(entity["type"] == "bot_command" for entity in message.entities)
        asked = named or command or bool(replied and replied.by_bot)
        return asked and chat.bot_status not in ("left", "kicked")

    def take(self, offset: int, limit: int) -> list[Json]:
        """The updates from the offset on; those before it are confirmed and gone."""
        if offset < 0:
            offset = (
                self.pending[max(len(self.pending) + offset, 0)]["update_id"] if self.pending else 0
            )
        while self.pending and self.pending[0]["update_id"] < offset:
            self.confirmed.append(self.pending.popleft())
            self.lock.notify_all()
        return list(itertools.islice(self.pending, limit))

    def disturb(
        self, updates: list[Json], chance: random.Random, again: float, mix: float
    ) -> list[Json]:
        """Some updates that were confirmed come again, some batches come in any order."""
        if updates and self.confirmed:
            repeated = [one for one in list(self.confirmed)[-20:] if chance.random() < again / 20]
            updates = [*repeated, *updates]
        if chance.random() < mix:
            chance.shuffle(updates)
        return updates

    # what methods ask

    def find_chat(self, name: str) -> Chat:
        """By id or @username, if the bot can know of it."""
        if not name:
            raise bad("chat_id is empty")
        with_name = (one for one in self.chats.values() if name == f"@{one.username}")
        if name.startswith("@"):
            chat = next((one for one in with_name if one.type in ("channel", "supergroup")), None)
        else:
            chat = self.chats.get(int(name)) if name.lstrip("-").isdecimal() else None
        if chat is None or (chat.person and not chat.person.met):
            raise bad("chat not found")
        return chat

    def writable(self, chat: Chat) -> None:
        """Refuses what Telegram refuses where the bot may not write."""
        kind = f"{chat.type} chat"
        if chat.migrated_to:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, words, migrate_to_chat_id=chat.migrated_to)
        if chat.person and chat.bot_status == "kicked":
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        if chat.person and not chat.person.started:
            raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.bot_status == "kicked":
            raise Refusal(403, f"Forbidden: bot was kicked from the {kind}")
        if chat.bot_status == "left":
            raise Refusal(403, f"Forbidden: bot is not a member of the {kind}")
        if chat.bot_status == "restricted":
            raise bad("not enough rights to send text messages to the chat")
        if chat.type == "channel" and chat.bot_status != "administrator":
            raise bad("need administrator rights in the channel chat")

    def bot_member(self, status: str) -> Json:
        """The bot as a member of a chat."""
        return member(self.me, status)


def member(user: Json, status: str) -> Json:
    """A ChatMember with the fields that its status needs."""
    shown: Json = {"status": status, "user": user}
    if status == "administrator":
        shown |= dict.fromkeys(RIGHTS, True) | {"is_anonymous": False}
    elif status == "creator":
        shown["is_anonymous"] = False
    elif status == "kicked":
        shown["until_date"] = 0
    elif status == "restricted":
        shown |= dict.fromkeys(RESTRICTED, False) | {"is_member": True, "until_date": 0}
    return shown
