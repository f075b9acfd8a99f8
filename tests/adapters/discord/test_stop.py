"""The Stop button under a running probe: who may press it, what it does, and when it is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from adapters.discord import app
from bot.channel import Stopped
from bot.conversation.model import PendingProbe, ProbeRequest
from bot.observations import Observations
from bot.probes.model import OnSeen
from bot.reply import Progress, Task
from bot.service import Service
from bot.store import open_store
from knowledge.index import index
from tests.adapters.discord.local import ANNA, BEN, GENERAL, HELPERS_ROLE
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, configured, running, words
from tests.adapters.discord.seen import buttons, words_of

RUNNING = Progress("p1", "Looking at mail.example.com", (Task("587", "587", "running"),))
DONE = Progress("p1", "Looking at mail.example.com", (Task("587", "587", "good"),), finished=True)


async def looking(peer: Peer, service: Scripted, channel: str = GENERAL) -> str:
    """A talk in which a probe runs; its thread."""
    service.says = lambda incoming, talk: []
    thread = str((await peer.mention("mail.example.com", channel=channel))["id"])
    await peer.until(lambda: service.received)
    key = service.received[0].conversation
    service.talks[key] = replace(service.talks[key], probe=PendingProbe("p1", ProbeRequest(host="mail.example.com")))
    assert service.channel is not None
    await service.channel.progress(service.received[0].place, RUNNING)
    return thread


async def test_the_asker_stops_what_runs(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = await looking(peer, service)
        shown = (await peer.until(lambda: peer.ours(thread)))[0]
        pressed = await peer.press(shown, buttons(shown)["Stop"])
        await peer.until(lambda: peer.acknowledged.get(pressed["id"]))

    assert service.received[1].what == Stopped()
    assert peer.acknowledged[pressed["id"]]["type"] == 7
    assert buttons(peer.ours(thread)[0]) == {}


async def test_a_stranger_does_not_stop_it_and_a_helper_does(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = await looking(peer, service)
        shown = (await peer.until(lambda: peer.ours(thread)))[0]
        stop = buttons(shown)["Stop"]
        stranger = await peer.press(shown, stop, author=BEN)
        await peer.until(lambda: peer.private[stranger["token"]])
        await peer.press(shown, stop, author=BEN, roles=[HELPERS_ROLE])
        await peer.until(lambda: len(service.received) == 2)

    assert words_of(peer.private[stranger["token"]][0]) == words("not_yours")


async def test_the_last_state_has_no_button_and_a_late_click_is_told_so(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = await looking(peer, service)
        shown = (await peer.until(lambda: peer.ours(thread)))[0]
        stop = buttons(shown)["Stop"]
        assert service.channel is not None
        await service.channel.progress(service.received[0].place, DONE)
        await peer.until(lambda: not buttons(peer.ours(thread)[0]))
        key = service.received[0].conversation
        service.talks[key] = replace(service.talks[key], probe=None)
        late = await peer.press(shown, stop)
        await peer.until(lambda: peer.private[late["token"]])

    assert words_of(peer.private[late["token"]][0]) == words("nothing_runs")
    assert len(service.received) == 1


async def test_a_private_talk_has_its_button_too(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: []
    async with running(peer, service):
        called = await peer.slash("check", options={"target": "mail.example.com"})
        await peer.until(lambda: service.received)
        key, place = service.received[0].conversation, service.received[0].place
        request = ProbeRequest(host="mail.example.com")
        service.talks[key] = replace(service.talks[key], probe=PendingProbe("p1", request))
        assert service.channel is not None
        await service.channel.progress(place, RUNNING)
        shown = await peer.until(lambda: next((one for one in peer.private[called["token"]] if not one["thinking"]), None))
        await peer.press({**shown, "channel_id": GENERAL}, buttons(shown)["Stop"], author=ANNA)
        await peer.until(lambda: len(service.received) == 2)

    assert service.received[1].what == Stopped()
    assert service.received[1].conversation == key


class Endless:
    """A broker whose probes see nothing until they are stopped."""

    def __init__(self) -> None:
        self.stopped = False

    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.stopped = True
            raise
        return Observations(())


@asynccontextmanager
async def serving(peer: Peer, file: Path, broker: Endless) -> AsyncIterator[None]:
    store = open_store(f"sqlite:{file}")
    await store.open()
    stop = asyncio.Event()
    service = Service(store, broker, index())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(app.run(configured(DISCORD_API_URL=peer.api), service, stop))
            await asyncio.sleep(0)
            group.create_task(service.run(stop))
            await peer.until(lambda: peer.sockets)
            yield
            stop.set()
    finally:
        await store.close()


async def test_over_the_real_service_the_probe_ends_and_the_talk_says_so(peer: Peer, tmp_path: Path) -> None:
    broker = Endless()
    async with serving(peer, tmp_path / "talks.sqlite", broker):
        thread = (await peer.mention("Thunderbird cannot send over smtp.kontor-nord.de, port 587, STARTTLS: connection timed out"))["id"]
        shown = await peer.until(lambda: next((one for one in peer.ours(thread) if "Stop" in buttons(one)), None))
        before = len(peer.ours(thread))
        await peer.press(shown, buttons(shown)["Stop"])
        await peer.until(lambda: broker.stopped and len(peer.ours(thread)) > before)
