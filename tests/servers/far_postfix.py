"""A real Postfix (25, 465, 587) and a resolver behind a late wire, for scripts that measure: each starts itself anew in both namespaces.

    inside the server's namespace:  serve(zone)                stands until standard input closes
    inside the client's namespace:  a World is on standard input, figures go to standard output as JSON
    outside:                        between(__file__, …)       gives the figures

Needs root, Postfix and iproute2.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.servers import postfix
from tests.servers.late_wire import NETWORK, SERVER, Dropped, wired
from tests.servers.papers import Papers
from tests.servers.resolver import Zone, resolving

NAMESPACES = ("pm-bench-client", "pm-bench-server")
SECONDS = 300


@dataclass(frozen=True)
class World:
    """What the client needs to know: who resolves ("address:port"), which networks it may ask, which authority it believes."""

    resolver: str
    network: str
    ca_file: str


def serve(zone: Zone, host: str = "mail.test") -> None:
    """`host`: the name in the certificates."""
    with tempfile.TemporaryDirectory(prefix="pm-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "papers").mkdir()
        papers = Papers(folder / "papers", host)
        papers.prepare()
        with postfix.running(folder / "postfix", papers, "0.0.0.0"):
            asyncio.run(_resolve_until_the_end(zone, papers.ca_file))


async def _resolve_until_the_end(zone: Zone, ca_file: str) -> None:
    async with resolving(zone, address=SERVER) as resolver:
        print(json.dumps(asdict(World(f"{SERVER}:{resolver.port}", NETWORK, ca_file))), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def world() -> World:
    """In the client: the one that `between` tells on standard input."""
    return World(**json.loads(sys.stdin.readline()))


def between(
    script: str, arguments: Sequence[str], seconds: float, servers: tuple[str, ...] = (SERVER,), dropped: Dropped = frozenset()
) -> Any:
    """Run `script` with `--inside server` and `--inside client` (and `arguments`), `seconds` from each other one way. Gives what the client
    printed as JSON."""
    again = [sys.executable, script, *arguments, "--inside"]
    in_client, in_server = (["ip", "netns", "exec", namespace] for namespace in NAMESPACES)
    with (
        wired(NAMESPACES, seconds, servers, dropped),
        subprocess.Popen([*in_server, *again, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        assert server.stdin is not None
        told = server.stdout.readline()
        try:
            said = subprocess.run(
                [*in_client, *again, "client"], input=told, stdout=subprocess.PIPE, text=True, check=True, timeout=SECONDS
            )
        finally:
            server.stdin.close()
    return json.loads(said.stdout)
