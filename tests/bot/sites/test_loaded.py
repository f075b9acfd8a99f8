"""What is loaded where no broker is configured? Neither taskiq nor redis."""

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
