"""Where does a talk stand on Discord, and what is it called? Pure: plain strings that are stored with the conversation.

kind      talk                                                              conversation's key
start     a mention in a channel: its thread is made with the first answer  discord:<message id> (a thread has its message's id)
thread    inside a thread or a forum post                                   discord:<thread id>
reply     a channel that has no threads: answers are replies to the root    discord:<message id>
dm        direct messages                                                   discord:<channel id>
private   one message that only its person sees (commands)                  discord:<interaction id>
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.discord.custom_ids import KEY
from bot.channel import Place

# Discord's epoch, the first millisecond of 2015, in Unix milliseconds.
_EPOCH = 1_420_070_400_000
_THREAD_TYPES = frozenset({10, 11, 12})
_THREADED_TYPES = frozenset({0, 5})
_DM, _GROUP_DM = 1, 3


@dataclass(frozen=True, slots=True)
class Where:
    """What is known of the channel in which something happened. `kind` is "text" (may hold threads), "thread", "dm" or "other".

    parent   of a thread: the channel it belongs to
    post     a post of a configured help forum: its title and its tags' names
    ours     the bot opened the thread
    roles    the bot's own roles in this server, for a mention of one of them
    """

    kind: str
    parent: str = ""
    ours: bool = False
    post: tuple[str, ...] | None = None
    roles: frozenset[str] = frozenset()


def kind_of(channel_type: object) -> str:
    """Discord's channel type in our words. Source: https://docs.discord.com/developers/resources/channel"""
    if channel_type == _DM:
        return "dm"
    if channel_type in _THREAD_TYPES:
        return "thread"
    return "text" if channel_type in _THREADED_TYPES else "other"


def start(channel: str, root: str, guild: str, person: str) -> Place:
    return _strings(kind="start", channel=channel, root=root, guild=guild, person=person)


def thread(channel: str, guild: str, person: str) -> Place:
    return _strings(kind="thread", channel=channel, guild=guild, person=person)


def reply(channel: str, root: str, guild: str, person: str) -> Place:
    return _strings(kind="reply", channel=channel, root=root, guild=guild, person=person)


def dm(channel: str, person: str) -> Place:
    return _strings(kind="dm", channel=channel, person=person)


def private(interaction: str, channel: str, guild: str, person: str) -> Place:
    return _strings(kind="private", root=interaction, channel=channel, guild=guild, person=person)


def _strings(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def conversation_of(place: Place) -> str:
    """The key of the talk that stands at `place`."""
    return KEY + (place["root"] if place["kind"] in ("start", "reply", "private") else place["channel"])


def order(snowflake: str | int) -> str:
    """Discord's ids grow with time; padded, they sort as strings too."""
    return f"{int(snowflake):020d}"


def order_at(at: datetime.datetime) -> str:
    """Where something without an id of its own (an edit) stands among them."""
    return order(snowflake_at(at))


def snowflake_at(at: datetime.datetime) -> int:
    """The smallest id that can be made at a moment."""
    return (int(at.timestamp() * 1000) - _EPOCH) << 22


def time_of(snowflake: str | int) -> datetime.datetime:
    """When an id was made, aware UTC."""
    return datetime.datetime.fromtimestamp(((int(snowflake) >> 22) + _EPOCH) / 1000, datetime.UTC)


def person_of(user: str) -> str:
    return f"{KEY}user:{user}"


def workspace_of(guild: str, channel: str) -> str:
    """A server, or the pair of people in a direct message."""
    return f"{KEY}guild:{guild}" if guild else f"{KEY}dm:{channel}"


def jump_url(place: Mapping[str, str], message: str = "") -> str:
    """A link that opens the talk in Discord's clients."""
    channel = place["root"] if place["kind"] == "start" else place["channel"]
    message = message or (place["root"] if place["kind"] == "reply" else "")
    return "/".join(filter(None, ("https://discord.com/channels", place.get("guild", "@me"), channel, message)))
