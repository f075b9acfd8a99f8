"""How much memory does an idle process need, beside a bare one in which both platforms' libraries are connected?

    python -m tests.benchmarks.idle [--seconds 10]

Both are fresh processes, connected to the local Slack and Discord, and left alone for some seconds. Ours is `postmaster run` as it is: its
configuration read, its store open, its patterns compiled, nothing asked yet. The bare one is discord.py's client and Bolt's Socket Mode
as their documentation begins. Wanted: 40 MiB more or less. Ours must not have loaded taskiq: that is for where a broker is configured.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.adapters.discord.local import TOKEN
from tests.adapters.discord.peer import Peer as Discord
from tests.adapters.slack.peer import Peer as Slack
from tests.bot.service_kit import until

ROOT = Path(__file__).parents[2]
BARE = """
import asyncio, os
import discord, yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

async def main():
    Route.BASE = os.environ['DISCORD_API_URL']
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ['DISCORD_GATEWAY_URL'])
    app = AsyncApp(client=AsyncWebClient(token='xoxb-test', base_url=os.environ['SLACK_API_URL']))
    async with discord.Client(intents=discord.Intents.default()) as client:
        await asyncio.gather(AsyncSocketModeHandler(app, 'xapp-test').start_async(), client.start(os.environ['DISCORD_TOKEN']))

asyncio.run(main())
"""
OURS = """
import atexit, sys
from adapters.main import main
atexit.register(lambda: print('taskiq' in sys.modules))
main(['run'])
"""


def resident_mib(pid: int) -> float:
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def measured(program: str, slack: Slack, discord: Discord, seconds: float) -> tuple[float, str]:
    """MiB of a process that is connected and idle, and what it printed."""
    sockets, identifies = len(slack.sockets), len(discord.identifies)
    with tempfile.TemporaryDirectory() as folder:
        base = {name: value for name, value in os.environ.items() if not name.startswith(("SLACK_", "DISCORD_", "POSTMASTER_"))}
        own = {"SLACK_API_URL": slack.url, "SLACK_BOT_TOKEN": "xoxb-test", "SLACK_APP_TOKEN": "xapp-test", "DISCORD_TOKEN": TOKEN}
        own |= {"DISCORD_API_URL": discord.api, "DISCORD_GATEWAY_URL": discord.gateway, "POSTMASTER_STORE": f"sqlite:{folder}/store"}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, env=base | own, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        async with asyncio.timeout(60):
            await until(lambda: len(slack.sockets) > sockets and len(discord.identifies) > identifies)
        await asyncio.sleep(seconds)
        needs = resident_mib(process.pid)
        process.terminate()
        out, _ = await process.communicate()
    async with asyncio.timeout(30):
        await until(lambda: len(slack.sockets) <= sockets)
    return needs, out.decode().strip()


async def main(seconds: float) -> int:
    discord = Discord()
    await discord.start()
    async with Slack() as slack:
        await measured(OURS, slack, discord, seconds)  # fills the user's cache of compiled tables
        bare, _ = await measured(BARE, slack, discord, seconds)
        ours, taskiq = await measured(OURS, slack, discord, seconds)
    await discord.stop()
    print(f"idle {ours:5.1f} MiB, bare {bare:5.1f} MiB, more {ours - bare:5.1f} MiB   (wanted: 40)   taskiq loaded: {taskiq}")
    return 0


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--seconds", type=float, default=10.0)
    sys.exit(asyncio.run(main(options.parse_args().seconds)))
