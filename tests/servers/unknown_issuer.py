"""Shows a certificate of an authority that nobody knows."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("unknown_issuer")
