"""What the tests of this folder share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.discord import app, client, identifying
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    made = Peer()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new session may begin at once, and servers that come one after the other are waited for only a moment: the local Discord
    sends them together."""
    for module in (app, client, identifying):
        monkeypatch.setattr(module, "APART_SECONDS", 0.02)
    monkeypatch.setattr(client, "_QUIET_SECONDS", 0.1)


@pytest.fixture
def service() -> Scripted:
    return Scripted()
