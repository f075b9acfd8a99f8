"""What of this installation is set, missing or off? For `postmaster config`; shows no secret, connects to nothing."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal

from pydantic import SecretStr

from bot.config import FILE_KEYS, KEYS, Settings, Shards, meant, without_password

State = Literal["set", "default", "off", "missing"]


@dataclass(frozen=True, slots=True)
class Row:
    """One key for `postmaster config`. `value` is masked where it is a secret; `remedy` is empty where nothing is to be done."""

    key: str
    value: str
    state: State
    remedy: str = ""


def describe(settings: Settings) -> list[Row]:
    """Every key; then misspelt names in the environment and packages that are missing for what is configured."""
    missing = _missing(settings)
    rows = []
    for key, name in KEYS.items():
        value = _shown(getattr(settings, name))
        is_set = name in settings.model_fields_set
        state: State = "missing" if key in missing else "set" if is_set else "default" if value else "off"
        rows.append(Row(key, value, state, missing.get(key, "")))
    for key in sorted(os.environ):
        if key.startswith("POSTMASTER_") and key not in KEYS and key != "POSTMASTER_CONFIG" and key.removesuffix("_FILE") not in FILE_KEYS:
            rows.append(Row(key, "", "missing", f"{key} is no key{meant(key)}."))
    return rows + list(_extras(settings))


def _missing(settings: Settings) -> dict[str, str]:
    missing = {}
    slack = settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secret
    if slack and not settings.slack_bot_token and not settings.slack_client_id:
        missing["SLACK_BOT_TOKEN"] = "Set it to the bot token (xoxb-…) from OAuth & Permissions of your Slack app."
    if slack and not settings.slack_app_token and not settings.slack_signing_secret:
        missing["SLACK_APP_TOKEN"] = "Set it to an app-level token (xapp-…) for Socket Mode, or set SLACK_SIGNING_SECRET for HTTP."
    if settings.slack_client_id and not settings.slack_client_secret:
        missing["SLACK_CLIENT_SECRET"] = "Set it: the client id alone cannot install the app in workspaces."
    if settings.slack_client_id and not settings.key:
        missing["POSTMASTER_KEY"] = "Set it to a long random text: it encrypts the tokens of the workspaces."
    if settings.slack_helpers and not settings.slack_triage_channel:
        missing["SLACK_TRIAGE_CHANNEL"] = "Set it: without a channel the helpers cannot be called."
    return missing


def _extras(settings: Settings) -> list[Row]:
    wanted = (
        ("slack", "slack_bolt", settings.slack_bot_token or settings.slack_client_id),
        ("discord", "discord", settings.discord_token),
        ("redis", "redis", any(value.startswith(("redis", "unix")) for value in (settings.store, settings.broker))),
    )
    return [
        Row(f"postmaster-bot[{extra}]", "", "missing", f"Install it: pip install 'postmaster-bot[{extra}]'.")
        for extra, module, needed in wanted
        if needed and find_spec(module) is None
    ]


def _shown(value: object) -> str:
    if value is None or value == () or value is False:
        return ""
    if isinstance(value, SecretStr):
        return _masked(value.get_secret_value())
    if isinstance(value, tuple):
        return ",".join(map(_shown, value))
    if isinstance(value, Shards):
        return f"{value.ids[0]}-{value.ids[-1]}/{value.count}"
    if value is True:
        return "on"
    if isinstance(value, float):
        return f"{value:g}"
    return without_password(str(value))


def _masked(secret: str) -> str:
    """Enough to tell two apart, too little to use."""
    kind = re.match(r"xox[a-z]-|xapp-", secret)
    return f"{kind[0] if kind else ''}…{secret[-2:]}" if len(secret) >= 16 else "…"
