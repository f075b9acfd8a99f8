"""Who plays the platform, the mail server and the thinking when the service is tested? Scripted parts behind the real seams."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.channel import Abilities, Incoming, Place, What, Wrote
from bot.conversation.model import AnyEvent, Conversation, PendingProbe, Post, Probe, ProbeDone, ProbeRequest, Said, Step, StopPressed
from bot.observations import Observation, Observations, TcpRefused
from bot.probes.model import OnSeen
from bot.reading.model import Reading
from bot.redaction import SafeText
from bot.reply import Paragraph, Progress, Reply, Text, plain_text
from bot.service import Service, utc_now
from bot.sites.port import FarBroker
from bot.store import open_store
from bot.store.port import Store
from knowledge.index import Index, index

TALK = "test:1"


def say(text: str, *, asks: str | None = None) -> Reply:
    return Reply((Paragraph((Text(text),)),), asks=asks)


def said(text: str, number: int, conversation: str = TALK, what: What | None = None) -> Incoming:
    return Incoming(
        channel="test",
        keys=(f"test:event:{conversation}:{number}", f"test:message:{conversation}:{number}"),
        conversation=conversation,
        place={"room": conversation},
        person="test:U1",
        workspace="test:W",
        order=f"{number:08}",
        message=f"test:message:{conversation}:{number}",
        at=utc_now(),
        what=what or Wrote(text),
    )


class Room:
    """A platform that keeps what was posted; `trouble` is raised by the next posts, one each."""

    name = "test"

    def __init__(self, *, idempotent: bool = True) -> None:
        self.abilities = Abilities(told_twice=not idempotent)
        self.posts: list[tuple[str, str, str]] = []  # (room, key, text)
        self.edits: list[tuple[str, str]] = []  # (message, text)
        self.handed: list[str] = []
        self.shown: list[Progress] = []
        self.asked_for: list[str] = []
        self.trouble: list[Exception] = []
        self.after_post: Callable[[], Awaitable[None]] | None = None

    def texts(self, room: str = TALK) -> list[str]:
        return [text for where, _, text in self.posts if where == room]

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble.pop(0)
        self.posts.append((place["room"], key, plain_text(reply)))
        if self.after_post is not None:
            await self.after_post()
        return f"M{len(self.posts)}"

    async def edit(self, place: Place, message: str, reply: Reply, key: str) -> str:
        self.edits.append((message, plain_text(reply)))
        return message

    async def find(self, place: Place, key: str) -> str | None:
        self.asked_for.append(key)
        return next((f"M{number}" for number, (_, known, _) in enumerate(self.posts, 1) if known == key), None)

    async def progress(self, place: Place, progress: Progress) -> None:
        self.shown.append(progress)

    async def hand_off(self, place: Place, summary: Reply, key: str) -> None:
        self.handed.append(plain_text(summary))


class ScriptedBroker:
    """Shows each observation, then waits for `go` (set: at once)."""

    def __init__(self, *seen: Observation) -> None:
        self.seen = seen or (TcpRefused(port=587, host="mail.example.com"),)
        self.go = asyncio.Event()
        self.go.set()
        self.asked: list[ProbeRequest] = []
        self.error: Exception | None = None

    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        self.asked.append(request)
        if self.error is not None:
            raise self.error
        for observation in self.seen:
            on_seen(observation)
            await asyncio.sleep(0)
        await self.go.wait()
        return Observations(self.seen)


def echo(conversation: Conversation, event: AnyEvent) -> Step:
    """Says back what was said; "probe" starts a probe whose result is told; "break" raises."""
    after = replace(conversation, turn=conversation.turn + 1, last_order=event.order or conversation.last_order)
    match event:
        case Said(text=SafeText("break")):
            raise ValueError("a step that cannot be made")
        case Said(text=SafeText("probe")):
            number = str(conversation.probes + 1)
            request = ProbeRequest("mail.example.com", 587)
            after = replace(after, probes=conversation.probes + 1, probe=PendingProbe(number, request))
            return Step(after, (Post(reply=say("looking")), Probe(probe=number, request=request)))
        case Said(text=SafeText(text)):
            return Step(after, (Post(reply=say(f"heard {text}")),))
        case ProbeDone(probe=probe, observations=seen, error=error):
            if conversation.probe is None or conversation.probe.id != probe:
                return Step(after)
            return Step(replace(after, probe=None), (Post(reply=say(f"saw {len(seen)} {error}")),))
        case StopPressed():
            return Step(after, (Post(reply=say("stopping")),))
    return Step(after)


def no_reading(text: SafeText, asked: str | None) -> Reading:
    return Reading()


def tell_progress(probe: str, request: ProbeRequest, seen: Observations, finished: bool) -> Progress:
    return Progress(probe, str(len(seen)), (), finished)


async def until(true: Callable[[], bool]) -> None:
    """Returns when `true` holds: for what no event of ours tells about. The caller bounds it."""
    while True:
        if true():
            return
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[None]:
    """The service at work; leaves by the orderly way."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(service.run(stop))
        await asyncio.sleep(0)
        yield
        stop.set()


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Store]:
    store = open_store(address)
    await store.open()
    yield store
    await store.close()


def knowledge() -> Index:
    return index()


def service_on(
    store: Store,
    room: Room,
    broker: ScriptedBroker | FarBroker | None = None,
    step: Callable[[Conversation, AnyEvent], Step] = echo,
    read: Callable[[SafeText, str | None], Reading] = no_reading,
    now: Callable[[], datetime.datetime] = utc_now,
    patience_seconds: float | None = None,
) -> Service:
    service = Service(
        store,
        broker or ScriptedBroker(),
        knowledge(),
        step=step,
        read=read,
        progress=tell_progress,
        now=now,
        patience_seconds=patience_seconds,
    )
    service.add_channel(room)
    return service
