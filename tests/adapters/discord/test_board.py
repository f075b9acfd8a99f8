"""A running probe on the screen: one message, edited slowly, whose last state is always shown."""

from __future__ import annotations

import asyncio

from bot.reply import Progress, Task
from tests.adapters.discord.local import Fault
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, running
from tests.adapters.discord.seen import words_of


def looking(state: str, finished: bool = False) -> Progress:
    return Progress("probe1", "Looking at mail.example.com", (Task("587", "587", "running", state),), finished)


async def test_progress_is_one_message_edited_slowly_and_its_last_state_is_shown(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.posted)
        channel, place = service.channel, service.received[0].place
        assert channel is not None
        for number in range(20):
            await channel.progress(place, looking(f"state {number}"))
            await asyncio.sleep(0.01)
        await channel.progress(place, looking("the end", finished=True))
        await channel.progress(place, looking("too late"))
        await peer.until(lambda: "the end" in words_of(peer.ours(thread)[-1]))

    assert len(peer.ours(thread)) == 2
    edits = peer.calls("PATCH", f"/channels/{thread}/messages/{peer.ours(thread)[-1]['id']}")
    assert len(edits) == 1
    sent = next(call for call in peer.calls("POST", f"/channels/{thread}/messages") if "state 0" in str(call.body))
    assert edits[0].at - sent.at >= 1.1


async def test_a_stop_in_the_middle_of_a_probe_ends_the_process(peer: Peer, service: Scripted) -> None:
    async with running(peer, service) as stop:
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.posted)
        channel, place = service.channel, service.received[0].place
        assert channel is not None
        await channel.progress(place, looking("begins"))
        await peer.until(lambda: len(peer.ours(thread)) == 2)
        await channel.progress(place, looking("goes on"))
        stop.set()

    assert peer.sockets == []


async def test_progress_that_meets_a_rate_limit_still_shows_its_end(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.posted)
        channel, place = service.channel, service.received[0].place
        assert channel is not None
        await channel.progress(place, looking("begins"))
        await peer.until(lambda: len(peer.ours(thread)) == 2)
        peer.faults.append(Fault("PATCH", rf"/channels/{thread}/messages/\d+", 503))
        await channel.progress(place, looking("the end", finished=True))
        await peer.until(lambda: "the end" in words_of(peer.ours(thread)[-1]), 12)
