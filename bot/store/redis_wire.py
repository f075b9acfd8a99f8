"""How does one round trip to Redis or Valkey go, and what if it fails? Knows scripts by name and errors by sentence; no talk.

Commands that belong together go out in one write, and their answers are read under one deadline. The client's own pipelines and its time
limit for each answer do the same, for three times the processor time a round trip (`tests/benchmarks/store.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import redis.asyncio
from redis import exceptions

from bot.errors import StoreUnreachable
from bot.store import redis_keys, redis_scripts

Command = tuple[Any, ...]
AT_ONCE = (
    50  # round trips; in a flood the others wait for their turn, where the client would open a connection for each until it has too many
)
SHAS = {name: hashlib.sha1(text.encode()).hexdigest() for name, text in redis_scripts.SCRIPTS.items()}
CORRECT_SHA = hashlib.sha1(redis_scripts.CORRECT.encode()).hexdigest()


class Wire:
    """`client` is there for single commands, each in a `sentences()`. `name` is how sentences call the store; no password in it."""

    def __init__(self, url: str) -> None:
        self.client: redis.asyncio.Redis = redis.asyncio.Redis.from_url(
            url,
            socket_timeout=None,  # `sentences` has the deadline
            socket_connect_timeout=redis_keys.REPLY_SECONDS,
            health_check_interval=30,
            client_name=redis_keys.CLIENT_NAME,
        )
        self._free = asyncio.Semaphore(AT_ONCE)
        options = self.client.connection_pool.connection_kwargs
        self.name = str(options.get("path") or f"{options.get('host', 'localhost')}:{options.get('port', 6379)}")

    async def load_scripts(self) -> None:
        for text in (*redis_scripts.SCRIPTS.values(), redis_scripts.CORRECT):
            await self.client.script_load(text)

    async def run(
        self, script: str, talk: str, values: Sequence[Any] = (), claims: Sequence[str] = (), before: Sequence[Command] = ()
    ) -> Any:
        """What a script on the keys of one conversation gives; `before`: commands that go ahead of it in the same round trip."""
        return (await self.ask((*before, call(script, talk, values, claims))))[-1]

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to all commands, in one round trip; that is done twice where the server had no scripts yet. Raises
        `StoreUnreachable` where one of them was refused: others may have been done then."""
        async with self.sentences():
            for _ in range(2):
                answers = await self._asked(commands)
                refused = [answer for answer in answers if isinstance(answer, exceptions.ResponseError)]
                if not refused:
                    return answers
                if not isinstance(refused[0], exceptions.NoScriptError):
                    raise refused[0]
                await self.load_scripts()  # the server was started anew
        raise StoreUnreachable(f"The store at {self.name} forgets its scripts: look whether something flushes them.")

    async def _asked(self, commands: Sequence[Command]) -> list[Any]:
        pool: Any = self.client.connection_pool  # half of its methods are typed
        connection = await pool.get_connection()
        try:
            await connection.send_packed_command(connection.pack_commands(commands))
            return [await _answer(connection) for _ in commands]
        except BaseException:  # what comes in later must not be taken for an answer to something else
            await connection.disconnect(nowait=True)
            raise
        finally:
            await pool.release(connection)

    @asynccontextmanager
    async def sentences(self) -> AsyncIterator[None]:
        """What is asked inside is answered in time, or `StoreUnreachable` says why not."""
        try:
            async with self._free, asyncio.timeout(redis_keys.REPLY_SECONDS):
                yield
        except (exceptions.RedisError, OSError) as error:
            raise redis_keys.as_ours(error, self.name) from error


def call(script: str, talk: str, values: Sequence[Any] = (), claims: Sequence[str] = ()) -> Command:
    keys = redis_keys.of_talk(talk)
    return ("EVALSHA", SHAS[script], len(keys) + len(claims), *keys, *claims, *values)


def correct(index: str, member: str, read: str, right: str) -> Command:
    """The index says `right` ("": nothing) of a member, where it still says what was `read`."""
    return ("EVALSHA", CORRECT_SHA, 1, index, member, read, right)


async def _answer(connection: Any) -> Any:
    try:
        return await connection.read_response()
    except exceptions.ResponseError as refused:
        return refused
