"""Agrees to STARTTLS and goes on in clear."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("STARTTLS")
    await peer.until("STARTTLS")
    await peer.say("220 2.0.0 Ready to start TLS")
    await peer.reader.read(1)
    await peer.say("500 5.5.1 Command unrecognized: \\x16\\x03")
    await peer.hang()
