"""Which scopes does the app need, and what does not work without each? The one list: manifest, preflight and OAuth all read it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """`without`: what does not work where it was not granted. `required`: we do not start without it."""

    name: str
    without: str
    required: bool = False


SCOPES = (
    Scope("app_mentions:read", "nobody can call the bot by its name", required=True),
    Scope("chat:write", "the bot cannot answer", required=True),
    Scope("commands", "/postmaster and the shortcuts do not work"),
    Scope("im:history", "direct messages are not answered"),
    Scope("im:write", "the bot cannot open a direct message"),
    Scope("assistant:write", "prompts, status and title in the app's own tab are not shown"),
    Scope("channels:history", "in public channels people must mention the bot again in each message"),
    Scope("groups:history", "in private channels people must mention the bot again in each message"),
    Scope("files:read", "attached logs are not read"),
    Scope("users:read", "guests are not told from members, so internal servers are looked at for nobody"),
    Scope("usergroups:read", "helpers cannot answer in other people's talks"),
)
# An administrator may refuse these when the app is installed.
OPTIONAL = frozenset({"channels:history", "groups:history", "files:read", "users:read", "usergroups:read"})

ALL = tuple(scope.name for scope in SCOPES)
BOT = tuple(name for name in ALL if name not in OPTIONAL)
BOT_OPTIONAL = tuple(name for name in ALL if name in OPTIONAL)

# Without these an earlier post cannot be looked for, and a crash at a bad moment may say something twice.
HISTORY = frozenset({"channels:history", "groups:history", "im:history"})


def missing(granted: Collection[str]) -> tuple[Scope, ...]:
    return tuple(scope for scope in SCOPES if scope.name not in granted)
