"""What has to happen before Slack gets its acknowledgement? Takes every payload, writes down what matters, says what goes back.

Whatever raises here leaves the payload unacknowledged, and Slack sends an event again; so no event is acknowledged that is not durable.
A command or a form, which Slack does not send again, is acknowledged in time also where Slack is slow to open its thread (`talks.in_time`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack import clicks, home, inbound, modals
from adapters.slack.agent import Agent
from adapters.slack.attachments import Attachments
from adapters.slack.clicks import Click
from adapters.slack.commands import GO_ON, SHARE, Commands
from adapters.slack.core import Say, Service, utc_now
from adapters.slack.delivery import RESUME, SlackChannel
from adapters.slack.foreign import Payload, identity, listed, mapping, string
from adapters.slack.helpers import Helpers
from adapters.slack.inbound import Heard, Us
from adapters.slack.people import People
from adapters.slack.progress import Spawn
from adapters.slack.talks import after, person_of
from adapters.slack.text import said
from adapters.slack.web import Web
from adapters.slack.windows import Windows
from bot.channel import Incoming, TryLater, Wrote
from bot.conversation.model import Conversation, State

log = logging.getLogger(__name__)

FETCH_SECONDS = 2.0  # of the three that Slack gives us
NOT_YOURS = "not_yours"

Answer = dict[str, Any] | None


class Door:
    def __init__(
        self,
        service: Service,
        channel: SlackChannel,
        commands: Commands,
        windows: Windows,
        attachments: Attachments,
        agent: Agent,
        web: Web,
        say: Say,
        spawn: Spawn,
        helpers: Helpers,
        people: People,
        forget_installation: Callable[[str], Awaitable[None]] | None = None,
    ) -> None:
        self._service = service
        self._channel = channel
        self._commands = commands
        self._windows = windows
        self._attachments = attachments
        self._agent = agent
        self._web = web
        self._say = say
        self._spawn = spawn
        self._helpers = helpers
        self._people = people
        self._forget_installation = forget_installation

    async def take(self, payload: Payload, us: Us) -> Answer:
        """Does what must be durable; gives the body of the acknowledgement, or None for an empty one."""
        match payload.get("type"):
            case "event_callback":
                await self._event(payload, us)
                return None
            case "block_actions":
                await self._action(payload)
                return None
            case "shortcut" | "message_action":
                self._spawn(self._windows.shortcut(payload))
                return None
            case "view_submission":
                return await self._windows.submitted(payload)
            case "block_suggestion":
                return self._windows.suggested(payload)
        if payload.get("command"):
            return await self._commands.run(payload)
        return None

    # --- events ---------------------------------------------------------------------------------------------------------

    async def _event(self, payload: Payload, us: Us) -> None:
        event = mapping(payload.get("event"))
        match event.get("type"):
            case "app_home_opened":
                self._spawn(self._windows.tab_opened(payload))
                return
            case "app_uninstalled":
                await self._forget_workspace(payload)
                return
            case "tokens_revoked":
                if mapping(event.get("tokens")).get("bot"):
                    await self._forget_workspace(payload)
                return
        heard = inbound.heard(payload, us)
        if heard is None or not await self._concerns_us(heard):
            return
        heard = await self._completed(heard)
        incoming = heard.incoming
        if isinstance(incoming.what, Wrote) and await self._read_outside(incoming):
            incoming = inbound.read_outside(incoming)
        self._channel.heard(incoming.place)
        if not await self._service.receive(incoming) or not isinstance(incoming.what, Wrote):
            return
        if not incoming.what.edited:
            self._spawn(self._agent.working(incoming.place))

    async def _read_outside(self, incoming: Incoming) -> bool:
        """Whether people from outside read there: who writes is one, the channel is shared with them, or the talk has had one before."""
        if incoming.outsiders or await self._people.outside(incoming.place):
            return True
        known = await self._service.knows(incoming.conversation) if self._people.hides else None
        return known is not None and known.outsiders

    async def _forget_workspace(self, payload: Payload) -> None:
        """We were removed: the installation and all talks there are deleted. No call is made, the token is dead already."""
        workspace = inbound.workspace_of(payload)
        if self._forget_installation is not None:
            await self._forget_installation(workspace.partition(":")[2])
        count = await self._service.forget_workspace(workspace)
        log.info("slack: removed from a workspace, %d conversations deleted", count)

    async def _concerns_us(self, heard: Heard) -> bool:
        """A reply in a thread only where we talk already, and only of the one we talk with; nobody is interrupted."""
        if not heard.known_only:
            return True
        incoming = heard.incoming
        known = await self._service.knows(incoming.conversation)
        if known is None:
            return False
        if not heard.asker_only:
            return True
        if known.state is State.HANDED_OFF and isinstance(incoming.what, Wrote) and not incoming.what.edited:
            return False
        return not known.asker or inbound.same_person(known.asker, incoming.person)

    async def _completed(self, heard: Heard) -> Heard:
        """With the text of the attached files, or of the message at the root of the thread; without either where Slack is slow."""
        if not heard.files and not heard.look_above:
            return heard
        incoming = heard.incoming
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                if heard.look_above:
                    return heard.saying(await self._root(incoming))
                attached = await self._attachments.read(incoming.place, heard.files)
        except TimeoutError:
            self._whisper(incoming, "file_unread")
            return heard
        if attached.unread:
            self._whisper(incoming, "file_unread")
        typed = incoming.what.text if isinstance(incoming.what, Wrote) else ""
        return heard.saying("\n\n".join(filter(None, (typed, attached.text))))

    async def _root(self, incoming: Incoming) -> str:
        """The text at the root of the thread, or "" where we may not read it."""
        place = incoming.place
        try:
            page = await self._web.form(place, "conversations.replies", channel=place["channel"], ts=place["thread"], limit=1)
        except (SlackApiError, TryLater):
            return ""
        root = mapping(next(iter(listed(page.get("messages"))), None))
        return said(string(root.get("text")))

    # --- clicks ---------------------------------------------------------------------------------------------------------

    async def _action(self, payload: Payload) -> None:
        click = clicks.clicked(payload)
        if click is not None:
            await self._clicked(click)
            return
        packed = clicks.packed_form(payload)
        if packed is not None:
            self._open_form(payload, packed[1])
            return
        for action in map(mapping, listed(payload.get("actions"))):
            name, value = string(action.get("action_id")), string(action.get("value"))
            if name == RESUME:
                await self._resume(payload, value)
            elif name == SHARE:
                self._spawn(self._commands.share(payload, value))
            elif name == GO_ON:
                self._spawn(self._go_on(payload, value))
            elif name in (home.START, home.FORGET, modals.IN_THREAD, modals.IN_PRIVATE):
                self._spawn(self._windows.pressed(payload, name))

    def _open_form(self, payload: Payload, fields: dict[str, Any]) -> None:
        form = modals.form_of(fields)
        button = mapping(next(iter(listed(payload.get("actions"))), None))
        origin = clicks.origin_of(string(button.get("block_id")))
        if form is not None and origin is not None:
            self._spawn(self._windows.form(payload, form, {"channel": origin.channel, "thread": origin.thread}))

    async def _clicked(self, click: Click) -> None:
        """A choice: of the asker, or of a helper. Whether its question is still open is the core's to say; only then its buttons go."""
        incoming = click.incoming
        known = await self._service.knows(incoming.conversation)
        refusal = refused(known, click)
        if refusal == NOT_YOURS and await self._helpers.includes(incoming.place, incoming.place["user"]):
            refusal = None
        if refusal is not None or known is None:
            sentence = self._say(refusal or "closed")
            self._spawn(self._channel.tell(incoming.place, incoming.place["user"], sentence, click.response_url))
            return
        self._channel.heard(incoming.place)
        if known.outsiders or await self._people.outside(incoming.place):
            incoming = inbound.read_outside(incoming)
        if await self._service.receive(incoming) and known.turn == click.turn and click.blocks:
            self._spawn(self._channel.settle(incoming.place, click))

    async def _resume(self, payload: Payload, value: str) -> None:
        """A helper gives a handed-over talk back: to the core it is the asker's talk, called again with nothing said."""
        origin = clicks.origin_from(value)
        if origin is None:
            return
        known = await self._service.knows(origin.conversation)
        who = person_of(payload)
        here = {**who.place(string(mapping(payload.get("channel")).get("id")), ""), "thread": ""}
        if known is None or known.state is not State.HANDED_OFF:
            self._spawn(self._channel.tell(here, who.user, self._say("closed"), identity(payload.get("response_url"))))
            return
        now = utc_now()
        resumed = Incoming(
            channel=inbound.CHANNEL,
            keys=(f"{inbound.CHANNEL}:resume:{value}:{payload.get('trigger_id') or now.isoformat()}",),
            conversation=known.key,
            place=known.place,
            person=known.asker,
            workspace=known.workspace,
            order=after(known, now),
            message=f"{known.key}:resume",
            at=now,
            what=Wrote(""),
        )
        if await self._service.receive(resumed):
            self._spawn(self._channel.tell(here, who.user, self._say("resumed"), identity(payload.get("response_url"))))

    async def _go_on(self, payload: Payload, value: str) -> None:
        await self._web.tell(payload, await self._commands.go_on(payload, value))

    def _whisper(self, incoming: Incoming, phrase: str) -> None:
        self._spawn(self._channel.tell(incoming.place, incoming.place["user"], self._say(phrase)))


def refused(known: Conversation | None, click: Click) -> str | None:
    """The id of the sentence that refuses a click, or None where the asker pressed."""
    if known is None:
        return "closed"
    if known.asker and not inbound.same_person(known.asker, click.incoming.person):
        return NOT_YOURS
    return None
