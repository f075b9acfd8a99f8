"""Resets each connection as soon as it stands."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    peer.reset()
