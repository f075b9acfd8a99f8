"""Demands a certificate of the client, as TLS 1.3 does: after its own handshake."""

from __future__ import annotations

import ssl

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls(client=True, minimum=ssl.TLSVersion.TLSv1_3)
