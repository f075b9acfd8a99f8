"""Whatever secret stands anywhere in a paste: no six characters of it are in the store, the log, the replies, the JSON or an exception."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import io
import json
import logging
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import log, reading
from bot.answers.explain import explain_json
from bot.answers.understand import understand_json
from bot.channel import Filled, Place, Query, What
from bot.conversation import machine
from bot.conversation.model import AnyEvent, Conversation, Step
from bot.redaction import SafeText, redact
from bot.reply import Reply
from tests.bot.redaction.kinds import as_sent, pieces_left, put_into, secret_line
from tests.bot.service_kit import Room, knowledge, opened, running, said, service_on

PASTES = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "reading" / "pastes").glob("*/*.txt"))]
TEXTS = 5  # in one run of the service
INDEX = knowledge()


class KeepingRoom(Room):
    """Keeps replies whole as well."""

    def __init__(self) -> None:
        super().__init__()
        self.whole: list[str] = []

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        self.whole.append(json.dumps(dataclasses.asdict(reply), default=str, ensure_ascii=False))
        return await super().post(place, reply, key)


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """All that is logged meanwhile, in the form that a process writes it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = io.StringIO()
    log.set_up("json", logging.DEBUG)
    root.handlers[:] = [*root.handlers[:1]]
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    try:
        yield written
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def read_here(text: SafeText, asked: str | None) -> reading.Reading:
    return reading.read(text, INDEX, asked)


def step_here(conversation: Conversation, event: AnyEvent) -> Step:
    return machine.step(conversation, event, INDEX)


def step_that_breaks(conversation: Conversation, event: AnyEvent) -> Step:
    """Tells in its exception all that it was given."""
    raise ValueError(f"{conversation!r} {event!r}")


def held_in(folder: Path) -> str:
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in sorted(folder.iterdir()))


async def all_that_is_kept(texts: list[str], folder: Path) -> str:
    """The texts go through the service as messages and as forms, once to the machine and once to a step that breaks."""
    room = KeepingRoom()
    kept: list[str] = []
    with logged() as written:
        for number, step in enumerate((step_here, step_that_breaks)):
            async with opened(f"sqlite:{folder / str(number)}") as store:
                service = service_on(store, room, step=step, read=read_here)
                async with running(service):
                    for n, text in enumerate(texts):
                        what: What | None = Filled("settings", {"error": text}) if n % 3 == 2 else None
                        await service.receive(said(text, 1, conversation=f"test:{n}", what=what))
                    for n in range(len(texts)):
                        await service.idle(f"test:{n}")
                kept += [repr(await service.knows(f"test:{n}")) for n in range(len(texts))]
            kept.append(held_in(folder))
        for text in texts:
            kept.append(json.dumps(dataclasses.asdict(service.answer(Query("explain", text))), default=str, ensure_ascii=False))
            kept.append(json.dumps(understand_json(redact(text), INDEX), ensure_ascii=False))
            kept.append(json.dumps(explain_json(redact(text), INDEX, datetime.date(2026, 11, 25)), ensure_ascii=False))
    return "\n".join([*kept, *room.whole, *room.texts(), *room.handed, written.getvalue()])


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_a_secret_in_any_paste_is_nowhere_afterwards(seed: int) -> None:
    chance = random.Random(seed)
    made = [secret_line(chance) for _ in range(TEXTS)]
    pastes = [chance.choice(PASTES) for _ in range(TEXTS)]
    texts = [as_sent(put_into(paste, line, chance), chance) for paste, (line, _) in zip(pastes, made, strict=True)]
    secrets = [secret for _, found in made for secret in found]
    known = "\n".join([*pastes, *(without(line, found) for line, found in made)])

    with tempfile.TemporaryDirectory() as folder:
        everything = asyncio.run(all_that_is_kept(texts, Path(folder)))

    assert pieces_left(secrets, everything, known) == []


def without(line: str, secrets: list[str]) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        line = line.replace(secret, "\0")
    return line


def test_what_is_looked_through_holds_what_was_kept() -> None:
    """Without this, a test that looks into nothing would pass."""
    with tempfile.TemporaryDirectory() as folder:
        everything = asyncio.run(all_that_is_kept(["535 5.7.8 from mail.turnstone.example, port 2587"], Path(folder)))

    assert everything.count("mail.turnstone.example") > 8
    assert "a step failed" in everything
