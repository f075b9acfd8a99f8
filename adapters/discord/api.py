"""How is Discord asked over HTTP? One method a call, with plain JSON; decides nothing about replies.

discord.py's client keeps the rate limits and repeats after 500, 502, 504 and a reset. What is left is told apart here: `TryLater` where
waiting helps (429 beyond what it waits, a ban without `Via`, 5xx, no network) and `Refused` with Discord's own code where it does not.
Source: https://docs.discord.com/developers/topics/opcodes-and-status-codes
"""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import aiohttp
import discord
from discord.http import HTTPClient, Route

from adapters.discord import places
from bot import metrics
from bot.channel import TryLater

Json = dict[str, Any]

# Discord's error codes by which something is decided; delivery.py says what each comes to.
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060
MISSING_ACCESS = 50001
MISSING_PERMISSIONS = 50013
WRONG_CHANNEL_TYPE = 50024
INVALID_TOKEN = 50027
INVALID_FORM = 50035
THREAD_EXISTS = 160004
TOO_MANY_THREADS = 160006

# One call with all that the library waits and repeats; past this the effect is taken up again (a nonce keeps it from being said twice).
_CALL_SECONDS = 60.0
# An interaction that is not acknowledged after 3 s has failed for its person.
_ACKNOWLEDGE_SECONDS = 2.8
_BAN_SECONDS = 60.0
_OUTAGE_SECONDS = 5.0

# Components V2 and suppressed embeds: the flags that an edit may name.
_KEPT_FLAGS = 1 << 15 | 1 << 2
_MESSAGE_NOW, _DEFER_MESSAGE, _DEFER_UPDATE, _UPDATE, _AUTOCOMPLETE, _MODAL = 4, 5, 6, 7, 8, 9


class Refused(Exception):
    """Discord will not do it; `code` is its JSON error code (0: none given), `status` the HTTP status."""

    def __init__(self, code: int, status: int) -> None:
        super().__init__(f"{status} {code}")
        self.code = code
        self.status = status


class Api:
    """The calls that this adapter makes. Every method raises `Refused` or `TryLater`."""

    def __init__(self, http: HTTPClient, application: str) -> None:
        self._http = http
        self._application = application

    # --- messages ---

    async def send(self, channel: str, message: Json, nonce: str, reply_to: str | None = None) -> str:
        """Posts; a second post with the same `nonce` within some minutes gives the first one's id."""
        body = {**message, "nonce": nonce, "enforce_nonce": True}
        if reply_to:
            body["message_reference"] = {"message_id": reply_to, "fail_if_not_exists": False}
        sent = await self._call("POST", "/channels/{channel_id}/messages", body, channel_id=channel)
        return str(sent["id"])

    async def edit(self, channel: str, message: str, body: Json) -> None:
        await self._call("PATCH", "/channels/{channel_id}/messages/{message_id}", _replacing(body), channel_id=channel, message_id=message)

    async def delete(self, channel: str, message: str) -> None:
        await self._call("DELETE", "/channels/{channel_id}/messages/{message_id}", None, channel_id=channel, message_id=message)

    async def history(self, channel: str, limit: int = 50, *, after: int | None = None) -> list[Json]:
        """At most `limit` (1 to 100), newest first: the newest there are, or those that follow the id `after`."""
        asked = f"limit={int(limit)}" if after is None else f"limit={int(limit)}&after={int(after)}"
        found = await self._call("GET", f"/channels/{{channel_id}}/messages?{asked}", None, channel_id=channel)
        return found if isinstance(found, list) else []

    async def message(self, channel: str, message: str) -> Json:
        path = "/channels/{channel_id}/messages/{message_id}"
        found = await self._call("GET", path, None, channel_id=channel, message_id=message)
        return found if isinstance(found, dict) else {}

    async def open_thread(self, channel: str, message: str, name: str) -> None:
        """A thread under `message`; its id is the message's. It hides after a day without a word, and opens again with the next one."""
        body = {"name": name, "auto_archive_duration": 1440}
        await self._call("POST", "/channels/{channel_id}/messages/{message_id}/threads", body, channel_id=channel, message_id=message)

    async def open_dm(self, user: str) -> str:
        return str((await self._call("POST", "/users/@me/channels", {"recipient_id": user}))["id"])

    async def channel(self, channel: str) -> Json:
        found = await self._call("GET", "/channels/{channel_id}", None, channel_id=channel)
        return found if isinstance(found, dict) else {}

    async def change_channel(self, channel: str, body: Json) -> None:
        await self._call("PATCH", "/channels/{channel_id}", body, channel_id=channel)

    # --- interactions ---

    async def respond(self, interaction: str, token: str, message: Json) -> None:
        """The answer itself, in the acknowledgement."""
        await self._acknowledge(interaction, token, _MESSAGE_NOW, message)

    async def defer(self, interaction: str, token: str) -> None:
        """ "… is thinking", for its person only; the answer follows as the original message."""
        await self._acknowledge(interaction, token, _DEFER_MESSAGE, {"flags": 64})

    async def defer_update(self, interaction: str, token: str) -> None:
        await self._acknowledge(interaction, token, _DEFER_UPDATE, None)

    async def update(self, interaction: str, token: str, components: list[Json], flags: int) -> None:
        """Acknowledges a click and changes the clicked message in one; `flags` are those of the message."""
        await self._acknowledge(interaction, token, _UPDATE, {"components": components, "flags": flags & _KEPT_FLAGS})

    async def complete(self, interaction: str, token: str, choices: list[Json]) -> None:
        await self._acknowledge(interaction, token, _AUTOCOMPLETE, {"choices": choices})

    async def open_modal(self, interaction: str, token: str, modal: Json) -> None:
        await self._acknowledge(interaction, token, _MODAL, modal)

    async def edit_original(self, token: str, message: Json, which: str = "@original") -> None:
        path = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
        await self._call("PATCH", path, _replacing(message), webhook_id=self._application, webhook_token=token, message_id=which)

    async def follow_up(self, token: str, message: Json) -> str:
        """One more message for the person of the interaction only."""
        body = {**message, "flags": int(message.get("flags", 0)) | 64}
        path = "/webhooks/{webhook_id}/{webhook_token}?wait=true"
        sent = await self._call("POST", path, body, webhook_id=self._application, webhook_token=token)
        return str(sent["id"])

    async def _acknowledge(self, interaction: str, token: str, kind: int, data: Json | None) -> None:
        body: Json = {"type": kind} if data is None else {"type": kind, "data": data}
        path = "/interactions/{webhook_id}/{webhook_token}/callback"
        await self._call("POST", path, body, _ACKNOWLEDGE_SECONDS, webhook_id=interaction, webhook_token=token)
        asked = places.time_of(interaction) if interaction.isdecimal() else None
        if asked is not None:
            seconds = (datetime.datetime.now(datetime.UTC) - asked).total_seconds()
            metrics.observe_seconds("acknowledge_seconds", max(0.0, seconds), channel="discord")

    # --- the application ---

    async def commands(self) -> list[Json]:
        path = "/applications/{application_id}/commands?with_localizations=true"
        found = await self._call("GET", path, None, application_id=self._application)
        return found if isinstance(found, list) else []

    async def put_commands(self, commands: list[Json]) -> None:
        await self._call("PUT", "/applications/{application_id}/commands", commands, application_id=self._application)

    async def _call(self, method: str, path: str, body: Any, seconds: float = _CALL_SECONDS, **parameters: str) -> Any:
        route = Route(method, path, **parameters)
        try:
            async with asyncio.timeout(seconds):
                return await (self._http.request(route) if body is None else self._http.request(route, json=body))
        except discord.RateLimited as error:
            raise TryLater(error.retry_after, "rate limit") from None
        except discord.HTTPException as error:
            raise _told_apart(error) from None
        except (aiohttp.ClientError, OSError, TimeoutError, RuntimeError) as error:
            # RuntimeError: the session was closed under us, because the client is built anew or the process ends.
            raise TryLater(_OUTAGE_SECONDS, type(error).__name__) from None


def _replacing(message: Json) -> Json:
    """An edit to Components V2 must empty what an older form of the message may hold."""
    return {**message, "content": None, "embeds": []} if "content" not in message else message


def _told_apart(error: discord.HTTPException) -> Refused | TryLater:
    if error.status == 429:
        # Without `Via` it is Cloudflare that answers: our address is shut out for a while, and asking again makes it longer.
        try:
            seconds = float(error.response.headers.get("Retry-After") or _BAN_SECONDS)
        except ValueError:
            seconds = _BAN_SECONDS
        return TryLater(max(seconds, 1.0), "shut out")
    if error.status >= 500:
        return TryLater(_OUTAGE_SECONDS, f"status {error.status}")
    return Refused(error.code, error.status)
