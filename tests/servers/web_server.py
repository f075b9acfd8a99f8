"""A small https server that serves files from a dict and remembers what it was asked; nothing wrong with it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Served:
    port: int
    requests: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def asked_for(self, part: str) -> int:
        """How many requests had `part` in their path."""
        return sum(part in request.split(" ")[1] for request in self.requests)


@asynccontextmanager
async def serving(pages: Mapping[str, bytes | str], context: ssl.SSLContext) -> AsyncIterator[Served]:
    """`pages`: "host/path" -> the body, or a text beginning with "-> " for a redirect. Everything else is 404."""

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            served.requests.append(head)
            length = next((int(line.split(": ", 1)[1]) for line in head.split("\r\n") if line.startswith("Content-Length: ")), 0)
            served.bodies.append((await reader.readexactly(length)).decode())
            path = head.split(" ")[1]
            host = next(line.split(": ", 1)[1] for line in head.split("\r\n") if line.lower().startswith("host: "))
            page = pages.get(host + path)
            if page is None:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            elif isinstance(page, str):
                writer.write(f"HTTP/1.1 302 Found\r\nLocation: {page.removeprefix('-> ')}\r\n\r\n".encode())
            else:
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + page)
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=context)
    served = Served(int(server.sockets[0].getsockname()[1]))
    async with server:
        yield served
