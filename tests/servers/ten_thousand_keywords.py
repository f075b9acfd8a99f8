"""Offers ten thousand EHLO keywords."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test ESMTP")
    await peer.until("EHLO")
    await peer.answer(*(f"XKEYWORD{i} parameter" for i in range(10_000)))
    await peer.until("QUIT")
