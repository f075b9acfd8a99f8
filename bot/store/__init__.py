"""Which store does an address name? Imports the one that is asked for, when it is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from bot.errors import CannotRun, UsageError
from bot.store.port import Store

if TYPE_CHECKING:
    from bot.store.archive import Archive

KINDS = "sqlite:PATH, redis://HOST:PORT/NUMBER or memory:"


def open_store(address: str) -> Store:
    """The store at `address` (POSTMASTER_STORE), not opened yet. Raises `UsageError` for an address that names none."""
    scheme, _, rest = address.partition(":")
    if scheme == "memory" and not rest:
        from bot.store.sqlite import SqliteStore

        return SqliteStore(":memory:")
    if scheme == "sqlite":
        return _sqlite(rest)
    if scheme in ("redis", "rediss", "unix"):
        return _redis(address)
    raise UsageError(f"POSTMASTER_STORE must be {KINDS}, not {address!r}.")


def open_archive(address: str, *, new: bool = False) -> Archive:
    """All that the store at `address` holds, to be carried elsewhere or looked through. `new`: it is made where it is not there yet.

    Raises `UsageError` for an address that names no lasting store, `StoreUnreachable`."""
    open_store(address)  # judges the address
    scheme, _, rest = address.partition(":")
    if scheme == "memory":
        raise UsageError("memory: is gone with its process: set POSTMASTER_STORE to the store that is meant.")
    if scheme == "sqlite":
        from bot.store.sqlite_archive import SqliteArchive

        return SqliteArchive(_file(rest.partition("?")[0]), new=new)
    from bot.store.redis_archive import RedisArchive

    return RedisArchive(address)


def _redis(address: str) -> Store:
    try:
        from bot.store.redis import RedisStore
    except ImportError as error:
        raise CannotRun("A store in Redis or Valkey needs the package redis: pip install 'postmaster-bot[redis]'.") from error
    try:
        return RedisStore(address)
    except ValueError as error:
        raise UsageError(f"POSTMASTER_STORE is no address of a store ({error}): write it as redis://HOST:PORT/NUMBER.") from error


def _sqlite(rest: str) -> Store:
    from bot.store.sqlite import SqliteStore

    path, _, query = rest.partition("?")
    options = parse_qs(query)
    synchronous = options.pop("synchronous", ["full"])[-1].lower()
    if options or synchronous not in ("full", "normal"):
        raise UsageError("POSTMASTER_STORE takes ?synchronous=full or ?synchronous=normal after the path and nothing else.")
    return SqliteStore(_file(path), synchronous="NORMAL" if synchronous == "normal" else "FULL")


def _file(path: str) -> str:
    return str(Path(path.removeprefix("//")).expanduser() if path else default_path())


def default_path() -> Path:
    """`postmaster.sqlite` in the user's state folder."""
    import platformdirs

    return Path(platformdirs.user_state_dir("postmaster", appauthor=False)) / "postmaster.sqlite"
