"""The world behind real HTTP: `BotApi` serves it on 127.0.0.1 from a thread of its own."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
import traceback
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import tornado.httpclient
import tornado.httpserver
import tornado.web

from .checks import Json, Parameters, Refusal, bad
from .faults import Fault, Faults, Limits
from .methods import NAMES, WRITING, Methods, logged
from .world import World

TOKEN = "1234567890:AAInventedForTests-notARealToken_00"
TAKEN_OVER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is "
    "running"
)
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete "
    "the webhook first"
)
WORDS = {
    "500": (500, "Internal Server Error"),
    "401": (401, "Unauthorized"),
    "403": (403, "Forbidden: bot was blocked by the user"),
    "409": (409, TAKEN_OVER),
}
BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center>"
    "<h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass
class Call:
    """A call as it was answered; the status is 0 where no answer went out."""

    method: str
    parameters: Json
    at: float  # seconds, time.monotonic()
    status: int = 0
    description: str = ""  # of the error
    fault: str = ""
    took: float = 0.0  # seconds


class BotApi(World):
    """A strict Bot API server for one bot; `with BotApi() as api: …` runs it.

    Attributes:
        url: where it listens; `{url}/bot` and `{url}/file/bot` are the bases for clients.
        calls: every call, the last `keep` of them if that is given.
        faults: what goes wrong on purpose.
        limits: how fast the bot may write, and where it wrote faster.
    """

    def __init__(
        self,
        token: str = TOKEN,
        *,
        port: int = 0,
        keep: int | None = None,
        privacy: bool = True,
        seed: int = 0,
        limits: Limits | None = None,
    ) -> None:
        super().__init__(token, keep=keep, privacy=privacy)
        self.port = port
        self.revoked = False
        self.calls: deque[Call] = deque(maxlen=keep)
        self.faults = Faults(seed)
        self.limits = limits or Limits()
        self.methods = Methods(self)
        self.errors: list[str] = []  # of this server itself; raised at its end
        self.webhook: Json = {"url": ""}
        self.webhook_retry = 0.1  # seconds until an update that was refused is sent again
        self._loop: asyncio.AbstractEventLoop | None = None
        self._secret = ""
        self._poll: asyncio.Future[str] | None = None
        self._in_flight: set[int] = set()
        self._failed: Json = {}

    # running

    def __enter__(self) -> BotApi:
        self.start()
        return self

    def start(self) -> None:
        """Serves, on the port it had if it was stopped before; nothing is forgotten between."""
        self._poll, self._in_flight = None, set()
        started: threading.Event = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._main(started)), name="botapi", daemon=True
        )
        self._thread.start()
        if not started.wait(10):
            raise RuntimeError("the Bot API server did not start")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self.errors and error is None:
            raise AssertionError("\n".join(self.errors))

    def revoke(self, revoked: bool = True) -> None:
        """Every call is answered 401 from now on, a waiting poll at once; False takes it back."""
        with self.acting():
            self.revoked = revoked

    def stop(self) -> None:
        """Closes every connection and ends the thread."""
        if self._loop and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(10)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def polling(self) -> bool:
        """A long poll waits for updates now: the bot is there and has read everything."""
        return self._poll is not None and not self._poll.done()

    def calls_of(self, *methods: str) -> list[Call]:
        """The calls of these methods, oldest first."""
        with self.lock:
            return [call for call in self.calls if call.method in methods]

    def last_seen(self) -> str:
        """For the message of a failed wait."""
        last = [f"{call.method} {call.status} {call.description}" for call in [*self.calls][-5:]]
        return f"{super().last_seen()}; last calls: {last}"

    def changed(self) -> None:
        """Wakes those who wait, the long poll and the webhook among them."""
        super().changed()
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._look)

    async def _main(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        self._deliveries: set[asyncio.Task[None]] = set()
        rules = [("", _Call), ("/file", _File)]
        application = tornado.web.Application(
            [(rf"{path}/bot([^/]*)/(.*)", handler, {"api": self}) for path, handler in rules],
            log_function=lambda handler: None,
        )
        server = tornado.httpserver.HTTPServer(application, max_body_size=64 << 20)
        sockets = tornado.netutil.bind_sockets(self.port, "127.0.0.1", backlog=1024)
        server.add_sockets(sockets)
        self.port = sockets[0].getsockname()[1]
        self._client = tornado.httpclient.AsyncHTTPClient(force_instance=True, max_clients=100)
        started.set()
        await self._end.wait()
        server.stop()
        for task in self._deliveries:
            task.cancel()
        self._client.close()
        await server.close_all_connections()

    def _look(self) -> None:
        if self._poll and self.polling:
            self._poll.set_result("changed")
        if self.webhook["url"] and not self._end.is_set():
            self._deliver()

    # updates

    async def poll(self, values: Parameters, gone: asyncio.Event) -> list[Json]:
        """getUpdates; ends an earlier one that still waits."""
        with self.lock:
            values.known("getUpdates")
            self._allow(values)
        limit = values.integer("limit", 100)
        limit = limit if 1 <= limit <= 100 else 100  # as Telegram does with others
        offset, wait = values.integer("offset"), min(max(values.integer("timeout"), 0), 50)
        if self._poll and self.polling:
            self._poll.set_result("taken over")
        end = time.monotonic() + wait
        while not gone.is_set():
            mine = self._poll = asyncio.get_running_loop().create_future()
            with self.lock:
                if self.revoked:
                    raise Refusal(401, "Unauthorized")
                if self.webhook["url"]:
                    raise Refusal(409, WEBHOOK_ACTIVE)
                updates = self.take(offset, limit)
                faults = self.faults
                if updates:
                    again, mix = faults.duplicate_updates, faults.shuffle_updates
                    return self.disturb(updates, faults.random, again, mix)
                left = end - time.monotonic()
                if left <= 0:
                    return []
                self.lock.notify_all()  # for those who wait for `polling`
            done, _ = await asyncio.wait([mine], timeout=left)
            if done and mine.result() == "taken over":
                raise Refusal(409, TAKEN_OVER)
            if self._poll is not mine:
                raise Refusal(409, TAKEN_OVER)
        return []

    def set_webhook(self, values: Parameters) -> bool:
        """setWebhook and deleteWebhook; plain http is served, as by a local Bot API server."""
        url = values.text("url")
        secret = values.text("secret_token")
        if url and not re.match(r"https?://[^\s/]+", url):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[\w-]{0,256}", secret, re.ASCII):
            raise bad("secret token contains unallowed characters")
        connections = values.integer("max_connections", 40)
        if not 1 <= connections <= 100:
            raise bad("max_connections must be in the range 1-100")
        if url:
            self._allow(values)
        if values.flag("drop_pending_updates"):
            self.pending.clear()
        self._secret, self._failed = secret, {}
        self.webhook = {"url": url, "max_connections": connections} if url else {"url": ""}
        self.changed()
        return True

    def webhook_info(self) -> Json:
        """getWebhookInfo."""
        info = {**self.webhook, "has_custom_certificate": False, **self._failed}
        info["pending_update_count"] = len(self.pending)
        return info | ({"allowed_updates": self.allowed} if self.allowed else {})

    def _allow(self, values: Parameters) -> None:
        kinds = values.json("allowed_updates", list)
        if kinds is not None:
            self.allowed = kinds or None

    def _deliver(self) -> None:
        """Starts sending what is pending, over at most max_connections."""
        with self.lock:
            free = self.webhook["max_connections"] - len(self._in_flight)
            for update in list(self.pending)[: free + len(self._in_flight)]:
                if update["update_id"] not in self._in_flight:
                    self._in_flight.add(update["update_id"])
                    task = asyncio.get_running_loop().create_task(self._send(update))
                    self._deliveries.add(task)
                    task.add_done_callback(self._deliveries.discard)

    async def _send(self, update: Json) -> None:
        again = self.faults.random.random() < self.faults.duplicate_updates
        try:
            await self._post(update)
            if again:
                await self._post(update)
        except Exception as error:  # whatever went wrong, it is sent again
            self._failed = {"last_error_date": self.now(), "last_error_message": str(error)}
            await asyncio.sleep(self.webhook_retry)
        else:
            with self.acting():
                if update in self.pending:
                    self.pending.remove(update)
                    self.confirmed.append(update)
        finally:
            self._in_flight.discard(update["update_id"])
            self._look()

    async def _post(self, update: Json) -> None:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        body = json.dumps(update)
        await self._client.fetch(
            self.webhook["url"], method="POST", headers=headers, body=body, request_timeout=30
        )


class _Handler(tornado.web.RequestHandler):
    def initialize(self, api: BotApi) -> None:
        self.api = api
        self.gone = asyncio.Event()

    def on_connection_close(self) -> None:
        self.gone.set()
        if self.api._poll and not self.api._poll.done():
            self.api._poll.set_result("changed")  # this poll may be the one that waits

    def check_token(self, token: str) -> None:
        if not re.fullmatch(r"\d+:[\w-]{20,}", token, re.ASCII):
            raise Refusal(404, "Not Found")
        if token != self.api.token or self.api.revoked:
            raise Refusal(401, "Unauthorized")

    def answer(self, status: int, body: Json) -> None:
        self.set_status(status)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(body))

    def refuse(self, error: Refusal) -> None:
        body: Json = {"ok": False, "error_code": error.status, "description": error.description}
        if error.parameters:
            body["parameters"] = error.parameters
        self.answer(error.status, body)


class _Call(_Handler):
    async def get(self, token: str, name: str) -> None:
        await self._serve(token, name)

    async def post(self, token: str, name: str) -> None:
        await self._serve(token, name)

    async def _serve(self, token: str, name: str) -> None:
        api = self.api
        method = NAMES.get(name.lower(), name)
        call = Call(method, {}, time.monotonic())
        try:
            self.check_token(token)
            if method not in NAMES.values():
                raise Refusal(404, "Not Found")
            values = self._parameters()
            call.parameters = logged(values)
            with api.lock:
                chat_id = call.parameters.get("chat_id")
                fault = api.faults.pick(method, chat_id)
            result = await self._result(method, values, call, fault)
        except Refusal as refusal:
            error = refusal  # the name of the clause is gone when the answer goes out
            self._note(call, error.status, error.description)
            self._attempt(lambda: self.refuse(error))
        except _NoAnswer as cut:
            self._note(call, cut.status)
        except Exception:
            api.errors.append(f"{method}: {traceback.format_exc()}")
            self._note(call, 500, "a fault of the test server")
            self._attempt(lambda: self.refuse(Refusal(500, "Internal Server Error")))
        else:
            self._note(call, 200)
            self._attempt(lambda: self.answer(200, {"ok": True, "result": result}))

    async def _result(
        self, method: str, values: Parameters, call: Call, fault: Fault | None
    ) -> Any:
        kind = call.fault = fault.kind if fault else ""
        if fault and kind == "429":
            wait = max(int(fault.seconds), 1)
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        if kind in WORDS:
            raise Refusal(*WORDS[kind])
        if kind == "502":
            self.set_status(502)
            self.finish(BAD_GATEWAY)
            raise _NoAnswer(502)
        if kind == "drop":
            self._cut()
        if kind == "hang":
            await self.gone.wait()
            raise _NoAnswer
        if fault and kind == "slow":
            await asyncio.sleep(fault.seconds)
        result = await self._done(method, values)
        if kind == "lost":
            self._cut()
        if kind == "garbage":
            self.finish('{"ok":true,"result":{"message_id":')
            raise _NoAnswer(200)
        return result

    async def _done(self, method: str, values: Parameters) -> Any:
        api = self.api
        if method == "getUpdates":
            return await api.poll(values, self.gone)
        with api.acting():
            if method in WRITING:
                self._count(method, values)
            if method in ("setWebhook", "deleteWebhook"):
                values.known(method)
                return api.set_webhook(values)
            if method == "getWebhookInfo":
                values.known(method)
                return api.webhook_info()
            result = api.methods.call(method, values)
            return json.loads(json.dumps(result))  # as it is now, whatever happens next

    def _count(self, method: str, values: Parameters) -> None:
        name = values.text("chat_id")
        chat = self.api.chats.get(int(name)) if name.lstrip("-").isdecimal() else None
        if chat:
            wait = self.api.limits.check(method, chat.id, chat.person is not None)
            if wait:
                raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def _parameters(self) -> Parameters:
        kind = self.request.headers.get("Content-Type", "").split(";")[0]
        values: Json = {}
        files: dict[str, tuple[str, bytes]] = {}
        try:
            for name, given in self.request.arguments.items():
                values[name] = given[-1].decode()
            if kind == "application/json" and self.request.body:
                values |= json.loads(self.request.body)
        except UnicodeDecodeError:
            raise bad("strings must be encoded in UTF-8") from None
        except (ValueError, TypeError):
            raise bad("can't parse request body as JSON object") from None
        for name, parts in self.request.files.items():
            files[name] = (parts[-1]["filename"], parts[-1]["body"])
        return Parameters(values, files)

    def _cut(self) -> None:
        self.detach().close()
        raise _NoAnswer

    def _attempt(self, answer: Any) -> None:
        """The client may have gone."""
        if not self._finished and not self.gone.is_set():
            answer()

    def _note(self, call: Call, status: int, description: str = "") -> None:
        call.status, call.description = status, description
        call.took = time.monotonic() - call.at
        with self.api.lock:
            self.api.calls.append(call)
            self.api.lock.notify_all()


class _File(_Handler):
    def get(self, token: str, path: str) -> None:
        try:
            self.check_token(token)
            if path not in self.api.files:
                raise Refusal(404, "Not Found")
        except Refusal as error:
            self.refuse(error)
        else:
            self.finish(self.api.files[path])


class _NoAnswer(Exception):
    """The connection was cut (0), or answered already with something that is no answer."""

    def __init__(self, status: int = 0) -> None:
        super().__init__()
        self.status = status
