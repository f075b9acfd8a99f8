"""Is every round trip answered, whoever else asks, asks again or gives up in the same moment? Against a Valkey of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from bot.store.redis_lanes import LANES, Lanes
from bot.store.redis_wire import packed


@pytest.fixture
async def lanes(valkey: str) -> AsyncIterator[Lanes]:
    async with redis.asyncio.Redis.from_url(valkey) as client:
        yield Lanes(client, seconds=5.0)


async def test_each_gets_the_answers_to_its_own_commands(lanes: Lanes) -> None:
    answers = await asyncio.gather(*(lanes.ask([packed("ECHO", number), packed("ECHO", "and")]) for number in range(300)))

    assert answers == [[str(number).encode(), b"and"] for number in range(300)]


async def test_whoever_asks_again_in_the_moment_of_an_answer_is_answered_too(lanes: Lanes) -> None:
    async def ask_on() -> None:
        for number in range(20):
            assert await lanes.ask([packed("ECHO", number)]) == [str(number).encode()]

    async with asyncio.timeout(30):
        await asyncio.gather(*(ask_on() for _ in range(LANES)))


async def test_whoever_gives_up_takes_nobodys_answer_along(lanes: Lanes) -> None:
    async with asyncio.timeout(30):
        slow = [asyncio.create_task(lanes.ask([packed("EVAL", "for i = 1, 2000000 do end return 1", 0)])) for _ in range(LANES)]
        await asyncio.sleep(0)
        given_up, stayed = (asyncio.create_task(lanes.ask([packed("ECHO", word)])) for word in ("up", "stayed"))
        await asyncio.sleep(0)
        given_up.cancel()

        assert await stayed == [b"stayed"]
        assert await asyncio.gather(*slow) == [[1]] * LANES


async def test_a_command_that_is_refused_leaves_the_others_beside_it_alone(lanes: Lanes) -> None:
    refused, answered = await asyncio.gather(lanes.ask([packed("NO-SUCH-COMMAND")]), lanes.ask([packed("ECHO", "x")]))

    assert isinstance(refused[0], redis.exceptions.ResponseError)
    assert answered == [b"x"]


async def test_a_server_that_is_not_there_is_told_to_all_who_wait() -> None:
    async with redis.asyncio.Redis.from_url("unix:///nowhere/socket") as client:
        lanes = Lanes(client, seconds=5.0)

        told = await asyncio.gather(*(lanes.ask([packed("PING")]) for _ in range(100)), return_exceptions=True)

    assert {type(one) for one in told} == {redis.exceptions.ConnectionError}
