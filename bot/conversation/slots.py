"""How do facts get into and out of a conversation? Merging what was said, corrected, deleted. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import observations as o
from bot.conversation.model import Conversation, Event, Known, Seen
from bot.diagnosis.model import Situation
from bot.observations import Observations
from bot.reading.model import SLOTS, Reading, Slot
from knowledge.terms import Security


@dataclass(frozen=True, slots=True)
class Correction:
    """A slot that held another value before."""

    slot: Slot
    was: str | int
    now: str | int


def merge(
    conversation: Conversation, event: Event, values: Mapping[Slot, str | int], how: str
) -> tuple[Conversation, tuple[Correction, ...]]:
    """The conversation with `values` in its slots, and what that corrected.

    A message that is older than one already taken fills empty slots and overwrites nothing. Another server makes what was seen at the
    old one void.
    """
    late = event.order < conversation.last_order
    slots, corrections = conversation.slots, []
    for slot, value in values.items():
        earlier = slots.get(slot)
        if earlier is not None and late:
            continue
        if earlier is not None and earlier.value != value and slot != "error" and not _finer(slot, earlier.value, value):
            corrections.append(Correction(slot, earlier.value, value))
        slots = slots.with_(slot, Known(value, event.message, event.person, event.order, how))
    seen = conversation.seen
    if any(correction.slot == "host" for correction in corrections):
        seen = tuple(item for item in seen if item.person)
    gone = frozenset(values)
    return (
        replace(conversation, slots=slots, seen=seen, dont_know=tuple(s for s in conversation.dont_know if s not in gone)),
        tuple(corrections),
    )


def _finer(slot: Slot, was: str | int, now: str | int) -> bool:
    """ "outlook" -> "outlook-classic" says more of the same and corrects nothing."""
    return slot == "client" and isinstance(was, str) and isinstance(now, str) and (now.startswith(was) or was == "other")


def said(reading: Reading) -> dict[Slot, str | int]:
    """The slots that a reading fills."""
    return {slot: value for slot in SLOTS if (value := reading.slot(slot)) is not None}


def observed(conversation: Conversation, event: Event, reading: Reading) -> Conversation:
    """With what the person's side saw (pasted transcripts)."""
    new = tuple(Seen(fact, event.message, event.person) for fact in reading.observations)
    return replace(conversation, seen=conversation.seen + new) if new else conversation


def without_message(conversation: Conversation, message: str) -> Conversation:
    """Forgets what came from one message: slots, observations, its line of the transcript."""
    return replace(
        conversation,
        slots=conversation.slots.without_message(message),
        seen=tuple(item for item in conversation.seen if item.origin != message),
        transcript=tuple(line for line in conversation.transcript if line.message != message),
    )


def observations_of(conversation: Conversation) -> Observations:
    """All that was seen by anyone, except of servers that are no longer the person's. The control endpoint is nobody's, and always told."""
    host = conversation.slots.host
    facts = (item.observation for item in conversation.seen)
    if host is None:
        return Observations(tuple(facts))
    mine = ("", host.value)

    def counts(fact: o.Observation) -> bool:
        elsewhere = isinstance(fact, o.EndpointObservation) and not isinstance(fact, o.ControlAnswered) and fact.host not in mine
        return not elsewhere or fact.site == o.USER

    return Observations(tuple(filter(counts, facts)))


def situation_of(conversation: Conversation) -> Situation:
    """What the slots say, as the diagnosis takes it."""
    slots = conversation.slots

    def text(slot: Slot) -> str | None:
        known = slots.get(slot)
        return str(known.value) if known is not None else None

    security, port = text("security"), slots.port
    return Situation(
        host=text("host"),
        port=int(port.value) if port is not None else None,
        security=Security(security) if security is not None else None,
        client=text("client"),
        provider=text("provider"),
        address_domain=text("address_domain"),
        error=text("error"),
        own_server="own_server" in conversation.flags,
        works_elsewhere="works_elsewhere" in conversation.flags,
    )


def values_of(conversation: Conversation) -> tuple[str | int | None, ...]:
    return tuple(known.value if (known := conversation.slots.get(slot)) is not None else None for slot in SLOTS)
