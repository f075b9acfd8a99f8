"""How do an event's facts get into the talk, and what is to be said about them before the answer? Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.conversation import remarks
from bot.conversation.model import AnyEvent, State
from bot.conversation.slots import merge, observed, values_of
from bot.reading.model import Reading, Slot

if TYPE_CHECKING:
    from bot.conversation.turn import Turn


def take(turn: Turn, event: AnyEvent, values: dict[Slot, str | int], reading: Reading, how: str) -> None:
    """Facts into the slots, with what is to be said about them."""
    before = turn.conversation
    if _is_inside(turn, values.get("client")):
        values = {slot: value for slot, value in values.items() if slot != "client"}
    turn.conversation, corrections = merge(turn.conversation, event, values, how)
    turn.changed = values_of(turn.conversation) != values_of(before)
    turn.conversation = observed(turn.conversation, event, reading)
    flags = [name for name in ("own_server", "works_elsewhere") if getattr(reading, name)]
    if flags:
        turn.flag(*flags)
    if reading.changed:
        turn.flag("fresh")
    if reading.ambiguous_security:
        turn.flag("encrypted")
    elif reading.security is not None:
        turn.unflag("encrypted")
    if corrections and turn.conversation.state is not State.CLOSED:  # a new problem brings new settings, which is no correction
        remarks.note_corrections(turn, corrections)
    remarks.note_typo(turn, reading)
    remarks.note_folklore(turn, reading)


def _is_inside(turn: Turn, client: str | int | None) -> bool:
    """Whether `client` is a library whose words stand in the log of the application that was named: its settings are not in the library."""
    clients = turn.index.knowledge.clients
    known = turn.conversation.slots.client
    new, old = clients.get(str(client)), clients.get(str(known.value)) if known is not None else None
    return new is not None and old is not None and new.kind == "library" and old.kind in ("application", "framework", "web")
