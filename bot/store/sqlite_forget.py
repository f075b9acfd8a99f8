"""How is something forgotten in the SQLite store? By message, person, workspace and age; each function is one job of its thread.

A conversation that is changed gets a new version, so that a step which still had the old one in hand is stepped again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from bot.conversation.model import Conversation, MessageDeleted
from bot.store import codec
from bot.store.forgetting import without_message, without_person

CLAIMS_KEPT_SECONDS = 24 * 3600.0  # platforms deliver again for an hour or two; after a restart a day's history may be read
AT_ONCE = 200  # so that a great purge does not hold up the talks


def message(db: sqlite3.Connection, message_id: str) -> None:
    for seq, body in db.execute("SELECT seq, body FROM inbox WHERE message = ?", (message_id,)).fetchall():
        if not isinstance(codec.decode_event(body), MessageDeleted):  # that one only says so, and is still to be heard
            db.execute("DELETE FROM inbox WHERE seq = ?", (seq,))
    for key in _talks(db, f"m:{message_id}"):
        _change(db, key, lambda talk: without_message(talk, message_id))
    db.execute("DELETE FROM trace WHERE what = ?", (f"m:{message_id}",))


def person(db: sqlite3.Connection, person_id: str) -> int:
    talks = _talks(db, f"p:{person_id}")
    for key in talks:
        row = db.execute("SELECT asker FROM conversation WHERE key = ?", (key,)).fetchone()
        if row is not None and row[0] == person_id:
            _delete(db, key)
        else:
            _change(db, key, lambda talk: without_person(talk, person_id))
    db.execute("DELETE FROM inbox WHERE person = ?", (person_id,))
    db.execute("DELETE FROM trace WHERE what = ?", (f"p:{person_id}",))
    return len(talks)


def workspace(db: sqlite3.Connection, workspace_id: str) -> int:
    keys = [key for (key,) in db.execute("SELECT key FROM conversation WHERE workspace = ?", (workspace_id,))]
    keys += [key for (key,) in db.execute("SELECT DISTINCT conversation FROM inbox WHERE workspace = ?", (workspace_id,))]
    keys = list(dict.fromkeys(keys))
    for key in keys:
        _delete(db, key)
    return len(keys)


def conversation(db: sqlite3.Connection, key: str) -> bool:
    sql = "SELECT EXISTS (SELECT 1 FROM conversation WHERE key = ?1) OR EXISTS (SELECT 1 FROM inbox WHERE conversation = ?1)"
    (known,) = db.execute(sql, (key,)).fetchone()
    _delete(db, key)
    return bool(known)


def event(db: sqlite3.Connection, event_id: str, key: str) -> None:
    """Deletes an event, and what only it has left of the conversation `key`."""
    db.execute("DELETE FROM inbox WHERE id = ?", (event_id,))
    _drop_traces_of_nothing(db, key)


def untouched(db: sqlite3.Connection, before: float) -> int:
    """Deletes some of the conversations in which nothing was done and nothing came since `before`; 0 when there are no more."""
    waits = "SELECT 1 FROM inbox WHERE conversation = key AND parked IS NULL AND received >= ?1"
    sql = f"SELECT key FROM conversation WHERE updated < ?1 AND NOT EXISTS ({waits}) LIMIT ?2"
    keys = [key for (key,) in db.execute(sql, (before, AT_ONCE))]
    for key in keys:
        _delete(db, key)
    left = [key for (key,) in db.execute("SELECT DISTINCT conversation FROM inbox WHERE received < ?", (before,))]
    db.execute("DELETE FROM inbox WHERE received < ?", (before,))
    for key in left:
        _drop_traces_of_nothing(db, key)
    return len(keys)


def old_claims(db: sqlite3.Connection, now: float) -> int:
    """Deletes some of the claims that no second delivery can ask for any more; 0 when there are no more."""
    sql = "DELETE FROM claim WHERE seq IN (SELECT seq FROM claim ORDER BY seq LIMIT ?) AND at < ?"
    return db.execute(sql, (AT_ONCE * 10, now - CLAIMS_KEPT_SECONDS)).rowcount


def _talks(db: sqlite3.Connection, what: str) -> list[str]:
    return [key for (key,) in db.execute("SELECT conversation FROM trace WHERE what = ?", (what,))]


def _change(db: sqlite3.Connection, key: str, change: Callable[[Conversation], Conversation]) -> None:
    row = db.execute("SELECT state FROM conversation WHERE key = ?", (key,)).fetchone()
    if row is None:
        return
    state = codec.encode_conversation(change(codec.decode_conversation(row[0])))
    db.execute("UPDATE conversation SET state = ?, version = version + 1 WHERE key = ?", (state, key))


def _drop_traces_of_nothing(db: sqlite3.Connection, key: str) -> None:
    sql = (
        "DELETE FROM trace WHERE conversation = ?1 AND NOT EXISTS (SELECT 1 FROM conversation WHERE key = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM inbox WHERE conversation = ?1)"
    )
    db.execute(sql, (key,))


def _delete(db: sqlite3.Connection, key: str) -> None:
    db.execute("DELETE FROM conversation WHERE key = ?", (key,))
    db.execute("DELETE FROM claim WHERE conversation = ? AND own", (key,))  # the platform may still deliver its own again
    for table in ("inbox", "effect", "wake", "trace"):
        db.execute(f"DELETE FROM {table} WHERE conversation = ?", (key,))
