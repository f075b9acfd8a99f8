"""How long does `postmaster explain TEXT` take to start, against a bare interpreter with four imports? Prints the ratio.

    python tests/benchmarks/start.py [RUNS]

Both are run in turn, A B A B …; the ratio is that of the medians. Limit: 3. Our modules' bytecode is on the disk, as it is in an
installed copy (and as the standard library's is for the other one).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

LIMIT = 3.0
BARE = [sys.executable, "-c", "import json, re, ssl, asyncio"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
OURS = [sys.executable, "-m", "adapters.main", "explain", "535 5.7.8 Authentication failed"]


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, env=ENVIRONMENT)
    return time.perf_counter() - began


def main(runs: int) -> None:
    seconds(OURS)  # the first run fills the index in the user's cache
    pairs = [(seconds(OURS), seconds(BARE)) for _ in range(runs)]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"explain {ours * 1000:.0f} ms, bare interpreter {bare * 1000:.0f} ms, ratio {ours / bare:.2f} (limit {LIMIT}), {runs} runs each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 11)
