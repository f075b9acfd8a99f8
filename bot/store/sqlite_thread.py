"""How do many coroutines write one SQLite file? One thread owns the connection; what waits is committed together.

`sqlite3` blocks, so a thread is forced on us; there is exactly one. While it waits for the disk, jobs of other conversations queue
up, and all that has queued goes into the next transaction: one flush for many steps. A job that fails leaves the others untouched.
Knows SQL errors and their sentences, no table.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.errors import StoreUnreachable

_T = TypeVar("_T")
Work = Callable[[sqlite3.Connection], _T]

# More would hold up the first of them without saving a flush worth speaking of.
MAX_JOBS_TOGETHER = 256


@dataclass(slots=True)
class _Job:
    work: Work[Any]
    writes: bool
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    outcome: Any = None
    error: BaseException | None = None


class SqliteThread:
    """Runs jobs on one connection. `name` is how sentences call the store (its path)."""

    def __init__(self, connect: Callable[[], sqlite3.Connection], name: str) -> None:
        self._connect = connect
        self._name = name
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Connects in the thread. Raises `StoreUnreachable`."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[Any] = loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(loop, ready), name="store", daemon=True)
        self._thread.start()
        await ready

    async def run(self, work: Work[_T], *, writes: bool) -> _T:
        """What `work` gives, once it is committed. It may run twice, the first run rolled back: it must only touch the connection."""
        if self._thread is None:
            raise StoreUnreachable(f"The store {self._name} is closed.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()
        self._jobs.put(_Job(work, writes, loop, future))
        return await future

    async def stop(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(thread.join)

    # --- in the thread ---------------------------------------------------------------------------------------------------

    def _run(self, loop: asyncio.AbstractEventLoop, ready: asyncio.Future[Any]) -> None:
        try:
            connection = self._connect()
        except BaseException as error:  # whoever awaits `start` must hear of it, whatever it is
            _tell(loop, [(ready, None, as_ours(error, self._name))])
            return
        _tell(loop, [(ready, None, None)])
        with contextlib.closing(connection):
            while (jobs := self._next_jobs()) is not None:
                self._run_together(connection, jobs)
                by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Any, BaseException | None]]] = {}
                for job in jobs:
                    by_loop.setdefault(job.loop, []).append((job.future, job.outcome, job.error))
                for its_loop, outcomes in by_loop.items():
                    _tell(its_loop, outcomes)

    def _next_jobs(self) -> list[_Job] | None:
        first = self._jobs.get()
        if first is None:
            return None
        jobs = [first]
        with contextlib.suppress(queue.Empty):
            while len(jobs) < MAX_JOBS_TOGETHER:
                job = self._jobs.get_nowait()
                if job is None:
                    self._jobs.put(None)  # stop after these
                    break
                jobs.append(job)
        return jobs

    def _run_together(self, connection: sqlite3.Connection, jobs: Sequence[_Job]) -> None:
        try:
            self._in_transaction(connection, jobs)
        except Exception as error:
            if len(jobs) == 1:
                jobs[0].error = as_ours(error, self._name)
                return
            for job in jobs:  # one of them spoils it for all: each alone, so that only that one fails
                self._run_together(connection, [job])

    def _in_transaction(self, connection: sqlite3.Connection, jobs: Sequence[_Job]) -> None:
        connection.execute("BEGIN IMMEDIATE" if any(job.writes for job in jobs) else "BEGIN")
        try:
            for job in jobs:
                job.outcome = job.work(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _tell(loop: asyncio.AbstractEventLoop, outcomes: Sequence[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
    def settle() -> None:
        for future, outcome, error in outcomes:
            if future.done():  # whoever waited was cancelled; what was written stays written
                continue
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(outcome)

    try:
        loop.call_soon_threadsafe(settle)
    except RuntimeError:  # the loop has been closed: nobody waits any more
        logging.getLogger(__name__).debug("an answer of the store came after the loop was closed")


SENTENCES = {
    sqlite3.SQLITE_FULL: "The disk with the store {name} is full: make room on it and try again.",
    sqlite3.SQLITE_READONLY: "The store {name} cannot be written: give this user write access to the file and its folder.",
    sqlite3.SQLITE_PERM: "The store {name} cannot be opened: give this user access to the file and its folder.",
    sqlite3.SQLITE_CANTOPEN: "The store {name} cannot be opened: set POSTMASTER_STORE to a file in a folder that this user can write.",
    sqlite3.SQLITE_NOTADB: "The file {name} is no store of Postmaster: move it away or set POSTMASTER_STORE to another file.",
    sqlite3.SQLITE_CORRUPT: "The store {name} is damaged: put back a backup of it, or move it away to begin anew.",
    sqlite3.SQLITE_BUSY: "The store {name} is held by another program: end that one and try again.",
    sqlite3.SQLITE_LOCKED: "The store {name} is held by another program: end that one and try again.",
    sqlite3.SQLITE_IOERR: "The disk with the store {name} reports an error: check the disk, then try again.",
}


def as_ours(error: BaseException, name: str) -> BaseException:
    """What a person is told: `StoreUnreachable` with the sentence for what SQLite or the disk said; anything else as it is."""
    if isinstance(error, sqlite3.IntegrityError):
        return ValueError(f"the store refused what contradicts it: {error}")
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)  # absent where Python itself raised it
        sentence = SENTENCES.get(code & 0xFF) if code is not None else None  # the low byte is the primary code
        ours: BaseException = StoreUnreachable((sentence or "The store {name} cannot be used ({error}).").format(name=name, error=error))
    elif isinstance(error, OSError):
        ours = StoreUnreachable(
            f"The store {name} cannot be opened ({error.strerror}): set POSTMASTER_STORE to a file that this user can write."
        )
    else:
        return error
    ours.__cause__ = error
    return ours
