"""Start, loss and end of the connection: what the administrator reads, and that nobody is answered twice or left out."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import discord
import pytest

from adapters.discord import app, client, places, preflight
from adapters.discord.identifying import Pace
from bot.errors import CannotRun
from tests.adapters.discord.local import BOT, GUILD, TOKEN, Fault
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, configured, running
from tests.adapters.discord.seen import words_of

pytestmark = pytest.mark.usefixtures("soon")


async def test_it_asks_for_as_little_as_it_needs(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        pass

    assert peer.identifies[0]["intents"] == 37377
    assert peer.identifies[0]["shard"] == [0, 1]


@pytest.mark.parametrize(("op", "d"), [(7, None), (9, True)], ids=["a request to reconnect", "a session that may be resumed"])
async def test_a_lost_connection_is_resumed_and_what_was_missed_is_answered_once(
    op: int, d: bool | None, peer: Peer, service: Scripted
) -> None:
    async with running(peer, service):
        heard = await peer.mention("I cannot send")
        await peer.until(lambda: peer.ours(heard["id"]))
        missed = peer.said(f"<@{BOT}> 550 5.7.1")
        peer.missed = [("MESSAGE_CREATE", heard), ("MESSAGE_CREATE", missed)]
        await peer.sockets[0].send(op, d)
        await peer.until(lambda: peer.ours(missed["id"]))

    assert len(peer.identifies) == len(peer.resumes) == 1
    assert len(peer.ours(heard["id"])) == 1


def test_neither_members_nor_messages_are_kept() -> None:
    lean = client.Client(lambda raw: None, lambda: None, lambda thread: None, content=True, shards=([0], 1), pace=Pace())

    assert lean._connection._messages is None
    assert lean._connection.member_cache_flags == discord.MemberCacheFlags.none()
    assert not lean._connection._chunk_guilds
    assert lean.allowed_mentions is not None
    assert not any((lean.allowed_mentions.everyone, lean.allowed_mentions.users, lean.allowed_mentions.roles))


async def test_an_invalid_session_identifies_anew_at_the_same_gateway(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        await peer.sockets[0].send(9, False)
        await peer.until(lambda: len(peer.identifies) == 2 and peer.sockets)
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))


async def test_a_heartbeat_that_is_asked_for_is_sent(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        before = peer.heartbeats
        await peer.sockets[0].send(1)
        await peer.until(lambda: peer.heartbeats > before)


async def test_a_connection_whose_heartbeat_is_not_answered_is_taken_up_anew(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "HEARTBEAT_SECONDS", 0.5)
    peer.heartbeat_seconds = 0.1
    async with running(peer, service):
        peer.answers_heartbeats = False
        await peer.until(lambda: peer.resumes)
        peer.answers_heartbeats = True
        await peer.until(lambda: peer.sockets)
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))


async def test_a_day_without_starts_left_is_waited_for(peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    peer.starts_left = 0
    async with running(peer, service):
        pass

    assert "no more starts" in caplog.text


async def test_a_refused_intent_is_done_without(peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    peer.close_with = [4014]
    async with running(peer, service):
        await peer.until(lambda: len(peer.identifies) == 2 and peer.sockets)
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert [identify["intents"] for identify in peer.identifies] == [37377, 4609]
    assert "Message Content Intent" in caplog.text


@pytest.mark.parametrize(
    ("code", "word"), [(4004, "DISCORD_TOKEN"), (4010, "DISCORD_SHARDS"), (4011, "DISCORD_SHARDS"), (4013, "discord.py")]
)
async def test_a_connection_closed_for_good_is_one_sentence(code: int, word: str, peer: Peer, service: Scripted) -> None:
    peer.close_with = [code]

    with pytest.raises(CannotRun, match=word):
        await app.run(configured(DISCORD_API_URL=peer.api), service, asyncio.Event())


async def test_an_event_that_the_library_cannot_read_does_not_end_the_bot(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_PAUSES_SECONDS", (0.05,))
    async with running(peer, service):
        await peer.dispatch("CHANNEL_CREATE", {"guild_id": GUILD, "nonsense": True})
        await peer.until(lambda: len(peer.identifies) == 2 and peer.sockets)
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))


async def test_shards_of_this_process_are_the_configured_ones(peer: Peer, service: Scripted) -> None:
    async with running(peer, service, DISCORD_SHARDS="1-2/4", DISCORD_GATEWAY_URL=peer.gateway):
        await peer.until(lambda: len(peer.identifies) == 2)

    assert sorted(identify["shard"] for identify in peer.identifies) == [[1, 4], [2, 4]]


async def test_it_can_be_stopped_while_the_gateway_does_not_answer(peer: Peer, service: Scripted) -> None:
    stop = asyncio.Event()
    settings = configured(DISCORD_API_URL=peer.api, DISCORD_GATEWAY_URL=f"ws://127.0.0.1:{peer.port}/nothing-here")
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(app.run(settings, service, stop))
        await peer.until(lambda: peer.commands)
        stop.set()

    assert peer.identifies == []


async def test_what_is_being_answered_at_the_end_is_answered(peer: Peer, service: Scripted) -> None:
    async with running(peer, service) as stop:
        asked = await peer.mention("I cannot send")
        await peer.until(lambda: service.received)
        stop.set()

    assert len(peer.ours(asked["id"])) == 1


async def test_what_was_said_in_our_threads_during_a_restart_is_answered_once(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
    service.talks[f"discord:{thread}"] = replace(service.talks[f"discord:{thread}"], last_order=places.order(thread))
    missed = peer.said("it is port 465", channel=thread)
    peer.messages[thread].append({name: value for name, value in missed.items() if name not in ("guild_id", "member")})
    peer.threads[thread]["last_message_id"] = missed["id"]
    async with running(peer, service):
        await peer.until(lambda: len(peer.ours(thread)) == 2)
        await peer.sockets[0].send(9, False)
        await peer.until(lambda: len(peer.identifies) == 3 and peer.sockets)

    assert "You said: it is port 465" in words_of(peer.ours(thread)[1])
    assert len(service.received) == 2


async def test_missing_permissions_are_named_at_the_start_with_their_purpose(
    peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(peer, service):
        await peer.until(lambda: "lacks" in caplog.text)

    assert "Create Public Threads (opens a thread under a question)" in caplog.text


async def test_leaving_a_server_forgets_it_and_an_outage_does_not(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        await peer.dispatch("GUILD_DELETE", {"id": GUILD, "unavailable": True})
        await peer.dispatch("GUILD_DELETE", {"id": GUILD})
        await peer.until(lambda: service.forgotten)

    assert service.forgotten == [f"discord:guild:{GUILD}"]


# --- preflight -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "word"), [("", "not set"), ("xoxb-1", "Slack token"), ("xapp-1", "Slack token"), ("wrong", "does not know")]
)
async def test_a_wrong_token_is_one_sentence_with_its_remedy(token: str, word: str, peer: Peer) -> None:
    with pytest.raises(CannotRun, match=word) as failure:
        await preflight.identity(token, peer.api)

    assert token == "" or token not in str(failure.value)


async def test_a_token_is_taken_however_it_was_copied(peer: Peer) -> None:
    who = await preflight.identity(f"  Bot {TOKEN}\n", peer.api)

    assert (who.name, who.content, who.gateway) == ("Postmaster", True, peer.gateway)


async def test_an_unreachable_or_failing_discord_is_one_sentence(peer: Peer) -> None:
    peer.faults.append(Fault("GET", "/users/@me", 403, 0))
    with pytest.raises(CannotRun, match="HTTP 403"):
        await preflight.identity(TOKEN, peer.api)
    await peer.stop()
    with pytest.raises(CannotRun, match="cannot be reached"):
        await preflight.identity(TOKEN, peer.api)


@pytest.mark.parametrize(
    ("given", "base"),
    [
        (None, "https://discord.com/api/v10"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1/api/v10"),
        ("http://127.0.0.1:1/api", "http://127.0.0.1:1/api/v10"),
        ("http://127.0.0.1:1/api/v10/", "http://127.0.0.1:1/api/v10"),
    ],
)
def test_the_address_of_the_api_is_completed(given: str | None, base: str) -> None:
    assert preflight.api_base(given) == base


def test_the_gateway_follows_the_api_unless_it_is_named() -> None:
    assert preflight.gateway_url(None, None, "wss://elsewhere") == preflight.DEFAULT_GATEWAY
    assert preflight.gateway_url(None, "http://127.0.0.1:1", "ws://127.0.0.1:2") == "ws://127.0.0.1:2"
    assert preflight.gateway_url("wss://named", "http://127.0.0.1:1", "ws://127.0.0.1:2") == "wss://named"


async def test_a_limit_on_an_interaction_is_noted_without_its_token(
    peer: Peer, service: Scripted, caplog: pytest.LogCaptureFixture
) -> None:
    limited = {"retry_after": 0.05, "global": False}
    peer.faults.append(Fault("PATCH", "/webhooks/.*", 429, headers={"Via": "1.1 google"}, body=limited))
    async with running(peer, service):
        called = await peer.slash("diagnose", options={"text": "I cannot send"})
        await peer.until(lambda: [one for one in peer.private[called["token"]] if not one["thinking"]])

    (note,) = [record.getMessage() for record in caplog.records if record.name == "discord.http" and "429" in record.getMessage()]
    assert "/webhooks/" in note
    assert called["token"] not in caplog.text


def test_nothing_of_a_person_is_logged_at_the_levels_that_are_used() -> None:
    assert logging.getLogger("discord").getEffectiveLevel() > logging.DEBUG
