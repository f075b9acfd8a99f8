"""Where are we installed, and who are we there? One workspace by its token; many are made ready in installing.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from adapters.slack import preflight
from adapters.slack.bolt import WhoAreWe
from adapters.slack.core import Settings, revealed
from adapters.slack.web import Tokens
from bot.channel import Place


@dataclass(frozen=True, slots=True)
class Workspaces:
    """`history`: whether the scopes let us read threads. `address`: the workspace's own ("https://x.slack.com/"), "" where there are many.
    `forget` deletes an installation, `flow` makes one; None where there is but one workspace."""

    token: Tokens
    who_are_we: WhoAreWe
    history: bool
    address: str = ""
    forget: Callable[[str], Awaitable[None]] | None = None
    flow: AsyncOAuthFlow | None = None


async def one(settings: Settings, session: aiohttp.ClientSession) -> Workspaces:
    """The workspace of the bot token. Raises `CannotRun` where the token or its scopes will not do."""
    bot_token, app_token = revealed(settings.slack_bot_token), revealed(settings.slack_app_token)
    preflight.check_form(bot_token, app_token, revealed(settings.slack_signing_secret))
    assert bot_token is not None
    us = await preflight.identify(session, settings.slack_api_url, bot_token, http=not app_token)

    async def token(place: Place) -> str:
        return bot_token

    async def who_are_we(context: AsyncBoltContext) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=context.enterprise_id,
            team_id=context.team_id,
            bot_id=us.bot,
            bot_user_id=us.user,
            bot_token=bot_token,
            user_id=context.user_id,
        )

    return Workspaces(token, who_are_we, us.history, us.address)
