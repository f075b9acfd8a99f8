"""Greets just before a client's patience ends, then behaves."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.pause(26)
    await peer.starttls()
