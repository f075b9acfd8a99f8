"""The Web API of the local Slack: what each method does, and what Slack refuses. Files, and answers under their own address, too."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from aiohttp import web

from tests.adapters.slack.limits import faults
from tests.adapters.slack.local import BOT_USER, Call, Failure, Local, Post

RESPONSE_USES = 5  # of an answer's address


class WebApi(Local):
    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        body: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            body |= await request.json()
        else:
            body |= {name: str(value) for name, value in (await request.post()).items()}
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(body.get("token", ""))
        self.calls.append(Call(method, body, time.monotonic(), token))
        if method in self._slow:
            await asyncio.sleep(self._slow[method])
        failure = self._failures[method].popleft() if self._failures[method] else None
        if failure is not None and not failure.after:
            await self.changed()
            return await self._refuse(failure)
        answer = await self._do(method, body)
        await self.changed()
        if failure is not None:
            return await self._refuse(failure)
        headers = {"x-oauth-scopes": self.scopes} if self.scopes else {}
        if self.date:
            headers["Date"] = self.date
        return web.json_response(answer, headers=headers)

    async def _refuse(self, failure: Failure) -> web.Response:
        return web.json_response({"ok": False, "error": failure.error}, status=failure.status, headers=dict(failure.headers))

    async def _do(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        match method:
            case "auth.test":
                return dict(self.auth)
            case "apps.connections.open":
                return {"ok": True, "url": f"ws://127.0.0.1:{self.port}/link"}
            case "chat.postMessage":
                return self._post(body)
            case "chat.postEphemeral":
                return self._post(body, only_for=str(body["user"]))
            case "chat.update":
                return self._update(body)
            case "chat.getPermalink":
                return {"ok": True, "permalink": f"https://x.slack.example/archives/{body['channel']}/p{body['message_ts']}"}
            case "conversations.replies" | "conversations.history":
                return self._history(body)
            case "chat.startStream" | "chat.appendStream" | "chat.stopStream":
                return self._stream(method, body)
            case "views.open" | "views.push":
                view_id = f"V{next(self._numbers)}"
                self.views[view_id] = _json(body["view"])
                return {"ok": True, "view": {"id": view_id, "hash": "1"}}
            case "views.update":
                self.views[str(body["view_id"])] = _json(body["view"])
                return {"ok": True, "view": {"id": body["view_id"], "hash": "2"}}
            case "views.publish":
                self.homes[str(body["user_id"])] = _json(body["view"])
                return {"ok": True, "view": {"id": "VHOME"}}
            case "oauth.v2.access":
                return self.oauth.get(str(body.get("code") or body.get("refresh_token")), {"ok": False, "error": "invalid_code"})
            case "usergroups.users.list":
                return {"ok": True, "users": self.helpers}
            case "users.info":
                return {"ok": True, "user": {"id": body["user"], **self.people.get(str(body["user"]), {})}}
            case "auth.revoke":
                return {"ok": True}
        return {"ok": True}

    def _post(self, body: dict[str, Any], only_for: str | None = None) -> dict[str, Any]:
        channel = str(body["channel"])
        if channel.startswith("U"):
            channel = f"D{channel[1:]}"
        if self.members and channel.startswith("C") and channel not in self.members:
            return {"ok": False, "error": "not_in_channel"}
        text, blocks = str(body.get("text", "")), _json(body.get("blocks") or [])
        if wrong := faults(text, blocks, max_text=40_000):
            return {"ok": False, "error": "invalid_blocks", "why": wrong}
        thread = body.get("thread_ts") or None
        roots = {post.ts for post in self.posts if post.thread is None}
        if thread is not None and thread not in roots:
            return {"ok": False, "error": "thread_not_found"}
        post = Post(channel, self.new_ts(), thread, text, blocks, _json(body.get("metadata") or {}), BOT_USER, only_for)
        self.posts.append(post)
        if only_for:
            return {"ok": True, "message_ts": post.ts}
        return {"ok": True, "channel": channel, "ts": post.ts}

    def _update(self, body: dict[str, Any]) -> dict[str, Any]:
        post = next((post for post in self.posts if post.ts == body["ts"] and post.channel == body["channel"]), None)
        if post is None or post.only_for:
            return {"ok": False, "error": "message_not_found"}
        if post.ts in self.streams:
            return {"ok": False, "error": "streaming_state_conflict"}
        text, blocks = str(body.get("text", "")), _json(body.get("blocks") or [])
        if len(text) > 4000:
            return {"ok": False, "error": "msg_too_long"}
        if wrong := faults(text, blocks):
            return {"ok": False, "error": "invalid_blocks", "why": wrong}
        post.text, post.blocks, post.edits = text, blocks, post.edits + 1
        return {"ok": True, "channel": post.channel, "ts": post.ts}

    def _history(self, body: dict[str, Any]) -> dict[str, Any]:
        thread = body.get("ts")
        chosen = [
            post
            for post in self.posts
            if post.channel == body["channel"] and post.only_for is None and (not thread or thread in (post.ts, post.thread))
        ]
        start, limit = int(body.get("cursor") or 0), int(body.get("limit") or 100)
        messages = [
            {"ts": p.ts, "thread_ts": p.thread, "text": p.text, "user": p.user, "metadata": p.metadata}
            for p in chosen[start : start + limit]
        ]
        following = str(start + limit) if start + limit < len(chosen) else ""
        return {"ok": True, "messages": messages, "response_metadata": {"next_cursor": following}}

    def _stream(self, method: str, body: dict[str, Any]) -> dict[str, Any]:
        if not self.streaming:
            return {"ok": False, "error": "feature_not_enabled"}
        if method == "chat.startStream":
            answer = self._post({**body, "text": "…", "blocks": []})
            if answer["ok"]:
                self.streams[answer["ts"]] = time.monotonic()
            return answer
        ts = str(body["ts"])
        started = self.streams.get(ts)
        if started is None or time.monotonic() - started > self.stream_seconds:
            self.streams.pop(ts, None)
            return {"ok": False, "error": "message_not_in_streaming_state"}
        post = next(post for post in self.posts if post.ts == ts)
        post.edits += 1
        for chunk in _json(body.get("chunks") or []):
            if chunk["type"] == "task_update":
                post.text += f"\n{chunk['title']}: {chunk['status']}"
        if method == "chat.stopStream":
            del self.streams[ts]
        return {"ok": True, "ts": ts}

    async def _response(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name in self.dead or len(self.responses[name]) >= RESPONSE_USES:
            await self.changed()
            return web.Response(status=404, text="expired_url" if name in self.dead else "used_url")
        self.responses[name].append(await request.json())
        await self.changed()
        return web.Response(text="ok")

    async def _get_file(self, request: web.Request) -> web.Response:
        kind, body = self.files[request.match_info["name"]]
        if not request.headers.get("Authorization", "").startswith("Bearer xoxb-"):
            return web.Response(status=302, headers={"Location": "https://login.example/"})
        return web.Response(body=body, content_type=kind)


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
