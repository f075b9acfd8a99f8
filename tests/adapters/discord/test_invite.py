"""The links that bring the bot in."""

from __future__ import annotations

import base64

from adapters.discord import invite


def test_a_server_link_asks_for_exactly_what_is_used() -> None:
    link = invite.server_link("123456789012345678")

    assert link == (
        "https://discord.com/oauth2/authorize?client_id=123456789012345678&scope=bot+applications.commands"
        "&permissions=309237730304&integration_type=0"
    )
    assert "permissions=326417599488" in invite.server_link("123456789012345678", forums=True)


def test_a_persons_link_asks_for_the_commands_only() -> None:
    link = invite.person_link("123456789012345678")

    assert link.startswith("https://discord.com/oauth2/authorize?client_id=123456789012345678&scope=applications.commands")
    assert link.endswith("integration_type=1")
    assert "permissions" not in link


def test_the_application_stands_in_the_token() -> None:
    token = base64.b64encode(b"123456789012345678").decode().rstrip("=") + ".abc.def"

    assert invite.application_of(token) == "123456789012345678"
    assert invite.application_of("Bot " + token) == "123456789012345678"
    assert invite.application_of("nonsense") is None
    assert invite.application_of("ä.b.c") is None


def test_what_is_missing_is_named_with_its_purpose() -> None:
    everything = invite.permissions(forums=True)

    assert invite.missing(everything, forums=True) == {}
    assert invite.missing(8, forums=True) == {}
    assert list(invite.missing(everything & ~(1 << 34), forums=True)) == ["Manage Threads"]
    assert "Create Public Threads" in invite.missing(0, forums=False)
