"""Puts NUL bytes into its replies."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.send(b"220 mail\0.test ESMTP\r\n")
    await peer.until("EHLO")
    await peer.send(b"250-mail.test\r\n250 AUTH\0 PLAIN\r\n")
    await peer.until("QUIT")
