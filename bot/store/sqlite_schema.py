"""What does the file look like, and how does an older one become today's? Tables and migrations; no reading or writing of talks.

A new version is one more text in `MIGRATIONS`; those that stand there are never changed. Times are seconds since 1970, UTC.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from bot.errors import StoreUnreachable

APPLICATION_ID = 0x504D5354  # "PMST": tells our file from another program's database
BUSY_SECONDS = 10.0  # another process may hold the file for one of its commits; none takes this long
CHECKPOINT_PAGES = 4000  # 16 MiB: pages that many talks touch are written back once instead of each time

MIGRATIONS = (
    """
    -- A talk. `birth` is drawn once and makes the effects' keys its own; `last_question` is the id of the post that asked last.
    CREATE TABLE conversation (
        key TEXT PRIMARY KEY, channel TEXT NOT NULL, workspace TEXT NOT NULL, asker TEXT NOT NULL, version INTEGER NOT NULL,
        birth TEXT NOT NULL, last_question TEXT NOT NULL, updated REAL NOT NULL, state BLOB NOT NULL
    );
    CREATE INDEX conversation_updated ON conversation (updated);
    CREATE INDEX conversation_workspace ON conversation (workspace);

    -- Events that nobody has handled yet; `parked` is why one was put aside. A handled one is deleted.
    CREATE TABLE inbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, conversation TEXT NOT NULL, channel TEXT NOT NULL,
        workspace TEXT NOT NULL, ord TEXT NOT NULL, person TEXT NOT NULL, message TEXT NOT NULL, received REAL NOT NULL,
        parked TEXT, body BLOB NOT NULL
    );
    CREATE INDEX inbox_conversation ON inbox (conversation, ord, seq);
    CREATE INDEX inbox_waiting ON inbox (channel, received) WHERE parked IS NULL;

    -- Keys under which events came. `own`: of our own events (a probe's result, a wake), whose keys only name the conversation.
    CREATE TABLE claim (
        seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, at REAL NOT NULL, conversation TEXT NOT NULL, own INTEGER NOT NULL
    );
    CREATE INDEX claim_own ON claim (conversation) WHERE own;

    -- The outbox. state: 0 owed, 1 done (only posts stay, for later edits), 2 ended without success. `ready`: from when on it may be
    -- claimed: the end of a lease, a retry, or the moment it was saved. Only `key`, ids and outcome stay of what is not owed.
    CREATE TABLE effect (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL, id TEXT NOT NULL, channel TEXT NOT NULL,
        in_order INTEGER NOT NULL, key TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0, ready REAL NOT NULL,
        owner TEXT NOT NULL DEFAULT '', fence INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
        message TEXT, reason TEXT, body BLOB NOT NULL, UNIQUE (conversation, id)
    );
    CREATE INDEX effect_owed ON effect (conversation, seq) WHERE state = 0;
    CREATE INDEX effect_ready ON effect (channel, ready) WHERE state = 0;

    CREATE TABLE wake (
        conversation TEXT NOT NULL, id TEXT NOT NULL, channel TEXT NOT NULL, at REAL NOT NULL, ready REAL NOT NULL,
        owner TEXT NOT NULL DEFAULT '', PRIMARY KEY (conversation, id)
    ) WITHOUT ROWID;
    CREATE INDEX wake_ready ON wake (channel, ready);

    -- Which talks hold something of a person ("p:…") or a message ("m:…"): by this they are found to be forgotten.
    CREATE TABLE trace (what TEXT NOT NULL, conversation TEXT NOT NULL, PRIMARY KEY (what, conversation)) WITHOUT ROWID;
    CREATE INDEX trace_conversation ON trace (conversation);
    """,
    """
    -- Small sealed things of a platform that belong to no talk (`vault.py`); `until` NULL: kept until it is dropped.
    CREATE TABLE vault (name TEXT PRIMARY KEY, value BLOB NOT NULL, until REAL) WITHOUT ROWID;
    CREATE INDEX vault_until ON vault (until) WHERE until IS NOT NULL;
    """,
    """
    -- Wakes in somebody's hands, to find those of a clock that was set back since among many that are still to come.
    CREATE INDEX wake_held ON wake (channel, ready) WHERE owner <> '';
    """,
    """
    -- What the talks taught (`lessons.py`): a text that was not recognised, or how an answer turned out, and how often. Nobody's.
    CREATE TABLE lesson (
        kind TEXT NOT NULL, cause TEXT NOT NULL, provider TEXT NOT NULL, client TEXT NOT NULL, text TEXT NOT NULL,
        count INTEGER NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, PRIMARY KEY (kind, cause, provider, client, text)
    ) WITHOUT ROWID;
    """,
)


def connect(path: str, synchronous: str, migrations: Sequence[str] = MIGRATIONS) -> sqlite3.Connection:
    """The file, made (0600) or migrated where need be. Raises sqlite3.Error, OSError or `StoreUnreachable`."""
    if path != ":memory:":
        _make_private(Path(path))
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        connection.execute("PRAGMA secure_delete = FAST")  # what is forgotten is overwritten where that costs no further write
        _migrate(connection, path, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o600))


def _state(connection: sqlite3.Connection) -> tuple[int, int]:
    """(version of the schema, whose file it is)."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return version, application


def _migrate(connection: sqlite3.Connection, path: str, migrations: Sequence[str]) -> None:
    if _state(connection) == (len(migrations), APPLICATION_ID):
        return  # and no need to wait for whoever is writing just now
    connection.execute("BEGIN IMMEDIATE")
    try:
        version, application = _state(connection)
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if tables and application != APPLICATION_ID:
            raise StoreUnreachable(f"The file {path} belongs to another program: set POSTMASTER_STORE to another file.")
        if version > len(migrations):
            raise StoreUnreachable(
                f"The store {path} was written by a newer Postmaster (its version is {version}, this one knows {len(migrations)}): "
                "install that one again, or set POSTMASTER_STORE to another file."
            )
        if version == len(migrations):
            connection.execute("ROLLBACK")
            return
        if version:
            _back_up(path, version)
        for script in migrations[version:]:
            for statement in _statements(script):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _back_up(path: str, version: int) -> None:
    """Keeps the old version beside the file, written by a second connection (the first one holds the migration's transaction)."""
    backup = f"{path}.version-{version}"
    os.close(os.open(backup, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC, 0o600))
    source = sqlite3.connect(path, timeout=BUSY_SECONDS)
    target = sqlite3.connect(backup)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()


def _statements(script: str) -> list[str]:
    """`executescript` would commit first; one by one they stay in the migration's transaction."""
    statements, start = [], 0
    for end, letter in enumerate(script, 1):
        if letter == ";" and sqlite3.complete_statement(script[start:end]):
            statements.append(script[start:end])
            start = end
    return statements
