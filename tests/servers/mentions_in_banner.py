"""Tries to call everybody from its banner."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("AUTH PLAIN", banner="220 mail.test <!channel> @everyone <@U012> [click](https://evil.test) `x`")
    await peer.until("QUIT")
