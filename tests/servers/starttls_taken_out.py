"""Something on the way takes STARTTLS out of the list; the server behind it has it."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("PIPELINING", "SIZE 1000000")
    await peer.until("STARTTLS")
    await peer.say("220 2.0.0 Ready to start TLS")
    await peer.secure()
    await peer.behave_under_tls()
