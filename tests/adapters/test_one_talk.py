"""One talk, written once, as whole processes on all three platforms: the same questions, the same findings, the same words.

Each process is the real `postmaster` over its own SQLite file; the platforms are local peers over HTTP and WebSocket, the mail server
stands on loopback and is looked at by the real probes.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.discord import local, seen
from tests.adapters.discord import peer as discord
from tests.adapters.slack import peer as slack
from tests.adapters.slack.local import BOT_USER
from tests.servers import starttls
from tests.servers.papers import Papers
from tests.servers.peer import standing
from tests.servers.resolver import resolving

TALK = (
    "my mail program can't send",
    "wrong version number",
    "what is STARTTLS?",
    "it is mail.test on port {port}",
    "Thunderbird, SSL/TLS is chosen",
    "it works now",
)
SECONDS = 40.0
POSTMASTER = (sys.executable, "-m", "adapters.main")


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    made = Papers(tmp_path_factory.mktemp("papers"))
    made.prepare()
    return made


@asynccontextmanager
async def world(papers: Papers, folder: Path) -> AsyncIterator[tuple[dict[str, str], tuple[str, ...]]]:
    """(environment of a process, the talk's lines) beside a mail server that speaks STARTTLS."""
    async with standing(starttls.talk, papers) as port, resolving({"mail.test": {"A": ["127.0.0.1"]}}) as resolver:
        environment = {
            "POSTMASTER_RESOLVERS": f"127.0.0.1:{resolver.port}",
            "POSTMASTER_PROBE_ALLOW": "127.0.0.0/8",
            "POSTMASTER_PROBE_PORTS": str(port),
            "POSTMASTER_CA_FILE": papers.ca_file,
            "POSTMASTER_STORE": f"sqlite:{folder / 'store.sqlite'}",
        }
        yield environment, tuple(line.format(port=port) for line in TALK)


@asynccontextmanager
async def process(command: str, environment: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A running `postmaster COMMAND`, ended as by an operator; it must end with status 0."""
    running = await asyncio.create_subprocess_exec(*POSTMASTER, command, env={**os.environ, **environment}, stderr=asyncio.subprocess.PIPE)
    try:
        yield running
    except BaseException:
        running.kill()
        raise
    running.terminate()
    said = (await asyncio.wait_for(running.communicate(), SECONDS))[1].decode()
    assert running.returncode == 0, said
    assert "Traceback" not in said


async def in_the_terminal(papers: Papers, folder: Path) -> list[list[dict[str, Any]]]:
    """The replies to each line."""
    async with world(papers, folder) as (environment, lines):
        said = "".join(json.dumps({"user": line}) + "\n" for line in lines)
        chat = await asyncio.create_subprocess_exec(
            *POSTMASTER,
            "chat",
            "--json",
            env={**os.environ, **environment},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        shown = (await asyncio.wait_for(chat.communicate(said.encode()), SECONDS))[0]
    replies: list[list[dict[str, Any]]] = [[]]
    for line in shown.splitlines():
        row = json.loads(line)
        if row.get("idle"):
            replies.append([])
        elif not row["reply"]["progress"]:
            replies[-1].append(row["reply"])
    return replies[:-1]


def sentences(replies: list[list[dict[str, Any]]]) -> list[list[str]]:
    """The first sentence of each reply, which every platform must show."""
    return [[reply["text"].split("\n")[0] for reply in answers] for answers in replies]


async def test_the_terminal_goes_from_the_problem_to_a_fix_that_worked(papers: Papers, tmp_path: Path) -> None:
    replies = await in_the_terminal(papers, tmp_path)

    asks = [answers[-1]["asks"] for answers in replies]
    assert asks[0] == "error"
    assert asks[1] is not None
    assert asks[2] == asks[1], "the open question is put again after a side question"
    assert asks[4:] == [None, None]
    assert next(finding["cause"] for finding in replies[4][-1]["findings"]) == "tls.wrong_mode"
    assert "SSL/TLS → STARTTLS" in replies[4][-1]["text"]


async def test_slack_says_the_same(papers: Papers, tmp_path: Path) -> None:
    expected = sentences(await in_the_terminal(papers, tmp_path))

    async with slack.Peer() as peer, world(papers, tmp_path / "..") as (environment, lines):
        tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_API_URL": peer.url}
        environment |= {**tokens, "POSTMASTER_STORE": f"sqlite:{tmp_path / 'slack.sqlite'}"}
        async with process("slack", environment):
            await peer.connected(1)
            root = await peer.says(f"<@{BOT_USER}> {lines[0]}")
            for number, answers in enumerate(expected):
                if number:
                    await peer.says(lines[number], thread=root)
                for sentence in answers:
                    await peer.until(lambda s=sentence: any(plain(s) in plain(post.text) for post in peer.ours("C1", root)), within=20)  # type: ignore[misc]  # bound at once


async def test_discord_says_the_same(papers: Papers, tmp_path: Path) -> None:
    expected = sentences(await in_the_terminal(papers, tmp_path))

    peer = discord.Peer()
    await peer.start()
    try:
        async with world(papers, tmp_path / "..") as (environment, lines):
            environment |= {
                "DISCORD_TOKEN": local.TOKEN,
                "DISCORD_API_URL": peer.api,
                "POSTMASTER_STORE": f"sqlite:{tmp_path / 'd.sqlite'}",
            }
            async with process("discord", environment):
                await peer.until(lambda: peer.sockets and peer.identifies)
                thread = (await peer.mention(lines[0]))["id"]
                for number, answers in enumerate(expected):
                    if number:
                        await peer.say(lines[number], channel=thread)
                    for sentence in answers:
                        await peer.until(lambda s=sentence: any(plain(s) in plain(seen.words_of(one)) for one in peer.ours(thread)), 20)  # type: ignore[misc]  # bound at once
    finally:
        await peer.stop()


def plain(text: str) -> str:
    """Without what a platform adds for emphasis or escaping."""
    for old, new in (("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("\\", ""), ("\N{ZERO WIDTH SPACE}", ""), ("*", ""), ("`", "")):
        text = text.replace(old, new)
    return " ".join(text.split())
