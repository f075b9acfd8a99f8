"""What does an SQLite store hold, all of it, and how is it filled from elsewhere? Reads and writes the file beside the store's own thread.

Reading is one transaction, and so of one moment, whoever writes meanwhile; filling is one too, and so all or nothing.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.errors import StoreUnreachable
from bot.store import sqlite_schema
from bot.store.archive import Claim, Fault, Head, Json, KeptEffect, KeptEvent, KeptWake, Record, State, Talk, Taught, Thing
from bot.store.sqlite_thread import as_ours

TABLES = ("conversation", "inbox", "effect", "wake", "trace", "claim", "vault", "lesson")
STATES: tuple[State, ...] = ("owed", "done", "ended")  # as the column counts them
HEAD = "key, version, birth, last_question, channel, workspace, asker, updated, state"
LESSON = "kind, cause, provider, client, text, count, first, last"
ALL_TALKS = " UNION ".join(f"SELECT conversation FROM {table}" for table in ("inbox", "effect", "wake", "trace"))


class SqliteArchive:
    """The file at `path`. Raises `StoreUnreachable` where there is none, unless it is to be made (`new`)."""

    def __init__(self, path: str, *, new: bool = False, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        if not new and not Path(path).is_file():
            raise StoreUnreachable(f"There is no store at {path}: set POSTMASTER_STORE to where it is.")
        self._in_use = Path(path).is_file() and _is_held(path)
        with self._sentences():
            self._db = sqlite_schema.connect(path, "FULL")

    @property
    def name(self) -> str:
        return self._path

    def in_use(self) -> bool:
        return self._in_use

    def is_empty(self) -> bool:
        with self._sentences():
            return not any(self._db.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0] for table in TABLES)

    def close(self) -> None:
        self._db.close()

    # --- reading ---------------------------------------------------------------------------------------------------------

    def records(self) -> Iterator[Record]:
        with self._sentences(), self._transaction("BEGIN"):
            for talk, key, at, own in self._db.execute("SELECT conversation, key, at, own FROM claim ORDER BY seq"):
                yield Claim(talk, key, at, bool(own))
            for name, value, until in self._db.execute("SELECT name, value, until FROM vault ORDER BY name"):
                yield Thing(name, bytes(value), until)
            for row in self._db.execute(f"SELECT {LESSON} FROM lesson ORDER BY kind, cause, provider, client, text"):
                yield Taught(row[:5], *row[5:])
            for key, *row in self._db.execute(f"SELECT {HEAD} FROM conversation ORDER BY updated"):
                yield self._talk(key, Head(*(*row[:-1], _json(row[-1]))))
            for (key,) in self._db.execute(f"{ALL_TALKS} EXCEPT SELECT key FROM conversation"):
                yield self._talk(key, None)

    def _talk(self, key: str, head: Head | None) -> Talk:
        def of(sql: str) -> Iterator[Any]:
            return iter(self._db.execute(sql, (key,)))

        events = of("SELECT ord, received, body, parked FROM inbox WHERE conversation = ? ORDER BY seq")
        effects = of(
            "SELECT id, in_order, key, state, ready, owner, fence, attempts, message, reason, body FROM effect"
            " WHERE conversation = ? ORDER BY seq"
        )
        wakes = of("SELECT id, at, ready, owner FROM wake WHERE conversation = ? ORDER BY id")
        return Talk(
            key,
            head,
            tuple(KeptEvent(order, received, _json(body), parked) for order, received, body, parked in events),
            tuple(
                KeptEffect(id_, bool(in_order), its_key, STATES[state], *(*rest, _json(body) if body else None))
                for id_, in_order, its_key, state, *rest, body in effects
            ),
            tuple(KeptWake(*row) for row in wakes),
            tuple(what for (what,) in of("SELECT what FROM trace WHERE conversation = ? ORDER BY what")),
        )

    # --- filling ---------------------------------------------------------------------------------------------------------

    def fill(self, records: Iterable[Record], *, empty_first: bool) -> None:
        with self._sentences(), self._transaction("BEGIN IMMEDIATE"):
            for table in TABLES if empty_first else ():
                self._db.execute(f"DELETE FROM {table}")
            for record in records:
                match record:
                    case Talk():
                        self._put_talk(record)
                    case Claim(talk, key, at, own):
                        sql = "INSERT OR IGNORE INTO claim (key, at, conversation, own) VALUES (?,?,?,?)"
                        self._db.execute(sql, (key, at, talk, own))
                    case Thing(name, value, until):
                        self._db.execute("INSERT OR REPLACE INTO vault (name, value, until) VALUES (?,?,?)", (name, value, until))
                    case Taught(what, count, first, last):
                        self._db.execute(f"INSERT INTO lesson ({LESSON}) VALUES (?,?,?,?,?,?,?,?)", (*what, count, first, last))

    def _put_talk(self, talk: Talk) -> None:
        many, key, head = self._db.executemany, talk.talk, talk.head
        channel = head.channel if head else ""
        if head is not None:
            row = (key, head.version, head.birth, head.question, head.channel, head.workspace, head.asker, head.updated, _bytes(head.state))
            self._db.execute(f"INSERT INTO conversation ({HEAD}) VALUES (?,?,?,?,?,?,?,?,?)", row)
        many(
            "INSERT INTO inbox (id, conversation, channel, workspace, ord, person, message, received, parked, body)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                (
                    one.body["id"],
                    key,
                    *(one.body.get(name, "") for name in ("channel", "workspace")),
                    one.order,
                    *(one.body.get(name, "") for name in ("person", "message")),
                    one.received,
                    one.parked,
                    _bytes(one.body),
                )
                for one in talk.inbox
            ),
        )
        many(
            "INSERT INTO effect (conversation, id, channel, in_order, key, state, ready, owner, fence, attempts, message, reason, body)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                (
                    *(key, one.id, channel, one.in_order, one.key, STATES.index(one.state), one.ready, one.owner, one.fence, one.attempts),
                    *(one.message, one.reason, b"" if one.body is None else _bytes(one.body)),
                )
                for one in talk.outbox
            ),
        )
        wakes = ((key, one.id, channel, one.at, one.ready, one.owner) for one in talk.wakes)
        many("INSERT INTO wake (conversation, id, channel, at, ready, owner) VALUES (?,?,?,?,?,?)", wakes)
        traces = ((what, key) for what in talk.traces if not what.startswith("w:"))  # a workspace is a column here
        many("INSERT OR IGNORE INTO trace (what, conversation) VALUES (?,?)", traces)

    # --- looking after it ------------------------------------------------------------------------------------------------

    def faults(self, *, repair: bool) -> Iterator[Fault]:
        with self._sentences():
            lines = [line for (line,) in self._db.execute("PRAGMA integrity_check(20)")]
            if lines != ["ok"]:
                yield Fault(f"The file is damaged ({lines[0].splitlines()[-1][:120]}): put back a backup of it.")
            for table in ("effect", "wake"):
                yield from self._orphans(table, "conversation NOT IN (SELECT key FROM conversation)", repair)
            nowhere = "conversation NOT IN (SELECT key FROM conversation) AND conversation NOT IN (SELECT conversation FROM inbox)"
            yield from self._orphans("trace", nowhere, repair)

    def _orphans(self, table: str, where: str, repair: bool) -> Iterator[Fault]:
        (number,) = self._db.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()
        if number:
            if repair:
                self._db.execute(f"DELETE FROM {table} WHERE {where}")
            yield Fault(f"{number} rows of the table {table} belong to no conversation.", repair)

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._db.execute(begin)
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise as_ours(error, self._path) from error


def _is_held(path: str) -> bool:
    """Whether another process has the file open: then nobody gets it for himself alone."""
    with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as db:
        try:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("BEGIN IMMEDIATE")
            db.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        except sqlite3.Error:
            return False  # no database: whoever opens it in earnest says so
    return False


def _json(data: bytes) -> Json:
    plain: Json = json.loads(data)
    return plain


def _bytes(plain: Json) -> bytes:
    return json.dumps(plain, separators=(",", ":")).encode("ascii")
