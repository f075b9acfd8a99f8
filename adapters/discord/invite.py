"""Which link brings the bot into a server or to a person, with exactly the permissions it uses? Pure.

Source: https://docs.discord.com/developers/topics/oauth2
"""

from __future__ import annotations

import base64
import binascii

import discord

# What each one is for, by discord.py's name of it. `closing` is for the "solved" button of help forums, asked for only there.
PERMISSIONS = {
    "view_channel": "sees the channels it helps in",
    "send_messages": "answers in channels without threads",
    "create_public_threads": "opens a thread under a question",
    "send_messages_in_threads": "answers there",
    "embed_links": "shows its answers' links",
    "read_message_history": "finds what it said before a restart, and replies to messages",
}
CLOSING = {"manage_threads": "closes a post of a help forum that is solved"}


def permissions(*, forums: bool) -> discord.Permissions:
    return discord.Permissions(**dict.fromkeys([*PERMISSIONS, *(CLOSING if forums else ())], True))


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
    url = discord.utils.oauth_url(int(application), permissions=permissions(forums=forums), scopes=("bot", "applications.commands"))
    return f"{url}&integration_type=0"


def person_link(application: str) -> str:
    """For a person who takes the commands along, into any server and private channel."""
    return f"{discord.utils.oauth_url(int(application), scopes=('applications.commands',))}&integration_type=1"


def missing(granted: int, *, forums: bool) -> dict[str, str]:
    """The permissions that a bit set lacks, each with what it is for."""
    has = discord.Permissions(granted)
    wanted = {**PERMISSIONS, **(CLOSING if forums else {})}
    return {name: purpose for name, purpose in wanted.items() if not (has.administrator or getattr(has, name))}
