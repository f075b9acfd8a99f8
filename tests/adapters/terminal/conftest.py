"""What do the tests of the command line share? The real command in processes of its own, beside servers and a resolver on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.servers import postfix
from tests.servers.papers import Papers
from tests.servers.peer import Talk, standing
from tests.servers.resolver import Zone, resolving

POSTMASTER = (sys.executable, "-m", "adapters.main")
HOST = "mail.test"
ZONE: Zone = {HOST: {"A": ["127.0.0.1"]}}
SECONDS = 60.0


@dataclass(frozen=True)
class Done:
    """How a run of the command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object of its output."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


@dataclass(frozen=True)
class World:
    """`ports` by the server's name; `environment` is that of a command which may ask these ports and this resolver only."""

    environment: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.ports[name]

    async def start(self, *arguments: str, **more: Any) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            *POSTMASTER, *arguments, stdin=pipe, stdout=pipe, stderr=pipe, env={**os.environ, **self.environment}, **more
        )

    async def run(self, *arguments: str, given: str = "") -> Done:
        process = await self.start(*arguments)
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate(given.encode())
        assert process.returncode is not None
        assert b"Traceback" not in err, err.decode()
        return Done(process.returncode, out.decode(), err.decode())


def environment(papers: Papers, resolver: int, ports: Mapping[str, int], store: str = "memory:") -> dict[str, str]:
    return {
        "POSTMASTER_RESOLVERS": f"127.0.0.1:{resolver}",
        "POSTMASTER_PROBE_ALLOW": "127.0.0.0/8",
        "POSTMASTER_PROBE_PORTS": ",".join(map(str, ports.values())) or "1",
        "POSTMASTER_CA_FILE": papers.ca_file,
        "POSTMASTER_STORE": store,
        "POSTMASTER_SITE": "test-site",
    }


@asynccontextmanager
async def world(papers: Papers, zone: Zone = ZONE, store: str = "memory:", /, **servers: Talk) -> AsyncIterator[World]:
    """Servers that speak the given talks, by name, and a resolver that knows `zone` only."""
    async with AsyncExitStack() as stack:
        ports = {name: await stack.enter_async_context(standing(talk, papers)) for name, talk in servers.items()}
        resolver = await stack.enter_async_context(resolving(zone))
        yield World(environment(papers, resolver.port, ports, store), ports)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    made = Papers(tmp_path_factory.mktemp("papers"))
    made.prepare()
    return made


@pytest.fixture(scope="session")
def postfix_ports(papers: Papers) -> Iterator[dict[str, int]]:
    """A real Postfix: the port of each of its set-ups, by name. Not in pytest's folder: each new run of pytest closes that to others."""
    if reason := postfix.missing():
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="postfix-") as folder:
        home = Path(folder, "a", "postfix")
        with postfix.running(home, papers) as ports:
            yield ports


@asynccontextmanager
async def beside_postfix(papers: Papers, ports: Mapping[str, int], *names: str) -> AsyncIterator[World]:
    """A command that may ask these set-ups of the running Postfix, and no other port."""
    asked = {name: ports[name] for name in names}
    async with resolving(ZONE) as resolver:
        yield World(environment(papers, resolver.port, asked), asked)
