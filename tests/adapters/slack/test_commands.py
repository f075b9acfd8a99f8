"""`/postmaster …`: which verb was meant, and what the person alone sees of it."""

from __future__ import annotations

import pytest

from adapters.slack.commands import parse
from bot.channel import Wrote
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.peer import Peer


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ("help", "")),
        ("  ", ("help", "")),
        ("help", ("help", "")),
        ("HELP", ("help", "")),
        ("lookup gmail", ("lookup", "gmail")),
        ("lookup", ("help", "lookup")),
        ("check mail.example.com:587", ("check", "mail.example.com:587")),
        ("explain 535 5.7.8 failed", ("explain", "535 5.7.8 failed")),
        ("535 5.7.8 failed", ("explain", "535 5.7.8 failed")),
        ("my mail program shows\n“550 5.7.1”", ("explain", "my mail program shows\n“550 5.7.1”")),
        ("lookup <mailto:a@b.example|a@b.example>", ("lookup", "a@b.example")),
        ("forget", ("forget", "")),
        ("forget me", ("forget", "me")),
    ],
)
def test_a_verb_is_read_off_the_front_and_all_else_is_a_text_to_explain(typed: str, meant: tuple[str, str]) -> None:
    assert parse(typed) == meant


@pytest.mark.parametrize("typed", ["", "help", "explain 535 5.7.8 failed", "535 5.7.8 failed", "lookup gmail"])
async def test_every_answer_is_for_the_person_only_and_comes_with_the_acknowledgement(peer: Peer, running: Running, typed: str) -> None:
    async with running() as core:
        answer = await peer.acked(await peer.commands(typed))

    assert answer["response_type"] == "ephemeral"
    assert answer["text"]
    assert core.received == []
    assert peer.ours() == []


async def test_a_secret_in_a_command_does_not_travel_in_its_buttons(peer: Peer, running: Running) -> None:
    async with running():
        answer = await peer.acked(await peer.commands("explain 535 5.7.8 failed, password: Hunter2-Hunter2"))

    assert "Hunter2" not in str([block for block in answer["blocks"] if block["type"] == "actions"])


async def test_help_says_how_to_ask_in_slack(peer: Peer, running: Running) -> None:
    async with running():
        answer = await peer.acked(await peer.commands("help"))

    assert "/postmaster" in answer["text"]
    assert "Mention me" in answer["text"]


async def test_a_slow_slack_does_not_hold_the_answer_to_check(peer: Peer, running: Running) -> None:
    peer.slow("chat.postMessage", 3.5)
    async with running() as core:
        answer = await peer.acked(await peer.commands("check mail.example.com:587"))
        assert "direct message" in answer["text"]
        assert core.received == []

        await core.heard()

    assert core.received[0].what == Wrote("check mail.example.com:587")
    assert peer.responses == {}


async def test_a_direct_message_that_is_refused_late_is_told_under_the_command(peer: Peer, running: Running) -> None:
    peer.slow("chat.postMessage", 3.5)
    peer.fail("chat.postMessage", "restricted_action")
    async with running() as core:
        await peer.acked(await peer.commands("check mail.example.com:587", name="late"))
        await peer.until(lambda: bool(peer.responses["late"]))

    assert "Mention me" in peer.responses["late"][0]["text"]
    assert core.received == []


async def test_the_lookup_command_answers_inside_the_acknowledgement_for_the_person_only(peer: Peer, running: Running) -> None:
    async with running() as core:
        answer = await peer.acked(await peer.commands("lookup gmail"))

    assert answer["response_type"] == "ephemeral"
    assert "You asked for gmail." in answer["text"]
    assert any(block["type"] == "table" for block in answer["blocks"])
    assert [(query.verb, query.text) for query in core.queries] == [("lookup", "gmail")]
    assert core.received == []
    assert peer.ours() == []


async def test_forget_deletes_and_says_what_was_kept(peer: Peer, running: Running) -> None:
    async with running() as core:
        answer = await peer.acked(await peer.commands("forget me"))

    assert core.forgotten == ["slack:T1:U1"]
    assert "2 conversations" in answer["text"]


async def test_check_begins_a_talk_in_a_direct_message(peer: Peer, running: Running) -> None:
    async with running() as core:
        answer = await peer.acked(await peer.commands("check mx.example.com:25"))

    assert core.received[0].what == Wrote("check mx.example.com:25")
    assert core.received[0].place["channel"] == "D1"
    assert core.received[0].place["thread"] == peer.ours("D1")[0].ts
    assert "direct message" in answer["text"]
    assert "mx.example.com" not in peer.ours("D1")[0].text


async def test_the_share_button_puts_the_answer_into_the_channel_where_we_are_no_member(peer: Peer, running: Running) -> None:
    async with running():
        answer = await peer.acked(await peer.commands("lookup gmail"))
        share = answer["blocks"][-1]["elements"][0]
        click = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "t"}
        await peer.acked(await peer.send("interactive", {**click, "response_url": peer.response_url("r1"), "actions": [share]}))
        await peer.until(lambda: bool(peer.responses["r1"]))

    assert peer.responses["r1"][0]["response_type"] == "in_channel"
    assert "gmail" in peer.responses["r1"][0]["text"]


async def test_a_share_button_whose_time_is_over_is_told_to_the_person(peer: Peer, running: Running) -> None:
    async with running():
        answer = await peer.acked(await peer.commands("lookup gmail"))
        share = answer["blocks"][-1]["elements"][0]
        click = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "tr9"}
        peer.dead.add("r1")
        await peer.acked(await peer.send("interactive", {**click, "response_url": peer.response_url("r1"), "actions": [share]}))
        await peer.until(lambda: bool(peer.ours("D1")))

    assert "type the command again" in peer.ours("D1")[0].text
    assert peer.responses["r1"] == []
