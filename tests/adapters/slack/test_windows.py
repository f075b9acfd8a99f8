"""Shortcuts, forms, typeahead and the Home tab, against the local Slack; the core is scripted."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import home, modals
from adapters.slack.core import phrases
from bot.answers.forms import start_form
from bot.channel import Filled, Wrote
from bot.conversation.model import Conversation, Line, State
from knowledge.index import index
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.limits import faults
from tests.adapters.slack.local import BOT_USER, TEAM, Post
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.test_render import SNAPSHOTS, often, replies, same_as_snapshot
from tests.adapters.slack.usual import REPLIES


def by(user: str = "U1", **more: Any) -> dict[str, Any]:
    return {"team": {"id": TEAM}, "user": {"id": user, "team_id": TEAM}, "trigger_id": "tr1", "api_app_id": "A1", **more}


def on_message(text: str, **message: Any) -> dict[str, Any]:
    return by(
        type="message_action",
        callback_id="diagnose_message",
        channel={"id": "C1"},
        message={"ts": "1764000000.000100", "text": text, "user": "U2", **message},
        response_url="http://127.0.0.1:9/none",
    )


def submitted(view: dict[str, Any], view_id: str = "V1", **values: str) -> dict[str, Any]:
    state = {slot: {slot: {"type": "plain_text_input", "value": value}} for slot, value in values.items()}
    return by(type="view_submission", view={**view, "id": view_id, "hash": "h1", "state": {"values": state}})


async def test_the_message_shortcut_opens_a_window_with_the_diagnosis_at_once(peer: Peer, running: Running) -> None:
    async with running() as core:
        await peer.acked(await peer.send("interactive", on_message("550 5.7.1 <mailto:a@b.example|a@b.example>")))
        await peer.until(lambda: bool(peer.views))

    view = next(iter(peer.views.values()))
    assert core.queries[0].verb == "explain"
    assert core.queries[0].text == "550 5.7.1 a@b.example"
    assert [button["value"] for button in view["blocks"][-1]["elements"]] == [modals.IN_THREAD, modals.IN_PRIVATE]
    assert core.received == []


async def test_a_monitoring_tools_message_is_read_from_its_attachment(peer: Peer, running: Running) -> None:
    async with running() as core:
        payload = on_message("PROBLEM", bot_id="B7", attachments=[{"title": "Alert", "text": "Connection refused"}])
        await peer.acked(await peer.send("interactive", payload))
        await peer.until(lambda: bool(peer.views))

    assert core.queries[0].text == "PROBLEM\nAlert\nConnection refused"


async def test_a_secret_in_the_message_does_not_travel_in_the_window(peer: Peer, running: Running) -> None:
    async with running():
        await peer.acked(await peer.send("interactive", on_message("535 user=ann password=Hunter2-Hunter2")))
        await peer.until(lambda: bool(peer.views))

    assert "Hunter2" not in json.dumps(list(peer.views.values()))


async def test_answer_in_thread_begins_a_talk_under_the_message(peer: Peer, running: Running) -> None:
    peer.posts.append(Post("C1", "1764000000.000100", None, "550", [], {}, "U2"))
    async with running() as core:
        await press_in_window(peer, modals.IN_THREAD)
        await peer.until(lambda: bool(core.received))

    assert core.received[0].what == Wrote("550 5.7.1")
    assert core.received[0].conversation == "slack:T1:C1:1764000000.000100"
    assert core.received[0].person == "slack:T1:U1"


async def test_where_we_are_no_member_the_person_is_told_to_invite_us(peer: Peer, running: Running) -> None:
    peer.members = {"C2"}
    async with running() as core:
        await press_in_window(peer, modals.IN_THREAD)
        await peer.until(lambda: bool(peer.called("views.update")))

        view = json.dumps(peer.called("views.update")[0].body["view"])
        assert "/invite" in view
        assert modals.IN_PRIVATE in view
        assert core.received == []


async def press_in_window(peer: Peer, action: str) -> None:
    metadata = json.dumps({"channel": "C1", "thread": "1764000000.000100", "text": "550 5.7.1"})
    view = {"id": "V1", "hash": "h1", "private_metadata": metadata, "callback_id": modals.ANSWER}
    payload = by(
        type="block_actions", view=view, container={"type": "view", "view_id": "V1"}, actions=[{"action_id": action, "value": action}]
    )
    await peer.acked(await peer.send("interactive", payload))


async def test_a_trigger_that_died_is_told_to_the_person(peer: Peer, running: Running) -> None:
    peer.fail("views.open", "expired_trigger_id")
    async with running():
        payload = {**on_message("550"), "response_url": peer.response_url("r9")}
        await peer.acked(await peer.send("interactive", payload))
        await peer.until(lambda: bool(peer.responses["r9"]))

    assert "try once more" in peer.responses["r9"][0]["text"]


async def test_a_window_that_slack_refuses_is_told_to_the_person(peer: Peer, running: Running) -> None:
    peer.fail("views.open", "view_too_large")
    async with running():
        await peer.acked(await peer.send("interactive", by(type="shortcut", callback_id="start_talk")))
        await peer.until(lambda: bool(peer.ours("D1")))

    assert "did not open the window" in peer.ours("D1")[0].text


async def test_a_slow_slack_does_not_hold_the_form_open(peer: Peer, running: Running) -> None:
    peer.slow("chat.postMessage", 3.5)
    view = modals.form_view(start_form(index()), phrases(), {})
    async with running() as core:
        assert await peer.acked(await peer.send("interactive", submitted(view, error="cannot connect"))) is None
        assert core.received == []
        await core.heard()

    assert core.received[0].what == Filled("start", {"error": "cannot connect"})


async def test_the_global_shortcut_opens_the_form_and_its_answers_begin_a_talk(peer: Peer, running: Running) -> None:
    async with running() as core:
        await peer.acked(await peer.send("interactive", by(type="shortcut", callback_id="start_talk")))
        await peer.until(lambda: bool(peer.views))
        view = next(iter(peer.views.values()))
        answer = await peer.acked(await peer.send("interactive", submitted(view, error="cannot connect", host="mx.example.com")))

    assert answer is None
    assert core.received[0].what == Filled("start", {"error": "cannot connect", "host": "mx.example.com"})
    assert core.received[0].place["channel"] == "D1"


async def test_a_form_sent_twice_is_taken_once(peer: Peer, running: Running) -> None:
    view = modals.form_view(start_form(index()), phrases(), {})
    async with running() as core:
        for _ in range(2):
            await peer.acked(await peer.send("interactive", submitted(view, error="x")))

    assert len(core.received) == 1


async def test_an_empty_form_is_told_so_beside_its_first_field(peer: Peer, running: Running) -> None:
    view = modals.form_view(start_form(index()), phrases(), {})
    async with running() as core:
        answer = await peer.acked(await peer.send("interactive", submitted(view)))

    assert answer["response_action"] == "errors"
    assert list(answer["errors"]) == ["error"]
    assert core.received == []


async def test_typing_in_a_select_offers_what_is_known(peer: Peer, running: Running) -> None:
    async with running():
        payload = by(type="block_suggestion", action_id=f"{modals.SEARCH}provider", block_id="provider", value="gma")
        answer = await peer.acked(await peer.send("interactive", payload))

    assert any("Gmail" in option["text"]["text"] for option in answer["options"])


async def test_the_home_tab_shows_the_persons_own_talks_and_is_published_only_when_it_changed(peer: Peer, running: Running) -> None:
    async with running() as core:
        core.knows_talk("slack:T1:C1:1", "slack:T1:U1")
        core.knows_talk("slack:T1:C1:2", "slack:T1:U2")
        opened = peer.event({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"})
        for _ in range(2):
            await peer.acked(await peer.send("events_api", {**opened, "event_id": peer.new_ts()}))
        await peer.until(lambda: "U1" in peer.homes)
        await asyncio.sleep(0.1)

    assert len(peer.called("views.publish")) == 1
    lists = [
        block for block in peer.homes["U1"]["blocks"] if block["type"] == "rich_text" and block["elements"][0]["type"] == "rich_text_list"
    ]
    assert len(lists[0]["elements"][0]["elements"]) == 1


async def test_delete_my_data_in_the_home_tab_deletes(peer: Peer, running: Running) -> None:
    async with running() as core:
        payload = by(type="block_actions", container={"type": "view"}, actions=[{"action_id": home.FORGET}])
        await peer.acked(await peer.send("interactive", payload))
        await peer.until(lambda: bool(core.forgotten))

    assert core.forgotten == ["slack:T1:U1"]


async def test_opening_the_messages_tab_sets_the_prompts(peer: Peer, running: Running) -> None:
    async with running():
        opened = peer.event({"type": "app_home_opened", "user": "U1", "tab": "messages", "channel": "D1"})
        await peer.acked(await peer.send("events_api", opened))
        await peer.until(lambda: bool(peer.called("assistant.threads.setSuggestedPrompts")))

    assert len(peer.called("assistant.threads.setSuggestedPrompts")[0].body["prompts"]) == 4


# --- the views themselves ---------------------------------------------------------------------------------------------------


def test_the_form_asks_for_no_password_and_keeps_within_the_limits() -> None:
    view = modals.form_view(start_form(index()), phrases(), {})

    assert faults("x", view["blocks"], max_blocks=100) == []
    assert all(len(view[name]["text"]) <= 24 for name in ("title", "submit", "close"))
    assert not any("password" in block["label"]["text"].lower() for block in view["blocks"])
    same_as_snapshot("modal", json.dumps(view, indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", ["lookup", "answer"])
def test_an_answer_in_a_window_shows_its_table_as_a_list(name: str) -> None:
    view = modals.answer_view(REPLIES[name], phrases(), {}, [])

    assert faults("x", view["blocks"], max_blocks=100) == []
    assert not any(block["type"] in ("table", "actions") for block in view["blocks"])
    assert "smtp.example.com" in json.dumps(view) or "mx.example.com" in json.dumps(view)


@often
@given(replies)
def test_every_answer_fits_a_window(reply: Any) -> None:
    view = modals.answer_view(reply, phrases(), {"text": "x" * 5000}, [("in_thread", "Answer in thread")])

    assert [fault for fault in faults("x", view["blocks"], max_blocks=100) if not fault.startswith("msg_blocks_too_long")] == []
    assert len(view["private_metadata"]) <= 3000
    assert len(json.dumps(view)) <= 250_000


@settings(deadline=None)
@given(st.text(max_size=4000))
def test_what_a_window_carries_comes_back(text: str) -> None:
    carried = modals.unpacked({"private_metadata": modals.packed({"text": text, "channel": "C1"})})

    assert carried["channel"] == "C1"
    assert text.startswith(carried["text"])


def test_the_home_tab_looks_as_reviewed() -> None:
    talk = Conversation(
        "slack:T1:C1:1764000000.000100",
        "slack",
        {"channel": "C1", "thread": "1764000000.000100"},
        asker="slack:T1:U1",
        state=State.ASKING,
        transcript=(Line("person", "<!channel> 550 5.7.1 " + "x" * 100),),
    )
    view = home.view([talk], phrases(), "https://x.slack.example/")

    assert faults("x", [block for block in view["blocks"]], max_blocks=100) == []
    assert SNAPSHOTS.exists()
    assert BOT_USER not in json.dumps(view)
    same_as_snapshot("app_home", json.dumps(view, indent=2, ensure_ascii=False) + "\n")
