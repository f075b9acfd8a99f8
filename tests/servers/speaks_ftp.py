"""Is an FTP server: greets with 220 as SMTP does."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("220 ProFTPD Server (Debian) [127.0.0.1]")
    await peer.until("QUIT")
