"""Shows a certificate that ran out nine days ago."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("expired")
