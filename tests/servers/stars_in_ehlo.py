"""A firewall's SMTP inspection stands between: stars for the banner, X for what it takes out."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("SIZE 1000", "XXXXXXXA", "AUTH PLAIN", banner="220 ****************************")
    await peer.until("QUIT")
