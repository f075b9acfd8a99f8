"""Is a store that stays away waited for, as long as was said? A real service, a store that cannot be reached for a while."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import StoreUnreachable
from bot.store.port import Store
from tests.bot.service_kit import TALK, Room, running, said, service_on


async def test_a_store_that_is_away_for_a_moment_is_waited_for(store: Store, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.patience.PAUSES", (0.01,))
    service = service_on(store, room)
    real, failures = store.commit, [StoreUnreachable("away")] * 3

    async def commit(*args: object, **kwargs: object) -> object:
        if failures:
            raise failures.pop()
        return await real(*args, **kwargs)  # type: ignore[arg-type]  # passes on whatever it was given

    monkeypatch.setattr(store, "commit", commit)

    async with running(service):
        await service.receive(said("a", 1))
        await service.idle(TALK)

    assert room.texts() == ["heard a"]


async def test_an_impatient_service_ends_with_the_stores_sentence(store: Store, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    service = service_on(store, room, patience_seconds=0.0)

    async def commit(*args: object, **kwargs: object) -> None:
        raise StoreUnreachable("The disk is full.")

    monkeypatch.setattr(store, "commit", commit)
    await service.receive(said("a", 1))

    with pytest.raises(StoreUnreachable, match="The disk is full"):
        await service.run(asyncio.Event())
