"""What do people do on the local Discord? They write, press, fill in forms, call commands; each becomes the event that Discord tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.adapters.discord.local import ANNA, APPLICATION, BOT, GENERAL, GUILD, Json, Local, now, numbered, user_of


class People(Local):
    def said(self, content: str, channel: str = GENERAL, author: str = ANNA, **more: Any) -> Json:
        """The payload of a message; a mention of the bot in `content` is in `mentions`, as Discord does it."""
        id = more.pop("id", None) or self.snowflake()
        named = [{"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None, "bot": True}] if f"<@{BOT}>" in content else []
        message = {
            "id": id,
            "channel_id": channel,
            "guild_id": GUILD,
            "author": user_of(author),
            "member": {"roles": [], "joined_at": now(), "deaf": False, "mute": False, "flags": 0},
            "content": content,
            "timestamp": now(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": named,
            "mention_roles": [],
            "attachments": [],
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": 0,
            "components": [],
            **({"position": 1} if channel in self.threads else {}),
            **more,
        }
        if not self.content and not named and message.get("guild_id") and not _answers_bot(message):
            message["content"], message["attachments"] = "", []
        return {name: value for name, value in message.items() if value is not None or name == "edited_timestamp"}

    async def say(self, content: str, channel: str = GENERAL, author: str = ANNA, **more: Any) -> Json:
        message = self.said(content, channel, author, **more)
        self.messages[channel].append(message)
        await self.dispatch("MESSAGE_CREATE", message)
        return message

    async def mention(self, content: str, **more: Any) -> Json:
        return await self.say(f"<@{BOT}> {content}", **more)

    def interaction(
        self, kind: int, data: Json, *, channel: str = GENERAL, author: str = ANNA, guild: str | None = GUILD, **more: Any
    ) -> Json:
        id = self.snowflake()
        token = f"token-{id}"
        self._token_of[id] = token
        user = user_of(author)
        who: Json = {"user": user}
        if guild:
            permissions, roles = more.pop("permissions", "0"), more.pop("roles", [])
            who = {"guild_id": guild, "member": {"user": user, "roles": roles, "permissions": permissions, "joined_at": now(), "flags": 0}}
            who["member"] |= {"deaf": False, "mute": False}
        kind_of_channel = more.pop("channel_type", 11 if channel in self.threads else 0)
        return {
            "id": id,
            "application_id": APPLICATION,
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": channel,
            "channel": {"id": channel, "type": kind_of_channel},
            "locale": "de",
            "guild_locale": "en-US",
            "app_permissions": "0",
            "entitlements": [],
            "authorizing_integration_owners": {"0": guild} if guild else {"1": author},
            "context": 0 if guild else 2,
            "attachment_size_limit": 10_485_760,
            **who,
            **more,
        }

    async def press(self, message: Json, custom_id: str, *, value: str | None = None, author: str = ANNA, **more: Any) -> Json:
        channel = more.pop("channel", message.get("channel_id", GENERAL))
        data: Json = {"custom_id": custom_id, "component_type": 2}
        if value is not None:
            data |= {"component_type": 3, "values": [value]}
        shown = self._as_clicked(message, channel)
        payload = self.interaction(3, data, channel=channel, author=author, message=shown, **more)
        self._clicked[payload["id"]] = message["id"]
        await self.dispatch("INTERACTION_CREATE", payload)
        return payload

    async def send_modal(self, modal: Json, values: Mapping[str, str], message: Json | None = None, **more: Any) -> Json:
        rows = [
            {"type": 18, "id": n, "component": {"type": 4, "id": n, "custom_id": key, "value": value}}
            for n, (key, value) in enumerate(values.items())
        ]
        if message is not None:
            more |= {"message": self._as_clicked(message, str(message.get("channel_id", GENERAL)))}
        payload = self.interaction(5, {"custom_id": modal["custom_id"], "components": rows}, **more)
        await self.dispatch("INTERACTION_CREATE", payload)
        return payload

    def _as_clicked(self, message: Json, channel: str) -> Json:
        """A message as it comes with a click on it."""
        return {
            "id": str(message["id"]) if str(message["id"]).isdecimal() else self.snowflake(),
            "channel_id": channel,
            "author": {"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None},
            "content": "",
            "timestamp": now(),
            "edited_timestamp": None,
            "tts": False,
            "type": 0,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "pinned": False,
            "attachments": [],
            "embeds": [],
            "components": numbered(message.get("components") or []),
            "flags": message.get("flags", 0),
        }

    async def slash(self, verb: str, *, typing: str | None = None, options: Mapping[str, str] | None = None, **more: Any) -> Json:
        given = [
            {"name": name, "type": 3, "value": value, **({"focused": True} if name == typing else {})}
            for name, value in (options or {}).items()
        ]
        data = {"id": "1", "name": "postmaster", "type": 1, "options": [{"name": verb, "type": 1, "options": given}]}
        payload = self.interaction(4 if typing else 2, data, **more)
        await self.dispatch("INTERACTION_CREATE", payload)
        return payload

    async def menu(self, target: Json, **more: Any) -> Json:
        data = {
            "id": "2",
            "name": "Diagnose this error",
            "type": 3,
            "target_id": target["id"],
            "resolved": {"messages": {target["id"]: target}},
        }
        payload = self.interaction(2, data, **more)
        await self.dispatch("INTERACTION_CREATE", payload)
        return payload

    def expire(self, interaction: Json) -> None:
        self._dead_tokens.add(interaction["token"])


def _answers_bot(message: Json) -> bool:
    return ((message.get("referenced_message") or {}).get("author") or {}).get("id") == BOT
