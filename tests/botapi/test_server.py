"""Updates by polling and by webhook, faults, limits; and python-telegram-bot as the client."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ChatMemberAdministrator,
    ChatMemberMember,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram.request import HTTPXRequest

from botapi import BotApi, Fault, Faults, Limits, Person
from botapi.world import SENT

Calls = httpx.Client


@pytest.fixture
def api() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


@pytest.fixture
def client(api: BotApi) -> Iterator[Calls]:
    base = f"{api.url}/bot{api.token}/"
    with httpx.Client(base_url=base, timeout=20, verify=False) as client:
        yield client


def updates(client: Calls, **parameters: Any) -> list[int]:
    return [one["update_id"] for one in client.post("getUpdates", json=parameters).json()["result"]]


def send(client: Calls, chat: int, text: str = "x") -> httpx.Response:
    return client.post("sendMessage", json={"chat_id": chat, "text": text})


# updates


def test_updates_come_until_they_are_confirmed(api: BotApi, client: Calls) -> None:
    ann = api.person()
    for number in range(120):
        ann.says(str(number))
    first = updates(client)
    assert len(first) == 100
    assert updates(client, limit=1000) == first  # over 100 means 100
    assert updates(client, limit=2) == first[:2]
    rest = updates(client, offset=first[-1] + 1)
    assert rest == [first[-1] + 1 + number for number in range(20)]
    assert updates(client, offset=-1) == rest[-1:]
    assert len(api.pending) == 1
    assert updates(client, offset=rest[-1] + 1) == []


def test_a_poll_waits_and_only_for_what_was_asked(api: BotApi, client: Calls) -> None:
    ann = api.person()
    group = api.group("G", ann)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(updates, client, timeout=20, allowed_updates=["my_chat_member"])
        api.wait_for(lambda: api.polling)
        ann.says("not asked for")
        group.promote_bot(ann)
        assert len(waiting.result(10)) == 1
    assert api.allowed == ["my_chat_member"]
    assert client.post("getUpdates", json={"allowed_updates": []}).json()["ok"]
    assert api.allowed is None


def test_a_second_poll_ends_the_first(api: BotApi, client: Calls) -> None:
    with ThreadPoolExecutor() as pool:
        first = pool.submit(client.post, "getUpdates", json={"timeout": 20})
        api.wait_for(lambda: api.polling)
        api.person().says("hi")
        assert first.result(10).status_code == 200
        first = pool.submit(client.post, "getUpdates", json={"timeout": 20, "offset": 800_000_000})
        api.wait_for(lambda: not api.pending and api.polling)
        assert client.post("getUpdates").status_code == 200
        answer = first.result(10)
    assert answer.status_code == 409
    assert answer.json()["description"].startswith("Conflict: terminated by other getUpdates")


def test_a_poll_of_a_client_that_died_ends(api: BotApi, client: Calls) -> None:
    with pytest.raises(httpx.ReadTimeout):
        client.post("getUpdates", json={"timeout": 20}, timeout=0.2)
    api.wait_for(lambda: api.calls_of("getUpdates"))
    api.person().says("hi")
    assert len(updates(client, timeout=5)) == 1


class Hook(ThreadingHTTPServer):
    """A bot's webhook that refuses the first delivery."""

    def __init__(self) -> None:
        self.seen: list[tuple[str | None, dict[str, Any]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.seen.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
                self.send_response(500 if len(hook.seen) == 1 else 200)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        hook = self
        super().__init__(("127.0.0.1", 0), Handler)


def test_a_webhook_gets_each_update_until_it_takes_it(api: BotApi, client: Calls) -> None:
    api.webhook_retry = 0.01
    with Hook() as hook:
        threading.Thread(target=hook.serve_forever, args=(0.01,)).start()
        ann = api.person()
        ann.says("before")
        url = f"http://127.0.0.1:{hook.server_port}/hook"
        assert client.post("setWebhook", json={"url": url, "secret_token": "s3cret"}).json()["ok"]
        refused = client.post("getUpdates")
        assert refused.status_code == 409
        assert "while webhook is active" in refused.json()["description"]
        ann.says("after")
        api.wait_for(lambda: not api.pending)
        info = client.get("getWebhookInfo").json()["result"]
        assert info["url"] == url
        assert "500" in info["last_error_message"]
        client.post("deleteWebhook")
        hook.shutdown()
    assert {secret for secret, _ in hook.seen} == {"s3cret"}
    assert sorted(body["message"]["text"] for _, body in hook.seen[1:]) == ["after", "before"]
    assert client.post("getUpdates").status_code == 200


def test_a_token_revoked_while_a_poll_waits(api: BotApi, client: Calls) -> None:
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(client.post, "getUpdates", json={"timeout": 20})
        api.wait_for(lambda: api.polling)
        api.revoke()
        assert waiting.result(10).status_code == 401


# faults


@pytest.mark.parametrize(
    ("kind", "status", "done"),
    [
        ("429", 429, 0),
        ("500", 500, 0),
        ("502", 502, 0),
        ("401", 401, 0),
        ("403", 403, 0),
        ("409", 409, 0),
        ("garbage", 200, 1),
        ("slow", 200, 1),
        ("drop", 0, 0),
        ("lost", 0, 1),
        ("hang", 0, 0),
    ],
)
def test_faults(api: BotApi, client: Calls, kind: Any, status: int, done: int) -> None:
    ann = api.person()
    ann.says("hi")
    api.faults.next("sendMessage", None, Fault(kind, 0.05))
    assert send(client, ann.id).json()["ok"]
    if status:
        answer = send(client, ann.id)
        assert answer.status_code == status
        if kind == "429":
            assert answer.json()["parameters"] == {"retry_after": 1}
        if kind in ("garbage", "502"):
            with pytest.raises(ValueError, match=r"Expecting"):
                answer.json()
    else:
        client.timeout = 0.2 if kind == "hang" else 5
        with pytest.raises(httpx.ReadTimeout if kind == "hang" else httpx.RemoteProtocolError):
            send(client, ann.id)
    assert len(ann.messages) == 1 + done
    assert api.faults.injected == {kind: 1}
    assert send(client, ann.id).json()["ok"]
    assert api.wait_for(lambda: [c for c in api.calls if c.fault == kind])[0].status == status


def test_faults_by_chance_are_the_same_for_a_seed() -> None:
    def run(seed: int) -> list[str]:
        faults = Faults(seed)
        faults.chance(0.3, "500", Fault("429", 2))
        faults.chance(1, "drop", methods=["getUpdates"])
        assert faults.pick("getUpdates", None) == Fault("drop")
        return [
            fault.kind if fault else ""
            for fault in map(faults.pick, ["sendMessage"] * 200, [1] * 200)
        ]

    assert run(1) == run(1) != run(2)
    assert 40 < sum(map(bool, run(1))) < 80
    assert {"500", "429", ""} == set(run(1))


def test_a_429_lasts_for_its_chat_or_for_all() -> None:
    now = [0.0]
    faults = Faults(clock=lambda: now[0])
    faults.next("sendMessage", Fault("429", 3, "chat"))
    assert faults.pick("sendMessage", 1)
    now[0] = 1.5
    assert faults.pick("editMessageText", 1) == Fault("429", 2)
    assert faults.pick("sendMessage", 2) is None
    now[0] = 3
    assert faults.pick("sendMessage", 1) is None
    faults.next("sendMessage", Fault("429", 3, "all"))
    assert faults.pick("sendMessage", 1)
    assert faults.pick("answerCallbackQuery", None)
    assert faults.pick("getUpdates", None) is None
    faults.clear()
    assert faults.pick("sendMessage", 1) is None


def test_updates_come_twice_and_in_any_order(api: BotApi, client: Calls) -> None:
    ann = api.person()
    api.faults.duplicate_updates = api.faults.shuffle_updates = 1
    for _ in range(20):
        ann.says("x")
    mixed = updates(client)
    assert mixed != sorted(mixed)
    last = max(mixed)
    ann.says("y")
    seen = [one for _ in range(20) for one in updates(client, offset=last + 1)]
    assert set(seen) > {last + 1}


def test_limits_of_writing() -> None:
    now = [0.0]
    limits = Limits(enforce=True, clock=lambda: now[0])
    assert [limits.check("sendMessage", 1, True) for _ in range(7)] == [0, 0, 0, 0, 0, 1, 1]
    now[0] = 1
    assert [limits.check("sendMessage", 1, True) for _ in range(2)] == [0, 1]
    assert [limits.check("sendMessage", -1, False) for _ in range(21)] == [0] * 20 + [3]
    now[0] = 4
    assert limits.check("sendMessage", -1, False) == 0
    assert limits.violations == [("sendMessage", 1)] * 3 + [("sendMessage", -1)]
    limits = Limits(clock=lambda: now[0])  # counts, refuses nothing
    assert not any(limits.check("sendMessage", chat, True) for chat in range(61))
    assert limits.violations == [("sendMessage", 60)]


def test_limits_are_answered_over_http() -> None:
    with BotApi(limits=Limits(enforce=True)) as api, httpx.Client(verify=False) as client:
        client.base_url = httpx.URL(f"{api.url}/bot{api.token}/")
        ann = api.person()
        ann.says("hi")
        answers = [send(client, ann.id) for _ in range(8)]
        assert answers[0].status_code == 200
        assert answers[-1].status_code == 429
        assert answers[-1].json()["description"].startswith("Too Many Requests: retry after ")
        assert len(ann.messages) + len(api.limits.violations) == 8


# running


def test_nothing_is_left_behind() -> None:
    before = threading.active_count()
    with BotApi() as api:
        ann = api.person()
        ann.says("hi")
        base = f"{api.url}/bot{api.token}/"
        threads = [
            threading.Thread(target=lambda: _ignore(f"{base}getUpdates?timeout=20")) for _ in "ab"
        ]
        for thread in threads:
            thread.start()
        api.wait_for(lambda: len(api.calls) >= 1)
    for thread in threads:
        thread.join(10)
    assert threading.active_count() == before
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base}getMe")


def _ignore(url: str) -> None:
    with httpx.Client(verify=False, timeout=20) as client:
        try:
            client.get(url)
            client.get(url + "&offset=900000000")
        except httpx.TransportError:
            return


def test_it_goes_away_and_comes_back(api: BotApi, client: Calls) -> None:
    ann = api.person()
    ann.says("before")
    api.stop()
    with pytest.raises(httpx.TransportError):
        send(client, ann.id)
    ann.says("meanwhile")
    api.start()
    assert len(updates(client)) == 2
    assert send(client, ann.id).json()["ok"]


def test_only_the_last_are_kept() -> None:
    with BotApi(keep=10) as api, httpx.Client(verify=False) as client:
        client.base_url = httpx.URL(f"{api.url}/bot{api.token}/")
        ann = api.person()
        for number in range(30):
            ann.says(str(number))
            send(client, ann.id, str(number))
            ann.presses(ann.messages[-1], data="x")
        assert [len(api.calls), len(ann.chat.log), len(api.callbacks)] == [10, 10, 10]
        assert ann.messages[-1].text == "29"


def test_a_wait_that_fails_says_what_was_seen(api: BotApi, client: Calls) -> None:
    client.post("getMe")
    with pytest.raises(TimeoutError, match="getMe 200"):
        api.wait_for(lambda: False, 0.05)


def test_hundreds_of_connections(api: BotApi) -> None:
    people = [api.person() for _ in range(200)]
    for person in people:
        person.says("hi")

    async def one(person: Person) -> None:
        """Three calls over a connection. Not by httpx: its pool takes seconds for so many."""
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        for _ in range(3):
            path = f"/bot{api.token}/sendMessage?chat_id={person.id}&text=x"
            writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length: ")[1].split()[0])
            assert json.loads(await reader.readexactly(length))["ok"]
        writer.close()

    async def main() -> None:
        await asyncio.gather(*map(one, people))

    asyncio.run(main())
    assert all(len(person.messages) == 3 for person in people)


# python-telegram-bot


def with_bot(api: BotApi, use: Any) -> None:
    async def main() -> None:
        request = HTTPXRequest(connection_pool_size=8, httpx_kwargs={"verify": False})
        settings: dict[str, Any] = {"request": request, "base_url": f"{api.url}/bot"}
        settings["base_file_url"] = f"{api.url}/file/bot"
        async with Bot(api.token, **settings) as bot:
            await use(bot)

    asyncio.run(main())


def test_its_calls(api: BotApi) -> None:
    ann = api.person("Ann", "ru", "ann")
    group = api.group("G", ann, supergroup=True)
    said = ann.says("hello")
    file = io.BytesIO()
    Image.new("L", (4, 3)).save(file, "png")

    async def use(bot: Bot) -> None:
        assert (await bot.get_me()).supports_inline_queries
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="m")]])
        sent = await bot.send_message(
            ann.id, "<b>hi</b>", "HTML", reply_markup=markup, reply_parameters=ReplyParameters(said)
        )
        assert sent.reply_to_message
        assert (sent.reply_to_message.text, sent.text_html) == ("hello", "<b>hi</b>")
        edited = await bot.edit_message_text("new", ann.id, sent.message_id)
        assert edited.edit_date  # type: ignore[union-attr]
        photo = await bot.send_photo(ann.id, file.getvalue(), caption="c", filename="p.png")
        got = await (await photo.photo[0].get_file()).download_as_bytearray()
        assert bytes(got) == file.getvalue()
        media = InputMediaPhoto(file.getvalue(), caption="d")
        assert (await photo.edit_media(media)).caption == "d"  # type: ignore[union-attr]
        assert (await photo.edit_caption("e")).caption == "e"  # type: ignore[union-attr]
        assert await photo.delete()
        assert await bot.send_chat_action(ann.id, "typing")
        assert await bot.set_message_reaction(ann.id, said, "👍")
        commands = [BotCommand("ask", "Ask")]
        scope = BotCommandScopeAllPrivateChats()
        assert await bot.set_my_commands(commands, scope, "az")
        assert await bot.get_my_commands(scope, "az") == tuple(commands)
        assert await bot.get_my_commands() == ()
        assert await bot.delete_my_commands(scope, "az")
        assert await bot.set_my_description("d", "ru")
        assert (await bot.get_my_description("ru")).description == "d"
        assert await bot.set_chat_menu_button(ann.id)
        assert (await bot.get_chat(group.id)).title == "G"
        assert isinstance(await bot.get_chat_member(group.id, bot.id), ChatMemberMember)
        group.promote_bot(ann)
        assert isinstance(await bot.get_chat_member(group.id, bot.id), ChatMemberAdministrator)
        assert len(await bot.get_chat_administrators(group.id)) == 2
        assert await bot.leave_chat(group.id)
        query = ann.presses(sent.message_id, data="m")
        assert await bot.answer_callback_query(query.id, "done", show_alert=True)
        assert (query.answers[0]["text"], query.answers[0]["show_alert"]) == ("done", "true")
        typed = ann.types_inline("water", "o")
        result = InlineQueryResultArticle(
            "1", "T", InputTextMessageContent("<i>t</i>", "HTML"), markup, url="https://a.bc/"
        )
        assert await bot.answer_inline_query(typed.id, [result], 5, True, next_offset="2")
        assert (typed.results[0]["title"], typed.answers[0]["next_offset"]) == ("T", "2")
        assert ann.chooses(typed, "1").entities_of("italic")
        assert (await bot.get_webhook_info()).url == ""
        assert await bot.set_webhook("http://127.0.0.1:9/", b"certificate", secret_token="s")
        assert await bot.delete_webhook(drop_pending_updates=True)

    with_bot(api, use)


def test_it_reads_every_kind_of_update(api: BotApi) -> None:
    ann, bela = api.person("Ann"), api.person("Bela", None)
    group, channel = api.group("G", ann, bela), api.channel()
    said = ann.says("/start x")
    ann.edits(said, "/start y")
    for kind in SENT:
        bela.sends(kind)
    channel.edit_post(channel.post("news"), "other news")
    group.remove_bot(ann)
    group.add_bot(bela)
    group.restrict_bot(ann)
    group.migrate()
    bela.blocks()
    ann.presses(said, data="forged")
    ann.types_inline("q")
    read: list[Update] = []

    async def use(bot: Bot) -> None:
        read.extend(await bot.get_updates())

    with_bot(api, use)
    assert len(read) == len(api.pending)
    for update, raw in zip(read, api.pending, strict=True):
        assert_held(raw, json.loads(update.to_json()))
    assert read[0].message
    assert read[0].message.parse_entities(["bot_command"]).popitem()[1] == "/start"


def assert_held(part: Any, whole: Any) -> None:
    """Nothing of the update was lost in reading; what is false by default may be added."""
    if isinstance(part, dict):
        for key, value in part.items():
            assert_held(value, whole[key])
    elif isinstance(part, list):
        for value, other in zip(part, whole, strict=True):
            assert_held(value, other)
    else:
        assert part == whole


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_it_sees_errors_for_what_they_are(api: BotApi) -> None:
    ann = api.person()
    ann.says("hi")

    async def fails(what: Coroutine[Any, Any, Any], error: type[Exception], words: str) -> None:
        with pytest.raises(error, match=words):
            await what

    async def use(bot: Bot) -> None:
        await fails(bot.send_message(5, "x"), BadRequest, "Chat not found")
        await fails(bot.send_message(ann.id, "<b>", "HTML"), BadRequest, "parse entities")
        api.faults.next(
            "sendMessage", Fault("429", 7), "500", "502", "drop", "garbage", "409", "403", "401"
        )
        send = bot.send_message
        await fails(send(ann.id, "x"), RetryAfter, "Retry in 7")
        await fails(send(ann.id, "x"), NetworkError, "Internal Server Error")
        await fails(send(ann.id, "x"), NetworkError, "Bad Gateway")
        await fails(send(ann.id, "x"), NetworkError, "disconnected")
        await fails(send(ann.id, "x"), Exception, "Invalid server response")
        await fails(send(ann.id, "x"), Conflict, "terminated by other getUpdates")
        await fails(send(ann.id, "x"), Forbidden, "blocked by the user")
        await fails(send(ann.id, "x"), InvalidToken, "Unauthorized")
        assert len(ann.messages) == 1  # the one whose answer was garbage

    started = time.monotonic()
    with_bot(api, use)
    assert time.monotonic() - started < 20
