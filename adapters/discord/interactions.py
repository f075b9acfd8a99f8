"""What is done with a command, a click, a sent form? Each is acknowledged within Discord's three seconds, once.

A click in an open talk is acknowledged after it is written down. A command or a click in a private talk is acknowledged first, because its
answer can only be shown through an acknowledged interaction; Discord takes one acknowledgement, so of two processes the second stops there.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from adapters.discord import attachments, commands, custom_ids, inbound, modals, places, render
from adapters.discord.api import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION, Json, Refused
from adapters.discord.custom_ids import KEY
from adapters.discord.inbound import Clicked
from adapters.discord.office import Office
from adapters.discord.render import EPHEMERAL, Dress
from bot.answers import forms
from bot.channel import Filled, Incoming, Place, Query, TryLater, Wrote
from bot.conversation.model import Conversation
from bot.reply import Bullets, Text

_log = logging.getLogger(__name__)

# How long a click may wait for the store before it is acknowledged without it; Discord gives up after 3 s.
_PATIENCE_SECONDS = 1.5

_COMPONENT = 3
_MESSAGE_MENU = 3
_MANAGE_MESSAGES, _MANAGE_THREADS = 1 << 13, 1 << 34
_CLOSERS = _MANAGE_MESSAGES | _MANAGE_THREADS | (1 << 3)

_START = "!start"


class Interactions:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def take(self, payload: Mapping[str, Any]) -> None:
        try:
            match payload.get("type"):
                case 2:
                    await self._command(payload)
                case 3:
                    await self._click(payload)
                case 4:
                    await self._complete(payload)
                case 5:
                    await self._modal(payload)
        except Refused as refused:
            if refused.code in (UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED):
                _log.info("an interaction is answered elsewhere or too old: %s", refused)
            else:
                _log.warning("an interaction could not be answered: %s", refused)
        except TryLater as later:
            _log.warning("an interaction could not be answered in time: %s", later.reason)
        except Exception as error:
            _log.error("an interaction could not be taken: %s", type(error).__name__, exc_info=True)
            await self._apologise(payload)

    async def _apologise(self, payload: Mapping[str, Any]) -> None:
        sorry = render.notice(self._office.words("failed"))
        try:
            await self._office.api.respond(str(payload["id"]), str(payload["token"]), _private(sorry))
        except Refused:
            with contextlib.suppress(Refused, TryLater):  # acknowledged already; nothing more can be done
                await self._office.api.follow_up(str(payload["token"]), sorry)
        except TryLater as later:
            _log.warning("an interaction stays without an answer: %s", later.reason)

    async def _say(self, payload: Mapping[str, Any], phrase: str, **values: object) -> None:
        """One sentence, for its person only."""
        await self._office.api.respond(
            str(payload["id"]), str(payload["token"]), _private(render.notice(self._office.words(phrase, **values)))
        )

    # --- clicks and modals ---

    async def _click(self, payload: Mapping[str, Any]) -> None:
        click = inbound.clicked(payload)
        if click is None:
            await self._say(payload, "closed")
            return
        if click.id.choice == "!solved":
            await self._solve(payload)
            return
        talk = await self._talk(payload, click)
        if talk is None:
            return
        if click.id.choice == "!answer" or click.id.choice.startswith("!form."):
            await self._office.api.open_modal(str(payload["id"]), str(payload["token"]), self._modal_of(click))
        elif click.id.choice == "!stop":
            await (self._act(payload, click, talk) if talk.probe is not None else self._say(payload, "nothing_runs"))
        elif click.id.turn < talk.turn:
            await self._say(payload, "closed")
        else:
            await self._act(payload, click, talk)

    async def _modal(self, payload: Mapping[str, Any]) -> None:
        click = inbound.clicked(payload)
        if click is None:
            await self._say(payload, "closed")
        elif click.id.choice == _START:
            if click.fields:
                await self._begin(payload, Filled(forms.START, click.fields))
            else:
                await self._say(payload, "nothing_to_read")
        elif (talk := await self._talk(payload, click)) is not None:
            await self._act(payload, click, talk)

    async def _talk(self, payload: Mapping[str, Any], click: Clicked) -> Conversation | None:
        """The talk that a click belongs to. None: it is over, or the clicker has no part in it, and was told so."""
        talk = await self._office.service.knows(click.conversation)
        if talk is None:
            await self._say(payload, "closed")
            return None
        helper = self._office.near.helper_role(str(payload.get("guild_id") or ""))
        if talk.asker not in ("", places.person_of(inbound.user_of(payload))) and helper not in inbound.roles_of(payload):
            await self._say(payload, "not_yours")
            return None
        return talk

    async def _act(self, payload: Mapping[str, Any], click: Clicked, talk: Conversation) -> None:
        interaction, token = str(payload["id"]), str(payload["token"])
        place = {**talk.place, "person": inbound.user_of(payload)}
        incoming = inbound.acted(payload, inbound.meant(click), click.conversation, place)
        if place.get("kind") == "private":
            await self._office.api.defer_update(interaction, token)
            self._office.handles.keep(click.conversation, inbound.user_of(payload), token)
            await self._office.service.receive(incoming)
            return
        self._office.handles.keep(click.conversation, inbound.user_of(payload), token)
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._office.spawn(self._write(incoming, written))
        await asyncio.wait({written}, timeout=_PATIENCE_SECONDS)
        if not written.done():
            await self._office.api.defer_update(interaction, token)
            await written
            return
        if not await written:
            return
        message = payload.get("message") or {}
        components = message.get("components") or []
        if payload.get("type") == _COMPONENT and components:
            await self._office.api.update(interaction, token, render.settled(components, click.raw), int(message.get("flags") or 0))
        else:
            await self._office.api.defer_update(interaction, token)

    async def _write(self, incoming: Incoming, written: asyncio.Future[bool]) -> None:
        try:
            written.set_result(await self._office.service.receive(incoming))
        except Exception as error:
            written.set_exception(error)

    def _modal_of(self, click: Clicked) -> Json:
        """The one form that there is, else a field for free words; both built from the click alone."""
        if click.id.choice == f"!form.{forms.START}":
            return modals.form(click.raw, forms.start_form(self._office.knowledge))
        return modals.free_text(custom_ids.write(click.id.turn, "!answer", click.id.conversation), self._office.words)

    async def _solve(self, payload: Mapping[str, Any]) -> None:
        thread = str(payload["channel_id"])
        if inbound.user_of(payload) != self._office.near.owner_of(thread) and not inbound.permissions_of(payload) & _CLOSERS:
            await self._say(payload, "solved_not_yours")
            return
        await self._office.api.respond(str(payload["id"]), str(payload["token"]), render.notice(self._office.words("solved_done")))
        tags = self._office.near.closing_tags(thread)
        try:
            await self._office.api.change_channel(thread, {"archived": True} if tags is None else {"archived": True, "applied_tags": tags})
        except Refused as refused:
            _log.info("a post could not be closed: %s", refused)
            await self._office.api.follow_up(str(payload["token"]), render.notice(self._office.words("solved_not_allowed")))

    # --- commands ---

    async def _command(self, payload: Mapping[str, Any]) -> None:
        data = payload.get("data") or {}
        if data.get("type") == _MESSAGE_MENU:
            await self._diagnose_message(payload, data)
            return
        verb, options, _ = commands.called(data)
        match verb:
            case "diagnose" if options.get("text", "").strip():
                await self._begin(payload, Wrote(options["text"]))
            case "diagnose":
                custom_id = custom_ids.write(0, _START, KEY + str(payload["id"]))
                modal = modals.form(custom_id, forms.start_form(self._office.knowledge))
                await self._office.api.open_modal(str(payload["id"]), str(payload["token"]), modal)
            case "check":
                await self._begin(payload, Wrote(self._office.words("check_text", target=options.get("target", ""))))
            case "forget":
                await self._forget(payload)
            case _:
                await self._answer(payload, verb, options)

    async def _answer(self, payload: Mapping[str, Any], verb: str, options: Mapping[str, str]) -> None:
        """What needs no talk is answered in the acknowledgement."""
        text = options.get("query") or options.get("error") or ""
        more = {name: value for name, value in options.items() if name in ("client", "provider") and value}
        # Beside the loop: a whole log may be what is to be explained.
        reply = await asyncio.to_thread(self._office.service.answer, Query(verb, text, more))
        if not text:
            reply = replace(reply, blocks=(*reply.blocks, self._ways()))
        dress = Dress(locale=inbound.locale_of(payload))
        first, *others = render.pages(replace(reply, choices=(), form=None), self._office.words, dress) or [render.notice("…")]
        await self._office.api.respond(str(payload["id"]), str(payload["token"]), _private(first))
        for page in others:
            await self._office.api.follow_up(str(payload["token"]), page)

    def _ways(self) -> Bullets:
        """How one gets help here; what the bot can help with, the core says."""
        ways = tuple((Text(self._office.words(f"help_{way}")),) for way in ("mention", "menu", "commands", "forget"))
        return Bullets(ways, (Text(self._office.words("help_here")),))

    async def _complete(self, payload: Mapping[str, Any]) -> None:
        _, options, focused = commands.called(payload.get("data") or {})
        kind = commands.TYPEAHEAD.get(focused or "")
        found = self._office.knowledge.typeahead(kind, options[focused], commands.MAX_CHOICES) if kind is not None and focused else ()
        await self._office.api.complete(str(payload["id"]), str(payload["token"]), commands.completions(found))

    async def _diagnose_message(self, payload: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        message = commands.target_of(data) or {}
        text = str(message.get("content") or "").strip()
        files = message.get("attachments") or ()
        if not text and not any(attachments.is_text(file) for file in files):
            await self._say(payload, "nothing_to_read")
            return
        await self._begin(payload, Wrote(text), files)

    async def _begin(self, payload: Mapping[str, Any], what: Wrote | Filled, files: Any = ()) -> None:
        """A talk that only its person sees: it works in servers without the bot, and puts nobody else's words in front of everybody."""
        interaction, token, user = str(payload["id"]), str(payload["token"]), inbound.user_of(payload)
        await self._office.api.defer(interaction, token)
        conversation = KEY + interaction
        self._office.handles.keep(conversation, user, token)
        if files and isinstance(what, Wrote):
            read = await self._office.read(files)
            what = Wrote("\n\n".join(filter(None, [what.text, *read.texts])))
        place: Place = places.private(interaction, str(payload.get("channel_id") or ""), str(payload.get("guild_id") or ""), user)
        await self._office.service.receive(inbound.acted(payload, what, conversation, place))

    async def _forget(self, payload: Mapping[str, Any]) -> None:
        token = str(payload["token"])
        await self._office.api.defer(str(payload["id"]), token)
        count = await self._office.service.forget_person(places.person_of(inbound.user_of(payload)))
        said = self._office.words("forgotten", count=count) if count else self._office.words("forgotten_none")
        await self._office.api.edit_original(token, render.notice(said))


def _private(message: Json) -> Json:
    return {**message, "flags": int(message.get("flags", 0)) | EPHEMERAL}
