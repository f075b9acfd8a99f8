"""Greets in Latin-1."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.send("220 mail.test Bienvenue, gar\u00e7on: r\u00e9seau priv\u00e9\r\n".encode("latin-1"))
    await peer.until("EHLO")
    await peer.answer("AUTH PLAIN")
    await peer.until("QUIT")
