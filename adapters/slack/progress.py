"""How far is a probe, shown in one message that changes? Volatile: keeps nothing but which message shows which probe.

A state is shown at once, then at most every 1.5 s; states in between are dropped, the last one never. Where Slack streams, it is a plan
with one task an endpoint; elsewhere a message that is edited (tier 3: 50 a minute for all conversations of a workspace together). A stream
dies five minutes after its start, appended to or not (python-slack-sdk issue 1859), so ours ends before, and goes on as edits.
Which message shows which probe stands in the vault while the probe runs: one that a dead process left behind is made again by the next,
whose states go on in the same message, so that no plan stays unfinished and no second one is begun.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.core import utc_now
from adapters.slack.pace import Pace
from adapters.slack.render import Message, progress_chunks, progress_message
from adapters.slack.verdict import STREAM_OVER, STREAMING, Verdict, code, retry_after, verdict
from adapters.slack.web import PLAINLY, Web
from bot.channel import Place, TryLater, Undeliverable
from bot.errors import StoreUnreachable
from bot.reply import Progress
from bot.store.vault import Vault

log = logging.getLogger(__name__)

EVERY = 1.5
LAST_TRIES = 5
STREAM_SECONDS = 225.0
STREAM_STARTS = 15  # a minute and workspace; Slack allows 20
NOTE = "slack/progress/"
NOTED = datetime.timedelta(minutes=15)  # no probe is made again so late
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
    stream_until: float = 0.0  # 0: no stream is open


class Board:
    """`spawn` runs a coroutine beside us in a task group that somebody waits for. `notes`: where it is noted which message shows what."""

    streams = True

    def __init__(
        self, web: Web, spawn: Spawn, *, every: float = EVERY, notes: Vault | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._web = web
        self._spawn = spawn
        self._every = every
        self._clock = clock
        self._notes = notes
        self._updates = Pace(60 / 50, 20, clock)
        self._starts = Pace(60 / STREAM_STARTS, STREAM_STARTS, clock)
        self._no_streams: set[str] = set()  # workspaces that refused one
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
                    await self._close(shown)
                    return
                shown.changed.clear()
                state = shown.latest
                if state == shown.sent:
                    continue
                try:
                    if shown.sent is None and not shown.ts:
                        shown.ts = await self._noted(name)
                    before = shown.ts
                    sent = await self._send(shown, state)
                    if shown.ts != before and not state.finished:
                        await self._note(name, shown.ts)
                    if sent:
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
            await self._forget(name)
        except Undeliverable as error:
            log.info("slack: progress could not be shown: %s", error.reason)
        finally:
            self._shown.pop(name, None)

    async def _send(self, shown: _Shown, state: Progress) -> bool:
        """Shows `state`; False: dropped because the workspace's updates run low and a later state will come."""
        if not shown.ts and await self._begin_stream(shown, state):
            return True
        if shown.stream_until and await self._stream_on(shown, state):
            return True
        message = progress_message(state)
        team = str(shown.place.get("team"))
        try:
            if not shown.ts:
                shown.ts = await self._post(shown.place, message)
                return True
            if not state.finished and not self._updates.spare(team):
                return False
            await asyncio.sleep(min(self._updates.wait(team), 30))
            where = {"channel": shown.place["channel"], "ts": shown.ts, "parse": "none"}  # where nothing is said, Slack looks for names
            await self._web.raw(shown.place, "chat.update", text=message.text, blocks=list(message.blocks), **where)
        except SlackApiError as error:
            if code(error) in STREAMING:  # ours was thought closed, or a dead process left it: close it, then edit
                await self._close(shown)
                raise TryLater(1.0, code(error)) from error
            match verdict(error):
                case Verdict.LATER:
                    self._updates.penalty(team, retry_after(error))
                    raise TryLater(retry_after(error)) from error
                case Verdict.AS_NEW:
                    shown.ts = await self._post(shown.place, message)
                case _:
                    raise Undeliverable(code(error)) from error
        return True

    async def _begin_stream(self, shown: _Shown, state: Progress) -> bool:
        place, team = shown.place, str(shown.place.get("team"))
        if team in self._no_streams or not place.get("thread") or state.finished or not self._starts.spare(team):
            return False
        self._starts.wait(team)
        try:
            answer = await self._web.raw(
                place,
                "chat.startStream",
                channel=place["channel"],
                thread_ts=place["thread"],
                recipient_user_id=place.get("user") or None,
                recipient_team_id=place.get("home") or None,
                task_display_mode="plan",
                chunks=progress_chunks(state, None),
            )
        except SlackApiError as error:
            if verdict(error) is Verdict.LATER:
                self._starts.penalty(team, retry_after(error))
            else:
                log.info("slack: no streams here: %s", code(error))
                self._no_streams.add(team)
            return False
        shown.ts, shown.stream_until = str(answer.get("ts", "")), self._clock() + STREAM_SECONDS
        return bool(shown.ts)

    async def _stream_on(self, shown: _Shown, state: Progress) -> bool:
        """Appends what is new, or ends the stream; False where it has ended and the state must be shown by an edit."""
        last = state.finished or self._clock() >= shown.stream_until
        method = "chat.stopStream" if last else "chat.appendStream"
        try:
            await self._web.raw(
                shown.place, method, channel=shown.place["channel"], ts=shown.ts, chunks=progress_chunks(state, shown.sent) or None
            )
        except SlackApiError as error:
            if verdict(error) is Verdict.LATER and code(error) not in STREAM_OVER | STREAMING:
                raise TryLater(retry_after(error), code(error)) from error
            log.info("slack: a stream ended: %s", code(error))
            shown.stream_until = 0.0
            return False
        if last:
            shown.stream_until = 0.0
        return True

    async def _close(self, shown: _Shown) -> None:
        if shown.ts:
            await self._web.cosmetic(shown.place, "chat.stopStream", channel=shown.place["channel"], ts=shown.ts)
        shown.stream_until = 0.0

    async def _noted(self, name: str) -> str:
        """The ts of the message that shows this probe since another process began it; "" where there is none."""
        with suppress(StoreUnreachable):
            return ((await self._notes.kept(NOTE + name) if self._notes is not None else None) or b"").decode()
        return ""

    async def _note(self, name: str, ts: str) -> None:
        with suppress(StoreUnreachable):
            if self._notes is not None:
                await self._notes.keep(NOTE + name, ts.encode(), utc_now() + NOTED)

    async def _forget(self, name: str) -> None:
        with suppress(StoreUnreachable):
            if self._notes is not None:
                await self._notes.drop(NOTE + name)

    async def _post(self, place: Place, message: Message) -> str:
        answer = await self._web.call(
            place,
            "chat.postMessage",
            channel=place["channel"],
            thread_ts=place.get("thread") or None,
            text=message.text,
            blocks=list(message.blocks),
            **PLAINLY,
        )
        return str(answer.get("ts", ""))
