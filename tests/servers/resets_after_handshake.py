"""Resets as soon as TLS is up."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.secure()
    peer.reset()
