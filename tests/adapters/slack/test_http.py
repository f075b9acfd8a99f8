"""HTTP mode: what Slack signs is taken, what it did not sign is not."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import time
import urllib.parse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from adapters.slack import app
from bot.channel import Wrote
from bot.config import Address
from bot.errors import CannotRun
from tests.adapters.slack import standin
from tests.adapters.slack.local import BOT_USER
from tests.adapters.slack.peer import Peer, form_body, signed
from tests.adapters.slack.standin import StandIn

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(peer: Peer, core: StandIn) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    port = free_port()
    chosen = standin.settings(peer.url, slack_app_token=None, slack_signing_secret=SECRET, http=Address("127.0.0.1", port))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group, aiohttp.ClientSession() as session:
        group.create_task(app.run(chosen, core, stop))
        url = f"http://127.0.0.1:{port}/slack/events"
        for _ in range(100):
            try:
                await (await session.get(url)).release()
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)
        try:
            yield session, url
        finally:
            stop.set()


async def send(
    session: aiohttp.ClientSession, url: str, body: str, kind: str, at: int | None = None, secret: str = SECRET
) -> tuple[int, str]:
    async with session.post(url, data=io.BytesIO(body.encode()), headers={**signed(secret, body, at), "Content-Type": kind}) as answer:
        return answer.status, await answer.text()


async def test_a_signed_event_is_taken_and_acknowledged_and_its_retry_is_taken_once(peer: Peer) -> None:
    core = StandIn()
    event = json.dumps(peer.event({"type": "app_mention", "user": "U1", "channel": "C1", "ts": peer.new_ts(), "text": f"<@{BOT_USER}> hi"}))
    async with serving(peer, core) as (session, url):
        assert (await send(session, url, event, "application/json"))[0] == 200
        assert (await send(session, url, event, "application/json"))[0] == 200

    assert [incoming.what for incoming in core.received] == [Wrote("hi")]
    assert core.duplicates == 1


async def test_what_is_not_signed_or_too_old_is_refused(peer: Peer) -> None:
    core = StandIn()
    event = json.dumps(peer.event({"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1764000000.000100", "text": "x"}))
    async with serving(peer, core) as (session, url):
        assert (await send(session, url, event, "application/json", secret="other"))[0] == 401
        assert (await send(session, url, event, "application/json", at=int(time.time()) - 600))[0] == 401

    assert core.received == []


async def test_slacks_check_of_the_address_is_answered(peer: Peer) -> None:
    async with serving(peer, StandIn()) as (session, url):
        status, text = await send(
            session, url, json.dumps({"type": "url_verification", "challenge": "c1", "token": "x"}), "application/json"
        )

    assert status == 200
    assert "c1" in text


async def test_a_store_that_is_away_gives_an_error_so_that_slack_comes_back(peer: Peer) -> None:
    core = StandIn(broken=True)
    event = json.dumps(peer.event({"type": "app_mention", "user": "U1", "channel": "C1", "ts": peer.new_ts(), "text": f"<@{BOT_USER}> hi"}))
    async with serving(peer, core) as (session, url):
        assert (await send(session, url, event, "application/json"))[0] == 500


async def test_a_command_is_answered_in_the_response(peer: Peer) -> None:
    fields = {"command": "/postmaster", "text": "lookup gmail", "team_id": "T1", "user_id": "U1", "channel_id": "C1", "trigger_id": "t"}
    async with serving(peer, StandIn()) as (session, url):
        status, text = await send(session, url, urllib.parse.urlencode(fields), "application/x-www-form-urlencoded")

    assert status == 200
    assert json.loads(text)["response_type"] == "ephemeral"


async def test_a_window_is_opened_from_a_form_encoded_payload(peer: Peer) -> None:
    payload = {
        "type": "shortcut",
        "callback_id": "start_talk",
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T1"},
        "trigger_id": "t",
    }
    async with serving(peer, StandIn()) as (session, url):
        assert (await send(session, url, form_body(payload), "application/x-www-form-urlencoded"))[0] == 200
        await peer.until(lambda: bool(peer.views))


async def test_a_body_above_one_mebibyte_is_refused(peer: Peer) -> None:
    async with serving(peer, StandIn()) as (session, url):
        assert (await send(session, url, "x" * (1024 * 1024 + 1), "application/json"))[0] == 413


async def test_a_port_that_is_taken_is_one_sentence(peer: Peer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        here = Address("127.0.0.1", taken.getsockname()[1])
        chosen = standin.settings(peer.url, slack_app_token=None, slack_signing_secret=SECRET, http=here)
        with pytest.raises(CannotRun, match="POSTMASTER_HTTP"):
            await app.run(chosen, StandIn(), asyncio.Event())


async def test_a_client_id_in_the_environment_does_not_make_one_workspaces_app_one_of_many(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "s")
    async with serving(peer, StandIn()) as (session, url), session.get(url.replace("events", "install")) as answer:
        assert answer.status == 404
