"""What happened while nobody listened: after a restart it is heard as if it came now, once; and what is gone is forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.discord import places
from adapters.discord.custom_ids import KEY
from bot.channel import Deleted, Wrote
from bot.conversation.model import Line
from bot.errors import StoreUnreachable
from bot.service import Service
from tests.adapters.discord.local import GENERAL, GUILD, Fault
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, running
from tests.adapters.discord.seen import words_of
from tests.adapters.discord.test_with_the_real_service import serving

LATER = "2099-11-25T10:00:00+00:00"

pytestmark = pytest.mark.usefixtures("soon")


def _answers_stand(peer: Peer, thread: str, number: int) -> bool:
    return len(peer.ours(thread)) == number


async def talk_in(peer: Peer, service: Scripted, *later: str) -> tuple[str, list[dict[str, Any]]]:
    """A talk that began with a mention and went on with `later`, while the bot ran; its thread, and all that its asker wrote."""
    before = service.kept.writes
    async with running(peer, service):
        await peer.until(lambda: service.kept.writes > before)
        said = [await peer.mention("I cannot send")]
        thread = str(said[0]["id"])
        await peer.until(lambda: peer.ours(thread))
        for number, text in enumerate(later, 2):
            said.append(await peer.say(text, channel=thread))
            await peer.until(partial(_answers_stand, peer, thread, number))
    key = KEY + thread
    lines = tuple(Line("person", one["content"], KEY + one["id"]) for one in said)
    talk = service.talks[key]
    service.talks[key] = replace(talk, last_order=places.order(said[-1]["id"]), updated=places.time_of(said[-1]["id"]), transcript=lines)
    peer.threads[thread]["last_message_id"] = said[-1]["id"]
    return thread, said


async def again(peer: Peer, service: Scripted, *, heard: int = 0) -> None:
    """The bot runs once more, until it has read again and noted what stands open, and `heard` things came of it."""
    before, received = service.kept.writes, len(service.received)
    async with running(peer, service):
        await peer.until(lambda: service.kept.writes > before and len(service.received) >= received + heard)


async def test_what_was_written_edited_and_deleted_meanwhile_is_heard_once(peer: Peer, service: Scripted) -> None:
    thread, (_, kept, changed, gone) = await talk_in(peer, service, "it is Outlook", "port 25", "my server is a.example.com")
    peer.messages[thread].remove(gone)
    changed |= {"content": "port 587", "edited_timestamp": LATER}
    missed = peer.said("and 550 5.7.1", channel=thread)
    peer.messages[thread].append(missed)

    await again(peer, service, heard=3)
    await again(peer, service)

    news = service.received[4:]
    assert {(one.message, one.what) for one in news} == {
        (KEY + gone["id"], Deleted()),
        (KEY + changed["id"], Wrote("port 587", edited=True)),
        (KEY + missed["id"], Wrote("and 550 5.7.1")),
    }
    assert KEY + kept["id"] not in {one.message for one in news}
    assert "and 550 5.7.1" in words_of(peer.ours(thread)[-1])


async def test_what_was_missed_is_heard_though_a_younger_word_came_first(peer: Peer, service: Scripted) -> None:
    thread, _ = await talk_in(peer, service, "it is Outlook")
    missed = peer.said("port 465", channel=thread)
    peer.messages[thread].append(missed)
    before = service.kept.writes

    async with running(peer, service):
        younger = await peer.say("sorry, 587", channel=thread)
        await peer.until(lambda: len(service.received) == 3)
        key = KEY + thread
        service.talks[key] = replace(service.talks[key], last_order=places.order(younger["id"]), updated=places.time_of(younger["id"]))
        await peer.until(lambda: service.kept.writes > before and len(service.received) == 4)

    assert [one.what for one in service.received[2:]] == [Wrote("sorry, 587"), Wrote("port 465")]


@pytest.mark.parametrize("what", ["deleted", "edited"])
async def test_the_message_that_a_thread_began_with_is_looked_at_too(what: str, peer: Peer, service: Scripted) -> None:
    thread, (root,) = await talk_in(peer, service)
    if what == "deleted":
        peer.messages[GENERAL].remove(root)
    else:
        root |= {"content": root["content"].replace("I cannot send", "550 5.7.1"), "edited_timestamp": LATER}

    await again(peer, service, heard=1)

    assert service.received[1].message == KEY + thread
    assert service.received[1].what == (Deleted() if what == "deleted" else Wrote("550 5.7.1", edited=True))


async def test_a_click_is_not_taken_for_a_message_that_is_gone(peer: Peer, service: Scripted) -> None:
    thread, _ = await talk_in(peer, service)
    talk = service.talks[KEY + thread]
    click = Line("person", "587", KEY + "interaction:1575159546043695115")
    service.talks[KEY + thread] = replace(talk, transcript=(*talk.transcript, click))

    await again(peer, service)

    assert len(service.received) == 1


async def test_a_history_that_is_not_shown_is_not_taken_for_an_empty_one(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk_in(peer, service, "it is Outlook")
    monkeypatch.setattr(peer, "_history", lambda asked, channel: [])

    await again(peer, service)

    assert len(service.received) == 2


async def test_a_thread_that_was_deleted_meanwhile_is_forgotten_and_an_archived_one_is_not(peer: Peer, service: Scripted) -> None:
    gone, _ = await talk_in(peer, service)
    archived, _ = await talk_in(peer, service)
    del peer.threads[gone]
    peer.threads[archived]["thread_metadata"]["archived"] = True

    await again(peer, service)

    assert list(service.talks) == [KEY + archived]
    assert service.forgotten == [KEY + gone]


async def test_a_server_that_was_left_meanwhile_is_forgotten(peer: Peer, service: Scripted) -> None:
    await talk_in(peer, service)
    peer.member = False

    await again(peer, service)

    assert service.forgotten == [f"{KEY}guild:{GUILD}"]


@pytest.mark.parametrize("fails", [StoreUnreachable("away"), ValueError("spoilt")], ids=["away", "spoilt"])
async def test_a_store_that_fails_meanwhile_keeps_nobody_waiting(
    fails: Exception, peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def kept(name: str) -> bytes | None:
        raise fails

    monkeypatch.setattr(service.kept, "kept", kept)
    async with running(peer, service):
        await peer.until(lambda: "what happened meanwhile" in caplog.text)
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))


async def test_what_cannot_be_read_again_is_left_and_keeps_nobody_waiting(peer: Peer, service: Scripted) -> None:
    thread, _ = await talk_in(peer, service)
    peer.faults.append(Fault("GET", f"/channels/{thread}/messages", 403, 50001))

    await again(peer, service)

    assert len(service.received) == 1


async def test_over_the_real_service_what_stood_in_a_deleted_message_is_gone(peer: Peer, tmp_path: Path) -> None:
    async def known(service: Service) -> str:
        talk = await service.knows(KEY + thread)
        assert talk is not None
        return f"{talk.slots} {[line.text for line in talk.transcript if line.who == 'person']}"

    async with serving(peer, tmp_path / "talks.sqlite") as service:
        thread = str((await peer.mention("Outlook cannot send: connection timed out"))["id"])
        await peer.until(lambda: peer.ours(thread))
        named = await peer.say("the server is smtp.mailbox.org, port 587", channel=thread)
        await peer.until(lambda: len(peer.ours(thread)) > 1)
        assert "smtp.mailbox.org" in await known(service)
    peer.messages[thread].remove(named)
    async with serving(peer, tmp_path / "talks.sqlite") as service:
        for _ in range(200):
            if "smtp.mailbox.org" not in (still := await known(service)):
                break
            await asyncio.sleep(0.05)

    assert "smtp.mailbox.org" not in still
    assert "connection timed out" in still
