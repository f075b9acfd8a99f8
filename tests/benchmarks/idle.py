"""How much memory does an idle process need, beside a bare one that only imports both platforms' libraries?

    python -m tests.benchmarks.idle

Both are fresh processes. Ours has its knowledge read, its patterns compiled (`warm_up`), its store open and its service waiting, and both
platforms' adapters loaded. Wanted: 40 MiB more or less. It must not have loaded taskiq: that is for where a broker is configured.
"""

from __future__ import annotations

import subprocess
import sys

RSS = """
import gc; gc.collect()
(line,) = (line for line in open('/proc/self/status') if line.startswith('VmRSS'))
print(int(line.split()[1]) / 1024, 'taskiq' in sys.modules)
"""
BARE = f"""
import asyncio, sys
import discord, aiohttp, slack_sdk.web.async_client
import slack_bolt.async_app, slack_bolt.adapter.socket_mode.async_handler
{RSS}
"""
OURS = f"""
import asyncio, sys, tempfile
import adapters.discord.app, adapters.slack.app
from bot.broker import InlineBroker
from bot.probes.guard import Network, Policy
from bot.service import Service
from bot.store import open_store
from knowledge.index import index

async def main():
    known = index()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f'sqlite:{{folder}}/store.sqlite')
        await store.open()
        async with Network(Policy(known_ports=known.known_ports)) as network:
            service = Service(store, InlineBroker(network, known), known)
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(service.run(stop))
                await service.warm_up()
                await asyncio.sleep(1)
{"".join(f"                {line}{chr(10)}" for line in RSS.strip().splitlines())}
                stop.set()
        await store.close()

asyncio.run(main())
"""


def measured(program: str) -> tuple[float, bool]:
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    return float(out[0]), out[1] == "True"


def main() -> int:
    measured(OURS)  # fills the user's cache of compiled tables
    bare, _ = measured(BARE)
    ours, taskiq = measured(OURS)
    print(f"idle {ours:5.1f} MiB, bare {bare:5.1f} MiB, more {ours - bare:5.1f} MiB   (wanted: 40)   taskiq loaded: {taskiq}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
