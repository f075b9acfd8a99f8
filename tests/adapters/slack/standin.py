"""A scripted core: takes what comes in, knows conversations, answers queries. It stands in for `bot.service` and nothing else."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from bot.channel import Channel, Incoming, Query, Wrote
from bot.config import Address
from bot.conversation.model import Conversation, Question, State
from bot.errors import StoreUnreachable
from bot.reply import Choice, Code, Literal, Paragraph, Reply, SettingsTable, Text

React = Callable[[Incoming, Channel], Awaitable[None]]


def question(turn: int = 1) -> Reply:
    return Reply(
        (Paragraph((Text("Which port is entered?"),)),),
        asks="port",
        choices=(Choice("port_587", "587"), Choice("port_465", "465"), Choice("dont_know", "I don't know")),
        turn=turn,
    )


@dataclass
class MemoryVault:
    """A vault in memory, as long as no store has one of its own."""

    things: dict[str, bytes] = field(default_factory=dict)

    async def keep(self, name: str, value: bytes, until: datetime.datetime | None = None) -> None:
        self.things[name] = value

    async def kept(self, name: str) -> bytes | None:
        return self.things.get(name)

    async def take(self, name: str) -> bytes | None:
        return self.things.pop(name, None)

    async def drop(self, name: str) -> None:
        self.things.pop(name, None)


@dataclass
class StandIn:
    """`react` runs after each new incoming, as effects would. `broken`: the store cannot be written."""

    react: React | None = None
    received: list[Incoming] = field(default_factory=list)
    duplicates: int = 0
    known: dict[str, Conversation] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    broken: bool = False
    vault: MemoryVault | None = None
    _keys: set[str] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def add_channel(self, channel: Channel) -> None:
        self.channels.append(channel)

    async def heard(self, number: int = 1, within: float = 20.0) -> None:
        """Waits until so much has come in."""
        async with asyncio.timeout(within):
            while len(self.received) < number:
                self._news.clear()
                await self._news.wait()

    async def receive(self, incoming: Incoming) -> bool:
        if self.broken:
            raise StoreUnreachable("the store is away")
        if self._keys & set(incoming.keys):
            self.duplicates += 1
            return False
        self._keys |= set(incoming.keys)
        self.received.append(incoming)
        self._news.set()
        if isinstance(incoming.what, Wrote) and incoming.conversation not in self.known:
            self.knows_talk(incoming.conversation, incoming.person, outsiders=incoming.outsiders)
        if self.react is not None:
            await self.react(incoming, self.channels[0])
        return True

    def knows_talk(self, key: str, asker: str, *, turn: int = 1, state: State = State.ASKING, outsiders: bool = False) -> None:
        asked = Question("port", turn, "ask.port", question(turn).choices)
        self.known[key] = Conversation(key, "slack", asker=asker, state=state, question=asked, turn=turn, outsiders=outsiders)

    def answer(self, query: Query) -> Reply:
        self.queries.append(query)
        return Reply(
            (
                Paragraph((Text("You asked for "), Literal(query.text or query.verb), Text("."))),
                SettingsTable((("Server", "smtp.example.com"), ("Port", "587"))),
                Paragraph((Text("Enter "), Code("587"), Text("."))),
            )
        )

    async def knows(self, conversation: str) -> Conversation | None:
        return self.known.get(conversation)

    async def conversations_of(self, person: str) -> Sequence[Conversation]:
        return [talk for talk in self.known.values() if talk.asker == person]

    async def forget_workspace(self, workspace: str) -> int:
        self.forgotten.append(workspace)
        return 1

    async def drain(self, seconds: float) -> bool:
        return True

    async def forget_person(self, person: str) -> int:
        self.forgotten.append(person)
        return 2


BOT_TOKEN, APP_TOKEN, HERE = SecretStr("xoxb-test"), SecretStr("xapp-test"), Address("127.0.0.1", 0)


@dataclass(frozen=True)
class Settings:
    """What `run` reads; the tests' own tokens. The real ones come from the environment only."""

    slack_api_url: str | None
    slack_bot_token: SecretStr | None = BOT_TOKEN
    slack_app_token: SecretStr | None = APP_TOKEN
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_triage_channel: str | None = None
    slack_helpers: str | None = None
    probe_allow: tuple[str, ...] = ()
    broker: str = "inline"
    key: tuple[SecretStr, ...] = ()
    http: Address = HERE


def settings(url: str, **chosen: Any) -> Settings:
    hidden = {"slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_secret"}
    values: dict[str, Any] = {name: SecretStr(value) if name in hidden and value is not None else value for name, value in chosen.items()}
    return Settings(url, **values)
