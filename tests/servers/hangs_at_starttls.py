"""Offers STARTTLS, then does not answer it."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("STARTTLS")
    await peer.until("STARTTLS")
    await peer.hang()
