"""Shows a certificate with its name in the common name only."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("no_san")
