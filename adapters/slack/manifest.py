"""What does Slack have to know of the app? The manifest, for Socket Mode or HTTP, with the scopes that the code uses. Pure.

Its words stand in knowledge/; its limits: https://docs.slack.dev/reference/app-manifest/.
"""

from __future__ import annotations

import json
import urllib.parse
from typing import Any, Literal

from adapters.slack import scopes
from adapters.slack.core import Say, phrases

Mode = Literal["socket", "http"]

COMMAND = "/postmaster"
DIAGNOSE = "diagnose_message"
START = "start_talk"
HOST = "https://postmaster.example.com"  # to be replaced by the administrator's own address

EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.channels",
    "message.groups",
    "message.im",
    "tokens_revoked",
)
PROMPTS = ("error", "setup", "check", "term")


def manifest(mode: Mode, say: Say | None = None, host: str = HOST) -> str:
    """The manifest as JSON, to be pasted under "From a manifest" where apps are created."""
    return json.dumps(contents(mode, say or phrases(), host), indent=2, ensure_ascii=False) + "\n"


def create_link(mode: Mode, say: Say | None = None) -> str:
    """An address that opens Slack's form for a new app with the manifest filled in.

    Source: https://docs.slack.dev/app-manifests/configuring-apps-with-app-manifests"""
    text = json.dumps(contents(mode, say or phrases()), separators=(",", ":"), ensure_ascii=False)
    return f"https://api.slack.com/apps?new_app=1&manifest_json={urllib.parse.quote(text)}"


def contents(mode: Mode, say: Say, host: str = HOST) -> dict[str, Any]:
    http = mode == "http"
    events_url = f"{host}/slack/events"
    command: dict[str, Any] = {
        "command": COMMAND,
        "description": say("manifest.command"),
        "usage_hint": say("manifest.usage"),
        "should_escape": False,
    }
    subscriptions: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    oauth: dict[str, Any] = {"scopes": {"bot": list(scopes.BOT), "bot_optional": list(scopes.BOT_OPTIONAL)}}
    if http:
        command["url"] = events_url
        subscriptions["request_url"] = events_url
        interactivity |= {"request_url": events_url, "message_menu_options_url": events_url}
        oauth["redirect_urls"] = [f"{host}/slack/oauth_redirect"]
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": say("manifest.name"),
            "description": say("manifest.description"),
            "long_description": say("manifest.long_description"),
            "background_color": "#1f3a5f",
        },
        "features": {
            "agent_view": {
                "agent_description": say("manifest.agent"),
                "suggested_prompts": prompts(say),
            },
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": say("manifest.name"), "always_online": True},
            "shortcuts": [
                {
                    "name": say("manifest.diagnose"),
                    "type": "message",
                    "callback_id": DIAGNOSE,
                    "description": say("manifest.diagnose_description"),
                },
                {"name": say("manifest.start"), "type": "global", "callback_id": START, "description": say("manifest.start_description")},
            ],
            "slash_commands": [command],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": True,
            "socket_mode_enabled": not http,
            "token_rotation_enabled": http,
        },
    }


def prompts(say: Say) -> list[dict[str, str]]:
    """What the agent view suggests to begin with."""
    return [{"title": say(f"prompt.{name}.title"), "message": say(f"prompt.{name}.message")} for name in PROMPTS]
