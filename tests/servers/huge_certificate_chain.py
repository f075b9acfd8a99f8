"""Shows a certificate chain of hundreds of kilobytes."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("huge_chain")
