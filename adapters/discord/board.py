"""How is a running probe shown without using up the channel's limit? One message a probe, edited at most every 1.2 seconds.

States in between may be left out, the last one never. It knows neither Discord's JSON nor its errors beyond the port's two.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from bot.channel import Place, TryLater, Undeliverable
from bot.reply import Progress

_log = logging.getLogger(__name__)

# Discord takes 5 messages and edits in 5 s a channel, and the answers need some of them too.
GAP_SECONDS = 1.2
_TRIES = 5
_MOST = 1_000


class Show(Protocol):
    async def __call__(self, place: Place, progress: Progress, message: str | None) -> str:
        """Posts (`message` None) or edits; gives the message's id."""


@dataclass(slots=True)
class _Line:
    place: Place
    latest: Progress | None = None
    message: str | None = None
    free_at: float = 0.0
    busy: bool = False
    tries: int = 0


class Board:
    def __init__(self, show: Show, spawn: Callable[[Coroutine[Any, Any, None]], object], gap: float = GAP_SECONDS) -> None:
        self._show = show
        self._spawn = spawn
        self._gap = gap
        self._lines: dict[str, _Line] = {}

    def put(self, place: Place, progress: Progress) -> None:
        """Takes the newest state of a probe; it is shown when the last edit is long enough ago."""
        if progress.probe not in self._lines and len(self._lines) >= _MOST and not progress.finished:
            return
        line = self._lines.setdefault(progress.probe, _Line(place))
        if line.latest is not None and line.latest.finished:
            return
        line.latest = progress
        if not line.busy:
            line.busy = True
            self._spawn(self._flush(progress.probe, line))

    async def _flush(self, probe: str, line: _Line) -> None:
        try:
            while line.latest is not None:
                await asyncio.sleep(max(0.0, line.free_at - asyncio.get_running_loop().time()))
                if await self._show_once(line):
                    self._lines.pop(probe, None)
                    return
        except Exception as error:
            _log.error("progress could not be shown: %s", type(error).__name__, exc_info=True)
            self._lines.pop(probe, None)
        finally:
            line.busy = False

    async def _show_once(self, line: _Line) -> bool:
        """True: that was the last state, or it can never be shown."""
        progress, line.latest = line.latest, None
        assert progress is not None
        wait = self._gap
        try:
            line.message = await self._show(line.place, progress, line.message)
            line.tries = 0
        except TryLater as later:
            line.tries += 1
            if line.tries >= _TRIES:
                return True
            wait = max(wait, min(later.seconds, 30.0))
            if progress.finished:
                line.latest = progress
        except Undeliverable as gone:
            _log.info("progress is not shown: %s", gone.reason)
            return True
        line.free_at = asyncio.get_running_loop().time() + wait
        return progress.finished and line.latest is None
