"""What is going on in which conversation of this process, and when is it quiet? Counts; starts and ends nothing."""

from __future__ import annotations

import asyncio
from collections import Counter

EVERYBODY = ""  # no conversation has this key


class Activity:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._waiters: dict[str, list[asyncio.Future[None]]] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def begin(self, conversation: str) -> None:
        self._counts[conversation] += 1

    def end(self, conversation: str) -> None:
        self._counts[conversation] -= 1
        if self._counts[conversation] > 0:
            return
        del self._counts[conversation]
        self._tell(conversation)
        if not self._counts:
            self._tell(EVERYBODY)

    async def quiet(self, conversation: str) -> None:
        """Returns when nothing is going on in `conversation`, at once where nothing is."""
        while conversation in self._counts:
            await self._wait(conversation)

    async def all_quiet(self) -> None:
        while self._counts:
            await self._wait(EVERYBODY)

    async def _wait(self, whom: str) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(whom, []).append(waiter)
        await waiter

    def _tell(self, whom: str) -> None:
        for waiter in self._waiters.pop(whom, ()):
            if not waiter.done():
                waiter.set_result(None)
