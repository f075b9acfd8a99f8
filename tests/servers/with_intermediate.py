"""Sends the whole chain; nothing wrong here."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("with_intermediate")
