"""A store of each kind, fresh for each test of the shared suite."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.store import open_store
from bot.store.port import Store


@pytest.fixture
async def store(address: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Store]:
    monkeypatch.setattr(
        "bot.store.redis_looks.HINT_SECONDS", 0.0
    )  # looks at once: what is asked for by tests is asked right after it was written
    made = open_store(address)
    await made.open()
    yield made
    await made.close()
