"""How do many round trips share few connections to Redis or Valkey? All that waits goes out in one write. Knows bytes, no script.

While a connection waits for its answers, others queue up, and all that has queued goes out with the next write: one system call and one
wake-up for many steps. Whoever waits no longer (cancelled) takes nobody's answers along: a connection is read to the end of what was sent.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import redis.asyncio
from redis import exceptions

LANES = 4  # one that waits for something slow leaves three to the others
MAX_TOGETHER = 64  # round trips in one write; more would hold up the first of them


@dataclass(slots=True)
class _Asked:
    sent: bytes
    commands: int
    answers: asyncio.Future[list[Any]]


class Lanes:
    """At most `LANES` connections of `client`'s pool; each write has its answers within `seconds`, or all in it have failed."""

    def __init__(self, client: redis.asyncio.Redis, seconds: float) -> None:
        self._pool: Any = client.connection_pool  # half of its methods are typed
        self._seconds = seconds
        self._waiting: deque[_Asked] = deque()
        self._busy: set[asyncio.Task[None]] = set()

    async def ask(self, commands: Sequence[bytes]) -> list[Any]:
        """An answer for each of these packed commands; one that the server refused is an exception in its place. Raises what the client
        raises where the connection broke (then they may have been done) and TimeoutError."""
        loop = asyncio.get_running_loop()
        asked = _Asked(b"".join(commands), len(commands), loop.create_future())
        self._waiting.append(asked)
        if len(self._busy) < LANES:
            self._busy.add(loop.create_task(self._serve()))  # ends by itself; every error in it reaches those who wait
        return await asked.answers

    async def _serve(self) -> None:
        try:
            await self._serve_all()
        finally:  # in the same moment in which nobody waits any more: who comes next must find the lane gone
            self._busy.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _serve_all(self) -> None:
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_TOGETHER))]
            try:
                async with asyncio.timeout(self._seconds):
                    await self._round_trip([one for one in some if not one.answers.done()])
            except BaseException as error:
                for one in some:
                    if not one.answers.done():
                        one.answers.set_exception(error if isinstance(error, Exception) else exceptions.ConnectionError("cut short"))
                if not isinstance(error, Exception):
                    raise

    async def _round_trip(self, some: Sequence[_Asked]) -> None:
        connection = await self._pool.get_connection()
        try:
            await connection.send_packed_command(b"".join([one.sent for one in some]))
            for one in some:
                answers = [await _answer(connection) for _ in range(one.commands)]
                if not one.answers.done():
                    one.answers.set_result(answers)
        except BaseException:  # what comes in later must not be taken for an answer to something else
            await connection.disconnect(nowait=True)
            raise
        finally:
            await self._pool.release(connection)


async def _answer(connection: Any) -> Any:
    try:
        return await connection.read_response()
    except exceptions.ResponseError as refused:
        return refused
