"""Ends its own side of the connection before it has said anything and leaves ours open, for ever."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    peer.writer.write_eof()
    await peer.hang()
