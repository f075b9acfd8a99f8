"""Which of our choices did a person press? Pure: `block_actions` payloads in, `Click` out; the conversation stands in the block's id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.foreign import Payload, identity, listed, mapping, string
from adapters.slack.inbound import CHANNEL, conversation, message_id, moment, padded, person, place, workspace_of
from adapters.slack.render import ACTION, FORM_ACTION
from bot.channel import Incoming, Pressed


@dataclass(frozen=True, slots=True)
class Origin:
    """Which conversation a button belongs to; "team/channel/thread" inside the block's id."""

    team: str
    channel: str
    thread: str

    def __str__(self) -> str:
        return f"{self.team}/{self.channel}/{self.thread}"

    @property
    def conversation(self) -> str:
        return conversation(self.team, self.channel, self.thread)


@dataclass(frozen=True, slots=True)
class Click:
    """A press of one of our own choices, with the handle for a private answer (it expires and is stored nowhere).

    `label`, `blocks`, `text` and `ts` are the message as it stands, so that it can be shown settled.
    """

    incoming: Incoming
    turn: int
    response_url: str | None
    label: str = ""
    blocks: tuple[Payload, ...] = ()
    text: str = ""
    ts: str = ""


def clicked(payload: Payload) -> Click | None:
    """A `block_actions` payload as a press of one of our choices; None for links, forms and buttons of other kinds."""
    action = mapping(next(iter(listed(payload.get("actions"))), None))
    action_id = string(action.get("action_id"))
    if not action_id.startswith(f"{ACTION}:") or action_id == FORM_ACTION:
        return None
    option = mapping(action.get("selected_option"))
    turn, colon, choice = string(action.get("value") or option.get("value")).partition(":")
    origin = origin_of(string(action.get("block_id")))
    user = mapping(payload.get("user"))
    user_id = identity(user.get("id"))
    if not colon or not turn.isdecimal() or origin is None or not user_id:
        return None
    at = identity(action.get("action_ts")) or origin.thread
    container = mapping(payload.get("container"))
    message = identity(container.get("message_ts")) or identity(mapping(payload.get("message")).get("ts")) or at
    home = identity(user.get("team_id")) or origin.team
    incoming = Incoming(
        channel=CHANNEL,
        keys=(f"{CHANNEL}:action:{origin.team}:{user_id}:{message}:{action_id}:{at}",),
        conversation=origin.conversation,
        place=place({**payload, "team_id": origin.team}, origin.channel, origin.thread, user_id, home),
        person=person(home, user_id),
        workspace=workspace_of({**payload, "team_id": origin.team}),
        order=padded(at),
        message=message_id(origin.team, origin.channel, message),
        at=moment(at),
        what=Pressed(choice, int(turn)),
    )
    said = mapping(payload.get("message"))
    return Click(
        incoming,
        int(turn),
        identity(payload.get("response_url")),
        label=string(mapping(option.get("text") or action.get("text")).get("text")),
        blocks=tuple(block for block in listed(said.get("blocks")) if isinstance(block, Mapping)),
        text=string(said.get("text")),
        ts=message,
    )


def origin_of(block_id: str) -> Origin | None:
    """The conversation named in a block's id ("pm/0/T1/C1/1700000000.000100")."""
    kind, _, rest = block_id.partition("/")
    return origin_from(rest.partition("/")[2]) if kind == ACTION else None


def origin_from(text: str) -> Origin | None:
    parts = text.split("/")
    return Origin(*parts) if len(parts) == 3 and all(parts) else None


def packed_form(payload: Payload) -> tuple[int, dict[str, Any]] | None:
    """The form that a button carries, with its turn; None where the button is of another kind or its value was tampered with."""
    action = mapping(next(iter(listed(payload.get("actions"))), None))
    if action.get("action_id") != FORM_ACTION:
        return None
    turn, colon, packed = string(action.get("value")).partition(":")
    try:
        form = json.loads(packed)
    except ValueError:
        return None
    return (int(turn), form) if colon and turn.isdecimal() and isinstance(form, dict) else None
