"""Is too busy to serve."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("421 4.3.2 mail.test too busy, try again later")
    peer.writer.close()
