"""How do replies reach Discord? The port `bot.channel.Channel`: posts, edits, private messages, progress and the call for a person.

Each refusal of Discord has its decided answer here:

    160004  the thread exists: go on in it        10003  channel or thread is gone: the effect ends, the talk is forgotten
    50001, 50013, 50024, 160006 on a new thread: answer as replies in the channel, and do not ask for threads there again for an hour
    50001, 50013 on a message: the effect ends, and the channel is not asked again for an hour (refusals shut an address out)
    50083, 160005  archived and locked: the effect ends, nothing is said
    10008   an edit's message is gone: an answer is posted anew, a settled question is left; a post's message was posted, and deleted since
    50007   no direct messages: the private word stands where the talk is (it quotes nothing)
    50027, 10015, 10062, 401  the interaction's token has died: the person's direct messages, else the effect ends
    50035   Components V2 refused: the same as ordinary text
    429 without `Via`, 5xx, no network: `TryLater`
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Protocol

from adapters.discord import api as discord_api
from adapters.discord import places, render
from adapters.discord.api import Api, Json, Refused
from adapters.discord.board import GAP_SECONDS, Board
from adapters.discord.custom_ids import KEY
from adapters.discord.handles import Handles
from adapters.discord.posted import Posted, Remembered, mark, mark_of, marked, nonce
from adapters.discord.private import Private
from adapters.discord.render import Dress, Words
from bot.channel import Abilities, Place, TryLater, Undeliverable
from bot.reply import Progress, Reply

_log = logging.getLogger(__name__)

_FORBIDDEN_SECONDS = 3_600.0
_NOT_YET_SECONDS = 1.0
_NO_THREADS = frozenset(
    {
        discord_api.MISSING_ACCESS,
        discord_api.MISSING_PERMISSIONS,
        discord_api.WRONG_CHANNEL_TYPE,
        discord_api.TOO_MANY_THREADS,
    }
)
_NOT_HERE = frozenset({discord_api.MISSING_ACCESS, discord_api.MISSING_PERMISSIONS})


class Surroundings(Protocol):
    """What the connected client knows; answered from its caches, at once."""

    def ready(self) -> bool:
        """Is the connection up, and its heartbeat answered?"""

    def locale_of(self, guild: str) -> str | None:
        """The language that a server has chosen for itself."""

    def content_readable(self) -> bool:
        """Does Discord send us what people write without naming us?"""

    def knows_thread(self, thread: str) -> bool: ...

    def is_help_post(self, thread: str) -> bool:
        """A post in one of the configured help forums."""

    def helper_role(self, guild: str) -> str | None:
        """The id of the role to call in this server."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where exactly a message goes. `carries`: its buttons must say which talk they belong to."""

    channel: str
    reply_to: str | None = None
    carries: bool = False


class DiscordChannel:
    """`bot.channel.Channel` for Discord. Before `connect`, and while the client is built anew, everything is to be tried later."""

    def __init__(
        self,
        words: Words,
        surroundings: Surroundings,
        name_of: Callable[[str], Awaitable[str]],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        handles: Handles,
        gap: float = GAP_SECONDS,
        locale_of: Callable[[str], Awaitable[str | None]] | None = None,
        forget: Callable[[str], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        """`locale_of` gives the language of a talk's person; `forget` takes a talk whose thread or channel is gone."""
        self._api: Api | None = None
        self._words = words
        self._near = surroundings
        self._name_of = name_of
        self._private = Private(lambda: self.api, words, handles, self._locale)
        self._locale_of = locale_of
        self._forget = forget
        self._spawn = spawn
        self._board = Board(self._show_progress, spawn, gap)
        self._open = Remembered(86_400.0)
        self._no_threads = Remembered(_FORBIDDEN_SECONDS)
        self._forbidden = Remembered(_FORBIDDEN_SECONDS)
        self._hinted = Remembered(86_400.0)

    @property
    def name(self) -> str:
        return "discord"

    @property
    def abilities(self) -> Abilities:
        return Abilities(edit=True, stream=False, forms=True, tables=True, private=True, told_twice=False)

    def connect(self, api: Api | None) -> None:
        self._api = api

    @property
    def api(self) -> Api:
        if self._api is None:
            raise TryLater(_NOT_YET_SECONDS, "not connected")
        return self._api

    def ready(self) -> bool:
        """Can what is posted go out, and is what is said heard? (For /readyz.)"""
        return self._api is not None and self._near.ready()

    def opened(self, thread: str) -> bool:
        """Did this process open the thread, or find it open?"""
        return thread in self._open

    def closed(self, thread: str) -> None:
        """The thread is gone."""
        self._open.discard(thread)

    # --- the port ---

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        if place["kind"] == "private":
            return await self._private.post(place, reply, key)
        if reply.private and (said := await self._private.beside(place, reply, key)):
            return said
        if reply.handoff and place.get("guild"):
            reply = replace(reply, blocks=reply.blocks[:1])  # the summary comes with the call, right below
        spot = await self._spot(place)
        return str(await self._send(spot, reply, key, await self._dress(place, spot, reply)))

    async def edit(self, place: Place, message: str, reply: Reply, key: str) -> str:
        posted = Posted.read(message)
        if not posted.channel:
            return await self._private.edit(place, posted, reply)
        spot = _Spot(
            posted.channel, place.get("root") if place["kind"] == "reply" else None, places.conversation_of(place) != KEY + posted.channel
        )
        pages = render.pages(reply, self._words, await self._dress(place, spot, reply))
        done: list[str] = []
        try:
            for old, page in zip(posted.messages, pages, strict=False):
                await self.api.edit(spot.channel, old, page)
                done.append(old)
        except Refused as refused:
            if refused.code == discord_api.UNKNOWN_MESSAGE and _says_something(reply):
                return str(await self._send(spot, reply, key, await self._dress(place, spot, reply)))
            raise self._ended(spot.channel, refused) from None
        for number, page in enumerate(pages[len(done) :], len(done)):
            done.append(await self._send_page(spot, page, nonce(key, number)))
        for surplus in posted.messages[len(pages) :]:
            await self._remove(spot.channel, surplus)
        return str(Posted(spot.channel, tuple(done)))

    async def find(self, place: Place, key: str) -> str | None:
        """Looks among the newest 50 messages for the marks of its pages."""
        if place["kind"] == "private":
            return None
        channel = place["root"] if place["kind"] == "start" and place["channel"] not in self._no_threads else place["channel"]
        try:
            newest = await self.api.history(channel)
        except Refused:
            return None
        ids = {mark_of(message): str(message["id"]) for message in newest}
        found: list[str] = []
        while (said := ids.get(mark(nonce(key, len(found))))) is not None:
            found.append(said)
        return str(Posted(channel, tuple(found))) if found else None

    async def progress(self, place: Place, progress: Progress) -> None:
        self._board.put(place, progress)

    async def hand_off(self, place: Place, summary: Reply, key: str) -> None:
        """Calls the helpers' role, with the summary and a link, where the talk is.

        A private talk's channel gets the call only: what was said there, everybody could read. Its person has the summary."""
        role, private = self._near.helper_role(place.get("guild", "")), place["kind"] == "private"
        if not place.get("guild") or (private and not role):
            raise Undeliverable("no helpers here")  # the person has the summary already, to send on
        spot = self._allowed(_Spot(place["channel"])) if private else await self._spot(place)
        pages = [] if private else render.pages(replace(summary, choices=(), form=None, private=False), self._words)
        lines = [self._words("call_helper", role=f"<@&{role}>")] if role else []
        if private:
            lines.append(self._words("asked_in_private", person=f"<@{place['person']}>"))
        else:
            lines.append(self._words("summary_link", url=places.jump_url(place)))
        call = render.notice_markdown("\n".join(lines))
        if role:
            call["allowed_mentions"] = {"parse": [], "roles": [role]}
        pages.insert(0, call)
        for number, page in enumerate(pages):
            await self._send_page(spot, page, nonce(key, number))

    # --- where ---

    async def _spot(self, place: Place) -> _Spot:
        """Opens the thread of a `start` place when there is none yet."""
        if place["kind"] == "reply":
            return self._allowed(_Spot(place["channel"], place["root"], carries=True))
        if place["kind"] != "start":
            return self._allowed(_Spot(place["channel"]))
        root, parent = place["root"], place["channel"]
        if root in self._open or self._near.knows_thread(root):
            return self._allowed(_Spot(root))
        if parent not in self._no_threads:
            try:
                await self.api.open_thread(parent, root, await self._name_of(places.conversation_of(place)))
            except Refused as refused:
                if refused.code in _NO_THREADS:
                    _log.warning("in the channel %s no thread may be opened (%s), so answers there are replies", parent, refused.code)
                    self._no_threads.add(parent)
                elif refused.code != discord_api.THREAD_EXISTS:
                    raise Undeliverable(str(refused.code)) from None
                else:
                    self._open.add(root)
            else:
                self._open.add(root)
        return self._allowed(_Spot(root) if root in self._open else _Spot(parent, root, carries=True))

    def _allowed(self, spot: _Spot) -> _Spot:
        if spot.channel in self._forbidden:
            raise Undeliverable("forbidden before")
        return spot

    async def _dress(self, place: Place, spot: _Spot, reply: Reply) -> Dress:
        conversation = places.conversation_of(place)
        blind = place["kind"] != "dm" and not self._near.content_readable()
        hint = blind and reply.asks is not None and conversation not in self._hinted
        if hint:
            self._hinted.add(conversation)
        return Dress(
            conversation=conversation if spot.carries else None,
            answers=blind,
            hint=hint,
            solved=place["kind"] == "thread" and self._near.is_help_post(spot.channel),
            locale=await self._locale(place, reply),
        )

    async def _locale(self, place: Place, reply: Reply) -> str | None:
        """The person's own, as their last click or command told it, else the server's; asked for only where a date is shown."""
        if not render.has_dates(reply):
            return None
        own = await self._locale_of(places.conversation_of(place)) if self._locale_of is not None else None
        return own or self._near.locale_of(place.get("guild", ""))

    # --- sending ---

    async def _send(self, spot: _Spot, reply: Reply, key: str, dress: Dress) -> Posted:
        ids: list[str] = []
        try:
            for number, page in enumerate(render.pages(reply, self._words, dress)):
                ids.append(await self._send_page(spot, page, nonce(key, number)))
        except _FormRefused:
            _log.warning("Discord refused a message's components; it is sent as plain text")
            ids = [
                await self._send_page(spot, page, nonce(f"{key}:plain", number))
                for number, page in enumerate(render.plain_pages(reply, self._words, dress))
            ]
        return Posted(spot.channel, tuple(ids))

    async def _send_page(self, spot: _Spot, page: Json, once: str) -> str:
        try:
            return await self.api.send(spot.channel, marked(page, once), once, spot.reply_to)
        except Refused as refused:
            if refused.code == discord_api.INVALID_FORM and "content" not in page:
                raise _FormRefused from None
            raise self._ended(spot.channel, refused) from None

    async def _remove(self, channel: str, message: str) -> None:
        try:
            await self.api.delete(channel, message)
        except Refused as refused:
            _log.info("a surplus message stays: %s", refused)

    def _ended(self, channel: str, refused: Refused) -> Undeliverable:
        if refused.code in _NOT_HERE or (refused.status == 403 and refused.code == 0):
            _log.warning("in the channel %s the bot may not write (%s); it does not try again for an hour", channel, refused.code)
            self._forbidden.add(channel)
        if refused.code == discord_api.UNKNOWN_CHANNEL:
            self._open.discard(channel)
            if self._forget is not None:
                self._spawn(self._forget(KEY + channel))
        return Undeliverable(str(refused.code or refused.status))

    # --- progress ---

    async def _show_progress(self, place: Place, progress: Progress, message: str | None) -> str:
        conversation = places.conversation_of(place)
        if place["kind"] == "private":
            return await self._private.show(place, render.progress_page(progress, self._words, conversation))
        if message is None:
            spot = await self._spot(place)
            page = render.progress_page(progress, self._words, conversation if spot.carries else None)
            return str(Posted(spot.channel, (await self._send_page(spot, page, nonce(f"progress:{progress.probe}", 1)),)))
        posted = Posted.read(message)
        page = render.progress_page(progress, self._words, conversation if conversation != KEY + posted.channel else None)
        try:
            await self.api.edit(posted.channel, posted.messages[0], page)
        except Refused as refused:
            raise self._ended(posted.channel, refused) from None
        return message


class _FormRefused(Exception):
    """Discord would not take a message's components."""


def _says_something(reply: Reply) -> bool:
    return bool(reply.asks or reply.findings or reply.settings or reply.final)
