"""How does the bot bear a busy server? `python -m tests.adapters.discord.load [seconds]` prints figures; it asserts nothing.

The bot runs as its own process (the adapter over the real service and an SQLite file, thinking played by an echo) against the local
Discord: 200 messages a second over many channels, of which 30 a second need an answer (in known threads, and new mentions). Reported:
time from the event to the first visible sign, answers owed and given, the longest stall of the bot's event loop, its memory.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import resource
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.adapters.discord.peer import ANNA, GENERAL, Peer, words_of

MESSAGES_A_SECOND = 200
ANSWERS_A_SECOND = 30


def bot(api: str, folder: str) -> None:
    """The other process."""
    asyncio.run(_bot(api, Path(folder)))


async def _bot(api: str, folder: Path) -> None:
    from adapters.discord import app
    from bot.conversation.model import AnyEvent, Conversation, Post, Said, Step
    from bot.reading.model import Reading
    from bot.reply import Literal, Paragraph, Reply
    from bot.service import Service
    from bot.store import open_store
    from knowledge.index import index
    from tests.adapters.discord.scripted import configured

    def step(conversation: Conversation, event: AnyEvent) -> Step:
        text = event.text.text if isinstance(event, Said) else ""
        return Step(conversation, (Post(reply=Reply((Paragraph((Literal(f"heard {text}"),)),))),))

    class Nothing:
        async def run(self, *_: object) -> Any:
            raise AssertionError("no probe is asked for")

    stalls: list[float] = []
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    async def watch() -> None:
        while not stop.is_set():
            before = time.monotonic()
            await asyncio.sleep(0.005)
            stalls.append(time.monotonic() - before - 0.005)

    memory: list[int] = []

    async def weigh() -> None:
        while not stop.is_set():
            memory.append(_resident())
            await asyncio.sleep(1)

    store = open_store(f"sqlite:{folder / 'load.sqlite'}")
    await store.open()
    service = Service(store, Nothing(), index(), step=step, read=lambda text, asked: Reading())
    async with asyncio.TaskGroup() as group:
        group.create_task(app.run(configured(DISCORD_API_URL=api), service, stop))
        await asyncio.sleep(0)
        group.create_task(service.run(stop))
        group.create_task(watch())
        group.create_task(weigh())
    await store.close()
    figures = {
        "longest stall, s": round(max(stalls[200:], default=0), 3),
        "stalls above 50 ms": sum(stall > 0.05 for stall in stalls[200:]),
        "memory after 5 s, MiB": memory[min(5, len(memory) - 1)] >> 20,
        "memory at the end, MiB": memory[-1] >> 20,
        "processor seconds": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1),
    }
    (folder / "figures.json").write_text(json.dumps(figures))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def main(seconds: int) -> None:
    peer = Peer()
    await peer.start()
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        process = multiprocessing.get_context("spawn").Process(target=bot, args=(peer.api, folder))
        process.start()
        await peer.until(lambda: peer.identifies and peer.sockets, 60)
        print(f"connected after {time.monotonic() - began:.1f} s (with starting Python)")
        owed = await _talk(peer, seconds)
        await asyncio.sleep(3)
        process.terminate()
        await asyncio.to_thread(process.join, 30)
        figures = json.loads((Path(folder) / "figures.json").read_text())
    _report(peer, owed, figures)
    await peer.stop()


async def _talk(peer: Peer, seconds: int) -> list[tuple[str, str, float]]:
    """(thread, text, when it was said) of everything that must be answered."""
    owed: list[tuple[str, str, float]] = []
    threads: list[str] = []
    channels = [peer.snowflake() for _ in range(290)] + [GENERAL]
    start = time.monotonic()
    for number in range(seconds * MESSAGES_A_SECOND):
        await asyncio.sleep(max(0.0, start + number / MESSAGES_A_SECOND - time.monotonic()))
        if random.random() >= ANSWERS_A_SECOND / MESSAGES_A_SECOND:
            await peer.dispatch("MESSAGE_CREATE", peer.said(f"chatter {number}", channel=random.choice(channels)))
        elif len(threads) < 40 or random.random() < 0.2:
            message = peer.said(f"<@100000000000000001> question {number}", author=ANNA)
            owed.append((message["id"], f"question {number}", time.monotonic()))
            threads.append(message["id"])
            await peer.dispatch("MESSAGE_CREATE", message)
        else:
            thread = random.choice(threads)
            owed.append((thread, f"more {number}", time.monotonic()))
            await peer.dispatch("MESSAGE_CREATE", peer.said(f"more {number}", channel=thread))
    return owed


def _report(peer: Peer, owed: list[tuple[str, str, float]], figures: dict[str, object]) -> None:
    sent: dict[tuple[str, str], float] = {}
    for call in peer.requests:
        if call.method == "POST" and call.path.endswith("/messages"):
            sent.setdefault((call.path.split("/")[2], words_of(call.body)), call.at)
    delays = sorted(at - when for thread, text, when in owed if (at := sent.get((thread, f"heard {text}"))) is not None)
    shown = [words_of(message) for thread in {thread for thread, _, _ in owed} for message in peer.ours(thread)]
    ordered = all(
        [words_of(one) for one in peer.ours(thread)] == [f"heard {text}" for place, text, _ in owed if place == thread]
        for thread in {thread for thread, _, _ in owed}
    )
    print(f"owed {len(owed)}, answered {len(delays)}, posts {len(shown)}, each talk in order: {ordered}")
    print(f"first sign: median {statistics.median(delays):.3f} s, p99 {delays[int(len(delays) * 0.99)]:.3f} s, longest {delays[-1]:.3f} s")
    for name, value in figures.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 60))
