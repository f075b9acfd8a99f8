"""What does a person see of our working, besides messages? The status line, a session's state and title. All of it is cosmetic.

A status vanishes with our next message or after two minutes; so a message waits a moment for a status that is just being set, or the
status would stand behind the answer. Sessions exist only where the app is an agent: the first refusal ends trying in that workspace.
Source: https://docs.slack.dev/reference/methods/assistant.threads.setStatus/ and agents.sessions.setStatus.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from typing import Literal

from adapters.slack.core import Say
from adapters.slack.text import clean, split
from adapters.slack.web import Web
from bot.channel import Place
from bot.reply import Reply

log = logging.getLogger(__name__)

WAIT = 1.0
MAX_THREADS = 1000
MAX_TITLE = 200

Session = Literal["processing", "active", "suspended", "closed"]


class Agent:
    def __init__(self, web: Web, say: Say) -> None:
        self._web = web
        self._say = say
        self._setting: OrderedDict[str, asyncio.Event] = OrderedDict()
        self._not_here: set[tuple[str, str]] = set()  # (workspace, method) that was refused

    async def working(self, place: Place) -> None:
        """Says that somebody is at work on it."""
        if not place.get("thread"):
            return
        done = self._setting[_key(place)] = asyncio.Event()
        if len(self._setting) > MAX_THREADS:
            self._setting.popitem(last=False)
        try:
            await self._try(
                place,
                "assistant.threads.setStatus",
                channel_id=place["channel"],
                thread_ts=place["thread"],
                status=self._say("working"),
            )
        finally:
            done.set()
            if self._setting.get(_key(place)) is done:
                del self._setting[_key(place)]

    async def before_message(self, place: Place) -> None:
        """Waits for a status that is on its way."""
        setting = self._setting.get(_key(place))
        if setting is not None:
            try:
                async with asyncio.timeout(WAIT):
                    await setting.wait()
            except TimeoutError:
                log.info("slack: a status took too long")

    async def after_message(self, place: Place, reply: Reply) -> None:
        """The state of the session that `reply` leaves the talk in."""
        if reply.handoff or (reply.final and not reply.choices):
            await self.session(place, "closed", title_of(reply))
        elif reply.asks is not None or reply.choices:
            await self.session(place, "suspended", title_of(reply))
        else:
            await self.session(place, "active", title_of(reply))

    async def session(self, place: Place, status: Session, title: str | None = None) -> None:
        """Only direct messages have sessions."""
        if place["channel"].startswith("D") and place.get("thread"):
            where = {"channel_id": place["channel"], "thread_ts": place["thread"]}
            await self._try(place, "agents.sessions.setStatus", **where, status=status, title=title)

    async def _try(self, place: Place, method: str, **arguments: str | None) -> None:
        here = (str(place.get("team")), method)
        if here not in self._not_here and await self._web.cosmetic(place, method, **arguments) is None:
            self._not_here.add(here)


def title_of(reply: Reply) -> str | None:
    """What was found, in a line."""
    for finding in reply.findings[:1]:
        title = " ".join(clean(str(finding.get("title") or "")).split())
        return split(title, MAX_TITLE)[0] if title else None
    return None


def _key(place: Place) -> str:
    return f"{place.get('team')}/{place['channel']}/{place.get('thread')}"
