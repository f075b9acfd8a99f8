"""A server that dies between two lines of its EHLO answer."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test ESMTP")
    await peer.until("EHLO")
    await peer.say("250-mail.test", "250-PIPELINING")
