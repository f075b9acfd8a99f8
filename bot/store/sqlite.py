"""The store in one SQLite file, or in memory: the default, for one process or a few on one machine.

Every public method is one job of the one thread (`sqlite_thread.py`), and so one transaction or a part of one.
Each `_…(connection, …)` below is such a job: plain SQL over the tables of `sqlite_schema.py`; those on
effects are in `sqlite_outbox.py`, those that forget in `sqlite_forget.py`. No mail word, no platform.
"""

from __future__ import annotations

import datetime
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from bot.conversation.model import AnyEffect, AnyEvent, Conversation
from bot.store import codec, outbox, sqlite_forget, sqlite_outbox, sqlite_schema
from bot.store.lessons import SqliteLessons
from bot.store.port import LONGEST_LEASE_SECONDS, ClaimedEffect, DueWake, Loaded, Marked
from bot.store.sqlite_thread import SqliteThread
from bot.store.vault import SqliteVault

Synchronous = Literal["FULL", "NORMAL"]
WATCH_SECONDS = 2.0


class SqliteStore:
    """`path` ":memory:" keeps everything in this process only.

    `synchronous` FULL: what was acknowledged survives a power cut. NORMAL: it survives the process and not a power cut (the last
    moments may be gone, the file stays whole); worth it only on slow disks. `clock`: seconds since 1970.
    """

    def __init__(
        self,
        path: str,
        *,
        synchronous: Synchronous = "FULL",
        migrations: Sequence[str] = sqlite_schema.MIGRATIONS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._shared = path != ":memory:"
        self._data_version = -1
        self._thread = SqliteThread(lambda: sqlite_schema.connect(path, synchronous, migrations), path)
        self.vault = SqliteVault(self._thread, clock)
        self.lessons = SqliteLessons(self._thread)

    @property
    def watch_seconds(self) -> float | None:
        return WATCH_SECONDS if self._shared else None

    async def open(self) -> None:
        await self._thread.start()
        await self.changed_elsewhere()

    async def close(self) -> None:
        await self._thread.stop()

    async def changed_elsewhere(self) -> bool:
        before = self._data_version
        self._data_version = await self._thread.run(_data_version, writes=False)
        return self._data_version != before

    async def receive(self, event: AnyEvent, keys: Sequence[str]) -> bool:
        body = codec.encode_event(event)
        return await self._thread.run(lambda db: _receive(db, event, keys, body, self._clock()), writes=True)

    async def load(self, conversation: str) -> Loaded:
        row, bodies = await self._thread.run(lambda db: _load(db, conversation), writes=False)
        events = tuple(codec.decode_event(body) for body in bodies)
        if row is None:
            return Loaded(None, 0, events)
        version, last_question, state = row
        return Loaded(codec.decode_conversation(state), version, events, last_question)

    async def waiting(self, channels: Sequence[str], received_before: datetime.datetime | None = None) -> Sequence[str]:
        before = received_before.timestamp() if received_before else None
        return await self._thread.run(lambda db: _waiting(db, channels, before, self._clock()), writes=False)

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
        state = codec.encode_conversation(conversation)
        bodies = [codec.encode_effect(effect) for effect in effects]
        lease = lease_until.timestamp() if owner and lease_until else None
        claimed = await self._thread.run(
            lambda db: _commit(
                db,
                conversation,
                state,
                read_version,
                list(zip(effects, bodies, strict=True)),
                handled,
                owner,
                lease,
                in_hand,
                parked or {},
                self._clock(),
            ),
            writes=True,
        )
        if claimed is None:
            return None
        until = lease_until or _moment(0)
        return [outbox.claimed(conversation, effect, key, 1, 1, posted, until) for effect, key, posted in claimed]

    async def discard(self, event: AnyEvent) -> None:
        await self._thread.run(lambda db: sqlite_forget.event(db, event.id, event.conversation), writes=True)

    async def owes(self, conversation: str) -> bool:
        return await self._thread.run(lambda db: _owes(db, conversation), writes=False)

    async def claim_effects(
        self,
        channels: Sequence[str],
        owner: str,
        lease: datetime.timedelta,
        now: datetime.datetime,
        limit: int = 100,
        conversation: str | None = None,
    ) -> Sequence[ClaimedEffect]:
        until = now + lease
        rows = await self._thread.run(
            lambda db: sqlite_outbox.claim_effects(db, channels, owner, until.timestamp(), now.timestamp(), limit, conversation),
            writes=True,
        )
        return [
            outbox.claimed(codec.decode_outline(state), codec.decode_effect(body), key, fence, attempts, posted, until)
            for body, key, fence, attempts, posted, state in rows
        ]

    async def renew(self, effect: ClaimedEffect, owner: str, lease_until: datetime.datetime) -> bool:
        sql = "UPDATE effect SET ready = ? WHERE conversation = ? AND id = ? AND fence = ? AND owner = ? AND state = 0"
        values = (lease_until.timestamp(), effect.conversation, effect.effect.id, effect.fence, owner)
        return await self._thread.run(lambda db: db.execute(sql, values).rowcount == 1, writes=True)

    async def done(self, effect: ClaimedEffect, message: str | None = None) -> Marked:
        return await self._thread.run(lambda db: sqlite_outbox.done(db, effect, message), writes=True)

    async def posted(self, conversation: str, effect: str) -> str | None:
        return await self._thread.run(lambda db: sqlite_outbox.posted(db, conversation, effect), writes=False)

    async def failed(self, effect: ClaimedEffect, reason: str, retry_at: datetime.datetime | None) -> bool:
        retry = retry_at.timestamp() if retry_at else None
        return await self._thread.run(lambda db: sqlite_outbox.failed(db, effect, reason, retry), writes=True)

    async def release(self, owner: str) -> int:
        return await self._thread.run(lambda db: sqlite_outbox.release(db, owner, self._clock()), writes=True)

    async def next_due(self, channels: Sequence[str], grace: datetime.timedelta = datetime.timedelta(0)) -> datetime.datetime | None:
        due = await self._thread.run(lambda db: _next_due(db, channels, grace.total_seconds(), self._clock()), writes=False)
        return None if due is None else _moment(due)

    async def claim_wakes(
        self, channels: Sequence[str], owner: str, lease: datetime.timedelta, now: datetime.datetime, limit: int = 100
    ) -> Sequence[DueWake]:
        rows = await self._thread.run(
            lambda db: _claim_wakes(db, channels, owner, (now + lease).timestamp(), now.timestamp(), limit), writes=True
        )
        return [DueWake(conversation, wake, _moment(at), channel) for conversation, wake, at, channel in rows]

    async def wake_done(self, wake: DueWake) -> None:
        sql = "DELETE FROM wake WHERE conversation = ? AND id = ? AND at = ?"
        values = (wake.conversation, wake.wake, wake.at.timestamp())
        await self._thread.run(lambda db: db.execute(sql, values), writes=True)

    async def conversations_of(self, person: str, limit: int = 50) -> Sequence[Conversation]:
        sql = "SELECT state FROM trace JOIN conversation ON key = conversation WHERE what = ? ORDER BY updated DESC LIMIT ?"
        rows = await self._thread.run(lambda db: db.execute(sql, (f"p:{person}", limit)).fetchall(), writes=False)
        return [codec.decode_conversation(state) for (state,) in rows]

    async def forget_message(self, message: str) -> None:
        await self._thread.run(lambda db: sqlite_forget.message(db, message), writes=True)

    async def forget_person(self, person: str) -> int:
        return await self._thread.run(lambda db: sqlite_forget.person(db, person), writes=True)

    async def forget_workspace(self, workspace: str) -> int:
        return await self._thread.run(lambda db: sqlite_forget.workspace(db, workspace), writes=True)

    async def forget_conversation(self, conversation: str) -> bool:
        return await self._thread.run(lambda db: sqlite_forget.conversation(db, conversation), writes=True)

    async def purge(self, before: datetime.datetime) -> int:
        total = 0
        while deleted := await self._thread.run(lambda db: sqlite_forget.untouched(db, before.timestamp()), writes=True):
            total += deleted
        while await self._thread.run(lambda db: sqlite_forget.old_claims(db, self._clock()), writes=True):
            pass
        return total


# --- jobs ----------------------------------------------------------------------------------------------------------------


def _moment(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _data_version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA data_version").fetchone()
    return int(version)


def _receive(db: sqlite3.Connection, event: AnyEvent, keys: Sequence[str], body: bytes, now: float) -> bool:
    if db.execute(f"SELECT 1 FROM claim WHERE key IN ({sqlite_outbox.marks(keys)}) LIMIT 1", tuple(keys)).fetchone():
        return False
    own = event.order == ""
    claims = [(key, now, event.conversation, own) for key in dict.fromkeys(keys)]
    db.executemany("INSERT INTO claim (key, at, conversation, own) VALUES (?, ?, ?, ?)", claims)
    order = event.order
    if not order:  # after all that waits
        sql = "SELECT coalesce(max(ord), '') FROM inbox WHERE conversation = ? AND parked IS NULL"
        (order,) = db.execute(sql, (event.conversation,)).fetchone()
    db.execute(
        "INSERT INTO inbox (id, conversation, channel, workspace, ord, person, message, received, body) VALUES (?,?,?,?,?,?,?,?,?)",
        (event.id, event.conversation, event.channel, event.workspace, order, event.person, event.message, now, body),
    )
    traces = [(mark + value, event.conversation) for mark, value in (("p:", event.person), ("m:", event.message)) if value]
    db.executemany("INSERT OR IGNORE INTO trace (what, conversation) VALUES (?, ?)", traces)
    return True


def _load(db: sqlite3.Connection, conversation: str) -> tuple[tuple[int, str, bytes] | None, list[bytes]]:
    row = db.execute("SELECT version, last_question, state FROM conversation WHERE key = ?", (conversation,)).fetchone()
    sql = "SELECT body FROM inbox WHERE conversation = ? AND parked IS NULL ORDER BY ord, seq"
    return row, [body for (body,) in db.execute(sql, (conversation,))]


def _waiting(db: sqlite3.Connection, channels: Sequence[str], before: float | None, now: float) -> list[str]:
    sql = f"SELECT conversation, min(received), min(seq) FROM inbox WHERE parked IS NULL AND channel IN ({sqlite_outbox.marks(channels)})"
    values: list[Any] = list(channels)
    if before is not None:
        sql += " AND (received <= ? OR received > ?)"
        values += [before, now + LONGEST_LEASE_SECONDS]
    return [conversation for conversation, _, _ in db.execute(sql + " GROUP BY conversation ORDER BY 2, 3", values)]


def _commit(
    db: sqlite3.Connection,
    conversation: Conversation,
    state: bytes,
    read_version: int,
    effects: Sequence[tuple[AnyEffect, bytes]],
    handled: Sequence[str],
    owner: str,
    lease: float | None,
    in_hand: Sequence[str] | None,
    parked: Mapping[str, str],
    now: float,
) -> list[tuple[AnyEffect, str, dict[str, str]]] | None:
    key = conversation.key
    row = db.execute("SELECT version, birth, last_question FROM conversation WHERE key = ?", (key,)).fetchone()
    version, birth, question = row or (0, secrets.token_hex(8), "")
    if version != read_version:
        return None
    question = outbox.last_question_after((effect for effect, _ in effects), question)
    db.execute(
        "INSERT INTO conversation (key, channel, workspace, asker, version, birth, last_question, updated, state)"
        " VALUES (?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (key) DO UPDATE SET channel = excluded.channel, workspace = excluded.workspace, asker = excluded.asker,"
        " version = excluded.version, last_question = excluded.last_question, updated = excluded.updated, state = excluded.state",
        (key, conversation.channel, conversation.workspace, conversation.asker, version + 1, birth, question, now, state),
    )
    if handled:
        db.execute(f"DELETE FROM inbox WHERE conversation = ? AND id IN ({sqlite_outbox.marks(handled)})", (key, *handled))
    db.executemany("UPDATE inbox SET parked = ? WHERE conversation = ? AND id = ?", [(why, key, id_) for id_, why in parked.items()])
    return sqlite_outbox.save_effects(db, conversation, birth, effects, owner, lease, in_hand, now)


def _owes(db: sqlite3.Connection, conversation: str) -> bool:
    sql = (
        "SELECT EXISTS (SELECT 1 FROM inbox WHERE conversation = ?1 AND parked IS NULL)"
        " OR EXISTS (SELECT 1 FROM effect WHERE conversation = ?1 AND state = 0)"
    )
    (owes,) = db.execute(sql, (conversation,)).fetchone()
    return bool(owes)


def _next_due(db: sqlite3.Connection, channels: Sequence[str], grace: float, now: float) -> float | None:
    ours, far = f"channel IN ({sqlite_outbox.marks(channels)})", now + LONGEST_LEASE_SECONDS
    found: Iterable[Any] = (
        sqlite_outbox.next_due(db, channels, now),
        db.execute(f"SELECT min(ready) FROM wake WHERE {ours}", channels).fetchone()[0],
        db.execute(f"SELECT ? FROM wake WHERE {ours} AND owner <> '' AND ready > ? LIMIT 1", (now, *channels, far)).fetchone(),
        db.execute(f"SELECT min(received) + ? FROM inbox WHERE parked IS NULL AND {ours}", (grace, *channels)).fetchone()[0],
        db.execute(f"SELECT ? FROM inbox WHERE parked IS NULL AND {ours} AND received > ? LIMIT 1", (now, *channels, far)).fetchone(),
    )
    flat = (due[0] if isinstance(due, tuple) else due for due in found)
    return min((float(due) for due in flat if due is not None), default=None)


def _claim_wakes(
    db: sqlite3.Connection, channels: Sequence[str], owner: str, until: float, now: float, limit: int
) -> list[tuple[str, str, float, str]]:
    mine = f"channel IN ({sqlite_outbox.marks(channels)})"
    sql = f"SELECT conversation, id, at, channel FROM wake WHERE {mine} AND ready <= ? ORDER BY ready LIMIT ?"
    rows: list[tuple[str, str, float, str]] = db.execute(sql, (*channels, now, limit)).fetchall()
    sql = f"SELECT conversation, id, at, channel FROM wake WHERE {mine} AND owner <> '' AND ready > ? AND at <= ? LIMIT ?"
    rows += db.execute(sql, (*channels, now + LONGEST_LEASE_SECONDS, now, limit - len(rows))).fetchall()
    claim = "UPDATE wake SET owner = ?, ready = ? WHERE conversation = ? AND id = ?"
    db.executemany(claim, [(owner, until, conversation, wake) for conversation, wake, _, _ in rows])
    return rows
