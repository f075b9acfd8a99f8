"""Speaks TLS 1.1 from the first byte and nothing newer."""

from __future__ import annotations

import ssl

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.secure(minimum=ssl.TLSVersion.TLSv1_1, maximum=ssl.TLSVersion.TLSv1_1)
    await peer.behave_under_tls(greet=True)
