"""Answers EHLO with continuation lines for ever."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test ESMTP")
    await peer.until("EHLO")
    while True:
        await peer.say(*["250-PIPELINING"] * 100)
