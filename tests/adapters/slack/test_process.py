"""The real process, `postmaster slack`, against the local Slack: started, killed, started again, told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from tests.adapters.slack.local import BOT_USER
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.test_http import free_port


@asynccontextmanager
async def postmaster(peer: Peer, folder: Path, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    base = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DISCORD_", "POSTMASTER_"))}
    own = {
        "SLACK_API_URL": peer.url,
        "SLACK_BOT_TOKEN": "xoxb-test",
        "SLACK_APP_TOKEN": "xapp-test",
        "POSTMASTER_STORE": f"sqlite:{folder / 'store.sqlite'}",
        "POSTMASTER_RESOLVERS": "127.0.0.1:9",
        "POSTMASTER_LOG": "json",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "adapters.main",
        "slack",
        env={**base, **own, **environment},
        cwd=Path(__file__).parents[3],
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def gone(peer: Peer) -> None:
    await peer.until(lambda: not peer.sockets, within=10)


async def test_a_killed_process_answers_after_its_restart_and_says_nothing_twice(peer: Peer, tmp_path: Path) -> None:
    async with postmaster(peer, tmp_path) as first:
        await peer.until(lambda: bool(peer.sockets), within=20)
        peer.slow("chat.postMessage", 0.3)
        root = await peer.says(f"<@{BOT_USER}> hello")
        await peer.until(lambda: len(peer.acks) == 2 and bool(peer.called("chat.postMessage")), within=10)
        first.kill()
        await first.wait()
    await gone(peer)

    async with postmaster(peer, tmp_path):
        await peer.until(lambda: bool(peer.sockets), within=20)
        second = await peer.says("thunderbird can't send, 550 5.7.1", thread=root)
        await peer.until(lambda: len(peer.ours("C1", root)) >= 2, within=20)
        await asyncio.sleep(0.5)

    texts = [post.text for post in peer.ours("C1", root)]
    assert second
    assert sum(text.startswith("Hello.") for text in texts) == 1
    assert len(texts) == len(set(texts))


async def test_a_plan_that_a_killed_process_left_open_is_ended_by_the_next(peer: Peer, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:  # a resolver that never answers, so that the look takes a while
        silent.bind(("127.0.0.1", 0))
        resolver = f"127.0.0.1:{silent.getsockname()[1]}"
        async with postmaster(peer, tmp_path, POSTMASTER_RESOLVERS=resolver) as first:
            await peer.until(lambda: bool(peer.sockets), within=20)
            text = f"<@{BOT_USER}> thunderbird can't send, mail.our-club.example port 465 SSL/TLS: wrong version number"
            root = await peer.says(text)
            await peer.until(lambda: bool(peer.streams), within=20)
            await asyncio.sleep(0.2)
            first.kill()
            await first.wait()
        (plan,) = peer.streams
        await gone(peer)

        async with postmaster(peer, tmp_path, POSTMASTER_RESOLVERS=resolver):
            await peer.until(lambda: plan not in peer.streams, within=40)
            await peer.until(lambda: peer.ours("C1", root)[-1].ts != plan, within=20)

    shown = next(post for post in peer.ours() if post.ts == plan)
    assert shown.edits
    assert len(peer.called("chat.startStream")) == 1
    assert not peer.streams


async def test_asked_to_stop_while_it_looks_it_still_answers_and_leaves_no_plan_open(peer: Peer, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        async with postmaster(peer, tmp_path, POSTMASTER_RESOLVERS=f"127.0.0.1:{silent.getsockname()[1]}") as process:
            await peer.until(lambda: bool(peer.sockets), within=20)
            root = await peer.says(f"<@{BOT_USER}> thunderbird can't send, mail.our-club.example port 465 SSL/TLS: wrong version number")
            await peer.until(lambda: bool(peer.streams), within=20)
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(40):
                _, said = await process.communicate()

    assert process.returncode == 0
    assert b"Traceback" not in said
    assert b"never awaited" not in said
    assert peer.ours("C1", root)[-1].buttons
    assert not peer.streams
    assert len(peer.called("chat.startStream")) == 1


async def test_a_wrong_token_is_one_sentence_and_exit_3(peer: Peer, tmp_path: Path) -> None:
    peer.fail("auth.test", "invalid_auth")

    async with postmaster(peer, tmp_path) as process:
        async with asyncio.timeout(20):
            _, said = await process.communicate()

    assert process.returncode == 3
    assert b"Slack refused SLACK_BOT_TOKEN (invalid_auth)" in said
    assert b"Traceback" not in said
    assert b"xoxb-test" not in said


async def test_asked_to_stop_it_ends_with_0(peer: Peer, tmp_path: Path) -> None:
    async with postmaster(peer, tmp_path) as process:
        await peer.until(lambda: bool(peer.sockets), within=20)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            _, said = await process.communicate()

    assert process.returncode == 0
    assert b"Traceback" not in said


async def test_no_text_of_a_person_is_logged(peer: Peer, tmp_path: Path) -> None:
    async with postmaster(peer, tmp_path) as process:
        await peer.until(lambda: bool(peer.sockets), within=20)
        root = await peer.says(f"<@{BOT_USER}> Wolpertinger 550 5.7.1")
        await peer.until(lambda: bool(peer.ours("C1", root)), within=20)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(20):
            out, said = await process.communicate()

    assert b"Wolpertinger" not in out + said


async def test_readiness_tells_slack_apart_and_follows_the_socket(peer: Peer, tmp_path: Path) -> None:
    port = free_port()

    async def readyz(name: str) -> int:
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz/{name}") as answer:
            return answer.status

    async with postmaster(peer, tmp_path, POSTMASTER_METRICS=f"127.0.0.1:{port}"):
        await peer.until(lambda: bool(peer.sockets), within=20)
        await _becomes(lambda: readyz("slack"), 200)
        peer.fail("apps.connections.open", "internal_error", times=1000)
        for socket in list(peer.sockets):
            await socket.close()
        await _becomes(lambda: readyz("slack"), 503)
        assert await readyz("store") == 200


async def _becomes(ask: Callable[[], Awaitable[int]], wanted: int) -> None:
    for _ in range(200):
        if await ask() == wanted:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"it never was {wanted}")
