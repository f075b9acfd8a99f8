"""Who helps? The members of the user group SLACK_HELPERS, as Slack lists them. Decides nothing but that.

Source: https://docs.slack.dev/reference/methods/usergroups.users.list/ (scope usergroups:read; without it nobody counts as a helper).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from slack_sdk.errors import SlackApiError

from adapters.slack.people import ASK_SECONDS, at_home
from adapters.slack.verdict import code
from adapters.slack.web import Web
from bot.channel import Place, TryLater, Undeliverable

log = logging.getLogger(__name__)

KEPT_SECONDS = 300.0
MAX_WORKSPACES = 1000


class Helpers:
    """`group` is the user group's id, or None: then there are no helpers."""

    def __init__(self, web: Web, group: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._web = web
        self._group = group
        self._clock = clock
        self._members: OrderedDict[str, tuple[float, frozenset[str]]] = OrderedDict()

    async def includes(self, place: Place, user: str) -> bool:
        """Whether `user` is one; people of another workspace never are."""
        if not self._group or not user or not at_home(place):
            return False
        team = str(place.get("team"))
        at, members = self._members.get(team, (0.0, frozenset()))
        if team not in self._members or self._clock() - at > KEPT_SECONDS:
            members = await self._ask(place, members)
            self._members[team] = (self._clock(), members)
            if len(self._members) > MAX_WORKSPACES:
                self._members.popitem(last=False)
        return user in members

    async def _ask(self, place: Place, before: frozenset[str]) -> frozenset[str]:
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer = await self._web.form(place, "usergroups.users.list", usergroup=self._group)
        except SlackApiError as error:
            log.info("slack: the helpers' group cannot be read: %s", code(error))
            return frozenset()
        except (TryLater, Undeliverable, TimeoutError):
            return before
        return frozenset(user for user in answer.get("users") or () if isinstance(user, str))
