"""What of the core does this platform use? The part of `bot.service.Service` that is called here, and how sentences are got."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.channel import Channel, Incoming, Query
from bot.conversation.model import Conversation
from bot.reply import Reply
from bot.store.vault import Vault

Say = Callable[..., str]  # the id of a sentence and its values -> the sentence


class Hidden(Protocol):
    """A secret that does not print itself (pydantic's `SecretStr`)."""

    def get_secret_value(self) -> str: ...


class Listen(Protocol):
    @property
    def host(self) -> str: ...

    @property
    def port(self) -> int: ...


class Settings(Protocol):
    """What of `bot.config.Settings` this platform reads."""

    @property
    def slack_bot_token(self) -> Hidden | None: ...

    @property
    def slack_app_token(self) -> Hidden | None: ...

    @property
    def slack_signing_secret(self) -> Hidden | None: ...

    @property
    def slack_client_id(self) -> str | None: ...

    @property
    def slack_client_secret(self) -> Hidden | None: ...

    @property
    def slack_api_url(self) -> str | None: ...

    @property
    def slack_triage_channel(self) -> str | None: ...

    @property
    def slack_helpers(self) -> str | None: ...

    @property
    def probe_allow(self) -> Sequence[str]: ...

    @property
    def broker(self) -> str: ...

    @property
    def key(self) -> Sequence[Hidden]: ...

    @property
    def http(self) -> Listen: ...


def revealed(secret: Hidden | None) -> str | None:
    """The secret itself, or None where it is not set or empty."""
    return (secret.get_secret_value() or None) if secret is not None else None


class Service(Protocol):
    def add_channel(self, channel: Channel) -> None: ...

    async def receive(self, incoming: Incoming) -> bool: ...

    def answer(self, query: Query) -> Reply: ...

    async def knows(self, conversation: str) -> Conversation | None: ...

    async def conversations_of(self, person: str) -> Sequence[Conversation]: ...

    async def forget_person(self, person: str) -> int: ...

    async def forget_workspace(self, workspace: str) -> int: ...

    async def drain(self, seconds: float) -> bool: ...


def vault_of(service: Service) -> Vault | None:
    """The service's vault, or None where its store has none."""
    return getattr(service, "vault", None)


def utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def phrases() -> Say:
    from knowledge.index import index

    known = index()

    def say(id: str, **values: object) -> str:
        return known.phrase(f"platform.slack.{id}", **values)

    return say
