"""Agrees to STARTTLS, then never says a word of TLS."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("STARTTLS")
    await peer.until("STARTTLS")
    await peer.say("220 2.0.0 Ready to start TLS")
    await peer.hang()
