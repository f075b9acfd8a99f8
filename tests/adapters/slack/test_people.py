"""Guests and people of a connected workspace see nothing internal: no server that is not public, and not whom a hand-off calls."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.people import OUTSIDE, is_outside
from bot.channel import Place, Undeliverable
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.local import BOT_USER
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.standin import StandIn
from tests.adapters.slack.test_app import asks
from tests.adapters.slack.test_delivery import made
from tests.adapters.slack.usual import REPLIES

INTERNAL: dict[str, Any] = {"probe_allow": ("10.0.0.0/8",)}
GUEST = {"is_restricted": True}


async def mentioned(peer: Peer, core: StandIn, user: str, **more: Any) -> bool:
    """Whether the core is told that people from outside read the answer to a mention of `user`."""
    before = len(core.received)
    await peer.says(f"<@{BOT_USER}> help", user=user, **more)
    await peer.until(lambda: len(core.received) > before)
    told = core.received[-1]
    assert told.outsiders == (told.place.get(OUTSIDE) == "yes")
    return told.outsiders


async def test_a_guest_is_told_from_a_member_and_each_is_asked_about_once(peer: Peer, running: Running) -> None:
    peer.people = {"UGUEST": GUEST, "UONE": {"is_ultra_restricted": True}}
    async with running(**INTERNAL) as core:
        assert await mentioned(peer, core, "UGUEST")
        assert await mentioned(peer, core, "UONE")
        assert not await mentioned(peer, core, "UMEMBER")
        assert await mentioned(peer, core, "UGUEST")

    assert [call.body["user"] for call in peer.called("users.info")] == ["UGUEST", "UONE", "UMEMBER"]


async def test_whoever_writes_from_a_connected_workspace_is_from_outside_without_a_question(peer: Peer, running: Running) -> None:
    async with running(**INTERNAL) as core:
        assert await mentioned(peer, core, "UX", user_team="T2", team="T2")

    assert not peer.called("users.info")


async def test_in_an_organisation_its_members_are_no_strangers_whichever_workspace_they_are_named_by(peer: Peer, running: Running) -> None:
    ours = {"team_id": "T1", "enterprise_id": "E1", "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
    peer.people = {
        "U1": {"enterprise_user": {"enterprise_id": "E1"}},
        "U2": {"enterprise_user": {"enterprise_id": "E1"}},
        "U3": {"enterprise_user": {"enterprise_id": "E9"}},
        "U4": {"is_restricted": True, "enterprise_user": {"enterprise_id": "E1"}},
    }
    async with running(**INTERNAL) as core:
        for user, home in (("U1", "E1"), ("U2", "T2"), ("U3", "T9"), ("U4", "E1")):
            said = {
                "type": "app_mention",
                "user": user,
                "user_team": home,
                "text": f"<@{BOT_USER}> help",
                "ts": peer.new_ts(),
                "channel": "C1",
            }
            await peer.acked(await peer.send("events_api", peer.event(said, authorizations=[ours])))

    assert {one.place["user"]: one.outsiders for one in core.received} == {"U1": False, "U2": False, "U3": True, "U4": True}


async def test_where_a_guest_began_a_member_is_read_by_the_guest_too(peer: Peer, running: Running) -> None:
    peer.people = {"UGUEST": GUEST}
    async with running(**INTERNAL) as core:
        root = await peer.says(f"<@{BOT_USER}> help", user="UGUEST")
        await peer.until(lambda: len(core.received) == 1)
        assert await mentioned(peer, core, "UMEMBER", thread=root)


async def test_a_message_that_is_deleted_tells_nothing_about_who_reads(peer: Peer, running: Running) -> None:
    async with running(**INTERNAL) as core:
        root = await peer.says(f"<@{BOT_USER}> help", user="UMEMBER")
        await peer.until(lambda: len(core.received) == 1)
        gone = {"type": "message", "subtype": "message_deleted", "channel": "C1", "deleted_ts": root, "ts": peer.new_ts()}
        await peer.acked(await peer.send("events_api", peer.event({**gone, "previous_message": {"ts": root}})))
        await peer.until(lambda: len(core.received) == 2)

    assert [one.outsiders for one in core.received] == [False, False]


async def test_in_a_channel_shared_with_others_a_member_is_read_by_them_too(peer: Peer, running: Running) -> None:
    async with running(**INTERNAL) as core:
        event = {
            "type": "app_mention",
            "user": "UMEMBER",
            "team": "T1",
            "text": f"<@{BOT_USER}> help",
            "ts": peer.new_ts(),
            "channel": "C1",
        }
        await peer.send("events_api", peer.event(event, is_ext_shared_channel=True))
        await peer.until(lambda: len(core.received) == 1)

    assert core.received[0].outsiders


async def test_where_nothing_internal_is_configured_nobody_is_asked_about(peer: Peer, running: Running) -> None:
    async with running() as core:
        assert not await mentioned(peer, core, "UGUEST")

    assert not peer.called("users.info")


async def test_who_cannot_be_told_counts_as_outside_until_slack_tells(peer: Peer, running: Running) -> None:
    peer.fail("users.info", "ratelimited", status=429, Retry_After="1")
    async with running(**INTERNAL) as core:
        assert await mentioned(peer, core, "UMEMBER")
        assert not await mentioned(peer, core, "UMEMBER")


async def test_without_the_scope_everybody_counts_as_outside_and_slack_is_asked_once(peer: Peer, running: Running) -> None:
    peer.fail("users.info", "missing_scope", times=5)
    async with running(**INTERNAL) as core:
        assert await mentioned(peer, core, "UMEMBER")
        assert await mentioned(peer, core, "UMEMBER")

    assert len(peer.called("users.info")) == 1


async def test_a_slow_answer_does_not_hold_the_acknowledgement(peer: Peer, running: Running) -> None:
    peer.slow("users.info", 5)
    async with running(**INTERNAL) as core:
        assert await mentioned(peer, core, "UMEMBER")


async def test_a_guests_click_says_so_too(peer: Peer, running: Running) -> None:
    peer.people = {"U1": GUEST}
    async with running(StandIn(asks), **INTERNAL) as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: bool(peer.ours("C1", root)))
        await peer.acked(await peer.presses(peer.ours("C1", root)[0], "pm:0"))

    assert [one.outsiders for one in core.received] == [True, True]


async def test_a_guests_command_begins_a_talk_from_outside(peer: Peer, running: Running) -> None:
    peer.people = {"U1": GUEST}
    async with running(**INTERNAL) as core:
        await peer.acked(await peer.commands("check mail.example.com"))
        await peer.until(lambda: len(core.received) == 1)

    assert core.received[0].outsiders


async def test_people_from_outside_are_not_shown_who_helps(peer: Peer, place: Place) -> None:
    async with made(peer, helpers="S1") as channel:
        with pytest.raises(Undeliverable, match="no_helpers"):
            await channel.hand_off({**place, OUTSIDE: "yes"}, REPLIES["hand_off"], "k1")
        await channel.hand_off(place, REPLIES["hand_off"], "k2")

    assert [post.text for post in peer.ours()] == ["<!subteam^S1>"]


@pytest.mark.parametrize(
    ("user", "organisation", "outside"),
    [
        ({}, None, False),
        ({"is_restricted": False}, None, False),
        ({"is_stranger": True}, None, True),
        ({"enterprise_user": {"enterprise_id": "E1"}}, "E1", False),
        ({"enterprise_user": {"enterprise_id": "E2"}}, "E1", True),
        ({}, "E1", True),
        (None, None, True),
    ],
)
def test_what_a_user_object_says(user: object, organisation: str | None, outside: bool) -> None:
    assert is_outside(user, organisation) is outside
