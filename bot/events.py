"""What does a person's doing on a platform become in a talk? An event whose text is safe; and the talk that its first event begins."""

from __future__ import annotations

from typing import Any

from bot.channel import Deleted, Filled, Incoming, Pressed, Stopped, Wrote
from bot.conversation.model import AnyEvent, Chose, Conversation, FormSent, MessageDeleted, Said, StopPressed
from bot.redaction import redact


def event_of(incoming: Incoming) -> AnyEvent:
    """What a person did, made safe; `id` is the first of its keys."""
    common: dict[str, Any] = {
        "id": incoming.keys[0],
        "conversation": incoming.conversation,
        "at": incoming.at,
        "order": incoming.order,
        "person": incoming.person,
        "message": incoming.message,
        "channel": incoming.channel,
        "place": incoming.place,
        "workspace": incoming.workspace,
        "called": incoming.called,
        "locale": incoming.locale,
        "outsiders": incoming.outsiders,
    }
    match incoming.what:
        case Wrote(text, edited):
            return Said(**common, text=redact(text), edited=edited)
        case Pressed(choice, turn):
            return Chose(**common, choice=choice, turn=turn)
        case Filled(form, values):
            return FormSent(**common, form=form, values={slot: redact(value) for slot, value in values.items()})
        case Deleted():
            return MessageDeleted(**common)
        case Stopped():
            return StopPressed(**common)


def characters_in(incoming: Incoming) -> int:
    """How much text a person sent."""
    match incoming.what:
        case Wrote(text):
            return len(text)
        case Filled(_, values):
            return sum(map(len, values.values()))
    return 0


def characters_of(event: AnyEvent) -> int:
    """How much text is in an event."""
    match event:
        case Said(text=text):
            return len(text.text)
        case FormSent(values=values):
            return sum(len(text.text) for text in values.values())
    return 0


def begun(event: AnyEvent) -> Conversation:
    """A conversation before its first step: only who and where."""
    return Conversation(
        key=event.conversation,
        channel=event.channel,
        place=event.place,
        workspace=event.workspace,
        asker=event.person,
        locale=event.locale,
        outsiders=event.outsiders,
        created=event.at,
        updated=event.at,
    )
