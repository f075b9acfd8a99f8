"""Takes the connection and says nothing in clear; answers no TLS hello either."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.hang()
