"""What is remembered of a message of ours: under which ids it stands, by which nonce it is known, what was refused before. Pure."""

from __future__ import annotations

import base64
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Posted:
    """One reply of ours on the screen: `channel` "" for a private one, whose ids are those of the interaction's webhook."""

    channel: str
    messages: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.channel}/{'+'.join(self.messages)}"

    @classmethod
    def read(cls, text: str) -> Posted:
        channel, _, messages = text.rpartition("/")
        return cls(channel, tuple(filter(None, messages.split("+"))))


class Remembered:
    """A bounded set whose entries fade."""

    def __init__(self, seconds: float, most: int = _MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._kept: OrderedDict[str, float] = OrderedDict()

    def add(self, key: str) -> None:
        self._kept[key] = self._clock() + self._seconds
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def discard(self, key: str) -> None:
        self._kept.pop(key, None)

    def __contains__(self, key: str) -> bool:
        until = self._kept.get(key)
        if until is None:
            return False
        if until <= self._clock():
            del self._kept[key]
            return False
        return True


def nonce(key: str, page: int = 0) -> str:
    """What Discord knows a repeated message by: at most 25 characters, the effect's own key for the first page."""
    if page == 0 and len(key) <= 25:
        return key
    return base64.b32encode(hashlib.sha256(f"{key}\n{page}".encode()).digest())[:25].decode().lower()
