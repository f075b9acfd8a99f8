"""The adapter's words, a scripted service, and the whole adapter run against the local Discord; for the tests of this folder."""

from __future__ import annotations

import asyncio
import datetime
import os
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from adapters.discord import app
from adapters.discord.office import Service
from bot.channel import Channel, Incoming, Pressed, Query, TryLater, Undeliverable, Wrote
from bot.config import Settings, load_settings
from bot.conversation.model import Conversation
from bot.reply import Choice, Literal, Paragraph, Reply, Text
from tests.adapters.discord.local import TOKEN
from tests.adapters.discord.peer import Peer

PHRASES = tomllib.loads((Path(__file__).parents[3] / "knowledge" / "phrases.toml").read_text("utf-8"))["platform"]["discord"]


def words(phrase: str, /, **values: object) -> str:
    text: object = PHRASES
    for part in phrase.split("."):
        assert isinstance(text, dict)
        text = text[part]
    assert isinstance(text, str)
    return text.format_map(values)


def reply(text: str, *choices: tuple[str, str], asks: str | None = None, turn: int = 0, **more: Any) -> Reply:
    return Reply((Paragraph((Text(text),)),), asks=asks, turn=turn, choices=tuple(Choice(id, label) for id, label in choices), **more)


Says = Callable[[Incoming, Conversation], list[Reply]]


def echo(incoming: Incoming, talk: Conversation) -> list[Reply]:
    """Repeats what was said, literally, and asks back; says which choice was made."""
    match incoming.what:
        case Wrote(text):
            said = Reply((Paragraph((Text("You said: "), Literal(text))),), asks="port", turn=talk.turn)
            return [replace(said, choices=(Choice("p587", "587"), Choice("p465", "465"), Choice("unknown", "I don't know")))]
        case Pressed(choice):
            return [Reply((Paragraph((Text(f"You chose {choice}."),)),), turn=talk.turn, final=True)]
    return []


class InMemory:
    """The store's vault for as long as a test runs."""

    def __init__(self) -> None:
        self.things: dict[str, bytes] = {}
        self.writes = 0

    async def keep(self, name: str, value: bytes, until: datetime.datetime | None = None) -> None:
        self.things[name] = value
        self.writes += 1

    async def kept(self, name: str) -> bytes | None:
        return self.things.get(name)

    async def take(self, name: str) -> bytes | None:
        return self.things.pop(name, None)

    async def drop(self, name: str) -> None:
        self.things.pop(name, None)


@dataclass
class Scripted:
    """Stands in for the service: keeps talks in memory, drops duplicates, and posts what its script says, in order.

    The real one is used in test_with_the_real_service.py; this one makes what is said predictable to the letter.
    """

    says: Says = echo
    talks: dict[str, Conversation] = field(default_factory=dict)
    received: list[Incoming] = field(default_factory=list)
    posted: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    channel: Channel | None = None
    kept: InMemory = field(default_factory=InMemory)
    helps: Callable[[str], bool] = lambda text: "550" in text
    _claimed: set[str] = field(default_factory=set)
    _number: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def add_channel(self, channel: Channel) -> None:
        self.channel = channel

    @property
    def vault(self) -> InMemory:
        return self.kept

    async def receive(self, incoming: Incoming) -> bool:
        if self._claimed & set(incoming.keys):
            return False
        self._claimed |= set(incoming.keys)
        self.received.append(incoming)
        new = Conversation(incoming.conversation, place=incoming.place, asker=incoming.person, workspace=incoming.workspace)
        talk = self.talks.get(incoming.conversation, new)
        self.talks[incoming.conversation] = talk = replace(talk, turn=talk.turn + 1, locale=incoming.locale or talk.locale)
        replies = self.says(incoming, talk)
        task = asyncio.get_running_loop().create_task(self._post(talk, replies))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _post(self, talk: Conversation, replies: list[Reply]) -> None:
        assert self.channel is not None
        for one in replies:
            self._number += 1
            key = f"effect{self._number}"
            while True:
                try:
                    if one.handoff:
                        await self.channel.hand_off(talk.place, one, key)
                    else:
                        self.posted.append(await self.channel.post(talk.place, one, key))
                except TryLater as later:
                    self.problems.append(f"later {later.reason}")
                    await asyncio.sleep(0.05)
                    continue
                except Undeliverable as gone:
                    self.problems.append(gone.reason)
                break

    def answer(self, query: Query) -> Reply:
        said = f"{query.verb}: {query.text} {dict(query.options) or ''}".strip()
        return Reply((Paragraph((Literal(said),)),))

    def worth_an_answer(self, text: str) -> bool:
        return self.helps(text)

    async def knows(self, conversation: str) -> Conversation | None:
        return self.talks.get(conversation)

    async def forget_person(self, person: str) -> int:
        self.forgotten.append(person)
        mine = [key for key, talk in self.talks.items() if talk.asker == person]
        for key in mine:
            del self.talks[key]
        return len(mine)

    async def forget_message(self, message: str) -> None:
        self.forgotten.append(message)

    async def forget_workspace(self, workspace: str) -> int:
        self.forgotten.append(workspace)
        return 0

    async def forget_conversation(self, conversation: str) -> bool:
        self.forgotten.append(conversation)
        return self.talks.pop(conversation, None) is not None

    async def drain(self, seconds: float) -> bool:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        return True


def configured(**more: Any) -> Settings:
    """As from the environment, with the local Discord's token."""
    keys = {"DISCORD_TOKEN": TOKEN, "DISCORD_FORUMS": "help", "DISCORD_HELPERS": "Helpers", **more}
    with patch.dict(os.environ, keys):
        return load_settings()


@asynccontextmanager
async def running(peer: Peer, service: Service, **settings: Any) -> AsyncIterator[asyncio.Event]:
    """The adapter, connected to `peer`; stopped at the end as by SIGTERM."""
    stop = asyncio.Event()
    connected = len(peer.identifies)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(app.run(configured(DISCORD_API_URL=peer.api, **settings), service, stop))
        await peer.until(lambda: task.done() or (len(peer.identifies) > connected and peer.sockets))
        try:
            yield stop
        finally:
            stop.set()
            async with asyncio.timeout(15):
                await asyncio.wait({task})
