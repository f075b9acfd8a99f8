"""Offers STARTTLS and has no certificate to do it with."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("STARTTLS")
    await peer.until("STARTTLS")
    await peer.say("454 4.7.0 TLS not available due to local problem")
    await peer.until("QUIT")
