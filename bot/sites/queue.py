"""How does a question reach a site? One taskiq queue (a Redis stream) for each; the message is only the probe's key.

taskiq-redis gives a dead worker's message to another one only when a new message arrives and ten minutes later. Nothing here leans on
that: the asking side sends again (`asking.py`), and a worker drops what nobody wants any more (`worker.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from taskiq import AsyncTaskiqDecoratedTask
from taskiq_redis import RedisStreamBroker

from bot.sites.trail import queue_of

TASK = "postmaster.probe"
MAX_WAITING = 10_000
BLOCK_MILLISECONDS = 1000
UNLOCK_SECONDS = 10.0

Look = Callable[[str], Awaitable[None]]


def queue(url: str, site: str) -> RedisStreamBroker:
    return RedisStreamBroker(
        url,
        queue_name=queue_of(site),
        consumer_id="0",  # also what was sent before the first worker of the site came
        maxlen=MAX_WAITING,
        xread_block=BLOCK_MILLISECONDS,
        xread_count=10,
        unacknowledged_lock_timeout=UNLOCK_SECONDS,
    )


def task(broker: RedisStreamBroker, look: Look) -> AsyncTaskiqDecoratedTask[[str], Any]:
    """The one task of a queue; `look` gets the probe's key."""

    async def probe(key: str) -> None:
        await look(key)

    return broker.task(TASK)(probe)
