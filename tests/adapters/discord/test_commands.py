"""Commands, context menu, modals and the talk that only its person sees; with and without the bot in the server."""

from __future__ import annotations

import json

import pytest

from adapters.discord import commands, modals
from adapters.discord.custom_ids import KEY
from bot.channel import Filled, Pressed, Wrote
from bot.reply import Choice, Field, Form, Literal, Paragraph, Progress, Reply, Task
from tests.adapters.discord.local import ANNA, BEN, GENERAL, Fault
from tests.adapters.discord.peer import Peer
from tests.adapters.discord.scripted import Scripted, configured, reply, running, words
from tests.adapters.discord.seen import buttons, words_of


def seen(peer: Peer, interaction: dict[str, object]) -> list[dict[str, object]]:
    return peer.private[str(interaction["token"])]


# --- what is answered at once ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "options", "shown"),
    [
        ("lookup", {"query": "gmail", "client": "thunderbird"}, "lookup: gmail {'client': 'thunderbird'}"),
        ("explain", {"error": "550 5.7.1", "provider": "gmail"}, "explain: 550 5.7.1 {'provider': 'gmail'}"),
        ("help", {}, "Diagnose this error"),
    ],
)
async def test_a_question_without_a_talk_is_answered_in_the_acknowledgement(
    verb: str, options: dict[str, str], shown: str, peer: Peer, service: Scripted
) -> None:
    async with running(peer, service):
        called = await peer.slash(verb, options=options)
        answers = await peer.until(lambda: seen(peer, called))

    assert shown in words_of(answers[0]).replace("\\", "")
    assert answers[0]["flags"] & 64
    assert service.received == []


async def test_a_long_answer_to_a_command_goes_on_in_further_private_messages(
    peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "answer", lambda query: Reply((Paragraph((Literal("word " * 2_000),)),)))
    async with running(peer, service):
        called = await peer.slash("lookup", options={"query": "gmail"})
        await peer.until(lambda: len(seen(peer, called)) == 3)

    assert sum(words_of(message).count("word") for message in seen(peer, called)) == 2_000
    assert all(int(str(message["flags"])) & 64 for message in seen(peer, called))


async def test_completion_offers_what_knowledge_has(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        typed = await peer.slash("lookup", options={"query": "gma", "client": ""}, typing="query")
        answer = await peer.until(lambda: peer.acknowledged.get(typed["id"]))
        other = await peer.slash("explain", options={"error": "x", "client": "thunder"}, typing="client")
        clients = await peer.until(lambda: peer.acknowledged.get(other["id"]))

        third = await peer.slash("explain", options={"error": "app pass"}, typing="error")
        causes = await peer.until(lambda: peer.acknowledged.get(third["id"]))

    assert answer["type"] == 8
    assert {"name": "Gmail", "value": "gmail"} in answer["data"]["choices"]
    assert len(answer["data"]["choices"]) <= 25
    assert causes["data"]["choices"] == [{"name": "The provider wants an app password", "value": "auth.app_password_required"}]
    assert {"name": "Thunderbird", "value": "thunderbird"} in clients["data"]["choices"]


async def test_forget_deletes_and_says_how_much(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))
        called = await peer.slash("forget")
        await peer.until(lambda: [one for one in seen(peer, called) if not one["thinking"]])
        again = await peer.slash("forget")
        await peer.until(lambda: [one for one in seen(peer, again) if not one["thinking"]])

    assert service.forgotten == [f"{KEY}user:{ANNA}"] * 2
    assert "1" in words_of(seen(peer, called)[0])
    assert words_of(seen(peer, again)[0]) == words("forgotten_none")


# --- the talk in one private message ---------------------------------------------------------------------


async def test_a_talk_by_command_stays_in_one_private_message(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        called = await peer.slash("diagnose", options={"text": "I cannot send"})
        await peer.until(lambda: buttons(seen(peer, called)[0]) if seen(peer, called) else None)
        question = seen(peer, called)[0]
        pressed = await peer.press({**question, "channel_id": GENERAL}, buttons(question)["587"])
        await peer.until(lambda: seen(peer, pressed))

    assert peer.acknowledged[called["id"]] == {"type": 5, "data": {"flags": 64}}
    assert peer.acknowledged[pressed["id"]] == {"type": 6}
    assert "You chose p587" in words_of(seen(peer, pressed)[0])
    assert seen(peer, pressed)[0]["id"] == "@original"
    assert peer.ours(GENERAL) == []
    assert {incoming.conversation for incoming in service.received} == {KEY + called["id"]}
    assert [incoming.locale for incoming in service.received] == ["de", "de"]


async def test_a_user_install_works_where_the_bot_is_not(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        called = await peer.slash("check", options={"target": "mail.example.com:587"}, guild=None, channel_type=3)
        await peer.until(lambda: seen(peer, called) and not seen(peer, called)[0]["thinking"])

    assert service.received[0].what == Wrote("Check mail.example.com:587")
    assert service.received[0].person == f"{KEY}user:{ANNA}"
    assert "Answer…" in buttons(seen(peer, called)[0])


async def test_progress_and_answer_share_the_private_message(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: []
    async with running(peer, service):
        called = await peer.slash("check", options={"target": "mail.example.com"})
        await peer.until(lambda: service.received)
        channel, place = service.channel, service.received[0].place
        assert channel is not None
        await channel.progress(place, Progress("p", "Looking", (Task("587", "587", "running"),)))
        await peer.until(lambda: seen(peer, called) and "Looking" in words_of(seen(peer, called)[0]))
        await channel.post(place, reply("The answer."), "k1")
        await channel.progress(place, Progress("p", "Looking", (Task("587", "587", "good"),), finished=True))
        await channel.post(place, reply("One more."), "k2")

    assert [words_of(message) for message in seen(peer, called)] == ["The answer.\nOne more.\n[Answer…]"]


async def test_what_does_not_fit_into_the_private_message_follows_it(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: [reply("word " * 700, ("a", "A"), asks="port", turn=1), reply("more " * 700)]
    async with running(peer, service):
        called = await peer.slash("diagnose", options={"text": "I cannot send"})
        await peer.until(lambda: len(seen(peer, called)) == 2)

    first, second = seen(peer, called)
    assert words_of(first).count("word") == 700
    assert words_of(second).count("more") == 700
    assert int(str(second["flags"])) & 64


async def test_after_the_token_died_the_answer_comes_as_a_direct_message(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: []
    async with running(peer, service):
        called = await peer.slash("diagnose", options={"text": "I cannot send"})
        await peer.until(lambda: service.received)
        peer.expire(called)
        assert service.channel is not None
        await service.channel.post(service.received[0].place, reply("Did it work?", ("works", "It works"), turn=1), "k1")

    question = peer.ours(peer.dms[ANNA])[0]
    assert buttons(question)["It works"] == f"pm@{called['id']}:1:works"


async def test_a_context_menu_reads_the_message_it_was_opened_on(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        error = peer.said("550 5.7.1 relaying denied", author=BEN)
        called = await peer.menu(error)
        await peer.until(lambda: seen(peer, called) and not seen(peer, called)[0]["thinking"])
        empty = await peer.menu(peer.said("", author=BEN))
        await peer.until(lambda: seen(peer, empty))

    assert "550 5.7.1 relaying denied" in words_of(seen(peer, called)[0])
    assert service.received[0].person == f"{KEY}user:{ANNA}"
    assert words_of(seen(peer, empty)[0]) == words("nothing_to_read")


async def test_diagnose_without_a_text_opens_a_form_that_works_after_a_restart(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        called = await peer.slash("diagnose")
        opened = await peer.until(lambda: peer.acknowledged.get(called["id"]))
    async with running(peer, service):
        sent = await peer.send_modal(opened["data"], {"error": "I cannot send", "port": ""})
        empty = await peer.send_modal(opened["data"], {"error": "", "port": ""})
        await peer.until(lambda: service.received and seen(peer, empty))

    assert opened["type"] == 9
    assert [label["component"]["custom_id"] for label in opened["data"]["components"]] == ["error", "provider", "client", "host", "port"]
    assert [incoming.what for incoming in service.received] == [Filled("start", {"error": "I cannot send"})]
    assert peer.acknowledged[sent["id"]]["type"] == 5
    assert words_of(seen(peer, empty)[0]) == words("nothing_to_read")


async def test_the_same_form_sent_by_two_people_is_two_talks(peer: Peer, service: Scripted) -> None:
    async with running(peer, service):
        called = await peer.slash("diagnose")
        opened = await peer.until(lambda: peer.acknowledged.get(called["id"]))
        await peer.send_modal(opened["data"], {"error": "one"})
        await peer.send_modal(opened["data"], {"error": "two"}, author=BEN)
        await peer.until(lambda: len(service.received) == 2)

    assert len({incoming.conversation for incoming in service.received}) == 2


async def test_another_process_that_was_faster_is_left_to_answer(peer: Peer, service: Scripted) -> None:
    async with running(peer, service), running(peer, service):
        called = await peer.slash("diagnose", options={"text": "I cannot send"})
        await peer.until(lambda: seen(peer, called) and not seen(peer, called)[0]["thinking"])
        lookup = await peer.slash("lookup", options={"query": "gmail"})
        await peer.until(lambda: seen(peer, lookup))

    assert len(service.received) == 1
    assert len(seen(peer, lookup)) == 1


async def test_a_failure_of_ours_gets_a_private_sentence(peer: Peer, service: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(query: object) -> Reply:
        raise RuntimeError("secret text")

    monkeypatch.setattr(service, "answer", broken)
    async with running(peer, service):
        called = await peer.slash("lookup", options={"query": "gmail"})
        await peer.until(lambda: seen(peer, called))

    assert words_of(seen(peer, called)[0]) == words("failed")


# --- without the right to read ---------------------------------------------------------------------------


async def test_without_reading_rights_a_button_opens_a_field_and_what_is_entered_is_heard(service: Scripted) -> None:
    peer = Peer(content=False)
    await peer.start()
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        pressed = await peer.press(question, buttons(question)["Answer…"])
        opened = await peer.until(lambda: peer.acknowledged.get(pressed["id"]))
        await peer.send_modal(opened["data"], {"text": "port 465"}, message=question, channel=thread)
        await peer.until(lambda: len(peer.ours(thread)) == 2)
        await peer.say("not to be read", channel=thread)
        await peer.say("read", channel=thread, type=19, referenced_message=question)
        await peer.until(lambda: len(peer.ours(thread)) == 3)
    await peer.stop()

    assert "mention me" in words_of(question)
    assert "mention me" not in words_of(peer.ours(thread)[1])
    assert [incoming.what for incoming in service.received[:2]] == [Wrote("I cannot send"), Wrote("port 465")]
    assert "not to be read" not in json.dumps([words_of(message) for message in peer.ours(thread)])
    assert peer.identifies[0]["intents"] == 4609


# --- registration ----------------------------------------------------------------------------------------


async def test_commands_are_registered_once_and_again_only_when_they_changed(peer: Peer, service: Scripted) -> None:
    for _ in range(2):
        async with running(peer, service):
            await peer.until(lambda: peer.commands)
    assert peer.command_writes == 1

    peer.commands[0]["description"] = "an older one"
    async with running(peer, service):
        await peer.until(lambda: peer.command_writes == 2)


async def test_a_refused_registration_does_not_keep_the_bot_from_answering(peer: Peer, service: Scripted) -> None:
    peer.faults.append(Fault("PUT", r"/applications/\d+/commands", 400, 30032, times=9))
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: peer.ours(thread))


async def test_commands_are_registered_by_hand_whether_or_not_they_changed(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters.discord.app import sync_commands

    await sync_commands(configured(DISCORD_API_URL=peer.api))
    await sync_commands(configured(DISCORD_API_URL=peer.api))

    assert peer.command_writes == 2


def test_commands_are_within_discords_limits() -> None:
    slash, menu = commands.definitions(words)

    assert (slash["name"], menu["name"]) == ("postmaster", "Diagnose this error")
    assert menu["type"] == 3
    assert len(menu["name"]) <= 32
    for command in (slash, menu):
        assert command["integration_types"] == [0, 1]
        assert command["contexts"] == [0, 1, 2]
    for one in [slash, *slash["options"], *(option for verb in slash["options"] for option in verb["options"])]:
        assert one["name"] == one["name"].lower()
        assert 1 <= len(one["name"]) <= 32
        assert 1 <= len(one["description"]) <= 100
    for verb in slash["options"]:
        required = [option["required"] for option in verb["options"]]
        assert required == sorted(required, reverse=True)
        assert all(option["max_length"] <= 6_000 for option in verb["options"])
    assert commands.same([{**slash, "id": "1", "version": "2"}, menu], [slash, menu])
    assert not commands.same([slash], [slash, menu])


def test_a_form_is_within_discords_limits_and_asks_for_no_more_than_five() -> None:
    fields = tuple(
        Field(f"slot{number}", "A label that is much longer than a label may be here", hint="h" * 200, kind="multiline")
        for number in range(8)
    )
    choice = Field("security", "Encryption", "choice", options=tuple(Choice(f"c{n}", f"Choice {n}") for n in range(30)))

    modal = modals.form(
        "pm:3:!form.settings", Form("settings", "A title that is longer than forty-five characters", (choice, *fields), "Send")
    )

    assert modal["custom_id"] == "pm:3:!form.settings"
    assert len(modal["title"]) <= 45
    assert len(modal["components"]) == 5
    for label in modal["components"]:
        assert len(label["label"]) <= 45
        assert len(label.get("description", "")) <= 100
        assert label["component"]["required"] is False
    assert len(modal["components"][0]["component"]["options"]) == 25


async def test_a_sent_form_fills_what_it_asked_for(peer: Peer, service: Scripted) -> None:
    service.says = lambda incoming, talk: []
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        await peer.until(lambda: service.received)
        await peer.send_modal(
            {"custom_id": "pm:1:!form.settings"}, {"host": "mail.example.com", "port": "587", "error": ""}, channel=thread, channel_type=11
        )
        await peer.until(lambda: len(service.received) == 2)

    assert service.received[1].what == Filled("settings", {"host": "mail.example.com", "port": "587"})


async def test_a_choice_from_a_menu_is_heard(peer: Peer, service: Scripted) -> None:
    labels = [(f"client.{number}", f"Program {number}") for number in range(9)]
    service.says = lambda incoming, talk: [reply("Which program?", *labels, asks="client", turn=talk.turn)]
    async with running(peer, service):
        thread = (await peer.mention("I cannot send"))["id"]
        question = (await peer.until(lambda: peer.ours(thread)))[0]
        await peer.press(question, "pm:1:!pick0", value="client.7")
        await peer.until(lambda: len(service.received) == 2)

    assert service.received[1].what == Pressed("client.7", 1)
