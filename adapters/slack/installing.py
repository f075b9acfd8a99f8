"""How does one process serve many workspaces? Installations by OAuth, their tokens from the store; a payload tells whose it is."""

from __future__ import annotations

from slack_bolt.async_app import AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import scopes
from adapters.slack.bolt import environment_hidden
from adapters.slack.core import Service, Settings, revealed, vault_of
from adapters.slack.installations import STATE_SECONDS, Installations, Seal, States
from adapters.slack.workspaces import Workspaces
from bot.errors import CannotRun

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"


def many(settings: Settings, service: Service, client: AsyncWebClient) -> Workspaces:
    """All workspaces that have installed the app. Raises `CannotRun` where a setting is missing."""
    client_id, client_secret = settings.slack_client_id, revealed(settings.slack_client_secret)
    vault = vault_of(service)
    if not client_id or not client_secret:
        raise CannotRun(
            "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together, and one is not set: see Basic Information of your Slack app."
        )
    if not settings.slack_app_token and not settings.slack_signing_secret:
        raise CannotRun("Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set: one of them is needed.")
    if vault is None:
        raise CannotRun("This store keeps no installations, so only one workspace can be served: set SLACK_BOT_TOKEN.")
    seal = Seal([key.get_secret_value() for key in settings.key])
    installations = Installations(vault, seal, AsyncTokenRotator(client_id=client_id, client_secret=client_secret, client=client))
    flow = oauth_flow(client, client_id, client_secret, installations, States(vault))

    async def who_are_we(context: AsyncBoltContext) -> AuthorizeResult | None:
        return await installations.authorize(
            enterprise_id=context.enterprise_id,
            team_id=context.team_id,
            user_id=context.user_id,
            is_enterprise_install=bool(context.is_enterprise_install),
        )

    return Workspaces(installations.token, who_are_we, history=True, forget=installations.forget, flow=flow)


def oauth_flow(client: AsyncWebClient, client_id: str, client_secret: str, installations: Installations, states: States) -> AsyncOAuthFlow:
    """Installation by "Add to Slack": /slack/install begins it, /slack/oauth_redirect ends it."""
    with environment_hidden():
        settings = AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=list(scopes.ALL),
            installation_store=installations,
            installation_store_bot_only=True,
            state_store=states,
            state_expiration_seconds=STATE_SECONDS,
            install_path=INSTALL,
            redirect_uri_path=REDIRECT,
        )
    return AsyncOAuthFlow(client=client, settings=settings)
