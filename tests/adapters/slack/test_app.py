"""The adapter as a whole, over real HTTP and WebSocket, against the local Slack; the core behind it is scripted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from adapters.slack.render import FORM_ACTION
from bot.channel import Channel, Filled, Incoming, Pressed, Wrote
from bot.conversation.model import State
from bot.reply import Field, Form, Progress, Reply, Task
from tests.adapters.slack.conftest import Running
from tests.adapters.slack.local import BOT_USER
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.standin import StandIn, question


async def asks(incoming: Incoming, channel: Channel) -> None:
    """A core that answers everything said with a question."""
    if isinstance(incoming.what, Wrote):
        await channel.post(incoming.place, question(), f"{incoming.order}"[-20:])


async def test_a_mention_is_answered_once_in_its_thread_though_it_comes_twice(peer: Peer, running: Running) -> None:
    async with running(StandIn(asks)) as core:
        root = await peer.says(f"<@{BOT_USER}> 550 5.7.1")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1 and len(peer.acks) == 2)

    assert len(core.received) == 1
    assert core.received[0].what == Wrote("550 5.7.1")
    assert [button["text"]["text"] for button in peer.ours()[0].buttons] == ["587", "465", "I don't know"]


async def test_the_asker_goes_on_in_the_thread_without_a_mention_and_others_do_not(peer: Peer, running: Running) -> None:
    async with running() as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(core.received) == 1)
        await peer.says("sorry, 587", thread=root)
        await peer.says("me too", user="U2", thread=root)
        await peer.says("<@U2> really?", thread=root)
        await peer.says("lunch?", thread=await peer.says("lunch"))
        await peer.until(lambda: len(peer.acks) == 7)

    assert [incoming.what for incoming in core.received] == [Wrote("help"), Wrote("sorry, 587")]


async def test_another_person_who_mentions_us_in_the_thread_is_heard(peer: Peer, running: Running) -> None:
    async with running() as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.says(f"<@{BOT_USER}> same here", user="U2", thread=root)
        await peer.until(lambda: len(core.received) == 2)

    assert core.received[1].person == "slack:T1:U2"
    assert core.received[1].conversation == core.received[0].conversation


async def test_a_button_answers_and_reaches_the_core_with_its_turn(peer: Peer, running: Running) -> None:
    async with running(StandIn(asks)) as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1)
        await peer.acked(await peer.presses(peer.ours()[0], "pm:0"))
        await peer.until(lambda: not peer.ours()[0].buttons)

    assert core.received[1].what == Pressed("port_587", 1)
    assert core.received[1].conversation == core.received[0].conversation
    assert peer.ours()[0].blocks[-1]["elements"][0]["text"] == "✓ 587"


async def test_a_button_that_is_pressed_twice_answers_once(peer: Peer, running: Running) -> None:
    async with running(StandIn(asks)) as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1)
        post = peer.ours()[0]
        payload = peer.press(post, "pm:0")
        first, again = await peer.send("interactive", payload), await peer.send("interactive", payload, retry=1)
        await peer.acked(first)
        await peer.acked(again)
        await peer.until(lambda: not post.buttons)

    assert [one.what for one in core.received[1:]] == [Pressed("port_587", 1)]
    assert core.duplicates == 1


async def test_a_form_behind_a_button_opens_in_a_process_that_never_saw_its_message(peer: Peer, running: Running) -> None:
    form = Form("settings", "Your settings", (Field("port", "Port", "number"),), "Send")

    async def offers(incoming: Incoming, channel: Channel) -> None:
        if isinstance(incoming.what, Wrote):
            await channel.post(incoming.place, Reply(question().blocks, form=form), "k1")

    async with running(StandIn(offers)):
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: bool(peer.ours("C1", root)))
    async with running() as core:
        await peer.acked(await peer.presses(peer.ours()[0], FORM_ACTION))
        await peer.until(lambda: bool(peer.views))
        view = {**next(iter(peer.views.values())), "id": "V1", "hash": "h1", "state": {"values": {"port": {"port": {"value": "587"}}}}}
        await peer.acked(
            await peer.send("interactive", {"type": "view_submission", "team": {"id": "T1"}, "user": {"id": "U1"}, "view": view})
        )
        await peer.until(lambda: bool(core.received))

    assert core.received[0].what == Filled("settings", {"port": "587"})
    assert core.received[0].place["thread"] == root


async def test_a_person_sees_at_once_that_somebody_is_at_work(peer: Peer, running: Running) -> None:
    async with running():
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: bool(peer.called("assistant.threads.setStatus")))

    status = peer.called("assistant.threads.setStatus")[0].body
    assert (status["channel_id"], status["thread_ts"]) == ("C1", root)
    assert status["status"]


async def test_after_a_hand_off_nobody_is_told_that_the_bot_is_at_work_until_it_is_called(peer: Peer, running: Running) -> None:
    async with running() as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await core.heard()
        core.knows_talk(core.received[0].conversation, "slack:T1:U1", state=State.HANDED_OFF)
        await peer.until(lambda: len(peer.called("assistant.threads.setStatus")) == 1)
        await peer.says("thanks, I wait for your colleague", thread=root)
        await peer.says(f"<@{BOT_USER}> are you there?", thread=root)
        await core.heard(2)
        await peer.until(lambda: len(peer.called("assistant.threads.setStatus")) == 2)

    assert [one.what for one in core.received[1:]] == [Wrote("are you there?")]


async def test_a_click_on_an_older_question_is_left_to_the_core_and_its_buttons_stay(peer: Peer, running: Running) -> None:
    async with running(StandIn(asks)) as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1)
        core.knows_talk(core.received[0].conversation, "slack:T1:U1", turn=2)
        await peer.acked(await peer.presses(peer.ours()[0], "pm:0"))
        await asyncio.sleep(0.1)

    assert core.received[1].what == Pressed("port_587", 1)
    assert peer.ours()[0].buttons


async def test_a_strangers_click_is_answered_privately(peer: Peer, running: Running) -> None:
    async with running(StandIn(asks)) as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1)
        post = peer.ours()[0]
        await peer.acked(await peer.presses(post, "pm:0", user="U2"))
        await peer.until(lambda: bool(peer.responses[post.ts]))

    assert len(core.received) == 1
    assert "Only the person who asked" in peer.responses[post.ts][0]["text"]


async def test_a_click_in_a_forgotten_conversation_says_that_it_is_closed(peer: Peer, running: Running) -> None:
    async with running(StandIn(asks)) as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(peer.ours("C1", root)) == 1)
        core.known.clear()
        post = peer.ours()[0]
        await peer.acked(await peer.presses(post, "pm:0"))
        await peer.until(lambda: bool(peer.responses[post.ts]))

    assert "closed" in peer.responses[post.ts][0]["text"]


async def test_nothing_is_acknowledged_that_could_not_be_written_down_and_the_retry_is_handled(peer: Peer, running: Running) -> None:
    async with running() as core:
        core.broken = True
        event = peer.event({"type": "app_mention", "user": "U1", "channel": "C1", "ts": peer.new_ts(), "text": f"<@{BOT_USER}> hi"})
        first = await peer.send("events_api", event)
        await asyncio.sleep(0.2)
        core.broken = False
        assert first not in peer.acks

        await peer.acked(await peer.send("events_api", event, retry=1))
        await peer.acked(await peer.send("events_api", event, retry=2))

    assert [incoming.what for incoming in core.received] == [Wrote("hi")]
    assert core.duplicates == 1


async def test_events_that_mean_nothing_to_us_are_acknowledged(peer: Peer, running: Running) -> None:
    async with running() as core:
        for event in ({"type": "app_home_opened", "user": "U1", "tab": "about"}, {"type": "reaction_added", "user": "U1"}, {"type": "new"}):
            await peer.acked(await peer.send("events_api", peer.event(event)))

    assert core.received == []


async def test_bots_and_system_notes_are_not_answered(peer: Peer, running: Running) -> None:
    async with running(StandIn(asks)) as core:
        await peer.says(f"<@{BOT_USER}> 550", user="U7", bot_id="B7")
        await peer.says("You were removed", user="USLACK", channel="D1")
        await peer.says("x", user=BOT_USER, channel="D1")
        await peer.until(lambda: len(peer.acks) == 4)

    assert core.received == []
    assert [post for post in peer.ours() if post.user == BOT_USER and post.text != "x"] == []


async def test_progress_is_one_message_edited_with_its_last_state_shown(peer: Peer, running: Running) -> None:
    def state(word: str, finished: bool = False) -> Progress:
        tasks = (Task("587", "587", "good" if finished else "running", word), Task("465", "465", "running", "<!channel>"))
        return Progress("p1", "Asking mx.example.com", tasks, finished)

    peer.streaming = False
    async with running() as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(core.received) == 1)
        channel, place = core.channels[0], core.received[0].place
        for word in ("one", "two", "three", "four"):
            await channel.progress(place, state(word))
            await asyncio.sleep(0.05)
        await channel.progress(place, state("done", finished=True))
        await peer.until(lambda: any("done" in post.text for post in peer.ours("C1", root)), within=6)

    shown = peer.ours("C1", root)
    assert len(shown) == 1
    assert shown[0].edits <= 2
    assert "<!channel>" not in shown[0].text


async def test_a_reply_longer_than_one_message_goes_on_in_the_next(peer: Peer, running: Running) -> None:
    from bot.reply import Paragraph, Text

    words = " ".join(f"word{number}" for number in range(1500))
    async with running() as core:
        root = await peer.says(f"<@{BOT_USER}> help")
        await peer.until(lambda: len(core.received) == 1)
        last = await core.channels[0].post(core.received[0].place, Reply((Paragraph((Text(words),)),)), "k1")

    posts = peer.ours("C1", root)
    assert len(posts) > 1
    assert posts[-1].ts == last
    assert "".join(post.text.replace("\n\n", "") for post in posts) == words


async def test_a_direct_message_is_answered_in_the_thread_under_it(peer: Peer, running: Running) -> None:
    async with running(StandIn(asks)) as core:
        root = await peer.says("my program cannot send", channel="D1")
        await peer.until(lambda: len(peer.ours("D1", root)) == 1)
        await peer.says("587", channel="D1", thread=root)
        await peer.until(lambda: len(core.received) == 2)

    assert core.received[1].conversation == core.received[0].conversation


async def test_an_empty_mention_in_a_thread_takes_the_message_at_its_root(peer: Peer, running: Running) -> None:
    async with running() as core:
        root = await peer.says("550 5.7.1 <http://mx.example.com|mx.example.com>", user="U2")
        await peer.says(f"<@{BOT_USER}>", thread=root)
        await peer.until(lambda: len(core.received) == 1)

    assert core.received[0].what == Wrote("550 5.7.1 mx.example.com")


async def test_an_attached_log_is_read_with_what_was_said(peer: Peer, running: Running) -> None:
    peer.files["send.log"] = ("text/plain", b"535 5.7.8 authentication failed")
    file = {"name": "send.log", "mimetype": "text/plain", "size": 31, "url_private_download": f"{peer.url[:-5]}/files/send.log"}
    async with running() as core:
        await peer.says("here", channel="D1", subtype="file_share", files=[file])
        await peer.until(lambda: len(core.received) == 1)

    assert core.received[0].what == Wrote("here\n\n535 5.7.8 authentication failed")


async def test_pictures_large_files_and_files_elsewhere_are_not_read_and_the_person_is_told(peer: Peer, running: Running) -> None:
    peer.files["big.log"] = ("text/plain", b"x" * 300_000)
    here = f"{peer.url[:-5]}/files/big.log"
    async with Peer() as elsewhere, running() as core:
        elsewhere.files["x.log"] = ("text/plain", b"550 5.7.1")
        there = f"{elsewhere.url[:-5]}/files/x.log"
        files = [
            {"name": "shot.png", "mimetype": "image/png", "size": 31, "url_private_download": here},
            {"name": "big.log", "mimetype": "text/plain", "size": 100, "url_private_download": here},
            {"name": "x.log", "mimetype": "text/plain", "size": 100, "url_private_download": there},
        ]
        for file in files:
            await peer.says("look", channel="D1", subtype="file_share", files=[file])
        await peer.until(lambda: len(core.received) == 3 and len(peer.whispers("U1")) == 3)

    assert [incoming.what for incoming in core.received] == [Wrote("look")] * 3
    assert "no pictures" in peer.whispers("U1")[0].text


async def test_edited_and_deleted_messages_reach_the_core_only_where_we_talk(peer: Peer, running: Running) -> None:
    from bot.channel import Deleted

    async with running() as core:
        root = await peer.says(f"<@{BOT_USER}> port 465")
        await peer.until(lambda: len(core.received) == 1)
        before = {"type": "message", "user": "U1", "text": f"<@{BOT_USER}> port 465", "ts": root}
        changed = {"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": peer.new_ts()}
        after = {**before, "text": f"<@{BOT_USER}> port 587"}
        gone = {"type": "message", "subtype": "message_deleted", "channel": "C1", "channel_type": "channel", "ts": peer.new_ts()}
        await peer.acked(await peer.send("events_api", peer.event({**changed, "message": after, "previous_message": before})))
        await peer.acked(await peer.send("events_api", peer.event({**gone, "deleted_ts": root, "previous_message": after})))
        stray = {**gone, "deleted_ts": "1.000001", "previous_message": {**before, "ts": "1.000001"}}
        await peer.acked(await peer.send("events_api", peer.event(stray)))

    assert [incoming.what for incoming in core.received[1:]] == [Wrote("port 587", edited=True), Deleted()]
    assert {incoming.message for incoming in core.received} == {f"slack:T1:C1:{root}"}


async def test_a_slow_slack_does_not_hold_the_acknowledgement(peer: Peer, running: Running) -> None:
    peer.slow("conversations.replies", 5)
    async with running() as core:
        root = await peer.says("550", user="U2")
        before = asyncio.get_running_loop().time()
        await peer.says(f"<@{BOT_USER}>", thread=root)
        await peer.until(lambda: len(core.received) == 1)

    assert asyncio.get_running_loop().time() - before < 3


@pytest.mark.parametrize(
    ("event", "forgotten"),
    [
        ({"type": "app_uninstalled"}, ["slack:T1"]),
        ({"type": "tokens_revoked", "tokens": {"bot": [BOT_USER]}}, ["slack:T1"]),
        ({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}, []),
    ],
)
async def test_a_workspace_that_removes_us_is_forgotten(peer: Peer, running: Running, event: dict[str, Any], forgotten: list[str]) -> None:
    async with running() as core:
        await peer.acked(await peer.send("events_api", peer.event(event)))

    assert core.forgotten == forgotten
