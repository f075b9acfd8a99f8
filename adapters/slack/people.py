"""Does that person come from outside? Guests and people of a connected workspace do; Slack says which. Decides nothing but that.

What is internal: servers that are no public ones (the operator allowed them for the own people), and whom a hand-off calls. What cannot
be told counts as outside. Source: https://docs.slack.dev/reference/objects/user-object/ (scope users:read).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack.verdict import code
from adapters.slack.web import Web
from bot.channel import Place, TryLater, Undeliverable

log = logging.getLogger(__name__)

ASK_SECONDS = 1.5  # of the three that Slack gives us for an acknowledgement
KEPT_SECONDS = 600.0
MAX_PEOPLE = 10_000
OUTSIDE = "outside"  # in a place: what is said there is read by people from outside


class People:
    """`hides`: whether anything internal is configured at all; where nothing is, Slack is not asked about anybody."""

    def __init__(self, web: Web, *, hides: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._web = web
        self.hides = hides
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, bool]] = OrderedDict()

    async def outside(self, place: Place) -> bool:
        """Whether the person of `place` is a guest, or not of the operator's organisation."""
        organisation, foreign = place.get("organisation"), not at_home(place)
        if (foreign and not organisation) or not self.hides:
            return foreign
        who = f"{place['team']}/{place['user']}"
        at, outside = self._known.get(who, (0.0, True))
        if who not in self._known or self._clock() - at > KEPT_SECONDS:
            told = await self._ask(place, organisation if foreign else None)
            if told is None:
                return True
            outside = told
            self._known[who] = (self._clock(), outside)
            if len(self._known) > MAX_PEOPLE:
                self._known.popitem(last=False)
        return outside

    async def _ask(self, place: Place, organisation: str | None) -> bool | None:
        """None where Slack gave no answer; without the scope it is an answer."""
        try:
            async with asyncio.timeout(ASK_SECONDS):
                answer = await self._web.form(place, "users.info", user=place["user"])
        except SlackApiError as error:
            log.info("slack: who somebody is cannot be asked: %s", code(error))
            return True if code(error) == "missing_scope" else None
        except (TryLater, Undeliverable, TimeoutError):
            return None
        return is_outside(answer.get("user"), organisation)


def at_home(place: Place) -> bool:
    """Whether the person's own workspace is ours; Slack names the organisation in its place where the workspace belongs to one."""
    return place.get("home", place["team"]) in (place["team"], place.get("organisation"))


def is_outside(user: Any, organisation: str | None = None) -> bool:
    """What a user object says. `organisation`: the one that the person must belong to, where the workspace is not ours."""
    if not isinstance(user, Mapping):
        return True
    if any(user.get(name) is True for name in ("is_restricted", "is_ultra_restricted", "is_stranger")):
        return True
    of = user.get("enterprise_user")
    return organisation is not None and (not isinstance(of, Mapping) or of.get("enterprise_id") != organisation)
