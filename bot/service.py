"""The one way through: an event comes in, is saved, stepped, saved with its effects; the effects run. Knows no platform and no mail.

    receive -> inbox -> load -> step (pure) -> commit (state + effects + handled, under the version read) -> Delivery -> done
       ^                                                                                                       |
       +------------------- ProbeDone, Woken come back as events ----------------------------------------------+

Each conversation that has unhandled events has one worker here; different ones run side by side. Two instances may step the same
event: one commit wins, the other steps again on what it finds. `bot/store/README.md` argues what each crash leaves behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import secrets
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from bot import delivery, log, metrics
from bot.activity import Activity
from bot.broker import Broker
from bot.channel import Channel, Incoming, Query
from bot.conversation.model import (
    AnyEvent,
    Conversation,
    FormSent,
    Lesson,
    MessageDeleted,
    Post,
    ProbeDone,
    ProbeRequest,
    Said,
    Step,
    StopPressed,
    Wake,
    Woken,
)
from bot.errors import StoreUnreachable
from bot.events import begun, characters_in, characters_of, event_of
from bot.observations import Observations
from bot.outages import Outages
from bot.patience import Patience
from bot.redaction import SafeText
from bot.reply import Paragraph, Progress, Reply, Text
from bot.sites.port import FarBroker
from bot.store import outbox
from bot.store.port import Store
from bot.store.vault import Vault
from bot.thinking import Thinking
from bot.timer import Timer

if TYPE_CHECKING:
    from bot.reading.model import Reading
    from knowledge.index import Index

_T = TypeVar("_T")
_P = ParamSpec("_P")
StepEvent = Callable[[Conversation, AnyEvent], Step]
Read = Callable[[SafeText, str | None], "Reading"]
Answer = Callable[[Query], Reply]
ShowProgress = Callable[[str, ProbeRequest, Observations, bool], Progress]

STEPS_BEFORE_PARKING = 3
DRAIN_SECONDS = 20.0
CANCEL_AGAIN_SECONDS = 0.5
# Up to so many, redaction, reading and the step together stay under 20 ms (`tests/benchmarks/reading.py --on-the-loop`).
LONG_CHARACTERS = 1_000
OWED_PAUSE_SECONDS = 0.02
STORE_ANSWERS_SECONDS = 2.0
NOBODYS = "nobody's"  # a conversation that no platform names so
PARKED = "talk.parked"


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


class Service:
    """`step`, `read`, `answer` and `progress` default to those of `bot/thinking.py`.

    `patience_seconds`: how long an unreachable store is waited for before `run` gives up with `StoreUnreachable`; None: for ever.
    `keep_days`: conversations untouched for longer are deleted. `learns`: texts that were not recognised are kept, see `bot/learning.py`.
    """

    def __init__(
        self,
        store: Store,
        broker: Broker | FarBroker,
        index: Index,
        *,
        step: StepEvent | None = None,
        read: Read | None = None,
        answer: Answer | None = None,
        progress: ShowProgress | None = None,
        now: Callable[[], datetime.datetime] = utc_now,
        patience_seconds: float | None = None,
        keep_days: float = 30.0,
        learns: bool = False,
    ) -> None:
        self._store = store
        self._index = index
        self._thinking = Thinking(index, now)
        self._step = step or self._thinking.step
        self._read = read or self._thinking.read
        self._answer = answer or self._thinking.answer
        self._progress = progress or self._thinking.progress
        self._now = now
        self._patiently = Patience(patience_seconds)
        self._learns = learns
        self._channels: dict[str, Channel] = {}
        self._activity = Activity()
        self._outages = Outages()
        self._owner = secrets.token_hex(8)
        self._again: set[str] = set()
        self._working: set[str] = set()
        self._group: asyncio.TaskGroup | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._warm = asyncio.Event()
        self._warm.set()
        self._nudged = asyncio.Event()
        self._delivery = delivery.Delivery(
            store,
            broker,
            self._channels,
            self._activity,
            self._owner,
            now=now,
            patiently=self._patiently,
            take_in=self._take_in,
            show_progress=self._progress,
            nudge=self._nudged.set,
            spawn=self._spawn,
        )
        self._timer = Timer(
            store,
            self._delivery,
            self._channels,
            self._owner,
            now=now,
            patiently=self._patiently,
            take_in=self._take_in,
            work_on=self._work_on_left_behind,
            keep=datetime.timedelta(days=keep_days),
            nudged=self._nudged,
        )

    # --- for the platforms -----------------------------------------------------------------------------------------------

    @property
    def vault(self) -> Vault:
        """Small sealed things of a platform that belong to no talk (an installation's token)."""
        return self._store.vault

    def add_channel(self, channel: Channel) -> None:
        """Only conversations of these channels are worked on here; one that comes while `run` runs has its left-over work taken up."""
        self._channels[channel.name] = channel
        if self._group is not None:
            self._spawn(self._take_up(channel.name))

    async def _take_up(self, channel: str) -> None:
        for conversation in await self._patiently(self._store.waiting, (channel,)):
            self._work_on(conversation)
        self._nudged.set()

    async def receive(self, incoming: Incoming) -> bool:
        """Makes it safe and writes it down; durable when it returns, and then it may be acknowledged. False: it came before.

        Raises `StoreUnreachable`: then it must not be acknowledged."""
        event = await self._off_the_loop(characters_in(incoming), event_of, incoming)
        new = await self._take_in(event, incoming.keys)
        metrics.count("events", channel=incoming.channel, new=str(new).lower())
        if new and isinstance(event, StopPressed):
            self._delivery.stop_probes(event.conversation)
        return new

    def answer(self, query: Query) -> Reply:
        """A question without a talk; at once, stored nowhere."""
        return self._answer(query)

    def worth_an_answer(self, text: str) -> bool:
        """Is a raw text that nobody addressed to the bot (a new post of a help forum) one that it can help with? Stores nothing."""
        return self._thinking.worth_an_answer(text)

    async def knows(self, conversation: str) -> Conversation | None:
        """The conversation as it stands, also where its first event has not been stepped yet (then only who and where)."""
        loaded = await self._store.load(conversation)
        if loaded.conversation is None and loaded.events:
            return begun(loaded.events[0])
        return loaded.conversation

    async def conversations_of(self, person: str) -> Sequence[Conversation]:
        """Newest first."""
        return await self._store.conversations_of(person)

    async def forget_message(self, message: str) -> None:
        await self._store.forget_message(message)

    async def forget_person(self, person: str) -> int:
        """Deletes all that is kept about a person; gives the number of conversations concerned."""
        for talk in await self._store.conversations_of(person):
            if talk.asker == person:
                self._delivery.stop_probes(talk.key)
        return await self._store.forget_person(person)

    async def forget_workspace(self, workspace: str) -> int:
        return await self._store.forget_workspace(workspace)

    async def forget_conversation(self, conversation: str) -> bool:
        """Its thread is gone: nothing of the talk is kept, and nothing more is done in it. False: there was none."""
        self._delivery.stop_probes(conversation)
        return await self._store.forget_conversation(conversation)

    async def idle(self, conversation: str) -> None:
        """Returns when nothing is owed to the conversation any more except future wakes: all replies to what was said are out."""
        while True:
            await self._activity.quiet(conversation)
            if not await self._patiently(self._store.owes, conversation):
                return
            await asyncio.sleep(OWED_PAUSE_SECONDS)  # only where an effect is to be tried again later, or another instance has it

    async def readiness(self) -> dict[str, bool]:
        """By name, the store's and each channel's: can it do its part just now? A channel that cannot tell is ready once it is there."""
        answers = False
        with contextlib.suppress(StoreUnreachable, TimeoutError):
            async with asyncio.timeout(STORE_ANSWERS_SECONDS):
                await self._store.load(NOBODYS)
                answers = True
        working = self._group is not None and not self._timer.holds
        told = {name: getattr(channel, "ready", None) for name, channel in self._channels.items()}
        return {"store": answers and working, **{name: working and (ready is None or bool(ready())) for name, ready in told.items()}}

    # --- for whoever starts it ---------------------------------------------------------------------------------------------

    async def warm_up(self) -> None:
        """Loads and compiles what the first message would have waited for (some 0.3 s), in a thread. What comes in meanwhile is written
        down at once and stepped afterwards: a step would only stand still, and all else with it, where the thread is just loading."""
        self._warm.clear()
        try:
            await asyncio.to_thread(self._thinking.warm_up)
        finally:
            self._warm.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop`; then drains, gives back what is not finished, and returns. Cancel it to leave at once.

        Raises `StoreUnreachable` where the store stays away longer than the patience."""
        self._timer.holds = False
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._spawn(self._timer.run())
                self._spawn(self._delivery.keep_leases())
                for conversation in await self._patiently(self._store.waiting, tuple(self._channels)):
                    self._work_on(conversation)
                try:
                    await stop.wait()
                    await self.drain(DRAIN_SECONDS)
                finally:
                    await self._end_tasks()
        except* StoreUnreachable as group_error:
            raise _first(group_error) from None
        finally:
            self._group = None
            with contextlib.suppress(StoreUnreachable):
                await self._store.release(self._owner)

    async def drain(self, seconds: float) -> bool:
        """Takes up nothing that others could do, and waits until what runs here is done; False where `seconds` were not enough."""
        self._timer.holds = True
        try:
            async with asyncio.timeout(seconds):
                await self._activity.all_quiet()
        except TimeoutError:
            return False
        return True

    async def _end_tasks(self) -> None:
        """A library may swallow one cancel (a reply that comes in the same moment); so it is asked until all are gone."""
        while tasks := tuple(self._tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=CANCEL_AGAIN_SECONDS)

    # --- steps -----------------------------------------------------------------------------------------------------------

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._group is not None, "effects run only inside run()"
        try:
            task = self._group.create_task(work)
        except RuntimeError:  # the group is ending over an error of another task
            work.close()
            return
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_in(self, event: AnyEvent, keys: Sequence[str]) -> bool:
        new = await self._store.receive(event, keys)
        if new or isinstance(event, ProbeDone):  # a worker may have written the same result down a moment ago
            self._work_on(event.conversation)
        return new

    def _work_on(self, conversation: str) -> None:
        if conversation in self._working:
            self._again.add(conversation)
        elif self._group is not None:  # else it waits in the inbox for `run`
            self._working.add(conversation)
            self._activity.begin(conversation)
            self._spawn(self._work(conversation))

    def _work_on_left_behind(self, conversation: str) -> None:
        if conversation not in self._working:
            self._work_on(conversation)

    async def _work(self, conversation: str) -> None:
        try:
            await self._warm.wait()
            with log.about(conversation):
                while True:
                    self._again.discard(conversation)
                    await self._take_events(conversation)
                    if conversation not in self._again:
                        return
        except StoreUnreachable:
            raise
        except Exception:
            log.logger(__name__).exception("a conversation cannot be worked on", conversation=log.hashed(conversation))
            self._nudged.set()
        finally:
            self._working.discard(conversation)
            self._activity.end(conversation)

    async def _take_events(self, key: str) -> None:
        """Steps what waits, one commit an event; what comes in meanwhile sets `_again`."""
        loaded = await self._patiently(self._store.load, key)
        conversation, version, question = loaded.conversation, loaded.version, loaded.last_question
        for event in loaded.events:
            if conversation is None and isinstance(event, ProbeDone | Woken | StopPressed | MessageDeleted):
                await self._patiently(self._store.discard, event)
                continue
            if isinstance(event, ProbeDone):
                people = self._outages.note((conversation or begun(event)).asker, event.observations)
                event = replace(event, others=max(0, people - 1))
            began = time.monotonic()
            step, parked = await self._off_the_loop(characters_of(event), self._stepped, conversation or begun(event), event)
            effects = outbox.numbered(step.effects, version, question)
            claimed = await self._patiently(
                self._store.commit,
                step.conversation,
                version,
                effects,
                () if parked else (event.id,),
                owner=self._owner,
                lease_until=self._now() + delivery.LEASE,
                in_hand=self._delivery.in_hand(key),
                parked=parked,
            )
            if claimed is None:
                metrics.count("lost_races")
                self._again.add(key)
                return
            metrics.count("steps", event=type(event).__name__)
            await self._learn(step.lessons)
            metrics.observe_seconds("step_seconds", time.monotonic() - began)
            conversation, version = step.conversation, version + 1
            question = outbox.last_question_after(effects, question)
            self._delivery.stop_probes(key, but=conversation.awaited())
            self._delivery.accept(claimed)
            if any(isinstance(effect, Wake) for effect in effects):
                self._nudged.set()

    @staticmethod
    async def _off_the_loop(characters: int, think: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Of a long text that is thought about, nobody else shall notice: in a thread, where it may take more than 20 ms."""
        if characters > LONG_CHARACTERS:
            return await asyncio.to_thread(think, *args, **kwargs)
        return think(*args, **kwargs)

    def _stepped(self, conversation: Conversation, event: AnyEvent) -> tuple[Step, dict[str, str]]:
        """The step; or, when it has raised three times, one that only says so, and the event to put aside with the reason."""
        for _ in range(STEPS_BEFORE_PARKING):
            try:
                return self._step(conversation, self._with_reading(conversation, event)), {}
            except Exception as error:
                log.logger(__name__).exception("a step failed", event_kind=type(event).__name__)
                reason = type(error).__name__
        metrics.count("parked", event=type(event).__name__)
        sentence = Reply((Paragraph((Text(self._index.phrase(PARKED)),)),))
        return Step(conversation, (Post(reply=sentence),)), {event.id: reason}

    def _with_reading(self, conversation: Conversation, event: AnyEvent) -> AnyEvent:
        if isinstance(event, Said):
            asked = conversation.question.slot if conversation.question else None
            return replace(event, reading=self._read(event.text, asked))
        if isinstance(event, FormSent):
            return replace(event, readings={slot: self._read(text, slot) for slot, text in event.values.items()})
        return event

    async def _learn(self, lessons: Sequence[Lesson]) -> None:
        """Counted; and kept, stripped, where the operator wants it. A lesson that cannot be kept is none that was promised."""
        for lesson in lessons:
            metrics.count("answers", outcome=lesson.kind, cause=lesson.cause)
            if self._learns:
                from bot.learning import stripped

                with contextlib.suppress(StoreUnreachable):
                    await self._store.lessons.note(stripped(lesson), self._now().date())


def _first(group: BaseExceptionGroup[StoreUnreachable]) -> StoreUnreachable:
    for error in group.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError("a group is never empty")
