"""Shows a certificate for its hoster's names."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("wrong_name")
