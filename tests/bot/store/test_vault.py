"""Does each store's vault keep small things by name, once and for as long as it was told? The suite for all stores."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path

import pytest

from bot.errors import StoreUnreachable
from bot.store import open_store, sqlite_schema
from bot.store.port import Store
from bot.store.sqlite import SqliteStore
from bot.store.vault import MAX_BYTES, MAX_NAME
from tests.bot.store.talks import said


def from_now(seconds: float) -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)


async def test_what_is_kept_is_found_by_its_name_and_replaced_by_the_next(store: Store) -> None:
    await store.vault.keep("slack/a", b"\x00one")
    await store.vault.keep("slack/b", b"other")
    await store.vault.keep("slack/a", b"two")

    assert await store.vault.kept("slack/a") == b"two"
    assert await store.vault.kept("slack/b") == b"other"
    assert await store.vault.kept("slack/c") is None


async def test_of_many_who_take_one_gets_it(store: Store) -> None:
    await store.vault.keep("state", b"1", from_now(600))

    taken = await asyncio.gather(*(store.vault.take("state") for _ in range(20)))

    assert sorted(taken, key=lambda one: one is None) == [b"1"] + [None] * 19


async def test_what_is_past_its_time_is_gone_for_reading_and_for_taking(store: Store) -> None:
    await store.vault.keep("read", b"1", from_now(-1))
    await store.vault.keep("taken", b"1", from_now(-1))
    await store.vault.keep("stays", b"1", from_now(600))

    assert await store.vault.kept("read") is None
    assert await store.vault.take("taken") is None
    assert await store.vault.kept("stays") == b"1"


async def test_a_thing_kept_anew_without_an_end_has_none(store: Store) -> None:
    await store.vault.keep("state", b"1", from_now(0.05))
    await store.vault.keep("state", b"2")
    await asyncio.sleep(0.1)

    assert await store.vault.kept("state") == b"2"


async def test_what_is_dropped_is_gone_and_may_be_dropped_again(store: Store) -> None:
    await store.vault.keep("slack/a", b"1")
    await store.vault.drop("slack/a")
    await store.vault.drop("slack/a")

    assert await store.vault.kept("slack/a") is None


@pytest.mark.parametrize(("name", "value"), [("", b"1"), ("n" * (MAX_NAME + 1), b"1"), ("n", b"v" * (MAX_BYTES + 1))])
async def test_nothing_without_a_bound_is_kept(store: Store, name: str, value: bytes) -> None:
    with pytest.raises(ValueError, match="vault"):
        await store.vault.keep(name, value)


async def test_forgetting_talks_leaves_the_vault_alone(store: Store) -> None:
    await store.vault.keep("slack/installation/T1", b"sealed")
    await store.forget_workspace("slack:T1")
    await store.purge(from_now(3600))

    assert await store.vault.kept("slack/installation/T1") == b"sealed"


async def test_a_vault_outlives_its_process(lasting_address: str) -> None:
    first = open_store(lasting_address)
    await first.open()
    await first.vault.keep("slack/a", b"sealed")
    await first.close()

    second = open_store(lasting_address)
    await second.open()
    try:
        assert await second.vault.kept("slack/a") == b"sealed"
    finally:
        await second.close()


async def test_a_file_from_before_there_was_a_vault_is_given_one(tmp_path: Path) -> None:
    path = str(tmp_path / "store.sqlite")
    older = SqliteStore(path, migrations=sqlite_schema.MIGRATIONS[:1])
    await older.open()
    await older.receive(said(1), ["event-1"])
    await older.close()

    today = SqliteStore(path)
    await today.open()
    try:
        await today.vault.keep("slack/a", b"sealed")
        assert await today.vault.kept("slack/a") == b"sealed"
        assert len((await today.load("talk")).events) == 1
    finally:
        await today.close()


async def test_a_store_that_is_away_says_so_for_its_vault_too() -> None:
    store = open_store("redis://127.0.0.1:1/0")
    with pytest.raises(StoreUnreachable, match="cannot be reached"):
        await store.vault.kept("slack/a")
    await store.close()
