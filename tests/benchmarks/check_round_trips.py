"""How long does a full check of a good server take over a long way, beside what its round trips cost anyway?

    .venv/bin/python tests/benchmarks/check_round_trips.py [--milliseconds 50] [--times 5]

A real Postfix (25, 465, 587) and a resolver stand in one network namespace, the check runs in another; every packet between the two is late
(`tests/servers/late_wire.py`). Beside the check a bare asyncio client says the same to the same server. Printed: seconds of both, and the
ratio of the check to the bare client and to the round trips of the slowest endpoint (name, connect, greeting, EHLO, STARTTLS, TLS, tickets,
EHLO: Postfix holds its answer back until its TLS tickets are acknowledged). To be reached: 1.15 to the bare client. Needs root, Postfix and
iproute2.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
import statistics
import sys
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
from tests.servers import far_postfix, postfix  # noqa: E402
from tests.servers.late_wire import SERVER  # noqa: E402

ROUND_TRIPS = 8  # of port 587


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


async def measure(world: far_postfix.World, times: int) -> dict[str, float]:
    """In the client's namespace: medians in seconds."""
    policy = Policy((world.resolver,), (world.network,), ca_file=world.ca_file)
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
        bares.append(named + max(await asyncio.gather(*(bare(port, world.ca_file) for port in (25, 465, 587)))))
    return {name: statistics.median(values[1:]) for name, values in (("check", checks), ("first fact", firsts), ("bare", bares))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--milliseconds", type=float, default=50.0, help="round trip")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--inside", choices=["client", "server"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside == "server":
        far_postfix.serve({"mail.test": {"A": [SERVER]}})
    elif chosen.inside == "client":
        print(json.dumps(asyncio.run(measure(far_postfix.world(), chosen.times))))
    elif reason := postfix.missing():
        sys.exit(reason)
    else:
        report(chosen, far_postfix.between(__file__, ["--times", str(chosen.times)], chosen.milliseconds / 2000))


def report(chosen: argparse.Namespace, found: dict[str, float]) -> None:
    trips = ROUND_TRIPS * chosen.milliseconds / 1000
    print(f"round trip {chosen.milliseconds:.0f} ms, median of {chosen.times}")
    print(f"first fact            {found['first fact']:.3f} s")
    print(f"full check            {found['check']:.3f} s")
    print(f"bare asyncio client   {found['bare']:.3f} s    check / bare         {found['check'] / found['bare']:.2f}")
    print(f"{ROUND_TRIPS} round trips         {trips:.3f} s    check / round trips  {found['check'] / trips:.2f}")


if __name__ == "__main__":
    main()
