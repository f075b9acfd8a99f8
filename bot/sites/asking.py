"""How is a server asked from other places? Sends the probe to each living site and hears them out; asks no server itself.

A site is sent the question again when its worker shows no sign of life for some seconds: a worker that was killed costs about four
seconds and not the ten minutes after which taskiq-redis would give its message to another. All is keyed by the effect, so whoever takes
over from an instance that died finds what was seen until then, and a site that has ended is not asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import time
from collections.abc import Sequence

from redis.exceptions import RedisError

from bot import log
from bot.conversation.model import ProbeDone, ProbeRequest
from bot.errors import CannotRun, UsageError
from bot.observations import Observations
from bot.probes.model import OnSeen
from bot.sites.queue import queue, task
from bot.sites.trail import ASKED_SECONDS, Asked, Entry, Trail, connected, living_sites, queue_of

MAX_ASKED = 3
HEAR_SECONDS = 0.5
PAUSE_SECONDS = 0.5
LOST_AFTER_SECONDS = (1.5, 3.0, 5.0, 8.0, 12.0)  # without a sign of life; a site whose queue is long is not flooded


class SiteBroker:
    """`own_site` is told first where it is among the sites. Raises `UsageError` for an address that names no server."""

    def __init__(self, url: str, own_site: str = "") -> None:
        try:
            self._client = connected(url)
            self._queue = queue(url, "")
        except ValueError as error:
            raise UsageError(f"POSTMASTER_BROKER is no address ({error}): write it as redis://HOST:PORT/NUMBER.") from error
        self._task = task(self._queue, _asks_only)
        self._own_site = own_site

    async def close(self) -> None:
        await self._client.aclose()
        await self._queue.shutdown()

    async def run_for(
        self, key: str, answer: ProbeDone, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen
    ) -> Observations:
        """What all sites saw, each under its name. `key` is the effect's, `answer` the event that the result becomes.

        Raises `CannotRun` where no site has a worker within the deadline, or none could look. A cancel tells the sites to stop."""
        trail = Trail(self._client, key)
        try:
            async with asyncio.timeout(ASKED_SECONDS):
                return await _Hearing(self, trail, key, on_seen).out(answer, request, _alias(person), _alias(workspace))
        except TimeoutError:
            with contextlib.suppress(RedisError):
                await trail.stop()
                return _joined(await trail.ends(), self._own_site)
            raise CannotRun("The queue at POSTMASTER_BROKER cannot be reached.") from None
        except asyncio.CancelledError:
            with contextlib.suppress(RedisError):
                await asyncio.shield(trail.stop())
            raise

    async def sites(self) -> list[str]:
        """Those to ask, `own_site` first."""
        living = await living_sites(self._client)
        return sorted(living, key=lambda site: (site != self._own_site, site))[:MAX_ASKED]

    async def send(self, key: str, site: str) -> None:
        await self._task.kicker().with_labels(queue_name=queue_of(site)).kiq(key)

    def joined(self, ends: dict[str, Entry]) -> Observations:
        return _joined(ends, self._own_site)


class _Hearing:
    """One probe's answers as they come in."""

    def __init__(self, broker: SiteBroker, trail: Trail, key: str, on_seen: OnSeen) -> None:
        self._broker = broker
        self._trail = trail
        self._key = key
        self._on_seen = on_seen
        self._ends: dict[str, Entry] = {}
        self._last = "0"

    async def out(self, answer: ProbeDone, request: ProbeRequest, person: str, workspace: str) -> Observations:
        asked: Sequence[str] = ()
        quiet_since: dict[str, float] = {}
        sent: dict[str, int] = {}
        while True:
            try:
                if not asked:
                    asked = await self._ask(answer, request, person, workspace)
                    if not asked:
                        await asyncio.sleep(PAUSE_SECONDS)
                        continue
                    quiet_since = dict.fromkeys(asked, time.monotonic())
                await self._hear()
                if all(site in self._ends for site in asked):
                    return self._broker.joined(self._ends)
                living: Sequence[str] | None = None
                for site in asked:
                    if site in self._ends:
                        continue
                    if await self._trail.is_running(site):
                        quiet_since[site] = time.monotonic()
                        continue
                    tries = sent.get(site, 0)
                    if time.monotonic() - quiet_since[site] < LOST_AFTER_SECONDS[min(tries, len(LOST_AFTER_SECONDS) - 1)]:
                        continue
                    living = await self._broker.sites() if living is None else living
                    if site not in living and self._ends:  # it has gone; the others have answered or will
                        asked = [other for other in asked if other != site]
                        continue
                    log.logger(__name__).warning("a probe is asked again", site=site)
                    sent[site] = tries + 1
                    quiet_since[site] = time.monotonic()
                    await self._broker.send(self._key, site)
            except RedisError as error:
                log.logger(__name__).warning("the queue of the probes cannot be reached", reason=type(error).__name__)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _ask(self, answer: ProbeDone, request: ProbeRequest, person: str, workspace: str) -> Sequence[str]:
        """The sites that are asked: those of an earlier attempt, or all that live now; () while there is none."""
        before = await self._trail.asked()
        await self._hear(wait=False)
        sites = before.sites if before is not None else await self._broker.sites()
        if not sites or (before is not None and all(site in self._ends for site in sites)):
            return sites
        await self._trail.ask(Asked(request, answer, tuple(sites), person, workspace))
        for site in sites:
            if site not in self._ends and not await self._trail.is_running(site):
                await self._broker.send(self._key, site)
        return sites

    async def _hear(self, wait: bool = True) -> None:
        for entry in await self._trail.entries(self._last, HEAR_SECONDS if wait else 0.0):
            self._last = entry.id
            if entry.end:
                self._ends[entry.site] = entry
            else:
                for observation in entry.seen:
                    self._on_seen(observation)


def _joined(ends: dict[str, Entry], first: str) -> Observations:
    if all(entry.failed for entry in ends.values()):
        raise CannotRun("No site could look: start `postmaster worker --site NAME` somewhere.")
    return joined(ends, first)


def joined(ends: dict[str, Entry], first: str = "") -> Observations:
    """What all saw, `first`'s before the others'."""
    return Observations(
        tuple(one for site in sorted(ends, key=lambda name: (name != first, name)) for one in ends[site].seen if not ends[site].failed)
    )


def _alias(identity: str) -> str:
    """Limits must tell people apart and need not know them."""
    return hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=9).hexdigest() if identity else ""


async def _asks_only(key: str) -> None:
    raise CannotRun(f"This process asks and does not look ({key[:40]}).")
