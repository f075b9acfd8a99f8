"""Which link brings the bot into a server or to a person, with exactly the permissions it uses? Pure; needs no library.

Source: https://docs.discord.com/developers/topics/oauth2
"""

from __future__ import annotations

import base64
import binascii

_AUTHORIZE = "https://discord.com/oauth2/authorize"
_ADMINISTRATOR = 1 << 3
# What an owner may do, whatever the roles say.
EVERYTHING = _ADMINISTRATOR

# Each with its bit and what it is for. Manage Threads is for the "solved" button of help forums, asked for only there.
PERMISSIONS = {
    "View Channels": (1 << 10, "sees the channels it helps in"),
    "Send Messages": (1 << 11, "answers in channels without threads"),
    "Embed Links": (1 << 14, "shows its answers' links"),
    "Read Message History": (1 << 16, "finds what it said before a restart, and replies to messages"),
    "Create Public Threads": (1 << 35, "opens a thread under a question"),
    "Send Messages in Threads": (1 << 38, "answers there"),
}
CLOSING = {"Manage Threads": (1 << 34, "closes a post of a help forum that is solved")}


def wanted(*, forums: bool) -> dict[str, tuple[int, str]]:
    return {**PERMISSIONS, **(CLOSING if forums else {})}


def permissions(*, forums: bool) -> int:
    """The bit set of all that is used."""
    return sum(bit for bit, _ in wanted(forums=forums).values())


def application_of(token: str) -> str | None:
    """The application's id, which a bot token begins with (in base64); None where it does not."""
    head = token.strip().removeprefix("Bot ").strip().split(".")[0]
    try:
        id = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return id if id.isdecimal() and 17 <= len(id) <= 20 else None


def server_link(application: str, *, forums: bool = False) -> str:
    """For the administrator of a server."""
    scopes = "scope=bot+applications.commands"
    return f"{_AUTHORIZE}?client_id={application}&{scopes}&permissions={permissions(forums=forums)}&integration_type=0"


def person_link(application: str) -> str:
    """For a person who takes the commands along, into any server and private channel."""
    return f"{_AUTHORIZE}?client_id={application}&scope=applications.commands&integration_type=1"


def missing(granted: int, *, forums: bool) -> dict[str, str]:
    """The permissions that a bit set lacks, each with what it is for."""
    if granted & _ADMINISTRATOR:
        return {}
    return {name: purpose for name, (bit, purpose) in wanted(forums=forums).items() if not granted & bit}
