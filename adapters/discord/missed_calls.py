"""Who called the bot while nobody listened? Outside its threads, in the channels and direct messages where it was called before.

Only those are read, and only from where the bot last listened: elsewhere nobody expects it to read what was said in its absence. What is
found goes the way of every message: what calls nobody is left, what was heard before is known by its keys, which the store keeps for a day.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from adapters.discord import places
from adapters.discord.api import Api, Refused
from adapters.discord.posted import Remembered
from bot.channel import Place

_log = logging.getLogger(__name__)

# The channels where it was called last; each that holds something new costs a call for every hundred messages.
_CHANNELS = 50
# Of direct messages Discord does not tell beforehand whether there is anything new, so each costs a call.
_DIRECT = 20
_MESSAGES, _PAGES = 100, 5
_REMEMBERED_SECONDS = 60 * 86_400.0
# Less than a day: so long the store knows what was heard before.
_LONGEST = datetime.timedelta(hours=20)
# By so much Discord's clock and ours may differ.
_CLOCKS = datetime.timedelta(minutes=1)


class Newest(Protocol):
    """What the connected client knows of a channel."""

    def newest_message(self, channel: str) -> str | None: ...


class Calls:
    """Where people called the bot, as "<server>/<channel>"; a direct message has no server."""

    def __init__(self) -> None:
        self._heard_in = Remembered(_REMEMBERED_SECONDS)

    def heard_in(self, place: Place) -> None:
        self._heard_in.add(f"{place.get('guild', '')}/{place['channel']}")

    def where(self) -> list[str]:
        """The newest first."""
        return self._heard_in.newest(_CHANNELS)

    def restore(self, where: Sequence[str]) -> None:
        """As another process noted it; what was heard since is newer."""
        for one in (*reversed(where), *reversed(self.where())):
            self._heard_in.add(one)


async def missed_calls(api: Api, near: Newest, where: Sequence[str], until: datetime.datetime | None) -> AsyncIterator[dict[str, Any]]:
    """The messages since `until`, 20 hours at most, in the places of `where`, as the gateway would have told them, in their order.

    Raises `TryLater`; a channel that may not be read is passed over."""
    if until is None:
        return
    since = places.snowflake_at(max(until - _CLOCKS, datetime.datetime.now(datetime.UTC) - _LONGEST))
    direct = [one for one in where if one.startswith("/")][:_DIRECT]
    for server, _, channel in (one.partition("/") for one in where if not one.startswith("/") or one in direct):
        if server and int(near.newest_message(channel) or 0) <= since:
            continue
        try:
            async for message in _since(api, channel, since):
                yield {**message, "guild_id": server} if server else message
        except Refused as refused:
            _log.info("a channel could not be read again: %s", refused)


async def _since(api: Api, channel: str, after: int) -> AsyncIterator[dict[str, Any]]:
    for _ in range(_PAGES):
        page = await api.history(channel, _MESSAGES, after=after)
        for message in reversed(page):
            yield message
        if len(page) < _MESSAGES:
            return
        after = int(page[0]["id"])
    _log.warning("a channel holds more news than is read again")
