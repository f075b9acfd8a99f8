"""What do a thousand checks at once cost one process? Memory over idle, TLS connections open at most, files left, all of them right.

    .venv/bin/python tests/benchmarks/checks_at_once.py [--checks 1000]

The servers (STARTTLS and implicit TLS, 20 ms before each answer) stand in a process of their own. Limits: 300 TLS connections, 250 MiB more
than idle, no file descriptor left.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.conversation.model import ProbeRequest  # noqa: E402  # the path comes first, for this is run as a script
from bot.observations import CertificateShown, EhloAnswered, Observations  # noqa: E402
from bot.probes.guard import Network, Policy  # noqa: E402
from bot.probes.runner import nobody, probe  # noqa: E402
from knowledge.terms import Security  # noqa: E402
from tests.servers.papers import Papers  # noqa: E402
from tests.servers.peer import Peer, standing  # noqa: E402
from tests.servers.resolver import resolving  # noqa: E402

MAX_TLS, MAX_MEBIBYTES = 300, 250


async def submission(peer: Peer) -> None:
    await asyncio.sleep(0.02)
    await peer.starttls()


async def submissions(peer: Peer) -> None:
    await asyncio.sleep(0.02)
    await peer.secure()
    await peer.behave_under_tls(greet=True)


async def serve(folder: Path) -> None:
    papers = Papers(folder)
    papers.prepare()
    async with (
        standing(submission, papers) as one,
        standing(submissions, papers) as two,
        resolving({"mail.test": {"A": ["127.0.0.1"]}}) as dns,
    ):
        print(json.dumps({"ports": [one, two], "resolver": f"127.0.0.1:{dns.port}", "ca_file": papers.ca_file}), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def resident() -> float:
    """MiB of this process now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def right(seen: Observations, ports: list[int]) -> bool:
    return all(
        seen.first(EhloAnswered, port=port, under_tls=True) and seen.first(CertificateShown, port=port, trusted=True) for port in ports
    )


async def measure(world: dict[str, object], number: int) -> None:
    ports = world["ports"]
    assert isinstance(ports, list)
    policy = Policy((str(world["resolver"]),), ("127.0.0.0/8",), tuple(ports), ca_file=str(world["ca_file"]))
    most_tls = most_memory = 0.0
    async with Network(policy) as network:
        request = ProbeRequest("mail.test", ports[0], Security.STARTTLS)
        await probe(request, network)
        await network.aclose()
        idle, files, started = resident(), open_files(), time.monotonic()

        async def watch() -> None:
            nonlocal most_tls, most_memory
            while True:
                most_tls = max(most_tls, network.open_tls)
                most_memory = max(most_memory, resident() - idle)
                await asyncio.sleep(0.01)

        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watch())
            results = await asyncio.gather(*(probe(request, network, nobody) for _ in range(number)))
            watching.cancel()
        seconds = time.monotonic() - started
        await network.aclose()
        left = open_files() - files
    good = sum(right(seen, ports) for seen in results)
    print(f"{number} checks in {seconds:.1f} s, right {good}")
    print(f"TLS connections open at most {most_tls:.0f} (limit {MAX_TLS})")
    print(f"memory over idle {most_memory:.0f} MiB (limit {MAX_MEBIBYTES}); file descriptors left {left} (limit 0)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checks", type=int, default=1000)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve is not None:
        asyncio.run(serve(chosen.serve))
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "--serve", folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            assert server.stdin is not None
            asyncio.run(measure(json.loads(server.stdout.readline()), chosen.checks))
            server.stdin.close()


if __name__ == "__main__":
    main()
