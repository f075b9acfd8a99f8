"""Is it the person's fault, or does nobody get through just now? Counts, in this process and for minutes only, who met a dead server.

A server is dead where the look found no port that takes mail. Several people within `WINDOW` make an outage. Nothing is stored; people
are told apart by a keyed hash that ends with the process. Other instances count for themselves.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from bot import observations as o
from bot.diagnosis.survey import best, survey

WINDOW_SECONDS = 900.0
PEOPLE = 3  # from this many different people on it is no coincidence
MAX_HOSTS = 2_000


class Outages:
    """By server, who met it dead and when (monotonic seconds)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(16)
        self._met: OrderedDict[str, dict[bytes, float]] = OrderedDict()

    def note(self, person: str, seen: tuple[o.Observation, ...]) -> int:
        """How many people, this one among them, met the same server dead in the last minutes; 0 where that is no outage.

        A look at a server that works ends its outage; where our own network lets nothing out, nothing can be said.
        """
        views = survey(seen)
        if not views:
            return 0
        host, now = views[0].host, self._clock()
        if best(views, login=False) is not None or any(isinstance(fact, o.ControlAnswered) and not fact.reached for fact in seen):
            self._met.pop(host, None)
            return 0
        people = self._met.pop(host, {})
        people[hashlib.blake2b(person.encode(), key=self._key, digest_size=8).digest()] = now
        recent = {who: when for who, when in people.items() if now - when <= WINDOW_SECONDS}
        self._met[host] = recent
        while len(self._met) > MAX_HOSTS:
            self._met.popitem(last=False)
        return len(recent) if len(recent) >= PEOPLE else 0
