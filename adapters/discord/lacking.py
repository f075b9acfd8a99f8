"""What does the bot lack where? Sentences for whoever administers a server: a permission, a forum or a role that is not there.

Asks the client's caches when it is connected, or Discord itself when it is not. Changes nothing, and sends nothing into a channel.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import discord

from adapters.discord import invite, preflight
from bot.errors import CannotRun

if TYPE_CHECKING:
    from bot.config import Settings

_SERVERS = 20
_PATIENCE_SECONDS = 6.0
_CHANNELS = 8

# What an answer needs in a channel in which people may write; what else a channel takes away has a second form.
_NEEDED = frozenset({"Create Public Threads", "Send Messages in Threads", "Read Message History", *invite.CLOSING})


def lacking(guilds: Sequence[discord.Guild], forums: frozenset[str], helpers: str) -> Iterator[str]:
    """Of the connected client's servers, twenty at most. `forums` and `helpers`: names in lower case, or ids, as configured."""
    found: set[str] = set()
    for guild in [one for one in guilds if not one.unavailable and one.me is not None][:_SERVERS]:
        where = f"in the server {guild.name!r}"
        everywhere = invite.missing(guild.me.guild_permissions.value, forums=bool(forums))
        if everywhere:
            yield f"{where} the bot lacks: {_named(everywhere)}"
        for lacks, channels in _by_what_they_lack(guild, forums, everywhere).items():
            yield f"{where}, in {_channels(channels)}, the bot lacks: {lacks}"
        found |= {name for forum in guild.forums for name in (str(forum.id), forum.name.lower())}
        if helpers:
            yield from _of_the_helpers(guild, helpers, where)
    if guilds and (unknown := sorted(forums - found)):
        yield f"no server has a help forum that the bot can see and that is called {', '.join(unknown)} (DISCORD_FORUMS)"


def _by_what_they_lack(guild: discord.Guild, forums: frozenset[str], everywhere: dict[str, str]) -> dict[str, list[str]]:
    """What channels take away from what the server grants, where people may write and the bot then could not answer as it should."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    channels: list[discord.TextChannel | discord.ForumChannel] = [*guild.text_channels, *guild.forums]
    for channel in channels:
        forum = isinstance(channel, discord.ForumChannel)
        ours = forum and bool(forums & {str(channel.id), channel.name.lower()})
        granted, everyone = channel.permissions_for(guild.me), channel.permissions_for(guild.default_role)
        told_to_people_only = everyone.view_channel and not everyone.send_messages
        if not granted.view_channel or told_to_people_only or (forum and not ours):
            continue
        lacks = invite.missing(granted.value, forums=ours)
        if needed := {name: why for name, why in lacks.items() if name in _NEEDED and name not in everywhere}:
            found[_named(needed)].append(channel.name)
    return found


def _of_the_helpers(guild: discord.Guild, helpers: str, where: str) -> Iterator[str]:
    role = next((one for one in guild.roles if helpers in (str(one.id), one.name.lower())), None)
    if role is None:
        yield f"{where} there is no role {helpers!r} (DISCORD_HELPERS): a call for a person calls nobody by name"
    elif not role.mentionable and not guild.me.guild_permissions.mention_everyone:
        yield f"{where} nobody is notified when the role {role.name!r} is called: switch on that anyone may mention it"


async def from_outside(settings: Settings) -> list[str]:
    """The same without a connection, by server only. What keeps the bot from running at all is its one sentence."""
    token = settings.discord_token.get_secret_value() if settings.discord_token is not None else ""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            who = await preflight.identity(token, settings.discord_api_url, settings.discord_gateway_url)
            servers = await preflight.servers(token, settings.discord_api_url)
    except CannotRun as sentence:
        return [str(sentence)]
    except TimeoutError:
        return ["Discord does not answer just now, so what the bot may do in which server is not known."]
    said = [f"{sentence}." for sentence, so in ((preflight.NO_CONTENT, not who.content), (preflight.ELSEWHERE, who.elsewhere)) if so]
    for name, granted in servers[:_SERVERS]:
        if lacks := invite.missing(granted, forums=bool(settings.discord_forums)):
            said.append(f"In the Discord server {name!r} the bot lacks: {_named(lacks)}.")
    if not servers:
        said.append("The bot is in no Discord server yet: open the link that brings it there.")
    return said


def _named(lacks: dict[str, str]) -> str:
    return "; ".join(f"{permission} ({purpose})" for permission, purpose in lacks.items())


def _channels(names: Sequence[str]) -> str:
    more = f" and {len(names) - _CHANNELS} more" if len(names) > _CHANNELS else ""
    return ", ".join(f"#{name}" for name in names[:_CHANNELS]) + more
