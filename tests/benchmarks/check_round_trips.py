"""How long does a full check of a good server take over a long way, beside what its round trips cost anyway?

    .venv/bin/python tests/benchmarks/check_round_trips.py [--milliseconds 50] [--times 5]

A real Postfix (25, 465, 587) and a resolver stand in one network namespace, the check runs in another; between the two lies a wire of two
TUN devices whose packets are held back, so that every packet is late, the handshake's and the acknowledgements too. Beside the check
a bare asyncio client says the same to the same server. Printed: seconds of both, and the ratio of the check to the bare client and to the
round trips of the slowest endpoint (name, connect, greeting, EHLO, STARTTLS, TLS, tickets, EHLO: Postfix holds its answer back until its
TLS tickets are acknowledged). To be reached: 1.15 to the bare client. Needs root, Postfix and iproute2.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import fcntl
import heapq
import json
import os
import select
import ssl
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.conversation.model import ProbeRequest  # noqa: E402  # the path comes first, for this is run as a script
from bot.observations import EhloAnswered, TcpRefused  # noqa: E402
from bot.probes.guard import Network, Policy  # noqa: E402
from bot.probes.model import OnSeen  # noqa: E402
from bot.probes.runner import probe  # noqa: E402
from knowledge.terms import Security  # noqa: E402
from tests.servers import postfix  # noqa: E402
from tests.servers.papers import Papers  # noqa: E402
from tests.servers.resolver import resolving  # noqa: E402

CLIENT, SERVER = "10.99.0.1", "10.99.0.2"
NAMESPACES = ("pm-bench-client", "pm-bench-server")
ROUND_TRIPS = 8  # of port 587
TUNSETIFF, IFF_TUN_NO_PI = 0x400454CA, 0x1001
CLONE_NEWNET = 0x40000000


def run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def tun_in(namespace: str, address: str, other: str) -> int:
    """A TUN device in `namespace` that leads to `other`; gives its file descriptor."""
    made: list[int] = []

    def enter() -> None:  # a namespace is a thread's own
        with open(f"/run/netns/{namespace}") as handle:
            if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")
        descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH", b"wire", IFF_TUN_NO_PI))
        made.append(descriptor)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    inside = ("ip", "-n", namespace)
    run(*inside, "addr", "add", address, "peer", other, "dev", "wire")
    run(*inside, "link", "set", "wire", "up")
    run(*inside, "link", "set", "lo", "up")
    return made[0]


def carry(ends: tuple[int, int], seconds: float, stop: threading.Event) -> None:
    """Take each packet from one end to the other, `seconds` late."""
    late: list[tuple[float, int, int, bytes]] = []
    number = 0
    while not stop.is_set():
        wait = max(0.0, late[0][0] - time.monotonic()) if late else 0.1
        for readable in select.select(ends, [], [], min(wait, 0.1))[0]:
            try:
                packet = os.read(readable, 65536)
            except BlockingIOError:
                continue
            number += 1
            heapq.heappush(late, (time.monotonic() + seconds, number, ends[1 - ends.index(readable)], packet))
        while late and late[0][0] <= time.monotonic():
            _, _, end, packet = heapq.heappop(late)
            os.write(end, packet)


def serve() -> None:
    """In the server's namespace: stand until standard input closes."""
    with tempfile.TemporaryDirectory(prefix="pm-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "papers").mkdir()
        papers = Papers(folder / "papers")
        papers.prepare()
        with postfix.running(folder / "postfix", papers, SERVER):
            asyncio.run(resolve_until_the_end(papers.ca_file))


async def resolve_until_the_end(ca_file: str) -> None:
    async with resolving({"mail.test": {"A": [SERVER]}}, address=SERVER) as resolver:
        print(json.dumps({"resolver": f"{SERVER}:{resolver.port}", "ca_file": ca_file}), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


async def bare(port: int, ca_file: str) -> float:
    """The same words to one endpoint by asyncio's streams alone; seconds until the last answer."""
    started = time.monotonic()
    context = ssl.create_default_context(cafile=ca_file)

    async def reply(reader: asyncio.StreamReader) -> None:
        while (await reader.readline())[3:4] == b"-":
            pass

    if port == 465:
        reader, writer = await asyncio.open_connection(SERVER, port, ssl=context, server_hostname="mail.test")
        await reply(reader)
    else:
        reader, writer = await asyncio.open_connection(SERVER, port)
        await reply(reader)
        writer.write(b"EHLO [127.0.0.1]\r\n")
        await reply(reader)
        writer.write(b"STARTTLS\r\n")
        await reply(reader)
        await writer.start_tls(context, server_hostname="mail.test")
    writer.write(b"EHLO [127.0.0.1]\r\n")
    await reply(reader)
    seconds = time.monotonic() - started
    writer.transport.abort()
    return seconds


def told_at(times: list[float]) -> OnSeen:
    return lambda seen: times.append(time.monotonic())


async def measure(world: dict[str, str], times: int) -> dict[str, float]:
    """In the client's namespace: medians in seconds."""
    policy = Policy((world["resolver"],), ("10.99.0.0/24",), ca_file=world["ca_file"])
    checks, firsts, bares = [], [], []
    for _ in range(times + 1):  # the first one of each fills caches and is not counted
        async with Network(policy) as network:
            started = time.monotonic()
            told: list[float] = []
            seen = await probe(ProbeRequest("mail.test", 587, Security.STARTTLS), network, told_at(told))
            checks.append(time.monotonic() - started)
            firsts.append(told[0] - started)
        assert all(seen.first(EhloAnswered, port=port, under_tls=True) for port in (25, 465, 587)), seen
        assert seen.first(TcpRefused, port=2525)
        started = time.monotonic()
        async with Network(policy) as network:
            await network.resolve("mail.test")
            named = time.monotonic() - started
        bares.append(named + max(await asyncio.gather(*(bare(port, world["ca_file"]) for port in (25, 465, 587)))))
    return {name: statistics.median(values[1:]) for name, values in (("check", checks), ("first fact", firsts), ("bare", bares))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--milliseconds", type=float, default=50.0, help="round trip")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--inside", choices=["client", "server"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside == "server":
        serve()
        return
    if chosen.inside == "client":
        print(json.dumps(asyncio.run(measure(json.loads(sys.stdin.readline()), chosen.times))))
        return
    if reason := postfix.missing():
        sys.exit(reason)
    stop = threading.Event()
    try:
        for namespace in NAMESPACES:
            run("ip", "netns", "add", namespace)
        ends = tun_in(NAMESPACES[0], CLIENT, SERVER), tun_in(NAMESPACES[1], SERVER, CLIENT)
        threading.Thread(target=carry, args=(ends, chosen.milliseconds / 2000, stop), daemon=True).start()
        report(chosen, measure_between(chosen.times))
    finally:
        stop.set()
        for namespace in NAMESPACES:
            subprocess.run(("ip", "netns", "del", namespace), check=False, capture_output=True)


def measure_between(times: int) -> dict[str, float]:
    """Run server and client in their namespaces; gives the client's figures."""
    again = [sys.executable, sys.argv[0], "--times", str(times), "--inside"]
    in_client, in_server = (["ip", "netns", "exec", namespace] for namespace in NAMESPACES)
    with subprocess.Popen([*in_server, *again, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        world = server.stdout.readline()
        said = subprocess.run([*in_client, *again, "client"], input=world, stdout=subprocess.PIPE, text=True, check=True, timeout=300)
        assert server.stdin is not None
        server.stdin.close()
    figures: dict[str, float] = json.loads(said.stdout)
    return figures


def report(chosen: argparse.Namespace, found: dict[str, float]) -> None:
    trips = ROUND_TRIPS * chosen.milliseconds / 1000
    print(f"round trip {chosen.milliseconds:.0f} ms, median of {chosen.times}")
    print(f"first fact            {found['first fact']:.3f} s")
    print(f"full check            {found['check']:.3f} s")
    print(f"bare asyncio client   {found['bare']:.3f} s    check / bare         {found['check'] / found['bare']:.2f}")
    print(f"{ROUND_TRIPS} round trips         {trips:.3f} s    check / round trips  {found['check'] / trips:.2f}")


if __name__ == "__main__":
    main()
