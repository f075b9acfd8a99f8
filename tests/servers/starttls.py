"""Behaves: STARTTLS, AUTH under TLS only."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls()
