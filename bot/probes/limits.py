"""May this person ask for one more check now, and is the answer there already? Counts and remembers; asks no server.

Limits count checks, not connections. An answer that was kept, or one that is just being made, costs nobody anything: ten people who
ask about one server make one check.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from bot.conversation.model import ProbeRequest
from bot.observations import Observation, Observations
from bot.probes.model import OnSeen
from bot.probes.targets import refusal

Clock = Callable[[], float]
Run = Callable[[OnSeen], Awaitable[Observations]]

KEPT_SECONDS = 60.0
MAX_KEPT = 1_000
MAX_KEYS = 50_000  # persons, workspaces and hosts that are counted at once


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many in so many seconds."""

    number: int
    seconds: float


PER_HOST = Allowance(6, 60.0)  # over all tenants
PER_PERSON = Allowance(10, 600.0)
PER_WORKSPACE = Allowance(60, 600.0)


class Limits:
    """Who has asked for how much. `clock` gives seconds that only grow."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._counted: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()
        self._running: dict[str, asyncio.Event] = {}

    @asynccontextmanager
    async def admit(self, host: str, person: str = "", workspace: str = "") -> AsyncIterator[None]:
        """One check of `host` ("@" before the domain that is searched) runs within, the next one waits; "" counts for nobody.

        Raises TargetRefused ("rate", "rate_person" or "rate_workspace", with its sentence) past an allowance, and counts nothing then.
        """
        now = self._clock()
        asked = (
            ("rate", "host", host, PER_HOST),
            ("rate_person", "person", person, PER_PERSON),
            ("rate_workspace", "workspace", workspace, PER_WORKSPACE),
        )
        for sentence, kind, name, allowance in asked:
            if name and len(self._recent(kind, name, allowance, now)) >= allowance.number:
                raise refusal(sentence, host.removeprefix("@"))
        for _, kind, name, allowance in asked:
            if name:
                self._recent(kind, name, allowance, now).append(now)
        async with self._turn(host):
            yield

    def spend(self, host: str) -> None:
        """Count one look at `host` within a check of something else (a domain that led to it). Raises TargetRefused as `admit`."""
        recent = self._recent("host", host, PER_HOST, self._clock())
        if len(recent) >= PER_HOST.number:
            raise refusal("rate", host)
        recent.append(self._clock())

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        while (running := self._running.get(host)) is not None:
            await running.wait()
        over = self._running[host] = asyncio.Event()
        try:
            yield
        finally:
            del self._running[host]
            over.set()

    def _recent(self, kind: str, name: str, allowance: Allowance, now: float) -> deque[float]:
        times = self._counted.setdefault((kind, name), deque())
        self._counted.move_to_end((kind, name))
        while times and times[0] <= now - allowance.seconds:
            times.popleft()
        while len(self._counted) > MAX_KEYS:
            self._counted.popitem(last=False)
        return times


@dataclass
class _Answer:
    """An answer that is being made, or was."""

    seen: list[Observation] = field(default_factory=list)
    listeners: list[OnSeen] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    failed: BaseException | None = None
    made_at: float | None = None

    def take(self, item: Observation) -> None:
        self.seen.append(item)
        for listener in self.listeners:
            listener(item)


class Answers:
    """One check for all who ask the same within a minute. A `fresh` request passes over what was kept, not over what is running."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[ProbeRequest, _Answer] = OrderedDict()

    async def get(self, request: ProbeRequest, on_seen: OnSeen, run: Run) -> Observations:
        """The answer to `request`: kept, shared, or made now by `run`. Whoever joins late is first told what was seen until then.

        Raises what `run` raises. Where the one for whom it was made goes away, the others make their own.
        """
        key = replace(request, fresh=False)
        while True:
            answer = self._kept.get(key)
            if answer is None or (answer.made_at is not None and (request.fresh or self._clock() - answer.made_at > KEPT_SECONDS)):
                return await self._make(key, on_seen, run)
            for item in tuple(answer.seen):
                on_seen(item)
            if answer.made_at is not None:
                return Observations(tuple(answer.seen))
            answer.listeners.append(on_seen)
            try:
                await answer.done.wait()
            finally:
                answer.listeners.remove(on_seen)
            if answer.failed is None:
                return Observations(tuple(answer.seen))
            if isinstance(answer.failed, Exception):
                raise answer.failed

    async def _make(self, key: ProbeRequest, on_seen: OnSeen, run: Run) -> Observations:
        answer = self._kept[key] = _Answer(listeners=[on_seen])
        self._kept.move_to_end(key)
        try:
            seen = await run(answer.take)
        except BaseException as error:
            answer.failed = error
            self._kept.pop(key, None)
            raise
        else:
            answer.made_at = self._clock()
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            return seen
        finally:
            answer.done.set()
