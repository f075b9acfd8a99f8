"""How is Slack's Web API called? One client and connection pool a process; errors come back as the core's. Knows no reply.

No call is repeated by itself: a post whose answer was lost may have got through, and only the effect's key tells (see delivery.py).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import health
from adapters.slack.foreign import Payload, identity, mapping
from adapters.slack.text import escaped
from adapters.slack.verdict import as_ours, code
from bot.channel import Place, TryLater, Undeliverable

log = logging.getLogger(__name__)

API = "https://slack.com/api/"
CALL_SECONDS = 10
# In a message's plain text no link is unfolded, and no name or address becomes a mention or a link.
PLAINLY = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "link_names": False, "mrkdwn": False}

Tokens = Callable[[Place], Awaitable[str]]


def open_session() -> aiohttp.ClientSession:
    """One pool for all calls: without it each call makes a connection of its own, with all its handshakes."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS), connector=aiohttp.TCPConnector(limit=50))


def client(session: aiohttp.ClientSession, base_url: str | None, token: str | None = None) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=base_url or API, session=session, retry_handlers=[], timeout=CALL_SECONDS)


class Web:
    """Calls methods in the workspace of a place. `token` gives the token for it (one for all, or that of an installation)."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str | None, token: Tokens) -> None:
        self.session = session
        self.base_url = base_url or API
        self._client = client(session, base_url)
        self._token = token

    async def raw(self, place: Place, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Calls; raises `SlackApiError` for what Slack refuses and `TryLater` where no answer came."""
        return await self._ask(place, method, json=_given(arguments))

    async def call(self, place: Place, method: str, **arguments: Any) -> Mapping[str, Any]:
        """Calls; raises the core's `Undeliverable` or `TryLater`."""
        try:
            return await self.raw(place, method, **arguments)
        except SlackApiError as error:
            raise as_ours(error) from error

    async def form(self, place: Place, method: str, **arguments: Any) -> Mapping[str, Any]:
        """As `raw` for the reading methods, which take no JSON body."""
        return await self._ask(place, method, params=_given(arguments), http_verb="GET")

    async def _ask(self, place: Place, method: str, **how: Any) -> Mapping[str, Any]:
        token = await self._token(place)
        try:
            answer = await self._client.api_call(method, headers={"Authorization": f"Bearer {token}"}, **how)
        except SlackApiError as error:
            health.answered(method, error)
            raise
        except (aiohttp.ClientError, SlackClientError, TimeoutError) as error:
            health.unanswered(method)
            raise TryLater(2.0, type(error).__name__) from error
        health.answered(method)
        return mapping(answer.data)

    async def cosmetic(self, place: Place, method: str, **arguments: Any) -> Mapping[str, Any] | None:
        """Calls something that is nice to have (a status, a title); None where it failed, which is only logged."""
        try:
            return await self.raw(place, method, **arguments)
        except SlackApiError as error:
            log.info("slack: %s was refused: %s", method, code(error))
        except (TryLater, Undeliverable) as error:
            log.info("slack: %s got no answer: %s", method, error.reason)
        return None

    async def tell(self, payload: Payload, sentence: str) -> bool:
        """Answers what came with an address for that, for the eyes of whoever acted; False where it has none, or a dead one."""
        url = identity(payload.get("response_url"))
        return url is not None and await self.respond(url, private_answer(sentence))

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> bool:
        """Answers a click or a command under its own address, which lives 30 minutes and five uses; False where it is dead."""
        try:
            async with asyncio.timeout(CALL_SECONDS), self.session.post(response_url, json=body, allow_redirects=False) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return False


def private_answer(sentence: str) -> dict[str, Any]:
    """The body of an answer under such an address, for the eyes of whoever acted; their message stays as it is."""
    return {"response_type": "ephemeral", "replace_original": False, "text": escaped(sentence)}


def _given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that have a value."""
    return {name: value for name, value in arguments.items() if value is not None}
