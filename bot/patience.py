"""What if the store is away? It is asked again, with growing pauses. Knows only that asking may raise `StoreUnreachable`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from bot import log, metrics
from bot.errors import StoreUnreachable

_T = TypeVar("_T")
_P = ParamSpec("_P")
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)


class Patience:
    """Call it with a method of the store and its arguments.

    `seconds`: how long the store may stay away before its error is raised after all; None: for ever."""

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds

    async def __call__(self, ask: Callable[_P, Awaitable[_T]], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        began, attempt = time.monotonic(), 0
        while True:
            try:
                return await ask(*args, **kwargs)
            except StoreUnreachable:
                metrics.count("store_unreachable")
                if self._seconds is not None and time.monotonic() - began >= self._seconds:
                    raise
                log.logger(__name__).warning("the store cannot be reached", attempt=attempt)
            await asyncio.sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1
