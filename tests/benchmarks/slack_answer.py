"""How long does a person in Slack wait for the answer to a mention that says everything, with a long way to the mail server?

    .venv/bin/python tests/benchmarks/slack_answer.py [--milliseconds 50] [--times 5] [--pause 1]

The real process, `postmaster slack`, and the local Slack of the tests stand in one network namespace, a real Postfix and a resolver in
another, and every packet between the two is late (`tests/servers/late_wire.py`). Each time is a fresh process with empty caches that is
written to `--pause` seconds after it has connected. Printed: the median and the longest time to the first visible sign and to the answer,
beside their limits (0.5 s, 4 s); the exit status is 1 where one is missed. Needs root, Postfix and iproute2.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.adapters.slack.load import SIGNS  # noqa: E402  # the path comes first, for this is run as a script
from tests.adapters.slack.local import BOT_USER  # noqa: E402
from tests.adapters.slack.peer import Peer  # noqa: E402
from tests.adapters.slack.test_process import postmaster  # noqa: E402
from tests.servers import far_postfix, postfix  # noqa: E402
from tests.servers.late_wire import SERVER  # noqa: E402

SIGN_SECONDS, ANSWER_SECONDS = 0.5, 4.0
SAYS_EVERYTHING = f"<@{BOT_USER}> thunderbird can't send, mail.test port 587 SSL/TLS: wrong version number"


async def measure(world: far_postfix.World, times: int, pause: float) -> dict[str, list[float]]:
    """In the client's namespace: seconds to the first sign and to the answer, each time."""
    seen = [await once(world, pause) for _ in range(times)]
    return {"sign": [sign for sign, _ in seen], "answer": [answer for _, answer in seen]}


async def once(world: far_postfix.World, pause: float) -> tuple[float, float]:
    settings = {"POSTMASTER_RESOLVERS": world.resolver, "POSTMASTER_PROBE_ALLOW": world.network, "POSTMASTER_CA_FILE": world.ca_file}
    with tempfile.TemporaryDirectory() as folder:
        async with Peer() as peer, postmaster(peer, Path(folder), **settings):
            await peer.until(lambda: bool(peer.sockets), within=60)
            await asyncio.sleep(pause)
            began = time.monotonic()
            root = await peer.says(SAYS_EVERYTHING)
            await peer.until(lambda: any(post.buttons for post in peer.ours("C1", root)), within=60)
            answered = time.monotonic() - began
            sign = min(call.at for call in peer.calls if call.method in SIGNS) - began
            assert "587" in next(post.text for post in peer.ours("C1", root) if post.buttons)
            return sign, answered


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--milliseconds", type=float, default=50.0, help="round trip")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between connecting and the mention")
    parser.add_argument("--inside", choices=["client", "server"], help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside == "server":
        far_postfix.serve({"mail.test": {"A": [SERVER]}})
        return 0
    if chosen.inside == "client":
        print(json.dumps(asyncio.run(measure(far_postfix.world(), chosen.times, chosen.pause))))
        return 0
    if reason := postfix.missing():
        sys.exit(reason)
    told = ["--times", str(chosen.times), "--pause", str(chosen.pause)]
    return report(far_postfix.between(__file__, told, chosen.milliseconds / 2000))


def report(found: dict[str, list[float]]) -> int:
    missed = False
    for name, limit in (("sign", SIGN_SECONDS), ("answer", ANSWER_SECONDS)):
        middle, longest = statistics.median(found[name]), max(found[name])
        missed = missed or longest > limit
        print(f"{'ok  ' if longest <= limit else 'MISS'}  {name:8} median {middle:.2f} s, longest {longest:.2f} s   limit {limit} s")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
