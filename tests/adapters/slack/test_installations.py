"""Many workspaces: installed by OAuth, tokens sealed and renewed, everything deleted when we are removed."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import app
from adapters.slack.installations import Installations, Seal, States
from bot.channel import Undeliverable
from bot.config import Address
from bot.errors import CannotRun
from tests.adapters.slack import standin
from tests.adapters.slack.local import BOT_USER
from tests.adapters.slack.peer import Peer, http_event
from tests.adapters.slack.standin import MemoryVault, StandIn
from tests.adapters.slack.test_http import SECRET, free_port

# slack_sdk 3.48 itself builds the header of oauth.v2.access by a class that aiohttp 3.14 has put on its way out.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

KEY = Fernet.generate_key().decode()

INSTALLED = {
    "ok": True,
    "access_token": "xoxb-first",
    "token_type": "bot",
    "scope": "chat:write",
    "bot_user_id": BOT_USER,
    "app_id": "A1",
    "team": {"id": "T1", "name": "Club"},
    "enterprise": None,
    "is_enterprise_install": False,
    "authed_user": {"id": "U1"},
    "refresh_token": "xoxe-1",
    "expires_in": 43200,
}


@asynccontextmanager
async def serving(peer: Peer, core: StandIn) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    port = free_port()
    chosen = standin.settings(
        peer.url,
        slack_bot_token=None,
        slack_app_token=None,
        slack_signing_secret=SECRET,
        slack_client_id="1.2",
        slack_client_secret="cs",
        key=(SecretStr(KEY),),
        http=Address("127.0.0.1", port),
    )
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group, aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        group.create_task(app.run(chosen, core, stop))
        for _ in range(100):
            try:
                await (await session.get(f"http://127.0.0.1:{port}/slack/events")).release()
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.02)
        try:
            yield session, f"http://127.0.0.1:{port}"
        finally:
            stop.set()


async def install(session: aiohttp.ClientSession, url: str, *, state: str | None = None) -> tuple[int, str]:
    """What a browser does: the install page, Slack's consent, the way back. Gives the status and the state used."""
    async with session.get(f"{url}/slack/install") as page:
        begun = await page.text()
        cookie = page.headers["Set-Cookie"].partition(";")[0]
    found = re.search(r"state=([^&\"]+)", begun)
    assert found is not None
    used = state or found[1]
    cookie = cookie if state is None else f"slack-app-oauth-state={state}"
    async with session.get(f"{url}/slack/oauth_redirect", params={"code": "c1", "state": used}, headers={"Cookie": cookie}) as back:
        return back.status, used


def mention(peer: Peer, text: str = "hi") -> dict[str, object]:
    return peer.event({"type": "app_mention", "user": "U1", "channel": "C1", "ts": peer.new_ts(), "text": f"<@{BOT_USER}> {text}"})


async def test_an_installed_workspace_is_answered_with_its_own_token(peer: Peer) -> None:
    peer.oauth["c1"] = INSTALLED
    core = StandIn(vault=MemoryVault())
    async with serving(peer, core) as (session, url):
        assert (await install(session, url))[0] == 200
        await (await http_event(session, f"{url}/slack/events", SECRET, mention(peer))).release()
        assert len(core.received) == 1
        peer.posts.clear()
        await core.channels[0].post({**core.received[0].place, "thread": ""}, standin.question(), "k1")

    assert peer.called("chat.postMessage")[0].token == "xoxb-first"
    assert len(peer.called("auth.test")) <= 1


async def test_a_token_is_kept_sealed(peer: Peer) -> None:
    peer.oauth["c1"] = INSTALLED
    vault = MemoryVault()
    async with serving(peer, StandIn(vault=vault)) as (session, url):
        await install(session, url)

    kept = b"".join(vault.things.values())
    assert kept
    assert b"xoxb" not in kept
    assert b"xoxe" not in kept


async def test_a_state_works_once_and_only_one_that_was_given_out(peer: Peer) -> None:
    peer.oauth["c1"] = INSTALLED
    async with serving(peer, StandIn(vault=MemoryVault())) as (session, url):
        status, used = await install(session, url)
        again, _ = await install(session, url, state=used)
        forged, _ = await install(session, url, state="forged")

    assert status == 200
    assert again >= 400
    assert forged >= 400


async def test_a_workspace_that_never_installed_us_is_not_answered(peer: Peer) -> None:
    core = StandIn(vault=MemoryVault())
    async with serving(peer, core) as (session, url):
        await (await http_event(session, f"{url}/slack/events", SECRET, mention(peer))).release()

    assert core.received == []


@pytest.mark.parametrize("event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}}])
async def test_when_we_are_removed_the_installation_and_all_talks_are_deleted(peer: Peer, event: dict[str, object]) -> None:
    peer.oauth["c1"] = INSTALLED
    core = StandIn(vault=MemoryVault())
    async with serving(peer, core) as (session, url):
        await install(session, url)
        await (await http_event(session, f"{url}/slack/events", SECRET, peer.event(event))).release()
        calls = len(peer.calls)
        with pytest.raises(Undeliverable):
            await core.channels[0].post({"team": "T1", "channel": "C1", "thread": "", "user": "U1"}, standin.question(), "k1")

    assert core.forgotten == ["slack:T1"]
    assert core.vault is not None
    assert core.vault.things == {}
    assert len(peer.calls) == calls


def bot(**more: Any) -> Bot:
    fields: dict[str, Any] = {
        "team_id": "T1",
        "bot_token": "xoxb-old",
        "bot_id": "BBOT",
        "bot_user_id": BOT_USER,
        "bot_refresh_token": "xoxe-1",
        "bot_token_expires_at": int(time.time()) + 60,
        "installed_at": time.time(),
    }
    return Bot(**{**fields, **more})


def installations(peer: Peer, vault: MemoryVault, *keys: str) -> Installations:
    rotator = AsyncTokenRotator(client_id="1.2", client_secret="cs", client=AsyncWebClient(base_url=peer.url))
    return Installations(vault, Seal(keys or (KEY,)), rotator)


async def test_a_token_near_its_end_is_renewed_once_however_many_ask(peer: Peer) -> None:
    peer.oauth["xoxe-1"] = {"ok": True, "access_token": "xoxb-new", "refresh_token": "xoxe-2", "expires_in": 43200, "token_type": "bot"}
    vault = MemoryVault()
    ours = installations(peer, vault)
    await ours.async_save_bot(bot())

    tokens = await asyncio.gather(*(ours.token({"team": "T1"}) for _ in range(20)))

    assert set(tokens) == {"xoxb-new"}
    assert len(peer.called("oauth.v2.access")) == 1
    assert await installations(peer, vault).token({"team": "T1"}) == "xoxb-new"


async def test_where_another_process_renewed_first_its_token_is_taken(peer: Peer) -> None:
    vault = MemoryVault()
    ours, other = installations(peer, vault), installations(peer, vault)
    await ours.async_save_bot(bot())
    await ours.async_find_bot(enterprise_id=None, team_id="T1")
    await other.async_save_bot(bot(bot_token="xoxb-theirs", bot_token_expires_at=int(time.time()) + 40_000))

    assert await ours.token({"team": "T1"}) == "xoxb-theirs"


async def test_of_two_processes_one_renews_and_the_other_goes_on_with_the_token_that_still_works(peer: Peer) -> None:
    peer.oauth["xoxe-1"] = {"ok": True, "access_token": "xoxb-new", "refresh_token": "xoxe-2", "expires_in": 43200, "token_type": "bot"}
    peer.slow("oauth.v2.access", 0.3)
    vault = MemoryVault()
    one, other = installations(peer, vault), installations(peer, vault)
    await one.async_save_bot(bot(bot_token_expires_at=int(time.time()) + 90 * 60))

    tokens = await asyncio.gather(one.token({"team": "T1"}), other.token({"team": "T1"}))

    assert sorted(tokens) == ["xoxb-new", "xoxb-old"]
    assert len(peer.called("oauth.v2.access")) == 1
    assert await installations(peer, vault).token({"team": "T1"}) == "xoxb-new"


async def test_the_right_to_renew_that_a_dead_process_took_is_not_waited_for_to_the_end(peer: Peer) -> None:
    peer.oauth["xoxe-1"] = {"ok": True, "access_token": "xoxb-new", "refresh_token": "xoxe-2", "expires_in": 43200, "token_type": "bot"}
    vault = MemoryVault()
    await installations(peer, vault).async_save_bot(bot(bot_token_expires_at=int(time.time()) + 30 * 60))
    await vault.take("slack/renewal/T1")

    assert await installations(peer, vault).token({"team": "T1"}) == "xoxb-new"


async def test_a_renewal_that_slack_refused_is_tried_again(peer: Peer) -> None:
    vault = MemoryVault()
    ours = installations(peer, vault)
    await ours.async_save_bot(bot(bot_token_expires_at=int(time.time()) + 90 * 60))
    assert await ours.token({"team": "T1"}) == "xoxb-old"
    peer.oauth["xoxe-1"] = {"ok": True, "access_token": "xoxb-new", "refresh_token": "xoxe-2", "expires_in": 43200, "token_type": "bot"}

    assert await ours.token({"team": "T1"}) == "xoxb-new"


async def test_an_older_key_still_opens_and_what_it_opened_needs_it_no_longer(peer: Peer) -> None:
    vault, newer = MemoryVault(), Fernet.generate_key().decode()
    await installations(peer, vault).async_save_bot(bot(bot_refresh_token=None))

    with pytest.raises(Undeliverable):
        await installations(peer, vault, newer).token({"team": "T1"})
    assert await installations(peer, vault, newer, KEY).token({"team": "T1"}) == "xoxb-old"
    assert await installations(peer, vault, newer).token({"team": "T1"}) == "xoxb-old"


async def test_an_app_installed_for_a_whole_organisation_is_found_by_it(peer: Peer) -> None:
    ours = installations(peer, MemoryVault())
    await ours.async_save_bot(bot(enterprise_id="E1", team_id=None, is_enterprise_install=True, bot_refresh_token=None))

    assert await ours.token({"team": "T7", "enterprise": "E1"}) == "xoxb-old"


async def test_states_are_taken_once() -> None:
    states = States(MemoryVault())
    state = await states.async_issue()

    assert await states.async_consume(state)
    assert not await states.async_consume(state)
    assert not await states.async_consume("x")


@pytest.mark.parametrize("keys", [(), ("short",)])
def test_a_missing_or_wrong_key_is_one_sentence(keys: tuple[str, ...]) -> None:
    with pytest.raises(CannotRun, match="POSTMASTER_KEY"):
        Seal(keys)


async def test_a_store_without_a_vault_says_so(peer: Peer) -> None:
    chosen = standin.settings(peer.url, slack_bot_token=None, slack_client_id="1.2", slack_client_secret="cs", slack_signing_secret=SECRET)
    with pytest.raises(CannotRun, match="only one workspace"):
        await app.run(chosen, StandIn(), asyncio.Event())


async def test_a_client_id_in_the_environment_does_not_turn_one_workspace_into_many(
    peer: Peer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "cs")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-test")
    core, stop = StandIn(), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(app.run(standin.settings(peer.url, slack_client_id="1.2", slack_client_secret="cs"), core, stop))
        await peer.connected()
        await peer.says(f"<@{BOT_USER}> hi")
        await peer.until(lambda: len(core.received) == 1)
        stop.set()

    assert "token" not in caplog.text
    assert json.dumps(core.received[0].place)
