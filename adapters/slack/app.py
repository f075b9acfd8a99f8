"""How does Postmaster run in Slack? Wiring only: tokens, the two ways in (Socket Mode, HTTP), start and stop.

Everything is handed to Bolt explicitly: client id and secret in the environment would silently turn a single workspace's app into one
of many and drop its token.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any

import aiohttp
from aiohttp import web as http
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.response import BoltResponse

from adapters.slack import preflight
from adapters.slack.agent import Agent
from adapters.slack.attachments import Attachments
from adapters.slack.commands import Commands
from adapters.slack.core import Listen, Service, Settings, phrases, revealed
from adapters.slack.delivery import SlackChannel
from adapters.slack.door import Door
from adapters.slack.inbound import Us
from adapters.slack.progress import Board
from adapters.slack.talks import Talks
from adapters.slack.web import Web, client, open_session
from adapters.slack.windows import Windows
from bot.answers.forms import start_form
from bot.channel import Place
from bot.errors import CannotRun
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
    known = index()
    say = phrases()
    bot_token, app_token = revealed(settings.slack_bot_token), revealed(settings.slack_app_token)
    secret = revealed(settings.slack_signing_secret)
    preflight.check_form(bot_token, app_token, secret)
    assert bot_token is not None
    async with open_session() as session:
        us = await preflight.identify(session, settings.slack_api_url, bot_token, http=not app_token)
        if app_token:
            await preflight.check_socket_mode(session, settings.slack_api_url, app_token)

        async def token(place: Place) -> str:
            return bot_token

        web = Web(session, settings.slack_api_url, token)
        async with Beside() as beside:
            board = Board(web, beside.spawn)
            agent = Agent(web, say)
            channel = SlackChannel(
                web,
                board,
                agent,
                say,
                beside.spawn,
                history=us.history,
                triage=settings.slack_triage_channel,
                helpers=settings.slack_helpers,
            )
            service.add_channel(channel)
            talks = Talks(service, web, say)
            commands = Commands(service, talks, web, say)
            windows = Windows(service, talks, web, say, start_form(known), known.typeahead, us.address)
            door = Door(service, channel, commands, windows, Attachments(session, web.base_url, token), agent, web, say, beside.spawn)
            app = AsyncApp(
                name="postmaster",
                client=client(session, settings.slack_api_url, bot_token),
                signing_secret=secret or "",
                request_verification_enabled=not app_token,
                attaching_conversation_kwargs_enabled=False,
            )
            admit(app, door)
            if app_token:
                await _socket(app, app_token, stop)
            else:
                await _serve(app, settings.http, stop)


def admit(app: AsyncApp, door: Door) -> None:
    """Lets every payload through the one door; no listener is registered, so nothing is acknowledged behind its back."""

    async def enter(body: dict[str, Any], context: AsyncBoltContext) -> BoltResponse:
        answer = await door.take(body, Us(context.bot_user_id or "", context.bot_id or ""))
        return BoltResponse(status=200, body=answer if answer is not None else "")

    app.middleware(enter)


async def _socket(app: AsyncApp, app_token: str, stop: asyncio.Event) -> None:
    """Socket Mode until `stop`. The client reconnects by itself; where it stays away for a minute we end, to be started afresh."""
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=10)
    connect: Callable[[], Coroutine[Any, Any, None]] = handler.connect_async
    close: Callable[[], Coroutine[Any, Any, None]] = handler.close_async
    away = 0.0
    async with asyncio.TaskGroup() as group:
        connecting = group.create_task(connect())
        try:
            while not stop.is_set():
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await stop.wait()
                except TimeoutError:
                    away = 0.0 if await handler.client.is_connected() else away + LOOK_SECONDS
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
        await stop.wait()
    finally:
        await runner.cleanup()
