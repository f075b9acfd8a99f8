"""Demands a certificate of the client within the TLS 1.2 handshake."""

from __future__ import annotations

import ssl

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls(client=True, maximum=ssl.TLSVersion.TLSv1_2)
