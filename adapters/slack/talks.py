"""How does a talk begin that has no message to answer to (a command, a shortcut, a form)? Opens a thread, then hands over.

The thread's first message is ours and holds nothing that the person wrote: it could be a secret.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from adapters.slack import inbound
from adapters.slack.core import Say, Service, utc_now
from adapters.slack.foreign import Payload
from adapters.slack.people import People
from adapters.slack.progress import Spawn
from adapters.slack.text import escaped
from adapters.slack.web import PLAINLY, Web
from bot.channel import Filled, Incoming, Place, What, Wrote
from bot.conversation.model import Conversation

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """Who wants to talk: workspace, user, and the user's own workspace; `enterprise` where the app is installed for all of an
    `organisation`."""

    team: str
    user: str
    home: str
    enterprise: str = ""
    organisation: str = ""

    @property
    def id(self) -> str:
        return inbound.person(self.home, self.user)

    def place(self, channel: str, thread: str) -> dict[str, str]:
        where = {"team": self.team, "channel": channel, "thread": thread, "user": self.user, "home": self.home}
        more = {"enterprise": self.enterprise, "organisation": self.organisation}
        return where | {name: value for name, value in more.items() if value}


def person_of(payload: Payload) -> Person:
    """The one who did something, from a command or an interaction."""
    user = payload.get("user")
    team = inbound.team_of(payload)
    workspace = inbound.workspace_of(payload).partition(":")[2]
    enterprise = "" if workspace == team else workspace
    organisation = inbound.organisation_of(payload) or ""
    if isinstance(user, dict):
        return Person(team, str(user.get("id", "")), str(user.get("team_id") or team), enterprise, organisation)
    return Person(team, str(payload.get("user_id", "")), team, enterprise, organisation)


IN_TIME = 2.0  # of the three seconds that Slack gives us for an acknowledgement


async def in_time(spawn: Spawn, beginning: Coroutine[Any, Any, object], failed: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Waits for `beginning` as long as an acknowledgement can wait; past that it goes on beside us.

    What goes wrong sooner is raised here, later it runs `failed`. A process that ends meanwhile gives it a few seconds more."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def begin() -> None:
        try:
            await beginning
        except Exception as error:
            if not done.done():
                done.set_exception(error)
                return
            log.warning("slack: a talk could not begin: %s", type(error).__name__, exc_info=error)
            await failed()
        else:
            if not done.done():
                done.set_result(None)

    spawn(begin())
    await asyncio.wait({done}, timeout=IN_TIME)
    if done.done():
        done.result()
    else:
        done.cancel()


class Talks:
    def __init__(self, service: Service, web: Web, say: Say, people: People) -> None:
        self._service = service
        self._web = web
        self._say = say
        self._people = people

    async def in_private(self, who: Person, what: What, key: str) -> Place:
        """Opens a thread in the direct messages and hands over. Raises the channel's `Undeliverable` or `TryLater`."""
        return await self._open(who, who.user, "", self._say("begun"), what, key)

    async def in_thread(self, who: Person, channel: str, thread: str, what: What, key: str) -> Place:
        """Says in a thread whom we answer (so that it is known whether we may post there) and hands over. Slack does not tell here who
        reads in that channel, so it counts as read by people from outside."""
        return await self._open(who, channel, thread, self._say("asked_here"), what, key)

    async def go_on(self, who: Person, channel: str, thread: str, what: What, key: str) -> None:
        """Hands over in a talk that exists already."""
        await self._hand_over(who, who.place(channel, thread), inbound.message_id(who.team, channel, key), what, key)

    async def _open(self, who: Person, channel: str, thread: str, sentence: str, what: What, key: str) -> Place:
        arguments = {"channel": channel, "text": escaped(sentence), "thread_ts": thread or None, **PLAINLY}
        answer = await self._web.call(who.place(channel, thread), "chat.postMessage", **arguments)
        where, ts = str(answer.get("channel") or channel), str(answer.get("ts", ""))
        place = who.place(where, thread or ts)
        await self._hand_over(who, place, inbound.message_id(who.team, where, ts), what, key)
        return place

    async def _hand_over(self, who: Person, place: Place, message: str, what: What, key: str) -> None:
        now = utc_now()
        conversation = inbound.conversation(who.team, place["channel"], place["thread"])
        known = await self._service.knows(conversation)
        incoming = Incoming(
            channel=inbound.CHANNEL,
            keys=(key,),
            conversation=conversation,
            place=place,
            person=who.id,
            workspace=f"{inbound.CHANNEL}:{who.enterprise or who.team}",
            order=after(known, now),
            message=message,
            at=now,
            what=what,
        )
        unknown_readers = known is None and not place["channel"].startswith("D")
        if unknown_readers or (known is not None and known.outsiders) or await self._people.outside(place):
            incoming = inbound.read_outside(incoming)
        await self._service.receive(incoming)


def after(known: Conversation | None, now: datetime.datetime) -> str:
    """The order of what comes without a ts of Slack's: now, and behind all that was taken, however our clock stands to Slack's."""
    return max(inbound.padded(inbound.stamp(now)), known.last_order if known is not None else "")


def wrote(text: str) -> Wrote:
    return Wrote(text[: inbound.MAX_TEXT])


def filled(form: str, values: dict[str, str]) -> Filled:
    return Filled(form, {slot: value[:3000] for slot, value in values.items()})
