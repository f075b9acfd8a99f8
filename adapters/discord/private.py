"""How does one person alone read something? Through a token of theirs that is still good, else as a direct message.

A talk by command stands in one message that only its person sees; each click or form brings a new token for it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from adapters.discord import api as discord_api
from adapters.discord import places, render
from adapters.discord.api import Api, Json, Refused
from adapters.discord.handles import Handle, Handles
from adapters.discord.posted import Posted, nonce
from adapters.discord.render import Dress, Words
from bot.channel import Place, Undeliverable
from bot.reply import Reply

_log = logging.getLogger(__name__)

_HANDLE_DIED = frozenset(
    {
        discord_api.INVALID_TOKEN,
        discord_api.UNKNOWN_WEBHOOK,
        discord_api.UNKNOWN_INTERACTION,
        discord_api.UNKNOWN_MESSAGE,
    }
)


class Private:
    """`api` gives the connected one, or raises `TryLater`; `locale` how the person of a talk writes dates."""

    def __init__(
        self, api: Callable[[], Api], words: Words, handles: Handles, locale: Callable[[Place, Reply], Awaitable[str | None]]
    ) -> None:
        self._api = api
        self._words = words
        self._handles = handles
        self._locale = locale

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        """Shows `reply` in the talk's own message; gives where it stands. Raises `Undeliverable` where neither way is open."""
        conversation, person = places.conversation_of(place), place["person"]
        pages = render.pages(reply, self._words, await self._dress(place, reply))
        handle = self._handles.good(conversation, person)
        if handle is not None:
            try:
                return str(Posted("", tuple(await self._show_pages(handle, pages))))
            except Refused as refused:
                if refused.code not in _HANDLE_DIED and refused.status != 401:
                    raise Undeliverable(str(refused.code)) from None
                self._handles.drop(conversation, person)
        return await self._direct(place, pages, key, Undeliverable("the interaction has ended"))

    async def _dress(self, place: Place, reply: Reply) -> Dress:
        return Dress(conversation=places.conversation_of(place), only_way=True, locale=await self._locale(place, reply))

    async def _show_pages(self, handle: Handle, pages: Sequence[Json]) -> list[str]:
        """In the original message, below what it says since this interaction; what does not fit is a message of its own."""
        ids: list[str] = []
        for page in pages:
            whole = page if handle.shown is None else render.joined(handle.shown, page)
            if whole is None:
                ids.append(await self._api().follow_up(handle.token, page))
            else:
                await self._api().edit_original(handle.token, whole)
                handle.shown = whole
                ids.append("@original")
        return ids

    async def edit(self, place: Place, posted: Posted, reply: Reply) -> str:
        """As long as there is a good token; what was settled without one stays as it is."""
        conversation, person = places.conversation_of(place), place["person"]
        handle = self._handles.good(conversation, person)
        if handle is None:
            return str(posted)
        pages = render.pages(reply, self._words, await self._dress(place, reply))
        if posted.messages[:1] == ("@original",) and handle.shown is None:
            # A newer interaction stands on another message: what was settled there stays as the click left it.
            return str(posted)
        try:
            for old, page in zip(posted.messages, pages, strict=False):
                await self._api().edit_original(handle.token, page, old)
        except Refused as refused:
            if refused.code not in _HANDLE_DIED and refused.status != 401:
                raise Undeliverable(str(refused.code)) from None
        return str(posted)

    async def beside(self, place: Place, reply: Reply, key: str) -> str | None:
        """A private word beside an open talk: by a token that is still good, else a direct message; None where neither works."""
        pages = render.pages(reply, self._words, Dress(conversation=places.conversation_of(place)))
        if place["kind"] == "dm":
            return None
        handle = self._handles.good(places.conversation_of(place), place["person"])
        if handle is not None:
            try:
                return str(Posted("", tuple([await self._api().follow_up(handle.token, page) for page in pages])))
            except Refused:
                self._handles.drop(places.conversation_of(place), place["person"])
        try:
            return await self._direct(place, pages, key, Undeliverable("no direct messages"))
        except Undeliverable:
            return None

    async def _direct(self, place: Place, pages: Sequence[Json], key: str, otherwise: Undeliverable) -> str:
        try:
            channel = await self._api().open_dm(place["person"])
            ids = [await self._api().send(channel, page, nonce(key, number)) for number, page in enumerate(pages)]
        except Refused as refused:
            _log.info("no direct message: %s", refused)
            raise otherwise from None
        return str(Posted(channel, tuple(ids)))

    async def show(self, place: Place, page: Json) -> str:
        """In the original message, where the answer will stand too; once that is there, progress comes too late to be shown."""
        handle = self._handles.good(places.conversation_of(place), place["person"])
        if handle is None or handle.shown is not None:
            raise Undeliverable("nowhere to show it")
        try:
            await self._api().edit_original(handle.token, page)
        except Refused as refused:
            raise Undeliverable(str(refused.code)) from None
        return "/@original"
