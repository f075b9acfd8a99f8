"""Is all that a store holds readable, whole and looked after? Goes through everything once; file and indexes are the archive's to judge."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.store import codec
from bot.store.archive import Archive, Counts, Fault, Record, Talk
from bot.store.port import LONGEST_LEASE_SECONDS

LATE_SECONDS = 600.0  # nobody lets something due wait for longer while a bot runs


@dataclass(slots=True)
class Inspection:
    """What is there. `parked` counts events that were put aside, by reason; `late` what has been due for ten minutes, `leased` what
    somebody has in hand just now."""

    counts: Counts = field(default_factory=Counts)
    waiting: int = 0
    parked: Counter[str] = field(default_factory=Counter)
    owed: int = 0
    leased: int = 0
    late: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return all(fault.mended for fault in self.faults)


def inspect(archive: Archive, now: float, *, repair: bool = False, seen: Callable[[Record], None] = lambda _: None) -> Inspection:
    """Everything in the store, looked at once; `now`: seconds since 1970; `seen` hears of each record. Raises `StoreUnreachable`."""
    found = Inspection(faults=list(archive.faults(repair=repair)))
    unreadable: list[str] = []
    leased_for_long = 0
    for record in archive.records():
        seen(record)
        found.counts.add(record)
        if isinstance(record, Talk):
            unreadable += _unreadable(record)
            leased_for_long += _look_at(record, found, now)
    if unreadable:
        named = ", ".join(dict.fromkeys(unreadable))
        found.faults.append(Fault(f"{len(unreadable)} entries cannot be read ({named}): tell us, and delete what they belong to."))
    if leased_for_long:
        text = f"{leased_for_long} leases end far in the future: a clock ran ahead. A bot that runs takes no notice of them."
        found.faults.append(Fault(text, mended=True))
    return found


def _look_at(talk: Talk, found: Inspection, now: float) -> int:
    """Counts what waits, and says how many leases are too long."""
    long = 0
    for event in talk.inbox:
        if event.parked is not None:
            found.parked[event.parked] += 1
        else:
            found.waiting += 1
            found.late += event.received < now - LATE_SECONDS
    held: list[tuple[str, float]] = [(effect.owner, effect.ready) for effect in talk.outbox if effect.state == "owed"]
    found.owed += len(held)
    for owner, ready in (*held, *((wake.owner, wake.ready) for wake in talk.wakes)):
        found.late += ready < now - LATE_SECONDS
        found.leased += bool(owner) and ready > now
        long += bool(owner) and ready > now + LONGEST_LEASE_SECONDS
    return long


def _unreadable(talk: Talk) -> Iterator[str]:
    """What the code of today cannot read, by kind and error."""
    parts: list[tuple[str, Callable[[bytes], Any], Any]] = [("event", codec.decode_event, event.body) for event in talk.inbox]
    parts += [("effect", codec.decode_effect, effect.body) for effect in talk.outbox if effect.body is not None]
    parts += [("conversation", codec.decode_conversation, talk.head.state)] if talk.head else []
    for what, decode, body in parts:
        try:
            decode(json.dumps(body).encode())
        except Exception as error:  # whatever a shape that is not ours makes of the converter
            yield f"{what}: {type(error).__name__}"
