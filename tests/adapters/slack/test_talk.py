"""A whole talk: the local Slack, the adapter, the real service with its machine and SQLite. Only the look at a server is scripted."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import app
from adapters.slack.delivery import RESUME
from bot.conversation.model import ProbeRequest
from bot.observations import GreetedInClear, Observations, TcpConnected
from bot.probes.model import OnSeen
from bot.service import Service
from bot.store.sqlite import SqliteStore
from knowledge.index import index
from tests.adapters.slack import standin
from tests.adapters.slack.local import BOT_USER
from tests.adapters.slack.peer import Peer

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


@dataclass
class ScriptedLook:
    """Stands in for the probes: a server that greets in clear on 465."""

    asked: list[ProbeRequest] = field(default_factory=list)

    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        self.asked.append(request)
        here: dict[str, Any] = {"site": "here", "at": NOON, "host": request.host or "", "address": "192.0.2.1", "port": 465}
        facts = (TcpConnected(**here), GreetedInClear(**here, text="220 <!channel> mx ESMTP"))
        for fact in facts:
            on_seen(fact)
        return Observations(facts)


def kept_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


Bot = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture
def bot(peer: Peer, tmp_path: Path) -> Bot:
    """A fresh process on the same store."""

    @asynccontextmanager
    async def run(look: ScriptedLook | None = None, **settings: Any) -> AsyncIterator[Service]:
        store = SqliteStore(str(tmp_path / "store.sqlite"))
        await store.open()
        service = Service(store, look or ScriptedLook(), index())
        stop = asyncio.Event()
        sockets = len(peer.sockets)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(app.run(standin.settings(peer.url, slack_triage_channel="CTRIAGE", **settings), service, stop))
                await peer.connected(sockets + 1)
                group.create_task(service.run(stop))
                try:
                    yield service
                finally:
                    stop.set()
        finally:
            await store.close()

    return run


async def test_a_message_that_says_everything_is_looked_at_and_answered(peer: Peer, bot: Bot) -> None:
    async with bot():
        root = await peer.says(f"<@{BOT_USER}> thunderbird can't send, mail.our-club.example port 465 SSL/TLS: wrong version number")
        await peer.until(lambda: any("STARTTLS" in post.text for post in peer.ours("C1", root)), within=10)

    answer = next(post for post in peer.ours("C1", root) if post.buttons)
    assert "<!channel>" not in answer.text
    assert any(block["type"] == "rich_text" for block in answer.blocks)


async def test_a_question_is_answered_by_a_button_after_a_restart(peer: Peer, bot: Bot) -> None:
    async with bot():
        root = await peer.says(f"<@{BOT_USER}> I can't send mail from my own server, mail.our-club.example")
        await peer.until(lambda: any(post.buttons for post in peer.ours("C1", root)), within=10)
    asked = next(post for post in peer.ours("C1", root) if post.buttons)
    said = len(peer.ours("C1", root))

    async with bot():
        await peer.acked(await peer.presses(asked, asked.buttons[0]["action_id"]))
        await peer.until(lambda: len(peer.ours("C1", root)) > said, within=10)

    assert not asked.buttons


async def test_a_stale_button_is_told_so_privately(peer: Peer, bot: Bot) -> None:
    async with bot() as service:
        root = await peer.says(f"<@{BOT_USER}> I get 550 5.7.1 when I send")
        await peer.until(lambda: bool(peer.ours("C1", root)), within=10)
        await service.idle(f"slack:T1:C1:{root}")
        post = peer.ours("C1", root)[-1]
        post.blocks.append(
            {
                "type": "actions",
                "block_id": f"pm/0/T1/C1/{root}",
                "elements": [{"type": "button", "action_id": "pm:9", "text": {"type": "plain_text", "text": "x"}, "value": "99:port:587"}],
            }
        )
        await peer.acked(await peer.presses(post, "pm:9"))
        await peer.until(lambda: bool(peer.whispers("U1")), within=10)

    assert "already answered" in peer.whispers("U1")[0].text


async def test_a_password_is_answered_privately_and_stands_nowhere_afterwards(peer: Peer, bot: Bot, tmp_path: Path) -> None:
    async with bot() as service:
        root = await peer.says(
            f"<@{BOT_USER}> smtp.gmail.com 587, user ann@gmail.com password: Hunter2-Hunter2, 535 5.7.8 Username and Password not accepted"
        )
        await peer.until(lambda: bool(peer.whispers("U1")), within=10)
        await service.idle(f"slack:T1:C1:{root}")

    assert "Hunter2" not in "".join(post.text + str(post.blocks) for post in peer.posts if post.user == BOT_USER)
    assert b"Hunter2" not in kept_in(tmp_path)


async def test_a_person_takes_over_and_a_helper_gives_the_talk_back(peer: Peer, bot: Bot) -> None:
    async with bot() as service:
        root = await peer.says(f"<@{BOT_USER}> hello")
        await peer.until(lambda: bool(peer.ours("C1", root)), within=10)
        await peer.says("human", thread=root)
        await peer.until(lambda: any("Problem" in post.text for post in peer.ours("C1", root)), within=10)
        await service.idle(f"slack:T1:C1:{root}")
        said = len(peer.ours("C1", root))
        await peer.says("hello?", thread=root)
        await peer.says("the server is mx.example.com", thread=root)
        await asyncio.sleep(0.3)
        assert len(peer.ours("C1", root)) == said
        await peer.acked(await peer.presses(peer.ours("CTRIAGE")[0], RESUME, user="U9"))
        await peer.until(lambda: len(peer.ours("C1", root)) > said, within=10)
        assert len(peer.ours("CTRIAGE")) == 1


async def test_forget_me_leaves_nothing_of_the_person_behind(peer: Peer, bot: Bot) -> None:
    async with bot() as service:
        root = await peer.says(f"<@{BOT_USER}> 550 5.7.1 at mx.example.com")
        await peer.until(lambda: bool(peer.ours("C1", root)), within=10)
        await service.idle(f"slack:T1:C1:{root}")
        answer = await peer.acked(await peer.commands("forget me"))

        assert "deleted" in answer["text"]
        assert await service.knows(f"slack:T1:C1:{root}") is None


async def test_a_kill_between_sent_and_marked_says_nothing_twice(peer: Peer, bot: Bot) -> None:
    peer.fail("chat.postMessage", "internal_error", 1, status=500, after=True)
    async with bot() as service:
        root = await peer.says(f"<@{BOT_USER}> hello")
        await peer.until(lambda: len(peer.called("conversations.replies")) >= 1, within=10)
        await service.idle(f"slack:T1:C1:{root}")

    assert len(peer.ours("C1", root)) == 1


def _looked_for(look: ScriptedLook, part: str) -> bool:
    return any(part in (asked.host or "") for asked in look.asked)


async def test_for_a_guest_only_public_servers_are_looked_at_and_a_member_may_ask_for_more(peer: Peer, bot: Bot) -> None:
    peer.people = {"UGUEST": {"is_restricted": True}}
    look = ScriptedLook()
    async with bot(look, probe_allow=("10.0.0.0/8",)):
        for user in ("UGUEST", "UMEMBER"):
            text = f"<@{BOT_USER}> thunderbird can't send, mail.{user.lower()}.example port 465 SSL/TLS: wrong version number"
            await peer.says(text, user=user)
            await peer.until(partial(_looked_for, look, user.lower()), within=10)

    assert [asked.public_only for asked in look.asked] == [True, False]


async def test_a_message_that_is_edited_is_read_again(peer: Peer, bot: Bot) -> None:
    async with bot() as service:
        text = f"<@{BOT_USER}> thunderbird can't send, mail.our-club.example port {{}} SSL/TLS: wrong version number"
        root = await peer.says(text.format(465))
        await peer.until(lambda: any(post.buttons for post in peer.ours("C1", root)), within=10)
        edit = {"type": "message", "subtype": "message_changed", "channel": "C1", "channel_type": "channel", "ts": peer.new_ts()}
        before = {"user": "U1", "ts": root, "text": text.format(465)}
        changed = {**edit, "message": {**before, "text": text.format(587)}, "previous_message": before}
        await peer.acked(await peer.send("events_api", peer.event(changed)))
        await service.idle(f"slack:T1:C1:{root}")
        known = await service.knows(f"slack:T1:C1:{root}")

    assert known is not None
    assert known.slots.port is not None
    assert known.slots.port.value == 587
    first, second = (post.text for post in peer.ours("C1", root) if post.buttons or "✓" in str(post.blocks))
    assert first != second


@pytest.mark.parametrize(("pressed", "says"), [("It works", "closed"), ("Still the same", "word for word"), ("A person", "person")])
async def test_each_of_the_three_answers_under_an_answer_leads_the_talk_on(peer: Peer, bot: Bot, pressed: str, says: str) -> None:
    async with bot() as service:
        root = await peer.says(f"<@{BOT_USER}> thunderbird can't send, mail.our-club.example port 465 SSL/TLS: wrong version number")
        await peer.until(lambda: any(post.buttons for post in peer.ours("C1", root)), within=10)
        answer = next(post for post in peer.ours("C1", root) if post.buttons)
        said = len(peer.ours("C1", root))
        button = next(one for one in answer.buttons if one["text"]["text"].startswith(pressed))
        await peer.acked(await peer.presses(answer, button["action_id"]))
        await peer.until(lambda: len(peer.ours("C1", root)) > said and not answer.buttons, within=10)
        await service.idle(f"slack:T1:C1:{root}")

    assert says in peer.ours("C1", root)[said].text


class EndlessLook(ScriptedLook):
    """A server that shows something and then nothing more."""

    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        await super().run(probe_id, request, person, workspace, on_seen)
        await asyncio.sleep(60)
        raise AssertionError("it was not stopped")


async def test_slacks_stop_button_ends_the_look_and_settles_the_session(peer: Peer, bot: Bot) -> None:
    look = EndlessLook()
    async with bot(look) as service:
        root = await peer.says("thunderbird can't send, mail.our-club.example port 465 SSL/TLS: wrong version number", channel="D1")
        await peer.until(lambda: bool(look.asked) and bool(peer.streams), within=10)
        event = {"type": "agent_session_stopped", "channel": "D1", "thread_ts": root, "user": "U1", "event_ts": peer.new_ts()}
        await peer.acked(await peer.send("events_api", peer.event(event)))
        await service.idle(f"slack:T1:D1:{root}")
        await peer.until(lambda: not peer.streams, within=10)
        await peer.until(lambda: any(call.body["status"] != "processing" for call in peer.called("agents.sessions.setStatus")), within=10)

    assert peer.ours("D1", root)[-1].text
    assert peer.called("agents.sessions.setStatus")[-1].body["status"] in ("active", "suspended", "closed")
