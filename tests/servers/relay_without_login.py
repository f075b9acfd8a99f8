"""A relay as it should be: STARTTLS is offered, and no login, neither before it nor after."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("PIPELINING", "STARTTLS")
    await peer.until("STARTTLS")
    await peer.say("220 2.0.0 Ready to start TLS")
    await peer.secure()
    await peer.until("EHLO")
    await peer.answer("SIZE 1000000")
    await peer.until("QUIT")
