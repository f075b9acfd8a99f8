"""Does not send the certificate between its own and the root."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("missing_intermediate")
