"""What must a platform be able to do? The port between the core and Slack, Discord, a terminal. Holds types, does nothing.

A platform hands `Incoming` to the service and implements `Channel`; it knows nothing of mail.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.reply import Progress, Reply

Place = Mapping[str, str]  # where a platform posts (channel, thread …); plain strings, stored with the conversation


# --- in ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wrote:
    """A person wrote a text (raw: the service makes it safe before anything else sees it). `edited`: it replaces the earlier form."""

    text: str
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """A person chose one of a reply's choices. `turn` is the reply's; a stale one is told so."""

    choice: str
    turn: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A person sent a form: slot -> what was entered (raw)."""

    form: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A person deleted the message whose id is `Incoming.message`: what came from it is forgotten."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A person stopped what is running (Ctrl-C, Slack's Stop)."""


What = Wrote | Pressed | Filled | Deleted | Stopped


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a person did on a platform.

    keys          duplicates are known by any one of these ("slack:event:Ev1", "slack:message:T1:C1:1700000000.000100"); never empty
    conversation  the conversation's key, unique over all platforms ("slack:T1:C1:1700000000.000100")
    place         where answers go; must be all that `Channel.post` needs
    person        who, unique over all platforms ("slack:T1:U1"); `workspace` likewise ("slack:T1"), for deletion
    order         sorts the events of a conversation as the platform gave them (compared as a string: pad numbers)
    message       the platform's id of the message it came from, for edits and deletion
    at            aware UTC
    called        the bot was addressed (mention, direct message, command): only then does a silent conversation speak again
    outsiders     people from outside the operator's organisation read the answer: nothing of the operator's own network is looked at
    """

    channel: str
    keys: tuple[str, ...]
    conversation: str
    place: Place
    person: str
    workspace: str
    order: str
    message: str
    at: datetime.datetime
    what: What
    called: bool = True
    locale: str | None = None
    outsiders: bool = False


# --- out -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a platform can show. `told_twice` False: it has a key by which a repeated post is recognised (nonce, metadata)."""

    edit: bool = True
    stream: bool = False
    forms: bool = False
    tables: bool = False
    private: bool = False
    told_twice: bool = True


class Undeliverable(Exception):
    """It will never work (channel gone, not allowed there). The effect ends; `reason` is the platform's code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(Exception):
    """It may work in `seconds` (rate limit, outage)."""

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(f"{reason or 'try later'}: {seconds:g} s")
        self.seconds = seconds
        self.reason = reason


class Channel(Protocol):
    """One platform. `key` names an effect for ever (at most 25 ASCII characters): the platform's own idempotency key where it has one.

    Every method raises `Undeliverable`, `TryLater`, or passes on what is our own bug.
    """

    @property
    def name(self) -> str: ...

    @property
    def abilities(self) -> Abilities: ...

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        """Shows `reply`; gives the platform's id of the (last) message."""

    async def edit(self, place: Place, message: str, reply: Reply, key: str) -> str:
        """Shows `reply` in place of an earlier message; gives the id under which it stands now."""

    async def find(self, place: Place, key: str) -> str | None:
        """The message that an earlier run posted under `key`, or None where there is none or the platform cannot tell."""

    async def progress(self, place: Place, progress: Progress) -> None:
        """Shows how far a probe is. Volatile and coalesced here: intermediate states may be dropped, `finished` never."""

    async def hand_off(self, place: Place, summary: Reply, key: str) -> None:
        """Calls a person: puts `summary` where the helpers look, with a link to the talk where the platform has one."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question without a talk (slash lookup, autocomplete), answered at once and stored nowhere."""

    verb: str  # "lookup" | "explain" | "help"
    text: str
    options: Mapping[str, str] = field(default_factory=dict)
