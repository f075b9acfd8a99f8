"""Is an SSH server."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.send(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
    await peer.hang()
