"""Who may answer in somebody else's talk: the members of the helpers' group, and nobody else."""

from __future__ import annotations

import pytest

from adapters.slack.helpers import Helpers
from adapters.slack.web import Web, open_session
from bot.channel import Pressed
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.local import BOT_USER
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.standin import StandIn
from tests.adapters.slack.test_app import asks
from tests.adapters.slack.test_delivery import token

HERE = {"team": "T1", "channel": "C1", "thread": "1.0", "user": "U2", "home": "T1"}


async def test_a_helper_presses_a_button_in_somebody_elses_talk(peer: Peer, running: Running) -> None:
    peer.helpers = ["U2"]
    async with running(StandIn(asks), slack_helpers="S1") as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1)
        await peer.acked(await peer.presses(peer.ours()[0], "pm:0", user="U2"))
        await peer.until(lambda: not peer.ours()[0].buttons)

    assert core.received[1].what == Pressed("port_587", 1)
    assert peer.called("usergroups.users.list")[0].body["usergroup"] == "S1"


@pytest.mark.parametrize("error", [None, "missing_scope"])
async def test_who_is_no_helper_does_not(peer: Peer, running: Running, error: str | None) -> None:
    peer.helpers = ["U3"]
    if error:
        peer.fail("usergroups.users.list", error)
    async with running(StandIn(asks), slack_helpers="S1") as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1)
        post = peer.ours()[0]
        await peer.acked(await peer.presses(post, "pm:0", user="U2"))
        await peer.until(lambda: bool(peer.responses[post.ts]))

    assert len(core.received) == 1
    assert "Only the person who asked" in peer.responses[post.ts][0]["text"]


async def test_a_slow_slack_does_not_hold_the_acknowledgement(peer: Peer, running: Running) -> None:
    peer.helpers = ["U2"]
    peer.slow("usergroups.users.list", 5)
    async with running(StandIn(asks), slack_helpers="S1"):
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1)

        await peer.acked(await peer.presses(peer.ours()[0], "pm:0", user="U2"))


async def test_the_group_is_asked_once_in_a_while_and_never_about_strangers(peer: Peer) -> None:
    now = 1000.0
    peer.helpers = ["U2"]
    async with open_session() as session:
        helpers = Helpers(Web(session, peer.url, token), "S1", lambda: now)
        assert not await helpers.includes({**HERE, "home": "T2"}, "U2")
        assert peer.called("usergroups.users.list") == []
        assert await helpers.includes(HERE, "U2")
        assert not await helpers.includes(HERE, "U3")
        assert len(peer.called("usergroups.users.list")) == 1
        now += 301
        peer.helpers = []
        assert not await helpers.includes(HERE, "U2")
        assert not await Helpers(Web(session, peer.url, token), None).includes(HERE, "U2")
