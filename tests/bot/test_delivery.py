"""Do effects happen, once and in order, and what if a platform or a probe says no? A real service on a real store."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import replace

import pytest

from bot.channel import Stopped, TryLater, Undeliverable
from bot.conversation.model import (
    AnyEvent,
    Conversation,
    Edit,
    HandOff,
    Post,
    Probe,
    ProbeDone,
    ProbeRequest,
    Said,
    Step,
    Watch,
)
from bot.errors import CannotRun
from bot.observations import TcpConnected, TcpRefused
from bot.store.port import Store
from tests.bot.service_kit import TALK, Room, ScriptedBroker, echo, running, said, say, service_on, until


async def test_a_probes_result_comes_back_as_an_event_and_its_progress_is_shown_to_the_end(store: Store, room: Room) -> None:
    broker = ScriptedBroker(TcpConnected(port=587), TcpRefused(port=465))
    service = service_on(store, room, broker)

    async with running(service):
        await service.receive(said("probe", 1))
        await service.idle(TALK)

    assert room.texts() == ["looking", "saw 2 None"]
    assert [(shown.title, shown.finished) for shown in room.shown][-1] == ("2", True)


async def test_stop_ends_a_probe_and_its_result_carries_what_was_seen(store: Store, room: Room) -> None:
    broker = ScriptedBroker(TcpConnected(port=587))
    broker.go.clear()
    service = service_on(store, room, broker)

    async with running(service), asyncio.timeout(20):
        await service.receive(said("probe", 1))
        await until(lambda: any(shown.title == "1" for shown in room.shown))
        await service.receive(said("", 2, what=Stopped()))
        await service.idle(TALK)

    assert room.texts() == ["looking", "stopping", "saw 1 None"]


async def test_a_probe_nobody_waits_for_is_ended(store: Store, room: Room) -> None:
    broker = ScriptedBroker(TcpConnected(port=587))
    broker.go.clear()

    def correct(conversation: Conversation, event: AnyEvent) -> Step:
        step = echo(conversation, event)
        if isinstance(event, Said) and event.text.text == "sorry, another host":
            return replace(step, conversation=replace(step.conversation, probe=None))
        return step

    service = service_on(store, room, broker, correct)

    async with running(service), asyncio.timeout(20):
        await service.receive(said("probe", 1))
        await until(lambda: bool(broker.asked))
        await service.receive(said("sorry, another host", 2))
        await service.idle(TALK)

    assert room.texts() == ["looking", "heard sorry, another host"]


async def test_a_quiet_look_runs_on_beside_the_talk_and_its_progress_is_not_shown(store: Store, room: Room) -> None:
    broker = ScriptedBroker(TcpConnected(port=587))
    broker.go.clear()
    watch = Watch("server", 0, datetime.datetime(2026, 12, 2, tzinfo=datetime.UTC), "mail.example.com")

    def watching(conversation: Conversation, event: AnyEvent) -> Step:
        if isinstance(event, Said) and event.text.text == "watch":
            look = Probe(probe=watch.name, request=ProbeRequest("mail.example.com"), quiet=True)
            return Step(replace(conversation, watches=(watch,)), (look,))
        if isinstance(event, ProbeDone):
            return Step(conversation, (Post(reply=say(f"looked and saw {len(event.observations)}")),))
        return echo(conversation, event)

    service = service_on(store, room, broker, watching)

    async with running(service), asyncio.timeout(20):
        await service.receive(said("watch", 1))
        await until(lambda: bool(broker.asked))
        await service.receive(said("hello", 2))
        await until(lambda: room.texts() == ["heard hello"])
        broker.go.set()
        await service.idle(TALK)

    assert room.texts() == ["heard hello", "looked and saw 1"]
    assert room.shown == []


@pytest.mark.parametrize("error", [CannotRun("no network"), RuntimeError("our own bug")])
async def test_a_probe_that_cannot_run_says_so_in_its_result(store: Store, room: Room, error: Exception) -> None:
    broker = ScriptedBroker()
    broker.error = error
    service = service_on(store, room, broker)

    async with running(service):
        await service.receive(said("probe", 1))
        await service.idle(TALK)

    assert room.texts() == ["looking", "saw 0 talk.probe_failed"]


async def test_try_later_is_tried_later_and_holds_back_only_its_own_conversation(store: Store, room: Room) -> None:
    service = service_on(store, room)
    room.trouble = [TryLater(0.5, "rate limited")]

    async with running(service), asyncio.timeout(20):
        await service.receive(said("a", 1))
        await until(lambda: not room.trouble)
        await service.receive(said("b", 2))
        await service.receive(said("other", 1, "test:2"))
        await service.idle("test:2")
        seen_first = list(room.posts)
        await service.idle(TALK)

    assert [text for _, _, text in seen_first] == ["heard other"]
    assert room.texts() == ["heard a", "heard b"]
    assert len(room.asked_for) == 1  # the platform was asked first: the earlier attempt may have got through


async def test_undeliverable_ends_and_the_next_one_is_tried(store: Store, room: Room) -> None:
    service = service_on(store, room)
    room.trouble = [Undeliverable("channel_not_found")]

    async with running(service):
        await service.receive(said("a", 1))
        await service.idle(TALK)
        await service.receive(said("b", 2))
        await service.idle(TALK)

    assert room.texts() == ["heard b"]


async def test_our_own_bug_in_a_post_is_tried_again(store: Store, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.PAUSES", (0.05,))
    service = service_on(store, room)
    room.trouble = [KeyError("thread"), KeyError("thread")]

    async with running(service), asyncio.timeout(20):
        await service.receive(said("a", 1))
        await service.idle(TALK)

    assert room.texts() == ["heard a"]


async def test_a_post_that_never_works_ends_after_its_tries(store: Store, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.delivery.PAUSES", (0.01,))
    monkeypatch.setattr("bot.delivery.MAX_ATTEMPTS", 3)
    service = service_on(store, room)
    room.trouble = [KeyError("thread")] * 3

    async with running(service), asyncio.timeout(20):
        await service.receive(said("a", 1))
        await service.receive(said("b", 2))
        await service.idle(TALK)

    assert room.texts() == ["heard b"]


async def test_an_edit_replaces_the_last_question_and_hand_off_calls_a_person(store: Store, room: Room) -> None:
    def ask_then_settle(conversation: Conversation, event: AnyEvent) -> Step:
        if conversation.turn == 0:
            return Step(replace(conversation, turn=1), (Post(reply=say("which port?", asks="port")), Post(reply=say("by the way"))))
        return Step(conversation, (Edit(of="", reply=say("port 587")), HandOff(summary=say("help them"))))

    service = service_on(store, room, step=ask_then_settle)

    async with running(service):
        await service.receive(said("a", 1))
        await service.idle(TALK)
        await service.receive(said("587", 2))
        await service.idle(TALK)

    assert room.edits == [("M1", "port 587")]
    assert room.handed == ["help them"]


async def test_an_edit_right_behind_its_post_finds_it(store: Store, room: Room) -> None:
    def both(conversation: Conversation, event: AnyEvent) -> Step:
        return Step(conversation, (Post(id="looking", reply=say("looking")), Edit(of="looking", reply=say("found"))))

    service = service_on(store, room, step=both)

    async with running(service):
        await service.receive(said("a", 1))
        await service.idle(TALK)

    assert room.edits == [("M1", "found")]


async def test_drain_waits_for_a_running_probe(store: Store, room: Room) -> None:
    broker = ScriptedBroker()
    broker.go.clear()
    service = service_on(store, room, broker)
    async with running(service):
        await service.receive(said("probe", 1))
        await until(lambda: bool(broker.asked))

        assert not await service.drain(0.05)
        broker.go.set()
        assert await service.drain(10)

    assert room.texts() == ["looking", "saw 1 None"]
