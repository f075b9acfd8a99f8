"""Changes the reply code within one reply."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test ESMTP")
    await peer.until("EHLO")
    await peer.say("250-mail.test", "550-STARTTLS", "250 AUTH PLAIN")
    await peer.until("QUIT")
