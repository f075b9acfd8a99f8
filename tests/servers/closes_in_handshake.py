"""Agrees to STARTTLS, takes the TLS hello and hangs up."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("STARTTLS")
    await peer.until("STARTTLS")
    await peer.say("220 2.0.0 Ready to start TLS")
    await peer.reader.read(1)
    peer.writer.close()
