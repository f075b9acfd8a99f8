"""How does Postmaster run in Slack? Wiring only: one workspace or many, the two ways in (Socket Mode, HTTP), start and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp import web as http
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.ending import the_fault
from adapters.slack import preflight
from adapters.slack.agent import Agent
from adapters.slack.attachments import Attachments
from adapters.slack.bolt import make_app
from adapters.slack.commands import Commands
from adapters.slack.core import Listen, Service, Settings, phrases, revealed, vault_of
from adapters.slack.delivery import SlackChannel
from adapters.slack.door import Door
from adapters.slack.health import always, reachable
from adapters.slack.helpers import Helpers
from adapters.slack.people import People
from adapters.slack.progress import Board, Spawn
from adapters.slack.talks import Talks
from adapters.slack.web import Web, client, open_session
from adapters.slack.windows import Windows
from adapters.slack.workspaces import Workspaces, one
from bot.answers.forms import start_form
from bot.errors import CannotRun
from knowledge.index import index

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
DEAD_AFTER = 60.0
CLOSE_SECONDS = 5.0
DRAIN_SECONDS = 20.0
BESIDE_SECONDS = 3.0


class Beside:
    """Runs what nobody waits for (progress, private hints) in one task group; a failure there is logged and hurts nobody else."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Beside:
        await self._group.__aenter__()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Gives what still runs a few seconds, then ends it."""
        if self._tasks and error is None:
            await asyncio.wait(self._tasks, timeout=BESIDE_SECONDS)
        for task in self._tasks:
            task.cancel()
        await self._group.__aexit__(kind, error, trace)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._group.create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            log.error("slack: something beside the talk failed: %s", type(error).__name__, exc_info=error)


async def run(settings: Settings, service: Service, stop: asyncio.Event) -> None:
    """Serves Slack until `stop` is set. Raises `CannotRun` with one sentence where it cannot even begin."""
    try:
        await _run(settings, service, stop)
    except BaseExceptionGroup as group:
        raise the_fault(group) from None


async def _run(settings: Settings, service: Service, stop: asyncio.Event) -> None:
    app_token, secret = revealed(settings.slack_app_token), revealed(settings.slack_signing_secret)
    async with open_session() as session, Beside() as beside:
        bare = client(session, settings.slack_api_url)
        async with asyncio.TaskGroup() as asking:  # both questions at once: a start waits for one round trip and not for two
            opening = asking.create_task(preflight.open_socket(bare, app_token)) if app_token else None
            workspaces = await _workspaces(settings, service, session, bare)
        door = _door(settings, service, Web(session, settings.slack_api_url, workspaces.token), beside.spawn, workspaces)
        app = make_app(door, bare, workspaces.who_are_we, None if app_token else secret, workspaces.flow)
        if app_token and opening is not None:
            await _socket(app, app_token, opening.result(), stop)
        else:
            await _serve(app, settings.http, stop)
        await service.drain(DRAIN_SECONDS)  # nothing more comes in; what is on its way still needs us


async def _workspaces(settings: Settings, service: Service, session: aiohttp.ClientSession, bare: AsyncWebClient) -> Workspaces:
    if settings.slack_bot_token is not None or not settings.slack_client_id:
        return await one(settings, session)
    from adapters.slack.installing import many  # brings the sealing of tokens, which one workspace does without

    return many(settings, service, bare)


def _door(settings: Settings, service: Service, web: Web, spawn: Spawn, workspaces: Workspaces) -> Door:
    known, say = index(), phrases()
    agent = Agent(web, say)
    channel = SlackChannel(
        web,
        Board(web, spawn, notes=vault_of(service)),
        agent,
        say,
        spawn,
        history=workspaces.history,
        triage=settings.slack_triage_channel,
        helpers=settings.slack_helpers,
    )
    service.add_channel(channel)
    hides = bool(settings.probe_allow or settings.broker != "inline" or (settings.slack_helpers and not settings.slack_triage_channel))
    people = People(web, hides=hides)
    talks = Talks(service, web, say, people)
    commands = Commands(service, talks, web, say, spawn)
    windows = Windows(service, talks, web, say, spawn, start_form(known), known.typeahead, workspaces.address)
    attachments = Attachments(web.session, web.base_url, workspaces.token)
    return Door(
        service,
        channel,
        commands,
        windows,
        attachments,
        agent,
        web,
        say,
        spawn,
        Helpers(web, settings.slack_helpers),
        people,
        workspaces.forget,
    )


async def _socket(app: AsyncApp, app_token: str, address: str | None, stop: asyncio.Event) -> None:
    """Socket Mode until `stop`. The client reconnects by itself; where it stays away for a minute we end, to be started afresh.

    `address`: where Slack has just said to connect, or None: then the client asks."""
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=10)
    client = handler.client
    client.wss_uri = address
    close: Callable[[], Coroutine[Any, Any, None]] = handler.close_async
    connect: Callable[[], Coroutine[Any, Any, None]] = handler.connect_async
    away = 0.0

    async def connect_first() -> None:
        await connect()
        log.info("slack: connected")

    def stands() -> bool:
        session = client.current_session
        return away == 0.0 and not client.stale and session is not None and not session.closed

    async with asyncio.TaskGroup() as group:
        connecting = group.create_task(connect_first())
        try:
            with reachable(stands):
                while not stop.is_set():
                    try:
                        async with asyncio.timeout(LOOK_SECONDS):
                            await stop.wait()
                    except TimeoutError:
                        away = 0.0 if await client.is_connected() else away + LOOK_SECONDS
                        if away >= DEAD_AFTER:
                            raise CannotRun("The connection to Slack was lost and could not be made again within a minute.") from None
        finally:
            connecting.cancel()
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await close()
            except (TimeoutError, aiohttp.ClientError):
                log.warning("slack: the socket did not close in time")


async def _serve(app: AsyncApp, address: Listen, stop: asyncio.Event) -> None:
    """HTTP until `stop`; Bolt checks each request's signature and age."""
    runner = http.AppRunner(app.web_app(), access_log=None)
    await runner.setup()
    try:
        await http.TCPSite(runner, address.host, address.port).start()
    except OSError as error:
        await runner.cleanup()
        raise CannotRun(f"POSTMASTER_HTTP={address}: {error.strerror}") from error
    try:
        with reachable(always):
            await stop.wait()
    finally:
        await runner.cleanup()
