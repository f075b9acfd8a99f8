"""How soon is a message that says everything answered, where the server is a long way off, and how soon is the first fact shown?

    .venv/bin/python tests/benchmarks/answer_in_time.py [--milliseconds 50] [--times 3]

A real Postfix and a resolver stand in one network namespace; in another the whole bot (service, reader, machine, probes) is told one
message after the other, each naming server, port, encryption, program and error, each in a talk of its own. Every packet between the two is
late (`tests/servers/late_wire.py`). One line a message: seconds until the first fact that was seen is shown, and until the answer. To be
reached: 1 s and 4 s. Needs root, Postfix and iproute2.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from bot.probes.guard import Network, Policy  # noqa: E402  # the path comes first, for this is run as a script
from tests.bot.probes.whole_talk import Person, talking  # noqa: E402
from tests.servers import far_postfix, postfix  # noqa: E402
from tests.servers.late_wire import Dropped  # noqa: E402

FIRST_SECONDS, ANSWER_SECONDS = 1.0, 4.0


@dataclass(frozen=True)
class Case:
    """A message about a host of its own; packets to its ports in `dropped` are lost. `cause` is the answer that is right."""

    name: str
    host: str
    address: str
    message: str
    cause: str
    dropped: tuple[int, ...] = ()


CASES = (
    Case(
        "implicit TLS for a STARTTLS port",
        "one.mail.test",
        "10.99.0.2",
        "Thunderbird can't send: one.mail.test port 587 with SSL/TLS, '[SSL: WRONG_VERSION_NUMBER] wrong version number'",
        "tls.wrong_mode",
    ),
    Case(
        "STARTTLS for an implicit TLS port",
        "two.mail.test",
        "10.99.0.3",
        "Thunderbird can't send: two.mail.test port 465 with STARTTLS, it says the connection timed out",
        "tls.wrong_mode",
    ),
    Case(
        "nobody listens at the port",
        "three.mail.test",
        "10.99.0.4",
        "python smtplib, three.mail.test port 2525 STARTTLS: ConnectionRefusedError: [Errno 111] Connection refused",
        "net.refused",
    ),
    Case(
        "the port drops, others work",
        "four.mail.test",
        "10.99.0.5",
        "python smtplib, four.mail.test port 587 STARTTLS: TimeoutError: [Errno 110] Connection timed out",
        "net.timeout",
        (587,),
    ),
    Case(
        "other ports drop",
        "five.mail.test",
        "10.99.0.6",
        "Thunderbird can't send: five.mail.test port 587 with SSL/TLS, '[SSL: WRONG_VERSION_NUMBER] wrong version number'",
        "tls.wrong_mode",
        (25, 465, 2525),
    ),
)
ZONE = {case.host: {"A": [case.address]} for case in CASES}
DROPPED: Dropped = frozenset((case.address, port) for case in CASES for port in case.dropped)


async def measure(world: far_postfix.World, times: int) -> dict[str, tuple[float, float]]:
    """In the client's namespace: (first fact, answer) of each case, medians in seconds."""
    figures: dict[str, list[tuple[float, float]]] = {case.name: [] for case in CASES}
    for number in range(times + 1):  # the first round fills caches and is not counted
        policy = Policy((world.resolver,), (world.network,), ca_file=world.ca_file)
        async with Network(policy) as network, talking(network) as person:
            for case in CASES:
                found = await ask(person, case)
                if number:
                    figures[case.name].append(found)
    return {name: (statistics.median(a for a, _ in rows), statistics.median(b for _, b in rows)) for name, rows in figures.items()}


async def ask(person: Person, case: Case) -> tuple[float, float]:
    await person.says(case.message, anew=True)
    assert person.findings, (case.name, person.read)
    assert person.findings[0]["cause"] == case.cause, (case.name, person.findings[0]["cause"])
    first = next(at for at, progress in person.shown if any(task.state in ("good", "bad") for task in progress.tasks))
    answer = next(at for at, reply in person.replies if reply.findings)
    return min(first, answer), answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--milliseconds", type=float, default=50.0, help="round trip")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--inside", choices=["client", "server"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside == "server":
        far_postfix.serve(ZONE, "*.mail.test")
    elif chosen.inside == "client":
        print(json.dumps(asyncio.run(measure(far_postfix.world(), chosen.times))))
    elif reason := postfix.missing():
        sys.exit(reason)
    else:
        servers = tuple(case.address for case in CASES)
        found = far_postfix.between(__file__, ["--times", str(chosen.times)], chosen.milliseconds / 2000, servers, DROPPED)
        print(f"round trip {chosen.milliseconds:.0f} ms, median of {chosen.times}; limits {FIRST_SECONDS:.0f} s and {ANSWER_SECONDS:.0f} s")
        for name, (first, answer) in found.items():
            print(f"{name:<36}first fact {first:5.2f} s    answer {answer:5.2f} s")


if __name__ == "__main__":
    main()
