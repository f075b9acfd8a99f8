"""Shows a certificate that vouches for itself."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("self_signed")
