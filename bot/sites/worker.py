"""How does a worker look for others? Takes its site's questions from the queue, looks, tells what it sees; posts and decides nothing.

Its result goes into the store's inbox by its own hand once every asked site has ended, under the probe's key: whoever else writes it too
(the asking side does) finds it claimed. So a result is there also where the instance that asked has died meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from bot import log, metrics
from bot.errors import CannotRun, PostmasterError, StoreUnreachable, UsageError
from bot.observations import Observation, Observations
from bot.probes.model import OnSeen
from bot.sites.asking import joined
from bot.sites.queue import queue, task
from bot.sites.trail import RENEW_SECONDS, SITE_SECONDS, Asked, Trail, announce, connected

if TYPE_CHECKING:
    import redis.asyncio

    from bot.broker import Broker
    from bot.store.port import Store

AT_ONCE = 20
DRAIN_SECONDS = 18.0
STORE_TRIES = 5


class Worker:
    """`store` None: it is not shared with the asking side, which then writes the results alone."""

    def __init__(self, url: str, site: str, broker: Broker, store: Store | None) -> None:
        try:
            self._client: redis.asyncio.Redis = connected(url)
            self._queue = queue(url, site)
        except ValueError as error:
            raise UsageError(f"POSTMASTER_BROKER is no address ({error}): write it as redis://HOST:PORT/NUMBER.") from error
        self._site = site
        self._broker = broker
        self._store = store
        self._name = secrets.token_hex(8)
        task(self._queue, self._answer)

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop`, then ends what it has begun. Raises `CannotRun` where the queue cannot be reached at the start."""
        from taskiq.receiver import Receiver

        self._queue.is_worker_process = True
        try:
            await announce(self._client, self._site)
            await self._queue.startup()
        except RedisError as error:
            raise CannotRun(
                f"The queue at POSTMASTER_BROKER cannot be reached ({type(error).__name__}): start it, or set its address."
            ) from error
        with ThreadPoolExecutor(max_workers=1) as unused:  # the receiver wants one for tasks that are not coroutines; there are none
            async with asyncio.TaskGroup() as group:
                announcing = group.create_task(self._announce())
                while not stop.is_set():
                    receiver = Receiver(self._queue, unused, max_async_tasks=AT_ONCE, run_startup=False, wait_tasks_timeout=DRAIN_SECONDS)
                    try:
                        await receiver.listen(stop)
                    except Exception as error:
                        log.logger(__name__).warning("the queue of the probes cannot be reached", reason=type(error).__name__)
                        with contextlib.suppress(TimeoutError):
                            await asyncio.wait_for(stop.wait(), RENEW_SECONDS)
                announcing.cancel()
        with contextlib.suppress(RedisError):
            await self._queue.shutdown()
        await self._client.aclose()

    async def readiness(self) -> dict[str, bool]:
        try:
            return {"queue": bool(await self._client.ping())}
        except RedisError:
            return {"queue": False}

    async def _announce(self) -> None:
        while True:
            with contextlib.suppress(RedisError):
                await announce(self._client, self._site)
            await asyncio.sleep(SITE_SECONDS / 3)

    async def _answer(self, key: str) -> None:
        trail = Trail(self._client, key)
        asked = await trail.asked()
        if asked is None or self._site in await trail.ends() or await trail.stopped() or not await trail.take(self._site, self._name):
            return  # nobody waits any more, or somebody has answered or is at it
        began = time.monotonic()
        with log.about(asked.answer.conversation):
            try:
                outcome = await self._look(trail, asked)
            finally:
                await trail.let_go(self._site)
            metrics.count("probes", outcome=outcome)
            metrics.observe_seconds("probe_seconds", time.monotonic() - began)
            log.logger(__name__).info("looked", outcome=outcome)

    async def _look(self, trail: Trail, asked: Asked) -> str:
        seen: list[Observation] = []
        news = asyncio.Event()

        def on_seen(observation: Observation) -> None:
            seen.append(observation)
            news.set()

        async with asyncio.TaskGroup() as group:
            telling = group.create_task(self._tell_as_it_goes(trail, seen, news))
            wanted = group.create_task(self._while_wanted(trail))
            running = group.create_task(self._run(asked, on_seen))
            await asyncio.wait((running, wanted), return_when=asyncio.FIRST_COMPLETED)
            stopped = not running.done()
            for one in (telling, wanted, running):
                one.cancel()
        if stopped:
            await trail.tell(self._site, seen, end=True)
            return "stopped"
        found = running.result()
        await trail.tell(self._site, found.items if found is not None else seen, end=True, failed=found is None)
        await self._write_down(trail, asked)
        return "error" if found is None else "done"

    async def _run(self, asked: Asked, on_seen: OnSeen) -> Observations | None:
        """None: it could not look at all."""
        try:
            return await self._broker.run(asked.answer.probe, asked.request, asked.person, asked.workspace, on_seen)
        except PostmasterError as error:
            log.logger(__name__).warning("a probe could not run", reason=type(error).__name__)
        except Exception:
            log.logger(__name__).exception("a probe failed")
        return None

    async def _tell_as_it_goes(self, trail: Trail, seen: list[Observation], news: asyncio.Event) -> None:
        told = 0
        while True:
            await news.wait()
            news.clear()
            fresh, told = seen[told:], len(seen)
            with contextlib.suppress(RedisError):  # progress only: the end tells all once more
                await trail.tell(self._site, fresh)

    async def _while_wanted(self, trail: Trail) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with contextlib.suppress(RedisError):
                if not await trail.keep(self._site):
                    return

    async def _write_down(self, trail: Trail, asked: Asked) -> None:
        ends = await trail.ends()
        if self._store is None or any(site not in ends for site in asked.sites) or all(entry.failed for entry in ends.values()):
            return
        done = replace(asked.answer, at=datetime.datetime.now(datetime.UTC), observations=joined(ends).items)
        for attempt in range(STORE_TRIES):
            try:
                await self._store.receive(done, (done.id,))
                return
            except StoreUnreachable:
                log.logger(__name__).warning("the store cannot be reached", attempt=attempt)
                await asyncio.sleep(2**attempt / 4)
