"""What of the core does this platform use? The part of `bot.service.Service` that is called here, and how sentences are got."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Protocol

from bot.channel import Channel, Incoming, Query
from bot.conversation.model import Conversation
from bot.reply import Reply

Say = Callable[..., str]  # the id of a sentence and its values -> the sentence


class Settings(Protocol):
    """What of `bot.config.Settings` this platform reads; a secret is a plain string or None here."""

    @property
    def slack_bot_token(self) -> str | None: ...

    @property
    def slack_app_token(self) -> str | None: ...

    @property
    def slack_signing_secret(self) -> str | None: ...

    @property
    def slack_api_url(self) -> str | None: ...

    @property
    def slack_triage_channel(self) -> str | None: ...

    @property
    def slack_helpers(self) -> str | None: ...

    @property
    def postmaster_http(self) -> str: ...


class Service(Protocol):
    def add_channel(self, channel: Channel) -> None: ...

    async def receive(self, incoming: Incoming) -> bool: ...

    def answer(self, query: Query) -> Reply: ...

    async def knows(self, conversation_key: str) -> Conversation | None: ...

    async def forget_person(self, person: str) -> int: ...


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
