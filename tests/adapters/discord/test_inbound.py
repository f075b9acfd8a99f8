"""Recorded events (payloads/, one a case) and what a person did in them."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import inbound, places
from adapters.discord.commands import called
from adapters.discord.inbound import Me
from adapters.discord.places import Where
from bot.channel import Deleted, Filled, Pressed, Stopped, Wrote

PAYLOADS = Path(__file__).with_name("payloads")
ME = Me("1180000000000000001", "1180000000000000009")
GUILD, CHANNEL, ANNA = "1190000000000000001", "1190000000000000002", "1200000000000000001"
MESSAGE = "1442786000000000001"
TEXT = Where("text", roles=frozenset({"1190000000000000077"}))
THREAD = Where("thread", parent=CHANNEL, ours=True)


def payload(name: str) -> dict[str, Any]:
    found = json.loads((PAYLOADS / f"{name}.json").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_a_mention_is_the_beginning_of_a_talk_in_its_own_thread() -> None:
    heard = inbound.wrote(payload("message_mention"), ME, TEXT)

    assert heard is not None
    assert heard.what == Wrote("I cannot send, 550 5.7.1")
    assert heard.conversation == f"discord:{MESSAGE}"
    assert heard.place == {"kind": "start", "channel": CHANNEL, "root": MESSAGE, "guild": GUILD, "person": ANNA}
    assert heard.keys == (f"discord:message:{MESSAGE}",)
    assert (heard.person, heard.workspace) == (f"discord:user:{ANNA}", f"discord:guild:{GUILD}")
    assert heard.order == MESSAGE.zfill(20)
    assert heard.at == datetime.datetime(2026, 11, 25, 10, 0, 0, 123000, datetime.UTC)
    assert heard.called


@pytest.mark.parametrize(
    "name",
    [
        "message_unaddressed",
        "message_everyone",
        "message_from_bot",
        "message_from_webhook",
        "message_thread_created_notice",
    ],
)
def test_what_is_not_a_person_who_means_us_is_nothing(name: str) -> None:
    assert inbound.wrote(payload(name), ME, TEXT) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("message_mention_by_old_client", ""),
        ("message_role_mention", "it hangs"),
        ("message_under_somebodys_error", "what is this?\n\n550 5.7.1 relaying denied"),
        ("message_forwarded", "535 5.7.8 not accepted"),
        ("message_reply_to_ours", "465"),
        ("message_reply_to_ours_without_ping", "465"),
    ],
)
def test_what_was_said(name: str, text: str) -> None:
    heard = inbound.wrote(payload(name), ME, TEXT)

    assert heard is not None
    assert heard.what == Wrote(text)
    assert heard.called


def test_a_reply_to_ours_belongs_to_the_talk_that_ours_answered() -> None:
    heard = inbound.wrote(payload("message_reply_to_ours"), ME, Where("other"))

    assert heard is not None
    assert heard.conversation == f"discord:{MESSAGE}"
    assert heard.place["kind"] == "reply"


def test_in_a_thread_everybody_is_heard_and_only_a_mention_calls() -> None:
    heard = inbound.wrote(payload("message_in_thread"), ME, THREAD)

    assert heard is not None
    assert not heard.called
    assert heard.conversation == f"discord:{MESSAGE}"
    assert heard.place == {"kind": "thread", "channel": MESSAGE, "guild": GUILD, "person": ANNA}


def test_a_direct_message_is_addressed_to_us() -> None:
    heard = inbound.wrote(payload("message_in_dm"), ME, Where("dm"))

    assert heard is not None
    assert heard.called
    assert heard.place == {"kind": "dm", "channel": "1300000000000000001", "person": ANNA}
    assert heard.workspace == "discord:dm:1300000000000000001"


def test_a_forum_post_is_title_tags_and_text_in_one() -> None:
    heard = inbound.wrote(payload("message_forum_starter"), ME, Where("thread", post=("Cannot send", "Outlook")))

    assert heard is not None
    assert heard.what == Wrote("Cannot send\nOutlook\nit says 550 5.7.1")
    assert not heard.called


def test_an_edit_is_a_new_event_of_the_same_message() -> None:
    heard = inbound.wrote(payload("message_edited"), ME, TEXT, edited=True)

    assert heard is not None
    assert heard.what == Wrote("port 587", edited=True)
    assert heard.message == f"discord:{MESSAGE}"
    assert heard.keys == (f"discord:edit:{MESSAGE}:2026-11-25T10:00:30.500000+00:00",)


def test_discords_own_update_of_a_message_is_no_edit() -> None:
    assert inbound.wrote(payload("message_updated_by_discord"), ME, TEXT, edited=True) is None


@pytest.mark.parametrize(
    ("name", "meant", "conversation"),
    [
        ("interaction_button", Pressed("port:587", 1), f"discord:{MESSAGE}"),
        ("interaction_menu", Pressed("client:outlook", 4), f"discord:{MESSAGE}"),
        ("interaction_button_elsewhere", Pressed("works", 2), "discord:1442780000000000001"),
        ("interaction_modal", Wrote("port 465\nSSL/TLS"), f"discord:{MESSAGE}"),
        ("interaction_modal_in_old_rows", Wrote("587"), f"discord:{MESSAGE}"),
        ("interaction_modal_with_select", Filled("settings", {"host": "mail.example.com", "security": "starttls"}), f"discord:{MESSAGE}"),
    ],
)
def test_a_click_or_a_sent_form_says_what_its_id_carries(name: str, meant: object, conversation: str) -> None:
    click = inbound.clicked(payload(name))

    assert click is not None
    assert inbound.meant(click) == meant
    assert click.conversation == conversation


def test_a_click_on_what_another_version_posted_is_none_of_ours() -> None:
    assert inbound.clicked(payload("interaction_button_of_another_version")) is None


def test_an_interaction_carries_person_language_and_one_key() -> None:
    heard = inbound.acted(payload("interaction_button"), Pressed("port:587", 1), "discord:1", places.thread("1", GUILD, ANNA))

    assert heard.keys == ("discord:interaction:1442787000000000001",)
    assert (heard.person, heard.locale) == (f"discord:user:{ANNA}", "de")
    assert heard.at.tzinfo is not None
    assert inbound.roles_of(payload("interaction_button")) == {"1190000000000000055"}
    assert inbound.permissions_of(payload("interaction_button")) & (1 << 34)


def test_a_command_of_a_user_install_has_its_person_at_the_top() -> None:
    interaction = payload("interaction_of_a_user_install")

    assert inbound.user_of(interaction) == "1200000000000000002"
    assert called(interaction["data"]) == ("diagnose", {"text": "I cannot send"}, None)
    assert inbound.permissions_of(interaction) == 0


@pytest.mark.parametrize(
    ("name", "more", "outside"),
    [
        ("interaction_button", {}, False),
        ("interaction_button", {"authorizing_integration_owners": {"0": GUILD, "1": ANNA}}, False),
        ("interaction_button", {"authorizing_integration_owners": {"1": ANNA}}, True),
        ("interaction_of_a_user_install", {}, True),
    ],
)
def test_who_is_in_no_server_that_took_the_bot_in_is_from_outside(name: str, more: dict[str, Any], outside: bool) -> None:
    assert inbound.acted({**payload(name), **more}, Stopped(), "discord:1", {}).outsiders is outside


@pytest.mark.parametrize(("name", "where", "outside"), [("message_in_dm", Where("dm"), True), ("message_mention", TEXT, False)])
def test_a_direct_message_is_from_outside_and_a_servers_own_is_not(name: str, where: Where, outside: bool) -> None:
    heard = inbound.wrote(payload(name), ME, where)

    assert heard is not None
    assert heard.outsiders is outside


def test_a_deleted_message_is_named_with_the_talk_it_came_into() -> None:
    now = datetime.datetime(2026, 11, 25, tzinfo=datetime.UTC)

    heard = inbound.deleted(MESSAGE, CHANNEL, GUILD, "discord:1", {"kind": "thread", "channel": "1"}, "discord:user:2", now)

    assert heard.what == Deleted()
    assert heard.message == f"discord:{MESSAGE}"
    assert not heard.called


@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_nothing_of_discords_own_shape_gets_into_what_is_handed_over(path: Path) -> None:
    recorded = json.loads(path.read_text("utf-8"))
    heard = inbound.wrote(recorded, ME, THREAD) if "content" in recorded else None

    if heard is not None:
        assert all(isinstance(value, str) for value in heard.place.values())
        assert "token" not in heard.place


def test_ids_and_times_sort_alike() -> None:
    early = places.order("99")
    late = places.order(MESSAGE)

    assert early < late < places.order_at(places.time_of(MESSAGE) + datetime.timedelta(seconds=1))
    assert places.order_at(places.time_of(MESSAGE) - datetime.timedelta(seconds=1)) < late
