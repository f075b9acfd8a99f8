"""Which platforms run in this process, over which store? Builds the service, loads each platform by name, runs until a signal."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import importlib.util
import os
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.ending import run_alone
from bot.errors import CannotRun, UsageError
from knowledge.index import index

if TYPE_CHECKING:
    from bot.config import Address, Settings
    from bot.health import Readiness
    from bot.service import Service
    from bot.sites.asking import SiteBroker

# A platform's library and the keys of which one configures it; an app for many workspaces has no token of its own.
PLATFORMS = {"slack": ("slack_bolt", ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID")), "discord": ("discord", ("DISCORD_TOKEN",))}


def need_extra(platform: str) -> None:
    """Raises `CannotRun` with the remedy where the platform's library is not installed."""
    library, _ = PLATFORMS[platform]
    if importlib.util.find_spec(library) is None:
        raise CannotRun(f"{platform.capitalize()} needs its library: pip install 'postmaster-bot[{platform}]'")


def configured(settings: Settings) -> tuple[str, ...]:
    """The platforms whose token is set, or what stands for one."""
    return tuple(name for name, (_, keys) in PLATFORMS.items() if any(getattr(settings, key.lower()) for key in keys))


def links(settings: Settings) -> dict[str, str]:
    """Links that bring the bot into a server or to a person, each with what it is for, as far as the tokens tell."""
    from adapters.discord import invite

    token = settings.discord_token.get_secret_value() if settings.discord_token is not None else ""
    application = invite.application_of(token)
    if application is None:
        return {}
    return {
        "To bring the bot into a Discord server": invite.server_link(application, forums=bool(settings.discord_forums)),
        "To take its commands along as a person on Discord": invite.person_link(application),
    }


def lacking(settings: Settings) -> list[str]:
    """What the bot lacks on Discord and in which server, as Discord itself says within a few seconds; nothing without its token."""
    if not links(settings) or importlib.util.find_spec(PLATFORMS["discord"][0]) is None:
        return []
    from adapters.discord.lacking import from_outside

    return asyncio.run(from_outside(settings))


def serve(platforms: Sequence[str], *, sync: bool = False) -> int:
    """Runs the named platforms, or all that are configured, until SIGTERM or SIGINT; a second signal ends it at once."""
    from bot.config import load_settings

    settings = load_settings()
    chosen = tuple(platforms) or configured(settings)
    if not chosen:
        raise UsageError(
            "No platform is configured: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN; `postmaster config` tells more."
        )
    for platform in chosen:
        need_extra(platform)
        if platform not in configured(settings):
            raise CannotRun(f"{PLATFORMS[platform][1][0]} is not set; `postmaster config` tells what it is for.")
    return run_alone(_sync(settings) if sync else _run(chosen, settings))


async def _sync(settings: Settings) -> int:
    from adapters.discord.app import sync_commands

    await sync_commands(settings)
    return 0


async def _run(platforms: Sequence[str], settings: Settings) -> int:
    from bot import health, log
    from bot.broker import InlineBroker
    from bot.probes.guard import Network, Policy
    from bot.service import Service
    from bot.store import open_store

    log.set_up(settings.log)
    known = index()
    store = open_store(settings.store)
    await store.open()
    stop = stop_on_signals()
    far = None if settings.broker == "inline" else _sites(settings)
    try:
        async with Network(Policy(**settings.policy(), known_ports=known.known_ports)) as network:
            broker = InlineBroker(network, known) if far is None else far
            service = Service(store, broker, known, keep_days=settings.retention_days, learns=settings.learn)
            async with asyncio.TaskGroup() as group:
                group.create_task(service.run(stop))
                group.create_task(warm_up(service))
                group.create_task(health.watchdog(stop))
                if settings.metrics is not None:
                    group.create_task(show_health(settings.metrics, service.readiness, platforms, stop))
                for platform in platforms:
                    module = importlib.import_module(f"adapters.{platform}.app")
                    group.create_task(module.run(settings, service, stop))
    finally:
        if far is not None:
            await far.close()
        await store.close()
    return 0


async def warm_up(service: Service) -> None:
    """What the first message would load is loaded beside the connecting. It all stays, so no collection needs to walk through it again:
    that would stop everything for some 50 ms each time."""
    await service.warm_up()
    gc.freeze()


def _sites(settings: Settings) -> SiteBroker:
    try:
        from bot.sites.asking import SiteBroker
    except ImportError as error:
        raise CannotRun("POSTMASTER_BROKER needs the packages of its queue: pip install 'postmaster-bot[redis]'.") from error
    return SiteBroker(settings.broker, settings.site)


async def show_health(where: Address, readiness: Readiness, wanted: Sequence[str], stop: asyncio.Event) -> None:
    """Answers /metrics, /healthz and /readyz until the stop."""
    from bot import health, metrics

    with contextlib.suppress(CannotRun):  # without prometheus-client there is nothing to count; the rest is answered
        metrics.enable()
    async with health.served(where.host, where.port, readiness, wanted):
        await stop.wait()


def stop_on_signals() -> asyncio.Event:
    """Set by SIGTERM or SIGINT. A second one ends the process on the spot: nothing that was acknowledged is lost by that either."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask_to_stop(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, ask_to_stop, one)
    return stop
