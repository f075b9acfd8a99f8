"""How fast is a flood acknowledged? `python -m tests.adapters.slack.load [SECONDS]`: the real process, about 180 events a second over 300
channels, 20 mentions of them a second; prints the times, and whether each mention was answered once."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.adapters.slack.peer import BOT_USER, Peer, Post
from tests.adapters.slack.test_process import postmaster


def resident_mib(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)


async def flood(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with Peer() as peer:
            began = time.monotonic()
            async with postmaster(peer, Path(folder)) as process:
                await peer.until(lambda: bool(peer.sockets), within=30)
                print(f"start to connected: {time.monotonic() - began:.2f} s")
                memory = [resident_mib(process.pid)]
                roots = await _send(peer, seconds, memory, process.pid)
                await asyncio.sleep(3)
                _acknowledged(peer)
                await _answered(peer, roots)
                print(f"memory, MiB: {memory[0]} at first, {max(memory)} at most, {resident_mib(process.pid)} at last")


async def _send(peer: Peer, seconds: float, memory: list[int], pid: int) -> list[tuple[str, str]]:
    roots: list[tuple[str, str]] = []
    number, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        tick = time.monotonic()
        for place in range(16):
            number += 1
            channel, ts = f"C{number % 300}", peer.new_ts()
            text, thread = ("some talk", roots[number % len(roots)][1] if roots and place % 3 == 0 else None)
            if place < 2:
                text, thread = f"<@{BOT_USER}> hello", None
                peer.posts.append(Post(channel, ts, None, text, [], {}, f"U{number}"))
                roots.append((channel, ts))
            for event in peer.events_of(text, f"U{number}", channel, ts, thread):
                await peer.send("events_api", event)
        memory.append(resident_mib(pid))
        await asyncio.sleep(max(0.0, 0.1 - (time.monotonic() - tick)))
    return roots


def _acknowledged(peer: Peer) -> None:
    times = sorted(peer.acks[envelope][0] - at for envelope, at in peer.sent_at.items() if envelope in peer.acks)
    shown = [f"p{share}: {times[int(len(times) * share / 100)] * 1000:.1f} ms" for share in (50, 99)]
    print(f"acknowledged: {len(times)} of {len(peer.sent_at)}, {', '.join(shown)}, longest {times[-1] * 1000:.1f} ms")


async def _answered(peer: Peer, roots: list[tuple[str, str]]) -> None:
    times = Counter((post.channel, post.thread) for post in peer.ours())
    for _ in range(60):
        if all(root in times for root in roots):
            break
        await asyncio.sleep(1)
        times = Counter((post.channel, post.thread) for post in peer.ours())
    print(
        f"answered: {sum(root in times for root in roots)} of {len(roots)} mentions, more than once: {sum(n > 1 for n in times.values())}"
    )


if __name__ == "__main__":
    asyncio.run(flood(float(sys.argv[1]) if len(sys.argv) > 1 else 60))
