"""May one more call be made now? Token buckets for Slack's rate limits; the clock is handed in. Calls nothing, never sleeps.

Limits: https://docs.slack.dev/apis/web-api/rate-limits/ (a post a second and channel with bursts; an update is tier 3, 50 a minute).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

MAX_BUCKETS = 10_000


class Pace:
    """One bucket a name: `burst` calls at once, then one in `seconds`. Forgets the name that was used longest ago."""

    def __init__(self, seconds: float, burst: int, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._burst = burst
        self._clock = clock
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, name: str) -> float:
        """Takes a place and says how long to wait for it, in seconds; 0 is at once."""
        now = self._clock()
        start = max(self._free_at.pop(name, 0.0), now - self._burst * self._seconds)
        self._free_at[name] = start + self._seconds
        if len(self._free_at) > MAX_BUCKETS:
            self._free_at.popitem(last=False)
        return max(0.0, start + self._seconds - now)

    def spare(self, name: str) -> bool:
        """Whether a call would have to wait; takes no place."""
        start = max(self._free_at.get(name, 0.0), self._clock() - self._burst * self._seconds)
        return start + self._seconds <= self._clock()

    def penalty(self, name: str, seconds: float) -> None:
        """Slack said to wait: no place before `seconds` from now."""
        self._free_at[name] = max(self._free_at.get(name, 0.0), self._clock() + seconds)
