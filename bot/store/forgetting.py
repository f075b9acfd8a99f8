"""What is left of a conversation without a message, or without a person? Pure; stores and machine may both ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from bot.conversation.model import Conversation, Known, Line, Seen


def without_message(conversation: Conversation, message: str) -> Conversation:
    """Slots, observations and lines that came from `message` are gone. An empty id names no message."""
    if not message:
        return conversation
    return _without(
        conversation,
        known=lambda known: known.message == message,
        seen=lambda seen: seen.origin == message,
        line=lambda line: line.message == message,
    )


def without_person(conversation: Conversation, person: str) -> Conversation:
    """What this person added to somebody else's talk is gone. An empty id names nobody."""
    if not person:
        return conversation
    theirs = replace(conversation, watches=tuple(watch for watch in conversation.watches if watch.person != person))
    return _without(
        theirs,
        known=lambda known: known.person == person,
        seen=lambda seen: seen.person == person,
        line=lambda line: line.person == person,
    )


def _without(
    conversation: Conversation, *, known: Callable[[Known], bool], seen: Callable[[Seen], bool], line: Callable[[Line], bool]
) -> Conversation:
    slots = conversation.slots
    for field in fields(slots):
        value = getattr(slots, field.name)
        if value is not None and known(value):
            slots = replace(slots, **{field.name: None})
    return replace(
        conversation,
        slots=slots,
        seen=tuple(item for item in conversation.seen if not seen(item)),
        transcript=tuple(item for item in conversation.transcript if not line(item)),
    )
