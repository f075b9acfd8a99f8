"""What do the parts that handle events share? The service, the channel, the client's surroundings; holds them, does nothing."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from adapters.discord import attachments
from adapters.discord.api import Api
from adapters.discord.client import Neighbourhood
from adapters.discord.delivery import DiscordChannel
from adapters.discord.handles import Handles
from adapters.discord.inbound import Me
from adapters.discord.missed_calls import Calls
from adapters.discord.render import Words
from bot.channel import Channel, Incoming, Query
from bot.conversation.model import Conversation
from bot.reply import Reply
from bot.store.vault import Vault
from knowledge.index import Index


class Service(Protocol):
    """What this adapter asks of `bot.service.Service`."""

    @property
    def vault(self) -> Vault: ...

    def add_channel(self, channel: Channel) -> None: ...

    async def receive(self, incoming: Incoming) -> bool: ...

    def answer(self, query: Query) -> Reply: ...

    def worth_an_answer(self, text: str) -> bool: ...

    async def knows(self, conversation: str) -> Conversation | None: ...

    async def forget_person(self, person: str) -> int: ...

    async def forget_message(self, message: str) -> None: ...

    async def forget_workspace(self, workspace: str) -> int: ...

    async def forget_conversation(self, conversation: str) -> bool: ...

    async def drain(self, seconds: float) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """`spawn` runs something beside everything else. `other_host`: host and port of a stand-in for Discord, whose files may be read.

    `calls`: the channels outside the bot's threads in which somebody called it (missed_calls.py)."""

    me: Me
    service: Service
    channel: DiscordChannel
    near: Neighbourhood
    words: Words
    knowledge: Index
    handles: Handles
    spawn: Callable[[Coroutine[Any, Any, Any]], object]
    session: aiohttp.ClientSession
    other_host: str | None = None
    calls: Calls = field(default_factory=Calls)

    @property
    def api(self) -> Api:
        return self.channel.api

    async def read(self, files: Iterable[Mapping[str, Any]]) -> attachments.Files:
        return await attachments.read(files, self.session, self.other_host)
