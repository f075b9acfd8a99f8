"""Attached text files are read, bounded and from Discord only; others are named."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from adapters.discord import attachments
from bot.channel import Wrote
from tests.adapters.discord.local import BEN
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, running, words
from tests.adapters.discord.seen import words_of


def attached(peer: Peer, name: str, data: bytes, kind: str | None = None, size: int | None = None) -> dict[str, Any]:
    peer.files[name] = data
    return {
        "id": peer.snowflake(),
        "filename": name,
        "size": size or len(data),
        "content_type": kind,
        "url": f"http://127.0.0.1:{peer.port}/files/{name}",
    }


async def test_a_text_log_is_read_with_the_message(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        log = attached(peer, "mail.log", b"550 5.7.1 relaying denied\xff")
        thread = (await peer.mention("see the log", attachments=[log]))["id"]
        shown = (await peer.until(lambda: peer.ours(thread)))[0]

    assert "see the log" in words_of(shown)
    assert "550 5.7.1 relaying denied\ufffd" in words_of(shown)


async def test_a_picture_and_a_large_file_are_named_as_not_read(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        picture = attached(peer, "screen.png", b"\x89PNG", "image/png")
        large = attached(peer, "large.log", b"x" * (attachments.MAX_BYTES + 1), "text/plain")
        thread = (await peer.mention("help", attachments=[picture, large]))["id"]
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    shown = "\n".join(words_of(message) for message in peer.ours(thread))
    assert words("file_not_text") in shown.replace("\\", "")
    assert "256 KiB" in shown


async def test_a_picture_alone_in_the_middle_of_a_talk_is_no_turn_of_it(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        await peer.say("", channel=thread, attachments=[attached(peer, "screen.png", b"\x89PNG", "image/png")])
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert words_of(peer.ours(thread)[1]) == words("file_not_text")
    assert len(service.received) == 1


async def test_a_log_alone_is_read_and_nothing_is_added(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("", attachments=[attached(peer, "mail.log", b"550 5.7.1")]))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert service.received[0].what == Wrote("550 5.7.1")


async def test_a_context_menu_reads_the_log_of_the_message(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        log = attached(peer, "mail.log", b"550 5.7.1")
        called = await peer.menu(peer.said("", author=BEN, attachments=[log]))
        await peer.until(lambda: peer.private[called["token"]] and not peer.private[called["token"]][0]["thinking"])

    assert "550 5.7.1" in words_of(peer.private[called["token"]][0])


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/x.log",
        "https://cdn.discordapp.com.evil.example/x.log",
        "https://cdn.discordapp.com:8443/x.log",
        "https://evil.example/x.log",
        "http://127.0.0.1:1/x.log",
        "file:///etc/passwd",
        "",
    ],
)
async def test_other_addresses_are_not_asked(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        files = await attachments.read([{"filename": "x.log", "url": url, "size": 3}], session, "127.0.0.1:2")

    assert files == attachments.Files()


async def test_a_redirect_is_not_followed_and_a_size_that_lies_is_bounded(peer: Peer) -> None:
    peer.files["lies.log"] = b"x" * (attachments.MAX_BYTES * 2)
    peer.files["binary.log"] = b"a\0b"
    base = f"http://127.0.0.1:{peer.port}/files/"
    async with aiohttp.ClientSession() as session:
        given = [{"filename": f"{name}.log", "url": base + name, "size": 3} for name in ("moved", "lies.log", "binary.log")]
        files = await attachments.read(given, session, f"127.0.0.1:{peer.port}")

    assert files == attachments.Files((), too_large=1, not_text=1)
