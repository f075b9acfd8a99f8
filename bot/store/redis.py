"""The store in Redis or Valkey: many instances on many machines share it.

Each transaction is one Lua script on the keys of one conversation (`redis_scripts.py`). What must be found across conversations stands
in indexes beside them, written in the same round trip *before* the script: a crash between leaves a hint too many, never one too few.
`look:<channel>` says when to look at which conversation next; whoever looks puts the true moment there, if the hint is still the one
that was read. Every write hints at a look within `HINT_SECONDS`, and a look postpones its hint by more than that before it asks: no
correction can swallow the hint of a write that came meanwhile.
"""

from __future__ import annotations

import datetime
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from bot.conversation.model import AnyEffect, AnyEvent, Conversation, Edit, Post, Wake
from bot.errors import StoreUnreachable
from bot.store import codec, outbox, redis_keys, redis_wire
from bot.store.forgetting import without_message, without_person
from bot.store.lessons import RedisLessons
from bot.store.port import ClaimedEffect, DueWake, Loaded, Marked
from bot.store.redis_wire import Command, Wire
from bot.store.vault import RedisVault

_T = TypeVar("_T")
HINT_SECONDS = 5.0
POSTPONED_SECONDS = 60.0
AT_ONCE = 200  # conversations in one round trip
LOOKED_AT_ONCE = 400
WATCH_SECONDS = 2.0
MAX_BIRTHS = 20_000


class RedisStore:
    """`clock`: seconds since 1970."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._ahead = clock() - time.monotonic()
        self._wire = Wire(url)
        self._channels: set[str] = set()
        self._births: dict[str, str] = {}
        self.vault = RedisVault(self._wire.client, self._wire.sentences)
        self.lessons = RedisLessons(self._wire.client, self._wire.sentences)

    @property
    def watch_seconds(self) -> float | None:
        return WATCH_SECONDS

    async def open(self) -> None:
        try:
            async with self._wire.sentences():
                half_imported = await self._wire.client.exists(redis_keys.HALF_IMPORTED)
                await self._wire.load_scripts()
            if half_imported:
                raise StoreUnreachable(
                    f"The store at {self._wire.name} holds a part of an import that did not end: "
                    "run `postmaster store import --replace` again."
                )
        except StoreUnreachable:
            await self.close()
            raise

    async def close(self) -> None:
        await self._wire.client.aclose()

    async def changed_elsewhere(self) -> bool:
        return True

    # --- inbox -------------------------------------------------------------------------------------------------------------

    async def receive(self, event: AnyEvent, keys: Sequence[str]) -> bool:
        talk, now = event.conversation, self._clock()
        marks = (("p", event.person), ("m", event.message), ("w", event.workspace))
        traces = [redis_keys.trace(mark, value) for mark, value in marks if value]
        claims = [redis_keys.claim(talk, key) for key in dict.fromkeys(keys)]
        body, kind = codec.encode_event(event), type(event).__name__
        values = (event.id, event.order, f"{now:.6f}", kind, event.person, event.message, body, redis_keys.CLAIMS_KEPT_SECONDS, *traces)

        hints = [
            _hint(event.channel, talk, now + HINT_SECONDS),
            ("ZADD", redis_keys.UPDATED, "NX", now, talk),
            *(("SADD", trace, talk) for trace in traces),
        ]
        return bool(await self._wire.run("receive", talk, values, claims, hints))

    async def load(self, conversation: str) -> Loaded:
        version, question, birth, state, *bodies = await self._wire.run("load", conversation)
        events = tuple(codec.decode_event(body) for body in bodies)
        if birth:
            self._remember_birth(conversation, birth.decode())
        if not state:
            return Loaded(None, 0, events)
        return Loaded(codec.decode_conversation(state), int(version), events, question.decode())

    async def waiting(self, channels: Sequence[str], received_before: datetime.datetime | None = None) -> Sequence[str]:
        self._channels.update(channels)
        arrivals: list[tuple[float, str]] = []
        if received_before is None:  # at a start: all of them, also those at which somebody is just looking
            until = self._clock() + POSTPONED_SECONDS + HINT_SECONDS
            talks = [talk for channel in channels for talk, _ in await self._looks(channel, until)]
        else:
            talks = await self._due_talks(channels, _moment(self._clock()), LOOKED_AT_ONCE)
        for talk, (_, arrival, _) in zip(talks, await self._summaries(talks, 0.0), strict=True):
            if arrival is not None and (received_before is None or arrival <= received_before.timestamp()):
                arrivals.append((arrival, talk))
        return [talk for _, talk in sorted(arrivals)]

    async def discard(self, event: AnyEvent) -> None:
        if traces := await self._wire.run("discard", event.conversation, (event.id,)):
            await self._unlist(event.conversation, traces)

    async def owes(self, conversation: str) -> bool:
        ((_, arrival, owed),) = await self._summaries([conversation], 0.0)
        return arrival is not None or owed > 0

    # --- commit ------------------------------------------------------------------------------------------------------------

    async def commit(
        self,
        conversation: Conversation,
        read_version: int,
        effects: Sequence[AnyEffect],
        handled: Sequence[str],
        *,
        owner: str = "",
        lease_until: datetime.datetime | None = None,
        in_hand: Sequence[str] | None = None,
        parked: Mapping[str, str] | None = None,
    ) -> Sequence[ClaimedEffect] | None:
        talk, now = conversation.key, self._clock()
        self._channels.add(conversation.channel)  # `release` looks there
        ready = outbox.durable(effects)
        bodies = [codec.encode_effect(effect) for effect in ready]
        state = codec.encode_conversation(conversation)
        birth = self._births.get(talk) or secrets.token_hex(8)

        wakes = {effect.wake: effect.at.timestamp() for effect in effects if isinstance(effect, Wake)}
        soonest = min([now + HINT_SECONDS if owner else now, *wakes.values()])

        hints = [_hint(conversation.channel, talk, soonest), ("ZADD", redis_keys.UPDATED, now, talk)]
        while True:
            keys = [outbox.key(birth, talk, effect.id) for effect in ready]
            order = {
                "read": read_version,
                "now": now,
                "birth": birth,
                "question": outbox.last_question_after(effects, ""),
                "channel": conversation.channel,
                "workspace": conversation.workspace,
                "asker": conversation.asker,
                "owner": owner,
                "lease": lease_until.timestamp() if owner and lease_until else 0,
                "in_hand": None if in_hand is None else dict.fromkeys(in_hand, True),
                "handled": list(handled),
                "parked": dict(parked or {}),
                "wakes": {wake: repr(at) for wake, at in wakes.items()},
                "effects": [_effect_order(effect, key) for effect, key in zip(ready, keys, strict=True)],
            }
            verdict, *rest = await self._wire.run("commit", talk, (json.dumps(order), state, *bodies), before=hints)
            if verdict == b"birth":
                birth = rest[0].decode()
                self._remember_birth(talk, birth)
                continue
            break
        if verdict == b"lost":
            return None
        if verdict == b"twice":
            raise ValueError(f"two effects of one conversation have the id {rest[0].decode()!r}")
        self._remember_birth(talk, birth)
        claimed = []
        for effect, key, got, place in zip(ready, keys, rest[::2], rest[1::2], strict=True):
            if got == b"held" and lease_until is not None:
                claimed.append(_claimed(conversation, effect, key, 1, 1, place, lease_until))
        return claimed

    # --- outbox ------------------------------------------------------------------------------------------------------------

    async def claim_effects(
        self,
        channels: Sequence[str],
        owner: str,
        lease: datetime.timedelta,
        now: datetime.datetime,
        limit: int = 100,
        conversation: str | None = None,
    ) -> Sequence[ClaimedEffect]:
        self._channels.update(channels)
        until = now + lease
        claimed: list[ClaimedEffect] = []
        talks = await self._due_talks(channels, now, limit) if conversation is None else [conversation]
        while talks and len(claimed) < limit:
            left = limit - len(claimed)
            some, talks = talks[: min(left, AT_ONCE)], talks[min(left, AT_ONCE) :]
            values = (owner, repr(until.timestamp()), repr(now.timestamp()), max(1, left // len(some)))
            for state, *rest in await self._wire.ask([redis_wire.call("claim", talk, values) for talk in some]):
                if rest and (of_talk := codec.decode_conversation(state)).channel in channels:
                    for body, key, fence, attempts, _, place in zip(*(rest[n::6] for n in range(6)), strict=True):
                        claimed.append(_claimed(of_talk, codec.decode_effect(body), key.decode(), fence, attempts, place, until))
        return claimed

    async def renew(self, effect: ClaimedEffect, owner: str, lease_until: datetime.datetime) -> bool:
        return bool(
            await self._wire.run("renew", effect.conversation, (effect.effect.id, effect.fence, owner, repr(lease_until.timestamp())))
        )

    async def done(self, effect: ClaimedEffect, message: str | None = None) -> Marked:
        of = effect.effect.of if isinstance(effect.effect, Edit) else ""
        kind = "post" if isinstance(effect.effect, Post) else ""
        values = (effect.effect.id, effect.fence, message or "", kind, of)
        return Marked((await self._wire.run("done", effect.conversation, values)).decode())

    async def posted(self, conversation: str, effect: str) -> str | None:
        async with self._wire.sentences():
            found = await self._wire.client.hget(redis_keys.of_talk(conversation)[3], effect)
        message = json.loads(found).get("message") if found else None
        return None if message is None else str(message)

    async def failed(self, effect: ClaimedEffect, reason: str, retry_at: datetime.datetime | None) -> bool:
        retry = repr(retry_at.timestamp()) if retry_at else ""
        again = self._clock() if retry_at is None else min(retry_at.timestamp(), self._clock() + HINT_SECONDS)

        hints = [_hint(effect.channel, effect.conversation, again)]
        return bool(await self._wire.run("failed", effect.conversation, (effect.effect.id, effect.fence, reason, retry), before=hints))

    async def release(self, owner: str) -> int:
        released, now = 0, self._clock()
        for channel in sorted(self._channels):
            for talk, _ in await self._looks(channel, now + POSTPONED_SECONDS + HINT_SECONDS):
                count = int(await self._wire.run("release", talk, (owner, repr(now))))
                released += count
                if count:
                    await self._wire.ask([_hint(channel, talk, now)])
        return released

    # --- what falls due --------------------------------------------------------------------------------------------------------

    async def next_due(self, channels: Sequence[str], grace: datetime.timedelta = datetime.timedelta(0)) -> datetime.datetime | None:
        self._channels.update(channels)
        earliest, set_back = None, self._set_back()
        for channel in channels:
            await self._look(channel, grace.total_seconds(), set_back)
            async with self._wire.sentences():
                first: list[Any] = await self._wire.client.zrange(redis_keys.look(channel), 0, 0, withscores=True)
            for _, moment in first:
                earliest = float(moment) if earliest is None else min(earliest, float(moment))
        return None if earliest is None else _moment(earliest)

    async def claim_wakes(
        self, channels: Sequence[str], owner: str, lease: datetime.timedelta, now: datetime.datetime, limit: int = 100
    ) -> Sequence[DueWake]:
        self._channels.update(channels)
        due: list[DueWake] = []
        values = (owner, repr((now + lease).timestamp()), repr(now.timestamp()))
        for channel in channels:
            talks = await self._due_talks((channel,), now, limit)
            for some in _chunks(talks):
                answers = await self._wire.ask([redis_wire.call("claim_wakes", talk, values) for talk in some])
                for talk, told in zip(some, answers, strict=True):
                    due += [DueWake(talk, id_.decode(), _moment(float(at)), channel) for id_, at in zip(told[::2], told[1::2], strict=True)]
                if len(due) >= limit:
                    return due
        return due

    async def wake_done(self, wake: DueWake) -> None:
        await self._wire.run("wake_done", wake.conversation, (wake.wake, repr(wake.at.timestamp())))

    # --- forgetting --------------------------------------------------------------------------------------------------------

    async def conversations_of(self, person: str, limit: int = 50) -> Sequence[Conversation]:
        found: list[tuple[float, Conversation]] = []
        for talk in await self._members(redis_keys.trace("p", person)):
            async with self._wire.sentences():
                row: list[Any] = await self._wire.client.hmget(redis_keys.of_talk(talk)[0], ["updated", "state"])
            updated, state = row
            if state:
                found.append((float(updated or 0), codec.decode_conversation(state)))
        return [conversation for _, conversation in sorted(found, key=lambda one: one[0], reverse=True)][:limit]

    async def forget_message(self, message: str) -> None:
        index = redis_keys.trace("m", message)
        for talk in await self._members(index):
            await self._wire.run("drop_events", talk, ("message", message))
            await self._change(talk, lambda conversation: without_message(conversation, message))
        async with self._wire.sentences():
            await self._wire.client.delete(index)

    async def forget_person(self, person: str) -> int:
        index = redis_keys.trace("p", person)
        talks = await self._members(index)
        for talk in talks:
            async with self._wire.sentences():
                asker = await self._wire.client.hget(redis_keys.of_talk(talk)[0], "asker")
            left = await self._wire.run("drop_events", talk, ("person", person))
            if asker == person.encode() or (asker is None and not left):
                await self._delete(talk)
            else:
                await self._change(talk, lambda conversation: without_person(conversation, person))
        async with self._wire.sentences():
            await self._wire.client.delete(index)
        return len(talks)

    async def forget_workspace(self, workspace: str) -> int:
        index = redis_keys.trace("w", workspace)
        talks = await self._members(index)
        for talk in talks:
            await self._delete(talk)
        async with self._wire.sentences():
            await self._wire.client.delete(index)
        return len(talks)

    async def forget_conversation(self, conversation: str) -> bool:
        loaded = await self.load(conversation)
        await self._delete(conversation)
        return loaded.conversation is not None or bool(loaded.events)

    async def purge(self, before: datetime.datetime) -> int:
        deleted, cutoff = 0, before.timestamp()
        while True:
            async with self._wire.sentences():
                old: list[Any] = await self._wire.client.zrange(
                    redis_keys.UPDATED, "-inf", f"({cutoff!r}", byscore=True, offset=0, num=AT_ONCE
                )
            if not old:
                return deleted
            for member in old:
                deleted += await self._delete(member.decode(), repr(cutoff))

    async def _delete(self, talk: str, untouched_since: str = "") -> bool:
        traces = await self._wire.run("delete", talk, (untouched_since,))
        if traces:
            await self._unlist(talk, traces)
        else:  # touched meanwhile, or an event waits in it
            async with self._wire.sentences():
                await self._wire.client.zadd(redis_keys.UPDATED, {talk: self._clock()}, xx=True)
        return bool(traces)

    async def _unlist(self, talk: str, traces: Sequence[bytes]) -> None:
        """Takes a conversation that is gone out of the indexes: those that named it, and a last "" (see the scripts)."""
        self._births.pop(talk, None)
        await self._wire.ask([*(("SREM", trace, talk) for trace in traces[:-1]), ("ZREM", redis_keys.UPDATED, talk)])

    async def _change(self, talk: str, change: Callable[[Conversation], Conversation]) -> None:
        while True:
            loaded = await self.load(talk)
            if loaded.conversation is None:
                return
            if await self._wire.run("change", talk, (loaded.version, codec.encode_conversation(change(loaded.conversation)))):
                return

    async def _members(self, index: str) -> list[str]:
        async with self._wire.sentences():
            members: set[Any] = await self._wire.client.smembers(index)
        return sorted(member.decode() for member in members)

    # --- looking -----------------------------------------------------------------------------------------------------------

    async def _looks(self, channel: str, until: float, limit: int | None = None) -> list[tuple[str, float]]:
        """Conversations whose next look is by `until`, the earliest first, with the score as it stands."""
        async with self._wire.sentences():
            found: list[Any] = await self._wire.client.zrange(
                redis_keys.look(channel), "-inf", repr(until), byscore=True, withscores=True, offset=0, num=-1 if limit is None else limit
            )
        return [(talk.decode(), float(score)) for talk, score in found]

    async def _due_talks(self, channels: Sequence[str], now: datetime.datetime, limit: int) -> list[str]:
        return [talk for channel in channels for talk, _ in await self._looks(channel, now.timestamp(), limit)]

    def _set_back(self) -> float:
        """By how many seconds the clock was set back since the last call: hints may say so much too late."""
        before, self._ahead = self._ahead, self._clock() - time.monotonic()
        return max(before - self._ahead, 0.0)

    async def _look(self, channel: str, grace: float, set_back: float) -> None:
        """Looks at conversations whose hint has come, the one that was looked at longest ago first, and puts there when the next look is
        due. Ends where something is due: whoever asked takes that up first."""
        began = self._clock()
        if set_back > POSTPONED_SECONDS:  # hints that were near by the old clock are looked at now
            near = await self._looks(channel, began + set_back + POSTPONED_SECONDS + HINT_SECONDS)
            for some in _chunks(near):
                await self._correct(channel, [(talk, repr(score), f"{min(score, began):.6f}") for talk, score in some])
        while looks := await self._looks(channel, began, LOOKED_AT_ONCE):
            later = f"{self._clock() + POSTPONED_SECONDS:.6f}"
            await self._correct(channel, [(talk, repr(score), later) for talk, score in looks])
            due = [moment for moment, _, _ in await self._summaries([talk for talk, _ in looks], grace)]
            now = self._clock()
            right = ["" if moment is None else f"{max(moment, now):.6f}" for moment in due]
            await self._correct(channel, [(talk, later, moment) for (talk, _), moment in zip(looks, right, strict=True)])
            if any(moment is not None and moment <= now for moment in due):
                return

    async def _correct(self, channel: str, hints: Sequence[tuple[str, str, str]]) -> None:
        """(conversation, the hint as it was read, the right one) for each: only where it still is as it was read."""
        await self._wire.ask([redis_wire.correct(redis_keys.look(channel), *hint) for hint in hints])

    async def _summaries(self, talks: Iterable[str], grace: float) -> list[tuple[float | None, float | None, int]]:
        """For each conversation: when something is due, when the oldest waiting event came, how many effects are owed."""
        values = (repr(grace), repr(self._clock()))
        rows: list[Any] = []
        for some in _chunks(list(talks)):
            rows += await self._wire.ask([redis_wire.call("summary", talk, values) for talk in some])
        return [(float(due) if due else None, float(arrival) if arrival else None, int(owed)) for due, arrival, owed in rows]

    def _remember_birth(self, talk: str, birth: str) -> None:
        if len(self._births) >= MAX_BIRTHS:
            self._births.pop(next(iter(self._births)))
        self._births[talk] = birth


def _hint(channel: str, talk: str, moment: float) -> Command:
    return ("ZADD", redis_keys.look(channel), "LT", moment, talk)


def _chunks(talks: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (talks[start : start + AT_ONCE] for start in range(0, len(talks), AT_ONCE))


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _effect_order(effect: AnyEffect, key: str) -> dict[str, Any]:
    order: dict[str, Any] = {"id": effect.id, "in_order": outbox.in_order(effect), "key": key}
    return {**order, "of": effect.of} if isinstance(effect, Edit) else order


def _claimed(
    talk: Conversation, effect: AnyEffect, key: str, fence: int, attempts: int, place: bytes, until: datetime.datetime
) -> ClaimedEffect:
    posted = {effect.of: place.decode()} if isinstance(effect, Edit) and place else {}
    again = attempts > 1
    return ClaimedEffect(talk.key, talk.channel, talk.place, effect, key, fence, attempts, again, posted, until, talk.asker, talk.workspace)
