"""How is the outbox kept in SQLite? Effects are saved, claimed, marked; each function is a job, or a part of one, of the store's thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from bot.conversation.model import AnyEffect, Conversation, Edit, Post, Wake
from bot.store import codec, outbox
from bot.store.port import LONGEST_LEASE_SECONDS, LONGEST_RETRY_SECONDS, ClaimedEffect, Marked

OWED, DONE, ENDED = 0, 1, 2


def marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def save_effects(
    db: sqlite3.Connection,
    conversation: Conversation,
    birth: str,
    effects: Sequence[tuple[AnyEffect, bytes]],
    owner: str,
    lease: float | None,
    in_hand: Sequence[str] | None,
    now: float,
) -> list[tuple[AnyEffect, str, dict[str, str]]]:
    talk = conversation.key
    claimed: list[tuple[AnyEffect, str, dict[str, str]]] = []
    blocked: bool | None = None
    for effect, body in effects:
        if isinstance(effect, Wake):
            due = effect.at.timestamp()
            sql = "INSERT OR REPLACE INTO wake (conversation, id, channel, at, ready) VALUES (?,?,?,?,?)"
            db.execute(sql, (talk, effect.wake, conversation.channel, due, due))
            continue
        ordered = outbox.in_order(effect)
        if ordered and blocked is None:
            sql = "SELECT 1 FROM effect WHERE conversation = ? AND state = 0 AND in_order AND (owner <> ? OR ready <= ?"
            sql += ") LIMIT 1" if in_hand is None else f" OR id NOT IN ({marks(in_hand)})) LIMIT 1"
            blocked = db.execute(sql, (talk, owner, now, *(in_hand or ()))).fetchone() is not None
        key = outbox.key(birth, talk, effect.id)
        ours = lease is not None and not (ordered and blocked)
        db.execute(
            "INSERT INTO effect (conversation, id, channel, in_order, key, ready, owner, fence, attempts, body)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            (
                talk,
                effect.id,
                conversation.channel,
                ordered,
                key,
                lease if ours else now,
                owner if ours else "",
                int(ours),
                int(ours),
                body,
            ),
        )
        if ours:
            claimed.append((effect, key, edited(db, talk, effect)))
    return claimed


def posted(db: sqlite3.Connection, conversation: str, effect_id: str) -> str | None:
    row = db.execute("SELECT message FROM effect WHERE conversation = ? AND id = ?", (conversation, effect_id)).fetchone()
    return None if row is None else row[0]


def edited(db: sqlite3.Connection, conversation: str, effect: AnyEffect) -> dict[str, str]:
    """Where the post that an `Edit` replaces stands, as far as it stands."""
    message = posted(db, conversation, effect.of) if isinstance(effect, Edit) else None
    return {} if message is None or not isinstance(effect, Edit) else {effect.of: message}


FIRST_OF_ITS_TALK = (
    "(NOT e.in_order OR NOT EXISTS (SELECT 1 FROM effect b WHERE b.conversation = e.conversation"
    " AND b.state = 0 AND b.in_order AND b.seq < e.seq))"
)


# ?1 is now. Whatever is due later than anybody would have wished is due now: a clock was set back since.
TOO_LATE = f"ready > ?1 + CASE owner WHEN '' THEN {LONGEST_RETRY_SECONDS} ELSE {LONGEST_LEASE_SECONDS} END"


def claim_effects(
    db: sqlite3.Connection, channels: Sequence[str], owner: str, until: float, now: float, limit: int, conversation: str | None
) -> list[tuple[bytes, str, int, int, dict[str, str], bytes]]:
    rows: list[tuple[int, str, bytes, str, int, int, bytes]] = []
    for due in ("e.ready <= ?1", f"e.ready > ?1 + {LONGEST_LEASE_SECONDS} AND {TOO_LATE}"):  # a range of the index each
        sql = (
            "SELECT e.seq, e.conversation, e.body, e.key, e.fence, e.attempts, c.state FROM effect e"
            f" JOIN conversation c ON c.key = e.conversation WHERE e.state = 0 AND {due} AND {FIRST_OF_ITS_TALK} AND"
        )
        if conversation is not None:
            sql += f" e.conversation = ?2 AND +e.channel IN ({marks(channels)}) ORDER BY e.seq LIMIT ?"
            rows += db.execute(sql, (now, conversation, *channels, limit - len(rows))).fetchall()
            continue
        for channel in channels:
            values = (now, channel, limit - len(rows))
            rows += db.execute(f"{sql} e.channel = ?2 ORDER BY e.ready LIMIT ?3", values).fetchall()
    claimed = []
    for seq, talk, body, key, fence, attempts, state in rows:
        sql = "UPDATE effect SET owner = ?, ready = ?, fence = fence + 1, attempts = attempts + 1 WHERE seq = ?"
        db.execute(sql, (owner, until, seq))
        where_posted = edited(db, talk, codec.decode_effect(body))
        claimed.append((body, key, fence + 1, attempts + 1, where_posted, state))
    return claimed


def next_due(db: sqlite3.Connection, channels: Sequence[str], now: float) -> float | None:
    """When the first of the effects that may be claimed one day is to be, or was."""
    found = []
    for channel in channels:
        of_channel = f"FROM effect e WHERE state = 0 AND channel = ?2 AND {FIRST_OF_ITS_TALK}"
        found += db.execute(f"SELECT ready, ?1 {of_channel} ORDER BY ready LIMIT 1", (now, channel)).fetchall()
        late = f"SELECT ?1, ?1 {of_channel} AND ready > ?1 + {LONGEST_LEASE_SECONDS} AND {TOO_LATE} LIMIT 1"
        found += db.execute(late, (now, channel)).fetchall()
    return min((float(due) for due, _ in found), default=None)


HELD = "conversation = ? AND id = ? AND fence = ? AND state = 0"


def done(db: sqlite3.Connection, claimed: ClaimedEffect, message: str | None) -> Marked:
    effect, held = claimed.effect, (claimed.conversation, claimed.effect.id, claimed.fence)
    before = f"SELECT 1 FROM effect WHERE conversation = ? AND id = ? AND fence = ? AND state = {DONE}"
    if db.execute(before, held).fetchone():
        changed = 1  # the answer to that was lost
    elif isinstance(effect, Post):  # it stays, for edits
        sql = f"UPDATE effect SET state = {DONE}, owner = '', message = ?, body = '' WHERE {HELD}"
        changed = db.execute(sql, (message, *held)).rowcount
    else:
        changed = db.execute(f"DELETE FROM effect WHERE {HELD}", held).rowcount
    if not changed:
        return Marked.LOST
    if isinstance(effect, Edit) and message is not None:  # where the platform had to write it anew
        sql = f"UPDATE effect SET message = ?, state = {DONE} WHERE conversation = ? AND id = ? AND state <> {OWED}"
        db.execute(sql, (message, claimed.conversation, effect.of))
    sql = "SELECT 1 FROM effect WHERE conversation = ? AND state = 0 AND in_order AND owner = '' LIMIT 1"
    waits = outbox.in_order(effect) and db.execute(sql, (claimed.conversation,)).fetchone()
    return Marked.MORE if waits else Marked.DONE


def failed(db: sqlite3.Connection, claimed: ClaimedEffect, reason: str, retry: float | None) -> bool:
    held = (claimed.conversation, claimed.effect.id, claimed.fence)
    owner = db.execute(f"SELECT owner FROM effect WHERE {HELD}", held).fetchone()
    if owner is None:
        return False
    if not owner[0]:  # given back already: the answer to that was lost
        return True
    if retry is None:
        db.execute(f"UPDATE effect SET state = {ENDED}, owner = '', reason = ?, body = '' WHERE {HELD}", (reason, *held))
        return True
    db.execute(f"UPDATE effect SET ready = ?, owner = '', reason = ? WHERE {HELD}", (retry, reason, *held))
    if outbox.in_order(claimed.effect):  # what waits behind it was never begun
        db.execute(
            "UPDATE effect SET owner = '', ready = ?, attempts = attempts - 1, fence = fence + 1"
            " WHERE conversation = ? AND state = 0 AND in_order AND owner = ?",
            (retry, claimed.conversation, owner[0]),
        )
    return True


def release(db: sqlite3.Connection, owner: str, now: float) -> int:
    released = db.execute("UPDATE effect SET owner = '', ready = ? WHERE state = 0 AND owner = ?", (now, owner)).rowcount
    return released + db.execute("UPDATE wake SET owner = '', ready = at WHERE owner = ?", (owner,)).rowcount
