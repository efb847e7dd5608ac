"""The methods of the Bot API, each by its name; they return the result as JSON.

The caller holds the world's lock. What is refused is a `Refusal` in Telegram's words.
"""

from __future__ import annotations

import io
import json
import re
from typing import Any

from PIL import Image, UnidentifiedImageError

from . import checks
from .checks import Json, Parameters, bad
from .markup import utf16
from .world import Chat, Message, World, member

WRITING = {  # counted against the limits
    *("sendMessage sendPhoto sendDocument").split(),
    *("editMessageText editMessageCaption editMessageReplyMarkup editMessageMedia").split(),
}
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


class Methods:
    """A world's methods, but for getUpdates and those of webhooks, which the server has."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.commands: dict[tuple[Any, ...], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[int | None, Json] = {}
        self.left = False  # logged out

    def call(self, name: str, values: Parameters) -> Any:
        """The result of the method; its parameters are checked first."""
        values.known(name)
        if self.left:
            raise bad("Logged out")
        return getattr(self, name)(values)

    # the bot

    def getMe(self, values: Parameters) -> Json:
        return self.world.me | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.world.privacy,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def logOut(self, values: Parameters) -> bool:
        self.left = True
        return True

    def close(self, values: Parameters) -> bool:
        return True

    def setMyCommands(self, values: Parameters) -> bool:
        self.commands[checks.scope(values)] = checks.commands(values)
        return True

    def getMyCommands(self, values: Parameters) -> list[Json]:
        return self.commands.get(checks.scope(values), [])

    def deleteMyCommands(self, values: Parameters) -> bool:
        self.commands.pop(checks.scope(values), None)
        return True

    def setMyName(self, values: Parameters) -> bool:
        return self._describe(values, "name", 64)

    def setMyDescription(self, values: Parameters) -> bool:
        return self._describe(values, "description", 512)

    def setMyShortDescription(self, values: Parameters) -> bool:
        return self._describe(values, "short_description", 120)

    def getMyName(self, values: Parameters) -> Json:
        return self._description(values, "name") or {"name": self.world.me["first_name"]}

    def getMyDescription(self, values: Parameters) -> Json:
        return self._description(values, "description") or {"description": ""}

    def getMyShortDescription(self, values: Parameters) -> Json:
        return self._description(values, "short_description") or {"short_description": ""}

    def _describe(self, values: Parameters, name: str, limit: int) -> bool:
        if utf16(values.text(name)) > limit:
            raise bad(f"{name.replace('_', ' ')} is too long")
        self.profile[name, checks.language(values)] = values.text(name)
        return True

    def _description(self, values: Parameters, name: str) -> Json | None:
        found = self.profile.get((name, checks.language(values))) or self.profile.get((name, ""))
        return {name: found} if found else None

    # messages

    def sendMessage(self, values: Parameters) -> Json:
        chat = self._place(values)
        text, entities = checks.message_text(values)
        return self._send(chat, values, {"text": text, "entities": entities}, "text")

    def sendPhoto(self, values: Parameters) -> Json:
        chat = self._place(values)
        text, entities = checks.message_caption(values)
        photo, data = self._photo(values, values.text("photo"), "photo")
        content = {"photo": photo, "caption": text, "caption_entities": entities}
        return self._send(chat, values, content, "caption", data)

    def sendDocument(self, values: Parameters) -> Json:
        chat = self._place(values)
        text, entities = checks.message_caption(values)
        document, data = self._document(values, values.text("document"), "document")
        content = {"document": document, "caption": text, "caption_entities": entities}
        return self._send(chat, values, content, "caption", data)

    def editMessageText(self, values: Parameters) -> Json | bool:
        message = self._own(values)
        text, entities = checks.message_text(values)
        if message and "text" not in message.content:
            raise bad("there is no text in the message to edit")
        return self._edit(message, values, {"text": text, "entities": entities}, "text")

    def editMessageCaption(self, values: Parameters) -> Json | bool:
        message = self._own(values)
        text, entities = checks.message_caption(values)
        if "text" in message.content:
            raise bad("there is no caption in the message to edit")
        content = message.content | {"caption": text, "caption_entities": entities}
        return self._edit(message, values, content, "caption")

    def editMessageReplyMarkup(self, values: Parameters) -> Json | bool:
        message = self._own(values)
        return self._edit(message, values, message.content, "")

    def editMessageMedia(self, values: Parameters) -> Json | bool:
        message = self._own(values)
        media = values.json("media") or {}
        known = (
            "type media caption parse_mode caption_entities show_caption_above_media has_spoiler"
        )
        checks.fields(media, known, "InputMedia")
        if media.get("type") not in ("photo", "document"):
            raise bad("can't parse InputMedia: unsupported type specified")
        text, entities = checks.message_caption(media)
        name = str(media.get("media", ""))
        read = self._photo if media["type"] == "photo" else self._document
        shown, data = read(values, name, name.removeprefix("attach://"))
        message.file = data
        content = {media["type"]: shown, "caption": text, "caption_entities": entities}
        return self._edit(message, values, content, "caption")

    def deleteMessage(self, values: Parameters) -> bool:
        chat = self.world.find_chat(values.text("chat_id"))
        message = chat.log.get(values.integer("message_id"))
        if not message or message.deleted:
            raise bad("message to delete not found")
        admin = chat.person or chat.bot_status == "administrator"
        if not message.by_bot and not admin:
            raise bad("message can't be deleted")
        message.deleted = True
        return True

    def setMessageReaction(self, values: Parameters) -> bool:
        chat = self.world.find_chat(values.text("chat_id"))
        message = chat.log.get(values.integer("message_id"))
        if not message or message.deleted:
            raise bad("message to react not found")
        reaction = values.json("reaction", list) or []
        if len(reaction) > 1 or any(one.get("type") != "emoji" for one in reaction):
            raise bad("REACTIONS_TOO_MANY")
        if any(one.get("emoji") not in tuple("👍👎❤🔥🎉🤔👏👀🙏👌🤷") for one in reaction):
            raise bad("REACTION_INVALID")
        message.reaction = reaction
        return True

    def sendChatAction(self, values: Parameters) -> bool:
        chat = self._place(values)
        if values.text("action") not in checks.ACTIONS:
            raise bad("wrong parameter action in request")
        chat.actions.append(values.text("action"))
        del chat.actions[: -(self.world.keep or len(chat.actions))]
        return True

    def answerCallbackQuery(self, values: Parameters) -> bool:
        query = self.world.callbacks.get(values.text("callback_query_id"))
        if not query or query.expired:
            raise bad(TOO_OLD)
        if utf16(values.text("text")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        if values.text("url"):
            raise bad("URL_INVALID")
        values.flag("show_alert")
        query.answers.append({"text": values.text("text"), **values.values})
        return True

    def answerInlineQuery(self, values: Parameters) -> bool:
        results = checks.inline_results(values)
        query = self.world.inline_queries.get(values.text("inline_query_id"))
        if not query or query.expired:
            raise bad(TOO_OLD)
        query.answers.append(
            {
                "results": results,
                "next_offset": values.text("next_offset"),
                "cache_time": values.integer("cache_time", 300),
                "is_personal": values.flag("is_personal"),
                "button": values.json("button"),
            }
        )
        return True

    # chats and files

    def getChat(self, values: Parameters) -> Json:
        chat = self._entered(values)
        more = {"accent_color_id": 0, "max_reaction_count": 11}
        gifts = (
            "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels"
        )
        return chat.json() | more | {"accepted_gift_types": dict.fromkeys(gifts.split(), True)}

    def getChatMember(self, values: Parameters) -> Json:
        chat = self._entered(values)
        user = values.integer("user_id")
        if user == self.world.me["id"]:
            return self.world.bot_member(chat.bot_status)
        if user not in self.world.people:
            raise bad("invalid user_id specified")
        default = "member" if chat.id == user else "left"
        return member(self.world.people[user].json(), chat.members.get(user, default))

    def getChatAdministrators(self, values: Parameters) -> list[Json]:
        chat = self._entered(values)
        if chat.person:
            raise bad("there are no administrators in the private chat")
        found = [
            member(self.world.people[user].json(), status)
            for user, status in chat.members.items()
            if status in ("creator", "administrator")
        ]
        if chat.bot_status == "administrator":
            found.append(self.world.bot_member("administrator"))
        return found

    def leaveChat(self, values: Parameters) -> bool:
        chat = self._entered(values)
        if chat.person:
            raise bad("chat member status can't be changed in private chats")
        chat.bot_status = "left"
        return True

    def setChatMenuButton(self, values: Parameters) -> bool:
        button = values.json("menu_button") or {"type": "default"}
        if button.get("type") not in ("default", "commands", "web_app"):
            raise bad("can't parse menu button: unsupported type specified")
        self.menu_buttons[values.integer("chat_id") or None] = button
        return True

    def getChatMenuButton(self, values: Parameters) -> Json:
        return self.menu_buttons.get(values.integer("chat_id") or None, {"type": "default"})

    def getFile(self, values: Parameters) -> Json:
        name = values.text("file_id")
        if name not in self.world.files:
            raise bad("invalid file_id")
        size = len(self.world.files[name])
        return {"file_id": name, "file_unique_id": f"u{name}", "file_path": name, "file_size": size}

    # shared steps

    def _place(self, values: Parameters) -> Chat:
        chat = self.world.find_chat(values.text("chat_id"))
        self.world.writable(chat)
        return chat

    def _entered(self, values: Parameters) -> Chat:
        chat = self.world.find_chat(values.text("chat_id"))
        if not chat.person:
            kicked = chat.bot_status in ("kicked", "left")
            if kicked or chat.migrated_to:
                self.world.writable(chat)
        return chat

    def _own(self, values: Parameters) -> Message:
        if values.text("inline_message_id"):
            inline = self.world.inline_messages.get(values.text("inline_message_id"))
            if not inline:
                raise bad("MESSAGE_ID_INVALID")
            return inline
        chat = self._place(values)
        if not values.text("message_id"):
            raise bad("message identifier is not specified")
        message = chat.log.get(values.integer("message_id"))
        if not message or message.deleted:
            raise bad("message to edit not found")
        if not message.by_bot:
            raise bad("message can't be edited")
        return message

    def _send(
        self, chat: Chat, values: Parameters, content: Json, source: str, data: bytes = b""
    ) -> Json:
        markup = checks.reply_markup(values.json("reply_markup"))
        reply = self._reply(chat, values.json("reply_parameters"))
        for flag in ("disable_notification", "protect_content", "has_spoiler"):
            values.flag(flag)
        message = self.world.add(chat, None if chat.type == "channel" else self.world.me, content)
        message.by_bot, message.reply_to, message.reply_markup = True, reply, markup
        message.source, message.file = values.text(source), data
        return message.json()

    def _reply(self, chat: Chat, reply: Json | None) -> int | None:
        if not reply:
            return None
        checks.fields(reply, checks.REPLY, "reply parameters")
        message_id = reply.get("message_id")
        if not isinstance(message_id, int):
            raise bad('can\'t parse reply parameters: field "message_id" must be of type Number')
        if reply.get("chat_id", chat.id) != chat.id:
            raise bad("replies to other chats are not served here")
        message = chat.log.get(message_id)
        if message and not message.deleted:
            return message_id
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad("message to be replied not found")

    def _edit(
        self, message: Message, values: Parameters, content: Json, source: str
    ) -> Json | bool:
        markup = checks.reply_markup(values.json("reply_markup"), inline_only=True)
        if (content, markup) == (message.content, message.reply_markup):
            raise bad(SAME)
        self.world.change(message, content)
        message.reply_markup = markup
        message.source = values.text(source) if source else message.source
        return True if message.inline_message_id else message.json()

    def _file(self, values: Parameters, name: str, part: str) -> tuple[str, str, bytes]:
        """Its id, name and bytes: a part of this call, or a file that was sent before."""
        name = name.removeprefix("attach://") if name.startswith("attach://") else name
        if part in values.files or name in values.files:
            file_name, data = values.files.get(part) or values.files[name]
            if not data:
                raise bad("file must be non-empty")
            if len(data) > 50 << 20:
                raise checks.Refusal(413, "Request Entity Too Large")
            file_id = f"file{self.world.unique()}"
            self.world.remember(self.world.files, file_id, data)
            return file_id, file_name, data
        if not name:
            raise bad(f"there is no {part} in the request")
        if re.match(r"https?://", name):
            raise bad("failed to get HTTP URL content")
        if name not in self.world.files:
            raise bad("wrong file identifier/HTTP URL specified")
        return name, name, self.world.files[name]

    def _photo(self, values: Parameters, name: str, part: str) -> tuple[list[Json], bytes]:
        file_id, _, data = self._file(values, name, part)
        if len(data) > 10 << 20:
            raise bad("file is too big")
        try:
            with Image.open(io.BytesIO(data)) as image:
                width, height = image.size
        except (UnidentifiedImageError, OSError, ValueError):
            raise bad("IMAGE_PROCESS_FAILED") from None
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        size = {"width": width, "height": height, "file_size": len(data)}
        return [{"file_id": file_id, "file_unique_id": f"u{file_id}", **size}], data

    def _document(self, values: Parameters, name: str, part: str) -> tuple[Json, bytes]:
        file_id, file_name, data = self._file(values, name, part)
        shown = {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_name": file_name}
        return shown | {"file_size": len(data)}, data


NAMES = {name.lower(): name for name in checks.PARAMETERS}


def logged(values: Parameters) -> Json:
    """The parameters for the log of calls: JSON as objects, files as their sizes."""
    shown = dict(values.values)
    for name, value in shown.items():
        if isinstance(value, str) and value[:1] in ("{", "["):
            try:
                shown[name] = json.loads(value)
            except ValueError:
                continue
    return shown | {name: f"<{len(data)} bytes>" for name, (_, data) in values.files.items()}
