"""Each wrong token, scope and clock is one sentence, said before anything is connected."""

from __future__ import annotations

import asyncio
import email.utils
import time

import pytest

from adapters.slack import app, preflight, scopes
from bot.errors import CannotRun
from tests.adapters.slack import standin
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.standin import StandIn


async def refusal(peer: Peer, **settings: str | None) -> str:
    chosen = standin.settings(str(settings.pop("slack_api_url", peer.url)), **settings)
    with pytest.raises(CannotRun) as error:
        async with asyncio.timeout(5):
            await app.run(chosen, StandIn(), asyncio.Event())
    return str(error.value)


@pytest.mark.parametrize(
    ("bot", "application", "secret", "says"),
    [
        (None, "xapp-1", None, "SLACK_BOT_TOKEN is not set"),
        ("xoxp-1", "xapp-1", None, "no bot token"),
        ("xoxb-1", "xoxb-2", None, "no app-level token"),
        ("xoxb-1", None, None, "Neither SLACK_APP_TOKEN"),
    ],
)
def test_tokens_of_the_wrong_kind_are_told_apart_without_asking(
    bot: str | None, application: str | None, secret: str | None, says: str
) -> None:
    with pytest.raises(CannotRun, match=says):
        preflight.check_form(bot, application, secret)


async def test_a_refused_bot_token_is_one_sentence(peer: Peer) -> None:
    peer.fail("auth.test", "invalid_auth")

    assert await refusal(peer) == "Slack refused SLACK_BOT_TOKEN (invalid_auth): install the app again and copy the new token."


async def test_a_persons_token_is_told_from_a_bots(peer: Peer) -> None:
    del peer.auth["bot_id"]

    assert "belongs to a person" in await refusal(peer)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("invalid_auth", "Slack refused SLACK_APP_TOKEN (invalid_auth)"),
        ("not_allowed_token_type", "Slack refused SLACK_APP_TOKEN"),
        ("missing_scope", "connections:write"),
        ("access_denied", "switch Socket Mode on"),
    ],
)
async def test_a_refused_app_token_or_socket_mode_switched_off_ends_instead_of_looping(peer: Peer, error: str, says: str) -> None:
    peer.fail("apps.connections.open", error, 3)

    assert says in await refusal(peer)


async def test_a_missing_required_scope_names_what_it_disables(peer: Peer) -> None:
    peer.scopes = "app_mentions:read,commands"

    assert "lacks the scope chat:write, and without it the bot cannot answer" in await refusal(peer)


async def test_a_missing_optional_scope_is_logged_with_what_it_disables(peer: Peer, caplog: pytest.LogCaptureFixture) -> None:
    peer.scopes = ",".join(set(scopes.ALL) - {"files:read"})
    peer.fail("apps.connections.open", "invalid_auth")

    await refusal(peer)

    assert "files:read is missing: attached logs are not read" in caplog.text


async def test_slack_out_of_reach_is_one_sentence(peer: Peer) -> None:
    assert "could not be reached" in await refusal(peer, slack_api_url="http://127.0.0.1:9/api/")


async def test_a_clock_that_is_off_is_named_before_requests_are_refused_for_it(peer: Peer) -> None:
    peer.date = email.utils.formatdate(time.time() - 900, usegmt=True)

    said = await refusal(peer, slack_app_token=None, slack_signing_secret="s")

    assert "ahead of Slack's" in said


async def test_no_refusal_shows_a_token(peer: Peer) -> None:
    peer.fail("auth.test", "account_inactive")

    assert "xoxb-test" not in await refusal(peer)
