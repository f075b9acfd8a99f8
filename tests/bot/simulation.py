"""How do two instances behave in every order in which their calls can come? A scheduler that decides who goes on; no thread, no real time.

Each call to the store or the platform waits at a gate. When nothing else can run, the scheduler lets one through: by itself the instance
that went last goes on; a schedule may say otherwise, or that an instance dies here, or stands still for `PAUSE_SECONDS`, or that the call
is made and its answer lost. When nobody waits, time passes. One schedule is one run, always the same; `every` goes through all of them up
to a number of such interventions.
"""

from __future__ import annotations

import asyncio
import datetime
import selectors
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Literal, cast

import bot.delivery
import bot.service
from bot.channel import Incoming, Place
from bot.conversation.model import AnyEffect, Post
from bot.errors import StoreUnreachable
from bot.reply import Reply, plain_text
from bot.service import Service
from bot.store import sqlite_schema
from bot.store.port import Store
from bot.store.sqlite import SqliteStore
from tests.bot.service_kit import Room, ScriptedBroker, service_on

PAUSE_SECONDS = 12.0  # longer than a lease
LONGEST_SECONDS = 300.0
# What the platform does with a key: nothing; shows the message that has it; drops a second message with it by itself (a nonce), as it must
# where an instance may stand still inside its call.
Keys = Literal["forgotten", "found", "dropped"]
BEGINNING = datetime.datetime(2026, 11, 25, 12, tzinfo=datetime.UTC)


@dataclass
class Instance:
    name: str
    waiting: deque[asyncio.Future[bool]] = field(default_factory=deque)
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    paused_until: float = 0.0
    service: Service | None = None


@dataclass(frozen=True)
class Action:
    """`what`: "go", or one of the faults "die", "pause", "lose". `cost`: whether it is an intervention."""

    what: str
    who: str
    cost: int


class World:
    """One run. `choices`: at the n-th decision the n-th of these, as a number among the actions there are; then always the first."""

    def __init__(self, choices: Sequence[int], faults: Sequence[str]) -> None:
        self.seconds = 0.0
        self.instances = {name: Instance(name) for name in ("a", "b")}
        self.decisions: list[tuple[int, list[Action]]] = []
        self.deciding = False
        self._choices = choices
        self._faults = faults
        self._last = "a"
        self.ended = False

    def now(self) -> datetime.datetime:
        return BEGINNING + datetime.timedelta(seconds=self.seconds)

    def clock(self) -> float:
        return self.now().timestamp()

    async def turn(self, who: str) -> bool:
        """Waits until it is let through; whether the answer to what it does then is to be lost."""
        if self.ended:
            return False
        gate: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.instances[who].waiting.append(gate)
        return await gate

    def let_one_through(self) -> bool:
        """Called when nothing else can run; whether anybody could."""
        ready = [one for one in self.instances.values() if one.waiting and not one.dead.is_set() and one.paused_until <= self.seconds]
        if not ready:
            return False
        actions = self._actions([one.name for one in ready])
        action = actions[0]
        if self.deciding:
            number = len(self.decisions)
            chosen = self._choices[number] if number < len(self._choices) else 0
            self.decisions.append((chosen, actions))
            action = actions[chosen]
        instance = self.instances[action.who]
        if action.what == "die":
            instance.dead.set()
        elif action.what == "pause":
            instance.paused_until = self.seconds + PAUSE_SECONDS
        else:
            self._last = action.who
            gate = instance.waiting.popleft()
            if not gate.done():
                gate.set_result(action.what == "lose")
        return True

    def next_to_wake(self) -> float | None:
        paused = [one.paused_until for one in self.instances.values() if one.waiting and one.paused_until > self.seconds]
        return min(paused, default=None)

    def _actions(self, ready: list[str]) -> list[Action]:
        ready.sort(key=lambda name: name != self._last)
        first, *others = ready
        actions = [Action("go", first, 0), *(Action("go", other, int(first == self._last)) for other in others)]
        whole = all(not one.dead.is_set() and one.paused_until == 0.0 for one in self.instances.values())  # one of the two must stay
        return actions + [Action(fault, first, 1) for fault in self._faults if whole]


class _Selector(selectors.SelectSelector):
    """Where the loop would wait for the world, the scheduler lets somebody through, or time passes."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        world = self._world
        if timeout == 0 or world.let_one_through():
            return []
        paused = world.next_to_wake()
        waits = [one for one in (timeout, None if paused is None else paused - world.seconds) if one is not None]
        assert waits, "everybody waits for ever"
        world.seconds += max(min(waits), 0.0)
        assert world.seconds < LONGEST_SECONDS, "it does not come to an end"
        return []


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, world: World) -> None:
        super().__init__(_Selector(world))
        self._world = world

    def time(self) -> float:
        return self._world.seconds


class _Inline:
    """The store's thread without the thread: each job is one transaction, at once."""

    def __init__(self) -> None:
        self._db = sqlite_schema.connect(":memory:", "OFF")

    async def run(self, work: Callable[[sqlite3.Connection], Any], *, writes: bool) -> Any:
        self._db.execute("BEGIN")
        try:
            return work(self._db)
        finally:
            self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()


class _Gated:
    """The store as one instance reaches it. Its commits are noted: in their order people must hear."""

    watch_seconds = 2.0

    def __init__(self, store: SqliteStore, world: World, who: str, committed: list[str]) -> None:
        self._store = store
        self._world = world
        self._who = who
        self._committed = committed

    async def changed_elsewhere(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            lost = await self._world.turn(self._who)
            answer = await getattr(self._store, name)(*args, **kwargs)
            if name == "commit" and answer is not None:
                effects: Sequence[AnyEffect] = args[2]
                self._committed += [plain_text(effect.reply) for effect in effects if isinstance(effect, Post)]
            if lost:
                raise StoreUnreachable("The answer was lost.")
            return answer

        return call


class _GatedRoom(Room):
    def __init__(self, world: World, who: str, posts: list[tuple[str, str, str]], keys: Keys) -> None:
        super().__init__()
        self._world = world
        self._who = who
        self._keys = keys
        self.posts = posts

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        lost = await self._world.turn(self._who)
        found = await super().find(place, key) if self._keys == "dropped" else None
        message = found or await super().post(place, reply, key)
        if lost:
            raise ConnectionError
        return message

    async def find(self, place: Place, key: str) -> str | None:
        await self._world.turn(self._who)
        return await super().find(place, key) if self._keys != "forgotten" else None


@dataclass
class Run:
    """What one schedule led to: what was posted, and what the commits said should be, each in its order."""

    posted: list[str]
    committed: list[str]
    schedule: list[Action]
    decisions: list[tuple[int, list[Action]]]


def run(deliveries: Sequence[tuple[str, Incoming]], choices: Sequence[int] = (), faults: Sequence[str] = (), keys: Keys = "found") -> Run:
    """Each event comes to the instance named with it; if that one dies before it has acknowledged, to the other one."""
    world = World(choices, faults)
    inline, committed, posts = _Inline(), cast("list[str]", []), cast("list[tuple[str, str, str]]", [])
    store = SqliteStore(":memory:", clock=world.clock)
    store._thread = inline  # type: ignore[assignment]  # jobs at once in place of a thread
    loop = _Loop(world)
    try:
        with _time_of(world):
            loop.run_until_complete(_main(world, store, committed, posts, deliveries, keys))
    finally:
        loop.close()
        inline.close()
    schedule = [actions[chosen] for chosen, actions in world.decisions]
    return Run([text for _, _, text in posts], committed, schedule, world.decisions)


async def _main(
    world: World,
    store: SqliteStore,
    committed: list[str],
    posts: list[tuple[str, str, str]],
    deliveries: Sequence[tuple[str, Incoming]],
    keys: Keys,
) -> None:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for name, instance in world.instances.items():
            room = _GatedRoom(world, name, posts, keys)
            gated = cast("Store", _Gated(store, world, name, committed))
            instance.service = service_on(gated, room, ScriptedBroker(), now=world.now)
            group.create_task(instance.service.run(stop))
        await asyncio.sleep(0.01)  # both have looked what there is: nothing
        world.deciding = True
        await asyncio.gather(*(_deliver(world, name, incoming) for name, incoming in deliveries))
        talk = deliveries[0][1].conversation
        while True:
            if not await store.owes(talk):
                break
            await asyncio.sleep(0.5)
        world.deciding, world.ended = False, True
        for instance in world.instances.values():
            for gate in instance.waiting:
                gate.cancel()
        stop.set()


async def _deliver(world: World, name: str, incoming: Incoming) -> None:
    """As platforms do: again until it is acknowledged, and elsewhere where nobody is there any more."""
    for instance in (world.instances[name], *(one for one in world.instances.values() if one.name != name)):
        assert instance.service is not None
        while not instance.dead.is_set():
            receiving = asyncio.ensure_future(instance.service.receive(incoming))
            dying = asyncio.ensure_future(instance.dead.wait())
            await asyncio.wait((receiving, dying), return_when=asyncio.FIRST_COMPLETED)
            dying.cancel()
            if not receiving.done():
                receiving.cancel()
            elif receiving.exception() is None:
                return


@contextmanager
def _time_of(world: World) -> Iterator[None]:
    simulated = SimpleNamespace(monotonic=lambda: world.seconds)
    for module in (bot.service, bot.delivery):
        module.time = simulated  # type: ignore[attr-defined]  # its clock, for this run
    try:
        yield
    finally:
        for module in (bot.service, bot.delivery):
            module.time = time  # type: ignore[attr-defined]  # as above


def every(
    deliveries: Sequence[tuple[str, Incoming]], interventions: int, faults: Sequence[str] = (), keys: Keys = "found"
) -> Iterator[Run]:
    """All runs with at most so many interventions, each once."""
    todo: list[list[int]] = [[]]
    while todo:
        choices = todo.pop()
        done = run(deliveries, choices, faults, keys)
        yield done
        spent = sum(action.cost for action in done.schedule[: len(choices)])
        for number in range(len(choices), len(done.decisions)):
            _, actions = done.decisions[number]
            for other, action in enumerate(actions[1:], 1):
                if spent + action.cost <= interventions:
                    todo.append([*choices, *(0 for _ in range(len(choices), number)), other])
