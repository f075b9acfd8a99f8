"""Where do small sealed things stand that belong to no talk (an installation's token, a one-time state)? By name, in the store.

What is kept is the platform's to seal; here it is bytes. Never a talk, never a text of a person. One class for each store, reached as
`store.vault`; a thing past its time is as good as gone at once, and is deleted by a later `keep`.
"""

from __future__ import annotations

import datetime
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import redis.asyncio

    from bot.store.sqlite_thread import SqliteThread

MAX_NAME = 512
MAX_BYTES = 65_536  # an installation is some hundred; more is somebody's mistake
PREFIX = "postmaster:vault:"


class Vault(Protocol):
    """Small sealed things by name. Durable when a method returns; each raises `StoreUnreachable` as the store does."""

    async def keep(self, name: str, value: bytes, until: datetime.datetime | None = None) -> None:
        """Replaces what stood under `name`; gone after `until`. Raises ValueError past `MAX_NAME` characters or `MAX_BYTES`."""

    async def kept(self, name: str) -> bytes | None: ...

    async def take(self, name: str) -> bytes | None:
        """Reads and deletes in one step, so that of two only one gets it."""

    async def drop(self, name: str) -> None: ...


class SqliteVault:
    """The table `vault` (`sqlite_schema.py`); each method is one job of the store's one thread."""

    def __init__(self, thread: SqliteThread, clock: Callable[[], float] = time.time) -> None:
        self._thread = thread
        self._clock = clock

    async def keep(self, name: str, value: bytes, until: datetime.datetime | None = None) -> None:
        _check(name, value)
        row = (name, value, until.timestamp() if until is not None else None)
        await self._thread.run(lambda db: _keep(db, row, self._clock()), writes=True)

    async def kept(self, name: str) -> bytes | None:
        return await self._thread.run(lambda db: _kept(db, name, self._clock()), writes=False)

    async def take(self, name: str) -> bytes | None:
        return await self._thread.run(lambda db: _take(db, name, self._clock()), writes=True)

    async def drop(self, name: str) -> None:
        await self._thread.run(lambda db: _drop(db, name), writes=True)


def _keep(db: sqlite3.Connection, row: tuple[str, bytes, float | None], now: float) -> None:
    db.execute("DELETE FROM vault WHERE until <= ?", (now,))
    db.execute("INSERT OR REPLACE INTO vault (name, value, until) VALUES (?, ?, ?)", row)


def _kept(db: sqlite3.Connection, name: str, now: float) -> bytes | None:
    row = db.execute("SELECT value FROM vault WHERE name = ? AND (until IS NULL OR until > ?)", (name, now)).fetchone()
    return None if row is None else bytes(row[0])


def _take(db: sqlite3.Connection, name: str, now: float) -> bytes | None:
    value = _kept(db, name, now)
    _drop(db, name)
    return value


def _drop(db: sqlite3.Connection, name: str) -> None:
    db.execute("DELETE FROM vault WHERE name = ?", (name,))


class RedisVault:
    """One string a name, with Redis' own expiry. `sentences` turns the client's errors into `StoreUnreachable`."""

    def __init__(self, client: redis.asyncio.Redis, sentences: Callable[[], AbstractAsyncContextManager[None]]) -> None:
        self._client = client
        self._sentences = sentences

    async def keep(self, name: str, value: bytes, until: datetime.datetime | None = None) -> None:
        _check(name, value)
        async with self._sentences():
            await self._client.set(PREFIX + name, value, pxat=None if until is None else max(1, int(until.timestamp() * 1000)))

    async def kept(self, name: str) -> bytes | None:
        async with self._sentences():
            return _as_bytes(await self._client.get(PREFIX + name))

    async def take(self, name: str) -> bytes | None:
        async with self._sentences():
            return _as_bytes(await self._client.getdel(PREFIX + name))

    async def drop(self, name: str) -> None:
        async with self._sentences():
            await self._client.delete(PREFIX + name)


def _as_bytes(value: bytes | str | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value


def _check(name: str, value: bytes) -> None:
    if not 0 < len(name) <= MAX_NAME or len(value) > MAX_BYTES:
        raise ValueError(f"the vault takes names up to {MAX_NAME} characters and values up to {MAX_BYTES} bytes")
