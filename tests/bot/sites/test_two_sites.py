"""Whose side is it, where two sites look? Real workers at two places over a real Valkey, the person's own words, and the whole talk."""

from __future__ import annotations

import asyncio
import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.bot.conftest import lasting
from tests.bot.probes.whole_talk import talking
from tests.bot.sites.test_worker import SECONDS, Answering, asker, place, worker
from tests.servers.papers import Papers
from tests.servers.resolver import resolving

# At Oslo, picky.test leads to where nobody listens: as if its server kept that network out.
HERE, NOWHERE = {"A": ["127.0.0.1"]}, {"A": ["127.0.0.99"]}
ZONES = {"berlin": {"open.test": HERE, "picky.test": HERE}, "oslo": {"open.test": HERE, "picky.test": NOWHERE}}
TOLD = "python, {host} port {port} STARTTLS: ConnectionRefusedError: [Errno 111] Connection refused"
SOME = (
    r"(?s)neither your program nor the whole server: it can be reached from some networks.*"
    r"Seen on your side: picky\.test:\d+ refuses.*Seen from oslo: picky\.test:\d+ refuses.*Seen from berlin: picky\.test:\d+ accepts"
)
YOURS = (
    r"(?s)This is on your side.*Seen on your side: open\.test:\d+ refuses.*"
    r"Seen from berlin: open\.test:\d+ accepts.*Seen from oslo: open\.test:\d+ accepts"
)


@pytest.fixture
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return lasting(request, "valkey", tmp_path)


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    made = Papers(tmp_path)
    made.prepare()
    return made


async def test_a_second_site_decides_whose_side_it_is(papers: Papers, queue: str) -> None:
    async with AsyncExitStack() as stack:
        environment, port = await stack.enter_async_context(place(papers, queue, Answering()))
        for site, zone in ZONES.items():
            resolver = await stack.enter_async_context(resolving(zone))
            there = {**environment, "POSTMASTER_RESOLVERS": f"127.0.0.1:{resolver.port}"}
            await stack.enter_async_context(worker(there, site, queue))
        broker = await stack.enter_async_context(asker(queue))
        person = await stack.enter_async_context(talking(broker))
        said = {}
        async with asyncio.timeout(2 * SECONDS):
            for host in ("picky.test", "open.test"):
                await person.says(TOLD.format(host=host, port=port), anew=True)
                said[host] = person.read
                assert person.findings[0]["cause"] == "net.refused"

    assert re.search(SOME, said["picky.test"]), said["picky.test"]
    assert re.search(YOURS, said["open.test"]), said["open.test"]
