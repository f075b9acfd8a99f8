"""Who and what there is on the local Discord, and what happened on it so far. Holds it, and waits for it; serves nothing."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

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


class Local:
    """The state; what changes it is in the classes built on it."""

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
        self.interactions_url: str | None = None  # as set in the developer portal
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

    async def dispatch(self, t: str, d: Json) -> None:
        """Tells an event at the gateway."""
        raise NotImplementedError


def numbered(components: list[Json]) -> list[Json]:
    """Discord gives components back with an id each, where they brought none."""
    inner = [{"components": numbered(one["components"])} if "components" in one else {} for one in components]
    return [{"id": number, **one, **below} for number, (one, below) in enumerate(zip(components, inner, strict=True), 1)]


def user_of(user: str) -> Json:
    names = {ANNA: "anna", BEN: "ben", ROBOT: "robot"}
    return {"id": user, "username": names.get(user, "somebody"), "discriminator": "0", "avatar": None, "bot": user == ROBOT}


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
