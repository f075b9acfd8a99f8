"""Ends its lines with LF alone."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.send(b"220 mail.test ESMTP\n")
    await peer.until("EHLO")
    await peer.send(b"250-mail.test\n250 AUTH PLAIN\n")
    await peer.until("QUIT")
