"""What falls due, and when? One timer on the earliest of: a wake, a retry, the end of somebody's lease, an event left behind, the purge.

It sleeps until then, and wakes early when it is nudged, another process wrote, or the clock leapt. Steps nothing and sends nothing:
what is due goes back into the inbox (`take_in`), to the delivery (`accept`) or to a conversation's worker (`work_on`).
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import time
from collections.abc import Awaitable, Callable, Collection, Sequence

from bot import delivery, metrics
from bot.conversation.model import AnyEvent, Woken
from bot.patience import Patience
from bot.store.port import Store

GRACE = datetime.timedelta(seconds=5)  # an event that waits longer was left behind by an instance that died
PURGE_EVERY_SECONDS = 3600.0
SHORTEST_SLEEP_SECONDS = 0.02
AFTER_TROUBLE_SECONDS = 1.0  # something due stayed due: do not spin on it
TAKEN_UP_AT_ONCE = 300  # effects that another one left behind; so many are done long before their lease ends
CLOCK_SECONDS = 10.0
LEAP_SECONDS = 5.0


class Timer:
    """`channels` is the service's own view of its channels, which may grow; `keep`: conversations untouched for longer are deleted.
    `work_on` takes a conversation that has unhandled events, and may be told one twice."""

    def __init__(
        self,
        store: Store,
        deliveries: delivery.Delivery,
        channels: Collection[str],
        owner: str,
        *,
        now: Callable[[], datetime.datetime],
        patiently: Patience,
        take_in: Callable[[AnyEvent, Sequence[str]], Awaitable[bool]],
        work_on: Callable[[str], None],
        keep: datetime.timedelta,
        nudged: asyncio.Event,
    ) -> None:
        self._store = store
        self._deliveries = deliveries
        self._channels = channels
        self._owner = owner
        self._now = now
        self._patiently = patiently
        self._take_in = take_in
        self._work_on = work_on
        self._keep = keep
        self._nudged = nudged
        self.holds = False  # True: what falls due is left to others (this instance drains)

    async def run(self) -> None:
        """Until it is cancelled. Raises `StoreUnreachable` where the store stays away longer than the patience."""
        purge_at = time.monotonic()
        while True:
            if time.monotonic() >= purge_at:
                purge_at = time.monotonic() + PURGE_EVERY_SECONDS
                if deleted := await self._patiently(self._store.purge, self._now() - self._keep):
                    metrics.count("forgotten", deleted, why="age")
            wait = purge_at - time.monotonic()
            self._nudged.clear()
            due = await self._patiently(self._store.next_due, tuple(self._channels), GRACE)
            if due is not None:
                seconds = (due - self._now()).total_seconds()
                if seconds <= 0:
                    seconds = SHORTEST_SLEEP_SECONDS if await self._take_up_due() else AFTER_TROUBLE_SECONDS
                wait = min(wait, seconds)
            await self._sleep(wait)

    async def _sleep(self, seconds: float) -> None:
        until, ahead = time.monotonic() + max(seconds, SHORTEST_SLEEP_SECONDS), self._clock_ahead()
        while (left := until - time.monotonic()) > 0:
            turn = min(left, self._store.watch_seconds or CLOCK_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(turn):
                    await self._nudged.wait()
                    return
            if abs(self._clock_ahead() - ahead) > LEAP_SECONDS:  # it was set anew, or the machine slept
                return
            if self._store.watch_seconds is not None and await self._patiently(self._store.changed_elsewhere):
                return

    def _clock_ahead(self) -> float:
        return self._now().timestamp() - time.monotonic()

    async def _take_up_due(self) -> bool:
        """Whether anything was due that could be taken up."""
        if self.holds:
            return False
        channels, now = tuple(self._channels), self._now()
        wakes = await self._patiently(self._store.claim_wakes, channels, self._owner, delivery.LEASE, now)
        for wake in wakes:
            event_id = f"wake:{wake.conversation}:{wake.wake}:{wake.at.isoformat()}"
            event = Woken(id=event_id, conversation=wake.conversation, at=now, order="", channel=wake.channel, wake=wake.wake)
            await self._patiently(self._take_in, event, (event.id,))
            await self._patiently(self._store.wake_done, wake)
        effects = await self._patiently(self._store.claim_effects, channels, self._owner, delivery.LEASE, now, TAKEN_UP_AT_ONCE)
        self._deliveries.accept(effects, from_table=True)
        for conversation in await self._patiently(self._store.waiting, channels, now - GRACE):
            self._work_on(conversation)
        return bool(wakes or effects)
