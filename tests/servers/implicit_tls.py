"""Speaks TLS from the first byte; nothing wrong but the mode that a person may have entered."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.secure()
    await peer.behave_under_tls(greet=True)
