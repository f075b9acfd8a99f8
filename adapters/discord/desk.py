"""What is done with an event? Messages go to the service, are answered at once, or are left; interactions go to their own module.

A message is durable in the service before anything is shown. What belongs to one talk is taken in the socket's order.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from adapters.discord import attachments, inbound, places
from adapters.discord.api import Refused
from adapters.discord.custom_ids import KEY
from adapters.discord.interactions import Interactions
from adapters.discord.lanes import Lanes
from adapters.discord.office import Office
from adapters.discord.places import Where
from adapters.discord.posted import Remembered
from bot import metrics
from bot.channel import Incoming, TryLater, Wrote
from bot.conversation.model import Conversation
from bot.errors import StoreUnreachable
from bot.reply import Paragraph, Reply, Text

_log = logging.getLogger(__name__)

# A thread that is none of our talks is not asked for again in this time; another process may have begun one.
_STRANGE_SECONDS = 10.0
# How long the store is waited for with an event in hand, two minutes together.
_STORE_PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 50.0)

_EVENTS = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "INTERACTION_CREATE", "GUILD_DELETE")


class Desk:
    def __init__(self, office: Office) -> None:
        self._office = office
        self._interactions = Interactions(office)
        self._lanes = Lanes(office.spawn)
        self._strange = Remembered(_STRANGE_SECONDS)

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
                incoming = inbound.wrote(payload, self._office.me, where, edited=edited)
                if incoming is not None:
                    if incoming.called and where.kind != "thread":
                        self._office.calls.heard_in(incoming.place)
                    self._put(incoming.conversation, lambda: self._message(incoming, payload, where))
            case "MESSAGE_DELETE" | "MESSAGE_DELETE_BULK":
                gone = [str(id) for id in payload.get("ids") or [payload["id"]]]
                channel, guild = str(payload["channel_id"]), str(payload.get("guild_id") or "")
                for message in gone:
                    # From a thread or direct message of ours, or the message that began a talk.
                    for talk in (KEY + channel, KEY + message):
                        self._put(talk, partial(self._deleted, talk, message, channel, guild))
            case "INTERACTION_CREATE":
                self._office.spawn(self._interactions.take(payload))
            case "GUILD_DELETE" if not payload.get("unavailable"):
                # Removed from the server; an outage is marked as such.
                self._put(f"guild:{payload['id']}", lambda: self._left(str(payload["id"])))

    def thread_gone(self, thread: str) -> None:
        self._put(KEY + thread, lambda: self._thread_gone(thread))

    def _where(self, payload: Mapping[str, Any]) -> Where:
        """A word in a thread of ours may come before the news of the thread."""
        where = self._office.near.where(payload)
        if where.kind == "other" and self._office.channel.opened(str(payload["channel_id"])):
            return replace(where, kind="thread", ours=True)
        return where

    def _put(self, lane: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if not self._lanes.put(lane, partial(self._patiently, work)):
            metrics.count("dropped", channel=inbound.NAME)
            _log.error("too much is waiting; an event was dropped")

    async def _patiently(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Discord tells nothing twice, so a store that is away for a while is waited for; the lane keeps the order.

        What was done before it went away is known again by its keys."""
        for pause in _STORE_PAUSES_SECONDS:
            try:
                await work()
            except StoreUnreachable:
                await asyncio.sleep(pause)
            else:
                return
        await work()

    # --- messages ---

    async def _message(self, incoming: Incoming, payload: Mapping[str, Any], where: Where) -> None:
        said = incoming.what
        assert isinstance(said, Wrote)
        uncalled_post = False
        if said.edited or not incoming.called:
            talk = await self._ours(incoming.conversation)
            if talk is None:
                uncalled_post = not said.edited and where.post is not None and payload["id"] == payload["channel_id"]
                if not uncalled_post:
                    return
                incoming = replace(incoming, called=True)
            elif not incoming.called and talk.asker not in ("", incoming.person):
                return  # others talk to one another; who wants the bot to hear it calls it
        self._strange.discard(incoming.conversation)
        text, files = said.text, () if said.edited else payload.get("attachments") or ()
        if not text and not files:
            if said.edited or not incoming.called:
                return  # a sticker, or what Discord does not let us read
            text, files = await self._root(incoming, where)
        read = await self._office.read(files) if files else attachments.Files()
        whole = "\n\n".join(filter(None, [text, *read.texts]))
        if uncalled_post and not await asyncio.to_thread(self._office.service.worth_an_answer, whole):
            return
        # A picture alone, in the middle of a talk, is no turn of it.
        heard = bool(whole) or not (read.too_large or read.not_text) or await self._office.service.knows(incoming.conversation) is None
        what = Wrote(whole or self._office.words("called_without_a_word"), said.edited)
        if not heard or await self._office.service.receive(replace(incoming, what=what)):
            await self._say_what_was_not_read(incoming, read)

    async def _ours(self, conversation: str) -> Conversation | None:
        if conversation in self._strange:
            return None
        talk = await self._office.service.knows(conversation)
        if talk is None:
            self._strange.add(conversation)
        return talk

    async def _root(self, incoming: Incoming, where: Where) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """Called without a word in a thread where it has not talked yet: text and files of the message that the thread began with."""
        if where.kind != "thread" or await self._office.service.knows(incoming.conversation) is not None:
            return "", ()
        thread = incoming.place["channel"]
        try:
            root = await self._office.api.message(thread if where.post is not None else where.parent, thread)
        except (Refused, TryLater) as error:
            _log.info("what a thread began with could not be read: %s", error)
            return "", ()
        return "\n".join(filter(None, [*(where.post or ()), inbound.content_of(root)])), root.get("attachments") or ()

    async def _say_what_was_not_read(self, incoming: Incoming, read: attachments.Files) -> None:
        sentences = []
        if read.too_large:
            sentences.append(self._office.words("file_too_large", size=attachments.MAX_BYTES // 1024))
        if read.not_text:
            sentences.append(self._office.words("file_not_text"))
        if sentences:
            reply = Reply((Paragraph((Text(" ".join(sentences)),)),))
            await self._office.channel.post(incoming.place, reply, f"f{incoming.message.removeprefix(KEY)}")

    async def _deleted(self, conversation: str, message: str, channel: str, guild: str) -> None:
        if (talk := await self._ours(conversation)) is not None:
            now = datetime.datetime.now(datetime.UTC)
            await self._office.service.receive(inbound.deleted(message, channel, guild, conversation, talk.place, talk.asker, now))
        elif conversation == KEY + message and await self._ours(KEY + channel) is None:
            # Where answers are replies, a later word of a talk tells by nothing which talk it was said in.
            await self._office.service.forget_message(KEY + message)

    async def _left(self, guild: str) -> None:
        await self._office.service.forget_workspace(places.workspace_of(guild, ""))

    async def _thread_gone(self, thread: str) -> None:
        self._office.channel.closed(thread)
        await self._office.service.forget_conversation(KEY + thread)
