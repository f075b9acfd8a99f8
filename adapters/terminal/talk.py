"""What do both talks in the terminal share? The service for one person, and who that person is. Prints nothing."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import getpass
import secrets
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from bot.channel import Channel, Incoming, What
from knowledge.index import Index

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.service import Service
    from bot.store.port import Store

NAME = "terminal"


def person() -> str:
    """The one at the keyboard, as the store knows them."""
    try:
        return f"{NAME}:{getpass.getuser()}"
    except (OSError, KeyError, ImportError):
        return f"{NAME}:somebody"


def new_conversation() -> str:
    return f"{NAME}:{secrets.token_hex(6)}"


class Line:
    """Makes `Incoming` of what comes in on one conversation; numbers it so that nothing is taken for a repetition.

    Each conversation is a channel of its own, so that of several terminals over one store none takes up another's. `channel` names that
    of a conversation which is gone on with.
    """

    def __init__(self, conversation: str, *, channel: str | None = None, locale: str | None = None) -> None:
        self.conversation = conversation
        self.channel = channel or conversation
        self._run = secrets.token_hex(4)
        self._number = 0
        self._locale = locale

    def incoming(self, what: What) -> Incoming:
        self._number += 1
        now = datetime.datetime.now(datetime.UTC)
        key = f"{self.conversation}:{self._run}:{self._number}"
        return Incoming(
            channel=self.channel,
            keys=(key,),
            conversation=self.conversation,
            place={"conversation": self.conversation},
            person=person(),
            workspace=NAME,
            order=f"{now.timestamp():020.6f}:{self._number:06}",
            message=key,
            at=now,
            what=what,
            locale=self._locale,
        )


@contextlib.asynccontextmanager
async def running(channel: Channel, settings: Settings, known: Index, *, store: Store | None = None) -> AsyncIterator[Service]:
    """The service with this one channel, running until the block ends."""
    from bot.broker import InlineBroker
    from bot.probes.guard import Network, Policy
    from bot.service import Service
    from bot.store import open_store

    opened = store or open_store(settings.store)
    await opened.open()
    try:
        async with Network(Policy(**settings.policy(), known_ports=known.known_ports)) as network:
            service = Service(
                opened, InlineBroker(network, known), known, patience_seconds=0, keep_days=settings.retention_days, learns=settings.learn
            )
            service.add_channel(channel)
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                work = group.create_task(service.run(stop))
                try:
                    yield service
                finally:
                    stop.set()
                    if not work.done():
                        await asyncio.wait([work], timeout=5)
                    work.cancel()
    finally:
        await opened.close()
