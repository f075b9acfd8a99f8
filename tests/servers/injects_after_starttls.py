"""Somebody between adds a reply in clear behind the 220 of STARTTLS (CVE-2011-0411 and its kin)."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("STARTTLS")
    await peer.until("STARTTLS")
    await peer.send(b"220 2.0.0 Ready to start TLS\r\n250-mail.test\r\n250 AUTH PLAIN\r\n")
    await peer.secure()
    await peer.behave_under_tls()
