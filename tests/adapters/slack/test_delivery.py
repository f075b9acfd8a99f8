"""What happens to a post when Slack refuses, delays, or loses the answer. Real calls to the local Slack."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from functools import partial

import pytest

from adapters.slack.agent import Agent
from adapters.slack.app import Beside
from adapters.slack.core import phrases
from adapters.slack.delivery import SlackChannel
from adapters.slack.progress import STREAM_SECONDS, Board
from adapters.slack.web import Web, open_session
from bot.channel import Place, TryLater, Undeliverable
from bot.errors import StoreUnreachable
from bot.reply import Literal, Paragraph, Progress, Reply, Task, Text
from tests.adapters.slack.local import Post
from tests.adapters.slack.peer import Peer
from tests.adapters.slack.standin import MemoryVault, question
from tests.adapters.slack.usual import REPLIES


async def token(place: Place) -> str:
    return "xoxb-test"


@pytest.fixture
async def channel(peer: Peer) -> AsyncIterator[SlackChannel]:
    async with made(peer) as one:
        yield one


class made:
    """A channel as a fresh process has it: nothing remembered."""

    def __init__(self, peer: Peer, notes: MemoryVault | None = None, **settings: str) -> None:
        self._peer = peer
        self._notes = notes
        self._settings = settings
        self._session = open_session()
        self._beside = Beside()

    async def __aenter__(self) -> SlackChannel:
        await self._beside.__aenter__()
        web = Web(self._session, self._peer.url, token)
        board = Board(web, self._beside.spawn, every=0.05, notes=self._notes)
        agent = Agent(web, phrases())
        return SlackChannel(
            web,
            board,
            agent,
            phrases(),
            self._beside.spawn,
            history=True,
            triage=self._settings.get("triage"),
            helpers=self._settings.get("helpers"),
        )

    async def __aexit__(self, *error: object) -> None:
        await self._beside.__aexit__(None, None, None)
        await self._session.close()


async def test_a_post_carries_its_key_where_no_person_sees_it_and_is_found_by_it(peer: Peer, channel: SlackChannel, place: Place) -> None:
    ts = await channel.post(place, question(), "k1")

    assert await channel.find(place, "k1") == ts
    assert await channel.find(place, "k2") is None
    assert "k1" not in peer.ours()[0].text


async def test_a_post_whose_answer_was_lost_is_not_said_twice(peer: Peer, place: Place) -> None:
    peer.fail("chat.postMessage", "internal_error", status=500, after=True)
    async with made(peer) as first:
        with pytest.raises(TryLater):
            await first.post(place, question(), "k1")

    async with made(peer) as second:
        assert await second.find(place, "k1") == peer.ours()[0].ts
    assert len(peer.ours()) == 1


async def test_a_reply_of_several_messages_goes_on_where_the_last_process_stopped(peer: Peer, place: Place) -> None:
    long = Reply((Paragraph((Text("word " * 2500),)),))
    async with made(peer) as first:
        await first.post(place, question(), "k0")
        peer.fail("chat.postMessage", "fatal_error", after=True)
        with pytest.raises(TryLater):
            await first.post(place, long, "k1")
    stands = len(peer.ours())

    async with made(peer) as second:
        assert await second.find(place, "k1") is None
        await second.post(place, long, "k1")

    parts = [post.metadata["event_payload"]["part"] for post in peer.ours() if post.metadata["event_payload"]["key"] == "k1"]
    assert stands == 2
    assert parts == list(range(len(parts)))


async def test_a_rate_limit_says_when_to_come_back_and_holds_the_channel_until_then(
    peer: Peer, channel: SlackChannel, place: Place
) -> None:
    peer.fail("chat.postMessage", "ratelimited", status=429, Retry_After="7")

    with pytest.raises(TryLater) as refused:
        await channel.post(place, question(), "k1")
    with pytest.raises(TryLater) as held:
        await channel.post(place, question(), "k2")

    assert refused.value.seconds == 7
    assert 6 < held.value.seconds <= 8
    assert len(peer.called("chat.postMessage")) == 1


@pytest.mark.parametrize(
    "error", ["not_in_channel", "channel_not_found", "is_archived", "thread_not_found", "token_revoked", "restricted_action"]
)
async def test_a_closed_door_ends_the_effect_with_slacks_reason(peer: Peer, channel: SlackChannel, place: Place, error: str) -> None:
    peer.fail("chat.postMessage", error)

    with pytest.raises(Undeliverable) as ended:
        await channel.post(place, question(), "k1")

    assert ended.value.reason == error


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable", "request_timeout"])
async def test_trouble_at_slack_is_waited_for(peer: Peer, channel: SlackChannel, place: Place, error: str) -> None:
    peer.fail("chat.postMessage", error, status=503 if error == "service_unavailable" else 200)

    with pytest.raises(TryLater):
        await channel.post(place, question(), "k1")


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long", "invalid_blocks_format"])
async def test_refused_blocks_go_out_as_text_with_the_choices_to_type(peer: Peer, channel: SlackChannel, place: Place, error: str) -> None:
    peer.fail("chat.postMessage", error)

    await channel.post(place, question(), "k1")

    assert peer.ours()[0].blocks == []
    assert peer.ours()[0].text == "Which port is entered?\n\n1. 587\n2. 465\n3. I don't know"
    assert await channel.find(place, "k1") is not None


async def test_literal_text_stays_literal_where_the_blocks_are_refused(peer: Peer, channel: SlackChannel, place: Place) -> None:
    peer.fail("chat.postMessage", "invalid_blocks")

    await channel.post(place, Reply((Paragraph((Literal("<!channel> *x* & <@U1>"),)),)), "k1")

    call = peer.called("chat.postMessage")[-1].body
    assert call["text"] == "&lt;!channel&gt; *x* &amp; &lt;@U1&gt;"
    assert call["mrkdwn"] is False
    assert call["parse"] == "none"
    assert call["link_names"] is False


async def test_an_edit_replaces_the_message(peer: Peer, channel: SlackChannel, place: Place) -> None:
    ts = await channel.post(place, question(), "k1")

    assert await channel.edit(place, ts, Reply((Paragraph((Text("587 it is."),)),)), "k2") == ts
    assert peer.ours()[0].text == "587 it is."


@pytest.mark.parametrize("error", ["message_not_found", "cant_update_message", "edit_window_closed", "msg_too_long"])
async def test_a_message_that_cannot_be_edited_is_posted_anew(peer: Peer, channel: SlackChannel, place: Place, error: str) -> None:
    ts = await channel.post(place, question(), "k1")
    peer.fail("chat.update", error)

    stands = await channel.edit(place, ts, Reply((Paragraph((Text("587 it is."),)),)), "k2")

    assert stands != ts
    assert peer.ours()[-1].text == "587 it is."


@pytest.mark.parametrize("error", ["streaming_state_conflict", "ratelimited"])
async def test_an_edit_that_comes_too_early_is_tried_again(peer: Peer, channel: SlackChannel, place: Place, error: str) -> None:
    ts = await channel.post(place, question(), "k1")
    peer.fail("chat.update", error)

    with pytest.raises(TryLater):
        await channel.edit(place, ts, question(), "k2")


async def test_a_secret_is_spoken_of_to_its_writer_only(peer: Peer, channel: SlackChannel, place: Place) -> None:
    await channel.post(place, REPLIES["secret_warning"], "k1")

    assert peer.ours() == []
    assert "password" in peer.whispers("U1")[0].text
    assert peer.whispers("U1")[0].thread == place["thread"]


async def test_a_private_reply_in_a_direct_message_is_an_ordinary_one(peer: Peer, channel: SlackChannel, place: Place) -> None:
    peer.posts.append(Post("D1", place["thread"], None, "pw", [], {}, "U1"))

    await channel.post({**place, "channel": "D1"}, REPLIES["secret_warning"], "k1")

    assert len(peer.ours("D1")) == 1


async def test_a_hand_off_calls_the_helpers_in_their_channel_with_a_link_and_a_button(peer: Peer, place: Place) -> None:
    async with made(peer, triage="CTRIAGE", helpers="S1") as channel:
        await channel.hand_off(place, REPLIES["hand_off"], "k1")

        post = peer.ours("CTRIAGE")[0]
        assert post.thread is None
        assert post.text.startswith("<!subteam^S1> <https://x.slack.example/archives/C1/p")
        assert post.buttons[0]["value"] == f"T1/C1/{place['thread']}"
        assert await channel.find(place, "k1") == post.ts
        assert peer.ours("C1") == []


async def test_without_a_triage_channel_the_helpers_are_called_in_the_thread(peer: Peer, place: Place) -> None:
    async with made(peer, helpers="S1") as channel:
        await channel.hand_off(place, REPLIES["hand_off"], "k1")

    assert [post.text for post in peer.ours("C1", place["thread"])] == ["<!subteam^S1>"]


async def test_without_helpers_there_is_nobody_to_call(peer: Peer, place: Place, channel: SlackChannel) -> None:
    with pytest.raises(Undeliverable):
        await channel.hand_off(place, REPLIES["hand_off"], "k1")

    assert peer.ours() == []


async def test_the_last_state_of_progress_is_shown_though_slack_limits_the_rate(peer: Peer, place: Place) -> None:
    peer.streaming = False
    async with made(peer) as channel:
        await channel.progress(place, Progress("p1", "Looking", (Task("a", "587", "running"),)))
        await peer.until(lambda: len(peer.ours()) == 1)
        peer.fail("chat.update", "ratelimited", 2, status=429, Retry_After="0.5")
        await channel.progress(place, Progress("p1", "Looked", (Task("a", "587", "good"),), finished=True))
        await peer.until(lambda: "Looked" in peer.ours()[0].text)

    assert len(peer.ours()) == 1


async def test_progress_whose_message_was_deleted_is_shown_anew(peer: Peer, place: Place) -> None:
    peer.streaming = False
    async with made(peer) as channel:
        await channel.progress(place, Progress("p1", "Looking", ()))
        await peer.until(lambda: len(peer.ours()) == 1)
        peer.fail("chat.update", "message_not_found")
        await channel.progress(place, Progress("p1", "Looked", (), finished=True))
        await peer.until(lambda: len(peer.ours()) == 2)

    assert peer.ours()[1].text == "Looked"


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_progress_that_a_dead_process_left_goes_on_and_is_settled_by_the_next(peer: Peer, place: Place, streaming: bool) -> None:
    peer.streaming = streaming
    notes = MemoryVault()
    async with made(peer, notes) as dying:
        await dying.progress(place, Progress("p1", "Looking", (Task("a", "587", "running"),)))
        await peer.until(lambda: len(peer.ours()) == 1)
        await asyncio.sleep(0.05)
    assert bool(peer.streams) is streaming
    async with made(peer, notes) as fresh:
        await fresh.progress(place, Progress("p1", "Looked", (Task("a", "587", "good"),), finished=True))
        await peer.until(lambda: "Looked" in peer.ours()[0].text)
        await fresh.progress(place, Progress("p2", "Looking again", ()))
        await peer.until(lambda: len(peer.ours()) == 2)
        await fresh.progress(place, Progress("p2", "Looked again", (), finished=True))
        await peer.until(lambda: not peer.streams)

    assert peer.ours()[0].text.splitlines()[0] == "Looked"
    assert len(peer.ours()) == 2
    assert notes.things == {}


async def test_a_store_that_is_away_costs_no_progress(peer: Peer, place: Place) -> None:
    class Away(MemoryVault):
        async def kept(self, name: str) -> bytes | None:
            raise StoreUnreachable("the store is away")

        async def keep(self, name: str, value: bytes, until: datetime.datetime | None = None) -> None:
            raise StoreUnreachable("the store is away")

        async def drop(self, name: str) -> None:
            raise StoreUnreachable("the store is away")

    async with made(peer, Away()) as channel:
        await channel.progress(place, Progress("p1", "Looking", (), finished=True))
        await peer.until(lambda: len(peer.ours()) == 1)


# --- streams ----------------------------------------------------------------------------------------------------------------


def state(word: str, *, finished: bool = False) -> Progress:
    tasks = (Task("a", "587", "good" if finished else "running", word), Task("b", "465", "waiting"))
    return Progress("p1", "Looked" if finished else "Looking", tasks, finished)


async def test_where_slack_streams_progress_is_a_plan_with_a_task_an_endpoint(peer: Peer, place: Place) -> None:
    async with made(peer) as channel:
        await channel.progress(place, state("<!channel>"))
        await peer.until(lambda: bool(peer.called("chat.startStream")))
        await channel.progress(place, state("done", finished=True))
        await peer.until(lambda: bool(peer.called("chat.stopStream")))

    start, stop = peer.called("chat.startStream")[0].body, peer.called("chat.stopStream")[0].body
    assert start["thread_ts"] == place["thread"]
    assert (start["recipient_user_id"], start["recipient_team_id"]) == ("U1", "T1")
    assert [chunk["type"] for chunk in start["chunks"]] == ["plan_update", "task_update", "task_update"]
    assert "<!" not in str(start["chunks"])
    assert [(chunk.get("id"), chunk.get("status")) for chunk in stop["chunks"]] == [(None, None), ("a", "complete")]
    assert peer.streams == {}
    assert len(peer.ours()) == 1


async def test_a_stream_that_slack_ended_goes_on_as_an_edit_of_its_message(peer: Peer, place: Place) -> None:
    peer.stream_seconds = 0.0
    async with made(peer) as channel:
        await channel.progress(place, state("one"))
        await peer.until(lambda: bool(peer.called("chat.startStream")))
        await channel.progress(place, state("done", finished=True))
        await peer.until(lambda: "Looked" in peer.ours()[0].text)

    assert len(peer.ours()) == 1
    assert peer.called("chat.update")


async def test_a_stream_that_the_person_stopped_goes_on_as_an_edit(peer: Peer, place: Place) -> None:
    async with made(peer) as channel:
        await channel.progress(place, state("one"))
        await peer.until(lambda: bool(peer.called("chat.startStream")))
        peer.fail("chat.stopStream", "stopped_by_user")
        await channel.progress(place, state("done", finished=True))
        await peer.until(lambda: "Looked" in peer.ours()[0].text)

    assert [call.method for call in peer.calls if "tream" in call.method].count("chat.stopStream") == 2  # the conflict closes it


async def test_where_slack_does_not_stream_it_is_asked_once(peer: Peer, place: Place) -> None:
    peer.streaming = False
    async with made(peer) as channel:
        for number, probe in enumerate(("p1", "p2"), 1):
            await channel.progress(place, Progress(probe, "Looking", ()))
            await peer.until(partial(lambda posts: len(peer.ours()) == posts, number))
            await channel.progress(place, Progress(probe, "Looked", (), finished=True))
        await peer.until(lambda: [post.text for post in peer.ours()] == ["Looked", "Looked"])

    assert len(peer.called("chat.startStream")) == 1


async def test_a_stream_ends_before_slack_ends_it(peer: Peer, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.progress.STREAM_SECONDS", 0.0)
    async with made(peer) as channel:
        await channel.progress(place, state("one"))
        await peer.until(lambda: bool(peer.called("chat.startStream")))
        await channel.progress(place, state("two"))
        await peer.until(lambda: bool(peer.called("chat.stopStream")))
        await channel.progress(place, state("done", finished=True))
        await peer.until(lambda: "Looked" in peer.ours()[0].text)

    assert len(peer.ours()) == 1


def test_our_streams_are_over_a_minute_before_slacks_five() -> None:
    assert STREAM_SECONDS <= 240


async def test_a_stream_without_news_is_ended_too(peer: Peer, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.progress.GIVE_UP_AFTER", 0.1)
    async with made(peer) as channel:
        await channel.progress(place, state("one"))
        await peer.until(lambda: bool(peer.called("chat.stopStream")))

    assert peer.streams == {}


# --- status and sessions ------------------------------------------------------------------------------------------------------


async def test_a_session_is_suspended_by_a_question_and_titled_by_its_finding(peer: Peer, place: Place, channel: SlackChannel) -> None:
    direct = {**place, "channel": "D1"}
    peer.posts.append(Post("D1", place["thread"], None, "x", [], {}, "U1"))
    await channel.post(direct, question(), "k1")
    found = Reply((Paragraph((Text("Found."),)),), findings=({"title": "App password required"},), final=True)
    await channel.post(direct, found, "k2")
    await peer.until(lambda: len(peer.called("agents.sessions.setStatus")) == 2)

    states = [(call.body["status"], call.body.get("title")) for call in peer.called("agents.sessions.setStatus")]
    assert states == [("suspended", None), ("closed", "App password required")]


async def test_where_there_are_no_sessions_they_are_tried_once_and_no_reply_is_lost(
    peer: Peer, place: Place, channel: SlackChannel
) -> None:
    peer.fail("agents.sessions.setStatus", "unknown_method", 9)
    direct = {**place, "channel": "D1"}
    peer.posts.append(Post("D1", place["thread"], None, "x", [], {}, "U1"))
    for key in ("k1", "k2"):
        await channel.post(direct, question(), key)
        await peer.until(lambda: bool(peer.called("agents.sessions.setStatus")))

    assert len(peer.ours("D1")) == 2
    assert len(peer.called("agents.sessions.setStatus")) == 1
