"""How often new sessions are begun: the pauses, and that they are kept over a gateway that throws every session away."""

from __future__ import annotations

import asyncio

import pytest

from adapters.discord import app, client, identifying
from adapters.discord.delivery import DiscordChannel
from adapters.discord.identifying import Pace
from bot import metrics
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, running


def test_the_first_few_are_quick_and_then_the_pauses_grow_to_five_minutes() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    waited = []
    for _ in range(9):
        waited.append(pace.pause_seconds(0))
        now += waited[-1]
        pace.begins(0)

    assert waited == [0, 5, 5, 10, 20, 40, 80, 160, 300]
    assert pace.longest_seconds() == 300


def test_a_day_of_nothing_but_beginnings_stays_far_below_what_is_allowed() -> None:
    now, begun = 0.0, 0
    pace = Pace(lambda: now)
    while now < 86_400:
        now += pace.pause_seconds(0)
        pace.begins(0)
        begun += 1

    assert begun < 400


def test_each_shard_has_its_own_count_and_an_hour_forgives() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    for _ in range(6):
        pace.begins(1)

    assert pace.pause_seconds(0) == 0
    assert pace.pause_seconds(1) == 80
    now = 3_601
    assert pace.pause_seconds(1) == 0


async def begun(peer: Peer, sessions: int) -> None:
    await peer.until(lambda: len(peer.identifies) >= sessions and peer.sockets, 20)


@pytest.mark.usefixtures("soon")
async def test_sessions_that_are_thrown_away_again_and_again_are_begun_ever_more_slowly(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(identifying, "LONGEST_SECONDS", 0.6)
    monkeypatch.setattr(client, "_HELD_SECONDS", 0.1)
    monkeypatch.setattr(app, "_PAUSES_SECONDS", (0.01,))
    async with running(peer, service):
        for number in range(2, 8):
            await peer.sockets[0].send(9, False)
            await begun(peer, number)

    assert "too many sessions of late" in caplog.text


async def test_starts_that_are_used_up_meanwhile_are_waited_for(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(app, "_PAUSES_SECONDS", (0.01,))
    async with running(peer, service):
        peer.starts_left = 0
        await peer.dispatch("CHANNEL_CREATE", {"guild_id": "200000000000000001", "nonsense": True})
        await peer.until(lambda: len(peer.identifies) == 2, 20)

    assert "no more starts" in caplog.text


async def test_it_is_ready_while_it_is_connected_and_not_before_or_after(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        channel = service.channel
        assert channel is not None
        assert isinstance(channel, DiscordChannel)
        await peer.until(channel.ready)
        peer.answers_heartbeats = False
    assert not channel.ready()


async def test_what_happens_is_counted_without_naming_anybody(peer: Peer, service: Scripted) -> None:
    metrics.enable()
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        called = await peer.slash("help")
        await peer.until(lambda: peer.private[called["token"]])
        await peer.sockets[0].send(7)
        await peer.until(lambda: peer.resumes and peer.sockets)
        await asyncio.sleep(0.1)
    told = metrics.text().decode()

    assert 'postmaster_api_answers_total{channel="discord",method="POST",status="200"}' in told
    assert 'postmaster_connections_total{channel="discord",what="made"}' in told
    assert 'postmaster_connections_total{channel="discord",what="resumed"}' in told
    assert 'postmaster_acknowledge_seconds_count{channel="discord"}' in told
    assert thread not in told
