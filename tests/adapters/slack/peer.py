"""A local Slack: the Web API over HTTP and Socket Mode over WebSocket on loopback, as the real one was seen to behave.

It keeps channels and threads, sends each mention twice (as `app_mention` and as `message`, with two event ids), sends again what was not
acknowledged, closes sockets, limits rates, answers slowly, and refuses what Slack refuses. No part of the bot is replaced by it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import urllib.parse
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web

from tests.adapters.slack.people import People
from tests.adapters.slack.webapi import WebApi


class Peer(WebApi, People):
    async def __aenter__(self) -> Peer:
        app = web.Application(client_max_size=4 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        app.router.add_post("/response/{name}", self._response)
        app.router.add_get("/files/{name}", self._get_file)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self.sockets:
            await socket.close()
        assert self._runner is not None
        await self._runner.cleanup()

    # --- Socket Mode ----------------------------------------------------------------------------------------------------

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}, "debug_info": {}})
        await self.changed()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                said = json.loads(message.data)
                self.acks[said["envelope_id"]] = (time.monotonic(), said.get("payload"))
                await self.changed()
        if socket in self.sockets:
            self.sockets.remove(socket)
        await self.changed()
        return socket

    async def connected(self, count: int = 1) -> None:
        await self.until(lambda: len(self.sockets) >= count)

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks the client to come back, as Slack does every few hours, and closes."""
        for socket in list(self.sockets):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {}})


def signed(secret: str, body: str, at: int | None = None) -> dict[str, str]:
    """The headers of a request that Slack signs (v0, HMAC-SHA256 over version, timestamp and body)."""
    stamp = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


async def http_event(session: aiohttp.ClientSession, url: str, secret: str, payload: Mapping[str, Any]) -> aiohttp.ClientResponse:
    body = json.dumps(payload)
    return await session.post(url, data=body, headers={**signed(secret, body), "Content-Type": "application/json"})


def form_body(payload: Mapping[str, Any]) -> str:
    return urllib.parse.urlencode({"payload": json.dumps(payload)})
