"""Greets with a line that never ends."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.send(b"220 ")
    while True:
        await peer.send(b"x" * 4096)
