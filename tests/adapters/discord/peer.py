"""A local Discord: the REST calls and the gateway that the bot uses, over real HTTP and a real WebSocket on loopback.

It behaves as Discord is documented to where the bot depends on it (nonces, threads that take their message's id, one acknowledgement an
interaction, tokens that belong to their interaction), and fails where it is told to. It stands in because the real one cannot run here.
"""

from __future__ import annotations

import json
import re

from aiohttp import WSMsgType, web

from tests.adapters.discord.local import (
    APPLICATION,
    BOT,
    BOT_ROLE,
    CONTENT_FLAG,
    FORUM,
    GENERAL,
    GUILD,
    HELPERS_ROLE,
    SOLVED_TAG,
    VOICE,
    Json,
    Request,
    Socket,
    now,
)
from tests.adapters.discord.people import People
from tests.adapters.discord.rest import Rest


class Peer(Rest, People):
    # --- up and down ---

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/gateway", self._gateway)
        app.router.add_get("/files/{name}", self._file)
        app.router.add_route("*", "/api/v10/{path:.*}", self._rest)
        self._runner = web.AppRunner(app, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        for socket in self.sockets:
            if not socket.ws.closed:
                await socket.ws.close(code=1001)
        if self._runner is not None:
            await self._runner.cleanup()

    # --- gateway ---

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        socket = Socket(ws)
        await socket.send(10, {"heartbeat_interval": int(self.heartbeat_seconds * 1000)})
        async for frame in ws:
            if frame.type is not WSMsgType.TEXT:
                break
            message = json.loads(frame.data)
            match message["op"]:
                case 1:
                    self.heartbeats += 1
                    if self.answers_heartbeats:
                        await socket.send(11)
                case 2:
                    self.identifies.append(message["d"])
                    if self.close_with:
                        await ws.close(code=self.close_with.pop(0))
                        break
                    await self._welcome(socket, message["d"])
                case 6:
                    self.resumes.append(message["d"])
                    for t, d in self.missed:
                        await socket.send(0, d, t)
                    self.missed.clear()
                    self.sockets.append(socket)
                    await socket.send(0, {}, "RESUMED")
            await self._moves()
        if socket in self.sockets:
            self.sockets.remove(socket)
        return ws

    async def _welcome(self, socket: Socket, identify: Json) -> None:
        socket.session, socket.shard = f"session{len(self.identifies)}", identify.get("shard", [0, 1])
        ready = {
            "v": 10,
            "user": {"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None, "bot": True},
            "guilds": [{"id": GUILD, "unavailable": True}] if self.member else [],
            "session_id": socket.session,
            "resume_gateway_url": self.gateway,
            "application": {"id": APPLICATION, "flags": CONTENT_FLAG if self.content else 0},
            "shard": socket.shard,
        }
        await socket.send(0, ready, "READY")
        if self.member:
            await socket.send(0, self.guild(), "GUILD_CREATE")
        self.sockets.append(socket)

    def guild(self) -> Json:
        role = {
            "permissions": "0",
            "color": 0,
            "colors": {},
            "position": 1,
            "hoist": False,
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        channel = {"guild_id": GUILD, "position": 0, "parent_id": None, "nsfw": False}
        managed = {"managed": True, "tags": {"bot_id": BOT}}
        tag = {"moderated": False, "emoji_id": None, "emoji_name": None}
        member = {"roles": [BOT_ROLE], "joined_at": now(), "deaf": False, "mute": False, "flags": 0}
        return {
            "id": GUILD,
            "name": "Help",
            "owner_id": self.owner,
            "member_count": 3,
            "roles": [
                {**role, "id": GUILD, "name": "@everyone", "permissions": str(self.roles.get(GUILD, 0))},
                {**role, "id": BOT_ROLE, "name": "Postmaster", **managed, "permissions": str(self.roles.get(BOT_ROLE, 0))},
                {**role, "id": HELPERS_ROLE, "name": "Helpers", "mentionable": self.mentionable},
            ],
            "channels": [
                {
                    **channel,
                    **one,
                    "last_message_id": self.newest(str(one["id"])),
                    "permission_overwrites": self.overwrites.get(str(one["id"]), []),
                }
                for one in (
                    {"id": GENERAL, "type": 0, "name": "general"},
                    {"id": VOICE, "type": 2, "name": "Voice", "bitrate": 64000, "user_limit": 0},
                    {"id": FORUM, "type": 15, "name": "help", "available_tags": [{**tag, "id": SOLVED_TAG, "name": "Solved"}]},
                )
            ],
            "threads": list(self.threads.values()),
            "members": [{**member, "user": {"id": BOT, "username": "Postmaster", "discriminator": "0", "avatar": None, "bot": True}}],
            "emojis": [],
            "stickers": [],
            "features": [],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }

    def as_told(self, channel: Json) -> Json:
        id = str(channel["id"])
        return {**channel, "last_message_id": self.newest(id), "permission_overwrites": self.overwrites.get(id, [])}

    async def dispatch(self, t: str, d: Json) -> None:
        """To whom Discord sends it: the shard of its server, or the first shard for what is in none."""
        guild = int(d.get("guild_id") or 0)
        for socket in list(self.sockets):
            if not self.by_shard or (guild >> 22) % socket.shard[1] == socket.shard[0]:
                await socket.send(0, d, t)

    # --- what is seen ---

    def newest(self, channel: str) -> str | None:
        return max((one["id"] for one in self.messages[channel]), key=int, default=None)

    def ours(self, channel: str) -> list[Json]:
        return [message for message in self.messages[channel] if message["author"]["id"] == BOT]

    def calls(self, method: str, path: str) -> list[Request]:
        return [request for request in self.requests if request.method == method and re.fullmatch(path, request.path)]
