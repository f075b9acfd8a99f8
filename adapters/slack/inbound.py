"""What did a person do in Slack, in the core's words? Pure: payloads in, `Incoming` out. Calls nothing, keeps nothing.

What a payload lacks (a file's text, the root of a thread) is named in `Heard` and fetched by the wiring. Bots, system notes and our own
messages are nobody: https://docs.slack.dev/reference/events/message/ (a note from Slackbot has neither subtype nor bot id).
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack.foreign import Payload, identity, listed, mapping, string
from adapters.slack.people import OUTSIDE
from adapters.slack.text import mentions, said, speaks_to, without_leading_mention
from bot.channel import Deleted, Incoming, Stopped, What, Wrote

CHANNEL = "slack"
NOBODY = frozenset({"USLACK", "USLACKBOT"})
PEOPLES_SUBTYPES = ("file_share", "thread_broadcast")
MAX_TEXT = 40_000  # Slack's own limit for a message


@dataclass(frozen=True, slots=True)
class Us:
    """Who we are in this workspace."""

    user: str
    bot: str


@dataclass(frozen=True, slots=True)
class File:
    """A file beside a message. `size` in bytes as Slack says it; `url` needs our token."""

    name: str
    mimetype: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Heard:
    """`incoming` and what it hangs on.

    known_only  only where this conversation exists already (a reply in a thread, an edit, a deletion)
    asker_only  only from the one whose conversation it is
    files       what was attached
    look_above  the person said nothing but our name: the message at the root of the thread is meant
    """

    incoming: Incoming
    known_only: bool = False
    asker_only: bool = False
    files: tuple[File, ...] = ()
    look_above: bool = False

    def saying(self, text: str) -> Heard:
        """The same with another text (a file's text added, the root's text taken)."""
        what = self.incoming.what
        edited = isinstance(what, Wrote) and what.edited
        return replace(self, incoming=replace(self.incoming, what=Wrote(text[:MAX_TEXT], edited)))


def conversation(team: str, channel: str, thread: str) -> str:
    return f"{CHANNEL}:{team}:{channel}:{thread}"


def person(team: str, user: str) -> str:
    return f"{CHANNEL}:{team}:{user}"


def same_person(one: str, other: str) -> bool:
    """Whether two people are one. In an organisation the same user id comes with one team id or another, so the user id decides."""
    return one.rpartition(":")[2] == other.rpartition(":")[2]


def workspace_of(payload: Payload) -> str:
    """The installation that a payload belongs to: the organisation where the app was installed for all of it, else the workspace."""
    enterprise = organisation_of(payload)
    first = mapping(next(iter(listed(payload.get("authorizations"))), None))
    whole = payload.get("is_enterprise_install") in (True, "true") or first.get("is_enterprise_install") is True
    if whole and enterprise:
        return f"{CHANNEL}:{enterprise}"
    return f"{CHANNEL}:{team_of(payload)}"


def organisation_of(payload: Payload) -> str | None:
    """The organisation (Enterprise Grid) that our workspace belongs to, None where it stands alone; looked for as in `team_of`."""
    for authorization in listed(payload.get("authorizations")):
        return identity(mapping(authorization).get("enterprise_id"))
    return identity(payload.get("enterprise_id")) or identity(mapping(payload.get("enterprise")).get("id"))


def team_of(payload: Payload) -> str:
    """The workspace that we are installed in; in a channel shared between two, `team_id` alone may be the other one."""
    for authorization in listed(payload.get("authorizations")):
        if team := identity(mapping(authorization).get("team_id")):
            return team
    return (
        identity(payload.get("team_id"))
        or identity(mapping(payload.get("team")).get("id"))
        or identity(mapping(payload.get("user")).get("team_id"))
        or "T0"
    )


# --- events -------------------------------------------------------------------------------------------------------------


def heard(payload: Payload, us: Us) -> Heard | None:
    """An `event_callback` as ours, or None for what is not a person saying something to us."""
    event = mapping(payload.get("event"))
    match event.get("type"):
        case "app_mention":
            return _message(payload, event, us, mention=True)
        case "message":
            match event.get("subtype"):
                case "message_changed":
                    return _changed(payload, event, us)
                case "message_deleted":
                    return _deleted(payload, event, us)
            return _message(payload, event, us, mention=False)
        case "agent_session_stopped":
            return _stopped(payload, event)
    return None


def _message(payload: Payload, event: Payload, us: Us, *, mention: bool) -> Heard | None:
    if not _from_a_person(event, us):
        return None
    ts, channel, text = identity(event.get("ts")), identity(event.get("channel")), string(event.get("text"))
    if not ts or not channel:
        return None
    thread = identity(event.get("thread_ts"))
    direct = event.get("channel_type") == "im" or (mention and channel.startswith("D"))
    if not mention and not direct:
        if mentions(text, us.user):
            return None  # comes a second time as app_mention
        if thread is None or thread == ts:
            return None
        addressed = speaks_to(text)
        if addressed is not None and addressed != us.user:
            return None  # two people talk to each other
    files = tuple(filter(None, map(_file, listed(event.get("files")))))
    words = said(without_leading_mention(text, us.user)) or _pasted_tables(event)
    incoming = _incoming(payload, event, channel, thread or ts, ts, Wrote(words[:MAX_TEXT]), called=mention or direct)
    follow_up = not mention and not direct
    return Heard(
        incoming,
        known_only=follow_up,
        asker_only=follow_up,
        files=files,
        look_above=not words and not files and thread is not None and thread != ts,
    )


def _changed(payload: Payload, event: Payload, us: Us) -> Heard | None:
    message, before = mapping(event.get("message")), mapping(event.get("previous_message"))
    ts, channel, text = identity(message.get("ts")), identity(event.get("channel")), string(message.get("text"))
    if not ts or not channel:
        return None
    tombstone = message.get("subtype") == "tombstone"  # a root was deleted, and its replies hold its place
    if not _from_a_person(before if tombstone else message, us):
        return None
    if tombstone:
        return _gone(payload, event, channel, ts, identity(before.get("thread_ts")) or ts, before)
    if text == string(before.get("text")):
        return None  # a link was unfolded, or somebody answered in the thread
    thread = identity(message.get("thread_ts")) or ts
    words = said(without_leading_mention(text, us.user))
    called = mentions(text, us.user) or event.get("channel_type") == "im"
    whole = {**event, "user": message.get("user"), "team": message.get("team"), "user_team": message.get("user_team")}
    at = identity(event.get("ts")) or identity(event.get("event_ts")) or ts
    incoming = _incoming(payload, whole, channel, thread, ts, Wrote(words[:MAX_TEXT], edited=True), called=called, order=at)
    return Heard(incoming, known_only=True, asker_only=not mentions(text, us.user))


def _deleted(payload: Payload, event: Payload, us: Us) -> Heard | None:
    before = mapping(event.get("previous_message"))
    ts, channel = identity(event.get("deleted_ts")), identity(event.get("channel"))
    if not ts or not channel or before.get("user") == us.user or before.get("bot_id"):
        return None
    return _gone(payload, event, channel, ts, identity(before.get("thread_ts")) or ts, before)


def _gone(payload: Payload, event: Payload, channel: str, ts: str, thread: str, before: Payload) -> Heard:
    whole = {**event, "user": before.get("user"), "team": before.get("team"), "user_team": before.get("user_team")}
    at = identity(event.get("ts")) or identity(event.get("event_ts")) or ts
    return Heard(_incoming(payload, whole, channel, thread, ts, Deleted(), called=False, order=at), known_only=True)


def _stopped(payload: Payload, event: Payload) -> Heard | None:
    channel, thread = identity(event.get("channel")), identity(event.get("thread_ts"))
    if not channel or not thread:
        return None
    at = identity(event.get("event_ts")) or thread
    return Heard(_incoming(payload, event, channel, thread, at, Stopped(), called=True, order=at), known_only=True)


def _from_a_person(message: Payload, us: Us) -> bool:
    """The order matters: other bots' messages carry a bot id, Slack's own notes only a name that is nobody's."""
    if message.get("bot_id") or message.get("subtype") == "bot_message":
        return False
    user = identity(message.get("user"))
    if not user or user in NOBODY or user == us.user:
        return False
    subtype = message.get("subtype")
    return (subtype is None or subtype in PEOPLES_SUBTYPES) and not message.get("hidden")


def _incoming(
    payload: Payload, event: Payload, channel: str, thread: str, message: str, what: What, *, called: bool, order: str | None = None
) -> Incoming:
    team = team_of(payload)
    user = identity(event.get("user")) or ""
    home = identity(event.get("user_team")) or identity(event.get("source_team")) or identity(event.get("team")) or team
    at = order or message
    event_id = identity(payload.get("event_id"))
    deed = "message" if isinstance(what, Wrote) and not what.edited else f"{type(what).__name__.lower()}:{at}"
    keys = [f"{CHANNEL}:{deed}:{team}:{channel}:{message}"]
    if event_id:
        keys.insert(0, f"{CHANNEL}:event:{event_id}")
    return Incoming(
        channel=CHANNEL,
        keys=tuple(keys),
        conversation=conversation(team, channel, thread),
        place=place(payload, channel, thread, user, home),
        person=person(home, user),
        workspace=workspace_of(payload),
        order=padded(at),
        message=message_id(team, channel, message),
        at=moment(at),
        what=what,
        called=called,
        outsiders=payload.get("is_ext_shared_channel") is True,
    )


def place(payload: Payload, channel: str, thread: str, user: str, home: str) -> dict[str, str]:
    """All that a post needs, in plain strings."""
    team = team_of(payload)
    where = {"team": team, "channel": channel, "thread": thread, "user": user, "home": home}
    workspace = workspace_of(payload).partition(":")[2]
    if workspace != team:
        where["enterprise"] = workspace
    if organisation := organisation_of(payload):
        where["organisation"] = organisation
    return where


def read_outside(incoming: Incoming) -> Incoming:
    """The same where people from outside read the answer; the place says so too, for whoever posts there."""
    return replace(incoming, outsiders=True, place={**incoming.place, OUTSIDE: "yes"})


def message_id(team: str, channel: str, ts: str) -> str:
    return f"{CHANNEL}:{team}:{channel}:{ts}"


def padded(ts: str) -> str:
    """A Slack ts in a form that sorts as a string."""
    seconds, _, fraction = ts.partition(".")
    return f"{seconds:0>12}.{fraction:0<6}"


def moment(ts: str) -> datetime.datetime:
    """When a Slack ts was; Slack's clock, aware UTC. A ts that is no number is the epoch."""
    seconds, _, fraction = ts.partition(".")
    if not seconds.isdecimal() or len(seconds) > 11:
        return datetime.datetime.fromtimestamp(0, datetime.UTC)
    micro = int(fraction[:6].ljust(6, "0")) if fraction.isdecimal() else 0
    return datetime.datetime.fromtimestamp(int(seconds), datetime.UTC).replace(microsecond=micro)


def stamp(at: datetime.datetime) -> str:
    """A moment in the form of a Slack ts, for what comes without one (a command, a shortcut)."""
    return f"{at.timestamp():.6f}"


def _file(file: Any) -> File | None:
    details = mapping(file)
    url, size = string(details.get("url_private_download") or details.get("url_private")), details.get("size")
    if not url or not isinstance(size, int):
        return None
    return File(string(details.get("name")) or "file", string(details.get("mimetype")), size, url)


def _pasted_tables(event: Payload) -> str:
    """The cells of tables that were pasted (they come as attachments, and `text` is empty then)."""
    lines = []
    for attachment in listed(event.get("attachments")):
        for block in listed(mapping(attachment).get("blocks")):
            if mapping(block).get("type") == "table":
                for row in listed(mapping(block).get("rows")):
                    if isinstance(row, list):
                        lines.append(" ".join(_texts(cell) for cell in row[:20]))
    return said("\n".join(lines[:100]))


def _texts(node: Any, depth: int = 0) -> str:
    if depth > 6:
        return ""
    details = mapping(node)
    if isinstance(details.get("text"), str):
        return str(details["text"])
    return "".join(_texts(child, depth + 1) for child in listed(details.get("elements")))
