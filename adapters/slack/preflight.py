"""Can we run with these tokens at all? Asks Slack before connecting and says in one sentence what is wrong. Changes nothing.

A wrong app token would make the Socket Mode client try for ever, a wrong bot token shows only at the first event, and an empty signing
secret only at the first request; so all three are looked at here.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import scopes
from adapters.slack.verdict import code
from adapters.slack.web import API, client
from bot.errors import CannotRun

log = logging.getLogger(__name__)

# Bolt refuses a request whose timestamp is five minutes off.
MAX_SKEW = 240
HTTP_DATE = "%a, %d %b %Y %H:%M:%S GMT"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot token is: our user, bot and workspace ids, the scopes that were granted (empty: Slack did not say), and the
    workspace's own address."""

    user: str
    bot: str
    team: str
    granted: frozenset[str]
    address: str = ""

    @property
    def history(self) -> bool:
        return bool(self.granted & scopes.HISTORY)


def check_form(bot_token: str | None, app_token: str | None, signing_secret: str | None) -> None:
    """What can be told without asking Slack: each token begins with the name of its kind. Raises `CannotRun`."""
    if not bot_token:
        raise CannotRun("SLACK_BOT_TOKEN is not set: copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions of your Slack app.")
    if not bot_token.startswith("xoxb-"):
        raise CannotRun("SLACK_BOT_TOKEN is no bot token: it must begin with xoxb- (OAuth & Permissions, Bot User OAuth Token).")
    if app_token and not app_token.startswith("xapp-"):
        raise CannotRun("SLACK_APP_TOKEN is no app-level token: it must begin with xapp- (Basic Information, App-Level Tokens).")
    if not app_token and not signing_secret:
        raise CannotRun("Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set: one of them is needed.")


async def identify(session: aiohttp.ClientSession, base_url: str | None, bot_token: str, *, http: bool) -> Identity:
    """Asks who the bot token is, and logs what will not work. Raises `CannotRun`."""
    try:
        answer = await client(session, base_url, bot_token).auth_test()
    except SlackApiError as error:
        raise CannotRun(f"Slack refused SLACK_BOT_TOKEN ({code(error)}): install the app again and copy the new token.") from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError) as error:
        raise CannotRun(f"Slack could not be reached at {base_url or API} ({type(error).__name__}).") from error
    data = answer.data if isinstance(answer.data, Mapping) else {}
    headers = {str(name).lower(): str(value) for name, value in (answer.headers or {}).items()}
    _check_clock(headers.get("date"), http=http)
    granted = frozenset(name.strip() for name in headers.get("x-oauth-scopes", "").split(",") if name.strip())
    if granted:
        for scope in scopes.missing(granted):
            if scope.required:
                raise CannotRun(f"The Slack app lacks the scope {scope.name}, and without it {scope.without}: add it and install again.")
            log.warning("slack: scope %s is missing: %s", scope.name, scope.without)
    if not data.get("bot_id"):
        raise CannotRun("SLACK_BOT_TOKEN belongs to a person and not to a bot: copy the Bot User OAuth Token (xoxb-…).")
    return Identity(str(data.get("user_id", "")), str(data["bot_id"]), str(data.get("team_id", "")), granted, str(data.get("url") or ""))


async def open_socket(web: AsyncWebClient, app_token: str) -> str | None:
    """The address of the first connection (it works once, and soon); None where Slack is in trouble just now. Raises `CannotRun`."""
    try:
        answer = await web.apps_connections_open(app_token=app_token)
    except SlackApiError as error:
        reason = code(error)
        if reason == "missing_scope":
            raise CannotRun("SLACK_APP_TOKEN lacks the scope connections:write: make a new app-level token with it.") from error
        if reason in ("ratelimited", "internal_error", "fatal_error"):
            log.warning("slack: apps.connections.open answered %s; trying all the same", reason)
            return None
        if reason in ("invalid_auth", "not_authed", "token_revoked", "not_allowed_token_type", "account_inactive"):
            raise CannotRun(f"Slack refused SLACK_APP_TOKEN ({reason}): make a new app-level token with connections:write.") from error
        raise CannotRun(f"Slack opens no socket for this app ({reason}): switch Socket Mode on in the app's settings.") from error
    except (aiohttp.ClientError, SlackClientError, TimeoutError) as error:
        raise CannotRun(f"Slack could not be reached at {web.base_url} ({type(error).__name__}).") from error
    return str(answer.get("url") or "") or None


def _check_clock(date: str | None, *, http: bool) -> None:
    if date is None:
        return
    try:
        theirs = datetime.datetime.strptime(date, HTTP_DATE).replace(tzinfo=datetime.UTC)
    except ValueError:
        return
    off = (datetime.datetime.now(datetime.UTC) - theirs).total_seconds()
    if abs(off) <= MAX_SKEW:
        return
    sentence = f"The clock of this computer is {abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} Slack's"
    if http:
        raise CannotRun(f"{sentence}, so that every request would be refused as forged: set it right.")
    log.warning("slack: %s: set it right", sentence)
