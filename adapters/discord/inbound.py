"""What did a person do on Discord? Pure: the payload of a gateway event becomes `Incoming`, or None. Calls nothing, sends nothing.

Left out are bots, webhooks, notices of Discord itself, and what nobody addressed to us outside a thread. Whether a thread is one of
our talks the payload does not say; `app` asks the service.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.discord import custom_ids, places
from adapters.discord.custom_ids import KEY, CustomId
from adapters.discord.places import Where
from bot.channel import Deleted, Filled, Incoming, Place, Pressed, Stopped, What, Wrote

Payload = Mapping[str, Any]

NAME = "discord"

_DEFAULT, _REPLY = 0, 19
# A text and a quoted one together; longer texts come as files and are bounded there.
_MAX_QUOTE = 4_000


@dataclass(frozen=True, slots=True)
class Me:
    """Who the bot is: its user and its application."""

    user: str
    application: str


# --- messages --------------------------------------------------------------------------------------------------------------


def wrote(payload: Payload, me: Me, where: Where, *, edited: bool = False) -> Incoming | None:
    """`MESSAGE_CREATE` (or, `edited`, `MESSAGE_UPDATE`) of a person.

    None: nobody's we listen to, or outside a thread and not addressed to us. In a thread `called` tells whether it was.
    An update without `edited_timestamp` is Discord's own (a link's preview, a pin) and None too.
    Source: https://docs.discord.com/developers/resources/message
    """
    author = payload.get("author") or {}
    user = str(author.get("id") or "")
    if not user or user == me.user or author.get("bot") or author.get("system") or payload.get("webhook_id"):
        return None
    if payload.get("type", _DEFAULT) not in (_DEFAULT, _REPLY):
        return None
    at = moment_of(payload.get("edited_timestamp" if edited else "timestamp"))
    if edited and at is None:
        return None
    message, channel, guild = str(payload["id"]), str(payload["channel_id"]), str(payload.get("guild_id") or "")
    answered = _answered(payload, me)
    called = where.kind == "dm" or answered is not None or _mentioned(payload, me, where)
    if not called and where.kind != "thread":
        return None
    place = _place(where, channel, guild, message, user, answered)
    text = _text(payload, me, where, quote=called and answered is None)
    if where.post is not None and message == channel:
        text = "\n".join([*where.post, text])
    moment = at or places.time_of(message)
    return Incoming(
        channel=NAME,
        keys=(f"{KEY}edit:{message}:{payload['edited_timestamp']}" if edited else f"{KEY}message:{message}",),
        conversation=places.conversation_of(place),
        place=place,
        person=places.person_of(user),
        workspace=places.workspace_of(guild, channel),
        order=places.order_at(moment) if edited else places.order(message),
        message=f"{KEY}{message}",
        at=moment,
        what=Wrote(text, edited=edited),
        called=called,
        outsiders=where.kind == "dm",
    )


def _place(where: Where, channel: str, guild: str, message: str, user: str, answered: str | None) -> Place:
    match where.kind:
        case "dm":
            return places.dm(channel, user)
        case "thread":
            return places.thread(channel, guild, user)
        case "text":
            return places.start(channel, answered or message, guild, user)
    return places.reply(channel, answered or message, guild, user)


def _answered(payload: Payload, me: Me) -> str | None:
    """The root of our talk that this message answers: in a channel ours stand as replies to it. None: it answers nothing of ours."""
    target = payload.get("referenced_message") or {}
    if str((target.get("author") or {}).get("id") or "") != me.user:
        return None
    root = (target.get("message_reference") or {}).get("message_id")
    return str(root) if root else str(target["id"])


def _mentioned(payload: Payload, me: Me, where: Where) -> bool:
    """By name or by one of our roles; a call to everyone is none to us."""
    named = any(str(user.get("id")) == me.user for user in payload.get("mentions") or ())
    return named or any(str(role) in where.roles for role in payload.get("mention_roles") or ())


def _text(payload: Payload, me: Me, where: Where, *, quote: bool) -> str:
    """What was written, without our own mention; a mention under somebody's message takes that message along."""
    text = str(payload.get("content") or "")
    for form in (f"<@{me.user}>", f"<@!{me.user}>", *(f"<@&{role}>" for role in where.roles)):
        text = text.replace(form, " ")
    parts = [text.strip()]
    target = payload.get("referenced_message") or {}
    if quote:
        parts.append(content_of(target))
    for forwarded in payload.get("message_snapshots") or ():
        parts.append(str((forwarded.get("message") or {}).get("content") or "")[:_MAX_QUOTE])
    return "\n\n".join(part for part in parts if part)


def content_of(message: Payload) -> str:
    """What stands in somebody's message that was asked for; "" where it is a bot's, or Discord does not let us read it."""
    return "" if (message.get("author") or {}).get("bot") else str(message.get("content") or "")[:_MAX_QUOTE]


def deleted(message: str, channel: str, guild: str, conversation: str, place: Place, person: str, at: datetime.datetime) -> Incoming:
    """A message that came from `person` into `conversation` is gone. Discord does not say who deleted it."""
    return Incoming(
        channel=NAME,
        keys=(f"{KEY}deleted:{message}",),
        conversation=conversation,
        place=place,
        person=person,
        workspace=places.workspace_of(guild, channel),
        order=places.order_at(at),
        message=f"{KEY}{message}",
        at=at,
        what=Deleted(),
        called=False,
    )


# --- interactions ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clicked:
    """A component or a modal of ours: who, in which talk, what it carries. `value` is a menu's choice, `fields` a modal's values."""

    id: CustomId
    raw: str
    conversation: str
    value: str | None
    fields: Mapping[str, str]


def clicked(payload: Payload) -> Clicked | None:
    """The click or the sent modal in an `INTERACTION_CREATE`; None where its custom id is not ours.

    A modal is read from the raw data, labels and old rows alike, so that one that was opened before a restart is taken too.
    """
    data = payload.get("data") or {}
    raw = str(data.get("custom_id") or "")
    id = custom_ids.read(raw)
    if id is None:
        return None
    values = data.get("values") or ()
    return Clicked(
        id=id,
        raw=raw,
        conversation=id.conversation or f"{KEY}{payload.get('channel_id') or ''}",
        value=str(values[0]) if values else None,
        fields=dict(_fields(data.get("components") or ())),
    )


def _fields(components: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for component in components:
        inner = [component["component"]] if "component" in component else component.get("components") or []
        for field in inner:
            value = field.get("value")
            if value is None and field.get("values"):
                value = field["values"][0]
            if field.get("custom_id") and value not in (None, ""):
                found.append((str(field["custom_id"]), str(value)))
    return found


def user_of(payload: Payload) -> str:
    """Who acted: in a server inside `member`, elsewhere at the top."""
    user = (payload.get("member") or {}).get("user") or payload.get("user") or {}
    return str(user.get("id") or "")


def roles_of(payload: Payload) -> frozenset[str]:
    return frozenset(str(role) for role in (payload.get("member") or {}).get("roles") or ())


def permissions_of(payload: Payload) -> int:
    """The bit set of what the acting member may do in this channel."""
    return int((payload.get("member") or {}).get("permissions") or 0)


def locale_of(payload: Payload) -> str | None:
    """The language of the acting person's own Discord ("de", "en-GB")."""
    return str(payload["locale"]) if payload.get("locale") else None


def acted(payload: Payload, what: What, conversation: str, place: Place) -> Incoming:
    """An interaction as ours. The locale is the person's own.

    Who is not in a server that took the bot in (a direct message, an app taken along into another server) is from outside.
    """
    interaction = str(payload["id"])
    taken_in_by = (payload.get("authorizing_integration_owners") or {"0": payload.get("guild_id")}).get("0")
    guild, channel = str(payload.get("guild_id") or ""), str(payload.get("channel_id") or "")
    return Incoming(
        channel=NAME,
        keys=(f"{KEY}interaction:{interaction}",),
        conversation=conversation,
        place=place,
        person=places.person_of(user_of(payload)),
        workspace=places.workspace_of(guild, channel),
        order=places.order(interaction),
        message=f"{KEY}interaction:{interaction}",
        at=places.time_of(interaction),
        what=what,
        locale=locale_of(payload),
        outsiders=not payload.get("guild_id") or str(taken_in_by) != str(payload["guild_id"]),
    )


def meant(click: Clicked) -> What:
    """What a click or a modal of ours says to the talk."""
    if click.id.choice == "!answer":
        return Wrote("\n".join(click.fields.values()))
    if click.id.choice == "!stop":
        return Stopped()
    if click.id.choice.startswith("!form."):
        return Filled(click.id.choice.removeprefix("!form."), click.fields)
    if click.id.choice.startswith("!pick") and click.value is not None:
        return Pressed(click.value, click.id.turn)
    return Pressed(click.id.choice, click.id.turn)


def moment_of(text: object) -> datetime.datetime | None:
    if not isinstance(text, str):
        return None
    try:
        at = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(datetime.UTC) if at.tzinfo else at.replace(tzinfo=datetime.UTC)
