"""How does what belongs to one talk keep its order while talks run side by side?

One queue a talk, and one task while it is not empty. Knows nothing of what it runs.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

_log = logging.getLogger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]

# What may wait in all lanes together; past this something is wrong behind us, and newer work is refused instead of filling the memory.
MOST_WAITING = 20_000


class Lanes:
    def __init__(self, spawn: Callable[[Coroutine[Any, Any, None]], object], most: int = MOST_WAITING) -> None:
        self._spawn = spawn
        self._most = most
        self._lanes: dict[str, deque[Work]] = {}
        self._waiting = 0

    def put(self, lane: str, work: Work) -> bool:
        """Takes its place in the lane before anything is awaited. False: too much is waiting already."""
        if self._waiting >= self._most:
            return False
        self._waiting += 1
        queue = self._lanes.get(lane)
        if queue is not None:
            queue.append(work)
            return True
        self._lanes[lane] = deque((work,))
        self._spawn(self._run(lane))
        return True

    async def _run(self, lane: str) -> None:
        queue = self._lanes[lane]
        try:
            while queue:
                work = queue.popleft()
                self._waiting -= 1
                try:
                    await work()
                except Exception as error:
                    _log.error("an event could not be taken: %s", type(error).__name__, exc_info=True)
        finally:
            self._waiting -= len(queue)
            del self._lanes[lane]
