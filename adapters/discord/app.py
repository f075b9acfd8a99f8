"""How is all of it put together and kept running? Wiring: preflight, client, channel, desk, and the way down.

The client is built anew after an error that discord.py does not mend by itself, with growing pauses: a thousand identifications a day
are allowed. Refused for good (a wrong token, shards that do not fit) it raises `CannotRun` with one sentence.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import commands, preflight
from adapters.discord.api import Api
from adapters.discord.catching_up import CatchingUp
from adapters.discord.client import Client, Neighbourhood, intents
from adapters.discord.delivery import DiscordChannel
from adapters.discord.desk import Desk
from adapters.discord.handles import Handles
from adapters.discord.identifying import APART_SECONDS, Pace
from adapters.discord.inbound import Me
from adapters.discord.naming import thread_name
from adapters.discord.office import Office, Service
from adapters.discord.preflight import Identity
from adapters.discord.words import words
from adapters.ending import the_fault
from bot.errors import CannotRun, StoreUnreachable
from knowledge.index import index

if TYPE_CHECKING:
    from bot.config import Settings

_log = logging.getLogger(__name__)

# Pauses before the client is built anew; the last one is kept.
_PAUSES_SECONDS = (1.0, 5.0, 15.0, 60.0, 300.0)
# A connection that held this long was a good one: the pauses begin anew.
_GOOD_SECONDS = 300.0
_LEAVE_SECONDS = 5.0
_LOGIN_SECONDS = 60.0
_DRAIN_SECONDS = 20.0
_NOTE_SECONDS = 600.0


async def run(settings: Settings, service: Service, stop: asyncio.Event) -> None:
    """Serves Discord until `stop`. Raises `CannotRun` where it cannot start, or is refused for good later.

    The channel is added to the service before anything is awaited; posts are put off until the connection stands.
    """
    try:
        await _serve(settings, service, stop)
    except BaseExceptionGroup as several:
        raise the_fault(several) from None


async def _serve(settings: Settings, service: Service, stop: asyncio.Event) -> None:
    handles = Handles()
    near = Neighbourhood(content=True, forums=settings.discord_forums, helpers=settings.discord_helpers)

    async with contextlib.AsyncExitStack() as stack:
        tasks: asyncio.TaskGroup | None = None
        running: set[asyncio.Task[Any]] = set()
        ended = False

        def spawn(work: Coroutine[Any, Any, Any]) -> None:
            """At the very end the library may still hand over an event: nothing is begun any more."""
            if tasks is None or ended:
                work.close()
                return
            task = tasks.create_task(work)
            running.add(task)
            task.add_done_callback(running.discard)

        async def name_of(conversation: str) -> str:
            return thread_name(await service.knows(conversation), index(), words)

        async def locale_of(conversation: str) -> str | None:
            talk = await service.knows(conversation)
            return talk.locale if talk is not None else None

        async def forget(conversation: str) -> None:
            with contextlib.suppress(StoreUnreachable):  # then it is forgotten when it is found missing after the next start
                await service.forget_conversation(conversation)

        channel = DiscordChannel(words, near, name_of, spawn, handles, locale_of=locale_of, forget=forget)
        service.add_channel(channel)
        who = await preflight.identity(_token(settings), settings.discord_api_url, settings.discord_gateway_url)
        near.content = who.content
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        office = Office(
            me=Me(who.user, who.application),
            service=service,
            channel=channel,
            near=near,
            words=words,
            knowledge=index(),
            handles=handles,
            spawn=spawn,
            session=session,
            other_host=urlsplit(settings.discord_api_url).netloc if settings.discord_api_url else None,
        )
        try:
            await _Connection(settings, who, office).keep(stop)
        finally:
            ended = True
            if running:
                await asyncio.wait(running, timeout=_LEAVE_SECONDS)
            for task in tuple(running):
                task.cancel()


class _Connection:
    """One client after the other."""

    def __init__(
        self,
        settings: Settings,
        who: Identity,
        office: Office,
    ) -> None:
        self._token = preflight.bare(_token(settings))
        self._api, self._gateway = settings.discord_api_url, settings.discord_gateway_url
        self._who = who
        self._office = office
        self._desk = Desk(office)
        shards = settings.discord_shards
        part = f"{','.join(map(str, shards.ids))}/{shards.count}" if shards is not None else "all"
        self._catching_up = CatchingUp(office, self._desk.happened, part)
        self._shards = settings.discord_shards
        self._pace = Pace()
        Route.BASE = preflight.api_base(settings.discord_api_url)
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(who.gateway)

    async def keep(self, stop: asyncio.Event) -> None:
        failures = 0
        while not stop.is_set():
            await self._until_allowed(stop)
            began = time.monotonic()
            try:
                await self._once(stop)
            except discord.PrivilegedIntentsRequired:
                # The switch was turned off since the preflight, or the review has refused it.
                self._office.near.content = False
            except (discord.LoginFailure, discord.ConnectionClosed) as error:
                raise _for_good(error) from None
            except Exception as error:
                # Also what the library could not read in an event: it ends the connection over that.
                failures = 1 if time.monotonic() - began > _GOOD_SECONDS else failures + 1
                pause = _PAUSES_SECONDS[min(failures, len(_PAUSES_SECONDS)) - 1]
                _log.warning("the connection to Discord broke (%s); again in %.0f s", type(error).__name__, pause, exc_info=True)
                await _sleep(pause, stop)
                await self._ask_for_starts()

    async def _until_allowed(self, stop: asyncio.Event) -> None:
        """Each shard's start is one of a thousand a day, for all processes together; past them Discord resets the token."""
        if self._who.starts_left is not None and self._who.starts_left < len(self._ids):
            _log.warning("Discord allows no more starts for %d s; waiting", self._who.starts_again)
            await _sleep(self._who.starts_again, stop)
        if not stop.is_set() and (pause := self._pace.longest_seconds()) > APART_SECONDS:
            _log.warning("the bot began too many sessions of late; waiting %.0f s", pause)
            await _sleep(pause, stop)

    async def _ask_for_starts(self) -> None:
        try:
            self._who = await preflight.identity(self._token, self._api, self._gateway)
        except CannotRun as unknown:  # the next attempt will tell
            _log.info("the starts that are left are not known: %s", unknown)

    @property
    def _ids(self) -> Sequence[int]:
        return self._shards.ids if self._shards else range(self._who.shards)

    async def _once(self, stop: asyncio.Event) -> None:
        if not self._office.near.content:
            _log.warning(preflight.NO_CONTENT)
        # Named even where Discord's advice is taken: only then does the library connect where it is told to.
        shards = (self._ids, self._shards.count if self._shards else self._who.shards)
        client = Client(
            self._desk.heard, self._ready, self._desk.thread_gone, content=self._office.near.content, shards=shards, pace=self._pace
        )
        try:
            async with asyncio.timeout(_LOGIN_SECONDS):
                await client.login(self._token)
            api = Api(client.http, self._who.application)
            self._office.near.client = client
            self._office.channel.connect(api)
            async with asyncio.TaskGroup() as group:
                connecting = group.create_task(client.connect())
                works = (_sync(api), self._note(), self._leave_at(stop, client, connecting))
                beside = [group.create_task(work) for work in works]
                await asyncio.wait({connecting})
                for task in beside:
                    task.cancel()
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        finally:
            self._office.channel.connect(None)
            self._office.near.client = None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LEAVE_SECONDS):
                    await client.leave()

    async def _note(self) -> None:
        """So that a process that ends without a word has left a young note too."""
        while True:
            await asyncio.sleep(_NOTE_SECONDS)
            with contextlib.suppress(StoreUnreachable):
                await self._catching_up.note()

    async def _leave_at(self, stop: asyncio.Event, client: Client, connecting: asyncio.Task[None]) -> None:
        """What is being answered is answered first; what comes in meanwhile is written down for the next process."""
        await stop.wait()
        await self._office.service.drain(_DRAIN_SECONDS)
        with contextlib.suppress(StoreUnreachable):
            await self._catching_up.note()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE_SECONDS):
                await client.leave()
        # The library goes on trying to reach a gateway that does not answer, closed or not.
        await asyncio.wait({connecting}, timeout=1.0)
        connecting.cancel()

    def _ready(self) -> None:
        """Also after a lost session; the events of an interrupted one come by themselves."""
        _log.info("connected to Discord as %s", self._who.name)
        self._office.spawn(self._catching_up.run())
        for sentence in self._office.near.lacking():
            _log.warning(sentence)


async def sync_commands(settings: Settings) -> None:
    """`postmaster discord --sync`: registers the commands whether or not they differ. Raises `CannotRun`."""
    who = await preflight.identity(_token(settings), settings.discord_api_url, settings.discord_gateway_url)
    client = discord.Client(intents=intents(False))
    try:
        await client.login(preflight.bare(_token(settings)))
        if not await commands.sync(Api(client.http, who.application), words, force=True):
            raise CannotRun("Discord did not take the commands: try again in a few minutes.")
    except discord.HTTPException as error:
        raise CannotRun(f"Discord refuses to register the commands (HTTP {error.status}).") from None
    finally:
        await client.close()


def _token(settings: Settings) -> str:
    return settings.discord_token.get_secret_value() if settings.discord_token is not None else ""


async def _sync(api: Api) -> None:
    """Beside the connection, which must not wait for it nor break with it."""
    try:
        await commands.sync(api, words)
    except Exception as error:
        _log.error("the commands could not be registered: %s", type(error).__name__, exc_info=True)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


def _for_good(error: discord.LoginFailure | discord.ConnectionClosed) -> CannotRun:
    """Close codes that come again however often one connects.

    Source: https://docs.discord.com/developers/topics/opcodes-and-status-codes
    """
    code = error.code if isinstance(error, discord.ConnectionClosed) else 4004
    sentences = {
        4004: "Discord no longer takes this DISCORD_TOKEN: make a new one (Bot > Reset Token) and copy that.",
        4010: "Discord refuses these DISCORD_SHARDS: an id is not below their number.",
        4011: "Discord wants this bot to run in several shards: leave DISCORD_SHARDS unset, or raise the number behind its slash.",
        4013: "Discord refuses what this version asks to be told (invalid intents): is discord.py up to date?",
    }
    return CannotRun(sentences.get(code, f"Discord closed the connection for good (code {code})."))
