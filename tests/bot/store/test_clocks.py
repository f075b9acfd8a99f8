"""What happens when a clock is set forward or back, or a machine slept? The store's clock and the service's are one, and are moved."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.conversation.model import AnyEvent, Conversation, Post, Step, Wake, Woken
from bot.store.port import Marked, Store
from bot.store.redis import RedisStore
from bot.store.sqlite import SqliteStore
from tests.bot.conftest import lasting
from tests.bot.service_kit import TALK, Room, ScriptedBroker, running, say, service_on, until
from tests.bot.service_kit import said as said_to_service
from tests.bot.store.talks import CHANNELS, LEASE, begun, ids, post, said, talk

SHORT = datetime.timedelta(seconds=1)
DAY = datetime.timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.ahead = datetime.timedelta(0)

    def seconds(self) -> float:
        return time.time() + self.ahead.total_seconds()

    def now(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.seconds(), datetime.UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "valkey"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    address = lasting(request, request.param, tmp_path)
    made: Store = SqliteStore(address.removeprefix("sqlite:"), clock=clock.seconds)
    if request.param == "valkey":
        made = RedisStore(address, clock=clock.seconds)
    await made.open()
    yield made
    await made.close()


async def test_set_forward_a_lease_ends_early_and_its_holders_mark_is_refused(store: Store, clock: Clock) -> None:
    claimed = await store.commit(talk(), 0, [post("0.0")], (), owner="me", lease_until=clock.now() + LEASE)
    assert claimed is not None
    clock.ahead = DAY

    (theirs,) = await store.claim_effects(CHANNELS, "other", LEASE, clock.now())

    assert theirs.key == claimed[0].key
    assert await store.done(claimed[0], "M1") is Marked.LOST
    assert await store.done(theirs, "M1") is Marked.DONE


async def test_set_back_what_a_dead_one_had_in_hand_is_taken_up_at_once_and_not_a_day_later(store: Store, clock: Clock) -> None:
    clock.ahead = DAY
    await store.receive(said(1, "waits"), ["1"])
    until = clock.now() + LEASE
    await store.commit(
        talk(), 0, [post("0.0"), Wake(id="0.1", wake="w", at=clock.now() - DAY - LEASE)], (), owner="dead", lease_until=until
    )
    await store.claim_wakes(CHANNELS, "dead", LEASE, clock.now())
    assert await store.claim_effects(CHANNELS, "me", LEASE, clock.now()) == []
    await store.next_due(CHANNELS)
    clock.ahead = datetime.timedelta(0)

    due = await store.next_due(CHANNELS)

    assert due is not None
    assert due <= clock.now()
    assert list(await store.waiting(CHANNELS, clock.now() - SHORT)) == ["waits"]
    assert ids(await store.claim_effects(CHANNELS, "me", LEASE, clock.now())) == ["0.0"]
    assert [wake.wake for wake in await store.claim_wakes(CHANNELS, "me", LEASE, clock.now())] == ["w"]


async def test_set_back_a_lease_that_is_as_long_as_leases_are_still_holds(store: Store, clock: Clock) -> None:
    await begun(store, [post("0.0")], owner="alive")
    clock.ahead = -datetime.timedelta(seconds=20)

    assert await store.claim_effects(CHANNELS, "me", LEASE, clock.now()) == []


async def test_set_back_a_wake_that_nobody_has_waits_for_its_time(store: Store, clock: Clock) -> None:
    await begun(store, [Wake(id="0.0", wake="w", at=clock.now() + DAY)])
    await store.next_due(CHANNELS)
    clock.ahead = -30 * DAY
    await store.next_due(CHANNELS)

    assert await store.claim_wakes(CHANNELS, "me", LEASE, clock.now()) == []
    clock.ahead = DAY + SHORT
    assert [wake.wake for wake in await store.claim_wakes(CHANNELS, "me", LEASE, clock.now())] == ["w"]


async def test_set_back_events_are_taken_in_the_platforms_order_all_the_same(store: Store, clock: Clock) -> None:
    clock.ahead = DAY
    await store.receive(said(2), ["2"])
    clock.ahead = datetime.timedelta(0)
    await store.receive(said(1), ["1"])
    await store.receive(said(3), ["3"])

    assert [event.id for event in (await store.load("talk")).events] == ["talk/1", "talk/2", "talk/3"]
    assert not await store.receive(said(2), ["2"])


@pytest.mark.parametrize("leap", [DAY, -DAY], ids=["forward", "back"])
async def test_a_leap_in_the_middle_of_a_probe_says_nothing_twice_and_loses_nothing(
    store: Store, clock: Clock, leap: datetime.timedelta
) -> None:
    room, broker = Room(), ScriptedBroker()
    broker.go.clear()
    one, other = (service_on(store, room, broker, now=clock.now) for _ in range(2))

    async with asyncio.timeout(30), running(one), running(other):
        await one.receive(said_to_service("probe", 1))
        await until(lambda: bool(broker.asked) and room.texts() == ["looking"])
        clock.ahead = leap
        await other.receive(said_to_service("after the leap", 2))
        await until(lambda: len(room.texts()) == 2)
        broker.go.set()
        await one.idle(TALK)
        await other.idle(TALK)

    assert room.texts() == ["looking", "heard after the leap", "saw 1 None"]


async def test_a_wake_that_fell_due_while_the_machine_slept_comes_as_soon_as_it_is_awake(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.timer.CLOCK_SECONDS", 0.05)
    monkeypatch.setattr(type(store), "watch_seconds", None)  # nobody else writes

    def later(conversation: Conversation, event: AnyEvent) -> Step:
        if isinstance(event, Woken):
            return Step(conversation, (Post(reply=say("woken")),))
        return Step(replace(conversation, turn=1), (Wake(wake="tomorrow", at=event.at + DAY),))

    room = Room()
    service = service_on(store, room, step=later, now=clock.now)
    async with asyncio.timeout(20), running(service):
        await service.receive(said_to_service("a", 1))
        await service.idle(TALK)
        await asyncio.sleep(0.1)
        at_first = room.texts()
        clock.ahead = DAY + SHORT
        await until(lambda: bool(room.texts()))

    assert (at_first, room.texts()) == ([], ["woken"])
