"""What people do in the local Slack, as the envelopes that Slack makes of it: they write, press, and type a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.adapters.slack.local import BOT_USER, TEAM, Local, Post


class People(Local):
    def event(self, event: Mapping[str, Any], **outside: Any) -> dict[str, Any]:
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A1",
            "event_id": f"Ev{next(self._numbers)}",
            "event_time": self._start,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}],
            "event": event,
            **outside,
        }

    async def says(self, text: str, user: str = "U1", channel: str = "C1", thread: str | None = None, **more: Any) -> str:
        """A person writes; gives the ts. A mention comes twice, in direct messages only once."""
        ts = self.new_ts()
        self.posts.append(Post(channel, ts, thread, text, [], {}, user))
        for event in self.events_of(text, user, channel, ts, thread, **more):
            await self.send("events_api", event)
        return ts

    def events_of(self, text: str, user: str, channel: str, ts: str, thread: str | None, **more: Any) -> list[dict[str, Any]]:
        kind = "im" if channel.startswith("D") else "channel"
        message = {
            "user": user,
            "text": text,
            "ts": ts,
            "channel": channel,
            "team": TEAM,
            "event_ts": ts,
            "client_msg_id": f"m{ts}",
            **more,
        }
        if thread:
            message["thread_ts"] = thread
        events = [self.event({**message, "type": "message", "channel_type": kind})]
        if f"<@{BOT_USER}>" in text and kind == "channel":
            events.insert(0, self.event({**message, "type": "app_mention"}))
        return events

    async def presses(self, post: Post, action_id: str, user: str = "U1") -> str:
        """A person presses a button; gives the envelope's id. Answers under its address land in `responses[<ts of the post>]`."""
        return await self.send("interactive", self.press(post, action_id, user))

    def press(self, post: Post, action_id: str, user: str = "U1") -> dict[str, Any]:
        """What Slack sends of a press."""
        element = next(element for element in post.buttons if element["action_id"] == action_id)
        at = self.new_ts()
        return {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "x"},
            "user": {"id": user, "username": user.lower(), "team_id": TEAM},
            "api_app_id": "A1",
            "container": {"type": "message", "message_ts": post.ts, "channel_id": post.channel, "is_ephemeral": bool(post.only_for)},
            "channel": {"id": post.channel, "name": "general"},
            "message": {"ts": post.ts, "thread_ts": post.thread, "text": post.text, "blocks": post.blocks, "user": BOT_USER},
            "trigger_id": f"tr{at}",
            "response_url": self.response_url(post.ts),
            "actions": [{**element, "block_id": post.block_of(action_id), "action_ts": at}],
        }

    async def commands(self, text: str, user: str = "U1", channel: str = "C1", name: str = "r1") -> str:
        payload = {
            "command": "/postmaster",
            "text": text,
            "team_id": TEAM,
            "user_id": user,
            "channel_id": channel,
            "channel_name": "general",
            "trigger_id": f"tr{next(self._numbers)}",
            "response_url": self.response_url(name),
            "api_app_id": "A1",
        }
        return await self.send("slash_commands", payload)
