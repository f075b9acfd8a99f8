"""How does a blocking source feed a talk that must not wait? Items as they come, read by a thread. Knows nothing of what they are."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import TypeVar

_T = TypeVar("_T")


async def arriving(source: Iterator[_T]) -> AsyncIterator[_T]:
    """The items of a blocking iterator as they come. Standard input may be a file, which no event loop can wait for, so a thread reads;
    it is a daemon, so that Ctrl-C need not wait for a line that never comes."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[_T | BaseException | None] = asyncio.Queue()

    def read() -> None:
        item: _T | BaseException | None
        try:
            for item in source:
                loop.call_soon_threadsafe(queue.put_nowait, item)
            item = None
        except Exception as error:
            item = error
        try:
            loop.call_soon_threadsafe(queue.put_nowait, item)
        except RuntimeError:
            return  # the loop has ended before standard input did

    threading.Thread(target=read, name="standard-input", daemon=True).start()
    while (item := await queue.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item
