"""Refuses at connect and names a block list."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("554-mail.test", "554 5.7.1 Service unavailable; client host blocked using zen.blocklist.test")
    await peer.until("QUIT")
