"""What happened while nobody listened? Discord tells no event twice after a restart, so it is read again, and handed over like news.

In the open threads where the bot talks: what was written, edited and deleted. Where it was called before: who called it again
(missed_calls.py). What stood open when the bot last listened is noted in the store, so that a thread or a server that is gone since is
forgotten too.
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from adapters.discord import inbound, places
from adapters.discord.api import UNKNOWN_CHANNEL, Json, Refused
from adapters.discord.client import OpenThread
from adapters.discord.custom_ids import KEY
from adapters.discord.missed_calls import missed_calls
from adapters.discord.office import Office
from bot.channel import TryLater
from bot.conversation.model import Conversation, Known
from bot.errors import StoreUnreachable

_log = logging.getLogger(__name__)

Happened = Callable[[str, Mapping[str, Any]], None]

# The newest of them; each costs one call.
_THREADS_READ = 50
_MESSAGES_READ = 50
# Of those that stood open and do not any more: most are only archived.
_THREADS_ASKED_FOR = 100
_THREADS_NOTED = 2_000
_NOTED_FOR = datetime.timedelta(days=60)
# By so much Discord's clock and ours may differ.
_CLOCKS = datetime.timedelta(minutes=1)
_STARTER = 21


@dataclass(frozen=True, slots=True)
class Stood:
    """The servers the bot was in, the threads that stood open and the channels it was called in, when it last listened for sure: at
    `until` (None: not known)."""

    servers: tuple[str, ...] = ()
    threads: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    until: datetime.datetime | None = None


class CatchingUp:
    """`happened` takes an event of the gateway. `shards` names the part of Discord that this process listens to ("0-3/8")."""

    def __init__(self, office: Office, happened: Happened, shards: str) -> None:
        self._office = office
        self._happened = happened
        self._unread_since: datetime.datetime | None = None  # what was missed since then is not read to the end yet
        self._note = f"discord:stood:{office.me.application}:{shards}"

    async def run(self) -> None:
        """After each new session. A store or a Discord that is away ends it: what is left is read after the next one. Raises nothing."""
        try:
            stood = await self._stood()
            self._unread_since = stood.until
            threads = self._office.near.open_threads()
            await self._forget_servers(stood)
            for thread in threads[:_THREADS_READ]:
                await self._read_again(thread, stood)
            await self._forget_threads(stood, {thread.id for thread in threads})
            async for payload in missed_calls(self._office.api, self._office.near, stood.channels, stood.until):
                self._happened("MESSAGE_CREATE", payload)
            self._unread_since = None
            await self.note()
        except (StoreUnreachable, TryLater) as error:
            _log.warning("what happened meanwhile could not be read to the end: %s", error)
        except Exception as error:
            _log.error("what happened meanwhile could not be read: %s", type(error).__name__, exc_info=True)

    async def note(self) -> None:
        """Writes down what stands open now. Only while that is known: else it would look as if everything was gone."""
        if not self._office.near.told():
            return
        now = datetime.datetime.now(datetime.UTC)
        self._office.calls.restore((await self._stood()).channels)  # of a process beside this one
        value = {
            "servers": self._office.near.servers(),
            "threads": [thread.id for thread in self._office.near.open_threads()[:_THREADS_NOTED]],
            "channels": [one for one in self._office.calls.where() if await self._is_ours(one)],
            "until": (self._unread_since or now).isoformat(),
        }
        await self._office.service.vault.keep(self._note, json.dumps(value).encode(), now + _NOTED_FOR)

    async def _is_ours(self, place: str) -> bool:
        """In a server that the bot is in, or a direct message whose talk is still kept."""
        server, _, channel = place.partition("/")
        return server in self._office.near.servers() if server else await self._office.service.knows(KEY + channel) is not None

    async def _stood(self) -> Stood:
        kept = await self._office.service.vault.kept(self._note)
        noted = json.loads(kept) if kept is not None else {}
        servers, threads, channels = (tuple(noted.get(name, ())) for name in ("servers", "threads", "channels"))
        return Stood(servers, threads, channels, inbound.moment_of(noted.get("until")))

    # --- what is gone ---

    async def _forget_servers(self, stood: Stood) -> None:
        for server in set(stood.servers).difference(self._office.near.servers()):
            _log.info("the bot was removed from a server meanwhile; its talks are forgotten")
            await self._office.service.forget_workspace(places.workspace_of(server, ""))

    async def _forget_threads(self, stood: Stood, still_open: set[str]) -> None:
        for thread in [one for one in stood.threads if one not in still_open][:_THREADS_ASKED_FOR]:
            if await self._office.service.knows(KEY + thread) is None:
                continue
            try:
                await self._office.api.channel(thread)
            except Refused as refused:
                if refused.code == UNKNOWN_CHANNEL:
                    await self._office.service.forget_conversation(KEY + thread)

    # --- what was said ---

    async def _read_again(self, thread: OpenThread, stood: Stood) -> None:
        talk = await self._office.service.knows(KEY + thread.id)
        if talk is None:
            return
        try:
            newest = await self._office.api.history(thread.id, limit=_MESSAGES_READ)
        except Refused as refused:
            _log.info("a thread could not be read again: %s", refused)
            return
        for name, payload in _news(talk, thread, newest, stood.until):
            self._happened(name, {**payload, "guild_id": thread.server})


def _news(talk: Conversation, thread: OpenThread, newest: Sequence[Json], until: datetime.datetime | None) -> Iterator[tuple[str, Json]]:
    """What the talk does not know yet of a thread's newest messages, as events: deletions, then the rest in their order.

    What was heard since the connection stands again may be younger than what was missed, so the talk's own age does not tell alone. What
    is handed over twice is known by its keys."""
    known = set(_messages(talk))
    heard_until = None if until is None else until - _CLOCKS

    def missed(at: datetime.datetime) -> bool:
        return heard_until is not None and at > heard_until

    def edited(message: Mapping[str, Any]) -> bool:
        at = inbound.moment_of(message.get("edited_timestamp"))
        return at is not None and ((talk.updated is not None and at > talk.updated) or missed(at))

    for gone in _gone(talk, thread.id, newest):
        yield "MESSAGE_DELETE", {"id": gone, "channel_id": thread.id}
    for message in reversed(newest):
        if message.get("type") == _STARTER:
            root = message.get("referenced_message")
            if root is None and KEY + thread.id in known:
                yield "MESSAGE_DELETE", {"id": thread.id, "channel_id": thread.parent}
            elif root is not None and edited(root):
                yield "MESSAGE_UPDATE", {**root, "channel_id": thread.parent}
        elif places.order(message["id"]) > talk.last_order or (KEY + message["id"] not in known and missed(places.time_of(message["id"]))):
            yield "MESSAGE_CREATE", message
        elif edited(message):
            yield "MESSAGE_UPDATE", message


def _gone(talk: Conversation, thread: str, newest: Sequence[Mapping[str, Any]]) -> list[str]:
    """Messages that the talk knows something from, and that are not where they stood among the newest. The root stands elsewhere."""
    if not newest:
        return []  # Discord shows nothing, and refuses nothing, where the bot may not read the history
    there = {str(message["id"]) for message in newest}
    oldest = min(map(int, there)) if len(newest) >= _MESSAGES_READ else 0
    known = {message.removeprefix(KEY) for message in _messages(talk)}
    return sorted(one for one in known - there - {thread} if one.isdecimal() and int(one) >= oldest)


def _messages(talk: Conversation) -> Iterator[str]:
    """The ids of the messages that anything of the talk came from."""
    for field in fields(talk.slots):
        if isinstance(known := getattr(talk.slots, field.name), Known):
            yield known.message
    yield from (line.message for line in talk.transcript)
    yield from (seen.origin for seen in talk.seen)
