"""What is done with an event? Each goes to the service, is answered at once, or is left; wiring only, no wording and no layout.

A message is durable in the service before anything is shown. A click in an open talk too: acknowledged after it is written. A command or
a click in a private talk is acknowledged first, because its answer can only be shown through an acknowledged interaction; Discord takes
one acknowledgement, so of two processes the second one stops there.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import fields, replace
from typing import Any, Protocol

import aiohttp

from adapters.discord import attachments, commands, custom_ids, inbound, modals, places, render
from adapters.discord.api import ALREADY_ACKNOWLEDGED, UNKNOWN_INTERACTION, Api, Json, Refused
from adapters.discord.client import Neighbourhood
from adapters.discord.custom_ids import KEY
from adapters.discord.delivery import DiscordChannel, Remembered
from adapters.discord.handles import Handles
from adapters.discord.inbound import Clicked, Me
from adapters.discord.lanes import Lanes
from adapters.discord.places import Where
from adapters.discord.render import EPHEMERAL, Words
from bot.answers import forms
from bot.channel import Channel, Filled, Incoming, Place, Query, TryLater, Wrote
from bot.conversation.model import Conversation
from bot.errors import StoreUnreachable
from bot.reply import Paragraph, Reply, Text
from knowledge.index import Index

_log = logging.getLogger(__name__)

# How long a click may wait for the store before it is acknowledged without it; Discord gives up after 3 s.
_PATIENCE_SECONDS = 1.5
# A thread that is none of our talks is not asked for again in this time; another process may have begun one.
_STRANGE_SECONDS = 10.0

_CATCH_UP_THREADS = 50
# How long the store is waited for with a message in hand, two minutes together.
_STORE_PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 50.0)

_COMPONENT = 3
_MESSAGE_MENU = 3
_MANAGE_MESSAGES, _MANAGE_THREADS = 1 << 13, 1 << 34
_CLOSERS = _MANAGE_MESSAGES | _MANAGE_THREADS | (1 << 3)

_EVENTS = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "INTERACTION_CREATE", "THREAD_DELETE", "GUILD_DELETE")
_START = "!start"


class Service(Protocol):
    """What this adapter asks of `bot.service.Service`."""

    def add_channel(self, channel: Channel) -> None: ...

    async def receive(self, incoming: Incoming) -> bool: ...

    def answer(self, query: Query) -> Reply: ...

    async def knows(self, conversation: str) -> Conversation | None: ...

    async def forget_person(self, person: str) -> int: ...

    async def forget_message(self, message: str) -> None: ...

    async def forget_workspace(self, workspace: str) -> int: ...

    async def drain(self, seconds: float) -> bool: ...


class Desk:
    def __init__(
        self,
        *,
        me: Me,
        service: Service,
        channel: DiscordChannel,
        near: Neighbourhood,
        words: Words,
        knowledge: Index,
        handles: Handles,
        spawn: Callable[[Coroutine[Any, Any, Any]], object],
        session: aiohttp.ClientSession,
        other_host: str | None = None,
    ) -> None:
        self._me = me
        self._service = service
        self._channel = channel
        self._near = near
        self._words = words
        self._knowledge = knowledge
        self._handles = handles
        self._spawn = spawn
        self._session = session
        self._other_host = other_host
        self._lanes = Lanes(spawn)
        self._strange = Remembered(_STRANGE_SECONDS)

    @property
    def _api(self) -> Api:
        return self._channel.api

    @property
    def waiting(self) -> int:
        return self._lanes.waiting

    def heard(self, raw: str) -> None:
        """One frame of the gateway. Decides at once what is nobody's business, and gives the rest its place in the channel's lane."""
        if not any(name in raw for name in _EVENTS):
            return
        event = json.loads(raw)
        self.happened(event.get("t"), event.get("d") or {})

    def happened(self, name: str | None, payload: Mapping[str, Any]) -> None:
        match name:
            case "MESSAGE_CREATE" | "MESSAGE_UPDATE":
                edited = name == "MESSAGE_UPDATE"
                where = self._where(payload)
                incoming = inbound.wrote(payload, self._me, where, edited=edited)
                if incoming is not None:
                    self._put(str(payload["channel_id"]), lambda: self._message(incoming, payload, where))
            case "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK":
                gone = [str(id) for id in payload.get("ids") or [payload["id"]]]
                channel, guild = str(payload["channel_id"]), str(payload.get("guild_id") or "")
                self._put(channel, lambda: self._deleted(gone, channel, guild))
            case "INTERACTION_CREATE":
                self._spawn(self._interaction(payload))
            case "THREAD_DELETE":
                self._put(str(payload["id"]), lambda: self._thread_gone(str(payload["id"])))
            case "GUILD_DELETE" if not payload.get("unavailable"):
                # Removed from the server; an outage is marked as such.
                self._put(f"guild:{payload['id']}", lambda: self._left(str(payload["id"])))

    def _where(self, payload: Mapping[str, Any]) -> Where:
        """A word in a thread of ours may come before the news of the thread."""
        where = self._near.where(payload)
        if where.kind == "other" and self._channel.opened(str(payload["channel_id"])):
            return replace(where, kind="thread", ours=True)
        return where

    def _put(self, lane: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if not self._lanes.put(lane, work):
            _log.error("too much is waiting; an event was dropped")

    # --- messages ---

    async def _receive(self, incoming: Incoming) -> bool:
        """Discord does not send a message again, so a store that is away for a while is waited for; the lane keeps the order."""
        for pause in _STORE_PAUSES_SECONDS:
            try:
                return await self._service.receive(incoming)
            except StoreUnreachable:
                await asyncio.sleep(pause)
        return await self._service.receive(incoming)

    async def _message(self, incoming: Incoming, payload: Mapping[str, Any], where: Where) -> None:
        said = incoming.what
        assert isinstance(said, Wrote)
        if said.edited or not incoming.called:
            talk = await self._ours(incoming.conversation)
            if talk is None:
                if said.edited or not self._is_new_post(payload, where) or not self._has_an_answer(said.text):
                    return
                incoming = replace(incoming, called=True)
            elif not incoming.called and talk.asker not in ("", incoming.person):
                return  # others talk to one another; who wants the bot to hear it calls it
        self._strange.discard(incoming.conversation)
        files = payload.get("attachments") or ()
        if files and not said.edited:
            read = await attachments.read(files, self._session, self._other_host)
            incoming = replace(incoming, what=Wrote("\n\n".join(filter(None, [said.text, *read.texts]))))
            if await self._receive(incoming):
                await self._say_what_was_not_read(incoming, read)
            return
        await self._receive(incoming)

    async def _ours(self, conversation: str) -> Conversation | None:
        if conversation in self._strange:
            return None
        talk = await self._service.knows(conversation)
        if talk is None:
            self._strange.add(conversation)
        return talk

    def _is_new_post(self, payload: Mapping[str, Any], where: Where) -> bool:
        return where.post is not None and payload["id"] == payload["channel_id"]

    def _has_an_answer(self, text: str) -> bool:
        """In a help forum nobody called us: we speak only where we know something."""
        return bool(self._service.answer(Query("explain", text)).findings)

    async def _say_what_was_not_read(self, incoming: Incoming, read: attachments.Files) -> None:
        sentences = []
        if read.too_large:
            sentences.append(self._words("file_too_large", size=attachments.MAX_BYTES // 1024))
        if read.not_text:
            sentences.append(self._words("file_not_text"))
        if sentences:
            reply = Reply((Paragraph((Text(" ".join(sentences)),)),))
            await self._channel.post(incoming.place, reply, f"f{incoming.message.removeprefix(KEY)}")

    async def _deleted(self, messages: list[str], channel: str, guild: str) -> None:
        """From a thread or direct message of ours, or the message that began a talk."""
        now = datetime.datetime.now(datetime.UTC)
        for message in messages:
            for conversation in (KEY + channel, KEY + message):
                if (talk := await self._ours(conversation)) is not None:
                    await self._receive(inbound.deleted(message, channel, guild, conversation, talk.place, talk.asker, now))

    async def _left(self, guild: str) -> None:
        await self._service.forget_workspace(places.workspace_of(guild, ""))

    async def _thread_gone(self, thread: str) -> None:
        """What was said in it is forgotten, message by message."""
        talk = await self._service.knows(KEY + thread)
        if talk is not None:
            slots = [getattr(talk.slots, field.name) for field in fields(talk.slots)]
            said = [line.message for line in talk.transcript] + [known.message for known in slots if known is not None]
            for message in dict.fromkeys([KEY + thread, *filter(None, said)]):
                await self._service.forget_message(message)

    async def catch_up(self) -> None:
        """Reads what was said in our own open threads while nobody listened: Discord tells no events twice after a restart."""
        for guild, thread, last in self._near.own_threads()[:_CATCH_UP_THREADS]:
            talk = await self._service.knows(KEY + thread)
            if talk is None or places.order(last) <= talk.last_order:
                continue
            try:
                newest = await self._api.history(thread)
            except (Refused, TryLater) as error:
                _log.info("a thread could not be read again: %s", error)
                continue
            for message in reversed(newest):
                if places.order(message["id"]) > talk.last_order:
                    self.happened("MESSAGE_CREATE", {**message, "guild_id": guild})

    # --- interactions ---

    async def _interaction(self, payload: Mapping[str, Any]) -> None:
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
        sorry = render.notice(self._words("failed"))
        try:
            await self._api.respond(str(payload["id"]), str(payload["token"]), _private(sorry))
        except Refused:
            with contextlib.suppress(Refused, TryLater):  # acknowledged already; nothing more can be done
                await self._api.follow_up(str(payload["token"]), sorry)
        except TryLater as later:
            _log.warning("an interaction stays without an answer: %s", later.reason)

    async def _say(self, payload: Mapping[str, Any], phrase: str, **values: object) -> None:
        """One sentence, for its person only."""
        await self._api.respond(str(payload["id"]), str(payload["token"]), _private(render.notice(self._words(phrase, **values))))

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
            await self._api.open_modal(str(payload["id"]), str(payload["token"]), self._modal_of(click))
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
        talk = await self._service.knows(click.conversation)
        if talk is None:
            await self._say(payload, "closed")
            return None
        helper = self._near.helper_role(str(payload.get("guild_id") or ""))
        if talk.asker not in ("", places.person_of(inbound.user_of(payload))) and helper not in inbound.roles_of(payload):
            await self._say(payload, "not_yours")
            return None
        return talk

    async def _act(self, payload: Mapping[str, Any], click: Clicked, talk: Conversation) -> None:
        interaction, token = str(payload["id"]), str(payload["token"])
        place = {**talk.place, "person": inbound.user_of(payload)}
        incoming = inbound.acted(payload, inbound.meant(click), click.conversation, place)
        if place.get("kind") == "private":
            await self._api.defer_update(interaction, token)
            self._handles.keep(click.conversation, inbound.user_of(payload), token)
            await self._service.receive(incoming)
            return
        self._handles.keep(click.conversation, inbound.user_of(payload), token)
        written: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._spawn(self._write(incoming, written))
        await asyncio.wait({written}, timeout=_PATIENCE_SECONDS)
        if not written.done():
            await self._api.defer_update(interaction, token)
            await written
            return
        if not await written:
            return
        components = (payload.get("message") or {}).get("components") or []
        if payload.get("type") == _COMPONENT and components:
            await self._api.update(interaction, token, render.settled(components, click.raw))
        else:
            await self._api.defer_update(interaction, token)

    async def _write(self, incoming: Incoming, written: asyncio.Future[bool]) -> None:
        try:
            written.set_result(await self._service.receive(incoming))
        except Exception as error:
            written.set_exception(error)

    def _modal_of(self, click: Clicked) -> Json:
        """The one form that there is, else a field for free words; both built from the click alone."""
        if click.id.choice == f"!form.{forms.START}":
            return modals.form(click.raw, forms.start_form(self._knowledge))
        return modals.free_text(custom_ids.write(click.id.turn, "!answer", click.id.conversation), self._words)

    async def _solve(self, payload: Mapping[str, Any]) -> None:
        thread = str(payload["channel_id"])
        if inbound.user_of(payload) != self._near.owner_of(thread) and not inbound.permissions_of(payload) & _CLOSERS:
            await self._say(payload, "solved_not_yours")
            return
        await self._api.respond(str(payload["id"]), str(payload["token"]), render.notice(self._words("solved_done")))
        tags = self._near.closing_tags(thread)
        try:
            await self._api.change_channel(thread, {"archived": True} if tags is None else {"archived": True, "applied_tags": tags})
        except Refused as refused:
            _log.info("a post could not be closed: %s", refused)
            await self._api.follow_up(str(payload["token"]), render.notice(self._words("solved_not_allowed")))

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
                modal = modals.form(custom_id, forms.start_form(self._knowledge))
                await self._api.open_modal(str(payload["id"]), str(payload["token"]), modal)
            case "check":
                await self._begin(payload, Wrote(self._words("check_text", target=options.get("target", ""))))
            case "forget":
                await self._forget(payload)
            case _:
                await self._answer(payload, verb, options)

    async def _answer(self, payload: Mapping[str, Any], verb: str, options: Mapping[str, str]) -> None:
        """What needs no talk is answered in the acknowledgement."""
        text = options.get("query") or options.get("error") or ""
        more = {name: value for name, value in options.items() if name in ("client", "provider") and value}
        reply = self._service.answer(Query(verb, text, more))
        first, *others = render.pages(replace(reply, choices=(), form=None), self._words) or [render.notice("…")]
        await self._api.respond(str(payload["id"]), str(payload["token"]), _private(first))
        for page in others:
            await self._api.follow_up(str(payload["token"]), page)

    async def _complete(self, payload: Mapping[str, Any]) -> None:
        _, options, focused = commands.called(payload.get("data") or {})
        kind = commands.TYPEAHEAD.get(focused or "")
        found = self._knowledge.typeahead(kind, options[focused], commands.MAX_CHOICES) if kind is not None and focused else ()
        await self._api.complete(str(payload["id"]), str(payload["token"]), commands.completions(found))

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
        await self._api.defer(interaction, token)
        conversation = KEY + interaction
        self._handles.keep(conversation, user, token)
        if files and isinstance(what, Wrote):
            read = await attachments.read(files, self._session, self._other_host)
            what = Wrote("\n\n".join(filter(None, [what.text, *read.texts])))
        place: Place = places.private(interaction, str(payload.get("channel_id") or ""), str(payload.get("guild_id") or ""), user)
        await self._service.receive(inbound.acted(payload, what, conversation, place))

    async def _forget(self, payload: Mapping[str, Any]) -> None:
        token = str(payload["token"])
        await self._api.defer(str(payload["id"]), token)
        count = await self._service.forget_person(places.person_of(inbound.user_of(payload)))
        said = self._words("forgotten", count=count) if count else self._words("forgotten_none")
        await self._api.edit_original(token, render.notice(said))


def _private(message: Json) -> Json:
    return {**message, "flags": int(message.get("flags", 0)) | EPHEMERAL}
