"""The same adapter over the real service: SQLite file, real machine, real reader; only the mail server's answers are played."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.discord import app
from bot.conversation.model import ProbeRequest
from bot.observations import Observations
from bot.probes.model import OnSeen
from bot.service import Service
from bot.store import open_store
from knowledge.index import index
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import configured
from tests.adapters.discord.seen import buttons, words_of
from tests.adapters.discord.test_forums import opened


class NothingSeen:
    """A broker whose probes see nothing: the talk must get on with what people say."""

    async def run(self, probe_id: str, request: ProbeRequest, person: str, workspace: str, on_seen: OnSeen) -> Observations:
        return Observations(())


@asynccontextmanager
async def serving(peer: Peer, file: Path) -> AsyncIterator[Service]:
    """As `postmaster discord` does it, ended as by SIGTERM."""
    store = open_store(f"sqlite:{file}")
    await store.open()
    stop = asyncio.Event()
    service = Service(store, NothingSeen(), index())
    connected = len(peer.identifies)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(app.run(configured(DISCORD_API_URL=peer.api), service, stop))
            await asyncio.sleep(0)
            group.create_task(service.run(stop))
            await peer.until(lambda: len(peer.identifies) > connected and peer.sockets)
            yield service
            stop.set()
    finally:
        await store.close()


async def test_from_a_mention_over_a_question_to_an_answer(peer: Peer, tmp_path: Path) -> None:
    async with serving(peer, tmp_path / "talks.sqlite"):
        thread = (await peer.mention("Thunderbird and Gmail: 535 5.7.8 Username and Password not accepted"))["id"]
        await peer.until(lambda: any("app password" in words_of(one).lower() for one in peer.ours(thread)))

    assert "Thunderbird" in peer.threads[thread]["name"]
    assert "@" not in peer.threads[thread]["name"]


async def test_a_talk_goes_on_after_a_restart_with_the_button_of_before(peer: Peer, tmp_path: Path) -> None:
    async with serving(peer, tmp_path / "talks.sqlite"):
        thread = (await peer.mention("my mail program cannot send, mail.example.com"))["id"]
        question = await peer.until(lambda: next((one for one in peer.ours(thread) if buttons(one)), None))
        told = len(peer.ours(thread))
    async with serving(peer, tmp_path / "talks.sqlite"):
        await peer.press(question, next(iter(buttons(question).values())))
        await peer.until(lambda: len(peer.ours(thread)) > told)
        again = await peer.press(question, next(iter(_all_ids(question))))
        await peer.until(lambda: peer.acknowledged.get(again["id"]))

    assert words_of(peer.ours(thread)[told]) != words_of(question)


async def test_a_button_pressed_twice_is_answered_once_and_the_second_time_in_private(peer: Peer, tmp_path: Path) -> None:
    async with serving(peer, tmp_path / "talks.sqlite"):
        thread = (await peer.mention("my mail program cannot send, smtp.mailbox.org"))["id"]
        question = await peer.until(lambda: next((one for one in peer.ours(thread) if "I don't know" in buttons(one)), None))
        before = len(peer.ours(thread))
        await peer.press(question, buttons(question)["I don't know"])
        twice = await peer.press(question, "pm:1:dont_know")
        await peer.until(lambda: peer.private[twice["token"]] and len(peer.ours(thread)) > before)

    assert "already answered" in words_of(peer.private[twice["token"]][0])
    assert len(peer.ours(thread)) == before + 1


async def test_a_pasted_password_is_told_privately_and_stands_nowhere(peer: Peer, tmp_path: Path) -> None:
    file = tmp_path / "talks.sqlite"
    async with serving(peer, file):
        await peer.mention("cannot send with smtp.gmail.com, my password is Tr0ub4dor&3xyz, error 535")
        await peer.until(lambda: peer.dms and peer.ours(next(iter(peer.dms.values()))))

    assert "Tr0ub4dor" not in str(peer.messages[next(iter(peer.dms.values()))])
    assert b"Tr0ub4dor" not in _written(tmp_path)


async def test_lookup_and_explain_answer_from_knowledge(peer: Peer, tmp_path: Path) -> None:
    async with serving(peer, tmp_path / "talks.sqlite"):
        lookup = await peer.slash("lookup", options={"query": "gmail"})
        explained = await peer.slash("explain", options={"error": "534 5.7.9 Application-specific password required"})
        completed = await peer.slash("explain", options={"error": "auth.app_password_required", "provider": "gmail"})
        await peer.until(lambda: all(peer.private[one["token"]] for one in (lookup, explained, completed)))

    assert "smtp.gmail.com" in words_of(peer.private[lookup["token"]][0])
    assert "password" in words_of(peer.private[explained["token"]][0]).lower()
    assert "The provider wants an app password" in words_of(peer.private[completed["token"]][0])


async def test_a_post_in_a_help_forum_is_answered_or_asked_about_or_left(peer: Peer, tmp_path: Path) -> None:
    async with serving(peer, tmp_path / "talks.sqlite"):
        other = await opened(peer, "Which chair is best?", "mine squeaks")
        answered = await opened(peer, "Thunderbird and Gmail", "535 5.7.8 Username and Password not accepted")
        asked = await opened(peer, "Mail is not sent", "since this morning nothing goes out of my Outlook")
        await peer.until(lambda: peer.ours(answered) and peer.ours(asked))

    assert "app password" in words_of(peer.ours(answered)[0]).lower()
    assert "Mark as solved" in buttons(peer.ours(answered)[0])
    assert "What does it say" in words_of(peer.ours(asked)[0])
    assert peer.ours(other) == []


async def test_a_person_is_called_and_then_there_is_silence_until_the_bot_is_called(peer: Peer, tmp_path: Path) -> None:
    async with serving(peer, tmp_path / "talks.sqlite"):
        thread = (await peer.mention("Outlook: 550 5.7.1 Unable to relay"))["id"]
        await peer.until(lambda: peer.ours(thread))
        await peer.say("I want to talk to a human", channel=thread)
        await peer.until(lambda: any("<@&" in words_of(one) for one in peer.ours(thread)))
        await peer.until(lambda: "Problem" in words_of(peer.ours(thread)[-1]))
        before = len(peer.ours(thread))
        await peer.say("I am here, let me look", channel=thread, author="400000000000000002")
        await peer.mention("are you still there?", channel=thread)
        await peer.until(lambda: len(peer.ours(thread)) > before)

    assert len(peer.ours(thread)) == before + 1


async def test_forgetting_a_person_deletes_their_talks(peer: Peer, tmp_path: Path) -> None:
    async with serving(peer, tmp_path / "talks.sqlite") as service:
        thread = (await peer.mention("Thunderbird cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        called = await peer.slash("forget")
        await peer.until(lambda: [one for one in peer.private[called["token"]] if not one["thinking"]])
        known = await service.knows(f"discord:{thread}")

    assert known is None


def _written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def _all_ids(message: dict[str, object]) -> list[str]:
    components = message["components"]
    assert isinstance(components, list)
    return [one["custom_id"] for row in components if row["type"] == 1 for one in row["components"]]
