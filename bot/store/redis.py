"""The store in Redis or Valkey: many instances on many machines share it.

Each transaction is one Lua script on the keys of one conversation (`redis_scripts.py`). What must be found across conversations stands
in indexes beside them, written in the same round trip *before* the script: a crash between leaves a hint too many, never one too few.
Which of them says when to look where, `redis_looks.py` knows.
"""

from __future__ import annotations

import datetime
import json
import math
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from bot.conversation.model import AnyEffect, AnyEvent, Conversation, Edit, Post, Wake
from bot.errors import StoreUnreachable
from bot.store import codec, outbox, redis_keys, redis_looks, redis_wire
from bot.store.forgetting import without_message, without_person
from bot.store.lessons import RedisLessons
from bot.store.port import ClaimedEffect, DueWake, Loaded, Marked
from bot.store.redis_looks import AT_ONCE, LOOKED_AT_ONCE, Looks, chunks, hinted, summary
from bot.store.redis_wire import Wire, Word, packed
from bot.store.vault import RedisVault

WATCH_SECONDS = 2.0
MAX_BIRTHS = 20_000


class RedisStore:
    """`clock`: seconds since 1970."""

    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._wire = Wire(url)
        self._looks = Looks(self._wire, clock)
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
        kind, life = type(event).__name__, redis_keys.CLAIMS_KEPT_SECONDS
        values: list[Word] = [event.id, event.order, f"{now:.6f}", kind, event.person, event.message, codec.encode_event(event), life]

        hints = [
            hinted(event.channel, talk, now + redis_looks.HINT_SECONDS),
            packed("ZADD", redis_keys.UPDATED, "NX", now, talk),
            *(packed("SADD", trace, talk) for trace in traces),
        ]
        self._looks.changed(talk)
        return bool(await self._wire.run("receive", talk, [*values, *traces], claims, hints))

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
        if received_before is None:  # at a start: all of them
            near = [talk for channel in channels for talk in await self._looks.all_near(channel)]
            talks = [talk for some in chunks(near) for talk in await self._with_events(some)]
        else:
            now, arrival = self._clock(), attrgetter("arrival")
            talks = [hint.talk for channel in channels for hint in await self._looks.due(channel, now, LOOKED_AT_ONCE, arrival)]
        arrivals = [(found.arrival, talk) for talk, found in zip(talks, await self._looks.at(talks), strict=True)]
        before = math.inf if received_before is None else received_before.timestamp()
        return [talk for arrival, talk in sorted((at, talk) for at, talk in arrivals if at is not None and at <= before)]

    async def _with_events(self, talks: Sequence[str]) -> list[str]:
        """Those that have an event, perhaps one that was put aside: far fewer than have something to come, and asked for with less."""
        numbers = await self._wire.ask([packed("HLEN", redis_keys.of_talk(talk)[1]) for talk in talks])
        return [talk for talk, number in zip(talks, numbers, strict=True) if number]

    async def discard(self, event: AnyEvent) -> None:
        if traces := await self._wire.run("discard", event.conversation, (event.id,)):
            await self._unlist(event.conversation, traces)

    async def owes(self, conversation: str) -> bool:
        (found,) = await self._looks.at([conversation])
        return found.arrival is not None or found.owed > 0

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
        soonest = min([now + redis_looks.HINT_SECONDS if owner else now, *wakes.values()])

        hints = [hinted(conversation.channel, talk, soonest), packed("ZADD", redis_keys.UPDATED, now, talk)]
        self._looks.changed(talk)
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
                claimed.append(outbox.claimed(conversation, effect, key, 1, 1, _posted(effect, place), lease_until))
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
        until, at = now + lease, now.timestamp()
        if conversation is not None:
            answer = await self._wire.run("claim", conversation, (owner, repr(until.timestamp()), repr(at), limit))
            return _taken(answer, channels, until)
        claimed: list[ClaimedEffect] = []
        for channel in channels:
            hints = await self._looks.due(channel, at, limit - len(claimed), attrgetter("effects"), unlooked=True)
            for some in chunks(hints):
                values = (owner, repr(until.timestamp()), repr(at), max(1, (limit - len(claimed)) // len(some)))
                commands = [redis_wire.call("claim", hint.talk, values) for hint in some]
                answers = await self._looks.postponed(channel, some, until.timestamp(), commands)
                found = [(hint.talk, summary(row)) for hint, (_, row, _) in zip(some, answers, strict=True)]
                await self._looks.brought_forward(channel, found, until.timestamp())
                claimed += [one for answer in answers for one in _taken(answer, channels, until)]
        return claimed

    async def renew(self, effect: ClaimedEffect, owner: str, lease_until: datetime.datetime) -> bool:
        return bool(
            await self._wire.run("renew", effect.conversation, (effect.effect.id, effect.fence, owner, repr(lease_until.timestamp())))
        )

    async def done(self, effect: ClaimedEffect, message: str | None = None) -> Marked:
        of = effect.effect.of if isinstance(effect.effect, Edit) else ""
        kind = "post" if isinstance(effect.effect, Post) else ""
        values = (effect.effect.id, effect.fence, message or "", kind, of)
        marked = Marked((await self._wire.run("done", effect.conversation, values)).decode())
        if marked is Marked.MORE:  # whoever is told does it; should that one die, it is not left until the lease of the one before ends
            await self._wire.ask([hinted(effect.channel, effect.conversation, self._clock())])
        return marked

    async def posted(self, conversation: str, effect: str) -> str | None:
        async with self._wire.sentences():
            found = await self._wire.client.hget(redis_keys.of_talk(conversation)[3], effect)
        message = json.loads(found).get("message") if found else None
        return None if message is None else str(message)

    async def failed(self, effect: ClaimedEffect, reason: str, retry_at: datetime.datetime | None) -> bool:
        retry = repr(retry_at.timestamp()) if retry_at else ""
        again = self._clock() if retry_at is None else min(retry_at.timestamp(), self._clock() + redis_looks.HINT_SECONDS)

        hints = [hinted(effect.channel, effect.conversation, again)]
        self._looks.changed(effect.conversation)
        return bool(await self._wire.run("failed", effect.conversation, (effect.effect.id, effect.fence, reason, retry), before=hints))

    async def release(self, owner: str) -> int:
        released, now = 0, self._clock()
        for channel in sorted(self._channels):
            for some in chunks(await self._looks.all_near(channel)):
                counts = await self._wire.ask([redis_wire.call("release", talk, (owner, repr(now))) for talk in some])
                free = [talk for talk, count in zip(some, counts, strict=True) if count]
                await self._wire.ask([hinted(channel, talk, now) for talk in free])
                released += sum(counts)
        return released

    # --- what falls due --------------------------------------------------------------------------------------------------------

    async def next_due(self, channels: Sequence[str], grace: datetime.timedelta = datetime.timedelta(0)) -> datetime.datetime | None:
        self._channels.update(channels)
        earliest = await self._looks.first(channels, grace.total_seconds())
        return None if earliest is None else _moment(earliest)

    async def claim_wakes(
        self, channels: Sequence[str], owner: str, lease: datetime.timedelta, now: datetime.datetime, limit: int = 100
    ) -> Sequence[DueWake]:
        self._channels.update(channels)
        due: list[DueWake] = []
        values = (owner, repr((now + lease).timestamp()), repr(now.timestamp()))
        for channel in channels:
            for some in chunks(await self._looks.due(channel, now.timestamp(), limit, attrgetter("wakes"))):
                answers = await self._wire.ask([redis_wire.call("claim_wakes", hint.talk, values) for hint in some])
                for (talk, _), told in zip(some, answers, strict=True):
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
        gone = [*(packed("SREM", trace, talk) for trace in traces[:-1]), packed("ZREM", redis_keys.UPDATED, talk)]
        await self._wire.ask(gone)

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

    def _remember_birth(self, talk: str, birth: str) -> None:
        if len(self._births) >= MAX_BIRTHS:
            self._births.pop(next(iter(self._births)))
        self._births[talk] = birth


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _effect_order(effect: AnyEffect, key: str) -> dict[str, Any]:
    order: dict[str, Any] = {"id": effect.id, "in_order": outbox.in_order(effect), "key": key}
    return {**order, "of": effect.of} if isinstance(effect, Edit) else order


def _taken(answer: Sequence[Any], channels: Sequence[str], until: datetime.datetime) -> list[ClaimedEffect]:
    """What the script `claim` gave of a conversation in these channels."""
    state, _, effects = answer
    if not effects or (talk := codec.decode_outline(state)).channel not in channels:
        return []
    taken = []
    for body, key, fence, attempts, place in zip(*(effects[n::5] for n in range(5)), strict=True):
        effect = codec.decode_effect(body)
        taken.append(outbox.claimed(talk, effect, key.decode(), fence, attempts, _posted(effect, place), until))
    return taken


def _posted(effect: AnyEffect, place: bytes) -> dict[str, str]:
    """Where the post that an `Edit` replaces stands, as far as it stands."""
    return {effect.of: place.decode()} if isinstance(effect, Edit) and place else {}
