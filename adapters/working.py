"""How does a process probe for others? `postmaster worker --site NAME`: takes questions from the queue until a signal. No platform here."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from adapters.ending import run_alone
from bot.errors import CannotRun, UsageError
from knowledge.index import index

if TYPE_CHECKING:
    from bot.config import Settings

SITE = "POSTMASTER_SITE"


def work(site: str | None) -> int:
    """Looks for the instances that share POSTMASTER_BROKER, as the vantage point `site` (default: POSTMASTER_SITE)."""
    from bot.config import load_settings

    if site is not None:
        os.environ[SITE] = site  # judged as any other value of it
    settings = load_settings()
    if settings.broker == "inline":
        raise UsageError("POSTMASTER_BROKER is inline: set it to the redis://HOST:PORT/NUMBER that the bot's processes have too.")
    return run_alone(_work(settings))


async def _work(settings: Settings) -> int:
    from adapters.serving import show_health, stop_on_signals
    from bot import health, log
    from bot.broker import InlineBroker
    from bot.probes.guard import Network, Policy
    from bot.store import open_store

    try:
        from bot.sites.worker import Worker
    except ImportError as error:
        raise CannotRun("A worker needs the packages of its queue: pip install 'postmaster-bot[redis]'.") from error
    log.set_up(settings.log)
    known = index()
    shared = settings.store.startswith(("redis", "unix"))
    store = open_store(settings.store) if shared else None
    stop = stop_on_signals()
    try:
        if store is not None:
            await store.open()
        async with Network(Policy(**settings.policy(), known_ports=known.known_ports)) as network:
            worker = Worker(settings.broker, settings.site, InlineBroker(network, known), store)
            async with asyncio.TaskGroup() as group:
                group.create_task(worker.run(stop))
                group.create_task(health.watchdog(stop))
                if settings.metrics is not None:
                    group.create_task(show_health(settings.metrics, worker.readiness, ("queue",), stop))
    finally:
        if store is not None:
            await store.close()
    return 0
