"""Greets, and is too busy at EHLO."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test ESMTP")
    await peer.until("EHLO")
    await peer.say("421 4.7.0 mail.test Error: too many connections")
    peer.writer.close()
