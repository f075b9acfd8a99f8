"""How long does the knowledge take: to load from the user's cache, to read from its files, to check? Prints seconds beside the limits.

    python tests/benchmarks/knowledge.py [RUNS]

Loading from the cache without patterns: 60 ms at most. `postmaster knowledge check`, as a whole process: 3 seconds at most. Beside
them stands what a bare interpreter takes that parses all the files with tomllib, run in turn: what no check can be faster than.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "knowledge"
LOAD = "import time; from knowledge.load import knowledge; a = time.perf_counter(); knowledge(); print(time.perf_counter() - a)"
PARSE = f"import pathlib, tomllib; [tomllib.loads(p.read_text('utf-8')) for p in pathlib.Path({str(FOLDER)!r}).rglob('*.toml')]"
CHECK = [sys.executable, "-m", "adapters.main", "knowledge", "check"]


def seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def loading() -> float:
    return float(subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True).stdout)


def main(runs: int) -> None:
    loading()  # the first run fills the cache
    rows = [(loading(), seconds(CHECK), seconds([sys.executable, "-c", PARSE])) for _ in range(runs)]
    load, check, parse = (statistics.median(column) for column in zip(*rows, strict=True))
    print(f"load from the cache {load * 1000:.1f} ms (limit 60)")
    print(f"knowledge check {check:.2f} s (limit 3), parsing the files alone {parse:.2f} s, {runs} runs each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
