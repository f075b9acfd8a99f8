"""Speaks in clear only."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("SIZE 1000", "AUTH PLAIN LOGIN")
    await peer.until("QUIT")
    await peer.say("221 Bye")
