"""Is a POP3 server."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("+OK Dovecot ready.")
    await peer.hang()
