"""Where is a long text thought about? In a thread, so that nobody else waits for it; a short one at once."""

from __future__ import annotations

import threading

import pytest

from bot import events, service
from bot.channel import Filled, Incoming
from bot.conversation.model import AnyEvent
from bot.reading.model import Reading
from bot.redaction import SafeText
from bot.store.port import Store
from tests.bot.service_kit import TALK, Room, opened, running, said, service_on

LONG = "smtp error 535 and more\n" * 3_000
SHORT = "smtp error 535"
AS_LONG_AS_MAY_BE = LONG[: service.LONG_CHARACTERS]


class Threads:
    """Who read, and who made an event of what came in?"""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.read: list[threading.Thread] = []
        self.made: list[threading.Thread] = []
        patch.setattr(service, "event_of", self.event_of)

    def event_of(self, incoming: Incoming) -> AnyEvent:
        self.made.append(threading.current_thread())
        return events.event_of(incoming)

    def reader(self, text: SafeText, asked: str | None) -> Reading:
        self.read.append(threading.current_thread())
        return Reading()


@pytest.mark.parametrize(("text", "elsewhere"), [(LONG, True), (AS_LONG_AS_MAY_BE + "!", True), (AS_LONG_AS_MAY_BE, False), (SHORT, False)])
async def test_only_a_long_text_leaves_the_event_loop(text: str, elsewhere: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = Threads(monkeypatch)
    async with opened("memory:") as store:
        await hear(store, threads, said(text, 1), said(text, 2, what=Filled("settings", {"error": text})))

    assert [thread is not threading.main_thread() for thread in threads.read] == [elsewhere] * 2
    assert [thread is not threading.main_thread() for thread in threads.made] == [elsewhere] * 2


async def test_a_short_text_behind_a_long_one_is_answered_behind_it() -> None:
    room = Room()
    async with opened("memory:") as store:
        one = service_on(store, room)
        async with running(one):
            for number, text in enumerate((LONG, SHORT)):
                await one.receive(said(text, number))
            await one.idle(TALK)

    assert [len(text) > 1_000 for text in room.texts()] == [True, False]


async def hear(store: Store, threads: Threads, *incoming: Incoming) -> None:
    one = service_on(store, Room(), read=threads.reader)
    async with running(one):
        for each in incoming:
            await one.receive(each)
        await one.idle(TALK)
