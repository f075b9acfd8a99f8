"""How does Postmaster run in Slack? Wiring only: one workspace or many, the two ways in (Socket Mode, HTTP), start and stop."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp import web as http
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import preflight
from adapters.slack.agent import Agent
from adapters.slack.attachments import Attachments
from adapters.slack.bolt import WhoAreWe, make_app, oauth_flow
from adapters.slack.commands import Commands
from adapters.slack.core import Listen, Service, Settings, phrases, revealed, vault_of
from adapters.slack.delivery import SlackChannel
from adapters.slack.door import Door
from adapters.slack.health import always, reachable
from adapters.slack.helpers import Helpers
from adapters.slack.installations import Installations, States, seal
from adapters.slack.manifest import prompts
from adapters.slack.progress import Board, Spawn
from adapters.slack.talks import Talks
from adapters.slack.web import Tokens, Web, client, open_session
from adapters.slack.windows import Windows
from bot.answers.forms import start_form
from bot.channel import Place, Query
from bot.errors import CannotRun
from bot.redaction import redact
from knowledge.index import index

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
DEAD_AFTER = 60.0
CLOSE_SECONDS = 5.0
DRAIN_SECONDS = 3.0


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
            await asyncio.wait(self._tasks, timeout=DRAIN_SECONDS)
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
        refused, rest = group.split(CannotRun)
        if refused is None or rest is not None:
            raise
        raise _first(refused) from None


def _first(group: BaseExceptionGroup[CannotRun]) -> CannotRun:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


async def _run(settings: Settings, service: Service, stop: asyncio.Event) -> None:
    app_token, secret = revealed(settings.slack_app_token), revealed(settings.slack_signing_secret)
    async with open_session() as session, Beside() as beside:
        warming = asyncio.get_running_loop().run_in_executor(None, _warm_up, service)
        bare = client(session, settings.slack_api_url)
        if settings.slack_bot_token is None and settings.slack_client_id:
            workspaces = _many(settings, service, bare)
        else:
            workspaces = await _one(settings, session)
        if app_token:
            await preflight.check_socket_mode(session, settings.slack_api_url, app_token)
        door = _door(settings, service, Web(session, settings.slack_api_url, workspaces.token), beside.spawn, workspaces)
        app = make_app(door, bare, workspaces.who_are_we, None if app_token else secret, workspaces.flow)
        await warming
        if app_token:
            await _socket(app, app_token, service, stop)
        else:
            await _serve(app, settings.http, stop)


def _warm_up(service: Service) -> None:
    """What is loaded on first use is loaded now (0.3 s): in a thread, while Slack is asked who we are, and before the connection, so that
    no acknowledgement waits for it."""
    reading = importlib.import_module("bot.reading")
    importlib.import_module("bot.conversation.machine")
    known = index()
    for prompt in prompts(phrases()):
        reading.read(redact(prompt["message"]), known, None)
    service.answer(Query("explain", "warm"))


@dataclass(frozen=True, slots=True)
class _Workspaces:
    """Where we are installed: one workspace by its token, or many by OAuth."""

    token: Tokens
    who_are_we: WhoAreWe
    history: bool
    address: str = ""
    installations: Installations | None = None
    flow: AsyncOAuthFlow | None = None


async def _one(settings: Settings, session: aiohttp.ClientSession) -> _Workspaces:
    bot_token, app_token = revealed(settings.slack_bot_token), revealed(settings.slack_app_token)
    preflight.check_form(bot_token, app_token, revealed(settings.slack_signing_secret))
    assert bot_token is not None
    us = await preflight.identify(session, settings.slack_api_url, bot_token, http=not app_token)

    async def token(place: Place) -> str:
        return bot_token

    async def who_are_we(context: AsyncBoltContext) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=context.enterprise_id,
            team_id=context.team_id,
            bot_id=us.bot,
            bot_user_id=us.user,
            bot_token=bot_token,
            user_id=context.user_id,
        )

    return _Workspaces(token, who_are_we, us.history, us.address)


def _many(settings: Settings, service: Service, bare: AsyncWebClient) -> _Workspaces:
    client_id, client_secret = settings.slack_client_id, revealed(settings.slack_client_secret)
    vault = vault_of(service)
    if not client_id or not client_secret:
        raise CannotRun(
            "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together, and one is not set: see Basic Information of your Slack app."
        )
    if not settings.slack_app_token and not settings.slack_signing_secret:
        raise CannotRun("Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set: one of them is needed.")
    if vault is None:
        raise CannotRun("This store keeps no installations, so only one workspace can be served: set SLACK_BOT_TOKEN.")
    sealed = seal([key.get_secret_value() for key in settings.key])
    installations = Installations(vault, sealed, AsyncTokenRotator(client_id=client_id, client_secret=client_secret, client=bare))
    flow = oauth_flow(bare, client_id, client_secret, installations, States(vault))

    async def who_are_we(context: AsyncBoltContext) -> AuthorizeResult | None:
        return await installations.authorize(
            enterprise_id=context.enterprise_id,
            team_id=context.team_id,
            user_id=context.user_id,
            is_enterprise_install=bool(context.is_enterprise_install),
        )

    return _Workspaces(installations.token, who_are_we, history=True, installations=installations, flow=flow)


def _door(settings: Settings, service: Service, web: Web, spawn: Spawn, workspaces: _Workspaces) -> Door:
    known, say = index(), phrases()
    agent = Agent(web, say)
    channel = SlackChannel(
        web,
        Board(web, spawn, history=workspaces.history),
        agent,
        say,
        spawn,
        history=workspaces.history,
        triage=settings.slack_triage_channel,
        helpers=settings.slack_helpers,
    )
    service.add_channel(channel)
    talks = Talks(service, web, say)
    commands = Commands(service, talks, web, say)
    windows = Windows(service, talks, web, say, start_form(known), known.typeahead, workspaces.address)
    attachments = Attachments(web.session, web.base_url, workspaces.token)
    forget = workspaces.installations.forget if workspaces.installations is not None else None
    return Door(service, channel, commands, windows, attachments, agent, web, say, spawn, Helpers(web, settings.slack_helpers), forget)


async def _socket(app: AsyncApp, app_token: str, service: Service, stop: asyncio.Event) -> None:
    """Socket Mode until `stop`. The client reconnects by itself; where it stays away for a minute we end, to be started afresh."""
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=10)
    connect: Callable[[], Coroutine[Any, Any, None]] = handler.connect_async
    close: Callable[[], Coroutine[Any, Any, None]] = handler.close_async
    away = 0.0

    async def connect_first() -> None:
        await connect()
        log.info("slack: connected")

    async def stands() -> bool:
        return bool(await handler.client.is_connected())

    async with asyncio.TaskGroup() as group:
        connecting = group.create_task(connect_first())
        try:
            with reachable(stands):
                while not stop.is_set():
                    try:
                        async with asyncio.timeout(LOOK_SECONDS):
                            await stop.wait()
                    except TimeoutError:
                        away = 0.0 if await stands() else away + LOOK_SECONDS
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
