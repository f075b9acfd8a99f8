"""Speaks nothing newer than TLS 1.0."""

from __future__ import annotations

import ssl

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.starttls(minimum=ssl.TLSVersion.TLSv1, maximum=ssl.TLSVersion.TLSv1)
