"""Which stores run the shared suite? Each that can run here; a fresh one for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.store import open_store
from bot.store.port import Store


@pytest.fixture
def lasting_address(tmp_path: Path) -> str:
    """A store that outlives its process."""
    return f"sqlite:{tmp_path / 'store.sqlite'}"


@pytest.fixture(params=["memory", "lasting"])
def address(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return "memory:"
    address: str = request.getfixturevalue("lasting_address")
    return address


@pytest.fixture
async def store(address: str) -> AsyncIterator[Store]:
    made = open_store(address)
    await made.open()
    yield made
    await made.close()
