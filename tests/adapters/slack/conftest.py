from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from adapters.slack import app
from bot.channel import Place
from tests.adapters.slack import standin
from tests.adapters.slack.local import Post
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.standin import StandIn

Running = Callable[..., AbstractAsyncContextManager[StandIn]]


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with Peer() as local_slack:
        yield local_slack
    assert {call.body.get("parse") for call in local_slack.called("chat.update")} <= {"none"}, "Slack would look for names in the text"


@pytest.fixture
def place(peer: Peer) -> Place:
    """A thread that a person began."""
    ts = peer.new_ts()
    peer.posts.append(Post("C1", ts, None, "help", [], {}, "U1"))
    return {"team": "T1", "channel": "C1", "thread": ts, "user": "U1", "home": "T1"}


@pytest.fixture
def running(peer: Peer) -> Running:
    """`async with running(core) as core:` runs the adapter against the local Slack until the block ends."""

    @asynccontextmanager
    async def run(core: StandIn | None = None, **settings: Any) -> AsyncIterator[StandIn]:
        service = core or StandIn()
        stop = asyncio.Event()
        chosen = standin.settings(peer.url, **settings)
        sockets = len(peer.sockets)
        async with asyncio.TaskGroup() as group:
            group.create_task(app.run(chosen, service, stop))
            try:
                await peer.connected(sockets + 1)
                yield service
            finally:
                stop.set()

    return run
