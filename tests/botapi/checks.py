"""What a call may say: parameters, texts, keyboards, inline results. Telegram's words for errors.

Unknown parameters and fields, which Telegram passes over, are refused: they are slips of a bot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .markup import Entity, Malformed, from_entities, is_empty, parse_html, utf16

Json = dict[str, Any]

SEND = (
    "business_connection_id chat_id message_thread_id direct_messages_topic_id "
    "disable_notification protect_content allow_paid_broadcast message_effect_id "
    "suggested_post_parameters reply_parameters reply_markup "
)
EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup "
CAPTION = "caption parse_mode caption_entities show_caption_above_media "
PARAMETERS = {  # of Bot API 10.0
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "setWebhook": "url certificate ip_address max_connections allowed_updates "
    "drop_pending_updates secret_token",
    "deleteWebhook": "drop_pending_updates",
    "getWebhookInfo": "",
    "sendMessage": SEND + "text parse_mode entities link_preview_options",
    "sendPhoto": SEND + CAPTION + "photo has_spoiler",
    "sendDocument": SEND + "document thumbnail caption parse_mode caption_entities "
    "disable_content_type_detection",
    "editMessageText": EDIT + "text parse_mode entities link_preview_options",
    "editMessageCaption": EDIT + CAPTION,
    "editMessageReplyMarkup": EDIT,
    "editMessageMedia": EDIT + "media",
    "deleteMessage": "chat_id message_id",
    "sendChatAction": "business_connection_id chat_id message_thread_id action",
    "answerCallbackQuery": "callback_query_id text show_alert url cache_time",
    "answerInlineQuery": "inline_query_id results cache_time is_personal next_offset button",
    "setMyCommands": "commands scope language_code",
    "getMyCommands": "scope language_code",
    "deleteMyCommands": "scope language_code",
    "setMyDescription": "description language_code",
    "setMyShortDescription": "short_description language_code",
    "setMyName": "name language_code",
    "getMyDescription": "language_code",
    "getMyShortDescription": "language_code",
    "getMyName": "language_code",
    "getFile": "file_id",
    "getChat": "chat_id",
    "getChatMember": "chat_id user_id",
    "getChatAdministrators": "chat_id return_bots",
    "leaveChat": "chat_id",
    "setChatMenuButton": "chat_id menu_button",
    "getChatMenuButton": "chat_id",
    "setMessageReaction": "chat_id message_id reaction is_big",
}
ACTIONS = {
    *("typing upload_photo record_video upload_video record_voice upload_voice").split(),
    *("upload_document choose_sticker find_location record_video_note upload_video_note").split(),
}
BUTTON_ACTIONS = {
    *(
        "url callback_data web_app login_url switch_inline_query copy_text pay callback_game"
    ).split(),
    *("switch_inline_query_current_chat switch_inline_query_chosen_chat").split(),
}
INPUT_TEXT = "message_text parse_mode entities link_preview_options"
INLINE = {
    "article": "url description thumbnail_url thumbnail_width thumbnail_height",
    "photo": "photo_url thumbnail_url photo_width photo_height description caption parse_mode "
    "caption_entities show_caption_above_media",
}
PREVIEW = "is_disabled url prefer_small_media prefer_large_media show_above_text"
REPLY = (
    "message_id chat_id allow_sending_without_reply quote quote_parse_mode quote_entities "
    "quote_position checklist_task_id poll_option_id"
)
SCOPES = {  # and what each needs
    "default": "",
    "all_private_chats": "",
    "all_group_chats": "",
    "all_chat_administrators": "",
    "chat": "chat_id",
    "chat_administrators": "chat_id",
    "chat_member": "chat_id user_id",
}


class Refusal(Exception):
    """A call answered with an error; `parameters` as in ResponseParameters."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


def bad(description: str) -> Refusal:
    """400 with the words that Telegram puts before each."""
    return Refusal(400, f"Bad Request: {description}")


class Parameters:
    """The parameters of a call: strings of a form or values of a JSON object, and files."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]) -> None:
        self.values, self.files = dict(values), dict(files)
        for value in self.values.values():
            if isinstance(value, str) and re.search("[\ud800-\udfff]", value):
                raise bad("strings must be encoded in UTF-8")

    def known(self, method: str) -> None:
        """Refuses what the method does not know; parts of a form that "attach://" names pass."""
        attached = set(re.findall(r"attach://([\w.-]+)", json.dumps(self.values, default=str)))
        for name in {*self.values, *self.files} - {*PARAMETERS[method].split(), *attached}:
            raise bad(f'unknown parameter "{name}" of the method "{method}"')

    def text(self, name: str) -> str:
        """A string, "" where it is not given."""
        value = self.values.get(name, "")
        if isinstance(value, bool | dict | list):
            raise bad(f'field "{name}" must be of type String')
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole number."""
        value = self.text(name) or str(default)
        if not re.fullmatch(r"-?\d{1,18}", value):
            raise bad(f"invalid {name} specified")
        return int(value)

    def flag(self, name: str) -> bool:
        """True or false in JSON; other spellings Telegram reads as false, and we refuse."""
        value = str(self.values.get(name, "false")).lower()
        if value not in ("true", "false", "1", "0"):
            raise bad(f'field "{name}" must be of type Boolean')
        return value in ("true", "1")

    def json(self, name: str, kind: type = dict) -> Any:
        """An object or a list, None where it is not given."""
        value = self.values.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                value = json.loads(value)
            except ValueError:
                raise bad(f"can't parse {name} JSON object") from None
        if value is not None and not isinstance(value, kind):
            raise bad(f"{'object' if kind is dict else 'array'} expected as {name}")
        return value


def fields(value: Any, known: str, what: str) -> Json:
    """The object, if it has no other fields than these."""
    if not isinstance(value, dict):
        raise bad(f"can't parse {what}: expected an Object")
    for name in value.keys() - set(known.split()):
        raise bad(f'can\'t parse {what}: unknown field "{name}"')
    return value


def formatted(
    text: str, mode: str, entities: Any, *, limit: int = 4096, caption: bool = False
) -> tuple[str, list[Entity]]:
    """The text and entities of a message; lengths in UTF-16 units after parsing."""
    if len(text.encode()) > 1 << 15:
        raise bad("text is too long")
    if not text and not caption:
        raise bad("message text is empty")
    if mode and mode.lower() != "html":
        raise bad("unsupported parse_mode")  # Markdown exists; this server does not read it
    if mode and entities:
        raise bad("parse_mode and entities can't be specified together")
    try:
        shown, found = parse_html(text) if mode else from_entities(text, entities or [])
    except Malformed as error:
        raise bad(f"can't parse entities: {error}") from None
    if is_empty(shown):
        if not caption:
            raise bad("text must be non-empty")
        return "", []
    if utf16(shown) > limit:
        raise bad(f"message {'caption ' if caption else ''}is too long")
    if len(found) > 100:  # Telegram leaves the rest without marks
        raise bad("ENTITIES_TOO_LONG")
    return shown, found


def message_text(values: Parameters) -> tuple[str, list[Entity]]:
    """The text of sendMessage and editMessageText."""
    fields(values.json("link_preview_options") or {}, PREVIEW, "link preview options")
    return formatted(
        values.text("text"), values.text("parse_mode"), values.json("entities", list)
    )  # fmt: skip


def message_caption(values: Parameters | Json) -> tuple[str, list[Entity]]:
    """The caption of a photo or document, or of new media."""
    given = values if isinstance(values, Parameters) else Parameters(values, {})
    entities = given.json("caption_entities", list)
    mode = given.text("parse_mode")
    return formatted(given.text("caption"), mode, entities, limit=1024, caption=True)


def reply_markup(value: Any, *, inline_only: bool = False) -> Json | None:
    """Any keyboard; edited and inline messages take inline ones only. None if it has no button."""
    if value is None or value == {}:
        return None
    if not isinstance(value, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in value:
        return _inline_keyboard(fields(value, "inline_keyboard", "inline keyboard markup"))
    if inline_only:
        raise bad("inline keyboard expected")
    placeholder = value.get("input_field_placeholder")
    if placeholder is not None and not 1 <= len(placeholder) <= 64:
        raise bad("input field placeholder must be 1-64 characters long")
    if "keyboard" in value:
        known = "keyboard is_persistent resize_keyboard one_time_keyboard input_field_placeholder "
        fields(value, known + "selective", "reply keyboard markup")
        for row in _rows(value["keyboard"]):
            for button in row:
                button = {"text": button} if isinstance(button, str) else button
                more = "request_contact request_location request_poll web_app style "
                fields(button, "text " + more + "request_chat request_users", "keyboard button")
                if not str(button.get("text", "")).strip():
                    raise bad("keyboard button text must be non-empty")
        return value
    if "remove_keyboard" in value:
        return fields(value, "remove_keyboard selective", "reply keyboard remove")
    return fields(value, "force_reply input_field_placeholder selective", "force reply")


def _rows(rows: Any) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("can't parse reply keyboard markup JSON object")
    if sum(map(len, rows)) > 100 or any(len(row) > 8 for row in rows):
        raise bad("reply markup is too long")
    return rows


def _inline_keyboard(markup: Json) -> Json | None:
    rows = _rows(markup["inline_keyboard"])
    what = "inline keyboard button"
    for button in (button for row in rows for button in row):
        known = " ".join(BUTTON_ACTIONS) + " text style icon_custom_emoji_id"
        fields(button, known, what)
        if not isinstance(button.get("text"), str) or is_empty(button["text"]):
            raise bad("inline keyboard button text must be non-empty")
        actions = sorted(button.keys() & BUTTON_ACTIONS)
        if not actions:
            raise bad(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
        if len(actions) > 1:
            raise bad(f"can't parse {what}: more than one action: {', '.join(actions)}")
        value = button[actions[0]]
        if actions == ["callback_data"] and not (
            isinstance(value, str) and 1 <= len(value.encode()) <= 64
        ):
            raise bad("BUTTON_DATA_INVALID")
        if actions == ["url"] and not re.match(r"(https?://[^\s/]+\.[^\s/]+|tg://\S)", str(value)):
            raise bad(f"{what} URL '{value}' is invalid: Wrong HTTP URL")
        if isinstance(value, str) and "switch_inline" in actions[0] and utf16(value) > 256:
            raise bad("BUTTON_DATA_INVALID")
        if actions == ["copy_text"] and not 1 <= len(value.get("text", "")) <= 256:
            raise bad("BUTTON_COPY_TEXT_INVALID")
    return markup if any(rows) else None


def inline_results(values: Parameters) -> list[Json]:
    """The results of answerInlineQuery, each checked; `parsed` holds its text and entities."""
    results = values.json("results", list)
    if results is None:
        raise bad("can't parse inline query results JSON object")
    if len(results) > 50:
        raise bad("RESULTS_TOO_MUCH")
    if len(values.text("next_offset").encode()) > 64:
        raise bad("NEXT_OFFSET_INVALID")
    if values.integer("cache_time", 300) < 0:
        raise bad("invalid cache_time specified")
    button = values.json("button")
    if button is not None:
        fields(button, "text web_app start_parameter", "inline query results button")
        if not re.fullmatch(r"[\w-]{1,64}", button.get("start_parameter", "_"), re.ASCII):
            raise bad("START_PARAM_INVALID")
        if not button.get("text") or len(button.keys() & {"web_app", "start_parameter"}) != 1:
            raise bad("can't parse inline query results button: text and one action expected")
    seen: set[str] = set()
    return [_inline_result(result, seen) for result in results]


def _inline_result(result: Any, seen: set[str]) -> Json:
    kind = result.get("type") if isinstance(result, dict) else None
    what = "inline query result"
    if kind not in INLINE:
        raise bad(f"can't parse {what}: unsupported inline query result type")
    fields(result, "type id title input_message_content reply_markup " + INLINE[kind], what)
    identifier = result.get("id")
    if not isinstance(identifier, str) or not 1 <= len(identifier.encode()) <= 64:
        raise bad("RESULT_ID_INVALID")
    if identifier in seen:
        raise bad("RESULT_ID_DUPLICATE")
    seen.add(identifier)
    if kind == "article" and not str(result.get("title", "")).strip():
        raise bad("ARTICLE_TITLE_EMPTY")
    for name in ("url", "thumbnail_url", "photo_url"):
        if name in result and not re.match(r"https?://[^\s/]+\.\S+", str(result[name])):
            raise bad(f'can\'t parse {what}: Wrong HTTP URL in the field "{name}"')
    reply_markup(result.get("reply_markup"), inline_only=True)
    content = result.get("input_message_content")
    if content is None and kind == "article":
        raise bad(f"can't parse {what}: Message content is not specified")
    if content is None:
        return {**result, "parsed": message_caption(result)}
    fields(content, INPUT_TEXT, "input message content")
    fields(content.get("link_preview_options") or {}, PREVIEW, "link preview options")
    text, mode = str(content.get("message_text", "")), content.get("parse_mode", "")
    return {**result, "parsed": formatted(text, mode, content.get("entities"))}


def commands(values: Parameters) -> list[Json]:
    """The list of setMyCommands."""
    given = values.json("commands", list)
    if given is None:
        raise bad("can't parse list of bot commands JSON object")
    if len(given) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in given:
        fields(command, "command description", "BotCommand")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= utf16(str(command.get("description", "")).strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return list(given)


def scope(values: Parameters) -> tuple[Any, ...]:
    """The scope and language of a command menu, as a key."""
    given = values.json("scope") or {"type": "default"}
    if given.get("type") not in SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    needed = SCOPES[given["type"]]
    fields(given, "type " + needed, "BotCommandScope")
    for name in needed.split():
        if name not in given:
            raise bad(f'can\'t parse BotCommandScope: field "{name}" is missing')
    return (*sorted(given.items()), language(values))


def language(values: Parameters) -> str:
    """Two letters, or nothing for everyone else."""
    code = values.text("language_code")
    if not re.fullmatch(r"(?:[a-z]{2})?", code):
        raise bad("invalid language code specified")
    return code
