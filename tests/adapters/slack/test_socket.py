"""Socket Mode: how the connection begins, comes back, and ends where it cannot be made again."""

from __future__ import annotations

import asyncio

import pytest

from adapters.slack import app
from bot.errors import CannotRun
from tests.adapters.slack import standin
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.standin import StandIn


async def test_the_socket_comes_back_after_slack_asks_it_to(peer: Peer, running: Running) -> None:
    async with running() as core:
        await peer.disconnect()
        await peer.until(lambda: len(peer.called("apps.connections.open")) >= 2)
        await peer.connected()
        await asyncio.sleep(0.1)
        await peer.says("hello", channel="D1")
        await peer.until(lambda: len(core.received) == 1)


async def test_before_it_connects_slack_is_asked_two_things_at_once_and_nothing_twice(peer: Peer, running: Running) -> None:
    peer.slow("auth.test", 0.3)
    peer.slow("apps.connections.open", 0.3)
    async with running():
        before = [call for call in peer.calls if call.method in ("auth.test", "apps.connections.open")]

    assert sorted(call.method for call in before) == ["apps.connections.open", "auth.test"]
    assert abs(before[0].at - before[1].at) < 0.25


async def test_too_many_sockets_is_come_back_from(peer: Peer, running: Running) -> None:
    async with running() as core:
        await peer.disconnect("too_many_websockets")
        await peer.until(lambda: len(peer.called("apps.connections.open")) >= 2)
        await peer.connected()
        await asyncio.sleep(0.1)
        await peer.says("hello", channel="D1")
        await peer.until(lambda: len(core.received) == 1)


async def test_a_socket_that_cannot_be_made_again_ends_the_process_with_a_sentence(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(app, "DEAD_AFTER", 0.3)
    serving = asyncio.ensure_future(app.run(standin.settings(peer.url), StandIn(), asyncio.Event()))
    await peer.connected()
    peer.fail("apps.connections.open", "internal_error", times=1000)
    for socket in list(peer.sockets):
        await socket.close()

    with pytest.raises(CannotRun, match="could not be made again"):
        async with asyncio.timeout(20):
            await serving
