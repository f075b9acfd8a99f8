"""How is Bolt set up? One app for one workspace or for many; every payload goes through the one door. Knows no event.

Bolt reads the environment by itself: a client id and secret there would silently turn one workspace's app into one of many and drop its
token. So everything is handed over, and the environment is out of its sight while the app is made.
"""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import health
from adapters.slack.door import Door
from adapters.slack.inbound import Us

WhoAreWe = Callable[[AsyncBoltContext], Awaitable[AuthorizeResult | None]]


def make_app(
    door: Door,
    client: AsyncWebClient,
    who_are_we: WhoAreWe,
    signing_secret: str | None,
    flow: AsyncOAuthFlow | None = None,
) -> AsyncApp:
    """The app. `signing_secret` None: Socket Mode, where the connection itself is trusted. `flow`: for many workspaces."""

    async def enter(body: dict[str, Any], context: AsyncBoltContext, req: AsyncBoltRequest) -> BoltResponse:
        began = time.monotonic()
        if any(number not in ("", "0") for number in req.headers.get("x-slack-retry-num", ())):
            health.redelivered()
        answer = await door.take(body, Us(context.bot_user_id or "", context.bot_id or ""))
        health.acknowledged(time.monotonic() - began)
        return BoltResponse(status=200, body=answer if answer is not None else "")

    with environment_hidden():
        app = AsyncApp(
            name="postmaster",
            client=client,
            authorize=cast(Any, _Authorize(who_are_we)),  # Bolt takes the object as well, and only so beside an OAuth flow
            oauth_flow=flow,
            signing_secret=signing_secret or "",
            request_verification_enabled=signing_secret is not None,
            attaching_conversation_kwargs_enabled=False,
        )
    app.middleware(enter)
    return app


class _Authorize(AsyncAuthorize):
    def __init__(self, who_are_we: WhoAreWe) -> None:
        self._who_are_we = who_are_we

    async def __call__(self, *, context: AsyncBoltContext, **_: Any) -> AuthorizeResult | None:
        return await self._who_are_we(context)


@contextmanager
def environment_hidden() -> Iterator[None]:
    """Slack's variables are out of the environment inside; nothing is awaited there, so nobody else can miss them."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(hidden)
