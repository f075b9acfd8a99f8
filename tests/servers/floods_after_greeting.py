"""Keeps sending replies that nobody asked for."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test ESMTP")
    while True:
        await peer.say(*("250 2.0.0 Ok" for _ in range(200)))
        await peer.pause(0.1)
