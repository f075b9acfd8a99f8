"""Does every event that was taken in lead to what its step wants, once and in order? A scripted step; the store is a real one."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channel import Filled, Query
from bot.conversation.model import (
    AnyEvent,
    Conversation,
    FormSent,
    Post,
    Said,
    Step,
)
from bot.reading.model import Reading
from bot.redaction import SafeText
from bot.service import Service
from bot.store.port import Store
from tests.bot.service_kit import TALK, Room, ScriptedBroker, knowledge, running, said, say, service_on


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_what_was_said_is_answered_in_order(store: Store, room: Room) -> None:
    service = service_on(store, room)

    async with running(service):
        for number in range(20):
            await service.receive(said(str(number), number))
        await service.idle(TALK)

    assert room.texts() == [f"heard {number}" for number in range(20)]


async def test_a_second_delivery_by_either_key_is_dropped(store: Store, room: Room) -> None:
    service = service_on(store, room)
    first = said("hi", 1)
    by_other_key = replace(first, keys=("test:event:another", first.keys[1]))

    async with running(service):
        assert await service.receive(first)
        assert not await service.receive(first)
        assert not await service.receive(by_other_key)
        await service.idle(TALK)

    assert room.texts() == ["heard hi"]


async def test_events_before_the_start_are_worked_on_at_the_start_in_the_platforms_order(store: Store, room: Room) -> None:
    service = service_on(store, room)
    await service.receive(said("second", 2))
    await service.receive(said("first", 1))

    async with running(service):
        await service.idle(TALK)

    assert room.texts() == ["heard first", "heard second"]


async def test_a_secret_never_reaches_the_store(store: Store, room: Room, tmp_path: Path) -> None:
    service = service_on(store, room)

    await service.receive(said("smtp://u:geheimnis99@mail.example.com:587", 1))

    assert b"geheimnis99" not in bytes_in(tmp_path)
    loaded = await store.load(TALK)
    assert isinstance(loaded.events[0], Said)
    assert "geheimnis99" not in loaded.events[0].text.text


async def test_what_comes_while_it_warms_up_is_written_down_at_once_and_stepped_afterwards(
    store: Store, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = threading.Event()
    monkeypatch.setattr("bot.thinking.Thinking.warm_up", lambda _: loaded.wait(10))
    service = service_on(store, room)

    async with running(service), asyncio.TaskGroup() as group:
        group.create_task(service.warm_up())
        await asyncio.sleep(0)
        assert await service.receive(said("hi", 1))
        await asyncio.sleep(0.05)
        before = room.texts()
        loaded.set()
        await service.idle(TALK)

    assert before == []
    assert room.texts() == ["heard hi"]


async def test_a_talk_is_known_as_soon_as_its_first_event_is_written(store: Store, room: Room) -> None:
    service = service_on(store, room)

    assert await service.knows(TALK) is None
    await service.receive(said("hi", 1))

    known = await service.knows(TALK)
    assert known is not None
    assert (known.asker, dict(known.place)) == ("test:U1", {"room": TALK})


async def test_a_step_that_raises_three_times_is_put_aside_and_the_person_is_told_once(store: Store, room: Room) -> None:
    service = service_on(store, room)

    async with running(service):
        await service.receive(said("break", 1))
        await service.receive(said("hello", 2))
        await service.idle(TALK)

    assert len(room.texts()) == 2
    assert "Something went wrong" in room.texts()[0]
    assert room.texts()[1] == "heard hello"


async def test_a_form_is_read_field_by_field(store: Store, room: Room) -> None:
    def look(conversation: Conversation, event: AnyEvent) -> Step:
        assert isinstance(event, FormSent)
        return Step(conversation, (Post(reply=say(" ".join(sorted(event.readings)))),))

    asked: list[str | None] = []

    def read(text: SafeText, slot: str | None) -> Reading:
        asked.append(slot)
        return Reading()

    service = service_on(store, room, step=look, read=read)

    async with running(service):
        await service.receive(said("", 1, what=Filled("settings", {"host": "mail.example.com", "port": "587"})))
        await service.idle(TALK)

    assert room.texts() == ["host port"]
    assert asked == ["host", "port"]


async def test_two_instances_on_one_store_answer_each_event_once_and_in_order(store: Store, room: Room) -> None:
    one, other = service_on(store, room), service_on(store, room)

    async with running(one), running(other), asyncio.timeout(30):
        for number in range(30):
            await (one if number % 2 else other).receive(said(str(number), number))
        await one.idle(TALK)
        await other.idle(TALK)

    assert sorted(room.texts(), key=lambda text: int(text.split()[1])) == [f"heard {number}" for number in range(30)]
    assert len({key for _, key, _ in room.posts}) == 30


async def test_forgetting_a_person_deletes_their_talks_and_a_new_one_under_the_same_key_works(store: Store, room: Room) -> None:
    service = service_on(store, room)

    async with running(service):
        await service.receive(said("probe", 1))
        await service.idle(TALK)
        assert await service.forget_person("test:U1") == 1
        assert await service.knows(TALK) is None
        await service.receive(said("probe", 2))
        await service.idle(TALK)

    assert room.texts() == ["looking", "saw 1 None"] * 2
    assert len({key for _, key, _ in room.posts}) == 4  # nothing of the earlier life is taken for the new one's


async def test_a_query_is_answered_without_a_talk(store: Store, room: Room) -> None:
    service = Service(store, ScriptedBroker(), knowledge(), answer=lambda query: say(query.text))

    assert service.answer(Query("lookup", "gmail")) == say("gmail")
