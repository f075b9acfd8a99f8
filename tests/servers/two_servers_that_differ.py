"""Two servers behind one address: every other connection meets one that has no STARTTLS."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    if peer.number % 2:
        await peer.starttls()
    else:
        await peer.greet_and_answer("SIZE 1000")
        await peer.until("QUIT")
