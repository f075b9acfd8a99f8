"""What must a store promise? The port that SQLite and Redis/Valkey implement, with one shared test suite.

A conversation's events come in by `receive` (claimed and written before anyone acknowledges them); `load` gives the conversation
with its unhandled events in the platform's order; `commit` writes state, effects and "handled" in one go under the version that
was read. Effects are claimed by compare-and-set with owner, lease and fencing number; nobody holds a lock.

Every method raises `StoreUnreachable`, with one sentence, when the store is away, full or broken. Nothing was written
then, unless the connection broke over it: then it may have been, and asking again finds out (a duplicate, a lost race, a stale fence).
What each crash leaves behind is argued state by state in README.md.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from bot.conversation.model import AnyEffect, AnyEvent, Conversation
from bot.store.lessons import Lessons
from bot.store.vault import Vault

# What is due later than these was written by a clock that ran ahead, or before ours was set back: it is due now.
LONGEST_LEASE_SECONDS = 120.0  # many times what is asked for
LONGEST_RETRY_SECONDS = 3600.0  # platforms that ask for patience name minutes; to be early costs one more such answer


@dataclass(frozen=True, slots=True)
class Loaded:
    """`conversation` None: nobody has talked here yet (version 0). `events` are the unhandled ones, by order, then arrival.

    `last_question` is the id of the last `Post` that asked something ("" for none): what an `Edit` of "" settles."""

    conversation: Conversation | None
    version: int
    events: tuple[AnyEvent, ...]
    last_question: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedEffect:
    """An effect that this owner may run until `lease_until`; `fence` must be given back with the outcome. `key` is at most 25 ASCII
    characters, the same for ever: a platform's idempotency key. `earlier_attempt`: somebody started it before and may have got through.
    `posted` maps the effect id that an `Edit` names to the platform's message id (empty while that post is not done). `person` and
    `workspace` are the conversation's, for the limits of a probe."""

    conversation: str
    channel: str
    place: Mapping[str, str]
    effect: AnyEffect
    key: str
    fence: int
    attempts: int
    earlier_attempt: bool
    posted: Mapping[str, str]
    lease_until: datetime.datetime
    person: str = ""
    workspace: str = ""


class Marked(Enum):
    """What `done` found. LOST: the fence is stale, somebody else has it. MORE: a later effect waits in the table behind it."""

    LOST = "lost"
    DONE = "done"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class DueWake:
    conversation: str
    wake: str
    at: datetime.datetime
    channel: str = ""


class Store(Protocol):
    @property
    def watch_seconds(self) -> float | None:
        """How often `changed_elsewhere` is worth asking because another process may share this store; None: it cannot be shared."""

    @property
    def vault(self) -> Vault:
        """Small sealed things of a platform that belong to no talk."""

    @property
    def lessons(self) -> Lessons:
        """What talks taught, where the operator wants it kept."""

    async def open(self) -> None:
        """Connects, migrates. Raises `StoreUnreachable` with a sentence."""

    async def close(self) -> None: ...

    async def changed_elsewhere(self) -> bool:
        """Whether another process may have written since the last call. Cheap."""

    async def receive(self, event: AnyEvent, keys: Sequence[str]) -> bool:
        """Claims all `keys` and writes the event, durable when it returns. False: one of the keys was claimed before (a duplicate).

        Keys are known at least within their conversation: the deliveries of one event name the same one.
        An event with `order` "" (a probe's result, a wake) is taken after those that wait already."""

    async def load(self, conversation: str) -> Loaded: ...

    async def waiting(self, channels: Sequence[str], received_before: datetime.datetime | None = None) -> Sequence[str]:
        """Conversations that have unhandled events (after a start, or when an instance has died), oldest first. An event from the
        future came before the clock was set back: it was received before any moment."""

    async def commit(
        self,
        conversation: Conversation,
        read_version: int,
        effects: Sequence[AnyEffect],
        handled: Sequence[str],
        *,
        owner: str = "",
        lease_until: datetime.datetime | None = None,
        in_hand: Sequence[str] | None = None,
        parked: Mapping[str, str] | None = None,
    ) -> Sequence[ClaimedEffect] | None:
        """Saves state, effects and handled events in one write if the version is still `read_version`; None: lost the race, step again.

        Handled events are erased with their text. `parked` (event id -> reason) are put aside: they could not be stepped three times.
        Each effect has an id (see `outbox.numbered`); a `Wake` replaces an earlier one of the same name. With `owner` and `lease_until`
        the new effects are claimed in the same write and given back, except those that must wait for an earlier one that somebody else
        has or nobody has (they stay in the table). `in_hand` names the earlier ones that the owner knows it has; None: all that it has
        leased. It has leased more where the answer to a claim or a commit never reached it, and nobody runs those until the lease ends."""

    async def discard(self, event: AnyEvent) -> None:
        """Erases an event that has no conversation to go to (forgotten meanwhile)."""

    async def owes(self, conversation: str) -> bool:
        """Whether anything but wakes is still to happen in it: unhandled events, unfinished effects."""

    async def claim_effects(
        self,
        channels: Sequence[str],
        owner: str,
        lease: datetime.timedelta,
        now: datetime.datetime,
        limit: int = 100,
        conversation: str | None = None,
    ) -> Sequence[ClaimedEffect]:
        """Claims due effects: `Post`/`Edit`/`HandOff` strictly in order within a conversation (the first unfinished one only), `Probe`
        beside them. A lease that has ended counts as nobody's, and so does one that is longer than leases are."""

    async def renew(self, effect: ClaimedEffect, owner: str, lease_until: datetime.datetime) -> bool:
        """False: the lease was lost to somebody else, or the conversation was forgotten."""

    async def done(self, effect: ClaimedEffect, message: str | None = None) -> Marked:
        """It has happened; `message` is the platform's id. A `Post` may be marked again, where the answer to that was lost."""

    async def posted(self, conversation: str, effect: str) -> str | None:
        """The platform's message id under which a `Post` stands; None while it is not done."""

    async def failed(self, effect: ClaimedEffect, reason: str, retry_at: datetime.datetime | None) -> bool:
        """It did not happen; `retry_at` None: it ends here. Whoever claimed it gives back what waits behind it. False: stale fence."""

    async def release(self, owner: str) -> int:
        """Gives back all that `owner` has claimed and not finished (it stops); others may take it at once."""

    async def next_due(self, channels: Sequence[str], grace: datetime.timedelta = datetime.timedelta(0)) -> datetime.datetime | None:
        """When the earliest wake, retry or end of a lease falls due, or an unhandled event has waited for `grace`.

        May name an earlier moment at which nothing is due yet: then it is worth asking again at that moment."""

    async def claim_wakes(
        self, channels: Sequence[str], owner: str, lease: datetime.timedelta, now: datetime.datetime, limit: int = 100
    ) -> Sequence[DueWake]:
        """Wakes that are due; each becomes a `Woken` event (key "wake:<conversation>:<wake>:<at>") by `receive`, then `wake_done`."""

    async def wake_done(self, wake: DueWake) -> None:
        """Forgets the wake, unless it was set anew for another time."""

    async def conversations_of(self, person: str, limit: int = 50) -> Sequence[Conversation]:
        """Newest first."""

    async def forget_message(self, message: str) -> None:
        """Erases what came from a message: unhandled events, slots, observations, lines of the transcript."""

    async def forget_person(self, person: str) -> int:
        """Deletes all that is kept about a person: the talks they asked in, and in others what they said. Gives the number of
        conversations concerned."""

    async def forget_workspace(self, workspace: str) -> int: ...

    async def forget_conversation(self, conversation: str) -> bool:
        """Deletes one talk with all that waits, is owed or was claimed in it (its thread is gone). False: nothing was kept of it."""

    async def purge(self, before: datetime.datetime) -> int:
        """Deletes conversations not touched since `before`, and claims older than a day. Gives the number of conversations."""
