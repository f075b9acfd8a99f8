"""A captive portal: whoever connects is sent to a page for signing in."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.say("HTTP/1.1 302 Found", "Location: http://login.hotel.test/", "Content-Length: 0", "")
