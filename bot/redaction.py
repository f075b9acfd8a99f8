"""Which parts of a text are secrets, and what is left without them? The only module that makes a `SafeText`.

Store, log, reading and machine take nothing else. Replaced by the reading owner; this is the shape.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """What was removed: its kind ("password", "api_key", "token", "app_password", "private_key", "code", "cookie") and where its marker stands."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SafeText:
    """A text without secrets; each is replaced by a marker such as "[password removed]". Made by `redact` only."""

    text: str
    secrets: tuple[Secret, ...] = ()


def redact(raw: str) -> SafeText:
    """Total (any string), idempotent, linear in time."""
    return SafeText(raw.encode("utf-8", "replace").decode("utf-8"))
