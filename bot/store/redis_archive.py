"""What does a store in Redis or Valkey hold, all of it, how is it filled from elsewhere, and are its indexes whole?

Conversations are found by going through the keys, not by the indexes: what an index has lost is found all the same. Each conversation is
read in one transaction. While a filling runs, a key says so, and nobody opens the store.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

import redis
from redis import exceptions

from bot.store import redis_keys
from bot.store.archive import TAG, Claim, Fault, Head, Json, KeptEffect, KeptEvent, KeptWake, Record, State, Talk, Taught, Thing
from bot.store.lessons import COUNTS, DAYS
from bot.store.port import LONGEST_LEASE_SECONDS
from bot.store.redis_keys import PREFIX, UPDATED
from bot.store.vault import PREFIX as VAULT

_T = TypeVar("_T")
STATES: tuple[State, ...] = ("owed", "done", "ended")  # as the outbox counts them
HEAD = ("birth", "question", "channel", "workspace", "asker")
AT_ONCE = 100
SCANNED_AT_ONCE = 1000
TALK_KEY = f"{PREFIX}:{{*}}:talk"
OURS = (f"{PREFIX}:{{*", f"{PREFIX}:look:*", f"{PREFIX}:of:*", UPDATED, f"{VAULT}*")
HINT_LATEST_SECONDS = 70.0  # a look that is due is never put off for longer (`redis.py`)


class RedisArchive:
    def __init__(self, url: str, *, clock: Callable[[], float] = time.time) -> None:
        seconds = redis_keys.REPLY_SECONDS
        self._client = redis.Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds)
        self._clock = clock
        options = self._client.connection_pool.connection_kwargs
        self._name = str(options.get("path") or f"{options.get('host', 'localhost')}:{options.get('port', 6379)}")

    @property
    def name(self) -> str:
        return self._name

    def in_use(self) -> bool:
        """False also where the server does not tell us its clients."""
        with self._sentences():
            number = self._client.connection_pool.connection_kwargs.get("db", 0)
            try:
                clients = self._client.client_list()
            except exceptions.NoPermissionError:
                return False
            return any(one.get("name") == redis_keys.CLIENT_NAME and int(one.get("db", 0)) == number for one in clients)

    def is_empty(self) -> bool:
        with self._sentences():
            return not any(True for pattern in OURS for _ in self._scan(pattern))

    def close(self) -> None:
        self._client.close()

    # --- reading ---------------------------------------------------------------------------------------------------------

    def records(self) -> Iterator[Record]:
        with self._sentences():
            for keys in _batches(self._scan(f"{PREFIX}:{{*}}:claim:*"), AT_ONCE):
                yield from self._claims(keys)
            for keys in _batches(self._scan(f"{VAULT}*"), AT_ONCE):
                yield from self._things(keys)
            counts: dict[Any, Any] = self._client.hgetall(COUNTS)
            days: dict[Any, Any] = self._client.hgetall(DAYS)
            for what, count in sorted(counts.items()):
                between = days[what].decode()
                yield Taught(tuple(json.loads(what)), int(count), between[:10], between[10:])
            for talk, own in self._talks():
                yield from own
                yield talk

    def _claims(self, keys: Sequence[bytes]) -> Iterator[Claim]:
        """Those of the platforms' events, which outlive their talk; those of our own come with theirs."""
        with self._client.pipeline(transaction=False) as pipe:
            for key in keys:
                head = key.decode().split(":", 2)
                pipe.pttl(key)
                pipe.sismember(f"{head[0]}:{head[1]}:own", key.decode())
            told: list[Any] = pipe.execute()
        for key, milliseconds, own in zip(keys, told[::2], told[1::2], strict=True):
            if milliseconds > 0 and not own:
                _, tag, rest = key.decode().split(":", 2)
                yield self._claim(tag, rest.removeprefix("claim:"), milliseconds, own=False)

    def _claim(self, talk: str, key: str, milliseconds: int, *, own: bool) -> Claim:
        return Claim(talk, key, self._clock() + milliseconds / 1000 - redis_keys.CLAIMS_KEPT_SECONDS, own)

    def _things(self, keys: Sequence[bytes]) -> Iterator[Thing]:
        with self._client.pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.get(key)
                pipe.pttl(key)
            told: list[Any] = pipe.execute()
        for key, value, milliseconds in zip(keys, told[::2], told[1::2], strict=True):
            if value is not None:
                until = self._clock() + milliseconds / 1000 if milliseconds >= 0 else None
                yield Thing(key.decode().removeprefix(VAULT), value, until)

    def _talks(self) -> Iterator[tuple[Talk, list[Claim]]]:
        """Each conversation, and the claims of our own events in it."""
        seen: set[str] = set()
        for keys in _batches(self._scan(TALK_KEY), AT_ONCE):
            tags = [key.decode().split(":", 2)[1].strip("{}") for key in keys]
            for tag, parts in zip(tags, self._whole(tags), strict=True):
                talk = _talk(*parts)
                if talk is None or tag in seen:  # a scan may name a key twice
                    continue
                seen.add(tag)
                yield talk, self._own_claims(talk.talk, parts[6])

    def _whole(self, tags: Sequence[str]) -> list[tuple[Any, ...]]:
        with self._client.pipeline(transaction=True) as pipe:
            for tag in tags:
                *hashes, own, traces = redis_keys.of_tag(tag)
                for key in hashes:
                    pipe.hgetall(key)
                pipe.smembers(own)
                pipe.smembers(traces)
            told = pipe.execute()
        size = len(told) // max(len(tags), 1)
        return [tuple(told[start : start + size]) for start in range(0, len(told), size)]

    def _own_claims(self, talk: str, own: set[bytes]) -> list[Claim]:
        names = sorted(name.decode() for name in own)
        with self._client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.pttl(name)
            lives = pipe.execute() if names else []
        return [
            self._claim(talk, name.split(":", 2)[2].removeprefix("claim:"), life, own=True)
            for name, life in zip(names, lives, strict=True)
            if life > 0
        ]

    # --- filling ---------------------------------------------------------------------------------------------------------

    def fill(self, records: Iterable[Record], *, empty_first: bool) -> None:
        with self._sentences():
            self._client.set(redis_keys.HALF_IMPORTED, "1")
            for pattern in OURS if empty_first else ():
                for keys in _batches(self._scan(pattern), SCANNED_AT_ONCE):
                    self._client.unlink(*keys)
            for some in _batches(records, AT_ONCE):
                with self._client.pipeline(transaction=False) as pipe:
                    for record in some:
                        match record:
                            case Talk():
                                _put_talk(pipe, record, self._clock())
                            case Claim():
                                self._put_claim(pipe, record)
                            case Thing(name, value, until):
                                pipe.set(VAULT + name, value, pxat=None if until is None else max(1, int(until * 1000)))
                            case Taught(what, count, first, last):
                                pipe.hset(COUNTS, json.dumps(what, ensure_ascii=False), str(count))
                                pipe.hset(DAYS, json.dumps(what, ensure_ascii=False), first + last)
                    pipe.execute()
            self._client.delete(redis_keys.HALF_IMPORTED)

    def _put_claim(self, pipe: Any, claim: Claim) -> None:
        life = claim.at + redis_keys.CLAIMS_KEPT_SECONDS - self._clock()
        if life <= 0:
            return
        tag = found[1] if (found := TAG.fullmatch(claim.talk)) else redis_keys.tag(claim.talk)
        name = f"{PREFIX}:{{{tag}}}:claim:{claim.key}"
        pipe.set(name, "1", px=max(1, int(life * 1000)))
        if claim.own:
            pipe.sadd(f"{PREFIX}:{{{tag}}}:own", name)

    # --- looking after it ------------------------------------------------------------------------------------------------

    def faults(self, *, repair: bool) -> Iterator[Fault]:
        with self._sentences():
            if self._client.exists(redis_keys.HALF_IMPORTED):
                yield Fault("An import ended in the middle, so this store holds a part of something: import with --replace again.")
            missing, hidden, unnamed = 0, 0, 0
            for some in _batches((talk for talk, _ in self._talks()), AT_ONCE):
                with self._client.pipeline(transaction=False) as pipe:
                    for talk in some:
                        pipe.zscore(UPDATED, talk.talk)
                        pipe.zscore(redis_keys.look(_channel(talk)), talk.talk)
                        for trace in talk.traces:
                            pipe.sismember(f"{PREFIX}:of:{trace}", talk.talk)
                    told = iter(pipe.execute())
                for talk in some:
                    unlisted = next(told) is None and talk.head is not None
                    hint, due = next(told), _due(talk, self._clock())
                    unseen = due is not None and (hint is None or hint > max(due, self._clock() + HINT_LATEST_SECONDS))
                    untraced = [trace for trace in talk.traces if not next(told)]
                    missing, hidden, unnamed = missing + unlisted, hidden + unseen, unnamed + len(untraced)
                    if repair and (unlisted or unseen or untraced):
                        self._index(talk)
            lost = (
                (missing, "not be deleted when they are old"),
                (hidden, "never be looked at"),
                (unnamed, "not be found to be forgotten"),
            )
            yield from (Fault(f"The indexes lack {number} entries: what they name would {so}.", repair) for number, so in lost if number)
            if left := self._left_over(repair):
                yield Fault(f"The indexes name {left} conversations that are gone.", repair)

    def _index(self, talk: Talk) -> None:
        with self._client.pipeline(transaction=False) as pipe:
            _put_in_indexes(pipe, talk, self._clock())
            pipe.execute()

    def _left_over(self, repair: bool) -> int:
        left = 0
        for index in [*self._scan(f"{PREFIX}:look:*"), *([UPDATED.encode()] if self._client.exists(UPDATED) else [])]:
            left += self._without_talk(index, (name for name, _ in self._client.zscan_iter(index)), self._client.zrem if repair else None)
        for index in self._scan(f"{PREFIX}:of:*"):
            left += self._without_talk(index, self._client.sscan_iter(index), self._client.srem if repair else None)
        return left

    def _without_talk(self, index: bytes, members: Iterable[bytes], remove: Callable[..., Any] | None) -> int:
        left = 0
        for some in _batches(members, SCANNED_AT_ONCE):
            with self._client.pipeline(transaction=False) as pipe:
                for name in some:
                    pipe.exists(redis_keys.of_talk(name.decode())[0])
                gone = [name for name, there in zip(some, pipe.execute(), strict=True) if not there]
            left += len(gone)
            if gone and remove is not None:
                remove(index, *gone)
        return left

    # --- asking ----------------------------------------------------------------------------------------------------------

    def _scan(self, pattern: str) -> Iterator[bytes]:
        yield from self._client.scan_iter(match=pattern, count=SCANNED_AT_ONCE)

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (exceptions.RedisError, OSError) as error:
            raise redis_keys.as_ours(error, self._name) from error


# --- shapes --------------------------------------------------------------------------------------------------------------


def _talk(
    head: dict[bytes, bytes],
    inbox: dict[bytes, bytes],
    inbox_bodies: dict[bytes, bytes],
    outbox: dict[bytes, bytes],
    outbox_bodies: dict[bytes, bytes],
    wakes: dict[bytes, bytes],
    own: set[bytes],
    traces: set[bytes],
) -> Talk | None:
    """None where nothing is left but the hash that counted it."""
    of = {name.decode(): value for name, value in head.items()}
    events = [(one, json.loads(inbox_bodies[id_])) for id_, one in _in_order(inbox) if id_ in inbox_bodies]
    made = None
    if "state" in of:
        state = json.loads(of["state"])
        birth, question, channel, workspace, asker = (of.get(name, b"").decode() for name in HEAD)
        made = Head(int(of["version"]), birth, question, channel, workspace, asker, float(of["updated"]), state)
    elif not events:
        return None
    return Talk(
        made.state["key"] if made else events[0][1]["conversation"],
        made,
        tuple(KeptEvent(one["order"], one["received"], body, one.get("parked")) for one, body in events),
        tuple(_effect(id_, one, outbox_bodies.get(id_)) for id_, one in _in_order(outbox)),
        tuple(
            KeptWake(id_.decode(), float(one["at"]), one["ready"], one["owner"])
            for id_, one in sorted((id_, json.loads(data)) for id_, data in wakes.items())
        ),
        tuple(sorted(trace.decode().split(":", 2)[2] for trace in traces)),
    )


def _in_order(entries: dict[bytes, bytes]) -> list[tuple[bytes, Json]]:
    decoded = ((id_, json.loads(data)) for id_, data in entries.items())
    return sorted(decoded, key=lambda entry: entry[1].get("seq", 0))


def _effect(id_: bytes, one: Json, body: bytes | None) -> KeptEffect:
    return KeptEffect(
        id_.decode(),
        one.get("in_order", True),
        one["key"],
        STATES[one["state"]],
        **{name: one[name] for name in ("ready", "owner", "fence", "attempts", "message", "reason") if name in one},
        body=None if body is None else json.loads(body),
    )


def _put_talk(pipe: Any, talk: Talk, now: float) -> None:
    head_key, inbox, inbox_bodies, outbox, outbox_bodies, wakes, _, traces = redis_keys.of_talk(talk.talk)
    head: Json = {"seq": len(talk.inbox) + len(talk.outbox)}
    if talk.head is not None:
        one = talk.head
        head |= {"version": one.version, "birth": one.birth, "channel": one.channel, "workspace": one.workspace, "asker": one.asker}
        head |= {"updated": f"{one.updated:.6f}", "state": _text(one.state)}
        head |= {"question": one.question} if one.question else {}
    pipe.hset(head_key, mapping=head)
    for seq, event in enumerate(talk.inbox, 1):
        body = event.body
        entry = {"seq": seq, "order": event.order, "received": event.received, "kind": body["_"], "parked": event.parked}
        entry |= {name: body.get(name, "") for name in ("person", "message")}
        pipe.hset(inbox, body["id"], _text(_without_none(entry)))
        pipe.hset(inbox_bodies, body["id"], _text(body))
    for seq, effect in enumerate(talk.outbox, 1):
        pipe.hset(outbox, effect.id, _text(_outbox_entry(seq, effect)))
        if effect.body is not None:
            pipe.hset(outbox_bodies, effect.id, _text(effect.body))
    for wake in talk.wakes:
        pipe.hset(wakes, wake.id, _text({"at": repr(wake.at), "ready": int(wake.ready * 1000) / 1000, "owner": wake.owner}))
    named = _traces(talk)
    if named:
        pipe.sadd(traces, *(f"{PREFIX}:of:{trace}" for trace in named))
    _put_in_indexes(pipe, talk, now)


def _outbox_entry(seq: int, effect: KeptEffect) -> Json:
    entry: Json = {"seq": seq, "state": STATES.index(effect.state), "key": effect.key, "message": effect.message, "reason": effect.reason}
    if effect.state == "owed":
        of = effect.body.get("of") if effect.body and effect.body["_"] == "Edit" else None
        entry |= {"in_order": effect.in_order, "ready": effect.ready, "owner": effect.owner, "fence": effect.fence, "of": of}
        entry |= {"attempts": effect.attempts}
    return _without_none(entry)


def _put_in_indexes(pipe: Any, talk: Talk, now: float) -> None:
    if talk.head is not None:
        pipe.zadd(UPDATED, {talk.talk: talk.head.updated})
    for trace in _traces(talk):
        pipe.sadd(f"{PREFIX}:of:{trace}", talk.talk)
    due = _due(talk, now)
    if due is not None:
        pipe.zadd(redis_keys.look(_channel(talk)), {talk.talk: min(due, now + HINT_LATEST_SECONDS)}, lt=True)


def _traces(talk: Talk) -> list[str]:
    """With the workspaces, which another store may keep in columns."""
    workspaces = {talk.head.workspace} if talk.head else set()
    workspaces |= {str(event.body.get("workspace", "")) for event in talk.inbox}
    return sorted({*talk.traces, *(f"w:{workspace}" for workspace in workspaces if workspace)})


def _channel(talk: Talk) -> str:
    return talk.head.channel if talk.head else str(talk.inbox[0].body.get("channel", ""))


def _due(talk: Talk, now: float) -> float | None:
    """When somebody must look at it at the latest; None: nothing is to be done in it."""
    moments = [event.received for event in talk.inbox if event.parked is None]
    held = [(effect.owner, effect.ready) for effect in talk.outbox if effect.state == "owed"]
    held += [(wake.owner, wake.ready) for wake in talk.wakes]
    moments += [now if owner and ready > now + LONGEST_LEASE_SECONDS else ready for owner, ready in held]
    return min(moments, default=None)


def _without_none(entry: Json) -> Json:
    return {name: value for name, value in entry.items() if value is not None}


def _text(plain: Json) -> str:
    return json.dumps(plain, separators=(",", ":"))


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    rest = iter(items)
    while some := list(itertools.islice(rest, size)):
        yield some
