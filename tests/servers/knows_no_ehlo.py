"""Speaks the protocol of 1982: no EHLO."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test Simple Mail Transfer Service ready")
    await peer.until("EHLO")
    await peer.say("502 5.5.2 Error: command not recognized")
    await peer.until("QUIT")
    await peer.say("221 Bye")
