"""A local Discord: the REST calls and the gateway that the bot uses, over real HTTP and a real WebSocket on loopback.

It behaves as Discord is documented to where the bot depends on it (nonces, threads that take their message's id, one acknowledgement an
interaction, tokens that belong to their interaction), and fails where it is told to. It stands in because the real one cannot run here.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

Json = dict[str, Any]

BOT, APPLICATION, BOT_ROLE = "100000000000000001", "100000000000000002", "100000000000000003"
GUILD, HELPERS_ROLE, SOLVED_TAG = "200000000000000001", "200000000000000002", "200000000000000003"
GENERAL, FORUM, VOICE = "300000000000000001", "300000000000000002", "300000000000000003"
ANNA, BEN, ROBOT = "400000000000000001", "400000000000000002", "400000000000000003"
TOKEN = "local-token"

UNKNOWN_CHANNEL = ({"message": "Unknown Channel", "code": 10003}, 404)

_EPOCH = 1_420_070_400_000
CONTENT_FLAG = 1 << 19


@dataclass
class Fault:
    """Answers the next `times` requests that match with `status`, `code` and `headers`."""

    method: str
    path: str
    status: int
    code: int = 0
    times: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    after: bool = False  # the call happens, and only its answer is lost


@dataclass
class Request:
    method: str
    path: str
    body: Any
    at: float
    headers: Mapping[str, str]


class Socket:
    """One gateway connection."""

    def __init__(self, ws: web.WebSocketResponse) -> None:
        self.ws = ws
        self.sequence = itertools.count(1)
        self.session = ""
        self.shard = [0, 1]

    async def send(self, op: int, d: Any = None, t: str | None = None) -> None:
        message: Json = {"op": op, "d": d, "s": next(self.sequence) if op == 0 else None, "t": t}
        if not self.ws.closed:
            await self.ws.send_str(json.dumps(message))


class Peer:
    def __init__(self, *, content: bool = True) -> None:
        self.content = content
        self.token = TOKEN
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.messages: dict[str, list[Json]] = defaultdict(list)
        self.private: dict[str, list[Json]] = defaultdict(list)  # by interaction token: what only its person sees
        self.acknowledged: dict[str, Json] = {}  # by interaction id: the callback's body
        self.threads: dict[str, Json] = {}
        self.dms: dict[str, str] = {}
        self.commands: list[Json] = []
        self.command_writes = 0
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.sockets: list[Socket] = []
        self.close_with: list[int] = []  # close codes for the next identifications
        self.files: dict[str, bytes] = {}
        self.typing: list[str] = []
        self.at_request: Callable[[str, str], object] | None = None  # called when a request is done and not yet answered
        self.missed: list[tuple[str, Json]] = []  # what is told when a session is resumed
        self.heartbeats = 0
        self.heartbeat_seconds = 30.0
        self.answers_heartbeats = True
        self.starts_left: int | None = None
        self.member = True  # of the one server that there is
        self.owner = BEN
        self.roles: dict[str, int] = {}  # what roles grant; GUILD is @everyone
        self.overwrites: dict[str, list[Json]] = {}  # by channel
        self.mentionable = True  # the helpers' role
        self.by_shard = False  # else every connection is told everything, as two overlapping processes are
        self.bucket: tuple[int, float] | None = None  # so many posts and edits a channel in so many seconds
        self.refused_by_bucket = 0
        self._used: dict[str, list[float]] = defaultdict(list)
        self._dead_tokens: set[str] = set()
        self._token_of: dict[str, str] = {}
        self._clicked: dict[str, str] = {}
        self._ids = itertools.count(1)
        self._moved = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.port = 0

    # --- up and down ---

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/files/{name}", self._file)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for socket in self.sockets:
            if not socket.ws.closed:
                await socket.ws.close(code=1001)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v10"

    @property
    def gateway(self) -> str:
        return f"ws://127.0.0.1:{self.port}/gateway"

    def snowflake(self) -> str:
        return str(((int(time.time() * 1000) - _EPOCH) << 22) + next(self._ids) % 4096)

    async def until(self, true: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Waits until `true` holds; what it gave. Says what was seen instead when it never does."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if found := true():
                        return found
                    async with self._moved:
                        try:
                            async with asyncio.timeout(0.05):
                                await self._moved.wait()
                        except TimeoutError:
                            continue
        except TimeoutError:
            seen = [f"{request.method} {request.path} {json.dumps(request.body)[:300]}" for request in self.requests[-15:]]
            raise AssertionError("it never came; the last calls were:\n" + "\n".join(seen)) from None

    async def _moves(self) -> None:
        async with self._moved:
            self._moved.notify_all()

    # --- REST ---

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        assert "Authorization" not in request.headers, "the token must not be sent to a file server"
        if name == "moved":
            return web.Response(status=302, headers={"Location": "/files/secret"})
        return web.Response(body=self.files[name])

    async def _rest(self, request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        raw = await request.text()
        body = json.loads(raw) if raw else None
        self.requests.append(Request(request.method, path, body, time.monotonic(), dict(request.headers)))
        for fault in self.faults:
            if fault.times and fault.method == request.method and re.fullmatch(fault.path, path):
                fault.times -= 1
                if fault.after:
                    await self._answer(request, path, body)
                await self._moves()
                return _json({"message": "no", "code": fault.code, **fault.body}, fault.status, fault.headers)
        if request.headers.get("Authorization") != f"Bot {self.token}" and not path.startswith(("/webhooks", "/interactions")):
            return _json({"message": "401: Unauthorized", "code": 0}, 401)
        if (limited := self._limit(request.method, path)) is not None and limited["X-RateLimit-Remaining"] == "-1":
            self.refused_by_bucket += 1
            seconds = float(limited["X-RateLimit-Reset-After"])
            return _json({"message": "slow", "retry_after": seconds, "global": False}, 429, {"Via": "1.1 google"})
        answer = await self._answer(request, path, body)
        if self.at_request is not None:
            self.at_request(request.method, path)
        answer.headers.update(limited or {})
        if path.endswith("/threads") and answer.status == 200:
            await self.dispatch("THREAD_CREATE", {**self.threads[path.split("/")[-2]], "newly_created": True})
        await self._moves()
        return answer

    def _limit(self, method: str, path: str) -> dict[str, str] | None:
        """The headers of a channel's bucket; a remaining of -1 is one too many."""
        found = re.fullmatch(r"/channels/(\d+)/messages(/\d+)?", path)
        if self.bucket is None or found is None or method not in ("POST", "PATCH"):
            return None
        most, seconds = self.bucket
        now = time.monotonic()
        used = self._used[found[1]] = [at for at in self._used[found[1]] if now - at < seconds]
        left = most - len(used) - 1
        if left >= 0:
            used.append(now)
        rest = f"{seconds - (now - used[0]):.3f}"
        return {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + float(rest):.3f}",
            "X-RateLimit-Reset-After": rest,
            "X-RateLimit-Bucket": f"bucket-{method}",
        }

    async def _answer(self, request: web.Request, path: str, body: Any) -> web.Response:
        method = request.method
        for verb, pattern, handler in self._routes():
            if verb == method and (found := re.fullmatch(pattern, path)):
                result = handler(body, *found.groups())
                if isinstance(result, tuple):
                    return _json(result[0], result[1])
                return web.Response(status=204) if result is None else _json(result)
        return _json({"message": "404: Not Found", "code": 0}, 404)

    def _routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        number, token = r"(\d+)", r"([\w.-]+)"
        return [
            ("GET", "/users/@me", lambda _: {"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None, "bot": True}),
            ("GET", "/users/@me/guilds", lambda _: self._guilds()),
            ("GET", "/oauth2/applications/@me", lambda _: self._application()),
            ("GET", "/gateway/bot", lambda _: self._gateway_bot()),
            ("GET", f"/applications/{number}/commands", lambda _, app: self.commands),
            ("PUT", f"/applications/{number}/commands", self._put_commands),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", f"/channels/{number}/messages/{number}", lambda _, channel, message: self._one(channel, message)),
            ("GET", f"/channels/{number}/messages", lambda _, channel: self._history(channel)),
            ("POST", f"/channels/{number}/messages", self._post),
            ("PATCH", f"/channels/{number}/messages/{number}", self._edit),
            ("DELETE", f"/channels/{number}/messages/{number}", self._delete),
            ("POST", f"/channels/{number}/messages/{number}/threads", self._open_thread),
            ("GET", f"/channels/{number}", lambda _, channel: self.threads.get(channel) or UNKNOWN_CHANNEL),
            ("PATCH", f"/channels/{number}", lambda body, channel: {"id": channel, "type": 11, **body}),
            ("POST", f"/channels/{number}/typing", lambda _, channel: self.typing.append(channel)),
            ("POST", f"/interactions/{number}/{token}/callback", self._callback),
            ("POST", f"/webhooks/{number}/{token}", self._follow_up),
            ("PATCH", f"/webhooks/{number}/{token}/messages/([@\\w]+)", self._edit_webhook),
        ]

    def _application(self) -> Json:
        owner = {"id": ANNA, "username": "anna", "discriminator": "0", "avatar": None}
        common = {"id": APPLICATION, "name": "Postmaster", "description": "", "icon": None, "summary": ""}
        flags = CONTENT_FLAG if self.content else 0
        return {**common, "flags": flags, "bot_public": True, "bot_require_code_grant": False, "verify_key": "", "owner": owner}

    def _guilds(self) -> list[Json]:
        granted = self.roles.get(GUILD, 0) | self.roles.get(BOT_ROLE, 0)
        one: Json = {"id": GUILD, "name": "Help", "icon": None, "features": [], "owner": self.owner == BOT, "permissions": str(granted)}
        return [one] if self.member else []

    def _gateway_bot(self) -> Json:
        left = 1000 - len(self.identifies) if self.starts_left is None else self.starts_left
        limit = {"total": 1000, "remaining": left, "reset_after": 300 if left == 0 else 0, "max_concurrency": 1}
        return {"url": self.gateway, "shards": 1, "session_start_limit": limit}

    def _put_commands(self, body: list[Json], application: str) -> list[Json]:
        self.command_writes += 1
        self.commands = [{"id": self.snowflake(), "application_id": application, "version": "1", **command} for command in body]
        return self.commands

    def _open_dm(self, body: Json) -> Json:
        channel = self.dms.setdefault(body["recipient_id"], self.snowflake())
        return {"id": channel, "type": 1, "recipients": []}

    def _post(self, body: Json, channel: str) -> Any:
        wrong = problem_with(body)
        if wrong:
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        if body.get("enforce_nonce"):
            for message in self.messages[channel]:
                if message.get("nonce") == body["nonce"] and message["author"]["id"] == BOT:
                    return message
        message = {"id": self.snowflake(), "channel_id": channel, "author": {"id": BOT, "bot": True}, "edits": [], **body}
        self.messages[channel].append(message)
        return message

    def _history(self, channel: str) -> list[Json]:
        """Newest first, and without nonces: Discord does not keep them."""
        newest = [{**one, "components": _numbered(one.get("components") or [])} for one in self.messages[channel][:-51:-1]]
        if channel in self.threads and len(newest) < 50 and channel not in {one["id"] for one in newest}:
            newest.append(self._starter(channel))
        return [{name: value for name, value in one.items() if name not in ("nonce", "enforce_nonce")} for one in newest]

    def _starter(self, thread: str) -> Json:
        """What a thread under a message begins with: a notice that quotes the message, as long as it is there."""
        parent = self.threads[thread]["parent_id"]
        root = next((one for one in self.messages[parent] if one["id"] == thread), None)
        return {
            "id": str(int(thread) + 1),
            "channel_id": thread,
            "type": 21,
            "author": _user(ANNA),
            "content": "",
            "referenced_message": root,
        }

    def _one(self, channel: str, message: str) -> Any:
        found = next((one for one in self.messages[channel] if one["id"] == message), None)
        return found if found is not None else ({"message": "Unknown Message", "code": 10008}, 404)

    def _edit(self, body: Json, channel: str, message: str) -> Any:
        found = next((one for one in self.messages[channel] if one["id"] == message), None)
        if found is None:
            return {"message": "Unknown Message", "code": 10008}, 404
        wrong = problem_with({**found, **body})
        if wrong:
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        found["edits"].append(body)
        found.update(body)
        return found

    def _delete(self, _body: None, channel: str, message: str) -> None:
        self.messages[channel] = [one for one in self.messages[channel] if one["id"] != message]

    def _open_thread(self, body: Json, channel: str, message: str) -> Any:
        if message in self.threads:
            return {"message": "A thread has already been created for this message", "code": 160004}, 400
        assert 1 <= len(body["name"]) <= 100
        self.threads[message] = {
            "id": message,
            "type": 11,
            "guild_id": GUILD,
            "parent_id": channel,
            "owner_id": BOT,
            "name": body["name"],
            "message_count": 0,
            "member_count": 1,
            "thread_metadata": {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": _now(), "locked": False},
        }
        return self.threads[message]

    def _callback(self, body: Json, interaction: str, token: str) -> Any:
        if self._token_of.get(interaction) != token or token in self._dead_tokens:
            return {"message": "Unknown interaction", "code": 10062}, 404
        if interaction in self.acknowledged:
            return {"message": "Interaction has already been acknowledged.", "code": 40060}, 400
        data = body.get("data") or {}
        if body["type"] in (4, 7) and (wrong := problem_with({"flags": 1 << 15, **data})):
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        self.acknowledged[interaction] = body
        if body["type"] in (4, 5):
            self.private[token].append({"id": "@original", "thinking": body["type"] == 5, **data})
        if body["type"] == 7:
            for message in itertools.chain(*self.messages.values(), self.private[token]):
                if message["id"] == self._clicked.get(interaction):
                    message.setdefault("edits", []).append(data)
                    message.update(data)
        return None

    def _follow_up(self, body: Json, application: str, token: str) -> Any:
        if token in self._dead_tokens:
            return {"message": "Invalid Webhook Token", "code": 50027}, 401
        if wrong := problem_with(body):
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        message = {"id": self.snowflake(), **body}
        self.private[token].append(message)
        return message

    def _edit_webhook(self, body: Json, application: str, token: str, message: str) -> Any:
        if token in self._dead_tokens:
            return {"message": "Invalid Webhook Token", "code": 50027}, 401
        if token not in self._token_of.values():
            return {"message": "Unknown Webhook", "code": 10015}, 404
        if wrong := problem_with(body):
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        found = next((one for one in self.private[token] if one["id"] == message), None)
        if found is None:
            found = {"id": message}
            self.private[token].append(found)
        found.update(body, thinking=False, flags=int(body.get("flags") or 0) | 64)
        return found

    # --- gateway ---

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        socket = Socket(ws)
        await socket.send(10, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
        async for frame in ws:
            if frame.type is not WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            match message["op"]:
                case 1:
                    self.heartbeats += 1
                    if self.answers_heartbeats:
                        await socket.send(11)
                case 2:
                    self.identifies.append(message["d"])
                    if self.close_with:
                        await ws.close(code=self.close_with.pop(0))
                        break
                    await self._welcome(socket, message["d"])
                case 6:
                    self.resumes.append(message["d"])
                    for t, d in self.missed:
                        await socket.send(0, d, t)
                    self.missed.clear()
                    self.sockets.append(socket)
                    await socket.send(0, {}, "RESUMED")
            await self._moves()
        if socket in self.sockets:
            self.sockets.remove(socket)
        return ws

    async def _welcome(self, socket: Socket, identify: Json) -> None:
        socket.session, socket.shard = f"session{len(self.identifies)}", identify.get("shard", [0, 1])
        ready = {
            "v": 10,
            "user": {"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None, "bot": True},
            "guilds": [{"id": GUILD, "unavailable": True}] if self.member else [],
            "session_id": socket.session,
            "resume_gateway_url": self.gateway,
            "application": {"id": APPLICATION, "flags": CONTENT_FLAG if self.content else 0},
            "shard": socket.shard,
        }
        await socket.send(0, ready, "READY")
        if self.member:
            await socket.send(0, self.guild(), "GUILD_CREATE")
        self.sockets.append(socket)

    def guild(self) -> Json:
        role = {
            "permissions": "0",
            "color": 0,
            "colors": {},
            "position": 1,
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        channel = {"guild_id": GUILD, "position": 0, "parent_id": None, "nsfw": False}
        managed = {"managed": True, "tags": {"bot_id": BOT}}
        tag = {"moderated": False, "emoji_id": None, "emoji_name": None}
        member = {"roles": [BOT_ROLE], "joined_at": _now(), "deaf": False, "mute": False, "flags": 0}
        return {
            "id": GUILD,
            "name": "Help",
            "owner_id": self.owner,
            "member_count": 3,
            "roles": [
                {**role, "id": GUILD, "name": "@everyone", "permissions": str(self.roles.get(GUILD, 0))},
                {**role, "id": BOT_ROLE, "name": "Postmaster", **managed, "permissions": str(self.roles.get(BOT_ROLE, 0))},
                {**role, "id": HELPERS_ROLE, "name": "Helpers", "mentionable": self.mentionable},
            ],
            "channels": [
                {**channel, **one, "permission_overwrites": self.overwrites.get(str(one["id"]), [])}
                for one in (
                    {"id": GENERAL, "type": 0, "name": "general"},
                    {"id": VOICE, "type": 2, "name": "Voice", "bitrate": 64000, "user_limit": 0},
                    {"id": FORUM, "type": 15, "name": "help", "available_tags": [{**tag, "id": SOLVED_TAG, "name": "Solved"}]},
                )
            ],
            "threads": list(self.threads.values()),
            "members": [{**member, "user": {"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None, "bot": True}}],
            "emojis": [],
            "stickers": [],
            "features": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    async def dispatch(self, t: str, d: Json) -> None:
        """To whom Discord sends it: the shard of its server, or the first shard for what is in none."""
        guild = int(d.get("guild_id") or 0)
        for socket in list(self.sockets):
            if not self.by_shard or (guild >> 22) % socket.shard[1] == socket.shard[0]:
                await socket.send(0, d, t)

    # --- people ---

    def said(self, content: str, channel: str = GENERAL, author: str = ANNA, **more: Any) -> Json:
        """The payload of a message; a mention of the bot in `content` is in `mentions`, as Discord does it."""
        id = more.pop("id", None) or self.snowflake()
        named = [{"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None, "bot": True}] if f"<@{BOT}>" in content else []
        message = {
            "id": id,
            "channel_id": channel,
            "guild_id": GUILD,
            "author": _user(author),
            "member": {"roles": [], "joined_at": _now(), "deaf": False, "mute": False, "flags": 0},
            "content": content,
            "timestamp": _now(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": named,
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": 0,
            "components": [],
            **({"position": 1} if channel in self.threads else {}),
            **more,
        }
        if not self.content and not named and message.get("guild_id") and not _answers_bot(message):
            message["content"], message["attachments"] = "", []
        return {name: value for name, value in message.items() if value is not None or name == "edited_timestamp"}

    async def say(self, content: str, channel: str = GENERAL, author: str = ANNA, **more: Any) -> Json:
        message = self.said(content, channel, author, **more)
        self.messages[channel].append(message)
        await self.dispatch("MESSAGE_CREATE", message)
        return message

    async def mention(self, content: str, **more: Any) -> Json:
        return await self.say(f"<@{BOT}> {content}", **more)

    def interaction(
        self, kind: int, data: Json, *, channel: str = GENERAL, author: str = ANNA, guild: str | None = GUILD, **more: Any
    ) -> Json:
        id = self.snowflake()
        token = f"token-{id}"
        self._token_of[id] = token
        user = _user(author)
        who: Json = {"user": user}
        if guild:
            permissions, roles = more.pop("permissions", "0"), more.pop("roles", [])
            who = {"guild_id": guild, "member": {"user": user, "roles": roles, "permissions": permissions, "joined_at": _now(), "flags": 0}}
            who["member"] |= {"deaf": False, "mute": False}
        kind_of_channel = more.pop("channel_type", 11 if channel in self.threads else 0)
        return {
            "id": id,
            "application_id": APPLICATION,
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": channel,
            "channel": {"id": channel, "type": kind_of_channel},
            "locale": "de",
            "guild_locale": "en-US",
            "app_permissions": "0",
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild} if guild else {"1": author},
            "context": 0 if guild else 2,
            "attachment_size_limit": 10_485_760,
            **who,
            **more,
        }

    async def press(self, message: Json, custom_id: str, *, value: str | None = None, author: str = ANNA, **more: Any) -> Json:
        channel = more.pop("channel", message.get("channel_id", GENERAL))
        data: Json = {"custom_id": custom_id, "component_type": 2}
        if value is not None:
            data |= {"component_type": 3, "values": [value]}
        shown = self._as_clicked(message, channel)
        payload = self.interaction(3, data, channel=channel, author=author, message=shown, **more)
        self._clicked[payload["id"]] = message["id"]
        await self.dispatch("INTERACTION_CREATE", payload)
        return payload

    async def send_modal(self, modal: Json, values: Mapping[str, str], message: Json | None = None, **more: Any) -> Json:
        rows = [
            {"type": 18, "id": n, "component": {"type": 4, "id": n, "custom_id": key, "value": value}}
            for n, (key, value) in enumerate(values.items())
        ]
        if message is not None:
            more |= {"message": self._as_clicked(message, str(message.get("channel_id", GENERAL)))}
        payload = self.interaction(5, {"custom_id": modal["custom_id"], "components": rows}, **more)
        await self.dispatch("INTERACTION_CREATE", payload)
        return payload

    def _as_clicked(self, message: Json, channel: str) -> Json:
        """A message as it comes with a click on it."""
        return {
            "id": str(message["id"]) if str(message["id"]).isdecimal() else self.snowflake(),
            "channel_id": channel,
            "author": {"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None},
            "content": "",
            "timestamp": _now(),
            "edited_timestamp": None,
            "tts": False,
            "type": 0,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "pinned": False,
            "attachments": [],
            "embeds": [],
            "components": _numbered(message.get("components") or []),
            "flags": message.get("flags", 0),
        }

    async def slash(self, verb: str, *, typing: str | None = None, options: Mapping[str, str] | None = None, **more: Any) -> Json:
        given = [
            {"name": name, "type": 3, "value": value, **({"focused": True} if name == typing else {})}
            for name, value in (options or {}).items()
        ]
        data = {"id": "1", "name": "postmaster", "type": 1, "options": [{"name": verb, "type": 1, "options": given}]}
        payload = self.interaction(4 if typing else 2, data, **more)
        await self.dispatch("INTERACTION_CREATE", payload)
        return payload

    async def menu(self, target: Json, **more: Any) -> Json:
        data = {
            "id": "2",
            "name": "Diagnose this error",
            "type": 3,
            "target_id": target["id"],
            "resolved": {"messages": {target["id"]: target}},
        }
        payload = self.interaction(2, data, **more)
        await self.dispatch("INTERACTION_CREATE", payload)
        return payload

    def expire(self, interaction: Json) -> None:
        self._dead_tokens.add(interaction["token"])

    # --- what is seen ---

    def ours(self, channel: str) -> list[Json]:
        return [message for message in self.messages[channel] if message["author"]["id"] == BOT]

    def calls(self, method: str, path: str) -> list[Request]:
        return [request for request in self.requests if request.method == method and re.fullmatch(path, request.path)]


def words_of(message: Mapping[str, Any]) -> str:
    """All text that a message shows, its buttons' labels in brackets."""
    return "\n".join(filter(None, [str(message.get("content") or ""), *_shown(message.get("components") or [])]))


def _shown(components: list[Json]) -> list[str]:
    found: list[str] = []
    for component in components:
        if component["type"] == 10:
            found.append(component["content"])
        elif component["type"] == 2:
            found.append(f"[{component['label']}]")
        elif component["type"] == 3:
            found += [f"[{option['label']}]" for option in component["options"]]
        found += _shown(component.get("components") or [])
    return found


def buttons(message: Mapping[str, Any]) -> dict[str, str]:
    """label -> custom id of the buttons that can be pressed."""

    def walk(components: list[Json]) -> list[Json]:
        return [one for c in components for one in ([c] if c["type"] == 2 else walk(c.get("components") or []))]

    return {one["label"]: one["custom_id"] for one in walk(message.get("components") or []) if not one.get("disabled")}


def problem_with(body: Mapping[str, Any]) -> str | None:
    """What Discord would refuse: the limits of a message, as they are documented."""
    flags, components = int(body.get("flags") or 0), body.get("components") or []
    v2 = bool(flags & 1 << 15)
    ids: list[str] = []
    count = length = 0

    def walk(items: list[Json]) -> str | None:
        nonlocal count, length
        for item in items:
            count += 1
            kind = item["type"]
            if kind == 10:
                length += len(item["content"])
                if not item["content"].strip():
                    return "an empty text"
            if kind in (2, 3) and "custom_id" in item:
                ids.append(item["custom_id"])
                if not 1 <= len(item["custom_id"]) <= 100:
                    return "custom_id length"
            if kind == 2 and not 1 <= len(item["label"]) <= 80:
                return "label length"
            if kind == 3 and not 1 <= len(item["options"]) <= 25:
                return "options"
            if kind == 3 and any(
                not 1 <= len(option["label"]) <= 100 or not 1 <= len(option["value"]) <= 100 for option in item["options"]
            ):
                return "option length"
            if kind == 1 and len(item["components"]) > 5:
                return "five in a row"
            if problem := walk(item.get("components") or []):
                return problem
        return None

    problem = walk(components)
    if problem:
        return problem
    if len(set(ids)) != len(ids):
        return "a custom_id twice"
    if v2:
        if body.get("content") or body.get("embeds"):
            return "content with V2"
        if not components or count > 40 or length > 4000:
            return f"{count} components, {length} characters"
    else:
        if not body.get("content") and not components:
            return "an empty message"
        if len(body.get("content") or "") > 2000 or len(components) > 5:
            return "content length or rows"
    nonce = body.get("nonce")
    return "nonce" if nonce is not None and not 1 <= len(str(nonce)) <= 25 else None


def _numbered(components: list[Json]) -> list[Json]:
    """Discord gives components back with an id each, where they brought none."""
    inner = [{"components": _numbered(one["components"])} if "components" in one else {} for one in components]
    return [{"id": number, **one, **below} for number, (one, below) in enumerate(zip(components, inner, strict=True), 1)]


def _user(user: str) -> Json:
    names = {ANNA: "anna", BEN: "ben", ROBOT: "robot"}
    return {"id": user, "username": names.get(user, "somebody"), "discriminator": "0", "avatar": None, "bot": user == ROBOT}


def _answers_bot(message: Json) -> bool:
    return ((message.get("referenced_message") or {}).get("author") or {}).get("id") == BOT


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())


def _json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    # Exactly this type: with a charset the library would hand the text back unread.
    return web.Response(body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})})
