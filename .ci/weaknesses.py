"""What does a report of pip-audit (JSON) say? Prints it; exit status 1 where a weakness is known, 0 also where nothing could be asked.

A package that the data source did not answer for is marked as skipped; all skipped means that the source was not reached.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(report: Path) -> int:
    found = json.loads(report.read_text())["dependencies"] if report.exists() else []
    answered = [package for package in found if "skip_reason" not in package]
    weak = [package for package in answered if package["vulns"]]
    for package in weak:
        for weakness in package["vulns"]:
            mended = ", ".join(weakness["fix_versions"]) or "no version"
            print(f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}")
    if not answered:
        print("audit skipped: the data on known weaknesses cannot be reached from here")
    elif not weak:
        print(f"audit: nothing known against {len(answered)} of {len(found)} packages; no answer for the others")
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
