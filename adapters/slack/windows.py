"""What happens when somebody opens a window: a shortcut, a form, the Home tab? Wiring only; the views are made in modals.py and home.py.

A trigger lives three seconds and opens one window, so nothing is asked or looked up before it is used. Where it has died the person is
told so; a talk never depends on it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from slack_sdk.errors import SlackApiError

from adapters.slack import home, modals
from adapters.slack.core import Say, Service
from adapters.slack.foreign import Payload, mapping, string
from adapters.slack.inbound import CHANNEL
from adapters.slack.manifest import DIAGNOSE, START, prompts
from adapters.slack.progress import Spawn
from adapters.slack.talks import Person, Talks, filled, in_time, person_of, wrote
from adapters.slack.text import escaped, said
from adapters.slack.verdict import EXPIRED, code
from adapters.slack.web import Web
from bot.channel import Query, TryLater, Undeliverable
from bot.redaction import redact
from bot.reply import Form

log = logging.getLogger(__name__)

Answer = dict[str, Any]
Kind = Literal["providers", "clients", "causes"]
Typeahead = Callable[[Kind, str, int], tuple[tuple[str, str], ...]]

# Which entries of the knowledge a field looks through.
SEARCHED: dict[str, Kind] = {"provider": "providers", "client": "clients"}
MAX_HOMES = 5000


class Windows:
    """`start` is the form that begins a talk; `typeahead` gives the known names that go on as a text does."""

    def __init__(
        self, service: Service, talks: Talks, web: Web, say: Say, spawn: Spawn, start: Form, typeahead: Typeahead, address: str = ""
    ) -> None:
        self._service = service
        self._spawn = spawn
        self._talks = talks
        self._web = web
        self._say = say
        self._start = start
        self._typeahead = typeahead
        self._address = address
        self._homes: OrderedDict[str, str] = OrderedDict()  # what each person's Home tab shows, as a hash

    # --- opening --------------------------------------------------------------------------------------------------------

    async def shortcut(self, payload: Payload) -> None:
        """A global shortcut opens the form, one on a message its diagnosis."""
        match payload.get("callback_id"):
            case name if name == START:
                await self.form(payload, self._start, {})
            case name if name == DIAGNOSE:
                await self._diagnose(payload)

    async def form(self, payload: Payload, form: Form, metadata: Mapping[str, Any]) -> None:
        await self._open(payload, modals.form_view(form, self._say, metadata))

    async def _diagnose(self, payload: Payload) -> None:
        message = mapping(payload.get("message"))
        text = redact(message_text(message)).text[: modals.MAX_TYPED]
        if not text:
            await self._open(payload, modals.note_view(self._say("nothing_to_read"), self._say, {}))
            return
        channel = str(mapping(payload.get("channel")).get("id") or "")
        thread = str(message.get("thread_ts") or message.get("ts") or "")
        metadata = {"channel": channel, "thread": thread, "text": text}
        buttons = [(modals.IN_THREAD, self._say("post_in_thread")), (modals.IN_PRIVATE, self._say("go_on"))]
        await self._open(payload, modals.answer_view(self._service.answer(Query("explain", text)), self._say, metadata, buttons))

    async def _open(self, payload: Payload, view: Answer) -> None:
        who = person_of(payload)
        try:
            await self._web.raw(who.place(who.user, ""), "views.open", trigger_id=str(payload.get("trigger_id") or ""), view=view)
        except SlackApiError as error:
            log.info("slack: a window was refused: %s", code(error))
            await self._tell(payload, who, self._say("too_slow" if code(error) in EXPIRED else "no_window"))
        except TryLater as error:
            log.info("slack: a window could not be opened: %s", error.reason)
            await self._tell(payload, who, self._say("too_slow"))

    async def _tell(self, payload: Payload, who: Person, sentence: str) -> None:
        if not await self._web.tell(payload, sentence):
            await self._web.cosmetic(who.place(who.user, ""), "chat.postMessage", channel=who.user, text=escaped(sentence))

    # --- inside a window ------------------------------------------------------------------------------------------------

    async def submitted(self, payload: Payload) -> Answer | None:
        """The acknowledgement of a sent form: None closes the window; else its errors, each beside a field."""
        view = mapping(payload.get("view"))
        if view.get("callback_id") != modals.FORM:
            return None
        values, metadata, who = modals.entered(view), modals.unpacked(view), person_of(payload)
        first = next((str(block.get("block_id")) for block in view.get("blocks") or () if isinstance(block, Mapping)), "")
        if not values:
            return {"response_action": "errors", "errors": {first: self._say("form_empty")}}
        what = filled(str(metadata.get("form") or ""), values)
        key = f"{CHANNEL}:view:{view.get('id')}:{view.get('hash')}"
        channel, thread = str(metadata.get("channel") or ""), str(metadata.get("thread") or "")
        going_on = self._talks.go_on(who, channel, thread, what, key) if channel and thread else self._talks.in_private(who, what, key)

        async def failed() -> None:
            await self._tell(payload, who, self._say("mention_me"))

        try:
            await in_time(self._spawn, going_on, failed)
        except (Undeliverable, TryLater) as error:
            log.info("slack: a form's talk could not begin: %s", error.reason)
            return {"response_action": "errors", "errors": {first: self._say("mention_me")}}
        return None

    def suggested(self, payload: Payload) -> Answer:
        """The options of a select while somebody types in it."""
        kind = SEARCHED.get(str(payload.get("action_id") or "").removeprefix(modals.SEARCH))
        if kind is None:
            return modals.suggestions(())
        return modals.suggestions(self._typeahead(kind, str(payload.get("value") or "")[:80], modals.MAX_SUGGESTIONS))

    async def pressed(self, payload: Payload, action: str) -> None:
        """A button in a window or in the Home tab."""
        who = person_of(payload)
        match action:
            case home.START:
                await self.form(payload, self._start, {})
            case home.FORGET:
                await self._service.forget_person(who.id)
                await self.show_home(who)
            case modals.IN_THREAD | modals.IN_PRIVATE:
                await self._talk_from_window(payload, who, action)

    async def _talk_from_window(self, payload: Payload, who: Person, action: str) -> None:
        view = mapping(payload.get("view"))
        metadata = modals.unpacked(view)
        what, key = wrote(str(metadata.get("text") or "")), f"{CHANNEL}:view:{view.get('id')}:{action}"
        sentence, buttons = self._say("posted"), []
        try:
            if action == modals.IN_THREAD:
                await self._talks.in_thread(who, str(metadata.get("channel") or ""), str(metadata.get("thread") or ""), what, key)
            else:
                await self._talks.in_private(who, what, key)
                sentence = self._say("answers_directly")
        except (Undeliverable, TryLater) as error:
            log.info("slack: no talk could begin there: %s", error.reason)
            sentence = self._say("invite" if action == modals.IN_THREAD else "mention_me")
            buttons = [(modals.IN_PRIVATE, self._say("go_on"))] if action == modals.IN_THREAD else []
        changed = modals.note_view(sentence, self._say, metadata, buttons)
        place = who.place(who.user, "")
        await self._web.cosmetic(place, "views.update", view_id=str(view.get("id") or ""), hash=view.get("hash"), view=changed)

    # --- the app's own tabs -----------------------------------------------------------------------------------------------

    async def tab_opened(self, payload: Payload) -> None:
        event = mapping(payload.get("event"))
        who = replace(person_of(payload), user=string(event.get("user")))
        if event.get("tab") == "home":
            await self.show_home(who)
        elif event.get("tab") == "messages":
            place = who.place(str(event.get("channel") or ""), "")
            await self._web.cosmetic(
                place, "assistant.threads.setSuggestedPrompts", channel_id=place["channel"], prompts=prompts(self._say)
            )

    async def show_home(self, who: Person) -> None:
        """Publishes the Home tab where it would look different than it does."""
        view = home.view(await self._service.conversations_of(who.id), self._say, self._address)
        mark = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
        if self._homes.get(who.id) == mark:
            return
        if await self._web.cosmetic(who.place(who.user, ""), "views.publish", user_id=who.user, view=view) is not None:
            self._homes[who.id] = mark
            if len(self._homes) > MAX_HOMES:
                self._homes.popitem(last=False)


def message_text(message: Mapping[str, Any]) -> str:
    """What a message says: its text, or that of what is attached (monitoring tools post so)."""
    parts = [str(message.get("text") or "")]
    for attachment in message.get("attachments") or ():
        if isinstance(attachment, Mapping):
            parts += [str(attachment.get(name) or "") for name in ("title", "text")]
    return said("\n".join(part for part in parts if part))
