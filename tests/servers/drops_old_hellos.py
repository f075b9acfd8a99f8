"""Speaks TLS 1.2 and 1.3, and something before it swallows a hello of an older version without a word."""

from __future__ import annotations

from tests.servers.peer import Peer, Tls


async def talk(peer: Peer) -> None:
    await peer.greet_and_answer("PIPELINING", "STARTTLS")
    await peer.until("STARTTLS")
    await peer.say("220 2.0.0 Ready to start TLS")
    opening = await peer.reader.readexactly(11)
    if opening[9:11] != b"\x03\x03":  # TLS 1.3 calls itself 1.2 there (RFC 8446 section 4.1.2)
        await peer.hang()
    tls = Tls(peer.papers.context("good"))
    tls.incoming.write(opening)
    await tls.run(tls.object.do_handshake, peer)
    peer.tls = tls
    await peer.behave_under_tls()
