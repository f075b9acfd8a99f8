"""Do we talk to ourselves? The hard stop: so many replies in a talk and minute with nobody saying anything in between, and no more.

It stands beside all that already ignores bots: whatever loop there may be, it ends here. Pure; the clock is handed in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

REPLIES = 10
SECONDS = 60.0
MAX_TALKS = 10_000


class Leash:
    def __init__(self, clock: Callable[[], float], replies: int = REPLIES) -> None:
        self._clock = clock
        self._replies = replies
        self._said: OrderedDict[str, dict[str, float]] = OrderedDict()  # by talk: key of a reply -> when it was first tried

    def heard(self, talk: str) -> None:
        """A person said or pressed something there."""
        self._said.pop(talk, None)

    def allows(self, talk: str, key: str) -> bool:
        """Whether the reply `key` may go out; one that is tried again counts once."""
        now = self._clock()
        said = {one: at for one, at in self._said.pop(talk, {}).items() if now - at < SECONDS}
        allowed = key in said or len(said) < self._replies
        if allowed:
            said.setdefault(key, now)
        self._said[talk] = said
        if len(self._said) > MAX_TALKS:
            self._said.popitem(last=False)
        return allowed
