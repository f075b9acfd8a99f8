"""How does a server of the tests stand and speak? On a free port of loopback, in the test's event loop; each fault is a file beside."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from tests.servers.papers import Papers

T = TypeVar("T")
Talk = Callable[["Peer"], Awaitable[None]]

# One second of a server's story ("greets after 29 seconds"), in seconds of the test; the test's deadlines are in the same measure.
PACE = 0.05


class Tls:
    """The server's side of TLS over the streams, by hand: asyncio's own drops the alert that says why a handshake failed."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.object = context.wrap_bio(self.incoming, self.outgoing, server_side=True)

    async def run(self, step: Callable[[], T], peer: Peer) -> T:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self.flush(peer)
                data = await peer.reader.read(65536)
                if not data:
                    raise ConnectionError("the client has left") from None
                self.incoming.write(data)
            except ssl.SSLError:
                await self.flush(peer)
                raise
            else:
                await self.flush(peer)
                return result

    async def flush(self, peer: Peer) -> None:
        peer.writer.write(self.outgoing.read())
        await peer.writer.drain()


@dataclass
class Peer:
    """One connection as the server sees it. `number` counts the connections of this server from 1."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    papers: Papers
    number: int
    tls: Tls | None = None
    heard: bytes = b""

    async def say(self, *lines: str) -> None:
        await self.send("".join(line + "\r\n" for line in lines).encode("utf-8", "surrogateescape"))

    async def send(self, data: bytes) -> None:
        tls = self.tls
        if tls is not None:
            await tls.run(lambda: tls.object.write(data), self)
        else:
            self.writer.write(data)
            await self.writer.drain()

    async def hear(self) -> str:
        """The next line; raises ConnectionError where the client has left."""
        tls = self.tls
        if tls is None:
            line = await self.reader.readline()
        else:
            while b"\n" not in self.heard:
                self.heard += await tls.run(lambda: tls.object.read(4096), self) or b"\n"
            line, _, self.heard = self.heard.partition(b"\n")
        if not line:
            raise ConnectionError("the client has left")
        return line.decode("latin-1").strip()

    async def until(self, verb: str) -> None:
        while not (await self.hear()).upper().startswith(verb):
            pass

    async def secure(self, papers: str = "good", **settings: object) -> None:
        """TLS from here on, with these papers (see `papers.py`)."""
        await self.secure_with(self.papers.context(papers, **settings))

    async def secure_with(self, context: ssl.SSLContext) -> None:
        tls = Tls(context)
        await tls.run(tls.object.do_handshake, self)
        self.tls = tls

    async def greet_and_answer(self, *keywords: str, banner: str = "220 mail.test ESMTP") -> None:
        """Greeting and EHLO answer of a server that behaves."""
        await self.say(banner)
        await self.until("EHLO")
        await self.answer(*keywords)

    async def answer(self, *keywords: str) -> None:
        lines = ("mail.test", *keywords)
        await self.say(*(f"250{'-' if i < len(lines) - 1 else ' '}{text}" for i, text in enumerate(lines)))

    async def behave_under_tls(self, *, greet: bool = False) -> None:
        """From the handshake to QUIT as a good server does it."""
        if greet:
            await self.say("220 mail.test ESMTP")
        await self.until("EHLO")
        await self.answer("SIZE 1000000", "AUTH PLAIN LOGIN")
        await self.until("QUIT")
        await self.say("221 2.0.0 Bye")

    async def starttls(self, papers: str = "good", **settings: object) -> None:
        """All of a good STARTTLS server, with these papers."""
        await self.greet_and_answer("PIPELINING", "STARTTLS")
        await self.until("STARTTLS")
        await self.say("220 2.0.0 Ready to start TLS")
        await self.secure(papers, **settings)
        await self.behave_under_tls()

    async def hang(self) -> None:
        await asyncio.sleep(3600)

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds * PACE)

    def reset(self) -> None:
        """End the connection with a TCP reset."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@asynccontextmanager
async def standing(talk: Talk, papers: Papers, address: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """A server that speaks `talk` with every client; gives its port. What it does wrong on purpose raises nothing here."""
    running: set[asyncio.Task[None]] = set()
    number = 0

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal number
        number += 1
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await talk(Peer(reader, writer, papers, number))
        except (OSError, EOFError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            running.discard(task)
            if not writer.transport.is_closing():
                writer.close()

    server = await asyncio.start_server(meet, address, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in tuple(running):
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)
