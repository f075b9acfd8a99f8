"""Hangs up before it has said anything."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    peer.writer.close()
