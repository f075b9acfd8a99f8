"""When must which conversation be looked at? The hints in Redis or Valkey: one index a channel, beside the conversations that it names.

A hint is written in the same round trip as a script and *before* it: a crash between leaves a hint too many, never one too few. Every
write hints at a look within `HINT_SECONDS`. A look first postpones its hint by more than that, then asks what is due, then puts the true
moment there, if the hint is still the one that it wrote: no correction can swallow the hint of a write that came meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from bot.store import redis_keys, redis_wire
from bot.store.redis_wire import Command, Wire

_T = TypeVar("_T")
HINT_SECONDS = 5.0
POSTPONED_SECONDS = 60.0
AT_ONCE = 200  # conversations in one round trip
LOOKED_AT_ONCE = 100


class Hint(NamedTuple):
    """A conversation, and the moment as it stands in the index."""

    talk: str
    at: float


class Summary(NamedTuple):
    """What there is to do in a conversation: when its oldest waiting event came, when its first effect that may be claimed and its first
    wake are due (seconds since 1970; None: there is none), and how many effects are owed."""

    arrival: float | None
    effects: float | None
    wakes: float | None
    owed: int

    def due(self, grace: float) -> float | None:
        """When somebody must look; an event is left to whoever has it for `grace` seconds."""
        moments = (None if self.arrival is None else self.arrival + grace, self.effects, self.wakes)
        return min((moment for moment in moments if moment is not None), default=None)


class _Found(NamedTuple):
    channel: str
    hint: Hint
    summary: Summary


class Looks:
    """`clock`: seconds since 1970."""

    def __init__(self, wire: Wire, clock: Callable[[], float]) -> None:
        self._wire = wire
        self._clock = clock
        self._ahead = clock() - time.monotonic()
        self._found: dict[str, _Found] = {}  # what the last look found due

    async def first(self, channels: Sequence[str], grace: float) -> float | None:
        """When the next look in these channels is due, after those whose time has come were had. In the past: something is due."""
        self._found.clear()
        earliest, set_back = None, self._set_back()
        for channel in channels:
            await self._look(channel, grace, set_back)
            async with self._wire.sentences():
                first: list[Any] = await self._wire.client.zrange(redis_keys.look(channel), 0, 0, withscores=True)
            for _, moment in first:
                earliest = float(moment) if earliest is None else min(earliest, float(moment))
        return earliest

    async def due(
        self, channel: str, now: float, limit: int, part: Callable[[Summary], float | None], *, unlooked: bool = False
    ) -> list[Hint]:
        """At most `limit` conversations with something due: an event, an effect or a wake, as `part` picks it, by what the last look found.
        With `unlooked`, or where that found nothing at all, also those whose hint has come and that nobody has looked at."""
        here = [one for one in self._found.values() if one.channel == channel]
        hints = [one.hint for one in here if (moment := part(one.summary)) is not None and moment <= now]
        if (unlooked or not self._found) and len(hints) < limit:
            further = await self._between(channel, now, limit + len(here))
            hints += [hint for hint in further if hint.talk not in self._found]
        return hints[:limit]

    async def postponed(self, channel: str, hints: Sequence[Hint], later: float, commands: Sequence[Command]) -> list[Any]:
        """The answers to `commands`, before which the hints are put off until `later`. One round trip."""
        moved = redis_wire.correct(redis_keys.look(channel), [(hint.talk, repr(hint.at), repr(later)) for hint in hints])
        _, *answers = await self._wire.ask([moved, *commands])
        return answers

    async def brought_forward(self, channel: str, found: Sequence[tuple[str, Summary]], later: float) -> None:
        """Conversations that were put off until `later`, and in which something else is to be done before."""
        dues = [(talk, summary.due(0.0)) for talk, summary in found]
        await self._wire.ask([hinted(channel, talk, max(due, self._clock())) for talk, due in dues if due is not None and due < later])

    async def all_near(self, channel: str) -> list[str]:
        """Every conversation that may have something due, also those at which somebody is just looking."""
        return [hint.talk for hint in await self._between(channel, self._clock() + POSTPONED_SECONDS + HINT_SECONDS)]

    async def at(self, talks: Sequence[str]) -> list[Summary]:
        """What there is to do in each of these conversations."""
        found: list[Summary] = []
        for some in chunks(talks):
            found += [summary(row) for row in await self._wire.ask(self._asking(some))]
        return found

    def changed(self, talk: str) -> None:
        """What was found in it holds no longer."""
        self._found.pop(talk, None)

    def _asking(self, talks: Iterable[str]) -> list[Command]:
        values = (repr(self._clock()),)
        return [redis_wire.call("summary", talk, values) for talk in talks]

    async def _between(self, channel: str, until: float, limit: int | None = None) -> list[Hint]:
        """Those by `until`, the earliest first."""
        async with self._wire.sentences():
            found: list[Any] = await self._wire.client.zrange(
                redis_keys.look(channel), "-inf", repr(until), byscore=True, withscores=True, offset=0, num=-1 if limit is None else limit
            )
        return [Hint(talk.decode(), float(score)) for talk, score in found]

    def _set_back(self) -> float:
        """By how many seconds the clock was set back since the last call: hints may say so much too late."""
        before, self._ahead = self._ahead, self._clock() - time.monotonic()
        return max(before - self._ahead, 0.0)

    async def _look(self, channel: str, grace: float, set_back: float) -> None:
        """Looks at conversations whose hint has come, the one that was looked at longest ago first, and puts there when the next look is
        due. Ends where something is due: whoever asked takes that up first."""
        index, began = redis_keys.look(channel), self._clock()
        if set_back > POSTPONED_SECONDS:  # hints that were near by the old clock are looked at now
            near = await self._between(channel, began + set_back + POSTPONED_SECONDS + HINT_SECONDS)
            for some in chunks(near):
                await self._wire.ask(
                    [redis_wire.correct(index, [(hint.talk, repr(hint.at), f"{min(hint.at, began):.6f}") for hint in some])]
                )
        due_here = False
        while not due_here and (looks := await self._between(channel, began, LOOKED_AT_ONCE)):
            for some in chunks(looks):
                later = self._clock() + POSTPONED_SECONDS
                rows = await self.postponed(channel, some, later, self._asking([hint.talk for hint in some]))
                dues = [(hint.talk, one, one.due(grace)) for hint, one in zip(some, map(summary, rows), strict=True)]
                now = self._clock()
                right = [(talk, repr(later), "" if due is None else repr(max(due, now))) for talk, _, due in dues]
                await self._wire.ask([redis_wire.correct(index, right)])
                due_now = {talk: _Found(channel, Hint(talk, now), one) for talk, one, due in dues if due is not None and due <= now}
                self._found |= due_now
                due_here |= bool(due_now)


def hinted(channel: str, talk: str, moment: float) -> Command:
    """A look at the conversation by that moment at the latest."""
    return redis_wire.packed("ZADD", redis_keys.look(channel), "LT", moment, talk)


def chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE))


def summary(row: Sequence[Any]) -> Summary:
    """As the scripts tell it."""
    arrival, effects, wakes, owed = row
    return Summary(float(arrival) if arrival else None, float(effects) if effects else None, float(wakes) if wakes else None, int(owed))
