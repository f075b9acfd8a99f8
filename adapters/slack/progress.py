"""How far is a probe, shown in one message that changes? Volatile: keeps nothing but which message shows which probe.

A state is shown at once, then at most every 1.5 s (an update is tier 3: 50 a minute for all conversations of a workspace together);
states in between are dropped, the last one never.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.pace import Pace
from adapters.slack.render import Message, progress_message
from adapters.slack.verdict import Verdict, retry_after, verdict
from adapters.slack.web import Web
from bot.channel import Place, TryLater, Undeliverable
from bot.reply import Progress

log = logging.getLogger(__name__)

EVERY = 1.5
LAST_TRIES = 5
GIVE_UP_AFTER = 180.0  # seconds without news of a probe, after which nobody waits for its next state

Spawn = Callable[[Coroutine[Any, Any, None]], None]


@dataclass
class _Shown:
    """One probe on its way; `latest` is what is to be shown, `sent` what is."""

    place: Place
    latest: Progress
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    sent: Progress | None = None
    ts: str = ""


class Board:
    """`spawn` runs a coroutine beside us in a task group that somebody waits for."""

    streams = False

    def __init__(self, web: Web, spawn: Spawn, *, every: float = EVERY, clock: Callable[[], float] = time.monotonic) -> None:
        self._web = web
        self._spawn = spawn
        self._every = every
        self._updates = Pace(60 / 50, 20, clock)
        self._shown: dict[str, _Shown] = {}

    async def show(self, place: Place, progress: Progress) -> None:
        """Takes a state and returns at once."""
        name = f"{place.get('team')}/{place['channel']}/{place.get('thread')}/{progress.probe}"
        shown = self._shown.get(name)
        if shown is None:
            shown = self._shown[name] = _Shown(place, progress)
            self._spawn(self._keep(name, shown))
        elif not shown.latest.finished:
            shown.latest = progress
        shown.changed.set()

    async def _keep(self, name: str, shown: _Shown) -> None:
        """One probe from its first state to its last."""
        tries = 0
        try:
            while not (shown.sent is not None and shown.sent.finished):
                try:
                    async with asyncio.timeout(GIVE_UP_AFTER):
                        await shown.changed.wait()
                except TimeoutError:
                    return
                shown.changed.clear()
                state = shown.latest
                if state == shown.sent:
                    continue
                try:
                    if await self._send(shown, state):
                        shown.sent = state
                        tries = 0
                    else:
                        shown.changed.set()  # tried again in a moment, with whatever is the latest then
                except TryLater as later:
                    tries += 1
                    if tries > LAST_TRIES:
                        return
                    await asyncio.sleep(min(later.seconds, 30))
                    shown.changed.set()
                    continue
                if shown.latest.finished and shown.sent is not shown.latest:
                    shown.changed.set()
                if not (shown.sent is not None and shown.sent.finished):
                    await asyncio.sleep(self._every)
        except Undeliverable as error:
            log.info("slack: progress could not be shown: %s", error.reason)
        finally:
            self._shown.pop(name, None)

    async def _send(self, shown: _Shown, state: Progress) -> bool:
        """Shows `state`; False: dropped because the workspace's updates run low and a later state will come."""
        message = progress_message(state)
        try:
            if not shown.ts:
                shown.ts = await self._post(shown.place, message)
                return True
            team = str(shown.place.get("team"))
            if not state.finished and not self._updates.spare(team):
                return False
            await asyncio.sleep(min(self._updates.wait(team), 30))
            where = {"channel": shown.place["channel"], "ts": shown.ts}
            await self._web.raw(shown.place, "chat.update", text=message.text, blocks=list(message.blocks), **where)
        except SlackApiError as error:
            match verdict(error):
                case Verdict.LATER:
                    self._updates.penalty(str(shown.place.get("team")), retry_after(error))
                    raise TryLater(retry_after(error)) from error
                case Verdict.AS_NEW:
                    shown.ts = await self._post(shown.place, message)
                case _:
                    raise Undeliverable(str(error.response.get("error"))) from error
        return True

    async def _post(self, place: Place, message: Message) -> str:
        answer = await self._web.call(
            place,
            "chat.postMessage",
            channel=place["channel"],
            thread_ts=place.get("thread") or None,
            text=message.text,
            blocks=list(message.blocks),
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer.get("ts", ""))
