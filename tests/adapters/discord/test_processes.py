"""Several real processes over one store and one Discord: shards are split, overlaps answer once, a restart reads what it missed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.adapters.discord.local import BOT, GUILD, TOKEN
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.seen import buttons, words_of

TEXT = "Thunderbird and Gmail: 535 5.7.8 Username and Password not accepted"


@asynccontextmanager
async def process(peer: Peer, folder: Path, name: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`postmaster discord`, connected; ended by SIGTERM as a deployment does it."""
    connected = len(peer.sockets)
    keys = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": peer.api, "POSTMASTER_STORE": f"sqlite:{folder / 'talks.sqlite'}", **more}
    log = folder / f"{name}.log"
    with log.open("wb") as said:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters.main", "discord", env={**os.environ, **keys}, stderr=said
        )
    try:
        await peer.until(lambda: running.returncode is not None or len(peer.sockets) > connected, 60)
        assert running.returncode is None, f"it ended before it connected:\n{log.read_text()[-2000:]}"
        yield running
    except AssertionError as failed:
        raise AssertionError(
            f"{failed}\nwhat it noted (it {'runs' if running.returncode is None else 'ended'}):\n{log.read_text()[-2000:]}"
        ) from None
    finally:
        with contextlib.suppress(ProcessLookupError):
            running.send_signal(signal.SIGTERM)
        await asyncio.wait_for(running.wait(), 40)


async def test_two_processes_share_the_shards_and_each_answers_its_own_servers(peer: Peer, tmp_path: Path) -> None:
    peer.by_shard = True
    elsewhere = str(int(GUILD) + (1 << 22))  # the next server's shard is the other one
    async with process(peer, tmp_path, "a", DISCORD_SHARDS="0/2"), process(peer, tmp_path, "b", DISCORD_SHARDS="1/2"):
        shards = sorted(identify["shard"] for identify in peer.identifies)
        here = (await peer.mention(TEXT))["id"]
        there = (await peer.mention(TEXT, guild_id=elsewhere))["id"]
        direct = peer.snowflake()
        await peer.say(TEXT, channel=direct, guild_id=None, channel_type=1)
        for channel in (here, direct):
            await peer.until(partial(peer.ours, channel), 30)
        await peer.until(lambda: [one for channel in peer.messages for one in peer.ours(channel) if answers(one, there, channel)], 30)

    assert shards == [[0, 2], [1, 2]]
    assert len(peer.ours(here)) == len({words_of(one) for one in peer.ours(here)})


def answers(message: dict[str, object], root: str, channel: str) -> bool:
    reference = message.get("message_reference")
    return channel == root or (isinstance(reference, dict) and reference.get("message_id") == root)


async def test_two_overlapping_processes_answer_a_mention_and_a_click_once(peer: Peer, tmp_path: Path) -> None:
    async with process(peer, tmp_path, "old"), process(peer, tmp_path, "new"):
        thread = (await peer.mention("my mail program cannot send, mail.example.com"))["id"]
        question = await peer.until(lambda: next((one for one in peer.ours(thread) if buttons(one) or _menu(one)), None), 30)
        before = len(peer.ours(thread))
        await peer.say("587", channel=thread)
        await peer.until(lambda: len(peer.ours(thread)) > before, 30)
        await asyncio.sleep(1)

    shown = [words_of(message) for message in peer.ours(thread)]
    assert words_of(question) in shown
    assert len(shown) == len(set(shown))
    assert len(peer.calls("POST", r"/channels/\d+/messages/\d+/threads")) == 1


async def test_after_a_deployment_the_next_process_reads_what_was_said_in_between(peer: Peer, tmp_path: Path) -> None:
    async with process(peer, tmp_path, "old"):
        thread = (await peer.mention("my mail program cannot send, mail.example.com"))["id"]
        await peer.until(lambda: peer.ours(thread), 30)
        before = len(peer.ours(thread))
        # Before it has heard of all servers it notes nothing.
        await peer.until(lambda: "connected to Discord as" in (tmp_path / "old.log").read_text(), 30)
    missed, called = peer.said(TEXT, channel=thread), peer.said(f"<@{BOT}> {TEXT}")
    for message in (missed, called):
        kept = {name: value for name, value in message.items() if name not in ("guild_id", "member")}
        peer.messages[message["channel_id"]].append(kept)
    peer.threads[thread]["last_message_id"] = missed["id"]
    async with process(peer, tmp_path, "new"):
        await peer.until(lambda: len(peer.ours(thread)) > before, 30)
        await peer.until(lambda: peer.ours(called["id"]), 30)

    for answered in (thread, called["id"]):
        assert "app password" in "\n".join(words_of(one) for one in peer.ours(answered)).lower()


@pytest.mark.parametrize(
    ("token", "status", "said"), [(TOKEN, 0, ""), ("wrong", 3, "Discord does not know this DISCORD_TOKEN")], ids=["known", "unknown"]
)
async def test_the_command_line_registers_the_commands_or_says_in_a_sentence_why_not(
    token: str, status: int, said: str, peer: Peer
) -> None:
    keys = {"DISCORD_TOKEN": token, "DISCORD_API_URL": peer.api}
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "adapters.main", "discord", "--sync", env={**os.environ, **keys}, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await running.communicate()

    assert running.returncode == status
    assert said in errors.decode()
    assert peer.command_writes == (1 if status == 0 else 0)
    assert peer.identifies == []


def _menu(message: dict[str, object]) -> bool:
    components = message.get("components")
    return isinstance(components, list) and any(one["type"] == 3 for row in components for one in row.get("components") or [])
