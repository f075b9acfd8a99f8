"""Greets, then answers nothing."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 mail.test ESMTP")
    await peer.hang()
