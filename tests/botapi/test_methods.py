"""Every method, with what it takes and what it refuses, over HTTP."""

# ruff: noqa: E501 (a table with one case a line)

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from PIL import Image

from botapi import BotApi, Chat, Person


@dataclass
class Bot:
    """Calls methods as a bot would, by JSON; `ids` are what the table of refusals names."""

    api: BotApi
    client: httpx.Client
    ann: Person
    group: Chat
    ids: dict[str, Any] = field(default_factory=dict)

    def __call__(self, method: str, **parameters: Any) -> Any:
        answer = self.send(method, json=parameters).json()
        assert answer["ok"], answer
        return answer["result"]

    def send(self, method: str, **how: Any) -> httpx.Response:
        return self.client.post(f"/bot{self.api.token}/{method}", **how)

    def refused(self, method: str, **parameters: Any) -> tuple[int, str]:
        answer = self.send(method, json=parameters)
        body = answer.json()
        assert not body["ok"]
        assert body["error_code"] == answer.status_code
        return answer.status_code, body["description"]


@pytest.fixture(scope="module")
def shared() -> Iterator[httpx.Client]:
    """Made once: its TLS settings, which nothing here uses, take longer than a test."""
    with httpx.Client(timeout=20) as client:
        yield client


@pytest.fixture
def bot(shared: httpx.Client) -> Iterator[Bot]:
    with BotApi() as api:
        client = shared
        client.base_url = httpx.URL(api.url)
        ann = api.person("Ann", "az")
        said = ann.says("hello")
        bot = Bot(api, client, ann, api.group("Readers", ann))
        sent = bot(
            "sendMessage", chat_id=ann.id, text="hi", reply_markup=keyboard(callback_data="m")
        )
        pressed = ann.presses(ann.messages[0], "Press")
        typed = ann.types_inline("water")
        photo = bot.send("sendPhoto", data={"chat_id": ann.id}, files={"photo": png()}).json()
        bot.ids = {
            "CHAT": ann.id,
            "SAID": said,
            "SENT": sent["message_id"],
            "PHOTO": photo["result"]["message_id"],
            "PRESSED": pressed.id,
            "TYPED": typed.id,
        }
        yield bot


def keyboard(text: str = "Press", **action: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": text, **action}]]}


def article(identifier: str = "1", **more: Any) -> dict[str, Any]:
    content = {"message_text": "<b>x</b>", "parse_mode": "HTML"}
    return {
        "type": "article",
        "id": identifier,
        "title": "T",
        "input_message_content": content,
    } | more


def png(width: int = 4, height: int = 3) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height)).save(file, "png")
    return file.getvalue()


TEXT = {"chat_id": "CHAT", "text": "x"}
EDIT = {"chat_id": "CHAT", "message_id": "SENT", "text": "new"}
HTML = {**TEXT, "parse_mode": "HTML"}
INLINE = {"inline_query_id": "TYPED", "results": []}
PRESS = {"callback_query_id": "PRESSED"}
COMMAND = {"command": "ask", "description": "Ask"}
OLD = "query is too old and response timeout expired or query ID is invalid"
TAGS_100, TAGS_101 = "<b>a</b>. " * 100, "<b>a</b>. " * 101
GOOD_AND_BAD: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # method, good parameters, what makes them bad, the words for it
    ("sendMessage", TEXT, {"text": ""}, "message text is empty"),
    ("sendMessage", TEXT, {"text": " \u200b\n"}, "text must be non-empty"),
    ("sendMessage", HTML, {"text": "<b></b>"}, "text must be non-empty"),
    ("sendMessage", {**TEXT, "text": "я" * 4096}, {"text": "я" * 4097}, "message is too long"),
    ("sendMessage", {**TEXT, "text": "😀" * 2048}, {"text": "😀" * 2049}, "message is too long"),
    ("sendMessage", {**HTML, "text": f"<b>{'a' * 4096}</b>"}, {"text": "&lt;" * 4097}, "message is too long"),
    ("sendMessage", TEXT, {"text": "я" * 20_000}, "text is too long"),
    ("sendMessage", {**HTML, "text": TAGS_100}, {"text": TAGS_101}, "ENTITIES_TOO_LONG"),
    ("sendMessage", HTML, {"text": "<b>x"}, "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
    ("sendMessage", HTML, {"parse_mode": "bbcode"}, "unsupported parse_mode"),
    ("sendMessage", TEXT, {"chat_id": 77}, "chat not found"),
    ("sendMessage", TEXT, {"chat_id": ""}, "chat_id is empty"),
    ("sendMessage", TEXT, {"chat_id": "@nobody"}, "chat not found"),
    ("sendMessage", TEXT, {"colour": "red"}, 'unknown parameter "colour" of the method "sendMessage"'),
    ("sendMessage", TEXT, {"reply_markup": "{"}, "can't parse reply_markup JSON object"),
    ("sendMessage", TEXT, {"reply_markup": []}, "object expected as reply_markup"),
    ("sendMessage", TEXT, {"link_preview_options": {"off": True}}, 'can\'t parse link preview options: unknown field "off"'),
    ("sendMessage", {**TEXT, "reply_parameters": {"message_id": 99, "allow_sending_without_reply": True}}, {"reply_parameters": {"message_id": 99}}, "message to be replied not found"),
    ("sendMessage", {**TEXT, "reply_parameters": {"message_id": "SAID"}}, {"reply_parameters": {"message_id": 1, "x": 1}}, 'can\'t parse reply parameters: unknown field "x"'),
    ("sendMessage", {**TEXT, "reply_markup": keyboard(callback_data="я" * 32)}, {"reply_markup": keyboard(callback_data="я" * 33)}, "BUTTON_DATA_INVALID"),
    ("sendMessage", TEXT, {"reply_markup": keyboard(callback_data="")}, "BUTTON_DATA_INVALID"),
    ("sendMessage", TEXT, {"reply_markup": keyboard("", callback_data="x")}, "inline keyboard button text must be non-empty"),
    ("sendMessage", TEXT, {"reply_markup": keyboard()}, "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    ("sendMessage", TEXT, {"reply_markup": keyboard(callback_data="x", url="https://a.bc")}, "can't parse inline keyboard button: more than one action: callback_data, url"),
    ("sendMessage", {**TEXT, "reply_markup": keyboard(url="https://a.bc/d")}, {"reply_markup": keyboard(url="nothing")}, "inline keyboard button URL 'nothing' is invalid: Wrong HTTP URL"),
    ("sendMessage", {**TEXT, "reply_markup": keyboard(switch_inline_query="")}, {"reply_markup": keyboard(data="x")}, 'can\'t parse inline keyboard button: unknown field "data"'),
    ("sendMessage", {**TEXT, "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 8] * 12}}, {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 8] * 13}}, "reply markup is too long"),
    ("sendMessage", {**TEXT, "reply_markup": {"keyboard": [["a"]], "resize_keyboard": True}}, {"reply_markup": {"keyboard": [[""]]}}, "keyboard button text must be non-empty"),
    ("sendMessage", {**TEXT, "reply_markup": {"remove_keyboard": True}}, {"reply_markup": {"remove": True}}, 'can\'t parse force reply: unknown field "remove"'),
    ("editMessageText", EDIT, {"text": "hi", "reply_markup": keyboard(callback_data="m")}, "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"),
    ("editMessageText", EDIT, {"message_id": 999}, "message to edit not found"),
    ("editMessageText", EDIT, {"message_id": "SAID"}, "message can't be edited"),
    ("editMessageText", EDIT, {"message_id": ""}, "message identifier is not specified"),
    ("editMessageText", EDIT, {"message_id": "PHOTO"}, "there is no text in the message to edit"),
    ("editMessageText", EDIT, {"reply_markup": {"remove_keyboard": True}}, "inline keyboard expected"),
    ("editMessageText", EDIT, {"inline_message_id": "5"}, "MESSAGE_ID_INVALID"),
    ("editMessageCaption", {"chat_id": "CHAT", "message_id": "PHOTO", "caption": "c" * 1024}, {"caption": "c" * 1025}, "message caption is too long"),
    ("editMessageCaption", {"chat_id": "CHAT", "message_id": "PHOTO", "caption": "c"}, {"message_id": "SENT"}, "there is no caption in the message to edit"),
    ("editMessageReplyMarkup", {"chat_id": "CHAT", "message_id": "SENT"}, {"message_id": "PHOTO"}, "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"),
    ("deleteMessage", {"chat_id": "CHAT", "message_id": "SENT"}, {"message_id": 999}, "message to delete not found"),
    ("setMessageReaction", {"chat_id": "CHAT", "message_id": "SAID", "reaction": [{"type": "emoji", "emoji": "👀"}]}, {"reaction": [{"type": "emoji", "emoji": "🥦"}]}, "REACTION_INVALID"),
    ("sendChatAction", {"chat_id": "CHAT", "action": "typing"}, {"action": "dancing"}, "wrong parameter action in request"),
    ("sendPhoto", {"chat_id": "CHAT", "photo": "PHOTO_ID"}, {"photo": "unknown"}, "wrong file identifier/HTTP URL specified"),
    ("sendPhoto", {"chat_id": "CHAT", "photo": "PHOTO_ID", "caption": "c" * 1024}, {"caption": "c" * 1025}, "message caption is too long"),
    ("sendPhoto", {"chat_id": "CHAT", "photo": "PHOTO_ID"}, {"photo": ""}, "there is no photo in the request"),
    ("answerCallbackQuery", {**PRESS, "text": "t" * 200}, {"text": "t" * 201}, "MESSAGE_TOO_LONG"),
    ("answerCallbackQuery", PRESS, {"callback_query_id": "12"}, OLD),
    ("answerInlineQuery", INLINE, {"inline_query_id": "12"}, OLD),
    ("answerInlineQuery", {**INLINE, "results": [article(str(n)) for n in range(50)]}, {"results": [article(str(n)) for n in range(51)]}, "RESULTS_TOO_MUCH"),
    ("answerInlineQuery", {**INLINE, "results": [article("я" * 32)]}, {"results": [article("я" * 33)]}, "RESULT_ID_INVALID"),
    ("answerInlineQuery", INLINE, {"results": [article("")]}, "RESULT_ID_INVALID"),
    ("answerInlineQuery", INLINE, {"results": [article(), article()]}, "RESULT_ID_DUPLICATE"),
    ("answerInlineQuery", INLINE, {"results": [article(title=" ")]}, "ARTICLE_TITLE_EMPTY"),
    ("answerInlineQuery", {**INLINE, "results": [article(description="d")]}, {"results": [article(subtitle="d")]}, 'can\'t parse inline query result: unknown field "subtitle"'),
    ("answerInlineQuery", INLINE, {"results": [article(type="essay")]}, "can't parse inline query result: unsupported inline query result type"),
    ("answerInlineQuery", INLINE, {"results": [article(input_message_content={"message_text": ""})]}, "message text is empty"),
    ("answerInlineQuery", INLINE, {"results": [article(input_message_content=None)]}, "can't parse inline query result: Message content is not specified"),
    ("answerInlineQuery", INLINE, {"results": [article(reply_markup=keyboard(callback_data=""))]}, "BUTTON_DATA_INVALID"),
    ("answerInlineQuery", {**INLINE, "next_offset": "o" * 64}, {"next_offset": "o" * 65}, "NEXT_OFFSET_INVALID"),
    ("answerInlineQuery", {**INLINE, "button": {"text": "t", "start_parameter": "a-b"}}, {"button": {"text": "t", "start_parameter": "a b"}}, "START_PARAM_INVALID"),
    ("setMyCommands", {"commands": [COMMAND], "language_code": "az"}, {"language_code": "azb"}, "invalid language code specified"),
    ("setMyCommands", {"commands": [COMMAND | {"command": "a" * 32}]}, {"commands": [COMMAND | {"command": "a" * 33}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": []}, {"commands": [COMMAND | {"command": "Ask"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [COMMAND | {"description": "d" * 256}]}, {"commands": [COMMAND | {"description": "d" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("setMyCommands", {"commands": [COMMAND] * 100}, {"commands": [COMMAND] * 101}, "BOT_COMMANDS_TOO_MUCH"),
    ("setMyCommands", {"commands": [COMMAND], "scope": {"type": "chat", "chat_id": 1}}, {"scope": {"type": "chat"}}, 'can\'t parse BotCommandScope: field "chat_id" is missing'),
    ("deleteMyCommands", {"scope": {"type": "all_private_chats"}}, {"scope": {"type": "everyone"}}, "can't parse BotCommandScope: unsupported type specified"),
    ("setMyDescription", {"description": "d" * 512}, {"description": "d" * 513}, "description is too long"),
    ("setMyShortDescription", {"short_description": "d" * 120}, {"short_description": "d" * 121}, "short description is too long"),
    ("setMyName", {"name": "n" * 64}, {"name": "n" * 65}, "name is too long"),
    ("getChat", {"chat_id": "CHAT"}, {"chat_id": -5}, "chat not found"),
    ("getChatMember", {"chat_id": "CHAT", "user_id": "CHAT"}, {"user_id": 3}, "invalid user_id specified"),
    ("getChatAdministrators", {"chat_id": "GROUP"}, {"chat_id": "CHAT"}, "there are no administrators in the private chat"),
    ("leaveChat", {"chat_id": "GROUP"}, {"chat_id": "CHAT"}, "chat member status can't be changed in private chats"),
    ("setChatMenuButton", {"menu_button": {"type": "commands"}}, {"menu_button": {"type": "burger"}}, "can't parse menu button: unsupported type specified"),
    ("getFile", {"file_id": "PHOTO_ID"}, {"file_id": "x"}, "invalid file_id"),
    ("setWebhook", {"url": ""}, {"url": "ftp://x"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    ("setWebhook", {"url": "", "secret_token": "a-_9"}, {"secret_token": "a b"}, "secret token contains unallowed characters"),
    ("deleteWebhook", {"drop_pending_updates": True}, {"drop_pending_updates": "maybe"}, 'field "drop_pending_updates" must be of type Boolean'),
    ("getUpdates", {"allowed_updates": ["message"]}, {"offset": "soon"}, "invalid offset specified"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "good", "change", "words"), GOOD_AND_BAD)
def test_what_is_taken_and_what_is_refused(
    bot: Bot, method: str, good: dict[str, Any], change: dict[str, Any], words: str
) -> None:
    photo = bot.ann.chat.log[bot.ids["PHOTO"]].content["photo"][0]["file_id"]
    names = {**bot.ids, "GROUP": bot.group.id, "PHOTO_ID": photo}

    def named(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: named(inner) for key, inner in value.items()}
        return names.get(value, value) if isinstance(value, str) else value

    refused = bot.refused(method, **named(good | change))
    assert refused == (400, f"Bad Request: {words}")
    bot(method, **named(good))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no image", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(210, 10), "PHOTO_INVALID_DIMENSIONS"),
        (b"x" * (10 << 20) + b"x", "file is too big"),
    ],
)
def test_pictures_that_are_refused(bot: Bot, content: bytes, words: str) -> None:
    answer = bot.send("sendPhoto", data={"chat_id": bot.ann.id}, files={"photo": content})
    assert answer.json()["description"] == f"Bad Request: {words}"


def test_files_are_sent_changed_and_fetched_again(bot: Bot) -> None:
    form = {"chat_id": bot.ann.id, "caption": "<b>c</b>", "parse_mode": "HTML"}
    files = {"document": ("a.txt", b"words")}
    sent = bot.send("sendDocument", data=form, files=files).json()["result"]
    assert sent["document"]["file_name"] == "a.txt"
    assert sent["caption_entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    file = bot("getFile", file_id=sent["document"]["file_id"])
    fetched = bot.client.get(f"/file/bot{bot.api.token}/{file['file_path']}")
    assert fetched.content == b"words"
    assert bot.client.get(f"/file/bot{bot.api.token}/other").status_code == 404

    media = json.dumps({"type": "photo", "media": "attach://new", "caption": "p"})
    form = {"chat_id": bot.ann.id, "message_id": bot.ids["PHOTO"], "media": media}
    changed = bot.send("editMessageMedia", data=form, files={"new": png(7, 5)}).json()["result"]
    assert changed["photo"][0]["width"] == 7
    assert bot.ann.messages[1].file == png(7, 5)
    answer = bot.refused("editMessageMedia", chat_id=bot.ann.id, message_id=2, media={"type": "x"})
    assert answer == (400, "Bad Request: can't parse InputMedia: unsupported type specified")


def test_tokens_and_methods(bot: Bot) -> None:
    def status(path: str) -> tuple[int, str]:
        answer = bot.client.get(path)
        return answer.status_code, answer.json()["description"]

    assert status("/bot1:short/getMe") == (404, "Not Found")
    assert status("/bot99:AAInventedForTests-notARealToken_00/getMe") == (401, "Unauthorized")
    assert status(f"/bot{bot.api.token}/doThings") == (404, "Not Found")
    bot.api.revoke()
    assert status(f"/bot{bot.api.token}/getMe") == (401, "Unauthorized")
    bot.api.revoke(False)
    assert bot.client.get(f"/bot{bot.api.token}/GETME").json()["result"]["is_bot"]
    assert bot("logOut") is True
    assert bot.refused("getMe") == (400, "Bad Request: Logged out")


def test_three_ways_to_pass_parameters(bot: Bot) -> None:
    markup = json.dumps(keyboard(callback_data="x"))
    values = {"chat_id": str(bot.ann.id), "text": "ə + й", "reply_markup": markup}
    assert bot.send("sendMessage", data=values).json()["result"]["text"] == "ə + й"
    form = {name: (None, value) for name, value in values.items()}
    assert bot.send("sendMessage", files=form).json()["result"]["text"] == "ə + й"
    got = bot.client.get(f"/bot{bot.api.token}/sendMessage", params=values).json()["result"]
    assert got["reply_markup"] == keyboard(callback_data="x")
    for content in (b"{", b"[1]", b'{"text": "\\ud800"}'):
        headers = {"Content-Type": "application/json"}
        assert bot.send("sendMessage", content=content, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        ("kicked", 403, "Forbidden: bot was kicked from the group chat"),
        ("left", 403, "Forbidden: bot is not a member of the group chat"),
        ("restricted", 400, "Bad Request: not enough rights to send text messages to the chat"),
    ],
)
def test_where_the_bot_may_not_write(bot: Bot, status: str, code: int, words: str) -> None:
    bot.group.remove_bot(bot.ann, status)
    assert bot.refused("sendMessage", chat_id=bot.group.id, text="x") == (code, words)
    bot.group.add_bot(bot.ann)
    bot("sendMessage", chat_id=bot.group.id, text="x")


def test_people_and_channels_that_cannot_be_written_to(bot: Bot) -> None:
    def refused(chat: Chat) -> str:
        return bot.refused("sendMessage", chat_id=chat.id, text="x")[1]

    bot.ann.blocks()
    assert refused(bot.ann.chat) == "Forbidden: bot was blocked by the user"
    bot.ann.unblocks()
    bot("sendMessage", chat_id=bot.ann.id, text="x")
    bela = bot.api.person("Bela")
    assert refused(bela.chat) == "Bad Request: chat not found"
    bela.says("/ask", chat=bot.group)
    assert refused(bela.chat) == "Forbidden: bot can't initiate conversation with a user"
    channel = bot.api.channel("News", "news")
    bot("sendMessage", chat_id="@news", text="x")
    channel.promote_bot(bot.ann, "member")
    assert refused(channel) == "Bad Request: need administrator rights in the channel chat"
    new = bot.group.migrate()
    answer = bot.send("sendMessage", json={"chat_id": bot.group.id, "text": "x"}).json()
    assert answer["parameters"] == {"migrate_to_chat_id": new.id}
    bot("sendMessage", chat_id=new.id, text="x")


def test_expired_queries(bot: Bot) -> None:
    bot.api.callbacks[bot.ids["PRESSED"]].expired = True
    bot.api.inline_queries[bot.ids["TYPED"]].expired = True
    for method, more in (
        ("answerCallbackQuery", {"callback_query_id": bot.ids["PRESSED"]}),
        ("answerInlineQuery", {"inline_query_id": bot.ids["TYPED"], "results": []}),
    ):
        assert bot.refused(method, **more) == (400, f"Bad Request: {OLD}")


def test_what_the_bot_wrote_can_be_looked_at(bot: Bot) -> None:
    text = "<b>Саша 😀</b> said <i>this</i>"
    reply = {"message_id": bot.ids["SAID"]}
    bot("sendMessage", chat_id=bot.ann.id, text=text, parse_mode="HTML", reply_parameters=reply)
    [message] = bot.ann.chat.replies(bot.ids["SAID"])
    assert (message.text, message.source) == ("Саша 😀 said this", text)
    assert (message.marked("bold"), message.marked("italic")) == (["Саша 😀"], ["this"])
    bot("editMessageText", chat_id=bot.ann.id, message_id=message.message_id, text="changed")
    assert message.text == "changed"
    assert message.versions[0]["text"] == "Саша 😀 said this"
    bot("deleteMessage", chat_id=bot.ann.id, message_id=message.message_id)
    assert message not in bot.ann.messages
    said = [call.parameters.get("text") for call in bot.api.calls_of("sendMessage")]
    assert said == ["hi", text]


def test_an_inline_result_is_chosen_and_edited(bot: Bot) -> None:
    bot("answerInlineQuery", **{**INLINE, "inline_query_id": bot.ids["TYPED"]} | {
        "results": [article("7", reply_markup=keyboard(callback_data="k"))], "cache_time": 5
    })  # fmt: skip
    typed = bot.api.inline_queries[bot.ids["TYPED"]]
    assert typed.answers[0]["cache_time"] == 5
    message = bot.ann.chooses(typed, "7", chat=bot.api.person("Else").chat)
    assert (message.text, message.marked("bold")) == ("x", ["x"])
    query = bot.ann.presses(message, "k")
    name = message.inline_message_id
    assert bot("editMessageText", inline_message_id=name, text="y") is True
    assert (message.text, query.data) == ("y", "k")
    kinds = [next(iter(update.keys() - {"update_id"})) for update in bot("getUpdates")]
    assert kinds[-2:] == ["chosen_inline_result", "callback_query"]


Make = Callable[[Bot], object]


@pytest.mark.parametrize(
    ("act", "kind", "content"),
    [
        (lambda bot: bot.ann.says("hi"), "message", "text"),
        (lambda bot: bot.ann.edits(1, "changed"), "edited_message", "edit_date"),
        (lambda bot: bot.api.channel().post("news"), "channel_post", "sender_chat"),
        (lambda bot: bot.ann.blocks(), "my_chat_member", "new_chat_member"),
        (lambda bot: bot.ann.says("hey @rostrum_test_bot", chat=bot.group), "message", "text"),
        (lambda bot: bot.ann.says("/ask x", chat=bot.group), "message", "entities"),
        (lambda bot: bot.ann.says("between us", chat=bot.group), None, ""),
        (lambda bot: bot.ann.presses(2, data="forged"), "callback_query", "data"),
        (lambda bot: bot.ann.sends("poll"), "message", "poll"),
    ],
)
def test_what_people_do_becomes_updates(
    bot: Bot, act: Make, kind: str | None, content: str
) -> None:
    last = bot("getUpdates")[-1]["update_id"]
    act(bot)
    updates = bot("getUpdates", offset=last + 1)
    assert [list(update)[1] for update in updates] == ([kind] if kind else [])
    assert not kind or content in updates[0][kind]
