"""The real process over its real store, installed by OAuth in a workspace, over HTTP: from "Add to Slack" to its removal."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import aiohttp
import pytest

from tests.adapters.slack.local import BOT_USER, Post
from tests.adapters.slack.peer import Peer, http_event
from tests.adapters.slack.test_http import SECRET, free_port
from tests.adapters.slack.test_installations import INSTALLED, KEY, install
from tests.adapters.slack.test_process import postmaster

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")


def many(port: int) -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": "",
        "SLACK_APP_TOKEN": "",
        "SLACK_CLIENT_ID": "1.2",
        "SLACK_CLIENT_SECRET": "cs",
        "SLACK_SIGNING_SECRET": SECRET,
        "POSTMASTER_KEY": KEY,
        "POSTMASTER_HTTP": f"127.0.0.1:{port}",
    }


async def listening(session: aiohttp.ClientSession, url: str) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await (await session.get(f"{url}/slack/events")).release()
                return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


async def tell(session: aiohttp.ClientSession, url: str, peer: Peer, event: dict[str, object]) -> int:
    answer = await http_event(session, f"{url}/slack/events", SECRET, peer.event(event))
    await answer.release()
    return answer.status


async def mentions(session: aiohttp.ClientSession, url: str, peer: Peer) -> str:
    """A person writes in a channel; gives the ts of the message, in whose thread the answer comes."""
    ts = peer.new_ts()
    peer.posts.append(Post("C1", ts, None, "hello", [], {}, "U1"))
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": ts, "text": f"<@{BOT_USER}> hello"}
    assert await tell(session, url, peer, dict(event)) == 200
    return ts


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("store.sqlite*"))


def talks(folder: Path) -> int:
    with sqlite3.connect(folder / "store.sqlite") as store:
        return int(store.execute("SELECT count(*) FROM conversation").fetchone()[0])


async def test_a_workspace_is_installed_answered_renewed_over_a_restart_and_removed_without_a_trace(peer: Peer, tmp_path: Path) -> None:
    soon = {**INSTALLED, "expires_in": 60}  # its token ends soon, so it is renewed at its first use
    peer.oauth["c1"] = soon
    peer.oauth["xoxe-1"] = {"ok": True, "access_token": "xoxb-second", "refresh_token": "xoxe-2", "expires_in": 43200, "token_type": "bot"}
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        async with postmaster(peer, tmp_path, **many(port)) as first:
            await listening(session, url)
            status, state = await install(session, url)
            again, _ = await install(session, url, state=state)
            root = await mentions(session, url, peer)
            await peer.until(lambda: bool(peer.ours("C1", root)), within=20)
            first.terminate()
            await first.wait()
        assert status == 200
        assert again >= 400
        assert first.returncode == 0
        assert {call.token for call in peer.called("chat.postMessage")} == {"xoxb-second"}
        assert sum(call.body.get("grant_type") == "refresh_token" for call in peer.called("oauth.v2.access")) == 1
        kept = written(tmp_path)
        assert b"xoxb-" not in kept
        assert b"xoxe-" not in kept

        async with postmaster(peer, tmp_path, **many(port)) as second:
            await listening(session, url)
            other = await mentions(session, url, peer)
            await peer.until(lambda: bool(peer.ours("C1", other)), within=20)
            assert talks(tmp_path) == 2
            calls = len(peer.calls)
            assert await tell(session, url, peer, {"type": "app_uninstalled"}) == 200
            assert await tell(session, url, peer, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}) == 200
            assert talks(tmp_path) == 0
            assert len(peer.calls) == calls
            await mentions(session, url, peer)
            await asyncio.sleep(0.3)
            assert talks(tmp_path) == 0
            assert second.returncode is None
            second.terminate()
            await second.wait()
    with sqlite3.connect(tmp_path / "store.sqlite") as store:
        assert store.execute("SELECT count(*) FROM vault WHERE name NOT LIKE 'slack/state/%'").fetchone() == (0,)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("SLACK_CLIENT_SECRET", b"SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
        ("SLACK_SIGNING_SECRET", b"Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP) is set"),
        ("POSTMASTER_KEY", b"POSTMASTER_KEY is not set"),
    ],
)
async def test_what_many_workspaces_need_and_is_missing_is_one_sentence_and_exit_3(
    peer: Peer, tmp_path: Path, missing: str, sentence: bytes
) -> None:
    async with postmaster(peer, tmp_path, **{**many(free_port()), missing: ""}) as process:
        async with asyncio.timeout(20):
            _, said = await process.communicate()

    assert process.returncode == 3
    assert sentence in said
    assert b"Traceback" not in said
