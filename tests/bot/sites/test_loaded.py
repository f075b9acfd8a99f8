"""What is loaded where no broker is configured, and before a server is looked at? Neither taskiq nor redis; nothing that looks."""

from __future__ import annotations

import subprocess
import sys

SERVICE = """
import sys
import adapters.serving, adapters.working, bot.service, bot.broker, bot.store.sqlite
print(sorted({name.partition(".")[0] for name in sys.modules} & {"taskiq", "taskiq_redis", "redis", "prometheus_client"}))
"""


def test_a_service_without_a_broker_loads_neither_taskiq_nor_redis() -> None:
    done = subprocess.run([sys.executable, "-c", SERVICE], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


BEFORE_A_LOOK = """
import asyncio, sys
from bot.broker import InlineBroker
from bot.probes.guard import Network, Policy
from knowledge.index import index

async def main():
    async with Network(Policy(known_ports=index().known_ports)) as network:
        InlineBroker(network, index())

asyncio.run(main())
print(sorted({name.partition(".")[0] for name in sys.modules} & {"cryptography", "OpenSSL", "aiosmtplib", "h2", "httpx", "httpx2"}))
"""


def test_before_the_first_look_at_a_server_nothing_that_looks_is_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_A_LOOK], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
