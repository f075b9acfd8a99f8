"""How does the bot bear a busy Discord? `python tests/benchmarks/discord_flood.py [minute|real|long] …`; all three without a name.

minute   200 messages a second for a minute, 30 a second of them need an answer; an echo answers, so that order and number are known
real     the same, the real reader and machine answer
long     100,000 messages, 1,000 a second: is memory flat?

Aims: each talk answered once and in order, first visible sign within 0.5 s, no stall of the event loop above 50 ms, memory flat, start
to ready within 3 s. Prints figures and asserts nothing; a machine that does other things at the same time shows it in them.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.adapters.discord import load

RUNS = {"minute": (12_000, 200, False), "real": (12_000, 200, True), "long": (100_000, 1_000, False)}


def main() -> None:
    for name in sys.argv[1:] or RUNS:
        events, a_second, real = RUNS[name]
        print(f"--- {name}")
        asyncio.run(load.main(events, a_second, real=real))


if __name__ == "__main__":
    main()
