"""A proxy that takes every connection and says 250 to every line, STARTTLS included."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 proxy ready")
    while True:
        await peer.hear()
        await peer.say("250 OK")
