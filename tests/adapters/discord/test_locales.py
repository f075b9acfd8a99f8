"""What depends on a person's language: dates, and the list of commands."""

from __future__ import annotations

import pytest

from adapters.discord import commands
from bot.reply import Paragraph, Reply, SourceLine, Sources, Text
from tests.adapters.discord.local import GENERAL
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import PHRASES, Scripted, echo, running, words
from tests.adapters.discord.seen import buttons, words_of

DATED = Reply(
    (Paragraph((Text("The settings."),)), Sources((SourceLine("https://www.rfc-editor.org/rfc/rfc8314", "2026-03"),))), final=True
)


async def test_a_click_tells_the_language_in_which_the_answer_is_dated(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [DATED] if incoming.locale else echo(incoming, talk)
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        await peer.press(question, buttons(question)["587"])
        await peer.until(lambda: len(peer.ours(thread)) == 2)

    assert "März 2026" in words_of(peer.ours(thread)[1])


async def test_without_a_click_the_servers_own_language_dates_it(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [DATED]
    async with running(peer, service):
        await peer.dispatch("GUILD_UPDATE", {**peer.guild(), "preferred_locale": "fr"})
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))

    assert "mars 2026" in words_of(peer.ours(thread)[0])


async def test_a_command_is_answered_with_its_persons_dates(peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "answer", lambda query: DATED)
    async with running(peer, service):
        called = await peer.slash("lookup", options={"query": "gmail"}, locale="es-ES")
        await peer.until(lambda: peer.private[called["token"]])
        talk = await peer.slash("diagnose", options={"text": "x"}, locale="de")
        await peer.until(lambda: service.received)
        assert service.channel is not None
        await service.channel.post(service.received[0].place, DATED, "k1")

    assert "marzo de 2026" in words_of(peer.private[called["token"]][0])
    assert any("März 2026" in words_of(one) for one in peer.private[talk["token"]])


@pytest.mark.parametrize("language", sorted(set(commands.LOCALES.values())))
def test_every_language_describes_every_command_and_option(language: str) -> None:
    described = {name for name in PHRASES if name.startswith(("command", "option_"))}

    assert set(PHRASES["in"][language]) == described
    assert all(1 <= len(words(f"in.{language}.{name}")) <= 100 for name in described)
    assert len(words(f"in.{language}.command_message")) <= 32


def test_a_description_that_changed_in_one_language_is_registered_anew() -> None:
    wanted = commands.definitions(words)
    registered = [{**command, "id": "1", "version": "2", "default_member_permissions": None} for command in commands.definitions(words)]

    assert commands.same(registered, wanted)
    registered[0] = {**registered[0], "description_localizations": {**registered[0]["description_localizations"], "de": "Anders"}}
    assert not commands.same(registered, wanted)


async def test_the_registered_commands_are_asked_for_with_their_languages(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        await peer.until(lambda: peer.commands)
    async with running(peer, service):
        await peer.until(lambda: len(peer.calls("GET", r"/applications/\d+/commands")) == 2)
        await peer.until(lambda: peer.ours(GENERAL) == [])

    assert peer.command_writes == 1
    assert peer.commands[0]["description_localizations"]["de"].startswith("Findet heraus")
