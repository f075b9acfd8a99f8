"""A server that speaks TLS 1.3 and has never switched off TLS 1.0."""

from __future__ import annotations

import ssl

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls(minimum=ssl.TLSVersion.TLSv1, ciphers="ALL:@SECLEVEL=0")
