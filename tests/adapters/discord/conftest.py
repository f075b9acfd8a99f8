"""What the tests of this folder share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    made = Peer()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def service() -> Scripted:
    return Scripted()
