"""How does the bot bear a busy server? `tests/benchmarks/discord_flood.py` runs it and says what came out; it asserts nothing.

The bot runs as its own process (the adapter over the real service and an SQLite file) against the local Discord: so many messages a
second over many channels, of which 30 a second need an answer (in known threads, and new mentions). What answers is an echo, by which
each answer is known, or the real reader and machine. Reported: time from the event to the first visible sign, answers owed and given,
the longest stall of the bot's event loop (by the clock, and how much of it was the bot's own work: the rest is a machine that does other
things), its memory, and how long it took from its start to being ready.
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
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.discord import invite
from tests.adapters.discord.local import BOT_ROLE, GENERAL
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.seen import words_of

ANSWERS_A_SECOND = 30
# What people write where the real machine answers: all that it needs, so that each gets one answer.
ERROR = "Thunderbird and Gmail: 535 5.7.8 Username and Password not accepted"
_THREADS_TALKED_IN = 200


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that must be answered: where, what, when it was said (monotonic seconds)."""

    thread: str
    text: str
    at: float


def bot(api: str, folder: str, real: bool) -> None:
    """The other process."""
    asyncio.run(_bot(api, Path(folder), real))


async def _bot(api: str, folder: Path, real: bool) -> None:
    from adapters.discord import app
    from adapters.main import collect_rarely
    from adapters.serving import warm_up
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

    began = time.monotonic()
    collect_rarely()
    stalls: list[float] = []
    busy: list[float] = []
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)

    async def watch() -> None:
        while not stop.is_set():
            before, worked = time.monotonic(), time.thread_time()
            await asyncio.sleep(0.005)
            stalls.append(time.monotonic() - before - 0.005)
            busy.append(time.thread_time() - worked)

    ready: list[float] = []

    async def wait_until_ready() -> None:
        """As /readyz says it."""
        while not ready:
            if (await service.readiness()).get("discord"):
                ready.append(time.monotonic() - began)
            await asyncio.sleep(0.02)

    memory: list[int] = []

    async def weigh() -> None:
        while not stop.is_set():
            memory.append(_resident())
            await asyncio.sleep(1)

    store = open_store(f"sqlite:{folder / 'load.sqlite'}")
    await store.open()
    if real:
        service = Service(store, Nothing(), index())
    else:
        service = Service(store, Nothing(), index(), step=step, read=lambda text, asked: Reading())
    async with asyncio.TaskGroup() as group:
        group.create_task(warm_up(service))
        group.create_task(app.run(configured(DISCORD_API_URL=api), service, stop))
        await asyncio.sleep(0)
        group.create_task(service.run(stop))
        group.create_task(watch())
        group.create_task(weigh())
        group.create_task(wait_until_ready())
    await store.close()
    figures = {
        "ready by /readyz, s from its first line": round(ready[0], 2) if ready else None,
        "longest stall, s": round(max(stalls[200:], default=0), 3),
        "stalls above 50 ms": sum(stall > 0.05 for stall in stalls[200:]),
        "longest work between two turns of the loop, processor s": round(max(busy[200:], default=0), 3),
        "memory after 10 s, MiB": memory[min(10, len(memory) - 1)] >> 20,
        "memory half way, MiB": memory[len(memory) // 2] >> 20,
        "memory at the end, MiB": memory[-1] >> 20,
        "processor seconds": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1),
    }
    (folder / "figures.json").write_text(json.dumps(figures))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def main(events: int, a_second: int, *, real: bool = False) -> None:
    """Prints the figures of one run."""
    peer = Peer()
    peer.roles[BOT_ROLE] = invite.permissions(forums=True)
    await peer.start()
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        process = multiprocessing.get_context("spawn").Process(target=bot, args=(peer.api, folder, real))
        process.start()
        await peer.until(lambda: peer.identifies and peer.sockets, 60)
        print(f"start to ready: {time.monotonic() - began:.1f} s, the start of Python in it")
        owed = await _talk(peer, events, a_second, real)
        await asyncio.sleep(3)
        process.terminate()
        await asyncio.to_thread(process.join, 60)
        figures = json.loads((Path(folder) / "figures.json").read_text())
    _report(peer, owed, figures, real)
    await peer.stop()


async def _talk(peer: Peer, events: int, a_second: int, real: bool) -> list[Owed]:
    owed: list[Owed] = []
    threads: list[str] = []
    channels = [peer.snowflake() for _ in range(290)] + [GENERAL]
    start = time.monotonic()
    for number in range(events):
        await asyncio.sleep(max(0.0, start + number / a_second - time.monotonic()))
        if random.random() >= ANSWERS_A_SECOND / a_second:
            await peer.dispatch("MESSAGE_CREATE", peer.said(f"chatter {number}", channel=random.choice(channels)))
        elif real or not (open_ := [one for one in threads[-_THREADS_TALKED_IN:] if one in peer.threads]) or random.random() < 0.2:
            text = ERROR if real else f"question {number}"
            at = time.monotonic()
            message = await peer.mention(text)
            owed.append(Owed(message["id"], text, at))
            threads.append(message["id"])
        else:
            thread = random.choice(open_)
            owed.append(Owed(thread, f"more {number}", time.monotonic()))
            await peer.say(f"more {number}", channel=thread)
    print(f"{events} messages in {time.monotonic() - start:.0f} s")
    return owed


def _report(peer: Peer, owed: list[Owed], figures: dict[str, object], real: bool) -> None:
    sent: dict[tuple[str, str], float] = {}
    signs: dict[str, float] = {}
    for call in peer.requests:
        if call.method == "POST" and (call.path.endswith("/messages") or call.path.endswith("/threads")):
            thread = call.path.split("/")[4 if call.path.endswith("/threads") else 2]
            signs.setdefault(thread, call.at)
            if call.path.endswith("/messages"):
                sent.setdefault((thread, words_of(call.body)), call.at)
    shown: dict[str, list[str]] = {one.thread: [words_of(message) for message in peer.ours(one.thread)] for one in owed}
    if real:
        delays = sorted(signs[one.thread] - one.at for one in owed if one.thread in signs)
        answered = sum(bool(shown[one.thread]) for one in owed)
        right = all(len(said) == len(set(said)) for said in shown.values())
        print(f"owed {len(owed)}, answered {answered}, nothing said twice: {right}")
    else:
        delays = sorted(at - one.at for one in owed if (at := sent.get((one.thread, f"heard {one.text}"))) is not None)
        told: dict[str, list[str]] = defaultdict(list)
        for one in owed:
            told[one.thread].append(f"heard {one.text}")
        right = all(shown[thread] == texts for thread, texts in told.items())
        print(f"owed {len(owed)}, answered {len(delays)}, posts {sum(map(len, shown.values()))}, each talk once and in order: {right}")
    print(f"first sign: median {statistics.median(delays):.3f} s, p99 {delays[int(len(delays) * 0.99)]:.3f} s, longest {delays[-1]:.3f} s")
    for name, value in figures.items():
        print(f"{name}: {value}")
