"""Is an LMTP server: greets with 220 and knows LHLO only."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test LMTP Dovecot ready.")
    await peer.until("EHLO")
    await peer.say("500 5.5.1 Unknown command")
    await peer.until("QUIT")
