"""What do the asking side and the workers of a probe tell each other? Keys and entries in Redis or Valkey; starts and decides nothing.

For each probe, all under one hash tag and all gone by themselves some minutes later:

    asked           the sites that were asked, the event that the result becomes, and the request; while it stands, an answer is wanted
    seen            a stream: each observation as it was made, and for each site one entry that says how it ended
    running:<site>  which worker is at it just now; it lapses some seconds after that worker has died
    stop            nobody wants to know any more

Beside them `site:<name>` for each site that has a living worker.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import redis.asyncio

from bot.conversation.model import ProbeDone, ProbeRequest
from bot.observations import Observation
from bot.store import codec

PREFIX = "postmaster:probe"
SITES = "postmaster:site:"
ASKED_SECONDS = 55  # the asking side's own deadline; a message that is found later is dropped
KEPT_SECONDS = 300
RUNNING_MILLISECONDS = 3000
RENEW_SECONDS = 1.0
SITE_SECONDS = 6
MAX_ENTRIES = 2000
MAX_SITES = 100
REPLY_SECONDS = 10.0


def connected(url: str) -> redis.asyncio.Redis:
    return redis.asyncio.Redis.from_url(url, socket_timeout=REPLY_SECONDS, socket_connect_timeout=REPLY_SECONDS)


def queue_of(site: str) -> str:
    return f"postmaster:probes:{site}"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a worker needs to know. `answer` is the event that the result becomes, still without observations; `person` and
    `workspace` are there for limits only and so are not the real ids."""

    request: ProbeRequest
    answer: ProbeDone
    sites: tuple[str, ...]
    person: str
    workspace: str

    def encoded(self) -> bytes:
        made = codec.converter().unstructure(self.request)
        plain = [made, codec.encode_event(self.answer).decode(), self.sites, self.person, self.workspace]
        return json.dumps(plain).encode()

    @classmethod
    def decoded(cls, data: bytes | str) -> Asked:
        request, answer, sites, person, workspace = json.loads(data)
        event = codec.decode_event(answer)
        assert isinstance(event, ProbeDone)
        return cls(codec.converter().structure(request, ProbeRequest), event, tuple(sites), person, workspace)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the stream: a single observation; or, with `end`, all that the site saw (`failed`: it could not look at all)."""

    id: str
    site: str
    seen: tuple[Observation, ...]
    end: bool
    failed: bool


class Trail:
    """One probe's keys. `key` is its effect's key, the same for every instance and attempt."""

    def __init__(self, client: redis.asyncio.Redis, key: str) -> None:
        self._client = client
        self._base = f"{PREFIX}:{{{key}}}"

    async def ask(self, asked: Asked) -> None:
        await self._client.set(f"{self._base}:asked", asked.encoded(), ex=ASKED_SECONDS)

    async def asked(self) -> Asked | None:
        data = await self._client.get(f"{self._base}:asked")
        return None if data is None else Asked.decoded(data)

    async def take(self, site: str, worker: str) -> bool:
        """Whether this worker is the one that looks for `site` now."""
        running = f"{self._base}:running:{site}"
        return bool(await self._client.set(running, worker, nx=True, px=RUNNING_MILLISECONDS))

    async def keep(self, site: str) -> bool:
        """Says that the look goes on; False: nobody wants to know any more."""
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.pexpire(f"{self._base}:running:{site}", RUNNING_MILLISECONDS)
            pipe.exists(f"{self._base}:stop")
            return not (await pipe.execute())[1]

    async def is_running(self, site: str) -> bool:
        return bool(await self._client.exists(f"{self._base}:running:{site}"))

    async def let_go(self, site: str) -> None:
        await self._client.delete(f"{self._base}:running:{site}")

    async def stop(self) -> None:
        await self._client.set(f"{self._base}:stop", 1, ex=KEPT_SECONDS)

    async def stopped(self) -> bool:
        return bool(await self._client.exists(f"{self._base}:stop"))

    async def tell(self, site: str, seen: Sequence[Observation], *, end: bool = False, failed: bool = False) -> None:
        fields: dict[Any, Any] = {"site": site, "seen": codec.encode_observations(tuple(seen))}
        fields.update({"end": "failed" if failed else "done"} if end else {})
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.xadd(f"{self._base}:seen", fields, maxlen=MAX_ENTRIES)
            pipe.expire(f"{self._base}:seen", KEPT_SECONDS)
            await pipe.execute()

    async def entries(self, after: str = "0", wait_seconds: float = 0.0) -> list[Entry]:
        """What was told since the entry `after`; waits a moment for the first one."""
        block = round(wait_seconds * 1000) or None
        answer: Any = await self._client.xread({f"{self._base}:seen": after}, block=block)
        streams = answer.values() if isinstance(answer, dict) else (entries for _, entries in answer or ())
        return [_entry(id_, fields) for entries in streams for id_, fields in _flat(entries)]

    async def ends(self) -> dict[str, Entry]:
        """By site, the last word of each that has ended."""
        return {entry.site: entry for entry in await self.entries() if entry.end}


def _flat(entries: Any) -> list[tuple[bytes, dict[bytes, bytes]]]:
    """The client gives a list of entries, or (by the newer protocol) a list of such lists."""
    return [one for entry in entries for one in (entry if isinstance(entry, list) and isinstance(entry[0], tuple | list) else [entry])]


def _entry(id_: bytes, fields: dict[bytes, bytes]) -> Entry:
    end = fields.get(b"end")
    seen = codec.decode_observations(fields[b"seen"])
    return Entry(id_.decode(), fields[b"site"].decode(), seen, end is not None, end == b"failed")


async def announce(client: redis.asyncio.Redis, site: str) -> None:
    """Says that `site` has a living worker."""
    await client.set(f"{SITES}{site}", 1, ex=SITE_SECONDS)


async def living_sites(client: redis.asyncio.Redis) -> list[str]:
    """Sites that have a living worker, by name."""
    found: list[str] = []
    async for key in client.scan_iter(match=f"{SITES}*", count=1000):
        found.append(key.decode().removeprefix(SITES))
        if len(found) >= MAX_SITES:
            break
    return sorted(found)
