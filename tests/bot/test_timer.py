"""Does what falls due happen: wakes, what a dead instance left behind, retention? A real service on a real store."""

from __future__ import annotations

import asyncio
import datetime

import pytest

from bot.conversation.model import (
    AnyEvent,
    Conversation,
    Post,
    Step,
    Wake,
    Woken,
)
from bot.store.port import Store
from tests.bot.service_kit import TALK, Room, running, said, say, service_on, until


async def test_a_wake_comes_when_it_is_due_and_is_not_waited_for_by_idle(store: Store, room: Room) -> None:
    def later(conversation: Conversation, event: AnyEvent) -> Step:
        if isinstance(event, Woken):
            return Step(conversation, (Post(reply=say(f"woken by {event.wake}")),))
        soon = event.at + datetime.timedelta(seconds=0.4)
        return Step(conversation, (Post(reply=say("wait")), Wake(wake="did it work", at=soon)))

    service = service_on(store, room, step=later)

    async with running(service), asyncio.timeout(20):
        await service.receive(said("a", 1))
        await service.idle(TALK)
        at_idle = room.texts()
        await until(lambda: len(room.posts) == 2)

    assert at_idle == ["wait"]
    assert room.texts() == ["wait", "woken by did it work"]


async def test_what_a_cancelled_instance_left_is_taken_up_by_the_next_and_not_said_twice(store: Store, room: Room) -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    room.after_post = hang  # posted, not yet marked
    first = service_on(store, room)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(first.run(asyncio.Event()))
        await first.receive(said("a", 1))
        await until(lambda: bool(room.posts))
        task.cancel()
    room.after_post = None

    second = service_on(store, room)
    async with running(second), asyncio.timeout(20):
        await second.idle(TALK)

    assert room.texts() == ["heard a"]
    assert len(room.asked_for) == 1


async def test_old_talks_are_purged_and_each_is_counted(store: Store, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    at = [datetime.datetime.now(datetime.UTC)]
    service = service_on(store, room, now=lambda: at[0])
    async with running(service):
        for number, talk in enumerate(("a", "b"), 1):
            await service.receive(said("x", number, talk))
            await service.idle(talk)

    at[0] += datetime.timedelta(days=31)
    counted: list[tuple[str, int, dict[str, str]]] = []

    def count(name: str, by: int = 1, /, **labels: str) -> None:
        counted.append((name, by, labels))

    monkeypatch.setattr("bot.metrics.count", count)
    async with running(service):
        async with asyncio.timeout(10):
            await until(lambda: ("forgotten", 2, {"why": "age"}) in counted)

        assert [await service.knows(talk) for talk in ("a", "b")] == [None, None]
