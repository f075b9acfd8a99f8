"""Answers in no protocol at all."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.send(bytes(range(128, 256)) + b"\r\n" + b"\x00\x01\x02\r\n")
    await peer.hang()
