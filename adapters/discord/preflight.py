"""Can we run on Discord at all, and as whom? Asked before connecting, so that what is wrong is one sentence and not a loop.

A thousand identifications a day are allowed; a bot that crashes and starts in a loop has its token reset by Discord.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import discord
from discord.http import Route

from adapters.discord import invite
from bot.errors import CannotRun

DEFAULT_API = "https://discord.com/api/v10"
DEFAULT_GATEWAY = "wss://gateway.discord.gg/"

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the token is. `content`: Discord lets us read what people write without naming us. `gateway`: where to connect. `elsewhere`:
    commands and clicks are sent to another address.

    `starts_left` None: Discord did not say; else how many identifications are left, and `starts_again` the seconds until there are more.
    """

    user: str
    application: str
    name: str
    content: bool
    gateway: str
    starts_left: int | None
    starts_again: float
    shards: int
    elsewhere: bool = False


NO_CONTENT = (
    "Discord does not let this bot read what people write without naming it (Message Content Intent in the developer portal): "
    "it answers to mentions, replies, buttons and forms"
)

ELSEWHERE = (
    "Discord sends commands, buttons and forms to another address instead of here: empty the Interactions Endpoint URL (General "
    "Information in the developer portal)"
)


def api_base(url: str | None) -> str:
    """The base address of the API, with its version: `https://host` and `https://host/api` are completed."""
    if not url:
        return DEFAULT_API
    base = url.rstrip("/")
    if base.endswith("/api"):
        return base + "/v10"
    return base if "/api/v" in base else base + "/api/v10"


def gateway_url(override: str | None, api: str | None, announced: str) -> str:
    """Where the gateway is: as configured, else as an API elsewhere says, else Discord's own."""
    url = override or (announced if api and announced else DEFAULT_GATEWAY)
    if not url.startswith(("ws://", "wss://")):
        raise CannotRun(f"DISCORD_GATEWAY_URL must begin with wss:// (or ws:// for a server on this machine): {url}")
    return url


def bare(token: str) -> str:
    """A token as it is sent, however it was copied."""
    return token.strip().removeprefix("Bot ").strip()


async def identity(token: str, api: str | None = None, gateway: str | None = None) -> Identity:
    """Asks Discord who the token is. Raises `CannotRun` with one sentence that names the remedy."""
    async with _logged_in(token, api) as client:
        found = await client.http.request(Route("GET", "/gateway/bot"))
        flags = client.application_flags
        limits = (found.get("session_start_limit") if isinstance(found, dict) else None) or {}
        assert client.user is not None
        return Identity(
            user=str(client.user.id),
            application=str(client.application_id),
            name=client.user.name,
            content=flags.gateway_message_content or flags.gateway_message_content_limited,
            gateway=gateway_url(gateway, api, str(found.get("url") or "") if isinstance(found, dict) else ""),
            starts_left=limits.get("remaining"),
            starts_again=float(limits.get("reset_after") or 0) / 1000,
            shards=int(found.get("shards") or 1) if isinstance(found, dict) else 1,
            elsewhere=bool(client.application is not None and client.application.interactions_endpoint_url),
        )


async def servers(token: str, api: str | None = None) -> list[tuple[str, int]]:
    """(name, the bot's permissions there as a bit set) of at most 200 servers that it is in. Raises `CannotRun`."""
    async with _logged_in(token, api) as client:
        found = await client.http.request(Route("GET", "/users/@me/guilds"))
    return [(str(one["name"]), invite.EVERYTHING if one.get("owner") else int(one["permissions"])) for one in found]


@contextlib.asynccontextmanager
async def _logged_in(token: str, api: str | None) -> AsyncIterator[discord.Client]:
    token = bare(token)
    if not token:
        raise CannotRun("DISCORD_TOKEN is not set: make a bot at https://discord.com/developers/applications and copy its token.")
    if token.startswith(("xoxb-", "xapp-")):
        raise CannotRun("DISCORD_TOKEN holds a Slack token: copy the bot's token from https://discord.com/developers/applications.")
    Route.BASE = api_base(api)
    client = discord.Client(intents=discord.Intents(guilds=True))
    try:
        async with asyncio.timeout(_SECONDS):
            await client.login(token)
            yield client
    except discord.LoginFailure:
        raise CannotRun("Discord does not know this DISCORD_TOKEN: make a new one (Bot > Reset Token) and copy that.") from None
    except discord.HTTPException as error:
        raise CannotRun(f"Discord refuses to start the bot (HTTP {error.status}): try again in a few minutes.") from None
    except (aiohttp.ClientError, OSError, TimeoutError):
        raise CannotRun(f"Discord cannot be reached at {Route.BASE}: is there a network, and does a proxy stand in the way?") from None
    finally:
        await client.close()
