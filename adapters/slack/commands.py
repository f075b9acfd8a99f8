"""What does `/postmaster …` answer? A verb is read off the front; everything else is a text to explain.

The answer goes back inside the acknowledgement, for the person's eyes only; a button puts it into the channel for all.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.slack import atoms, render
from adapters.slack.core import Say, Service
from adapters.slack.foreign import Payload, identity
from adapters.slack.inbound import CHANNEL
from adapters.slack.progress import Spawn
from adapters.slack.talks import Person, Talks, in_time, person_of, wrote
from adapters.slack.text import escaped, said
from adapters.slack.web import PLAINLY, Web
from bot.channel import Query, TryLater, Undeliverable
from bot.redaction import redact
from bot.reply import Paragraph, Reply, Text

log = logging.getLogger(__name__)

SHARE = "share"
GO_ON = "go_on"
MAX_KEPT = 1500  # characters of a question that a button can carry

QUERIES = ("lookup", "explain", "help")
Answer = dict[str, Any]


class Commands:
    def __init__(self, service: Service, talks: Talks, web: Web, say: Say, spawn: Spawn) -> None:
        self._service = service
        self._spawn = spawn
        self._talks = talks
        self._web = web
        self._say = say

    async def run(self, payload: Payload) -> Answer:
        """The acknowledgement of a slash command."""
        who = person_of(payload)
        verb, rest = parse(str(payload.get("text") or ""))
        trigger = f"{CHANNEL}:trigger:{payload.get('trigger_id') or ''}:{who.user}"
        match verb:
            case "forget":
                return ephemeral(self._plain(await self.forgotten(who)))
            case "check":
                return ephemeral(self._plain(await self._begin(who, f"{verb} {rest}", trigger, payload)))
        reply = self._service.answer(Query(verb, rest))
        if verb == "help":
            return ephemeral(replace(reply, blocks=(*reply.blocks, *self._plain(self._say("how")).blocks)))
        return ephemeral(reply, self.offers(verb, rest))

    async def _begin(self, who: Person, text: str, key: str, payload: Payload) -> str:
        """Begins a talk in the direct messages; gives the sentence that says so, or why not. A failure that comes late is told under the
        address of the command or the click."""

        async def failed() -> None:
            await self._web.tell(payload, self._say("mention_me"))

        try:
            await in_time(self._spawn, self._talks.in_private(who, wrote(text), key), failed)
        except (Undeliverable, TryLater) as error:
            log.info("slack: no direct message could be opened: %s", error.reason)
            return self._say("mention_me")
        return self._say("answers_directly")

    async def forgotten(self, who: Person) -> str:
        count = await self._service.forget_person(who.id)
        if count == 0:
            return self._say("nothing_kept")
        return self._say("forgotten.one" if count == 1 else "forgotten.other", count=count)

    def offers(self, verb: str, text: str) -> tuple[Answer, ...]:
        """The buttons under a private answer. What was asked travels in them without its secrets."""
        kept = redact(text).text
        if len(kept) > MAX_KEPT:
            return ()
        elements = [
            atoms.button(SHARE, self._say("share"), f"{verb}:{kept}"),
            atoms.button(GO_ON, self._say("go_on"), f"{verb}:{kept}"),
        ]
        return ({"type": "actions", "elements": elements},)

    async def share(self, payload: Payload, value: str) -> None:
        """Puts the answer into the channel by the click's own address, which works where we are no member. One that is dead is told."""
        verb, _, text = value.partition(":")
        url = identity(payload.get("response_url"))
        if verb not in QUERIES or url is None:
            return
        for message in render.messages(self._service.answer(Query(verb, text)))[:4]:  # the address takes five
            shown = {"response_type": "in_channel", "replace_original": False, "text": message.text, "blocks": list(message.blocks)}
            if not await self._web.respond(url, shown):
                who = person_of(payload)
                sentence = escaped(self._say("share_late"))
                await self._web.cosmetic(who.place(who.user, ""), "chat.postMessage", channel=who.user, text=sentence, **PLAINLY)
                return

    async def go_on(self, payload: Payload, value: str) -> str:
        who = person_of(payload)
        verb, _, text = value.partition(":")
        return await self._begin(who, text or verb, f"{CHANNEL}:trigger:{payload.get('trigger_id') or ''}:{who.user}", payload)

    def _plain(self, sentence: str) -> Reply:
        return Reply((Paragraph((Text(sentence),)),))


def parse(text: str) -> tuple[str, str]:
    """The verb and what it is about. No text is a call for help, an unknown verb is part of a text to explain."""
    typed = said(text)
    first, _, rest = typed.partition(" ")
    verb = first.lower()
    if not typed:
        return "help", ""
    if verb in (*QUERIES, "check", "forget") and (rest.strip() or verb in ("help", "forget")):
        return verb, rest.strip()
    return ("help", verb) if verb in (*QUERIES, "check") and not rest.strip() else ("explain", typed)


def ephemeral(reply: Reply, offers: tuple[Mapping[str, Any], ...] = ()) -> Answer:
    """A reply as the body of an acknowledgement; one message holds it, for an answer to a command is short."""
    first, *more = render.messages(replace(reply, choices=(), form=None))
    blocks = [*first.blocks, *(block for message in more for block in message.blocks if block["type"] != "table")][:48]
    return {"response_type": "ephemeral", "text": first.text, "blocks": [*blocks, *offers]}
