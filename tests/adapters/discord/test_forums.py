"""Help forums: answered where there is something to say, closed by who opened them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channel import Wrote
from tests.adapters.discord.local import ANNA, BEN, FORUM, GENERAL, SOLVED_TAG, Fault
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, reply, running, words
from tests.adapters.discord.seen import buttons, words_of
from tests.adapters.discord.test_attachments import attached


async def opened(peer: Peer, title: str, text: str, *, owner: str = ANNA, parent: str = FORUM, **more: Any) -> str:
    """A new post: the thread comes first, its first message after it, with the same id."""
    post = peer.snowflake()
    peer._open_thread({"name": title}, parent, post)
    peer.threads[post] |= {"owner_id": owner, "applied_tags": []}
    await peer.dispatch("THREAD_CREATE", {**peer.threads[post], "newly_created": True})
    await peer.say(text, channel=post, id=post, author=owner, **more)
    return post


async def test_a_post_is_answered_with_title_and_text_as_one(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        post = await opened(peer, "Cannot send", "it says 550 5.7.1")
        await peer.until(lambda: peer.ours(post))
        await peer.say("port 465", channel=post)
        await peer.until(lambda: len(peer.ours(post)) == 2)

    assert service.received[0].what == Wrote("Cannot send\nit says 550 5.7.1")
    assert service.received[0].called


async def test_where_there_is_nothing_to_say_nothing_is_said_until_it_is_called(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        post = await opened(peer, "Which chair is best?", "mine squeaks")
        await peer.say("try oil", channel=post, author=BEN)
        await peer.say("it says 550 now", channel=post)
        other = await opened(peer, "Something else", "550 5.7.1", parent=GENERAL)
        await peer.mention("help here please", channel=post)
        await peer.until(lambda: peer.ours(post))

    assert len(service.received) == 1
    assert peer.ours(other) == []


async def test_what_stands_in_a_posts_log_counts_too(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        post = await opened(peer, "Please help", "see the log", attachments=[attached(peer, "mail.log", b"550 5.7.1")])
        await peer.until(lambda: peer.ours(post))

    assert service.received[0].what == Wrote("Please help\nsee the log\n\n550 5.7.1")


@pytest.mark.parametrize(("who", "permissions"), [(ANNA, "0"), (BEN, str(1 << 34))])
async def test_owner_and_moderators_close_a_post_with_its_tag(who: str, permissions: str, peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [reply("Change the port.", ("works", "It works"), turn=talk.turn, final=True)]
    async with running(peer, service):
        post = await opened(peer, "Cannot send", "550 5.7.1")
        answer = (await peer.until(lambda: peer.ours(post)))[0]
        pressed = await peer.press(answer, buttons(answer)["Mark as solved"], author=who, permissions=permissions)
        await peer.until(lambda: peer.calls("PATCH", f"/channels/{post}"))

    assert peer.calls("PATCH", f"/channels/{post}")[0].body == {"archived": True, "applied_tags": [SOLVED_TAG]}
    assert words_of(peer.private[pressed["token"]][0]) == words("solved_done")


async def test_others_do_not_close_a_post(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [reply("Change the port.", turn=talk.turn, final=True)]
    async with running(peer, service):
        post = await opened(peer, "Cannot send", "550 5.7.1")
        answer = (await peer.until(lambda: peer.ours(post)))[0]
        pressed = await peer.press(answer, buttons(answer)["Mark as solved"], author=BEN)
        await peer.until(lambda: peer.private[pressed["token"]])

    assert words_of(peer.private[pressed["token"]][0]) == words("solved_not_yours")
    assert peer.calls("PATCH", f"/channels/{post}") == []


async def test_without_the_permission_closing_says_what_is_missing(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [reply("Change the port.", turn=talk.turn, final=True)]
    async with running(peer, service):
        post = await opened(peer, "Cannot send", "550 5.7.1")
        peer.faults.append(Fault("PATCH", f"/channels/{post}", 403, 50013))
        answer = (await peer.until(lambda: peer.ours(post)))[0]
        pressed = await peer.press(answer, buttons(answer)["Mark as solved"])
        said: list[dict[str, Any]] = peer.private[pressed["token"]]
        await peer.until(lambda: len(said) == 2)

    assert "Manage Threads" in words_of(said[1])
