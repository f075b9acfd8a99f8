"""What the bot lacks where: named with channel and purpose, at the start and by `postmaster config`; and nothing that is there."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import os
import sys

import pytest

from adapters.discord import invite, lacking
from tests.adapters.discord.local import BEN, BOT, BOT_ROLE, FORUM, GENERAL, GUILD, TOKEN
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, configured, running

ALL = invite.permissions(forums=True)
ADMINISTRATOR, SEND, THREADS, MENTION_ALL = 1 << 3, 1 << 11, 1 << 35, 1 << 17
EVERYBODY = 1 << 10 | 1 << 11


async def named(peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture, **settings: str) -> list[str]:
    """What the log says is missing when the bot starts."""
    before = service.kept.writes
    with caplog.at_level(logging.WARNING, "adapters.discord.app"):
        async with running(peer, service, **settings):
            await peer.until(lambda: service.kept.writes > before)
    return [record.getMessage() for record in caplog.records if record.name == "adapters.discord.app"]


@pytest.mark.parametrize(
    ("roles", "owner", "denied"),
    [
        ({BOT_ROLE: ALL}, BEN, 0),
        ({GUILD: ALL}, BEN, 0),
        ({GUILD: EVERYBODY, BOT_ROLE: ADMINISTRATOR}, BEN, THREADS),
        ({GUILD: EVERYBODY}, BOT, THREADS),
    ],
    ids=["its own role", "everyone's role", "administrator", "owner"],
)
async def test_nothing_is_missing_whoever_grants_it(
    roles: dict[str, int], owner: str, denied: int, peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    peer.roles, peer.owner = roles, owner
    peer.overwrites[GENERAL] = [{"id": GUILD, "type": 0, "allow": "0", "deny": str(denied)}]

    assert await named(peer, service, caplog) == []
    assert await lacking.from_outside(configured(DISCORD_API_URL=peer.api)) == []


async def test_what_a_server_does_not_grant_is_named_with_its_purpose(
    peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    peer.roles = {GUILD: EVERYBODY, BOT_ROLE: ALL & ~THREADS}

    (sentence,) = await named(peer, service, caplog)

    assert sentence == "in the server 'Help' the bot lacks: Create Public Threads (opens a thread under a question)"
    assert await lacking.from_outside(configured(DISCORD_API_URL=peer.api)) == [
        "In the Discord server 'Help' the bot lacks: Create Public Threads (opens a thread under a question)."
    ]


@pytest.mark.parametrize("whose", [GUILD, BOT_ROLE, BOT], ids=["everyone's", "its role's", "its own"])
async def test_what_a_channel_takes_away_is_named_with_the_channel(
    whose: str, peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    peer.roles = {GUILD: EVERYBODY, BOT_ROLE: ALL}
    peer.overwrites[GENERAL] = [{"id": whose, "type": 1 if whose == BOT else 0, "allow": "0", "deny": str(THREADS)}]

    (sentence,) = await named(peer, service, caplog)

    assert sentence == "in the server 'Help', in #general, the bot lacks: Create Public Threads (opens a thread under a question)"


async def test_what_a_channel_gives_back_to_the_bot_is_not_missing(peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    peer.roles = {GUILD: EVERYBODY, BOT_ROLE: ALL}
    peer.overwrites[GENERAL] = [
        {"id": GUILD, "type": 0, "allow": "0", "deny": str(THREADS)},
        {"id": BOT, "type": 1, "allow": str(THREADS), "deny": "0"},
    ]

    assert await named(peer, service, caplog) == []


async def test_a_channel_in_which_people_may_not_write_is_not_named(
    peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    peer.roles = {GUILD: EVERYBODY, BOT_ROLE: ALL}
    peer.overwrites[GENERAL] = [{"id": GUILD, "type": 0, "allow": "0", "deny": str(SEND | THREADS)}]

    assert await named(peer, service, caplog) == []


async def test_a_forum_that_cannot_be_seen_or_closed_in_is_named(peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    peer.roles = {GUILD: EVERYBODY, BOT_ROLE: ALL}
    peer.overwrites[FORUM] = [{"id": BOT_ROLE, "type": 0, "allow": "0", "deny": str(1 << 34)}]

    closing, unknown = await named(peer, service, caplog, DISCORD_FORUMS="Help, faq")

    assert closing.startswith("in the server 'Help', in #help, the bot lacks: Manage Threads")
    assert unknown == "no server has a help forum that the bot can see and that is called faq (DISCORD_FORUMS)"


async def test_a_helpers_role_that_cannot_be_called_is_named(peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    peer.roles, peer.mentionable = {GUILD: EVERYBODY, BOT_ROLE: ALL}, False

    (sentence,) = await named(peer, service, caplog)
    caplog.clear()
    (other,) = await named(peer, service, caplog, DISCORD_HELPERS="Support")
    caplog.clear()
    peer.roles[BOT_ROLE] |= MENTION_ALL
    nothing = await named(peer, service, caplog)

    assert "nobody is notified when the role 'Helpers' is called" in sentence
    assert "there is no role 'support' (DISCORD_HELPERS)" in other
    assert nothing == []


# --- without a connection --------------------------------------------------------------------------------


async def test_before_it_is_anywhere_and_without_the_intent_both_are_said(peer: Peer) -> None:
    peer.member, peer.content = False, False

    intent, nowhere = await lacking.from_outside(configured(DISCORD_API_URL=peer.api))

    assert "Message Content Intent" in intent
    assert "in no Discord server yet" in nowhere


async def test_clicks_that_discord_sends_elsewhere_are_said(peer: Peer) -> None:
    peer.owner = BOT
    assert await lacking.from_outside(configured(DISCORD_API_URL=peer.api)) == []
    peer.interactions_url = "https://bot.example.com/interactions"

    (sentence,) = await lacking.from_outside(configured(DISCORD_API_URL=peer.api))

    assert "empty the Interactions Endpoint URL" in sentence


async def test_what_keeps_it_from_running_is_its_one_sentence(peer: Peer) -> None:
    (sentence,) = await lacking.from_outside(configured(DISCORD_API_URL=peer.api, DISCORD_TOKEN="wrong"))

    assert "does not know this DISCORD_TOKEN" in sentence


async def test_the_command_prints_links_and_what_is_missing(peer: Peer) -> None:
    peer.token = f"{base64.b64encode(b'123456789012345678').decode()}.{TOKEN}"
    keys = {"DISCORD_TOKEN": peer.token, "DISCORD_API_URL": peer.api}

    running_ = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "adapters.main", "config", "--json", env={**os.environ, **keys}, stdout=asyncio.subprocess.PIPE
    )
    printed, _ = await running_.communicate()

    said = json.loads(printed)
    assert f"permissions={invite.permissions(forums=False)}&" in next(iter(said["links"].values()))
    assert "Create Public Threads" in said["lacking"][0]
    assert TOKEN.encode() not in printed
