"""Is a flood from Slack taken within its limits? The real process, `postmaster slack`, against the local Slack of the tests.

    .venv/bin/python tests/benchmarks/slack_flood.py [--seconds 60]

200 envelopes a second over 300 channels, 30 messages a second need an answer (`tests/adapters/slack/load.py`). Printed: each figure beside
its limit; the exit status is 1 where one is missed. Sender and bot share the machine: with two cores, nothing else should run.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.adapters.slack.load import flood

START_SECONDS = 2.0
ACK_SECONDS = 0.100
SIGN_SECONDS = 0.5
GROWTH_MIB = 32  # over the minute after the first quarter, in which caches fill


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    seen = asyncio.run(flood(chosen.seconds))
    second, longest = seen.worst_second()
    warm = seen.memory[len(seen.memory) // 4]
    wrong, growth = seen.wrong(), seen.memory[-1] - warm
    rows = [
        ("start to connected", f"{seen.start:.2f} s", f"{START_SECONDS} s", seen.start <= START_SECONDS),
        ("acknowledged", f"{len(seen.acknowledged)}", f"{seen.sent} sent", len(seen.acknowledged) == seen.sent),
        ("acknowledgement p99", f"{seen.ack(0.99) * 1000:.1f} ms", f"{ACK_SECONDS * 1000:.0f} ms", seen.ack(0.99) <= ACK_SECONDS),
        ("first visible sign p99", f"{seen.sign(0.99) * 1000:.0f} ms", f"{SIGN_SECONDS * 1000:.0f} ms", seen.sign(0.99) <= SIGN_SECONDS),
        ("threads answered once, in order", f"{len(seen.threads) - len(wrong)}", f"{len(seen.threads)}", not wrong),
        ("memory growth after the first quarter", f"{growth} MiB", f"{GROWTH_MIB} MiB", growth <= GROWTH_MIB),
    ]
    for name, found, limit, good in rows:
        print(f"{'ok  ' if good else 'MISS'}  {name:40} {found:>12}   limit {limit}")
    print(f"      acknowledgement p50 {seen.ack(0.5) * 1000:.1f} ms, longest {longest * 1000:.1f} ms (second {second})")
    print(f"      memory, MiB: {seen.memory[0]} at first, {warm} warm, {max(seen.memory)} at most, {seen.memory[-1]} at last")
    return 0 if all(good for *_, good in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
