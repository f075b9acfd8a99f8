"""Speaks TLS 1.2 only."""

from __future__ import annotations

import ssl

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls(maximum=ssl.TLSVersion.TLSv1_2)
