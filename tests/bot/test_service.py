"""Does every event that was taken in lead to what its step wants, once and in order? A scripted step; the store is a real one."""

from __future__ import annotations

import asyncio
import datetime
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.channel import Filled, Query, Stopped, TryLater, Undeliverable
from bot.conversation.model import (
    AnyEvent,
    Conversation,
    Edit,
    FormSent,
    HandOff,
    Post,
    Probe,
    ProbeDone,
    ProbeRequest,
    Said,
    Step,
    Wake,
    Watch,
    Woken,
)
from bot.errors import CannotRun, StoreUnreachable
from bot.observations import TcpConnected, TcpRefused
from bot.reading.model import Reading
from bot.redaction import SafeText
from bot.service import Service
from bot.store.port import Store
from tests.bot.service_kit import TALK, Room, ScriptedBroker, echo, knowledge, opened, running, said, say, service_on, until


@pytest.fixture
async def store(address: str) -> AsyncIterator[Store]:
    async with opened(address) as made:
        yield made


@pytest.fixture
def room() -> Room:
    return Room()


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


async def test_a_step_that_raises_three_times_is_put_aside_and_the_person_is_told_once(store: Store, room: Room) -> None:
    service = service_on(store, room)

    async with running(service):
        await service.receive(said("break", 1))
        await service.receive(said("hello", 2))
        await service.idle(TALK)

    assert len(room.texts()) == 2
    assert "Something went wrong" in room.texts()[0]
    assert room.texts()[1] == "heard hello"


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


async def test_an_old_talk_is_purged(store: Store, room: Room) -> None:
    at = [datetime.datetime.now(datetime.UTC)]
    service = service_on(store, room, now=lambda: at[0])
    async with running(service):
        await service.receive(said("a", 1))
        await service.idle(TALK)

    at[0] += datetime.timedelta(days=31)
    async with running(service):
        await asyncio.sleep(0.1)

        assert await service.knows(TALK) is None


async def test_a_query_is_answered_without_a_talk(store: Store, room: Room) -> None:
    service = Service(store, ScriptedBroker(), knowledge(), answer=lambda query: say(query.text))

    assert service.answer(Query("lookup", "gmail")) == say("gmail")
