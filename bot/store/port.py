"""What must a store promise? The port that SQLite and Redis/Valkey implement, with one shared test suite.

A conversation's events come in by `receive` (claimed and written before anyone acknowledges them); `load` gives the conversation
with its unhandled events in the platform's order; `commit` writes state, effects and "handled" in one go under the version that
was read. Effects are claimed by compare-and-set with owner, lease and fencing number; nobody holds a lock.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.conversation.model import AnyEffect, AnyEvent, Conversation


@dataclass(frozen=True, slots=True)
class Loaded:
    """`conversation` None: nobody has talked here yet (version 0). `events` are the unhandled ones, by order, then arrival."""

    conversation: Conversation | None
    version: int
    events: tuple[AnyEvent, ...]


@dataclass(frozen=True, slots=True)
class ClaimedEffect:
    """An effect that this owner may run until `lease_until`; `fence` must be given back with the outcome. `key` is at most 25 ASCII
    characters, the same for ever: a platform's idempotency key. `earlier_attempt`: somebody started it before and may have got through.
    `posted` maps an effect id of this conversation to the platform's message id it posted (for `Edit`)."""

    conversation: str
    channel: str
    place: Mapping[str, str]
    effect: AnyEffect
    key: str
    fence: int
    attempts: int
    earlier_attempt: bool
    posted: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DueWake:
    conversation: str
    wake: str
    at: datetime.datetime


class Store(Protocol):
    async def open(self) -> None:
        """Connects, migrates. Raises `StoreUnreachable` with a sentence."""

    async def close(self) -> None: ...

    async def receive(self, event: AnyEvent, keys: Sequence[str]) -> bool:
        """Claims all `keys` and writes the event, durable when it returns. False: one of the keys was claimed before (a duplicate)."""

    async def load(self, conversation: str) -> Loaded: ...

    async def waiting(self, channels: Sequence[str]) -> Sequence[str]:
        """Conversations that have unhandled events (after a start, or when an instance has died)."""

    async def commit(
        self,
        conversation: Conversation,
        read_version: int,
        effects: Sequence[AnyEffect],
        handled: Sequence[str],
    ) -> bool:
        """Saves state, effects and handled events in one write if the version is still `read_version`; False: lost the race, step again.

        The text of handled events is erased."""

    async def claim_effects(
        self,
        channels: Sequence[str],
        owner: str,
        lease: datetime.timedelta,
        now: datetime.datetime,
        limit: int = 100,
        conversation: str | None = None,
    ) -> Sequence[ClaimedEffect]:
        """Claims due effects: `Post`/`Edit`/`HandOff` strictly in order within a conversation, `Probe` beside them."""

    async def renew(self, effect: ClaimedEffect, owner: str, lease_until: datetime.datetime) -> bool:
        """False: the lease was lost to somebody else."""

    async def done(self, effect: ClaimedEffect, message: str | None = None) -> bool:
        """It has happened; `message` is the platform's id. False: the fence is stale, somebody else has it."""

    async def failed(self, effect: ClaimedEffect, reason: str, retry_at: datetime.datetime | None) -> bool:
        """It did not happen; `retry_at` None: it ends here."""

    async def next_due(self, channels: Sequence[str]) -> datetime.datetime | None:
        """When the earliest wake, retry or end of a lease falls due."""

    async def claim_wakes(
        self, channels: Sequence[str], owner: str, lease: datetime.timedelta, now: datetime.datetime, limit: int = 100
    ) -> Sequence[DueWake]:
        """Wakes that are due; each becomes a `Woken` event (key "wake:<conversation>:<wake>") by `receive`, then `wake_done`."""

    async def wake_done(self, wake: DueWake) -> None: ...

    async def park(self, event: AnyEvent, reason: str) -> None:
        """Puts an event aside that could not be stepped three times."""

    async def conversations_of(self, person: str, limit: int = 50) -> Sequence[Conversation]:
        """Newest first."""

    async def forget_message(self, message: str) -> None: ...

    async def forget_person(self, person: str) -> int:
        """Deletes all that is kept about a person; gives the number of conversations concerned."""

    async def forget_workspace(self, workspace: str) -> int: ...

    async def purge(self, before: datetime.datetime) -> int:
        """Deletes conversations not touched since `before`, and old claims (kept at least 15 minutes)."""
