"""How does a reply get into Slack once and only once? The core's `Channel` for Slack; decides nothing about the talk.

Each post carries its effect's key in `metadata`, where no person sees it; `find` reads it back after a crash between "sent" and
"marked". An ephemeral message cannot carry one: it is sent at least once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from slack_sdk.errors import SlackApiError

from adapters.slack import atoms, health, render
from adapters.slack.agent import Agent
from adapters.slack.clicks import Click, Origin
from adapters.slack.core import Say
from adapters.slack.leash import Leash
from adapters.slack.pace import Pace
from adapters.slack.people import OUTSIDE
from adapters.slack.progress import Board, Spawn
from adapters.slack.text import escaped
from adapters.slack.verdict import Verdict, as_ours, code, retry_after, verdict
from adapters.slack.web import PLAINLY, Web, private_answer
from bot.channel import Abilities, Place, TryLater, Undeliverable
from bot.reply import Progress, Reply

log = logging.getLogger(__name__)

METADATA_EVENT = "postmaster_effect"
PAGES = 5  # of history that are searched for an effect's key
PAGE = 200
PATIENCE = 5.0  # seconds that a post waits for its place in a channel before the core is told to come back
MAX_BEGUN = 1000


class SlackChannel:
    """`history`: whether the scopes let us look for an earlier post. `triage`, `helpers`: where and whom a hand-off calls."""

    name = "slack"

    def __init__(
        self,
        web: Web,
        board: Board,
        agent: Agent,
        say: Say,
        spawn: Spawn,
        *,
        history: bool,
        triage: str | None = None,
        helpers: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._web = web
        self._board = board
        self._agent = agent
        self._say = say
        self._spawn = spawn
        self._history = history
        self._triage = triage
        self._helpers = helpers
        self._posts = Pace(1.0, 4, clock)
        self._leash = Leash(clock)
        self._begun: OrderedDict[str, int] = OrderedDict()  # effects of several messages: how many of them stand already

    @property
    def abilities(self) -> Abilities:
        return Abilities(edit=True, stream=self._board.streams, forms=True, tables=True, private=True, told_twice=not self._history)

    def ready(self) -> bool:
        """Whether Slack's events reach this process just now."""
        return health.ready()

    def heard(self, place: Place) -> None:
        """A person said or pressed something there."""
        self._leash.heard(origin(place))

    async def post(self, place: Place, reply: Reply, key: str) -> str:
        if not self._leash.allows(origin(place), key):
            log.warning("slack: silent, for too much was said with nobody saying anything in between")
            raise Undeliverable("too_many_replies")
        if reply.private and not is_direct(place):
            return await self._privately(place, reply)
        await self._agent.before_message(place)
        ts = await self._post_all(place, render.messages(reply, origin(place)), key, place.get("thread"))
        self._spawn(self._agent.after_message(place, reply))
        return ts

    async def edit(self, place: Place, message: str, reply: Reply, key: str) -> str:
        first, *rest = render.messages(reply, origin(place))
        try:
            stands = await self._update(place, message, first)
        except SlackApiError as error:
            if verdict(error) is not Verdict.AS_NEW:
                raise as_ours(error) from error
            return await self._post_all(place, [first, *rest], key, place.get("thread"))
        return await self._post_all(place, rest, key, place.get("thread")) if rest else stands

    async def find(self, place: Place, key: str) -> str | None:
        if not self._history:
            return None
        found = await self._look(place, place["channel"], place.get("thread"), key)
        if found is None and self._triage:
            found = await self._look(place, self._triage, None, key)
        return found

    async def progress(self, place: Place, progress: Progress) -> None:
        await self._board.show(place, progress)
        if not progress.finished:
            self._spawn(self._agent.session(place, "processing"))

    async def hand_off(self, place: Place, summary: Reply, key: str) -> None:
        call = f"<!subteam^{self._helpers}>" if self._helpers else ""
        if self._triage is None:
            if not call or place.get(OUTSIDE):  # people from outside are not shown who helps here
                raise Undeliverable("no_helpers")  # the person has the summary already, to send on
            line = render.Message(call, ({"type": "section", "text": {"type": "mrkdwn", "text": call, "verbatim": True}},), call)
            await self._post_all(place, [line], key, place.get("thread"))
            return
        link = await self._web.cosmetic(place, "chat.getPermalink", channel=place["channel"], message_ts=place.get("thread"))
        opening = link_line(str(link["permalink"]), self._say("open_talk")) if link and link.get("permalink") else ""
        messages = _calling(render.messages(summary, origin(place)), " ".join(filter(None, (call, opening))))
        messages[-1] = _with_resume(messages[-1], origin(place), self._say("resume"))
        await self._post_all({**place, "channel": self._triage}, messages, key, None)

    async def tell(self, place: Place, user: str, text: str, response_url: str | None = None) -> None:
        """A short sentence that only `user` sees; given up where it cannot be shown."""
        if response_url and await self._web.respond(response_url, private_answer(text)):
            return
        thread = place.get("thread")
        await self._web.cosmetic(place, "chat.postEphemeral", channel=place["channel"], user=user, thread_ts=thread, text=escaped(text))

    async def settle(self, place: Place, click: Click) -> None:
        """The asking message with the choice that was made in place of its buttons; left as it is where that cannot be shown."""
        blocks = render.settled(click.blocks, click.label)
        where = {"channel": place["channel"], "ts": click.ts, "parse": "none"}
        await self._web.cosmetic(place, "chat.update", text=click.text or "…", blocks=blocks, **where)

    # --- calls ----------------------------------------------------------------------------------------------------------

    async def _post_all(self, place: Place, messages: list[render.Message], key: str, thread: str | None) -> str:
        """Posts what of them does not stand yet; gives the ts of the last."""
        ts = ""
        begun = self._begun.pop(key, 0)
        for number, message in enumerate(messages):
            if number < begun:
                continue
            try:
                ts = await self._post(place, message, _metadata(key, number, len(messages)), thread)
            except (TryLater, Undeliverable):
                self._note_begun(key, number)
                raise
        return ts

    async def _post(self, place: Place, message: render.Message, metadata: dict[str, Any], thread: str | None) -> str:
        bucket = f"{place.get('team')}/{place['channel']}"
        wait = self._posts.wait(bucket)
        if wait > PATIENCE:
            raise TryLater(wait, "our own pace")
        await asyncio.sleep(wait)
        common = {"channel": place["channel"], "thread_ts": thread or None, "metadata": metadata, **PLAINLY}
        try:
            answer = await self._web.raw(place, "chat.postMessage", text=message.text, blocks=list(message.blocks), **common)
        except SlackApiError as error:
            if verdict(error) is not Verdict.AS_TEXT:
                if verdict(error) is Verdict.LATER:
                    self._posts.penalty(bucket, retry_after(error))
                raise as_ours(error) from error
            log.warning("slack: blocks were refused (%s), posted as text", code(error))
            answer = await self._web.call(place, "chat.postMessage", text=message.bare, **common)
        return str(answer.get("ts", ""))

    async def _update(self, place: Place, ts: str, message: render.Message) -> str:
        common = {"channel": place["channel"], "ts": ts, "parse": "none"}
        try:
            answer = await self._web.raw(place, "chat.update", text=message.text, blocks=list(message.blocks), **common)
        except SlackApiError as error:
            if verdict(error) is not Verdict.AS_TEXT:
                raise
            log.warning("slack: blocks were refused (%s), edited as text", code(error))
            answer = await self._web.raw(place, "chat.update", text=message.bare, blocks=[], **common)
        return str(answer.get("ts", ts))

    async def _privately(self, place: Place, reply: Reply) -> str:
        ts = ""
        for message in render.messages(reply, origin(place)):
            common = {"channel": place["channel"], "user": place["user"], "thread_ts": place.get("thread") or None}
            try:
                answer = await self._web.raw(place, "chat.postEphemeral", text=message.text, blocks=list(message.blocks), **common)
            except SlackApiError as error:
                if verdict(error) is not Verdict.AS_TEXT:
                    raise as_ours(error) from error
                answer = await self._web.call(place, "chat.postEphemeral", text=message.bare, **common)
            ts = str(answer.get("message_ts", ""))
        return ts

    async def _look(self, place: Place, channel: str, thread: str | None, key: str) -> str | None:
        """Searches a thread (or a channel) for the posts of `key`. Notes how many of several stand; gives the last one's ts."""
        method = "conversations.replies" if thread else "conversations.history"
        cursor: str | None = None
        stands: dict[int, str] = {}
        total = 0
        for _ in range(PAGES):
            try:
                page = await self._web.form(
                    place, method, channel=channel, ts=thread or None, limit=PAGE, cursor=cursor, include_all_metadata="true"
                )
            except SlackApiError as error:
                if verdict(error) is Verdict.LATER:
                    raise as_ours(error) from error
                return None
            for message in page.get("messages") or ():
                metadata = message.get("metadata") or {}
                payload = metadata.get("event_payload") or {}
                if metadata.get("event_type") == METADATA_EVENT and payload.get("key") == key:
                    stands[int(payload.get("part", 0))] = str(message.get("ts"))
                    total = int(payload.get("of", 1))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None or (total and len(stands) == total):
                break
        if not stands:
            return None
        if len(stands) < total:
            self._note_begun(key, len(stands))
            return None
        return stands[max(stands)]

    def _note_begun(self, key: str, number: int) -> None:
        if number:
            self._begun[key] = number
            if len(self._begun) > MAX_BEGUN:
                self._begun.popitem(last=False)


def _metadata(key: str, part: int, of: int) -> dict[str, Any]:
    return {"event_type": METADATA_EVENT, "event_payload": {"key": key, "part": part, "of": of}}


def is_direct(place: Place) -> bool:
    """Whether nobody but the person reads there."""
    return place["channel"].startswith("D")


def origin(place: Place) -> str:
    return str(Origin(place["team"], place["channel"], place.get("thread", "")))


def link_line(url: str, label: str) -> str:
    return f"<{escaped(url)}|{escaped(label)}>"


def _calling(messages: list[render.Message], line: str) -> list[render.Message]:
    """The messages with a line of our own making (a mention of the helpers, a link) on top."""
    if not line:
        return messages
    first, *rest = messages
    section = {"type": "section", "text": {"type": "mrkdwn", "text": line, "verbatim": True}}
    return [render.Message(f"{line}\n{first.text}", (section, *first.blocks), f"{line}\n{first.bare}"), *rest]


RESUME = "resume"


def _with_resume(message: render.Message, conversation: str, label: str) -> render.Message:
    buttons = {"type": "actions", "elements": [atoms.button(RESUME, label, conversation)]}
    return render.Message(message.text, (*message.blocks, buttons), message.bare)
