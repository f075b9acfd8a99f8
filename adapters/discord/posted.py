"""What is remembered of a message of ours: under which ids it stands, by what it is known again, what was refused before. Pure."""

from __future__ import annotations

import base64
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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

    def newest(self, most: int) -> list[str]:
        """What was added last, that first; at most so many."""
        return [key for key in list(reversed(self._kept))[: 2 * most] if key in self][:most]

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


def mark(once: str) -> int:
    """The nonce as a component's id: 31 bits, far above those that Discord counts up by itself.

    Discord forgets a nonce within minutes and never shows it again (discord.py issue 2451); a component's id stays with the message.
    """
    return int.from_bytes(hashlib.sha256(once.encode()).digest()[:4], "big") & 0x3FFF_FFFF | 0x4000_0000


def marked(message: Mapping[str, Any], once: str) -> dict[str, Any]:
    """`message` with its first component carrying the mark; ordinary content has nothing that could."""
    components = message.get("components") or []
    if not components or "content" in message:
        return dict(message)
    return {**message, "components": [{**components[0], "id": mark(once)}, *components[1:]]}


def mark_of(message: Mapping[str, Any]) -> int | None:
    components = message.get("components") or []
    return components[0].get("id") if components else None
