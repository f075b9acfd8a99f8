"""Who called the bot while it was away? Heard after the start, once, and only where it was called before."""

from __future__ import annotations

import asyncio
import datetime
import json

import pytest

from adapters.discord import places
from adapters.discord.custom_ids import KEY
from adapters.discord.missed_calls import Calls
from bot.channel import Wrote
from tests.adapters.discord.local import BEN, BOT, GENERAL, VOICE, Fault, Json
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, running

pytestmark = pytest.mark.usefixtures("soon")

READ = rf"/channels/{GENERAL}/messages"


async def called_before(peer: Peer, service: Scripted) -> None:
    """The bot ran, and was mentioned in the general channel."""
    async with running(peer, service):
        await peer.until(lambda: service.kept.writes)
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))


async def again(peer: Peer, service: Scripted, heard: int = 0) -> None:
    writes, received = service.kept.writes, len(service.received)
    async with running(peer, service):
        await peer.until(lambda: service.kept.writes > writes and len(service.received) >= received + heard)


def last_listened(service: Scripted, ago: datetime.timedelta) -> None:
    """The note of the last process says so."""
    until = (datetime.datetime.now(datetime.UTC) - ago).isoformat()
    for name, value in service.kept.things.items():
        service.kept.things[name] = json.dumps({**json.loads(value), "until": until}).encode()


def meanwhile(peer: Peer, content: str, channel: str = GENERAL, **more: object) -> Json:
    message = peer.said(content, channel, BEN, **more)
    peer.messages[channel].append(message)
    return message


async def test_a_mention_that_came_while_the_bot_was_away_is_answered_in_its_own_thread_once(peer: Peer, service: Scripted) -> None:
    await called_before(peer, service)
    meanwhile(peer, "does anybody know a good baker?")
    missed = meanwhile(peer, f"<@{BOT}> outlook says 550 5.7.1")

    await again(peer, service, heard=1)
    await peer.until(lambda: peer.ours(missed["id"]))
    await again(peer, service)

    assert [(one.conversation, one.what) for one in service.received[1:]] == [(KEY + missed["id"], Wrote("outlook says 550 5.7.1"))]
    assert len(peer.ours(missed["id"])) == 1


async def test_a_direct_message_is_heard_too_as_long_as_its_talk_is_kept(peer: Peer, service: Scripted) -> None:
    dm = "310000000000000001"
    async with running(peer, service):
        await peer.until(lambda: service.kept.writes)
        await peer.say("I cannot send", channel=dm, guild_id=None)
        await peer.until(lambda: peer.ours(dm))
    meanwhile(peer, "port 587", channel=dm, guild_id=None)

    await again(peer, service, heard=1)
    assert service.received[1].what == Wrote("port 587")

    service.talks.clear()  # as after "forget me"
    await again(peer, service)
    assert f"/{dm}" not in json.loads(next(iter(service.kept.things.values())))["channels"]


async def test_a_channel_is_read_only_where_the_bot_was_called_and_something_is_new(peer: Peer, service: Scripted) -> None:
    await called_before(peer, service)
    meanwhile(peer, f"<@{BOT}> me too", channel=VOICE)
    last_listened(service, -datetime.timedelta(minutes=2))  # as if until long after the last word

    await again(peer, service)

    assert len(service.received) == 1
    assert not peer.calls("GET", rf"/channels/({GENERAL}|{VOICE})/messages")


async def test_more_than_a_page_is_read_from_the_oldest_on(peer: Peer, service: Scripted) -> None:
    await called_before(peer, service)
    first = meanwhile(peer, f"<@{BOT}> one")
    for _ in range(230):
        meanwhile(peer, "lunch?")
    last = meanwhile(peer, f"<@{BOT}> two")

    await again(peer, service, heard=2)

    assert [one.message for one in service.received[1:]] == [KEY + first["id"], KEY + last["id"]]
    assert [call.body["limit"] for call in peer.calls("GET", READ)] == ["100", "100", "100"]


async def test_what_was_said_a_day_ago_is_left(peer: Peer, service: Scripted) -> None:
    await called_before(peer, service)
    last_listened(service, datetime.timedelta(days=3))
    old = places.snowflake_at(datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=30))
    peer.messages[GENERAL].insert(0, peer.said(f"<@{BOT}> long ago", id=str(old)))

    await again(peer, service)

    assert len(service.received) == 1


async def test_what_could_not_be_read_is_read_after_the_next_start(peer: Peer, service: Scripted) -> None:
    await called_before(peer, service)
    last_listened(service, datetime.timedelta(minutes=10))
    some_time_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=5)
    missed = meanwhile(peer, f"<@{BOT}> outlook says 550 5.7.1", id=str(places.snowflake_at(some_time_ago)))
    fault = Fault("GET", READ, 500, times=100)
    peer.faults.append(fault)
    async with running(peer, service):
        await peer.until(lambda: peer.calls("GET", READ))
        await asyncio.sleep(0.2)
    peer.faults.remove(fault)

    await again(peer, service, heard=1)

    assert service.received[-1].message == KEY + missed["id"]


async def test_a_channel_that_may_not_be_read_keeps_nobody_waiting(peer: Peer, service: Scripted) -> None:
    await called_before(peer, service)
    meanwhile(peer, f"<@{BOT}> outlook says 550 5.7.1")
    peer.faults.append(Fault("GET", READ, 403, 50001))

    await again(peer, service)

    assert len(service.received) == 1


def test_of_several_processes_the_newest_calls_stand_first() -> None:
    here, noted = Calls(), ["2/20", "1/10"]
    here.heard_in({"kind": "start", "guild": "1", "channel": "10"})
    here.heard_in({"kind": "dm", "channel": "30"})

    here.restore(noted)

    assert here.where() == ["/30", "1/10", "2/20"]
