"""How do effects happen? Runs what was claimed from the outbox, marks it, and comes back later to what failed.

Posts, edits and hand-offs go out strictly in order within a conversation, probes beside them; different conversations never wait for
each other. What a crash leaves behind at each of these lines is argued in `bot/store/README.md`. Decides nothing: that was the step.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot import log, metrics
from bot.activity import Activity
from bot.broker import Broker
from bot.channel import Channel, TryLater, Undeliverable
from bot.conversation.model import AnyEvent, Edit, HandOff, Post, Probe, ProbeDone, ProbeRequest
from bot.errors import PostmasterError
from bot.observations import Observation, Observations
from bot.patience import Patience
from bot.probes.model import OnSeen
from bot.reply import Progress
from bot.sites.port import FarBroker
from bot.store.port import ClaimedEffect, Marked, Store

Outcome = Literal["done", "retry", "ended", "lost"]
ShowProgress = Callable[[str, ProbeRequest, Observations, bool], Progress]
Spawn = Callable[[Coroutine[Any, Any, None]], None]

LEASE = datetime.timedelta(seconds=8)  # with the renewals below, a dead instance's effects are taken over within 10 s
RENEW_SECONDS = 2.5
POST_SECONDS = 60.0  # a platform's client that hangs must not hold its conversation for ever
PROBE_SECONDS = 60.0  # a check has its own deadline of 40 s; past this it is our own fault
PROGRESS_SECONDS = 10.0
MAX_ATTEMPTS = 8  # with the pauses below, about four minutes
MAX_TRY_LATER = 100  # the platform itself says when; a long outage is waited for
PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0, 60.0)
SHORTEST_PAUSE = 0.1
HAND_OVER_SECONDS = 12.0  # from a commit's write to its effects being taken up here, at most: a store answers within ten
PROBE_COULD_NOT_RUN = "talk.probe_failed"


@dataclass(slots=True)
class _Line:
    """The ordered effects of one conversation that this process has claimed; `posted` knows what the table may not know yet."""

    waiting: deque[ClaimedEffect] = field(default_factory=deque)
    current: ClaimedEffect | None = None
    running: bool = False
    posted: dict[str, str] = field(default_factory=dict)


class Delivery:
    def __init__(
        self,
        store: Store,
        broker: Broker | FarBroker,
        channels: Mapping[str, Channel],
        activity: Activity,
        owner: str,
        *,
        now: Callable[[], datetime.datetime],
        patiently: Patience,
        take_in: Callable[[AnyEvent, Sequence[str]], Awaitable[bool]],
        show_progress: ShowProgress,
        nudge: Callable[[], None],
        spawn: Spawn,
    ) -> None:
        self._store = store
        self._broker = broker
        self._channels = channels
        self._activity = activity
        self._owner = owner
        self._now = now
        self._patiently = patiently
        self._take_in = take_in
        self._show_progress = show_progress
        self._nudge = nudge
        self._spawn = spawn
        self._lines: dict[str, _Line] = {}
        self._broke_off_at: dict[str, float] = {}  # conversations in which something was just left to the table
        self._held: dict[str, ClaimedEffect] = {}  # by key: what this process has claimed, with its present lease
        self._holds = asyncio.Event()
        self._stops: dict[tuple[str, str], asyncio.Event] = {}  # by conversation and probe id

    def accept(self, effects: Sequence[ClaimedEffect], *, from_table: bool = False) -> None:
        """Runs what was claimed, without waiting for it. `from_table`: not handed over by a commit but claimed later."""
        for effect in effects:
            if isinstance(effect.effect, Probe):
                self._hold(effect)
                self._spawn(self._probe(effect))
                continue
            if from_table:
                self._broke_off_at.pop(effect.conversation, None)
            elif time.monotonic() - self._broke_off_at.get(effect.conversation, -HAND_OVER_SECONDS) < HAND_OVER_SECONDS:
                continue  # saved while the one ahead of it was still in hand, and left to the table with it
            self._hold(effect)
            line = self._lines.setdefault(effect.conversation, _Line())
            line.waiting.append(effect)
            if not line.running:
                line.running = True
                self._activity.begin(effect.conversation)
                self._spawn(self._run_line(effect.conversation, line))

    def in_hand(self, conversation: str) -> tuple[str, ...]:
        """Ids of the conversation's ordered effects that run or wait here. A lease may say more: where the answer to a claim was lost."""
        line = self._lines.get(conversation)
        if line is None:
            return ()
        return tuple(one.effect.id for one in (*line.waiting, *([line.current] if line.current else ())))

    def stop_probes(self, conversation: str, but: Collection[str] = ()) -> None:
        """Ends running probes of the conversation, all `but` these; each result carries what was seen so far."""
        for (whose, probe), stop in self._stops.items():
            if whose == conversation and probe not in but:
                stop.set()

    async def keep_leases(self) -> None:
        """Renews what is held for longer than a moment. Runs until cancelled."""
        while True:
            await self._holds.wait()
            await asyncio.sleep(RENEW_SECONDS)
            now = self._now()
            old = [effect for effect in self._held.values() if not LEASE * 0.8 <= effect.lease_until - now <= LEASE]
            await asyncio.gather(*(self._renew(effect) for effect in old))

    # --- leases ------------------------------------------------------------------------------------------------------------

    def _hold(self, effect: ClaimedEffect) -> None:
        self._held[effect.key] = effect
        self._holds.set()
        self._activity.begin(effect.conversation)

    def _let_go(self, effect: ClaimedEffect) -> None:
        if self._held.pop(effect.key, None) is not None:
            self._activity.end(effect.conversation)
        if not self._held:
            self._holds.clear()

    async def _renew(self, effect: ClaimedEffect) -> bool:
        until = self._now() + LEASE
        kept = await self._patiently(self._store.renew, effect, self._owner, until)
        if kept and effect.key in self._held:
            self._held[effect.key] = replace(self._held[effect.key], lease_until=until)
        elif not kept and isinstance(effect.effect, Probe):
            self.stop_probes(effect.conversation)
        return kept

    async def _still_ours(self, effect: ClaimedEffect) -> bool:
        """After a pause (a stopped process, a long queue) or a leap of the clock somebody else may have it."""
        held = self._held.get(effect.key, effect)
        if LEASE / 4 < held.lease_until - self._now() <= LEASE:
            return True
        return await self._renew(effect)

    # --- in order --------------------------------------------------------------------------------------------------------

    async def _run_line(self, conversation: str, line: _Line) -> None:
        more = False
        try:
            while line.waiting or more:
                if not line.waiting:
                    more = await self._claim_rest(conversation, line)
                    continue
                line.current = effect = line.waiting.popleft()
                with log.about(conversation):
                    outcome, more = await self._deliver(effect, line)
                line.current = None
                self._let_go(effect)
                metrics.count("effects", kind=type(effect.effect).__name__, outcome=outcome)
                if outcome in ("retry", "lost"):
                    break
        finally:
            if line.waiting:
                self._broke_off(conversation)
            while line.waiting:  # given back with the one that failed; or their lease ends
                self._let_go(line.waiting.popleft())
            del self._lines[conversation]
            self._activity.end(conversation)

    async def _claim_rest(self, conversation: str, line: _Line) -> bool:
        """Claims the next one that waited for an earlier effect in the table; whether there was one."""
        channels, now = tuple(self._channels), self._now()
        claimed = await self._patiently(self._store.claim_effects, channels, self._owner, LEASE, now, conversation=conversation)
        for effect in claimed:
            self._hold(effect)
            if isinstance(effect.effect, Probe):
                self._spawn(self._probe(effect))
            else:
                line.waiting.append(effect)
        return bool(line.waiting)

    async def _deliver(self, effect: ClaimedEffect, line: _Line) -> tuple[Outcome, bool]:
        """How it ended, and whether a later one waits in the table."""
        channel = self._channels.get(effect.channel)
        if channel is None or not await self._still_ours(effect):
            return "lost", False
        began = time.monotonic()
        try:
            async with asyncio.timeout(POST_SECONDS):
                message = await self._perform(channel, effect, line)
        except Undeliverable as error:
            return await self._not_done(effect, error.reason, None)
        except TryLater as error:
            seconds = max(error.seconds, SHORTEST_PAUSE) if effect.attempts < MAX_TRY_LATER else None
            return await self._not_done(effect, error.reason or "try later", seconds)
        except Exception as error:
            log.logger(__name__).exception("an effect failed", effect=type(effect.effect).__name__, attempt=effect.attempts)
            seconds = PAUSES[min(effect.attempts, len(PAUSES)) - 1] if effect.attempts < MAX_ATTEMPTS else None
            return await self._not_done(effect, type(error).__name__, seconds)
        metrics.observe_seconds("delivery_seconds", time.monotonic() - began, channel=effect.channel)
        if message is not None:
            line.posted[effect.effect.of if isinstance(effect.effect, Edit) else effect.effect.id] = message
        marked = await self._patiently(self._store.done, effect, message)
        return ("lost" if marked is Marked.LOST else "done"), marked is Marked.MORE

    async def _perform(self, channel: Channel, claimed: ClaimedEffect, line: _Line) -> str | None:
        effect, place, key = claimed.effect, claimed.place, claimed.key
        if claimed.earlier_attempt and not isinstance(effect, Edit):  # an edit made twice is the same edit
            found = await channel.find(place, key)
            if found is not None:
                return found
        if isinstance(effect, Post):
            return await channel.post(place, effect.reply, key)
        if isinstance(effect, Edit):
            message = line.posted.get(effect.of) or claimed.posted.get(effect.of)
            if message is None:  # posted since it was claimed; else what it would replace never got through
                message = await self._store.posted(claimed.conversation, effect.of)
            if message is None:
                return await channel.post(place, effect.reply, key)
            return await channel.edit(place, message, effect.reply, key)
        assert isinstance(effect, HandOff)
        await channel.hand_off(place, effect.summary, key)
        return None

    def _broke_off(self, conversation: str) -> None:
        """A commit that is on its way may have counted on what is left to the table now: what it hands over must not overtake that."""
        now = time.monotonic()
        self._broke_off_at = {talk: at for talk, at in self._broke_off_at.items() if now - at < HAND_OVER_SECONDS}
        self._broke_off_at[conversation] = now

    async def _not_done(self, effect: ClaimedEffect, reason: str, retry_in: float | None) -> tuple[Outcome, bool]:
        retry_at = None
        if retry_in is not None:
            retry_at = self._now() + datetime.timedelta(seconds=retry_in)
            self._broke_off(effect.conversation)
        marked = await self._patiently(self._store.failed, effect, reason, retry_at)
        log.logger(__name__).warning("an effect did not happen", effect=type(effect.effect).__name__, reason=reason, retry_in=retry_in)
        self._nudge()
        if not marked:
            return "lost", False
        return ("ended", True) if retry_at is None else ("retry", False)

    # --- probes ----------------------------------------------------------------------------------------------------------

    async def _probe(self, effect: ClaimedEffect) -> None:
        try:
            with log.about(effect.conversation):
                outcome = await self._run_probe(effect)
            metrics.count("effects", kind="Probe", outcome=outcome)
        finally:
            self._let_go(effect)

    async def _run_probe(self, claimed: ClaimedEffect) -> Outcome:
        effect = claimed.effect
        assert isinstance(effect, Probe)
        if not await self._still_ours(claimed):
            return "lost"
        answer = ProbeDone(
            id=f"probe:{claimed.conversation}:{effect.probe}",
            conversation=claimed.conversation,
            at=self._now(),
            order="",
            channel=claimed.channel,
            place=claimed.place,
            workspace=claimed.workspace,
            probe=effect.probe,
            observations=(),
        )
        observations, error = await self._ask(claimed, effect, answer)
        if not await self._renew(claimed):  # taken over, or the conversation was forgotten
            return "lost"
        event = replace(answer, at=self._now(), observations=observations, error=error)
        await self._patiently(self._take_in, event, (event.id,))
        marked = await self._patiently(self._store.done, claimed)
        return "lost" if marked is Marked.LOST else "done"

    def _look(self, claimed: ClaimedEffect, effect: Probe, answer: ProbeDone, on_seen: OnSeen) -> Coroutine[Any, Any, Observations]:
        if isinstance(self._broker, FarBroker):
            return self._broker.run_for(claimed.key, answer, effect.request, claimed.person, claimed.workspace, on_seen)
        return self._broker.run(effect.probe, effect.request, claimed.person, claimed.workspace, on_seen)

    async def _ask(self, claimed: ClaimedEffect, effect: Probe, answer: ProbeDone) -> tuple[tuple[Observation, ...], str | None]:
        """What was seen, until the end or the stop; and the sentence id of why it could not run."""
        seen: list[Observation] = []
        news, stop = asyncio.Event(), asyncio.Event()
        self._stops[claimed.conversation, effect.probe] = stop
        began, error, stopped = time.monotonic(), None, False

        def on_seen(observation: Observation) -> None:
            seen.append(observation)
            news.set()

        def state(finished: bool) -> Progress:
            return self._show_progress(effect.probe, effect.request, Observations(tuple(seen)), finished)

        try:
            async with asyncio.timeout(PROBE_SECONDS), asyncio.TaskGroup() as group:
                showing = group.create_task(self._show_as_it_goes(claimed, news, state) if not effect.quiet else stop.wait())
                running = group.create_task(self._look(claimed, effect, answer, on_seen))
                stopping = group.create_task(stop.wait())
                await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
                stopped = not running.done()
                for task in (showing, running, stopping):
                    task.cancel()
                if not stopped and not running.cancelled() and running.exception() is None:
                    seen[:] = running.result().items
        except TimeoutError:
            error = PROBE_COULD_NOT_RUN if not seen else None
        except BaseExceptionGroup as group_error:
            if group_error.subgroup(lambda one: not isinstance(one, Exception)) is not None:
                raise
            error = PROBE_COULD_NOT_RUN
            if group_error.subgroup(PostmasterError) is None:
                log.logger(__name__).exception("a probe failed")
        finally:
            del self._stops[claimed.conversation, effect.probe]
        if not effect.quiet:
            await self._show(claimed, state(True))
        metrics.count("probes", outcome="error" if error else "stopped" if stopped else "done")
        metrics.observe_seconds("probe_seconds", time.monotonic() - began)
        return tuple(seen), error

    async def _show_as_it_goes(self, claimed: ClaimedEffect, news: asyncio.Event, state: Callable[[bool], Progress]) -> None:
        await self._show(claimed, state(False))
        while True:
            await news.wait()
            news.clear()
            await self._show(claimed, state(False))

    async def _show(self, claimed: ClaimedEffect, progress: Progress) -> None:
        """Volatile: a platform that cannot show it now is passed over."""
        channel = self._channels.get(claimed.channel)
        if channel is None:
            return
        try:
            async with asyncio.timeout(PROGRESS_SECONDS):
                await channel.progress(claimed.place, progress)
        except Exception as error:
            log.logger(__name__).warning("progress could not be shown", reason=type(error).__name__)
