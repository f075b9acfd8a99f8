"""When may a shard begin a new session? Pure but for its clock: past a thousand beginnings a day Discord resets the token.

The first few within an hour are as fast as Discord takes them; then the pauses grow to five minutes, which is under 300 a day.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

# Discord takes one beginning in five seconds.
APART_SECONDS = 5.0
LONGEST_SECONDS = 300.0
_FREE = 3
_WITHIN_SECONDS = 3_600.0


class TooMany(Exception):
    """The pause that is due is longer than a connection can be held open without a session."""


class Pace:
    """What each shard of this process began of late; it outlives the clients."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun: defaultdict[int, deque[float]] = defaultdict(deque)

    def begins(self, shard: int) -> None:
        self._begun[shard].append(self._clock())

    def pause_seconds(self, shard: int) -> float:
        """How long this shard has still to wait before it may begin another session."""
        begun, now = self._begun[shard], self._clock()
        while begun and now - begun[0] > _WITHIN_SECONDS:
            begun.popleft()
        if not begun:
            return 0.0
        due = APART_SECONDS if len(begun) < _FREE else min(LONGEST_SECONDS, APART_SECONDS * 2.0 ** (len(begun) - _FREE + 1))
        return max(0.0, begun[-1] + due - now)

    def longest_seconds(self) -> float:
        """The pause of that shard which has to wait longest."""
        return max((self.pause_seconds(shard) for shard in tuple(self._begun)), default=0.0)
