"""Greets with a banner of four thousand characters."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("AUTH PLAIN", banner="220 mail.test " + "welcome " * 500)
    await peer.until("QUIT")
