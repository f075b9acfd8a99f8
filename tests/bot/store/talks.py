"""What do the stores' tests put in? Small talks, and the moments that leases are measured by."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from bot.conversation.model import (
    AnyEffect,
    Conversation,
    Known,
    Line,
    MessageDeleted,
    Post,
    Probe,
    ProbeDone,
    ProbeRequest,
    Said,
    Seen,
    Slots,
)
from bot.observations import TcpRefused
from bot.redaction import redact
from bot.reply import Paragraph, Reply, Text
from bot.store.port import ClaimedEffect, Store

CHANNELS = ("test",)
LEASE = datetime.timedelta(seconds=30)


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def said(number: int, talk: str = "talk", *, order: str | None = None, person: str = "ann", text: str = "hello") -> Said:
    return Said(
        id=f"{talk}/{number}",
        conversation=talk,
        at=now(),
        order=f"{number:04}" if order is None else order,
        person=person,
        message=f"{talk}/m{number}",
        channel="test",
        place={"room": talk},
        workspace="acme",
        text=redact(text),
    )


def deleted(number: int, talk: str = "talk") -> MessageDeleted:
    return MessageDeleted(
        id=f"{talk}/d{number}", conversation=talk, at=now(), order=f"{number:04}d", message=f"{talk}/m{number}", channel="test"
    )


def probe_done(number: int, talk: str = "talk") -> ProbeDone:
    return ProbeDone(
        id=f"probe:{talk}:{number}",
        conversation=talk,
        at=now(),
        order="",
        channel="test",
        probe=str(number),
        observations=(TcpRefused(port=587),),
    )


def talk(key: str = "talk", *, asker: str = "ann", said_by: str = "ann", message: str = "talk/m1") -> Conversation:
    """One slot, one observation and one line, all from `message` by `said_by`."""
    return Conversation(
        key,
        channel="test",
        place={"room": key},
        workspace="acme",
        asker=asker,
        slots=Slots(port=Known(587, message, said_by, "0001")),
        seen=(Seen(TcpRefused(port=587), message, said_by),),
        transcript=(Line("person", "port 587", message, said_by), Line("bot", "hello")),
    )


def reply(text: str, *, asks: str | None = None) -> Reply:
    return Reply((Paragraph((Text(text),)),), asks=asks)


def post(id_: str, text: str = "hi", *, asks: str | None = None) -> Post:
    return Post(id=id_, reply=reply(text, asks=asks))


def probe(id_: str) -> Probe:
    return Probe(id=id_, probe=id_, request=ProbeRequest("mail.example.com"))


async def begun(store: Store, effects: Sequence[AnyEffect] = (), key: str = "talk", *, owner: str = "") -> Sequence[ClaimedEffect]:
    """A talk at version 1 with these effects; claimed by `owner` where one is given."""
    claimed = await store.commit(talk(key), 0, effects, (), owner=owner, lease_until=now() + LEASE if owner else None)
    assert claimed is not None
    return claimed


async def claim(store: Store, owner: str = "me", at: datetime.datetime | None = None) -> Sequence[ClaimedEffect]:
    return await store.claim_effects(CHANNELS, owner, LEASE, at or now())


def ids(claimed: Sequence[ClaimedEffect]) -> list[str]:
    return [one.effect.id for one in claimed]
