"""A local Slack: the Web API over HTTP and Socket Mode over WebSocket on loopback, as the real one was seen to behave.

It keeps channels and threads, sends each mention twice (as `app_mention` and as `message`, with two event ids), sends again what was not
acknowledged, closes sockets, limits rates, answers slowly, and refuses what Slack refuses. No part of the bot is replaced by it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import time
import urllib.parse
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web

from tests.adapters.slack.limits import faults

TEAM, BOT_USER, BOT = "T1", "UBOT", "BBOT"
SCOPES = (
    "app_mentions:read,assistant:write,channels:history,chat:write,commands,files:read,groups:history,im:history,im:write,"
    "usergroups:read,users:read"
)


@dataclass
class Failure:
    """How a method fails: `error` in the body, or an HTTP `status`; `after` True: it happens, and only its answer is lost."""

    error: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False


@dataclass
class Post:
    """A message as it stands in a channel."""

    channel: str
    ts: str
    thread: str | None
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    user: str
    only_for: str | None = None
    edits: int = 0

    @property
    def buttons(self) -> list[dict[str, Any]]:
        return [element for block in self.blocks if block["type"] == "actions" for element in block["elements"]]

    def block_of(self, action_id: str) -> str:
        return next(
            str(block.get("block_id", "")) for block in self.blocks for e in block.get("elements", ()) if e.get("action_id") == action_id
        )


@dataclass
class Call:
    method: str
    body: dict[str, Any]
    at: float
    token: str


class Peer:
    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.calls: list[Call] = []
        self.acks: dict[str, tuple[float, Any]] = {}
        self.responses: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.files: dict[str, tuple[str, bytes]] = {}
        self.views: dict[str, dict[str, Any]] = {}
        self.homes: dict[str, dict[str, Any]] = {}
        self.members: set[str] = set()  # empty: the bot is everywhere
        self.helpers: list[str] = []  # the members of every user group
        self.people: dict[str, dict[str, Any]] = {}  # what users.info says of whom, beside the id
        self.scopes = SCOPES
        self.date: str | None = None
        self.streams: dict[str, float] = {}
        self.stream_seconds = 300.0
        self.streaming = True
        self.sockets: list[web.WebSocketResponse] = []
        self.auth = {"ok": True, "user_id": BOT_USER, "bot_id": BOT, "team_id": TEAM, "url": "https://x.slack.example/", "user": "pm"}
        self._failures: dict[str, deque[Failure]] = defaultdict(deque)
        self._slow: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self._start = int(time.time())
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.sent_at: dict[str, float] = {}
        self.oauth: dict[str, dict[str, Any]] = {}

    # --- life -----------------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Peer:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        app.router.add_post("/response/{name}", self._response)
        app.router.add_get("/files/{name}", self._get_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # aiohttp does not tell its port otherwise
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self.sockets:
            await socket.close()
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def fail(self, method: str, error: str, times: int = 1, *, status: int = 200, after: bool = False, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._failures[method].extend(Failure(error, status, named, after) for _ in range(times))

    def slow(self, method: str, seconds: float) -> None:
        self._slow[method] = seconds

    def new_ts(self) -> str:
        return f"{self._start}.{next(self._numbers):06d}"

    # --- Web API --------------------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            body |= await request.json()
        else:
            body |= {name: str(value) for name, value in (await request.post()).items()}
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(body.get("token", ""))
        self.calls.append(Call(method, body, time.monotonic(), token))
        if method in self._slow:
            await asyncio.sleep(self._slow[method])
        failure = self._failures[method].popleft() if self._failures[method] else None
        if failure is not None and not failure.after:
            async with self._changed:
                self._changed.notify_all()
            return await self._refuse(failure)
        answer = await self._do(method, body)
        async with self._changed:
            self._changed.notify_all()
        if failure is not None:
            return await self._refuse(failure)
        headers = {"x-oauth-scopes": self.scopes} if self.scopes else {}
        if self.date:
            headers["Date"] = self.date
        return web.json_response(answer, headers=headers)

    async def _refuse(self, failure: Failure) -> web.Response:
        return web.json_response({"ok": False, "error": failure.error}, status=failure.status, headers=dict(failure.headers))

    async def _do(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                return dict(self.auth)
            case "apps.connections.open":
                return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link"}
            case "chat.postMessage":
                return self._post(body)
            case "chat.postEphemeral":
                return self._post(body, only_for=str(body["user"]))
            case "chat.update":
                return self._update(body)
            case "chat.getPermalink":
                return {"ok": True, "permalink": f"https://x.slack.example/archives/{body['channel']}/p{body['message_ts']}"}
            case "conversations.replies" | "conversations.history":
                return self._history(body)
            case "chat.startStream" | "chat.appendStream" | "chat.stopStream":
                return self._stream(method, body)
            case "views.open" | "views.push":
                view_id = f"V{next(self._numbers)}"
                self.views[view_id] = _json(body["view"])
                return {"ok": True, "view": {"id": view_id, "hash": "1"}}
            case "views.update":
                self.views[str(body["view_id"])] = _json(body["view"])
                return {"ok": True, "view": {"id": body["view_id"], "hash": "2"}}
            case "views.publish":
                self.homes[str(body["user_id"])] = _json(body["view"])
                return {"ok": True, "view": {"id": "VHOME"}}
            case "oauth.v2.access":
                return self.oauth.get(str(body.get("code") or body.get("refresh_token")), {"ok": False, "error": "invalid_code"})
            case "usergroups.users.list":
                return {"ok": True, "users": self.helpers}
            case "users.info":
                return {"ok": True, "user": {"id": body["user"], **self.people.get(str(body["user"]), {})}}
            case "auth.revoke":
                return {"ok": True}
        return {"ok": True}

    def _post(self, body: dict[str, Any], only_for: str | None = None) -> dict[str, Any]:
        channel = str(body["channel"])
        if channel.startswith("U"):
            channel = f"D{channel[1:]}"
        if self.members and channel.startswith("C") and channel not in self.members:
            return {"ok": False, "error": "not_in_channel"}
        text, blocks = str(body.get("text", "")), _json(body.get("blocks") or [])
        if wrong := faults(text, blocks, max_text=40_000):
            return {"ok": False, "error": "invalid_blocks", "why": wrong}
        thread = body.get("thread_ts") or None
        roots = {post.ts for post in self.posts if post.thread is None}
        if thread is not None and thread not in roots:
            return {"ok": False, "error": "thread_not_found"}
        post = Post(channel, self.new_ts(), thread, text, blocks, _json(body.get("metadata") or {}), BOT_USER, only_for)
        self.posts.append(post)
        if only_for:
            return {"ok": True, "message_ts": post.ts}
        return {"ok": True, "channel": channel, "ts": post.ts}

    def _update(self, body: dict[str, Any]) -> dict[str, Any]:
        post = next((post for post in self.posts if post.ts == body["ts"] and post.channel == body["channel"]), None)
        if post is None or post.only_for:
            return {"ok": False, "error": "message_not_found"}
        if post.ts in self.streams:
            return {"ok": False, "error": "streaming_state_conflict"}
        text, blocks = str(body.get("text", "")), _json(body.get("blocks") or [])
        if len(text) > 4000:
            return {"ok": False, "error": "msg_too_long"}
        if wrong := faults(text, blocks):
            return {"ok": False, "error": "invalid_blocks", "why": wrong}
        post.text, post.blocks, post.edits = text, blocks, post.edits + 1
        return {"ok": True, "channel": post.channel, "ts": post.ts}

    def _history(self, body: dict[str, Any]) -> dict[str, Any]:
        thread = body.get("ts")
        chosen = [
            post
            for post in self.posts
            if post.channel == body["channel"] and post.only_for is None and (not thread or thread in (post.ts, post.thread))
        ]
        start, limit = int(body.get("cursor") or 0), int(body.get("limit") or 100)
        messages = [
            {"ts": p.ts, "thread_ts": p.thread, "text": p.text, "user": p.user, "metadata": p.metadata}
            for p in chosen[start : start + limit]
        ]
        following = str(start + limit) if start + limit < len(chosen) else ""
        return {"ok": True, "messages": messages, "response_metadata": {"next_cursor": following}}

    def _stream(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if not self.streaming:
            return {"ok": False, "error": "feature_not_enabled"}
        if method == "chat.startStream":
            answer = self._post({**body, "text": "…", "blocks": []})
            if answer["ok"]:
                self.streams[answer["ts"]] = time.monotonic()
            return answer
        ts = str(body["ts"])
        started = self.streams.get(ts)
        if started is None or time.monotonic() - started > self.stream_seconds:
            self.streams.pop(ts, None)
            return {"ok": False, "error": "message_not_in_streaming_state"}
        post = next(post for post in self.posts if post.ts == ts)
        post.edits += 1
        for chunk in _json(body.get("chunks") or []):
            if chunk["type"] == "task_update":
                post.text += f"\n{chunk['title']}: {chunk['status']}"
        if method == "chat.stopStream":
            del self.streams[ts]
        return {"ok": True, "ts": ts}

    async def _response(self, request: web.Request) -> web.Response:
        self.responses[request.match_info["name"]].append(await request.json())
        async with self._changed:
            self._changed.notify_all()
        return web.Response(text="ok")

    async def _get_file(self, request: web.Request) -> web.Response:
        kind, body = self.files[request.match_info["name"]]
        if not request.headers.get("Authorization", "").startswith("Bearer xoxb-"):
            return web.Response(status=302, headers={"Location": "https://login.example/"})
        return web.Response(body=body, content_type=kind)

    # --- Socket Mode ----------------------------------------------------------------------------------------------------

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}, "debug_info": {}})
        async with self._changed:
            self._changed.notify_all()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                said = json.loads(message.data)
                self.acks[said["envelope_id"]] = (time.monotonic(), said.get("payload"))
                async with self._changed:
                    self._changed.notify_all()
        if socket in self.sockets:
            self.sockets.remove(socket)
        async with self._changed:
            self._changed.notify_all()
        return socket

    async def connected(self, count: int = 1) -> None:
        await self.until(lambda: len(self.sockets) >= count)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks the client to come back, as Slack does every few hours, and closes."""
        for socket in list(self.sockets):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})

    async def send(self, kind: str, payload: Mapping[str, Any], *, retry: int = 0) -> str:
        """Sends one envelope; gives its id."""
        envelope = f"e{next(self._numbers)}"
        self.sent_at[envelope] = time.monotonic()
        await self.sockets[-1].send_json(
            {
                "type": kind,
                "envelope_id": envelope,
                "payload": payload,
                "accepts_response_payload": kind != "events_api",
                "retry_attempt": retry,
                "retry_reason": "timeout" if retry else "",
            }
        )
        return envelope

    async def acked(self, envelope: str, within: float = 3.0) -> Any:
        """The payload of the acknowledgement, or None for an empty one."""
        await self.until(lambda: envelope in self.acks, within)
        return self.acks[envelope][1]

    async def until(self, true: Callable[[], bool], within: float = 20.0) -> None:
        """Waits until something is so; TimeoutError where it does not come."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(true)

    # --- people ---------------------------------------------------------------------------------------------------------

    def event(self, event: Mapping[str, Any], **outside: Any) -> dict[str, Any]:
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A1",
            "event_id": f"Ev{next(self._numbers)}",
            "event_time": self._start,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
            "event": event,
            **outside,
        }

    async def says(self, text: str, user: str = "U1", channel: str = "C1", thread: str | None = None, **more: Any) -> str:
        """A person writes; gives the ts. A mention comes twice, in direct messages only once."""
        ts = self.new_ts()
        self.posts.append(Post(channel, ts, thread, text, [], {}, user))
        for event in self.events_of(text, user, channel, ts, thread, **more):
            await self.send("events_api", event)
        return ts

    def events_of(self, text: str, user: str, channel: str, ts: str, thread: str | None, **more: Any) -> list[dict[str, Any]]:
        kind = "im" if channel.startswith("D") else "channel"
        message = {
            "user": user,
            "text": text,
            "ts": ts,
            "channel": channel,
            "team": TEAM,
            "event_ts": ts,
            "client_msg_id": f"m{ts}",
            **more,
        }
        if thread:
            message["thread_ts"] = thread
        events = [self.event({**message, "type": "message", "channel_type": kind})]
        if f"<@{BOT_USER}>" in text and kind == "channel":
            events.insert(0, self.event({**message, "type": "app_mention"}))
        return events

    async def presses(self, post: Post, action_id: str, user: str = "U1") -> str:
        """A person presses a button; gives the envelope's id. Answers under its address land in `responses[<ts of the post>]`."""
        return await self.send("interactive", self.press(post, action_id, user))

    def press(self, post: Post, action_id: str, user: str = "U1") -> dict[str, Any]:
        """What Slack sends of a press."""
        element = next(element for element in post.buttons if element["action_id"] == action_id)
        at = self.new_ts()
        return {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "x"},
            "user": {"id": user, "username": user.lower(), "team_id": TEAM},
            "api_app_id": "A1",
            "container": {"type": "message", "message_ts": post.ts, "channel_id": post.channel, "is_ephemeral": bool(post.only_for)},
            "channel": {"id": post.channel, "name": "general"},
            "message": {"ts": post.ts, "thread_ts": post.thread, "text": post.text, "blocks": post.blocks, "user": BOT_USER},
            "trigger_id": f"tr{at}",
            "response_url": self.response_url(post.ts),
            "actions": [{**element, "block_id": post.block_of(action_id), "action_ts": at}],
        }

    def response_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/response/{name}"

    async def commands(self, text: str, user: str = "U1", channel: str = "C1", name: str = "r1") -> str:
        payload = {
            "command": "/postmaster",
            "text": text,
            "team_id": TEAM,
            "user_id": user,
            "channel_id": channel,
            "channel_name": "general",
            "trigger_id": f"tr{next(self._numbers)}",
            "response_url": self.response_url(name),
            "api_app_id": "A1",
        }
        return await self.send("slash_commands", payload)

    # --- what is seen ---------------------------------------------------------------------------------------------------

    def ours(self, channel: str | None = None, thread: str | None = None) -> list[Post]:
        """What the bot has said for all to see."""
        return [
            post
            for post in self.posts
            if post.user == BOT_USER
            and post.only_for is None
            and (channel is None or post.channel == channel)
            and (thread is None or post.thread == thread)
        ]

    def whispers(self, user: str = "U1") -> list[Post]:
        return [post for post in self.posts if post.only_for == user]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def signed(secret: str, body: str, at: int | None = None) -> dict[str, str]:
    """The headers of a request that Slack signs (v0, HMAC-SHA256 over version, timestamp and body)."""
    stamp = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def http_event(session: aiohttp.ClientSession, url: str, secret: str, payload: Mapping[str, Any]) -> aiohttp.ClientResponse:
    body = json.dumps(payload)
    return await session.post(url, data=body, headers={**signed(secret, body), "Content-Type": "application/json"})


def form_body(payload: Mapping[str, Any]) -> str:
    return urllib.parse.urlencode({"payload": json.dumps(payload)})
