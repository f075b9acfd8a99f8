"""What does a flood look like to the real process? Sends it, and gives what was seen: times, memory, and what each thread was told.

200 envelopes a second over 300 channels. 30 of the messages a second need an answer: 20 mentions (each comes as two events) and 10
questions of the same person in a thread that stands already; the rest is other people's talk, in channels and in those threads.
`tests/benchmarks/slack_flood.py` holds it against its limits.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

from tests.adapters.slack.local import BOT_USER, Post
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.test_process import postmaster

CHANNELS = 300
TICK = 0.1
MENTIONS, QUESTIONS, ENVELOPES = 2, 1, 20  # a tick
OLD_ENOUGH = 40  # mentions back, which is two seconds
SIGNS = ("assistant.threads.setStatus", "chat.postMessage", "chat.startStream")
GREETING, QUESTION = "hello", "what is STARTTLS?"


@dataclass
class Thread:
    channel: str
    ts: str
    user: str
    asked: bool = False
    sent: float = 0.0  # when its mention went out, by the same clock as the peer's calls
    sign: float | None = None  # seconds to the first thing that a person sees: the status line, or the answer itself
    answers: list[str] = field(default_factory=list)  # what stands in it, in order


@dataclass
class Flood:
    """Seconds and MiB. `acknowledged` by the second of the flood in which the envelope was sent."""

    start: float = 0.0
    sent: int = 0
    acknowledged: list[tuple[int, float]] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def ack(self, share: float) -> float:
        times = sorted(seconds for _, seconds in self.acknowledged)
        return times[min(len(times) - 1, int(len(times) * share))]

    def sign(self, share: float) -> float:
        times = sorted(thread.sign for thread in self.threads if thread.sign is not None)
        return times[min(len(times) - 1, int(len(times) * share))] if times else float("inf")

    def worst_second(self) -> tuple[int, float]:
        return max(self.acknowledged, key=lambda one: one[1])

    def wrong(self) -> list[Thread]:
        """Threads that were not answered once for each thing that was said, in order."""
        return [thread for thread in self.threads if not _as_it_should_be(thread)]


def _as_it_should_be(thread: Thread) -> bool:
    expected = 2 if thread.asked else 1
    if len(thread.answers) != expected or "STARTTLS" in thread.answers[0]:
        return False
    return not thread.asked or "STARTTLS" in thread.answers[1]


def resident_mib(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // (1024 * 1024)


async def flood(seconds: float, **environment: str) -> Flood:
    seen = Flood()
    with tempfile.TemporaryDirectory() as folder:
        async with Peer() as peer:
            began = time.monotonic()
            async with postmaster(peer, Path(folder), **environment) as process:
                await peer.until(lambda: bool(peer.sockets), within=30)
                seen.start = time.monotonic() - began
                await _send(peer, seconds, seen, process.pid)
                await _settled(peer, seen)
                seen.memory.append(resident_mib(process.pid))
    return seen


async def _send(peer: Peer, seconds: float, seen: Flood, pid: int) -> None:
    number, began = 0, time.monotonic()
    seconds_of: dict[str, int] = {}
    waiting: deque[Thread] = deque()
    for tick in range(int(seconds / TICK)):
        await asyncio.sleep(max(0.0, began + tick * TICK - time.monotonic()))
        envelopes: list[dict[str, object]] = []
        for _ in range(MENTIONS):
            number += 1
            thread = Thread(f"C{number % CHANNELS}", peer.new_ts(), f"U{number}", sent=time.monotonic())
            seen.threads.append(thread)
            waiting.append(thread)
            envelopes += _said(peer, f"<@{BOT_USER}> {GREETING}", thread.user, thread.channel, thread.ts, None)
        if len(waiting) > OLD_ENOUGH:
            for _ in range(QUESTIONS):
                thread = waiting.popleft()
                waiting.popleft()  # every second thread gets a question
                thread.asked = True
                envelopes += _said(peer, QUESTION, thread.user, thread.channel, peer.new_ts(), thread.ts)
        while len(envelopes) < ENVELOPES:
            number += 1
            thread = seen.threads[number % len(seen.threads)]
            inside = thread.ts if number % 3 == 0 else None
            envelopes += peer.events_of("some talk", f"V{number}", thread.channel, peer.new_ts(), inside)
        for event in envelopes:
            seconds_of[await peer.send("events_api", event)] = int(tick * TICK)
        if tick % 10 == 0:
            seen.memory.append(resident_mib(pid))
    await asyncio.sleep(3)
    seen.sent = len(seconds_of)
    seen.acknowledged = [
        (second, peer.acks[envelope][0] - peer.sent_at[envelope]) for envelope, second in seconds_of.items() if envelope in peer.acks
    ]


def _said(peer: Peer, text: str, user: str, channel: str, ts: str, thread: str | None) -> list[dict[str, object]]:
    peer.posts.append(Post(channel, ts, thread, text, [], {}, user))
    return list(peer.events_of(text, user, channel, ts, thread))


async def _settled(peer: Peer, seen: Flood, within: float = 60.0) -> None:
    """Waits until each thread has what it should have, and a moment for what is too much."""
    owed = Counter({thread.ts: 2 if thread.asked else 1 for thread in seen.threads})
    for _ in range(int(within * 2)):
        if not owed - Counter(post.thread for post in peer.ours() if post.thread):
            break
        await asyncio.sleep(0.5)
    await asyncio.sleep(1)
    by_ts = {thread.ts: thread for thread in seen.threads}
    for call in peer.calls:
        told = by_ts.get(str(call.body.get("thread_ts")))
        if told is not None and told.sign is None and call.method in SIGNS:
            told.sign = call.at - told.sent
    for post in sorted(peer.ours(), key=lambda post: post.ts):
        if post.thread in by_ts:
            by_ts[post.thread].answers.append(post.text)
