"""store on the command line: is what is kept whole, and how does it move to another store? No platform, and no talk goes on here."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from adapters.terminal import streams
from bot.config import load_settings
from bot.errors import CannotRun, StoreUnreachable, UsageError
from bot.store import archive as archives
from bot.store import open_archive
from bot.store.archive import Counts, Record, Talk
from bot.store.inspection import Inspection, inspect

QUIET_SECONDS = 1.0  # what is over sooner needs no progress
STANDARD = "-"


def check(*, repair: bool, as_json: bool) -> int:
    """Looks through the store of POSTMASTER_STORE. 1 where something is wrong that was not mended."""
    with closing(open_archive(load_settings().store)) as archive, _progress("looked through") as seen:
        found = inspect(archive, time.time(), repair=repair, seen=seen)
        name = archive.name
    if as_json:
        streams.write_json(
            {
                "schema": 1,
                "store": name,
                **asdict(found.counts),
                "waiting": found.waiting,
                "parked": dict(found.parked),
                "owed": found.owed,
                "leased": found.leased,
                "late": found.late,
                "faults": [asdict(fault) for fault in found.faults],
            }
        )
    else:
        for line in _told(name, found):
            streams.write_line(line)
    return 0 if found.sound else 1


def _told(name: str, found: Inspection) -> Iterator[str]:
    yield f"The store {name} holds {found.counts}."
    yield f"Waiting: {found.waiting} events. Owed: {found.owed} effects. In somebody's hands: {found.leased}."
    if found.parked:
        why = ", ".join(f"{reason} {number}" for reason, number in found.parked.most_common())
        yield f"Put aside, because they could not be handled three times: {found.parked.total()} events ({why}). The log tells where."
    if found.late:
        yield f"Due for more than ten minutes: {found.late}. Is a bot running on this store?"
    for fault in found.faults:
        yield f"{'Mended' if fault.mended else 'Fault'}: {fault.text}"
    if not found.faults:
        yield "No fault found."


def export(file: str, *, running: bool) -> int:
    """Writes the store of POSTMASTER_STORE to `file` ("-": standard output)."""
    if file == STANDARD and sys.stdout.isatty():
        raise UsageError("An export is no text to read: name a FILE, or send it on with `>` or `|`.")
    with closing(open_archive(load_settings().store)) as archive:
        if archive.in_use() and not running:
            raise CannotRun(
                f"Another process has the store {archive.name} open: stop it first, for what it writes from now on would be missing. "
                "(--running: a copy of this moment all the same, to be kept as a backup.)"
            )
        with _written(file) as out, _progress("exported") as seen:
            counts = archives.write(_each(archive.records(), seen), out, time.time())
    streams.say(f"Exported {counts}.")
    return 0


def import_(file: str, *, replace: bool) -> int:
    """Fills the store of POSTMASTER_STORE from `file` ("-": standard input), which is read through once before anything is written."""
    with _read(file) as source:
        with _progress("checked") as seen:
            counts = archives.verify(source, seen)
        with closing(open_archive(load_settings().store, new=True)) as archive:
            if archive.in_use():
                raise CannotRun(f"Another process has the store {archive.name} open: stop it first, and start it when the import is done.")
            if not replace and not archive.is_empty():
                raise UsageError(
                    f"The store {archive.name} is not empty: set POSTMASTER_STORE to an empty one. (--replace: delete all that is in it.)"
                )
            source.seek(0)
            with _progress("imported") as seen:
                archive.fill(_each(archives.read(source), seen), empty_first=replace)
            with _progress("compared") as seen:
                _compare(counts, archive.records(), archive.name, seen)
            streams.say(f"Imported into {archive.name}: {counts}.")
    return 0


def _compare(wanted: Counts, records: Iterable[Record], name: str, seen: Callable[[Record], None]) -> None:
    """Claims and things may have come to their end meanwhile; of talks nothing may be missing."""
    there = Counts()
    for record in _each(records, seen):
        if isinstance(record, Talk):
            there.add(record)
    missing = [what for what in ("talks", "events", "effects", "wakes") if getattr(there, what) != getattr(wanted, what)]
    if missing:
        raise StoreUnreachable(f"The store {name} does not hold all that was imported ({', '.join(missing)}): keep the old one.")


# --- files and progress --------------------------------------------------------------------------------------------------


@contextmanager
def _written(file: str) -> Iterator[BinaryIO]:
    """A file for its user only, under its name when it is whole."""
    if file == STANDARD:
        yield sys.stdout.buffer
        return
    target = Path(file)
    number, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "wb") as out:
            yield out
            os.fsync(number)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    Path(part).replace(target)


@contextmanager
def _read(file: str) -> Iterator[BinaryIO]:
    """A file that can be read twice; standard input is put into one that has no name, for its user only."""
    if file != STANDARD:
        with Path(file).open("rb") as source:
            yield source
        return
    if sys.stdin.isatty():
        raise UsageError("There is nothing to import: name the FILE that `postmaster store export` wrote, or send it with `<` or `|`.")
    with tempfile.TemporaryFile() as spooled:
        while piece := sys.stdin.buffer.read(1024 * 1024):
            spooled.write(piece)
        spooled.seek(0)
        yield spooled


def _each(records: Iterable[Record], seen: Callable[[Record], None]) -> Iterator[Record]:
    for record in records:
        seen(record)
        yield record


@contextmanager
def _progress(done: str) -> Iterator[Callable[[Record], None]]:
    """What takes longer than a second tells how far it is, once a second: over the same line where somebody looks at it."""
    counts, live = Counts(), sys.stderr.isatty()
    shown_at, shown = time.monotonic(), False

    def seen(record: Record) -> None:
        nonlocal shown_at, shown
        counts.add(record)
        if time.monotonic() - shown_at >= QUIET_SECONDS:
            shown_at, shown = time.monotonic(), True
            print(f"… {done}: {counts}", end="\r" if live else "\n", file=sys.stderr, flush=True)

    yield seen
    if shown and live:
        print("\033[K", end="", file=sys.stderr, flush=True)
