"""Is anything lost or said twice while instances are replaced one after the other and people go on talking? Real services on one store."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.service import Service
from tests.bot.service_kit import Room, ScriptedBroker, opened, running, said, service_on, until

INSTANCES, TALKS, MESSAGES = 3, 4, 60


@dataclass
class Deployment:
    """Instances that start and stop; a message goes to whichever of those that take some in has its turn."""

    address: str
    room: Room
    serving: list[Service] = field(default_factory=list)

    async def instance(self, stop: asyncio.Event) -> None:
        async with opened(self.address) as store:
            service = service_on(store, self.room, ScriptedBroker())
            async with running(service):
                self.serving.append(service)
                await stop.wait()
                self.serving.remove(service)  # a platform's socket is closed first

    async def talk(self) -> None:
        for number in range(1, MESSAGES + 1):
            await self.serving[number % len(self.serving)].receive(said(str(number), number, f"talk{number % TALKS}"))
            await asyncio.sleep(0.01)


async def test_a_rolling_deployment_loses_nothing_and_says_nothing_twice(lasting_address: str, room: Room) -> None:
    deployment = Deployment(lasting_address, room)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        stops: list[asyncio.Event] = []

        async def start() -> None:
            stops.append(asyncio.Event())
            before = len(deployment.serving)
            group.create_task(deployment.instance(stops[-1]))
            await until(lambda: len(deployment.serving) > before)

        for _ in range(INSTANCES):
            await start()
        talking = group.create_task(deployment.talk())
        for _ in range(INSTANCES):
            await asyncio.sleep(0.1)
            await start()
            stops.pop(0).set()
        await talking
        for number in range(TALKS):
            await deployment.serving[0].idle(f"talk{number}")
        for stop in stops:
            stop.set()

    for number in range(TALKS):
        mine = [one for one in range(1, MESSAGES + 1) if one % TALKS == number]
        assert room.texts(f"talk{number}") == [f"heard {one}" for one in mine]
