"""What does whoever runs the bot see of Slack: is it reached, what was counted? Never an id."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters.slack.delivery import SlackChannel
from adapters.slack.health import ready
from bot import metrics
from bot.channel import TryLater, Undeliverable
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.local import BOT_USER
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.standin import StandIn, question
from tests.adapters.slack.test_app import asks


@pytest.fixture
def counted() -> Iterator[None]:
    metrics._registry = None  # another test's counts are not ours
    metrics._counter.cache_clear()
    metrics._histogram.cache_clear()
    metrics.enable()
    yield
    metrics._registry = None
    metrics._counter.cache_clear()
    metrics._histogram.cache_clear()


async def test_it_is_ready_while_the_socket_stands_and_not_before_or_after(peer: Peer, running: Running) -> None:
    assert not ready()
    async with running(StandIn()):
        await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.acks) == 2)
        assert ready()
    assert not ready()


async def test_calls_retries_and_acknowledgements_are_counted_without_an_id(peer: Peer, running: Running, counted: None) -> None:
    async with running(StandIn(asks)) as core:
        event = peer.events_of(f"<@{BOT_USER}> help", "U1", "C1", await peer.says("hi"), None)[0]
        await peer.acked(await peer.send("events_api", event))
        await peer.acked(await peer.send("events_api", event, retry=1))
        await peer.until(lambda: bool(peer.ours()))
        peer.fail("chat.postMessage", "ratelimited", status=429, Retry_After="1")
        with pytest.raises(TryLater):
            await core.channels[0].post(core.received[0].place, question(), "k2")
        seen = metrics.text().decode()

    assert 'postmaster_api_answers_total{channel="slack",method="chat.postMessage",status="ok"} 1.0' in seen
    assert 'postmaster_api_answers_total{channel="slack",method="chat.postMessage",status="ratelimited"} 1.0' in seen
    assert 'postmaster_rate_limited_total{channel="slack",method="chat.postMessage"} 1.0' in seen
    assert 'postmaster_retries_total{channel="slack"} 1.0' in seen
    assert 'postmaster_acknowledge_seconds_count{channel="slack"} 3.0' in seen
    assert not any(id in seen for id in ('"U1"', '"C1"', '"T1"', BOT_USER))


async def test_a_loop_ends_in_silence(peer: Peer, running: Running) -> None:
    async with running(StandIn()) as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(core.received) == 1)
        place = core.received[0].place
        channel = core.channels[0]
        assert isinstance(channel, SlackChannel)
        channel._leash._replies = 1  # ten real posts would wait for their pace
        await channel.post(place, question(), "k1")
        with pytest.raises(Undeliverable, match="too_many_replies"):
            await channel.post(place, question(), "k2")
        await peer.says("go on", thread=root)
        await peer.until(lambda: len(core.received) == 2)
        await channel.post(place, question(), "k2")

    assert len(peer.ours("C1", root)) == 2
