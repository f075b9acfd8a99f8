"""Sends its greeting one byte a second."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    for byte in b"220 mail.test ESMTP, as slow as can be, and slower still\r\n":
        await peer.send(bytes((byte,)))
        await peer.pause(1)
