"""The REST calls of the local Discord that the bot uses, with its limits, and the faults that a test asks for."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from tests.adapters.discord.local import (
    ANNA,
    APPLICATION,
    BOT,
    BOT_ROLE,
    CONTENT_FLAG,
    GUILD,
    UNKNOWN_CHANNEL,
    Json,
    Local,
    Request,
    now,
    numbered,
    user_of,
)
from tests.adapters.discord.seen import problem_with


class Rest(Local):
    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        assert "Authorization" not in request.headers, "the token must not be sent to a file server"
        if name == "moved":
            return web.Response(status=302, headers={"Location": "/files/secret"})
        return web.Response(body=self.files[name])

    async def _rest(self, request: web.Request) -> web.Response:
        path = "/" + request.match_info["path"]
        raw = await request.text()
        body = json.loads(raw) if raw else dict(request.query)
        self.requests.append(Request(request.method, path, body, time.monotonic(), dict(request.headers)))
        for fault in self.faults:
            if fault.times and fault.method == request.method and re.fullmatch(fault.path, path):
                fault.times -= 1
                if fault.after:
                    await self._answer(request, path, body)
                await self._moves()
                return as_json({"message": "no", "code": fault.code, **fault.body}, fault.status, fault.headers)
        if request.headers.get("Authorization") != f"Bot {self.token}" and not path.startswith(("/webhooks", "/interactions")):
            return as_json({"message": "401: Unauthorized", "code": 0}, 401)
        if (limited := self._limit(request.method, path)) is not None and limited["X-RateLimit-Remaining"] == "-1":
            self.refused_by_bucket += 1
            seconds = float(limited["X-RateLimit-Reset-After"])
            return as_json({"message": "slow", "retry_after": seconds, "global": False}, 429, {"Via": "1.1 google"})
        answer = await self._answer(request, path, body)
        if self.at_request is not None:
            self.at_request(request.method, path)
        answer.headers.update(limited or {})
        if path.endswith("/threads") and answer.status == 200:
            await self.dispatch("THREAD_CREATE", {**self.threads[path.split("/")[-2]], "newly_created": True})
        await self._moves()
        return answer

    def _limit(self, method: str, path: str) -> dict[str, str] | None:
        """The headers of a channel's bucket; a remaining of -1 is one too many."""
        found = re.fullmatch(r"/channels/(\d+)/messages(/\d+)?", path)
        if self.bucket is None or found is None or method not in ("POST", "PATCH"):
            return None
        most, seconds = self.bucket
        now = time.monotonic()
        used = self._used[found[1]] = [at for at in self._used[found[1]] if now - at < seconds]
        left = most - len(used) - 1
        if left >= 0:
            used.append(now)
        rest = f"{seconds - (now - used[0]):.3f}"
        return {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{time.time() + float(rest):.3f}",
            "X-RateLimit-Reset-After": rest,
            "X-RateLimit-Bucket": f"bucket-{method}",
        }

    async def _answer(self, request: web.Request, path: str, body: Any) -> web.Response:
        method = request.method
        for verb, pattern, handler in self._routes():
            if verb == method and (found := re.fullmatch(pattern, path)):
                result = handler(body, *found.groups())
                if isinstance(result, tuple):
                    return as_json(result[0], result[1])
                return web.Response(status=204) if result is None else as_json(result)
        return as_json({"message": "404: Not Found", "code": 0}, 404)

    def _routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        number, token = r"(\d+)", r"([\w.-]+)"
        return [
            ("GET", "/users/@me", lambda _: {"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None, "bot": True}),
            ("GET", "/users/@me/guilds", lambda _: self._guilds()),
            ("GET", "/oauth2/applications/@me", lambda _: self._application()),
            ("GET", "/gateway/bot", lambda _: self._gateway_bot()),
            ("GET", f"/applications/{number}/commands", lambda _, app: self.commands),
            ("PUT", f"/applications/{number}/commands", self._put_commands),
            ("POST", "/users/@me/channels", self._open_dm),
            ("GET", f"/channels/{number}/messages/{number}", lambda _, channel, message: self._one(channel, message)),
            ("GET", f"/channels/{number}/messages", self._history),
            ("POST", f"/channels/{number}/messages", self._post),
            ("PATCH", f"/channels/{number}/messages/{number}", self._edit),
            ("DELETE", f"/channels/{number}/messages/{number}", self._delete),
            ("POST", f"/channels/{number}/messages/{number}/threads", self._open_thread),
            ("GET", f"/channels/{number}", lambda _, channel: self.threads.get(channel) or UNKNOWN_CHANNEL),
            ("PATCH", f"/channels/{number}", lambda body, channel: {"id": channel, "type": 11, **body}),
            ("POST", f"/channels/{number}/typing", lambda _, channel: self.typing.append(channel)),
            ("POST", f"/interactions/{number}/{token}/callback", self._callback),
            ("POST", f"/webhooks/{number}/{token}", self._follow_up),
            ("PATCH", f"/webhooks/{number}/{token}/messages/([@\\w]+)", self._edit_webhook),
        ]

    def _application(self) -> Json:
        owner = {"id": ANNA, "username": "anna", "discriminator": "0", "avatar": None}
        common = {"id": APPLICATION, "name": "Postmaster", "description": "", "icon": None, "summary": ""}
        flags = CONTENT_FLAG if self.content else 0
        common["interactions_endpoint_url"] = self.interactions_url
        return {**common, "flags": flags, "bot_public": True, "bot_require_code_grant": False, "verify_key": "", "owner": owner}

    def _guilds(self) -> list[Json]:
        granted = self.roles.get(GUILD, 0) | self.roles.get(BOT_ROLE, 0)
        one: Json = {"id": GUILD, "name": "Help", "icon": None, "features": [], "owner": self.owner == BOT, "permissions": str(granted)}
        return [one] if self.member else []

    def _gateway_bot(self) -> Json:
        left = 1000 - len(self.identifies) if self.starts_left is None else self.starts_left
        limit = {"total": 1000, "remaining": left, "reset_after": 300 if left == 0 else 0, "max_concurrency": 1}
        return {"url": self.gateway, "shards": 1, "session_start_limit": limit}

    def _put_commands(self, body: list[Json], application: str) -> list[Json]:
        self.command_writes += 1
        self.commands = [{"id": self.snowflake(), "application_id": application, "version": "1", **command} for command in body]
        return self.commands

    def _open_dm(self, body: Json) -> Json:
        channel = self.dms.setdefault(body["recipient_id"], self.snowflake())
        return {"id": channel, "type": 1, "recipients": []}

    def _post(self, body: Json, channel: str) -> Any:
        wrong = problem_with(body)
        if wrong:
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        if body.get("enforce_nonce"):
            for message in self.messages[channel]:
                if message.get("nonce") == body["nonce"] and message["author"]["id"] == BOT:
                    return message
        message = {"id": self.snowflake(), "channel_id": channel, "author": {"id": BOT, "bot": True}, "edits": [], **body}
        self.messages[channel].append(message)
        return message

    def _history(self, asked: Json, channel: str) -> list[Json]:
        """Newest first, and without nonces: Discord does not keep them. Those after an id begin with the one that follows it."""
        limit, after = int(asked.get("limit") or 50), int(asked.get("after") or 0)
        there = [one for one in self.messages[channel] if int(one["id"]) > after]
        chosen = there[:limit] if after else there[-limit:]
        newest = [{**one, "components": numbered(one.get("components") or [])} for one in reversed(chosen)]
        if channel in self.threads and not after and len(newest) < limit and channel not in {one["id"] for one in newest}:
            newest.append(self._starter(channel))
        return [{name: value for name, value in one.items() if name not in ("nonce", "enforce_nonce")} for one in newest]

    def _starter(self, thread: str) -> Json:
        """What a thread under a message begins with: a notice that quotes the message, as long as it is there."""
        parent = self.threads[thread]["parent_id"]
        root = next((one for one in self.messages[parent] if one["id"] == thread), None)
        return {
            "id": str(int(thread) + 1),
            "channel_id": thread,
            "type": 21,
            "author": user_of(ANNA),
            "content": "",
            "referenced_message": root,
        }

    def _one(self, channel: str, message: str) -> Any:
        found = next((one for one in self.messages[channel] if one["id"] == message), None)
        return found if found is not None else ({"message": "Unknown Message", "code": 10008}, 404)

    def _edit(self, body: Json, channel: str, message: str) -> Any:
        found = next((one for one in self.messages[channel] if one["id"] == message), None)
        if found is None:
            return {"message": "Unknown Message", "code": 10008}, 404
        wrong = problem_with({**found, **body})
        if wrong:
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        found["edits"].append(body)
        found.update(body)
        return found

    def _delete(self, _body: None, channel: str, message: str) -> None:
        self.messages[channel] = [one for one in self.messages[channel] if one["id"] != message]

    def _open_thread(self, body: Json, channel: str, message: str) -> Any:
        if message in self.threads:
            return {"message": "A thread has already been created for this message", "code": 160004}, 400
        assert 1 <= len(body["name"]) <= 100
        self.threads[message] = {
            "id": message,
            "type": 11,
            "guild_id": GUILD,
            "parent_id": channel,
            "owner_id": BOT,
            "name": body["name"],
            "message_count": 0,
            "member_count": 1,
            "thread_metadata": {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": now(), "locked": False},
        }
        return self.threads[message]

    def _callback(self, body: Json, interaction: str, token: str) -> Any:
        if self._token_of.get(interaction) != token or token in self._dead_tokens:
            return {"message": "Unknown interaction", "code": 10062}, 404
        if interaction in self.acknowledged:
            return {"message": "Interaction has already been acknowledged.", "code": 40060}, 400
        data = body.get("data") or {}
        if body["type"] in (4, 7) and (wrong := problem_with({"flags": 1 << 15, **data})):
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        self.acknowledged[interaction] = body
        if body["type"] in (4, 5):
            self.private[token].append({"id": "@original", "thinking": body["type"] == 5, **data})
        if body["type"] == 7:
            for message in itertools.chain(*self.messages.values(), self.private[token]):
                if message["id"] == self._clicked.get(interaction):
                    message.setdefault("edits", []).append(data)
                    message.update(data)
        return None

    def _follow_up(self, body: Json, application: str, token: str) -> Any:
        if token in self._dead_tokens:
            return {"message": "Invalid Webhook Token", "code": 50027}, 401
        if wrong := problem_with(body):
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        message = {"id": self.snowflake(), **body}
        self.private[token].append(message)
        return message

    def _edit_webhook(self, body: Json, application: str, token: str, message: str) -> Any:
        if token in self._dead_tokens:
            return {"message": "Invalid Webhook Token", "code": 50027}, 401
        if token not in self._token_of.values():
            return {"message": "Unknown Webhook", "code": 10015}, 404
        if wrong := problem_with(body):
            return {"message": f"Invalid Form Body: {wrong}", "code": 50035}, 400
        found = next((one for one in self.private[token] if one["id"] == message), None)
        if found is None:
            found = {"id": message}
            self.private[token].append(found)
        found.update(body, thinking=False, flags=int(body.get("flags") or 0) | 64)
        return found


def as_json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    # Exactly this type: with a charset the library would hand the text back unread.
    return web.Response(body=json.dumps(body).encode(), status=status, headers={"Content-Type": "application/json", **(headers or {})})
