"""Is a web server: waits for a request, answers whatever comes."""

from __future__ import annotations

from tests.servers.peer import Peer


async def talk(peer: Peer) -> None:
    await peer.reader.readline()
    await peer.send(b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\n")
    peer.writer.close()
