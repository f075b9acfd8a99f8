"""What did the talks teach? Texts that were not recognised and how answers turned out, counted, without a person, a place or a talk.

Kept only where the operator switched POSTMASTER_LEARN on. One row a thing that happened, with how often and the first and last day; a
text has lost its secrets and its names (`bot/learning.py`) before it comes here. At most `MAX_LESSONS` different ones: then only those
that are known already are counted on. One class for each store, reached as `store.lessons`.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Protocol, cast

from bot.conversation.model import Lesson, LessonKind

if TYPE_CHECKING:
    import redis.asyncio

    from bot.store.sqlite_thread import SqliteThread

MAX_LESSONS = 20_000
# Both stand in one slot of a cluster.
COUNTS, DAYS = "postmaster:{lessons}:counts", "postmaster:{lessons}:days"
# Counts a lesson that is known, or that there is room for.
_NOTE = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
local days = redis.call('HGET', KEYS[2], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], (days and string.sub(days, 1, 10) or ARGV[2]) .. ARGV[2])
return 1
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A lesson, how often it was learnt, and the first and last day (UTC)."""

    lesson: Lesson
    count: int
    first: datetime.date
    last: datetime.date


class Lessons(Protocol):
    """Each method raises `StoreUnreachable` as the store does."""

    async def note(self, lesson: Lesson, day: datetime.date) -> None: ...

    async def all(self) -> Sequence[Counted]:
        """Most frequent first."""


class SqliteLessons:
    """The table `lesson` (`sqlite_schema.py`); each method is one job of the store's one thread."""

    def __init__(self, thread: SqliteThread) -> None:
        self._thread = thread

    async def note(self, lesson: Lesson, day: datetime.date) -> None:
        await self._thread.run(lambda db: _note(db, lesson, day), writes=True)

    async def all(self) -> Sequence[Counted]:
        return await self._thread.run(_all, writes=False)


def _note(db: sqlite3.Connection, lesson: Lesson, day: datetime.date) -> None:
    what = astuple(lesson)
    changed = db.execute(
        "UPDATE lesson SET count = count + 1, last = ? WHERE (kind, cause, provider, client, text) = (?, ?, ?, ?, ?)",
        (day.isoformat(), *what),
    ).rowcount
    if not changed:
        db.execute(
            "INSERT INTO lesson (kind, cause, provider, client, text, count, first, last) SELECT ?, ?, ?, ?, ?, 1, ?, ?"
            " WHERE (SELECT count(*) FROM lesson) < ?",
            (*what, day.isoformat(), day.isoformat(), MAX_LESSONS),
        )


def _all(db: sqlite3.Connection) -> Sequence[Counted]:
    rows = db.execute("SELECT kind, cause, provider, client, text, count, first, last FROM lesson ORDER BY count DESC, last DESC, text")
    return [_counted(row[:5], row[5], row[6], row[7]) for row in rows]


class RedisLessons:
    """Two hashes by lesson: how often, and the first and last day. `sentences` turns the client's errors into `StoreUnreachable`."""

    def __init__(self, client: redis.asyncio.Redis, sentences: Callable[[], AbstractAsyncContextManager[None]]) -> None:
        self._client = client
        self._sentences = sentences
        self._note = client.register_script(_NOTE)

    async def note(self, lesson: Lesson, day: datetime.date) -> None:
        what = json.dumps(astuple(lesson), ensure_ascii=False)
        async with self._sentences():
            await self._note(keys=[COUNTS, DAYS], args=[what, day.isoformat(), MAX_LESSONS])

    async def all(self) -> Sequence[Counted]:
        async with self._sentences():
            counts, days = await self._client.hgetall(COUNTS), await self._client.hgetall(DAYS)
        found = []
        for what, count in counts.items():
            between = _text(days[what])
            found.append(_counted(json.loads(_text(what)), int(count), between[:10], between[10:]))
        return sorted(found, key=lambda one: (-one.count, -one.last.toordinal(), one.lesson.text))


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _counted(what: Sequence[str], count: int, first: str, last: str) -> Counted:
    kind, *rest = what
    lesson = Lesson(cast("LessonKind", kind), *rest)
    return Counted(lesson, count, datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
