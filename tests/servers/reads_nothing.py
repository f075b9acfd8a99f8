"""Never takes a byte from us: what we send fills its buffers until its window is shut."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport reads and writes
    await peer.say("220 mail.test ESMTP")
    await peer.hang()
