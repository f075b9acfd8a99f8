"""What is a conversation made of? Slots, events in, effects out; plain data, stored as JSON by `bot/store/codec.py`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Literal

from bot.observations import Observation
from bot.reading.model import Reading, Slot
from bot.redaction import SafeText
from bot.reply import Choice, Form, Reply
from knowledge.terms import Endpoint, Security

__all__ = ["Choice", "Form", "Reply"]  # part of this vocabulary, defined in bot/reply.py because answers need them too


class State(StrEnum):
    """Where a conversation stands; `machine.py` explains each above its table."""

    IDLE = "idle"
    ASKING = "asking"
    PROBING = "probing"
    ADVISED = "advised"
    CLOSED = "closed"
    HANDED_OFF = "handed_off"


# --- what is known ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """A slot's value and where it came from, so that it can be forgotten with its message or person."""

    value: str | int
    message: str
    person: str
    order: str
    how: str = "said"  # "said" | "chosen" | "pasted" | "derived"


@dataclass(frozen=True, slots=True)
class Slots:
    host: Known | None = None
    port: Known | None = None
    security: Known | None = None
    client: Known | None = None
    provider: Known | None = None
    address_domain: Known | None = None
    error: Known | None = None

    def get(self, slot: Slot) -> Known | None:
        value = getattr(self, slot)
        assert value is None or isinstance(value, Known)
        return value

    def with_(self, slot: Slot, known: Known | None) -> Slots:
        return replace(self, **{slot: known})

    def without_message(self, message: str) -> Slots:
        gone = {f.name: None for f in fields(self) if (k := getattr(self, f.name)) is not None and k.message == message}
        return replace(self, **gone) if gone else self


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation with the message or probe and the person it came from (person "" for a probe)."""

    observation: Observation
    origin: str
    person: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the redacted transcript; `who` is "person" or "bot"."""

    who: str
    text: str
    message: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """The open question: what it asks for, under which turn number, with which choices (for a typed answer)."""

    slot: str
    turn: int
    phrase: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """What a probe shall look at. `host` None: discover from `domain`. `entered` is the person's endpoint as far as known.

    `fresh`: pass over the cache. `policy`: look at what the DNS says of the sender's `domain` too, with `outgoing`, the address that mail
    leaves from, and `selector`, the DKIM key's name, as far as the error text gives them. `public_only`: look at public addresses only,
    whatever else the operator allows, for people from outside read the answer.
    """

    host: str | None
    port: int | None = None
    security: Security | None = None
    domain: str | None = None
    fresh: bool = False
    policy: bool = False
    outgoing: str | None = None
    selector: str | None = None
    public_only: bool = False


WatchKind = Literal["server", "certificate", "question"]
WATCH_PREFIX = "watch:"


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that a person wants to be told later (`watching.py`): looks made so far, and when it is given up."""

    kind: WatchKind
    number: int
    until: datetime.datetime
    host: str = ""
    port: int | None = None
    person: str = ""

    @property
    def name(self) -> str:
        """Of its next wake and look; another one than that of every look before."""
        return f"{WATCH_PREFIX}{self.kind}:{self.until:%Y%m%d%H%M%S}:{self.number}"


@dataclass(frozen=True, slots=True)
class PendingProbe:
    id: str
    request: ProbeRequest


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything that is kept of a talk. `told` are the causes already advised for this problem, `dont_know` what the person
    could not say, `asked` every question put for this problem, `flags` what was already said once, `advised` the endpoint that the last
    answer led to, `problem` counts problems in
    this thread, `sent` effects (their ids), `last_order` is the newest event taken, `outsiders` that people from outside the operator's
    organisation read here."""

    key: str
    channel: str = ""
    place: Mapping[str, str] = field(default_factory=dict)
    workspace: str = ""
    asker: str = ""
    state: State = State.IDLE
    slots: Slots = Slots()
    seen: tuple[Seen, ...] = ()
    question: Question | None = None
    turn: int = 0
    probe: PendingProbe | None = None
    probes: int = 0
    wakes: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    dont_know: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    advised: Endpoint | None = None
    problem: int = 0
    sent: int = 0
    last_order: str = ""
    transcript: tuple[Line, ...] = ()
    locale: str | None = None
    created: datetime.datetime | None = None
    updated: datetime.datetime | None = None
    outsiders: bool = False
    watches: tuple[Watch, ...] = ()

    def awaited(self) -> frozenset[str]:
        """The ids of the probes that are waited for: the talk's own one, and the looks of its watches."""
        own = {self.probe.id} if self.probe is not None else set()
        return frozenset(own | {watch.name for watch in self.watches})


# --- in: events --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """`id` is unique for ever (the first of its keys); `order` sorts within the conversation; `at` is aware UTC."""

    id: str
    conversation: str
    at: datetime.datetime
    order: str
    person: str = ""
    message: str = ""
    channel: str = ""
    place: Mapping[str, str] = field(default_factory=dict)
    workspace: str = ""
    called: bool = True
    locale: str | None = None
    outsiders: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Said(Event):
    """A person's text. `reading` is put in by the service, just before the step, with the open question at hand; never stored."""

    text: SafeText
    edited: bool = False
    reading: Reading | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Chose(Event):
    choice: str
    turn: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FormSent(Event):
    form: str
    values: Mapping[str, SafeText]
    readings: Mapping[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class MessageDeleted(Event):
    """`Event.message` was deleted by its author: forget what came from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopPressed(Event):
    """Stop what is running; the talk goes on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbeDone(Event):
    """`error` is one sentence id where the probe could not run at all. `others`: how many other people met the same dead server in the
    last minutes (`bot/outages.py`), put in by the service just before the step; never stored."""

    probe: str
    observations: tuple[Observation, ...]
    error: str | None = None
    others: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Woken(Event):
    wake: str


AnyEvent = Said | Chose | FormSent | MessageDeleted | StopPressed | ProbeDone | Woken


# --- out: effects --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """`id` is unique in its conversation and the same when a lost race is stepped again: a running number."""

    id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Post(Effect):
    reply: Reply


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit(Effect):
    """Replace the message that the effect `of` posted. `of` "": the last message of the question (its buttons are settled)."""

    of: str
    reply: Reply


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe(Effect):
    """`quiet`: nobody waits for it, and its progress is not shown."""

    probe: str
    request: ProbeRequest
    quiet: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Wake(Effect):
    wake: str
    at: datetime.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class HandOff(Effect):
    summary: Reply


AnyEffect = Post | Edit | Probe | Wake | HandOff


LessonKind = Literal["unrecognised", "helped", "unhelped"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What can be learnt from a talk: an error text that nothing was known for, or how the answer for a cause turned out. `provider` and
    `client` are ids, "" where unknown. Nobody's name, place or talk is in it but what stands in `text` (see `bot/learning.py`)."""

    kind: LessonKind
    cause: str = ""
    provider: str = ""
    client: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What one event made of a conversation. `lessons` are no effects: they may be lost."""

    conversation: Conversation
    effects: tuple[AnyEffect, ...] = ()
    lessons: tuple[Lesson, ...] = ()
