"""What do all looks of one check share? The host, its budget, its deadline, and the notebook that facts go into. Asks nobody."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from bot.observations import Observation, Observations
from bot.probes.guard import Errand, Network
from bot.probes.model import Deadlines, OnSeen
from bot.probes.tls import Trust

Here = dict[str, Any]  # host, address and port, as the facts of an endpoint have them


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Notebook:
    """Takes down facts with their site and time, and tells each to `on_seen` at once. The same fact twice is one."""

    def __init__(self, site: str, on_seen: OnSeen, clock: Callable[[], datetime.datetime] = utc_now) -> None:
        self.site = site
        self.clock = clock
        self._on_seen = on_seen
        self._items: list[Observation] = []
        self._keys: set[object] = set()

    def see(self, kind: type[Observation], **fields: Any) -> None:
        """Note `kind(**fields)`, unless it is noted already (times apart)."""
        key = (kind, tuple((name, value) for name, value in sorted(fields.items()) if name != "seconds"))
        if key in self._keys:
            return
        self._keys.add(key)
        self.take(kind(site=self.site, at=self.clock(), **fields))

    def take(self, item: Observation) -> None:
        self._items.append(item)
        self._on_seen(item)

    def has(self, kind: type[Observation], **fields: Any) -> bool:
        return self.observations().first(kind, **fields) is not None

    def observations(self) -> Observations:
        return Observations(tuple(self._items))


class Check:
    """One check: the door, the notebook, and the event loop's time (`ends_at`) by which every wait is over."""

    def __init__(self, network: Network, book: Notebook, trust: Trust, deadlines: Deadlines, ends_at: float) -> None:
        self.network = network
        self.book = book
        self.trust = trust
        self.deadlines = deadlines
        self.ends_at = ends_at
        self.trouble = asyncio.Event()  # something did not answer: reason to ask the control endpoint

    def left(self, seconds: float) -> float:
        """`seconds`, or what is left of the whole check where that is less."""
        return max(0.01, min(seconds, self.ends_at - asyncio.get_running_loop().time()))


class Visit:
    """The looks at one host within a check; `errand` is what they may still do. `documented`: where the knowledge names this host, all
    hosts of its provider, for whose names its certificate may be; else ()."""

    def __init__(self, host: str, check: Check, errand: Errand, documented: tuple[str, ...] = ()) -> None:
        self.host = host
        self.documented = documented
        self.errand = errand
        self.network = check.network
        self.book = check.book
        self.trust = check.trust
        self.deadlines = check.deadlines
        self.trouble = check.trouble
        self.left = check.left
        self._answered: set[str] = set()
        self._attempts: dict[str, dict[asyncio.Timeout, float]] = {}  # by address: each attempt, and when it is sure to be in vain

    @asynccontextmanager
    async def attempt(self, address: str) -> AsyncIterator[None]:
        """The time that one connection to `address` may take; less where another port of it answers. Raises TimeoutError."""
        sure = asyncio.get_running_loop().time() + self.deadlines.connect_beside
        async with asyncio.timeout(self.left(self.deadlines.connect)) as limit:
            attempts = self._attempts.setdefault(address, {})
            attempts[limit] = sure
            if address in self._answered:
                _bring_forward(limit, sure)
            try:
                yield
            finally:
                del attempts[limit]

    def answered(self, address: str) -> None:
        """`address` took or refused a connection: it is there, and a port of it that goes on saying nothing drops what comes."""
        if address not in self._answered:
            self._answered.add(address)
            for limit, sure in self._attempts.get(address, {}).items():
                _bring_forward(limit, sure)


def _bring_forward(limit: asyncio.Timeout, to: float) -> None:
    end = limit.when()
    if not limit.expired() and end is not None and end > to:
        limit.reschedule(to)
