"""How is all that a store holds written to a file and read back? The format, for every store the same; writes no store, reads no platform.

JSON Lines, in ASCII. The first line names the format and its version, the last one counts what lies between and gives its digest, so that
a file which was cut off or changed is known before anything of it is used. Between them one line for each

    talk    a whole conversation: head and state, events that wait, effects that are owed or can still be edited, wakes, traces
    claim   a key under which an event came; of a talk that is called by its name, or only by the tag of its keys ("{…}")
    thing   a sealed thing of a platform, as it is (base64)
    taught  a lesson, how often and when (only where the operator keeps them)

Leases are not carried over: what somebody had in hand is due at once, one attempt older and under the same fence, so that no mark of its
former holder is taken for a new one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, BinaryIO, Literal, Protocol

import cattrs

from bot.errors import UsageError

FORMAT = "postmaster store"
VERSION = 1
MAX_LINE_BYTES = 256 * 1024 * 1024  # a talk with all that waits in it; past this it is no file of ours
TAG = re.compile(r"\{([0-9a-f]{24})\}")

State = Literal["owed", "done", "ended"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """A conversation as its last commit left it. `updated`: seconds since 1970; `question`: id of the post that asked last."""

    version: int
    birth: str
    question: str
    channel: str
    workspace: str
    asker: str
    updated: float
    state: Json


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """An event that waits, or was put aside (`parked`: why). `order` is the one it is taken by, which may not be its own."""

    order: str
    received: float
    body: Json
    parked: str | None = None


@dataclass(frozen=True, slots=True)
class KeptEffect:
    """`ready`: from when on it may be claimed. `owner`: whose lease ends then ("" nobody's). `body` None: it is not owed any more."""

    id: str
    in_order: bool
    key: str
    state: State
    ready: float = 0.0
    owner: str = ""
    fence: int = 0
    attempts: int = 0
    message: str | None = None
    reason: str | None = None
    body: Json | None = None


@dataclass(frozen=True, slots=True)
class KeptWake:
    id: str
    at: float
    ready: float = 0.0
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """`head` None: nothing was stepped yet, only events wait. `traces` are "<mark>:<value>": p a person, m a message, w a workspace."""

    talk: str
    head: Head | None = None
    inbox: tuple[KeptEvent, ...] = ()
    outbox: tuple[KeptEffect, ...] = ()
    wakes: tuple[KeptWake, ...] = ()
    traces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """`at`: when it came, seconds since 1970. `own`: of an event of ours (a probe's result, a wake); it goes with its talk."""

    talk: str
    key: str
    at: float
    own: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    name: str
    value: bytes
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Taught:
    """`what`: kind, cause, provider, client, text; `first` and `last`: days, as ISO 8601 writes them."""

    what: tuple[str, ...]
    count: int
    first: str
    last: str


Record = Talk | Claim | Thing | Taught


@dataclass(slots=True)
class Counts:
    talks: int = 0
    events: int = 0
    effects: int = 0
    wakes: int = 0
    claims: int = 0
    things: int = 0
    lessons: int = 0

    def add(self, record: Record) -> None:
        match record:
            case Talk():
                self.talks += 1
                self.events += len(record.inbox)
                self.effects += len(record.outbox)
                self.wakes += len(record.wakes)
            case Claim():
                self.claims += 1
            case Thing():
                self.things += 1
            case Taught():
                self.lessons += 1

    def __str__(self) -> str:
        return ", ".join(f"{number} {name if number != 1 else name[:-1]}" for name, number in asdict(self).items())


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a store: a sentence with a number in it, and whether it was mended just now."""

    text: str
    mended: bool = False


class Archive(Protocol):
    """A store from the side: all that it holds. One for each kind of store; every method raises `StoreUnreachable` as the store does."""

    @property
    def name(self) -> str:
        """How sentences call the store; no password in it."""

    def in_use(self) -> bool:
        """Whether another process has the store open, as far as can be told."""

    def is_empty(self) -> bool: ...

    def records(self) -> Iterator[Record]:
        """All that is in it, leases and all: of one moment where the store can do that, else each conversation of one moment, and every
        claim earlier than the event that came under it (what comes in meanwhile may be known twice, and is never lost)."""

    def fill(self, records: Iterable[Record], *, empty_first: bool) -> None:
        """Writes all of them. Where that ends early, the store is as it was, or says when it is opened that it holds only a part."""

    def faults(self, *, repair: bool) -> Iterator[Fault]:
        """What is wrong with the store itself: its file, its indexes. `repair`: what can be mended is."""

    def close(self) -> None: ...


def without_leases(talk: Talk, now: float) -> Talk:
    """What was in somebody's hands is in nobody's and due."""
    outbox = tuple(replace(one, owner="", ready=min(one.ready, now)) if one.owner else one for one in talk.outbox)
    return replace(talk, outbox=outbox, wakes=tuple(KeptWake(one.id, one.at, one.at) for one in talk.wakes))


# --- writing -------------------------------------------------------------------------------------------------------------


def write(records: Iterable[Record], out: BinaryIO, now: float) -> Counts:
    """All `records` as one file of this format; `now`: seconds since 1970. Leases end."""
    counts, digest = Counts(), hashlib.sha256()

    def line(plain: Json) -> None:
        data = json.dumps(plain, separators=(",", ":")).encode("ascii") + b"\n"
        digest.update(data)
        out.write(data)

    line({"format": FORMAT, "version": VERSION, "made": now})
    for record in records:
        whole = without_leases(record, now) if isinstance(record, Talk) else record
        counts.add(whole)
        line({"kind": type(whole).__name__.lower(), **_CONVERTER.unstructure(whole)})
    end = {"kind": "end", **asdict(counts), "sha256": digest.hexdigest()}
    out.write(json.dumps(end, separators=(",", ":")).encode("ascii") + b"\n")
    out.flush()
    return counts


# --- reading -------------------------------------------------------------------------------------------------------------

_KINDS: dict[str, type[Record]] = {"talk": Talk, "claim": Claim, "thing": Thing, "taught": Taught}


def read(source: BinaryIO) -> Iterator[Record]:
    """Every record of a file of this format. Raises `UsageError` with one sentence as soon as something is wrong with it; whether the
    file is whole is known only at its end, so go through it once before anything of it is used."""
    counts, digest = Counts(), hashlib.sha256()
    number, end = 0, None
    while data := source.readline(MAX_LINE_BYTES):
        number += 1
        if end is not None:
            raise UsageError(f"Line {number} stands behind the last one: this is no export of one store. Export it again.")
        plain = _line(data, number)
        if number == 1:
            _check_head(plain)
        elif plain.get("kind") == "end":
            end = plain
            continue
        else:
            record = _record(plain, number)
            counts.add(record)
            yield record
        digest.update(data)
    if number == 0:
        raise UsageError("The file is empty: it holds no export of a store.")
    if end is None:
        raise UsageError(f"The file ends after line {number} without its last line: it was cut off. Export it again.")
    if end != {"kind": "end", **asdict(counts), "sha256": digest.hexdigest()}:
        raise UsageError("The file was changed since it was written: its last line tells of other content. Export it again.")


def verify(source: BinaryIO, seen: Callable[[Record], None] = lambda _: None) -> Counts:
    """What the file holds, each record told to `seen`; raises `UsageError` where it is not whole."""
    counts = Counts()
    for record in read(source):
        seen(record)
        counts.add(record)
    return counts


def _line(data: bytes, number: int) -> Json:
    try:
        plain = json.loads(data)
    except (ValueError, RecursionError):
        plain = None
    if isinstance(plain, dict):
        return plain
    if number == 1:
        raise UsageError("This is no export of a store: its first line should be JSON. `postmaster store export` writes one.")
    what = "was cut off" if not data.endswith(b"\n") else "is not JSON"
    raise UsageError(f"Line {number} {what}: the file is damaged. Export it again.")


def _check_head(plain: Json) -> None:
    if plain.get("format") != FORMAT:
        raise UsageError("This is no export of a store: its first line does not say so. `postmaster store export` writes one.")
    if plain.get("version") != VERSION:
        raise UsageError(
            f"The export has the format {plain.get('version')!r} and this Postmaster reads {VERSION}: import it with the one that wrote it."
        )


def _record(plain: Json, number: int) -> Record:
    kind = _KINDS.get(str(plain.pop("kind", None)))
    try:
        if kind is None:
            raise ValueError
        return _CONVERTER.structure(plain, kind)
    except Exception as error:  # whatever a shape that is not ours makes of the converter
        raise UsageError(f"Line {number} is nothing that a store holds: the file is damaged. Export it again.") from error


def _converter() -> cattrs.Converter:
    made = cattrs.Converter(omit_if_default=True, detailed_validation=False, forbid_extra_keys=True)
    made.register_unstructure_hook(bytes, lambda value: base64.b64encode(value).decode("ascii"))
    made.register_structure_hook(bytes, lambda text, _: base64.b64decode(text, validate=True))
    made.register_unstructure_hook_func(lambda kind: kind == Json, lambda value: value)  # the codec's, as it is
    made.register_structure_hook_func(lambda kind: kind == Json, _object)
    return made


def _object(value: Any, _: object) -> Json:
    if not isinstance(value, dict):
        raise TypeError
    return value


_CONVERTER = _converter()
