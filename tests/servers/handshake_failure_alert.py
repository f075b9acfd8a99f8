"""Answers the TLS hello after STARTTLS with handshake_failure: no cipher in common."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("STARTTLS")
    await peer.until("STARTTLS")
    await peer.say("220 2.0.0 Ready to start TLS")
    await peer.reader.read(1)
    await peer.send(bytes.fromhex("15030300020228"))
    peer.writer.close()
