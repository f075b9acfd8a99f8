"""Is an IMAP server under TLS."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.secure()
    await peer.say("* OK [CAPABILITY IMAP4rev1] Dovecot ready.")
    await peer.hang()
