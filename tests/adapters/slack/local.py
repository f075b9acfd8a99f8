"""What a local Slack holds: its messages, what was called and how it was acknowledged, and what shall fail. Opens no
connection; what people do goes out over the newest socket that there is."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

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


class Local:
    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.calls: list[Call] = []
        self.acks: dict[str, tuple[float, Any]] = {}
        self.dead: set[str] = set()  # the names of answers' addresses whose half hour is over
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

    def fail(self, method: str, error: str, times: int = 1, *, status: int = 200, after: bool = False, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._failures[method].extend(Failure(error, status, named, after) for _ in range(times))

    def slow(self, method: str, seconds: float) -> None:
        self._slow[method] = seconds

    def new_ts(self) -> str:
        return f"{self._start}.{next(self._numbers):06d}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def response_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/response/{name}"

    async def changed(self) -> None:
        """Whoever waits looks again."""
        async with self._changed:
            self._changed.notify_all()

    async def until(self, true: Callable[[], bool], within: float = 20.0) -> None:
        """Waits until something is so; TimeoutError where it does not come."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(true)

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

    # --- what is seen -------------------------------------------------------------------------------------------------------

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
