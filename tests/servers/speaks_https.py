"""Is a web server under TLS: answers the hello and waits for a request."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.secure()
    await peer.hang()
