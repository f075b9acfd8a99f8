"""Is an IMAP server."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot ready.")
    await peer.hang()
