"""What does the SQLite file do when disk, rights, age or content are not as they should be? One sentence each, and nothing half written."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from bot.errors import StoreUnreachable, UsageError
from bot.store import default_path, open_store, sqlite_schema
from bot.store.sqlite import SqliteStore
from tests.bot.service_kit import TALK, Room, running, service_on
from tests.bot.service_kit import said as said_to_service
from tests.bot.store.talks import begun, post, said, talk

AWAY_SECONDS = float(os.environ.get("AWAY_SECONDS", "1"))  # a minute where there is time: AWAY_SECONDS=60 pytest tests/bot/store
DIARY = b"my diary\n" * 200


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "store.sqlite"


@asynccontextmanager
async def opened(store: SqliteStore) -> AsyncIterator[SqliteStore]:
    await store.open()
    yield store
    await store.close()


def fill(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def filled(path: Path) -> bytes:
    return path.read_bytes()


HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another process has the file for itself alone."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        yield
        other.communicate()


def limited(monkeypatch: pytest.MonkeyPatch, pragma: str) -> None:
    """What comes after connecting meets this limit: SQLite's own code path of a full disk or a read-only file."""
    real = sqlite_schema.connect

    def connect(*args: object) -> sqlite3.Connection:
        connection = real(*args)  # type: ignore[arg-type]  # passes on whatever it was given
        connection.execute(pragma)
        return connection

    monkeypatch.setattr(sqlite_schema, "connect", connect)


async def test_the_file_is_for_its_user_only(path: Path) -> None:
    async with opened(SqliteStore(str(path))) as store:
        await store.receive(said(1), ["1"])

        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert set(modes.values()) == {0o600}
    assert "store.sqlite-wal" in modes
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(("option", "level"), [("", 2), ("?synchronous=full", 2), ("?synchronous=normal", 1)])
async def test_synchronous_is_full_unless_the_address_says_normal(path: Path, option: str, level: int) -> None:
    store = open_store(f"sqlite:{path}{option}")
    assert isinstance(store, SqliteStore)
    async with opened(store):
        assert await store._thread.run(lambda db: db.execute("PRAGMA synchronous").fetchone(), writes=False) == (level,)
        assert await store._thread.run(lambda db: db.execute("PRAGMA journal_mode").fetchone(), writes=False) == ("wal",)


@pytest.mark.parametrize("address", ["sqlite:x?colour=red", "sqlite:x?synchronous=off", "mysql://db", "memory:x", ""])
def test_an_address_that_names_no_store_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(UsageError, match="POSTMASTER_STORE"):
        open_store(address)


def test_the_default_is_a_file_in_the_users_state_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    assert default_path() == tmp_path / "postmaster" / "postmaster.sqlite"


async def test_many_commits_at_once_share_transactions(path: Path) -> None:
    async with opened(SqliteStore(str(path))) as store:
        commits: list[str] = []
        await store._thread.run(
            lambda db: db.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None), writes=False
        )

        await asyncio.gather(*(store.receive(said(number), [str(number)]) for number in range(200)))

    assert len(commits) < 100


async def test_a_job_that_fails_leaves_those_beside_it_untouched(path: Path) -> None:
    async with opened(SqliteStore(str(path))) as store:
        results = await asyncio.gather(
            store.commit(talk("a"), 0, [post("0.0")], ()),
            store.commit(talk("b"), 0, [post("same"), post("same")], ()),
            store.commit(talk("c"), 0, [post("0.0")], ()),
            return_exceptions=True,
        )

        assert [type(result) for result in results] == [list, ValueError, list]
        assert (await store.load("a")).version == 1
        assert (await store.load("b")).version == 0
        assert (await store.load("c")).version == 1


async def test_a_full_disk_is_said_and_what_was_acknowledged_is_kept(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, "PRAGMA max_page_count = 40")
    acknowledged = []
    async with opened(SqliteStore(str(path))) as store:
        with pytest.raises(StoreUnreachable, match="is full: make room"):  # noqa: PT012  # which of them meets the limit is not known
            for number in range(1000):
                await store.receive(said(number, text="x" * 2000), [str(number)])
                acknowledged.append(f"talk/{number}")
        assert [event.id for event in (await store.load("talk")).events] == acknowledged
    assert acknowledged


async def test_a_read_only_file_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, "PRAGMA query_only = on")
    async with opened(SqliteStore(str(path))) as store:
        with pytest.raises(StoreUnreachable, match="cannot be written: give this user write access"):
            await store.receive(said(1), ["1"])


async def test_a_folder_that_cannot_be_made_is_said() -> None:
    with pytest.raises(StoreUnreachable, match="set POSTMASTER_STORE to a file that this user can write"):
        await SqliteStore("/proc/postmaster/store.sqlite").open()


async def test_a_folder_in_place_of_the_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="cannot be opened"):
        await SqliteStore(str(tmp_path)).open()


async def test_a_file_that_is_no_database_is_said_and_left_alone(path: Path) -> None:
    fill(path, DIARY)

    with pytest.raises(StoreUnreachable, match="is no store of Postmaster: move it away"):
        await SqliteStore(str(path)).open()
    assert filled(path) == DIARY


async def test_another_programs_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()

    with pytest.raises(StoreUnreachable, match="belongs to another program"):
        await SqliteStore(str(path)).open()


async def test_a_damaged_file_is_said(path: Path) -> None:
    async with opened(SqliteStore(str(path))) as store:
        for number in range(200):
            await store.receive(said(number, text="x" * 2000), [str(number)])
    content = filled(path)
    fill(path, content[:4096] + b"\xa5" * (len(content) - 4096))

    async with opened(SqliteStore(str(path))) as store:
        with pytest.raises(StoreUnreachable, match="is damaged: put back a backup"):
            await store.load("talk")


async def test_a_file_held_by_another_program_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_schema, "BUSY_SECONDS", 0.05)
    async with opened(SqliteStore(str(path))) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreUnreachable, match="is held by another program"):
            await store.receive(said(1), ["1"])
        other.execute("ROLLBACK")
        other.close()

        assert await store.receive(said(1), ["1"])


async def test_a_file_that_another_program_holds_for_a_while_is_waited_for_and_nothing_is_lost_or_said_twice(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_schema, "BUSY_SECONDS", 0.05)
    room = Room()
    async with opened(SqliteStore(str(path))) as store:
        service = service_on(store, room)
        async with asyncio.timeout(AWAY_SECONDS + 30), running(service):
            for number in range(1, 9):
                await service.receive(said_to_service(str(number), number))
            with held(path):  # while the last of them are still worked on
                with pytest.raises(StoreUnreachable, match="is held by another program"):
                    await service.receive(said_to_service("refused", 9))
                await asyncio.sleep(AWAY_SECONDS)
            assert await service.receive(said_to_service("after", 9))
            await service.idle(TALK)

    assert room.texts() == [*(f"heard {number}" for number in range(1, 9)), "heard after"]


async def test_a_store_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    newer = (*sqlite_schema.MIGRATIONS, "CREATE TABLE of_tomorrow (x TEXT);")
    async with opened(SqliteStore(str(path), migrations=newer)):
        pass

    with pytest.raises(StoreUnreachable, match="was written by a newer Postmaster"):
        await SqliteStore(str(path)).open()
    async with opened(SqliteStore(str(path), migrations=newer)):
        pass


async def test_an_older_store_is_migrated_and_kept_beside(path: Path) -> None:
    async with opened(SqliteStore(str(path))) as store:
        await begun(store)
    newer = (*sqlite_schema.MIGRATIONS, "CREATE TABLE of_tomorrow (x TEXT); INSERT INTO of_tomorrow VALUES ('a;b');")

    async with opened(SqliteStore(str(path), migrations=newer)) as store:
        assert (await store.load("talk")).conversation == talk()
        assert await store._thread.run(lambda db: db.execute("SELECT x FROM of_tomorrow").fetchall(), writes=False) == [("a;b",)]

    backup = path.with_name(f"store.sqlite.version-{len(sqlite_schema.MIGRATIONS)}")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    async with opened(SqliteStore(str(backup))) as store:
        assert (await store.load("talk")).conversation == talk()


async def test_a_migration_that_fails_leaves_the_store_as_it_was(path: Path) -> None:
    async with opened(SqliteStore(str(path))) as store:
        await begun(store)

    with pytest.raises(StoreUnreachable):
        await SqliteStore(str(path), migrations=(*sqlite_schema.MIGRATIONS, "CREATE TABLE half (x TEXT); THIS IS NO SQL;")).open()

    async with opened(SqliteStore(str(path))) as store:
        assert (await store.load("talk")).conversation == talk()


async def test_a_copy_made_beside_a_running_store_can_be_put_back(path: Path, tmp_path: Path) -> None:
    async with opened(SqliteStore(str(path))) as store:
        await begun(store, [post("0.0")])
        source, target = sqlite3.connect(path), sqlite3.connect(tmp_path / "copy.sqlite")
        source.backup(target)
        source.close()
        target.close()
        await store.commit(talk(), 1, (), ())

    for left in path.parent.iterdir():
        left.unlink()
    shutil.copy(tmp_path / "copy.sqlite", path)

    async with opened(SqliteStore(str(path))) as store:
        assert (await store.load("talk")).version == 1
        assert await store.owes("talk")


async def test_a_closed_store_says_so(path: Path) -> None:
    store = SqliteStore(str(path))
    async with opened(store):
        pass

    with pytest.raises(StoreUnreachable, match="is closed"):
        await store.load("talk")
