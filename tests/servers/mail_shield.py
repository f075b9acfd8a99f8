"""The mail shield of an antivirus program answers, with a certificate that it has signed itself."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls("mail_shield")
