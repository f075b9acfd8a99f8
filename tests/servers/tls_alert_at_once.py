"""Answers every TLS hello with a fatal alert."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.reader.read(1)
    await peer.send(bytes.fromhex("15030300020250"))  # alert, fatal, internal_error
    peer.writer.close()
