"""What if the network between an instance and its store is cut, or swallows what goes through it? A socket in front of the store's own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

PIECE = 65536


class Cable:
    """`silent`: what comes in either way is swallowed (a firewall that drops); `cut` ends what is open and refuses what is new."""

    def __init__(self, here: Path, there: Path) -> None:
        self._here = here
        self._there = there
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.silent = False
        self.answers_lost = False  # what goes there arrives, what comes back does not

    @property
    def address(self) -> str:
        return f"unix://{self._here}"

    async def join(self) -> None:
        self._server = await asyncio.start_unix_server(self._connect, self._here)

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
            self._here.unlink(missing_ok=True)
        for writer in tuple(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.CancelledError):
            there_reader, there_writer = await asyncio.open_unix_connection(self._there)
            self._open |= {writer, there_writer}
            await asyncio.gather(self._carry(reader, there_writer, back=False), self._carry(there_reader, writer, back=True))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                if not self.silent and not (back and self.answers_lost):
                    writer.write(piece)
                    await writer.drain()
        self._open.discard(writer)
        writer.close()


@asynccontextmanager
async def laid(here: Path, there: Path) -> AsyncIterator[Cable]:
    cable = Cable(here, there)
    await cable.join()
    yield cable
    await cable.cut()
