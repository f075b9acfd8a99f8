"""Which interaction tokens are still good? In memory only: a token answers one person for 15 minutes and is neither stored nor logged."""

from __future__ import annotations

import logging
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# Discord takes a token for 15 minutes; the last half minute is left to the network.
_SECONDS = 870.0
_MOST = 10_000
_IN_AN_ADDRESS = re.compile(r"(/(?:webhooks|interactions)/\d{1,20}/)[^/?\s]{1,500}")


class WithoutTokens(logging.Filter):
    """The library notes the addresses of calls that meet a limit, and a token stands in some of them."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        masked = _IN_AN_ADDRESS.sub(r"\1…", said)
        if masked != said:
            record.msg, record.args = masked, ()
        return True


@dataclass(slots=True)
class Handle:
    """`shown`: what the original message shows as answer since this interaction (progress does not count); None: nothing yet."""

    token: str = field(repr=False)
    until: float
    shown: dict[str, Any] | None = field(default=None, repr=False)


class Handles:
    """The newest token of each talk and person."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], Handle] = OrderedDict()

    def keep(self, conversation: str, user: str, token: str) -> None:
        self._kept[conversation, user] = Handle(token, self._clock() + _SECONDS)
        self._kept.move_to_end((conversation, user))
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def good(self, conversation: str, user: str) -> Handle | None:
        """None: there is none, or it is too old."""
        handle = self._kept.get((conversation, user))
        if handle is None:
            return None
        if handle.until <= self._clock():
            del self._kept[conversation, user]
            return None
        return handle

    def drop(self, conversation: str, user: str) -> None:
        self._kept.pop((conversation, user), None)
