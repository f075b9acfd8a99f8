"""What does the connected client know of its surroundings? discord.py's client, kept lean, with its caches put into our words.

No members, no presences, no messages are cached. Events are taken raw, in the order of the socket; the library's own objects of them
are not used, so nothing of ours depends on how it models a message.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord.gateway import KeepAliveHandler

from adapters.discord.handles import WithoutTokens
from adapters.discord.identifying import APART_SECONDS, Pace, TooMany
from adapters.discord.lacking import lacking
from adapters.discord.places import Where, kind_of
from bot import metrics

logging.getLogger("discord.http").addFilter(WithoutTokens())

# Voice is not used here, so what it lacks is nothing to warn of.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

# A connection whose heartbeat is not answered for so long is dead, and taken up anew.
HEARTBEAT_SECONDS = 60.0

# A connection that has no session yet is held open for so long; the library gives up after 60 s.
_HELD_SECONDS = 45.0

READ_RAW = (
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "MESSAGE_DELETE_BULK",
    "INTERACTION_CREATE",
)

# All servers are there when none came for so long. Messages are heard before; what was missed is read after.
_QUIET_SECONDS = 1.0

_SOLVED = ("solved", "resolved", "answered", "done", "gelöst", "résolu", "resuelto")
_MAX_TAGS = 5


def intents(content: bool) -> discord.Intents:
    """Servers, messages and direct messages; what people write without naming us only where Discord allows it."""
    wanted = discord.Intents.none()
    wanted.guilds = wanted.guild_messages = wanted.dm_messages = True
    wanted.message_content = content
    return wanted


class Client(discord.AutoShardedClient):
    """Hands every raw event to `heard`, before anything else is awaited."""

    def __init__(
        self,
        heard: Callable[[str], None],
        ready: Callable[[], None],
        gone: Callable[[str], None],
        *,
        content: bool,
        shards: tuple[Sequence[int], int],
        pace: Pace,
    ) -> None:
        """`gone` takes a deleted thread. `shards`: the ids of this process and how many there are in all."""
        super().__init__(
            intents=intents(content),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=30.0,
            heartbeat_timeout=HEARTBEAT_SECONDS,
            guild_ready_timeout=_QUIET_SECONDS,
            enable_debug_events=True,
            http_trace=_counted(),
            shard_ids=list(shards[0]),
            shard_count=shards[1],
        )
        for event in READ_RAW:
            # The library would build objects that nobody uses, and end the connection over one it cannot build.
            self._connection.parsers.pop(event, None)
        self._heard = heard
        self._now_ready = ready
        self._gone = gone
        self._pace = pace

    async def on_socket_raw_receive(self, message: str) -> None:
        self._heard(message)

    async def on_ready(self) -> None:
        self._now_ready()

    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """Also one by one when the channel of them is deleted, which Discord itself does not tell of each."""
        self._gone(str(event.thread_id))

    async def on_shard_connect(self, shard_id: int) -> None:
        metrics.count("connections", channel="discord", what="made")

    async def on_shard_resumed(self, shard_id: int) -> None:
        metrics.count("connections", channel="discord", what="resumed")

    async def on_shard_disconnect(self, shard_id: int) -> None:
        metrics.count("connections", channel="discord", what="lost")

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Raises `TooMany` where the pause is longer than the connection may be held open: it is built anew after it."""
        shard = shard_id or 0
        pause = max(self._pace.pause_seconds(shard), 0.0 if initial else APART_SECONDS)
        if pause > _HELD_SECONDS:
            await self._let_go(shard)
            raise TooMany(f"shard {shard} began too many sessions")
        await asyncio.sleep(pause)
        self._pace.begins(shard)

    async def _let_go(self, shard: int) -> None:
        """The library leaves a connection open, and its heart beating, that is given up before it has a session."""
        for beating in threading.enumerate():
            if isinstance(beating, KeepAliveHandler) and beating.shard_id == shard and beating.ws._connection is self._connection:
                await beating.ws.close(1000)

    async def leave(self) -> None:
        """Closes, however far it came: the library's own close fails when the set-up was not reached."""
        try:
            await self.close()
        except AttributeError:
            await self.http.close()


def _counted() -> aiohttp.TraceConfig:
    """Every answer of Discord's, also those that the library meets with a wait or a repetition of its own."""

    async def answered(session: aiohttp.ClientSession, context: Any, parameters: aiohttp.TraceRequestEndParams) -> None:
        metrics.count("api_answers", channel="discord", method=parameters.method, status=str(parameters.response.status))

    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(answered)
    return trace


@dataclass(frozen=True, slots=True)
class OpenThread:
    server: str
    parent: str
    id: str


class Neighbourhood:
    """`Surroundings` and the place of an event, from a client that may be exchanged for a new one."""

    def __init__(self, *, content: bool, forums: tuple[str, ...], helpers: str | None) -> None:
        self.client: Client | None = None
        self.content = content
        self._forums = frozenset(name.strip().lower().removeprefix("#") for name in forums if name.strip())
        self._helpers = (helpers or "").strip().removeprefix("@").lower()

    def ready(self) -> bool:
        """Connected with every shard, and heartbeats are answered."""
        return self.client is not None and self.told() and math.isfinite(self.client.latency)

    def told(self) -> bool:
        """Has Discord told every shard which servers and open threads there are?"""
        return self.client is not None and self.client.is_ready() and not self.client.is_closed()

    def content_readable(self) -> bool:
        return self.content

    def knows_thread(self, thread: str) -> bool:
        return isinstance(self._channel(thread), discord.Thread)

    def is_help_post(self, thread: str) -> bool:
        channel = self._channel(thread)
        return isinstance(channel, discord.Thread) and self._is_forum(channel.parent)

    def helper_role(self, guild: str) -> str | None:
        found = self._guild(guild)
        if found is None or not self._helpers:
            return None
        for role in found.roles:
            if str(role.id) == self._helpers or role.name.lower() == self._helpers:
                return str(role.id)
        return None

    def locale_of(self, guild: str) -> str | None:
        """The language that a server has chosen for itself."""
        found = self._guild(guild)
        return str(found.preferred_locale) if found is not None else None

    def owner_of(self, thread: str) -> str | None:
        channel = self._channel(thread)
        return str(channel.owner_id) if isinstance(channel, discord.Thread) else None

    def closing_tags(self, thread: str) -> list[str] | None:
        """The post's tags with the forum's "solved" one added; None where it has none or no room is left."""
        channel = self._channel(thread)
        if not isinstance(channel, discord.Thread) or not isinstance(channel.parent, discord.ForumChannel):
            return None
        tags = [str(tag.id) for tag in channel.applied_tags]
        solved = next((str(tag.id) for tag in channel.parent.available_tags if tag.name.lower() in _SOLVED), None)
        if solved is None or (solved not in tags and len(tags) >= _MAX_TAGS):
            return None
        return tags if solved in tags else [*tags, solved]

    def where(self, payload: Mapping[str, Any]) -> Where:
        """What is known of the channel of a message. Without a server it is a direct message."""
        guild, channel = str(payload.get("guild_id") or ""), str(payload.get("channel_id") or "")
        if not guild:
            return Where("dm")
        found, server = self._channel(channel), self._guild(guild)
        own = server.self_role if server is not None else None
        roles = frozenset({str(own.id)}) if own is not None else frozenset()
        if isinstance(found, discord.Thread):
            return Where("thread", str(found.parent_id), self._is_ours(found), self._post(found), roles)
        if isinstance(found, discord.abc.GuildChannel):
            return Where(kind_of(found.type.value), roles=roles)
        # Only messages of threads carry a position; the thread may be a private one that is not in the cache yet.
        return Where("thread" if "position" in payload else kind_of(payload.get("channel_type")), roles=roles)

    def servers(self) -> list[str]:
        """The servers that this process listens to, those of an outage among them."""
        return [] if self.client is None else [str(guild.id) for guild in self.client.guilds]

    def open_threads(self) -> list[OpenThread]:
        """The open threads that the bot opened, and the posts of its help forums; those with the newest word first."""
        threads = [] if self.client is None else [thread for guild in self.client.guilds for thread in guild.threads]
        found = [thread for thread in threads if not thread.archived and (self._is_ours(thread) or self._is_forum(thread.parent))]
        found.sort(key=lambda thread: thread.last_message_id or thread.id, reverse=True)
        return [OpenThread(str(thread.guild.id), str(thread.parent_id), str(thread.id)) for thread in found]

    def newest_message(self, channel: str) -> str | None:
        """The id of the newest message in a channel of a server when Discord told of that server; None: no message, or no such channel."""
        newest = getattr(self._channel(channel), "last_message_id", None)
        return str(newest) if newest is not None else None

    def lacking(self) -> list[str]:
        """What the bot lacks where, one sentence each."""
        return [] if self.client is None else list(lacking(self.client.guilds, self._forums, self._helpers))

    def _is_ours(self, thread: discord.Thread) -> bool:
        return self.client is not None and self.client.user is not None and thread.owner_id == self.client.user.id

    def _is_forum(self, parent: object) -> bool:
        return isinstance(parent, discord.ForumChannel) and (str(parent.id) in self._forums or parent.name.lower() in self._forums)

    def _post(self, thread: discord.Thread) -> tuple[str, ...] | None:
        if not self._is_forum(thread.parent):
            return None
        return (thread.name, *(tag.name for tag in thread.applied_tags))

    def _guild(self, guild: str) -> discord.Guild | None:
        return self.client.get_guild(int(guild)) if self.client is not None and guild.isdecimal() else None

    def _channel(self, channel: str) -> object:
        return self.client.get_channel(int(channel)) if self.client is not None and channel.isdecimal() else None
