"""Who talks with the whole bot in a test? One person on a platform that keeps all that is shown, with the time of each; the service, the
reader, the machine and the probes are the real ones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from bot.broker import InlineBroker
from bot.channel import Abilities, Incoming, Place, Wrote
from bot.probes.guard import Network
from bot.reply import Progress, Reply, plain_text
from bot.service import Service, utc_now
from bot.sites.asking import SiteBroker
from bot.store import open_store
from knowledge.index import Index, index

NAME = "test"


class Person:
    """Says a message and sees what comes back. `replies` and `shown` are (seconds since the last message, what)."""

    name = NAME
    abilities = Abilities()

    def __init__(self, service: Service) -> None:
        self.replies: list[tuple[float, Reply]] = []
        self.shown: list[tuple[float, Progress]] = []
        self._service = service
        self._said_at = 0.0
        self._number = 0
        self._talk = "test:1"

    async def says(self, text: str, *, anew: bool = False) -> Reply:
        """The last reply to `text`, once the bot waits again. `anew`: in a talk of its own."""
        self._number += 1
        if anew:
            self._talk = f"test:{self._number}"
        self.replies.clear()
        self.shown.clear()
        self._said_at = time.monotonic()
        key = f"{self._talk}:{self._number}"
        incoming = Incoming(
            NAME, (key,), self._talk, {"talk": self._talk}, "test:ann", "test:acme", f"{self._number:08}", key, utc_now(), Wrote(text)
        )
        await self._service.receive(incoming)
        await self._service.idle(self._talk)
        return self.replies[-1][1]

    @property
    def read(self) -> str:
        """All that was answered to the last message, as plain text."""
        return "\n\n".join(plain_text(reply) for _, reply in self.replies)

    @property
    def findings(self) -> list[Mapping[str, Any]]:
        return [finding for _, reply in self.replies for finding in reply.findings]

    # --- the platform's side ------------------------------------------------------------------------------------------------

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        self.replies.append((time.monotonic() - self._said_at, reply))
        return key

    async def edit(self, place: Place, message: str, reply: Reply, key: str) -> str:
        return await self.post(place, reply, key)

    async def find(self, place: Place, key: str) -> str | None:
        return None

    async def progress(self, place: Place, progress: Progress) -> None:
        self.shown.append((time.monotonic() - self._said_at, progress))

    async def hand_off(self, place: Place, summary: Reply, key: str) -> None:
        await self.post(place, summary, key)


@asynccontextmanager
async def talking(by: Network | SiteBroker, known: Index | None = None) -> AsyncIterator[Person]:
    """The whole service, kept in memory, that looks through its own door or asks workers, and a person who talks with it."""
    everything = known or index()
    store = open_store("memory:")
    await store.open()
    try:
        broker = InlineBroker(by, everything) if isinstance(by, Network) else by
        service = Service(store, broker, everything)
        person = Person(service)
        service.add_channel(person)
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(service.run(stop))
            yield person
            stop.set()
    finally:
        await store.close()
