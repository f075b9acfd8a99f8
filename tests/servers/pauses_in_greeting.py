"""Greets in two lines with a pause between, as postscreen does to catch who talks too early."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220-mail.test ESMTP")
    await peer.pause(6)
    if peer.reader._buffer:  # type: ignore[attr-defined]  # nothing may have come before the greeting ended
        await peer.say("521 5.5.1 Protocol error")
        return
    await peer.say("220 mail.test ESMTP")
    await peer.until("EHLO")
    await peer.answer("AUTH PLAIN")
    await peer.until("QUIT")
