"""How does one round trip to Redis or Valkey go, and what if it fails? Knows scripts by name and errors by sentence; no talk.

Commands that belong together go out in one write (`redis_lanes.py`), and their answers are read under one deadline. They are packed here,
because the eight keys of a conversation come with every script and are packed once.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import Any

import redis.asyncio
from redis import exceptions

from bot.errors import StoreUnreachable
from bot.store import redis_keys, redis_scripts
from bot.store.redis_lanes import Lanes

Word = str | bytes | int | float
Command = bytes  # as it is sent; `packed` makes it
AT_ONCE = 50  # single commands; in a flood the others wait: the client would open a connection for each, until it has too many


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
        self._lanes = Lanes(self.client, redis_keys.REPLY_SECONDS)
        options = self.client.connection_pool.connection_kwargs
        self.name = str(options.get("path") or f"{options.get('host', 'localhost')}:{options.get('port', 6379)}")

    async def load_scripts(self) -> None:
        for text in (*redis_scripts.SCRIPTS.values(), redis_scripts.CORRECT):
            await self.client.script_load(text)

    async def run(
        self, script: str, talk: str, values: Sequence[Word] = (), claims: Sequence[str] = (), before: Sequence[Command] = ()
    ) -> Any:
        """What a script on the keys of one conversation gives; `before`: commands that go ahead of it in the same round trip."""
        return (await self.ask((*before, call(script, talk, values, claims))))[-1]

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """The answers to all commands, in one round trip; that is done twice where the server had no scripts yet. Raises
        `StoreUnreachable` where one of them was refused: others may have been done then."""
        if not commands:
            return []
        with self._sentence():
            for _ in range(2):
                answers = await self._lanes.ask(commands)
                refused = [answer for answer in answers if isinstance(answer, exceptions.ResponseError)]
                if not refused:
                    return answers
                if not isinstance(refused[0], exceptions.NoScriptError):
                    raise refused[0]
                async with self.sentences():
                    await self.load_scripts()  # the server was started anew
        raise StoreUnreachable(f"The store at {self.name} forgets its scripts: look whether something flushes them.")

    @asynccontextmanager
    async def sentences(self) -> AsyncIterator[None]:
        """What the client is asked inside is answered in time, or `StoreUnreachable` says why not."""
        with self._sentence():
            async with self._free, asyncio.timeout(redis_keys.REPLY_SECONDS):
                yield

    @contextmanager
    def _sentence(self) -> Iterator[None]:
        try:
            yield
        except (exceptions.RedisError, OSError) as error:
            raise redis_keys.as_ours(error, self.name) from error


def packed(*words: Word) -> Command:
    """One command. Source: https://redis.io/docs/latest/develop/reference/protocol-spec/ (an array of bulk strings)"""
    return b"*%d\r\n%b" % (len(words), b"".join(map(_bulk, words)))


def call(script: str, talk: str, values: Sequence[Word] = (), claims: Sequence[str] = ()) -> Command:
    keys = len(redis_scripts.PARTS) + len(claims)
    words = b"".join(map(_bulk, (*claims, *values)))
    return b"*%d\r\n%b%b%b%b" % (3 + keys + len(values), _EVALSHA[script], _bulk(keys), _keys_of(talk), words)


def correct(index: str, hints: Sequence[tuple[str, str, str]]) -> Command:
    """(member, the score that was read, the right one or "" for none): the index says the right one where it still says what was read."""
    return packed("EVALSHA", _CORRECT_SHA, 1, index, *itertools.chain.from_iterable(hints))


def _bulk(word: Word) -> bytes:
    data = word if isinstance(word, bytes) else str(word).encode()
    return b"$%d\r\n%b\r\n" % (len(data), data)


@lru_cache(4096)
def _keys_of(talk: str) -> bytes:
    return b"".join(map(_bulk, redis_keys.of_talk(talk)))


def _sha(script: str) -> str:
    return hashlib.sha1(script.encode()).hexdigest()


_EVALSHA = {name: _bulk("EVALSHA") + _bulk(_sha(text)) for name, text in redis_scripts.SCRIPTS.items()}
_CORRECT_SHA = _sha(redis_scripts.CORRECT)
