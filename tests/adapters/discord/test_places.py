"""Where a talk stands, what it is called, and the link that opens it."""

from __future__ import annotations

import pytest

from adapters.discord import places
from bot.channel import Place


@pytest.mark.parametrize(
    ("place", "conversation", "link"),
    [
        (places.start("1", "2", "3", "4"), "discord:2", "https://discord.com/channels/3/2"),
        (places.thread("1", "3", "4"), "discord:1", "https://discord.com/channels/3/1"),
        (places.reply("1", "2", "3", "4"), "discord:2", "https://discord.com/channels/3/1/2"),
        (places.dm("1", "4"), "discord:1", "https://discord.com/channels/@me/1"),
        (places.private("2", "1", "", "4"), "discord:2", "https://discord.com/channels/@me/1"),
    ],
)
def test_a_place_knows_its_talk_and_its_link(place: Place, conversation: str, link: str) -> None:
    assert places.conversation_of(place) == conversation
    assert places.jump_url(place) == link
