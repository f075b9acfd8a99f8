"""`kill -9` at the worst moments of the real process: what was owed is said, and said once."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.adapters.discord.local import TOKEN
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.seen import buttons, words_of


@asynccontextmanager
async def process(peer: Peer, file: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`postmaster discord`, connected; killed at the end if it still runs."""
    connected = len(peer.identifies)
    keys = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": peer.api, "POSTMASTER_STORE": f"sqlite:{file}"}
    log = file.with_suffix(f".{connected}.log")
    with log.open("wb") as said:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters.main", "discord", env={**os.environ, **keys}, stderr=said
        )
    try:
        await peer.until(lambda: running.returncode is not None or (len(peer.identifies) > connected and peer.sockets), 60)
        assert running.returncode is None, f"it ended before it connected:\n{log.read_text()[-2000:]}"
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


@pytest.mark.parametrize(
    ("moment", "path"),
    [
        ("the thread is asked for", r"/channels/\d+/messages/\d+/threads"),
        ("the answer is posted and not yet marked", r"/channels/\d+/messages"),
    ],
    ids=["thread", "post"],
)
async def test_a_kill_when_it_happens_loses_nothing_and_says_nothing_twice(moment: str, path: str, peer: Peer, tmp_path: Path) -> None:
    file = tmp_path / "talks.sqlite"
    async with process(peer, file) as first:
        peer.at_request = _killing(first.pid, path)
        thread = (await peer.mention("my mail program cannot send, mail.example.com"))["id"]
        await asyncio.wait_for(first.wait(), 20)
        peer.at_request = None
    async with process(peer, file):
        question = (await peer.until(lambda: [one for one in peer.ours(thread) if buttons(one)], 60))[0]
        await peer.say("port 465", channel=thread)
        await peer.until(lambda: peer.ours(thread)[-1]["id"] != question["id"], 30)

    shown = [words_of(message) for message in peer.ours(thread)]
    assert len(shown) == len(set(shown)), moment


def _killing(pid: int, path: str) -> Callable[[str, str], None]:
    def at_request(method: str, asked: str) -> None:
        if method == "POST" and re.fullmatch(path, asked):
            os.kill(pid, signal.SIGKILL)

    return at_request
