"""Prints a Block Kit Builder link for each message of a snapshot: `python -m tests.adapters.slack.show answer [--json]`."""

from __future__ import annotations

import json
import sys
import urllib.parse
from pathlib import Path

SNAPSHOTS = Path(__file__).parent / "snapshots"


def main(arguments: list[str]) -> int:
    names = [argument for argument in arguments if not argument.startswith("-")]
    known = sorted(path.stem for path in SNAPSHOTS.glob("*.json"))
    if not names or any(name not in known for name in names):
        print(f"which of these: {' '.join(known)}", file=sys.stderr)
        return 2
    for name in names:
        loaded = json.loads((SNAPSHOTS / f"{name}.json").read_text())
        for payload in loaded if isinstance(loaded, list) else [loaded]:
            shown = payload if "type" in payload else {"blocks": payload["blocks"]}
            if "--json" in arguments:
                print(json.dumps(shown, indent=2, ensure_ascii=False))
            else:
                print(f"https://app.slack.com/block-kit-builder/#{urllib.parse.quote(json.dumps(shown, separators=(',', ':')))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
