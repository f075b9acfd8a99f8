"""Turns its banner round with bidirectional controls and hides text in it."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("AUTH PLAIN", banner="220 mail.test \u202ePTMSE\u202c \u200bpay\u2066me\u2069 \x1b[31mred\x07")
    await peer.until("QUIT")
