"""Recorded payloads, each as the core gets it. Names: event and case, as the files in payloads/."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.clicks import clicked, packed_form
from adapters.slack.inbound import Heard, Us, heard
from bot.channel import Deleted, Pressed, Stopped, Wrote

US = Us("UBOT", "BBOT")
PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> dict[str, Any]:
    loaded = json.loads((PAYLOADS / f"{name}.json").read_text())
    assert isinstance(loaded, dict)
    return loaded


def said(name: str) -> Heard:
    found = heard(payload(name), US)
    assert found is not None
    return found


def text(found: Heard) -> str:
    assert isinstance(found.incoming.what, Wrote)
    return found.incoming.what.text


def test_a_mention_opens_a_conversation_in_a_thread_under_it() -> None:
    found = said("app_mention_root")

    assert text(found) == "Outlook says 550 5.7.1 Unable to relay, server smtp.example.com & port 587"
    assert found.incoming.conversation == "slack:T1:C1:1764000000.000100"
    assert found.incoming.place == {"team": "T1", "channel": "C1", "thread": "1764000000.000100", "user": "U1", "home": "T1"}
    assert found.incoming.person == "slack:T1:U1"
    assert found.incoming.workspace == "slack:T1"
    assert found.incoming.called
    assert not found.known_only
    assert found.incoming.at == datetime.datetime(2025, 11, 24, 16, 0, 0, 100, tzinfo=datetime.UTC)


def test_a_mention_has_two_keys_so_that_either_twin_is_known() -> None:
    assert said("app_mention_root").incoming.keys == ("slack:event:Ev1", "slack:message:T1:C1:1764000000.000100")


@pytest.mark.parametrize("name", ["message_twin_of_mention", "message_twin_of_mention_in_thread"])
def test_the_message_twin_of_a_mention_is_nobody(name: str) -> None:
    assert heard(payload(name), US) is None


def test_a_mention_inside_a_thread_answers_under_its_root() -> None:
    found = said("app_mention_in_thread")

    assert text(found) == "sorry, 587"
    assert found.incoming.place["thread"] == "1764000000.000100"


def test_an_empty_mention_in_a_thread_looks_at_the_message_above() -> None:
    assert said("app_mention_empty_in_thread").look_above


def test_a_person_of_a_connected_workspace_keeps_their_own_and_the_talk_stays_in_ours() -> None:
    found = said("app_mention_from_slack_connect")

    assert found.incoming.person == "slack:T9:U9"
    assert found.incoming.workspace == "slack:T1"
    assert found.incoming.conversation == "slack:T1:C1:1764000000.000100"


def test_a_follow_up_in_a_thread_counts_only_where_we_talk_and_only_of_the_asker() -> None:
    for name in ("message_in_thread", "message_thread_broadcast"):
        found = said(name)

        assert found.known_only, name
        assert found.asker_only, name
        assert not found.incoming.called, name


def test_a_direct_message_needs_no_mention() -> None:
    found = said("message_direct")

    assert found.incoming.called
    assert not found.known_only
    assert found.incoming.conversation == "slack:T1:D1:1764000000.000100"
    assert said("message_direct_in_thread").incoming.conversation == found.incoming.conversation


@pytest.mark.parametrize(
    "name",
    [
        "message_from_bot",
        "app_mention_from_bot",
        "message_from_bot_by_subtype",
        "message_from_slackbot",
        "message_from_system",
        "message_from_ourselves",
        "message_channel_join",
        "message_hidden",
        "message_in_channel",
        "message_in_thread_to_another_person",
        "message_changed_link_unfolded",
        "message_changed_by_bot",
        "message_deleted_of_ours",
    ],
)
def test_what_is_not_a_person_talking_to_us_is_not_heard(name: str) -> None:
    assert heard(payload(name), US) is None


def test_an_edited_message_replaces_its_earlier_form() -> None:
    found = said("message_changed")

    assert found.incoming.what == Wrote("port 587", edited=True)
    assert found.incoming.message == "slack:T1:C1:1764000000.000100"
    assert found.incoming.order > said("app_mention_root").incoming.order
    assert found.known_only
    assert said("message_changed_in_thread").incoming.conversation == "slack:T1:C1:1763999000.000100"


def test_an_edit_is_no_duplicate_of_the_message() -> None:
    assert not set(said("message_changed").incoming.keys[1:]) & set(said("app_mention_root").incoming.keys)


def test_a_deleted_message_is_named_by_its_own_id() -> None:
    found = said("message_deleted")

    assert found.incoming.what == Deleted()
    assert found.incoming.message == said("message_in_thread").incoming.message
    assert found.incoming.conversation == "slack:T1:C1:1764000000.000100"


def test_a_root_deleted_under_its_replies_is_a_deletion() -> None:
    assert said("message_changed_tombstone").incoming.what == Deleted()


def test_an_attached_log_is_named_to_be_fetched() -> None:
    found = said("message_file_share")

    assert text(found) == "here is the log"
    assert [(file.name, file.size) for file in found.files] == [("send.log", 1200)]


def test_a_pasted_table_is_read_as_lines() -> None:
    assert text(said("message_pasted_table")) == "Server smtp.example.com\nPort 587"


def test_stop_in_the_agent_view_stops() -> None:
    assert said("agent_session_stopped").incoming.what == Stopped()


def test_a_button_brings_back_its_conversation_turn_and_choice() -> None:
    click = clicked(payload("block_actions_button"))

    assert click is not None
    assert click.incoming.what == Pressed("port_587", 3)
    assert click.incoming.conversation == "slack:T1:C1:1764000000.000100"
    assert click.response_url == "https://hooks.slack.com/actions/T1/1/x"
    assert "https" not in repr(click.incoming)


def test_a_menu_brings_back_the_same_as_a_button() -> None:
    click = clicked(payload("block_actions_select"))

    assert click is not None
    assert click.incoming.what == Pressed("gmx", 4)


def test_a_click_on_an_ephemeral_message_has_no_message_and_is_understood() -> None:
    assert clicked(payload("block_actions_ephemeral")) is not None


@pytest.mark.parametrize("name", ["block_actions_link", "block_actions_foreign_value"])
def test_other_buttons_are_none_of_our_choices(name: str) -> None:
    assert clicked(payload(name)) is None


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_no_payload_with_parts_missing_raises(path: Path) -> None:
    whole = json.loads(path.read_text())
    for broken in _broken(whole):
        heard(broken, US)
        clicked(broken)
        packed_form(broken)


def _broken(whole: Any) -> list[Any]:
    """The payload with each value, at any depth, replaced by null, a number, an empty map."""
    found = []

    def walk(node: Any, put: Any) -> None:
        bads: tuple[Any, ...] = (None, 7, {}, [])
        for bad in bads:
            put(bad)
            found.append(json.loads(json.dumps(whole)))
        put(node)
        if isinstance(node, dict):
            for key in list(node):
                walk(node[key], lambda value, key=key: node.__setitem__(key, value))
        elif isinstance(node, list):
            for place in range(len(node)):
                walk(node[place], lambda value, place=place: node.__setitem__(place, value))

    for key in list(whole):
        walk(whole[key], lambda value, key=key: whole.__setitem__(key, value))
    return found
