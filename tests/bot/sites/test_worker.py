"""Does a probe come back from other places, whole and in time, whoever dies meanwhile? Real worker processes over a real Valkey."""

from __future__ import annotations

import asyncio
import datetime
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio

from bot.conversation.model import ProbeDone, ProbeRequest
from bot.errors import CannotRun
from bot.observations import GreetedInClear, Observation, Observations
from bot.sites import asking, trail
from bot.sites.asking import SiteBroker
from bot.store import open_store
from tests.bot import service_kit
from tests.bot.conftest import lasting
from tests.servers import starttls
from tests.servers.papers import Papers
from tests.servers.peer import Peer, standing
from tests.servers.resolver import resolving

POSTMASTER = (sys.executable, "-m", "adapters.main")
SECONDS = 25.0


class Answering:
    """A server that keeps its first `silent` visitors waiting for ever and answers all others."""

    def __init__(self, silent: int = 0) -> None:
        self.silent = silent
        self.visited = asyncio.Event()
        self.visits = 0

    async def talk(self, peer: Peer) -> None:
        self.visits += 1
        self.visited.set()
        if self.visits <= self.silent:
            await asyncio.Event().wait()
        await starttls.talk(peer)


@pytest.fixture
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return lasting(request, "valkey", tmp_path)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    made = Papers(tmp_path_factory.mktemp("papers"))
    made.prepare()
    return made


@asynccontextmanager
async def place(papers: Papers, queue: str, server: Answering) -> AsyncIterator[tuple[dict[str, str], int]]:
    """(environment of a worker, the port of the server that it may ask)"""
    async with standing(server.talk, papers) as port, resolving({"mail.test": {"A": ["127.0.0.1"]}}) as resolver:
        yield (
            {
                "POSTMASTER_RESOLVERS": f"127.0.0.1:{resolver.port}",
                "POSTMASTER_PROBE_ALLOW": "127.0.0.0/8",
                "POSTMASTER_PROBE_PORTS": str(port),
                "POSTMASTER_CA_FILE": papers.ca_file,
                "POSTMASTER_STORE": queue,
                "POSTMASTER_BROKER": queue,
            },
            port,
        )


async def eventually(true: Callable[[], Awaitable[bool]]) -> None:
    """Returns when `true` holds: what another process does tells us nothing by itself. The caller bounds it."""
    while True:
        if await true():
            return
        await asyncio.sleep(0.05)


async def announced(client: redis.asyncio.Redis, site: str, process: asyncio.subprocess.Process) -> bool:
    return process.returncode is not None or site in await trail.living_sites(client)


@asynccontextmanager
async def worker(environment: Mapping[str, str], site: str, queue: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A running `postmaster worker`, there when its site is announced."""
    process = await asyncio.create_subprocess_exec(
        *POSTMASTER, "worker", "--site", site, env={**os.environ, **environment}, stderr=asyncio.subprocess.PIPE
    )
    async with redis.asyncio.Redis.from_url(queue) as client, asyncio.timeout(SECONDS):
        await eventually(lambda: announced(client, site, process))
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        errors = (await asyncio.wait_for(process.communicate(), SECONDS))[1].decode()
        assert process.returncode in (0, -9), errors
        assert "Traceback" not in errors


def answer(number: int = 1) -> ProbeDone:
    return ProbeDone(
        id=f"probe:{service_kit.TALK}:{number}",
        conversation=service_kit.TALK,
        at=datetime.datetime.now(datetime.UTC),
        order="",
        channel="test",
        place={"room": service_kit.TALK},
        probe=str(number),
        observations=(),
    )


@asynccontextmanager
async def asker(queue: str) -> AsyncIterator[SiteBroker]:
    broker = SiteBroker(queue, "here")
    yield broker
    await broker.close()


async def ask(broker: SiteBroker, port: int, told: list[Observation], key: str = "effect-1") -> Observations:
    async with asyncio.timeout(SECONDS):
        return await broker.run_for(key, answer(), ProbeRequest("mail.test", port), "ann", "acme", told.append)


def sites_that_were_greeted(seen: Observations) -> set[str]:
    return {one.site for one in seen.items if isinstance(one, GreetedInClear)}


async def test_a_worker_looks_for_another_process_and_writes_the_result_into_the_inbox_itself(papers: Papers, queue: str) -> None:
    told: list[Observation] = []
    async with place(papers, queue, Answering()) as (environment, port), worker(environment, "berlin", queue), asker(queue) as broker:
        seen = await ask(broker, port, told)
        store = open_store(queue)
        await store.open()
        async with asyncio.timeout(SECONDS):
            await eventually(lambda: store.owes(service_kit.TALK))
        events = (await store.load(service_kit.TALK)).events
        await store.close()

    assert sites_that_were_greeted(seen) == {"berlin"}
    assert {one.site for one in told} == {"berlin"}
    assert [(type(event), event.observations) for event in events if isinstance(event, ProbeDone)] == [(ProbeDone, seen.items)]


async def test_a_second_site_is_a_second_vantage_point(papers: Papers, queue: str) -> None:
    async with AsyncExitStack() as stack:
        environment, port = await stack.enter_async_context(place(papers, queue, Answering()))
        for site in ("oslo", "berlin"):
            await stack.enter_async_context(worker(environment, site, queue))
        broker = await stack.enter_async_context(asker(queue))
        seen = await ask(broker, port, [])

    assert sites_that_were_greeted(seen) == {"berlin", "oslo"}


async def test_a_worker_that_is_killed_in_the_middle_costs_seconds_and_not_the_probe(papers: Papers, queue: str) -> None:
    server = Answering(silent=1)
    async with AsyncExitStack() as stack:
        environment, port = await stack.enter_async_context(place(papers, queue, server))
        broker = await stack.enter_async_context(asker(queue))
        first = await stack.enter_async_context(worker(environment, "berlin", queue))
        asked = asyncio.ensure_future(ask(broker, port, []))
        await asyncio.wait_for(server.visited.wait(), SECONDS)
        first.kill()
        await first.wait()
        server.silent = 0
        await stack.enter_async_context(worker(environment, "berlin", queue))
        seen = await asked

    assert sites_that_were_greeted(seen) == {"berlin"}


async def test_an_asking_side_that_takes_over_finds_what_was_seen_and_no_server_is_asked_again(papers: Papers, queue: str) -> None:
    server = Answering()
    async with place(papers, queue, server) as (environment, port), worker(environment, "berlin", queue):
        async with asker(queue) as broker:
            first = await ask(broker, port, [])
        visits = server.visits
        async with asker(queue) as broker:
            again = await ask(broker, port, [])

    assert again == first
    assert server.visits == visits


async def test_where_no_site_has_a_worker_it_could_not_run_and_the_deadline_says_so(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ASKED_SECONDS", 0.5)
    async with asker(queue) as broker:
        with pytest.raises(CannotRun, match="postmaster worker --site"):
            await ask(broker, 587, [])


async def test_a_talk_gets_its_result_from_a_site(papers: Papers, queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    room = service_kit.Room()
    async with AsyncExitStack() as stack:
        environment, port = await stack.enter_async_context(place(papers, queue, Answering()))
        await stack.enter_async_context(worker(environment, "berlin", queue))
        broker = await stack.enter_async_context(asker(queue))
        monkeypatch.setattr(service_kit, "ProbeRequest", lambda host, _: ProbeRequest("mail.test", port))
        store = await stack.enter_async_context(service_kit.opened(queue))
        service = service_kit.service_on(store, room, broker)
        async with service_kit.running(service), asyncio.timeout(SECONDS):
            await service.receive(service_kit.said("probe", 1))
            await service.idle(service_kit.TALK)

    assert room.texts()[0] == "looking"
    assert room.texts()[1].startswith("saw ")
    assert room.texts()[1].endswith(" None")
    assert len(room.texts()) == 2
