"""Does what people see keep its order where a process loses its hold of an effect while a commit is on its way? A real service."""

from __future__ import annotations

import asyncio
import datetime

import pytest

from bot.store.port import ClaimedEffect, Marked, Store
from tests.bot.service_kit import Room, running, said, service_on, until


async def test_what_a_commit_on_its_way_hands_over_does_not_overtake_what_a_lost_effect_left_behind(
    store: Store, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.LEASE", datetime.timedelta(seconds=1))
    service, lost, answered, committed = service_on(store, room), asyncio.Event(), asyncio.Event(), asyncio.Event()
    done, commit = store.done, store.commit

    async def lost_once(effect: ClaimedEffect, message: str | None = None) -> Marked:
        marked = await done(effect, message)
        if lost.is_set():
            return marked
        await lost.wait()
        return Marked.LOST

    async def answered_late(conversation: object, read_version: int, *args: object, **named: object) -> object:
        claimed = await commit(conversation, read_version, *args, **named)  # type: ignore[arg-type]  # handed through as it came
        if read_version == 2:
            committed.set()
            await answered.wait()
        return claimed

    monkeypatch.setattr(store, "done", lost_once)
    monkeypatch.setattr(store, "commit", answered_late)
    async with running(service), asyncio.timeout(30):
        await service.receive(said("line 1", 1))
        await until(lambda: bool(room.posts))
        await service.receive(said("line 2", 2))
        await service.receive(said("line 3", 3))
        await committed.wait()
        lost.set()
        await asyncio.sleep(0.1)
        answered.set()
        await until(lambda: len(room.posts) == 3)

    assert room.texts() == ["heard line 1", "heard line 2", "heard line 3"]
