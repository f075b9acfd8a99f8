"""The process that `test_kill.py` kills: a whole service on the store it is given, with a platform that is a file.

    python -m tests.bot.store.killed STORE PLATFORM FIRST COUNT [FAULT]

Says "ready", then takes in the messages FIRST … FIRST+COUNT-1, spread over a few conversations, and says "took N" once each is
acknowledged; "quiet" when all is answered. FAULT ends the process at one exact point: "before-post:3", "after-post:3" (the third post).
"""

from __future__ import annotations

import asyncio
import datetime
import os
import signal
import sys
from pathlib import Path

import bot.delivery
import bot.store.redis_looks
import bot.timer
from bot.channel import Place
from bot.reply import Reply, plain_text
from bot.store import open_store
from tests.bot.service_kit import Room, ScriptedBroker, said, service_on

TALKS = 4


class FileRoom(Room):
    """Posts are lines of a file: what was written stays written, and `find` reads it, as a platform with idempotency keys does."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(idempotent=True)
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._moment, _, number = fault.partition(":")
        self._posts_until_fault = int(number or 0)

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        self._fault("before-post")
        os.write(self._file, f"{key}\t{place['room']}\t{plain_text(reply)}\n".encode())
        self._posts_until_fault -= 1
        self._fault("after-post")
        await asyncio.sleep(0)
        return key

    async def find(self, place: Place, key: str) -> str | None:
        return key if any(line.startswith(key) for line in self._path.read_text().splitlines()) else None

    def _fault(self, moment: str) -> None:
        if self._moment == moment and self._posts_until_fault == (1 if moment == "before-post" else 0):
            os.kill(os.getpid(), signal.SIGKILL)


async def main(address: str, platform: str, first: int, count: int, fault: str) -> None:
    if "REAL_LEASES" not in os.environ:  # a dead process's leases end soon, so that the next one meets them within the test
        bot.delivery.LEASE = datetime.timedelta(seconds=0.6)
        bot.delivery.RENEW_SECONDS = 0.15
        bot.timer.GRACE = datetime.timedelta(seconds=0.3)
        bot.store.redis_looks.HINT_SECONDS = 0.3
    store = open_store(address)
    await store.open()
    service = service_on(store, FileRoom(Path(platform), fault), ScriptedBroker())
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(service.run(stop))
        print("ready", flush=True)
        for number in range(first, first + count):
            text = "probe" if number % 7 == 0 else str(number)
            await service.receive(said(text, number, f"talk{number % TALKS}"))
            print("took", number, flush=True)
        for talk in range(TALKS):
            await service.idle(f"talk{talk}")
        print("quiet", flush=True)
        stop.set()
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5] if len(sys.argv) > 5 else ""))
