"""Shows a certificate that is valid from next week on."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("not_yet_valid")
