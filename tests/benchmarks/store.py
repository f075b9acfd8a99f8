"""How many durable steps a second, against bare SQLite commits of the same size in the same run?

    python -m tests.benchmarks.store [--steps 3000] [--synchronous full] [--stored 0]

A step is what the service makes of one event: `receive`, `load`, `commit` of the state with one post, `done`. Bare: as many
transactions with the same bytes in one table, one by one. `--stored` does it again in a store that holds so many conversations already.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from bot.conversation.model import Conversation, Line, Post, Said
from bot.redaction import SafeText
from bot.reply import Paragraph, Reply, Text
from bot.store import codec, open_store
from bot.store.port import Store

SIDE_BY_SIDE = 64
LEASE = datetime.timedelta(seconds=8)
REPLY = Reply((Paragraph((Text("Your program starts TLS at once, but this port greets in clear and expects STARTTLS. " * 3),)),))


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def talk(key: str) -> Conversation:
    lines = tuple(Line("person", "Outlook cannot send since this morning, the error is 550 5.7.1", "m", "p") for _ in range(6))
    return Conversation(key, channel="bench", place={"room": key}, workspace="w", asker="p", transcript=lines, created=now())


def said(key: str) -> Said:
    text = SafeText("Outlook can't send, 550 5.7.1 Unable to relay")
    return Said(
        id=f"{key}/1", conversation=key, at=now(), order="1", person=f"person {key}", message=f"{key}/m", channel="bench", text=text
    )


async def step(store: Store, key: str) -> None:
    event = said(key)
    await store.receive(event, (event.id, event.message))
    loaded = await store.load(key)
    after = dataclasses.replace(talk(key), turn=loaded.version)
    effects = (Post(id=f"{loaded.version}.0", reply=REPLY),)
    handled = [one.id for one in loaded.events]
    claimed = await store.commit(after, loaded.version, effects, handled, owner="bench", lease_until=now() + LEASE)
    assert claimed is not None
    await store.done(claimed[0], "message")


async def side_by_side(work: Callable[[int], Coroutine[Any, Any, None]], steps: int) -> float:
    """Steps a second with `SIDE_BY_SIDE` conversations at work at once."""
    numbers = iter(range(steps))

    async def worker() -> None:
        for number in numbers:
            await work(number)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(SIDE_BY_SIDE):
            group.create_task(worker())
    return steps / (time.perf_counter() - began)


def bare(path: Path, steps: int, synchronous: str) -> float:
    """Transactions a second of bare SQLite, each with the bytes that one step writes."""
    body = codec.encode_event(said("x")) + codec.encode_conversation(talk("x")) + codec.encode_effect(Post(reply=REPLY))
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute(f"PRAGMA synchronous = {synchronous}")
    db.execute("CREATE TABLE bare (key TEXT PRIMARY KEY, body BLOB)")
    began = time.perf_counter()
    for number in range(steps):
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO bare VALUES (?, ?)", (f"talk{number}", body))
        db.execute("COMMIT")
    seconds = time.perf_counter() - began
    db.close()
    return steps / seconds


async def fill(store: Store, count: int) -> None:
    async def put(number: int) -> None:
        await store.commit(talk(f"stored{number}"), 0, (), ())

    await side_by_side(put, count)


async def steps_on(path: Path, synchronous: str, steps: int, stored: int) -> tuple[float, float]:
    """Steps a second, and processor seconds a step, in a store that holds so many conversations before."""
    store = open_store(f"sqlite:{path}?synchronous={synchronous}")
    await store.open()
    await fill(store, stored)
    processor = time.process_time()
    steps_a_second = await side_by_side(lambda number: step(store, f"talk{number}"), steps)
    processor = time.process_time() - processor
    await store.close()
    return steps_a_second, processor / steps


async def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--steps", type=int, default=3000)
    options.add_argument("--synchronous", choices=("full", "normal"), default="full")
    options.add_argument("--stored", type=int, default=0)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        bare_a_second = bare(Path(folder) / "bare.sqlite", chosen.steps, chosen.synchronous)
        empty, processor = await steps_on(Path(folder) / "empty.sqlite", chosen.synchronous, chosen.steps, 0)
        if chosen.stored:
            filled, filled_processor = await steps_on(Path(folder) / "filled.sqlite", chosen.synchronous, chosen.steps, chosen.stored)
    print(f"synchronous={chosen.synchronous}, {chosen.steps} steps, {SIDE_BY_SIDE} conversations at once")
    print(f"durable steps a second       {empty:9.0f}")
    print(f"bare SQLite commits a second {bare_a_second:9.0f}")
    print(f"ratio                        {empty / bare_a_second:9.2f}   (wanted: 0.5 or more)")
    print(f"processor time a step        {processor * 1e6:9.0f} us")
    if chosen.stored:
        print(f"beside {chosen.stored} conversations, against an empty store, a step takes")
        print(f"time {empty / filled:5.2f}, processor time {filled_processor / processor:5.2f}   (wanted: 1.2 or less)")
    print(f"largest memory               {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MiB")


if __name__ == "__main__":
    asyncio.run(main())
