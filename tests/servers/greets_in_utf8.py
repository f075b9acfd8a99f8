"""Greets with letters beyond ASCII, as SMTPUTF8 servers do."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("SMTPUTF8", "AUTH PLAIN", banner="220 mail.test \u041f\u043e\u0447\u0442\u0430 \u90f5\u4ef6 ESMTP")
    await peer.until("QUIT")
